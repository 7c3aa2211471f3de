"""The budget as it stood on a day: "as of D" means recorded before the end of D, Europe/Berlin.

Day balances keep that cheap: of a book of any length only the days after the last balance are summed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, QuerySet, Sum
from django.utils.timezone import get_default_timezone

from funding.models import BudgetLine, DayBalance, Kind, LedgerEntry, SubBudget
from funding.models.ledger import COUNTERS, PART_COUNTERS, SET_ASIDE
from journal.models import Event

ZERO = Decimal("0.00")
COUNTER_NAMES = (*dict.fromkeys(name for moved in COUNTERS.values() for name in moved), "set_aside")
PART_NAMES = tuple(dict.fromkeys(name for moved in PART_COUNTERS.values() for name in moved))

Sums = dict[tuple[int | None, str], Decimal]
"""Euros by (sub-budget or None, kind)."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A line with its parts, as they stand or stood. Past ones are copies that cannot be saved."""

    line: BudgetLine
    parts: list[SubBudget] = field(default_factory=list)


def counters_of(sums: Sums) -> dict[str, Decimal]:
    """What the counters of a line must be, from its entries alone."""
    found = dict.fromkeys(COUNTER_NAMES, ZERO)
    for (part, kind), amount in sums.items():
        for name, sign in COUNTERS[Kind(kind)].items():
            found[name] += amount * sign
        if part is not None:
            found["set_aside"] += amount * SET_ASIDE.get(Kind(kind), 0)
    return found


def part_counters_of(sums: Sums, part: int) -> dict[str, Decimal]:
    """What the counters of a sub-budget must be, from its entries alone."""
    found = dict.fromkeys(PART_NAMES, ZERO)
    for (own, kind), amount in sums.items():
        for name, sign in PART_COUNTERS.get(Kind(kind), {}).items() if own == part else ():
            found[name] += amount * sign
    return found


def end_of(day: date) -> datetime:
    """The moment at which the day is over in Wittmund, summer time or not."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=get_default_timezone())


def summed(entries: QuerySet[LedgerEntry]) -> dict[int, Sums]:
    """Entries by line, summed in the database: the answer has a row for each line, part and kind."""
    found: dict[int, Sums] = defaultdict(dict)
    rows = entries.order_by().values_list("line_id", "part_id", "kind").annotate(total=Sum("amount"))
    for line, part, kind, total in rows:
        found[line][part, kind] = total
    return found


def sums_as_of(day: date) -> dict[int, Sums]:
    """Entries by line until the end of the day: the last balances, and what came after them."""
    last = DayBalance.objects.filter(day__lte=day).aggregate(last=Max("day"))["last"]
    found: dict[int, Sums] = defaultdict(dict, _balances_on(last) if last else {})
    later = LedgerEntry.objects.filter(recorded_at__lt=end_of(day))
    if last:
        # Named by line, so that the index of lines and times finds the few days among any number of years.
        later = later.filter(line__in=BudgetLine.objects.values("pk"), recorded_at__gte=end_of(last))
    for line, sums in summed(later).items():
        for key, amount in sums.items():
            found[line][key] = found[line].get(key, ZERO) + amount
    return found


def _balances_on(day: date) -> dict[int, Sums]:
    """The newest balance of each line: a line that did not move on the day keeps its earlier one."""
    rows = DayBalance.objects.filter(day__lte=day).order_by().values("line_id").annotate(newest=Max("day"))
    newest = {row["line_id"]: row["newest"] for row in rows}
    wanted = DayBalance.objects.filter(day__in=set(newest.values())).order_by()
    return {row.line_id: _read(row.sums) for row in wanted if newest[row.line_id] == row.day}


def _read(stored: list[tuple[int | None, str, int]]) -> Sums:
    return {(part, kind): Decimal(cents).scaleb(-2) for part, kind, cents in stored}


def close_day(day: date) -> int:
    """Writes the balance of every line that moved since the last one; returns how many.

    Doing it twice, even at the same moment, is once.
    """
    with transaction.atomic():
        last = DayBalance.objects.aggregate(last=Max("day"))["last"]
        if last is not None and last >= day:
            return 0
        moved = LedgerEntry.objects.filter(recorded_at__lt=end_of(day))
        if last is not None:
            moved = moved.filter(recorded_at__gte=end_of(last))
        lines = set(moved.order_by().values_list("line_id", flat=True).distinct())
        sums = sums_as_of(day)
        DayBalance.objects.bulk_create(
            [DayBalance(line_id=pk, day=day, sums=_written(sums[pk])) for pk in sorted(lines)], ignore_conflicts=True
        )
        return len(lines)


def _written(sums: Sums) -> list[tuple[int | None, str, int]]:
    return [(part, kind, int(amount.scaleb(2))) for (part, kind), amount in sums.items() if amount]


def standings(as_of: date | None = None) -> list[Standing]:
    """All lines, newest year first, with their parts: as they stand now, or as they stood at the end of a past day."""
    lines = BudgetLine.objects.order_by("-fiscal_year", "product", "account")
    parts: dict[int, list[SubBudget]] = defaultdict(list)
    for part in SubBudget.objects.select_related("programme", "measure", "municipality"):
        parts[part.line_id].append(part)
    if as_of is None:
        return [Standing(line=line, parts=parts[line.pk]) for line in lines]
    sums, statuses = sums_as_of(as_of), _statuses(as_of)
    return [
        _past(line, parts[line.pk], sums.get(line.pk, {}), statuses.get(line.pk, line.status))
        for line in lines
        if statuses.get(line.pk, "") or line.pk in sums
    ]


def _statuses(day: date) -> dict[int, str]:
    """The status of each line at the end of the day, empty where the line did not exist yet."""
    found: dict[int, str] = {}
    events = Event.objects.filter(subject_label="funding.budgetline").order_by("at", "pk")
    for key, at, before, status in events.values_list("subject_key", "at", "from_state", "to_state"):
        found.setdefault(int(key), before)
        if at < end_of(day):
            found[int(key)] = status
    return found


def _past(line: BudgetLine, parts: list[SubBudget], sums: Sums, status: str) -> Standing:
    for name, amount in counters_of(sums).items():
        setattr(line, name, amount)
    line.status = status or line.status
    shown = [part for part in parts if any(own == part.pk for own, _kind in sums)]
    for part in shown:
        for name, amount in part_counters_of(sums, part.pk).items():
            setattr(part, name, amount)
    return Standing(line=line, parts=shown)
