"""What the office and the association write to each other about a case. A message is sent once and never changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.roles import CASE_READERS, Role
from applications import scanning
from applications.models import Scan
from applications.uploads import Taken
from applications.views.documents import STATES, File
from journal import events, outbox
from journal.actors import APPLICANT, Actor
from journal.models import Event
from journal.refusals import Forbidden, Refused
from workflow import rules
from workflow.absences import on_desk_of
from workflow.models import Case, CaseMessage, CaseMessageFile

MOST_FILES = 5
PER_DAY = 50
"""Messages that one side may send about a case within a day: nobody writes more by hand."""
SHOWN = 5
"""So many messages stand on the page of the case; all of them on a page of their own."""
WRITERS = tuple(sorted(CASE_READERS - {Role.AUDITOR}))
"""Who of the office writes to associations. The audit reads only."""


# Who


def may_write(case: Case, actor: Actor, *, from_office: bool) -> bool:
    if from_office:
        return actor.has_role(*WRITERS)
    return bool(rules.has_membership(case.application.organisation_id, actor.key, may_edit=True))


def may_read(case: Case, actor: Actor) -> bool:
    return bool(rules.member_of_organisation(case, actor)) or rules.may_read_case(actor)


def refuse_reader(case: Case, actor: Actor, *, from_office: bool) -> None:
    if actor.key is None or not may_write(case, actor, from_office=from_office):
        raise Forbidden(_("Nachrichten schreiben darf nur, wer Anträge bearbeiten darf."))


def _role(actor: Actor, *, from_office: bool) -> str:
    return next(role for role in WRITERS if actor.has_role(role)) if from_office else APPLICANT


# Sending


def send(
    case: Case, text: str, files: Sequence[Taken] = (), *, from_office: bool, actor: Actor, at: datetime
) -> CaseMessage:
    """Keeps the message with its files, tells the journal and, unless they know already, the other side.

    Raises Forbidden for who may only read, Refused for more than `PER_DAY` messages.
    """
    refuse_reader(case, actor, from_office=from_office)
    assert actor.key is not None
    with transaction.atomic():
        Case.objects.select_for_update().only("pk").get(pk=case.pk)
        _refuse_flood(case, from_office=from_office, at=at)
        # A printed letter holds the message itself: every one is written.
        is_told = _is_told(case, from_office=from_office, at=at) and not (from_office and case.is_paper)
        message = CaseMessage.objects.create(
            case=case, from_office=from_office, author=actor.key, author_name=actor.name[:160], text=text, sent_at=at
        )
        for taken in files:
            CaseMessageFile.objects.create(message=message, **vars(taken))
        event = _record(message, files=len(files), actor=actor, at=at)
        if not is_told:
            _tell(case, event, from_office=from_office, at=at)
    return message


def _refuse_flood(case: Case, *, from_office: bool, at: datetime) -> None:
    sent = case.messages.filter(from_office=from_office, sent_at__gt=at - timedelta(days=1)).count()
    if sent >= PER_DAY:
        raise Refused(_("Heute sind schon sehr viele Nachrichten verschickt. Bitte rufen Sie an."), field="text")


def _is_told(case: Case, *, from_office: bool, at: datetime) -> bool:
    """Whether a letter of today already calls them to messages that they have not opened yet."""
    waiting = unread(for_office=not from_office).filter(case=case).values_list("sent_at", flat=True)
    return any(localdate(sent_at) == localdate(at) for sent_at in waiting)


def _record(message: CaseMessage, *, files: int, actor: Actor, at: datetime) -> Event:
    return events.record(
        "message_sent" if message.from_office else "message_received",
        thread=message.case.reference,
        subject=("workflow.casemessage", message.pk),
        actor=actor.acting_as(_role(actor, from_office=message.from_office)),
        at=at,
        facts={"files": files},
    )


def _tell(case: Case, event: Event, *, from_office: bool, at: datetime) -> None:
    """The letter says that there is something to read, not what."""
    if from_office:
        outbox.queue("message_sent", obj=case, event=event, at=at)
    else:
        outbox.queue("message_received", obj=case, event=event, at=at)


# Reading


@dataclass(frozen=True, kw_only=True)
class Line:
    """One message as one side reads it."""

    message: CaseMessage
    is_own: bool
    is_new: bool
    files: list[File]


@dataclass(frozen=True, kw_only=True)
class Thread:
    """The messages of a case, the newest last; `hidden` older ones stand on the page of their own."""

    lines: list[Line]
    hidden: int
    new: str


def unread(*, for_office: bool) -> QuerySet[CaseMessage]:
    return CaseMessage.objects.filter(from_office=not for_office, read_at__isnull=True)


def counts(cases: Iterable[Case], *, for_office: bool) -> dict[int, str]:
    """„2 neue Nachrichten" by case, for those that have some: one query, however many cases there are."""
    found = unread(for_office=for_office).filter(case__in=[case.pk for case in cases]).order_by()
    return {pk: new_words(number) for pk, number in found.values_list("case").annotate(number=Count("pk"))}


