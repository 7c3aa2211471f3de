"""Everything about one person as a ZIP of readable files (Art. 15 DSGVO): nothing of other people is in it.

People of the office are told by their role, other members of an organisation not at all.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO, Any
from uuid import UUID

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import RoleGrant, User
from applications import scanning, uploads
from applications.models import Application, Attachment, Membership, Organisation, OrganisationDocument
from journal import events
from journal.actors import APPLICANT, Actor
from journal.models import Event
from journal.refusals import Refused
from workflow.models import CalendarFeed, CaseMessage, CaseMessageFile

PER_DAY = 3
"""So many copies within a day; each reads everything there is."""
KIND = "own_data_taken"
CHUNK = 64 * 1024
IN_MEMORY = 1_000_000
"""Bytes; a bigger archive lies in a temporary file until it is sent."""
STAFF_FACTS = "Amt"


def thread_of(user: User) -> str:
    return f"person:{user.key}"


def take(user: User, *, actor: Actor, at: datetime) -> IO[bytes]:
    """The archive, open at its beginning; the journal tells that it was taken. Raises Refused for the fourth of a day."""
    taken = Event.objects.filter(thread=thread_of(user), kind=KIND, at__gt=at - timedelta(days=1)).count()
    if taken >= PER_DAY:
        raise Refused(_("Sie haben Ihre Daten heute schon dreimal geholt. Bitte versuchen Sie es morgen wieder."))
    events.record(KIND, thread=thread_of(user), subject=("accounts.user", user.key), actor=actor, at=at)
    return archive_of(user, at=at)


def archive_of(user: User, *, at: datetime) -> IO[bytes]:
    target: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the answer closes it
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _texts(user, at):
            archive.writestr(name, _json(content))
        for organisation in administered(user):
            _write_organisation(archive, organisation, user)
    target.seek(0)
    return target


def administered(user: User) -> list[Organisation]:
    """Only who manages an organisation takes its data along; others are members of it, not its voice."""
    own = Membership.objects.filter(user=user, is_admin=True)
    return list(Organisation.objects.filter(pk__in=own.values("organisation")).order_by("pk"))


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2, default=str)


def _moment(at: datetime | None) -> str:
    return localtime(at).isoformat(timespec="seconds") if at else ""


# The person


def _texts(user: User, at: datetime) -> Iterator[tuple[str, Any]]:
    yield "konto.json", _account(user, at)
    yield "mitgliedschaften.json", [_membership(row) for row in _memberships(user)]
    yield "protokoll.json", [_event(row) for row in Event.objects.filter(actor_key=user.key).order_by("at", "pk")]
    yield "nachrichten.json", [_message(row) for row in _messages(user)]


def _account(user: User, at: datetime) -> dict[str, Any]:
    feed = CalendarFeed.objects.filter(user=user).first()
    return {
        "auskunft_vom": _moment(at),
        "rechtsgrundlage": "Art. 15 DSGVO",
        "name": user.name,
        "e_mail": user.email,
        "telefon": user.phone,
        "sprache": user.language,
        "angelegt": _moment(user.date_joined),
        "zuletzt_angemeldet": _moment(user.last_login),
        "aufgaben_im_amt": [
            {"aufgabe": grant.get_role_display(), "seit": _moment(grant.granted_at), "bis": _moment(grant.ended_at)}
            for grant in RoleGrant.objects.filter(user=user).order_by("granted_at")
        ],
        "kalender_abo_seit": _moment(feed.made_at if feed else None),
    }


def _memberships(user: User) -> list[Membership]:
    return list(Membership.objects.filter(user=user).select_related("organisation").order_by("pk"))


def _membership(row: Membership) -> dict[str, Any]:
    return {
        "organisation": row.organisation.name,
        "darf_schreiben": row.may_edit,
        "darf_einreichen": row.may_file,
        "verwaltet_die_mitglieder": row.is_admin,
    }


def _event(row: Event) -> dict[str, Any]:
    """What the person did. What the office wrote about others in doing its work is not about the person."""
    told = {"wann": _moment(row.at), "was": row.kind, "rolle": row.actor_role, "akte": _file(row)}
    return told | ({"begruendung": row.reason} if row.actor_role == APPLICANT and row.reason else {})


def _file(row: Event) -> str:
    return "" if row.thread.startswith("person:") else row.thread


def _messages(user: User) -> list[CaseMessage]:
    found = CaseMessage.objects.filter(author=user.key).select_related("case").prefetch_related("files")
    return list(found.order_by("sent_at", "pk"))


def _message(row: CaseMessage) -> dict[str, Any]:
    return {
        "akte": row.case.reference,
        "wann": _moment(row.sent_at),
        "als": STAFF_FACTS if row.from_office else "Organisation",
        "text": row.text,
        "gelesen": _moment(row.read_at),
        "dateien": [file.name for file in row.files.all()],
    }


# The organisations that the person manages


def _write_organisation(archive: zipfile.ZipFile, organisation: Organisation, user: User) -> None:
    folder = f"organisationen/{organisation.key}"
    archive.writestr(f"{folder}/organisation.json", _json(_organisation(organisation)))
    for document in OrganisationDocument.objects.filter(organisation=organisation, removed_at__isnull=True):
        _write_file(archive, f"{folder}/unterlagen", document)
    for application in organisation.applications.select_related("round__programme").order_by("pk"):
        _write_application(archive, f"{folder}/antraege/{application.reference or application.key}", application)
    _write_message_files(archive, f"{folder}/nachrichten", organisation, user.key)


def _label(model: type[Application | Organisation], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.verbose_name)


def _organisation(organisation: Organisation) -> dict[str, Any]:
    names = ("name", "representative", "street", "postcode", "town", "phone", "iban", "account_holder")
    values = {_label(Organisation, name): getattr(organisation, name) for name in names}
    return {"Art": organisation.get_kind_display(), **values, "angelegt": _moment(organisation.created_at)}


def _write_application(archive: zipfile.ZipFile, folder: str, application: Application) -> None:
    archive.writestr(f"{folder}/antrag.json", _json(_application(application)))
    for revision in application.revisions.order_by("number"):
        content = {"fassung": revision.number, "vom": _moment(revision.frozen_at), "sha256": revision.sha256}
        archive.writestr(f"{folder}/fassung-{revision.number}.json", _json(content | {"inhalt": revision.content}))
    for attachment in application.attachments.filter(removed_at__isnull=True):
        _write_file(archive, f"{folder}/dateien", attachment)


def _application(application: Application) -> dict[str, Any]:
    texts = ("title", "summary", "place", "contact_name", "contact_phone", "target_group", "expected_people")
    return {
        "aktenzeichen": application.reference,
        "programm": application.round.programme.title,
        "angelegt": _moment(application.created_at),
        "zuletzt_gespeichert": _moment(application.updated_at),
        "eingereicht": _moment(application.filed_at),
        **{_label(Application, name): getattr(application, name) for name in texts},
        "beginn": application.starts_on,
        "ende": application.ends_on,
        "ziele": [str(goal) for goal in application.goals.all()],
        "ausgaben": [
            {"art": line.get_category_display(), "wofuer": line.description, "menge": line.quantity,
             "einzelpreis": line.unit_price, "betrag": line.amount}
            for line in application.costs.all()
        ],
        "einnahmen": [
            {"art": line.get_kind_display(), "woher": line.description, "stand": line.get_status_display(),
             "betrag": line.amount}
            for line in application.sources.all()
        ],
        "antworten": application.answers,
    }  # fmt: skip


def _write_message_files(archive: zipfile.ZipFile, folder: str, organisation: Organisation, author: UUID) -> None:
    """The files that the person sent with messages of this organisation."""
    own = CaseMessageFile.objects.filter(
        message__author=author, message__from_office=False, message__case__application__organisation=organisation
    )
    for file in own:
        _write_file(archive, folder, file)


def _write_file(
    archive: zipfile.ZipFile, folder: str, found: Attachment | OrganisationDocument | CaseMessageFile
) -> None:
    """A file as it was handed in, read in pieces. One that is held back is named, not handed out."""
    if scanning.is_held_back(found):
        archive.writestr(f"{folder}/{found.key}-nicht-freigegeben.txt", f"{found.name}: {found.get_scan_display()}\n")
        return
    with (
        found.file.open("rb") as source,
        archive.open(f"{folder}/{found.key}-{uploads.safe_name(found.name, found.content_type)}", "w") as target,
    ):
        while chunk := source.read(CHUNK):
            target.write(chunk)
