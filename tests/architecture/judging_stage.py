"""What the addresses of review and conflict of interest lead to, for the access table."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.factories import World
from workflow import criteria, opinions
from workflow.models import Case, Involvement


def judging_things(world: World, case: Case) -> dict[str, Any]:
    """Somebody who never logs in is bound to the association."""
    tie = Involvement.objects.create(
        user_key=uuid4(), organisation=world.organisation, kind="board", since=world.at.date(), entered_by=uuid4(),
        entered_at=world.at,
    )  # fmt: skip
    criterion = criteria.add(
        world.programme,
        title="Begegnung",
        hint="",
        weight=2,
        most=5,
        actor=world.cast.actor["coordinator"],
        at=world.at,
    )
    opinion = opinions.ask(
        case, asked_of="Gemeinde Friedeburg", email="sozialamt@gemeinde.example", question="Was halten Sie davon?",
        due_on=(world.at + timedelta(days=14)).date(), with_amount=False, actor=world.cast.actor["caseworker"],
        at=world.at,
    )  # fmt: skip
    return {
        "tie": tie.key, "criterion": criterion.pk, "opinion": opinion.key,
        "opinion_secret": opinions.secret_of(opinion),
    }  # fmt: skip
