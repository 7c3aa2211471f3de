"""Behind a personal late link: an application is begun, or goes on, after the round has closed."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.access import actor_in
from accounts.models import User
from applications import lateness, queries
from applications.completeness import Section
from applications.models import Application, LateLink, Organisation
from applications.views.frame import end_url, step_url
from journal.page.findings import Finding
from journal.refusals import Refused


@never_cache
@login_required
def late(request: HttpRequest, key: UUID) -> HttpResponse:
    """Whoever has the link but not the address is told so (403); a link that is over says why (410)."""
    link = LateLink.objects.select_related("round__programme").filter(key=key).first()
    if link is None:
        raise Http404
    assert isinstance(request.user, User)
    lateness.refuse_reader(link, request.user, actor_in(request))
    if lateness.is_over(link, at=timezone.now()):
        return _over(request, link)
    own = list(queries.organisations(actor_in(request), may_edit=True))
    if not own:
        return HttpResponseRedirect(f"{reverse('applications:organisation_new')}?next={request.path}")
    if request.method != "POST":
        return _page(request, link, own)
    chosen = next((found for found in own if str(found.key) == request.POST.get("organisation")), None)
    if chosen is None:
        return _page(request, link, own, sentence=_("Bitte wählen Sie, für wen Sie den Antrag stellen."))
    return _begin(request, link, chosen, own)


def _begin(request: HttpRequest, link: LateLink, chosen: Organisation, own: list[Organisation]) -> HttpResponse:
    try:
        draft = lateness.begin(link, chosen, actor=actor_in(request), at=timezone.now())
    except Refused as refused:
        return _page(request, link, own, sentence=refused.sentence)
    return HttpResponseRedirect(end_url(draft) if draft.version else step_url(draft, Section.PROJECT))


def _page(request: HttpRequest, link: LateLink, own: list[Organisation], *, sentence: str = "") -> HttpResponse:
    begun = lateness.begun_with(link)
    rows = _rows(link, own, begun)
    context = {
        "link": link,
        "call": link.round,
        "programme": link.round.programme,
        "rows": rows,
        "begun": begun,
        "sentence": sentence,
        "findings": [Finding(sentence, "fuer-1" if rows else "")] if sentence else [],
    }
    return render(request, "applications/late.html", context, status=422 if sentence else 200)


def _rows(
    link: LateLink, own: list[Organisation], begun: Application | None
) -> list[tuple[Organisation, Application | None]]:
    """Once it is begun only the organisation that it is begun for; before that all, with the drafts they have."""
    if begun is not None:
        return [(found, begun) for found in own if found.pk == begun.organisation_id]
    drafts = {draft.organisation_id: draft for draft in queries.drafts_in(link.round, own)}
    return [(found, drafts.get(found.pk)) for found in own]


def _over(request: HttpRequest, link: LateLink) -> HttpResponse:
    begun = queries.of_member(actor_in(request)).filter(late_link=link).first()
    context = {
        "call": link.round,
        "programme": link.round.programme,
        "sentence": lateness.over_sentence(link, at=timezone.now()),
        "application": begun,
        "address": end_url(begun) if begun else "",
    }
    return render(request, "applications/late_over.html", context, status=410)
