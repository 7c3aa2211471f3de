"""Twelve applications for 20,000 €, one paper for three bodies: a tie, an amendment, a recusal, and the money to the cent."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from journal.actors import Actor
from journal.refusals import Refused
from tests.factories import World, euros
from tests.workflow.council import consultation, members, money_of, paper, record, referred, thresholds
from workflow import bulk, carrying_out
from workflow.models import Award, BulkJob, BulkRow, Case, CaseState, Consultation, CouncilPaper, Involvement, Session

pytestmark = pytest.mark.django_db
REQUESTED = (
    "4800", "2400", "1600.50", "3200", "1999.99", "800", "4000", "2400", "1200", "2000", "3600", "1600",
)  # fmt: skip
"""29,600.49 € for 20,000 €."""
PROPOSED = (
    "3243.24", "1621.62", "1081.08", "2162.16", "1351.35", "800", "2702.70", "1621.62", "810.81", "1351.35", "2432.43", "0",
)  # fmt: skip
"""What a scenario that spreads by rule would give: 19,178.36 €; the last one nothing."""
AMENDED = {0: "3000", 5: "0", 11: "1000"}
"""The Kreisausschuss takes 243.24 € from the first, refuses the sixth and gives the last 1,000 €."""
RESOLVED = tuple(AMENDED.get(index, amount) for index, amount in enumerate(PROPOSED))


def order(found: Consultation, name: str, world: World) -> BulkJob:
    """One confirmation of one person, and the job worked off."""
    actor = world.cast.actor[name]
    plan = carrying_out.plan(found, actor=actor, today=world.at.date())
    assert plan is not None
    reasons = {step: {"reason": "So hat der Kreistag beschlossen."} for step in ("offer", "reject")}
    vote = {"record_resolution": carrying_out.vote_as_data(found)}
    job = bulk.order(
        [row.wish for row in plan.possible], key=uuid.uuid4(), title="Beschluss umsetzen", data=reasons | vote,
        actor=actor, role=name, at=world.at, consultation=found,
    )  # fmt: skip
    while bulk.work(at=world.at, limit=5):
        pass
    job.refresh_from_db()
    return job


def results(job: BulkJob) -> dict[str, int]:
    rows = list(job.rows.values_list("result", flat=True))
    return {name: rows.count(name) for name in set(rows)}


def accept(case: Case, world: World) -> None:
    cost = str(case.requested_amount * 2)
    world.plan(case.application, requested=str(case.proposed_amount), cost=cost)
    world.do(case, "accept_offer", "applicant")


@pytest.fixture
def world() -> World:
    world = World()
    world.programme.rate_numerator = 100
    world.programme.save()
    thresholds(world)
    return world


@pytest.fixture
def cases(world: World) -> list[Case]:
    return [referred(world, requested=amount, cost=str(euros(amount) * 2)) for amount in REQUESTED]


def test_from_the_paper_to_the_awards(world: World, cases: list[Case]) -> None:
    assert sum(map(euros, REQUESTED)) == euros("29600.49")
    assert sum(map(euros, PROPOSED)) == euros("19178.36")
    found = paper(world, dict(zip(cases, PROPOSED, strict=True)))
    social = consultation(found, "social_committee", world, part="advises")
    committee = consultation(found, "county_committee", world, part="advises")
    council = consultation(found, "county_council", world)

    # A tie: the committee recommends to refuse. Nothing follows from it.
    record(social, "rejected", (5, 5, 1), world)
    assert carrying_out.plan(social, actor=world.cast.actor["committee_office"], today=world.at.date()) is None

    # One member sits on the board of the association and does not vote: seven of eight.
    people = members(committee.body, 8, world)
    Involvement.objects.create(
        member=people[0], organisation=world.organisation, kind="board", since=world.at.date() - timedelta(days=100),
        entered_by=uuid.uuid4(), entered_at=world.at,
    )  # fmt: skip
    changed = {cases[index]: amount for index, amount in AMENDED.items()}
    with pytest.raises(Refused):
        record(committee, "adopted_amended", (7, 1, 0), world, amounts=changed, recused={people[0].pk: "Vorstand"})
    record(committee, "adopted_amended", (5, 2, 0), world, amounts=changed, recused={people[0].pk: "Vorstand"})
    assert carrying_out.plan(committee, actor=world.cast.actor["committee_office"], today=world.at.date()) is None
    assert money_of(world) == (euros("0"), euros("0"), euros("20000"))

    # The Kreistag follows the amendment.
    world.later(days=14)
    Session.objects.filter(body=council.body).update(held_on=world.at.date())
    council = record(council, "adopted", (30, 4, 6), world)
    assert CouncilPaper.objects.get().state == "decided"
    total = sum(map(euros, RESOLVED), Decimal())
    assert total == euros("19135.12")

    # One confirmation of the committee office: every case is before the decision, its money put aside.
    assert results(order(council, "committee_office", world)) == {"done": 12}
    assert money_of(world) == (total, euros("0"), euros("20000") - total)

    # One confirmation of the decider: who gets less is offered it first, who gets nothing is refused.
    assert results(order(council, "decider", world)) == {"done": 12}
    states = [Case.objects.get(pk=case.pk).state for case in cases]
    assert (states.count("revision_offered"), states.count("rejected")) == (11, 1)
    assert states[5] == CaseState.REJECTED
    assert money_of(world) == (total, euros("0"), euros("20000") - total)

    # The associations accept; the decider confirms once more, and the awards are there.
    world.later(days=7)
    for case in Case.objects.filter(state=CaseState.REVISION_OFFERED):
        accept(case, world)
    assert results(order(council, "decider", world)) == {"done": 11}
    awards = {award.case_id: award.amount for award in Award.objects.all()}
    assert awards == {case.pk: euros(RESOLVED[index]) for index, case in enumerate(cases) if index != 5}
    assert money_of(world) == (euros("0"), total, euros("864.88"))
    assert carrying_out.plan(council, actor=world.cast.actor["decider"], today=world.at.date()) is None


def test_a_tie_in_the_deciding_body_refuses_every_case(world: World, cases: list[Case]) -> None:
    found = paper(world, dict(zip(cases, PROPOSED, strict=True)))
    council = record(consultation(found, "county_council", world), "rejected", (20, 20, 3), world)
    assert results(order(council, "committee_office", world)) == {"done": 12}
    assert results(order(council, "decider", world)) == {"done": 12}
    assert set(Case.objects.values_list("state", flat=True)) == {CaseState.REJECTED}
    assert money_of(world) == (euros("0"), euros("0"), euros("20000"))


def test_advice_alone_never_approves(world: World) -> None:
    """The committee's resolution is entered by hand at a case that the Kreisausschuss would have to decide."""
    case = referred(world, requested="4000", cost="8000")
    vote = {
        "body": "social_committee", "resolved_on": world.at.date(), "number": "SozA 3", "outcome": "adopted",
        "votes_yes": 9, "votes_no": 0, "votes_abstained": 0,
    }  # fmt: skip
    ready = world.do(case, "record_resolution", "committee_office", amount=euros("4000"), **vote)
    with pytest.raises(Refused, match="Es fehlt der Beschluss: Kreisausschuss"):
        world.do(ready, "approve", "decider", conditions=[])


