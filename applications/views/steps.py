"""One address for all steps of an application."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.access import actor_in
from applications import rules
from applications.completeness import Section
from applications.forms.sections import FORMS, SectionForm
from applications.models import Application
from applications.saving import Conflict, save_fields
from applications.views import documents, plan
from applications.views.frame import (
    Difference,
    conflict,
    not_open,
    own_application,
    page,
    proceed,
    refuse_reader,
    save_of,
)


@login_required
def step(request: HttpRequest, key: UUID, step: str) -> HttpResponse:
    if step not in set(Section):
        raise Http404
    section = Section(step)
    application = own_application(request, key)
    refuse_reader(application, actor_in(request))
    if request.method != "POST" and section not in rules.open_sections(application):
        return not_open(application)
    view = {Section.PLAN: plan.show, Section.DOCUMENTS: documents.show}.get(section, show)
    return view(request, application, section)


def show(request: HttpRequest, application: Application, section: Section) -> HttpResponse:
    """A step made of plain fields."""
    factory = FORMS[section]
    if request.method != "POST":
        return page(request, application, section, "step", form=factory(instance=application))
    rules.refuse_closed(application, section)
    form = factory(request.POST, instance=Application.objects.get(pk=application.pk))
    is_fine = form.is_valid()
    try:
        save_fields(application, save_of(request, application), form.readable(actor_in(request)))
    except Conflict:
        return conflict(request, application, section, _differences(form, factory(instance=application)))
    if is_fine or "anyway" in request.POST:
        return proceed(request, application, section)
    note = _("Was wir lesen konnten, ist gespeichert. Die markierten Angaben noch nicht.")
    return page(request, application, section, "step", 422, form=_with_version(form, application), note=note)


def _with_version(form: SectionForm, application: Application) -> SectionForm:
    """The form once more as it was typed, now with the version that was just saved."""
    data: Any = form.data.copy()  # type: ignore[attr-defined]
    data["version"] = str(application.version)
    form.data = data
    return form


def _differences(form: SectionForm, now: SectionForm) -> list[Difference]:
    pairs = ((bound, now[bound.name]) for bound in form.visible_fields())
    found = [
        Difference(label=bound.label, typed=_words(bound, bound.value()), stored=_words(other, other.value()))
        for bound, other in pairs
    ]
    return [difference for difference in found if difference.typed != difference.stored]


def _words(bound: Any, value: Any) -> str:
    """A value as a person reads it: the words of a choice, a day with points."""
    chosen = {str(part) for part in value} if isinstance(value, list) else {str(value)}
    choices = getattr(bound.field, "choices", None)
    if choices is not None:
        return ", ".join(str(label) for key, label in choices if str(key) and str(key) in chosen)
    shown = bound.field.widget.format_value(value)
    return "" if shown is None else str(shown)
