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
