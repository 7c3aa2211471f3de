"""What belongs to another organisation does not exist: every address with a key of it, opened and sent by a stranger.

The addresses come from the access table, which names all of them; a new kind of key must be sorted in here before the
walk goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import reverse

from applications.models import Membership, Organisation
from tests.architecture.access_table import OTHER_TASKS, TABLE, Line
from tests.architecture.test_access import FOREIGN, address, client_of, things
from tests.factories import World

OF_THE_HOUSE = {
    "programme", "programme_pk", "line", "person", "grant", "letter", "run", "point", "receipt", "secret", "goal",
    "paper", "frozen_paper", "annex", "session", "councillor", "measure", "municipality", "question", "tier", "feed",
    "scenario", "frozen_scenario", "consultation", "voted", "follow_up", "job", "finding", "tie", "criterion",
    "opinion", "opinion_secret", "check_point", "absence", "note", "saved_list",
}  # fmt: skip
"""Keys of what belongs to no organisation, or only together with the key of a case that stands before it in the
address. The secret of an invitation or of a calendar is for whoever was given it."""
CASES = {"reference", "case", "proposed", "approved", "active_reference", "award", "active_award", "unsent_notice"}
"""Cases and awards of the association."""
PERSONAL = {"late"}
"""Extra time goes to one address: somebody else who holds the link is told so, and finds nothing behind it."""
ON_PAPER = {"on_paper", "on_paper_organisation", "paper_letter"}
"""What the office writes down for an organisation, and its letters."""
OF_AN_ORGANISATION = FOREIGN | CASES | PERSONAL | ON_PAPER | {"account_change", "invitation"}
LINES = [*TABLE.items(), *OTHER_TASKS.items()]
KEYED = [(route, line) for route, line in LINES if set(line.args) & OF_AN_ORGANISATION]
WAYS = ("get", "post")


def names_in(line: Line) -> set[str]:
    return {arg for arg in line.args if not arg.startswith("=")}


def test_every_key_in_an_address_is_known_to_belong_to_somebody() -> None:
    found = {arg for _route, line in LINES for arg in names_in(line)}
    assert found - OF_THE_HOUSE - OF_AN_ORGANISATION == set()


def test_the_walk_goes_along_all_that_an_association_sees() -> None:
    walked = {route for route, _line in KEYED}
    for route in (
        "applications:step", "applications:vault", "applications:late", "workflow:late_link_revoke", "workflow:my_case",
        "workflow:sign", "workflow:my_notice",
    ):  # fmt: skip
        assert route in walked
    assert len(walked) > 30


def answer(client: Client, method: str, url: str, **data: Any) -> int:
    with transaction.atomic():
        found: int = getattr(client, method)(url, data).status_code
        transaction.set_rollback(True)
    return found


def rows() -> dict[str, int]:
    """How much there is of everything, without sessions."""
    own = ("accounts", "applications", "funding", "journal", "workflow")
    models = [model for name in own for model in apps.get_app_config(name).get_models()]
    return {model._meta.label: model._default_manager.count() for model in models}


@pytest.fixture
def stage() -> Iterator[tuple[World, dict[str, Any], Client]]:
    """A world full of things of one association, and a stranger who has an organisation of their own."""
    world = World()
    found = things(world)
    with time_machine.travel(world.at, tick=False):
        yield world, found, client_of(world, "stranger")


def wanted(line: Line, method: str) -> set[int]:
    """As the access table says: what is another task's or another person's is refused, all else does not exist."""
    hidden = {403} if "stranger" in line.refused else {404}
    return hidden | {405} if method == "get" and line.method == "post" else hidden


@pytest.mark.django_db
def test_a_stranger_finds_nothing_behind_any_key_of_another_organisation(stage: Any) -> None:
    _world, found, stranger = stage
    wrong, before = [], rows()
    for route, line in KEYED:
        url = address(route, line, found)
        for method in WAYS:
            got = answer(stranger, method, url)
            if got not in wanted(line, method):
                wrong.append(f"{method} {route} {url}: {got}")
    assert wrong == []
    assert rows() == before


@pytest.mark.django_db
def test_what_is_not_theirs_answers_like_what_is_not_there(stage: Any) -> None:
    """Nobody learns from an answer whether a key exists."""
    _world, found, stranger = stage
    for route, line in KEYED:
        nothing = {name: _blank(value) for name, value in found.items() if name in OF_AN_ORGANISATION}
        there, missing = address(route, line, found), address(route, line, found | nothing)
        for method in WAYS:
            got = answer(stranger, method, there)
            same = {got, 404} if PERSONAL & names_in(line) else {got}
            assert answer(stranger, method, missing) in same, (method, route)


def _blank(value: Any) -> Any:
    if isinstance(value, int):
        return 999_999_999
    return "INT-2026-9999" if isinstance(value, str) else uuid4()


PAIRS = [(route, line) for route, line in KEYED if line.args[0] == "organisation" and len(line.args) > 1]


@pytest.mark.django_db
@pytest.mark.parametrize(("route", "line"), PAIRS, ids=[route for route, _line in PAIRS])
def test_an_own_key_opens_no_door_to_a_foreign_one(stage: Any, route: str, line: Line) -> None:
    """The stranger's own organisation stands before the key of what belongs to the other one."""
    world, found, stranger = stage
    own = Membership.objects.get(user=world.cast.user["stranger"]).organisation
    url = address(route, line, found | {"organisation": own.key})
    for method in WAYS:
        assert answer(stranger, method, url) in wanted(line, method), method


