"""Over the turn of the year: nothing is lost to the cent, and whoever works on an award meanwhile meets all of it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.urls import reverse
from pytest_django import Settings

from funding import budgeting, ledger, payments, tasks
from funding.ledger import years
from funding.models import BudgetLine, Clawback, Commitment, Disbursement, Hold, Measure, Reservation, SubBudget
from journal.models import Event
from journal.refusals import Faster, Refused
from tests.factories import World, euros, place
from tests.funding import test_ledger as book
from tests.funding.pages import client_of, text_of
from tests.funding.year_end_stage import (
    NEW_YEAR,
    approve,
    bound,
    execute,
    is_clean,
    line_of,
    new_year,
    officer,
    order_payment,
    over_all_years,
    pay,
    request,
    roll,
    send_to_bank,
)

Status = BudgetLine.Status


@pytest.fixture
def world(db: None, settings: Settings) -> World:
    settings.DEMO = True
    return World()


def carry(world: World, found: Commitment) -> Commitment:
    return budgeting.carry(found, reason="Projekt läuft weiter", actor=officer(world), at=world.at)


@pytest.fixture
def unchanged() -> Iterator[Callable[[], None]]:
    """Asks whether the sums of all years are what they were at the first asking, and whether the book is right."""
    first: list[Any] = []

    def ask() -> None:
        now = over_all_years()
        first.append(now)
        assert now == first[0]
        assert is_clean()

    return ask


def test_the_sum_of_all_years_is_the_same_to_the_cent_over_the_turn_of_the_year(world, unchanged):
    first, second = world.active(), world.active()
    pay(world, bound(first), "600.01")
    sent = send_to_bank(world, order_payment(world, request(world, bound(first), "399.99")))
    pay(world, bound(second), "1600")
    world.proposed("700")
    assert over_all_years() == (euros("20000"), euros("3200"), euros("2200.01"), euros("16800"))
    unchanged()
    new_year(world)
    roll(world)
    unchanged()
    with pytest.raises(Refused, match="§ 116"):
        book.commit(line_of(2027), "1.00", "INT-2027-0001")
    carried = carry(world, bound(first))
    unchanged()
    assert (line_of(2027).status, carried.amount) == (Status.PROVISIONAL, euros("999.99"))
    order = budgeting.Order(verb="carry", line=world.line, amount=euros("5000.55"), reason="verschoben")
    budgeting.book(order, actor=officer(world), at=world.at)
    unchanged()
    budgeting.close(2026, reason="fertig", actor=officer(world), at=world.at)
    unchanged()
    assert [own.amount for own in Reservation.objects.all() if own.amount] == []
    execute(world, sent)
    carried.refresh_from_db()
    assert (carried.paid, line_of(2027).paid, line_of(2027).status) == (
        euros("399.99"), euros("399.99"), Status.PROVISIONAL,
    )  # fmt: skip
    pay(world, carried, "600")
    assert (line_of(2027).open_commitments, line_of(2027).available) == (euros("0"), euros("5000.55"))
    assert is_clean()
    with pytest.raises(Refused, match="§ 116"):
        book.commit(line_of(2027), "1.00", "INT-2027-0001")
    approve(world, amount="10000")
    book.commit(line_of(2027), "1.00", "INT-2027-0001")
    assert is_clean()


def test_approving_the_new_year_binds_what_earlier_awards_pledged(world):
    later = roll(world)
    budgeting.book(
        budgeting.Order(verb="appropriation", line=later, amount=euros("900"), reason="Entwurf"),
        actor=officer(world), at=world.at,
    )  # fmt: skip
    shares = {world.line: euros("100"), later: euros("500")}
    ledger.share_out(shares, purpose=book.purpose(), decided_by=None, move=book.move(thread="INT-2026-0101"))
    assert (line_of(2027).reserved, line_of(2027).committed) == (euros("500"), euros("0"))
    new_year(world)
    budgeting.approve(later, reason="Satzung", actor=officer(world), at=world.at)
    assert (line_of(2027).reserved, line_of(2027).committed, line_of(2027).status) == (
        euros("0"), euros("500"), Status.OPEN,
    )  # fmt: skip
    assert is_clean()


def test_an_award_that_comes_in_during_the_approval_is_not_forgotten(world, monkeypatch):
    """Between reading the pledges and locking the line somebody pledges: the officer is asked to try again."""
    later = roll(world)
    budgeting.book(
        budgeting.Order(verb="appropriation", line=later, amount=euros("900"), reason="Entwurf"),
        actor=officer(world), at=world.at,
    )  # fmt: skip
    real, pledged = years.lock_lines, []

    def slow(lines: Any) -> Any:
        if not pledged:
            pledged.append(True)
            shares = {world.line: euros("100"), later: euros("500")}
            ledger.share_out(shares, purpose=book.purpose(), decided_by=None, move=book.move(thread="INT-2026-0101"))
        return real(lines)

    monkeypatch.setattr(years, "lock_lines", slow)
    with pytest.raises(Refused, match="versuchen Sie es noch einmal"):
        budgeting.approve(later, reason="Satzung", actor=officer(world), at=world.at)


# The clock lays out the year


def test_the_clock_lays_out_the_new_year_once(world):
    with time_machine.travel(NEW_YEAR, tick=False):
        assert [tasks.roll_year(), tasks.roll_year()] == [1, 0]
    line = line_of(2027)
    assert (line.status, line.product, line.account, line.title, line.authorised) == (
        Status.PROVISIONAL, world.line.product, world.line.account, world.line.title, euros("0"),
    )  # fmt: skip
    event = Event.objects.get(kind="budget_line_created", thread="HH-2027")
    assert (event.actor_key, event.reason) == (None, "Jahreswechsel")
    assert is_clean()


def test_a_worker_who_comes_second_lays_out_what_is_still_missing(world, monkeypatch):
    BudgetLine.objects.create(fiscal_year=2026, product="3.5.1.02", account="4318", title="Zweite Linie")
    both = years.missing_lines(2027)
    ledger.roll_year(2027, actor=world.cast.actor["system"], at=NEW_YEAR)
    BudgetLine.objects.filter(fiscal_year=2027, product="3.5.1.02").delete()
    monkeypatch.setattr(years, "missing_lines", lambda _year: both)
    with time_machine.travel(NEW_YEAR, tick=False):
        assert tasks.roll_year() == 1
    assert BudgetLine.objects.filter(fiscal_year=2027).count() == 2


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Each in a thread and with a connection of its own; what was refused is handed back as the refusal."""
    gate, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        gate.wait()
        try:
            answers[place] = act()  # type: ignore[call-overload]
        except (Refused, Faster) as refusal:
            answers[place] = refusal  # type: ignore[call-overload]
        finally:
            connection.close()

    running = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return answers


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_lay_out_one_year():
    book.new_line(2026)
    roll_it = lambda: ledger.roll_year(2027, actor=book.OFFICER, at=NEW_YEAR)  # noqa: E731
    answers = at_once(roll_it, roll_it, roll_it)
    assert sorted(len(made) for made in answers) == [0, 0, 1]  # type: ignore[arg-type]
    assert BudgetLine.objects.filter(fiscal_year=2027).count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["hold", "allow", "settle"])
