"""Who is away, who stands in, and whose tasks are on the desk then."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from journal.models import Event
from journal.refusals import Forbidden
from tests.factories import World
from tests.workflow.office import at_the_desk, queries_of, today_is
from workflow import absences, desk
from workflow.models import Absence, Case

pytestmark = pytest.mark.django_db
PAGE = "/abwesenheiten/"


@pytest.fixture
def world(settings: Settings) -> World:
    settings.DEMO = True
    found = World()
    found.cast.add("second_worker", "caseworker")
    return found


def away(world: World, person: str = "caseworker", stand_in: str = "second_worker", **days: int) -> Absence:
    first, last = days.get("first", 0), days.get("last", 3)
    return absences.enter(
        world.cast.actor[person].key, world.cast.actor[stand_in].key, first_on=(world.at + timedelta(first)).date(),
        last_on=(world.at + timedelta(last)).date(), actor=world.cast.actor[person], at=world.at,
    )  # fmt: skip


def desk_of(world: World, name: str) -> list[tuple[str, str]]:
    actor, today = world.cast.actor[name], world.at.date()
    seen = absences.seen_by(actor, today=today)
    return [(task.case.job, task.whose) for task in desk.tasks(actor, today=today, away=seen.names)]


def test_a_stand_in_sees_the_tasks_and_whose_they_are(world: World) -> None:
    world.checking()
    assert desk_of(world, "second_worker") == []
    away(world)
    assert desk_of(world, "second_worker") == [("check", "Caseworker")]
    assert desk_of(world, "caseworker") == [("check", "")]
    assert desk.waiting_for(world.cast.actor["second_worker"], today=world.at.date()) == 1
    world.later(days=4)
    assert desk_of(world, "second_worker") == []


def test_an_absence_to_come_changes_nothing_yet(world: World) -> None:
    world.checking()
    away(world, first=2)
    assert desk_of(world, "second_worker") == []


def test_standing_in_gives_no_right(world: World) -> None:
    """Who may not check does not, whoever they stand in for."""
    case = world.checking()
    away(world, stand_in="technical_reviewer")
    assert desk_of(world, "technical_reviewer") == []
    answer = at_the_desk(world, "technical_reviewer").post(f"/vorgaenge/{case.reference}/uebernehmen/")
    assert answer.status_code == 403


def test_the_page_of_today_tells_both(world: World) -> None:
    world.checking()
    away(world)
    with today_is(world.at):
        mine = at_the_desk(world, "caseworker").get("/heute/").content.decode()
        theirs = at_the_desk(world, "second_worker").get("/heute/").content.decode()
    assert "Second Worker vertritt Sie." in mine
    assert "Sie vertreten Caseworker bis" in theirs
    assert "für Caseworker" in theirs


def entered(world: World, name: str, **typed: Any) -> Any:
    data = {"first_on": "02.03.2026", "last_on": "06.03.2026", "stand_in": str(world.cast.actor["second_worker"].key)}
    with today_is(world.at):
        return at_the_desk(world, name).post(PAGE, data | typed)


def test_everybody_enters_their_own_absence(world: World) -> None:
    assert entered(world, "caseworker").status_code == 302
    row = Absence.objects.get()
    assert row.person == row.entered_by == world.cast.actor["caseworker"].key
    event = Event.objects.get(kind="absence_entered")
    assert event.thread == f"person:{row.person}"


def test_the_coordinator_enters_it_for_others(world: World) -> None:
    key = world.cast.actor["caseworker"].key
    assert entered(world, "coordinator").status_code == 422  # for whom?
    assert entered(world, "coordinator", person=str(key)).status_code == 302
    row = Absence.objects.get()
    assert (row.person, row.entered_by) == (key, world.cast.actor["coordinator"].key)


def test_nobody_else_does(world: World) -> None:
    other = world.cast.actor["second_worker"].key
    entered(world, "caseworker", person=str(other))
    assert Absence.objects.get().person == world.cast.actor["caseworker"].key
    key, stand_in, day = other, world.cast.actor["coordinator"].key, world.at.date()
    with pytest.raises(Forbidden):
        absences.enter(key, stand_in, first_on=day, last_on=day, actor=world.cast.actor["caseworker"], at=world.at)
    row = away(world, person="second_worker", stand_in="coordinator")
    assert at_the_desk(world, "caseworker").post(f"{PAGE}{row.pk}/loeschen/").status_code == 403
    assert at_the_desk(world, "coordinator").post(f"{PAGE}{row.pk}/loeschen/").status_code == 302
    assert not Absence.objects.filter(pk=row.pk).exists()
    assert at_the_desk(world, "coordinator").post(f"{PAGE}{row.pk}/loeschen/").status_code == 404


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"last_on": "01.03.2026"}, "last_on"), ({"first_on": "01.02.2026", "last_on": "01.03.2026"}, "last_on"),
        ({"last_on": "01.03.2028"}, "last_on"), ({"first_on": "bald"}, "first_on"), ({"stand_in": ""}, "stand_in"),
        ({"stand_in": "{caseworker}"}, "stand_in"), ({"stand_in": "x"}, "stand_in"),
    ],
)  # fmt: skip
def test_days_and_people_that_do_not_do_are_told(world: World, typed: dict[str, str], field: str) -> None:
    key = str(world.cast.actor["caseworker"].key)
    answer = entered(world, "caseworker", **{name: value.format(caseworker=key) for name, value in typed.items()})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Absence.objects.exists()


def test_the_stand_in_is_there_and_days_are_entered_once(world: World) -> None:
    away(world, person="second_worker", stand_in="coordinator")
    answer = entered(world, "caseworker")
    assert "selbst abwesend" in answer.context["form"].errors["stand_in"][0]
    entered(world, "caseworker", stand_in=str(world.cast.actor["coordinator"].key))
    again = entered(world, "caseworker", stand_in=str(world.cast.actor["coordinator"].key))
    assert "schon eine Abwesenheit" in again.context["form"].errors["first_on"][0]
    assert Absence.objects.count() == 2


@pytest.mark.parametrize("wrong", [{"last_on": "2026-03-01"}, {"stand_in": "person"}])
def test_the_database_refuses_it_too(world: World, wrong: dict[str, str]) -> None:
    row = away(world)
    values = {"stand_in": row.person} if "stand_in" in wrong else {"last_on": row.first_on - timedelta(1)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.filter(pk=row.pk).update(**values)


def test_the_page_takes_as_many_queries_for_thirty_absences_as_for_one(world: World) -> None:
    away(world)
    client = at_the_desk(world, "caseworker")
    with today_is(world.at):
        few = queries_of(client, PAGE)
        for number in range(30):
            away(world, first=10 * number + 10, last=10 * number + 12)
        assert queries_of(client, PAGE) == few
    assert Case.objects.count() == 0
