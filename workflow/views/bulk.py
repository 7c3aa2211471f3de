"""Steps for many cases at once: choosing, one confirmation, and the page on which the job tells how far it is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_in, roles_required
from accounts.actors import names_of
from accounts.roles import CASE_READERS, Role
from journal import formats
from journal.actors import Actor
from journal.machine import step_of
from journal.refusals import Faster, Forbidden
from workflow import bulk, carrying_out, queries
from workflow.bulk import Wish
from workflow.carrying_out import DECIDE, ENTER, Plan, row_for
from workflow.forms.bulk import CHOSEN, OrderForm, chosen
from workflow.models import BulkJob, BulkRow, Case, CaseState, Consultation
from workflow.views.votes import find

ZERO = Decimal("0.00")
OFFICE = CASE_READERS - {Role.AUDITOR}
STEPS = {
    "start_check": (), "complete_check": (), "refer_to_committee": ("refer_to_committee",),
    "put_on_waitlist": ("put_on_waitlist",),
}  # fmt: skip
"""What can be done to many cases from the list, and for which of them a reason is asked."""
LIMIT = 200


@roles_required(*CASE_READERS)
def job(request: HttpRequest, key: UUID) -> HttpResponse:
    """How far a job is, and what became of each row."""
    found = get_object_or_404(bulk.with_numbers().select_related("consultation__paper"), key=key)
    rows = list(found.rows.select_related("case__application__organisation"))
    context = {
        "job": found,
        "rows": [(row, carrying_out.label_of(row.step or found.step)) for row in rows],
        "total": sum((row.amount or ZERO for row in rows if row.result == BulkRow.Result.DONE), ZERO),
        "orderer": names_of({found.ordered_by}).get(found.ordered_by, ""),
        "finished": found.total - found.waiting,
    }
    return render(request, "workflow/bulk/job.html", context)


@roles_required(*CASE_READERS)
def chosen_sum(request: HttpRequest) -> HttpResponse:
    """How many are chosen and what was proposed for them: put below the list while somebody chooses."""
    cases = list(Case.objects.filter(pk__in=chosen(request.GET)).only("proposed_amount"))
    total = sum((case.proposed_amount or ZERO for case in cases), ZERO)
    return render(request, "workflow/bulk/sum.html", {"count": len(cases), "total": total})


# Decisions


@roles_required(Role.DECIDER)
def decide(request: HttpRequest) -> HttpResponse:
    """The chosen cases of the decisions list: as proposed, or all refused."""
    actor, sent = actor_in(request), request.POST or request.GET
    picked, refuses = chosen(sent), sent.get("wie") == "reject"
    cases = _in_order(queries.in_lists().filter(pk__in=picked, state__in=CaseState.values))
    wishes = [_wish(case, actor, refuses, picked[case.pk]) for case in cases]
    rows = [row_for(wish, actor=actor, today=timezone.localdate()) for wish in wishes]
    extra = {"hidden": [("wie", sent.get("wie", ""))], "back": reverse("workflow:decisions"), "refuses": refuses}
    return _confirm(request, Plan(kind=DECIDE, rows=rows), title=_title(len(rows)), extra=extra)


def _in_order(cases: Any) -> list[Case]:
    return list(cases.order_by("received_at", "pk")[:LIMIT])


def _wish(case: Case, actor: Actor, refuses: bool, version: int | None) -> Wish:
    if refuses:
        return Wish(case=case, step="reject", version=version)
    found = bulk.natural_step(case, actor=actor, today=timezone.localdate())
    return Wish(case=case, step=found.step, amount=found.amount, version=version)


def _title(count: int) -> str:
    return _("Über einen Antrag entscheiden") if count == 1 else _("Über %(count)s Anträge entscheiden") % {
        "count": formats.count_word(count)
    }  # fmt: skip


# A resolution


@roles_required(Role.COMMITTEE_OFFICE, Role.DECIDER)
def carry_out(request: HttpRequest, pk: int) -> HttpResponse:
    """What follows from a resolution, with one confirmation."""
    found = find(pk)
    plan = carrying_out.plan(found, actor=actor_in(request), today=timezone.localdate())
    back = reverse("workflow:consultation", args=[found.pk])
    if plan is None:
        return _nothing_left(request, back)
    seen = chosen(request.POST)
    plan = Plan(kind=plan.kind, rows=[_as_seen(row, seen) for row in plan.rows])
    extra = {"found": found, "back": back}
    return _confirm(request, plan, title=_("Beschluss umsetzen"), extra=extra, consultation=found)


def _as_seen(row: carrying_out.Row, seen: dict[int, int | None]) -> carrying_out.Row:
    wish = Wish(case=row.case, step=row.wish.step, amount=row.wish.amount, version=seen.get(row.case.pk))
    return carrying_out.Row(wish=wish, amount=row.amount, label=row.label, against=row.against)


def _nothing_left(request: HttpRequest, back: str) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseRedirect(back)
    same = BulkJob.objects.filter(Q(key=_key_in(request)) & Q(ordered_by=actor_in(request).key)).first()
    if same is None:
        raise Faster(_("Der Beschluss wird schon umgesetzt. Ihre Eingabe wurde nicht übernommen."))
    return _to(same)


def _key_in(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return None


# Any step


@roles_required(*OFFICE)
def choose(request: HttpRequest, step: str) -> HttpResponse:
    """All cases that stand before a step: choose some, give one reason, order it."""
    if step not in STEPS:
        raise Http404
    actor, found = actor_in(request), step_of(Case.transitions()[step])
    if not _may(step, actor):
        raise Forbidden(_("Diese Aufgabe gehört einer anderen Person."))
    sources = [state for state in CaseState.values if state in _sources(step)]
    cases = _in_order(queries.in_lists().filter(state__in=sources))
    picked = chosen(request.POST)
    kept = [case for case in cases if case.pk in picked] if request.method == "POST" else cases
    rows = [_row(case, step, picked.get(case.pk), actor) for case in kept]
    extra = {
        "all_rows": [(_row(case, step, None, actor), case.pk in picked) for case in cases],
        "lead": found.consequence,
        "label": found.label,
        "back": reverse("workflow:case_list"),
        "others": [_chip(name, is_current=name == step) for name in STEPS if _may(name, actor)],
    }
    title = _("%(step)s: mehrere Vorgänge") % {"step": found.label}
    return _confirm(request, Plan(kind=step, rows=rows), title=title, extra=extra, template="workflow/bulk/choose.html")


def _row(case: Case, step: str, version: int | None, actor: Actor) -> carrying_out.Row:
    return row_for(Wish(case=case, step=step, version=version), actor=actor, today=timezone.localdate())


def _may(step: str, actor: Actor) -> bool:
    return step_of(Case.transitions()[step]).permission(None, actor) is not None


def _chip(step: str, *, is_current: bool) -> dict[str, Any]:
    url = reverse("workflow:bulk_step", args=[step])
    return {"label": carrying_out.label_of(step), "url": url, "is_current": is_current, "count": None}


def _sources(step: str) -> set[str]:
    return set(Case.transitions()[step]._django_fsm.transitions)


# The confirmation


def _confirm(
    request: HttpRequest,
    plan: Plan,
    *,
    title: str,
    extra: dict[str, Any],
    consultation: Consultation | None = None,
    template: str = "workflow/bulk/confirm.html",
) -> HttpResponse:
    """GET shows what would happen; POST writes the job and leads to its page. Nothing chosen is 422."""
    is_post = request.method == "POST"
    asked = STEPS.get(plan.kind) or (plan.steps & {"offer", "reject"})
    form = OrderForm(request.POST if is_post else None, reasons=asked, initial=_suggested(consultation))
    if is_post and not plan.possible:
        form.add_error(None, _("Bitte wählen Sie mindestens einen Vorgang."))
    if is_post and form.is_valid():
        return _to(_ordered(request, plan, form, title, consultation))
    is_empty = plan.kind == DECIDE and consultation is None and not plan.rows
    context = {"plan": plan, "form": form, "title": title, "chosen": CHOSEN, "is_empty": is_empty, **extra}
    return render(request, template, context, status=422 if is_post or is_empty else 200)


def _suggested(consultation: Consultation | None) -> dict[str, Any]:
    """A resolution gives its own reason."""
    if consultation is None or consultation.resolution is None:
        return {}
    told = {
        "body": consultation.body,
        "day": formats.plain_day(consultation.resolution.resolved_on),
        "number": consultation.resolution.number,
    }
    reason = _("%(body)s hat am %(day)s so beschlossen (Nr. %(number)s).") % told
    return {"reason_offer": reason, "reason_reject": reason}


def _ordered(
    request: HttpRequest, plan: Plan, form: OrderForm, title: str, consultation: Consultation | None
) -> BulkJob:
    actor = actor_in(request)
    data = form.data_by_step()
    if consultation is not None and plan.kind == ENTER:
        data["record_resolution"] = carrying_out.vote_as_data(consultation)
    found = step_of(Case.transitions()[plan.possible[0].wish.step])
    return bulk.order(
        [row.wish for row in plan.possible],
        key=form.cleaned_data["key"],
        title=title if consultation is None else f"{title}: {consultation}",
        data=data,
        actor=actor,
        role=found.permission(plan.possible[0].case, actor) or "",
        at=timezone.now(),
        consultation=consultation,
    )


def _to(found: BulkJob) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("workflow:job", args=[found.key]))
