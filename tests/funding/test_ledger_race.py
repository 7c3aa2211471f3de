"""Approvals at the same moment: real processes, one line, money for some of them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable

import pytest

from funding import integrity, ledger
from funding.models import BudgetLine, Commitment
from tests.factories import euros
from tests.funding.test_ledger import move, programme, reserve
from tests.services import processes
from tests.services.requirements import CI

APPROVERS, MONEY_FOR = 16, 7
TURNS = 50 if CI else 4
Shares = list[tuple[BudgetLine, str]]


def _line(turn: int, *, amount: int, account: str = "4318") -> BudgetLine:
    """A fresh line for each turn."""
    line = BudgetLine.objects.create(
        fiscal_year=2026, product=f"3.5.{turn}", account=account, title="Linie", status=BudgetLine.Status.OPEN
    )
    ledger.appropriate(line, euros(str(amount)), move=move())
    return line


def plain(turn: int) -> Shares:
    return [(_line(turn, amount=1000 * MONEY_FOR), "1000.00")]


def beside_reservations(turn: int) -> Shares:
    """The line holds more, but the rest is put aside for others."""
    line = _line(turn, amount=1000 * MONEY_FOR + 3000)
    reserve(line, "2000", thread=f"A-{turn}")
    reserve(line, "1000", thread=f"B-{turn}")
    return [(line, "1000.00")]


def in_a_part(turn: int) -> Shares:
    """The line holds more than enough, the programme's part does not."""
    line = _line(turn, amount=100_000)
    ledger.allocate(line, programme(), euros(str(1000 * MONEY_FOR)), move=move("Zuteilung"))
    return [(line, "1000.00")]


def over_two_lines(turn: int) -> Shares:
    """Each award takes from both; the second has money for fewer. Nobody gets half an award."""
    first = _line(turn, amount=1000 * (MONEY_FOR + 2))
    second = _line(turn, amount=500 * MONEY_FOR + 499, account="4319")
    return [(first, "1000.00"), (second, "500.00")]


SCENES: tuple[Callable[[int], Shares], ...] = (plain, beside_reservations, in_a_part, over_two_lines)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_sixteen_approvers_with_money_for_seven_exactly_seven_bind_it():
    programme()
    # the plain case most often, the others in between
    scenes = [SCENES[turn % 8] if turn % 8 < len(SCENES) else plain for turn in range(TURNS)]
    jobs = [scene(turn) for turn, scene in enumerate(scenes)]
    said = _approve(jobs)
    for turn, (scene, shares) in enumerate(zip(scenes, jobs, strict=True)):
        found = Counter(answer for number, answer in said if number == turn)
        assert found == {"bound": MONEY_FOR, "not enough": APPROVERS - MONEY_FOR}, (turn, scene.__name__)
        for line, amount in shares:
            assert BudgetLine.objects.get(pk=line.pk).committed == MONEY_FOR * euros(amount)
            assert Commitment.objects.filter(line=line).count() == MONEY_FOR
    assert not list(integrity.differences())


def _approve(jobs: list[Shares]) -> list[tuple[int, str]]:
    words = json.dumps([[(line.pk, amount) for line, amount in shares] for shares in jobs])
    command = [sys.executable, "-m", "tests.funding.approver", str(APPROVERS), words]
    done = subprocess.run(
        command, cwd=processes.ROOT, env=processes.environment(), text=True, capture_output=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
