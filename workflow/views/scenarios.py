"""Scenarios: the list, the table with one amount for each case, the comparison, and the way to proposals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import actor_in, roles_required
from accounts.actors import names_of
from accounts.roles import Role
from funding.models import BudgetLine
from journal.refusals import Refused
from workflow import scenario_proposals as proposals
from workflow import scenarios
from workflow.forms.scenario import AmountsForm, CompareForm, PickFilter, PickForm, WriteForm
from workflow.models import Scenario
from workflow.scenario_sheet import Sheet, sheet, sheets

NEWEST = 60
"""So many stand in the list."""
OTHERS = 5
"""How many other scenarios of the year stand below one for comparison."""
readers = roles_required(*scenarios.READERS)
editors = roles_required(*scenarios.EDITORS)


def _find(key: UUID) -> Scenario:
    return get_object_or_404(Scenario, key=key)


def _to(found: Scenario) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("workflow:scenario", args=[found.key]))


def _page(request: HttpRequest, name: str, context: dict[str, Any], *forms: Any) -> HttpResponse:
    """422 as soon as one of the forms came back with errors."""
    status = 422 if any(form is not None and form.is_bound and form.errors for form in forms) else 200
    editing = scenarios.may_edit(actor_in(request))
    return render(request, f"workflow/scenarios/{name}.html", context | {"may_edit": editing}, status=status)


@readers
@require_safe
def scenario_list(request: HttpRequest) -> HttpResponse:
    found = list(Scenario.objects.all()[:NEWEST])
    return _page(request, "list", {"rows": _listed(found)})


def _listed(found: list[Scenario]) -> list[tuple[Sheet, str]]:
    names = names_of({one.created_by for one in found})
    return [(one, names.get(one.scenario.created_by, "")) for one in sheets(found)]


@readers
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Two or three side by side; without a choice, the list."""
    if not request.GET:
        return HttpResponseRedirect(reverse("workflow:scenario_list"))
    form = CompareForm(request.GET)
    if not form.is_valid():
        found = list(Scenario.objects.all()[:NEWEST])
        return _page(request, "list", {"rows": _listed(found), "wrong": form}, form)
    side = sheets(form.cleaned_data["s"])
    cases = {entry.case.pk: entry.case for one in side for entry in one.entries}
    rows = [(case, [one.of(case) for one in side]) for case in cases.values()]
    return _page(request, "compare", {"side": side, "rows": rows, "today": timezone.localdate()})


# Which cases


@editors
def new(request: HttpRequest) -> HttpResponse:
    """A name and the cases of a year."""
    choice, year, programme = _choice(request)
    found = scenarios.pickable(fiscal_year=year, programme=programme)
    form = PickForm(request.POST or None, cases=found, initial={"cases": [case.pk for case in found]})
    if request.method == "POST" and form.is_valid():
        made = _begun(request, form, year)
        if made is not None:
            return _to(made)
    context = {"form": form, "filter": choice, "year": year, "count": len(form.fields["cases"].choices)}  # type: ignore[attr-defined]
    return _page(request, "pick", context, form)


def _choice(request: HttpRequest) -> tuple[PickFilter, int, str]:
    """The year and the programme of the filter; at first the running year."""
    this = timezone.localdate().year
    years = sorted({this, *BudgetLine.objects.values_list("fiscal_year", flat=True)}, reverse=True)
    choice = PickFilter({"year": this, **request.GET.dict()}, years=years)
    choice.is_valid()
    return choice, choice.cleaned_data.get("year") or this, choice.cleaned_data.get("programme") or ""


def _begun(request: HttpRequest, form: PickForm, year: int) -> Scenario | None:
    data = form.cleaned_data
    try:
        return scenarios.begin(
            title=data["title"], fiscal_year=year, cases=data["cases"], actor=actor_in(request), at=timezone.now()
        )
    except Refused as refused:
        form.add_error(refused.field, refused.sentence)
        return None