def test_who_waits_for_a_carry_over_meets_the_new_commitment_too(act):
    """While money is carried over, a lawsuit stops it, finality frees it, a settlement lowers it."""
    line = book.new_line(2026)
    ledger.roll_year(2027, actor=book.OFFICER, at=NEW_YEAR)
    found = book.commit(line, "500.00")
    is_carried = threading.Event()

    def carry_slowly() -> None:
        with transaction.atomic():
            ledger.carry_commitment(found, actor=book.OFFICER, at=NEW_YEAR, reason="x")
            is_carried.set()
            threading.Event().wait(0.5)

    def meanwhile() -> None:
        is_carried.wait(10)
        thread, at = found.thread, NEW_YEAR
        if act == "hold":
            payments.hold(thread, Hold.Kind.LAWSUIT, actor=book.OFFICER, at=at)
        elif act == "allow":
            payments.allow(thread, payable_from=at.date())
        else:
            with transaction.atomic():
                for own in ledger.lock_award(thread):
                    ledger.reduce(own, euros("0"), actor=book.OFFICER, at=at, reason="Verzicht")

    assert at_once(carry_slowly, meanwhile) == [None, None]
    new = Commitment.objects.get(line__fiscal_year=2027)
    checks = {
        "hold": new.holds.filter(ended_at=None).count() == 1,
        "allow": new.payable_from == NEW_YEAR.date(),
        "settle": new.amount == euros("0"),
    }
    assert checks[act]
    assert is_clean()


