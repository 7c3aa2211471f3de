"""The stage of the browser tests: a live server, a clock that can be moved, real mail, and people who log in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any

import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.roles import Role
from journal import outbox
from tests.accounts.keys import app_code, code_in, give_app, log_in_with_factor
from tests.e2e.inspect import CONTEXT
from tests.e2e.people import Person
from tests.e2e.recorder import Recorder, recording
from tests.factories import PDF, START, World
from tests.services.mail import MailServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PATIENCE = 30_000
"""Milliseconds that a page may take on a busy machine."""


@dataclass
class Stage:
    server: str
    browser: Browser
    mail: MailServer
    clock: time_machine.Coordinates
    folder: Path
    with_script: bool = True
    recorder: Recorder = field(default_factory=Recorder)
    people: dict[str, Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world = World()
        self.world.round, self.world.measure, self.world.municipality  # noqa: B018 - made now
        self.world.cast.add("mina")
        self.world.cast.add("treasury_two", Role.TREASURY)
        self.paper = self.folder / "Satzung.pdf"
        self.paper.write_bytes(PDF)

    # People

    def visitor(self, name: str) -> Person:
        """Somebody of the cast who has not logged in yet."""
        context = self.browser.new_context(**CONTEXT, java_script_enabled=self.with_script, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE)
        self.people[name] = Person(context, self.server, self.world.cast.user[name])
        return self.people[name]

    def __call__(self, name: str) -> Person:
        """The person of that name, logged in past the pages; whoever came in by the door stays as they are."""
        return self.people.get(name) or self._slip_in(name)

    def _slip_in(self, name: str) -> Person:
        client, user = Client(), self.world.cast.user[name]
        log_in_with_factor(client, user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        person = self.visitor(name)
        person.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.server}])
        return person

    def logs_in_by_code(self, name: str) -> Person:
        """Types the address and the code of the letter; staff also the code of their app."""
        person = self.people.get(name) or self.visitor(name)
        secret = give_app(person.user) if self.world.cast.actor[name].roles & set(Role.values) else ""
        person.write({"E-Mail-Adresse": person.user.email}).press("Code schicken")
        person.is_told("Code eingeben")
        person.write({"Code aus der E-Mail": code_in(self.letters(name)[-1])}).press("Anmelden")
        if secret:
            person.write({"Code aus der App": app_code(secret)}).press("Anmelden")
        return person

    # Time and mail

    def pass_days(self, days: int) -> None:
        """The clock of the office goes on. Nothing else is moved: no date in the database is touched."""
        self.clock.shift(timedelta(days=days))

    def post(self) -> None:
        """What the beat does every minute."""
        outbox.deliver(now=timezone.now())

    def letters(self, name: str) -> list[EmailMessage]:
        return self.mail.to(self.world.cast.user[name].email)

    def last_letter(self, name: str) -> str:
        """Subject and text of what arrived last, after the outbox was drained."""
        self.post()
        letter = self.letters(name)[-1]
        content: Any = letter.get_content()
        return f"{letter['Subject']}\n{content}"

    def end(self) -> None:
        for person in self.people.values():
            person.context.close()


@contextmanager
def stage(server: str, browser: Browser, mail: MailServer, folder: Path, **options: Any) -> Iterator[Stage]:
    """Begins on the Monday of `factories.START`, ten o'clock."""
    with time_machine.travel(START, tick=True) as clock:
        made = Stage(server, browser, mail, clock, folder, **options)
        with recording(made.recorder):
            try:
                yield made
            finally:
                made.end()
