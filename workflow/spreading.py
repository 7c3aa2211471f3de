"""How money that is not enough for all is spread over claims: four rules, pure, each the same whatever the order.

Every rule rounds down to the unit and gives no claim more than its ceiling: what was asked, what the programme allows
and what the scenario caps, whichever is lowest, in whole units. A claim whose ceiling lies below the least award of its
programme gets nothing.

* BY_SCORE: the best first, a missing score last, equal scores by receipt. Each gets its ceiling while the money lasts,
  then what is left of it, if that is no less than its least award. What stays is below one unit, or below the least
  award of everybody who went without.
* PRO_RATA, EQUAL_CUT and CAPPED give everybody the same share: of the request, of the ceiling, or the same sum. The
  share is the largest at which the money is enough; whoever reaches the ceiling leaves the rest to the others. Whoever
  would get less than the least award goes without, those farthest below it first, and comes in again as soon as there
  is room for everybody. What stays is below one unit for each who got less than the ceiling; if nobody did, all who
  could be served are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from funding.law.basics import floor_to
from workflow.models.scenario import Scenario

ZERO = Decimal("0.00")
Rule = Scenario.Rule
Shares = dict[int, Decimal]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Somebody who asks for money, in euros. `most` is what the request and the programme allow, `least` its minimum."""

    key: int
    requested: Decimal
    most: Decimal
    received_at: datetime
    least: Decimal = ZERO
    score: int | None = None

    @property
    def rank(self) -> tuple[bool, int, datetime, int]:
        """The best first; the key decides only between claims that came in at the same moment."""
        return (self.score is None, -(self.score or 0), self.received_at, self.key)


@dataclass(frozen=True, kw_only=True)
class _Demand:
    claim: Claim
    ceiling: Decimal
    weight: Fraction

    @property
    def turn(self) -> Fraction:
        """The share at which the ceiling is reached."""
        return Fraction(self.ceiling) / self.weight


def spread(
    claims: Iterable[Claim], *, available: Decimal, rule: str, unit: Decimal, cap: Decimal | None = None
) -> Shares:
    """What each claim gets of the money, by its key. Euros; less than nothing is nothing."""
    room = max(available, ZERO)
    ranked = sorted(claims, key=lambda claim: claim.rank)
    ceilings = {claim.key: ceiling(claim, unit=unit, cap=cap) for claim in ranked}
    if rule == Rule.BY_SCORE:
        return _by_score(ranked, ceilings, room, unit)
    weigh = WEIGHTS[rule]
    demands = [
        _Demand(claim=claim, ceiling=top, weight=weigh(claim, top))
        for claim in ranked
        if (top := ceilings[claim.key]) and claim.least <= room
    ]
    nothing = dict.fromkeys(ceilings, ZERO)
    return nothing | _all_alike(demands, room, unit)


def ceiling(claim: Claim, *, unit: Decimal, cap: Decimal | None) -> Decimal:
    """The most that a claim may get, in whole units; nothing where that is below the least award."""
    most = min(claim.most, claim.requested, *([cap] if cap is not None else []))
    found = floor_to(max(most, ZERO), unit)
    return found if found >= claim.least else ZERO


WEIGHTS: dict[str, Callable[[Claim, Decimal], Fraction]] = {
    Rule.PRO_RATA: lambda claim, _ceiling: Fraction(claim.requested),
    Rule.EQUAL_CUT: lambda _claim, ceiling: Fraction(ceiling),
    Rule.CAPPED: lambda _claim, _ceiling: Fraction(1),
}
"""Of what everybody gets the same share."""


def _by_score(ranked: list[Claim], ceilings: Shares, room: Decimal, unit: Decimal) -> Shares:
    found: Shares = {}
    for claim in ranked:
        share = min(ceilings[claim.key], floor_to(room, unit))
        found[claim.key] = share if share >= claim.least else ZERO
        room -= found[claim.key]
    return found


def _all_alike(demands: list[_Demand], room: Decimal, unit: Decimal) -> Shares:
    served, without = demands, []
    while short := _short(served, shares := _shares(served, room, unit)):
        out = min(reversed(short), key=lambda one: Fraction(shares[one.claim.key]) / Fraction(one.claim.least))
        served = [one for one in served if one is not out]
        without.append(out)
    return _let_in(served, sorted(without, key=lambda one: one.claim.rank), room, unit)


def _let_in(served: list[_Demand], without: list[_Demand], room: Decimal, unit: Decimal) -> Shares:
    """Who went without comes in again, the best first, where nobody falls below the least award by it."""
    for one in without:
        together = [*served, one]
        if not _short(together, _shares(together, room, unit)):
            return _let_in(together, [other for other in without if other is not one], room, unit)
    return _shares(served, room, unit)


def _short(served: list[_Demand], shares: Shares) -> list[_Demand]:
    return [one for one in served if shares[one.claim.key] < one.claim.least]


def _shares(demands: list[_Demand], room: Decimal, unit: Decimal) -> Shares:
    share = _largest_share(demands, Fraction(room))
    return {
        one.claim.key: one.ceiling if share is None else min(one.ceiling, floor_to(share * one.weight, unit))
        for one in demands
    }


def _largest_share(demands: list[_Demand], room: Fraction) -> Fraction | None:
    """The share at which the money is used up; None if it is enough for every ceiling."""
    weight = sum((one.weight for one in demands), Fraction(0))
    for one in sorted(demands, key=lambda one: one.turn):
        if one.turn * weight > room:
            return room / weight
        room -= Fraction(one.ceiling)
        weight -= one.weight
    return None
