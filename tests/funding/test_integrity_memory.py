"""The proof of the books takes no more memory for a long book than for a short one."""

from __future__ import annotations

import tracemalloc
from uuid import UUID

import pytest
from django.db.models import F

from funding import integrity
from funding.models import BudgetLine, Commitment, Kind, LedgerEntry
from funding.money import value
from tests.factories import START, euros
from tests.funding.test_ledger import new_line, programme

SLACK = 200_000
"""Bytes. As objects, the entries that came in between would take fifty times as many."""


def _lengthen(line: BudgetLine, *, by: int) -> None:
    """So many commitments with four entries each, put there directly; the counters fit."""
    common = {"line": line, "thread": "INT-1", "value_on": START.date(), "recorded_at": START, "actor_role": "x"}
    wanted = programme()
    awards = Commitment.objects.bulk_create(
        [
            Commitment(
                line=line, thread="INT-1", amount=euros("4"), payee_key=UUID(int=1), payee_name="Verein",
                payee_iban="DE43999999990001000001", title="P", programme=wanted, committed_on=START.date(),
            )
            for _ in range(by)
        ],
        batch_size=500,
    )  # fmt: skip
    LedgerEntry.objects.bulk_create(
        [
            LedgerEntry(**common, kind=Kind.COMMITMENT, amount=euros("1"), reason="Bewilligung", commitment=award)
            for award in awards
            for _ in range(4)
        ],
        batch_size=500,
    )
    BudgetLine.objects.filter(pk=line.pk).update(committed=F("committed") + value(4 * by))


def _peak() -> int:
    tracemalloc.start()
    try:
        assert not list(integrity.differences())
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.django_db
def test_ten_times_the_entries_take_the_same_memory_to_prove():
    line = new_line(amount="100000")
    _lengthen(line, by=300)
    _peak()  # what is imported and cached once is not counted
    short = _peak()
    _lengthen(line, by=2700)
    assert _peak() < short + SLACK
