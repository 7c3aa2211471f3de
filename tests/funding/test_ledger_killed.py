"""kill -9 in the middle of a movement: at every statement, and the books fit; the next try goes through."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from funding.models import BudgetLine, Hold
from tests.factories import START, euros
from tests.funding.test_ledger import commit, new_line, pay, programme, reserve
from tests.services import processes

STATEMENTS = {"commit": 5, "transfer": 5, "carry": 10}
"""A movement of fewer statements than these would not have been killed in its middle."""
ENTRIES = {"commit": 2, "transfer": 2, "carry": 4}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("movement", STATEMENTS)
def test_killed_at_any_statement_nothing_is_half_booked_and_the_next_try_succeeds(movement):
    line, other = new_line(amount="1000"), new_line(amount="1000", product="3.5.1.02")
    later = new_line(2027, amount="0", status=BudgetLine.Status.PROVISIONAL)
    programme()
    award = commit(line, "200.00", thread="INT-0")
    pay(award, "50")
    Hold.objects.create(commitment=award, kind=Hold.Kind.IBAN, since=START)
    reserve(line, "600", thread="INT-1")
    told = _killed(movement, {"line": line.pk, "other": other.pk, "award": award.pk})
    *killed, (last, is_through, booked, _wrong) = told
    assert [wrong for *_rest, wrong in told if wrong] == []
    assert [entries for _after, _is_through, entries, _wrong in killed if entries] == []
    assert is_through
    assert last >= STATEMENTS[movement]
    assert booked == ENTRIES[movement]
    for each in (line, other, later):
        each.refresh_from_db()
    assert [line.available, other.available, line.committed + later.committed] == {
        "commit": [euros("100"), euros("1000"), euros("900")],
        "transfer": [euros("760"), euros("1040"), euros("200")],
        "carry": [euros("800"), euros("1000"), euros("200")],
    }[movement]


def _killed(movement: str, keys: dict[str, int]) -> list[tuple[int, bool, int, list[str]]]:
    command = [sys.executable, "-m", "tests.funding.killed", movement, json.dumps(keys)]
    done = subprocess.run(
        command, cwd=processes.ROOT, env=processes.environment(), text=True, capture_output=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
