"""The library of side conditions: per programme or for all, dated, chosen at the approval and frozen into the award."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from accounts.roles import Role
from tests.factories import World
from tests.workflow.office import at_the_desk, today_is
from workflow import conditions
from workflow.models import Award, Case, SideCondition

pytestmark = pytest.mark.django_db
STANDARD = "Nachweis innerhalb von sechs Monaten nach Projektende"


@pytest.fixture
def world(settings: Settings) -> World:
    settings.DEMO = True  # nobody here has a second factor
    return World()


def entry(text: str, **fields: Any) -> SideCondition:
    return SideCondition.objects.create(**{"text": text, "valid_from": date(2026, 1, 1)} | fields)


def texts(world: World) -> list[str]:
    return [choice.text for choice in conditions.choices_for(world.programme, on=world.at.date())]


def approve(world: World, case: Case, **data: Any) -> Any:
    posted = {f"approve-{name}": value for name, value in {"version": str(case.version), **data}.items()}
    with today_is(world.at):
        client = at_the_desk(world, "decider")
        return client.post(f"/vorgaenge/{case.reference}/entscheiden/", {"choice": "approve", **posted})


def test_until_somebody_writes_one_the_setting_is_offered(world: World) -> None:
    assert texts(world)[0] == STANDARD
    entry("Logo des Landkreises zeigen.")
    assert texts(world) == ["Logo des Landkreises zeigen."]


@pytest.mark.parametrize(
    ("fields", "is_offered"),
    [
        ({}, True),
        ({"valid_from": date(2026, 3, 2)}, True),
        ({"valid_from": date(2026, 3, 3)}, False),
        ({"valid_until": date(2026, 3, 2)}, True),
        ({"valid_until": date(2026, 3, 1)}, False),
    ],
    ids=["open", "from-today", "from-tomorrow", "until-today", "until-yesterday"],
)
def test_what_holds_on_the_day_is_offered(world: World, fields: dict[str, date], is_offered: bool) -> None:
    entry("Logo zeigen.", **fields)
    assert texts(world) == (["Logo zeigen."] if is_offered else [])


def test_of_this_programme_and_of_all_in_their_order_and_not_of_others(world: World) -> None:
    other = type(world.programme).objects.get()
    other.pk, other.slug = None, "anderes"
    other.save()
    entry("Zweitens.", position=2)
    entry("Erstens.", position=1, programme=world.programme)
    entry("Für andere.", programme=other)
    assert texts(world) == ["Erstens.", "Zweitens."]


def test_chosen_and_free_ones_are_frozen_into_the_award(world: World) -> None:
    chosen, left = entry("Logo zeigen."), entry("Beirat einladen.", is_standard=False)
    case = world.proposed()
    with today_is(world.at):
        body = at_the_desk(world, "decider").get(f"/vorgaenge/{case.reference}/entscheiden/").content.decode()
    assert f'value="{chosen.text}" checked' in body
    assert f'value="{left.text}" checked' not in body
    free = "Der Raum ist barrierefrei.\r\n\r\n  Fotos nur mit Einwilligung. \nLogo zeigen."
    assert approve(world, case, conditions=[chosen.text], further=free).status_code == 302
    SideCondition.objects.update(text="Anders.")
    assert Award.objects.get().conditions == [
        "Logo zeigen.",
        "Der Raum ist barrierefrei.",
        "Fotos nur mit Einwilligung.",
    ]


def test_a_text_that_went_meanwhile_is_said_and_nothing_is_decided(world: World) -> None:
    entry("Logo zeigen.")
    case = world.proposed()
    answer = approve(world, case, conditions=["Logo herzeigen."], further="Fotos nur mit Einwilligung.")
    assert answer.status_code == 422
    assert "Eine Nebenbestimmung hat sich inzwischen geändert." in answer.content.decode()
    assert "Fotos nur mit Einwilligung." in answer.content.decode()
    assert not Award.objects.exists()


def test_the_coordination_keeps_the_library(world: World) -> None:
    url = "/verwaltung/nebenbestimmungen/"
    data = {"text": "Logo \n zeigen.", "position": "1", "is_standard": "on", "valid_from": "01.03.2026"}
    with today_is(world.at):
        client = at_the_desk(world, Role.COORDINATOR)
        assert client.post(f"{url}neu/", data | {"valid_until": "28.02.2026"}).status_code == 422
        assert client.post(f"{url}neu/", data | {"text": " "}).status_code == 422
        assert client.post(f"{url}neu/", data | {"text": "x" * 401}).status_code == 422
        assert client.post(f"{url}neu/", data).status_code == 302
        assert "Logo zeigen." in client.get(url).content.decode()
        found = SideCondition.objects.get()
        retired = client.post(f"{url}{found.pk}/", data | {"valid_until": "01.03.2026"})
    assert retired.status_code == 302
    assert texts(world) == []


def test_the_database_refuses_no_text_and_an_end_before_the_beginning(world: World) -> None:
    with pytest.raises(IntegrityError, match="side_condition_has_text"), transaction.atomic():
        entry("")
    with pytest.raises(IntegrityError, match="side_condition_period"), transaction.atomic():
        entry("x", valid_until=date(2025, 12, 31))
