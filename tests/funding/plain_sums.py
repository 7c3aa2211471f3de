"""The budget as plain sums in Python: what the ledger must agree with, and what it must refuse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from funding.models import Commitment

ZERO = Decimal("0.00")


@dataclass
class Award:
    """A commitment as numbers. `part` is the programme whose sub-budget pays it."""

    row: Commitment
    line: str
    part: str | None
    amount: Decimal = ZERO
    pledged: Decimal = ZERO
    paid: Decimal = ZERO
    income: Decimal = ZERO
    """What came back in other years: it leaves `paid` as it is."""
    payments: list[tuple[str, Decimal]] = field(default_factory=list)

    @property
    def open(self) -> Decimal:
        return self.amount - self.paid


@dataclass
class Plan:
    """What a line is given, kind by kind, and how it is divided."""

    is_approved: bool
    given: Decimal = ZERO
    carried_in: Decimal = ZERO
    excess: Decimal = ZERO
    earmarked: Decimal = ZERO
    frozen: Decimal = ZERO
    shares: dict[str, Decimal] = field(default_factory=dict)

    @property
    def authorised(self) -> Decimal:
        return self.given + self.carried_in + self.excess + self.earmarked


@dataclass
class Books:
    """Everything that was booked. `reserved` is (amount, part) by (line, thread)."""

    plans: dict[str, Plan]
    reserved: dict[tuple[str, str], tuple[Decimal, str | None]] = field(default_factory=dict)
    awards: list[Award] = field(default_factory=list)

    def of(self, line: str) -> Iterator[Award]:
        return (award for award in self.awards if award.line == line)

    def set_aside_for_proposals(self, line: str) -> Decimal:
        waiting = sum((amount for (at, _thread), (amount, _part) in self.reserved.items() if at == line), ZERO)
        return waiting + sum((award.pledged for award in self.of(line)), ZERO)

    def committed(self, line: str) -> Decimal:
        return sum((award.amount for award in self.of(line)), ZERO)

    def paid(self, line: str) -> Decimal:
        return sum((award.paid for award in self.of(line)), ZERO)

    def available(self, line: str) -> Decimal:
        return self.plans[line].authorised - self.plans[line].frozen - self.committed(line)

    def shortfall(self, line: str) -> Decimal:
        return max(ZERO, -self.available(line))

    def planning(self, line: str) -> Decimal:
        return self.available(line) - self.set_aside_for_proposals(line)

    def part_free(self, line: str, part: str) -> Decimal:
        bound = sum((award.amount + award.pledged for award in self.of(line) if award.part == part), ZERO)
        waiting = [money for (at, _thread), (money, own) in self.reserved.items() if (at, own) == (line, part)]
        return self.plans[line].shares.get(part, ZERO) - bound - sum(waiting, ZERO)

    def set_aside(self, line: str) -> Decimal:
        return sum((self.part_free(line, part) for part in self.plans[line].shares), ZERO)

    def undivided(self, line: str) -> Decimal:
        return self.planning(line) - self.set_aside(line)

    def part_of(self, line: str, programme: str) -> str | None:
        return programme if self.plans[line].shares.get(programme) else None

    def free(self, line: str, part: str | None) -> Decimal:
        """What an award may take from the part, or from what is not divided."""
        return self.undivided(line) if part is None else min(self.planning(line), self.part_free(line, part))

    def bindable(self, line: str, part: str | None) -> Decimal:
        """What a pledge may take once its year is approved: what others only propose does not stand before it."""
        available = self.available(line)
        return available - self.set_aside(line) if part is None else min(available, self.part_free(line, part))

    def transferable(self, line: str) -> Decimal:
        plan = self.plans[line]
        return max(ZERO, min(self.undivided(line), plan.authorised - plan.carried_in))

    def without(self, thread: str, line: str | None = None) -> Books:
        """The same books once the thread has given back what it put aside, on one line or on all."""
        gone = {key for key in self.reserved if key[1] == thread and line in (None, key[0])}
        return Books(self.plans, {k: v for k, v in self.reserved.items() if k not in gone}, self.awards)

    def counters(self, line: str) -> tuple[Decimal, ...]:
        """usable, reserved, committed, paid, shortfall, set_aside."""
        usable = self.plans[line].authorised - self.plans[line].frozen
        bound = (self.committed(line), self.paid(line), self.shortfall(line))
        return (usable, self.set_aside_for_proposals(line), *bound, self.set_aside(line))
