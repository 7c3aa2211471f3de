"""Beschlussvorlagen: the list, a new one, the page of one, and its draft."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_in, roles_required
from accounts.actors import names_of
from journal.formats import moment
from journal.models import Event
from journal.refusals import Faster, Refused
from workflow import freezing, papers
from workflow.forms.paper import Draft, NewPaperForm, PaperFilter, TakeBackForm, proposed_for
from workflow.models import CouncilPaper, PaperDocument, Session
from workflow.paper_content import annexes_of, line_name
from workflow.views.log import kinds

PER_PAGE = 50
State = CouncilPaper.State
TONES = {State.DRAFT: "i", State.FROZEN: "n", State.DECIDED: "s"}
readers = roles_required(*papers.READERS)
writers = roles_required(*papers.WRITERS)


def find(key: UUID) -> CouncilPaper:
    return get_object_or_404(papers.with_cases(), key=key)


def address(paper: CouncilPaper) -> str:
    return reverse("workflow:paper", args=[paper.key])


@readers
def paper_list(request: HttpRequest) -> HttpResponse:
    """The newest first; five queries, however many there are."""
    form = PaperFilter(request.GET)
    found = _filtered(form).annotate(case_count=Count("cases")).order_by("-created_at", "-pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [(paper, paper.get_state_display(), TONES[State(paper.state)]) for paper in page],
        "may_write": actor_in(request).has_role(*papers.WRITERS),
    }
    return render(request, "workflow/council/papers.html", context)


def _filtered(form: PaperFilter) -> QuerySet[CouncilPaper]:
    found = CouncilPaper.objects.defer("facts", "proposed_resolution", "cost_items", "cover_proposal")
    data = form.cleaned_data if form.is_valid() else {}
    if data.get("stand"):
        found = found.filter(state=data["stand"])
    if word := data.get("suche", "").replace("\x00", "").strip():
        found = found.filter(Q(number__icontains=word) | Q(subject__icontains=word))
    return found


@writers
def new(request: HttpRequest) -> HttpResponse:
    """„?vorgang=" ticks a case: the way from its page."""
    possible = papers.possible_cases()
    if request.method == "POST":
        form = NewPaperForm(request.POST, possible=possible)
        made = _made(request, form) if form.is_valid() else None
        if made is not None:
            return HttpResponseRedirect(address(made))
    else:
        ticked = [case.pk for case in possible if case.reference in request.GET.getlist("vorgang")]
        form = NewPaperForm(possible=possible, initial={"cases": ticked})
    context = {"form": form, "has_cases": bool(form["cases"].subwidgets)}
    return render(request, "workflow/council/paper_new.html", context, status=422 if form.errors else 200)


def _made(request: HttpRequest, form: NewPaperForm) -> CouncilPaper | None:
    rows = [(case, proposed_for(case)) for case in form.chosen()]
    try:
        paper = papers.from_cases(
            rows, subject=form.cleaned_data["subject"], actor=actor_in(request), at=timezone.now()
        )
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        return None
    messages.success(request, _("Die Vorlage %(number)s ist angelegt.") % {"number": paper.number})
    return paper


@readers
def paper(request: HttpRequest, key: UUID) -> HttpResponse:
    return paper_page(request, find(key))


