"""A scenario as it is read: each case with what it may get, and what stays of each line. Nothing here writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from applications import plans
from funding.models import BudgetLine, Reservation
from funding.money import format_money
from workflow import money
from workflow.models import Case, Scenario, ScenarioRow
from workflow.spreading import Claim

ZERO = Decimal("0.00")


@dataclass(kw_only=True)
class Entry:
    """One case of a scenario. `possible` is what the programme's rule allows for its plan, in euros."""

    row: ScenarioRow
    case: Case
    possible: Decimal

    @property
    def most(self) -> Decimal:
        return min(self.case.requested_amount, self.possible)

    @property
    def given(self) -> Decimal:
        return self.row.amount or ZERO

    @property
    def claim(self) -> Claim:
        return Claim(
            key=self.case.pk,
            requested=self.case.requested_amount,
            most=self.possible,
            least=self.case.programme.minimum,
            score=self.case.score,
            received_at=self.case.received_at,
        )

    def refuse(self, amount: Decimal | None) -> str:
        """Why the case may not get so much; empty where it may."""
        if amount is None or amount <= self.most:
            return ""
        if self.case.requested_amount <= self.possible:
            return _("Beantragt sind %(amount)s. Mehr geht nicht.") % {"amount": format_money(self.most)}
        return _("Möglich sind nach der Regel des Programms %(amount)s.") % {"amount": format_money(self.most)}

    @property
    def is_below_least(self) -> bool:
        return ZERO < self.given < self.case.programme.minimum

    @property
    def is_full(self) -> bool:
        return self.given == self.case.requested_amount

    @property
    def result(self) -> str:
        """What becomes of the case, in words."""
        if self.row.amount is None:
            return _("noch offen")
        if not self.given:
            return _("Warteliste")
        if self.is_full:
            return _("volle Höhe")
        return _("%(percent)s %% vom Antrag") % {"percent": int(self.given * 100 / self.case.requested_amount)}


@dataclass(kw_only=True)
class Pot:
    """A line, or the sub-budget of it that `part` names, with the cases that draw on it.

    `available` is what is free there and what these cases have put aside already, in euros.
    """

    line: BudgetLine | None
    fiscal_year: int
    part: str
    available: Decimal
    entries: list[Entry] = field(default_factory=list)

    @property
    def label(self) -> str:
        if self.line is None:
            return _("Haushalt %(year)s") % {"year": self.fiscal_year}
        return f"{self.line}, {self.part}" if self.part else str(self.line)

    @property
    def given(self) -> Decimal:
        return sum((entry.given for entry in self.entries), ZERO)

    @property
    def rest(self) -> Decimal:
        return self.available - self.given

    @property
    def spread(self) -> list[tuple[str, Decimal, str]]:
        """For the bar."""
        return [(_("verteilt"), self.given, "filled")]

    @property
    def note(self) -> str:
        """What is to be said about the line or its rest."""
        if self.line is None:
            return _("Für %(year)s gibt es noch keine Haushaltslinie.") % {"year": self.fiscal_year}
        if self.line.status != BudgetLine.Status.OPEN:
            status = self.line.get_status_display()
            return _("Haushalt %(year)s: %(status)s.") % {"year": self.fiscal_year, "status": status}
        if self.rest < ZERO:
            return _("Verteilt ist mehr, als da ist. Es fehlen %(amount)s.") % {"amount": format_money(-self.rest)}
        return self._of_rest()

    def _of_rest(self) -> str:
        without = [entry for entry in self.entries if entry.row.amount == ZERO]
        least = min((entry.case.programme.minimum for entry in without), default=ZERO)
        if ZERO < self.rest < least:
            return _("Der Rest liegt unter dem Mindestbetrag von %(least)s und bleibt frei.") % {
                "least": format_money(least)
            }
        return ""


