"""What it costs to hand in an application: the whole answer to the button, from the log-in to the receipt's letter."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bench.frame import Result, measure
from tests.factories import World


@measure("application.file.queries", unit="queries")
def application_file_queries() -> Result:
    """The second of two: the first one also fills what a process remembers."""
    with transaction.atomic():
        world = World(at=timezone.now())
        world.round.closes_at = world.at + timedelta(days=30)
        world.round.save()
        client = Client(HTTP_HOST="localhost")
        client.force_login(world.cast.user["applicant"])
        _filed(world, client)
        counted = _filed(world, client)
        transaction.set_rollback(True)
    return Result(counted, None)


def _filed(world: World, client: Client) -> int:
    draft = world.draft()
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(reverse("workflow:file", args=[draft.key]))
    draft.refresh_from_db()
    assert answer.status_code == 302, answer.status_code
    assert draft.filed_at is not None
    return len(queries)
