"""An open question is reminded of three days before its deadline and on the day, once each, and never after the answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils.module_loading import import_string
from django.utils.timezone import localdate

from config.celery import SCHEDULE
from journal import outbox, reminders
from journal.machine import Actor, perform
from journal.models import DatedValue, Message, Reminder
from journal.refusals import Refused
from tests.factories import BERLIN, START, World
from tests.services.mail import MailServer
from workflow.models import Case
from workflow.reminders import may_send
from workflow.tasks import send_reminders

KIND = "information_request_reminder"
DUE = date(2026, 3, 16)
"""Two weeks after the world's first day: a Monday; three days before is a Friday."""


def on(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=BERLIN)


def run(day: date) -> int:
    return reminders.run(today=day, at=on(day))


def letters() -> list[str]:
    """Subjects of the reminders that were written, without the file number."""
    found = Message.objects.filter(kind=KIND).order_by("pk")
    return [message.subject.replace(message.thread, "…") for message in found]


@pytest.fixture
def world(db: None) -> World:
    return World()


# When


def test_three_days_before_and_on_the_day(world: World) -> None:
    world.questioned()
    for back in range(14, -3, -1):
        run(DUE - timedelta(days=back))
    assert letters() == ["Antwort zu …: noch drei Tage", "Antwort zu …: heute ist der letzte Tag"]
    assert set(Reminder.objects.values_list("due_on", flat=True)) == {date(2026, 3, 13), DUE}


@pytest.mark.parametrize("day", [DUE - timedelta(days=3), DUE])
def test_run_twice_reminds_once(world: World, day: date) -> None:
    world.questioned()
    assert [run(day) for _ in range(3)] == [1, 0, 0]
    assert len(letters()) == 1


def test_asked_again_by_the_same_job_sets_no_second_reminder(world: World) -> None:
    case = world.questioned()
    subject = reminders.Subject(thread=case.reference, label="workflow.case", key=str(case.pk))
    for _ in range(2):
        reminders.set_for(KIND, subject=subject, occasion="x", deadline_on=DUE, days_before=(3, 0), at=START)
    assert Reminder.objects.filter(key__contains=":x:").count() == 2


@pytest.mark.parametrize(
    ("day", "subject"),
    [
        (DUE - timedelta(days=2), "Antwort zu …: noch zwei Tage"),
        (DUE - timedelta(days=1), "Antwort zu …: noch ein Tag"),
        (DUE, "Antwort zu …: heute ist der letzte Tag"),
        (DUE + timedelta(days=2), "Antwort zu … steht noch aus"),
    ],
)
def test_after_missed_days_only_the_newest_speaks_and_tells_the_days_that_are_left(
    world: World, day: date, subject: str
) -> None:
    world.questioned()
    run(day)
    assert letters() == [subject]


def test_both_missed_is_one_letter_and_the_older_one_is_ended_not_sent(world: World) -> None:
    world.questioned()
    assert run(DUE + timedelta(days=1)) == 1
    assert [bool(reminder.ended_at) for reminder in Reminder.objects.order_by("due_on")] == [True, False]


def test_a_deadline_that_is_near_is_reminded_of_on_its_day_only(world: World) -> None:
    case = world.checking()
    due_on = localdate(world.at) + timedelta(days=2)
    data = {"items": "Satzung", "sections": ["unterlagen"], "due_on": due_on}
    world.do(case, "request_information", "caseworker", **data)
    assert run(localdate(world.at)) == 0
    assert [reminder.due_on for reminder in Reminder.objects.all()] == [due_on]


# Until when


LEAVING: dict[str, Callable[[World, Case], Any]] = {
    "answered": lambda world, case: world.do(case, "answer", "applicant", answer="Hier ist das Angebot."),
    "withdrawn": lambda world, case: world.do(case, "withdraw", "applicant"),
}


@pytest.mark.parametrize("way", LEAVING)
def test_nothing_comes_after_the_association_acted(world: World, way: str) -> None:
    case = world.questioned()
    LEAVING[way](world, case)
    assert [run(DUE - timedelta(days=back)) for back in (3, 0, -1)] == [0, 0, 0]
    assert letters() == []


def test_an_answer_between_the_two_days_stops_the_second(world: World) -> None:
    case = world.questioned()
    run(DUE - timedelta(days=3))
    LEAVING["answered"](world, case)
    assert run(DUE) == 0
    assert letters() == []  # the first one had not left yet and was taken back


def test_a_reminder_that_waits_in_the_outbox_is_taken_back_by_the_answer(world: World, smtp_server: MailServer) -> None:
    case = world.questioned()
    outbox.deliver(now=on(DUE - timedelta(days=4)))
    run(DUE - timedelta(days=3))
    LEAVING["answered"](world, case)
    outbox.deliver(now=on(DUE - timedelta(days=3), 10))
    assert [mail["Subject"] for mail in smtp_server.messages if "noch drei Tage" in str(mail["Subject"])] == []


