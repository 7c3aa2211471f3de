"""Reminders: dates in the database, not timers. Each is sent exactly once, and not at all once it has been answered."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate

from journal import outbox
from journal.models import Reminder
from journal.outbox import Letter

logger = logging.getLogger("foerdertopf.reminders")
Composer = Callable[[Reminder], Iterable[Letter]]
_composers: dict[str, Composer] = {}


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a reminder is about: the thread, and the object by label and key."""

    thread: str
    label: str
    key: str


def reminds(kind: str) -> Callable[[Composer], Composer]:
    """Registers who writes the letter of a kind of reminder."""

    def register(composer: Composer) -> Composer:
        _composers[kind] = composer
        return composer

    return register


def kinds() -> set[str]:
    return set(_composers)


def set_for(
    kind: str,
    *,
    subject: Subject,
    deadline_on: date,
    days_before: tuple[int, ...],
    at: datetime,
    occasion: str = "",
) -> list[Reminder]:
    """One reminder for each number of days before the deadline; setting the same again changes nothing.

    `occasion` tells two deadlines of the same object apart (two questions, both due on Friday). What would fall due
    today or earlier is left out, except on the deadline itself: the news of the deadline has only just been sent.
    """
    today = localdate(at)
    days_due = {days: deadline_on - timedelta(days=days) for days in days_before}
    return [
        Reminder.objects.get_or_create(
            key=f"{kind}:{subject.label}:{subject.key}:{occasion}:{due_on}",
            defaults={
                "kind": kind,
                "thread": subject.thread,
                "subject_label": subject.label,
                "subject_key": subject.key,
                "due_on": due_on,
                "deadline_on": deadline_on,
                "set_at": at,
            },
        )[0]
        for days, due_on in days_due.items()
        if due_on > today or days == 0
    ]


def end_for(subject: Subject, *, at: datetime) -> int:
    """The thing was done: nothing is sent any more, not even a reminder that already lies in the outbox.

    Returns how many reminders were still waiting.
    """
    own = Reminder.objects.filter(subject_label=subject.label, subject_key=subject.key)
    for key in own.filter(done_at__isnull=False).values_list("key", flat=True):
        outbox.recall(f"{key}:")
    return own.filter(done_at__isnull=True, ended_at__isnull=True).update(ended_at=at)


def run(*, today: date, at: datetime) -> int:
    """Queues the letters of all reminders due by `today`; returns how many reminders were done.

    Of several that fell due for the same deadline while nothing ran, only the newest speaks.
    """
    waiting = Reminder.objects.filter(done_at__isnull=True, ended_at__isnull=True, due_on__lte=today)
    return sum(_remind(pk, at=at) for pk in list(waiting.order_by("-due_on").values_list("pk", flat=True)))


def _remind(pk: int, *, at: datetime) -> bool:
    with transaction.atomic():
        claim = Reminder.objects.filter(pk=pk, done_at__isnull=True, ended_at__isnull=True)
        if not claim.update(done_at=at):
            return False
        reminder = Reminder.objects.get(pk=pk)
        _end_older(reminder, at=at)
        for letter in _composers[reminder.kind](reminder):
            outbox.put(letter, key=reminder.key, kind=reminder.kind, thread=reminder.thread, at=at)
        return True


def _end_older(reminder: Reminder, *, at: datetime) -> None:
    older = Reminder.objects.filter(
        kind=reminder.kind,
        subject_label=reminder.subject_label,
        subject_key=reminder.subject_key,
        due_on__lt=reminder.due_on,
        done_at__isnull=True,
        ended_at__isnull=True,
    )
    older.update(ended_at=at)
