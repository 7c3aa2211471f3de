"""What else one may do with a draft: throw it away, or begin a new one with what an earlier application says."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_in
from accounts.models import User
from applications import copying, queries
from applications.completeness import Section
from applications.models import Application, LateLink
from applications.views.frame import home_url, own_application, refuse_reader, step_url
from funding.models import Round
from journal.page.findings import Finding
from journal.refusals import Refused


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
    return HttpResponseRedirect(home_url(application))


@login_required
def copy(request: HttpRequest, key: UUID) -> HttpResponse:
    """Chooses the round for which the copy is meant; what is copied and what is not stands there before."""
    application = own_application(request, key)
    refuse_reader(application, actor_in(request))
    assert isinstance(request.user, User)
    rounds = copying.rounds_for(request.user, actor_in(request), at=timezone.now())
    if request.method != "POST":
        return _copy_page(request, application, rounds)
    chosen = next((pair for pair in rounds if str(pair[0].pk) == request.POST.get("round")), None)
    if chosen is None:
        return _copy_page(request, application, rounds, sentence=_("Bitte wählen Sie das Programm."))
    call, link = chosen
    try:
        made = copying.copy(application, call, actor=actor_in(request), at=timezone.now(), link=link)
    except Refused as refused:
        return _copy_page(request, application, rounds, sentence=refused.sentence)
    messages.success(
        request,
        _(
            "Das ist Ihr neuer Entwurf. Bitte prüfen Sie: Zeitraum, Unterlagen und Erklärungen fehlen noch, "
            "und alle Beträge sind vom letzten Mal."
        ),
    )
    return HttpResponseRedirect(step_url(made, Section.PROJECT))


def _copy_page(
    request: HttpRequest, application: Application, rounds: list[tuple[Round, LateLink | None]], *, sentence: str = ""
) -> HttpResponse:
    drafts = queries.drafts_of(application.organisation)
    now = timezone.now()
    rows = [
        {"call": call, "link": link, "is_late": call.is_late(at=now), "draft": drafts.get(call.pk)}
        for call, link in rounds
    ]
    context = {
        "application": application,
        "rows": rows,
        "is_wrong": bool(sentence),
        "findings": [Finding(sentence, "runde-1" if rows else "")] if sentence else [],
    }
    return render(request, "applications/copy.html", context, status=422 if sentence else 200)
