"""Frozen dataclasses ↔ JSON values, without loss: what is stored and hashed can be printed again.

Decimal "1500.00" · Fraction "3/5" · date and datetime ISO · tuple list · Enum its value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from funding.money import exact

T = TypeVar("T")


def plain(value: Any) -> Any:
    """``value`` as JSON knows it. Raises ``TypeError`` for a type that has no spelling here (float above all)."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    for kind, spelling in SPELLINGS:
        if isinstance(value, kind):
            return spelling(value)
    raise TypeError(f"{type(value).__name__} has no JSON spelling here")


SPELLINGS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (Enum, lambda option: plain(option.value)),
    (tuple, lambda items: [plain(item) for item in items]),
    (Decimal, lambda amount: str(exact(amount))),
    (date, lambda value: value.isoformat()),
    (Fraction, str),
    ((NoneType, bool, int, str), lambda value: value),
)
"""The order counts: many an option is a text."""


def typed(value: Any, kind: Any) -> Any:
    """The reverse of ``plain`` for the annotation ``kind``."""
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return kind(**{name: typed(item, hints[name]) for name, item in value.items() if name in hints})
    if get_origin(kind) is tuple:
        return tuple(typed(item, get_args(kind)[0]) for item in value)
    if get_origin(kind) is UnionType:
        present = next(option for option in get_args(kind) if option is not NoneType)
        return None if value is None else typed(value, present)
    if kind in {datetime, date}:
        return kind.fromisoformat(value)
    return kind(value)


def restored(value: dict[str, Any], kind: type[T]) -> T:
    """``typed`` for a whole dataclass, so that callers keep their type."""
    made: T = typed(value, kind)
    return made
