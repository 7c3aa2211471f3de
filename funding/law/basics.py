"""The words and the rounding that the law's arithmetic shares."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


class Financing(StrEnum):
    """The kinds of financing (VV 2.2 to §44 LHO)."""

    FULL = "full"
    SHARE = "share"
    GAP = "gap"
    FIXED = "fixed"


class CostCategory(StrEnum):
    """Kinds of expenditure in a finance plan."""

    PERSONNEL = "personnel"
    FEES = "fees"
    RENT = "rent"
    MATERIAL = "material"
    TRAVEL = "travel"
    CATERING = "catering"
    PUBLICITY = "publicity"
    INSURANCE = "insurance"
    EQUIPMENT = "equipment"
    TRANSLATION_INTERPRETING = "translation_interpreting"
    CHILDCARE = "childcare"
    OVERHEAD_LUMP = "overhead_lump"
    IN_KIND_VOLUNTEER = "in_kind_volunteer"
    OTHER = "other"


class FundingSourceKind(StrEnum):
    """Where the money of a finance plan comes from."""

    OWN_CASH = "own_cash"
    OWN_IN_KIND_VOLUNTEER = "own_in_kind_volunteer"
    OWN_IN_KIND_OTHER = "own_in_kind_other"
    PARTICIPANT_FEES = "participant_fees"
    DONATIONS_SPONSORING = "donations_sponsoring"
    THIRD_PARTY_PRIVATE = "third_party_private"
    PUBLIC_MUNICIPALITY = "public_municipality"
    PUBLIC_STATE = "public_state"
    PUBLIC_FEDERAL = "public_federal"
    PUBLIC_EU = "public_eu"
    COUNTY_GRANT = "county_grant"


IN_KIND_SOURCES = frozenset({FundingSourceKind.OWN_IN_KIND_VOLUNTEER, FundingSourceKind.OWN_IN_KIND_OTHER})
OWN_SOURCES = IN_KIND_SOURCES | {FundingSourceKind.OWN_CASH}


def floor_to(amount: Decimal | Fraction, unit: Decimal = CENT) -> Decimal:
    """Round an amount of zero or more down to a whole `unit` (0.01, 1 or 10 euros)."""
    return (Fraction(amount) // Fraction(unit) * unit).quantize(CENT)


def half_up(amount: Fraction) -> Decimal:
    """Round to the cent, half up in amount (away from zero), without a detour over binary or 28 digits."""
    cents = amount * 100
    whole = int(abs(cents) + Fraction(1, 2))
    return Decimal(whole if cents >= 0 else -whole).scaleb(-2)


def refuse_negative(**amounts: Decimal | None) -> None:
    """Raise `ValueError` naming the first amount below zero: a sign slipped in somewhere."""
    for name, amount in amounts.items():
        if amount is not None and amount < 0:
            raise ValueError(f"{name} is negative.")


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Return a sum with two places, also of nothing."""
    return sum(amounts, ZERO)
