"""Annotated QuerySets of the treasury: nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.fields import IntegerField
from django.db.models.functions import Coalesce

from accounts.roles import Role
from funding.models import (
    BudgetAlert,
    BudgetLine,
    Commitment,
    Disbursement,
    DisbursementState,
    Kind,
    LedgerEntry,
    PaymentRun,
)
from funding.models.disbursement import PENDING
from funding.money import MoneyField, value
from journal.actors import Actor
from journal.models import Event

ZERO = Decimal("0.00")
S = DisbursementState
SAME_PAYMENT_DAYS = 30
"""Two payments of one amount to one account within so many days are looked at twice."""


def total(field: str, **kwargs: Any) -> Coalesce:
    """A sum of euros that is nought where there is nothing."""
    return Coalesce(Sum(field, **kwargs), value(ZERO), output_field=MoneyField())


# Payments


def disbursements() -> QuerySet[Disbursement]:
    return Disbursement.objects.select_related("commitment__line", "commitment__programme", "run")


def waits_for(actor: Actor) -> Q:
    """Payments that this person may take a step further; four eyes leave out what they did themselves."""
    found = Q(pk__in=[])
    if actor.has_role(Role.VERIFIER):
        found |= Q(state=S.RETURNED) | Q(state=S.REQUESTED) & ~Q(requested_by=actor.key)
    if actor.has_role(Role.AUTHORISER):
        found |= Q(state=S.VERIFIED) & ~Q(verified_by=actor.key) & ~Q(commitment__decided_by=actor.key)
    if actor.has_role(Role.TREASURY):
        found |= Q(state=S.AUTHORISED, run__isnull=True)
    return found


def waiting_first(found: QuerySet[Disbursement], actor: Actor) -> QuerySet[Disbursement]:
    """What waits for this person, oldest first; then the rest, newest first."""
    mine = found.annotate(
        is_waiting=Case(When(waits_for(actor), then=Value(1)), default=Value(0), output_field=IntegerField())
    )
    oldest = Case(When(is_waiting=1, then=F("requested_at")))
    return mine.order_by("-is_waiting", oldest, "-requested_at", "-pk")


def waiting_count(actor: Actor) -> int:
    return Disbursement.objects.filter(waits_for(actor)).count()


def count_by_state() -> dict[str, int]:
    rows = Disbursement.objects.order_by().values_list("state").annotate(found=Count("pk"))
    return dict(rows)


def ready_for_run() -> QuerySet[Disbursement]:
    return disbursements().ready_for_run().order_by("authorised_at", "pk")  # type: ignore[attr-defined, no-any-return]


def similar_to(payments: Iterable[Disbursement]) -> QuerySet[Disbursement]:
    """Other payments of the same amount to the same account around the same days: one query for a whole run."""
    span = timedelta(days=SAME_PAYMENT_DAYS)
    around = Q(pk__in=[])
    own = list(payments)
    for found in own:
        around |= Q(
            payee_iban=found.payee_iban,
            amount=found.amount,
            requested_at__range=(found.requested_at - span, found.requested_at + span),
        )
    return Disbursement.objects.filter(around).exclude(state=S.CANCELLED).order_by("reference")


def accounts_of_several(ibans: Iterable[str]) -> set[str]:
    """Those IBANs to which awards of more than one recipient are paid."""
    several = Commitment.objects.filter(payee_iban__in=set(ibans)).order_by().values("payee_iban")
    return {row["payee_iban"] for row in several.annotate(found=Count("payee_key", distinct=True)).filter(found__gt=1)}


def not_in_a_run() -> QuerySet[Disbursement]:
    """Asked for, but in no run: not yet so far, or sent back by the bank."""
    return (
        Disbursement.objects.filter(run__isnull=True, state__in=[S.REQUESTED, S.VERIFIED, S.AUTHORISED, S.RETURNED])
        .select_related("commitment")
        .order_by("requested_at", "pk")
    )


def runs() -> QuerySet[PaymentRun]:
    """Without the bytes of the file."""
    return PaymentRun.objects.defer("file")


def events_of(label: str, key: object) -> QuerySet[Event]:
    return Event.objects.filter(subject_label=label, subject_key=str(key)).order_by("at", "pk")


# Budget


def lines() -> QuerySet[BudgetLine]:
    return BudgetLine.objects.order_by("-fiscal_year", "product", "account")


def signed(signs: Mapping[Kind, int]) -> Case:
    """The amount of an entry with the direction in which its kind moves a number."""
    negative = [kind for kind, sign in signs.items() if sign < 0]
    return Case(When(kind__in=negative, then=F("amount") * Value(-1)), default=F("amount"), output_field=MoneyField())


def sums_by_kind(found: QuerySet[LedgerEntry]) -> list[tuple[Kind, Decimal, int]]:
    rows = found.order_by().values_list("kind").annotate(found=Count("pk"), sum=Sum("amount"))
    ranked = sorted(rows, key=lambda row: list(Kind).index(Kind(row[0])))
    return [(Kind(kind), amount, count) for kind, count, amount in ranked]


# What the overview takes from here


@dataclass(frozen=True, kw_only=True)
class Year:
    """A fiscal year over all its lines, in euros. `planned` is what the year may spend."""

    year: int
    planned: Decimal = ZERO
    frozen: Decimal = ZERO
    reserved: Decimal = ZERO
    committed: Decimal = ZERO
    paid: Decimal = ZERO

    @property
    def available(self) -> Decimal:
        return self.planned - self.frozen - self.committed

    @property
    def open(self) -> Decimal:
        return self.committed - self.paid


_ADDED = ("appropriation", "supplement", "carry_in", "transfer_in", "excess", "earmarked")
_TAKEN = ("carry_out", "transfer_out")
_SHOWN = ("frozen", "reserved", "committed", "paid")


def years(first: int, last: int) -> list[Year]:
    """Each year from first to last, also those without a line: one query."""
    names = (*_ADDED, *_TAKEN, *_SHOWN)
    sums: Any = {f"sum_{name}": total(name) for name in names}
    rows: Any = (
        BudgetLine.objects.filter(fiscal_year__range=(first, last)).order_by().values("fiscal_year").annotate(**sums)
    )
    found = {row["fiscal_year"]: _year(row) for row in rows}
    return [found.get(year, Year(year=year)) for year in range(first, last + 1)]


def _year(row: dict[str, Any]) -> Year:
    added = sum((row[f"sum_{name}"] for name in _ADDED), ZERO)
    taken = sum((row[f"sum_{name}"] for name in _TAKEN), ZERO)
    shown = {name: row[f"sum_{name}"] for name in _SHOWN}
    return Year(year=row["fiscal_year"], planned=added - taken, **shown)


def known_years() -> list[int]:
    """Newest first."""
    return list(BudgetLine.objects.order_by("-fiscal_year").values_list("fiscal_year", flat=True).distinct())


def commitments_of(year: int) -> QuerySet[Commitment]:
    """What is bound in a year; an award that was given up altogether no longer counts."""
    return Commitment.objects.filter(line__fiscal_year=year, amount__gt=0)


def awards_of(year: int) -> QuerySet[Commitment]:
    """Commitments by which an award counts as a project of the year: once, in its first year.

    What was carried on counts where it was awarded, what several lines or years pay is one project; an award that was
    given up altogether no longer counts.
    """
    same = Commitment.objects.order_by().filter(thread=OuterRef("thread"))
    return Commitment.objects.filter(
        ~Exists(same.filter(carried_from__isnull=True, line__fiscal_year__lt=year)),
        Exists(same.filter(Q(amount__gt=0) | Q(pledged__gt=0))),
        line__fiscal_year=year,
        carried_from__isnull=True,
    )


def project_count(year: int) -> int:
    return awards_of(year).order_by().values("thread").distinct().count()


def commitments_by(part: str, year: int) -> list[dict[str, Any]]:
    """Rows of key, is_public, committed, paid_sum, projects. `part`: programme, measure or municipality. Two queries."""
    keys = {"key": F(f"{part}_id")}
    money: Any = commitments_of(year).order_by().values("is_public", **keys)
    counts: Any = awards_of(year).order_by().values("is_public", **keys)
    projects = {
        (row["is_public"], row["key"]): row["projects"]
        for row in counts.annotate(projects=Count("thread", distinct=True))
    }
    rows = {
        (row["is_public"], row["key"]): {**row, "projects": 0}
        for row in money.annotate(committed=Sum("amount"), paid_sum=Sum("paid"))
    }
    for (is_public, key), count in projects.items():
        empty = {"is_public": is_public, "key": key, "committed": ZERO, "paid_sum": ZERO}
        rows[is_public, key] = {**rows.get((is_public, key), empty), "projects": count}
    return list(rows.values())


def public_commitments(year: int) -> Any:
    """Awards that may be named: after finality, when nobody can contest them any more. One row each, by recipient, with
    what the year gives: payee_name, title, is_natural_person, place, amount."""
    rows: Any = (
        commitments_of(year)
        .filter(is_public=True)
        .order_by()
        .values("thread", "payee_name", "title", "is_natural_person", place=F("municipality__name"))
    )
    return rows.annotate(sum=Sum("amount"), first=Min("pk")).order_by("payee_name", "first")


def pending_of(commitment: Commitment) -> Decimal:
    found = Disbursement.objects.filter(commitment=commitment, state__in=PENDING).aggregate(sum=total("amount"))
    amount: Decimal = found["sum"]
    return amount


def alert_count() -> int:
    return BudgetAlert.objects.filter(ended_at__isnull=True).count()
