"""The computer looks at a case again; somebody says why a finding may stand."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.access import actor_in, roles_required
from accounts.roles import Role
from journal.refusals import Faster, Refused
from workflow import findings
from workflow.forms.desk import FindingForm, finding_form
from workflow.models import Finding
from workflow.views.case import case_page, find


def _back(reference: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('workflow:case', args=[reference])}#auffaelligkeiten")


@require_POST
@roles_required(Role.CASEWORKER, Role.DECIDER)
def refresh(request: HttpRequest, reference: str) -> HttpResponse:
    """Looks again: others may have filed, reported or paid since."""
    found = find(reference)
    if found.state not in findings.UNDECIDED:
        raise Refused(_("Über den Antrag ist schon entschieden."))
    findings.refresh(found, at=timezone.now())
    open_ones = sum(one.acknowledged_at is None for one in findings.standing(found.findings.all()))
    sentence = ngettext(
        "Neu geprüft: %(count)s Punkt ist offen.", "Neu geprüft: %(count)s Punkte sind offen.", open_ones
    )
    messages.success(request, sentence % {"count": open_ones} if open_ones else _("Neu geprüft: Nichts ist offen."))
    return _back(reference)


@require_POST
@roles_required(Role.CASEWORKER, Role.DECIDER)
def acknowledge(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Notes why a finding may stand."""
    found = find(reference)
    one = found.findings.filter(pk=pk).first()
    if one is None:
        raise Http404
    one.case = found
    form = finding_form(pk, request.POST)
    try:
        if form.is_valid() and _settled(request, one, form):
            return _back(reference)
    except Faster as faster:
        url = reverse("workflow:case", args=[reference])
        return render(request, "409.html", {"sentence": faster.sentence, "typed": {}, "url": url}, status=409)
    return case_page(request, found, reason=(pk, form), status=422)


def _settled(request: HttpRequest, one: Finding, form: FindingForm) -> bool:
    try:
        findings.acknowledge(one, reason=form.cleaned_data["reason"], actor=actor_in(request), at=timezone.now())
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        return False
    messages.success(request, _("Die Begründung ist gespeichert."))
    return True
