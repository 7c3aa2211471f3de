"""The demo's budget: laid out, approved, moved and closed on the days on which it would have happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.timezone import localdate

from funding import balances, budgeting, ledger
from funding.models import BudgetLine, Commitment, Municipality, Resolution
from journal.actors import Actor
from workflow.demo.facts import moment

PRODUCT, ACCOUNT, TITLE = "3.5.1.01", "4318", "Aufwendung für Koordinierungsstelle"
LANGUAGE_PRODUCT, LANGUAGE_TITLE = "3.5.1.02", "Sprachförderung"
FIRST_YEAR = 2019
PARTS = {"Friedeburg": 2700, "Langeoog": 1500}
"""Sub-budgets of the running year, in whole euros; the rest belongs to everybody."""


@dataclass(frozen=True, kw_only=True)
class Books:
    """What the budget officer does in the demo."""

    officer: Actor
    now: datetime

    @property
    def year(self) -> int:
        return localdate(self.now).year

    def lines(self) -> dict[str, BudgetLine]:
        """Those that pay shares of awards of the running year, by the names that the stories use."""
        return {
            "own": self._line(self.year, PRODUCT),
            "language": self._line(self.year, LANGUAGE_PRODUCT),
            "next": self._line(self.year + 1, PRODUCT),
        }

    def _line(self, year: int, product: str) -> BudgetLine:
        return BudgetLine.objects.get(fiscal_year=year, product=product)

    def _move(self, at: datetime, reason: str, resolution: Resolution | None = None) -> ledger.Movement:
        return ledger.Movement(actor=self.officer, at=at, reason=reason, resolution=resolution)

    def _days_ago(self, days: int) -> datetime:
        return moment(localdate(self.now) - timedelta(days=days), 11)

    # Before anybody applies

    def lay_out_years(self) -> None:
        """Every year up to the running one is approved; the draft of the next one lies there."""
        for year in range(FIRST_YEAR, self.year + 1):
            self._year(year, PRODUCT, TITLE, Decimal(10000) if year == FIRST_YEAR else Decimal(20000))
        self._year(self.year, LANGUAGE_PRODUCT, LANGUAGE_TITLE, Decimal(2500))
        self._draft(self.year + 1, PRODUCT, TITLE, Decimal(21000), at=self._days_ago(75))
        self._divide()
        self._freeze_and_lift()
        money = self._move(self._days_ago(180), "Zuwendung des Landes für Sprachangebote")
        ledger.earmark(self._line(self.year, LANGUAGE_PRODUCT), Decimal(1000), move=money)

    def _draft(self, year: int, product: str, title: str, amount: Decimal, *, at: datetime) -> BudgetLine:
        line = ledger.lay_out(
            year, product=product, account=ACCOUNT, title=title, actor=self.officer, at=at,
            reason=f"Haushaltsentwurf {year}",
        )  # fmt: skip
        ledger.appropriate(line, amount, move=self._move(at, f"Haushaltsplan {year}"))
        return line

    def _year(self, year: int, product: str, title: str, amount: Decimal) -> None:
        first = moment(date(year, 1, 2))
        at = min(first, self._days_ago(390)) if year == self.year else first
        line = self._draft(year, product, title, amount, at=at - timedelta(days=45))
        if year == FIRST_YEAR:
            self._raise(line, at + timedelta(days=20))
        ledger.open_year(line, actor=self.officer, at=at + timedelta(days=21), reason="Haushaltssatzung ist in Kraft")

    def _raise(self, line: BudgetLine, at: datetime) -> None:
        resolution = Resolution.objects.create(
            body=Resolution.Body.COUNTY_COUNCIL,
            resolved_on=date(2018, 12, 17),
            number="KT 17.12.2018",
            subject="Integrationskonzept für den Landkreis Wittmund",
        )
        reason = "Erhöhung von 10.000 € auf 20.000 € zur Umsetzung des Integrationskonzepts"
        ledger.supplement(line, Decimal(10000), move=self._move(at, reason, resolution))

    def _divide(self) -> None:
        for name, amount in PARTS.items():
            target = Municipality.objects.get(name=name)
            move = self._move(self._days_ago(330), f"Anteil für Projekte in {name}")
            ledger.allocate(self._line(self.year, PRODUCT), target, Decimal(amount), move=move)

    def _freeze_and_lift(self) -> None:
        line = self._line(self.year, PRODUCT)
        ledger.freeze(line, Decimal(3000), move=self._move(self._days_ago(200), "Haushaltssperre: weniger Steuern"))
        ledger.unfreeze(line, Decimal(3000), move=self._move(self._days_ago(140), "Haushaltssperre ist aufgehoben"))

    # The turn of a year

    def carry(self, commitment: Commitment) -> None:
        at = moment(date(commitment.line.fiscal_year, 12, 28), 11)
        budgeting.carry(commitment, reason="Das Projekt läuft bis zum Frühjahr", actor=self.officer, at=at)

    def release(self, commitment: Commitment) -> None:
        at = moment(date(commitment.line.fiscal_year, 12, 29), 11)
        budgeting.release(commitment, reason="Der Verein braucht den Rest nicht mehr", actor=self.officer, at=at)

    def close(self, year: int) -> None:
        at = moment(date(year + 1, 3, 31), 11)
        budgeting.close(year, reason=f"Jahresabschluss {year}", actor=self.officer, at=at)

    # Money for the waiting list, and the past as it was

    def cover(self) -> None:
        reason = "Deckung für die Warteliste: Sprachförderung braucht weniger"
        source, target = self._line(self.year, LANGUAGE_PRODUCT), self._line(self.year, PRODUCT)
        ledger.transfer(source, target, Decimal(500), move=self._move(self._days_ago(2), reason))

    def close_days(self) -> None:
        """Some past days are closed as the nightly job would have done it, the last one yesterday."""
        for days in (365, 90, 30, 7, 1):
            balances.close_day(localdate(self.now) - timedelta(days=days))
