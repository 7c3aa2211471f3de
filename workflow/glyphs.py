"""Which characters a TrueType font can show: its ``cmap`` table, read with the standard library alone.

PDF/A forbids a missing glyph and typst would refuse the whole document for one emoji, so we have to know before.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

FULL_RANGE, BASIC_PLANE = 12, 4


def covered(font: Path) -> frozenset[int]:
    """The code points of a TTF. Raises ``ValueError`` if the file has no Unicode ``cmap``."""
    data = font.read_bytes()
    cmap = data[_table(data, b"cmap") :]
    (count,) = struct.unpack_from(">H", cmap, 2)
    records = [struct.unpack_from(">HHL", cmap, 4 + 8 * index) for index in range(count)]
    tables = {struct.unpack_from(">H", cmap, start)[0]: cmap[start:] for _platform, _encoding, start in records}
    if FULL_RANGE in tables:
        return frozenset(_groups(tables[FULL_RANGE]))
    if BASIC_PLANE in tables:
        return frozenset(_segments(tables[BASIC_PLANE]))
    raise ValueError(f"{font.name} has no Unicode character map")


def _table(data: bytes, tag: bytes) -> int:
    (count,) = struct.unpack_from(">H", data, 4)
    for index in range(count):
        name, _sum, offset, _length = struct.unpack_from(">4sLLL", data, 12 + 16 * index)
        if name == tag:
            return int(offset)
    raise ValueError(f"no {tag.decode()} table")


def _groups(table: bytes) -> Iterator[int]:
    (count,) = struct.unpack_from(">L", table, 12)
    for index in range(count):
        first, last, _glyph = struct.unpack_from(">LLL", table, 16 + 12 * index)
        yield from range(first, last + 1)


def _segments(table: bytes) -> Iterator[int]:
    """Format 4: segments of code points, each with a shift or a list of glyphs; glyph 0 means "none"."""
    (doubled,) = struct.unpack_from(">H", table, 6)
    ends, starts, shifts, offsets = 14, 16 + doubled, 16 + 2 * doubled, 16 + 3 * doubled
    for at in range(0, doubled, 2):
        (end,), (start,) = struct.unpack_from(">H", table, ends + at), struct.unpack_from(">H", table, starts + at)
        (shift,), (offset,) = (
            struct.unpack_from(">H", table, shifts + at),
            struct.unpack_from(">H", table, offsets + at),
        )
        for point in range(start, min(end, 0xFFFE) + 1):
            place = offsets + at + offset + 2 * (point - start)
            glyph = struct.unpack_from(">H", table, place)[0] if offset else point + shift
            if glyph % 0x10000:
                yield point
