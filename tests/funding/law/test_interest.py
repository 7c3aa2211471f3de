"""Interest on recovered money, with a worked example."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.law.interest import PUBLISHED_BASE_RATES, MissingBaseRateError, half_year_of, interest

D = Decimal
known_days = st.dates(min_value=date(2016, 7, 1), max_value=date(2026, 6, 30))


def computed(principal: str, start: date, end: date) -> D:
    return interest(D(principal), starts_on=start, repaid_on=end, base_rates=PUBLISHED_BASE_RATES).amount


def test_the_worked_example() -> None:
    result = interest(
        D(1000), starts_on=date(2023, 3, 15), repaid_on=date(2024, 9, 20), base_rates=PUBLISHED_BASE_RATES
    )
    assert str(result.amount) == "121.96"
    assert [(segment.days, segment.rate) for segment in result.segments] == [
        (107, D("6.62")),
        (184, D("8.12")),
        (182, D("8.62")),
        (82, D("8.37")),
    ]


@pytest.mark.parametrize(
    ("start", "end", "amount"),
    [
        (date(2023, 3, 15), date(2023, 3, 15), "0.00"),
        (date(2023, 3, 15), date(2023, 3, 16), "1.81"),  # one day: 10,000 x 6.62 % / 365
        (date(2019, 12, 31), date(2020, 12, 31), "412.00"),  # leap year over 366, base rate -0.88
        (date(2020, 12, 31), date(2021, 12, 31), "412.00"),
        (date(2024, 2, 28), date(2024, 2, 29), "2.36"),  # 29 February bears interest: 8.62 % / 366
    ],
)
def test_days_rates_and_leap_years(start: date, end: date, amount: str) -> None:
    assert str(computed("10000", start, end)) == amount


def test_a_negative_base_rate_lowers_the_rate() -> None:
    result = interest(D(1), starts_on=date(2019, 1, 1), repaid_on=date(2019, 1, 2), base_rates=PUBLISHED_BASE_RATES)
    assert result.segments[0].rate == D("4.12")


def test_a_missing_base_rate_is_an_error_and_never_carried_forward() -> None:
    with pytest.raises(MissingBaseRateError) as error:
        computed("1000", date(2026, 1, 1), date(2026, 7, 1))
    assert error.value.half_year == date(2026, 7, 1)
    assert computed("1000", date(2026, 1, 1), date(2026, 6, 30)) > 0


def test_a_repayment_before_the_start_and_a_negative_debt_are_refused() -> None:
    with pytest.raises(ValueError):
        computed("1000", date(2024, 1, 2), date(2024, 1, 1))
    with pytest.raises(ValueError, match="principal"):
        computed("-1", date(2024, 1, 1), date(2024, 1, 2))


@given(known_days, known_days)
def test_segments_cover_each_day_once_and_stay_in_their_half_year(one: date, other: date) -> None:
    start, end = min(one, other), max(one, other)
    result = interest(D(1000), starts_on=start, repaid_on=end, base_rates=PUBLISHED_BASE_RATES)
    assert sum(segment.days for segment in result.segments) == (end - start).days
    for segment in result.segments:
        assert half_year_of(segment.first) == half_year_of(segment.last)
    exact = sum((segment.amount for segment in result.segments), Fraction(0))
    assert abs(exact - Fraction(result.amount)) <= Fraction(1, 200)


@given(known_days, known_days, st.decimals(min_value=0, max_value=10**6, places=2))
def test_interest_is_simple_so_two_debts_are_as_dear_as_one(one: date, other: date, principal: D) -> None:
    start, end = min(one, other), max(one, other)
    single = computed(str(principal), start, end)
    assert abs(computed(str(principal * 2), start, end) - 2 * single) <= D("0.01")
