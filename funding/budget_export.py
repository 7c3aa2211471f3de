"""The budget as a file that can be read in again: every line, and its plan movements in the order they were booked.

What awards bind and what is paid belongs to cases and is not in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import tablib

from funding.import_columns import LINE, Row
from funding.imports import MovementResource
from funding.models import BudgetLine, Kind, LedgerEntry

_VERBS = {
    Kind.APPROPRIATION: "appropriation",
    Kind.SUPPLEMENT: "supplement",
    Kind.TRANSFER_OUT: "transfer",
    Kind.EXCESS_APPROVAL: "excess",
    Kind.EARMARKED_INCOME: "earmarked",
    Kind.FREEZE: "freeze",
    Kind.ALLOCATION: "allocation",
    Kind.CARRYOVER_OUT: "carry",
}
"""The other end of a transfer or a carry-over is booked with it."""


def budget_table(year: int | None = None) -> tablib.Dataset:
    """All years, or one; a carry-over stands in the year that it leaves."""
    dataset: tablib.Dataset = MovementResource().export(_rows(year))
    dataset.title = "Haushalt"
    return dataset


def empty_table() -> tablib.Dataset:
    """The headings alone, to fill in."""
    dataset: tablib.Dataset = MovementResource().export([])
    dataset.title = "Haushalt"
    return dataset


def years() -> list[int]:
    found = BudgetLine.objects.order_by("-fiscal_year").values_list("fiscal_year", flat=True)
    return list(found.distinct())


def _rows(year: int | None) -> list[Row]:
    lines = BudgetLine.objects.order_by("fiscal_year", "product", "account")
    entries = LedgerEntry.objects.filter(commitment__isnull=True, kind__in=[*_VERBS, Kind.SHORTFALL])
    if year is not None:
        lines, entries = lines.filter(fiscal_year=year), entries.filter(line__fiscal_year=year)
    movements = entries.select_related(
        "line", "resolution", "part__programme", "part__measure", "part__municipality"
    ).order_by("pk")
    return [*(_on(line, LINE) for line in lines), *_movements(list(movements), _receivers())]


def _on(line: BudgetLine, verb: str) -> Row:
    return Row(fiscal_year=line.fiscal_year, product=line.product, account=line.account, title=line.title, kind=verb)


def _receivers() -> dict[UUID | None, BudgetLine]:
    """The line at the other end of each transfer, by voucher."""
    found = LedgerEntry.objects.filter(kind=Kind.TRANSFER_IN).select_related("line").order_by()
    return {entry.voucher: entry.line for entry in found}


def _movements(entries: list[LedgerEntry], receivers: dict[UUID | None, BudgetLine]) -> Iterator[Row]:
    """A shortfall that rises was accepted by the movement before it on the same line; one that falls follows by itself."""
    last: dict[int, Row] = {}
    for entry in entries:
        if entry.kind != Kind.SHORTFALL:
            last[entry.line_id] = _movement(entry, receivers)
            yield last[entry.line_id]
        elif entry.amount > 0 and entry.line_id in last:
            last[entry.line_id].override = True


def _movement(entry: LedgerEntry, receivers: dict[UUID | None, BudgetLine]) -> Row:
    row = _on(entry.line, _VERBS[Kind(entry.kind)])
    row.amount, row.value_on, row.reason = entry.amount, entry.value_on, entry.reason
    if row.kind == "freeze" and entry.amount < 0:
        row.kind, row.amount = "unfreeze", -entry.amount
    if row.kind == "transfer" and entry.voucher in receivers:
        row.other_product, row.other_account = receivers[entry.voucher].product, receivers[entry.voucher].account
    if row.kind == "allocation" and entry.part is not None:
        row.part = entry.part.programme or entry.part.measure or entry.part.municipality
    if entry.resolution is not None:
        own = entry.resolution
        row.body, row.resolved_on, row.number, row.subject = own.body, own.resolved_on, own.number, own.subject
    return row
