"""What the pages of the office read: annotated QuerySets and counts. Nothing here writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, TruncDate
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from applications.models import Revision
from funding.models import BudgetLine, Disbursement, Round
from journal.actors import Actor
from workflow import conflicts, counting
from workflow.models import (
    Award,
    AwardState,
    Case,
    CaseMessage,
    CaseNote,
    CaseResolution,
    CaseShare,
    CaseState,
    ChecklistItem,
    Criterion,
    Finding,
    InformationRequest,
    Label,
    Opinion,
    PaperCase,
    Review,
)
from workflow.models.case import BEFORE_DECISION

ZERO = Decimal("0.00")
AMOUNT = Coalesce("decided_amount", "requested_amount")
"""What a list calls the amount: decided once there is a decision, requested until then."""
ENDED = (AwardState.CLOSED, AwardState.RENOUNCED, AwardState.REVOKED)
PROOF = (
    AwardState.REPORT_DUE, AwardState.REPORT_SUBMITTED, AwardState.REPORT_INFO_REQUESTED, AwardState.REPORT_IN_REVIEW,
)  # fmt: skip
LONG_TEXTS = (
    "proposal_reason", "decision_reason", "application__summary", "application__target_group",
    "application__declarations", "programme__purpose", "programme__applicants", "programme__documents",
)  # fmt: skip

OPEN = (
    Q(state__in=BEFORE_DECISION)
    | Q(state=CaseState.REJECTED, rejection_sent_on__isnull=True)
    | (Q(state=CaseState.APPROVED) & ~Q(award__state__in=ENDED))
)


def in_lists() -> QuerySet[Case]:
    """Cases with all that a row shows: one query, without the long texts."""
    return Case.objects.select_related(
        "application__organisation", "application__municipality", "application__measure", "programme", "award"
    ).defer(*LONG_TEXTS)


def in_this_order(pks: list[int], cases: QuerySet[Case] | None = None) -> list[Case]:
    """The rows of one page. Sorting finds the numbers alone: wide rows are read for the page only, not for all hits."""
    found = (in_lists() if cases is None else cases).in_bulk(pks)
    return [found[pk] for pk in pks if pk in found]


def _reviews() -> Any:
    """How many people have handed in a review of the case."""
    handed_in = Review.objects.filter(case=OuterRef("pk"), handed_in_at__isnull=False).order_by()
    return handed_in.values("case").annotate(count=Count("pk")).values("count")


def with_everything() -> QuerySet[Case]:
    """One case with all that its page shows in the same query; also the number and moment of its last revision,
    whether several lines pay it, and whether the computer noticed anything."""
    revisions = Revision.objects.filter(application=OuterRef("application")).order_by("-number")
    cases = Case.objects.annotate(
        revision_number=Subquery(revisions.values("number")[:1]),
        revision_at=Subquery(revisions.values("frozen_at")[:1]),
        has_messages=Exists(CaseMessage.objects.filter(case=OuterRef("pk"))),
        has_ties=conflicts.has_ties(),
        has_papers=Exists(PaperCase.objects.filter(case=OuterRef("pk"))),
        has_requests=Exists(InformationRequest.objects.filter(case=OuterRef("pk"))),
        has_resolutions=Exists(CaseResolution.objects.filter(case=OuterRef("pk"))),
        has_opinions=Exists(Opinion.objects.filter(case=OuterRef("pk"))),
        has_criteria=Exists(Criterion.objects.filter(programme=OuterRef("programme"), retired_at__isnull=True)),
        review_count=Coalesce(Subquery(_reviews()), 0),
        has_notes=Exists(CaseNote.objects.filter(case=OuterRef("pk"))),
        has_labels=Exists(Label.cases.through.objects.filter(case=OuterRef("pk"))),
        is_in_work=Exists(ChecklistItem.objects.filter(case=OuterRef("pk"), checked_by__isnull=False))
        | Exists(InformationRequest.objects.filter(case=OuterRef("pk"))),
        has_shares=Exists(CaseShare.objects.filter(case=OuterRef("pk"))),
        has_findings=Exists(Finding.objects.filter(case=OuterRef("pk"))),
    )
    return cases.select_related(
        "application__question_set",
        "application__organisation__municipality",
        "application__municipality",
        "application__measure__goal",
        "application__round__programme",
        "programme",
        "award",
    )


def award_of(case: Case) -> Award | None:
    """The award of a case, or None while there is none."""
    return getattr(case, "award", None)


# The list


@dataclass(frozen=True, kw_only=True)
class SavedView:
    """A view of the list with its condition, once for the database and once for a heap that is already counted."""

    slug: str
    label: Any
    where: Callable[[UUID | None], Q]
    holds: Callable[[Heap], bool]


@dataclass(frozen=True)
class Totals:
    """How many cases, and their euros: as listed (decided, else requested), requested, decided."""

    count: int = 0
    amount: Decimal = ZERO
    requested: Decimal = ZERO
    decided: Decimal = ZERO


@dataclass(frozen=True, kw_only=True)
class Heap:
    """The cases that stand alike."""

    state: str
    award_state: str | None
    is_mine: bool
    is_unsent: bool
    totals: Totals

    @property
    def is_open(self) -> bool:
        if self.state == CaseState.REJECTED:
            return self.is_unsent
        return self.state in BEFORE_DECISION or (self.state == CaseState.APPROVED and self.award_state not in ENDED)


VIEWS = (
    SavedView(slug="offen", label=_("Alle offenen"), where=lambda _key: OPEN, holds=lambda heap: heap.is_open),
    SavedView(
        slug="bei-mir", label=_("Bei mir"), where=lambda key: OPEN & Q(assigned_to=key),
        holds=lambda heap: heap.is_open and heap.is_mine,
    ),
    SavedView(
        slug="gremium", label=_("Im Gremium"), where=lambda _key: Q(state=CaseState.IN_COMMITTEE),
        holds=lambda heap: heap.state == CaseState.IN_COMMITTEE,
    ),
    SavedView(
        slug="nachweise", label=_("Nachweise offen"),
        where=lambda _key: Q(state=CaseState.APPROVED, award__state__in=PROOF),
        holds=lambda heap: heap.award_state in PROOF,
    ),
    SavedView(slug="alle", label=_("Alle"), where=lambda _key: Q(), holds=lambda _heap: True),
)  # fmt: skip


def saved_view(slug: str) -> SavedView:
    """The first view for a name that nobody knows."""
    return next((view for view in VIEWS if view.slug == slug), VIEWS[0])


def heaps(actor: Actor) -> list[Heap]:
    """All cases by how they stand: one query for every chip and for the sum below the list, however many there are."""
    return [
        Heap(
            state=row["state"],
            award_state=row["award_state"] or None,
            is_mine=row["assigned_to"] is not None and row["assigned_to"] == actor.key,
            is_unsent=row["is_unsent"],
            totals=Totals(row["number"], row["sum_amount"], row["sum_requested"], row["sum_decided"]),
        )
        for row in counting.rows()
    ]


def together(found: Iterable[Heap]) -> Totals:
    """Of several heaps."""
    parts = [heap.totals for heap in found]
    names = ("amount", "requested", "decided")
    return Totals(
        sum(part.count for part in parts), *(sum((getattr(part, name) for part in parts), ZERO) for name in names)
    )


def sum_of(cases: QuerySet[Case]) -> Totals:
    """Of the cases themselves: one query that reads every hit."""
    sums = {"amount": Sum(AMOUNT), "requested": Sum("requested_amount"), "decided": Sum("decided_amount")}
    found = cases.order_by().aggregate(count=Count("pk"), **sums)
    return Totals(found.pop("count"), **{name: value or ZERO for name, value in found.items()})


# Counts for the menu


def decisions(actor: Actor) -> QuerySet[Case]:
    """What this person may decide: not what they proposed themselves (four eyes)."""
    return Case.objects.filter(state=CaseState.DECISION_READY).exclude(proposed_by=actor.key)


def decisions_waiting(actor: Actor) -> int:
    return decisions(actor).count()


def resolutions_waiting(_actor: Actor) -> int:
    return Case.objects.filter(state=CaseState.IN_COMMITTEE).count()


# Others


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Cases that wait for somebody else: how many, and since when the oldest does."""

    state: str
    count: int
    since: Any


