"""Each formula of the budget law as a table of numbers: what may go on, which part pays, what is left, what is missing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from funding import integrity, ledger
from funding.ledger.awards import part_of
from funding.models import BudgetLine, Commitment, Goal, LedgerEntry, Measure, Municipality, Reservation
from journal.refusals import Refused
from tests.factories import START, euros
from tests.funding.test_ledger import OFFICER, balance, commit, is_clean, move, new_line, pay, programme, purpose

pytestmark = pytest.mark.django_db
ZERO = Decimal("0.00")


# § 20 KomHKVO: what may go on into the next year

TRANSFERABLE = {
    "all of it": ({"given": 1000}, "1000"),
    "not what is bound": ({"given": 1000, "bound": 300}, "700"),
    "not what is put aside": ({"given": 1000, "reserved": 250}, "750"),
    "not what is frozen": ({"given": 1000, "frozen": 600}, "400"),
    "not what belongs to a part": ({"given": 1000, "part": 400}, "600"),
    "nothing that came from the year before": ({"carried": 500}, "0"),
    "new money beside old": ({"given": 1000, "carried": 500}, "1000"),
    "old money is spent first": ({"given": 1000, "carried": 500, "bound": 500}, "1000"),
    "and new money after it": ({"given": 1000, "carried": 500, "bound": 700}, "800"),
    "never less than nothing": ({"given": 1000, "bound": 1000, "over": 300}, "0"),
    "what went on is gone": ({"given": 1000, "carried": 500, "gone": 400}, "600"),
}


@pytest.mark.parametrize("name", TRANSFERABLE)
def test_what_may_be_carried_into_the_next_year(name):
    has, wanted = TRANSFERABLE[name]
    earlier, line, _later = (new_line(year, amount="0") for year in (2025, 2026, 2027))
    amount = {key: euros(str(number)) for key, number in has.items()}
    if "carried" in amount:
        ledger.appropriate(earlier, amount["carried"], move=move())
        ledger.carry_rest(earlier, amount["carried"], move=move())
    if "given" in amount:
        ledger.appropriate(line, amount["given"], move=move())
    if "bound" in amount:
        commit(line, amount["bound"])
    if "reserved" in amount:
        ledger.reserve(line, amount["reserved"], thread="INT-2026-0002", actor=OFFICER, at=START)
    if "part" in amount:
        ledger.allocate(line, programme(), amount["part"], move=move())
    if "frozen" in amount or "over" in amount:
        ledger.freeze(line, amount.get("frozen") or amount["over"], move=move(), override="over" in amount)
    if "gone" in amount:
        ledger.carry_rest(line, amount["gone"], move=move())
    line.refresh_from_db()
    assert ledger.transferable(line) == euros(wanted)
    with pytest.raises(Refused) as refused:
        ledger.carry_rest(line, euros(wanted) + euros("0.01"), move=move())
    assert refused.value.field == "amount"
    if euros(wanted):
        ledger.carry_rest(line, euros(wanted), move=move())
        line.refresh_from_db()
        assert ledger.transferable(line) == euros("0")


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_nothing_and_less_is_not_carried(amount):
    line, _next = new_line(2026), new_line(2027)
    with pytest.raises(Refused) as refused:
        ledger.carry_rest(line, euros(amount), move=move())
    assert refused.value.field == "amount"


def test_without_a_line_in_the_next_year_nothing_goes_on():
    line = new_line()
    bound = commit(line, "100.00")
    for act in (
        lambda: ledger.carry_rest(line, euros("1"), move=move()),
        lambda: ledger.carry_commitment(bound, actor=OFFICER, at=START, reason="x"),
    ):
        with pytest.raises(Refused, match="2027"):
            act()
    assert balance(line) == ("9900.00", "0.00", "100.00", "0.00")


def test_a_carried_commitment_is_four_entries_of_one_voucher_and_frees_nothing():
    line, following = new_line(2026, amount="500"), new_line(2027, amount="0", status=BudgetLine.Status.PROVISIONAL)
    bound = commit(line, "500.00")
    pay(bound, "200")
    carried = ledger.carry_commitment(bound, actor=OFFICER, at=START, reason="läuft weiter")
    voucher = LedgerEntry.objects.filter(commitment=carried).first().voucher
    entries = LedgerEntry.objects.filter(voucher=voucher).order_by("line__fiscal_year", "kind")
    assert [(entry.line.fiscal_year, entry.kind, entry.amount) for entry in entries] == [
        (2026, "carryover_out", euros("300")), (2026, "commitment", euros("-300")),
        (2027, "carryover_in", euros("300")), (2027, "commitment", euros("300")),
    ]  # fmt: skip
    assert (balance(line), balance(following)) == (
        ("0.00", "0.00", "200.00", "200.00"),
        ("0.00", "0.00", "300.00", "0.00"),
    )
    with pytest.raises(Refused, match="nichts mehr offen"):
        ledger.carry_commitment(bound, actor=OFFICER, at=START, reason="noch einmal")
    assert is_clean()


# Which part of a line pays


def town(name: str = "Esens") -> Municipality:
    return Municipality.objects.get_or_create(name=name, defaults={"ags": f"0346{len(name):04}"})[0]


def measure() -> Measure:
    goal = Goal.objects.get_or_create(code="Z 1", defaults={"title": "Ziel"})[0]
    return Measure.objects.get_or_create(code="M 1", defaults={"title": "Maßnahme", "goal": goal})[0]


PARTS: dict[str, tuple[Any, Any, bool]] = {
    "not divided": (None, {"programme": programme}, False),
    "by programme, of it": (programme, {"programme": programme}, True),
    "by measure, of it": (measure, {"measure": measure, "municipality": town}, True),
    "by municipality, of it": (town, {"municipality": town}, True),
    "by municipality, of another": (town, {"municipality": lambda: town("Wittmund")}, False),
    "by municipality, of none": (town, {"municipality": lambda: None}, False),
    "by municipality, not told": (town, {}, False),
    "by measure, asked for a programme": (measure, {"programme": programme}, False),
}


@pytest.mark.parametrize("name", PARTS)
def test_which_part_pays(name):
    divided_for, belongs, has_part = PARTS[name]
    line = new_line()
    made = ledger.allocate(line, divided_for(), euros("400"), move=move()) if divided_for else None
    line.refresh_from_db()
    found = part_of(line, {way: target() for way, target in belongs.items()})
    assert found == (made if has_part else None)


def test_a_part_gives_what_is_its_own_and_the_rest_of_the_line_what_is_nobodys():
    line = new_line(amount="1000")
    ledger.allocate(line, programme(), euros("400"), move=move())
    told: dict[str, Any] = {"actor": OFFICER, "at": START}
    for belongs, most in (({"programme": programme()}, "400"), ({}, "600")):
        with pytest.raises(ledger.NotEnough) as refused:
            ledger.reserve(line, euros(most) + euros("0.01"), thread="INT-9", belongs=belongs, **told)
        assert refused.value.available == euros(most)
        ledger.reserve(line, euros(most), thread=f"INT-{most}", belongs=belongs, **told)
    assert balance(line) == ("1000.00", "1000.00", "0.00", "0.00")
    assert is_clean()


def test_a_part_that_was_taken_back_stops_nobody():
    line = new_line(amount="1000")
    for amount in ("400", "-400"):
        ledger.allocate(line, programme(), euros(amount), move=move())
    commit(line, "1000.00")
    assert balance(line) == ("0.00", "0.00", "1000.00", "0.00")
    assert is_clean()


def test_a_line_is_divided_in_one_way_until_all_is_taken_back():
    line = new_line(amount="1000")
    ledger.allocate(line, programme(), euros("400"), move=move())
    with pytest.raises(Refused, match="nach Programmen") as refused:
        ledger.allocate(line, town(), euros("1"), move=move())
    assert refused.value.field == "target"
    ledger.allocate(line, programme(), euros("-400"), move=move())
    assert ledger.allocate(line, town(), euros("1"), move=move()).share == euros("1")
    assert is_clean()


# One award, several lines and years

Status = BudgetLine.Status
SHARES = {
    "one line": ([(2026, Status.OPEN, "100.01")], ["bound"]),
    "two years, both approved": ([(2026, Status.OPEN, "33.33"), (2027, Status.OPEN, "66.68")], ["bound", "bound"]),
    "a later year is pledged": ([(2026, Status.OPEN, "33.34"), (2027, Status.PROVISIONAL, "66.67")], ["bound", "pledged"]),
    "two later years": (
        [(2026, Status.OPEN, "0.01"), (2027, Status.PROVISIONAL, "50.00"), (2028, Status.PROVISIONAL, "50.00")],
        ["bound", "pledged", "pledged"],
    ),
    "this year not approved": ([(2026, Status.PROVISIONAL, "50.00"), (2027, Status.OPEN, "50.01")], None),
    "all later and not approved": ([(2027, Status.PROVISIONAL, "50.00"), (2028, Status.PROVISIONAL, "50.01")], None),
    "a later year alone": ([(2027, Status.PROVISIONAL, "100.01")], None),
    "a closed year": ([(2025, Status.CLOSED, "1.00"), (2026, Status.OPEN, "99.01")], None),
    "too little in one of them": ([(2026, Status.OPEN, "99.01"), (2027, Status.PROVISIONAL, "1000.01")], None),
}  # fmt: skip


@pytest.mark.parametrize("name", SHARES)
def test_an_award_over_lines_and_years_is_its_sum_to_the_cent_or_nothing(name):
    lines, wanted = SHARES[name]
    shares = {}
    for year, status, amount in lines:
        shares[new_line(year, amount="1000")] = euros(amount)
        BudgetLine.objects.filter(fiscal_year=year).update(status=status)
    told: dict[str, Any] = {"purpose": purpose(), "decided_by": None, "move": move(thread="INT-1")}
    if wanted is None:
        with pytest.raises(Refused):
            ledger.share_out(shares, **told)
        assert not Commitment.objects.exists()
    else:
        made = ledger.share_out(shares, **told)
        assert ["bound" if found.amount else "pledged" for found in made] == wanted
        assert sum(found.promised for found in made) == sum(shares.values())
        assert all(found.promised == shares[found.line] for found in made)
    assert is_clean()


def test_an_award_gives_back_what_was_put_aside_on_lines_that_do_not_pay_it():
    line, other = new_line(), new_line(product="3.5.1.02")
    told: dict[str, Any] = {"actor": OFFICER, "at": START, "belongs": {}}
    ledger.put_aside({line: euros("100"), other: euros("50")}, thread="INT-1", **told)
    ledger.share_out({line: euros("120")}, purpose=purpose(), decided_by=None, move=move(thread="INT-1"))
    assert balance(line) == ("9880.00", "0.00", "120.00", "0.00")
    assert balance(other) == ("10000.00", "0.00", "0.00", "0.00")
    assert not Reservation.objects.filter(amount__gt=0).exists()
    assert is_clean()


def test_a_pledge_whose_money_is_gone_stays_one_until_there_is_money_again():
    """The older award goes first; what is promised already comes before what is only put aside."""
    line, following = new_line(2026), new_line(2027, amount="1000", status=Status.PROVISIONAL)
    for thread in ("INT-1", "INT-2"):
        shares = {line: euros("1"), following: euros("500")}
        ledger.share_out(shares, purpose=purpose(), decided_by=None, move=move(thread=thread))
    ledger.freeze(following, euros("200"), move=move())
    ledger.open_year(following, actor=OFFICER, at=START)
    assert balance(following) == ("300.00", "500.00", "500.00", "0.00")
    assert [found.key.rpartition(":")[2] for found in integrity.differences()] == ["pledged"]
    assert ledger.bind_pledges(actor=OFFICER, at=START) == 0
    ledger.unfreeze(following, euros("200"), move=move())
    assert ledger.bind_pledges(actor=OFFICER, at=START) == 1
    for pledge in Commitment.objects.filter(line=following):
        with pytest.raises(Refused):
            ledger.redeem(pledge, actor=OFFICER, at=START)
    assert balance(following) == ("0.00", "0.00", "1000.00", "0.00")
    assert is_clean()


# Freeze, override, shortfall

FREEZE = {
    "within what is left": ("1000", "400", "600", False, "0"),
    "to the cent": ("1000", "400", "600.00", False, "0"),
    "a cent beyond": ("1000", "400", "600.01", False, None),
    "a cent beyond, wanted": ("1000", "400", "600.01", True, "0.01"),
    "far beyond, wanted": ("1000", "400", "1000", True, "400"),
    "within, wanted for nothing": ("1000", "400", "10", True, "0"),
}


@pytest.mark.parametrize("verb", ["freeze", "supplement"])
@pytest.mark.parametrize("name", FREEZE)
def test_freeze_and_negative_supplement_raise_the_shortfall_only_when_that_is_wanted(name, verb):
    given, bound, amount, override, missing = FREEZE[name]
    line = new_line(amount=given)
    commit(line, f"{bound}.00")
    change = euros(amount) if verb == "freeze" else -euros(amount)
    act = getattr(ledger, verb)
    if missing is None:
        with pytest.raises(Refused) as refused:
            act(line, change, move=move(), override=override)
        assert refused.value.field == "amount"
        missing = "0"
    else:
        act(line, change, move=move(), override=override)
    line.refresh_from_db()
    assert line.shortfall == euros(missing) == max(euros("0"), line.committed - line.usable)


COVERS = {
    "supplement": lambda line, other, bound: ledger.supplement(line, euros("30"), move=move()),
    "excess": lambda line, other, bound: ledger.approve_excess(line, euros("30"), move=move()),
    "earmarked": lambda line, other, bound: ledger.earmark(line, euros("30"), move=move()),
    "unfreeze": lambda line, other, bound: ledger.unfreeze(line, euros("30"), move=move()),
    "transfer": lambda line, other, bound: ledger.transfer(other, line, euros("30"), move=move()),
    "reduce": lambda line, other, bound: ledger.reduce(bound, euros("370"), actor=OFFICER, at=START, reason="x"),
    "repay": lambda line, other, bound: ledger.repay(bound, euros("30"), paid_on=START.date(), actor=OFFICER, at=START),
}


@pytest.mark.parametrize("name", COVERS)
def test_whatever_frees_money_lowers_the_shortfall_by_as_much(name):
    line, other = new_line(amount="1000"), new_line(product="3.5.1.02")
    bound = commit(line, "400.00")
    pay(bound, "100")
    ledger.freeze(line, euros("650"), move=move(), override=True)
    line.refresh_from_db()
    assert (line.available, line.shortfall) == (euros("-50"), euros("50"))
    with pytest.raises(ledger.NotEnough):
        commit(line, "0.01", thread="INT-2026-0002")
    COVERS[name](line, other, bound)
    line.refresh_from_db()
    assert (line.available, line.shortfall) == (euros("-20"), euros("20"))


@pytest.mark.parametrize(
    "act",
    [
        lambda line: ledger.appropriate(line, euros("-601"), move=move()),
        lambda line: ledger.transfer(line, new_line(product="3.5.1.02"), euros("601"), move=move()),
        lambda line: ledger.carry_rest(line, euros("601"), move=move()),
        lambda line: ledger.allocate(line, programme(), euros("601"), move=move()),
    ],
    ids=["appropriate", "transfer", "carry_rest", "allocate"],
)
def test_no_other_verb_makes_a_shortfall(act):
    line, _next = new_line(amount="1000"), new_line(2027)
    commit(line, "400.00")
    with pytest.raises(Refused) as refused:
        act(line)
    assert refused.value.field == "amount"
    assert balance(line) == ("600.00", "0.00", "400.00", "0.00")
    assert is_clean()


@pytest.mark.django_db
def test_no_more_comes_back_in_later_years_than_was_paid():
    bound = commit(new_line(2026), "500.00")
    new_line(2027)
    pay(bound, "300")
    ledger.repay(bound, euros("200"), paid_on=date(2027, 2, 1), actor=OFFICER, at=START)
    with pytest.raises(Refused, match="Ausgezahlt sind nur"):
        ledger.repay(bound, euros("100.01"), paid_on=date(2027, 3, 1), actor=OFFICER, at=START)
    ledger.repay(bound, euros("100"), paid_on=date(2027, 3, 1), actor=OFFICER, at=START)
