"""Set a document with typst: data in, PDF/A-3a and PDF/UA-1 in one file out. No database, no clock.

Data reaches typst only as JSON in ``sys.inputs`` and is never part of its source, so that nothing in it can be
markup. What no font can show is replaced before: PDF/A forbids a missing glyph, and typst would refuse the file.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typst
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from funding.money import format_money
from workflow.glyphs import covered

BERLIN = ZoneInfo("Europe/Berlin")
WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")

FAMILY = "Fira Sans"
STANDARDS: list[typst.PDFStandard] = ["a-3a", "ua-1"]
UNKNOWN = "▯"
"""Stands for a character that no font can show. The attached data keep the original."""

MAX_SAID_DENOMINATOR = 12
""""1/3" is read as a quota, "17/23" is not."""

ALIKE = {
    "\u2011": "-",
    "\u2010": "-",
    "\u202f": "\u00a0",
    "\u2007": "\u00a0",
    "\u2009": " ",
    "\u2028": "\n",
    "\u2029": "\n",
}
LINE_BREAKS = re.compile(r"\r\n?|[\v\f\x85]")
LONG_WORD = re.compile(r"\S{46,}")
"""Longer than any German word: typst would let it run over the edge of the paper."""


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """The converted fonts and no others, lest another family be taken silently."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(settings.FONT_DIR)])
    if FAMILY not in fonts.families():
        raise ImproperlyConfigured(f"{FAMILY} fehlt in {settings.FONT_DIR}. Bitte scripts/fonts.py ausführen.")
    return fonts


@lru_cache(maxsize=1)
def _covered() -> frozenset[int]:
    """The regular cut speaks for all of them: none has fewer characters."""
    _fonts()
    return covered(Path(settings.FONT_DIR) / "FiraSans-Regular.ttf")


def _glyph(char: str) -> str:
    """One character as the fonts have it. Invisible ones vanish: they could turn the reading direction of a line."""
    if char in "\n\u00ad" or (ord(char) in _covered() and unicodedata.category(char) not in {"Cc", "Cf"}):
        return char
    if char == "\t" or unicodedata.category(char) == "Zs":
        return " "
    return "" if unicodedata.category(char) in {"Cc", "Cf", "Mn", "Me"} else UNKNOWN


def _breakable(word: re.Match[str]) -> str:
    return "\u200b".join(re.findall(r".{1,8}", word.group()))


def clean(text: str) -> str:
    """``text`` so that it can be set: composed (NFC), without control characters, over-long words breakable."""
    composed = LINE_BREAKS.sub("\n", unicodedata.normalize("NFC", text))
    alike = "".join(ALIKE.get(char, char) for char in composed)
    return LONG_WORD.sub(_breakable, "".join(map(_glyph, alike)))


def day(value: date) -> str:
    """ "22.11.2026"; a moment counts in German time."""
    local = value.astimezone(BERLIN) if isinstance(value, datetime) else value
    return f"{local:%d.%m.%Y}"


def day_with_weekday(value: date) -> str:
    """ "Montag, 01.03.2027": where somebody has to act."""
    local = value.astimezone(BERLIN) if isinstance(value, datetime) else value
    return f"{WEEKDAYS[local.weekday()]}, {day(local)}"


def moment(value: datetime) -> str:
    """ "Donnerstag, 19.11.2026, 18:03 Uhr" in German time; cut, not rounded, to the minute."""
    return f"{day_with_weekday(value)}, {value.astimezone(BERLIN):%H:%M} Uhr"


def quota(value: Fraction) -> str:
    """ "60 %", "62,5 %"; what two decimals cannot say stays a fraction or is called "rund"."""
    percent = Decimal(value.numerator * 100) / Decimal(value.denominator)
    rounded = percent.quantize(Decimal("0.01"))
    text = f"{rounded:f}".rstrip("0").rstrip(".").replace(".", ",") + "\u00a0%"
    if rounded == percent:
        return text
    return f"{value} (rund {text})" if value.denominator <= MAX_SAID_DENOMINATOR else f"rund {text}"


def file_size(size: int) -> str:
    """ "212 KB", "3,4 MB" of a number of bytes, rounded up: no file is 0 KB."""
    if size < 1_000_000:
        return f"{-(-size // 1000)}\u00a0KB"
    return f"{size / 1_000_000:.1f}\u00a0MB".replace(".", ",")


def shown(value: Any) -> Any:
    """``value`` (a dataclass, at the top) as JSON that reads as it shall stand on paper."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: shown(getattr(value, field.name)) for field in fields(value)}
    for kind, spelling in SPELLINGS:
        if isinstance(value, kind):
            return spelling(value)
    return value


SPELLINGS: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (Enum, lambda option: option.name),
    (str, clean),
    (Decimal, format_money),
    (Fraction, quota),
    (datetime, moment),
    (date, day),
    (tuple, lambda items: [shown(item) for item in items]),
)
"""The order counts: a datetime is a date, many an option is a text. Layouts know options by their name."""


def canonical(payload: dict[str, Any]) -> str:
    """JSON with one spelling only, so that the same data always have the same hash."""
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def typeset(template: str, *, view: dict[str, Any], payload: dict[str, Any], at: datetime) -> bytes:
    """The PDF of ``templates/documents/<template>.typ``: the same bytes for the same arguments.

    ``view`` is what the page shows, ``payload`` is attached as it is. Raises ``ValueError`` for a naive ``at``.
    """
    if at.tzinfo is None:
        raise ValueError("at must be aware: it is printed into the document's metadata")
    folder = settings.BASE_DIR / "templates" / "documents"
    inputs = {"view": json.dumps(view), "payload": canonical(payload)}
    compiler = typst.Compiler(str(folder / f"{template}.typ"), root=str(folder), font_paths=_fonts(), sys_inputs=inputs)
    made = compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=at.astimezone(UTC).replace(microsecond=0))
    if not isinstance(made, bytes):
        raise TypeError(f"{template} is not one file")
    return _clear_stream_ends(made)


def _clear_stream_ends(pdf: bytes) -> bytes:
    """One compressed stream in 256 ends in CR by chance; before the LF that closes it, validators read one CRLF and
    find the stream a byte too short. CR is as good a line end, and no offset moves."""
    return pdf.replace(b"\r\nendstream", b"\r\rendstream")
