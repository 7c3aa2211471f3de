"""The officer's desk and list: how many queries they take, and how they grow from 1,000 cases to 100,000."""

from __future__ import annotations

from functools import cache

from bench import places
from bench.frame import Result, measure

SMALL, LARGE = "1000", "100000"


@cache
def _measured() -> dict[str, dict[str, float]]:
    """By the number of cases."""
    with places.database("postgresql", "_office") as url:
        found: dict[str, dict[str, float]] = places.told("bench.office", url=url)
    return found


def _most(name: str) -> Result:
    return Result(max(found[name] for found in _measured().values() if name in found))


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
