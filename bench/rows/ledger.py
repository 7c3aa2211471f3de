"""How many awards a second are bound on one hot line, beside bare SQL that sends the same statements."""

from __future__ import annotations

import statistics

from bench import places
from bench.frame import Result, measure


def _per_second(engine: str) -> Result:
    """The medians of some turns, ours and bare one after the other, so that both meet the same machine."""
    with places.database(engine) as url:
        found = places.told("bench.binders", url=url)
    return Result(statistics.median(found["ours"]), statistics.median(found["bare"]))


@measure("ledger.commit.tps.postgresql", unit="op/s")
def ledger_commit_tps_postgresql() -> Result:
    return _per_second("postgresql")


@measure("ledger.commit.tps.sqlite", unit="op/s")
def ledger_commit_tps_sqlite() -> Result:
    return _per_second("sqlite")
