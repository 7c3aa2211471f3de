"""The budget page and the proof of the books: what a million entries cost beside ten thousand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from bench import places
from bench.frame import Result, measure

SMALL, LARGE, TURNS = 10_000, 1_000_000, 3


@dataclass(frozen=True, kw_only=True)
class Found:
    """Each of a short book and of a long one: milliseconds of the page, megabytes of the proof; its seconds."""

    page: tuple[float, float]
    memory: tuple[float, float]
    check: float
    bare: float


@cache
def _measured() -> Found:
    """The page of both books in turns, the best of each: so the load of the machine is the same for both."""
    with places.database("postgresql", "short") as short, places.database("postgresql", "long") as long:
        for url, entries in ((short, SMALL), (long, LARGE)):
            places.told("bench.heap", "fill", str(entries), url=url)
        pages = [[float(places.told("bench.heap", "page", url=url)) for url in (short, long)] for _ in range(TURNS)]
        few, many = (float(places.told("bench.heap", "memory", url=url)) for url in (short, long))
        proof = places.told("bench.heap", "proof", url=long)
    best = min(page for page, _long in pages), min(page for _short, page in pages)
    return Found(page=best, memory=(few, many), check=proof["check"], bare=proof["bare"])


@measure("budget.page.growth", unit="ms")
def budget_page_growth() -> Result:
    """The page now and as of a past day, together, with a million entries; its baseline with ten thousand."""
    short, long = _measured().page
    return Result(long, short)


@measure("check_ledger.1m.s", unit="s")
def check_ledger_seconds() -> Result:
    """Beside the bare SQL of its aggregates."""
    return Result(_measured().check, _measured().bare)


@measure("check_ledger.1m.mb", unit="MB")
def check_ledger_megabytes() -> Result:
    """The most that the process of the proof ever took, beside the same with ten thousand entries."""
    few, many = _measured().memory
    return Result(many, few)
