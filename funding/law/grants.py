"""How much money may be granted, and whether a plan of costs and funding holds (VV 2 to §44 LHO, ANBest-P 1).

Amounts are euros as `Decimal` with two places, rates are exact `Fraction`s. Grants are rounded down, never up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from funding.law.basics import (
    CENT,
    IN_KIND_SOURCES,
    OWN_SOURCES,
    ZERO,
    CostCategory,
    Financing,
    FundingSourceKind,
    floor_to,
    refuse_negative,
    total,
)

__all__ = [
    "Bound",
    "Cost",
    "CostCategory",
    "Financing",
    "Finding",
    "FundingSourceKind",
    "Grant",
    "Limit",
    "Plan",
    "Problem",
    "Rule",
    "Source",
    "check_plan",
    "cover_for_eligible",
    "effective_rate",
    "exceeds_line",
    "possible_grant",
    "volunteer_value",
]

LINE_TOLERANCE = Fraction(1, 5)
"""A single line of the plan may be exceeded by this part if others save it (ANBest-P 1.2)."""


# Award


class Limit(StrEnum):
    """What an amount came from or was held down by."""

    RATE = "rate"
    FIXED_SUM = "fixed_sum"
    NEED = "need"
    REQUEST = "request"
    CAP = "cap"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What the guideline says about amounts.

    SHARE needs `rate`; FIXED needs `fixed`, or `unit_rate` with the units of the application. `cap` and `least`
    are the highest and the lowest grant, `unit` is what awards are rounded down to.
    """

    kind: Financing
    rate: Fraction | None = None
    fixed: Decimal | None = None
    unit_rate: Decimal | None = None
    cap: Decimal | None = None
    least: Decimal | None = None
    unit: Decimal = CENT

    def __post_init__(self) -> None:
        refuse_negative(fixed=self.fixed, unit_rate=self.unit_rate, cap=self.cap, least=self.least)
        if self.unit <= 0:
            raise ValueError("unit must be positive.")
        if self.kind is Financing.SHARE and not (self.rate and 0 < self.rate <= 1):
            raise ValueError("SHARE needs a rate above 0 and up to 1.")
        if self.kind is Financing.FIXED and self.fixed is None and self.unit_rate is None:
            raise ValueError("FIXED needs a sum or a rate per unit.")


@dataclass(frozen=True, kw_only=True)
class Bound:
    """One upper bound of a grant."""

    limit: Limit
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Grant:
    """The possible amount and how it came about, for a sentence like "80 % von 2.500,00 € sind 2.000,00 €".

    `limit` names the bound that decided, `bounds` holds all of them in the order of a sentence, `cut` is what
    rounding down to `unit` took.
    """

    amount: Decimal
    limit: Limit
    bounds: tuple[Bound, ...]
    eligible: Decimal
    rate: Fraction | None
    unit: Decimal
    cut: Decimal
    is_below_least: bool

    def bound(self, limit: Limit) -> Decimal | None:
        """Return the amount of one bound, None where it does not apply."""
        return next((bound.amount for bound in self.bounds if bound.limit is limit), None)


def possible_grant(
    rule: Rule, *, eligible: Decimal, cover: Decimal = ZERO, requested: Decimal | None = None, units: int | None = None
) -> Grant:
    """Return the highest lawful grant for eligible cost E0 and other cover D0 (own funds and others' money).

    FULL, GAP: min(E0-D0, request, cap). SHARE: also at most q·E0. FIXED: the sum instead of q·E0. Never below
    zero; a sum below the least grant is returned with its flag, not raised.
    """
    refuse_negative(eligible=eligible, cover=cover, requested=requested)
    candidates: tuple[tuple[Limit, Decimal | None], ...] = (
        _base(rule, eligible=eligible, units=units),
        (Limit.NEED, max(ZERO, eligible - cover)),
        (Limit.REQUEST, requested),
        (Limit.CAP, rule.cap),
    )
    bounds = tuple(Bound(limit=limit, amount=amount) for limit, amount in candidates if amount is not None)
    lowest = min(bounds, key=lambda bound: bound.amount)
    amount = floor_to(lowest.amount, rule.unit)
    return Grant(
        amount=amount,
        limit=lowest.limit,
        bounds=bounds,
        eligible=eligible,
        rate=rule.rate if rule.kind is Financing.SHARE else None,
        unit=rule.unit,
        cut=lowest.amount - amount,
        is_below_least=rule.least is not None and amount < rule.least,
    )


