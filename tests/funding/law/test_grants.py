"""How much may be granted, and whether a finance plan holds."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.law.basics import floor_to, half_up
from funding.law.grants import (
    Cost,
    CostCategory,
    Financing,
    Finding,
    FundingSourceKind,
    Limit,
    Plan,
    Rule,
    Source,
    check_plan,
    cover_for_eligible,
    effective_rate,
    exceeds_line,
    possible_grant,
    volunteer_value,
)

D = Decimal
amounts = st.decimals(min_value=0, max_value=1_000_000, places=2)
rates = st.fractions(min_value=Fraction(1, 1000), max_value=1)
units = st.sampled_from([D("0.01"), D(1), D(10)])
rules = st.one_of(
    st.builds(Rule, kind=st.sampled_from([Financing.FULL, Financing.GAP]), cap=st.none() | amounts, unit=units),
    st.builds(Rule, kind=st.just(Financing.SHARE), rate=rates, cap=st.none() | amounts, unit=units),
    st.builds(Rule, kind=st.just(Financing.FIXED), fixed=amounts, cap=st.none() | amounts, unit=units),
)


def share(rate: str, **more: Any) -> Rule:
    return Rule(kind=Financing.SHARE, rate=Fraction(rate), **more)


@pytest.mark.parametrize(
    ("rule", "need", "amount", "limit"),
    [
        (Rule(kind=Financing.FULL), {"eligible": D(1000), "cover": D(150)}, "850.00", Limit.NEED),
        (Rule(kind=Financing.FULL, cap=D(500)), {"eligible": D(1000)}, "500.00", Limit.CAP),
        (Rule(kind=Financing.GAP), {"eligible": D(1800), "cover": D(650)}, "1150.00", Limit.NEED),
        (
            Rule(kind=Financing.GAP),
            {"eligible": D(1800), "cover": D(650), "requested": D(900)},
            "900.00",
            Limit.REQUEST,
        ),
        (share("0.8"), {"eligible": D(2500), "cover": D(500)}, "2000.00", Limit.RATE),
        (share("0.8", cap=D(1500)), {"eligible": D(2500), "cover": D(500)}, "1500.00", Limit.CAP),
        (share("0.8"), {"eligible": D(2500), "cover": D(1000)}, "1500.00", Limit.NEED),
        (share("0.8"), {"eligible": D(2500), "requested": D("1234.56")}, "1234.56", Limit.REQUEST),
        (share("1/3"), {"eligible": D(1000)}, "333.33", Limit.RATE),
        (share("1/3", unit=D(1)), {"eligible": D(1000)}, "333.00", Limit.RATE),
        (share("1/3", unit=D(10)), {"eligible": D(1000)}, "330.00", Limit.RATE),
        (share("0.8", unit=D(10)), {"eligible": D(2500), "requested": D("9.99")}, "0.00", Limit.REQUEST),
        (Rule(kind=Financing.FIXED, fixed=D(500)), {"eligible": D(900)}, "500.00", Limit.FIXED_SUM),
        (Rule(kind=Financing.FIXED, fixed=D(500)), {"eligible": D(900), "cover": D(470)}, "430.00", Limit.NEED),
        (Rule(kind=Financing.FIXED, unit_rate=D("2.50")), {"eligible": D(900), "units": 30}, "75.00", Limit.FIXED_SUM),
        (Rule(kind=Financing.GAP), {"eligible": D(100), "cover": D(200)}, "0.00", Limit.NEED),
        (Rule(kind=Financing.FULL), {"eligible": D(0)}, "0.00", Limit.NEED),
    ],
)
def test_the_possible_grant_is_the_lowest_bound_rounded_down(
    rule: Rule, need: dict[str, Any], amount: str, limit: Limit
) -> None:
    grant = possible_grant(rule, **need)
    assert str(grant.amount) == amount
    assert grant.limit is limit


def test_a_grant_can_explain_itself() -> None:
    grant = possible_grant(
        share("0.8", cap=D("1505.50"), unit=D(10)), eligible=D(2500), cover=D(500), requested=D(2000)
    )
    assert grant.rate == Fraction(4, 5)
    assert grant.eligible == D(2500)
    assert [bound.limit for bound in grant.bounds] == [Limit.RATE, Limit.NEED, Limit.REQUEST, Limit.CAP]
    assert grant.bound(Limit.RATE) == D(2000)
    assert (grant.amount, grant.cut) == (D("1500.00"), D("5.50"))
    assert possible_grant(Rule(kind=Financing.GAP), eligible=D(1)).bound(Limit.CAP) is None


def test_below_the_least_grant_is_flagged_not_raised() -> None:
    rule = share("0.5", least=D(250))
    assert possible_grant(rule, eligible=D(499)).is_below_least
    assert not possible_grant(rule, eligible=D(500)).is_below_least


@pytest.mark.parametrize(
    "broken",
    [
        {"kind": Financing.SHARE},
        {"kind": Financing.SHARE, "rate": Fraction(0)},
        {"kind": Financing.SHARE, "rate": Fraction(11, 10)},
        {"kind": Financing.FIXED},
        {"kind": Financing.FULL, "cap": D(-1)},
        {"kind": Financing.FULL, "unit": D(0)},
    ],
)
def test_a_rule_that_says_nothing_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Rule(**broken)


def test_negative_amounts_and_missing_units_are_refused() -> None:
    with pytest.raises(ValueError, match="cover"):
        possible_grant(Rule(kind=Financing.GAP), eligible=D(1), cover=D(-1))
    with pytest.raises(ValueError, match="units"):
        possible_grant(Rule(kind=Financing.FIXED, unit_rate=D(1)), eligible=D(1))


@given(rules, amounts, amounts, amounts)
def test_a_grant_never_exceeds_need_request_cap_or_its_rate(rule: Rule, eligible: D, cover: D, requested: D) -> None:
    grant = possible_grant(rule, eligible=eligible, cover=cover, requested=requested)
    assert 0 <= grant.amount <= max(D(0), eligible - cover)
    assert grant.amount <= requested
    assert rule.cap is None or grant.amount <= rule.cap
    assert rule.rate is None or Fraction(grant.amount) <= rule.rate * Fraction(eligible)
    assert grant.amount % rule.unit == 0
    assert 0 <= grant.cut < rule.unit
    assert grant.amount + grant.cut == min(bound.amount for bound in grant.bounds)


@given(rules, amounts, amounts, amounts)
def test_more_cost_never_lowers_and_more_cover_never_raises_a_grant(rule: Rule, eligible: D, cover: D, more: D) -> None:
    grant = possible_grant(rule, eligible=eligible, cover=cover).amount
    assert possible_grant(rule, eligible=eligible + more, cover=cover).amount >= grant
    assert possible_grant(rule, eligible=eligible, cover=cover + more).amount <= grant


@pytest.mark.parametrize(
    ("award", "eligible", "rate", "unit", "effective"),
    [
        ("1500", "2500", "4/5", "0.01", "3/5"),
        ("2000", "2500", "4/5", "0.01", "4/5"),
        ("333.33", "1000", "1/3", "0.01", "1/3"),  # rounding alone lowers no rate
        ("330", "1000", "1/3", "10", "1/3"),
        ("330", "1000", "1/3", "0.01", "33/100"),
        ("0", "0", "1/3", "0.01", "1/3"),
    ],
)
def test_the_effective_rate_is_what_was_really_granted(
    award: str, eligible: str, rate: str, unit: str, effective: str
) -> None:
    result = effective_rate(D(award), eligible=D(eligible), rate=Fraction(rate), unit=D(unit))
    assert result == Fraction(effective)


def test_cover_pays_ineligible_cost_first() -> None:
    assert cover_for_eligible(D(500), ineligible=D(200)) == D(300)
    assert cover_for_eligible(D(100), ineligible=D(200)) == D(0)


@given(st.fractions(min_value=0, max_value=10**9), units)
def test_rounding_down_takes_less_than_a_unit(amount: Fraction, unit: D) -> None:
    assert 0 <= amount - Fraction(floor_to(amount, unit)) < Fraction(unit)


@pytest.mark.parametrize(
    ("amount", "rounded"), [("1/200", "0.01"), ("-1/200", "-0.01"), ("1/201", "0.00"), ("3", "3.00")]
)
def test_half_a_cent_is_rounded_up(amount: str, rounded: str) -> None:
    assert str(half_up(Fraction(amount))) == rounded


# Finance plan


def plan(costs: dict[CostCategory, str], sources: dict[FundingSourceKind, str], ineligible: str = "0.00") -> Plan:
    lines = [Cost(category=category, amount=D(amount)) for category, amount in costs.items()]
    if D(ineligible):
        lines.append(Cost(category=CostCategory.OTHER, amount=D(ineligible), is_eligible=False))
    return Plan(costs=lines, sources=[Source(kind=kind, amount=D(amount)) for kind, amount in sources.items()])


C, S = CostCategory, FundingSourceKind
SOUND = plan(
    {C.FEES: "1500.00", C.RENT: "400.00", C.IN_KIND_VOLUNTEER: "300.00"},
    {
        S.OWN_CASH: "250.00",
        S.OWN_IN_KIND_VOLUNTEER: "300.00",
        S.DONATIONS_SPONSORING: "250.00",
        S.COUNTY_GRANT: "1400.00",
    },
    ineligible="0.00",
)


def test_a_sound_plan_has_no_finding_and_its_sums() -> None:
    assert check_plan(SOUND, rule=share("0.8"), volunteer_share=Fraction(1, 5)) == []
    assert (SOUND.expenditure, SOUND.income, SOUND.difference) == (D("2200.00"), D("2200.00"), D(0))
    assert (SOUND.eligible, SOUND.own, SOUND.others, SOUND.cover) == (D(2200), D(550), D(250), D(800))
    assert SOUND.requested == SOUND.cash_need == D(1400)


def test_ineligible_cost_is_paid_from_the_cover() -> None:
    mixed = plan({C.FEES: "1000.00"}, {S.OWN_CASH: "300.00", S.COUNTY_GRANT: "800.00"}, ineligible="100.00")
    assert (mixed.eligible, mixed.ineligible, mixed.cover) == (D(1000), D(100), D(200))
    assert possible_grant(Rule(kind=Financing.GAP), eligible=mixed.eligible, cover=mixed.cover).amount == D(800)


@pytest.mark.parametrize(
    ("broken", "finding", "amount", "expected"),
    [
        (
            plan({C.FEES: "100.00"}, {S.OWN_CASH: "30.00", S.COUNTY_GRANT: "69.99"}),
            Finding.NOT_BALANCED,
            "99.99",
            "100",
        ),
        (plan({C.FEES: "-1.00"}, {S.COUNTY_GRANT: "-1.00"}), Finding.NEGATIVE, "-1.00", "0.00"),
        (
            plan({C.FEES: "100.00"}, {S.OWN_IN_KIND_VOLUNTEER: "20.00", S.COUNTY_GRANT: "80.00"}),
            Finding.VOLUNTEER_NOT_ON_BOTH_SIDES,
            "20.00",
            "0.00",
        ),
        (
            plan(
                {C.FEES: "79.99", C.IN_KIND_VOLUNTEER: "20.01"},
                {S.OWN_IN_KIND_VOLUNTEER: "20.01", S.COUNTY_GRANT: "79.99"},
            ),
            Finding.VOLUNTEER_ABOVE_CAP,
            "20.01",
            "20.00",
        ),
        (
            plan({C.FEES: "100.00"}, {S.OWN_CASH: "19.99", S.COUNTY_GRANT: "80.01"}),
            Finding.ABOVE_RATE,
            "80.01",
            "80.00",
        ),
        (
            plan({C.FEES: "900.00"}, {S.OWN_CASH: "399.99", S.COUNTY_GRANT: "500.01"}),
            Finding.ABOVE_CAP,
            "500.01",
            "500",
        ),
        (plan({C.FEES: "90.00"}, {S.OWN_CASH: "80.01", S.COUNTY_GRANT: "9.99"}), Finding.BELOW_LEAST, "9.99", "10"),
    ],
)
def test_each_mistake_in_a_plan_is_found_by_itself(broken: Plan, finding: Finding, amount: str, expected: str) -> None:
    rule = share("0.8", cap=D(500), least=D(10)) if D(amount) > 0 else None
    (problem,) = check_plan(broken, rule=rule, volunteer_share=Fraction(1, 5))
    assert (problem.finding, problem.amount, problem.expected) == (finding, D(amount), D(expected))


def test_an_empty_plan_balances_at_zero() -> None:
    assert check_plan(Plan(costs=[], sources=[])) == []
    assert str(Plan(costs=[], sources=[]).difference) == "0.00"


@given(st.lists(st.tuples(st.sampled_from(C), amounts)), st.lists(st.tuples(st.sampled_from(S), amounts)))
def test_a_plan_is_balanced_to_the_cent_or_has_a_finding(
    costs: list[tuple[CostCategory, D]], sources: list[tuple[FundingSourceKind, D]]
) -> None:
    drawn = Plan(
        costs=[Cost(category=category, amount=amount) for category, amount in costs],
        sources=[Source(kind=kind, amount=amount) for kind, amount in sources],
    )
    assert drawn.own + drawn.others + drawn.requested == drawn.income
    found = {problem.finding for problem in check_plan(drawn)}
    assert (Finding.NOT_BALANCED in found) == (drawn.difference != 0)
    if not found:
        assert drawn.requested == drawn.cash_need


def test_volunteer_hours_are_worth_their_rate() -> None:
    assert str(volunteer_value(D("12.5"), rate=D("15.00"))) == "187.50"
    assert str(volunteer_value(D("0.333"), rate=D("15.00"))) == "5.00"


@pytest.mark.parametrize(
    ("planned", "actual", "exceeded"),
    [
        ("1000.00", "1200.00", False),
        ("1000.00", "1200.01", True),
        ("100.00", "120.00", False),
        ("100.00", "120.01", True),
        ("0.00", "0.01", True),
        ("0.00", "0.00", False),
        ("500.00", "10.00", False),
    ],
)
def test_a_line_may_be_exceeded_by_twenty_percent_and_no_cent_more(planned: str, actual: str, exceeded: bool) -> None:
    assert exceeds_line(D(planned), actual=D(actual)) is exceeded
