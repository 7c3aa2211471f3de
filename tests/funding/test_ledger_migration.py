"""A ledger that was written before the table took its new shape: every row is kept, and protected as before."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from journal import append_only
from tests.factories import START

BEFORE = [("funding", "0002_append_only")]
ENTRIES = [
    ("appropriation", "20000.00"),
    ("supplement", "-0.01"),
    ("reservation", "1600.00"),
    ("commitment", "1500.50"),
]
DAY = START.date()


@pytest.fixture
def old(transactional_db: None) -> Iterator[Any]:
    """The apps as they were; afterwards the schema of today, whatever happened."""
    executor = MigrationExecutor(connection)
    executor.migrate(BEFORE)
    try:
        yield executor.loader.project_state(BEFORE).apps
    finally:
        to_today()


def to_today() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def written(apps: Any) -> list[tuple[Any, ...]]:
    entries = apps.get_model("funding", "LedgerEntry").objects.order_by("pk")
    return list(entries.values_list("pk", "line_id", "kind", "amount", "value_on", "recorded_at", "reason", "thread"))


def fill(apps: Any) -> None:
    line = apps.get_model("funding", "BudgetLine").objects.create(
        fiscal_year=2026, product="3.5.1.01", account="4318", title="Linie", status="open",
        appropriation=Decimal("20000.00"), supplement=Decimal("-0.01"), reserved=Decimal("1600.00"),
        committed=Decimal("1500.50"),
    )  # fmt: skip
    for kind, amount in ENTRIES:
        apps.get_model("funding", "LedgerEntry").objects.create(
            line=line, kind=kind, amount=Decimal(amount), value_on=DAY, recorded_at=START, actor_role="budget_officer",
            reason="Haushalt", thread="INT-2026-0001",
        )  # fmt: skip
    apps.get_model("funding", "BudgetAlert").objects.create(
        key="line:1:paid", text="Befund", line=line, raised_at=START
    )


@pytest.mark.slow
def test_every_entry_is_kept_and_none_can_be_changed_before_or_after(old):
    fill(old)
    before = written(old)
    assert len(before) == len(ENTRIES)
    to_today()
    executor = MigrationExecutor(connection)
    now = executor.loader.project_state(executor.loader.graph.leaf_nodes()).apps
    assert written(now) == before
    line = now.get_model("funding", "BudgetLine").objects.get()
    assert (line.committed, line.set_aside, line.divided_by) == (Decimal("1500.50"), Decimal("0.00"), "")
    assert now.get_model("funding", "BudgetAlert").objects.get().text == "Befund"
    assert append_only.triggers_present(connection) == set(append_only.tables())
    for statement in ("UPDATE funding_ledgerentry SET amount = 1", "DELETE FROM funding_ledgerentry"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert written(now) == before
