"""What all steps of an application share: finding it, the list of steps, the page, the conflict."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import actor_in
from accounts.actors import names_of
from applications import completeness, queries, rules
from applications.completeness import SECTION_LABELS, Section
from applications.models import Application
from applications.saving import Save
from journal.actors import Actor
from journal.refusals import Forbidden


def own_application(request: HttpRequest, key: UUID) -> Application:
    """The application of the person's organisation; for everybody else it does not exist."""
    found = queries.of_member(actor_in(request)).filter(key=key).first()
    if found is None:
        raise Http404
    return found


def refuse_reader(application: Application, actor: Actor) -> None:
    member = rules.membership_in(application, actor)
    if member is None or not member.may_edit:
        raise Forbidden(_("Schreiben darf nur, wem Ihre Organisation das erlaubt hat."))


def save_of(request: HttpRequest, application: Application) -> Save:
    """The version that was seen; without a readable one nothing fits, and nothing is overwritten."""
    version = request.POST.get("version", "")
    seen = int(version) if version.isdecimal() and len(version) < 10 else -1
    return Save(version=seen, actor=actor_in(request), at=timezone.now())


def step_url(application: Application, section: str) -> str:
    return reverse("applications:step", args=[application.key, section])


def next_url(application: Application, section: Section) -> str:
    """The next open step; after the last one the summary, or the case if it was filed before."""
    opened = rules.open_sections(application)
    later = opened[opened.index(section) + 1 :] if section in opened else []
    return step_url(application, later[0]) if later else end_url(application)


def end_url(application: Application) -> str:
    name = "workflow:file" if application.filed_at is None else "workflow:my_case"
    return reverse(name, args=[application.key])


@dataclass(frozen=True, kw_only=True)
class StepItem:
    """One line in the list of steps."""

    title: Any
    url: str
    state: str = ""
    note: str = ""
    is_current: bool = False


def step_items(application: Application, current: Section | None) -> list[StepItem]:
    missing = Counter(m.section for m in completeness.missing_in(application, today=timezone.localdate()))
    items = [
        StepItem(
            title=SECTION_LABELS[section],
            url=step_url(application, section),
            state=_state(application, section, missing[section]),
            note=_note(application, section, missing[section]),
            is_current=section is current,
        )
        for section in rules.open_sections(application)
    ]
    title = _("Prüfen und einreichen") if application.filed_at is None else _("Zurück zum Antrag")
    return [*items, StepItem(title=title, url=end_url(application), is_current=current is None)]


def _state(application: Application, section: Section, missing: int) -> str:
    if not missing:
        return "done"
    return "empty" if is_empty(application, section) else "open"


def _note(application: Application, section: Section, missing: int) -> str:
    if not missing or is_empty(application, section):
        return ""
    return ngettext("%(count)s Angabe offen", "%(count)s Angaben offen", missing) % {"count": missing}


def is_empty(application: Application, section: Section) -> bool:
    """Nobody has written anything into this step yet."""
    written: dict[Section, Any] = {
        Section.PROJECT: lambda: application.title or application.summary or application.place,
        Section.GOALS: lambda: application.measure_id or application.target_group or application.expected_people,
        Section.PERIOD: lambda: application.starts_on or application.ends_on,
        Section.PLAN: lambda: application.costs.exists() or application.sources.filter(amount__gt=0).exists(),
        Section.DOCUMENTS: lambda: application.attachments.filter(removed_at__isnull=True).exists(),
        Section.DECLARATIONS: lambda: application.declarations,
    }
    return not written[section]()


def page(
    request: HttpRequest, application: Application, section: Section, template: str, status: int = 200, **context: Any
) -> HttpResponse:
    """A step: its form in the frame that all steps share."""
    shared = {
        "application": application,
        "section": section,
        "application_url": end_url(application),
        "title": SECTION_LABELS[section],
        "items": step_items(application, section),
        "saved_at": application.updated_at if application.version else None,
        "privacy": section is Section.PROJECT,
    }
    return render(request, f"applications/{template}.html", shared | context, status=status)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One field that two people wrote differently."""

    label: Any
    typed: str
    stored: str


def conflict(
    request: HttpRequest, application: Application, section: Section, differences: list[Difference]
) -> HttpResponse:
    """Both versions side by side; nothing is overwritten before somebody chooses."""
    now = Application.objects.get(pk=application.pk)
    name = names_of({now.updated_by}).get(now.updated_by) if now.updated_by else None
    context = {
        "application": now,
        "title": SECTION_LABELS[section],
        "who": name or _("Jemand"),
        "when": now.updated_at,
        "differences": differences,
        "sent": [(key, value) for key, values in _sent_again(request, now.version) for value in values],
        "url": step_url(now, section),
    }
    return render(request, "applications/conflict.html", context, status=409)


def _sent_again(request: HttpRequest, version: int) -> list[tuple[str, list[str]]]:
    kept = {k: v for k, v in request.POST.lists() if k not in {"csrfmiddlewaretoken", "version", "add", "remove"}}
    return [*kept.items(), ("version", [str(version)])]


def proceed(request: HttpRequest, application: Application, section: Section) -> HttpResponse:
    """Where a saved step leads: on, or home for today."""
    if "later" in request.POST:
        return HttpResponseRedirect(reverse("workflow:my_applications"))
    return HttpResponseRedirect(next_url(application, section))


def not_open(application: Application) -> HttpResponse:
    """A step that is closed for writing leads to where the application can be read."""
    return HttpResponseRedirect(reverse("workflow:my_case", args=[application.key]))