def test_what_a_case_cannot_do_leaves_the_others_alone(world: World, cases: list[Case]) -> None:
    found = paper(world, dict(zip(cases, PROPOSED, strict=True)))
    council = record(consultation(found, "county_council", world), "adopted", (30, 4, 6), world)
    world.do(cases[3], "withdraw", "applicant")
    plan = carrying_out.plan(council, actor=world.cast.actor["committee_office"], today=world.at.date())
    assert plan is not None
    assert [(row.case.pk, row.against) for row in plan.rows if row.against] == [
        (cases[3].pk, "Der Vorgang hat sich inzwischen geändert. Stand jetzt: Zurückgezogen.")
    ]
    world.do(cases[4], "withdraw", "applicant")  # after the page was read
    job = bulk.order(
        [row.wish for row in plan.possible], key=uuid.uuid4(), title="x",
        data={"record_resolution": carrying_out.vote_as_data(council)}, actor=world.cast.actor["committee_office"],
        role="committee_office", at=timezone.now(), consultation=council,
    )  # fmt: skip
    bulk.work(at=world.at)
    assert results(job) == {"done": 10, "refused": 1}
    assert BulkRow.objects.get(result="refused").sentence.endswith("Stand jetzt: Zurückgezogen.")


def test_the_person_who_left_takes_no_step(world: World, cases: list[Case]) -> None:
    found = paper(world, {cases[0]: "1000"})
    council = record(consultation(found, "county_council", world), "adopted", (30, 4, 6), world)
    office: Actor = world.cast.actor["committee_office"]
    world.cast.user["committee_office"].grants.update(ended_at=world.at)
    job = order(council, "committee_office", world)
    assert office.key == job.ordered_by
    assert job.rows.get().sentence == "Diese Aufgabe gehört einer anderen Person."
