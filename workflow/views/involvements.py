"""„Verbindungen": the register of who is bound to an organisation, and everybody's own entries."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_in, roles_required
from accounts.actors import names_of
from accounts.roles import Role
from applications.models import Organisation
from journal.actors import Actor
from journal.refusals import Faster, Forbidden, Refused
from workflow import involvements
from workflow.forms.involvements import AnybodysForm, EndForm, InvolvementForm, SearchForm
from workflow.models import Involvement

PAGE = 50
ORDERS = {"organisation": ("organisation__name", "pk"), "person": ("user_key", "member__name", "organisation__name")}


@roles_required(*involvements.READERS)
def register(request: HttpRequest) -> HttpResponse:
    """By organisation or by person; what has ended only on demand."""
    search, today = SearchForm(request.GET), timezone.localdate()
    words = search.cleaned_data["suche"] if search.is_valid() else ""
    order = request.GET.get("nach", "") if request.GET.get("nach") in ORDERS else "organisation"
    with_ended = request.GET.get("beendete") == "1"
    entries = involvements.found_by(words, on=today, with_ended=with_ended).order_by(*ORDERS[order])
    page = Paginator(entries, PAGE).get_page(request.GET.get("page"))
    context = {
        "search": search,
        "words": words,
        "order": order,
        "with_ended": with_ended,
        "page": page,
        "groups": _groups(list(page), actor_in(request), order, today),
        "count": page.paginator.count,
        "may_enter": actor_in(request).has_role(*involvements.MANAGERS),
    }
    return render(request, "workflow/ties/register.html", context)


def _groups(entries: list[Involvement], actor: Actor, order: str, today: Any) -> list[tuple[str, list[dict[str, Any]]]]:
    """The entries under the name of the organisation, or of the person."""
    names, writers = involvements.who(entries), names_of({entry.entered_by for entry in entries})
    groups: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        head = str(entry.organisation) if order == "organisation" else names[entry.pk]
        row = {
            "entry": entry,
            "title": names[entry.pk] if order == "organisation" else str(entry.organisation),
            "writer": writers.get(entry.entered_by) or _("Name gelöscht"),
            "is_over": entry.until is not None and entry.until < today,
            "may_end": entry.until is None and actor.has_role(*involvements.MANAGERS),
            "is_own": involvements.is_own(entry, actor),
        }
        groups.setdefault(head, []).append(row)
    return list(groups.items()) if order == "organisation" else sorted(groups.items())


@roles_required(*Role.values)
def mine(request: HttpRequest) -> HttpResponse:
    """What this person entered or what was entered about them, and a form for one more."""
    search, hits = _search(request)
    form = InvolvementForm(request.POST or None, hits=hits, initial=_chosen(hits))
    if request.method == "POST" and form.is_valid() and _entered(request, form):
        return HttpResponseRedirect(reverse("workflow:my_involvements"))
    own = list(involvements.own(actor_in(request)).order_by("organisation__name"))
    context = {
        "own": [(entry, entry.until is not None and entry.until < timezone.localdate()) for entry in own],
        "search": search,
        "hits": hits,
        "form": form,
        "may_read_all": actor_in(request).has_role(*involvements.READERS),
    }
    return render(request, "workflow/ties/mine.html", context, status=422 if form.errors else 200)


@roles_required(*involvements.MANAGERS)
def new(request: HttpRequest) -> HttpResponse:
    search, hits = _search(request)
    form = AnybodysForm(request.POST or None, hits=hits, initial=_chosen(hits), on=timezone.localdate())
    if request.method == "POST" and form.is_valid() and _entered(request, form):
        return HttpResponseRedirect(reverse("workflow:involvements"))
    context = {"search": search, "hits": hits, "form": form}
    return render(request, "workflow/ties/new.html", context, status=422 if form.errors else 200)


def _search(request: HttpRequest) -> tuple[SearchForm, list[Organisation]]:
    """The hits of the search, or the one organisation that a link names."""
    form = SearchForm(request.GET)
    named = request.GET.get("organisation", "")
    if named:
        return form, list(Organisation.objects.filter(key__in=_uuids(named)).select_related("municipality"))
    return form, involvements.organisations_named(form.cleaned_data["suche"]) if form.is_valid() else []


def _uuids(text: str) -> list[UUID]:
    """The key that the text is, or nothing."""
    try:
        return [UUID(text)]
    except ValueError:
        return []


def _chosen(hits: list[Organisation]) -> dict[str, Any]:
    """A single hit is chosen already; it counts from today."""
    return {"organisation": str(hits[0].key) if len(hits) == 1 else "", "since": timezone.localdate()}


def _entered(request: HttpRequest, form: InvolvementForm) -> bool:
    actor, data = actor_in(request), form.cleaned_data
    organisation = get_object_or_404(Organisation, key=data["organisation"])
    person = form.person() or involvements.of_oneself(actor)
    try:
        involvements.enter(
            person, organisation, kind=data["kind"], since=data["since"], note=data["note"], actor=actor,
            at=timezone.now(),
        )  # fmt: skip
    except Refused as refused:
        form.add_error(refused.field, refused.sentence)
        return False
    messages.success(request, _("Eingetragen. Der Fördertopf achtet ab jetzt auf die Verbindung."))
    return True


@roles_required(*involvements.MANAGERS)
def end(request: HttpRequest, key: UUID) -> HttpResponse:
    found = get_object_or_404(involvements.register(), key=key)
    if involvements.is_own(found, actor_in(request)):
        raise Forbidden(_("Ihre eigene Verbindung beendet eine andere Person."))
    if found.until is not None:
        raise Faster(_("Diese Verbindung ist schon beendet."))
    form = EndForm(request.POST or None, initial={"until": timezone.localdate()})
    if request.method == "POST" and form.is_valid() and _ended(request, found, form):
        return HttpResponseRedirect(reverse("workflow:involvements"))
    context = {"entry": found, "name": involvements.who([found])[found.pk], "form": form}
    return render(request, "workflow/ties/end.html", context, status=422 if form.errors else 200)


def _ended(request: HttpRequest, found: Involvement, form: EndForm) -> bool:
    try:
        involvements.end(found, until=form.cleaned_data["until"], actor=actor_in(request), at=timezone.now())
    except Refused as refused:
        form.add_error(refused.field, refused.sentence)
        return False
    messages.success(request, _("Die Verbindung ist beendet."))
    return True
