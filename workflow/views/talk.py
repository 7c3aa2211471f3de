"""Messages about a case: the page of each side, sending, and the files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_in, roles_required
from accounts.roles import CASE_READERS
from applications import scanning, uploads
from applications.uploads import Taken
from applications.views.own import served
from journal.actors import Actor
from journal.refusals import Refused
from workflow import talk
from workflow.forms.talk import MessageForm
from workflow.models import Case, CaseMessageFile
from workflow.views.case import find
from workflow.views.counter import own_case
from workflow.views.talk_panel import panel


@login_required
def my_messages(request: HttpRequest, key: UUID) -> HttpResponse:
    """All messages of an own case, and the form."""
    return _answer(request, own_case(request, key), for_office=False)


@roles_required(*CASE_READERS)
def messages_of_case(request: HttpRequest, reference: str) -> HttpResponse:
    return _answer(request, find(reference), for_office=True)


def _answer(request: HttpRequest, case: Case, *, for_office: bool) -> HttpResponse:
    if request.method != "POST":
        return _page(request, case, MessageForm(), for_office=for_office)
    talk.refuse_reader(case, actor_in(request), from_office=for_office)
    form = MessageForm(request.POST, request.FILES)
    if not form.is_valid() or not _sent(case, form, actor_in(request), for_office=for_office):
        return _page(request, case, form, for_office=for_office, status=422)
    messages.success(request, _("Ihre Nachricht ist verschickt."))
    return HttpResponseRedirect(f"{_address(case, for_office=for_office)}#nachrichten")


def _sent(case: Case, form: MessageForm, actor: Actor, *, for_office: bool) -> bool:
    """Nothing is sent unless every file was taken."""
    taken = _taken(form)
    if form.errors:
        return False
    try:
        text = form.cleaned_data["text"]
        talk.send(case, text, taken, from_office=for_office, actor=actor, at=timezone.now())
    except Refused as refused:
        form.add_error(refused.field, refused.sentence)
    return not form.errors


def _taken(form: MessageForm) -> list[Taken]:
    """The scanner is asked before anything is written; what is not taken is named beside the field."""
    found = []
    for upload in form.cleaned_data["attached"]:
        try:
            found.append(uploads.take(upload, at=timezone.now()))
        except Refused as refused:
            form.add_error("attached", f"„{uploads.shown_name(upload.name)}“: {refused.sentence}")
    return found


def _address(case: Case, *, for_office: bool) -> str:
    if for_office:
        return reverse("workflow:case", args=[case.reference])
    return reverse("workflow:my_case", args=[case.application.key])


def _page(request: HttpRequest, case: Case, form: MessageForm, *, for_office: bool, status: int = 200) -> HttpResponse:
    context = {
        "case": case,
        "case_url": _address(case, for_office=for_office),
        "talk": panel(request, case, for_office=for_office, form=form, limit=None),
        "form": form,
    }
    return render(request, "workflow/talk/page.html", context, status=status)


@login_required
def message_file(request: HttpRequest, key: UUID) -> FileResponse:
    """For both sides of the case. Strangers do not learn that it exists; what is not yet checked is held back."""
    found: Any = CaseMessageFile.objects.select_related("message__case__application").filter(key=key).first()
    if found is None or not talk.may_read(found.message.case, actor_in(request)):
        raise Http404
    if scanning.is_held_back(found):
        raise Refused(
            _("Diese Datei wird noch auf Schadprogramme geprüft. Bitte versuchen Sie es in einer Minute wieder.")
        )
    return served(found)
