"""The desk "Heute" and the list of cases."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.access import actor_in, roles_required
from accounts.actors import people_with
from accounts.roles import CASE_READERS, Role
from funding.models import BudgetLine, Round
from journal import formats
from journal.actors import Actor
from workflow import desk, dossier, labels, queries, talk
from workflow.forms.desk import CaseFilter
from workflow.models import Award, AwardState, Case, CaseState

PER_PAGE = 50
ZERO = Decimal("0.00")


@roles_required(Role.CASEWORKER, Role.COORDINATOR, Role.TECHNICAL_REVIEWER)
def today(request: HttpRequest) -> HttpResponse:
    """What waits for this person, what is new, what waits for others."""
    actor, day = actor_in(request), timezone.localdate()
    tasks, new = desk.tasks(actor, today=day), list(desk.new_cases(actor)[: desk.LIMIT])
    others = _others(day)
    context = {
        "today": day,
        "tasks": tasks,
        "new": new,
        "others": others,
        "news": talk.cases_with_news(actor, limit=desk.LIMIT),
        "sentence": _counting(len(tasks), len(new), sum(row["count"] for row in others)),
        "money": _money(queries.current_lines(day)),
        "dates": _next_dates(day),
        "may_give_time": actor.has_role(Role.CASEWORKER, Role.COORDINATOR),
    }
    return render(request, "workflow/office/today.html", context)


def _counting(tasks: int, new: int, others: int) -> str:
    """„Fünf Vorgänge brauchen Sie. Drei Anträge sind neu. Sieben Vorgänge warten auf andere.\""""
    if not tasks and not new:
        first = [_("Heute ist nichts fällig.")]
    else:
        first = [
            _counted(ngettext("%(count)s Vorgang braucht Sie.", "%(count)s Vorgänge brauchen Sie.", tasks), tasks),
            _counted(ngettext("%(count)s Antrag ist neu.", "%(count)s Anträge sind neu.", new), new),
        ]
    rest = _counted(
        ngettext("%(count)s Vorgang wartet auf andere.", "%(count)s Vorgänge warten auf andere.", others), others
    )
    return " ".join(part for part in (*first, rest) if part)


def _counted(sentence: str, number: int) -> str:
    return sentence % {"count": formats.count_word(number).capitalize()} if number else ""


def _others(day: date) -> list[dict[str, Any]]:
    """For whom cases wait: two queries for the heaps, one for the decider's name."""
    deciders = people_with(Role.DECIDER)
    who = {
        CaseState.INFO_REQUESTED: (_("Vereine"), _("Antwort auf Nachforderung")),
        CaseState.REVISION_OFFERED: (_("Vereine"), _("Antwort auf ein Angebot")),
        CaseState.DECISION_READY: (str(deciders[0]) if len(deciders) == 1 else _("Leitung"), _("Entscheidung")),
        CaseState.IN_COMMITTEE: (_("Gremien"), _("Beschluss")),
    }
    rows = [
        _waiting_row(*who[CaseState(heap.state)], heap, day, status=heap.state)
        for heap in queries.waiting_for_others(day)
    ]
    payments = queries.payments_waiting()
    if payments:
        rows.append(_waiting_row(_("Kasse"), _("Freigabe und Ausführung"), payments, day))
    return rows


def _waiting_row(who: str, what: str, heap: queries.Waiting, day: date, *, status: str = "") -> dict[str, Any]:
    days = (day - formats.local(heap.since)).days
    url = f"{reverse('workflow:case_list')}?ansicht=alle&status={status}" if status else ""
    age = ngettext("%(count)s Tag", "%(count)s Tage", days) % {"count": days} if days else _("seit heute")
    return {"who": who, "what": what, "count": heap.count, "longest": age, "url": url}


def _money(lines: list[BudgetLine]) -> dict[str, Any] | None:
    """What is left of the year: all lines of the year together."""
    if not lines:
        return None
    names = ("usable", "paid", "open_commitments", "reserved", "available")
    total = {name: sum((getattr(line, name) for line in lines), ZERO) for name in names}
    parts = [
        (_("ausgezahlt"), total["paid"], "filled"),
        (_("bewilligt, noch offen"), total["open_commitments"], "hatched"),
    ]
    return {"year": lines[0].fiscal_year, "parts": parts, **total}


