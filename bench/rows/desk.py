"""The officer's list of cases: how many queries it takes, and how it grows from 100 cases to 10,000."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import cache
from itertools import cycle

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Application
from bench.frame import Result, measure, median_ms
from tests.factories import World
from workflow.models import Case, CaseState

SMALL, LARGE = 100, 10_000
TIMES = 15
STATES = [state for state in CaseState.values if state not in {"info_requested", "revision_offered", "approved"}]


def _fill(world: World, count: int) -> None:
    """Cases in many states and months; put there directly, since a bench may (tests walk through the door)."""
    made = Case.objects.count()
    common = {"round": world.round, "organisation": world.organisation, "municipality": world.municipality}
    moments = {"created_at": world.at, "updated_at": world.at, "filed_at": world.at, "is_editable": False}
    numbers = range(made + 1, count + 1)
    applications = Application.objects.bulk_create(
        [
            Application(**common, **moments, title=f"Vorhaben {number}", reference=f"BM-2026-{number:06d}")
            for number in numbers
        ],
        batch_size=500,
    )
    proposal = {"proposed_amount": Decimal(1000), "proposed_by": world.cast.actor["caseworker"].key}
    Case.objects.bulk_create(
        [
            Case(
                application=application,
                programme=world.programme,
                reference=application.reference,
                fiscal_year=2026,
                requested_amount=Decimal(1000 + number % 900),
                state=state,
                state_since=world.at,
                received_at=world.at - timedelta(hours=number),
                **proposal,
            )
            for number, application, state in zip(numbers, applications, cycle(STATES), strict=False)
        ],
        batch_size=500,
    )


def _visitor(world: World) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(world.cast.user["caseworker"])
    return client


def _page(client: Client) -> None:
    response = client.get(reverse("workflow:case_list"))
    assert response.status_code == 200, response.status_code


def _queries(client: Client) -> int:
    _page(client)
    with CaptureQueriesContext(connection) as queries:
        _page(client)
    return len(queries)


@cache
def _measured() -> tuple[int, float, float]:
    """Queries at 10,000 cases, and the median milliseconds at 100 and at 10,000."""
    with transaction.atomic():
        world = World()
        client = _visitor(world)
        _fill(world, SMALL)
        few = _queries(client)
        small = median_ms(lambda: _page(client), times=TIMES)
        _fill(world, LARGE)
        queries = max(few, _queries(client))
        large = median_ms(lambda: _page(client), times=TIMES)
        transaction.set_rollback(True)
    return queries, small, large


@measure("desk.list.queries", unit="queries")
def desk_list_queries() -> Result:
    return Result(_measured()[0], None)


@measure("desk.list.growth", unit="ms")
def desk_list_growth() -> Result:
    """The value is the time at 10,000 cases, its baseline the time at 100: the ratio is the growth."""
    _queries_at_large, small, large = _measured()
    return Result(large, small)
