"""Everything at once: processes that commit, release, supplement, cover, freeze, pay and carry over on the same lines."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from decimal import Decimal

import pytest

from funding import integrity
from funding.models import BudgetLine, LedgerEntry
from tests.funding.test_ledger import new_line, programme
from tests.services import processes
from tests.services.requirements import CI

CLERKS = 8
MOVES = {
    "commit", "share_out", "reserve", "put_aside", "release", "reduce", "pay", "come_back", "repay", "supplement",
    "earmark", "approve_excess", "freeze", "unfreeze", "transfer", "allocate", "carry_award", "carry_rest",
}  # fmt: skip
OPERATIONS = 5_000 if CI else 320


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_thousands_of_mixed_movements_at_once_end_in_a_sentence_or_in_the_book():
    lines = [
        new_line(year, amount=amount, product=product, status=status)
        for year, amount, status in ((2026, "60000", BudgetLine.Status.OPEN), (2027, "9000", "provisional"))
        for product in ("3.5.1.01", "3.5.1.02")
    ]
    programme()
    sums, outcomes = _load([line.pk for line in lines])
    assert sum(outcomes.values()) == OPERATIONS // CLERKS * CLERKS
    assert not CI or outcomes.keys() >= MOVES, "a movement that was never made"
    now = list(BudgetLine.objects.all())
    for name in ("supplement", "earmarked", "excess", "frozen", "committed", "paid"):
        assert sum(getattr(line, name) for line in now) == sums[name], name
    assert sum(line.authorised for line in now) == 138_000 + sums["supplement"] + sums["earmarked"] + sums["excess"]
    assert LedgerEntry.objects.count() > OPERATIONS // 3
    assert [difference.text for difference in integrity.differences()] == []


def _load(lines: list[int]) -> tuple[Counter[str], Counter[str]]:
    """What all of them moved, and how often each movement was made or refused."""
    words = [str(CLERKS), str(OPERATIONS // CLERKS), json.dumps(lines)]
    command = [sys.executable, "-m", "tests.funding.mixed_load", *words]
    done = subprocess.run(
        command, cwd=processes.ROOT, env=processes.environment(), text=True, capture_output=True, timeout=500
    )
    assert done.returncode == 0, done.stderr[-4000:]
    sums: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    for moved, counted in map(json.loads, done.stdout.splitlines()):
        sums.update({name: Decimal(amount) for name, amount in moved.items()})
        outcomes.update(counted)
    return sums, outcomes
