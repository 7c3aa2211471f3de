"""Processes that do something at the same moment, each with a connection of its own, for programs beside the tests.

Django has started before, once: a fork is ready in a moment. What a worker tells is read from `tell`.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
from collections.abc import Callable
from typing import Any

from django.db import connection

Work = Callable[[int, Callable[[], Any], Callable[..., None]], None]
"""work(number, wait, tell): `wait()` returns once all others wait too, `tell(...)` prints a line of JSON."""
PATIENCE = 120
"""Seconds for the slowest to come to the gate."""


def run(count: int, work: Work) -> int:
    """Starts `count` processes; returns 0 if all of them went through. Whoever fails lets the others go."""
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]
    forks = multiprocessing.get_context("fork")
    gate, pen = forks.Barrier(count, timeout=PATIENCE), forks.Lock()
    workers = [forks.Process(target=_work, args=(number, work, gate, pen)) for number in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return max(abs(worker.exitcode or 0) for worker in workers)


def _work(number: int, work: Work, gate: Any, pen: Any) -> None:
    def tell(*words: Any) -> None:
        with pen:
            sys.stdout.write(json.dumps(words, default=str) + "\n")
            sys.stdout.flush()

    is_through = False
    try:
        work(number, gate.wait, tell)
        is_through = True
    finally:
        if not is_through:
            gate.abort()
        connection.close()
        if connection.vendor == "postgresql":
            connection.close_pool()  # type: ignore[attr-defined]