# The award goes on in the new year


def halves(world: World) -> tuple[Any, Commitment]:
    """An award of 1,600 €, of which 600 € were paid in 2026; the rest stands in 2027."""
    award = world.active()
    pay(world, bound(award), "600")
    new_year(world)
    roll(world)
    carry(world, bound(award))
    budgeting.close(2026, reason="fertig", actor=officer(world), at=world.at)
    return award, bound(award)


def test_the_new_commitment_has_the_right_to_be_paid_and_the_holds_of_the_old(world):
    award = world.active()
    payments.publish(award.thread)
    payments.hold(award.thread, Hold.Kind.LAWSUIT, actor=officer(world), at=world.at)
    old = bound(award)
    new_year(world)
    roll(world)
    new = carry(world, old)
    same = ("payable_from", "is_public", "payee_key", "payee_iban", "decided_by", "committed_on", "programme_id",
            "measure_id", "municipality_id", "thread")  # fmt: skip
    assert all(getattr(new, name) == getattr(old, name) for name in same)
    assert (new.carried_from_id, new.part_id, new.paid) == (old.pk, None, euros("0"))
    assert [hold.kind for hold in new.holds.filter(ended_at=None)] == [Hold.Kind.LAWSUIT]
    with pytest.raises(Refused, match="gesperrt"):
        world.do(request(world, new, "100"), "verify", "verifier")
    payments.release(award.thread, Hold.Kind.LAWSUIT, at=world.at)
    assert not Hold.objects.filter(ended_at=None).exists()


def test_payments_under_way_follow_and_are_numbered_through(world):
    award = world.active()
    asked = [request(world, bound(award), "100")]
    ordered = order_payment(world, request(world, bound(award), "200"))
    sent = send_to_bank(world, order_payment(world, request(world, bound(award), "300")))
    done = pay(world, bound(award), "400")
    new_year(world)
    roll(world)
    new = carry(world, bound(award))
    where = dict(Disbursement.objects.values_list("number", "commitment__line__fiscal_year"))
    assert where == {1: 2027, 2: 2027, 3: 2027, 4: 2026}
    assert is_clean()
    asked.append(request(world, new, "50"))
    assert [payment.number for payment in asked] == [1, 5]
    execute(world, sent)
    execute(world, send_to_bank(world, Disbursement.objects.get(pk=ordered.pk)))
    assert (line_of(2026).paid, line_of(2027).paid) == (euros("400"), euros("500"))
    assert Disbursement.objects.get(pk=done.pk).commitment.line.fiscal_year == 2026
    assert is_clean()


def test_a_step_that_was_opened_before_the_carry_over_goes_on_in_the_new_year(world):
    award = world.active()
    asked = request(world, bound(award), "100")
    new_year(world)
    roll(world)
    carry(world, bound(award))
    verified = world.do(asked, "verify", "verifier")
    assert (verified.state, verified.commitment.line.fiscal_year) == ("verified", 2027)


def test_the_association_asks_for_the_rest_on_its_page(world):
    award, new = halves(world)
    url = reverse("workflow:request_payment", args=[award.case.application.key])
    with time_machine.travel(world.at, tick=False):
        client = client_of(world, "applicant")
        assert "1.000,00 €" in text_of(client.get(url))
        too_much = client.post(url, {"amount": "1.000,01", "need": "Honorare"})
        assert (too_much.status_code, "noch 1.000,00 € offen" in text_of(too_much)) == (422, True)
        assert client.post(url, {"amount": "1.000,00", "need": "Honorare"}).status_code == 302
        page = text_of(client.get(reverse("workflow:my_case", args=[award.case.application.key])))
    asked = Disbursement.objects.get(commitment=new)
    assert (asked.number, asked.amount) == (2, euros("1000"))
    assert "600,00 €" in page
    assert is_clean()


