"""The statements that are sent while a line is locked, worded once.

Everybody else who binds money of this line waits until they are through. Django's builders take several times as long
to word such a statement as the database takes to run it; here the wording is kept, and values travel as parameters.
`where` is always SQL of this package, never of a user; amounts among its values are cents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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

Column = tuple[str, Callable[[], Any], Callable[[Any, BaseDatabaseWrapper], Any] | None]
"""The attribute, its default, and what prepares a value for the driver, if need be."""


def _run(statement: str, values: Sequence[Any], database: BaseDatabaseWrapper) -> CursorWrapper:
    """Sends it through the driver's own cursor, which keeps plans (PostgreSQL) and takes `?` as it is (SQLite).

    Django's cursors would word it anew each time. Where queries are logged, they do: the log reads only theirs.
    """
    database.ensure_connection()
    is_logged = database.queries_logged
    if database.vendor == "postgresql":
        cursor: Any = psycopg.Cursor(database.connection)
    elif is_logged:
        cursor = database.create_cursor()
    else:
        cursor, statement = database.connection.cursor(), _marked(statement)
    run = database.make_debug_cursor(cursor) if is_logged else database.make_cursor(cursor)
    run.execute(statement, values)
    return run


@cache
def _marked(statement: str) -> str:
    return statement.replace("%s", "?")


def read(model: type[M], where: str, values: Sequence[int | str], *, lock: bool = False) -> list[M]:
    """Rows as they are now; with `lock`, locked until the transaction ends (SQLite locks with BEGIN IMMEDIATE)."""
    database = connections[DEFAULT_DB_ALIAS]
    select, names, converters = _select(model, database.vendor)
    locking = " FOR UPDATE" if lock and database.features.has_select_for_update else ""
    with _run(f"{select} WHERE {where}{locking}", values, database) as cursor:
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


def add(model: type[M], **given: Any) -> M:
    """Inserts a new row as `create()` would, without signals. `given` are columns; the others take their default."""
    database = connections[DEFAULT_DB_ALIAS]
    statement, names, columns = _insert(model)
    row = [given.pop(name) if name in given else default() for name, default, _prepare in columns]
    if given:
        raise TypeError(f"{model.__name__} has no {', '.join(given)}.")
    values = [
        value if value is None or prepare is None else prepare(value, database)
        for value, (_name, _default, prepare) in zip(row, columns, strict=True)
    ]
    with _run(statement, values, database) as cursor:
        key = cursor.fetchone()[0]
    return model.from_db(DEFAULT_DB_ALIAS, names, [key, *row])


@cache
def _insert(model: type[Model]) -> tuple[str, list[str], list[Column]]:
    """The statement, the attributes of the whole row, and the columns that it fills."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(str(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({marks}) RETURNING id"  # noqa: S608
    prepared = (None if isinstance(field, PLAIN) else field.get_db_prep_save for field in fields)
    filled: list[Column] = [
        (field.attname, field.get_default, prepare) for field, prepare in zip(fields, prepared, strict=True)
    ]
    return statement, ["id", *(name for name, _default, _prepare in filled)], filled


def shift(
    model: type[Model], pk: int, changes: Mapping[str, Decimal], *, where: str = "", values: Sequence[int | str] = ()
) -> bool:
    """Adds euros to counters of one row in one update; tells whether `where` held."""
    moves = ", ".join(f"{name} = {name} + %s" for name in changes)
    condition = f"id = %s AND {where}" if where else "id = %s"
    statement = f"UPDATE {model._meta.db_table} SET {moves} WHERE {condition}"  # noqa: S608
    numbers = [*(cents(amount) for amount in changes.values()), pk, *values]
    with _run(statement, numbers, connections[DEFAULT_DB_ALIAS]) as cursor:
        return bool(cursor.rowcount)
