"""What the list of bookings shows of its hits: one page, its running sum, its vouchers. Only the rows shown are computed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from accounts.actors import names_of
from funding import numbers, queries
from funding.models import Kind, LedgerEntry, SubBudget

PAGE = 50
NEWEST_FIRST = ("-recorded_at", "-pk")


@dataclass(frozen=True, kw_only=True)
class Row:
    """An entry as the list shows it. `so_far` is the sum from the first hit up to this one, where there is a sum."""

    entry: LedgerEntry
    who: str
    part: SubBudget | None
    so_far: Decimal | None

    @property
    def voucher(self) -> str:
        """As people say it: the first eight characters."""
        return str(self.entry.voucher)[:8].upper() if self.entry.voucher else ""


@dataclass(frozen=True, kw_only=True)
class Found:
    """One page of hits with the sum of all of them: as one number, or kind by kind."""

    page: Page[int]
    rows: list[Row]
    total: Decimal | None
    by_kind: list[tuple[Kind, Decimal, int]]


def find(hits: QuerySet[LedgerEntry], page: str | None, *, is_one_number: bool) -> Found:
    """Newest first. Nonsense as a page number is the first page, too high a one the last."""
    hits = numbers.with_effect(hits)
    if is_one_number:
        by_kind, (total, count) = [], _total(hits)
    else:
        by_kind, total = queries.sums_by_kind(hits), None
        count = sum(number for _kind, _sum, number in by_kind)
    paginator = Paginator(hits.order_by(*NEWEST_FIRST).values_list("pk", flat=True), PAGE)
    paginator.count = count  # known already: a million rows are not counted twice
    shown = paginator.get_page(page)
    so_far = None if total is None else total - _newer(hits, shown.start_index() - 1)
    return Found(page=shown, rows=_rows(hits, list(shown), so_far), total=total, by_kind=by_kind)


def latest(hits: QuerySet[LedgerEntry], count: int) -> list[Row]:
    hits = numbers.with_effect(hits)
    return _rows(hits, list(hits.order_by(*NEWEST_FIRST).values_list("pk", flat=True)[:count]), None)


def _total(hits: QuerySet[LedgerEntry]) -> tuple[Decimal, int]:
    found = hits.order_by().aggregate(sum=queries.total("effect"), count=Count("pk"))
    return found["sum"], found["count"]


def _newer(hits: QuerySet[LedgerEntry], count: int) -> Decimal:
    """The sum of the hits on earlier pages."""
    if count <= 0:
        return queries.ZERO
    found: Decimal = hits.order_by(*NEWEST_FIRST)[:count].aggregate(sum=queries.total("effect"))["sum"]
    return found


def _rows(hits: QuerySet[LedgerEntry], keys: list[int], so_far: Decimal | None) -> list[Row]:
    """The running sum is counted down from the total: newer pages are summed, older ones not."""
    entries = hits.select_related("line", "resolution").in_bulk(keys)
    names = names_of({entry.actor_key for entry in entries.values()})
    wanted = {entry.part_id for entry in entries.values() if entry.part_id}
    parts = SubBudget.objects.select_related("programme", "measure", "municipality").in_bulk(wanted)
    found = []
    for entry in (entries[key] for key in keys):
        who = names.get(entry.actor_key, "") if entry.actor_key else _("Fördertopf")
        found.append(Row(entry=entry, who=who, part=parts.get(entry.part_id or 0), so_far=so_far))
        so_far = None if so_far is None else so_far - entry.effect  # type: ignore[attr-defined]
    return found
