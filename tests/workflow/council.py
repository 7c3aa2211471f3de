"""Bodies, sessions and papers for the tests of votes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from funding.law.votes import Tally
from tests.factories import World, euros
from workflow import votes
from workflow.models import Body, BodyMember, Case, Consultation, CouncilPaper, PaperCase, Session, Threshold

NAMES = {"social_committee": "Sozialausschuss", "county_committee": "Kreisausschuss", "county_council": "Kreistag"}


def thresholds(world: World) -> None:
    on = world.at.date() - timedelta(days=60)
    for up_to, decides in (("2500", "administration"), ("10000", "county_committee"), (None, "county_council")):
        Threshold.objects.create(valid_from=on, up_to=euros(up_to) if up_to else None, decides=decides)


def body(kind: str) -> Body:
    return Body.objects.get_or_create(kind=kind, defaults={"name": NAMES[kind]})[0]


def members(of: Body, count: int, world: World) -> list[BodyMember]:
    since = world.at.date() - timedelta(days=300)
    return [BodyMember.objects.create(body=of, name=f"Mitglied {number}", since=since) for number in range(count)]


def session(kind: str, world: World, **fields: Any) -> Session:
    return Session.objects.create(body=body(kind), held_on=world.at.date(), **{"state": "held", **fields})


def referred(world: World, requested: str = "1600", cost: str = "2000", **fields: Any) -> Case:
    case = world.reviewing(requested=requested, cost=cost, **fields)
    found: Case = world.do(case, "refer_to_committee", "caseworker", reason="Über der Wertgrenze")
    return found


def paper(world: World, amounts: dict[Case, str], number: str = "V/2026/007") -> CouncilPaper:
    """Frozen, with the cases and what is proposed for each."""
    who = world.cast.user["committee_office"].key
    found = CouncilPaper.objects.create(
        number=number, state="frozen", subject="Förderung von Integrationsprojekten", created_by=who,
        created_at=world.at, frozen_by=who, frozen_at=world.at,
        proposed_resolution="Die Projekte werden wie aufgeführt gefördert.",
    )  # fmt: skip
    PaperCase.objects.bulk_create(
        PaperCase(paper=found, case=case, position=position, amount=euros(amount))
        for position, (case, amount) in enumerate(amounts.items(), start=1)
    )
    return found


def consultation(of: CouncilPaper, kind: str, world: World, *, part: str = "decides", **fields: Any) -> Consultation:
    position = of.consultations.count() + 1
    if "session" not in fields:
        held_on = world.at.date()
        fields["session"] = Session.objects.get_or_create(body=body(kind), held_on=held_on, defaults={"state": "held"})[
            0
        ]
    return Consultation.objects.create(paper=of, body=body(kind), part=part, position=position, **fields)


def ballot(found: Consultation, outcome: str, vote: tuple[int, int, int] | None, **fields: Any) -> votes.Ballot:
    """As the minutes say; without more words what lay before the body."""
    amounts = votes.basis(found) | {case.pk: euros(amount) for case, amount in fields.pop("amounts", {}).items()}
    tally = Tally(yes=vote[0], no=vote[1], abstentions=vote[2]) if vote else None
    given: dict[str, Any] = {
        "wording": votes.proposed_wording(found), "number": found.paper.number, "amounts": amounts, **fields,
    }  # fmt: skip
    return votes.Ballot(outcome=outcome, tally=tally, **given)


def record(
    found: Consultation, outcome: str, vote: tuple[int, int, int] | None, world: World, **fields: Any
) -> Consultation:
    actor = world.cast.actor["committee_office"].acting_as("committee_office")
    return votes.record(found, ballot(found, outcome, vote, **fields), actor=actor, at=world.at)


def money_of(world: World) -> tuple[Decimal, Decimal, Decimal]:
    """The line: put aside, bound, and what is left."""
    world.line.refresh_from_db()
    return world.line.reserved, world.line.committed, world.line.available_planning
