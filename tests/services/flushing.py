"""Emptying tables that refuse to be emptied.

Ledger and log are append-only by trigger. Tests that commit (live server, races, other processes) must empty them
afterwards. Nothing in the product can switch the triggers off: the tests take them away and put them back.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.test import TransactionTestCase

from journal import append_only


@contextmanager
def without_triggers() -> Iterator[None]:
    """Exactly the tables that were protected before are protected afterwards."""
    tables = sorted(append_only.triggers_present(connection))
    append_only.drop_triggers(connection, tables)
    try:
        yield
    finally:
        append_only.create_triggers(connection, tables)


def teach_teardown() -> None:
    """Django flushes in ``_fixture_teardown``; pytest-django's ``transactional_db`` and ``live_server`` use it."""
    original: Callable[[TransactionTestCase], None] = TransactionTestCase._fixture_teardown

    @functools.wraps(original)
    def teardown(self: TransactionTestCase) -> None:
        with without_triggers():
            original(self)

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[method-assign]
