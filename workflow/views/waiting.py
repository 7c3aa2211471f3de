"""The waiting lists: who waits for money, what is free, and another order with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_in, roles_required
from accounts.roles import CASE_READERS, Role
from journal.refusals import Faster, Refused
from workflow import queries, waiting
from workflow.forms.waiting import RankForm
from workflow.models import Case


@roles_required(*CASE_READERS)
def waiting_list(request: HttpRequest) -> HttpResponse:
    actor = actor_in(request)
    context = {
        "lists": waiting.lists(),
        "may_propose": actor.has_role(Role.CASEWORKER, Role.TECHNICAL_REVIEWER),
        "may_move": actor.has_role(Role.CASEWORKER),
    }
    return render(request, "workflow/office/waiting_list.html", context)


@roles_required(Role.CASEWORKER)
def move(request: HttpRequest, reference: str) -> HttpResponse:
    """Another rank for one case."""
    case = get_object_or_404(queries.in_lists(), reference=reference)
    found = waiting.place_of(case)
    if found is None:
        return _not_waiting(request, case)
    standing, place = found
    form = RankForm(request.POST or None, rank=place.rank, places=len(standing.places))
    if request.method == "POST" and form.is_valid() and _moved(request, case, form):
        return HttpResponseRedirect(reverse("workflow:waiting_list"))
    context = {"case": case, "list": standing, "place": place, "form": form}
    return render(request, "workflow/office/waiting_rank.html", context, status=422 if form.errors else 200)


def _not_waiting(request: HttpRequest, case: Case) -> HttpResponse:
    if request.method == "POST":
        raise Faster(_("Der Antrag steht nicht mehr auf der Warteliste. Ihre Eingabe wurde nicht übernommen."))
    messages.info(request, _("%(reference)s steht nicht auf der Warteliste.") % {"reference": case.reference})
    return HttpResponseRedirect(reverse("workflow:waiting_list"))


def _moved(request: HttpRequest, case: Case, form: RankForm) -> bool:
    try:
        waiting.move(case, **form.cleaned_data, actor=actor_in(request), at=timezone.now())
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        return False
    told = {"reference": case.reference, "rank": form.cleaned_data["rank"]}
    messages.success(request, _("%(reference)s steht jetzt auf Rang %(rank)s.") % told)
    return True
