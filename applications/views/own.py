"""What the pages of an organisation share: finding it, who may, the words for it, serving a file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.access import actor_in
from applications import home, membership, uploads
from applications.models import Attachment, Membership, Organisation, OrganisationDocument
from journal.refusals import Forbidden


def home_of(organisation: Organisation) -> str:
    """What the person calls the place."""
    return str(home.word([organisation.kind]))


def own_membership(request: HttpRequest, key: UUID, *, right: str = "") -> Membership:
    """Strangers find nothing (404); members without the right are told so (403)."""
    found = Membership.objects.select_related("organisation__municipality", "user")
    member = found.filter(organisation__key=key, user__key=membership.key_of(actor_in(request))).first()
    if member is None:
        raise Http404
    if right and not getattr(member, right):
        raise Forbidden(_("Das darf bei Ihnen nur, wem Ihre Organisation das erlaubt hat."))
    return member


def admin_of(request: HttpRequest, key: UUID) -> Membership:
    """The same for who manages the members."""
    member = own_membership(request, key)
    membership.require_admin(member.organisation, actor_in(request))
    return member


def page(request: HttpRequest, member: Membership, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    shared = {"organisation": member.organisation, "member": member, "home": home_of(member.organisation)}
    return render(request, f"applications/{template}.html", shared | context, status=status)


CLOSED = "default-src 'none'; sandbox"
VIEWER = "default-src 'none'; style-src 'unsafe-inline'"
"""Chromium shows no PDF in a sandbox. Its viewer runs the file apart from our pages, so the sandbox is not missed."""


def served(found: Attachment | OrganisationDocument) -> FileResponse:
    """A kept file: never executed, never cached, shown in the page only where that is safe."""
    inline = found.content_type in uploads.INLINE
    response = FileResponse(
        found.file.open("rb"), as_attachment=not inline, filename=found.name, content_type=found.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = VIEWER if found.content_type == "application/pdf" else CLOSED
    response["Cache-Control"] = "private, no-store"
    return response
