"""The step „Finanzplan": lines, sums, the possible grant, and what does not hold yet."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import plans, rules
from applications.completeness import Section
from applications.forms import plan as forms
from applications.models import Application
from applications.saving import Conflict, save_plan
from applications.views.frame import Difference, conflict, page, proceed, save_of
from funding.money import format_money
from journal import values
from journal.refusals import Refused

BLANK_LINES = 3


def show(request: HttpRequest, application: Application, section: Section) -> HttpResponse:
    if request.method != "POST":
        return _page(request, application, forms.stored(application, blank=BLANK_LINES))
    rules.refuse_closed(application, section)
    costs, sources = forms.sent(request.POST)
    if not forms.is_readable(costs, sources):
        raise Refused(_("Die Seite war nicht vollständig geladen. Bitte laden Sie sie neu."))
    can_be_read = all([costs.is_valid(), sources.is_valid()])
    left_out = request.POST.get("remove", "")
    try:
        save_plan(
            application,
            save_of(request, application),
            costs.lines(leave_out=left_out),
            sources.lines(leave_out=left_out),
        )
    except Conflict:
        return conflict(request, application, section, _differences(costs, sources, application))
    return _after_saving(request, application, (costs, sources), can_be_read=can_be_read)


def _after_saving(
    request: HttpRequest, application: Application, sets: tuple[Any, Any], *, can_be_read: bool
) -> HttpResponse:
    adds, left_out = request.POST.get("add", ""), request.POST.get("remove", "")
    again = forms.shown_again(*sets, leave_out=left_out, add=adds)
    is_readable = all([again[0].is_valid(), again[1].is_valid()])
    if adds or left_out:
        if is_readable and adds:
            forms.focus_on_added(again[0] if adds == "costs" else again[1])
        return _page(request, application, again, status=200 if is_readable else 422)
    if "anyway" in request.POST:
        return proceed(request, application, Section.PLAN)
    plan = plans.plan_of(application)
    if plan.costs:
        sentences = plans.sentences(plan, application) if can_be_read else []
        forms.point_out(*again, requested=plan.requested, sentences=sentences)
    if any(again[0].errors) or any(again[1].errors) or again[1].non_form_errors():
        return _page(request, application, again, status=422, all_saved=can_be_read)
    return proceed(request, application, Section.PLAN)


def _page(
    request: HttpRequest, application: Application, sets: tuple[Any, Any], *, status: int = 200, all_saved: bool = False
) -> HttpResponse:
    plan = plans.plan_of(application)
    grant = plans.grant_for(application, plan) if plan.costs else None
    rate = values.decimal("application.volunteer_rate", on=timezone.localdate())
    return page(
        request,
        application,
        Section.PLAN,
        "plan",
        status,
        costs=sets[0],
        sources=sets[1],
        plan=plan,
        difference=plan.expenditure - plan.income,
        gap=format_money(abs(plan.expenditure - plan.income)),
        grant=grant,
        explanation=plans.explain(grant) if grant else "",
        volunteer_rate=rate,
        is_wrong=status == 422,
        note=_saved_note(all_saved=all_saved),
    )


def _saved_note(*, all_saved: bool) -> str:
    if all_saved:
        return _("Ihre Eingaben sind gespeichert.")
    return _("Was wir lesen konnten, ist gespeichert. Die markierten Angaben noch nicht.")


def _differences(costs: Any, sources: Any, application: Application) -> list[Difference]:
    """Line by line, since lines have no names."""
    stored = forms.stored(application, blank=0)
    found = []
    for mine, theirs in ((costs, stored[0]), (sources, stored[1])):
        typed = [_words(form) for form in mine.written]
        kept = [_words(form) for form in theirs.forms]
        for number in range(max(len(typed), len(kept))):
            pair = [rows[number] if number < len(rows) else "" for rows in (typed, kept)]
            if pair[0] != pair[1]:
                label = f"{mine.line_label} {number + 1}"
                found.append(Difference(label=label, typed=pair[0], stored=pair[1]))
    return found


def _words(form: Any) -> str:
    """A line as a person reads it: „Honorare, Kursleitung, 40, 25,00"."""
    parts = []
    for bound in form.visible_fields():
        choices = dict(getattr(bound.field, "choices", ()))
        value = bound.value()
        parts.append(str(choices.get(value, "") if choices else bound.field.prepare_value(value) or ""))
    return ", ".join(part for part in parts if part)
