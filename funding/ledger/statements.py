"""The statements that are sent while a line is locked, worded once.

Everybody else who binds money of this line waits until they are through. Django's builders take several times as long
to word such a statement as the database takes to run it; here the wording is kept, and values travel as parameters.
`where` is always SQL of this package, never of a user; amounts among its values are cents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import BooleanField, CharField, ForeignKey, Model

from funding.money import MoneyField

M = TypeVar("M", bound=Model)
_prepared = MoneyField[Decimal, Decimal]().get_prep_value


def cents(amount: Decimal) -> int:
    """Euros as the database keeps them."""
    return _prepared(amount) or 0


PLAIN = (BooleanField, CharField, ForeignKey)
"""Fields whose values every driver takes as they are."""


def _cursor(database: BaseDatabaseWrapper) -> CursorWrapper:
    """On PostgreSQL one that lets the server keep its plan of a statement, too: half of the time there is planning."""
    if database.vendor != "postgresql":
        return database.cursor()
    database.ensure_connection()
    cursor: Any = psycopg.Cursor(database.connection)
    return database.make_debug_cursor(cursor) if database.queries_logged else database.make_cursor(cursor)


def read(model: type[M], where: str, values: Sequence[int | str], *, lock: bool = False) -> list[M]:
    """Rows as they are now; with `lock`, locked until the transaction ends (SQLite locks with BEGIN IMMEDIATE)."""
    database = connections[DEFAULT_DB_ALIAS]
    select, names, converters = _select(model, database.vendor)
    locking = " FOR UPDATE" if lock and database.features.has_select_for_update else ""
    with _cursor(database) as cursor:
        cursor.execute(f"{select} WHERE {where}{locking}", values)
        rows = [list(row) for row in cursor.fetchall()]
    for row in rows:
        for number, column, convert in converters:
            row[number] = convert(row[number], column, database)
    return [model.from_db(DEFAULT_DB_ALIAS, names, row) for row in rows]


@cache
def _select(model: type[Model], _vendor: str) -> tuple[str, list[str], list[tuple[int, Any, Any]]]:
    """The statement, the attributes that its columns fill, and what turns a column into Python."""
    database = connections[DEFAULT_DB_ALIAS]
    fields = model._meta.concrete_fields
    columns = [field.get_col(model._meta.db_table) for field in fields]
    converters = [
        (number, column, convert)
        for number, (field, column) in enumerate(zip(fields, columns, strict=True))
        for convert in (*database.ops.get_db_converters(column), *field.get_db_converters(database))
    ]
    names = ", ".join(str(field.column) for field in fields)
    return f"SELECT {names} FROM {model._meta.db_table}", [field.attname for field in fields], converters  # noqa: S608


def add(row: M) -> M:
    """Inserts a new row as `save()` would, without signals, and gives it its key."""
    database = connections[DEFAULT_DB_ALIAS]
    statement, as_they_are, prepared = _insert(type(row))
    had = row.__dict__
    values = [had[name] for name in as_they_are]
    values += [
        None if had[field.attname] is None else field.get_db_prep_save(had[field.attname], database)
        for field in prepared
    ]
    with _cursor(database) as cursor:
        cursor.execute(statement, values)
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return row


@cache
def _insert(model: type[Model]) -> tuple[str, list[str], list[Any]]:
    """The statement; the attributes that drivers take as they are; the fields whose values are prepared for them."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    plain = [field for field in fields if isinstance(field, PLAIN)]
    prepared = [field for field in fields if not isinstance(field, PLAIN)]
    columns = ", ".join(str(field.column) for field in [*plain, *prepared])
    marks = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({marks}) RETURNING id"  # noqa: S608
    return statement, [field.attname for field in plain], prepared


def shift(
    model: type[Model], pk: int, changes: Mapping[str, Decimal], *, where: str = "", values: Sequence[int | str] = ()
) -> bool:
    """Adds euros to counters of one row in one update; tells whether `where` held."""
    moves = ", ".join(f"{name} = {name} + %s" for name in changes)
    condition = f"id = %s AND {where}" if where else "id = %s"
    with _cursor(connections[DEFAULT_DB_ALIAS]) as cursor:
        cursor.execute(
            f"UPDATE {model._meta.db_table} SET {moves} WHERE {condition}",  # noqa: S608
            [*(cents(amount) for amount in changes.values()), pk, *values],
        )
        return bool(cursor.rowcount)
