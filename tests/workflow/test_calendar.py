"""The feed of own deadlines: behind a secret address, readable for calendar programs, without a word too many."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar
from pytest_django import Settings

from accounts.models import RoleGrant, User
from journal.models import Event
from tests.factories import BERLIN, START, World
from tests.workflow.office import at_the_desk, queries_of, today_is
from workflow.models import Award, CalendarFeed, Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    settings.DEMO = True
    with today_is(START):
        yield World()


def make(client: Client) -> str:
    """The path of a new address, as the page shows it once."""
    page = client.post("/konto/kalender/adresse/").content.decode()
    (path,) = re.findall(r"/kalender/[\w-]+\.ics", page)
    return str(path)


def events(world: World, name: str = "applicant", at: datetime | None = None) -> dict[str, Any]:
    """Event by title, read by a real parser."""
    with today_is(at or world.at):
        answer = Client().get(make(at_the_desk(world, name)))
    assert answer.status_code == 200
    calendar: Any = Calendar.from_ical(answer.content)
    return {str(event["summary"]): event for event in calendar.walk("VEVENT")}


# The address


def test_the_address_is_shown_once_and_only_its_hash_is_kept(world: World) -> None:
    client = at_the_desk(world, "applicant")
    path = make(client)
    secret = path.removeprefix("/kalender/").removesuffix(".ics")
    assert len(secret) >= 43
    row = CalendarFeed.objects.values().get()
    assert secret not in str(row)
    assert secret not in client.get("/konto/kalender/").content.decode()
    assert "no-store" in client.get("/konto/kalender/")["Cache-Control"]


def test_the_feed_needs_no_log_in_and_is_nobody_elses_to_keep(world: World) -> None:
    answer = Client().get(make(at_the_desk(world, "applicant")))
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    assert answer["Cache-Control"].startswith("private")
    assert not answer.cookies


def test_a_new_address_makes_the_old_one_useless(world: World) -> None:
    client = at_the_desk(world, "applicant")
    old, new = make(client), make(client)
    assert (Client().get(old).status_code, Client().get(new).status_code) == (404, 200)
    client.post("/konto/kalender/aus/")
    assert Client().get(new).status_code == 404
    assert not CalendarFeed.objects.exists()
    assert client.post("/konto/kalender/aus/").status_code == 302


@pytest.mark.parametrize("secret", ["x", "a" * 43, "a" * 4000, "-", "_", "0"])
def test_a_guessed_address_is_not_found(world: World, secret: str) -> None:
    make(at_the_desk(world, "applicant"))
    assert Client().get(f"/kalender/{secret}.ics").status_code == 404


def test_a_closed_account_has_no_feed(world: World) -> None:
    path = make(at_the_desk(world, "applicant"))
    User.objects.filter(pk=world.cast.user["applicant"].pk).update(is_active=False)
    assert Client().get(path).status_code == 404


def test_nothing_is_made_or_ended_by_looking(world: World) -> None:
    client = at_the_desk(world, "applicant")
    for page in ("adresse", "aus"):
        assert client.get(f"/konto/kalender/{page}/").status_code == 405
    assert Client().post("/konto/kalender/adresse/")["Location"].startswith("/konto/")


def test_the_journal_tells_it(world: World) -> None:
    client = at_the_desk(world, "applicant")
    make(client)
    client.post("/konto/kalender/aus/")
    kinds = Event.objects.filter(actor_key=world.cast.user["applicant"].key).values_list("kind", flat=True)
    assert list(kinds) == ["calendar_made", "calendar_ended"]


# What stands in it


def test_a_question_is_a_whole_day(world: World) -> None:
    case = world.questioned(title="Sprachcafé")
    found = events(world)["Rückfrage beantworten: Sprachcafé"]
    assert found["dtstart"].dt == case.answer_due_on
    assert not isinstance(found["dtstart"].dt, datetime)
    assert found["dtend"].dt == case.answer_due_on + timedelta(days=1)
    assert f"/antraege/{case.application.key}/" in str(found["url"])


def test_an_offer_and_an_answered_one(world: World) -> None:
    case = world.offered("1200", title="Sprachcafé")
    assert list(events(world)) == ["Auf das Angebot antworten: Sprachcafé"]
    world.plan(case.application, requested="1200", cost="2000")
    world.do(case, "accept_offer", "applicant")
    assert events(world) == {}


def test_a_notice_to_collect_and_then_the_report(world: World) -> None:
    world.issued("portal", title="Sprachcafé")
    found = events(world)
    assert list(found) == ["Bescheid abholen: Sprachcafé"]
    assert found["Bescheid abholen: Sprachcafé"]["dtstart"].dt == date(2026, 3, 12)


def test_the_report_of_a_running_project(world: World) -> None:
    award = world.active(title="Sprachcafé")
    assert events(world)["Nachweis abgeben: Sprachcafé"]["dtstart"].dt == award.report_due_on


def test_before_the_notice_nothing_tells_of_the_decision(world: World) -> None:
    world.approved()
    assert events(world) == {}


@pytest.mark.parametrize(
    ("closes_at", "expected"),
    [
        (datetime(2026, 7, 1, 0, 0, tzinfo=BERLIN), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 12, 0, tzinfo=BERLIN), datetime(2026, 6, 30, 12, 0, tzinfo=BERLIN)),
        (datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1), datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1)),
        (datetime(2026, 3, 29, 3, 0, tzinfo=BERLIN), datetime(2026, 3, 29, 3, 0, tzinfo=BERLIN)),
    ],
    ids=["midnight", "noon", "the hour that is there twice", "the hour after the one that is missing"],
)
def test_the_end_of_a_round_is_a_day_or_a_moment(world: World, closes_at: datetime, expected: Any) -> None:
    world.draft(title="Sprachcafé")
    type(world.round).objects.update(closes_at=closes_at)
    found = events(world)["Antrag einreichen: Sprachcafé"]["dtstart"].dt
    assert isinstance(found, datetime) == isinstance(expected, datetime)
    if isinstance(expected, datetime):
        assert found.replace(fold=0) == expected.replace(fold=0)
        assert str(found.tzinfo) == "Europe/Berlin"
    else:
        assert found == expected


def test_a_round_that_is_over_is_no_deadline(world: World) -> None:
    world.draft()
    assert events(world, at=world.round.closes_at) == {}


def test_the_uid_stays_the_same(world: World) -> None:
    world.questioned()
    first, second = ([str(event["uid"]) for event in events(world).values()] for _time in range(2))
    assert first == second
    assert len(set(first)) == 1


def test_no_names_of_people_and_no_foreign_projects(world: World) -> None:
    world.questioned(title="Sprachcafé", summary="Streng geheim")
    with today_is(world.at):
        text = Client().get(make(at_the_desk(world, "applicant"))).content.decode()
    for word in ("Mina", "Muster", "Applicant", "Caseworker", "geheim", "Friedeburg", "DE43"):
        assert word not in text
    assert events(world, "stranger") == {}


def test_difficult_titles_break_no_line(world: World) -> None:
    title = "Tür, Tor; 🎉\r\nBEGIN:VEVENT \\n \u202e" + "ä" * 60
    world.questioned(title=title)
    found = list(events(world))
    assert len(found) == 1
    assert "🎉 BEGIN:VEVENT" in found[0]


# The office


def test_a_caseworker_gets_the_due_days_of_own_cases(world: World) -> None:
    case, other = world.questioned(title="Sprachcafé"), world.questioned()
    Case.objects.filter(pk=case.pk).update(assigned_to=world.cast.user["caseworker"].key)
    Case.objects.filter(pk=other.pk).update(assigned_to=world.cast.user["coordinator"].key)
    found = events(world, "caseworker")
    assert list(found) == [f"Frist {case.reference}: Sprachcafé"]
    assert found[f"Frist {case.reference}: Sprachcafé"]["dtstart"].dt == case.answer_due_on


def test_who_gave_the_role_back_reads_no_cases(world: World) -> None:
    case = world.questioned()
    Case.objects.update(assigned_to=world.cast.user["caseworker"].key)
    with today_is(world.at):
        path = make(at_the_desk(world, "caseworker"))
        RoleGrant.objects.filter(user=world.cast.user["caseworker"]).update(ended_at=world.at)
        assert case.reference not in Client().get(path).content.decode()


def test_thirty_projects_take_as_many_queries_as_one(world: World) -> None:
    path = make(at_the_desk(world, "applicant"))
    world.questioned(requested="100", cost="200")
    world.issued(requested="100", cost="200")
    few = queries_of(Client(), path)
    for _number in range(7):
        world.questioned(requested="100", cost="200")
        world.issued(requested="100", cost="200")
        world.draft(requested="100", cost="200")
    assert Award.objects.count() == 8
    assert queries_of(Client(), path) == few <= 6
