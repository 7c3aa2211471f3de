"""The officer's desk and list: how many queries they take, and how they grow from 1,000 cases to 100,000."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cache

from bench import places
from bench.frame import Result, measure

SIZES = (100, 1_000, 10_000, 100_000)
SMALL, LARGE, TURNS = 1_000, 100_000, 3


@cache
def _measured() -> dict[int, dict[str, float]]:
    """By the number of cases: the smallest office and the largest in turns, the best of each, so that the load of the
    machine is the same for both."""
    with ExitStack() as stack:
        urls = {size: stack.enter_context(places.database("postgresql", f"_office{size}")) for size in SIZES}
        for size, url in urls.items():
            places.told("bench.office", "fill", str(size), url=url)
        found = {size: _told(urls[size]) for size in SIZES}
        for _turn in range(TURNS - 1):
            for size in (SMALL, LARGE):
                found[size] = _best(found[size], _told(urls[size]))
    return found


def _told(url: str) -> dict[str, float]:
    told: dict[str, float] = places.told("bench.office", "measure", url=url)
    return told


def _best(first: dict[str, float], second: dict[str, float]) -> dict[str, float]:
    """The most queries, the least time."""
    return {name: (min if name.endswith("_ms") else max)(first[name], second[name]) for name in first}


def _most(name: str) -> Result:
    return Result(max(found[name] for found in _measured().values()))


def _growth(name: str) -> Result:
    """The value is the time with 100,000 cases, its baseline the time with 1,000: the ratio is the growth."""
    return Result(_measured()[LARGE][name], _measured()[SMALL][name])


@measure("desk.list.queries", unit="queries")
def desk_list_queries() -> Result:
    return _most("list")


@measure("desk.today.queries", unit="queries")
def desk_today_queries() -> Result:
    return _most("today")


@measure("desk.list.growth100k", unit="ms")
def desk_list_growth() -> Result:
    return _growth("list_ms")


@measure("desk.search.growth100k", unit="ms")
def desk_search_growth() -> Result:
    return _growth("search_ms")
