"""Processes that bind money at the same moment: `python -m tests.funding.approver <line> <how many> <euros each>`.

Django starts once, before the first connection; then each approver is a process of its own with its own connection.
"""

from __future__ import annotations

import multiprocessing
import sys
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import django

django.setup()

from funding import ledger  # noqa: E402
from funding.models import BudgetLine, Programme  # noqa: E402
from journal.actors import Actor  # noqa: E402


def approve(line: str, thread: str, amount: str, gate: Any) -> None:
    actor = Actor(key=uuid.uuid4(), name=thread, roles=frozenset({"decider"}), role="decider")
    move = ledger.Movement(actor=actor, at=datetime.now(UTC), reason="Bewilligung", thread=thread)
    purpose = ledger.Purpose(
        payee_key=uuid.uuid4(), payee_name="Verein", payee_iban="DE43999999990001000001", is_natural_person=False,
        title="Projekt", programme=Programme.objects.get(), measure=None, municipality=None,
    )  # fmt: skip
    found = BudgetLine.objects.get(pk=line)
    gate.wait()
    try:
        ledger.commit(found, Decimal(amount), purpose=purpose, decided_by=actor.key, move=move)
    except ledger.NotEnough:
        print("not enough", flush=True)  # noqa: T201
    else:
        print("bound", flush=True)  # noqa: T201


def main(line: str, count: str, amount: str) -> int:
    forks = multiprocessing.get_context("fork")
    gate = forks.Barrier(int(count))
    threads = [f"INT-2026-{number:04d}" for number in range(int(count))]
    approvers = [forks.Process(target=approve, args=(line, thread, amount, gate)) for thread in threads]
    for approver in approvers:
        approver.start()
    for approver in approvers:
        approver.join()
    return max(abs(approver.exitcode or 0) for approver in approvers)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
