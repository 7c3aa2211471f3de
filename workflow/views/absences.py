"""Absences and stand-ins: who is away, entering, ending."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import actor_in, roles_required
from accounts.roles import Role
from journal.actors import Actor
from journal.refusals import Refused
from workflow import absences
from workflow.forms.absences import AbsenceForm
from workflow.listing import WORKERS
from workflow.models import Absence


@roles_required(*WORKERS)
def absence_list(request: HttpRequest) -> HttpResponse:
    """What is and what comes, and the form."""
    form = _form(request)
    if request.method == "POST" and form.is_valid() and _entered(request, form):
        return HttpResponseRedirect(reverse("workflow:absences"))
    actor, today = actor_in(request), timezone.localdate()
    rows = [
        {"row": row, "who": who, "stand_in": stand_in, "is_now": row.first_on <= today,
         "may_end": absences.may_enter(actor, row.person)}
        for row, who, stand_in in absences.listed(today=today)
    ]  # fmt: skip
    context = {"form": form, "rows": rows}
    return render(request, "workflow/office/absences.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest) -> AbsenceForm:
    actor = actor_in(request)
    only = None if actor.has_role(Role.COORDINATOR) else actor.key
    return AbsenceForm(request.POST or None, people=absences.people(), only=only)


def _entered(request: HttpRequest, form: AbsenceForm) -> bool:
    actor, data = actor_in(request), form.cleaned_data
    try:
        row = absences.enter(
            data["person"] if "person" in data else _key(actor), data["stand_in"], first_on=data["first_on"], last_on=data["last_on"],
            actor=actor, at=timezone.now(),
        )  # fmt: skip
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        return False
    messages.success(request, _("Die Abwesenheit ist eingetragen: %(days)s.") % {"days": row})
    return True


def _key(actor: Actor) -> UUID:
    assert actor.key is not None
    return actor.key


@require_POST
@roles_required(*WORKERS)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    absences.end(get_object_or_404(Absence, pk=pk), actor=actor_in(request), at=timezone.now())
    messages.success(request, _("Die Abwesenheit ist gelöscht."))
    return HttpResponseRedirect(reverse("workflow:absences"))
