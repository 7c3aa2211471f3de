"""The ledger's verbs: the balance after each step, and every guard."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import settings as profile
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from accounts.roles import Role
from funding import integrity, ledger
from funding.models import BudgetLine, Commitment, Kind, LedgerEntry, Programme, Reservation
from journal.actors import Actor
from journal.refusals import Refused
from tests.factories import START, euros
from tests.services.requirements import CI

ZERO = Decimal("0.00")
OFFICER = Actor(key=uuid4(), name="Kämmerei", roles=frozenset({Role.BUDGET_OFFICER}), role=Role.BUDGET_OFFICER)


def new_line(year: int = 2026, *, amount: str = "10000", status: str = BudgetLine.Status.OPEN) -> BudgetLine:
    line = BudgetLine.objects.create(fiscal_year=year, product="3.5.1.01", account="4318", title="Linie", status=status)
    if amount != "0":
        ledger.appropriate(line, euros(amount), move=move())
    return line


def move(reason: str = "Haushalt", **fields: Any) -> ledger.Movement:
    return ledger.Movement(actor=OFFICER, at=START, reason=reason, **fields)


def programme() -> Programme:
    made, _new = Programme.objects.get_or_create(
        slug="p", defaults={"title": "P", "financing": "share", "product": "3.5.1.01", "account": "4318"}
    )
    return made


def purpose() -> ledger.Purpose:
    return ledger.Purpose(
        payee_key=UUID(int=1), payee_name="Verein", payee_iban="DE43999999990001000001", is_natural_person=False,
        title="Projekt", programme=programme(), measure=None, municipality=None,
    )  # fmt: skip


def commit(line: BudgetLine, amount: str | Decimal, thread: str = "INT-2026-0001") -> Commitment:
    return ledger.commit(
        line, Decimal(amount), purpose=purpose(), decided_by=None, move=move("Bewilligung", thread=thread)
    )


def reserve(line: BudgetLine, amount: str, thread: str = "INT-2026-0001") -> Reservation:
    return ledger.reserve(line, euros(amount), thread=thread, actor=OFFICER, at=START)


def pay(commitment: Commitment, amount: str, reference: str = "INT-2026-0001-1") -> LedgerEntry:
    return ledger.pay(
        commitment, euros(amount), reference=reference, value_on=date(2026, 5, 4), actor=OFFICER, at=START
    )


def balance(line: BudgetLine) -> tuple[str, ...]:
    """available, reserved, committed, paid."""
    line.refresh_from_db()
    return tuple(str(amount) for amount in (line.available, line.reserved, line.committed, line.paid))


def is_clean() -> bool:
    return not list(integrity.differences())


@pytest.mark.django_db
def test_a_year_in_steps_shows_the_right_balance_after_each():
    line = new_line(amount="10000")
    assert balance(line) == ("10000.00", "0.00", "0.00", "0.00")
    ledger.supplement(line, euros("10000"), move=move("Nachtrag"))
    assert balance(line) == ("20000.00", "0.00", "0.00", "0.00")
    reserve(line, "1600")
    assert balance(line) == ("20000.00", "1600.00", "0.00", "0.00")
    reserve(line, "1500")
    assert balance(line) == ("20000.00", "1500.00", "0.00", "0.00")
    reserve(line, "700", thread="INT-2026-0002")
    assert balance(line) == ("20000.00", "2200.00", "0.00", "0.00")
    ledger.release("INT-2026-0002", actor=OFFICER, at=START, reason="zurückgezogen")
    assert balance(line) == ("20000.00", "1500.00", "0.00", "0.00")
    bound = commit(line, "1500.00")
    assert balance(line) == ("18500.00", "0.00", "1500.00", "0.00")
    pay(bound, "1000")
    assert balance(line) == ("18500.00", "0.00", "1500.00", "1000.00")
    ledger.return_from_bank(
        bound, euros("1000"), reference="INT-2026-0001-1", reason="Konto erloschen", actor=OFFICER, at=START
    )
    assert balance(line) == ("18500.00", "0.00", "1500.00", "0.00")
    pay(bound, "1000", reference="INT-2026-0001-1R2")
    assert balance(line) == ("18500.00", "0.00", "1500.00", "1000.00")
    assert ledger.reduce(bound, euros("1100"), actor=OFFICER, at=START, reason="Festsetzung") == euros("400")
    assert balance(line) == ("18900.00", "0.00", "1100.00", "1000.00")
    ledger.repay(bound, euros("350"), paid_on=date(2026, 9, 1), actor=OFFICER, at=START)
    assert balance(line) == ("19250.00", "0.00", "750.00", "650.00")
    ledger.supplement(line, euros("-19250"), move=move("Nachtrag"))
    assert balance(line) == ("0.00", "0.00", "750.00", "650.00")
    assert is_clean()


@pytest.mark.django_db
def test_exactly_what_is_there_may_be_committed_and_not_a_cent_more():
    line = new_line(amount="1000")
    with pytest.raises(ledger.NotEnough) as refused:
        commit(line, "1000.01")
    assert "1.000,00" in refused.value.sentence
    commit(line, "1000.00")
    with pytest.raises(ledger.NotEnough):
        commit(line, "0.01", thread="INT-2026-0002")
    assert balance(line) == ("0.00", "0.00", "1000.00", "0.00")
    assert is_clean()


@pytest.mark.django_db
def test_money_put_aside_for_others_is_not_there_but_ones_own_is():
    line = new_line(amount="1000")
    reserve(line, "600", thread="INT-2026-0001")
    with pytest.raises(ledger.NotEnough):
        commit(line, "400.01", thread="INT-2026-0002")
    assert balance(line) == ("1000.00", "600.00", "0.00", "0.00")
    commit(line, "1000.00", thread="INT-2026-0001")
    assert balance(line) == ("0.00", "0.00", "1000.00", "0.00")


@pytest.mark.django_db
def test_a_reservation_never_makes_the_line_negative():
    line = new_line(amount="1000")
    reserve(line, "1000")
    with pytest.raises(ledger.NotEnough):
        reserve(line, "0.01", thread="INT-2026-0002")
    reserve(line, "999", thread="INT-2026-0001")
    assert balance(line) == ("1000.00", "999.00", "0.00", "0.00")
    assert Reservation.objects.filter(amount__gt=0).count() == 1


@pytest.mark.django_db
def test_a_provisional_year_binds_nothing_new_and_still_pays_old_awards():
    line = new_line()
    bound = commit(line, "500.00")
    BudgetLine.objects.filter(pk=line.pk).update(status=BudgetLine.Status.PROVISIONAL)
    with pytest.raises(Refused, match="§ 116"):
        commit(line, "1.00", thread="INT-2026-0002")
    pay(bound, "500")
    assert balance(line) == ("9500.00", "0.00", "500.00", "500.00")
    ledger.open_year(line, actor=OFFICER, at=START)
    commit(line, "1.00", thread="INT-2026-0002")


@pytest.mark.django_db
def test_only_a_provisional_year_can_be_opened():
    line = new_line()
    with pytest.raises(Refused):
        ledger.open_year(line, actor=OFFICER, at=START)


CLOSED_DOORS = {
    "appropriate": lambda line, bound: ledger.appropriate(line, euros("1"), move=move()),
    "supplement": lambda line, bound: ledger.supplement(line, euros("1"), move=move()),
    "reserve": lambda line, bound: reserve(line, "1", thread="INT-2026-0009"),
    "commit": lambda line, bound: commit(line, "1.00", thread="INT-2026-0009"),
    "reduce": lambda line, bound: ledger.reduce(bound, euros("200"), actor=OFFICER, at=START, reason="x"),
    "pay": lambda line, bound: pay(bound, "1", reference="neu"),
    "return": lambda line, bound: ledger.return_from_bank(
        bound, euros("1"), reference="x", reason="x", actor=OFFICER, at=START
    ),
    "repay": lambda line, bound: ledger.repay(bound, euros("1"), paid_on=date(2026, 6, 1), actor=OFFICER, at=START),
}


@pytest.mark.django_db
@pytest.mark.parametrize("door", CLOSED_DOORS)
def test_a_closed_year_refuses_every_door(door):
    line = new_line()
    bound = commit(line, "500.00")
    pay(bound, "100")
    BudgetLine.objects.filter(pk=line.pk).update(status=BudgetLine.Status.CLOSED)
    before = balance(line)
    with pytest.raises(Refused, match="abgeschlossen"):
        CLOSED_DOORS[door](line, bound)
    assert balance(line) == before
    assert is_clean()


@pytest.mark.django_db
def test_a_commitment_is_never_lowered_below_what_is_paid():
    line = new_line()
    bound = commit(line, "500.00")
    pay(bound, "300")
    assert ledger.reduce(bound, ZERO, actor=OFFICER, at=START, reason="Verzicht") == euros("200")
    bound.refresh_from_db()
    assert (bound.amount, bound.paid) == (euros("300"), euros("300"))
    with pytest.raises(Refused, match="neue Bewilligung"):
        ledger.reduce(bound, euros("301"), actor=OFFICER, at=START, reason="mehr")


@pytest.mark.django_db
def test_no_more_is_paid_than_is_open_and_a_payment_is_booked_once():
    line = new_line()
    bound = commit(line, "500.00")
    with pytest.raises(Refused):
        pay(bound, "500.01")
    pay(bound, "200")
    with pytest.raises(IntegrityError), transaction.atomic():
        pay(bound, "200")
    assert balance(line) == ("9500.00", "0.00", "500.00", "200.00")


@pytest.mark.django_db
def test_a_repayment_of_the_same_year_frees_money_and_of_an_earlier_year_does_not():
    line, later = new_line(2026), new_line(2027)
    bound = commit(line, "500.00")
    pay(bound, "500")
    ledger.repay(bound, euros("100"), paid_on=date(2026, 12, 31), actor=OFFICER, at=START)
    assert balance(line) == ("9600.00", "0.00", "400.00", "400.00")
    entry = ledger.repay(bound, euros("50"), paid_on=date(2027, 1, 1), actor=OFFICER, at=START)
    assert (entry.kind, entry.line) == (Kind.REPAYMENT_PRIOR_YEAR, later)
    assert balance(line) == ("9600.00", "0.00", "400.00", "400.00")
    assert balance(later) == ("10000.00", "0.00", "0.00", "0.00")
    with pytest.raises(Refused):
        ledger.repay(bound, euros("400.01"), paid_on=date(2026, 12, 31), actor=OFFICER, at=START)
    assert is_clean()


@pytest.mark.django_db
@pytest.mark.parametrize("amount", ["0", "-9500.01"])
def test_a_supplement_of_nothing_or_below_what_is_committed_is_refused(amount):
    line = new_line()
    commit(line, "500.00")
    with pytest.raises(Refused) as refused:
        ledger.supplement(line, euros(amount), move=move())
    assert refused.value.field == "amount"
    ledger.supplement(line, euros("-9500"), move=move())
    assert balance(line)[0] == "0.00"


# Round Python: what the database itself refuses

BROKEN = {
    "budget_committed_within_usable": "UPDATE funding_budgetline SET committed = 1000001, reserved = 0",
    "budget_shortfall_not_negative": "UPDATE funding_budgetline SET shortfall = -1",
    "budget_reserved_not_negative": "UPDATE funding_budgetline SET reserved = -1",
    "budget_paid_not_negative": "UPDATE funding_budgetline SET paid = -1",
    "budget_paid_within_committed": "UPDATE funding_budgetline SET paid = committed + 1",
    "budget_status_known": "UPDATE funding_budgetline SET status = 'anything'",
    "budget_line_once": "INSERT INTO funding_budgetline SELECT * FROM funding_budgetline",
    "reservation_not_negative": "UPDATE funding_reservation SET amount = -1",
    "commitment_paid_not_negative": "UPDATE funding_commitment SET paid = -1",
    "commitment_covers_paid": "UPDATE funding_commitment SET paid = amount + 1",
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses_what_goes_round_python(name):
    line = new_line()
    reserve(line, "100", thread="INT-2026-0002")
    commit(line, "500.00")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BROKEN[name])


ENTRY = (
    "INSERT INTO funding_ledgerentry (line_id, kind, amount, value_on, recorded_at, actor_role, reason, thread, "
    "payment_reference) SELECT line_id, {kind}, {amount}, value_on, recorded_at, '', '', '', {reference} "
    "FROM funding_ledgerentry WHERE kind = 'disbursement'"
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "amount", "reference"),
    [("'disbursement'", "0", "'x'"), ("'anything'", "1", "'x'"), ("'disbursement'", "1", "'INT-2026-0001-1'")],
    ids=["entry_moves_something", "entry_kind_known", "disbursement_booked_once"],
)
def test_the_database_refuses_an_entry_that_means_nothing_or_twice(kind, amount, reference):
    pay(commit(new_line(), "500.00"), "100")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ENTRY.format(kind=kind, amount=amount, reference=reference))


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE funding_ledgerentry SET amount = 1", "DELETE FROM funding_ledgerentry"])
def test_no_entry_can_be_changed_or_removed_even_by_bare_sql(statement):
    new_line()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert LedgerEntry.objects.count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerEntry.objects.all().delete()


# Any order of movements


@dataclass
class Award:
    """A commitment as plain numbers."""

    row: Commitment
    amount: Decimal
    paid: Decimal = ZERO


@dataclass
class Sums:
    """The model: sums in Python, nothing else."""

    usable: Decimal = ZERO
    reserved: dict[str, Decimal] = field(default_factory=dict)
    awards: list[Award] = field(default_factory=list)

    @property
    def committed(self) -> Decimal:
        return sum((award.amount for award in self.awards), ZERO)

    @property
    def paid(self) -> Decimal:
        return sum((award.paid for award in self.awards), ZERO)

    @property
    def available(self) -> Decimal:
        return self.usable - self.committed

    def free_for(self, thread: str) -> Decimal:
        return self.available - sum(self.reserved.values(), ZERO) + self.reserved.get(thread, ZERO)


amounts = st.integers(min_value=1, max_value=60000).map(lambda cents: Decimal(cents).scaleb(-2))
threads = st.sampled_from(["INT-1", "INT-2", "INT-3"])


class LedgerMachine(RuleBasedStateMachine):
    """Any order of movements: the ledger and plain sums agree, and both refuse the same."""

    def __init__(self) -> None:
        super().__init__()
        self.story = transaction.atomic()
        self.story.__enter__()
        self.line = new_line(amount="0")
        self.model = Sums()
        self.count = 0

    def teardown(self) -> None:
        """Each story begins on an empty ledger, which nobody may empty: so it never was."""
        assert is_clean()
        transaction.set_rollback(True)
        self.story.__exit__(None, None, None)

    def allowed(self, is_allowed: bool, act: Any) -> Any:
        """Does it where the model allows it, and sees that it is refused where not."""
        if is_allowed:
            return act()
        with pytest.raises(Refused):
            act()
        return None

    @rule(amount=amounts, sign=st.sampled_from([1, 1, -1]))
    def change_the_plan(self, amount: Decimal, sign: int) -> None:
        change = amount * sign
        is_allowed = self.model.available + change >= 0
        self.allowed(is_allowed, lambda: ledger.supplement(self.line, change, move=move()))
        self.model.usable += change if is_allowed else ZERO

    @rule(amount=amounts, thread=threads)
    def put_aside(self, amount: Decimal, thread: str) -> None:
        is_allowed = amount <= self.model.free_for(thread)
        self.allowed(is_allowed, lambda: ledger.reserve(self.line, amount, thread=thread, actor=OFFICER, at=START))
        if is_allowed:
            self.model.reserved[thread] = amount

    @rule(thread=threads)
    def give_back(self, thread: str) -> None:
        freed = ledger.release(thread, actor=OFFICER, at=START, reason="zurückgezogen")
        assert freed == self.model.reserved.pop(thread, ZERO)

    @rule(amount=amounts, thread=threads)
    def bind(self, amount: Decimal, thread: str) -> None:
        is_allowed = amount <= self.model.free_for(thread)
        made = self.allowed(is_allowed, lambda: commit(self.line, amount, thread=thread))
        if is_allowed:
            self.model.reserved.pop(thread, None)
            self.model.awards.append(Award(made, amount))

    @precondition(lambda self: self.model.awards)
    @rule(data=st.data(), amount=amounts)
    def pay_out(self, data: st.DataObject, amount: Decimal) -> None:
        award = data.draw(st.sampled_from(self.model.awards))
        is_allowed = amount <= award.amount - award.paid
        self.count += 1
        self.allowed(is_allowed, lambda: pay(award.row, str(amount), reference=f"R-{self.count}"))
        award.paid += amount if is_allowed else ZERO

    @precondition(lambda self: self.model.awards)
    @rule(data=st.data(), amount=amounts)
    def pay_back(self, data: st.DataObject, amount: Decimal) -> None:
        award = data.draw(st.sampled_from(self.model.awards))
        is_allowed = amount <= award.paid
        self.allowed(
            is_allowed,
            lambda: ledger.repay(award.row, amount, paid_on=date(2026, 8, 1), actor=OFFICER, at=START),
        )
        if is_allowed:
            award.paid -= amount
            award.amount -= amount

    @precondition(lambda self: self.model.awards)
    @rule(data=st.data(), amount=amounts)
    def lower(self, data: st.DataObject, amount: Decimal) -> None:
        award = data.draw(st.sampled_from(self.model.awards))
        target = max(amount, award.paid)
        is_allowed = target <= award.amount
        self.allowed(
            is_allowed, lambda: ledger.reduce(award.row, amount, actor=OFFICER, at=START, reason="Festsetzung")
        )
        award.amount = target if is_allowed else award.amount

    @invariant()
    def sums_agree(self) -> None:
        self.line.refresh_from_db()
        has = (self.line.usable, self.line.reserved, self.line.committed, self.line.paid)
        model = self.model
        assert has == (model.usable, sum(model.reserved.values(), ZERO), model.committed, model.paid)


@pytest.mark.django_db
def test_any_order_of_movements_agrees_with_plain_sums():
    run_state_machine_as_test(LedgerMachine, settings=profile(profile.default, stateful_step_count=50 if CI else 20))
