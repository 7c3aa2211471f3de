"""Spreading money by rule: a table of vectors, and what holds for any claims whatever."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funding.law.basics import floor_to
from tests.factories import START, euros
from workflow.models import Scenario
from workflow.spreading import Claim, ceiling, spread

Rule = Scenario.Rule
CENT, ONE, TEN = Decimal("0.01"), Decimal(1), Decimal(10)
ZERO = Decimal("0.00")


def claim(
    key: int, requested: str, score: int | None = None, *, least: str = "0", most: str = "", at: datetime = START
) -> Claim:
    asked = euros(requested)
    return Claim(
        key=key, requested=asked, most=euros(most) if most else asked, least=euros(least), score=score, received_at=at
    )


def the_five(least: str = "400") -> list[Claim]:
    """The five of the autumn round, with their scores."""
    rows = (("2300", 91), ("1840", 86), ("2000", 82), ("1500", 74), ("900", 61))
    return [claim(key, requested, score, least=least) for key, (requested, score) in enumerate(rows)]


VECTORS: dict[str, tuple[list[Claim], str, str, Decimal, str | None, list[str]]] = {
    "best-first-until-the-money-ends": (
        the_five(), "6420", Rule.BY_SCORE, CENT, None, ["2300", "1840", "2000", "0", "0"],
    ),
    "best-first-the-next-gets-the-rest": (
        the_five("200"), "6420", Rule.BY_SCORE, CENT, None, ["2300", "1840", "2000", "280", "0"],
    ),
    "pro-rata-to-ten-euros": (the_five(), "6420", Rule.PRO_RATA, TEN, None, ["1720", "1380", "1500", "1120", "670"]),
    "same-sum-for-all": (the_five(), "6420", Rule.CAPPED, CENT, None, ["1380", "1380", "1380", "1380", "900"]),
    "a-cap-below-the-same-sum": (the_five(), "6420", Rule.CAPPED, CENT, "1000", ["1000", "1000", "1000", "1000", "900"]),
    "thirds-of-a-thousand": (
        [claim(1, "1000"), claim(2, "1000"), claim(3, "1000")], "1000", Rule.EQUAL_CUT, CENT, None,
        ["333.33", "333.33", "333.33"],
    ),
    "equal-cut-of-what-is-allowed": (
        [claim(1, "1000", most="500"), claim(2, "1000")], "750", Rule.EQUAL_CUT, CENT, None, ["250", "500"],
    ),
    "pro-rata-of-what-was-asked": (
        [claim(1, "1000", most="300"), claim(2, "1000")], "750", Rule.PRO_RATA, CENT, None, ["300", "450"],
    ),
    "enough-for-all": ([claim(1, "100"), claim(2, "50.50")], "1000", Rule.PRO_RATA, ONE, None, ["100", "50"]),
    "exactly-enough": ([claim(1, "100"), claim(2, "50")], "150", Rule.EQUAL_CUT, ONE, None, ["100", "50"]),
    "a-cent-short": ([claim(1, "100"), claim(2, "50")], "149.99", Rule.BY_SCORE, CENT, None, ["100", "49.99"]),
    "nothing-there": ([claim(1, "100", least="50")], "0", Rule.PRO_RATA, CENT, None, ["0"]),
    "less-than-nothing": ([claim(1, "100")], "-5", Rule.CAPPED, CENT, None, ["0"]),
    "a-missing-score-comes-last": (
        [claim(1, "100"), claim(2, "100", 0)], "100", Rule.BY_SCORE, CENT, None, ["0", "100"],
    ),
    "equal-scores-by-receipt": (
        [claim(1, "100", 7, at=START + timedelta(hours=1)), claim(2, "100", 7)], "150", Rule.BY_SCORE, CENT, None,
        ["50", "100"],
    ),
    "below-the-least-goes-without": (
        [claim(1, "1000", least="400"), claim(2, "1000", least="400", at=START + timedelta(1))], "500", Rule.PRO_RATA,
        CENT, None, ["500", "0"],
    ),
    "the-rest-is-below-the-least": ([claim(1, "900", least="400")], "280", Rule.CAPPED, CENT, None, ["0"]),
    "a-cap-below-the-least": ([claim(1, "900", least="400")], "5000", Rule.CAPPED, CENT, "300", ["0"]),
    "no-claims": ([], "100", Rule.PRO_RATA, CENT, None, []),
}  # fmt: skip


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_table_of_vectors(vector: tuple[list[Claim], str, str, Decimal, str | None, list[str]]) -> None:
    claims, available, rule, unit, cap, expected = vector
    found = spread(claims, available=euros(available), rule=rule, unit=unit, cap=euros(cap) if cap else None)
    assert [found[one.key] for one in claims] == [euros(amount) for amount in expected]


# What holds for any claims

cents = st.integers(0, 500_000).map(lambda number: Decimal(number).scaleb(-2))
whole = st.integers(1, 60).map(lambda number: Decimal(number * 50))
amounts = st.one_of(cents, whole)
leasts = st.one_of(st.just(ZERO), st.integers(0, 50_000).map(lambda number: Decimal(number).scaleb(-2)))
moments = st.integers(0, 3).map(lambda hours: START + timedelta(hours=hours))
units = st.sampled_from([CENT, ONE, TEN])
caps = st.one_of(st.none(), amounts.filter(bool))
rules = st.sampled_from(Rule.values)


@st.composite
def some_claims(draw: st.DrawFn) -> list[Claim]:
    return [
        Claim(
            key=key,
            requested=draw(amounts),
            most=draw(amounts),
            least=draw(leasts),
            score=draw(st.one_of(st.none(), st.integers(0, 5))),
            received_at=draw(moments),
        )
        for key in range(draw(st.integers(0, 7)))
    ]


@settings(max_examples=300, deadline=None)
@given(some_claims(), st.integers(-1000, 1_500_000), rules, units, caps)
def test_never_more_than_there_is_and_than_each_may_get(
    claims: list[Claim], available: int, rule: str, unit: Decimal, cap: Decimal | None
) -> None:
    room = Decimal(available).scaleb(-2)
    found = spread(claims, available=room, rule=rule, unit=unit, cap=cap)
    assert found.keys() == {one.key for one in claims}
    assert sum(found.values(), ZERO) <= max(room, ZERO)
    for one in claims:
        amount = found[one.key]
        assert ZERO <= amount <= min(one.requested, one.most, cap if cap is not None else one.most)
        assert amount == floor_to(amount, unit)
        assert not amount or amount >= one.least


@settings(max_examples=200, deadline=None)
@given(some_claims(), st.integers(0, 1_500_000), rules, units, caps, st.randoms(use_true_random=False))
def test_the_order_of_the_claims_changes_nothing(
    claims: list[Claim], available: int, rule: str, unit: Decimal, cap: Decimal | None, chance: object
) -> None:
    shuffled = list(claims)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    room = Decimal(available).scaleb(-2)
    first = spread(claims, available=room, rule=rule, unit=unit, cap=cap)
    assert first == spread(shuffled, available=room, rule=rule, unit=unit, cap=cap)


@settings(max_examples=300, deadline=None)
@given(some_claims(), st.integers(0, 1_500_000), rules, units, caps)
def test_no_euro_is_left_that_the_rule_could_still_give(
    claims: list[Claim], available: int, rule: str, unit: Decimal, cap: Decimal | None
) -> None:
    room = Decimal(available).scaleb(-2)
    found = spread(claims, available=room, rule=rule, unit=unit, cap=cap)
    rest = room - sum(found.values(), ZERO)
    tops = {one.key: ceiling(one, unit=unit, cap=cap) for one in claims}
    below = [one for one in claims if found[one.key] < tops[one.key]]
    if rule == Rule.BY_SCORE:
        assert rest < unit or all(not found[one.key] and floor_to(rest, unit) < max(one.least, unit) for one in below)
        return
    served = [one for one in below if found[one.key] >= max(one.least, CENT) or not one.least]
    without = [one for one in below if one not in served]
    assert not served or rest < unit * len(served)
    for one in without:
        kept = [other for other in claims if other is one or other not in without]
        tried = spread(kept, available=room, rule=rule, unit=unit, cap=cap)
        assert any(tops[other.key] and not tried[other.key] and other.least for other in kept)


@settings(max_examples=200, deadline=None)
@given(some_claims(), st.integers(0, 1_500_000), units, caps)
def test_who_stands_better_never_goes_without_where_money_went_to_somebody_behind(
    claims: list[Claim], available: int, unit: Decimal, cap: Decimal | None
) -> None:
    """By score: whoever is before somebody with money has the ceiling, or could not be served with what was left."""
    room = Decimal(available).scaleb(-2)
    found = spread(claims, available=room, rule=Rule.BY_SCORE, unit=unit, cap=cap)
    for one in sorted(claims, key=lambda one: one.rank):
        top = ceiling(one, unit=unit, cap=cap)
        assert found[one.key] == top or floor_to(room, unit) < max(top, one.least)
        room -= found[one.key]
