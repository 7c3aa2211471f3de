"""The feed of somebody's own deadlines for a calendar program (RFC 5545). Only the hash of its secret is kept."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Calendar, Event, Timezone

from accounts.actors import actor_of
from accounts.models import User
from accounts.roles import Role
from applications import lateness, queries
from applications.models import Application
from funding.law.periods import Channel, retrieval_ends_on
from funding.programmes import last_day
from journal import events, formats
from journal.actors import Actor
from workflow import dossier
from workflow.models import Award, AwardState, CalendarFeed, Case, CaseState
from workflow.queries import award_of, in_lists
from workflow.timeline import is_disclosed

BERLIN = ZoneInfo("Europe/Berlin")
MOST = 500
"""More dates than this nobody has; the nearest are kept."""


# The secret address


def make(user: User, *, actor: Actor, at: datetime) -> str:
    """A new secret, shown once. The address that there was before is dead."""
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        CalendarFeed.objects.update_or_create(user=user, defaults={"secret_sha256": _hash(secret), "made_at": at})
        _tell("calendar_made", user, actor=actor, at=at)
    return secret


def end(user: User, *, actor: Actor, at: datetime) -> bool:
    """Switches the feed off; False if there was none."""
    with transaction.atomic():
        ended, _rows = CalendarFeed.objects.filter(user=user).delete()
        if ended:
            _tell("calendar_ended", user, actor=actor, at=at)
    return bool(ended)


def _tell(kind: str, user: User, *, actor: Actor, at: datetime) -> None:
    events.record(kind, thread=f"person:{user.key}", subject=("accounts.user", user.key), actor=actor, at=at)


def owner_of(secret: str) -> User | None:
    """Whose feed it is; None for a dead or unknown address, and for a closed account."""
    found = CalendarFeed.objects.select_related("user").filter(secret_sha256=_hash(secret)).first()
    return found.user if found and found.user.is_active else None


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


# What stands in it


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A day (`on`) or a moment (`at`) on which something ends. `uid` stays the same for as long as it does."""

    uid: str
    title: str
    text: str
    url: str
    on: date | None = None
    at: datetime | None = None

    @property
    def order(self) -> date:
        if self.on is not None:
            return self.on
        assert self.at is not None
        return formats.local(self.at)


def entries_of(user: User, *, at: datetime) -> list[Entry]:
    """Own deadlines and, for caseworkers, the due days of the cases that they have: at most five queries."""
    actor = actor_of(user)
    found = [*_of_member(actor, at), *(_of_office(actor) if actor.has_role(Role.CASEWORKER) else ())]
    return sorted(found, key=lambda entry: (entry.order, entry.uid))[:MOST]


def _of_member(actor: Actor, at: datetime) -> Iterator[Entry]:
    own = {application.pk: application for application in queries.of_member(actor).select_related("late_link")}
    for application in own.values():
        if application.filed_at is None and lateness.end_of(application) > at:
            yield _closing(application)
    for case in Case.objects.filter(application__in=own).select_related("programme", "award").order_by("pk"):
        case.application = own[case.application_id]
        yield from _of_case(case)
        award = award_of(case)
        if award is not None:
            yield from _of_award(case, award)


def _closing(application: Application) -> Entry:
    """The end of the round: the whole last day where it ends at midnight, else the very moment."""
    closes_at = lateness.end_of(application).astimezone(BERLIN)
    is_midnight = (closes_at.hour, closes_at.minute, closes_at.second) == (0, 0, 0)
    return Entry(
        uid=f"round-{application.key}",
        title=_("Antrag einreichen: %(title)s") % {"title": application},
        text=_("An diesem Tag endet die Antragsrunde. Der Entwurf ist noch nicht eingereicht."),
        url=reverse("workflow:file", args=[application.key]),
        on=last_day(closes_at) if is_midnight else None,
        at=None if is_midnight else closes_at,
    )


def _of_case(case: Case) -> Iterator[Entry]:
    words = {
        CaseState.INFO_REQUESTED: ("answer", _("Rückfrage beantworten: %(title)s")),
        CaseState.REVISION_OFFERED: ("offer", _("Auf das Angebot antworten: %(title)s")),
    }
    kind, title = words.get(CaseState(case.state), ("", ""))
    if kind and case.answer_due_on is not None:
        yield _own(case, f"{kind}-{case.application.key}-{case.answer_due_on:%Y%m%d}", title, case.answer_due_on)


def _of_award(case: Case, award: Award) -> Iterator[Entry]:
    if award.state == AwardState.ISSUED and award.channel == Channel.PORTAL and award.issued_on is not None:
        last = retrieval_ends_on(award.issued_on)
        yield _own(case, f"notice-{case.application.key}", _("Bescheid abholen: %(title)s"), last)
    if award.state in {AwardState.ACTIVE, AwardState.REPORT_DUE} and is_disclosed(case):
        yield _own(case, f"report-{case.application.key}", _("Nachweis abgeben: %(title)s"), award.report_due_on)


def _own(case: Case, uid: str, title: str, on: date) -> Entry:
    return Entry(
        uid=uid,
        title=title % {"title": case.application},
        text=_("Letzter Tag. Was zu tun ist, steht auf der Seite des Projekts."),
        url=reverse("workflow:my_case", args=[case.application.key]),
        on=on,
    )


def _of_office(actor: Actor) -> Iterator[Entry]:
    for case in in_lists().filter(assigned_to=actor.key).order_by("pk"):
        due = dossier.deadline_of(case)
        if due is not None:
            yield Entry(
                uid=f"case-{case.reference}",
                title=_("Frist %(reference)s: %(title)s") % {"reference": case.reference, "title": case.application},
                text=_("Der nächste Tag, an dem in diesem Vorgang etwas abläuft."),
                url=reverse("workflow:case", args=[case.reference]),
                on=due,
            )


# As a file


def feed_of(user: User, *, at: datetime) -> bytes:
    """The whole calendar in the language of the person."""
    with override(user.language):
        found = entries_of(user, at=at)
        calendar = Calendar()
        calendar.add("prodid", "-//Fördertopf//Fristen//DE")
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        calendar.add("x-wr-calname", _("Fördertopf: meine Fristen"))
        calendar.add("x-wr-timezone", "Europe/Berlin")
        calendar.add("x-published-ttl", "PT6H")
        if any(entry.at for entry in found):
            calendar.add_component(Timezone.from_tzinfo(BERLIN))
        for entry in found:
            calendar.add_component(_event(entry, at))
    return bytes(calendar.to_ical())


def _event(entry: Entry, at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{entry.uid}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("dtstamp", at.astimezone(ZoneInfo("UTC")))
    event.add("summary", " ".join(entry.title.split()))
    event.add("description", f"{entry.text}\n{settings.SITE_URL}{entry.url}")
    event.add("url", f"{settings.SITE_URL}{entry.url}")
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    if entry.on is not None:
        event.add("dtstart", entry.on)
        event.add("dtend", entry.on + timedelta(days=1))
    else:
        event.add("dtstart", entry.at)
    return event