def _base(rule: Rule, *, eligible: Decimal, units: int | None) -> tuple[Limit, Decimal | None]:
    if rule.kind is Financing.SHARE and rule.rate is not None:
        return Limit.RATE, floor_to(rule.rate * Fraction(eligible))
    if rule.kind is not Financing.FIXED:
        return Limit.NEED, None
    if rule.unit_rate is None:
        return Limit.FIXED_SUM, rule.fixed
    if units is None or units < 0:
        raise ValueError("A rate per unit needs the number of units.")
    return Limit.FIXED_SUM, rule.unit_rate * units


def effective_rate(award: Decimal, *, eligible: Decimal, rate: Fraction, unit: Decimal = CENT) -> Fraction:
    """Return the rate that the notice states and the settlement uses: F0/E0 where less than q·E0 was granted.

    For whatever reason it is less: cap, request, partial approval (ANBest-P 2.1; our reading, for the legal office). `unit` is what the award was
    rounded down to; rounding alone does not lower the rate.
    """
    if award >= floor_to(rate * Fraction(eligible), unit):
        return rate
    return Fraction(award) / Fraction(eligible)


def cover_for_eligible(cover: Decimal, *, ineligible: Decimal) -> Decimal:
    """Return D0: the cover that is left once ineligible cost has been paid from it (VV 2.2 to §44 LHO; our reading)."""
    return max(ZERO, cover - ineligible)


# Finance plan


@dataclass(frozen=True, kw_only=True)
class Cost:
    """One line of expenditure, in euros."""

    category: CostCategory
    amount: Decimal
    is_eligible: bool = True

    @property
    def is_cash(self) -> bool:
        return self.category is not CostCategory.IN_KIND_VOLUNTEER


@dataclass(frozen=True, kw_only=True)
class Source:
    """One source of funding, in euros. COUNTY_GRANT is what is asked of the county."""

    kind: FundingSourceKind
    amount: Decimal

    @property
    def is_cash(self) -> bool:
        return self.kind not in IN_KIND_SOURCES


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A finance plan and its sums (ANBest-P 1.2)."""

    costs: Sequence[Cost]
    sources: Sequence[Source]

    @property
    def expenditure(self) -> Decimal:
        return total(cost.amount for cost in self.costs)

    @property
    def income(self) -> Decimal:
        return total(source.amount for source in self.sources)

    @property
    def difference(self) -> Decimal:
        """Expenditure minus income: positive while income is missing, negative while there is too much of it."""
        return self.expenditure - self.income

    @property
    def eligible(self) -> Decimal:
        """E0."""
        return total(cost.amount for cost in self.costs if cost.is_eligible)

    @property
    def ineligible(self) -> Decimal:
        return self.expenditure - self.eligible

    @property
    def requested(self) -> Decimal:
        return self.sum_of(FundingSourceKind.COUNTY_GRANT)

    @property
    def own(self) -> Decimal:
        return self.sum_of(*OWN_SOURCES)

    @property
    def others(self) -> Decimal:
        return self.income - self.requested - self.own

    @property
    def cover(self) -> Decimal:
        """D0: own and others' cover that is left for eligible cost."""
        return cover_for_eligible(self.own + self.others, ineligible=self.ineligible)

    @property
    def volunteer_cost(self) -> Decimal:
        return total(cost.amount for cost in self.costs if not cost.is_cash)

    @property
    def cash_need(self) -> Decimal:
        """Cash expenditure minus cash income without the grant: no grant may be higher (no profit, VV 2 to §44 LHO).

        In a plan without a finding the amount asked for is exactly this.
        """
        spent = self.expenditure - self.volunteer_cost - self.sum_of(FundingSourceKind.OWN_IN_KIND_OTHER)
        income = total(source.amount for source in self.sources if source.is_cash) - self.requested
        return max(ZERO, spent - income)

    def sum_of(self, *kinds: FundingSourceKind) -> Decimal:
        """Return the sum of the sources of these kinds."""
        return total(source.amount for source in self.sources if source.kind in kinds)


