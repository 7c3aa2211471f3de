"""Two deciders at the same moment: `python -m tests.workflow.decider <turns> <cases as JSON> <persons as JSON>`.

Both open the same case, read its version and decide together: one approves, the other rejects, or both approve. Whoever
decided takes it back, and the next turn begins. Each tells [turn, what they wanted, "decided" or the status of the
refusal], and the decider tells what the case came to: [turn, "state", state, how many decisions the journal has].
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import django

django.setup()

from journal.actors import Actor  # noqa: E402
from journal.machine import perform  # noqa: E402
from journal.models import Event  # noqa: E402
from journal.refusals import Refusal  # noqa: E402
from tests.funding import together  # noqa: E402
from workflow.models import Award, Case  # noqa: E402

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DATA: dict[str, dict[str, Any]] = {"approve": {"conditions": []}, "reject": {"reason": "Passt nicht."}}


def wanted(turn: int, number: int) -> str:
    return "reject" if number and turn % 2 else "approve"


def decide(case: Case, name: str, actor: Actor) -> str | int:
    try:
        perform(case, name, actor=actor, at=AT, data=DATA[name], expected_version=case.version)
    except Refusal as refusal:
        return refusal.status
    return "decided"


def take_back(pk: int, actor: Actor) -> None:
    perform(Case.objects.get(pk=pk), "take_back_decision", actor=actor, at=AT, data={"reason": "Noch einmal."})


def main(turns: str, cases: str, persons: str) -> int:
    pks: list[int] = json.loads(cases)
    actors = [Actor(key=UUID(key), name="Leitung", roles=frozenset({"decider"})) for key in json.loads(persons)]

    def work(number: int, wait: Callable[[], Any], tell: Callable[..., None]) -> None:
        for turn in range(int(turns)):
            pk, name = pks[turn % len(pks)], wanted(turn, number)
            seen = Case.objects.get(pk=pk)
            wait()
            outcome = decide(seen, name, actors[number])
            tell(turn, name, outcome)
            wait()
            if outcome == "decided":
                decisions = Event.objects.filter(thread=seen.reference, kind__in=("approved", "rejected")).count()
                has_award = Award.objects.filter(case=pk).exists()
                tell(turn, "state", Case.objects.get(pk=pk).state, decisions, has_award)
                take_back(pk, actors[number])
            wait()

    return together.run(len(actors), work)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
