"""The guards of the ledger's verbs, and what its tests share."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import Role
from funding import integrity, ledger
from funding.models import BudgetLine, Commitment, Kind, LedgerEntry, Programme, Reservation
from journal.actors import Actor
from journal.refusals import Refused
from tests.factories import START, euros

ZERO = Decimal("0.00")
OFFICER = Actor(key=uuid4(), name="Kämmerei", roles=frozenset({Role.BUDGET_OFFICER}), role=Role.BUDGET_OFFICER)


def new_line(
    year: int = 2026, *, amount: str = "10000", status: str = BudgetLine.Status.OPEN, product: str = "3.5.1.01"
) -> BudgetLine:
    line = BudgetLine.objects.create(fiscal_year=year, product=product, account="4318", title="Linie", status=status)
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


def purpose(for_programme: Programme | None = None) -> ledger.Purpose:
    return ledger.Purpose(
        payee_key=UUID(int=1), payee_name="Verein", payee_iban="DE43999999990001000001", is_natural_person=False,
        title="Projekt", programme=for_programme or programme(), measure=None, municipality=None,
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


@pytest.mark.django_db
def test_no_more_comes_back_from_the_bank_than_was_paid_and_is_not_repaid_yet():
    bound = commit(new_line(), "500.00")
    pay(bound, "500")
    ledger.repay(bound, euros("100"), paid_on=date(2026, 9, 1), actor=OFFICER, at=START)
    told = {"reference": "INT-2026-0001-1", "reason": "Konto erloschen", "actor": OFFICER, "at": START}
    with pytest.raises(Refused, match="400,00"):
        ledger.return_from_bank(bound, euros("400.01"), **told)
    ledger.return_from_bank(bound, euros("400"), **told)
    with pytest.raises(IntegrityError), transaction.atomic():
        pay(bound, "400")
    pay(bound, "400", reference="INT-2026-0001-1R2")
    assert is_clean()
