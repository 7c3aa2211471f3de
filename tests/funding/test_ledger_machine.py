"""Any order of movements over three lines: the ledger and plain sums agree, and both refuse the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings as profile
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from funding import ledger
from funding.models import BudgetLine, Programme
from journal.refusals import Refused
from tests.factories import START
from tests.funding.plain_sums import ZERO, Award, Books, Plan
from tests.funding.test_ledger import OFFICER, is_clean, move, new_line, purpose
from tests.services.requirements import CI

THIS, OTHER, NEXT = "this", "other", "next"
"""Two lines of one year; the first of them goes on in the next year, whose budget is not approved yet."""

cents = st.integers(min_value=1, max_value=30000).map(lambda number: Decimal(number).scaleb(-2))
signs = st.sampled_from([1, 1, -1])
lines = st.sampled_from([THIS, THIS, OTHER, NEXT])
threads = st.sampled_from(["INT-1", "INT-2", "INT-3"])
slugs = st.sampled_from(["p", "p", "q", "r"])
positions = st.integers(min_value=0, max_value=11)
COUNTERS = ("pk", "status", "usable", "reserved", "committed", "paid", "shortfall", "set_aside")


def programmes() -> dict[str, Programme]:
    wanted = {"title": "P", "financing": "share", "product": "3.5.1.01", "account": "4318"}
    return {slug: Programme.objects.get_or_create(slug=slug, defaults=wanted)[0] for slug in ("p", "q", "r")}


class LedgerMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.story = transaction.atomic()
        self.story.__enter__()
        self.programmes = programmes()
        self.lines = {
            THIS: new_line(2026, amount="400"),
            OTHER: new_line(2026, amount="300", product="3.5.1.02"),
            NEXT: new_line(2027, amount="300", status=BudgetLine.Status.PROVISIONAL),
        }
        self.model = Books(
            {
                THIS: Plan(is_approved=True, given=Decimal("400.00")),
                OTHER: Plan(is_approved=True, given=Decimal("300.00")),
                NEXT: Plan(is_approved=False, given=Decimal("300.00")),
            }
        )
        self.count = 0

    def teardown(self) -> None:
        """Each story begins on an empty ledger, which nobody may empty: so it never was."""
        beyond = [line for line in self.lines if self.model.shortfall(line)]
        late = any(award.pledged for award in self.model.of(NEXT)) and self.model.plans[NEXT].is_approved
        assert is_clean() or beyond or late
        transaction.set_rollback(True)
        self.story.__exit__(None, None, None)

    def tried(self, is_allowed: bool, act: Callable[[], Any]) -> Any:
        """Does it where the model allows it, and sees that it is refused where not."""
        if is_allowed:
            return act()
        with pytest.raises(Refused):
            act()
        return None

    # What the budget gives and takes

    @rule(line=lines, amount=cents, sign=signs, override=st.booleans())
    def supplement(self, line: str, amount: Decimal, sign: int, override: bool) -> None:
        change = amount * sign
        is_left = self.model.plans[line].authorised + change >= 0
        is_allowed = sign > 0 or (override and is_left) or self.model.available(line) + change >= 0
        self.tried(is_allowed, lambda: ledger.supplement(self.lines[line], change, move=move(), override=override))
        self.model.plans[line].given += change if is_allowed else ZERO

    @rule(line=lines, amount=cents, sign=signs, kind=st.sampled_from(["excess", "earmarked", "given"]))
    def add(self, line: str, amount: Decimal, sign: int, kind: str) -> None:
        verbs = {"excess": ledger.approve_excess, "earmarked": ledger.earmark, "given": ledger.appropriate}
        plan, change = self.model.plans[line], amount * sign
        is_covered = sign > 0 or self.model.available(line) + change >= 0
        is_allowed = is_covered and (kind == "given" or getattr(plan, kind) + change >= 0)
        self.tried(is_allowed, lambda: verbs[kind](self.lines[line], change, move=move()))
        if is_allowed:
            setattr(plan, kind, getattr(plan, kind) + change)

    @rule(line=lines, amount=cents, override=st.booleans())
    def freeze(self, line: str, amount: Decimal, override: bool) -> None:
        is_allowed = override or amount <= self.model.available(line)
        self.tried(is_allowed, lambda: ledger.freeze(self.lines[line], amount, move=move(), override=override))
        self.model.plans[line].frozen += amount if is_allowed else ZERO

    @rule(line=lines, amount=cents)
    def unfreeze(self, line: str, amount: Decimal) -> None:
        is_allowed = amount <= self.model.plans[line].frozen
        self.tried(is_allowed, lambda: ledger.unfreeze(self.lines[line], amount, move=move()))
        self.model.plans[line].frozen -= amount if is_allowed else ZERO

    @rule(giver=lines, getter=lines, amount=cents)
    def transfer(self, giver: str, getter: str, amount: Decimal) -> None:
        is_one_year = {giver, getter} == {THIS, OTHER}
        is_allowed = is_one_year and amount <= self.model.undivided(giver)
        self.tried(is_allowed, lambda: ledger.transfer(self.lines[giver], self.lines[getter], amount, move=move()))
        if is_allowed:
            self.model.plans[giver].given -= amount
            self.model.plans[getter].given += amount

    @rule(line=lines, slug=st.sampled_from(["p", "q"]), amount=cents, sign=signs)
    def allocate(self, line: str, slug: str, amount: Decimal, sign: int) -> None:
        free = self.model.undivided(line) if sign > 0 else self.model.part_free(line, slug)
        shares = self.model.plans[line].shares
        self.tried(
            amount <= free,
            lambda: ledger.allocate(self.lines[line], self.programmes[slug], amount * sign, move=move()),
        )
        if amount <= free:
            shares[slug] = shares.get(slug, ZERO) + amount * sign

    # From the proposal to the award

    @rule(line=lines, amount=cents, thread=threads, slug=slugs)
    def reserve(self, line: str, amount: Decimal, thread: str, slug: str) -> None:
        self.put_aside({line: amount}, thread, slug, alone=True)

    @rule(amounts=st.dictionaries(lines, cents, min_size=1, max_size=2), thread=threads, slug=slugs)
    def reserve_on_several(self, amounts: dict[str, Decimal], thread: str, slug: str) -> None:
        self.put_aside(amounts, thread, slug)

    def put_aside(self, amounts: dict[str, Decimal], thread: str, slug: str, *, alone: bool = False) -> None:
        """`alone`: what the thread has on other lines stays there."""
        rest = self.model.without(thread, next(iter(amounts)) if alone else None)
        parts = {line: rest.part_of(line, slug) for line in amounts}
        is_allowed = all(amount <= rest.free(line, parts[line]) for line, amount in amounts.items())
        told: dict[str, Any] = {"thread": thread, "actor": OFFICER, "at": START}
        told["belongs"] = {"programme": self.programmes[slug]}
        shares = {self.lines[line]: amount for line, amount in amounts.items()}
        if alone:
            self.tried(is_allowed, lambda: ledger.reserve(*next(iter(shares.items())), **told))
        else:
            self.tried(is_allowed, lambda: ledger.put_aside(shares, **told))
        if is_allowed:
            self.model.reserved = rest.reserved | {(at, thread): (amounts[at], parts[at]) for at in amounts}

    @rule(thread=threads)
    def give_back(self, thread: str) -> None:
        freed = ledger.release(thread, actor=OFFICER, at=START, reason="zurückgezogen")
        rest = self.model.without(thread)
        assert freed == sum((money for money, _part in self.model.reserved.values()), ZERO) - sum(
            (money for money, _part in rest.reserved.values()), ZERO
        )
        self.model.reserved = rest.reserved

    @rule(line=lines, amount=cents, thread=threads, slug=slugs)
    def commit(self, line: str, amount: Decimal, thread: str, slug: str) -> None:
        rest = self.model.without(thread, line)
        part = rest.part_of(line, slug)
        is_allowed = self.model.plans[line].is_approved and amount <= rest.free(line, part)
        told: dict[str, Any] = {"purpose": purpose(self.programmes[slug]), "decided_by": None}
        told["move"] = move("Bewilligung", thread=thread)
        made = self.tried(is_allowed, lambda: ledger.commit(self.lines[line], amount, **told))
        if is_allowed:
            self.model.reserved = rest.reserved
            self.model.awards.append(Award(made, line, part, amount=amount))

    @rule(amounts=st.dictionaries(lines, cents, min_size=2, max_size=3), thread=threads, slug=slugs)
    def share_out(self, amounts: dict[str, Decimal], thread: str, slug: str) -> None:
        rest = self.model.without(thread)
        parts = {line: rest.part_of(line, slug) for line in amounts}
        is_allowed = all(amount <= rest.free(line, parts[line]) for line, amount in amounts.items())
        shares = {self.lines[line]: amount for line, amount in amounts.items()}
        told: dict[str, Any] = {"purpose": purpose(self.programmes[slug]), "decided_by": None}
        told["move"] = move("Bewilligung", thread=thread)
        made = self.tried(is_allowed, lambda: ledger.share_out(shares, **told))
        if not is_allowed:
            return
        self.model.reserved = rest.reserved
        rows = {row.line_id: row for row in made}
        for line in sorted(amounts, key=lambda name: self.lines[name].pk):
            kind = "amount" if self.model.plans[line].is_approved else "pledged"
            row = rows[self.lines[line].pk]
            assert getattr(row, kind) == row.promised == amounts[line]
            self.model.awards.append(Award(row, line, parts[line], **{kind: amounts[line]}))

    @precondition(lambda self: self.count > 8 or len(self.model.awards) > 3)
    @rule(line=lines)
    def approve(self, line: str) -> None:
        is_allowed = not self.model.plans[line].is_approved
        self.tried(is_allowed, lambda: ledger.open_year(self.lines[line], actor=OFFICER, at=START))
        if not is_allowed:
            return
        self.model.plans[line].is_approved = True
        for award in self.model.of(line):
            pledged, award.pledged = award.pledged, ZERO
            kind = "amount" if pledged <= self.model.bindable(line, award.part) else "pledged"
            setattr(award, kind, getattr(award, kind) + pledged)

    # Money that leaves and comes back

    def award(self, position: int) -> Award:
        return self.model.awards[position % len(self.model.awards)]

    @precondition(lambda self: self.model.awards)
    @rule(position=positions, amount=cents)
    def pay(self, position: int, amount: Decimal) -> None:
        award = self.award(position)
        self.count += 1
        told: dict[str, Any] = {"value_on": date(2026, 5, 4), "actor": OFFICER, "at": START}
        reference, is_allowed = f"R-{self.count}", amount <= award.open
        self.tried(is_allowed, lambda: ledger.pay(award.row, amount, reference=reference, **told))
        if is_allowed:
            award.paid += amount
            award.payments.append((reference, amount))

    @precondition(lambda self: any(award.payments for award in self.model.awards))
    @rule(position=positions)
    def return_from_bank(self, position: int) -> None:
        paid = [award for award in self.model.awards if award.payments]
        award = paid[position % len(paid)]
        reference, amount = award.payments.pop()
        is_allowed = amount <= award.paid
        told: dict[str, Any] = {"reference": reference, "reason": "Konto erloschen", "actor": OFFICER, "at": START}
        self.tried(is_allowed, lambda: ledger.return_from_bank(award.row, amount, **told))
        award.paid -= amount if is_allowed else ZERO

    @precondition(lambda self: self.model.awards)
    @rule(position=positions, amount=cents, year=st.sampled_from([2026, 2026, 2027]))
    def repay(self, position: int, amount: Decimal, year: int) -> None:
        """In another year than the budget's it is income and frees nothing."""
        award = self.award(position)
        is_own_year = year == (2027 if award.line == NEXT else 2026)
        is_allowed = amount + award.income <= award.paid
        told: dict[str, Any] = {"paid_on": date(year, 8, 1), "actor": OFFICER, "at": START}
        self.tried(is_allowed, lambda: ledger.repay(award.row, amount, **told))
        if is_allowed and not is_own_year:
            award.income += amount
        elif is_allowed:
            award.paid -= amount
            award.amount -= amount

    @precondition(lambda self: self.model.awards)
    @rule(position=positions, amount=cents)
    def reduce(self, position: int, amount: Decimal) -> None:
        award = self.award(position)
        target, promised = max(amount, award.paid), award.amount + award.pledged
        told: dict[str, Any] = {"actor": OFFICER, "at": START, "reason": "Festsetzung"}
        freed = self.tried(target <= promised, lambda: ledger.reduce(award.row, amount, **told))
        if target <= promised:
            assert freed == promised - target
            kind = "pledged" if award.pledged else "amount"
            setattr(award, kind, getattr(award, kind) - freed)

    # Into the next year

    @rule(line=lines, amount=cents)
    def carry_rest(self, line: str, amount: Decimal) -> None:
        is_allowed = line == THIS and amount <= self.model.transferable(line)
        self.tried(is_allowed, lambda: ledger.carry_rest(self.lines[line], amount, move=move()))
        if is_allowed:
            self.into_next_year(amount)

    def into_next_year(self, amount: Decimal) -> None:
        self.model.plans[THIS].given -= amount
        self.model.plans[NEXT].carried_in += amount

    @precondition(lambda self: self.model.awards)
    @rule(position=positions)
    def carry_commitment(self, position: int) -> None:
        award = self.award(position)
        going, is_allowed = award.open, award.line == THIS and award.open > 0
        told: dict[str, Any] = {"actor": OFFICER, "at": START, "reason": "Projekt läuft weiter"}
        made = self.tried(is_allowed, lambda: ledger.carry_commitment(award.row, **told))
        if not is_allowed:
            return
        award.amount -= going
        if award.part:
            self.model.plans[THIS].shares[award.part] -= going
        self.into_next_year(going)
        self.model.awards.append(Award(made, NEXT, None, amount=going))

    @invariant()
    def sums_agree(self) -> None:
        found = {line.pk: line for line in BudgetLine.objects.all()}
        for name, line in self.lines.items():
            now = found[line.pk]
            has = (now.usable, now.reserved, now.committed, now.paid, now.shortfall, now.set_aside)
            assert has == self.model.counters(name), name
            assert now.available == self.model.available(name)


@pytest.mark.django_db
def test_any_order_of_movements_agrees_with_plain_sums():
    runs, steps = (200, 50) if CI else (15, 20)
    run_state_machine_as_test(
        LedgerMachine, settings=profile(profile.default, max_examples=runs, stateful_step_count=steps)
    )