def paper_page(
    request: HttpRequest, found: CouncilPaper, *, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    """The page; `refusal` is what stood against a step just now."""
    actor, now = actor_in(request), timezone.now()
    is_draft = found.state == State.DRAFT
    standing = freezing.standing_of(found, at=now) if is_draft else None
    context = {
        "paper": found,
        "badge": (found.get_state_display(), TONES[State(found.state)]),
        "standing": standing,
        "missing": _missing(found, standing) if standing else [],
        "available": freezing.available_of(found, at=now),
        "line": line_name(found.line) if found.line else "",
        "annexes": [(annex, _key_of(found, annex.number)) for annex in annexes_of(found)],
        "files": _files(found),
        "steps": found.consultations.all(),
        "has_wanted": any(step.is_wanted for step in found.consultations.all()),
        "money": _money(found),
        "rows": found.cases.all(),
        "total": sum(row.amount for row in found.cases.all()),
        "entries": _history(found),
        "may_write": actor.has_role(*papers.WRITERS),
        "may_take_back": actor.has_role(*papers.WRITERS) and freezing.may_take_back(found),
        "refusal": refusal,
    }
    return render(request, "workflow/council/paper.html", context, status=status)


def _missing(found: CouncilPaper, standing: freezing.Standing) -> list[dict[str, str]]:
    edit = reverse("workflow:paper_edit", args=[found.key])
    return [{"state": "missing", "sentence": one.sentence, "url": f"{edit}#{one.field}"} for one in standing.missing]


def _key_of(found: CouncilPaper, number: int) -> UUID | None:
    """The file of an Anlage; the names are part of the non-public version instead."""
    return next((one.key for one in found.annexes.all() if one.position == number), None)


def _money(found: CouncilPaper) -> list[tuple[str, str, Any, str]]:
    """The three questions of the form: what is asked, kind of answer, amount, what it is made of."""
    return [
        (_("1. Gesamtkosten der Maßnahme"), found.cost_kind, found.cost_amount, found.cost_items),
        (_("2. Jährliche Folgekosten"), found.follow_up_kind, found.follow_up_amount, ""),
        (_("3. Objektbezogene Einnahmen"), found.income_kind, found.income_amount, ""),
    ]


def _files(found: CouncilPaper) -> list[tuple[PaperDocument, str, bool]]:
    """Each file with its name in the address; once a body has resolved, the PDF with the votes as well."""
    stored = found.files.defer("content", "data").order_by("-is_public", "-kind")
    has_votes = any(step.outcome for step in found.consultations.all())
    rows = []
    for file in stored:
        access = "oeffentlich" if file.is_public else "nichtoeffentlich"
        if has_votes and file.kind == PaperDocument.Kind.PDF:
            rows.append((file, "ergebnis.pdf" if file.is_public else "ergebnis-nichtoeffentlich.pdf", True))
        rows.append((file, f"{access}.{file.kind}", False))
    return rows


def _history(found: CouncilPaper) -> list[dict[str, Any]]:
    """Who did what, the newest first: two queries."""
    events = list(Event.objects.filter(thread=f"paper:{found.number}").order_by("-at", "-pk")[:20])
    names, words = names_of({event.actor_key for event in events}), kinds()
    return [
        {
            "state": "done",
            "title": words.get(event.kind, event.kind),
            "when": moment(event.at),
            "text": ": ".join(part for part in (_name(names, event.actor_key), event.reason) if part),
        }
        for event in events
    ]


def _name(names: dict[UUID, str], key: UUID | None) -> str:
    return names.get(key, _("Name gelöscht")) if key else ""


# The draft


@writers
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    found = find(key)
    if found.state != State.DRAFT:
        raise Faster(_("Die Vorlage ist festgeschrieben. Sie lässt sich nicht mehr ändern."))
    draft = _draft(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and draft.is_valid():
        try:
            _save(request, found, draft)
        except Refused as refused:
            draft.main.add_error(None, refused.sentence)
        except Faster as faster:
            return _edit_page(request, *_again(request, found), stale=faster)
        else:
            messages.success(request, _("Gespeichert."))
            return HttpResponseRedirect(address(found))
    return _edit_page(request, found, draft)


def _draft(found: CouncilPaper, data: Any) -> Draft:
    planned = Session.objects.filter(state=Session.State.PLANNED).select_related("body").order_by("held_on")
    return Draft(found, possible=papers.possible_cases(), sessions=list(planned), data=data)


def _save(request: HttpRequest, found: CouncilPaper, draft: Draft) -> None:
    papers.save(
        found,
        draft.main.data_for_paper(),
        version=draft.main.cleaned_data["version"],
        rows=draft.rows(),
        reasons=draft.reasons(),
        steps=draft.step_rows(),
        actor=actor_in(request),
        at=timezone.now(),
    )


def _again(request: HttpRequest, found: CouncilPaper) -> tuple[CouncilPaper, Draft]:
    """What was typed, upon the draft as it stands now: whoever saves once more has seen the warning."""
    now = find(found.key)
    if now.state != State.DRAFT:
        raise Faster(_("Die Vorlage ist festgeschrieben. Sie lässt sich nicht mehr ändern."))
    data = request.POST.copy()
    data["version"] = str(now.version)
    return now, _draft(now, data)


def _edit_page(request: HttpRequest, found: CouncilPaper, draft: Draft, *, stale: Faster | None = None) -> HttpResponse:
    wrong = stale is None and any(form.errors for form in draft.forms if form.is_bound)
    context = {
        "paper": found,
        "draft": draft,
        "form": draft.main,
        "steps": [(form.step, form) for form in draft.steps],
        "cases": [(form.row.case, form) for form in draft.cases],
        "has_more": bool(draft.add["cases"].subwidgets),
        "stale": stale,
    }
    status = stale.status if stale else 422 if wrong else 200
    return render(request, "workflow/council/paper_edit.html", context, status=status)


# Back from frozen to draft


@writers
def take_back(request: HttpRequest, key: UUID) -> HttpResponse:
    found = find(key)
    if found.state == State.DRAFT:
        raise Faster(_("Die Vorlage ist schon wieder ein Entwurf."))
    form = TakeBackForm(request.POST if request.method == "POST" else None, initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        try:
            freezing.take_back(found, **form.cleaned_data, actor=actor_in(request), at=timezone.now())
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        else:
            messages.success(request, _("Die Vorlage ist wieder ein Entwurf."))
            return HttpResponseRedirect(address(found))
    context = {"paper": found, "form": form, "may_take_back": freezing.may_take_back(found)}
    return render(request, "workflow/council/paper_take_back.html", context, status=422 if form.errors else 200)
