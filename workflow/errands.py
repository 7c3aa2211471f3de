"""What belongs to a person rather than to a case, and stands on the first page: their jobs, their tasks of resolutions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from journal.actors import Actor
from workflow import bulk, follow_ups


def of(actor: Actor, *, at: datetime) -> dict[str, Any]:
    """The context of workflow/bulk/mine.html: two queries, one more where tasks are due."""
    tasks = follow_ups.tasks_of(actor, today=localdate(at))
    return {"jobs": bulk.recent_of(actor, at=at), "follow_ups": follow_ups.rows(tasks, actor) if tasks else []}
