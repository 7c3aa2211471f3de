"""What a person of the office has to do today, ordered by the harm of leaving it (UX: desk "Heute")."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case as Choose
from django.db.models import CharField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.roles import Role
from funding.law import periods
from journal import formats, values
from journal.actors import Actor
from workflow.models import AwardState, Case, CaseState
from workflow.models.case import BEFORE_DECISION
from workflow.queries import in_lists

LIMIT = 200
"""More tasks than this nobody reads on one page; the list shows the rest."""
WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Job:
    """A kind of task: whose it is, which cases need it on a day, how it is called, and by when."""

    name: str
    label: Any
    roles: frozenset[str]
    where: Callable[[date], Q]
    due: Callable[[Any], date | None] = lambda _case: None
    is_of_everybody: bool = False


CASEWORKER = frozenset({Role.CASEWORKER})
REVIEWERS = frozenset({Role.CASEWORKER, Role.TECHNICAL_REVIEWER})


def _award(*states: str) -> Q:
    return Q(state=CaseState.APPROVED, award__state__in=states)


JOBS = (
    Job(
        name="unanswered", label=_("Nachforderung ist abgelaufen: entscheiden, wie es weitergeht"), roles=CASEWORKER,
        where=lambda today: Q(state=CaseState.INFO_REQUESTED, answer_due_on__lt=today),
        due=lambda case: case.answer_due_on,
    ),
    Job(
        name="unaccepted", label=_("Angebot ist abgelaufen: entscheiden, wie es weitergeht"), roles=CASEWORKER,
        where=lambda today: Q(state=CaseState.REVISION_OFFERED, answer_due_on__lt=today),
        due=lambda case: case.answer_due_on,
    ),
    Job(
        name="uncollected", label=_("Bescheid wurde nicht abgeholt: erneut versenden"), roles=CASEWORKER,
        where=lambda today: _award(AwardState.ISSUED)
        & Q(award__channel=periods.Channel.PORTAL, award__issued_on__lt=today - timedelta(days=10)),
        due=lambda case: periods.retrieval_ends_on(case.award.issued_on),
    ),
    Job(
        name="unreported", label=_("Nachweis ist überfällig: beim Verein nachfragen"), roles=CASEWORKER,
        where=lambda today: _award(AwardState.REPORT_DUE) & Q(award__report_due_on__lt=today),
        due=lambda case: case.award.report_due_on,
    ),
    Job(
        name="proposal", label=_("Vorschlag zur Entscheidung schreiben"), roles=REVIEWERS, is_of_everybody=True,
        where=lambda _today: Q(state=CaseState.TECHNICAL_REVIEW),
    ),
    Job(
        name="check", label=_("Formale Prüfung abschließen"), roles=CASEWORKER,
        where=lambda _today: Q(state=CaseState.FORMAL_CHECK),
    ),
    Job(
        name="notice", label=_("Bescheid erstellen und versenden"), roles=CASEWORKER,
        where=lambda _today: _award(AwardState.DRAFT_NOTICE),
    ),
    Job(
        name="rejection", label=_("Ablehnungsbescheid erstellen und versenden"), roles=CASEWORKER,
        where=lambda _today: Q(state=CaseState.REJECTED, rejection_sent_on__isnull=True),
    ),
    Job(
        name="notification", label=_("Bekanntgabe bestätigen"), roles=CASEWORKER,
        where=lambda today: _award(AwardState.ISSUED)
        & ~Q(award__channel=periods.Channel.PORTAL)
        & Q(award__issued_on__lte=today - timedelta(days=4)),
    ),
    Job(
        name="finality", label=_("Bestandskraft bestätigen"), roles=CASEWORKER,
        where=lambda today: _award(AwardState.NOTIFIED) & Q(award__lawsuit_until__lt=today),
    ),
    Job(
        name="report", label=_("Nachweis anfordern"), roles=CASEWORKER,
        where=lambda today: _award(AwardState.ACTIVE) & Q(award__project_ends_on__lt=today),
    ),
    Job(
        name="review", label=_("Verwendungsnachweis prüfen"), roles=CASEWORKER,
        where=lambda _today: _award(AwardState.REPORT_SUBMITTED, AwardState.REPORT_IN_REVIEW),
    ),
    Job(
        name="close", label=_("Akte schließen"), roles=CASEWORKER,
        where=lambda _today: _award(AwardState.SETTLED),
    ),
)  # fmt: skip
_BY_NAME = {job.name: job for job in JOBS}


@dataclass(frozen=True, kw_only=True)
class Task:
    """A row of "Jetzt dran". `badge` with its tone, or `soon` in plain type, and below it when and why."""

    case: Case
    label: str
    is_notice: bool
    badge: str
    tone: str
    soon: str
    note: str
    harm: tuple[int, date]


def _own(actor: Actor) -> Q:
    return Q(assigned_to=actor.key) | Q(assigned_to__isnull=True)


def _conditions(actor: Actor, today: date) -> list[tuple[str, Q]]:
    """Each job that this person can have, with its condition: own cases, and those that nobody took yet."""
    return [
        (job.name, job.where(today) if job.is_of_everybody else job.where(today) & _own(actor))
        for job in JOBS
        if actor.has_role(*job.roles)
    ]


def cases_to_do(actor: Actor, *, today: date) -> QuerySet[Case]:
    """Cases that need this person today, each marked with its `job`."""
    conditions = _conditions(actor, today)
    if not conditions:
        return Case.objects.none()
    marks = [When(condition, then=Value(name)) for name, condition in conditions]
    job = Choose(*marks, default=Value(""), output_field=CharField())
    return in_lists().filter(reduce(or_, (condition for _name, condition in conditions))).annotate(job=job)


def new_cases(actor: Actor) -> QuerySet[Case]:
    """Applications that nobody has begun to check."""
    if not actor.has_role(Role.CASEWORKER, Role.COORDINATOR):
        return Case.objects.none()
    return in_lists().filter(_own(actor), state=CaseState.SUBMITTED).order_by("-received_at")


def waiting_for(actor: Actor, *, today: date) -> int:
    """How many cases wait for this person: the number in the menu. One query."""
    conditions = [condition for _name, condition in _conditions(actor, today)]
    if actor.has_role(Role.CASEWORKER):
        conditions.append(Q(state=CaseState.SUBMITTED) & _own(actor))
    return Case.objects.filter(reduce(or_, conditions)).count() if conditions else 0


def tasks(actor: Actor, *, today: date) -> list[Task]:
    """What this person should do now, the most harmful to leave first: two queries."""
    warn = values.number("deadline.decision_notice_days", on=today)
    found = cases_to_do(actor, today=today).order_by("received_at", "pk")[:LIMIT]
    return sorted((_task(case, today, warn) for case in found), key=lambda task: task.harm)


def _task(case: Any, today: date, warn: int) -> Task:
    job = _BY_NAME[case.job]
    due = job.due(case)
    rest = {"case": case, "label": str(job.label), "is_notice": job.name in {"notice", "rejection"}}
    received = formats.local(case.received_at)
    days = (today - received).days
    if due is not None and due < today:
        note = _t("seit %(day)s") % {"day": formats.day(due)}
        return Task(**rest, badge=_t("überfällig"), tone="d", soon="", note=note, harm=(0, due))
    if case.state in BEFORE_DECISION and days >= warn:
        limit = periods.failure_to_act_on(received)
        note = _t("Grenze %(day)s") % {"day": formats.day(limit)}
        badge = ngettext("%(count)s Tag im Haus", "%(count)s Tage im Haus", days) % {"count": days}
        return Task(**rest, badge=badge, tone="w", soon="", note=note, harm=(1, limit))
    return Task(**rest, badge="", tone="", **_calm(case, due, today))


def _calm(case: Any, due: date | None, today: date) -> dict[str, Any]:
    """Nothing presses: until when, or since when it waits."""
    since = formats.local(case.state_since)
    if due is None:
        return {"soon": "", "note": _t("seit %(day)s") % {"day": formats.day(since)}, "harm": (3, since)}
    soon = _t("heute") if due == today else _t("diese Woche") if due <= today + WEEK else ""
    return {"soon": soon, "note": _t("bis %(day)s") % {"day": formats.day(due)}, "harm": (2, due)}
