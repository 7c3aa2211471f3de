"""A process that kills itself in the middle of a movement: `python -m tests.funding.killed <movement> <keys as JSON>`.

For each k it forks a child that sends k statements of the movement and then dies by `kill -9`: no handler runs, no
connection is closed. After each death the parent looks at the books and tells [k, differences]; it stops at the k at
which the movement comes to its end, and tells "done".
"""

from __future__ import annotations

import json
import os
import signal
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402

from funding import integrity, ledger  # noqa: E402
from funding.models import BudgetLine, Commitment, LedgerEntry, Programme  # noqa: E402
from journal.actors import Actor  # noqa: E402

ACTOR = Actor(key=uuid.uuid4(), name="Kämmerei", roles=frozenset({"budget_officer"}), role="budget_officer")
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Keys = dict[str, int]


def _move() -> ledger.Movement:
    return ledger.Movement(actor=ACTOR, at=AT, reason="Bewegung", thread="INT-1")


def commit(keys: Keys) -> None:
    """With the reservation that it consumes."""
    purpose = ledger.Purpose(
        payee_key=uuid.uuid4(), payee_name="Verein", payee_iban="DE43999999990001000001", is_natural_person=False,
        title="Projekt", programme=Programme.objects.get(), measure=None, municipality=None,
    )  # fmt: skip
    line = BudgetLine.objects.get(pk=keys["line"])
    ledger.commit(line, Decimal("700.00"), purpose=purpose, decided_by=None, move=_move())


def transfer(keys: Keys) -> None:
    source, target = (BudgetLine.objects.get(pk=keys[name]) for name in ("line", "other"))
    ledger.transfer(source, target, Decimal("40.00"), move=_move())


def carry(keys: Keys) -> None:
    award = Commitment.objects.get(pk=keys["award"])
    ledger.carry_commitment(award, actor=ACTOR, at=AT, reason="läuft weiter")


MOVEMENTS: dict[str, Callable[[Keys], None]] = {"commit": commit, "transfer": transfer, "carry": carry}


class Death:
    """Kills right after statement k; after the last one only the COMMIT is missing."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        found = execute(sql, params, many, context)
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        return found


def _let_go() -> None:
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]


def survives(movement: Callable[[Keys], None], keys: Keys, after: int) -> bool:
    """Whether the movement came to its end without being killed."""
    child = os.fork()
    if not child:
        connection.ensure_connection()
        death = Death(after)
        with connection.execute_wrapper(death):
            movement(keys)
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or status == 0, "neither killed nor through"
    return status == 0


def main(name: str, given: str) -> None:
    keys = json.loads(given)
    before, after = LedgerEntry.objects.count(), 1
    while True:
        _let_go()
        is_through = survives(MOVEMENTS[name], keys, after)
        booked = LedgerEntry.objects.count() - before
        wrong = [difference.text for difference in integrity.differences()]
        print(json.dumps([after, is_through, booked, wrong]), flush=True)  # noqa: T201
        if is_through:
            return
        after += 1


if __name__ == "__main__":
    main(*sys.argv[1:])
