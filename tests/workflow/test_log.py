"""The log: filters, names in one query, and what people without case content do not read."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from journal.models import Event
from tests.factories import World
from tests.workflow.office import at_the_desk, queries_of, today_is
from workflow.views.log import kinds

pytestmark = pytest.mark.django_db
URL = "/protokoll/"


@pytest.fixture
def world(settings: Settings) -> World:
    settings.DEMO = True  # nobody here has a second factor
    return World()


def rows(world: World, query: str = "", name: str = "auditor") -> list[dict[str, object]]:
    with today_is(world.at):
        found: list[dict[str, object]] = at_the_desk(world, name).get(f"{URL}?{query}").context["rows"]
    return found


def test_the_newest_comes_first_with_name_and_role(world: World) -> None:
    world.checking()
    first = rows(world)[0]
    assert (first["what"], first["who"], first["role"]) == ("Prüfung begonnen", "Caseworker", "Sachbearbeitung")
    assert (first["begin"], first["end"]) == ("Zu prüfen", "Formale Prüfung")


def test_the_filters_narrow_it(world: World) -> None:
    first, second = world.checking(), world.filed()
    key = world.cast.actor["caseworker"].key
    assert len(rows(world, f"aktenzeichen={second.reference}")) == 1
    assert {row["event"].thread for row in rows(world, f"person={key}")} == {first.reference}  # type: ignore[attr-defined]
    assert len(rows(world, "was=filed")) == 2
    assert rows(world, "von=03.03.2026") == []
    assert len(rows(world, "von=02.03.2026&bis=02.03.2026")) == len(rows(world))


@pytest.mark.parametrize("query", ["von=gestern", "von=03.03.2026&bis=02.03.2026", "was=unbekannt"])
def test_a_wrong_filter_is_said_in_words(world: World, query: str) -> None:
    with today_is(world.at):
        answer = at_the_desk(world, "auditor").get(f"{URL}?{query}")
    assert answer.status_code == 422


@pytest.mark.parametrize(("name", "reads"), [("auditor", True), ("dpo", False), ("sysadmin", False)])
def test_reasons_are_for_the_audit_only(world: World, name: str, reads: bool) -> None:
    world.rejected()
    with today_is(world.at):
        page = at_the_desk(world, name).get(URL).content.decode()
    assert ("Das Projekt passt nicht zum Ziel." in page) is reads
    assert ('href="/vorgaenge/' in page) is reads


@pytest.mark.parametrize("name", ["caseworker", "decider", "treasury", "applicant"])
def test_the_log_is_for_those_who_control(world: World, name: str) -> None:
    assert at_the_desk(world, name).get(URL).status_code == 403


def test_every_kind_of_event_that_happens_has_words(world: World) -> None:
    world.paid()
    world.rejected()
    world.questioned()
    assert set(Event.objects.values_list("kind", flat=True)) <= kinds().keys()
    assert not [words for words in kinds().values() if "%(" in str(words)]


def test_more_events_take_no_more_queries(world: World) -> None:
    world.filed()
    client = at_the_desk(world, "auditor")
    with today_is(world.at):
        few = queries_of(client, URL)
        for _number in range(5):
            world.checking()
        assert queries_of(client, URL) == few
