"""What the bodies resolved: entering a vote, correcting it, what follows from it, the register and the tasks it leaves."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_in, roles_required
from accounts.actors import names_of
from accounts.roles import CASE_READERS, Role
from journal.refusals import Forbidden, Refused
from workflow import carrying_out, follow_ups, votes
from workflow.forms.votes import DoneForm, FollowUpForm, VoteForm
from workflow.models import Consultation, FollowUp

ZERO = Decimal("0.00")
OFFICE = CASE_READERS - {Role.AUDITOR}


def find(pk: int) -> Consultation:
    return get_object_or_404(votes.consultations(), pk=pk)


def _page_of(consultation: Consultation) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("workflow:consultation", args=[consultation.pk]))


@roles_required(*CASE_READERS)
def consultation(request: HttpRequest, pk: int) -> HttpResponse:
    """One body and one paper: how it voted, what it gave to whom, what is left to do."""
    found, actor, today = find(pk), actor_in(request), timezone.localdate()
    cases = carrying_out.outcome_rows(found)
    is_recorder = actor.has_role(Role.COMMITTEE_OFFICE)
    context = {
        "found": found,
        "cases": cases,
        "proposed_total": sum((proposed for _case, proposed, _resolved in cases), ZERO),
        "resolved_total": sum((resolved or ZERO for _case, _proposed, resolved in cases), ZERO),
        "recusals": list(found.recusals.select_related("member")),
        "tasks": follow_ups.rows(found.tasks.all(), actor),
        "recorder": names_of({found.recorded_by}).get(found.recorded_by) if found.recorded_by else "",
        "today": today,
        "refusal": None if found.outcome else votes.refusal(found, today=today),
        "may_record": is_recorder and not found.outcome,
        "may_correct": is_recorder and bool(found.outcome) and not votes.has_followed(found),
        "may_add_task": bool(found.outcome) and actor.has_role(*OFFICE),
        "plan": carrying_out.plan(found, actor=actor, today=today),
        "jobs": carrying_out.jobs_of(found),
    }
    return render(request, "workflow/votes/consultation.html", context)


@roles_required(Role.COMMITTEE_OFFICE)
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Enters how the body voted, once."""
    found = find(pk)
    if found.outcome:
        if request.method == "POST":
            raise votes.already(found)
        messages.info(request, _("Das Ergebnis ist schon eingetragen."))
        return _page_of(found)
    refusal = votes.refusal(found, today=timezone.localdate())
    if refusal:
        raise Refused(refusal)
    return _vote_page(request, found)


@roles_required(Role.COMMITTEE_OFFICE)
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Enters the vote anew, with the reason, as long as nothing rests on it."""
    found = find(pk)
    if not found.outcome or votes.has_followed(found):
        raise Refused(_("Auf diesem Beschluss beruhen schon Entscheidungen. Er lässt sich nicht mehr berichtigen."))
    return _vote_page(request, found)


def _vote_page(request: HttpRequest, found: Consultation) -> HttpResponse:
    is_post = request.method == "POST"
    form = VoteForm(request.POST if is_post else None, consultation=found)
    if is_post and form.is_valid() and _recorded(request, found, form):
        return _page_of(found)
    context = {"found": found, "form": form, "not_heard": votes.not_heard(found)}
    return render(request, "workflow/votes/record.html", context, status=422 if is_post else 200)


def _recorded(request: HttpRequest, found: Consultation, form: VoteForm) -> bool:
    data: dict[str, Any] = form.cleaned_data
    actor, at = actor_in(request).acting_as(Role.COMMITTEE_OFFICE), timezone.now()
    try:
        if form.is_correction:
            votes.correct(found, data["ballot"], reason=data["reason"], actor=actor, at=at)
        else:
            votes.record(found, data["ballot"], actor=actor, at=at)
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        return False
    messages.success(request, _("Das Ergebnis ist eingetragen und steht im Verzeichnis der Beschlüsse."))
    return True


# Tasks


@roles_required(*OFFICE)
def follow_up_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Leaves a task of the resolution to somebody."""
    found = find(pk)
    if not found.outcome:
        raise Refused(_("Hier ist noch kein Ergebnis eingetragen."))
    is_post = request.method == "POST"
    form = FollowUpForm(request.POST if is_post else None, today=timezone.localdate())
    if is_post and form.is_valid():
        follow_ups.add(found, **form.cleaned_data, actor=_officer(request), at=timezone.now())
        messages.success(request, _("Die Aufgabe ist vergeben. Wir erinnern rechtzeitig."))
        return _page_of(found)
    context = {"found": found, "form": form}
    return render(request, "workflow/votes/follow_up.html", context, status=422 if is_post else 200)


@roles_required(*OFFICE)
def follow_up_done(request: HttpRequest, pk: int) -> HttpResponse:
    """The task is done, with a note."""
    tasks = FollowUp.objects.select_related("consultation__paper", "consultation__body")
    task = get_object_or_404(tasks, pk=pk)
    if not follow_ups.may_do(task, actor_in(request)):
        raise Forbidden(_("Diese Aufgabe gehört einer anderen Person."))
    is_post = request.method == "POST"
    form = DoneForm(request.POST if is_post else None)
    if is_post and form.is_valid():
        follow_ups.finish(task, note=form.cleaned_data["note"], actor=_officer(request), at=timezone.now())
        messages.success(request, _("Die Aufgabe ist erledigt."))
        return _page_of(task.consultation)
    context = {"task": task, "found": task.consultation, "form": form}
    return render(request, "workflow/votes/follow_up_done.html", context, status=422 if is_post else 200)


def _officer(request: HttpRequest) -> Any:
    """The person in the first role of theirs that may act here."""
    actor = actor_in(request)
    return actor.acting_as(next(role for role in Role.values if role in actor.roles & OFFICE))
