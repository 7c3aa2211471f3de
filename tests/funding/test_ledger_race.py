"""Approvals at the same moment: real processes, one line, money for some of them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from funding import integrity
from funding.models import BudgetLine, Commitment
from tests.factories import euros
from tests.funding.test_ledger import new_line, programme
from tests.services import processes

APPROVERS, MONEY_FOR = 8, 3


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_eight_approvers_with_money_for_three_exactly_three_bind_it():
    line = new_line(amount=str(1000 * MONEY_FOR))
    programme()
    command = [sys.executable, "-m", "tests.funding.approver", str(line.pk), str(APPROVERS), "1000"]
    done = subprocess.run(
        command, cwd=processes.ROOT, env=processes.environment(), text=True, capture_output=True, timeout=120
    )
    said = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert (said.count("bound"), said.count("not enough")) == (MONEY_FOR, APPROVERS - MONEY_FOR), done
    line = BudgetLine.objects.get()
    assert (line.committed, line.available, Commitment.objects.count()) == (euros("3000"), euros("0"), MONEY_FOR)
    assert not list(integrity.differences())