@pytest.mark.parametrize(
    ("final", "freed", "claimed"),
    [("1600", "0", []), ("1400", "200", []), ("1300", "300", []), ("1000", "300", [("2027", "300")]),
     ("500", "300", [("2026", "100"), ("2027", "700")])],
)  # fmt: skip
def test_a_settlement_lowers_the_new_year_and_claims_back_from_both(world, final, freed, claimed):
    award, new = halves(world)
    pay(world, new, "700")
    before = line_of(2027).committed
    reviewed = place(award, "report_in_review", reviewed_by=world.cast.actor["caseworker"].key)
    world.do(reviewed, "settle", "decider", final_amount=euros(final), reason="Ausgaben geprüft")
    assert before - line_of(2027).committed == euros(freed)
    found = Clawback.objects.order_by("commitment__line__fiscal_year")
    assert [(str(c.commitment.line.fiscal_year), str(c.amount)) for c in found] == [
        (year, f"{amount}.00") for year, amount in claimed
    ]
    assert line_of(2026).status == Status.CLOSED
    assert is_clean()


def test_what_an_old_commitment_gets_back_is_income_of_the_current_year(world):
    award, new = halves(world)
    pay(world, new, "700")
    reviewed = place(award, "report_in_review", reviewed_by=world.cast.actor["caseworker"].key)
    world.do(reviewed, "settle", "decider", final_amount=euros("500"), reason="Ausgaben geprüft")
    free = line_of(2027).available
    for claim in Clawback.objects.order_by("commitment__line__fiscal_year"):
        place(claim, "due", due_on=world.at.date())
        world.do(claim, "book_payment", "treasury", paid_on=world.at.date())
    assert (line_of(2026).paid, line_of(2027).paid) == (euros("600"), euros("0"))
    assert line_of(2027).available == free + euros("700")
    assert is_clean()


def test_a_part_goes_down_with_what_is_carried_out_of_it(world):
    award = world.active()
    assert isinstance(world.measure, Measure)
    ledger.allocate(world.line, world.measure, euros("1000"), move=book.move())
    second = world.active(requested="800", cost="1000")
    part = SubBudget.objects.get()
    assert (bound(award).part, bound(second).part) == (None, part)
    pay(world, bound(second), "300")
    new_year(world)
    roll(world)
    carry(world, bound(second))
    part.refresh_from_db()
    assert (part.share, part.committed) == (euros("500"), euros("300"))
    assert is_clean()


def test_out_of_a_year_that_was_opened_again_money_goes_straight_into_the_current_one(world):
    award = world.active()
    paid = pay(world, bound(award), "1600")
    new_year(world)
    roll(world)
    budgeting.close(2026, reason="fertig", actor=officer(world), at=world.at)
    world.at += timedelta(days=366)
    ledger.roll_year(2028, actor=world.cast.actor["system"], at=world.at)
    budgeting.close(2027, reason="fertig", actor=officer(world), at=world.at)
    world.do(paid, "take_back_late", "budget_officer", reopen=True, reason="Konto erloschen")
    assert is_clean()
    new = carry(world, bound(award))
    assert (new.line.fiscal_year, new.amount) == (2028, euros("1600"))
    budgeting.close(2026, reason="übertragen", actor=officer(world), at=world.at)
    assert is_clean()


def test_a_run_of_several_awards_locks_them_in_one_order(world, django_assert_max_num_queries):
    """Commitments first, then payments, then lines: else two runs, or a run and a transfer, wait for each other."""
    first, second = world.active(), world.active()
    run = send_to_bank(world, *[order_payment(world, request(world, bound(award), "100")) for award in (second, first)])
    with django_assert_max_num_queries(100) as seen:
        execute(world, run)
    locked = [
        next(
            (
                name
                for name in ("commitment", "disbursement", "budgetline")
                if re.search(rf'FROM "?funding_{name}\b', sql)
            ),
            "",
        )
        for sql in (query["sql"] for query in seen.captured_queries)
        if "FOR UPDATE" in sql
    ]
    if connection.vendor == "postgresql":
        assert locked[:3] == ["commitment", "disbursement", "budgetline"]
    assert is_clean()
