# ruff: noqa: S608 - the SQL is put together from constants and the names of columns
"""An office with any number of cases, on PostgreSQL: ``python -m bench.office fill 1000``, then ``measure``, each a process
of its own that prints as JSON what it measured: the queries of desk and list, the milliseconds of the list and of a search.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import django
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

django.setup()

from accounts.models import User  # noqa: E402
from applications.models import Application  # noqa: E402
from bench.frame import median_ms  # noqa: E402
from tests.factories import World  # noqa: E402
from workflow import counting, search  # noqa: E402
from workflow.models import Case, CaseState  # noqa: E402

TIMES, OFFICER = 15, "caseworker@demo.example"
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
KINDS = """
CREATE TEMPORARY TABLE kinds (thing integer, place integer, title text, words text, PRIMARY KEY (thing, place))
"""
KIND_OF = "k.place = n %% %(places)s AND k.thing = CASE WHEN n <= %(rare)s THEN -1 ELSE n %% %(things)s END"
NEW_APPLICATION = {
    "key": "gen_random_uuid()", "title": "k.title || ' ' || n", "reference": "'BM-2026-' || lpad(n::text, 6, '0')",
}  # fmt: skip
NEW_CASE = {
    "application_id": "a.id", "reference": "a.reference", "requested_amount": "100000 + n %% 90000",
    "state": "(%(states)s::text[])[1 + n %% %(ways)s]", "received_at": "%(at)s - make_interval(mins => n)",
    "proposed_amount": "100000", "proposed_by": "%(officer)s",
}  # fmt: skip
TEXTS = (
    """
INSERT INTO workflow_casetext (case_id, words)
SELECT c.id, k.words || ' ' || n || ' bm bm2026' || lpad(n::text, 6, '0') || ' 2026 ' || lpad(n::text, 6, '0')
FROM (SELECT id, right(reference, 6)::integer AS n FROM workflow_case WHERE id <> %(case)s) c
JOIN kinds k ON """
    + KIND_OF
)


def _copies(model: type[Model], own: dict[str, str], source: str) -> str:
    """Many rows like the one that came through the door, but for what is their own."""
    columns = [str(field.column) for field in model._meta.concrete_fields if not field.primary_key]
    values = ", ".join(own.get(column, f"s.{column}") for column in columns)
    return f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {values} FROM {model._meta.db_table} s, {source}"


def fill(world: World, count: int) -> None:
    """Cases in many states, by bare SQL: a bench may, tests walk through the door. The words are those of `search`."""
    first = world.filed()
    organisation = str(world.organisation)
    kinds = [(number, thing) for number, thing in enumerate(THINGS)] + [(-1, "Leuchtturm")]
    words: dict[str, Any] = {"count": count - 1, "places": len(PLACES), "things": len(THINGS), "rare": RARE}
    words |= {"at": world.at, "states": STATES, "ways": len(STATES), "officer": world.cast.actor["caseworker"].key}
    words |= {"application": first.application_id, "case": first.pk}
    numbered = f"generate_series(1, %(count)s) n JOIN kinds k ON {KIND_OF} WHERE s.id = %(application)s"
    applied = (
        "(SELECT id, reference, right(reference, 6)::integer AS n FROM applications_application WHERE id <> %(application)s) a"
        " WHERE s.id = %(case)s ORDER BY n"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(KINDS)
        for number, thing in kinds:
            for at, place in enumerate(PLACES):
                title = f"{thing} {place}"
                found = search.folded((title, organisation), (str(world.municipality),))
                cursor.execute("INSERT INTO kinds VALUES (%s, %s, %s, %s)", [number, at, title, found])
        cursor.execute(_copies(Application, NEW_APPLICATION, numbered), words)
        cursor.execute(_copies(Case, NEW_CASE, applied), words)
        cursor.execute(TEXTS, words)
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


def measured() -> dict[str, float]:
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.get(email=OFFICER))

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
        "list_ms": median_ms(cases, times=TIMES),
        "search_ms": median_ms(searches, times=TIMES) / len(SEARCHES),
    }


def main(what: str, count: str = "0") -> None:
    if what == "fill":
        call_command("migrate", verbosity=0)
        fill(World(), int(count))
        print(Case.objects.count())
    else:
        print(json.dumps(measured()))


if __name__ == "__main__":
    main(*sys.argv[1:])
