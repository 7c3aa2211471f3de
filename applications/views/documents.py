"""The step „Unterlagen": files are taken in, listed and taken off the list."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_in
from applications import rules, saving, uploads
from applications.completeness import Section
from applications.forms.documents import UploadForm
from applications.models import Application, Attachment, Organisation
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
    found = application.attachments.filter(removed_at__isnull=True)
    return [
        File(
            name=attachment.name,
            size=attachment.size,
            note=str(attachment.get_kind_display()),
            url=reverse("applications:attachment", args=[attachment.key]),
            remove=str(attachment.key) if may_remove else "",
        )
        for attachment in found
    ]


def show(request: HttpRequest, application: Application, section: Section) -> HttpResponse:
    if request.method != "POST":
        return _page(request, application, UploadForm())
    rules.refuse_closed(application, section)
    if "remove_file" in request.POST:
        return _remove(request, application, request.POST["remove_file"])
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid() or not _stored(request, application, form):
        return _page(request, application, form, status=422)
    if "upload" in request.POST:
        return HttpResponseRedirect(step_url(application, section))
    return proceed(request, application, section)


def _stored(request: HttpRequest, application: Application, form: UploadForm) -> bool:
    """Takes in the file if there is one. False if something stands against it; the form then says what."""
    upload = form.cleaned_data["file"]
    if upload is None and "upload" in request.POST:
        form.add_error("file", _("Bitte wählen Sie zuerst eine Datei aus."))
    if upload is None:
        return not form.errors
    try:
        with transaction.atomic():
            held = saving.hold_open(application)
            kind = form.cleaned_data["kind"] or Attachment.Kind.OTHER
            uploads.store(held, upload, kind=kind, actor=actor_in(request), at=timezone.now())
    except Refused as refused:
        form.add_error("file", refused.sentence)
        return False
    return True


def _remove(request: HttpRequest, application: Application, key: str) -> HttpResponse:
    try:
        wanted = UUID(key)
    except ValueError as error:
        raise Http404 from error
    attachment = application.attachments.filter(key=wanted).first()
    if attachment is None:
        raise Http404
    saving.remove(attachment, at=timezone.now())
    return HttpResponseRedirect(step_url(application, Section.DOCUMENTS))


def _page(request: HttpRequest, application: Application, form: UploadForm, *, status: int = 200) -> HttpResponse:
    limit = values.number("upload.max_megabytes", on=timezone.localdate())
    form.fields["file"].help_text = _("PDF, Bild oder Dokument, höchstens %(limit)s MB.") % {"limit": limit}
    needs_statutes = application.organisation.kind == Organisation.Kind.ASSOCIATION
    return page(
        request,
        application,
        Section.DOCUMENTS,
        "documents",
        status,
        form=form,
        files=files_of(application, may_remove=True),
        needs_statutes=needs_statutes,
    )
