"""What all steps of an application share: finding it, the list of steps, the page, the conflict."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import actor_in
from applications import completeness, drafting, presence, queries, rules
from applications.completeness import SECTION_LABELS, Section
from applications.models import Application
from journal.actors import Actor
from journal.refusals import Forbidden


def own_application(request: HttpRequest, key: UUID) -> Application:
    """The application of the person's organisation; for everybody else it does not exist."""
    actor = actor_in(request)
    own = queries.of_member(actor).select_related("question_set", "municipality", "measure")
    member = own.annotate(may_write=F("organisation__memberships__may_edit")).filter(key=key).first()
    found: Application | None = member or on_paper(actor, key)
    if found is None:
        raise Http404
    return found


def on_paper(actor: Actor, key: UUID) -> Application | None:
    """What the office writes down for somebody who sent it on paper."""
    known = queries.on_paper(actor).select_related("question_set", "municipality", "measure")
    found: Application | None = known.filter(key=key).first()
    if found is not None:
        found.by_office = True
        found.may_write = True  # type: ignore[attr-defined]  # as the query of a member tells it
    return found


def refuse_reader(application: Application, actor: Actor) -> None:
    may_write = getattr(application, "may_write", None)
    if may_write is None:
        member = rules.membership_in(application, actor)
        may_write = member is not None and member.may_edit
    if not may_write:
        raise Forbidden(_("Schreiben darf nur, wem Ihre Organisation das erlaubt hat."))


def step_url(application: Application, section: str) -> str:
    return reverse("applications:step", args=[application.key, section])


def next_url(application: Application, section: Section) -> str:
    """The next open step; after the last one the summary, or the case if it was filed before."""
    order = list(Section)
    later = [found for found in rules.open_sections(application) if order.index(found) > order.index(section)]
    return step_url(application, later[0]) if later else end_url(application)


def end_url(application: Application) -> str:
    """Where the steps end: the summary of a draft, the case after filing; each for who has it open."""
    if application.by_office:
        filed = application.filed_at is not None
        return reverse("workflow:case", args=[application.reference]) if filed else paper_url(application)
    name = "workflow:file" if application.filed_at is None else "workflow:my_case"
    return reverse(name, args=[application.key])


def paper_url(application: Application) -> str:
    return reverse("workflow:paper_application", args=[application.key])


def home_url(application: Application) -> str:
    """The list in which the application stands."""
    return reverse("workflow:paper_applications" if application.by_office else "workflow:my_applications")


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
    items = [_item(application, section, missing[section], current) for section in rules.open_sections(application)]
    title = _("Prüfen und einreichen") if application.filed_at is None else _("Zurück zum Antrag")
    if application.by_office:
        title = _("Prüfen und ablegen") if application.filed_at is None else _("Zurück zum Vorgang")
    return [*items, StepItem(title=title, url=end_url(application), is_current=current is None)]


def _item(application: Application, section: Section, missing: int, current: Section | None) -> StepItem:
    is_blank = bool(missing) and is_empty(application, section)
    note = ngettext("%(count)s Angabe offen", "%(count)s Angaben offen", missing) % {"count": missing}
    return StepItem(
        title=SECTION_LABELS[section],
        url=step_url(application, section),
        state="empty" if is_blank else "open" if missing else "done",
        note=note if missing and not is_blank else "",
        is_current=section is current,
    )


def is_empty(application: Application, section: Section) -> bool:
    """Nobody has written anything into this step yet."""
    written: dict[Section, Any] = {
        Section.PROJECT: lambda: application.title or application.summary or application.place,
        Section.GOALS: lambda: application.measure_id or application.target_group or application.expected_people,
        Section.PERIOD: lambda: application.starts_on or application.ends_on,
        Section.PLAN: lambda: application.costs.exists() or any(line.amount for line in application.sources.all()),
        Section.QUESTIONS: lambda: application.answers,
        Section.DOCUMENTS: lambda: any(file.removed_at is None for file in application.attachments.all()),
        Section.DECLARATIONS: lambda: application.declarations,
    }
    return not written[section]()


def page(
    request: HttpRequest, application: Application, section: Section, template: str, status: int = 200, **context: Any
) -> HttpResponse:
    """A step: its form in the frame that all steps share. `base` is what a page of a draft begins with."""
    actor = actor_in(request)
    here = presence.sign(application, section, actor=actor, at=timezone.now())
    completeness.prepare(application)
    shared = {
        "application": application,
        "section": section,
        "application_url": end_url(application),
        "home_url": home_url(application),
        "title": SECTION_LABELS[section],
        "items": step_items(application, section),
        "saved_at": application.updated_at if application.version else None,
        "privacy": section is Section.PROJECT,
        "here": presence.sentences(here, section),
        "remarks": remarks(application, section),
        "tab": _tab(request) or secrets.token_hex(8),
        "person": actor.key,
    }
    response = render(request, f"applications/{template}.html", shared | context, status=status)
    add_never_cache_headers(response)  # going back shows what is stored now, not an older page
    return response


def remarks(application: Application, section: Section) -> list[tuple[str, str]]:
    """What the programme's check says to this step, and where the answer stands that it is about."""
    said = completeness.said_while_writing(application, section, today=timezone.localdate())
    return [(item.sentence, place_of(application, item)) for item in said]


def place_of(application: Application, item: completeness.Missing) -> str:
    """The address of the field that something is said about."""
    anchor = _ANCHORS.get(item.field) or f"id_{item.field.removesuffix('_id')}"
    if item.section == completeness.ORGANISATION:
        return f"{reverse('applications:organisation_edit', args=[application.organisation.key])}#{anchor}"
    if item.field.startswith("declarations-"):
        anchor = f"id_declarations_{list(completeness.DECLARATIONS).index(item.field.partition('-')[2])}"
    return f"{step_url(application, item.section)}#{anchor}"


_ANCHORS = {"goals": "id_goals_0", "costs": "id_costs-0-category", "requested": "einnahmen", "kind": "id_kind_0"}


def _tab(request: HttpRequest) -> str:
    """The name that an open page goes by, so that what it keeps in the browser is found again."""
    return drafting.sent_in(request.POST).tab


def proceed(request: HttpRequest, application: Application, section: Section) -> HttpResponse:
    """Where a saved step leads; the browser learns that it may forget what it kept of it."""
    response = HttpResponseRedirect(_after(request, application, section))
    if tab := _tab(request):
        name = f"{application.key}.{section}.{tab}"
        response.set_cookie("ft-saved", name, max_age=60, samesite="Lax", secure=request.is_secure())
    return response


def _after(request: HttpRequest, application: Application, section: Section) -> str:
    """On, or home for today; or back to the step, if text was brought that only a device had kept."""
    if "restore" in request.POST:
        messages.success(request, _("Was auf diesem Gerät noch nicht gespeichert war, ist jetzt eingesetzt."))
        return step_url(application, section)
    if "later" in request.POST:
        return home_url(application)
    return next_url(application, section)


def not_open(application: Application) -> HttpResponse:
    """A step that is closed for writing leads to where the application can be read."""
    return HttpResponseRedirect(reverse("workflow:my_case", args=[application.key]))
