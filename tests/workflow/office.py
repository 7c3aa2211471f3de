"""What the tests of the office share: a logged-in person at the pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import World
from workflow.models import Absence, Case, CaseNote, Label, SavedList


def at_the_desk(world: World, name: str) -> Client:
    """A client in which this person of the cast is logged in."""
    client = Client()
    client.force_login(world.cast.user[name])
    return client


@contextmanager
def today_is(moment: datetime) -> Iterator[None]:
    """The pages read the clock; a story of the factories has its own."""
    with time_machine.travel(moment, tick=False):
        yield


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        answer: Any = client.get(url)
    assert answer.status_code == 200, answer.status_code
    return len(found)


def of_the_desk(world: World, case: Case) -> dict[str, Any]:
    """What the caseworker has on the desk: a kept view, a note, a label, an absence. For the access table."""
    key = world.cast.user["caseworker"].key
    label = Label.objects.create(name="Eilt")
    label.cases.add(case)
    absence = Absence.objects.create(
        person=key, stand_in=world.cast.user["coordinator"].key, first_on=world.at.date(), last_on=world.at.date(),
        entered_by=key,
    )  # fmt: skip
    return {
        "saved_list": SavedList.objects.create(owner=key, title="Meine", columns=["status"]).key,
        "note": CaseNote.objects.create(case=case, text="Anruf", author=key, written_at=world.at).pk,
        "label": label.pk,
        "absence": absence.pk,
    }
