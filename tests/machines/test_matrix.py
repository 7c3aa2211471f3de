"""State × transition × role × own or foreign, free or bound, all of it: what is allowed happens, what is not is refused
and writes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from accounts.roles import Role
from funding import ledger
from funding.models import (
    BudgetLine,
    Clawback,
    ClawbackState,
    Commitment,
    Disbursement,
    DisbursementState,
    LedgerEntry,
    PaymentRun,
)
from journal import machine as door
from journal.actors import Actor
from journal.machine import Machine, perform, step_of
from journal.models import Event, Message
from journal.refusals import Faster, Forbidden
from tests.factories import IBANS, PDF, World, euros, person, place
from tests.machines.table import AWARD, CASE, CLAWBACK, DISBURSEMENT, JUDGING, STAYS, Row
from workflow.models import Award, AwardState, Case, CaseState, Involvement

pytestmark = pytest.mark.django_db
PEOPLE = (*Role.values, "system", "applicant", "reader", "stranger")
MACHINES: dict[type[Machine], tuple[dict[str, Row], type]] = {
    Case: (CASE, CaseState),
    Award: (AWARD, AwardState),
    Disbursement: (DISBURSEMENT, DisbursementState),
    Clawback: (CLAWBACK, ClawbackState),
}
STATES = [(model, state) for model, (_table, states) in MACHINES.items() for state in states.values]


@pytest.mark.parametrize("model", MACHINES, ids=lambda model: model.__name__)
def test_table_names_every_transition_with_its_sources_and_target(model: type[Machine]) -> None:
    code = {
        name: (
            {str(source) for source in method._django_fsm.transitions},
            {str(way.target) for way in method._django_fsm.transitions.values()},
        )
        for name, method in model.transitions().items()
    }
    table, _states = MACHINES[model]
    assert code == {name: (set(sources.split()), {target}) for name, (sources, target, _who) in table.items()}


@pytest.mark.parametrize("model", MACHINES, ids=lambda model: model.__name__)
def test_table_names_every_step_that_judges(model: type[Machine]) -> None:
    judging = {name for name, method in model.transitions().items() if step_of(method).judges}
    assert judging == JUDGING[model.__name__]


@pytest.mark.parametrize("model", MACHINES, ids=lambda model: model.__name__)
def test_every_state_can_be_reached_and_every_state_has_a_place_in_the_table(model: type[Machine]) -> None:
    table, states = MACHINES[model]
    first = {Case: "submitted", Award: "draft_notice", Disbursement: "requested", Clawback: "hearing"}[model]
    reached = {first}
    for _round in states.values:
        reached |= {target for sources, target, _who in table.values() if reached & set(sources.split())} - {STAYS}
    assert reached == set(states.values)


# One object in each state


def case_in(world: World, state: str) -> Case:
    case = world.accepted("1200")
    due_on = (world.at + timedelta(days=14)).date()
    decided = {"decided_by": world.cast.actor["decider"].key, "decided_at": world.at, "decided_amount": euros("1200")}
    fields: dict[str, Any] = {"answer_due_on": due_on} if state in {"info_requested", "revision_offered"} else {}
    if state in {"approved", "rejected"}:
        case = world.do(case, "approve", "decider", conditions=[])
        fields |= decided
    return place(case, state, **fields)


def award_in(world: World, state: str) -> Award:
    award = world.approved("1200").award
    today = world.at.date()
    fields: dict[str, Any] = {}
    if state != "draft_notice":
        fields |= {"issued_on": today, "channel": "letter"}
    if state not in {"draft_notice", "issued"}:
        fields |= {"notified_on": today, "lawsuit_until": today + timedelta(days=30)}
    if state in {"settled", "closed"}:
        fields["final_amount"] = award.amount
    placed = place(award, state, **fields)
    world.notice(placed)
    return placed


def disbursement_in(world: World, state: str) -> Disbursement:
    award = award_in(world, "active")
    Commitment.objects.filter(thread=award.thread).update(payable_from=world.at.date())
    found = world.requested("1200", award)
    who = world.cast.actor
    fields: dict[str, Any] = {}
    if state not in {"requested", "returned", "cancelled"}:
        fields["verified_by"] = who["verifier"].key
    if state in {"authorised", "exported", "executed"}:
        fields["authorised_by"] = who["authoriser"].key
    if state in {"authorised", "exported", "executed"}:
        fields["run"] = PaymentRun.objects.create(
            number="ZL-2026-0001", execution_on=world.at.date(), total=found.amount, count=1,
            assembled_by=who["treasury"].key, assembled_at=world.at,
        )  # fmt: skip
    if state == "executed":
        fields["executed_on"] = world.at.date()
        pay(world, found.commitment, found.reference)
    return place(found, state, **fields)


def pay(world: World, commitment: Commitment, reference: str) -> None:
    treasurer = world.cast.actor["treasury"].acting_as(Role.TREASURY)
    ledger.pay(
        commitment, commitment.amount, reference=reference, value_on=world.at.date(), actor=treasurer, at=world.at
    )


def clawback_in(world: World, state: str) -> Clawback:
    award = award_in(world, "report_in_review")
    commitment = Commitment.objects.get(thread=award.thread)
    pay(world, commitment, "INT-1")
    claim = Clawback.objects.create(
        commitment=commitment, amount=euros("350"), ground="settlement", heard_until=world.at.date(),
        opened_by=world.cast.actor["caseworker"].key, opened_at=world.at,
    )  # fmt: skip
    fields = {"due_on": world.at.date(), "paid_on": world.at.date()} if state != "hearing" else {}
    return place(claim, state, **fields)


BUILD = {Case: case_in, Award: award_in, Disbursement: disbursement_in, Clawback: clawback_in}


def data_for(name: str, world: World) -> dict[str, Any]:
    """What the step's form would have asked."""
    today = world.at.date()
    scan = SimpleUploadedFile("Brief.pdf", PDF, "application/pdf")
    vote = {"body": "county_committee", "resolved_on": today, "number": "KA 7", "outcome": "adopted"}
    votes = {"votes_yes": 5, "votes_no": 1, "votes_abstained": 0}
    reason = {"reason": "Darum"}
    return {
        "request_information": {"items": "Satzung", "sections": ["unterlagen"], "due_on": today},
        "answer": {"answer": "Hier ist sie"},
        "enter_answer": {"answer": "Liegt bei", "scan": scan},
        "enter_acceptance": {"amount": euros("1200"), "scan": scan},
        "propose": {"amount": euros("1200"), **reason},
        "record_resolution": {"amount": euros("1200"), **vote, **votes},
        "approve": {"conditions": []},
        "offer": {"amount": euros("1000"), "due_on": today, **reason},
        "accept_offer": {"amount": euros("1200")},
        "consent_to_early_start": {"valid_from": today, **reason},
        "send_rejection": {"sent_on": today},
        "enter_withdrawal": {"scan": scan, **reason},
        "issue": {"channel": "letter", "sent_on": today, "document_sha256": "a" * 64},
        "send_again": {"channel": "letter", "sent_on": today, **reason},
        "waive_remedy": {"waived_on": today},
        "contest": {"filed_on": today},
        "end_lawsuit": {"final_on": today, **reason},
        "settle": {"final_amount": euros("1200"), **reason},
        "execute": {"executed_on": today},
        "assess": {"assessed_on": today, "due_on": today, **reason},
        "book_payment": {"paid_on": today},
        "take_back_late": {"reopen": True, **reason},
        "set_off": {"paid_on": today},
        "defer": {"due_on": today, **reason},
        **dict.fromkeys(
            (
                "lapse", "resume_check", "propose_formal_rejection", "refer_to_committee", "put_on_waitlist", "reject",
                "take_back_decision", "take_back_check", "reopen_check", "take_back_referral", "take_back_proposal",
                "take_back_formal_rejection", "request_report_information", "renounce", "revoke", "take_back", "request_again",
                "cancel", "enforce", "suspend", "waive",
            ),
            reason,
        ),
    }.get(name, {})  # fmt: skip


