"""The tests may empty ledger and log; afterwards the triggers stand again."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from journal import append_only
from journal.models import Event
from tests.services.flushing import without_triggers


def test_every_append_only_table_is_protected(db) -> None:
    assert append_only.tables()
    assert append_only.triggers_present(connection) == set(append_only.tables())


@pytest.mark.parametrize("round_", [1, 2])
def test_triggers_are_back_after_tables_were_emptied(transactional_db, round_) -> None:
    """The second round comes after the first one's flush."""
    assert append_only.triggers_present(connection) == set(append_only.tables())


def test_triggers_come_back_even_after_a_failure(transactional_db) -> None:
    with pytest.raises(ZeroDivisionError), without_triggers():
        fail_without_triggers()
    assert append_only.triggers_present(connection) == set(append_only.tables())


def fail_without_triggers() -> None:
    assert append_only.triggers_present(connection) == set()
    raise ZeroDivisionError


@pytest.mark.parametrize("statement", ["UPDATE journal_event SET kind = 'x'", "DELETE FROM journal_event"])
def test_the_log_refuses_sql_that_goes_round_python(db, statement) -> None:
    at = timezone.now()
    Event.objects.create(at=at, thread="A-1", kind="told", subject_label="x", subject_key="1", actor_role="auditor")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.postgresql
def test_the_log_refuses_to_be_truncated(db) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE journal_event")
