"""Frozen dataclasses ↔ JSON values, without loss: what is stored and hashed can be printed again.

Decimal "1500.00" · Fraction "3/5" · date and datetime ISO · tuple list · Enum its value.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


def plain(value: Any) -> Any:
    """``value`` as JSON knows it. Raises ``TypeError`` for a type that has no spelling here (float above all)."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return str(value)
    if value is None or isinstance(value, (bool, int, str)):
        return str(value) if isinstance(value, StrEnum) else value
    raise TypeError(f"{type(value).__name__} has no JSON spelling here")


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
