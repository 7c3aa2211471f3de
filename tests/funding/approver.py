"""Approvers at the same moment: `python -m tests.funding.approver <how many> <jobs as JSON>`.

A job is a list of [line, euros]: each approver binds an award on just these lines, one job after the other, and all
begin a job together. Each tells [job, "bound" or "not enough"].
"""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import django

django.setup()

from funding import ledger  # noqa: E402
from funding.models import BudgetLine, Programme  # noqa: E402
from journal.actors import Actor  # noqa: E402
from tests.funding import together  # noqa: E402

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Job = list[tuple[int, str]]


def purpose() -> ledger.Purpose:
    return ledger.Purpose(
        payee_key=uuid.uuid4(), payee_name="Verein", payee_iban="DE43999999990001000001", is_natural_person=False,
        title="Projekt", programme=Programme.objects.get(), measure=None, municipality=None,
    )  # fmt: skip


def approve(job: Job, number: int, thread: str) -> str:
    """Every second approver names the lines in the other order."""
    actor = Actor(key=uuid.uuid4(), name=thread, roles=frozenset({"decider"}), role="decider")
    move = ledger.Movement(actor=actor, at=AT, reason="Bewilligung", thread=thread)
    shares = {BudgetLine.objects.get(pk=line): Decimal(amount) for line, amount in job[:: -1 if number % 2 else 1]}
    try:
        if len(shares) > 1:
            ledger.share_out(shares, purpose=purpose(), decided_by=actor.key, move=move)
        else:
            [(line, amount)] = shares.items()
            ledger.commit(line, amount, purpose=purpose(), decided_by=actor.key, move=move)
    except ledger.NotEnough:
        return "not enough"
    return "bound"


def main(count: str, jobs: str) -> int:
    wanted: list[Job] = json.loads(jobs)

    def work(number: int, wait: Callable[[], Any], tell: Callable[..., None]) -> None:
        for turn, job in enumerate(wanted):
            wait()
            tell(turn, approve(job, number, f"INT-{turn}-{number:04d}"))

    return together.run(int(count), work)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
