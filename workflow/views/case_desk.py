"""What a desk adds to the page of a case: its place in the list, who is in it, labels, notes, and to whom it is given."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import actor_in, roles_required
from accounts.roles import CASE_READERS, Role
from journal.actors import Actor
from journal.refusals import Refused
from workflow import absences, listing, notes, presence
from workflow.dossier import Dossier
from workflow.forms.absences import AssignForm
from workflow.forms.notes import LabelsForm, NoteForm
from workflow.models import Case, CaseNote

GIVERS = (Role.CASEWORKER, Role.COORDINATOR)


def section(request: HttpRequest, file: Dossier, *, form: NoteForm | None = None) -> dict[str, Any]:
    """For the page of a case: one query for the place in the list, if somebody came from one."""
    actor, case = actor_in(request), file.case
    found = listing.read(request.GET, actor) if listing.is_asked_for(request.GET) else None
    return {
        "list_query": listing.carried(request.GET),
        "list_label": found.view.label if found else "",
        "beside": listing.neighbours(case, found) if found else None,
        "here": presence.sign(case, actor=actor, at=timezone.now()),
        "labels": file.labels,
        "notes": [_note(note, file, actor) for note in file.notes],
        "form": form or NoteForm(),
        "may_write": notes.may_write(actor),
        "may_give": actor.has_role(*GIVERS),
    }


def _note(note: CaseNote, file: Dossier, actor: Actor) -> dict[str, Any]:
    is_own = note.author == actor.key or actor.has_role(Role.COORDINATOR)
    return {
        "note": note,
        "who": file.name(note.author) or _("Name gelöscht"),
        "may_strike": note.struck_at is None and is_own and notes.may_write(actor),
    }


def back(request: HttpRequest, reference: str, anchor: str = "") -> HttpResponseRedirect:
    """To the page of the case, inside the list that somebody came from."""
    address = reverse("workflow:case", args=[reference]) + listing.carried(request.GET)
    return HttpResponseRedirect(f"{address}#{anchor}" if anchor else address)


@roles_required(*CASE_READERS)
@require_GET
def here(request: HttpRequest, reference: str) -> HttpResponse:
    """Who else is in the case: what an open page asks every half minute."""
    case = get_object_or_404(Case.objects.only("pk"), reference=reference)
    context = {"here": presence.sign(case, actor=actor_in(request), at=timezone.now())}
    return render(request, "workflow/office/here.html", context)


@require_POST
@roles_required(*notes.WRITERS)
def strike(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    note = CaseNote.objects.select_related("case").filter(pk=pk, case__reference=reference).first()
    if note is None:
        raise Http404
    notes.strike(note, actor=actor_in(request), at=timezone.now())
    return back(request, reference, "notizen")


@roles_required(*notes.WRITERS)
def labels(request: HttpRequest, reference: str) -> HttpResponse:
    """All labels of the office, ticked where the case has them."""
    case = _case(reference)
    form = LabelsForm(request.POST if request.method == "POST" else None, initial={"labels": case.labels.all()})
    if request.method == "POST" and form.is_valid():
        try:
            notes.labelled(case, list(form.cleaned_data.get("labels", ())), form.cleaned_data["new"])
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        else:
            messages.success(request, _("Die Etiketten sind gespeichert."))
            return back(request, reference)
    return _page(request, "workflow/office/labels.html", case, form)


@roles_required(*GIVERS)
def hand_over(request: HttpRequest, reference: str) -> HttpResponse:
    """Gives the case to a colleague."""
    case, people = _case(reference), absences.people()
    form = AssignForm(request.POST if request.method == "POST" else None, people=people)
    if request.method == "POST" and form.is_valid():
        person, actor = form.cleaned_data["person"], actor_in(request)
        try:
            notes.hand_over(case, person, note=form.cleaned_data["note"], actor=actor, at=timezone.now())
        except Refused as refused:
            form.add_error(refused.field, refused.sentence)
        else:
            messages.success(request, _("%(who)s bearbeitet jetzt den Vorgang.") % {"who": people[person]})
            return back(request, reference)
    return _page(request, "workflow/office/hand_over.html", case, form)


def _case(reference: str) -> Case:
    return get_object_or_404(Case.objects.select_related("application"), reference=reference)


def _page(request: HttpRequest, template: str, case: Case, form: Any) -> HttpResponse:
    address = reverse("workflow:case", args=[case.reference]) + listing.carried(request.GET)
    return render(request, template, {"case": case, "form": form, "back": address}, status=422 if form.errors else 200)
