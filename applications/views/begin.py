"""Beginning an application, or going on with the one that was begun."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import urlencode

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import actor_in, applicant_required
from applications import actions, queries, questions
from applications.completeness import Section
from applications.models import Application, Organisation
from applications.views.fit import KEPT
from applications.views.frame import step_url
from funding import programmes
from funding.models import Programme, Round
from journal import formats
from journal.page.findings import Finding
from journal.refusals import Refused

CHOOSE = _("Bitte wählen Sie, für wen Sie den Antrag stellen.")


@applicant_required
def create(request: HttpRequest, slug: str) -> HttpResponse:
    call = round_for(slug)
    own = list(queries.organisations(actor_in(request), may_edit=True))
    if not own:
        known = {name: request.GET[name] for name in KEPT if request.GET.get(name)}
        asked = urlencode({"next": reverse("applications:create", args=[slug]), **known})
        return HttpResponseRedirect(f"{reverse('applications:organisation_new')}?{asked}")
    if request.method != "POST":
        return _page(request, call, own)
    chosen = next((found for found in own if str(found.key) == request.POST.get("organisation")), None)
    if chosen is None:
        return _page(request, call, own, status=422)
    return HttpResponseRedirect(step_url(_draft(request, call, chosen), Section.PROJECT))


def round_for(slug: str) -> Round:
    """The round of a new draft. Raises Refused with the second of the last end, or of the next beginning."""
    programme = Programme.objects.filter(slug=slug, is_published=True).first()
    if programme is None:
        raise Http404
    now = timezone.now()
    found = programmes.round_to_begin(programme, at=now)
    if found is None:
        raise Refused(programmes.closed_sentence(programme, at=now))
    return found


def _draft(request: HttpRequest, call: Round, organisation: Organisation) -> Application:
    """One draft for each round, also if the button is pressed twice."""
    with transaction.atomic():
        held = Organisation.objects.select_for_update().get(pk=organisation.pk)
        existing = queries.draft_in(call, held)
        return existing or actions.begin(call, held, actor=actor_in(request), at=timezone.now())


def _page(request: HttpRequest, call: Round, own: list[Organisation], *, status: int = 200) -> HttpResponse:
    rows = [(organisation, queries.draft_in(call, organisation)) for organisation in own]
    is_late = call.is_late(at=timezone.now())
    is_wrong = status == 422
    context = {
        "call": call,
        "programme": call.programme,
        "rows": rows,
        "is_late": is_late,
        "is_wrong": is_wrong,
        "steps": formats.count_word(_steps_of(call.programme)),
        "findings": [Finding(str(CHOOSE), "fuer-1")] if is_wrong else [],
    }
    return render(request, "applications/begin.html", context, status=status)


def _steps_of(programme: Programme) -> int:
    """How many steps a new draft has; the one with the programme's questions only where there are any."""
    has_questions = questions.are_in_writing(questions.newest(programme), {}, requested=Decimal(0))
    return len(Section) - (not has_questions)
