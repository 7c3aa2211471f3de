"""What a page of a draft is answered: saved, or both versions side by side; to a script in a few words of JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_in
from accounts.actors import names_of
from applications import completeness, drafting, presence
from applications.completeness import SECTION_LABELS, Section
from applications.drafting import Outcome, Sent
from applications.merging import Values, packed
from applications.models import Application
from applications.views.frame import remarks, step_items, step_url
from journal.refusals import Refusal
from journal.templatetags import ui

P = ParamSpec("P")
CONTROLS = {"csrfmiddlewaretoken", "version", "base", "asked", "add", "remove", "person"}


def is_autosave(request: HttpRequest) -> bool:
    """Whether the script of a page asks, not a person."""
    return request.headers.get("X-Autosave") == "1"


def _is_somebody_else(request: HttpRequest) -> bool:
    """Not logged in, or meanwhile another person in the same browser: what was typed is not theirs."""
    if not request.user.is_authenticated:
        return True
    return request.method == "POST" and str(actor_in(request).key) != request.POST.get("person", "")


def answers_scripts(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """For people the log-in page and pages of refusal; for the script that saves by itself 401, 403 and 422 in JSON."""
    for_people = login_required(view)

    @wraps(view)
    def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not is_autosave(request):
            return for_people(request, *args, **kwargs)
        if _is_somebody_else(request):
            return JsonResponse({"reason": "log-in"}, status=401)
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            return JsonResponse({"reason": "refused", "said": refusal.sentence}, status=refusal.status)

    return answered


@dataclass(frozen=True, kw_only=True)
class Settled:
    """A saved exchange: the application as it is now, and its texts."""

    application: Application
    outcome: Outcome
    stored: Values


def settle(request: HttpRequest, application: Application, section: Section, draft: Any) -> Settled | HttpResponse:
    """Saves what was sent, put together with what others wrote; where both wrote, the answer that asks."""
    actor, sent = actor_in(request), drafting.sent_in(request.POST)
    outcome = drafting.exchange(application, draft, sent, actor=actor, at=timezone.now())
    if outcome.merged.conflicts or sent.is_undecided:
        return _conflict(request, outcome, section, draft, sent)
    completeness.prepare(outcome.application)
    stored = draft.stored(outcome.application)
    if is_autosave(request):
        drafting.remember(outcome, sent, stored, draft.keys(), actor)
    else:
        drafting.forget(outcome.application, sent, actor)
    return Settled(application=outcome.application, outcome=outcome, stored=stored)


# For the script


def saved(request: HttpRequest, settled: Settled, section: Section, draft: Any, **more: Any) -> HttpResponse:
    """What a page needs to know after it was saved behind the scenes. 422 if something could not be read."""
    application, outcome = settled.application, settled.outcome
    here = presence.sign(application, section, actor=actor_in(request), at=timezone.now())
    unreadable = draft.unreadable()
    answer = {
        "version": application.version,
        "base": outcome.seen(settled.stored),
        "lines": draft.keys(),
        "others": {name: settled.stored.get(name) for name in outcome.merged.others},
        "new": [name for name in settled.stored if name not in draft.mine],
        "errors": unreadable,
        "state": _state(application, draft.labels()),
        "steps": ui.steps(step_items(application, section)),
        "here": presence.sentences(here, section),
        "remarks": render_to_string("applications/remarks.html", {"remarks": remarks(application, section)}),
    }
    return JsonResponse(answer | more, status=422 if unreadable else 200)


def _state(application: Application, labels: list[str]) -> str:
    context = {"at": application.updated_at, "unreadable": ", ".join(labels)}
    return render_to_string("applications/draft_state.html", context)


# Both versions side by side


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One place that two people wrote differently."""

    name: str
    label: str
    typed: str
    stored: str
    is_open: bool = False
    choice: str = ""


def _conflict(request: HttpRequest, outcome: Outcome, section: Section, draft: Any, sent: Sent) -> HttpResponse:
    """Nothing is written before somebody has chosen; what both wrote alike, or only one of them, is put together already."""
    now = outcome.application
    who = _who(request, now)
    if is_autosave(request):
        said = _("%(who)s hat dieselbe Stelle geändert. Nichts ist verloren, bitte wählen Sie.") % {"who": who}
        return JsonResponse({"reason": "conflict", "said": said}, status=409)
    names = outcome.merged.conflicts or sent.asked
    data = draft.data_of(outcome.merged.values)
    context = {
        "application": now,
        "title": SECTION_LABELS[section],
        "who": who,
        "when": now.updated_at,
        "differences": [_difference(name, outcome, draft, sent) for name in names],
        "is_wrong": sent.is_undecided and set(names) <= set(sent.asked),
        "sent": [*_pairs(request, data), ("version", str(now.version)), ("base", packed(outcome.theirs))],
        "url": step_url(now, section),
    }
    return render(request, "applications/conflict.html", context, status=422 if context["is_wrong"] else 409)


def _difference(name: str, outcome: Outcome, draft: Any, sent: Sent) -> Difference:
    choice = sent.choices.get(name, "") if sent.is_undecided else ""
    mine = outcome.merged.values.get(name) if name not in outcome.merged.others else draft.mine.get(name)
    return Difference(
        name=name,
        label=draft.label(name, outcome.theirs),
        typed=draft.words(name, mine),
        stored=draft.words(name, outcome.theirs.get(name)),
        is_open=sent.is_undecided and name in sent.asked and not choice,
        choice=choice,
    )


def _who(request: HttpRequest, application: Application) -> str:
    key = application.updated_by
    if key == actor_in(request).key:
        return _("Jemand mit Ihrem Zugang")
    return (names_of({key}).get(key) if key else None) or _("Jemand")


def _pairs(request: HttpRequest, data: Any) -> list[tuple[str, str]]:
    """All that is sent once more: the merged texts, and what belongs to the page (its tab, the button that was pressed)."""
    merged = list(data.lists()) if hasattr(data, "lists") else [(name, [text]) for name, text in data.items()]
    names = {name for name, _texts in merged}
    extra = [(name, [request.POST[name]]) for name in ("tab", "later", "restore", "anyway") if name in request.POST]
    found = merged + [pair for pair in extra if pair[0] not in names]
    return [
        (name, text)
        for name, texts in found
        if name not in CONTROLS and not name.startswith("choice-")
        for text in texts
    ]
