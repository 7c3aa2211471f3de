"""What is left of a grant once the money is spent (ANBest-P 2).

F0 and F1 are the award and the final amount, E0/E1 eligible cost planned and recognised, own and others' cover
with the same index. F1 is never above F0 and never rises by itself; it is computed to the cent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from funding.law.basics import CENT, ZERO, Financing, floor_to, refuse_negative, total
from funding.law.grants import effective_rate


class ReductionGround(StrEnum):
    """Why less than the award is left. Decides which act the office needs (§§36, 48, 49 VwVfG)."""

    COST_FELL = "cost_fell"
    NEW_COVER = "new_cover"
    REASSESSMENT = "reassessment"
    MISUSE = "misuse"
    CONDITION_BREACH = "condition_breach"

    @property
    def needs_revocation(self) -> bool:
        """Whether §49(3) or §48 VwVfG is needed, with discretion, hearing and the one-year limit.

        Falling cost and new cover are events that the notice itself reacts to (§36(2) no. 2 VwVfG).
        """
        return self not in {ReductionGround.COST_FELL, ReductionGround.NEW_COVER}


class SettledBy(StrEnum):
    """What decided the final amount."""

    AWARD = "award"
    RATE = "rate"
    NEED = "need"
    SPENT = "spent"
    UNITS = "units"
    CASH = "cash"


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What was awarded: `award` F0, `eligible` E0, `own` and `others` as planned.

    `rate` is the programme's q (SHARE), `unit` what the award was rounded down to, `unit_rate` the sum per unit
    (FIXED). `has_fixed_cash_guard`: only if the notice of a FIXED grant says so.
    """

    kind: Financing
    award: Decimal
    eligible: Decimal
    own: Decimal = ZERO
    others: Decimal = ZERO
    rate: Fraction | None = None
    unit: Decimal = CENT
    unit_rate: Decimal | None = None
    has_fixed_cash_guard: bool = False

    def __post_init__(self) -> None:
        refuse_negative(award=self.award, eligible=self.eligible, own=self.own, others=self.others)
        if self.kind is Financing.SHARE and (self.rate is None or not self.eligible):
            raise ValueError("SHARE needs its rate and eligible cost.")

    @property
    def effective_rate(self) -> Fraction | None:
        """F0/E0 where less than q·E0 was awarded, else q; None outside SHARE."""
        if self.rate is None or self.kind is not Financing.SHARE:
            return None
        return effective_rate(self.award, eligible=self.eligible, rate=self.rate, unit=self.unit)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What really happened: recognised `eligible` E1, `own` and `others` cover as brought in, `units` achieved.

    `cash_eligible` and `cash_others` are the parts in cash; None: all of it.
    """

    eligible: Decimal
    own: Decimal = ZERO
    others: Decimal = ZERO
    units: int | None = None
    cash_eligible: Decimal | None = None
    cash_others: Decimal | None = None

    def __post_init__(self) -> None:
        refuse_negative(eligible=self.eligible, own=self.own, others=self.others)
        refuse_negative(cash_eligible=self.cash_eligible, cash_others=self.cash_others)

    @property
    def cash_left(self) -> Decimal:
        """Cash spending that no other cash paid: the payout never exceeds it."""
        spent = self.eligible if self.cash_eligible is None else self.cash_eligible
        income = self.others if self.cash_others is None else self.cash_others
        return max(ZERO, spent - income)


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """The final amount F1 and what led to it. `counted_cover` is N: new cover that extra cost did not absorb."""

    amount: Decimal
    reduction: Decimal
    settled_by: SettledBy
    rate: Fraction | None = None
    counted_cover: Decimal = ZERO


def settle(promise: Promise, outcome: Outcome, *, reduction_threshold: Decimal = ZERO) -> Settlement:
    """Return the final amount of a grant (ANBest-P 2.1, 2.2; §49a(1) VwVfG for what is too much).

    A reduction up to `reduction_threshold` is not made (never for FULL), but no threshold pays out more cash than
    was needed, nor more than was spent. Raises `ValueError` for a unit-based FIXED without units.
    """
    refuse_negative(reduction_threshold=reduction_threshold)
    bounds = [(promise.award, SettledBy.AWARD), *_bounds(promise, outcome)]
    amount, settled_by = min(bounds, key=lambda bound: bound[0])
    if _is_small(promise, outcome, reduction=promise.award - amount, threshold=reduction_threshold):
        amount, settled_by = promise.award, SettledBy.AWARD
    if _is_cash_guarded(promise) and outcome.cash_left < amount:
        amount, settled_by = outcome.cash_left, SettledBy.CASH
    amount = max(ZERO, amount)
    return Settlement(
        amount=amount,
        reduction=promise.award - amount,
        settled_by=settled_by,
        rate=promise.effective_rate,
        counted_cover=new_cover(promise, outcome),
    )


def _is_cash_guarded(promise: Promise) -> bool:
    return promise.kind is not Financing.FIXED or promise.has_fixed_cash_guard


def _is_small(promise: Promise, outcome: Outcome, *, reduction: Decimal, threshold: Decimal) -> bool:
    may_ignore = promise.kind is not Financing.FULL and promise.award <= outcome.eligible
    return may_ignore and reduction <= threshold


def new_cover(promise: Promise, outcome: Outcome) -> Decimal:
    """Return N: others' new cover after extra cost has absorbed its part (VG Hannover 6 A 3946/01)."""
    extra_cost = max(ZERO, outcome.eligible - promise.eligible)
    return max(ZERO, outcome.others - promise.others - extra_cost)


def _bounds(promise: Promise, outcome: Outcome) -> list[tuple[Decimal, SettledBy]]:
    match promise.kind:
        case Financing.FULL:
            return [(outcome.eligible - outcome.own - outcome.others, SettledBy.NEED)]
        case Financing.SHARE:
            return _share(promise, outcome)
        case Financing.GAP:
            own = max(promise.own, outcome.own)
            return [(outcome.eligible - own - outcome.others, SettledBy.NEED)]
        case Financing.FIXED:
            return _fixed(promise, outcome)


def _share(promise: Promise, outcome: Outcome) -> list[tuple[Decimal, SettledBy]]:
    base = max(ZERO, min(outcome.eligible, promise.eligible) - new_cover(promise, outcome))
    rate = promise.effective_rate or Fraction(0)
    return [
        (floor_to(rate * Fraction(base)), SettledBy.RATE),
        (outcome.eligible - outcome.others, SettledBy.NEED),
    ]


def _fixed(promise: Promise, outcome: Outcome) -> list[tuple[Decimal, SettledBy]]:
    spent = [(outcome.eligible, SettledBy.SPENT)]
    if promise.unit_rate is None:
        return spent
    if outcome.units is None or outcome.units < 0:
        raise ValueError("A rate per unit needs the number of units achieved.")
    return [(promise.unit_rate * outcome.units, SettledBy.UNITS), *spent]


def overpaid(final: Decimal, *, paid: Decimal) -> Decimal:
    """Return what came out too much and is to be recovered (§49a(1) VwVfG)."""
    return max(ZERO, paid - final)


def still_payable(final: Decimal, *, paid: Decimal) -> Decimal:
    """Return what may still be paid out."""
    return max(ZERO, final - paid)


def is_worth_recovering(claims: Iterable[Decimal], *, threshold: Decimal) -> bool:
    """Whether the claims against one recipient, small ones summed, reach the threshold (§34 KomHKVO)."""
    amount = total(claims)
    return amount > 0 and amount >= threshold