def traces() -> tuple[int, ...]:
    return tuple(model._default_manager.count() for model in (Event, Message, LedgerEntry))


def reaching(target: str, state: str) -> str:
    return state if target == STAYS else target


def expected(row: Row, state: str, name_of_person: str) -> type[Exception] | str:
    sources, target, who = row
    if name_of_person not in who.split():
        return Forbidden
    return reaching(target, state) if state in sources.split() else Faster


@pytest.mark.parametrize(
    ("model", "state"), STATES, ids=lambda value: value if isinstance(value, str) else value.__name__
)
def test_state_by_transition_by_role(model: type[Machine], state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards have tests of their own: here they are asleep, so that nothing but state and role decides."""
    monkeypatch.setattr(door, "refusals_of", lambda *_args, **_kwargs: iter(()))
    world = World()
    obj = BUILD[model](world, state)
    table, _states = MACHINES[model]
    join_another_organisation(world)
    wrong = [
        f"{name} by {who}: {outcome}"
        for name, row in table.items()
        for who in PEOPLE
        if (outcome := walk(world, obj, name, acting(world, who), expected(row, state, who))) is not None
    ]
    bound = bound_people(world)
    wrong += [
        f"{name} by {who}, {tie}: {outcome}"
        for name, row in table.items()
        for who in row[2].split()
        if who in Role.values
        for tie, key in bound.items()
        if (outcome := walk(world, obj, name, holding(who, key), expected_of_bound(model, name, row, state)))
        is not None
    ]
    assert wrong == []


def join_another_organisation(world: World) -> None:
    """The stranger may do everything, for somebody else."""
    foreign = world.new_organisation("Fremder Verein (Demo)", IBANS[2])
    foreign.memberships.all().delete()
    foreign.memberships.create(user=world.cast.user["stranger"], may_edit=True, may_file=True, is_admin=True)


def acting(world: World, who: str) -> Actor:
    actor = world.cast.actor[who]
    if who in {"verifier", "authoriser", "treasury", "decider"}:
        # The same person never stands on both sides of a four-eyes rule: a colleague with the same role acts.
        return holding(who, world.cast.user["auditor"].key)
    return actor


def holding(role: str, key: UUID) -> Actor:
    return Actor(key=key, name="Vertretung", roles=frozenset({role}))


def bound_people(world: World) -> dict[str, UUID]:
    """Somebody whom the register names, and somebody who acts for the organisation without an entry."""
    entered, member = person("vorstand@demo.example"), person("mitglied@demo.example")
    Involvement.objects.create(
        user_key=entered.key, organisation=world.organisation, kind="board", since=world.at.date(),
        entered_by=entered.key, entered_at=world.at,
    )  # fmt: skip
    world.organisation.memberships.create(user=member, may_edit=False, may_file=False)
    return {"in the register": entered.key, "a member": member.key}


def expected_of_bound(model: type[Machine], name: str, row: Row, state: str) -> type[Exception] | str:
    if name in JUDGING[model.__name__]:
        return Forbidden
    return reaching(row[1], state) if state in row[0].split() else Faster


def walk(world: World, obj: Machine, name: str, actor: Actor, should: type[Exception] | str) -> str | None:
    """Takes one step and undoes it; answers with what was wrong, or None."""
    before = traces()
    with transaction.atomic():
        if name == "take_back_late":
            BudgetLine.objects.update(status=BudgetLine.Status.CLOSED)
        try:
            done: Any = perform(obj, name, actor=actor, at=world.at, data=data_for(name, world)).state
        except (Forbidden, Faster) as refusal:
            done = type(refusal)
        after = traces()
        transaction.set_rollback(True)
    if done != should:
        return f"expected {should}, got {done}"
    if isinstance(should, str):
        return None if after[0] > before[0] else "no line in the journal"
    return None if after == before else "a refusal left traces"
