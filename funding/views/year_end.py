"""The end of a budget year: open commitments, free money, the lines of the next year, and closing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access import actor_in, roles_required
from accounts.roles import BUDGET_READERS, Role
from funding import budgeting, ledger, year_end
from funding.forms.year_end import CloseForm, CommitmentsForm, RestForm
from funding.models import BudgetLine, Commitment
from funding.money import format_money
from journal import formats
from journal.refusals import Refused

PAGE = 50
officers_only = roles_required(Role.BUDGET_OFFICER)


@require_GET
@roles_required(*BUDGET_READERS)
def current(request: HttpRequest) -> HttpResponse:
    """The menu leads to the year that waits."""
    year = year_end.year_to_show(timezone.localdate())
    url = reverse("funding:budget") if year is None else _url(year)
    return HttpResponseRedirect(url)


def _url(year: int) -> str:
    return reverse("funding:year_end", args=[year])


@require_GET
@roles_required(*BUDGET_READERS)
def overview(request: HttpRequest, year: int) -> HttpResponse:
    return _overview(request, year)


def _lines(year: int) -> list[BudgetLine]:
    lines = year_end.lines_of(year)
    if not lines:
        raise Http404
    return lines


def _overview(request: HttpRequest, year: int, form: CommitmentsForm | None = None) -> HttpResponse:
    lines, found = _lines(year), year_end.open_commitments(year)
    sums = year_end.sums_of(found)
    is_officer = actor_in(request).has_role(Role.BUDGET_OFFICER)
    is_closed = all(line.status == BudgetLine.Status.CLOSED for line in lines)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "year": year,
        "next_year": year + 1,
        "is_officer": is_officer,
        "is_closed": is_closed,
        "may_act": is_officer and not is_closed,
        "statuses": list(dict.fromkeys(line.get_status_display() for line in lines)),
        "page": page,
        "sums": sums,
        "ticked": set(request.POST.getlist("festlegung")),
        "form": form,
        "lapsing": [] if is_closed else year_end.lapsing(lines),
        "rests": year_end.free_rests(lines),
        "missing": [] if is_closed else ledger.missing_lines(year + 1),
        "hindrances": [] if is_closed else year_end.hindrances(year, lines, sums.count, today=timezone.localdate()),
        "history": year_end.history(year),
        "both": year_end.both_years(year),
        "carried": year_end.carried(year),
        "lapsed": sum((line.available for line in lines if line.status == BudgetLine.Status.CLOSED), year_end.ZERO),
        "paid_url": f"{reverse('funding:disbursement_list')}?jahr={year}&stand=executed",
    }
    return render(request, "funding/year_end.html", context, status=422 if form else 200)


def _who_when(request: HttpRequest) -> dict[str, Any]:
    return {"actor": actor_in(request), "at": timezone.now()}


# Open commitments


@require_POST
@officers_only
def commitments(request: HttpRequest, year: int) -> HttpResponse:
    """The first click shows the effect of what is ticked; the button that shows it carries the sum that was looked at."""
    _lines(year)
    form = CommitmentsForm(request.POST, year=year)
    is_valid = form.is_valid()
    if {"tun", "festlegung"} & set(form.errors):
        return _overview(request, year, form)
    chosen: list[Commitment] = list(form.cleaned_data["festlegung"])
    if not is_valid or request.POST.get("confirm") != str(year_end.promised(chosen)):
        return _preview(request, year, form, chosen)
    return _carry_out(request, year, form, chosen)


def _carry_out(request: HttpRequest, year: int, form: CommitmentsForm, chosen: list[Commitment]) -> HttpResponse:
    action, reason = form.cleaned_data["tun"], form.cleaned_data["reason"]
    left = year_end.carry_out(action, chosen, reason=reason, **_who_when(request))
    undone = {found.pk for found, _sentence in left}
    done = [found for found in chosen if found.pk not in undone]
    if done:
        messages.success(request, _words(year_end.ACTIONS[action].done, year, done))
    if not left:
        return HttpResponseRedirect(_url(year))
    for found, sentence in left:
        form.add_error(None, f"{found.thread}, {found.payee_name}: {sentence}")
    return _preview(request, year, form, [found for found, _sentence in left])


def _words(text: Any, year: int, chosen: list[Commitment]) -> str:
    return str(text) % {"amount": format_money(year_end.promised(chosen)), "next": year + 1}


def _preview(request: HttpRequest, year: int, form: CommitmentsForm, chosen: list[Commitment]) -> HttpResponse:
    action = form.data["tun"]
    words = year_end.ACTIONS[action]
    context = {
        "year": year,
        "form": form,
        "action": action,
        "chosen": chosen,
        "total": year_end.promised(chosen),
        "heading": _words(words.heading, year, chosen),
        "label": _words(words.label, year, chosen),
        "effect": year_end.effect_of(action, year, chosen),
    }
    return render(request, "funding/year_end_commitments.html", context, status=422 if form.errors else 200)


# Free money


@officers_only
def rest(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    line = get_object_or_404(BudgetLine, pk=pk, fiscal_year=year)
    if request.method != "POST":
        return _rest_page(request, line, RestForm(line=line, initial=_suggested(line)))
    form = RestForm(request.POST, line=line)
    if not form.is_valid():
        return _rest_page(request, line, form)
    amount = form.cleaned_data["amount"]
    if amount > ledger.transferable(line) or request.POST.get("confirm") == str(amount):
        order = budgeting.Order(verb="carry", line=line, amount=amount, reason=form.cleaned_data["reason"])
        if not _try(form, lambda: budgeting.book(order, **_who_when(request))):
            return _rest_page(request, line, form)
        messages.success(
            request,
            _("%(amount)s sind nach %(next)s übertragen.") % {"amount": format_money(amount), "next": year + 1},
        )
        return HttpResponseRedirect(_url(year))
    return _rest_page(request, line, form, amount=amount, effect=year_end.effect_of_rest(line, amount))


def _suggested(line: BudgetLine) -> dict[str, Any]:
    free = ledger.transferable(line)
    return {"amount": f"{free:.2f}".replace(".", ",")} if free else {}


def _try(form: Form, act: Any) -> bool:
    """Does it, or puts the refusal beside the field it belongs to."""
    try:
        act()
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        return False
    return True


def _rest_page(request: HttpRequest, line: BudgetLine, form: RestForm, **context: Any) -> HttpResponse:
    status = 422 if form.errors else 200
    facts = {"line": line, "form": form, "year": line.fiscal_year, "next_year": line.fiscal_year + 1}
    return render(request, "funding/year_end_rest.html", {**facts, **context}, status=status)


# The next year, and closing


@require_POST
@officers_only
def lay_out(request: HttpRequest, year: int) -> HttpResponse:
    _lines(year)
    made = budgeting.lay_out_year(year + 1, **_who_when(request))
    sentence = ngettext(
        "Eine Linie ist für %(next)s angelegt. Sie gilt vorläufig.",
        "%(count)s Linien sind für %(next)s angelegt. Sie gelten vorläufig.",
        len(made),
    ) % {"count": _capital(formats.count_word(len(made))), "next": year + 1}
    messages.success(request, sentence if made else _("Für %(next)s sind schon alle Linien da.") % {"next": year + 1})
    return HttpResponseRedirect(_url(year))


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


@officers_only
def close(request: HttpRequest, year: int) -> HttpResponse:
    lines = _lines(year)
    form = CloseForm(request.POST or None)
    if form.is_valid() and _try(
        form, lambda: budgeting.close(year, reason=form.cleaned_data["reason"], **_who_when(request))
    ):
        messages.success(request, _("Das Haushaltsjahr %(year)s ist abgeschlossen.") % {"year": year})
        return HttpResponseRedirect(_url(year))
    count = year_end.sums_of(year_end.open_commitments(year)).count
    context = {
        "year": year,
        "form": form,
        "hindrances": year_end.hindrances(year, lines, count, today=timezone.localdate()),
        "is_closed": all(line.status == BudgetLine.Status.CLOSED for line in lines),
        "lapsing": year_end.lapsing(lines),
        "rests": year_end.free_rests(lines),
    }
    return render(request, "funding/year_end_close.html", context, status=422 if form.errors else 200)
