# ruff: noqa: S608 - the SQL is put together from constants of this floor alone
"""How many cases stand how, without counting them: triggers note each change, here the notes are added up.

A list of a hundred thousand cases shows its numbers as quickly as one of a hundred.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.db.models import Sum
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from workflow.count_triggers import COLUMNS, LITE, NAMES, PG, dropped
from workflow.models import CaseCount

STANDING = """
SELECT c.state, coalesce(a.state, ''), c.assigned_to, c.rejection_sent_on IS NULL, count(*),
  sum(coalesce(c.decided_amount, c.requested_amount)), sum(c.requested_amount), sum(coalesce(c.decided_amount, 0))
FROM workflow_case c LEFT JOIN workflow_award a ON a.case_id = c.id GROUP BY 1, 2, 3, 4
"""
"""The cases counted one by one: slow, and what the notes must add up to."""
TOGETHER = """
SELECT state, award_state, assigned_to, is_unsent, sum(count), sum(amount), sum(requested), sum(decided)
FROM {notes} GROUP BY 1, 2, 3, 4 HAVING sum(count) <> 0
"""


def rows() -> list[Any]:
    """One row for each way of standing, with `number` and the sums in euros: one query over a few notes."""
    ways = CaseCount.objects.order_by().values("state", "award_state", "assigned_to", "is_unsent")
    sums = {f"sum_{name}": Sum(name) for name in ("amount", "requested", "decided")}
    return list(ways.annotate(number=Sum("count"), **sums).filter(number__gt=0))


def fold() -> int:
    """Adds the notes up to one for each way of standing. What is noted meanwhile stays. Returns how many are left."""
    insert = f"INSERT INTO workflow_casecount ({COLUMNS})"
    with transaction.atomic(), connection.cursor() as cursor:
        if _is_postgresql():
            together = TOGETHER.format(notes="gone")
            cursor.execute(f"WITH gone AS (DELETE FROM workflow_casecount RETURNING *) {insert} {together}")
        else:
            last = CaseCount.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            cursor.execute(f"{insert} {TOGETHER.format(notes=f'workflow_casecount WHERE id <= {int(last)}')}")
            cursor.execute(f"DELETE FROM workflow_casecount WHERE id <= {int(last)}")
    return CaseCount.objects.count()


def recount() -> None:
    """From the cases themselves. Nobody changes a case meanwhile."""
    with transaction.atomic(), connection.cursor() as cursor:
        if _is_postgresql():
            cursor.execute("LOCK TABLE workflow_case, workflow_award IN SHARE MODE")
        cursor.execute("DELETE FROM workflow_casecount")
        cursor.execute(f"INSERT INTO workflow_casecount ({COLUMNS}) {STANDING}")


@receiver(post_migrate, dispatch_uid="workflow.ensure_counting")
def ensure(app_config: Any = None, **_context: Any) -> None:
    """After a migration: SQLite forgets the triggers of a table that is written anew. Then all is counted once more."""
    if app_config is not None and app_config.label != CaseCount._meta.app_label:
        return
    if _present() == NAMES or CaseCount._meta.db_table not in connection.introspection.table_names():
        return
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (*dropped(connection.vendor), *(PG if _is_postgresql() else LITE)):
            cursor.execute(statement)
    recount()


def _is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def _present() -> frozenset[str]:
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if _is_postgresql()
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return NAMES & {row[0] for row in cursor.fetchall()}