@editors
def cases(request: HttpRequest, key: UUID) -> HttpResponse:
    """Other cases in an open scenario."""
    found = _find(key)
    if found.frozen_at and request.method != "POST":
        return _to(found)
    open_to = scenarios.pickable(fiscal_year=found.fiscal_year)
    first = {
        "title": found.title, "version": found.version, "cases": list(found.rows.values_list("case", flat=True)),
    }  # fmt: skip
    data = request.POST | {"title": found.title} if request.method == "POST" else None
    form = PickForm(data, cases=open_to, initial=first)
    del form.fields["title"]
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["version"]
        scenarios.choose(found, form.cleaned_data["cases"], seen=seen or 0, actor=actor_in(request))
        return _to(found)
    return _page(request, "pick", {"form": form, "scenario": found, "year": found.fiscal_year}, form)


# The table


@readers
def scenario(request: HttpRequest, key: UUID) -> HttpResponse:
    """GET shows the table, POST takes one of the verbs."""
    found = _find(key)
    if request.method == "POST":
        return _taken(request, found)
    return _table(request, sheet(found))


def _table(request: HttpRequest, found: Sheet, form: AmountsForm | None = None) -> HttpResponse:
    one = found.scenario
    others = Scenario.objects.filter(fiscal_year=one.fiscal_year).exclude(pk=one.pk)[:OTHERS]
    if form is None and one.frozen_at is None and scenarios.may_edit(actor_in(request)):
        form = AmountsForm(sheet=found)
    names = names_of({key for key in (one.created_by, one.frozen_by) if key})
    context = {
        "scenario": one,
        "sheet": found,
        "form": form,
        "side": [found, *sheets(list(others))],
        "author": names.get(one.created_by, ""),
        "freezer": names.get(one.frozen_by, "") if one.frozen_by else "",
        "may_propose": actor_in(request).has_role(Role.CASEWORKER),
        "today": timezone.localdate(),
    }
    return _page(request, "scenario", context, form)


def _taken(request: HttpRequest, found: Scenario) -> HttpResponse:
    """Editors alone; what is wrong is said at its field and nothing is written."""
    scenarios.require_editor(actor_in(request))
    verb = VERBS.get(request.POST.get("do", "save"), _save)
    if verb is _copy and found.frozen_at is not None:
        return _copy(request, found, None)
    form = AmountsForm(request.POST, sheet=sheet(found))
    if form.is_valid():
        try:
            return verb(request, found, form)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
    return _table(request, sheet(found, form.amounts), form)


def _kept(request: HttpRequest, found: Scenario, form: AmountsForm, verb: Callable[..., Scenario]) -> Scenario:
    seen = form.cleaned_data["version"]
    return verb(found, form.way, form.tries, seen=seen, actor=actor_in(request))


def _save(request: HttpRequest, found: Scenario, form: AmountsForm) -> HttpResponse:
    _kept(request, found, form, scenarios.save)
    messages.success(request, _("Das Szenario ist gespeichert. Es bindet kein Geld."))
    return _to(found)


def _spread(request: HttpRequest, found: Scenario, form: AmountsForm) -> HttpResponse:
    _kept(request, found, form, scenarios.respread)
    messages.success(request, _("Das Geld ist neu verteilt. Feste Beträge sind geblieben."))
    return _to(found)


def _freeze(request: HttpRequest, found: Scenario, form: AmountsForm) -> HttpResponse:
    scenarios.save_and_freeze(
        found, form.way, form.tries, seen=form.cleaned_data["version"], actor=actor_in(request), at=timezone.now()
    )
    messages.success(request, _("Das Szenario ist festgeschrieben. Als Nächstes schreiben Sie daraus die Vorschläge."))
    return _to(found)


