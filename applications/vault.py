"""„Unsere Unterlagen": what an organisation keeps with us once and uses in every application.

An attachment that comes from here shares the stored file: bytes are given up only where nothing uses them any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.roles import CASE_READERS, Role
from applications import letters, membership, saving, scanning, uploads
from applications.chronicle import tell, thread_of
from applications.models import AccountChange, Application, Attachment, Organisation, OrganisationDocument, Scan
from journal import formats, reminders, values
from journal.actors import Actor
from journal.models import Reminder
from journal.outbox import Letter
from journal.refusals import Forbidden, Refused

REMINDER = "document_lapses"
Kind = OrganisationDocument.Kind
AS_ATTACHMENT = {
    Kind.STATUTES: Attachment.Kind.STATUTES,
    Kind.EXEMPTION: Attachment.Kind.EXEMPTION,
    Kind.POWER: Attachment.Kind.BOARD,
    Kind.REGISTER: Attachment.Kind.OTHER,
    Kind.OTHER: Attachment.Kind.OTHER,
}
"""As what it goes into an application. The proof of an account goes into none."""
ACCOUNT_READERS = frozenset({Role.CASEWORKER, Role.VERIFIER, Role.TREASURY, Role.AUDITOR})
"""Who reads the proof of an account: those who compare it with the IBAN, and the audit."""


def current(organisation: Organisation) -> QuerySet[OrganisationDocument]:
    return organisation.documents.filter(removed_at__isnull=True)


def is_expired(document: OrganisationDocument, *, today: date) -> bool:
    """Valid to the end of its last day."""
    return document.valid_until is not None and document.valid_until < today


def validity(document: OrganisationDocument) -> str:
    """As "gültig bis 31.12.2026"."""
    if document.valid_until is None:
        return _("ohne Ablauf")
    return _("gültig bis %(day)s") % {"day": formats.plain_day(document.valid_until)}


def may_read(document: OrganisationDocument, actor: Actor) -> bool:
    """Members; of the office who reads cases, as soon as the organisation has one."""
    if membership.own(document.organisation, actor) is not None:
        return True
    if document.kind == Kind.ACCOUNT:
        return actor.has_role(*ACCOUNT_READERS)
    filed = Application.objects.filter(organisation_id=document.organisation_id, filed_at__isnull=False)
    return actor.has_role(*CASE_READERS) and filed.exists()


def _require_editor(organisation: Organisation, actor: Actor) -> None:
    member = membership.own(organisation, actor)
    if member is None or not member.may_edit:
        raise Forbidden(_("Schreiben darf nur, wem Ihre Organisation das erlaubt hat."))


def keep(
    organisation: Organisation,
    upload: UploadedFile[Any],
    *,
    kind: str,
    valid_until: date | None,
    actor: Actor,
    at: datetime,
) -> OrganisationDocument:
    """Takes in a file. Raises Refused with the sentence for the field. The scanner is asked before anything is locked."""
    taken = uploads.take(upload, at=at)
    with transaction.atomic():
        held = membership.hold(organisation)
        _require_editor(held, actor)
        found = put(held, taken, kind=kind, valid_until=valid_until, actor=actor, at=at)
        tell("document_kept", held, actor=actor, at=at, facts={"document": found.name})
        return found


def _refuse_too_many(organisation: Organisation, at: datetime) -> None:
    limit = values.number("vault.max_files", on=localdate(at))
    if current(organisation).count() >= limit:
        raise Refused(
            _("Mehr als %(limit)s Unterlagen bewahren wir nicht auf. Bitte entfernen Sie zuerst eine alte.")
            % {"limit": limit},
            field="file",
        )


def put(
    organisation: Organisation,
    taken: uploads.Taken,
    *,
    kind: str,
    valid_until: date | None = None,
    actor: Actor,
    at: datetime,
) -> OrganisationDocument:
    """Puts a file that was looked at on the list; the caller holds the organisation. Raises Refused if it is full."""
    _refuse_too_many(organisation, at)
    found = OrganisationDocument.objects.create(
        organisation=organisation,
        kind=kind,
        valid_until=valid_until,
        uploaded_at=at,
        uploaded_by=actor.key,
        **vars(taken),
    )
    _set_reminders(found, at=at)
    return found


def replace(
    document: OrganisationDocument, upload: UploadedFile[Any], *, valid_until: date | None, actor: Actor, at: datetime
) -> OrganisationDocument:
    """A newer file of the same kind takes the place of this one. Applications that took the old one keep it."""
    taken = uploads.take(upload, at=at)
    with transaction.atomic():
        held = membership.hold(document.organisation)
        _require_editor(held, actor)
        _put_away(document, at=at)
        found = put(held, taken, kind=document.kind, valid_until=valid_until, actor=actor, at=at)
        tell("document_replaced", held, actor=actor, at=at, facts={"document": found.name})
        return found


def change_validity(document: OrganisationDocument, valid_until: date | None, *, actor: Actor, at: datetime) -> None:
    with transaction.atomic():
        held = membership.hold(document.organisation)
        _require_editor(held, actor)
        fresh = _still_there(document)
        if fresh.valid_until == valid_until:
            return
        fresh.valid_until = valid_until
        fresh.save(update_fields=["valid_until"])
        reminders.end_for(_subject(fresh), at=at)
        _set_reminders(fresh, at=at)
        tell("document_changed", held, actor=actor, at=at, facts={"document": fresh.name})


def remove(document: OrganisationDocument, *, actor: Actor, at: datetime) -> None:
    """Takes it off the list. Its file goes too, unless an application or a change of account uses it."""
    with transaction.atomic():
        held = membership.hold(document.organisation)
        _require_editor(held, actor)
        if AccountChange.objects.filter(proof=document, state=AccountChange.State.PENDING).exists():
            raise Refused(_("Damit prüfen wir gerade Ihre neue Bankverbindung. Solange bleibt die Unterlage hier."))
        _put_away(document, at=at)
        tell("document_removed", held, actor=actor, at=at, facts={"document": document.name})


def _still_there(document: OrganisationDocument) -> OrganisationDocument:
    found = OrganisationDocument.objects.filter(pk=document.pk, removed_at__isnull=True).first()
    if found is None:
        raise Refused(_("Diese Unterlage ist nicht mehr da."))
    return found


def _put_away(document: OrganisationDocument, *, at: datetime) -> None:
    fresh = _still_there(document)
    reminders.end_for(_subject(fresh), at=at)
    if is_used(fresh):
        OrganisationDocument.objects.filter(pk=fresh.pk).update(removed_at=at)
        return
    storage, name = fresh.file.storage, str(fresh.file.name)
    fresh.delete()
    transaction.on_commit(lambda: storage.delete(name))


def is_used(document: OrganisationDocument) -> bool:
    """Whether an application has taken it or an account was proved with it: then its file stays."""
    if Attachment.objects.filter(kept=document).exists():
        return True
    return AccountChange.objects.filter(proof=document).exists()


# In an application


def offered_for(application: Application) -> list[OrganisationDocument]:
    """What can be taken over with one click: not yet on the list of this application, and looked at by the scanner."""
    there = application.attachments.filter(removed_at__isnull=True, kept__isnull=False).values("kept")
    own = current(application.organisation).filter(kind__in=AS_ATTACHMENT)
    return list(own.exclude(pk__in=there).exclude(scan__in=[Scan.PENDING, Scan.INFECTED]))


def take(document: OrganisationDocument, application: Application, *, actor: Actor, at: datetime) -> Attachment:
    """Puts it on the list of an application; taking it twice is taking it once. The bytes are not copied.

    Raises Refused for what is not offered, Forbidden if the application is closed for writing.
    """
    with transaction.atomic():
        held = saving.hold_open(application)
        membership.hold(application.organisation)
        fresh = _still_there(document)
        existing = held.attachments.filter(kept=fresh, removed_at__isnull=True).first()
        if existing is not None:
            return existing
        if fresh.organisation_id != held.organisation_id or fresh.kind not in AS_ATTACHMENT:
            raise Refused(_("Diese Unterlage gehört nicht in einen Antrag."))
        if scanning.is_held_back(fresh):
            raise Refused(_("Diese Datei wird noch auf Schadprogramme geprüft."))
        uploads.refuse_too_many(held, more=1, at=at)
        return _attach(fresh, held, actor=actor, at=at)


def _attach(document: OrganisationDocument, application: Application, *, actor: Actor, at: datetime) -> Attachment:
    return Attachment.objects.create(
        application=application,
        kind=AS_ATTACHMENT[Kind(document.kind)],
        kept=document,
        uploaded_at=at,
        uploaded_by=actor.key,
        **{name: getattr(document, name) for name in ("name", "content_type", "size", "sha256", "scan")},
        file=document.file.name,
    )


# Before it lapses


def _subject(document: OrganisationDocument) -> reminders.Subject:
    return reminders.Subject(
        thread=thread_of(document.organisation), label="applications.organisationdocument", key=str(document.pk)
    )


def _set_reminders(document: OrganisationDocument, *, at: datetime) -> None:
    """Once some weeks before, once on the last day; nothing for what has lapsed already."""
    today = localdate(at)
    if document.valid_until is None or is_expired(document, today=today):
        return
    reminders.set_for(
        REMINDER,
        subject=_subject(document),
        occasion=f"{at:%Y%m%d%H%M%S}",
        deadline_on=document.valid_until,
        days_before=(values.number("vault.reminder_days", on=today), 0),
        at=at,
    )


@reminders.reminds(REMINDER)
def _remind(reminder: Reminder) -> Iterator[Letter]:
    assert reminder.done_at is not None
    document = OrganisationDocument.objects.select_related("organisation").get(pk=reminder.subject_key)
    organisation = document.organisation
    facts = {
        "document": str(document.get_kind_display()),
        "days_left": (reminder.deadline_on - localdate(reminder.done_at)).days,
        "deadline_on": reminder.deadline_on,
    }
    path = reverse("applications:vault", args=[organisation.key])
    for person in letters.people_of(organisation):
        yield letters.compose(
            f"emails/{REMINDER}.txt", organisation, person, path=path, at=reminder.done_at, facts=facts
        )
