"""The budget as it stood: on every day of any story it equals what the counters said that evening."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from funding import balances, integrity, ledger, tasks
from funding.models import BudgetLine, Commitment, DayBalance, LedgerEntry, SubBudget
from journal.refusals import Refused
from tests.factories import BERLIN, START, euros
from tests.funding.test_ledger import OFFICER, commit, move, new_line, programme, purpose
from tests.services import processes
from tests.services.requirements import CI

FIRST = date(2026, 3, 25)
"""Four days before summer time begins."""
DAYS = 10
COUNTERS = balances.COUNTER_NAMES


def at(day: int, hour: int = 10) -> datetime:
    return datetime.combine(FIRST + timedelta(days=day), time(hour), tzinfo=BERLIN)


def moved(reason: str, day: int, **fields: Any) -> ledger.Movement:
    return ledger.Movement(actor=OFFICER, at=at(day), reason=reason, **fields)


def shown(as_of: date | None = None) -> dict[str, Any]:
    """Every number of every line and part, with the line's status."""
    found: dict[str, Any] = {}
    for standing in balances.standings(as_of):
        line = standing.line
        found[str(line.pk)] = (line.status, *(getattr(line, name) for name in COUNTERS))
        for part in standing.parts:
            found[f"{line.pk}/{part.pk}"] = tuple(getattr(part, name) for name in balances.PART_NAMES)
    return found


class Office:
    """Movements by name: each is tried, and what is refused moves nothing."""

    def __init__(self) -> None:
        self.count = 0
        told: dict[str, Any] = {
            "product": "3.5.1.01",
            "title": "Linie",
            "actor": OFFICER,
            "at": at(0),
            "reason": "Entwurf",
        }
        self.lines = [ledger.lay_out(2026, account=account, **told) for account in ("4318", "4319")]

    def do(self, verb: str, number: int, amount: Decimal, day: int) -> None:
        try:
            with transaction.atomic():
                getattr(self, verb)(self.lines[number], amount, day)
        except Refused:
            return

    def supplement(self, line: BudgetLine, amount: Decimal, day: int) -> None:
        ledger.supplement(line, amount * 3, move=moved("Nachtrag", day))

    def less(self, line: BudgetLine, amount: Decimal, day: int) -> None:
        ledger.supplement(line, -amount, move=moved("Nachtrag", day), override=True)

    def cover(self, line: BudgetLine, amount: Decimal, day: int) -> None:
        (other,) = (found for found in self.lines if found.pk != line.pk)
        ledger.transfer(line, other, amount, move=moved("Deckung", day))

    def divide(self, line: BudgetLine, amount: Decimal, day: int) -> None:
        ledger.allocate(line, programme(), amount, move=moved("Aufteilung", day))

    def reserve(self, line: BudgetLine, amount: Decimal, day: int) -> None:
        belongs = {"programme": programme()}
        ledger.reserve(line, amount, thread="INT-1", actor=OFFICER, at=at(day), belongs=belongs)

    def bind(self, line: BudgetLine, amount: Decimal, day: int) -> None:
        told = moved("Bewilligung", day, thread="INT-1")
        ledger.commit(line, amount, purpose=purpose(), decided_by=None, move=told)

    def pay(self, line: BudgetLine, amount: Decimal, day: int) -> None:
        self.count += 1
        for commitment in line.commitments.all()[:1]:
            told: dict[str, Any] = {"value_on": at(day).date(), "actor": OFFICER, "at": at(day)}
            ledger.pay(commitment, amount, reference=f"R-{self.count}", **told)

    def approve(self, line: BudgetLine, amount: Decimal, day: int) -> None:
        ledger.open_year(line, actor=OFFICER, at=at(day))


VERBS = ["supplement", "supplement", "less", "cover", "divide", "reserve", "bind", "bind", "pay", "approve"]
movements = st.lists(
    st.tuples(
        st.sampled_from(VERBS), st.integers(0, 1), st.integers(1, 20000).map(lambda cents: Decimal(cents).scaleb(-2))
    ),
    max_size=6,
)
stories = st.lists(st.tuples(movements, st.booleans()), min_size=DAYS, max_size=DAYS)
"""For each day what is moved, and whether its balance is written at night."""


@pytest.mark.django_db
@settings(max_examples=40 if CI else 10)
@given(stories)
def test_each_past_day_shows_what_it_showed_that_evening(story):
    with transaction.atomic():
        office, evenings = Office(), []
        for day, (movements_, is_closed) in enumerate(story):
            for verb, number, amount in movements_:
                office.do(verb, number, amount, day)
            evenings.append(shown())
            if is_closed:
                balances.close_day(FIRST + timedelta(days=day))
        for day, evening in enumerate(evenings):
            then = shown(FIRST + timedelta(days=day))
            assert {key: then.get(key, zero(numbers)) for key, numbers in evening.items()} == evening, day
            assert all(key in evening for key in then)
        assert shown(FIRST - timedelta(days=1)) == {}
        assert not [found for found in integrity.differences() if "shortfall" not in found.key]
        transaction.set_rollback(True)


def zero(numbers: tuple[Any, ...]) -> tuple[Any, ...]:
    """A part that nothing was booked on yet is not shown on a past day."""
    return tuple(Decimal("0.00") if isinstance(number, Decimal) else number for number in numbers)


