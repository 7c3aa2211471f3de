"""Everything at once on a few lines: `python -m tests.funding.mixed_load <processes> <operations each> <lines>`.

`lines` are the keys of two lines of one year and of the same two a year later, as JSON. A movement may be refused,
with a sentence; anything else that is raised ends the program. Each process tells the sums of what it moved.
"""

from __future__ import annotations

import json
import random
import sys
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import django

django.setup()

from django.db.models import Max  # noqa: E402

from funding import integrity, ledger  # noqa: E402
from funding.models import BudgetLine, Commitment, Kind, Programme  # noqa: E402
from journal.actors import Actor  # noqa: E402
from journal.refusals import Refused  # noqa: E402
from tests.funding import together  # noqa: E402

ACTOR = Actor(key=uuid.uuid4(), name="Kämmerei", roles=frozenset({"budget_officer"}), role="budget_officer")
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BY: dict[str, Any] = {"actor": ACTOR, "at": AT}


class Clerk:
    """One process: picks movements at random and keeps plain sums of those that were not refused."""

    def __init__(self, number: int, lines: list[int]) -> None:
        self.number, self.random = number, random.Random(number)
        self.lines = [BudgetLine.objects.get(pk=line) for line in lines]
        self.programme = Programme.objects.get()
        self.sums: dict[str, Decimal] = defaultdict(Decimal)
        self.outcomes: Counter[str] = Counter()
        self.count = 0

    def go(self, operations: int) -> None:
        for _ in range(operations):
            self.count += 1
            name = self.random.choice(MOVEMENTS)
            try:
                getattr(self, name)()
            except Refused:
                self.outcomes[f"{name}:refused"] += 1
            else:
                self.outcomes[name] += 1
            if self.number == 0 and self.count % 100 == 0:
                wrong = [difference.text for difference in integrity.differences()]
                assert not wrong, wrong

    # What a movement is made of

    def amount(self) -> Decimal:
        return Decimal(self.random.randint(1, 90_000)).scaleb(-2)

    def thread(self) -> str:
        return f"INT-{self.random.randint(1, 40)}"

    def line(self) -> BudgetLine:
        return self.random.choice(self.lines[:2])

    def move(self, thread: str = "") -> ledger.Movement:
        return ledger.Movement(**BY, reason="Last", thread=thread)

    def purpose(self) -> ledger.Purpose:
        return ledger.Purpose(
            payee_key=uuid.uuid4(), payee_name="Verein", payee_iban="DE43999999990001000001", is_natural_person=False,
            title="Projekt", programme=self.programme, measure=None, municipality=None,
        )  # fmt: skip

    def award(self) -> Commitment:
        last = Commitment.objects.aggregate(last=Max("pk"))["last"] or 0
        found = Commitment.objects.filter(pk__gte=self.random.randint(0, last)).order_by("pk").first()
        if found is None:
            raise Refused("There is no award yet.")
        return found

    # Movements

    def commit(self) -> None:
        made = ledger.commit(
            self.line(), self.amount(), purpose=self.purpose(), decided_by=None, move=self.move(self.thread())
        )
        self.sums["committed"] += made.amount

    def share_out(self) -> None:
        lines = self.random.sample(self.lines, 2)
        shares = {line: self.amount() for line in lines}
        made = ledger.share_out(shares, purpose=self.purpose(), decided_by=None, move=self.move(self.thread()))
        self.sums["committed"] += sum(each.amount for each in made)

    def reserve(self) -> None:
        ledger.reserve(self.line(), self.amount(), thread=self.thread(), **BY, belongs={"programme": self.programme})

    def put_aside(self) -> None:
        shares = {line: self.amount() for line in self.random.sample(self.lines, 2)}
        ledger.put_aside(shares, thread=self.thread(), **BY, belongs={"programme": self.programme})

    def release(self) -> None:
        ledger.release(self.thread(), **BY, reason="zurückgezogen")

    def reduce(self) -> None:
        award = self.award()
        freed = ledger.reduce(award, award.promised / 2 // Decimal("0.01") * Decimal("0.01"), **BY, reason="weniger")
        self.sums["committed"] -= freed if not award.pledged else Decimal(0)

    def pay(self) -> None:
        amount = self.amount() / 4 // Decimal("0.01") * Decimal("0.01") + Decimal("0.01")
        reference = f"R-{self.number}-{self.count}"
        ledger.pay(self.award(), amount, reference=reference, value_on=date(2026, 5, 4), **BY)
        self.sums["paid"] += amount

    def come_back(self) -> None:
        award = self.award()
        if not award.paid:
            raise Refused("Nothing is paid.")
        amount = min(award.paid, self.amount())
        ledger.return_from_bank(award, amount, reference="x", reason="Konto erloschen", **BY)
        self.sums["paid"] -= amount

    def repay(self) -> None:
        amount = self.amount() / 4 // Decimal("0.01") * Decimal("0.01") + Decimal("0.01")
        entry = ledger.repay(self.award(), amount, paid_on=date(2026, 6, 1), **BY)
        if entry.kind == Kind.REPAYMENT_SAME_YEAR:
            self.sums["paid"] -= amount
            self.sums["committed"] -= amount

    def supplement(self) -> None:
        amount = self.amount() * self.random.choice([1, -1])
        ledger.supplement(self.line(), amount, move=self.move())
        self.sums["supplement"] += amount

    def earmark(self) -> None:
        amount = self.amount()
        ledger.earmark(self.line(), amount, move=self.move())
        self.sums["earmarked"] += amount

    def approve_excess(self) -> None:
        amount = self.amount()
        ledger.approve_excess(self.line(), amount, move=self.move())
        self.sums["excess"] += amount

    def freeze(self) -> None:
        amount = self.amount()
        ledger.freeze(self.line(), amount, move=self.move())
        self.sums["frozen"] += amount

    def unfreeze(self) -> None:
        amount = self.amount()
        ledger.unfreeze(self.line(), amount, move=self.move())
        self.sums["frozen"] -= amount

    def transfer(self) -> None:
        source, target = self.random.sample(self.lines[:2], 2)
        ledger.transfer(source, target, self.amount(), move=self.move())

    def allocate(self) -> None:
        ledger.allocate(self.lines[0], self.programme, self.amount() * self.random.choice([1, -1]), move=self.move())

    def carry_award(self) -> None:
        ledger.carry_commitment(self.award(), **BY, reason="läuft weiter")

    def carry_rest(self) -> None:
        ledger.carry_rest(self.line(), self.amount(), move=self.move())


MOVEMENTS = [
    *["commit"] * 5, *["reserve"] * 3, *["release"] * 2, *["pay"] * 3, *["transfer"] * 3, *["share_out"] * 2,
    "put_aside", "reduce", "come_back", "repay", "supplement", "supplement", "earmark", "approve_excess", "freeze",
    "unfreeze", "allocate", "carry_award", "carry_rest",
]  # fmt: skip


def main(processes: str, operations: str, lines: str) -> int:
    def work(number: int, wait: Callable[[], Any], tell: Callable[..., None]) -> None:
        clerk = Clerk(number, json.loads(lines))
        wait()
        clerk.go(int(operations))
        tell(dict(clerk.sums), dict(clerk.outcomes))

    return together.run(int(processes), work)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
