"""Interest on money that comes back: five percentage points above the base rate (§49a(3), (4) VwVfG).

Simple interest by days, no compounding; from the day after the start to the day of repayment, both inclusive;
split at every 1 January and 1 July; days over 365, in leap years 366; rounded once, half up (usual practice).
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from funding.law.basics import half_up, refuse_negative

MARGIN = Decimal(5)
"""Percentage points above the base rate (§49a(3) sentence 1 VwVfG)."""

PUBLISHED_BASE_RATES: Mapping[date, Decimal] = {
    **{date(year, month, 1): Decimal("-0.88") for year in range(2017, 2023) for month in (1, 7)},
    date(2016, 7, 1): Decimal("-0.88"),
    date(2023, 1, 1): Decimal("1.62"),
    date(2023, 7, 1): Decimal("3.12"),
    date(2024, 1, 1): Decimal("3.62"),
    date(2024, 7, 1): Decimal("3.37"),
    date(2025, 1, 1): Decimal("2.27"),
    date(2025, 7, 1): Decimal("1.27"),
    date(2026, 1, 1): Decimal("1.27"),
}
"""Base rates in percent (§247 BGB), one a half-year: the start of the table that the office keeps."""


class MissingBaseRateError(LookupError):
    """No base rate is entered for the half-year that begins on `half_year`; none is carried forward silently."""

    def __init__(self, half_year: date) -> None:
        super().__init__(f"No base rate for the half-year from {half_year:%d.%m.%Y}.")
        self.half_year = half_year


@dataclass(frozen=True, kw_only=True)
class Segment:
    """Days within one half-year at one rate; `rate` is percent a year, `amount` is exact, in euros."""

    first: date
    last: date
    rate: Decimal
    amount: Fraction

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, kw_only=True)
class Interest:
    """Interest in euros and the segments that it is made of."""

    amount: Decimal
    segments: tuple[Segment, ...]


def half_year_of(day: date) -> date:
    """Return the 1 January or 1 July on which the day's half-year begins (§247(1) BGB)."""
    return date(day.year, 1 if day.month < 7 else 7, 1)


def interest(
    principal: Decimal,
    *,
    starts_on: date,
    repaid_on: date,
    base_rates: Mapping[date, Decimal],
    margin: Decimal = MARGIN,
) -> Interest:
    """Return the interest on `principal` euros for the days after `starts_on` up to `repaid_on` (§49a(3) VwVfG).

    `base_rates` maps each half-year's first day to percent. Raises `MissingBaseRateError`, and `ValueError` for a
    repayment before the start. Parts repaid on different days are computed one by one.
    """
    refuse_negative(principal=principal)
    if repaid_on < starts_on:
        raise ValueError("Repaid before interest began.")
    segments = tuple(
        _segment(principal, first, last, base_rates, margin)
        for first, last in _half_years(starts_on + timedelta(days=1), repaid_on)
    )
    return Interest(amount=half_up(sum((part.amount for part in segments), Fraction(0))), segments=segments)


def _half_years(first: date, last: date) -> Iterator[tuple[date, date]]:
    while first <= last:
        half_year = half_year_of(first)
        following = date(half_year.year, 7, 1) if half_year.month == 1 else date(half_year.year + 1, 1, 1)
        yield first, min(last, following - timedelta(days=1))
        first = following


def _segment(
    principal: Decimal, first: date, last: date, base_rates: Mapping[date, Decimal], margin: Decimal
) -> Segment:
    half_year = half_year_of(first)
    if half_year not in base_rates:
        raise MissingBaseRateError(half_year)
    rate = base_rates[half_year] + margin
    days_a_year = 366 if isleap(first.year) else 365
    days = (last - first).days + 1
    amount = Fraction(principal) * Fraction(rate) / 100 * days / days_a_year
    return Segment(first=first, last=last, rate=rate, amount=amount)
