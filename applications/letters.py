"""Letters to the people of an organisation: plain text, one template for each kind, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.timezone import localdate

from accounts.models import User
from applications.models import Membership, Organisation
from journal import values
from journal.outbox import Letter, put


class Reader(Protocol):
    """Whom a letter is for."""

    @property
    def email(self) -> str: ...
    @property
    def key(self) -> UUID | None: ...
    @property
    def language(self) -> str: ...


def in_one_line(text: str) -> str:
    """What somebody typed as a name must not look like a line of ours."""
    return " ".join(text.split())


def letter_from(template: str, person: Reader, context: dict[str, Any]) -> Letter:
    """The first line of a template is the subject, the rest is the text: paragraphs with one blank line between."""
    lines = [line.strip() for line in render_to_string(template, context).strip().splitlines()]
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(lines[1:]).strip())
    return Letter(to=person.email, to_key=person.key, language=person.language, subject=lines[0], body=f"{body}\n")


def people_of(organisation: Organisation, **rights: bool) -> list[User]:
    """Everybody who acts for the organisation; with `may_file=True` those who may file."""
    own = Membership.objects.filter(organisation=organisation, **rights)
    return list(User.objects.filter(is_active=True, pk__in=own.values("user")).order_by("pk"))


def compose(
    template: str, organisation: Organisation, person: Reader, *, path: str, at: datetime, facts: dict[str, Any]
) -> Letter:
    """One letter about the organisation; `path` is the page where it goes on."""
    with translation.override(person.language):
        context = {
            "person": in_one_line(str(person)),
            "organisation": in_one_line(organisation.name),
            "kind": organisation.kind,
            "link": f"{settings.SITE_URL}{path}",
            "office": values.texts("letterhead.", on=localdate(at)),
            **facts,
        }
        return letter_from(template, person, context)


def send(
    kind: str,
    organisation: Organisation,
    people: Iterable[Reader],
    *,
    key: str,
    thread: str,
    path: str,
    at: datetime,
    facts: dict[str, Any] | None = None,
) -> None:
    """Queues the letter of this kind for each of the people; the same `key` again is the same letter."""
    for person in people:
        letter = compose(f"applications/letters/{kind}.txt", organisation, person, path=path, at=at, facts=facts or {})
        put(letter, key=f"{kind}:{key}", kind=kind, thread=thread, at=at)