def test_a_reminder_that_has_left_stays_on_record(world: World, smtp_server: MailServer) -> None:
    case = world.questioned()
    run(DUE - timedelta(days=3))
    outbox.deliver(now=on(DUE - timedelta(days=3), 10))
    LEAVING["answered"](world, case)
    assert letters() == ["Antwort zu …: noch drei Tage"]
    assert [m["X-Envelope-To"] for m in smtp_server.messages if "noch drei" in str(m["Subject"])] == [
        "applicant@demo.example"
    ]


def test_a_second_question_with_the_same_deadline_has_reminders_of_its_own(world: World) -> None:
    case = world.questioned()
    case = LEAVING["answered"](world, case)
    data = {"items": "Die zweite Seite", "sections": ["unterlagen"], "due_on": DUE}
    world.do(case, "request_information", "caseworker", **data)
    run(DUE - timedelta(days=3))
    assert letters() == ["Antwort zu …: noch drei Tage"]
    assert "Die zweite Seite" in Message.objects.get(kind=KIND).body


def test_a_question_ends_without_answer_only_after_its_own_reminder(world: World) -> None:
    case = LEAVING["answered"](world, world.questioned())
    Reminder.objects.update(done_at=world.at, ended_at=None)
    late = DUE + timedelta(days=7)
    data = {"items": "Die zweite Seite", "sections": ["unterlagen"], "due_on": late}
    case = world.do(case, "request_information", "caseworker", **data)
    actor: Actor = world.cast.actor["caseworker"]
    after = on(late + timedelta(days=1))
    with pytest.raises(Refused, match="noch nicht erinnert"):
        perform(case, "lapse", actor=actor, at=after, data={"reason": "Keine Antwort"})
    run(late)
    assert perform(case, "lapse", actor=actor, at=after, data={"reason": "Keine Antwort"}).state == "lapsed"


# Two at once


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_remind_once() -> None:
    for case in [(world := World()).questioned(), world.questioned()]:
        assert case.answer_due_on == DUE
    gate, done = Barrier(3), []

    def work() -> None:
        gate.wait()
        try:
            done.append(run(DUE))
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(done) == 2
    assert letters() == ["Antwort zu …: heute ist der letzte Tag"] * 2


# The clock


HOURS = [
    (datetime(2026, 3, 13, 6, 59), False, "too early"),
    (datetime(2026, 3, 13, 7, 0), True, "the first hour"),
    (datetime(2026, 3, 13, 17, 59), True, "the last hour"),
    (datetime(2026, 3, 13, 18, 0), False, "too late"),
    (datetime(2026, 3, 14, 10, 0), False, "Saturday"),
    (datetime(2026, 3, 15, 10, 0), False, "Sunday"),
    (datetime(2026, 4, 3, 10, 0), False, "Good Friday"),
    (datetime(2025, 10, 31, 10, 0), False, "Reformation Day in Lower Saxony"),
    (datetime(2026, 6, 4, 10, 0), True, "Corpus Christi is no holiday here"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("there", "may", "why"), HOURS, ids=[why for _there, _may, why in HOURS])
def test_reminders_keep_office_hours_and_holidays(there: datetime, may: bool, why: str) -> None:
    at = there.replace(tzinfo=BERLIN)
    assert may_send(at) is may
    assert may_send(at.astimezone(ZoneInfo("UTC"))) is may, "whatever clock the server has"


@pytest.mark.django_db
def test_office_hours_are_a_setting_with_a_day_from_which_it_holds() -> None:
    DatedValue.objects.create(
        key="letters.from_hour", value="9", valid_from=date(2026, 3, 13), reason="Neue Zeiten", set_at=START
    )
    assert may_send(on(date(2026, 3, 12), 8))
    assert not may_send(on(date(2026, 3, 13), 8))


def test_a_reminder_of_the_weekend_comes_on_monday_with_the_days_that_are_left(world: World, time_machine: Any) -> None:
    case = world.checking()
    data = {"items": "Satzung", "sections": ["unterlagen"], "due_on": date(2026, 3, 18)}
    world.do(case, "request_information", "caseworker", **data)
    for day in (14, 15, 16):
        time_machine.move_to(on(date(2026, 3, day)))
        send_reminders()
    assert letters() == ["Antwort zu …: noch zwei Tage"]


def test_beat_knows_the_jobs_that_remind_and_deliver() -> None:
    names = {job["task"] for job in SCHEDULE.values()}
    assert {"workflow.tasks.send_reminders", "journal.tasks.deliver_outbox"} <= names
    assert [name for name in names if import_string(name).name != name] == []