def new_words(number: int) -> str:
    if not number:
        return ""
    return ngettext("%(count)s neue Nachricht", "%(count)s neue Nachrichten", number) % {"count": number}


def thread_of(case: Case, *, for_office: bool, limit: int | None = None) -> Thread:
    """Two queries; with `limit` the last messages, but always all that are new."""
    found = case.messages.prefetch_related("files") if getattr(case, "has_messages", True) else ()
    lines = [_line(message, for_office=for_office) for message in found]
    news = sum(line.is_new for line in lines)
    first_new = next((place for place, line in enumerate(lines) if line.is_new), len(lines))
    begin = 0 if limit is None else min(max(len(lines) - limit, 0), first_new)
    return Thread(lines=lines[begin:], hidden=begin, new=new_words(news))


def _line(message: CaseMessage, *, for_office: bool) -> Line:
    is_own = message.from_office == for_office
    return Line(
        message=message,
        is_own=is_own,
        is_new=not is_own and message.read_at is None,
        files=[_file(found) for found in message.files.all()],
    )


def _file(found: CaseMessageFile) -> File:
    return File(
        name=found.name,
        size=found.size,
        note=_NOTES[Scan(found.scan)]() if Scan(found.scan) in _NOTES else "",
        url="" if scanning.is_held_back(found) else reverse("workflow:message_file", args=[found.key]),
        remove="",
        state=STATES.get(Scan(found.scan), "there"),
    )


_NOTES = {
    Scan.PENDING: lambda: _("wird noch auf Schadprogramme geprüft"),
    Scan.INFECTED: lambda: _("darin steckte ein Schadprogramm. Wir haben die Datei gelöscht"),
}


def mark_read(thread: Thread, case: Case, actor: Actor, *, for_office: bool, at: datetime) -> int:
    """What is on the page counts as read once somebody sees it who may answer. Returns how many messages that were."""
    news = [line.message.pk for line in thread.lines if line.is_new]
    if not news or not may_write(case, actor, from_office=for_office):
        return 0
    return unread(for_office=for_office).filter(pk__in=news).update(read_at=at)


def cases_with_news(actor: Actor, *, today: date, limit: int) -> list[dict[str, Any]]:
    """For the desk: cases of this person or of whom they stand in for, or of nobody yet, in which somebody wrote."""
    if not actor.has_role(*WRITERS):
        return []
    mine = on_desk_of(actor, today=today, field="case__assigned_to")
    names = ("case__reference", "case__application__title", "case__application__organisation__name")
    found = unread(for_office=True).filter(mine).order_by("case__reference").values(*names)
    rows = found.annotate(number=Count("pk")).values_list(*names, "number")[:limit]
    return [
        {"reference": reference, "title": title, "organisation": organisation, "new": new_words(number)}
        for reference, title, organisation, number in rows
    ]
