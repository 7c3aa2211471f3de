"""The desk "Heute"."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import actor_in, roles_required
from accounts.actors import people_with
from accounts.roles import Role
from funding.models import BudgetLine, Round
from journal import formats
from workflow import absences, desk, errands, queries, talk
from workflow.models import Award, AwardState, CaseState

ZERO = Decimal("0.00")


@roles_required(Role.CASEWORKER, Role.COORDINATOR, Role.TECHNICAL_REVIEWER)
def today(request: HttpRequest) -> HttpResponse:
    """What waits for this person, what is new, what waits for others."""
    actor, day = actor_in(request), timezone.localdate()
    away = absences.seen_by(actor, today=day)
    tasks = desk.tasks(actor, today=day, away=away.names)
    new = list(desk.new_cases(actor, today=day)[: desk.LIMIT])
    others = _others(day)
    context = {
        "today": day,
        "tasks": tasks,
        "new": new,
        "away": away,
        "others": others,
        "news": talk.cases_with_news(actor, today=day, limit=desk.LIMIT),
        "sentence": _counting(len(tasks), len(new), sum(row["count"] for row in others)),
        "money": _money(queries.current_lines(day)),
        "dates": _next_dates(day),
        **errands.of(actor, at=timezone.now()),
        "may_give_time": actor.has_role(Role.CASEWORKER, Role.COORDINATOR),
    }
    return render(request, "workflow/office/today.html", context)


def _counting(tasks: int, new: int, others: int) -> str:
    """„Fünf Vorgänge brauchen Sie. Drei Anträge sind neu. Sieben Vorgänge warten auf andere.\""""
    if not tasks and not new:
        first = [_("Heute ist nichts fällig.")]
    else:
        first = [
            _("Mehr als %(count)s Vorgänge brauchen Sie.") % {"count": desk.LIMIT}
            if tasks >= desk.LIMIT
            else _counted(ngettext("%(count)s Vorgang braucht Sie.", "%(count)s Vorgänge brauchen Sie.", tasks), tasks),
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
