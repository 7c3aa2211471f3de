"""How long it takes is computed wherever it is said; where too few cases are decided, nothing is promised."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from journal.models import Message
from tests.factories import World
from tests.workflow.office import at_the_desk, queries_of, today_is
from workflow.models import Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    settings.DEMO = True
    found = World()
    with today_is(found.at):
        yield found


def decided(world: World, days: int, *, times: int = 5) -> None:
    for number in range(times):
        Case.objects.create(
            application=world.draft(), programme=world.programme, reference=f"INT-2025-{number:04d}", fiscal_year=2026,
            requested_amount=100, received_at=world.at - timedelta(days=days + 1), state="rejected",
            state_since=world.at, decided_at=world.at - timedelta(days=1),
        )  # fmt: skip


def start() -> str:
    return Client().get("/").content.decode()


def test_the_start_page_says_the_usual_time_of_all_programmes(world: World) -> None:
    world.programme  # noqa: B018 - the programme is published
    decided(world, 42)
    assert "üblich: 6 Wochen nach dem Antrag, erst dann beginnen" in start()


def test_with_too_few_cases_it_names_no_time(world: World) -> None:
    decided(world, 42, times=4)
    page = start()
    assert "mit dem Projekt beginnen Sie erst danach" in page
    assert "üblich:" not in page


def test_the_start_page_says_it_in_english(world: World) -> None:
    decided(world, 42)
    client = Client()
    client.post(reverse("set_language"), {"language": "en"})
    assert "usually 6 weeks after the application" in client.get("/").content.decode()


@pytest.mark.parametrize("name", ["applicant", "caseworker"])
def test_the_timeline_of_both_sides_says_it_only_with_enough_cases(world: World, name: str) -> None:
    case = world.filed()
    url = f"/antraege/{case.application.key}/" if name == "applicant" else f"/vorgaenge/{case.reference}/"
    client = at_the_desk(world, name)
    assert "üblich:" not in client.get(url).content.decode()
    few = queries_of(client, url)
    decided(world, 7)
    assert "üblich: eine Woche nach dem Eingang" in client.get(url).content.decode()
    assert queries_of(client, url) == few


def test_the_confirmation_says_it_only_with_enough_cases(world: World) -> None:
    case = world.filed()
    assert "Üblich" not in Message.objects.filter(kind="filed", thread=case.reference)[0].body
    decided(world, 30)
    later = world.filed()
    assert "Üblich sind 4 Wochen vom Eingang bis zur Entscheidung." in (
        Message.objects.filter(kind="filed", thread=later.reference)[0].body.replace("\n", " ")
    )


def test_the_programme_page_numbers_its_steps(world: World) -> None:
    page = Client().get(f"/programme/{world.programme.slug}/").content.decode()
    assert page.count('<ol class="ft-numbers') == 2
    assert '<ol class="ft-bullets' not in page
