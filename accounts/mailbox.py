"""What the demo would have mailed: letters written to files, and those that still wait in the outbox."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

from journal.models import Message

SHOWN = 50
_RULE = b"-" * 79
"""Django's file backend writes this line after each letter."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    at: datetime
    to: str
    subject: str
    body: str
    is_waiting: bool


def letters(*, to: str = "") -> list[Letter]:
    """The newest letters, to everybody or to one address."""
    found = [letter for letter in (*_written(), *_waiting()) if to in {"", letter.to}]
    return sorted(found, key=lambda letter: letter.at, reverse=True)[:SHOWN]


def _folder() -> Path | None:
    path = getattr(settings, "EMAIL_FILE_PATH", None)
    return Path(path) if path and Path(path).is_dir() else None


def _written() -> Iterator[Letter]:
    folder = _folder()
    if folder is None:
        return
    newest = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)[: SHOWN * 2]
    for path in newest:
        for part in path.read_bytes().split(_RULE):
            if part.strip():
                yield _letter(part.strip())


def _letter(raw: bytes) -> Letter:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    text = message.get_body(("plain",))
    return Letter(
        at=_moment(str(message["Date"])),
        to=str(message["To"]),
        subject=str(message["Subject"]),
        body=str(text.get_content()) if text else "",
        is_waiting=False,
    )


def _moment(header: str) -> datetime:
    """Django writes "-0000", which Python reads as a time without a zone."""
    at = parsedate_to_datetime(header)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _waiting() -> Iterator[Letter]:
    """What was sent lies in the files already; without files the outbox tells both."""
    rows = Message.objects.order_by("-created_at")
    if _folder() is not None:
        rows = rows.exclude(status=Message.Status.SENT)
    for row in rows[:SHOWN]:
        yield Letter(
            at=row.created_at,
            to=row.recipient,
            subject=row.subject,
            body=row.body,
            is_waiting=row.status != Message.Status.SENT,
        )
