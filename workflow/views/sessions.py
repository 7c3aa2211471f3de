"""Sittings: all of them, one with its agenda, a new one, another day, cancelled, held."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import actor_in, roles_required
from accounts.roles import Role
from journal.refusals import Faster, Refused
from workflow import papers, sessions
from workflow.forms.council import AgendaForm, CancelForm, SessionForm
from workflow.models import Body, Session

PER_PAGE = 50
State = Session.State
TONES = {State.PLANNED: "n", State.HELD: "s", State.CANCELLED: "d"}
readers = roles_required(*papers.READERS)
office = roles_required(Role.COMMITTEE_OFFICE)


def _find(pk: int) -> Session:
    return get_object_or_404(Session.objects.select_related("body"), pk=pk)


def _address(session: Session) -> str:
    return reverse("workflow:session", args=[session.pk])


def told(found: Session) -> tuple[str, str]:
    """The state in a word, and its tone."""
    return str(found.get_state_display()), TONES[State(found.state)]


@readers
def session_list(request: HttpRequest) -> HttpResponse:
    """What is to come first, then what was."""
    today = timezone.localdate()
    past = sessions.all_sessions().filter(held_on__lt=today)
    page = Paginator(past, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "upcoming": [(one, *told(one)) for one in sessions.upcoming(today, with_cancelled=True)],
        "page": page,
        "past": [(one, *told(one)) for one in page],
        "may_plan": actor_in(request).has_role(Role.COMMITTEE_OFFICE),
    }
    return render(request, "workflow/council/sessions.html", context)


@readers
def session(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _find(pk))


def _page(request: HttpRequest, found: Session, form: AgendaForm | None = None, *, status: int = 200) -> HttpResponse:
    """The agenda; who may change it sees a field for each TOP and what waits for a sitting."""
    items = form.items if form else sessions.agenda(found)
    may_plan = actor_in(request).has_role(Role.COMMITTEE_OFFICE)
    may_change = may_plan and found.state == State.PLANNED
    if form is None and may_change:
        form = AgendaForm(items=items, waiting=sessions.waiting(found.body))
    context = {
        "session": found,
        "badge": told(found),
        "open_items": [item for item in items if is_open(found, item)],
        "closed_items": [item for item in items if not is_open(found, item)],
        "form": form if may_change else None,
        "may_plan": may_plan,
        "may_change": may_change,
        "is_over": found.held_on <= timezone.localdate(),
    }
    return render(request, "workflow/council/session.html", context, status=status)


def is_open(found: Session, item: Any) -> bool:
    """Whether an item is heard in public: the sitting is public, and so is the paper."""
    return bool(found.is_public and item.paper.is_public)


@office
@require_POST
def agenda(request: HttpRequest, pk: int) -> HttpResponse:
    """The TOPs as they were written."""
    found = _find(pk)
    form = AgendaForm(request.POST, items=sessions.agenda(found), waiting=sessions.waiting(found.body))
    if not form.is_valid() or not _put(request, found, form):
        return _page(request, found, form, status=422)
    messages.success(request, _("Die Tagesordnung ist gespeichert."))
    return HttpResponseRedirect(_address(found))


def _put(request: HttpRequest, found: Session, form: AgendaForm) -> bool:
    try:
        sessions.put_on_agenda(found, form.chosen(), actor=actor_in(request), at=timezone.now())
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return False
    return True


# Planning


@office
def session_new(request: HttpRequest) -> HttpResponse:
    body = Body.objects.filter(kind=request.GET.get("gremium", "")).first()
    form = SessionForm(request.POST if request.method == "POST" else None, body=body)
    if request.method == "POST" and form.is_valid():
        try:
            made = sessions.plan(
                form.cleaned_data["body"], form.data_for_session(), actor=actor_in(request), at=timezone.now()
            )
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        else:
            messages.success(request, _("Die Sitzung ist geplant."))
            return HttpResponseRedirect(_address(made))
    context = {"form": form, "session": None, "heading": _("Sitzung planen")}
    return render(request, "workflow/council/session_form.html", context, status=422 if form.errors else 200)


@office
def session_change(request: HttpRequest, pk: int) -> HttpResponse:
    found = _find(pk)
    _refuse_past(found)
    form = SessionForm(request.POST if request.method == "POST" else None, session=found)
    if request.method == "POST" and form.is_valid():
        try:
            sessions.change(found, form.data_for_session(), actor=actor_in(request), at=timezone.now())
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        else:
            messages.success(request, _("Gespeichert."))
            return HttpResponseRedirect(_address(found))
    context = {"form": form, "session": _find(pk), "heading": _("Sitzung ändern")}
    return render(request, "workflow/council/session_form.html", context, status=422 if form.errors else 200)


def _refuse_past(found: Session) -> None:
    if found.state != State.PLANNED:
        raise Faster(_("Diese Sitzung ist %(state)s.") % {"state": found.get_state_display()})


@office
def session_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    found = _find(pk)
    _refuse_past(found)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            sessions.cancel(found, reason=form.cleaned_data["reason"], actor=actor_in(request), at=timezone.now())
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("Die Sitzung ist abgesagt. Ihre Punkte warten auf eine andere."))
            return HttpResponseRedirect(_address(found))
    context = {"form": form, "session": found, "items": sessions.agenda(found)}
    return render(request, "workflow/council/session_cancel.html", context, status=422 if form.errors else 200)


@office
@require_POST
def session_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Only once the day has come."""
    found = _find(pk)
    if found.held_on > timezone.localdate():
        raise Refused(_("Die Sitzung ist erst am %(day)s.") % {"day": f"{found.held_on:%d.%m.%Y}"})
    sessions.hold(found, actor=actor_in(request), at=timezone.now())
    messages.success(request, _("Die Sitzung ist als abgehalten eingetragen."))
    return HttpResponseRedirect(_address(found))
