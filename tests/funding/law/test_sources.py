"""The law's arithmetic names its source, so that a lawyer can check it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from funding.law import interest, periods, settlement, votes

SOURCE = re.compile(r"§|ANBest-P|TARGET|VG Hannover")
PLAIN_ARITHMETIC = {"settlement.still_payable"}


def rules() -> Iterator[tuple[str, Callable[..., Any]]]:
    for module in (periods, settlement, interest, votes):
        for name, rule in own_functions(module):
            yield f"{module.__name__.rpartition('.')[2]}.{name}", rule


def own_functions(module: ModuleType) -> list[tuple[str, Callable[..., Any]]]:
    found = inspect.getmembers(module, inspect.isfunction)
    return [(name, rule) for name, rule in found if rule.__module__ == module.__name__ and not name.startswith("_")]


@pytest.mark.parametrize(("name", "rule"), [pytest.param(*pair, id=pair[0]) for pair in rules()])
def test_each_rule_cites_where_it_comes_from(name: str, rule: Callable[..., Any]) -> None:
    text = inspect.getdoc(rule) or ""
    assert name in PLAIN_ARITHMETIC or SOURCE.search(text), f"{name} cites no source"
