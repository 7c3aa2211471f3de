"""The step „Finanzplan": lines, sums, the possible grant, and what does not hold yet."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import plans, rules
from applications.completeness import Section
from applications.forms import plan as forms
from applications.forms import plan_drafts
from applications.forms.plan_drafts import PlanDraft
from applications.merging import packed
from applications.models import Application
from applications.views.answers import Settled, is_autosave, saved, settle
from applications.views.frame import page, proceed
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
    draft = PlanDraft(costs, sources, leave_out=request.POST.get("remove", ""))
    settled = settle(request, application, section, draft)
    if isinstance(settled, HttpResponse):
        return settled
    if is_autosave(request):
        return saved(request, settled, section, draft, **_live(settled, draft))
    return _after_saving(request, settled.application, draft)


def _live(settled: Settled, draft: PlanDraft) -> dict[str, Any]:
    """Sums and sentences for the open page; a line's amount by its place there."""
    facts = plan_facts(settled.application)
    plan = facts["plan"]
    amounts = {place: form.line_total for place, form in draft.forms_by_place().items() if hasattr(form, "line_total")}
    return {
        "amounts": amounts,
        "sums": {"costs": format_money(plan.expenditure), "sources": format_money(plan.income)},
        "balance": render_to_string("applications/plan_balance.html", facts),
    }


def _after_saving(request: HttpRequest, application: Application, draft: PlanDraft) -> HttpResponse:
    adds, left_out = request.POST.get("add", ""), request.POST.get("remove", "")
    again = forms.shown_again(draft.costs, draft.sources, add=adds)
    is_readable = all([again[0].is_valid(), again[1].is_valid()])
    if adds or left_out:
        if is_readable and adds:
            forms.focus_on_added(again[0] if adds == "costs" else again[1])
        return _page(request, application, again, status=200 if is_readable else 422)
    if "anyway" in request.POST or ("later" in request.POST and draft.can_be_read):
        return proceed(request, application, Section.PLAN)
    plan = plans.plan_of(application)
    if plan.costs:
        sentences = plans.sentences(plan, application) if draft.can_be_read else []
        bound = plans.bound_of(application)
        forms.point_out(*again, requested=plan.requested, sentences=sentences, bound=bound)
    if any(again[0].errors) or any(again[1].errors) or again[1].non_form_errors():
        return _page(request, application, again, status=422, all_saved=draft.can_be_read)
    return proceed(request, application, Section.PLAN)


def _page(
    request: HttpRequest, application: Application, sets: tuple[Any, Any], *, status: int = 200, all_saved: bool = False
) -> HttpResponse:
    return page(
        request,
        application,
        Section.PLAN,
        "plan",
        status,
        costs=sets[0],
        sources=sets[1],
        base=packed(plan_drafts.stored(application)),
        volunteer_rate=values.decimal("application.volunteer_rate", on=timezone.localdate()),
        is_wrong=status == 422,
        note=_saved_note(all_saved=all_saved),
        **plan_facts(application),
    )


def plan_facts(application: Application) -> dict[str, Any]:
    """The sums, the possible grant and how it comes about, and what to look at."""
    plan = plans.plan_of(application)
    grant = plans.grant_for(application, plan) if plan.costs else None
    return {
        "plan": plan,
        "difference": plan.difference,
        "gap": format_money(abs(plan.difference)),
        "grant": grant,
        "bound": plans.bound_of(application),
        "explanation": plans.explain(grant) if grant else "",
        "hints": plans.hints(application, plan),
    }


def _saved_note(*, all_saved: bool) -> str:
    if all_saved:
        return _("Ihre Eingaben sind gespeichert.")
    return _("Was wir lesen konnten, ist gespeichert. Die markierten Angaben noch nicht.")
