"""Tables whose rows can be added but neither changed nor removed (§ 37 Abs. 3 KomHKVO): triggers on both engines.

A model protects itself with the migration operation `Protect`. Tests that must empty such a table drop the triggers,
flush, and create them again; the product itself has no setting that turns them off.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import RunPython


def tables() -> list[str]:
    """Tables of all models that say `append_only = True`."""
    return sorted(m._meta.db_table for m in apps.get_models() if getattr(m, "append_only", False))


def _sqlite(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ]


def _postgresql(table: str) -> list[str]:
    return [
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ]


def create_triggers(connection: BaseDatabaseWrapper, names: list[str] | None = None) -> None:
    build = _postgresql if connection.vendor == "postgresql" else _sqlite
    with connection.cursor() as cursor:
        for table in tables() if names is None else names:
            for statement in build(table):
                cursor.execute(statement)


def drop_triggers(connection: BaseDatabaseWrapper, names: list[str] | None = None) -> None:
    with connection.cursor() as cursor:
        for table in tables() if names is None else names:
            for suffix in ("no_update", "no_delete", "no_change", "no_truncate"):
                if connection.vendor == "postgresql":
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{suffix} ON {table}")
                else:
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{suffix}")


def triggers_present(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of the tables that are protected at this moment."""
    query = (
        "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname LIKE '%_no_change'"
        if connection.vendor == "postgresql"
        else "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_no_update'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[0] for row in cursor.fetchall()}


class Protect(RunPython):
    """Migration operation: from here on the table is append-only."""

    def __init__(self, table: str) -> None:
        def forwards(_apps: Any, editor: Any) -> None:
            create_triggers(editor.connection, [table])

        def backwards(_apps: Any, editor: Any) -> None:
            drop_triggers(editor.connection, [table])

        self.table = table
        super().__init__(forwards, backwards)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, [self.table], {}


class Unprotect(Protect):
    """Migration operation around a change of the table's shape, which `Protect` follows: SQLite writes the table anew."""

    def __init__(self, table: str) -> None:
        super().__init__(table)
        assert self.reverse_code is not None
        self.code, self.reverse_code = self.reverse_code, self.code
