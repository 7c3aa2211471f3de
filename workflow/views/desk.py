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
from accounts.roles import Role
from funding.models import BudgetLine
from journal import formats
from workflow import absences, desk, errands, queries, talk
from workflow.models import CaseState

ZERO = Decimal("0.00")


@roles_required(Role.CASEWORKER, Role.COORDINATOR, Role.TECHNICAL_REVIEWER)
def today(request: HttpRequest) -> HttpResponse:
    """What waits for this person, what is new, what waits for others."""
    actor, day = actor_in(request), timezone.localdate()
    glance = desk.glance(actor, today=day)
    away = absences.seen_by(actor, today=day) if glance.is_away else absences.NOBODY
    tasks = desk.tasks(actor, today=day, away=away.names)
    new = list(desk.new_cases(actor, today=day)[: desk.LIMIT])
    others = _others(day, glance.decider)
    context = {
        "today": day,
        "tasks": tasks,
        "new": new,
        "away": away,
        "others": others,
        "news": talk.cases_with_news(actor, today=day, limit=desk.LIMIT) if glance.has_news else [],
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


def _others(day: date, decider: str) -> list[dict[str, Any]]:
    """For whom cases wait: one query for all heaps."""
    who = {
        CaseState.INFO_REQUESTED: (_("Vereine"), _("Antwort auf Nachforderung")),
        CaseState.REVISION_OFFERED: (_("Vereine"), _("Antwort auf ein Angebot")),
        CaseState.DECISION_READY: (decider or _("Leitung"), _("Entscheidung")),
        CaseState.IN_COMMITTEE: (_("Gremien"), _("Beschluss")),
        queries.PAYMENT: (_("Kasse"), _("Freigabe und Ausführung")),
    }
    return [_waiting_row(*who[heap.state], heap, day) for heap in queries.waiting_for_others(day)]


def _waiting_row(who: str, what: str, heap: queries.Waiting, day: date) -> dict[str, Any]:
    days = (day - formats.local(heap.since)).days
    url = "" if heap.state == queries.PAYMENT else f"{reverse('workflow:case_list')}?ansicht=alle&status={heap.state}"
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
    """The next deadlines of rounds and of proofs."""
    words = {"round": _("Antragsschluss %(name)s"), "proof": _("Nachweis %(name)s")}
    return [(words[kind] % {"name": name}, formats.day(when)) for when, kind, name in queries.next_dates(day)[:5]]
