"""The budget officer's pages: lines and what is left, new lines, supplements, approval, bookings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import actor_in, roles_required
from accounts.actors import names_of
from accounts.roles import BUDGET_READERS, Role
from funding import budget_page, budgeting, queries
from funding.filters import EntryFilter
from funding.forms.budget import ApproveForm, LineForm, SupplementForm
from funding.models import BudgetLine
from funding.money import format_money
from journal.actors import Actor
from journal.refusals import Refused

PAGE = 50
officers_only = roles_required(Role.BUDGET_OFFICER)


@require_GET
@roles_required(*BUDGET_READERS)
def budget(request: HttpRequest) -> HttpResponse:
    context = {
        "alerts": budget_page.open_alerts(),
        "years": budget_page.by_year(timezone.localdate()),
        "is_officer": actor_in(request).has_role(Role.BUDGET_OFFICER),
    }
    return render(request, "funding/budget.html", context)


def _back(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("funding:budget"))


def _try(form: Form, act: Callable[[], object]) -> bool:
    """Does it, or puts the refusal beside the field it belongs to."""
    try:
        act()
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        return False
    return True


def _is_confirmed(request: HttpRequest, form: Form) -> bool:
    """The first click shows the effect; the button that shows it carries the amount that was looked at."""
    return request.POST.get("confirm") == str(form.cleaned_data["amount"])


@officers_only
def new_line(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _line_page(request, LineForm(initial={"fiscal_year": timezone.localdate().year + 1}))
    form = LineForm(request.POST)
    if not form.is_valid():
        return _line_page(request, form)
    if not _is_confirmed(request, form):
        return _line_page(request, form, amount=form.cleaned_data["amount"])
    amount, reason = form.cleaned_data["amount"], form.cleaned_data["reason"]
    if not _try(form, lambda: budgeting.create_line(form.new_line(), amount, reason=reason, **_who_when(request))):
        return _line_page(request, form)
    sentence = _(
        "Die Linie ist angelegt, mit einem Ansatz von %(amount)s. Sie gilt vorläufig, bis Sie den Haushalt genehmigen."
    )
    return _back(request, sentence % {"amount": format_money(amount)})


def _who_when(request: HttpRequest) -> dict[str, Any]:
    return {"actor": actor_in(request), "at": timezone.now()}


def _line_page(request: HttpRequest, form: LineForm, **context: Any) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "funding/budget_line.html", {"form": form, **context}, status=status)


@officers_only
def supplement(request: HttpRequest, pk: int) -> HttpResponse:
    line = get_object_or_404(BudgetLine, pk=pk)
    if request.method != "POST":
        return _supplement_page(request, line, SupplementForm(line=line))
    form = SupplementForm(request.POST, line=line)
    if not form.is_valid():
        return _supplement_page(request, line, form)
    amount = form.cleaned_data["amount"]
    if not _is_confirmed(request, form):
        return _supplement_page(request, line, form, amount=amount, effect=budget_page.effect_of(line, amount))
    ground = {"reason": form.cleaned_data["reason"], "resolved": form.resolved()}
    if not _try(form, lambda: budgeting.supplement(line, amount, **ground, **_who_when(request))):
        return _supplement_page(request, line, form)
    return _back(request, _("Der Nachtrag über %(amount)s ist gebucht.") % {"amount": format_money(amount)})


def _supplement_page(request: HttpRequest, line: BudgetLine, form: SupplementForm, **context: Any) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "funding/supplement.html", {"line": line, "form": form, **context}, status=status)


@officers_only
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    line = get_object_or_404(BudgetLine, pk=pk)
    form = ApproveForm(request.POST or None)
    is_done = form.is_valid() and _try(
        form, lambda: budgeting.approve(line, reason=form.cleaned_data["reason"], **_who_when(request))
    )
    if is_done:
        return _back(request, _("„%(line)s“ ist genehmigt. Neue Bewilligungen sind möglich.") % {"line": line})
    status = 422 if form.errors else 200
    return render(request, "funding/approve.html", {"line": line, "form": form}, status=status)


@require_GET
@roles_required(*BUDGET_READERS)
def bookings(request: HttpRequest) -> HttpResponse:
    found = EntryFilter(request.GET, queryset=queries.entries())
    hits = found.qs
    is_one_number = bool(request.GET.get("teil") or request.GET.get("art"))
    counted = hits if "effect" in hits.query.annotations else queries.with_effect(hits)
    page = Paginator(queries.with_running_sum(counted), PAGE).get_page(request.GET.get("page"))
    names = names_of({entry.actor_key for entry in page})
    context = {
        "filter": found,
        "active": found.active,
        "page": page,
        "rows": [(entry, names.get(entry.actor_key, "") if entry.actor_key else _("Fördertopf")) for entry in page],
        "is_one_number": is_one_number,
        "sum": counted.aggregate(sum=queries.total("effect"))["sum"] if is_one_number else None,
        "by_kind": [] if is_one_number else queries.sums_by_kind(hits),
    }
    return render(request, "funding/bookings.html", context)


def alert_count(actor: Actor) -> int:
    """What waits for the budget officer."""
    return queries.alert_count() if actor.has_role(Role.BUDGET_OFFICER) else 0
