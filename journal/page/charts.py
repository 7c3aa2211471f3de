"""Where the parts of a bar stand. Along x in percent, along y in pixels: so the type on a chart never shrinks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

PLOT = 240
"""Height of the columns in px, from the base line to the highest value."""

LINE = 14
"""Height of a number, in px."""

HEAD = 24
"""Room above the columns for the value, in px."""


@dataclass(frozen=True)
class Part:
    """A stretch of a bar: x and width in percent."""

    label: str
    amount: Decimal
    kind: str
    x: str
    width: str


@dataclass(frozen=True)
class Column:
    """A column of a chart: x in percent, y and heights in px from the top."""

    label: str
    text: str
    x: str
    width: str
    middle: str
    filled_y: int
    filled: int
    hatched_y: int
    hatched: int
    limit_y: int | None
    limit_from: str
    limit_to: str
    text_y: int


def parts(given: Iterable[tuple[str, Any, str]], whole: Any) -> list[Part]:
    """(label, amount, "filled" or "hatched") → stretches side by side; what exceeds the whole is cut at its end."""
    total, at, found = Decimal(whole), Decimal(0), []
    for label, raw, kind in given:
        amount = Decimal(raw)
        width = min(max(amount, Decimal(0)), max(total - at, Decimal(0)))
        found.append(Part(str(label), amount, kind, _percent(at, total), _percent(width, total)))
        at += width
    return found


def columns(rows: Sequence[dict[str, Any]]) -> list[Column]:
    """Rows with label, filled, hatched, limit, text → columns. Nothing at all gives flat columns, not an error."""
    top = max((_highest(row) for row in rows), default=Decimal(0)) or Decimal(1)
    slot = Decimal(100) / max(len(rows), 1)
    return [_column(row, slot * index, slot, top) for index, row in enumerate(rows)]


def _column(row: dict[str, Any], left: Decimal, slot: Decimal, top: Decimal) -> Column:
    filled, hatched = _px(row.get("filled"), top), _px(row.get("hatched"), top)
    limit_y = None if row.get("limit") is None else HEAD + PLOT - _px(row["limit"], top)
    edge = HEAD + PLOT - filled
    return Column(
        label=str(row["label"]),
        text=str(row.get("text", "")),
        x=f"{left + slot * Decimal('0.2'):.2f}%",
        width=f"{slot * Decimal('0.6'):.2f}%",
        middle=f"{left + slot / 2:.2f}%",
        filled_y=edge,
        filled=filled,
        hatched_y=edge - hatched,
        hatched=hatched,
        limit_y=limit_y,
        limit_from=f"{left + slot * Decimal('0.1'):.2f}%",
        limit_to=f"{left + slot * Decimal('0.9'):.2f}%",
        text_y=_text_y(edge - hatched, limit_y),
    )


def _text_y(bar_y: int, limit_y: int | None) -> int:
    """Above the column; where the limit would run through the number, above the limit."""
    text_y = bar_y - 6
    is_crossed = limit_y is not None and text_y - LINE <= limit_y <= bar_y
    return limit_y - 6 if limit_y is not None and is_crossed else text_y


def _highest(row: dict[str, Any]) -> Decimal:
    return max(_number(row.get("filled")) + _number(row.get("hatched")), _number(row.get("limit")))


def _number(value: Any) -> Decimal:
    return Decimal(value or 0)


def _px(value: Any, top: Decimal) -> int:
    return int(max(_number(value), Decimal(0)) * PLOT / top)


def _percent(value: Decimal, whole: Decimal) -> str:
    return f"{value * 100 / whole if whole > 0 else Decimal(0):.2f}%"