class Finding(StrEnum):
    """What is wrong with a finance plan."""

    NEGATIVE = "negative"
    NOT_BALANCED = "not_balanced"
    VOLUNTEER_NOT_ON_BOTH_SIDES = "volunteer_not_on_both_sides"
    VOLUNTEER_ABOVE_CAP = "volunteer_above_cap"
    ABOVE_RATE = "above_rate"
    ABOVE_CAP = "above_cap"
    BELOW_LEAST = "below_least"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One finding with the amount that is there and the one that would be right (or the bound)."""

    finding: Finding
    amount: Decimal
    expected: Decimal


def check_plan(plan: Plan, *, rule: Rule | None = None, volunteer_share: Fraction | None = None) -> list[Problem]:
    """Return everything that is wrong with a plan, most basic first; empty if it may be filed (ANBest-P 1.2).

    `volunteer_share` caps volunteer hours at a part of eligible cost, None leaves them free.
    """
    amounts = [cost.amount for cost in plan.costs] + [source.amount for source in plan.sources]
    lowest = min(amounts, default=ZERO)
    volunteer = plan.sum_of(FundingSourceKind.OWN_IN_KIND_VOLUNTEER)
    findings = [
        (lowest < 0, Finding.NEGATIVE, lowest, ZERO),
        (plan.difference != 0, Finding.NOT_BALANCED, plan.income, plan.expenditure),
        (volunteer != plan.volunteer_cost, Finding.VOLUNTEER_NOT_ON_BOTH_SIDES, volunteer, plan.volunteer_cost),
    ]
    if volunteer_share is not None:
        cap = floor_to(volunteer_share * Fraction(max(ZERO, plan.eligible)))
        findings.append((plan.volunteer_cost > cap, Finding.VOLUNTEER_ABOVE_CAP, plan.volunteer_cost, cap))
    problems = [Problem(finding=what, amount=is_, expected=bound) for wrong, what, is_, bound in findings if wrong]
    return problems + (_against_rule(plan, rule) if rule else [])


def _against_rule(plan: Plan, rule: Rule) -> list[Problem]:
    asked = plan.requested
    problems = []
    if rule.rate is not None and asked > (most := floor_to(rule.rate * Fraction(max(ZERO, plan.eligible)))):
        problems.append(Problem(finding=Finding.ABOVE_RATE, amount=asked, expected=most))
    if rule.cap is not None and asked > rule.cap:
        problems.append(Problem(finding=Finding.ABOVE_CAP, amount=asked, expected=rule.cap))
    if rule.least is not None and asked < rule.least:
        problems.append(Problem(finding=Finding.BELOW_LEAST, amount=asked, expected=rule.least))
    return problems


def volunteer_value(hours: Decimal, *, rate: Decimal) -> Decimal:
    """Return what volunteer hours are worth at a rate per hour, half up to the cent (fictitious expenditure, by the guideline)."""
    refuse_negative(hours=hours, rate=rate)
    return (hours * rate).quantize(CENT, ROUND_HALF_UP)


def exceeds_line(planned: Decimal, *, actual: Decimal, tolerance: Fraction = LINE_TOLERANCE) -> bool:
    """Whether a line of the binding plan was exceeded by more than 20 %, which needs approval (ANBest-P 1.2).

    Up to 20 % is allowed if the total of the plan holds, which the caller checks over all lines.
    """
    return Fraction(actual) > Fraction(planned) * (1 + tolerance)
