"""An office with any number of cases, on PostgreSQL: ``python -m bench.office`` fills an empty database step by step and
prints as JSON what the list, a search in it and the desk cost at each size.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import cycle

import django
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

django.setup()

from applications.models import Application  # noqa: E402
from bench.frame import median_ms  # noqa: E402
from tests.factories import World  # noqa: E402
from workflow import counting, search  # noqa: E402
from workflow.models import Case, CaseState  # noqa: E402

SIZES = (100, 1_000, 10_000, 100_000)
TIMES = 15
STATES = [state for state in CaseState.values if state not in {"info_requested", "revision_offered", "approved"}]
PLACES = (
    "Esens",
    "Jever",
    "Wittmund",
    "Langeoog",
    "Dornum",
    "Holtriem",
    "Friedeburg",
    "Spiekeroog",
    "Moorweg",
    "Blomberg",
)
THINGS = ("Sprachcafé", "Deutschkurs", "Gartenprojekt", "Straßenfest", "Lesepaten", "Fahrradwerkstatt", "Kochabend")
SEARCHES = ("BM-2026-000077", "leuchtturm", "leuchtturm esens", "kurs 77")
"""A file number, a rare word, two words, a part of a word with a number: what people type. As many hits at every size,
but for the last."""
RARE = 20
"""So many of the first cases are about a lighthouse."""


def _title(number: int) -> str:
    thing = "Leuchtturm" if number <= RARE else THINGS[number % len(THINGS)]
    return f"{thing} {PLACES[number % len(PLACES)]} {number}"


def fill(world: World, count: int) -> None:
    """Cases in many states and months; put there directly, since a bench may (tests walk through the door)."""
    numbers = range(Case.objects.count() + 1, count + 1)
    common = {"round": world.round, "organisation": world.organisation, "municipality": world.municipality}
    moments = {"created_at": world.at, "updated_at": world.at, "filed_at": world.at, "is_editable": False}
    applications = Application.objects.bulk_create(
        [
            Application(**common, **moments, title=_title(number), reference=f"BM-2026-{number:06d}")
            for number in numbers
        ],
        batch_size=1000,
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
                received_at=world.at - timedelta(minutes=number),
                **proposal,
            )
            for number, application, state in zip(numbers, applications, cycle(STATES), strict=False)
        ],
        batch_size=1000,
    )
    search.rebuild()
    counting.fold()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def page(client: Client, name: str, **words: str) -> None:
    response = client.get(reverse(f"workflow:{name}"), words)
    assert response.status_code == 200, response.status_code


def queries(action: Callable[[], None]) -> int:
    action()
    with CaptureQueriesContext(connection) as found:
        action()
    return len(found)


def measured(client: Client) -> dict[str, float]:
    def desk() -> None:
        page(client, "today")

    def cases() -> None:
        page(client, "case_list")

    def searches() -> None:
        for text in SEARCHES:
            page(client, "case_list", ansicht="alle", text=text)

    return {
        "today": queries(desk),
        "list": queries(cases),
        "today_ms": median_ms(desk, times=TIMES),
        "list_ms": median_ms(cases, times=TIMES),
        "search_ms": median_ms(searches, times=TIMES) / len(SEARCHES),
    }


def main() -> None:
    call_command("migrate", verbosity=0)
    world = World()
    client = Client(HTTP_HOST="localhost")
    client.force_login(world.cast.user["caseworker"])
    found = {}
    for size in SIZES:
        fill(world, size)
        found[str(size)] = measured(client)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
