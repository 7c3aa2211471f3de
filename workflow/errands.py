"""What belongs to a person rather than to a case, and stands on the first page: their jobs, their tasks of resolutions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import CharField, Value
from django.utils.timezone import localdate

from journal.actors import Actor
from workflow import bulk, follow_ups


def of(actor: Actor, *, at: datetime) -> dict[str, Any]:
    """The context of workflow/bulk/mine.html. One query where there is nothing, as on most days."""
    kinds = _kinds(actor, at)
    tasks = follow_ups.tasks_of(actor, today=localdate(at)) if "task" in kinds else []
    return {
        "jobs": bulk.recent_of(actor, at=at) if "job" in kinds else [],
        "follow_ups": follow_ups.rows(tasks, actor) if tasks else [],
    }


def _kinds(actor: Actor, at: datetime) -> set[str]:
    jobs, tasks = bulk.recent(actor, at=at).order_by(), follow_ups.due_of(actor, today=localdate(at)).order_by()
    marks = (found.values_list(Value(kind, CharField())) for found, kind in ((jobs, "job"), (tasks, "task")))
    first, second = marks
    return {kind for (kind,) in first.union(second)}
