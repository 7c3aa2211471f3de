"""„Unsere Unterlagen": what is kept, how long it is valid, and the files themselves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import actor_in, applicant_required
from applications import scanning, vault
from applications.forms.vault import DocumentForm, NewerDocumentForm
from applications.models import Membership, OrganisationDocument, Scan
from applications.views.own import own_membership, page, served
from journal import values
from journal.refusals import Refused


@applicant_required
def documents(request: HttpRequest, key: UUID) -> HttpResponse:
    own = own_membership(request, key)
    if request.method != "POST":
        return _list(request, own, DocumentForm())
    own = own_membership(request, key, right="may_edit")
    form = DocumentForm(request.POST, request.FILES)
    if not form.is_valid() or not _kept(request, own, form):
        return _list(request, own, form, status=422)
    messages.success(request, _("Die Unterlage ist aufbewahrt. In jedem Antrag übernehmen Sie sie mit einem Klick."))
    return _back(own)


def _back(own: Membership) -> HttpResponse:
    return HttpResponseRedirect(reverse("applications:vault", args=[own.organisation.key]))


def _kept(request: HttpRequest, own: Membership, form: DocumentForm) -> bool:
    data = form.cleaned_data
    try:
        vault.keep(
            own.organisation,
            data["file"],
            kind=data["kind"],
            valid_until=data["valid_until"],
            actor=actor_in(request),
            at=timezone.now(),
        )
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        return False
    return True


def _list(request: HttpRequest, own: Membership, form: DocumentForm, *, status: int = 200) -> HttpResponse:
    _say_limit(form)
    today = timezone.localdate()
    soon = today + timedelta(days=values.number("vault.reminder_days", on=today))
    rows = [_row(document, today, soon) for document in vault.current(own.organisation)]
    return page(request, own, "vault", status=status, form=form, rows=rows)


def _say_limit(form: Any) -> None:
    limit = values.number("upload.max_megabytes", on=timezone.localdate())
    told = _("PDF, Bild oder Dokument, höchstens %(limit)s MB.") % {"limit": limit}
    form.fields["file"].help_text = f"{form.fields['file'].help_text} {told}".strip()


def _row(document: OrganisationDocument, today: date, soon: date) -> dict[str, Any]:
    return {
        "document": document,
        "url": "" if scanning.is_held_back(document) else reverse("applications:kept_file", args=[document.key]),
        "validity": vault.validity(document),
        "badge": _badge(document, today, soon),
        "is_account": document.kind == OrganisationDocument.Kind.ACCOUNT,
    }


def _badge(document: OrganisationDocument, today: date, soon: date) -> tuple[str, str] | None:
    """Words and tone of what deviates."""
    if document.scan == Scan.INFECTED:
        return _("Schadprogramm gefunden, gelöscht"), "d"
    if document.scan == Scan.PENDING:
        return _("Wird geprüft"), "n"
    if vault.is_expired(document, today=today):
        return _("Abgelaufen"), "d"
    if document.valid_until and document.valid_until <= soon:
        return _("Läuft bald ab"), "w"
    return None


def _own_document(own: Membership, document: UUID) -> OrganisationDocument:
    found = vault.current(own.organisation).select_related("organisation").filter(key=document).first()
    if found is None:
        raise Http404
    return found


@applicant_required
def document(request: HttpRequest, key: UUID, document: UUID) -> HttpResponse:
    own = own_membership(request, key, right="may_edit")
    found = _own_document(own, document)
    form = NewerDocumentForm(initial={"valid_until": found.valid_until})
    if request.method == "POST":
        form = NewerDocumentForm(request.POST, request.FILES)
        if form.is_valid() and _changed(request, found, form):
            messages.success(request, _("Die Unterlage ist geändert."))
            return _back(own)
    _say_limit(form)
    context = {"document": found, "form": form, "is_used": vault.is_used(found)}
    return page(request, own, "vault_document", status=422 if form.errors else 200, **context)


def _changed(request: HttpRequest, found: OrganisationDocument, form: NewerDocumentForm) -> bool:
    upload, until = form.cleaned_data["file"], form.cleaned_data["valid_until"]
    actor, now = actor_in(request), timezone.now()
    try:
        if upload is None:
            vault.change_validity(found, until, actor=actor, at=now)
        else:
            vault.replace(found, upload, valid_until=until, actor=actor, at=now)
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        return False
    return True


@applicant_required
@require_POST
def remove(request: HttpRequest, key: UUID, document: UUID) -> HttpResponse:
    own = own_membership(request, key, right="may_edit")
    vault.remove(_own_document(own, document), actor=actor_in(request), at=timezone.now())
    messages.success(request, _("Die Unterlage ist entfernt. Anträge, die sie enthalten, behalten sie."))
    return _back(own)


@login_required
def kept_file(request: HttpRequest, key: UUID) -> FileResponse:
    """Members, and those of the office whom it concerns. Strangers do not learn that it exists."""
    found = OrganisationDocument.objects.select_related("organisation").filter(key=key).first()
    if found is None or not vault.may_read(found, actor_in(request)):
        raise Http404
    if scanning.is_held_back(found):
        raise Refused(_("Diese Datei wird noch auf Schadprogramme geprüft. Bitte versuchen Sie es später wieder."))
    return served(found)
