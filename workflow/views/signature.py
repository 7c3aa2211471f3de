"""The second signature: somebody else of the organisation reads the summary and signs, or is asked to."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import actor_in
from applications import signatures
from applications.models import Application
from journal.refusals import Forbidden, Refused
from workflow import mine, rules, signing
from workflow.views.counter import content_of, own_application


def _file(application: Application) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("workflow:file", args=[application.key]))


@login_required
def sign(request: HttpRequest, key: UUID) -> HttpResponse:
    application = own_application(request, key)
    if not rules.has_membership(application.organisation_id, actor_in(request).key, may_file=True):
        raise Forbidden(_("Unterschreiben darf nur, wer bei Ihnen einreichen darf."))
    if not signatures.is_needed(application):
        return _file(application)
    if request.method != "POST":
        return _page(request, application)
    try:
        saw = request.POST.get("seen", "")
        signing.sign(application, saw=saw, actor=actor_in(request), at=timezone.now())
    except Refused as refused:
        return _page(request, own_application(request, key), sentence=refused.sentence)
    messages.success(request, _("Sie haben unterschrieben. Jetzt kann eine andere Person den Antrag einreichen."))
    return _file(application)


def _page(request: HttpRequest, application: Application, *, sentence: str = "") -> HttpResponse:
    missing = signing.gaps(application, today=timezone.localdate())
    context = {
        "application": application,
        "sentence": sentence,
        "missing": [(item.sentence, mine.place_of(application, item)) for item in missing],
        "has_signed": signatures.has_signed(application, actor_in(request).key),
        "seen": signatures.seen(application),
        **content_of(application),
    }
    return render(request, "workflow/counter/sign.html", context, status=422 if sentence else 200)


@login_required
@require_POST
def ask(request: HttpRequest, key: UUID) -> HttpResponse:
    application = own_application(request, key)
    people = signing.ask(application, actor=actor_in(request), at=timezone.now())
    names = ", ".join(str(person) for person in people)
    messages.success(request, _("Wir haben um die Unterschrift gebeten: %(names)s.") % {"names": names})
    return _file(application)
