"""Numbers of the annual overview: what a year gave, for what, to whom. Aggregated in SQL, nothing here writes.

What everybody may see: totals of the year; the parts only as far as awards are published; names of organisations after
finality, natural persons never. Money that is bound but not yet published stands in one row of its own, so
that nobody can read an award from the overview before the notice arrives.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import BUDGET_READERS, CASE_READERS, FINANCE_READERS
from funding import queries
from funding.models import BudgetLine, Measure, Municipality, Programme
from journal.actors import Actor
from workflow.models import Case

ZERO = queries.ZERO
YEARS_SHOWN = 5
PARTS: dict[str, Any] = {
    "measure": gettext_lazy("Maßnahme"),
    "programme": gettext_lazy("Programm"),
    "municipality": gettext_lazy("Gemeinde"),
}
"""By what the year can be split; the keys stand in the address."""
_MODELS: dict[str, type[Measure | Programme | Municipality]] = {
    "measure": Measure,
    "programme": Programme,
    "municipality": Municipality,
}
_CASE_FIELDS = {
    "measure": "application__measure_id",
    "programme": "programme_id",
    "municipality": "application__municipality_id",
}
_CASE_FILTERS = {"measure": "massnahme", "programme": "programm", "municipality": "gemeinde"}
"""What the list of cases calls them in its address."""
PRIVATE_PERSON = gettext_lazy("Privatperson")


@dataclass(frozen=True, kw_only=True)
class Rights:
    """What one reader may see beyond the public's view."""

    cases: bool = False
    bookings: bool = False
    details: bool = False

    @classmethod
    def of(cls, actor: Actor | None) -> Rights:
        if actor is None:
            return cls()
        return cls(
            cases=actor.has_role(*CASE_READERS),
            bookings=actor.has_role(*BUDGET_READERS),
            details=actor.has_role(*CASE_READERS, *BUDGET_READERS, *FINANCE_READERS),
        )


@dataclass(frozen=True, kw_only=True)
class Row:
    """A measure, programme or municipality with its euros; `requested` is known to staff only."""

    label: str
    key: int | None = None
    requested: Decimal = ZERO
    applications: int = 0
    committed: Decimal = ZERO
    paid: Decimal = ZERO
    projects: int = 0
    cases_url: str = ""
    bookings_url: str = ""

    @property
    def open(self) -> Decimal:
        return self.committed - self.paid


@dataclass(frozen=True, kw_only=True)
class Funded:
    """One line of the public list: never a person's name, never their project's title."""

    recipient: str
    title: str
    municipality: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Overview:
    year: queries.Year
    years: list[queries.Year]
    part: str
    rows: list[Row]
    projects: int
    applications: int
    requested: Decimal
    rights: Rights

    @property
    def total(self) -> Row:
        """The sums of the table: equal to the numbers of the year."""
        return Row(
            label=_("Summe"),
            requested=sum((row.requested for row in self.rows), ZERO),
            committed=sum((row.committed for row in self.rows), ZERO),
            paid=sum((row.paid for row in self.rows), ZERO),
        )

    @property
    def widest(self) -> Decimal:
        return max((row.committed for row in self.rows), default=ZERO)


def overview(year: int, part: str, *, rights: Rights) -> Overview:
    """A fixed number of queries, however many cases there are."""
    years = queries.years(year - YEARS_SHOWN + 1, year)
    asked = Case.objects.filter(fiscal_year=year).aggregate(count=Count("pk"), sum=queries.total("requested_amount"))
    return Overview(
        year=years[-1],
        years=years,
        part=part,
        rows=_rows(year, part, rights),
        projects=queries.project_count(year),
        applications=asked["count"],
        requested=asked["sum"],
        rights=rights,
    )


def _rows(year: int, part: str, rights: Rights) -> list[Row]:
    found: dict[int | None, Row] = {}
    hidden = Row(label=_("Noch nicht veröffentlicht"))
    for raw in queries.commitments_by(part, year):
        if raw["is_public"] or rights.details:
            found[raw["key"]] = _plus(found.get(raw["key"], Row(label="", key=raw["key"])), raw)
        else:
            hidden = _plus(hidden, raw)
    if rights.details:
        _add_requested(found, year, part)
    named = _named(found.values(), year, part, rights)
    return named + ([hidden] if hidden.committed else [])


def _plus(row: Row, raw: dict[str, Any]) -> Row:
    return replace(
        row,
        committed=row.committed + raw["committed"],
        paid=row.paid + raw["paid_sum"],
        projects=row.projects + raw["projects"],
    )


def _add_requested(found: dict[int | None, Row], year: int, part: str) -> None:
    rows: Any = Case.objects.filter(fiscal_year=year).order_by().values(key=F(_CASE_FIELDS[part]))
    for raw in rows.annotate(sum=Sum("requested_amount"), count=Count("pk")):
        row = found.get(raw["key"], Row(label="", key=raw["key"]))
        found[raw["key"]] = replace(row, requested=raw["sum"], applications=raw["count"])


def _named(rows: Iterable[Row], year: int, part: str, rights: Rights) -> list[Row]:
    """With names and links, the biggest first."""
    listed = list(rows)
    keys = [row.key for row in listed if row.key is not None]
    names = {found.pk: _name(found) for found in _MODELS[part]._default_manager.filter(pk__in=keys)}
    nowhere = _("ohne Angabe")
    named = [
        replace(
            row,
            label=names.get(row.key, nowhere) if row.key else nowhere,
            cases_url=_cases_url(year, part, row.key) if rights.cases and row.key else "",
            bookings_url=_bookings_url(year, part, row.key) if rights.bookings and row.key else "",
        )
        for row in listed
    ]
    return sorted(named, key=lambda row: (-row.committed, -row.requested, row.label))


def _name(found: Measure | Programme | Municipality) -> str:
    return found.name if isinstance(found, Municipality) else found.title


def _cases_url(year: int, part: str, key: int) -> str:
    return f"{reverse('workflow:case_list')}?{urlencode({'jahr': year, _CASE_FILTERS[part]: key})}"


def _bookings_url(year: int, part: str, key: int) -> str:
    return f"{reverse('funding:bookings')}?{urlencode({'jahr': year, part: key})}"


def public_commitments(year: int) -> Any:
    return queries.public_commitments(year)


def funded(found: Iterable[dict[str, Any]]) -> list[Funded]:
    """Rows of `public_commitments`."""
    return [
        Funded(
            recipient=str(PRIVATE_PERSON) if row["is_natural_person"] else row["payee_name"],
            title="" if row["is_natural_person"] else row["title"],
            municipality=row["place"] or "",
            amount=row["sum"],
        )
        for row in found
    ]


def lines(year: int) -> list[BudgetLine]:
    return list(queries.lines().filter(fiscal_year=year))


def shown_year(wanted: str, *, today_year: int) -> tuple[int, list[int]]:
    """The year asked for, if there is one; otherwise the running one. Second: all years that can be chosen."""
    known = queries.known_years() or [today_year]
    if wanted.isascii() and wanted.isdigit() and int(wanted) in known:
        return int(wanted), known
    return (today_year if today_year in known else known[0]), known


def shown_part(wanted: str) -> str:
    return wanted if wanted in PARTS else "measure"
