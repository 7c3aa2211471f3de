"""The page of one case, its checklist, and taking it over."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import actor_in, roles_required
from accounts.roles import CASE_READERS, Role
from funding.labels import tone_of
from journal.actors import Actor
from journal.refusals import Faster, Refused
from workflow import actions, dossier, inquiries, judging, labels, notes, papers, queries, shares, timeline
from workflow.forms.desk import FindingForm, TickForm, tick_form
from workflow.forms.notes import NoteForm
from workflow.models import Case, ChecklistItem
from workflow.next_step import may_tick, panel
from workflow.views import case_desk
from workflow.views.finding_panel import noticed
from workflow.views.paper_panel import panel as paper_panel
from workflow.views.talk_panel import panel as talk_panel


def find(reference: str) -> Case:
    return get_object_or_404(queries.with_everything(), reference=reference)


@roles_required(*CASE_READERS)
def case(request: HttpRequest, reference: str) -> HttpResponse:
    return case_page(request, find(reference))


def case_page(
    request: HttpRequest,
    found: Case,
    *,
    tick: tuple[ChecklistItem, TickForm] | None = None,
    reason: tuple[int, FindingForm] | None = None,
    note: NoteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; `tick` is the point of the checklist, `reason` the finding whose form came back with errors."""
    actor, today = actor_in(request), timezone.localdate()
    events = timeline.events_of(found)
    file = dossier.open_file(found, people=timeline.people_in(events))
    head = panel(file, actor=actor, today=today)
    context = {
        "case": found,
        "award": file.award,
        "file": file,
        "today": today,
        "label": labels.for_office(found, file.award, is_decider=actor.has_role(Role.DECIDER)),
        "panel": head,
        "points": _points(file, actor, tick) if not head.bias else dossier.checklist_rows(file),
        "noticed": noticed(file, actor=actor, sent=reason),
        "wrong": tick[1] if tick else reason[1] if reason else note,
        "facts": dossier.facts(found),
        "deadlines": dossier.deadlines(found, file.award, today=today),
        "entries": timeline.entries(found, for_office=True, today=today, events=events, names=file.names),
        "parts": shares.parts_of(found, file.award, today=today),
        "payments": [(payment, tone_of(payment, actor)) for payment in file.disbursements],
        "assigned": file.name(found.assigned_to),
        "proposer": file.name(found.proposed_by),
        "decider": file.name(found.decided_by),
        **case_desk.section(request, file, form=note),
        "council_papers": papers.section_of(found, actor),
        "paper": paper_panel(found, actor=actor),
        "judging": judging.section(found, actor=actor, today=today, bias=head.bias),
        "talk": talk_panel(request, found, for_office=True),
        "done": len(file.checklist) - file.open_points,
        "may_take": actor.has_role(Role.CASEWORKER) and found.assigned_to != actor.key,
    }
    return render(request, "workflow/office/case.html", context, status=status)


def _points(file: dossier.Dossier, actor: Actor, tick: tuple[ChecklistItem, TickForm] | None) -> list[dict[str, Any]]:
    """The checklist with a form at each point for who may tick it off; the first open one is unfolded."""
    rows = dossier.checklist_rows(file)
    if not may_tick(file.case, actor):
        return rows
    wrong = tick[0].pk if tick else None
    first = wrong or next((row["item"].pk for row in rows if row["state"] == "open"), None)
    for row in rows:
        item = row["item"]
        row["form"] = tick[1] if tick and item.pk == wrong else tick_form(item)
        row["is_unfolded"] = item.pk == first
    return rows


@require_POST
@roles_required(Role.CASEWORKER)
def tick(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Notes the finding on one point of the checklist."""
    actor = actor_in(request)
    found = find(reference)
    item = found.checklist.filter(pk=pk).first()
    if item is None:
        raise Http404
    if not may_tick(found, actor):
        raise Refused(_("Die formale Prüfung ist schon abgeschlossen."))
    item.case = found
    form = tick_form(item, request.POST)
    if not form.is_valid() or not _ticked(item, form, actor):
        return case_page(request, found, tick=(item, form), status=422)
    return HttpResponseRedirect(f"{reverse('workflow:case', args=[reference])}#pruefung")


@require_POST
@roles_required(Role.CASEWORKER)
def reopen(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Takes the finding on one point of the checklist back."""
    actor, found = actor_in(request), find(reference)
    item = found.checklist.filter(pk=pk).first()
    if item is None:
        raise Http404
    if not may_tick(found, actor):
        raise Refused(_("Die formale Prüfung ist schon abgeschlossen."))
    item.case = found
    back = f"{reverse('workflow:case', args=[reference])}#pruefung"
    try:
        inquiries.reopen(item, actor=actor.acting_as(Role.CASEWORKER), at=timezone.now())
    except Faster as faster:
        return render(request, "409.html", {"sentence": faster.sentence, "typed": {}, "url": back}, status=409)
    return HttpResponseRedirect(back)


def _ticked(item: ChecklistItem, form: TickForm, actor: Actor) -> bool:
    try:
        inquiries.tick(item, **form.cleaned_data, actor=actor.acting_as(Role.CASEWORKER), at=timezone.now())
    except Refused as refused:
        form.add_error(refused.field, refused.sentence)
        return False
    return True


@require_POST
@roles_required(*notes.WRITERS)
def write_note(request: HttpRequest, reference: str) -> HttpResponse:
    found, form = find(reference), NoteForm(request.POST)
    if not form.is_valid() or not _written(found, form, actor_in(request)):
        return case_page(request, found, note=form, status=422)
    messages.success(request, _("Die Notiz ist gespeichert."))
    return case_desk.back(request, reference, "notizen")


def _written(case: Case, form: NoteForm, actor: Actor) -> bool:
    try:
        notes.write(case, form.cleaned_data["text"], actor=actor, at=timezone.now())
    except Refused as refused:
        form.add_error(refused.field, refused.sentence)
        return False
    return True


@require_POST
@roles_required(Role.CASEWORKER)
def assign(request: HttpRequest, reference: str) -> HttpResponse:
    """The person takes the case over."""
    actor = actor_in(request)
    actions.assign(find(reference), actor=actor.acting_as(Role.CASEWORKER), at=timezone.now())
    messages.success(request, _("Sie haben den Vorgang übernommen."))
    return case_desk.back(request, reference)
