"""A Beschlussvorlage as it is printed: every field of the county's form. Pure: data and moment in, PDF out.

The public version calls natural persons „Privatperson" and their file number; their names stand in the non-public
annex alone, which only the other version has.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from funding.money import format_money
from workflow.documents import Letterhead
from workflow.plain_data import plain, restored
from workflow.typeset import clean, shown, typeset

ZERO = Decimal("0.00")
TITLE = 250
"""Characters of a text in the metadata."""


class Answer(StrEnum):
    """To a question about money: „keine" is an answer of its own."""

    OPEN = "open"
    NONE = "none"
    AMOUNT = "amount"


class Cover(StrEnum):
    OPEN = "open"
    AVAILABLE = "available"
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class Sum:
    """An answer with its amount in euros, and in words what it is made of."""

    kind: Answer
    amount: Decimal | None = None
    items: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A row of the Beratungsfolge, and how the body voted as far as that is recorded."""

    body: str
    decides: bool
    is_wanted: bool
    is_public: bool
    session_on: date | None = None
    item: str = ""
    """TOP."""
    outcome: str = ""
    votes_yes: int | None = None
    votes_no: int | None = None
    votes_abstained: int | None = None


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A case of which the paper speaks. For a natural person `recipient` is „Privatperson" and there is no title."""

    reference: str
    recipient: str
    title: str
    requested: Decimal
    amount: Decimal
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Private:
    """What the non-public annex says about a natural person."""

    reference: str
    name: str
    town: str
    title: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Annex:
    number: int
    title: str
    is_public: bool


@dataclass(frozen=True, kw_only=True)
class Budget:
    """„Noch zur Verfügung" on a day, or that there is no money and how it could be covered."""

    kind: Cover
    line: str = ""
    """Produktkonto with its name."""
    available: Decimal | None = None
    available_on: date | None = None
    proposal: str = ""


@dataclass(frozen=True, kw_only=True)
class CouncilSheet:
    """The whole content of one version of a paper."""

    letterhead: Letterhead
    number: str
    is_draft: bool = False
    is_public: bool
    """Whether the paper itself may be read by everybody."""
    subject: str
    facts: str
    steps: tuple[Step, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    cost: Sum
    follow_up: Sum
    income: Sum
    budget: Budget
    resolution: str
    place: str
    dated_on: date | None
    signed_by: str
    annexes: tuple[Annex, ...] = ()
    private: tuple[Private, ...] = ()
    """The names; empty in the public version."""

    @property
    def requested(self) -> Decimal:
        return sum((row.requested for row in self.proposals), ZERO)

    @property
    def proposed(self) -> Decimal:
        return sum((row.amount for row in self.proposals), ZERO)


def for_everybody(sheet: CouncilSheet) -> CouncilSheet:
    return replace(sheet, private=())


def with_votes(sheet: CouncilSheet, steps: tuple[Step, ...]) -> CouncilSheet:
    """The same words and numbers with what the bodies have resolved since."""
    return replace(sheet, steps=steps)


def payload(sheet: CouncilSheet) -> dict[str, Any]:
    """What is stored and attached to the PDF."""
    return {"kind": "CouncilSheet", "schema": 1, **plain(sheet)}


def restore(stored: dict[str, Any]) -> CouncilSheet:
    """The sheet again from `payload`. Raises `ValueError` for a kind or schema that is not known."""
    if stored.get("kind") != "CouncilSheet" or stored.get("schema") != 1:
        raise ValueError("unknown kind or schema of a stored paper")
    return restored(stored, CouncilSheet)


def title_of(sheet: CouncilSheet) -> str:
    """What the file is called in its metadata; PDF/A allows no endless string there."""
    return clean(f"Beschlussvorlage {sheet.number}: {sheet.subject}")[:TITLE]


def printable(value: Any) -> Any:
    """The same with every text as `typeset.clean` leaves it: for files that typst does not set."""
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: printable(getattr(value, field.name)) for field in fields(value)})
    if isinstance(value, tuple):
        return tuple(printable(item) for item in value)
    return clean(value) if type(value) is str else value


def date_line(sheet: CouncilSheet) -> str:
    """ "Wittmund, 22.11.2026", as far as it is known."""
    when = f"{sheet.dated_on:%d.%m.%Y}" if sheet.dated_on else ""
    return ", ".join(word for word in (sheet.place, when) if word)


def render_pdf(sheet: CouncilSheet, *, at: datetime) -> bytes:
    """The paper as PDF/A-3a and PDF/UA-1. `at` (aware) goes into the metadata only."""
    view = shown(sheet) | {
        "requested": format_money(sheet.requested),
        "proposed": format_money(sheet.proposed),
        "title": title_of(sheet),
        "author": clean(sheet.letterhead.county)[:TITLE],
        "date_line": clean(date_line(sheet)),
    }
    return typeset("council_paper", view=view, payload=payload(sheet), at=at)
