"""The step „Unterlagen": files are taken in, listed and taken off the list."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_in
from applications import evidence, questions, rules, saving, scanning, uploads, vault
from applications.actions import requested_amount
from applications.completeness import Section
from applications.forms.documents import UploadForm
from applications.models import Application, Attachment, OrganisationDocument, Question, Scan
from applications.views.frame import page, proceed, step_url
from journal import values
from journal.refusals import Refused


@dataclass(frozen=True, kw_only=True)
class File:
    """A file in the list."""

    name: str
    size: int
    note: str
    url: str
    remove: str
    state: str = "there"


def files_of(application: Application, *, may_remove: bool) -> list[File]:
    found = list(application.attachments.filter(removed_at__isnull=True).select_related("kept"))
    labels = questions.file_labels(application) if any(attachment.question for attachment in found) else {}
    return [
        File(
            name=attachment.name,
            size=attachment.size,
            note=_note(attachment, labels),
            url="" if scanning.is_held_back(attachment) else reverse("applications:attachment", args=[attachment.key]),
            remove=str(attachment.key) if may_remove else "",
            state=STATES.get(Scan(attachment.scan), "there"),
        )
        for attachment in found
    ]


STATES = {Scan.PENDING: "running", Scan.INFECTED: "refused"}


def _note(attachment: Attachment, labels: dict[str, str]) -> str:
    kind = labels.get(attachment.question) or str(attachment.get_kind_display())
    if attachment.scan == Scan.INFECTED:
        return _("%(kind)s – darin steckte ein Schadprogramm. Wir haben die Datei gelöscht.") % {"kind": kind}
    if attachment.scan == Scan.PENDING:
        return _("%(kind)s – wird noch auf Schadprogramme geprüft. Sie können weiterarbeiten.") % {"kind": kind}
    if attachment.kept is not None and vault.is_expired(attachment.kept, today=timezone.localdate()):
        return _("%(kind)s – abgelaufen") % {"kind": kind}
    return kind


def show(request: HttpRequest, application: Application, section: Section) -> HttpResponse:
    requested = requested_amount(application)
    asked = questions.files_asked(application, requested=requested)
    if request.method != "POST":
        return _page(request, application, UploadForm(asked=asked), requested, asked)
    rules.refuse_closed(application, section)
    if "remove_file" in request.POST:
        return _remove(request, application, request.POST["remove_file"])
    if "take_document" in request.POST:
        return _take(request, application, request.POST["take_document"])
    form = UploadForm(request.POST, request.FILES, asked=asked)
    if not form.is_valid() or not _stored(request, application, form):
        return _page(request, application, form, requested, asked, status=422)
    if "upload" in request.POST:
        return HttpResponseRedirect(step_url(application, section))
    return proceed(request, application, section)


def _stored(request: HttpRequest, application: Application, form: UploadForm) -> bool:
    """Takes in the files, if there are any: what is fine is kept, what is not is named. False if one was not taken."""
    files = form.cleaned_data["file"]
    if not files and "upload" in request.POST:
        form.add_error("file", _("Bitte wählen Sie zuerst eine Datei aus."))
    for file in files:
        try:
            _store(request, application, file, *form.chosen)
        except Refused as refused:
            named = f"„{uploads.shown_name(file.name)}“: {refused.sentence}" if len(files) > 1 else refused.sentence
            form.add_error("file", named)
    return not form.errors


def _store(request: HttpRequest, application: Application, file: Any, kind: str, question: str) -> None:
    """The scanner is asked before the application is locked: others go on writing meanwhile."""
    now = timezone.now()
    taken = uploads.take(file, at=now)
    with transaction.atomic():
        uploads.keep(
            saving.hold_open(application), taken, kind=kind, question=question, actor=actor_in(request), at=now
        )


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def _take(request: HttpRequest, application: Application, key: str) -> HttpResponse:
    """A document of the vault comes onto the list, with one click."""
    document = vault.current(application.organisation).filter(key=_key(key)).first()
    if document is None:
        raise Http404
    vault.take(document, application, actor=actor_in(request), at=timezone.now())
    return HttpResponseRedirect(step_url(application, Section.DOCUMENTS))


def _kept(application: Application) -> list[tuple[OrganisationDocument, str, bool]]:
    """What can be taken, until when it is valid, and whether that is over."""
    today = timezone.localdate()
    return [
        (document, vault.validity(document), vault.is_expired(document, today=today))
        for document in vault.offered_for(application)
    ]


def _remove(request: HttpRequest, application: Application, key: str) -> HttpResponse:
    attachment = application.attachments.filter(key=_key(key)).first()
    if attachment is None:
        raise Http404
    saving.remove(attachment, at=timezone.now())
    return HttpResponseRedirect(step_url(application, Section.DOCUMENTS))


def _page(
    request: HttpRequest, application: Application, form: UploadForm, requested: Decimal, asked: list[Question], *,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    today = timezone.localdate()
    form.fields["file"].help_text = _(
        "PDF, Bild oder Dokument. Jede Datei höchstens %(megabytes)s MB, zusammen höchstens %(files)s Dateien."
    ) % {
        "megabytes": values.number("upload.max_megabytes", on=today),
        "files": values.number("upload.max_files", on=today),
    }
    return page(
        request,
        application,
        Section.DOCUMENTS,
        "documents",
        status,
        form=form,
        files=files_of(application, may_remove=True),
        kept=_kept(application),
        requested=requested,
        needed=evidence.required(application, requested=requested),
        asked=asked,
    )
