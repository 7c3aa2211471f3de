# ruff: noqa: S608 - the SQL is put together from constants of this floor alone
"""The triggers that note each change of how a case stands: for each row (SQLite) or each statement (PostgreSQL).

They read and write nothing but the tables of this floor, and a note is a new row: no change waits for another one's.
"""

from __future__ import annotations

COLUMNS = "state, award_state, assigned_to, is_unsent, count, amount, requested, decided"
NAMES = frozenset(f"{table}_count_{verb}" for table in ("case", "award") for verb in ("added", "changed", "removed"))
NONE = "''"
"""The state of the award where there is none."""

_SUMS = (
    "{sign}coalesce({c}.decided_amount, {c}.requested_amount), {sign}{c}.requested_amount, "
    "{sign}coalesce({c}.decided_amount, 0)"
)


def _lite(case: str, award: str, sign: str, source: str = "") -> str:
    sums = _SUMS.format(sign=sign, c=case)
    return (
        f"INSERT INTO workflow_casecount ({COLUMNS}) SELECT {case}.state, {award}, {case}.assigned_to, "
        f"{case}.rejection_sent_on IS NULL, {sign}1, {sums}{source}; "
    )


def _of(case: str) -> str:
    return f"coalesce((SELECT a.state FROM workflow_award a WHERE a.case_id = {case}.id), '')"


_FROM = " FROM workflow_case c WHERE c.id = {row}.case_id"
_ANY = "WHEN EXISTS (SELECT 1 FROM workflow_casecount)"
"""An emptied database is not counted below nought: tests empty the tables one by one."""
_STANDS = "state, assigned_to, rejection_sent_on, requested_amount, decided_amount"
LITE = (
    f"CREATE TRIGGER case_count_added AFTER INSERT ON workflow_case BEGIN {_lite('NEW', _of('NEW'), '')}END",
    f"CREATE TRIGGER case_count_changed AFTER UPDATE OF {_STANDS} ON workflow_case BEGIN "
    f"{_lite('OLD', _of('OLD'), '-')}{_lite('NEW', _of('NEW'), '')}END",
    f"CREATE TRIGGER case_count_removed AFTER DELETE ON workflow_case {_ANY} BEGIN {_lite('OLD', _of('OLD'), '-')}END",
    "CREATE TRIGGER award_count_added AFTER INSERT ON workflow_award BEGIN "
    f"{_lite('c', NONE, '-', _FROM.format(row='NEW'))}{_lite('c', 'NEW.state', '', _FROM.format(row='NEW'))}END",
    "CREATE TRIGGER award_count_changed AFTER UPDATE OF state ON workflow_award WHEN OLD.state <> NEW.state BEGIN "
    f"{_lite('c', 'OLD.state', '-', _FROM.format(row='OLD'))}{_lite('c', 'NEW.state', '', _FROM.format(row='NEW'))}END",
    f"CREATE TRIGGER award_count_removed AFTER DELETE ON workflow_award {_ANY} BEGIN "
    f"{_lite('c', 'OLD.state', '-', _FROM.format(row='OLD'))}{_lite('c', NONE, '', _FROM.format(row='OLD'))}END",
)
_CASE_ROWS = (
    "SELECT r.state, coalesce(a.state, '') AS award_state, r.assigned_to, r.rejection_sent_on IS NULL AS is_unsent, "
    "{sign}1 AS count, {sums} FROM {rows} r LEFT JOIN workflow_award a ON a.case_id = r.id"
)
_AWARD_ROWS = (
    "SELECT r.state, {award} AS award_state, r.assigned_to, r.rejection_sent_on IS NULL AS is_unsent, "
    "{sign}1 AS count, {sums} FROM {rows} w JOIN workflow_case r ON r.id = w.case_id"
)
_PG_SUMS = (
    "{sign}coalesce(r.decided_amount, r.requested_amount) AS amount, {sign}r.requested_amount AS requested, "
    "{sign}coalesce(r.decided_amount, 0) AS decided"
)


def _pg(template: str, rows: str, sign: str, award: str = "") -> str:
    return template.format(rows=rows, sign=sign, award=award, sums=_PG_SUMS.format(sign=sign))


def _noted(*parts: str) -> str:
    return (
        f"INSERT INTO workflow_casecount ({COLUMNS}) SELECT state, award_state, assigned_to, is_unsent, sum(count), "
        f"sum(amount), sum(requested), sum(decided) FROM ({' UNION ALL '.join(parts)}) notes GROUP BY 1, 2, 3, 4 "
        "HAVING sum(count) <> 0 OR sum(amount) <> 0 OR sum(requested) <> 0 OR sum(decided) <> 0;"
    )


def _pg_trigger(name: str, table: str, verb: str, rows: str, *parts: str) -> tuple[str, str]:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {_noted(*parts)} RETURN NULL; END $$",
        f"CREATE TRIGGER {name} AFTER {verb} ON {table} REFERENCING {rows} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    )


_NEW, _OLD = "NEW TABLE AS added", "OLD TABLE AS gone"
_CASE, _AWARD = "workflow_case", "workflow_award"
_STATE = "w.state"
PG = (
    *_pg_trigger("case_count_added", _CASE, "INSERT", _NEW, _pg(_CASE_ROWS, "added", "")),
    *_pg_trigger("case_count_changed", _CASE, "UPDATE", f"{_OLD} {_NEW}",
                 _pg(_CASE_ROWS, "gone", "-"), _pg(_CASE_ROWS, "added", "")),
    *_pg_trigger("case_count_removed", _CASE, "DELETE", _OLD, _pg(_CASE_ROWS, "gone", "-")),
    *_pg_trigger("award_count_added", _AWARD, "INSERT", _NEW,
                 _pg(_AWARD_ROWS, "added", "-", NONE), _pg(_AWARD_ROWS, "added", "", _STATE)),
    *_pg_trigger("award_count_changed", _AWARD, "UPDATE", f"{_OLD} {_NEW}",
                 _pg(_AWARD_ROWS, "gone", "-", _STATE), _pg(_AWARD_ROWS, "added", "", _STATE)),
    *_pg_trigger("award_count_removed", _AWARD, "DELETE", _OLD,
                 _pg(_AWARD_ROWS, "gone", "-", _STATE), _pg(_AWARD_ROWS, "gone", "", NONE)),
)  # fmt: skip


def dropped(vendor: str) -> list[str]:
    """Statements that take all of them away, present or not."""
    words = "DROP FUNCTION IF EXISTS {}() CASCADE" if vendor == "postgresql" else "DROP TRIGGER IF EXISTS {}"
    return [words.format(name) for name in sorted(NAMES)]
