"""What is left of a grant once the money is spent: worked examples, and what must hold for all numbers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from funding.law.grants import Financing, Rule, possible_grant
from funding.law.settlement import (
    Outcome,
    Promise,
    ReductionGround,
    SettledBy,
    is_worth_recovering,
    overpaid,
    settle,
    still_payable,
)

D = Decimal
amounts = st.decimals(min_value=0, max_value=1_000_000, places=2)


def promise(kind: Financing, award: str, **more: Any) -> Promise:
    return Promise(kind=kind, award=D(award), **more)


SHARE = promise(Financing.SHARE, "2000", eligible=D(2500), own=D(500), rate=Fraction(4, 5))
PARTIAL = promise(Financing.SHARE, "1500", eligible=D(2500), own=D(1000), rate=Fraction(4, 5))
THIRD = promise(Financing.SHARE, "333.33", eligible=D(1000), own=D("666.67"), rate=Fraction(1, 3))
GAP = promise(Financing.GAP, "1150", eligible=D(1800), own=D(400), others=D(250))
FULL = promise(Financing.FULL, "1000", eligible=D(1000))
FIXED = promise(Financing.FIXED, "500", eligible=D(900))
UNITS = promise(Financing.FIXED, "500", eligible=D(900), unit_rate=D(25))


def outcome(eligible: str, **more: Any) -> Outcome:
    return Outcome(
        eligible=D(eligible), **{name: D(text) if isinstance(text, str) else text for name, text in more.items()}
    )


@pytest.mark.parametrize(
    ("promised", "actual", "final", "settled_by"),
    [
        (SHARE, outcome("2000", own="400"), "1600.00", SettledBy.RATE),
        (SHARE, outcome("2500", own="500", others="300"), "1760.00", SettledBy.RATE),
        (SHARE, outcome("2800", own="500", others="300"), "2000", SettledBy.AWARD),
        (SHARE, outcome("2700", own="500", others="300"), "1920.00", SettledBy.RATE),  # 200 of 300 absorbed
        (SHARE, outcome("3000", own="1000"), "2000", SettledBy.AWARD),  # never an increase
        (SHARE, outcome("2500", others="2400"), "80.00", SettledBy.RATE),
        (SHARE, outcome("1000", others="990"), "8.00", SettledBy.RATE),
        (SHARE, outcome("0"), "0.00", SettledBy.RATE),
        (SHARE, outcome("500", others="600"), "0.00", SettledBy.NEED),  # income above cost
        (PARTIAL, outcome("2000", own="800"), "1200.00", SettledBy.RATE),
        (THIRD, outcome("1000", own="666.67"), "333.33", SettledBy.AWARD),
        (THIRD, outcome("999.99", own="666.66"), "333.33", SettledBy.AWARD),
        (THIRD, outcome("999.98", own="666.65"), "333.32", SettledBy.RATE),
        (GAP, outcome("1600", own="400", others="250"), "950", SettledBy.NEED),
        (GAP, outcome("1800", own="300", others="250"), "1150", SettledBy.AWARD),  # planned own share stays due
        (GAP, outcome("1800", own="500", others="250"), "1050", SettledBy.NEED),
        (GAP, outcome("1800", own="400", others="300"), "1100", SettledBy.NEED),
        (GAP, outcome("1900", own="400", others="250"), "1150", SettledBy.AWARD),
        (GAP, outcome("600", own="400", others="250"), "0.00", SettledBy.NEED),
        (FULL, outcome("900"), "900", SettledBy.NEED),
        (FULL, outcome("1000", others="40"), "960", SettledBy.NEED),
        (FULL, outcome("1100"), "1000", SettledBy.AWARD),
        (FIXED, outcome("900"), "500", SettledBy.AWARD),
        (FIXED, outcome("500"), "500", SettledBy.AWARD),
        (FIXED, outcome("430"), "430", SettledBy.SPENT),
        (FIXED, outcome("900", others="800"), "500", SettledBy.AWARD),  # no cash guard unless the notice says so
        (UNITS, outcome("900", units=20), "500", SettledBy.AWARD),
        (UNITS, outcome("900", units=16), "400", SettledBy.UNITS),
        (UNITS, outcome("380", units=16), "380", SettledBy.SPENT),
        (UNITS, outcome("900", units=99), "500", SettledBy.AWARD),
    ],
)
def test_the_final_amount(promised: Promise, actual: Outcome, final: str, settled_by: SettledBy) -> None:
    settlement = settle(promised, actual)
    assert settlement.amount == D(final)
    assert settlement.reduction == promised.award - D(final)
    assert settlement.settled_by is settled_by


def test_a_partial_grant_is_settled_at_its_effective_rate() -> None:
    assert PARTIAL.effective_rate == settle(PARTIAL, outcome("2000")).rate == Fraction(3, 5)
    assert SHARE.effective_rate == Fraction(4, 5)
    assert GAP.effective_rate is None


def test_new_cover_that_extra_cost_absorbs_does_not_count() -> None:
    assert settle(SHARE, outcome("2700", others="300")).counted_cover == D(100)
    assert settle(SHARE, outcome("2800", others="300")).counted_cover == D(0)


def test_in_kind_raises_the_share_but_never_the_payout_above_real_spending() -> None:
    actual = outcome("2500", cash_eligible="1800", cash_others="100", others="100")
    settlement = settle(SHARE, actual)
    assert (settlement.amount, settlement.settled_by) == (D(1700), SettledBy.CASH)


def test_a_fixed_grant_has_a_cash_guard_only_by_its_notice() -> None:
    actual = outcome("900", cash_eligible="300")
    assert settle(FIXED, actual).amount == D(500)
    guarded = promise(Financing.FIXED, "500", eligible=D(900), has_fixed_cash_guard=True)
    assert settle(guarded, actual).amount == D(300)


@pytest.mark.parametrize(
    ("promised", "actual", "final"),
    [
        (SHARE, outcome("2468.75"), "2000"),  # 25.00 less, ignored
        (SHARE, outcome("2468.74"), "1974.99"),
        (FULL, outcome("990"), "990"),  # never for full financing
        (FIXED, outcome("490"), "490"),  # never more than was spent
        (SHARE, outcome("2490", cash_eligible="1990"), "1990"),  # nor more than cash that was needed
    ],
)
def test_a_small_reduction_is_not_made_where_the_threshold_allows(
    promised: Promise, actual: Outcome, final: str
) -> None:
    assert settle(promised, actual, reduction_threshold=D(25)).amount == D(final)


def test_broken_input_is_refused() -> None:
    with pytest.raises(ValueError, match="others"):
        outcome("1", others="-1")
    with pytest.raises(ValueError, match="SHARE"):
        promise(Financing.SHARE, "1", eligible=D(1))
    with pytest.raises(ValueError, match="units"):
        settle(UNITS, outcome("900"))


promises = st.builds(
    Promise,
    kind=st.sampled_from(Financing),
    award=amounts,
    eligible=amounts.filter(bool),
    own=amounts,
    others=amounts,
    rate=st.fractions(min_value=Fraction(1, 100), max_value=1),
)
outcomes = st.builds(Outcome, eligible=amounts, own=amounts, others=amounts)


@given(promises, outcomes, st.sampled_from([D(0), D(25), D(500)]))
def test_the_final_amount_is_never_above_the_award_nor_above_what_was_spent(
    promised: Promise, actual: Outcome, threshold: D
) -> None:
    settlement = settle(promised, actual, reduction_threshold=threshold)
    assert 0 <= settlement.amount <= promised.award
    assert settlement.amount <= actual.eligible
    assert settlement.amount + settlement.reduction == promised.award
    if promised.kind is not Financing.FIXED:
        assert settlement.amount <= actual.cash_left


@given(promises, outcomes, amounts)
def test_more_income_never_raises_and_more_cost_never_lowers_the_final_amount(
    promised: Promise, actual: Outcome, more: D
) -> None:
    final = settle(promised, actual).amount
    richer = Outcome(eligible=actual.eligible, own=actual.own, others=actual.others + more)
    dearer = Outcome(eligible=actual.eligible + more, own=actual.own, others=actual.others)
    assert settle(promised, richer).amount <= final <= settle(promised, dearer).amount


@given(st.sampled_from([Financing.FULL, Financing.SHARE, Financing.GAP]), amounts, amounts, amounts)
def test_a_project_that_went_as_planned_keeps_its_grant(kind: Financing, eligible: D, own: D, others: D) -> None:
    assume(eligible > 0)
    rate = Fraction(4, 5)
    rule = Rule(kind=kind, rate=rate)
    award = possible_grant(rule, eligible=eligible, cover=own + others).amount
    promised = Promise(kind=kind, award=award, eligible=eligible, own=own, others=others, rate=rate)
    # one cent: a rate below 1 that stands for a rounded award may lose it again
    assert award - settle(promised, Outcome(eligible=eligible, own=own, others=others)).amount <= D("0.01")


def test_what_is_overpaid_comes_back_and_what_is_missing_is_paid() -> None:
    assert (overpaid(D(1600), paid=D(2000)), still_payable(D(1600), paid=D(2000))) == (D(400), D(0))
    assert (overpaid(D(1600), paid=D(1000)), still_payable(D(1600), paid=D(1000))) == (D(0), D(600))


@pytest.mark.parametrize(
    ("claims", "worth"),
    [(["24.99"], False), (["25.00"], True), (["12.50", "12.50"], True), ([], False), (["0"], False)],
)
def test_small_claims_of_one_recipient_are_summed(claims: list[str], worth: bool) -> None:
    assert is_worth_recovering(map(D, claims), threshold=D(25)) is worth


def test_nothing_is_recovered_when_nothing_is_owed_even_without_a_threshold() -> None:
    assert not is_worth_recovering([], threshold=D(0))


def test_only_falling_cost_and_new_cover_reduce_without_a_revocation() -> None:
    free = {ground for ground in ReductionGround if not ground.needs_revocation}
    assert free == {ReductionGround.COST_FELL, ReductionGround.NEW_COVER}