ENDS = {
    "winter": (date(2026, 1, 15), "2026-01-15T23:00:00+00:00"),
    "summer": (date(2026, 7, 15), "2026-07-15T22:00:00+00:00"),
    "the short day": (date(2026, 3, 29), "2026-03-29T22:00:00+00:00"),
    "the day before it": (date(2026, 3, 28), "2026-03-28T23:00:00+00:00"),
    "the long day": (date(2026, 10, 25), "2026-10-25T23:00:00+00:00"),
    "new year's eve": (date(2026, 12, 31), "2026-12-31T23:00:00+00:00"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("is_closed", [False, True], ids=["from the book", "from the balance"])
@pytest.mark.parametrize("name", ENDS)
def test_the_last_millisecond_belongs_to_the_day_and_midnight_to_the_next(name, is_closed):
    day, end = ENDS[name]
    assert balances.end_of(day) == datetime.fromisoformat(end)
    line = new_line(amount="0")
    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=BERLIN)
    almost = datetime.combine(day, time(23, 59, 59, 999000), tzinfo=BERLIN)
    for moment, amount in ((almost, "1"), (midnight, "20")):
        told = ledger.Movement(actor=OFFICER, at=moment, reason="Ansatz", value_on=date(2026, 6, 1))
        ledger.appropriate(line, euros(amount), move=told)
    if is_closed:
        assert (balances.close_day(day), balances.close_day(day + timedelta(days=1))) == (1, 1)
    shown_on = [balances.standings(day + timedelta(days=later)) for later in (-1, 0, 1)]
    assert [[found.line.appropriation for found in standing] for standing in shown_on] == [
        [],
        [euros("1")],
        [euros("21")],
    ]
    assert not list(integrity.differences())


@pytest.mark.django_db
def test_a_day_is_closed_once_and_a_line_that_rests_keeps_its_last_balance():
    moving, resting = new_line(), new_line(product="3.5.1.02")
    today = START.date()
    assert [balances.close_day(today) for _twice in range(2)] == [2, 0]
    assert balances.close_day(today - timedelta(days=1)) == 0
    told = ledger.Movement(actor=OFFICER, at=START + timedelta(days=3), reason="Nachtrag")
    ledger.supplement(moving, euros("5"), move=told)
    assert balances.close_day(today + timedelta(days=3)) == 1
    assert balances.close_day(today + timedelta(days=9)) == 0
    assert DayBalance.objects.filter(line=resting).count() == 1
    available = {found.line.pk: found.line.available for found in balances.standings(today + timedelta(days=9))}
    assert available == {moving.pk: euros("10005"), resting.pk: euros("10000")}
    before = {found.line.pk: found.line.available for found in balances.standings(today + timedelta(days=2))}
    assert before == {moving.pk: euros("10000"), resting.pk: euros("10000")}


@pytest.mark.django_db
def test_the_nightly_task_closes_yesterday():
    line = new_line()
    with time_machine.travel(START + timedelta(days=1), tick=False):
        assert tasks.close_day() == 1
    assert list(DayBalance.objects.values_list("line", "day")) == [(line.pk, START.date())]


@pytest.mark.django_db
def test_a_past_standing_is_a_copy_and_says_the_status_of_that_day():
    told: dict[str, Any] = {"product": "3.5.1.01", "account": "4318", "title": "Linie", "reason": "Entwurf"}
    line = ledger.lay_out(2026, actor=OFFICER, at=at(0), **told)
    ledger.appropriate(line, euros("1000"), move=moved("Ansatz", 1))
    ledger.open_year(line, actor=OFFICER, at=at(3))
    bound = commit(line, "100.00")
    assert Commitment.objects.get() == bound
    days = [balances.standings(FIRST + timedelta(days=day)) for day in range(5)]
    assert [(found.line.status, found.line.appropriation) for (found,) in days] == [
        ("provisional", euros("0")), ("provisional", euros("1000")), ("provisional", euros("1000")),
        ("open", euros("1000")), ("open", euros("1000")),
    ]  # fmt: skip
    line.refresh_from_db()
    assert line.status == "open"


@pytest.mark.django_db
def test_a_past_day_asks_the_same_number_of_questions_for_any_number_of_entries(django_assert_num_queries):
    line = new_line()
    asked = []
    for day in range(2):
        for number in range(day * 20 + 1):
            ledger.supplement(line, euros("1"), move=move(f"Nachtrag {number}"))
        with django_assert_num_queries(5) as found:
            balances.standings(START.date())
        asked.append(len(found))
    assert asked[0] == asked[1]
    assert LedgerEntry.objects.count() == 23
    assert not SubBudget.objects.exists()


CLOSE = (
    "import sys, django; django.setup(); from datetime import date; from funding import balances; "
    "sys.stdin.readline(); print(balances.close_day(date.fromisoformat(sys.argv[1])))"
)


@pytest.fixture
def two_at_once() -> Iterator[list[subprocess.Popen[str]]]:
    env = processes.environment()
    command = [sys.executable, "-c", CLOSE, str(START.date())]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    found = [subprocess.Popen(command, cwd=processes.ROOT, env=env, text=True, **pipes) for _one in range(2)]
    yield found
    for process in found:
        process.kill()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_at_once_write_one_balance_for_each_line(two_at_once):
    lines = [new_line(product=f"3.5.1.{number:02}") for number in range(1, 30)]
    for process in two_at_once:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60) for process in two_at_once]
    assert [process.returncode for process in two_at_once] == [0, 0], said
    assert DayBalance.objects.count() == len(lines)
    assert not list(integrity.differences())
    assert connection.vendor in {"sqlite", "postgresql"}
