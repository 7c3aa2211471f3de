"""What the tests of papers share: cases that wait for a body, sittings, a paper that lacks nothing."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from journal.actors import Actor
from tests.factories import IBANS, PDF, World, euros
from workflow import annexes, bodies, freezing, papers, sessions
from workflow.models import Body, Case, CouncilPaper, Session, Threshold

ANSWERS = {
    "follow_up_kind": "none", "income_kind": "none", "cover_kind": "available", "place": "Wittmund",
    "signed_by": "Wiebke Muster",
}  # fmt: skip


def thresholds(world: World) -> None:
    """The table of the county: 2,500 €, 10,000 €, and everything above."""
    for up_to, decides in (("2500", "administration"), ("10000", "county_committee"), (None, "county_council")):
        amount = euros(up_to) if up_to else None
        Threshold.objects.create(valid_from=world.at.date() - timedelta(days=300), up_to=amount, decides=decides)


def officer(world: World) -> Actor:
    return world.cast.actor["committee_office"]


def referred(world: World, requested: str = "4000", cost: str = "5000", **fields: Any) -> Case:
    case = world.reviewing(requested=requested, cost=cost, **fields)
    found: Case = world.do(case, "refer_to_committee", "caseworker", reason="Über der Wertgrenze")
    return found


def from_a_person(world: World, name: str = "Mina Privat", **fields: Any) -> Case:
    """A case of a natural person."""
    own = world.new_organisation(name, IBANS[3], kind="natural_person")
    return referred(world, organisation=own, **fields)


def sittings(world: World) -> dict[str, Session]:
    """One of each body, a week apart, in the order in which a paper passes them."""
    found = {}
    for week, kind in enumerate(("social_committee", "county_committee", "county_council"), start=1):
        body = Body.objects.get(kind=kind)
        data = {"held_on": world.at.date() + timedelta(weeks=week), "is_public": body.is_public, "place": "Kreishaus"}
        found[kind] = sessions.plan(body, data, actor=officer(world), at=world.at)
    return found


def draft(world: World, *cases: Case, **fields: Any) -> CouncilPaper:
    rows = [(case, case.requested_amount) for case in cases]
    return papers.from_cases(rows, actor=officer(world), at=world.at, **fields)


def answered(paper: CouncilPaper, **fields: Any) -> CouncilPaper:
    """Nothing is missing any more."""
    CouncilPaper.objects.filter(pk=paper.pk).update(**{**ANSWERS, **fields})
    return papers.with_cases().get(pk=paper.pk)


def frozen(world: World, *cases: Case, decides: str = "", **fields: Any) -> CouncilPaper:
    """`decides` names a body that a person ticked, where no threshold does."""
    paper = draft(world, *cases)
    for step in paper.consultations.filter(body__kind=decides):
        ticked = {"is_wanted": True, "part": "decides", "session": step.body.sessions.filter(state="planned").get()}
        paper.consultations.filter(pk=step.pk).update(**ticked)
    paper = answered(paper, **fields)
    return freezing.freeze(paper, version=paper.version, actor=officer(world), at=world.at)


def free(world: World, subject: str = "Sachstand Integration") -> CouncilPaper:
    return papers.from_cases([], subject=subject, actor=officer(world), at=world.at)


def day(found: date) -> str:
    return f"{found:%d.%m.%Y}"


def posted(paper: CouncilPaper, **fields: Any) -> dict[str, Any]:
    """What a browser sends of the page of a draft where nobody changed anything, with some fields changed."""
    names = (
        "version", "subject", "facts", "cost_kind", "cost_items", "follow_up_kind", "income_kind", "cover_kind",
        "cover_proposal", "proposed_resolution", "place", "signed_by",
    )  # fmt: skip
    data: dict[str, Any] = {name: getattr(paper, name) for name in names}
    data |= {f"{name}_amount": _typed(getattr(paper, f"{name}_amount")) for name in ("cost", "follow_up", "income")}
    data |= {
        "is_public": "yes" if paper.is_public else "no",
        "line": paper.line_id or "",
        "dated_on": day(paper.dated_on) if paper.dated_on else "",
    }
    for step in paper.consultations.all():
        own = {"part": step.part, "session": step.session_id or "", "item": step.item}
        own |= {"is_wanted": "on"} if step.is_wanted else {}
        data |= {f"folge-{step.pk}-{name}": value for name, value in own.items()}
    for row in paper.cases.all():
        data |= {f"vorgang-{row.case_id}-amount": _typed(row.amount), f"vorgang-{row.case_id}-reason": row.reason}
    return data | fields


def _typed(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.2f}".replace(".", ",")


def keys_of_papers(world: World) -> dict[str, Any]:
    """A draft with an Anlage, a frozen paper, a sitting and a member of the council, as the addresses want them."""
    days = sittings(world)
    paper, done = draft(world, referred(world)), frozen(world, referred(world), decides="county_council")
    upload = SimpleUploadedFile("plan.pdf", PDF, "application/pdf")
    annex = annexes.add(paper, upload, title="Plan", is_public=False, actor=officer(world), at=world.at)
    data = {"name": "Mina Mandat", "has_vote": True, "since": world.at.date()}
    member = bodies.add_member(Body.objects.get(kind="county_council"), data, actor=officer(world), at=world.at)
    session = days["county_council"].pk
    return {
        "paper": paper.key, "frozen_paper": done.key, "annex": annex.key, "session": session, "councillor": member.pk,
    }  # fmt: skip
