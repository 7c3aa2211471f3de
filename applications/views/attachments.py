"""A file, for those who may read it."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest

from accounts.access import actor_in
from accounts.roles import CASE_READERS
from applications import rules, uploads
from applications.models import Attachment
from journal.actors import Actor

CLOSED = "default-src 'none'; sandbox"
VIEWER = "default-src 'none'; style-src 'unsafe-inline'"
"""Chromium shows no PDF in a sandbox. Its viewer runs the file apart from our pages, so the sandbox is not missed."""


@login_required
def attachment(request: HttpRequest, key: UUID) -> FileResponse:
    """Members of the organisation, and who reads cases once it is filed. Strangers do not learn that it exists."""
    found = Attachment.objects.select_related("application").filter(key=key).first()
    if found is None or not _may_read(found, actor_in(request)):
        raise Http404
    inline = found.content_type in uploads.INLINE
    response = FileResponse(
        found.file.open("rb"), as_attachment=not inline, filename=found.name, content_type=found.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = VIEWER if found.content_type == "application/pdf" else CLOSED
    response["Cache-Control"] = "private, no-store"
    return response


def _may_read(found: Attachment, actor: Actor) -> bool:
    if rules.membership_in(found.application, actor) is not None:
        return True
    return found.application.filed_at is not None and actor.has_role(*CASE_READERS)
