"""What a row of the bench is, and how the table of them is printed and kept."""

from __future__ import annotations

import importlib
import json
import pkgutil
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import rows

LATEST = Path(__file__).parent / "latest.json"


@dataclass(frozen=True)
class Result:
    """``value`` and ``baseline`` in the row's unit; no baseline where nothing comparable is installed."""

    value: float
    baseline: float | None = None


@dataclass(frozen=True)
class Row:
    """One line of the table and of ``latest.json``; ``ratio`` is value over baseline."""

    name: str
    value: float
    unit: str
    baseline: float | None
    ratio: float | None


@dataclass(frozen=True)
class Measure:
    """A registered measurement; it runs with Django set up and an empty, migrated database of its own."""

    name: str
    unit: str
    run: Callable[[], Result]

    def row(self) -> Row:
        result = self.run()
        ratio = round(result.value / result.baseline, 3) if result.baseline else None
        return Row(self.name, round(result.value, 3), self.unit, result.baseline, ratio)


REGISTRY: dict[str, Measure] = {}


def measure(name: str, *, unit: str) -> Callable[[Callable[[], Result]], Callable[[], Result]]:
    """Registers a function as the row ``name``, such as ``desk.list.queries`` in ``queries`` or ``notice.pdf.ms``."""

    def register(run: Callable[[], Result]) -> Callable[[], Result]:
        if name in REGISTRY:
            raise ValueError(f"two rows are called {name}")
        REGISTRY[name] = Measure(name, unit, run)
        return run

    return register


def median_ms(action: Callable[[], object], *, times: int = 15, warm_up: int = 2) -> float:
    """The median wall time of ``action`` in milliseconds, after a few runs that do not count."""
    for _ in range(warm_up):
        action()
    return statistics.median(_one_ms(action) for _ in range(times))


def _one_ms(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000


def chosen(words: Sequence[str]) -> Iterator[Measure]:
    """All rows, or those whose name contains one of ``words``, by name."""
    for module in pkgutil.iter_modules(rows.__path__):
        importlib.import_module(f"{rows.__name__}.{module.name}")
    for name in sorted(REGISTRY):
        if not words or any(word in name for word in words):
            yield REGISTRY[name]


def line(row: Row) -> str:
    baseline = "" if row.baseline is None else f"{row.baseline:,.2f}"
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    return f"{row.name:<32}{row.value:>14,.2f} {row.unit:<10}{baseline:>14}{ratio:>8}"


HEAD = f"{'row':<32}{'value':>14} {'unit':<10}{'baseline':>14}{'ratio':>8}"


def keep(found: Sequence[Row], *, path: Path = LATEST) -> None:
    path.write_text(json.dumps([asdict(row) for row in found], indent=2) + "\n")
