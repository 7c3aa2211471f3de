"""Two deciders at once, in processes of their own: one decision each time, and the other one is told kindly (409)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from funding import integrity
from journal.models import Event
from tests.factories import World
from tests.services import processes
from tests.services.requirements import CI

TURNS = 200 if CI and os.environ["TEST_DATABASE"] == "postgresql" else 12
CASES = 4


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_deciders_at_once_one_decides_and_the_other_is_told_kindly() -> None:
    world = World()
    cases = [world.proposed() for _number in range(CASES)]
    second = world.cast.add("decider_two", "decider")
    said = _decide([case.pk for case in cases], [str(world.cast.actor["decider"].key), str(second.key)])
    for turn in range(TURNS):
        told = [words[1:] for words in said if words[0] == turn]
        answers = [(words[0], words[1]) for words in told if words[0] != "state"]
        assert sorted(str(outcome) for _name, outcome in answers) == ["409", "decided"], turn
        [(_name, state, decisions, has_award)] = [words for words in told if words[0] == "state"]
        [winner] = [name for name, outcome in answers if outcome == "decided"]
        assert state == {"approve": "approved", "reject": "rejected"}[winner], turn
        assert has_award is (winner == "approve"), turn
        assert decisions == turn // CASES + 1, turn
    assert Event.objects.filter(kind__in=("approved", "rejected")).count() == TURNS
    assert Event.objects.filter(kind="decision_taken_back").count() == TURNS
    assert not list(integrity.differences())


def _decide(cases: list[int], persons: list[str]) -> list[list[Any]]:
    command = [sys.executable, "-m", "tests.workflow.decider", str(TURNS), json.dumps(cases), json.dumps(persons)]
    done = subprocess.run(
        command, cwd=processes.ROOT, env=processes.environment(), text=True, capture_output=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
