"""A file, for those who may read it."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest
from django.utils.translation import gettext as _

from accounts.access import actor_in
from accounts.roles import CASE_READERS, Role
from applications import rules, scanning
from applications.models import Attachment
from applications.views.own import served
from journal.actors import Actor
from journal.refusals import Refused


@login_required
def attachment(request: HttpRequest, key: UUID) -> FileResponse:
    """Members of the organisation, and who reads cases once it is filed. Strangers do not learn that it exists."""
    found = Attachment.objects.select_related("application").filter(key=key).first()
    if found is None or not _may_read(found, actor_in(request)):
        raise Http404
    if scanning.is_held_back(found):
        raise Refused(
            _("Diese Datei wird noch auf Schadprogramme geprüft. Bitte versuchen Sie es in einer Minute wieder.")
        )
    return served(found)


def _may_read(found: Attachment, actor: Actor) -> bool:
    if rules.membership_in(found.application, actor) is not None:
        return True
    if found.application.is_paper and actor.has_role(Role.CASEWORKER):
        return True
    return found.application.filed_at is not None and actor.has_role(*CASE_READERS)
