"""Accepting an invitation: the page behind the secret link of the letter."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.access import actor_in
from accounts.actors import names_of
from accounts.models import User
from applications import invitations
from applications.models import Invitation
from journal.refusals import Refused


@never_cache
@login_required
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Whoever has the link but not the address is told so (403); an invitation that is over says what to do (410)."""
    found = invitations.found_by(secret)
    if found is None:
        raise Http404
    assert isinstance(request.user, User)
    invitations.refuse_reader(found, request.user, actor_in(request))
    if invitations.is_over(found, at=timezone.now()):
        return _over(request, found)
    if request.method != "POST":
        return _page(request, found)
    try:
        invitations.accept(found, request.user, actor=actor_in(request), at=timezone.now())
    except Refused:
        return _over(request, invitations.found_by(secret) or found)
    messages.success(request, _("Sie handeln jetzt für „%(name)s“.") % {"name": found.organisation})
    return HttpResponseRedirect(reverse("applications:organisation"))


def _page(request: HttpRequest, found: Invitation) -> HttpResponse:
    context = {
        "invitation": found,
        "organisation": found.organisation,
        "who": names_of({found.invited_by}).get(found.invited_by, ""),
        "rights": invitations.rights_of(found),
    }
    return render(request, "applications/invitation.html", context)


def _over(request: HttpRequest, found: Invitation) -> HttpResponse:
    if found.accepted_at:
        sentence = _("Sie haben diese Einladung schon angenommen.")
    elif found.revoked_at:
        sentence = _("Diese Einladung wurde zurückgezogen.")
    else:
        sentence = _("Diese Einladung ist abgelaufen. Bitten Sie die Organisation um eine neue.")
    context = {"organisation": found.organisation, "sentence": sentence, "is_used": bool(found.accepted_at)}
    return render(request, "applications/invitation_over.html", context, status=410)
