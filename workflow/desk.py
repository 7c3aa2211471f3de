"""What a person of the office has to do today, ordered by the harm of leaving it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Case as Choose
from django.db.models import CharField, Exists, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import RoleGrant, User
from accounts.roles import Role
from funding.law import periods
from funding.money import format_money
from journal import formats, values
from journal.actors import Actor
from workflow import waiting
from workflow.absences import concerning, on_desk_of
from workflow.listing import Number
from workflow.models import AwardState, Case, CaseState, WaitingOffer
from workflow.models.case import BEFORE_DECISION
from workflow.queries import in_lists
from workflow.talk import unread

LIMIT = 200
"""More tasks than this nobody reads on one page; the list shows the rest."""
WEEK = timedelta(days=7)


def _always(_today: date) -> Q:
    return Q()


@dataclass(frozen=True, kw_only=True)
class Job:
    """A kind of task: whose it is, in which states of a case or an award it arises, on which days, and by when.

    The states come first and by name, so that the database goes by its index and reads no closed case.
    """

    name: str
    label: Any
    roles: frozenset[str]
    states: tuple[str, ...] = ()
    award_states: tuple[str, ...] = ()
    where: Callable[[date], Q] = _always
    due: Callable[[Any], date | None] = lambda _case: None
    is_of_everybody: bool = False

    def condition(self, actor: Actor, today: date) -> Q:
        """Own cases, those of somebody for whom they stand in, and those that nobody took yet."""
        states = Q(award__state__in=self.award_states) if self.award_states else Q(state__in=self.states)
        found = states & self.where(today)
        return found if self.is_of_everybody else found & on_desk_of(actor, today=today)


CASEWORKER = frozenset({Role.CASEWORKER})
REVIEWERS = frozenset({Role.CASEWORKER, Role.TECHNICAL_REVIEWER})
S, A = CaseState, AwardState


def _has_offer(_today: date) -> Q:
    return Q(pk__in=WaitingOffer.objects.filter(ended_at__isnull=True).values("case"))


JOBS = (
    Job(
        name="waiting", label=_("Geld ist frei für die Warteliste"), roles=CASEWORKER, states=(S.WAITLISTED,),
        where=_has_offer,
    ),
    Job(
        name="unanswered", label=_("Nachforderung ist abgelaufen: entscheiden, wie es weitergeht"), roles=CASEWORKER,
        states=(S.INFO_REQUESTED,), where=lambda today: Q(answer_due_on__lt=today),
        due=lambda case: case.answer_due_on,
    ),
    Job(
        name="unaccepted", label=_("Angebot ist abgelaufen: entscheiden, wie es weitergeht"), roles=CASEWORKER,
        states=(S.REVISION_OFFERED,), where=lambda today: Q(answer_due_on__lt=today),
        due=lambda case: case.answer_due_on,
    ),
    Job(
        name="uncollected", label=_("Bescheid wurde nicht abgeholt: erneut versenden"), roles=CASEWORKER,
        award_states=(A.ISSUED,),
        where=lambda today: Q(award__channel=periods.Channel.PORTAL, award__issued_on__lt=today - timedelta(days=10)),
        due=lambda case: periods.retrieval_ends_on(case.award.issued_on),
    ),
    Job(
        name="unreported", label=_("Nachweis ist überfällig: beim Verein nachfragen"), roles=CASEWORKER,
        award_states=(A.REPORT_DUE,), where=lambda today: Q(award__report_due_on__lt=today),
        due=lambda case: case.award.report_due_on,
    ),
    Job(
        name="proposal", label=_("Vorschlag zur Entscheidung schreiben"), roles=REVIEWERS, is_of_everybody=True,
        states=(S.TECHNICAL_REVIEW,),
    ),
    Job(name="check", label=_("Formale Prüfung abschließen"), roles=CASEWORKER, states=(S.FORMAL_CHECK,)),
    Job(
        name="notice", label=_("Bescheid erstellen und versenden"), roles=CASEWORKER, award_states=(A.DRAFT_NOTICE,)
    ),
    Job(
        name="rejection", label=_("Ablehnungsbescheid erstellen und versenden"), roles=CASEWORKER,
        states=(S.REJECTED,), where=lambda _today: Q(rejection_sent_on__isnull=True),
    ),
    Job(
        name="notification", label=_("Bekanntgabe bestätigen"), roles=CASEWORKER, award_states=(A.ISSUED,),
        where=lambda today: ~Q(award__channel=periods.Channel.PORTAL)
        & Q(award__issued_on__lte=today - timedelta(days=4)),
    ),
    Job(
        name="finality", label=_("Bestandskraft bestätigen"), roles=CASEWORKER, award_states=(A.NOTIFIED,),
        where=lambda today: Q(award__lawsuit_until__lt=today),
    ),
    Job(
        name="report", label=_("Nachweis anfordern"), roles=CASEWORKER, award_states=(A.ACTIVE,),
        where=lambda today: Q(award__project_ends_on__lt=today),
    ),
    Job(
        name="review", label=_("Verwendungsnachweis prüfen"), roles=CASEWORKER,
        award_states=(A.REPORT_SUBMITTED, A.REPORT_IN_REVIEW),
    ),
    Job(name="close", label=_("Akte schließen"), roles=CASEWORKER, award_states=(A.SETTLED,)),
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
    whose: str = ""
    """Who is away, if it is their case."""


NEW = Job(name="new", label=_("Prüfung beginnen"), roles=CASEWORKER, states=(S.SUBMITTED,))
"""New applications stand in a list of their own, but they count."""


def _jobs(actor: Actor, jobs: tuple[Job, ...] = JOBS) -> Iterator[list[Job]]:
    """The jobs of this person: first those of cases, then those of awards; each half has its own index."""
    own = [job for job in jobs if actor.has_role(*job.roles)]
    halves = [job for job in own if not job.award_states], [job for job in own if job.award_states]
    return (half for half in halves if half)


def _with(jobs: list[Job], actor: Actor, today: date, cases: QuerySet[Case]) -> QuerySet[Case]:
    """The cases that need one of these jobs."""
    states = {state for job in jobs for state in job.states}
    award_states = {state for job in jobs for state in job.award_states}
    found = cases.filter(award__state__in=award_states) if award_states else cases.filter(state__in=states)
    return found.filter(reduce(or_, (job.condition(actor, today) for job in jobs)))


def cases_to_do(actor: Actor, *, today: date) -> list[Case]:
    """Cases that need this person today, the oldest first, each marked with its `job`: two queries."""
    found: list[Case] = []
    for jobs in _jobs(actor):
        marks = [When(job.condition(actor, today), then=Value(job.name)) for job in jobs]
        job = Choose(*marks, default=Value(""), output_field=CharField())
        found += _with(jobs, actor, today, in_lists()).annotate(job=job).order_by("received_at", "pk")[:LIMIT]
    return sorted(found, key=lambda case: (case.received_at, case.pk))


def new_cases(actor: Actor, *, today: date) -> QuerySet[Case]:
    """Applications that nobody has begun to check."""
    if not actor.has_role(Role.CASEWORKER, Role.COORDINATOR):
        return Case.objects.none()
    return in_lists().filter(on_desk_of(actor, today=today), state=CaseState.SUBMITTED).order_by("-received_at")


def waiting_for(actor: Actor, *, today: date) -> int:
    """How many cases wait for this person, as many as the page shows: the number in the menu. One query that ends
    early, however many cases there are."""
    halves = [_with(jobs, actor, today, Case.objects.order_by()) for jobs in _jobs(actor, JOBS)]
    halves += [_with(jobs, actor, today, Case.objects.order_by()) for jobs in _jobs(actor, (NEW,))]
    parts = [Number(half.values("pk")[:LIMIT]) for half in halves]
    return sum(User.objects.filter(key__in=[actor.key]).values_list(*parts).first() or ()) if parts else 0


def tasks(actor: Actor, *, today: date, away: Mapping[UUID, str] | None = None) -> list[Task]:
    """What this person should do now, the most harmful to leave first: three queries, four more with free money.

    `away` are the names of those for whom they stand in.
    """
    warn = values.number("deadline.decision_notice_days", on=today)
    found: list[Any] = cases_to_do(actor, today=today)
    offered = _offered() if any(case.job == "waiting" for case in found) else {}
    rows = (_offer(offered[case.pk]) if case.pk in offered else _task(case, today, warn) for case in found)
    marked = (replace(row, whose=_of(away or {}, row.case)) for row in rows)
    return sorted(marked, key=lambda task: task.harm)


@dataclass(frozen=True, kw_only=True)
class Glance:
    """What a first look at the desk tells, so that what is not there is not asked for."""

    is_away: bool
    has_news: bool
    decider: str
    """The name of the one who decides; empty if there are several, or none."""


def glance(actor: Actor, *, today: date) -> Glance:
    """One query."""
    deciders = RoleGrant.objects.filter(role=Role.DECIDER, ended_at__isnull=True, user__is_active=True).order_by()
    found = User.objects.filter(key__in=[actor.key]).values_list(
        Exists(concerning(actor, today=today)),
        Exists(unread(for_office=True)),
        Number(deciders.values("user")),
        Subquery(deciders.values("user__name")[:1]),
    )
    is_away, has_news, count, name = found.first() or (False, False, 0, "")
    return Glance(is_away=is_away, has_news=has_news, decider=(name or "") if count == 1 else "")


def _of(away: Mapping[UUID, str], case: Case) -> str:
    return away.get(case.assigned_to, "") if case.assigned_to else ""


def _offered() -> dict[int, waiting.Place]:
    return {place.case.pk: place for found in waiting.lists() for place in found.places if place.offer}


def _offer(place: waiting.Place) -> Task:
    """Free money comes first: it is idle while somebody waits for it."""
    assert place.offer is not None
    return Task(
        case=place.case,
        label=_t("Geld ist frei: Vorschlag zu Rang %(rank)s der Warteliste schreiben") % {"rank": place.rank},
        is_notice=False,
        badge="",
        tone="",
        soon=_t("frei sind %(amount)s") % {"amount": format_money(place.free)},
        note=_t("seit %(day)s") % {"day": formats.day(formats.local(place.offer.offered_at))},
        harm=(-1, formats.local(place.offer.offered_at)),
    )


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