def _copy(request: HttpRequest, found: Scenario, form: AmountsForm | None) -> HttpResponse:
    """A copy of what is on the page; of a frozen one as it is."""
    kept = _kept(request, found, form, scenarios.save) if form else found
    title = _("%(title)s (Kopie)") % {"title": kept.title[:110]}
    made = scenarios.copy(kept, title=title, actor=actor_in(request), at=timezone.now())
    messages.success(request, _("Die Kopie ist angelegt."))
    return _to(made)


VERBS = {"save": _save, "spread": _spread, "freeze": _freeze, "copy": _copy}


@editors
@require_POST
def stand(request: HttpRequest, key: UUID) -> HttpResponse:
    """What the typed amounts leave of each line, nothing saved: a piece of the page for htmx."""
    found = _find(key)
    form = AmountsForm(request.POST, sheet=sheet(found))
    form.is_valid()
    context = {"sheet": sheet(found, form.amounts), "is_piece": True}
    return render(request, "workflow/scenarios/stand.html", context)


@editors
@require_POST
def remove(request: HttpRequest, key: UUID) -> HttpResponse:
    found = _find(key)
    version = request.POST.get("version", "")
    scenarios.remove(
        found, seen=int(version) if version.isdecimal() else -1, actor=actor_in(request), at=timezone.now()
    )
    messages.success(request, _("„%(title)s“ ist gelöscht.") % {"title": found.title})
    return HttpResponseRedirect(reverse("workflow:scenario_list"))


# From the frozen one to proposals


@readers
def propose(request: HttpRequest, key: UUID) -> HttpResponse:
    """GET shows what each row becomes and what came of it; POST writes the proposals."""
    found = _find(key)
    if request.method == "POST":
        proposals.require_officer(actor_in(request))
    if found.frozen_at is None:
        return _to(found)
    form = WriteForm(request.POST or None, initial={"reason": _reason(found)})
    if request.method == "POST" and form.is_valid():
        done = proposals.write(
            found, reason=form.cleaned_data["reason"], seen=_seen(request), actor=actor_in(request), at=timezone.now()
        )
        count = sum(outcome.result == "done" for outcome in done)
        messages.success(request, _("Geschrieben: %(count)s von %(all)s.") % {"count": count, "all": len(done)})
        return HttpResponseRedirect(request.path)
    return _page(request, "propose", _proposing(request, found) | {"form": form}, form)


def _proposing(request: HttpRequest, found: Scenario) -> dict[str, Any]:
    plans = proposals.plans_of(sheet(found), on=timezone.localdate())
    told = proposals.told(found)
    outcomes = told[1] if told else {}
    return {
        "scenario": found,
        "rows": [(plan, outcomes.get(plan.case.reference)) for plan in plans],
        "count": sum(plan.is_taken for plan in plans),
        "bodies": proposals.for_a_body(plans),
        "papers": list(found.papers.all()),
        "told": told[0] if told else None,
        "may_propose": actor_in(request).has_role(Role.CASEWORKER),
    }


@require_POST
@roles_required(Role.CASEWORKER)
def to_paper(request: HttpRequest, key: UUID) -> HttpResponse:
    """What a body decides becomes a draft of a paper."""
    found = _find(key)
    paper = proposals.lay_before(found, reason=_reason(found), actor=actor_in(request), at=timezone.now())
    messages.success(request, _("Die Vorlage %(number)s ist angelegt.") % {"number": paper.number})
    return HttpResponseRedirect(reverse("workflow:paper", args=[paper.key]))


def _reason(found: Scenario) -> str:
    rule = str(found.get_rule_display())
    return _("Nach dem Szenario „%(title)s“: verteilt %(rule)s.") % {"title": found.title, "rule": rule}


def _seen(request: HttpRequest) -> dict[int, int]:
    """The versions of the cases as they stood on the page."""
    pairs = (value.partition("-")[::2] for value in request.POST.getlist("seen"))
    return {int(key): int(version) for key, version in pairs if key.isdecimal() and version.isdecimal()}
