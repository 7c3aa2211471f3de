"""The bodies: which cases they have, what they resolved, and who decides up to which amount."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import actor_in, roles_required
from accounts.roles import CASE_READERS, Role
from funding.models import Resolution
from journal.actors import Actor
from workflow import bodies, competence, errands, papers, queries, sessions
from workflow.models import Case, CaseResolution, CaseState

PER_PAGE = 50
NEXT = 6


@roles_required(*CASE_READERS)
def committee(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    thresholds = competence.thresholds_on(today)
    waiting = list(queries.in_lists().filter(state=CaseState.IN_COMMITTEE).order_by("state_since"))
    register = CaseResolution.objects.select_related("resolution", "case__application").order_by(
        "-resolution__resolved_on", "-pk"
    )
    actor = actor_in(request)
    context = {
        **_sittings(actor, today),
        "today": today,
        "waiting": [(case, body) for case, body in _bodies(waiting, today)],
        "page": Paginator(register, PER_PAGE).get_page(request.GET.get("page")),
        **errands.of(actor_in(request), at=timezone.now()),
        "thresholds": [(row, Resolution.Body(row.decides).label) for row in thresholds],
        "may_record": actor.has_role(Role.COMMITTEE_OFFICE),
    }
    return render(request, "workflow/office/committee.html", context)


def _sittings(actor: Actor, today: date) -> dict[str, Any]:
    """What is to come, and what no sitting takes: for who reads papers."""
    if not actor.has_role(*papers.READERS):
        return {"may_read": False}
    return {
        "may_read": True,
        "may_plan": actor.has_role(Role.COMMITTEE_OFFICE),
        "may_write": actor.has_role(*papers.WRITERS),
        "bodies": bodies.all_bodies(),
        "upcoming": [(one, "", "n") for one in sessions.upcoming(today)[:NEXT]],
        "homeless": sessions.waiting(),
    }


def _bodies(cases: list[Case], today: date) -> list[tuple[Case, str]]:
    """Which body each case goes to, by the threshold table and what its organisation already got."""
    bodies = competence.bodies_for(cases, on=today)
    return [(case, str(Resolution.Body(bodies[case.pk]).label)) for case in cases]
