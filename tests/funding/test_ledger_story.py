"""One whole year of a budget line, told as it happens: the full balance after each step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from funding import integrity, ledger
from funding.models import BudgetLine, Commitment, Kind, LedgerEntry, Programme, Resolution
from journal.refusals import Refused
from tests.factories import BERLIN, euros
from tests.funding.test_ledger import OFFICER, programme, purpose

Status = BudgetLine.Status
NAMES = (
    "authorised", "usable", "reserved", "committed", "paid", "available", "available_planning", "shortfall", "set_aside",
)  # fmt: skip


@dataclass
class Year:
    """The line, the one that covers it, and the day on which something is booked."""

    line: BudgetLine
    sister: BudgetLine
    day: date = date(2025, 11, 3)

    @property
    def at(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 10, 0, tzinfo=BERLIN)

    @property
    def by(self) -> dict[str, Any]:
        return {"actor": OFFICER, "at": self.at}

    def on(self, day: int, month: int, year: int = 2026) -> Year:
        self.day = date(year, month, day)
        return self

    def move(self, reason: str, **fields: Any) -> ledger.Movement:
        return ledger.Movement(actor=OFFICER, at=self.at, reason=reason, **fields)

    def resolved(self, body: str, number: str, subject: str) -> Resolution:
        return Resolution.objects.create(body=body, resolved_on=self.day, number=number, subject=subject)

    def commit(self, amount: str, thread: str, part: Programme | None = None) -> Commitment:
        told = {"decided_by": None, "move": self.move("Bewilligung", thread=thread)}
        return ledger.commit(self.line, euros(amount), purpose=purpose(part), **told)

    def reserve(self, amount: str, thread: str, part: Programme | None = None) -> None:
        told = {"thread": thread, "belongs": {"programme": part or programme()}, **self.by}
        ledger.reserve(self.line, euros(amount), **told)

    def pay(self, commitment: Commitment, amount: str, reference: str) -> None:
        ledger.pay(commitment, euros(amount), reference=reference, value_on=self.day, **self.by)


def shows(line: BudgetLine, wanted: str, *, missing: bool = False) -> None:
    """Whole euros in the order of NAMES; the books are in order but for what is missing."""
    now = BudgetLine.objects.get(pk=line.pk)
    assert [str(getattr(now, name)) for name in NAMES] == [f"{euro}.00" for euro in wanted.split()]
    assert [found.key.rpartition(":")[2] for found in integrity.differences()] == ["shortfall"] * missing


@pytest.fixture
def year(db: None) -> Year:
    found = datetime(2025, 11, 3, 10, 0, tzinfo=BERLIN)
    line, sister = (
        ledger.lay_out(
            2026, product="3.5.1.01", account=account, title=title, actor=OFFICER, at=found, reason="Entwurf"
        )
        for account, title in (("4318", "Integrationsprojekte"), ("4319", "Sprachkurse"))
    )
    return Year(line, sister)


def festivals() -> Programme:
    wanted = {"title": "Feste", "financing": "share", "product": "3.5.1.01", "account": "4318"}
    return Programme.objects.get_or_create(slug="feste", defaults=wanted)[0]


def test_a_year_from_the_draft_to_the_late_return(year):
    line, sister = year.line, year.sister
    #            authorised usable reserved committed paid available planning shortfall set_aside
    # The draft of the budget
    ledger.appropriate(line, euros("20000"), move=year.move("Entwurf"))
    shows(line, "20000 20000 0 0 0 20000 20000 0 0")
    ledger.appropriate(line, euros("-2000"), move=year.on(1, 12, 2025).move("Beratung im Ausschuss"))
    shows(line, "18000 18000 0 0 0 18000 18000 0 0")
    ledger.appropriate(sister, euros("5000"), move=year.move("Entwurf"))
    # January: not approved. Proposals may be prepared, nothing is awarded (§ 116 NKomVG)
    year.on(12, 1).reserve("1600", "INT-2026-0001")
    shows(line, "18000 18000 1600 0 0 18000 16400 0 0")
    with pytest.raises(Refused, match="§ 116"):
        year.commit("1600", "INT-2026-0001")
    shows(line, "18000 18000 1600 0 0 18000 16400 0 0")
    # February: the statute is in force
    ledger.open_year(line, **year.on(16, 2).by)
    ledger.open_year(sister, **year.by)
    shows(line, "18000 18000 1600 0 0 18000 16400 0 0")
    first = year.on(2, 3).commit("1500", "INT-2026-0001")
    shows(line, "18000 18000 0 1500 0 16500 16500 0 0")
    year.on(9, 3).reserve("900", "INT-2026-0002")
    shows(line, "18000 18000 900 1500 0 16500 15600 0 0")
    ledger.release("INT-2026-0002", reason="zurückgezogen", **year.on(11, 3).by)
    shows(line, "18000 18000 0 1500 0 16500 16500 0 0")
    # The first payment goes to a closed account, and again
    year.on(20, 3).pay(first, "1000", "INT-2026-0001-1")
    shows(line, "18000 18000 0 1500 1000 16500 16500 0 0")
    told = {"reference": "INT-2026-0001-1", "reason": "Konto erloschen"}
    ledger.return_from_bank(first, euros("1000"), **told, **year.on(24, 3).by)
    shows(line, "18000 18000 0 1500 0 16500 16500 0 0")
    year.on(30, 3).pay(first, "1000", "INT-2026-0001-1R2")
    shows(line, "18000 18000 0 1500 1000 16500 16500 0 0")
    # The supplementary budget gives, and later takes
    council = year.on(20, 4).resolved("county_council", "14/2026", "1. Nachtrag")
    ledger.supplement(line, euros("4000"), move=year.move("1. Nachtrag", resolution=council))
    shows(line, "22000 22000 0 1500 1000 20500 20500 0 0")
    second = year.on(29, 4).resolved("county_council", "41/2026", "2. Nachtrag")
    ledger.supplement(line, euros("-1000"), move=year.move("2. Nachtrag", resolution=second))
    shows(line, "21000 21000 0 1500 1000 19500 19500 0 0")
    # Cover in both directions (§ 19 KomHKVO)
    ledger.transfer(sister, line, euros("1500"), move=year.on(4, 5).move("Deckung"))
    shows(line, "22500 22500 0 1500 1000 21000 21000 0 0")
    shows(sister, "3500 3500 0 0 0 3500 3500 0 0")
    ledger.transfer(line, sister, euros("500"), move=year.on(6, 5).move("Deckung zurück"))
    shows(line, "22000 22000 0 1500 1000 20500 20500 0 0")
    shows(sister, "4000 4000 0 0 0 4000 4000 0 0")
    # Over the plan (§ 117 NKomVG), and a donation for this purpose alone
    ledger.approve_excess(line, euros("2000"), move=year.on(11, 5).move("unabweisbar"))
    shows(line, "24000 24000 0 1500 1000 22500 22500 0 0")
    ledger.earmark(line, euros("1000"), move=year.on(18, 5).move("Spende der Kreissparkasse"))
    shows(line, "25000 25000 0 1500 1000 23500 23500 0 0")
    # A part for the festivals
    ledger.allocate(line, festivals(), euros("5000"), move=year.on(1, 6).move("Aufteilung"))
    shows(line, "25000 25000 0 1500 1000 23500 23500 0 5000")
    year.on(2, 6).reserve("1200", "INT-2026-0003", festivals())
    shows(line, "25000 25000 1200 1500 1000 23500 22300 0 3800")
    feast = year.on(8, 6).commit("1000", "INT-2026-0003", festivals())
    shows(line, "25000 25000 0 2500 1000 22500 22500 0 4000")
    ledger.allocate(line, festivals(), euros("-1000"), move=year.on(9, 6).move("Aufteilung"))
    shows(line, "25000 25000 0 2500 1000 22500 22500 0 3000")
    # The county runs short: a freeze within what is left, and one beyond it
    ledger.freeze(line, euros("10000"), move=year.on(1, 7).move("Haushaltssperre"))
    shows(line, "25000 15000 0 2500 1000 12500 12500 0 3000")
    with pytest.raises(Refused, match=r"12\.500,00"):
        ledger.freeze(line, euros("13000"), move=year.on(2, 7).move("Haushaltssperre"))
    ledger.freeze(line, euros("13000"), move=year.move("Anweisung des Landrats"), override=True)
    shows(line, "25000 2000 0 2500 1000 -500 -500 500 3000", missing=True)
    with pytest.raises(ledger.NotEnough):
        year.on(3, 7).commit("0.01", "INT-2026-0009")
    year.on(6, 7).pay(feast, "800", "INT-2026-0003-1")
    shows(line, "25000 2000 0 2500 1800 -500 -500 500 3000", missing=True)
    ledger.transfer(sister, line, euros("200"), move=year.on(7, 7).move("Deckung"))
    shows(line, "25200 2200 0 2500 1800 -300 -300 300 3000", missing=True)
    ledger.unfreeze(line, euros("23000"), move=year.on(15, 9).move("Sperre aufgehoben"))
    shows(line, "25200 25200 0 2500 1800 22700 22700 0 3000")
    # The reports: less was needed, some comes back
    assert ledger.reduce(feast, euros("900"), reason="Festsetzung", **year.on(5, 10).by) == euros("100")
    shows(line, "25200 25200 0 2400 1800 22800 22800 0 3100")
    ledger.repay(feast, euros("300"), paid_on=year.on(19, 10).day, **year.by)
    shows(line, "25200 25200 0 2100 1500 23100 23100 0 3400")
    # An award of two years: what the next one gives is pledged under the budget proviso
    following = ledger.roll_year(2027, **year.on(2, 11).by)[0]
    ledger.appropriate(following, euros("15000"), move=year.move("Entwurf"))
    shares = {line: euros("3000"), following: euros("2000")}
    told = {"decided_by": None, "move": year.on(9, 11).move("Bewilligung", thread="INT-2026-0004")}
    bound, pledge = ledger.share_out(shares, purpose=purpose(), **told)
    shows(line, "25200 25200 0 5100 1500 20100 20100 0 3400")
    shows(following, "15000 15000 2000 0 0 15000 13000 0 0")
    # The year ends: one award goes on with its money, one is paid, the rest is given back
    year.on(14, 12).pay(first, "500", "INT-2026-0001-2")
    shows(line, "25200 25200 0 5100 2000 20100 20100 0 3400")
    carried = ledger.carry_commitment(bound, reason="Das Projekt läuft bis März", **year.on(4, 1, 2027).by)
    shows(line, "22200 22200 0 2100 2000 20100 20100 0 3400")
    shows(following, "18000 18000 2000 3000 0 15000 13000 0 0")
    assert ledger.reduce(feast, euros("0"), reason="nicht mehr nötig", **year.on(5, 1, 2027).by) == euros("100")
    shows(line, "22200 22200 0 2000 2000 20200 20200 0 3500")
    rest = year.on(6, 1, 2027).move("Spende wird im März gebraucht")
    ledger.carry_rest(line, euros("1000"), move=rest)
    shows(line, "21200 21200 0 2000 2000 19200 19200 0 3500")
    shows(following, "19000 19000 2000 3000 0 16000 14000 0 0")
    year.reserve("50", "INT-2026-0005")
    shows(line, "21200 21200 50 2000 2000 19200 19150 0 3500")
    ledger.close_year(2026, reason="Jahresabschluss", **year.on(29, 1, 2027).by)
    shows(line, "21200 21200 0 2000 2000 19200 19200 0 3500")
    # 2027 is approved: the pledge is an award like any other
    ledger.open_year(following, **year.on(15, 2, 2027).by)
    shows(following, "19000 19000 0 5000 0 14000 14000 0 0")
    pledge.refresh_from_db()
    assert (pledge.amount, pledge.pledged) == (euros("2000"), euros("0"))
    year.on(1, 3, 2027).pay(carried, "3000", "INT-2026-0004-1")
    shows(following, "19000 19000 0 5000 3000 14000 14000 0 0")
    # Money of the closed year comes back: as income of the new one it frees nothing
    entry = ledger.repay(first, euros("250"), paid_on=year.on(8, 3, 2027).day, **year.by)
    assert (entry.kind, entry.line) == (Kind.REPAYMENT_PRIOR_YEAR, following)
    shows(line, "21200 21200 0 2000 2000 19200 19200 0 3500")
    shows(following, "19000 19000 0 5000 3000 14000 14000 0 0")
    # A late bank return: the closed year stays closed and the money goes on ...
    told = {"reference": "INT-2026-0001-2", "reason": "Konto erloschen"}
    late = ledger.return_and_carry(first, euros("500"), **told, **year.on(15, 3, 2027).by)
    shows(line, "20700 20700 0 1500 1500 19200 19200 0 3500")
    shows(following, "19500 19500 0 5500 3000 14000 14000 0 0")
    year.on(22, 3, 2027).pay(late, "500", "INT-2026-0001-2R2")
    shows(following, "19500 19500 0 5500 3500 14000 14000 0 0")
    # ... or the year is opened again for this alone, and closed once more
    told = {"reference": "INT-2026-0001-1R2", "reason": "Konto erloschen"}
    ledger.return_and_reopen(first, euros("1000"), **told, **year.on(29, 3, 2027).by)
    shows(line, "20700 20700 0 1500 500 19200 19200 0 3500")
    with pytest.raises(Refused, match="nur für einen Rückläufer"):
        year.commit("1", "INT-2026-0009")
    ledger.reduce(first, euros("0"), reason="Der Verein verzichtet", **year.on(30, 3, 2027).by)
    shows(line, "20700 20700 0 500 500 20200 20200 0 3500")
    ledger.close_year(2026, reason="wieder abgeschlossen", **year.on(31, 3, 2027).by)
    assert set(LedgerEntry.objects.values_list("kind", flat=True)) == set(Kind.values)


def test_nothing_is_lost_over_the_roll(year):
    """The sum of all years is the same to the cent before and after."""
    line = year.line
    ledger.appropriate(line, euros("10000.01"), move=year.move("Entwurf"))
    ledger.open_year(line, **year.on(2, 1).by)
    made = [year.on(2, 3).commit(amount, f"INT-2026-000{amount[0]}") for amount in ("1000.33", "2000.67")]
    year.on(4, 5).pay(made[0], "400.10", "INT-2026-0001-1")
    before = totals()
    year.on(1, 1, 2027)
    assert [(new.fiscal_year, new.status, new.available) for new in ledger.roll_year(2027, **year.by)] == [
        (2027, Status.PROVISIONAL, euros("0")),
        (2027, Status.PROVISIONAL, euros("0")),
    ]
    assert ledger.roll_year(2027, **year.by) == []
    assert totals() == before
    for commitment in made:
        ledger.carry_commitment(commitment, reason="läuft weiter", **year.by)
        assert totals() == before
    ledger.carry_rest(line, euros("0.01"), move=year.move("Rest"))
    assert totals() == before
    year.day += timedelta(days=20)
    ledger.close_year(2026, reason="Abschluss", **year.by)
    assert totals() == before
    for new in BudgetLine.objects.filter(fiscal_year=2027):
        ledger.open_year(new, **year.by)
    assert totals() == before
    assert not list(integrity.differences())


def totals() -> list[Any]:
    """Over all years and lines."""
    lines = BudgetLine.objects.all()
    return [sum(getattr(line, name) for line in lines) for name in NAMES]
