"""A draft is taken along as a file, and brought back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.access import actor_in, applicant_required
from applications import actions, drafting, importing, queries, transfer
from applications.models import Application, Organisation
from applications.saving import Conflict
from applications.views.answers import Difference
from applications.views.begin import round_for
from applications.views.frame import own_application, refuse_reader
from funding.models import Round
from journal.refusals import Refused


@login_required
def export(request: HttpRequest, key: UUID) -> HttpResponse:
    """For every member: whoever may read may keep a copy."""
    application = own_application(request, key)
    response = HttpResponse(transfer.as_file(application), content_type="application/json; charset=utf-8")
    name = slugify(application.title)[:60] or "antrag"
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response


@login_required
def bring(request: HttpRequest, key: UUID) -> HttpResponse:
    """A file into a draft that is there already."""
    application = own_application(request, key)
    refuse_reader(application, actor_in(request))
    if application.filed_at is not None:
        raise Http404
    if request.method != "POST":
        return _page(request, {"application": application})
    try:
        return _brought(request, application)
    except (Refused, Conflict) as refusal:
        return _page(request, {"application": application, "sentence": refusal.sentence}, status=refusal.status)


def _brought(request: HttpRequest, application: Application) -> HttpResponse:
    data = _data(request)
    sent = drafting.sent_in(request.POST)
    choices = sent.choices if sent.version == application.version else {}
    asked = importing.bring(
        application, transfer.read(data), choices=choices, actor=actor_in(request), at=timezone.now()
    )
    if asked:
        return _choose(
            request, application, asked, data, is_wrong=bool(sent.asked) and bool(choices or sent.is_undecided)
        )
    messages.success(request, _("Die Datei ist eingelesen. Bitte prüfen Sie alle Schritte."))
    return HttpResponseRedirect(reverse("workflow:file", args=[application.key]))


def _data(request: HttpRequest) -> bytes:
    """The file, or its text when it comes back with choices."""
    if "content" in request.POST:
        return request.POST["content"].encode("utf-8", "surrogatepass")
    file = request.FILES.get("file")
    if file is None:
        raise Refused(_("Bitte wählen Sie eine Datei."), field="file")
    found: bytes = file.read(transfer.LARGEST + 1)
    return found


def _choose(
    request: HttpRequest, application: Application, asked: list[importing.Question], data: bytes, *, is_wrong: bool
) -> HttpResponse:
    sent = [("content", data.decode("utf-8-sig")), ("version", str(application.version))]
    kept = [(name, text) for name, text in request.POST.items() if name.startswith("choice-")]
    names = [name.removeprefix("choice-") for name, _text in kept]
    context = {
        "application": application,
        "title": _("Datei einlesen"),
        "differences": [
            Difference(name=row.name, label=row.label, typed=row.mine, stored=row.theirs, is_open=is_wrong)
            for row in asked
        ],
        "is_wrong": is_wrong,
        "sent": [*sent, *(kept if is_wrong else []), *(("asked", name) for name in names if is_wrong)],
        "url": reverse("applications:import", args=[application.key]),
        "is_file": True,
    }
    return render(request, "applications/conflict.html", context, status=422 if is_wrong else 409)


@applicant_required
def bring_new(request: HttpRequest, slug: str) -> HttpResponse:
    """A file as a new draft, for an open round of its programme."""
    call = round_for(slug)
    own = list(queries.organisations(actor_in(request), may_edit=True))
    context = {"call": call, "own": own}
    if request.method != "POST":
        return _page(request, context)
    chosen = next((found for found in own if str(found.key) == request.POST.get("organisation")), None)
    try:
        return HttpResponseRedirect(reverse("workflow:file", args=[_new(request, call, chosen).key]))
    except Refused as refused:
        return _page(request, context | {"sentence": refused.sentence}, status=422)


def _new(request: HttpRequest, call: Round, organisation: Organisation | None) -> Application:
    """The new draft, or nothing at all: a file that cannot be read leaves no empty draft behind."""
    if organisation is None:
        raise Refused(_("Bitte wählen Sie, für wen Sie den Antrag stellen."))
    content = transfer.read(_data(request))
    actor, now = actor_in(request), timezone.now()
    with transaction.atomic():
        held = Organisation.objects.select_for_update().get(pk=organisation.pk)
        if queries.draft_in(call, held) is not None:
            raise Refused(_("Für diese Runde gibt es schon einen Entwurf. Lesen Sie die Datei dort ein."))
        made = actions.begin(call, held, actor=actor, at=now)
        blank = {"municipality": None, "contact_name": "", "contact_phone": ""}
        Application.objects.filter(pk=made.pk).update(**blank)
        made.refresh_from_db()
        importing.bring(made, content, choices={}, actor=actor, at=now)
    messages.success(request, _("Die Datei ist eingelesen. Bitte prüfen Sie alle Schritte."))
    return made


def _page(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return render(request, "applications/import.html", {"megabytes": 1, **context}, status=status)
