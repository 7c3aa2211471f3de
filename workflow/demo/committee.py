"""The bodies of the demo: who sits in them, when they sit next, one paper that lies before them and one being written."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.timezone import localdate

from accounts.roles import Role
from funding.law.periods import next_working_day
from journal.actors import Actor
from workflow import bodies, freezing, papers, sessions
from workflow.demo.facts import moment
from workflow.models import Body, Case, CaseState, CouncilPaper

NAMES = (
    "Foolke", "Wübbo", "Heike", "Tjark", "Almuth", "Gerd", "Inse", "Remmer", "Swantje", "Habbo", "Theda", "Focko", "Elke",
)  # fmt: skip
SEATS = {"social_committee": 11, "county_committee": 7, "county_council": 13}
NEXT = (("social_committee", 9, "7"), ("county_committee", 16, "4"), ("county_council", 25, ""))
"""Body, in how many days, and the TOP of the paper."""
REPORT = "Bericht über den aktuellen Sachstand der Integrationsprojekte"
REPORT_FACTS = (
    "Der Kreistag hat um einen Bericht gebeten, wie viele Projekte gefördert wurden und was sie erreicht haben."
)


def lay_out(people: dict[str, Actor], *, now: datetime) -> None:
    """The people are those of the demo by their role."""
    office = people[Role.COMMITTEE_OFFICE]
    found = {body.kind: body for body in bodies.all_bodies()}
    _members(found, office, now)
    _sittings(found, office, now)
    _paper(people[Role.CASEWORKER], people[Role.COORDINATOR], now)
    report = papers.from_cases([], subject=REPORT, actor=people[Role.COORDINATOR], at=now - timedelta(hours=3))
    CouncilPaper.objects.filter(pk=report.pk).update(facts=REPORT_FACTS)


def _members(found: dict[str, Body], office: Actor, now: datetime) -> None:
    at = moment(localdate(now) - timedelta(days=380))
    for kind, seats in SEATS.items():
        for name in NAMES[:seats]:
            data = {"name": f"{name} Mandat (Demo)", "has_vote": True, "since": localdate(at)}
            bodies.add_member(found[kind], data, actor=office, at=at)


def _sittings(found: dict[str, Body], office: Actor, now: datetime) -> None:
    at = moment(localdate(now) - timedelta(days=60))
    for kind, days, _item in NEXT:
        day = next_working_day(localdate(now) + timedelta(days=days))
        sessions.plan(found[kind], _sitting(found[kind], day), actor=office, at=at)


def _sitting(body: Body, day: date) -> dict[str, Any]:
    return {"held_on": day, "starts_at": time(16, 0), "place": "Kreishaus, Sitzungssaal", "is_public": body.is_public}


def _paper(officer: Actor, author: Actor, now: datetime) -> None:
    """For the case that waits for the county committee; frozen yesterday with the numbers of that day."""
    case = Case.objects.filter(state=CaseState.IN_COMMITTEE).order_by("pk").first()
    if case is None:
        return
    at = now - timedelta(days=1, hours=2)
    paper = papers.from_cases([(case, case.requested_amount)], actor=author, at=at)
    steps = _steps(paper)
    paper = papers.with_cases().get(pk=paper.pk)
    data = {name: getattr(paper, name) for name in ("subject", "facts", "cost_kind", "cost_amount", "cost_items")}
    data |= {"proposed_resolution": paper.proposed_resolution, "place": "Wittmund", "signed_by": author.name}
    data |= {"follow_up_kind": "none", "income_kind": "none", "cover_kind": "available", "dated_on": localdate(at)}
    rows = papers.rows_of(paper)
    papers.save(paper, data, version=0, rows=rows, reasons={}, steps=steps, actor=author, at=at)
    freezing.freeze(paper, version=1, actor=officer, at=at + timedelta(hours=1))


def _steps(paper: CouncilPaper) -> dict[int, dict[str, Any]]:
    """As proposed, with the TOPs of the next sittings."""
    items = {kind: item for kind, _days, item in NEXT}
    return {
        step.pk: {"item": items[step.body.kind]}
        for step in paper.consultations.select_related("body")
        if step.is_wanted
    }