# Foreign keys in what is sent


Sending = Callable[[World, dict[str, Any], Organisation], tuple[str, dict[str, Any]]]


def begins_for_them(world: World, found: dict[str, Any], own: Organisation) -> tuple[str, dict[str, Any]]:
    return reverse("applications:create", args=[world.programme.slug]), {"organisation": str(found["organisation"])}


def reads_in_for_them(world: World, found: dict[str, Any], own: Organisation) -> tuple[str, dict[str, Any]]:
    address = reverse("applications:import_new", args=[world.programme.slug])
    return address, {"organisation": str(found["organisation"]), "content": "{}"}


def hands_over_to_them(world: World, found: dict[str, Any], own: Organisation) -> tuple[str, dict[str, Any]]:
    return reverse("applications:hand_over", args=[own.key]), {"to": str(found["member"])}


def _documents(world: World, own: Organisation) -> str:
    draft = world.draft(organisation=own)
    return reverse("applications:step", args=[draft.key, "unterlagen"])


def takes_their_kept_document(world: World, found: dict[str, Any], own: Organisation) -> tuple[str, dict[str, Any]]:
    return _documents(world, own), {"take_document": str(found["kept"])}


def removes_their_file(world: World, found: dict[str, Any], own: Organisation) -> tuple[str, dict[str, Any]]:
    return _documents(world, own), {"remove_file": str(found["draft_attachment"])}


SENDINGS = [
    begins_for_them, reads_in_for_them, hands_over_to_them, takes_their_kept_document, removes_their_file,
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("sending", SENDINGS, ids=[sending.__name__ for sending in SENDINGS])
def test_a_foreign_key_in_what_is_sent_is_worth_nothing(stage: Any, sending: Sending) -> None:
    world, found, stranger = stage
    own = Membership.objects.get(user=world.cast.user["stranger"]).organisation
    url, data = sending(world, found, own)
    before, theirs = rows(), Organisation.objects.get(key=found["organisation"])
    got = stranger.post(url, data)
    assert 400 <= got.status_code < 500, got.status_code
    assert rows() == before
    assert theirs.name not in got.content.decode()


@pytest.mark.django_db
def test_a_line_of_a_foreign_plan_is_not_taken_over(stage: Any) -> None:
    world, _found, stranger = stage
    own = Membership.objects.get(user=world.cast.user["stranger"]).organisation
    draft, theirs = world.draft(organisation=own), world.draft().costs.get()
    data = {
        "version": draft.version, "costs-TOTAL_FORMS": "1", "costs-INITIAL_FORMS": "0", "sources-TOTAL_FORMS": "0",
        "sources-INITIAL_FORMS": "0", "costs-0-pk": str(theirs.pk), "costs-0-category": "fees",
        "costs-0-description": "Fremdes", "costs-0-quantity": "1", "costs-0-unit_price": "1",
    }  # fmt: skip
    stranger.post(reverse("applications:step", args=[draft.key, "finanzplan"]), data)
    theirs.refresh_from_db()
    assert theirs.description == "Kursleitung"
    assert theirs.application_id != draft.pk


@pytest.mark.django_db
def test_the_list_of_late_links_shows_no_address_to_a_stranger(stage: Any) -> None:
    world, found, stranger = stage
    for name in ("workflow:late_links", "workflow:late_link_new"):
        assert answer(stranger, "get", reverse(name)) == 403
    page = stranger.get(reverse("applications:late", args=[found["late"]]))
    assert world.cast.user["applicant"].email not in page.content.decode()
    assert world.round.title not in page.content.decode()
