"""Personal late links: who may still apply after the end of a round, until when and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import actor_in, roles_required
from accounts.actors import names_of
from accounts.roles import Role
from applications import lateness
from applications.models import LateLink
from journal.actors import Actor
from journal.refusals import Refused
from workflow.forms.late_links import LateLinkForm

PAGE = 30
GIVERS = (Role.CASEWORKER, Role.COORDINATOR)
ALL = "workflow:late_links"


def _acting(request: HttpRequest) -> Actor:
    actor = actor_in(request)
    return actor.acting_as(next(role for role in GIVERS if actor.has_role(role)))


@roles_required(*GIVERS, Role.AUDITOR)
def late_links(request: HttpRequest) -> HttpResponse:
    """The newest first."""
    page = Paginator(LateLink.objects.select_related("round__programme"), PAGE).get_page(request.GET.get("page"))
    names, now = names_of({link.made_by for link in page}), timezone.now()
    context = {
        "page": page,
        "rows": [(link, names.get(link.made_by, _("Name gelöscht")), *_state(link, now)) for link in page],
        "may_give": actor_in(request).has_role(*GIVERS),
    }
    return render(request, "workflow/office/late_links.html", context)


def _state(link: LateLink, now: datetime) -> tuple[str, str, bool]:
    """In a word, its tone, and whether it still holds."""
    if link.used_at:
        return _("genutzt"), "s", False
    if link.revoked_at:
        return _("zurückgenommen"), "n", False
    if link.valid_until <= now:
        return _("abgelaufen"), "n", False
    return _("offen"), "i", True


@roles_required(*GIVERS)
def new(request: HttpRequest) -> HttpResponse:
    form = LateLinkForm(request.POST or None, rounds=lateness.possible_rounds(at=timezone.now()))
    if request.method == "POST" and form.is_valid() and _made(request, form):
        return HttpResponseRedirect(reverse(ALL))
    return render(request, "workflow/office/late_link_new.html", {"form": form}, status=422 if form.errors else 200)


def _made(request: HttpRequest, form: LateLinkForm) -> bool:
    data: dict[str, Any] = form.cleaned_data
    try:
        link = lateness.make(
            data["round"],
            data["email"],
            valid_until=data["valid_until"],
            reason=data["reason"],
            actor=_acting(request),
            at=timezone.now(),
        )
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        return False
    messages.success(request, _("Die Nachfrist gilt. Der Link geht an %(email)s.") % {"email": link.email})
    return True


@roles_required(*GIVERS)
@require_POST
def revoke(request: HttpRequest, key: UUID) -> HttpResponse:
    link = get_object_or_404(LateLink, key=key)
    try:
        lateness.revoke(link, actor=_acting(request), at=timezone.now())
    except Refused as refused:
        messages.warning(request, refused.sentence)
    else:
        messages.success(request, _("Zurückgenommen. Mit dem Link geht nichts mehr."))
    return HttpResponseRedirect(reverse(ALL))
