"""Writing one line of the journal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from journal.actors import Actor
from journal.models import Event


def record(
    kind: str,
    *,
    thread: str,
    subject: tuple[str, object],
    actor: Actor,
    at: datetime,
    states: tuple[str, str] = ("", ""),
    reason: str = "",
    facts: dict[str, Any] | None = None,
) -> Event:
    """Adds an Event. `subject` is (label, key), for example ("workflow.case", 12); `kind` is a past participle.

    The role that is noted is the one in which the actor acts: `actor.acting_as(role)`.
    """
    label, key = subject
    return Event.objects.create(
        at=at,
        thread=thread,
        kind=kind,
        subject_label=label,
        subject_key=str(key),
        actor_key=actor.key,
        actor_role=actor.role,
        from_state=states[0],
        to_state=states[1],
        reason=reason,
        facts=facts or {},
    )
