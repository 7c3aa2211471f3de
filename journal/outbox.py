"""The outbox: a letter is a row written in the transaction of the news it brings; the beat delivers it afterwards."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F

from journal.models import Event, Message

logger = logging.getLogger("foerdertopf.outbox")

ATTEMPTS = 8
STALE_AFTER = timedelta(minutes=10)
"""A letter claimed longer ago than this belonged to a worker that died."""
BATCH = 20
"""With a mail server that takes its full 20 seconds for each: under seven minutes, so under STALE_AFTER."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One letter to one person, ready to be sent."""

    to: str
    to_key: UUID | None
    language: str
    subject: str
    body: str


Composer = Callable[[Any, Event], Iterable[Letter]]
_composers: dict[str, Composer] = {}


def composes(kind: str) -> Callable[[Composer], Composer]:
    """Registers who writes the letters of a kind: the floor that knows the recipients, not the one that has the news."""

    def register(composer: Composer) -> Composer:
        if kind in _composers:
            raise ValueError(f"two composers for {kind}")
        _composers[kind] = composer
        return composer

    return register


def kinds() -> set[str]:
    return set(_composers)


Filler = Callable[[Message], str]
_fillers: dict[str, Filler] = {}


def fills(kind: str) -> Callable[[Filler], Filler]:
    """Registers who completes the text of a kind when it leaves: for a secret that must not lie in the database."""

    def register(filler: Filler) -> Filler:
        _fillers[kind] = filler
        return filler

    return register


def text_of(message: Message) -> str:
    filler = _fillers.get(message.kind)
    return filler(message) if filler else message.body


def queue(kind: str, *, obj: Any, event: Event, at: datetime) -> list[Message]:
    """Queues the letters of this news, one for each recipient; queued twice is queued once."""
    return [
        put(letter, key=f"{kind}:{event.pk}", kind=kind, thread=event.thread, at=at)
        for letter in _composers[kind](obj, event)
    ]


def put(letter: Letter, *, key: str, kind: str, thread: str, at: datetime) -> Message:
    """Queues one letter; `key` names the news, the reader is added to it. A subject is one line, whatever is in it."""
    message, _created = Message.objects.get_or_create(
        key=f"{key}:{letter.to_key or sha256(letter.to.encode()).hexdigest()}",
        defaults={
            "kind": kind,
            "thread": thread,
            "recipient_key": letter.to_key,
            "recipient": letter.to,
            "language": letter.language,
            "subject": " ".join(letter.subject.split())[:200],
            "body": letter.body,
            "created_at": at,
            "send_after": at,
        },
    )
    return message


def recall(key: str) -> int:
    """Takes back the letters whose key begins so, as far as they have not left; returns how many."""
    return Message.objects.filter(key__startswith=key, status=Message.Status.QUEUED).delete()[0]


def deliver(*, now: datetime, limit: int = BATCH) -> int:
    """Sends what is due and returns how many letters left. Each is claimed by a conditional update before it is sent,
    so that two workers never send the same one; a letter whose worker died is taken up again.

    A batch is small enough to be over long before its claims go stale, however slow the mail server is.
    """
    free_stale(now=now)
    due = Message.objects.filter(status=Message.Status.QUEUED, send_after__lte=now).order_by("send_after", "pk")
    return sum(_send(pk, now=now) for pk in list(due.values_list("pk", flat=True)[:limit]))


def free_stale(*, now: datetime) -> int:
    """Takes up what a dead worker had claimed; a letter that kills its workers fails in the end like any other."""
    stale = Message.objects.filter(status=Message.Status.SENDING, claimed_at__lt=now - STALE_AFTER)
    stale.filter(attempts__gte=ATTEMPTS).update(status=Message.Status.FAILED, error="WorkerDied")
    return stale.update(status=Message.Status.QUEUED)


def _send(pk: int, *, now: datetime) -> bool:
    claim = Message.objects.filter(pk=pk, status=Message.Status.QUEUED)
    if not claim.update(status=Message.Status.SENDING, claimed_at=now, attempts=F("attempts") + 1):
        return False
    message = Message.objects.get(pk=pk)
    try:
        _mail(message).send()
    except Exception as error:  # noqa: BLE001 - whatever the mail server says, the letter must not be lost
        _postpone(message, error, now=now)
        return False
    Message.objects.filter(pk=pk).update(status=Message.Status.SENT, sent_at=now, error="")
    return True


def _mail(message: Message) -> EmailMessage:
    # The fixed Message-ID lets a mail server drop the second copy if a worker dies between sending and noting it.
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(">")
    headers = {
        "Message-ID": f"<outbox-{message.pk}@{domain}>",
        "Content-Language": message.language,
        "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office reply, please
    }
    return EmailMessage(
        message.subject, text_of(message), settings.DEFAULT_FROM_EMAIL, [message.recipient], headers=headers
    )


def _postpone(message: Message, error: Exception, *, now: datetime) -> None:
    final = message.attempts >= ATTEMPTS
    logger.warning("letter %s not sent (attempt %s): %s", message.pk, message.attempts, type(error).__name__)
    Message.objects.filter(pk=message.pk).update(
        status=Message.Status.FAILED if final else Message.Status.QUEUED,
        send_after=now + timedelta(minutes=2**message.attempts),
        error=f"{type(error).__name__}: {error}"[:1000],
    )
