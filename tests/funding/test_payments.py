"""Payments and runs: who may do what, what a file must be before it counts, and what a refusal says."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.roles import Role
from funding import ledger, payments, sepa
from funding.models import Commitment, Disbursement, DisbursementState, LedgerEntry, PaymentRun
from journal import values
from journal.models import Event
from journal.refusals import Faster, Forbidden, Refused
from tests.factories import World, euros


@pytest.fixture
def world(db: None) -> World:
    found = World()
    found.cast.add("treasury_two", Role.TREASURY)
    return found


def run_of(world: World, *amounts: str) -> PaymentRun:
    award = world.active()
    found = [world.authorised(amount, award) for amount in amounts or ("400", "300")]
    return payments.assemble(found, actor=world.cast.actor["treasury"], at=world.at)


def released(world: World, *amounts: str) -> PaymentRun:
    return payments.release_run(run_of(world, *amounts), actor=world.cast.actor["treasury_two"], at=world.at)


def exported(world: World, *amounts: str) -> PaymentRun:
    return payments.export_run(released(world, *amounts), actor=world.cast.actor["treasury"], at=world.at)


def states(run: PaymentRun) -> set[str]:
    return set(run.disbursements.values_list("state", flat=True))


def test_a_run_goes_from_its_assembly_to_the_ledger(world):
    run = run_of(world)
    assert (run.total, run.count, run.state) == (euros("700"), 2, "assembled")
    run = payments.release_run(run, actor=world.cast.actor["treasury_two"], at=world.at)
    run = payments.export_run(run, actor=world.cast.actor["treasury"], at=world.at)
    sepa.validate(bytes(run.file))
    assert states(run) == {DisbursementState.EXPORTED}
    payments.execute_run(run, executed_on=world.at.date(), actor=world.cast.actor["treasury"], at=world.at)
    commitment = Commitment.objects.get()
    assert (states(run), commitment.paid) == ({DisbursementState.EXECUTED}, euros("700"))
    kinds = Event.objects.filter(thread=run.number).values_list("kind", flat=True)
    assert list(kinds) == ["run_assembled", "run_released", "run_exported", "run_executed"]


def test_who_assembles_a_run_does_not_release_it(world):
    run = run_of(world)
    with pytest.raises(Refused, match="andere Person"):
        payments.release_run(run, actor=world.cast.actor["treasury"], at=world.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentRun.objects.filter(pk=run.pk).update(released_by=run.assembled_by)


@pytest.mark.parametrize("role", sorted(set(Role.values) - {Role.TREASURY}))
def test_only_the_treasury_moves_a_run(world, role):
    award = world.active()
    found, actor = world.authorised("100", award), world.cast.actor[role]
    with pytest.raises(Forbidden):
        payments.assemble([found], actor=actor, at=world.at)
    run = payments.assemble([found], actor=world.cast.actor["treasury"], at=world.at)
    doors: list[tuple[Any, dict[str, Any]]] = [
        (payments.release_run, {}),
        (payments.return_run, {"reason": "x"}),
        (payments.export_run, {}),
        (payments.execute_run, {"executed_on": world.at.date()}),
    ]
    for door, more in doors:
        with pytest.raises(Forbidden):
            door(run, actor=actor, at=world.at, **more)
    assert PaymentRun.objects.get().state == "assembled"


def test_nobody_puts_a_payment_into_two_runs(world):
    run = run_of(world, "400")
    with pytest.raises(Faster):
        payments.assemble(list(run.disbursements.all()), actor=world.cast.actor["treasury_two"], at=world.at)
    assert PaymentRun.objects.count() == 1


def test_whoever_verified_or_authorised_a_payment_does_not_hand_it_to_the_bank(world):
    actor = world.cast.add("all_hands", Role.VERIFIER, Role.TREASURY)
    found = world.do(world.requested("100"), "verify", "all_hands")
    found = world.do(found, "authorise", "authoriser")
    run = payments.assemble([found], actor=world.cast.actor["treasury"], at=world.at)
    run = payments.release_run(run, actor=world.cast.actor["treasury_two"], at=world.at)
    with pytest.raises(Refused) as refused:
        payments.export_run(run, actor=actor, at=world.at)
    assert refused.value.sentence.startswith(found.reference)
    run.refresh_from_db()
    assert (run.state, run.file, states(run)) == ("released", None, {DisbursementState.AUTHORISED})


def test_a_run_is_exported_only_after_its_release(world):
    with pytest.raises(Faster):
        payments.export_run(run_of(world), actor=world.cast.actor["treasury"], at=world.at)


def test_a_hold_that_comes_meanwhile_stops_the_whole_file(world):
    run = released(world)
    payments.hold(Commitment.objects.get().thread, "lawsuit", actor=world.cast.actor["caseworker"], at=world.at)
    with pytest.raises(Refused, match="Klage anhängig"):
        payments.export_run(run, actor=world.cast.actor["treasury"], at=world.at)
    assert PaymentRun.objects.get().file is None


def test_what_the_scheme_does_not_take_is_a_sentence_and_no_file(world):
    run = released(world)
    values.set_value(
        "letterhead.iban", "DE44999999990001000001", valid_from=date(2026, 1, 1), reason="Tippfehler",
        actor=world.cast.actor["sysadmin"], at=world.at,
    )  # fmt: skip
    with pytest.raises(Refused, match="IBAN stimmt nicht"):
        payments.export_run(run, actor=world.cast.actor["treasury"], at=world.at)
    run.refresh_from_db()
    assert (run.state, run.file) == ("released", None)


def test_a_day_of_execution_that_has_passed_moves_on(world):
    run = released(world)
    world.later(days=3)
    run = payments.export_run(run, actor=world.cast.actor["treasury"], at=world.at)
    assert run.execution_on >= world.at.date()
    sepa.validate(bytes(run.file))


@pytest.mark.parametrize(("days", "sentence"), [(1, "Zukunft"), (-1, "noch nicht bei der Bank")])
def test_a_run_cannot_have_been_executed_tomorrow_or_before_its_file(world, days, sentence):
    run = exported(world)
    day = world.at.date() + timedelta(days=days)
    with pytest.raises(Refused, match=sentence) as refused:
        payments.execute_run(run, executed_on=day, actor=world.cast.actor["treasury"], at=world.at)
    assert refused.value.field == "executed_on"
    assert not LedgerEntry.objects.filter(kind="disbursement").exists()


def test_a_run_is_executed_once(world):
    run = exported(world)
    arguments = {"executed_on": world.at.date(), "actor": world.cast.actor["treasury"], "at": world.at}
    payments.execute_run(run, **arguments)
    with pytest.raises(Faster):
        payments.execute_run(run, **arguments)
    assert LedgerEntry.objects.filter(kind="disbursement").count() == 2


def test_a_run_goes_back_with_its_payments_until_it_is_with_the_bank(world):
    run = released(world)
    back = payments.return_run(run, actor=world.cast.actor["treasury"], at=world.at, reason="falscher Tag")
    assert back.state == "returned"
    assert Disbursement.objects.ready_for_run().count() == 2
    again = payments.assemble(
        list(Disbursement.objects.ready_for_run()), actor=world.cast.actor["treasury"], at=world.at
    )
    again = payments.release_run(again, actor=world.cast.actor["treasury_two"], at=world.at)
    payments.export_run(again, actor=world.cast.actor["treasury"], at=world.at)
    with pytest.raises(Faster, match="schon bei der Bank"):
        payments.return_run(again, actor=world.cast.actor["treasury"], at=world.at, reason="zu spät")


def test_a_payment_that_the_bank_sends_back_is_asked_for_again_under_a_new_id(world):
    paid = world.paid("400")
    back = world.do(paid, "take_back", "treasury", reason="Konto erloschen")
    commitment = Commitment.objects.get()
    assert (commitment.paid, commitment.open) == (euros("0"), commitment.amount)
    again = world.do(back, "request_again", "verifier", reason="neue IBAN geprüft")
    assert again.reference == f"{paid.reference}R2"
    assert (again.state, again.run, again.verified_by) == ("requested", None, None)


def test_no_more_is_asked_for_than_the_award_leaves_open(world):
    award = world.active()
    world.requested("1000", award)
    with pytest.raises(Refused, match="600,00"):
        world.requested("600.01", award)
    world.requested("600", award)
    with pytest.raises(Refused, match="über null"):
        payments.request(
            Commitment.objects.get(), euros("0"), need="", award_on=date(2026, 3, 2),
            actor=world.cast.actor["applicant"], at=world.at,
        )  # fmt: skip


def test_nothing_is_asked_for_or_verified_before_the_notice_is_final(world):
    world.notified()
    commitment = Commitment.objects.get()
    wish = {"need": "", "award_on": date(2026, 3, 2), "actor": world.cast.actor["applicant"], "at": world.at}
    with pytest.raises(Refused, match="bestandskräftig"):
        payments.request(commitment, euros("10"), **wish)
    assert not Disbursement.objects.exists()
    Commitment.objects.update(payable_from=world.at.date())
    found = payments.request(commitment, euros("10"), **wish)
    Commitment.objects.update(payable_from=None)
    with pytest.raises(Refused, match="bestandskräftig"):
        world.do(found, "verify", "verifier")


def test_the_decider_does_not_authorise_the_payment_of_their_own_decision(world):
    found = world.do(world.requested("100"), "verify", "verifier")
    decider = world.cast.actor["decider"]
    both = type(decider)(key=decider.key, name=decider.name, roles=frozenset({Role.DECIDER, Role.AUTHORISER}))
    world.cast.actor["decider_authoriser"] = both
    with pytest.raises(Refused, match="entschieden"):
        world.do(found, "authorise", "decider_authoriser")


BROKEN = {
    "disbursement_amount_positive": "UPDATE funding_disbursement SET amount = 0",
    "disbursement_state_known": "UPDATE funding_disbursement SET state = 'anything'",
    "disbursement_verified_by_somebody": "UPDATE funding_disbursement SET verified_by = NULL",
    "disbursement_authorised_by_somebody": "UPDATE funding_disbursement SET authorised_by = NULL",
    "disbursement_verifier_does_not_authorise": "UPDATE funding_disbursement SET authorised_by = verified_by",
    "disbursement_authoriser_does_not_pay": "UPDATE funding_disbursement SET executed_by = authorised_by",
    "disbursement_executed_has_day": "UPDATE funding_disbursement SET executed_on = NULL",
    "disbursement_exported_in_a_run": "UPDATE funding_disbursement SET run_id = NULL",
    "run_state_known": "UPDATE funding_paymentrun SET state = 'anything'",
    "run_released_by_second_person": "UPDATE funding_paymentrun SET released_by = assembled_by",
    "run_released_before_export": "UPDATE funding_paymentrun SET released_by = NULL",
    "run_exported_has_file": "UPDATE funding_paymentrun SET file = NULL",
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses_a_payment_that_goes_round_python(world, name):
    world.paid("400")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BROKEN[name])


def test_the_same_run_gives_the_same_bytes(world):
    run = released(world)
    items = list(run.disbursements.order_by("commitment_id", "pk"))
    assert payments.sepa_bytes(run, items) == payments.sepa_bytes(run, items)


def test_a_payment_is_booked_only_through_the_ledger(world):
    world.paid("400")
    entry = LedgerEntry.objects.get(kind="disbursement")
    assert (entry.amount, entry.actor_role) == (euros("400"), Role.TREASURY)
    with pytest.raises(IntegrityError), transaction.atomic():
        ledger.pay(
            Commitment.objects.get(), euros("1"), reference=entry.payment_reference, value_on=world.at.date(),
            actor=world.cast.actor["treasury"], at=world.at,
        )  # fmt: skip