WAIT_FOR_OTHERS = (
    CaseState.INFO_REQUESTED, CaseState.REVISION_OFFERED, CaseState.DECISION_READY, CaseState.IN_COMMITTEE,
)  # fmt: skip


PAYMENT = "payment"


def waiting_for_others(today: date) -> list[Waiting]:
    """What is overdue waits no longer for others: it is on the desk again. Payments come last. One query."""
    ages = {"count": Count("pk")}
    cases = (
        Case.objects.order_by()
        .filter(Q(answer_due_on__isnull=True) | Q(answer_due_on__gte=today), state__in=WAIT_FOR_OTHERS)
        .annotate(heap=F("state"))
        .values("heap")
        .annotate(**ages, since=Min("state_since"))
    )
    payments = (
        Disbursement.objects.pending()
        .order_by()
        .annotate(heap=Value(PAYMENT, CharField()))
        .values("heap")
        .annotate(**ages, since=Min("requested_at"))
    )
    rows = cases.values_list("heap", "count", "since").union(payments.values_list("heap", "count", "since"), all=True)
    found = {heap: Waiting(state=heap, count=count, since=since) for heap, count, since in rows if count}
    return [found[heap] for heap in (*WAIT_FOR_OTHERS, PAYMENT) if heap in found]


# Money


def lines_of(year: int) -> list[BudgetLine]:
    return list(BudgetLine.objects.filter(fiscal_year=year).order_by("product", "account"))


def current_lines(today: date) -> list[BudgetLine]:
    """The lines of this year, or of the newest one before or after it: at most two years are read."""
    lines = list(BudgetLine.objects.filter(fiscal_year__in=(today.year, today.year - 1)))
    years = {line.fiscal_year for line in lines}
    return [line for line in lines if line.fiscal_year == max(years)] if years else []


# Dates


def next_dates(today: date) -> list[tuple[date, str, str]]:
    """The next three deadlines of rounds and of proofs: day, kind and name, the nearest first. One query."""
    begin = make_aware(datetime.combine(today, time.min))
    rounds = Round.objects.filter(closes_at__gte=begin, programme__is_published=True).order_by("closes_at")
    proofs = Award.objects.filter(state=AwardState.REPORT_DUE, report_due_on__gte=today).order_by("report_due_on")
    first = Round.objects.order_by().filter(pk__in=rounds.values("pk")[:3])
    second = Award.objects.order_by().filter(pk__in=proofs.values("pk")[:3])
    calls = first.annotate(kind=Value("round", CharField()), day=TruncDate("closes_at"), name=F("title"))
    reports = second.annotate(kind=Value("proof", CharField()), day=F("report_due_on"), name=F("case__reference"))
    columns = ("day", "kind", "name")
    return sorted(calls.values_list(*columns).union(reports.values_list(*columns), all=True))