@dataclass(kw_only=True)
class Sheet:
    """The whole of a scenario."""

    scenario: Scenario
    entries: list[Entry]
    pots: list[Pot]

    @cached_property
    def requested(self) -> Decimal:
        return sum((entry.case.requested_amount for entry in self.entries), ZERO)

    @property
    def given(self) -> Decimal:
        return sum((entry.given for entry in self.entries), ZERO)

    @property
    def uncovered(self) -> Decimal:
        return self.requested - self.given

    @property
    def rest(self) -> Decimal:
        return sum((pot.rest for pot in self.pots), ZERO)

    @property
    def full(self) -> int:
        return sum(entry.is_full for entry in self.entries)

    @property
    def cut(self) -> int:
        return sum(ZERO < entry.given < entry.case.requested_amount for entry in self.entries)

    @property
    def without(self) -> int:
        return sum(not entry.given for entry in self.entries)

    def of(self, case: Case) -> Entry | None:
        return next((entry for entry in self.entries if entry.case.pk == case.pk), None)


def sheet(scenario: Scenario, tried: Mapping[int, Decimal | None] | None = None) -> Sheet:
    """Reads a scenario: eight queries, however many cases. `tried` are amounts that are not saved, by case."""
    return sheets([scenario], tried)[0]


def sheets(scenarios: list[Scenario], tried: Mapping[int, Decimal | None] | None = None) -> list[Sheet]:
    """Several scenarios in as many queries as one."""
    rows = list(_rows(scenarios))
    lines = _lines({row.case.fiscal_year for row in rows})
    held = _held({row.case.reference for row in rows})
    return [_sheet(one, [row for row in rows if row.scenario_id == one.pk], lines, held, tried) for one in scenarios]


def _rows(scenarios: list[Scenario]) -> QuerySet[ScenarioRow]:
    found = ScenarioRow.objects.filter(scenario__in=scenarios).select_related(
        "case__application__organisation", "case__application__round__programme", "case__application__measure",
        "case__application__municipality", "case__programme",
    )  # fmt: skip
    return found.prefetch_related("case__application__costs", "case__application__sources")


Lines = dict[tuple[int, str, str], BudgetLine]
Held = dict[tuple[str, int], Decimal]


def _lines(years: set[int]) -> Lines:
    found = BudgetLine.objects.filter(fiscal_year__in=years).prefetch_related("parts")
    return {(line.fiscal_year, line.product, line.account): line for line in found}


def _held(references: set[str]) -> Held:
    """What the cases have put aside already, by case and line."""
    found = Reservation.objects.filter(thread__in=references, amount__gt=ZERO)
    return {(thread, line): amount for thread, line, amount in found.values_list("thread", "line_id", "amount")}


def _sheet(
    scenario: Scenario, rows: list[ScenarioRow], lines: Lines, held: Held, tried: Mapping[int, Decimal | None] | None
) -> Sheet:
    entries = [_entry(row, tried) for row in rows]
    pots: dict[tuple[int, int], Pot] = {}
    for entry in entries:
        programme = entry.case.programme
        line = lines.get((entry.case.fiscal_year, programme.product, programme.account))
        _draw(pots, line, entry, held)
    return Sheet(scenario=scenario, entries=entries, pots=list(pots.values()))


def _entry(row: ScenarioRow, tried: Mapping[int, Decimal | None] | None) -> Entry:
    if tried is not None and row.case_id in tried:
        row.amount = tried[row.case_id]
    application = row.case.application
    grant = plans.grant_for(application, plans.plan_of(application))
    return Entry(row=row, case=row.case, possible=grant.amount)


def _draw(pots: dict[tuple[int, int], Pot], line: BudgetLine | None, entry: Entry, held: Held) -> None:
    """Puts the case to the line that pays it, with what it holds there."""
    if line is None:
        empty = Pot(line=None, fiscal_year=entry.case.fiscal_year, part="", available=ZERO)
        pots.setdefault((0, 0), empty).entries.append(entry)
        return
    belonging = money.belongs(entry.case)
    part = money.part_for(line, belonging)
    key = (line.pk, part.pk if part else 0)
    if key not in pots:
        name = str(belonging[line.divided_by]) if part else ""
        free = money.left_for(line, belonging)
        pots[key] = Pot(line=line, fiscal_year=line.fiscal_year, part=name, available=free)
    pots[key].available += held.get((entry.case.reference, line.pk), ZERO)
    pots[key].entries.append(entry)
