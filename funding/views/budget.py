"""The budget officer's pages: lines and what is left, now or on a past day; a new line, approval, bookings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import actor_in, roles_required
from accounts.roles import BUDGET_READERS, Role
from funding import bookings_page, budget_page, budgeting, movements, queries
from funding.filters import EntryFilter
from funding.forms.budget import ApproveForm, AsOfForm, LineForm
from funding.models import BudgetLine, LedgerEntry
from funding.money import format_money
from journal.actors import Actor
from journal.refusals import Refused

LATEST = 5
officers_only = roles_required(Role.BUDGET_OFFICER)


@require_GET
@roles_required(*BUDGET_READERS)
def budget(request: HttpRequest) -> HttpResponse:
    """Now, or with `stand` the same page as it was at the end of a past day: then nothing can be booked from it."""
    today = timezone.localdate()
    form = AsOfForm(request.GET if "stand" in request.GET else None, today=today)
    as_of = form.past_day()
    context = {
        "form": form,
        "as_of": as_of,
        "alerts": budget_page.alerts(as_of),
        "years": budget_page.by_year(today, as_of),
        "is_officer": as_of is None and actor_in(request).has_role(Role.BUDGET_OFFICER),
    }
    return render(request, "funding/budget.html", context, status=422 if form.errors else 200)


@require_GET
@roles_required(*BUDGET_READERS)
def line_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One line: what is left of it, its sub-budgets, what was booked last, and what can be booked."""
    line = get_object_or_404(BudgetLine, pk=pk)
    is_officer = actor_in(request).has_role(Role.BUDGET_OFFICER)
    context = {
        "row": budget_page.one(line, timezone.localdate()),
        "is_officer": is_officer,
        "closed": movements.why_closed(line),
        "movements": _movements_of(line) if is_officer else [],
        "latest": bookings_page.latest(LedgerEntry.objects.filter(line=line), LATEST),
        "all_url": budget_page.Links().bookings(line),
    }
    return render(request, "funding/budget_line.html", context)


def _movements_of(line: BudgetLine) -> list[tuple[movements.Verb, str]]:
    """Each movement with the reason why it cannot be booked now, if there is one."""
    siblings = movements.has_siblings(line)
    return [(verb, movements.why_not(verb, line, has_siblings=siblings)) for verb in movements.VERBS.values()]


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
    return render(request, "funding/budget_new.html", {"form": form, **context}, status=status)


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
    wanted = EntryFilter(request.GET, queryset=LedgerEntry.objects.all())
    is_one_number = bool(request.GET.get("teil") or request.GET.get("art"))
    found = bookings_page.find(wanted.qs, request.GET.get("page"), is_one_number=is_one_number)
    context = {
        "filter": wanted,
        "active": wanted.active,
        "page": found.page,
        "rows": found.rows,
        "is_one_number": is_one_number,
        "sum": found.total,
        "by_kind": found.by_kind,
    }
    return render(request, "funding/bookings.html", context)


def alert_count(actor: Actor) -> int:
    """What waits for the budget officer."""
    return queries.alert_count() if actor.has_role(Role.BUDGET_OFFICER) else 0
