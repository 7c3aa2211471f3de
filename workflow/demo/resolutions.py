"""A paper that two bodies have resolved on, the tasks that it left, and a job that has ended."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.timezone import localdate

from accounts.roles import Role
from funding.law.periods import BERLIN, next_working_day
from funding.law.votes import Tally
from funding.models import BudgetLine, Programme
from journal.actors import Actor
from workflow import bodies, bulk, follow_ups, freezing, papers, sessions, votes
from workflow.bulk import Wish
from workflow.demo.facts import moment
from workflow.models import Case, CaseState, Consultation, CouncilPaper

SUBJECT = "Änderung der Förderrichtlinie: Bewilligungen in vollen zehn Euro"
RESOLUTION = "Die Richtlinie wird geändert: Bewilligungen werden auf volle zehn Euro abgerundet."
AMENDED = f"{RESOLUTION} Nach einem Jahr ist über die Erfahrungen zu berichten."
FACTS = (
    "Bisher werden Zuwendungen auf den Cent bewilligt. Die Abrechnung kleiner Beträge macht Vereinen und Verwaltung "
    "Mühe. Mit vollen zehn Euro wird sie einfacher; was beim Abrunden übrig bleibt, kommt anderen Projekten zugute."
)
SITTINGS = (
    ("social_committee", 28, "7", ("adopted", (9, 0, 2), RESOLUTION, "Seite 5")),
    ("county_committee", 12, "11", ("adopted_amended", (6, 1, 0), AMENDED, "Seite 3")),
)
"""Body, how many days ago, TOP, and what the minutes say: the outcome, the votes, the words, the page."""


def tell(people: dict[str, Actor], programme: Programme, *, now: datetime) -> None:
    """The people are those of the demo by their role."""
    office = people[Role.COMMITTEE_OFFICE].acting_as(Role.COMMITTEE_OFFICE)
    paper = _paper(programme, people[Role.COORDINATOR], office, now)
    last = [_vote(paper, *sitting, office=office, now=now) for sitting in SITTINGS][-1]
    _tasks(last, people, office, now)
    _job(people[Role.CASEWORKER], now)


def _day(now: datetime, days_ago: int) -> date:
    return next_working_day(localdate(now) - timedelta(days=days_ago))


def _paper(programme: Programme, author: Actor, office: Actor, now: datetime) -> CouncilPaper:
    """On a subject of its own: no case, no cost."""
    day = _day(now, 40)
    at = moment(day)
    line = BudgetLine.objects.get(fiscal_year=day.year, product=programme.product, account=programme.account)
    data: dict[str, Any] = {
        "subject": SUBJECT, "facts": FACTS, "proposed_resolution": RESOLUTION, "cost_kind": "none",
        "follow_up_kind": "none", "income_kind": "none", "cover_kind": "available", "line": line, "place": "Wittmund",
        "dated_on": day, "signed_by": office.name,
    }  # fmt: skip
    planned = {kind: _session(kind, _day(now, days_ago), office, at) for kind, days_ago, *_rest in SITTINGS}
    paper = papers.from_cases([], subject=SUBJECT, actor=author, at=at)
    steps = {
        step.pk: {
            "is_wanted": step.body.kind in planned,
            "session": planned.get(step.body.kind),
            "part": "decides" if step.body.kind == "county_committee" else "advises",
        }
        for step in paper.consultations.select_related("body")
    }
    papers.save(paper, data, version=paper.version, rows=[], reasons={}, steps=steps, actor=author, at=at)
    paper.refresh_from_db()
    frozen = freezing.freeze(paper, version=paper.version, actor=author, at=at + timedelta(hours=1))
    for kind, _days, item, _minutes in SITTINGS:
        found = frozen.consultations.get(body__kind=kind)
        sessions.put_on_agenda(planned[kind], {found.pk: item}, actor=office, at=at + timedelta(hours=2))
    return frozen


def _session(kind: str, day: date, office: Actor, at: datetime) -> Any:
    body = next(found for found in bodies.all_bodies() if found.kind == kind)
    data = {"held_on": day, "starts_at": time(16, 0), "place": "Kreishaus, Sitzungssaal", "is_public": body.is_public}
    return sessions.plan(body, data, actor=office, at=at)


def _vote(
    paper: CouncilPaper, kind: str, days_ago: int, _item: str, minutes: tuple[str, tuple[int, int, int], str, str], *,
    office: Actor, now: datetime,
) -> Consultation:  # fmt: skip
    outcome, (yes, no, abstained), wording, page = minutes
    found = votes.consultations().get(paper=paper, body__kind=kind)
    at = datetime.combine(_day(now, days_ago) + timedelta(days=1), time(9, 20), BERLIN)
    assert found.session is not None
    sessions.hold(found.session, actor=office, at=at)
    ballot = votes.Ballot(
        outcome=outcome, wording=wording, number=paper.number, minutes=f"Niederschrift, {page}",
        tally=Tally(yes=yes, no=no, abstentions=abstained),
    )  # fmt: skip
    return votes.record(found, ballot, actor=office, at=at)


def _tasks(last: Consultation, people: dict[str, Actor], office: Actor, now: datetime) -> None:
    """One that is due this week, one that is done, one for the year to come."""
    today, at = localdate(now), datetime.combine(_day(now, 11), time(10, 0), BERLIN)
    given = (
        ("Merkblatt für Vereine anpassen", Role.CASEWORKER, today + timedelta(days=4)),
        ("Geänderte Richtlinie bekannt machen", Role.COORDINATOR, today - timedelta(days=2)),
        ("Im Kreisausschuss über die Erfahrungen berichten", Role.COORDINATOR, today + timedelta(days=350)),
    )
    for number, (task, role, due_on) in enumerate(given):
        found = follow_ups.add(
            last,
            task=task,
            due_on=due_on,
            responsible=people[role].key,
            actor=office,
            at=at + timedelta(minutes=number),
        )
        if due_on < today:
            doer = people[role].acting_as(role)
            follow_ups.finish(found, note="Steht auf der Internetseite.", actor=doer, at=now - timedelta(days=3))


def _job(officer: Actor, now: datetime) -> None:
    """The applications of three days ago are begun together; a telling without them has no job."""
    at = now - timedelta(days=1, hours=1)
    new = Case.objects.filter(state=CaseState.SUBMITTED, received_at__lt=at - timedelta(days=1))
    wishes = [Wish(case=case, step="start_check") for case in new.order_by("received_at", "pk")[:2]]
    if wishes:
        key = uuid.uuid5(uuid.NAMESPACE_URL, "foerdertopf:demo:auftrag")
        told: dict[str, Any] = {"title": "Prüfung beginnen: mehrere Vorgänge", "role": Role.CASEWORKER}
        bulk.order(wishes, key=key, data={}, actor=officer, at=at, **told)
        bulk.work(at=at + timedelta(seconds=10))
