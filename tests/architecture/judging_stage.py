"""What the addresses of review and conflict of interest lead to, for the access table."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.factories import World
from workflow.models import Case, Involvement


def judging_things(world: World, case: Case) -> dict[str, Any]:
    """Somebody who never logs in is bound to the association."""
    tie = Involvement.objects.create(
        user_key=uuid4(), organisation=world.organisation, kind="board", since=world.at.date(), entered_by=uuid4(),
        entered_at=world.at,
    )  # fmt: skip
    return {"tie": tie.key}
