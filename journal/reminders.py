"""Reminders: dates in the database, not timers. Each is sent exactly once, and not at all once it has been answered."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

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
    kind: str, *, subject: Subject, deadline_on: date, days_before: tuple[int, ...], at: datetime
) -> list[Reminder]:
    """One reminder for each number of days before the deadline; setting the same again changes nothing."""
    return [
        Reminder.objects.get_or_create(
            key=f"{kind}:{subject.label}:{subject.key}:{deadline_on - timedelta(days=days)}",
            defaults={
                "kind": kind,
                "thread": subject.thread,
                "subject_label": subject.label,
                "subject_key": subject.key,
                "due_on": deadline_on - timedelta(days=days),
                "deadline_on": deadline_on,
                "set_at": at,
            },
        )[0]
        for days in days_before
    ]


def end_for(subject: Subject, *, at: datetime) -> int:
    """The thing was done: nothing is sent any more. Returns how many reminders were still waiting."""
    waiting = Reminder.objects.filter(
        subject_label=subject.label, subject_key=subject.key, done_at__isnull=True, ended_at__isnull=True
    )
    return waiting.update(ended_at=at)


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
            outbox.put(letter, key=f"{reminder.key}:{letter.to}", kind=reminder.kind, thread=reminder.thread, at=at)
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