def _next_dates(day: date) -> list[tuple[str, str]]:
    """The next three deadlines of rounds and of proofs."""
    rounds = Round.objects.filter(closes_at__date__gte=day, programme__is_published=True).order_by("closes_at")[:3]
    proofs = Award.objects.filter(state=AwardState.REPORT_DUE, report_due_on__gte=day).select_related("case")
    found = [(formats.local(call.closes_at), _("Antragsschluss %(round)s") % {"round": call.title}) for call in rounds]
    found += [
        (award.report_due_on, _("Nachweis %(reference)s") % {"reference": award.case.reference})
        for award in proofs.order_by("report_due_on")[:3]
    ]
    return [(name, formats.day(when)) for when, name in sorted(found)[:5]]


@roles_required(*CASE_READERS)
def case_list(request: HttpRequest) -> HttpResponse:
    """All cases, filtered, sorted, with the sum of all hits."""
    actor = actor_in(request)
    heaps = queries.heaps(actor)
    view = queries.saved_view(request.GET.get("ansicht", ""))
    filters = CaseFilter(request.GET, queryset=Case.objects.filter(view.where(actor.key)))
    is_valid = filters.is_valid()
    found = filters.qs if is_valid else filters.queryset.none()
    plain = not filters.is_used
    count, total = queries.together(filter(view.holds, heaps)) if plain else queries.sum_of(found)
    order = request.GET.get("sortierung", "")
    paginator = Paginator(queries.sorted_by(found, order).values_list("pk", flat=True), PER_PAGE)
    paginator.count = count  # counted above, with the sum, in the same query
    page = paginator.get_page(request.GET.get("page"))
    cases = queries.in_this_order(list(page))
    news = talk.counts(cases, for_office=True)
    context = {
        "view": view,
        "chips": _chips(heaps, view),
        "filters": filters,
        "active": _active(filters) if is_valid else [],
        "page": page,
        "rows": [_row(case, actor, timezone.localdate()) | {"new": news.get(case.pk, "")} for case in cases],
        "count": count,
        "total": total,
        "heads": _heads(request, order),
    }
    return render(request, "workflow/office/case_list.html", context, status=200 if is_valid else 422)


def _chips(heaps: list[queries.Heap], current: queries.SavedView) -> list[dict[str, Any]]:
    return [
        {
            "label": view.label,
            "url": f"?ansicht={view.slug}",
            "count": queries.together(filter(view.holds, heaps))[0],
            "is_current": view is current,
        }
        for view in queries.VIEWS
    ]


def _active(filters: CaseFilter) -> list[str]:
    """The filters that are set, in words."""
    form = filters.form
    found = []
    for name, value in form.cleaned_data.items():
        if value not in {None, ""}:
            choices = dict(getattr(form.fields[name], "choices", ())) if name in {"status", "jahr"} else {}
            found.append(f"{form.fields[name].label}: {choices.get(value, value)}")
    return found


def _row(case: Case, actor: Actor, day: date) -> dict[str, Any]:
    label = labels.for_office(case, queries.award_of(case), is_decider=actor.has_role(Role.DECIDER))
    due = dossier.deadline_of(case)
    is_overdue = due is not None and due < day
    return {
        "case": case,
        "status": _("%(status)s, überfällig") % {"status": label.text} if is_overdue else label.text,
        "tone": "d" if is_overdue else label.tone,
        "amount": case.requested_amount if case.decided_amount is None else case.decided_amount,
        "due": due,
    }


HEADS = (
    ("projekt", gettext_lazy("Projekt"), ""),
    ("nummer", gettext_lazy("Nummer"), ""),
    ("status", gettext_lazy("Status"), ""),
    ("betrag", gettext_lazy("Betrag"), "ft-num"),
)


def _heads(request: HttpRequest, order: str) -> list[dict[str, str]]:
    """The heads of the table: links that sort, and how it is sorted now."""
    found = []
    for name, label, css in HEADS:
        query = request.GET.copy()
        query.pop("page", None)
        query["sortierung"] = f"-{name}" if order == name else name
        sort = {name: "ascending", f"-{name}": "descending"}.get(order, "")
        found.append({"label": str(label), "url": f"?{query.urlencode()}", "sort": sort, "css": css})
    return found
