"""What else one may do with a draft: throw it away, or begin a new one with what an earlier application says."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_in
from applications import copying, queries
from applications.completeness import Section
from applications.models import Application
from applications.views.frame import own_application, refuse_reader, step_url
from funding.models import Round


@login_required
def discard(request: HttpRequest, key: UUID) -> HttpResponse:
    application = own_application(request, key)
    refuse_reader(application, actor_in(request))
    if application.filed_at is not None:
        raise Http404
    if request.method != "POST":
        return render(request, "applications/discard.html", {"application": application})
    title = str(application)
    copying.discard(application, actor=actor_in(request), at=timezone.now())
    messages.success(request, _("Der Entwurf „%(title)s“ ist gelöscht.") % {"title": title})
    return HttpResponseRedirect(reverse("workflow:my_applications"))


@login_required
def copy(request: HttpRequest, key: UUID) -> HttpResponse:
    """Chooses the open round for which the copy is meant; what is copied and what is not stands there before."""
    application = own_application(request, key)
    refuse_reader(application, actor_in(request))
    rounds = _open_rounds()
    if request.method != "POST":
        return _copy_page(request, application, rounds)
    call = next((found for found in rounds if str(found.pk) == request.POST.get("round")), None)
    if call is None:
        return _copy_page(request, application, rounds, status=422)
    made = copying.copy(application, call, actor=actor_in(request), at=timezone.now())
    messages.success(
        request,
        _(
            "Das ist Ihr neuer Entwurf. Bitte prüfen Sie: Zeitraum, Unterlagen und Erklärungen fehlen noch, "
            "und alle Beträge sind vom letzten Mal."
        ),
    )
    return HttpResponseRedirect(step_url(made, Section.PROJECT))


def _open_rounds() -> list[Round]:
    return list(Round.objects.open(at=timezone.now()).select_related("programme").order_by("closes_at"))


def _copy_page(
    request: HttpRequest, application: Application, rounds: list[Round], *, status: int = 200
) -> HttpResponse:
    rows = [(call, queries.draft_in(call, application.organisation)) for call in rounds]
    context = {"application": application, "rows": rows, "is_wrong": status == 422}
    return render(request, "applications/copy.html", context, status=status)
