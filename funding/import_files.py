"""A file of the budget as a table: CSV or XLSX, read with limits, never run. What cannot be read is a sentence."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any

import openpyxl
import tablib
from django.utils.translation import gettext as _

from journal.refusals import Refused

MAX_BYTES = 1_000_000
MAX_ROWS = 2_000
MAX_COLUMNS = 60
MAX_UNPACKED = 15_000_000
"""What an XLSX may come to once it is unpacked: 2,000 rows are well below."""
MAX_SCANNED = 20_000
"""Rows that are looked at, with empty ones in between."""

_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_PLAIN_CONTROLS = "\t\r\n"

Numbered = tuple[int, Sequence[Any]]
"""A row of the file with the number that a spreadsheet shows beside it."""


@dataclass(frozen=True, kw_only=True)
class BudgetFile:
    """A file as it was uploaded."""

    name: str
    data: bytes

    @property
    def sha256(self) -> str:
        return sha256(self.data).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Table:
    """The rows under known headings, and which row of the file each one is."""

    dataset: tablib.Dataset
    numbers: list[int]


def _no(sentence: str, **words: Any) -> Refused:
    return Refused(sentence % words if words else sentence, field="file")


def table_of(data: bytes, *, known: Sequence[str], required: Sequence[str]) -> Table:
    """The file under the `known` headings, in their order; columns that it does not have are empty.

    Raises Refused with a sentence for whoever uploaded it.
    """
    if not data.strip():
        raise _no(_("Die Datei ist leer. Bitte wählen Sie eine andere."))
    if len(data) > MAX_BYTES:
        raise _no(_("Die Datei ist größer als 1 MB. Bitte teilen Sie sie, zum Beispiel nach Jahren."))
    rows = _filled(_sheet(data) if data.startswith(b"PK") else _text_rows(_decoded(data)))
    head = next(rows, None)
    if head is None:
        raise _no(_("Die Datei ist leer. Bitte wählen Sie eine andere."))
    places = _places(head[1], known, required)
    return _table(rows, places, known, width=len(head[1]))


def _filled(rows: Iterator[Numbered]) -> Iterator[Numbered]:
    return ((number, cells) for number, cells in rows if not all(_is_blank(cell) for cell in cells))


def _is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _table(rows: Iterator[Numbered], places: dict[str, int], known: Sequence[str], *, width: int) -> Table:
    dataset = tablib.Dataset(headers=list(known))
    numbers: list[int] = []
    for number, cells in rows:
        if len(numbers) == MAX_ROWS:
            raise _no(_("Die Datei hat mehr als 2.000 Zeilen. Bitte teilen Sie sie, zum Beispiel nach Jahren."))
        if not all(_is_blank(cell) for cell in cells[width:]):
            raise _no(
                _("Zeile %(number)s hat mehr Zellen als die Kopfzeile. Steht ein Trennzeichen mitten in einem Text?"),
                number=number,
            )
        dataset.append([_cell(cells, places.get(name)) for name in known])
        numbers.append(number)
    if not numbers:
        raise _no(_("Unter der Kopfzeile steht nichts. Bitte tragen Sie mindestens eine Zeile ein."))
    return Table(dataset=dataset, numbers=numbers)


def _cell(cells: Sequence[Any], place: int | None) -> Any:
    return None if place is None or place >= len(cells) else cells[place]


# Headings


def _places(head: Sequence[Any], known: Sequence[str], required: Sequence[str]) -> dict[str, int]:
    """Which column stands where. Missing, unknown and doubled headings are named."""
    if len(head) > MAX_COLUMNS and not all(_is_blank(cell) for cell in head[MAX_COLUMNS:]):
        raise _no(_("Die Tabelle hat zu viele Spalten. Möglich sind %(count)s."), count=len(known))
    spelt = {name.casefold(): name for name in known}
    found: dict[str, int] = {}
    unknown: list[str] = []
    for place, title in _titles(head):
        name = spelt.get(title.casefold())
        if name is None:
            unknown.append(title)
        elif name in found:
            raise _no(_("Die Spalte „%(name)s“ kommt zweimal vor. Bitte löschen Sie eine davon."), name=name)
        else:
            found[name] = place
    _refuse_headings([name for name in required if name not in found], unknown)
    return found


def _titles(head: Sequence[Any]) -> list[tuple[int, str]]:
    return [(place, " ".join(str(cell).split())) for place, cell in enumerate(head) if not _is_blank(cell)]


def _refuse_headings(missing: list[str], unknown: list[str]) -> None:
    if missing:
        raise _no(
            _("Diese Spalten fehlen in der ersten Zeile: %(names)s. Am einfachsten nehmen Sie die Vorlage."),
            names=", ".join(missing),
        )
    if unknown:
        raise _no(
            _("Diese Spalten kennen wir nicht: %(names)s. Am einfachsten nehmen Sie die Vorlage."),
            names=", ".join(title[:40] for title in unknown[:5]),
        )


# CSV


def _decoded(data: bytes) -> str:
    """UTF-8 with or without a mark, else what German Windows writes."""
    if data.startswith(b"%PDF"):
        raise _no(_("Das ist ein PDF. Bitte laden Sie eine Tabelle als CSV oder XLSX hoch."))
    if data.startswith(_OLD_EXCEL):
        raise _no(
            _(
                "Das ist eine alte oder geschützte Excel-Datei. Bitte speichern Sie sie als Excel-Arbeitsmappe (.xlsx) ohne Kennwort."
            )
        )
    for name in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if all(ord(letter) >= ord(" ") or letter in _PLAIN_CONTROLS for letter in text):
            return text
    raise _no(_("Das ist keine Tabelle, die wir lesen können. Bitte laden Sie eine CSV- oder XLSX-Datei hoch."))


def _text_rows(text: str) -> Iterator[Numbered]:
    first = text.lstrip().partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in first else ",", strict=True)
    try:
        yield from islice(enumerate(reader, start=1), MAX_SCANNED)
    except csv.Error as error:
        raise _no(
            _("Ab Zeile %(number)s ist die CSV-Datei nicht lesbar. Meist fehlt ein Anführungszeichen."),
            number=reader.line_num,
        ) from error


# XLSX


def _sheet(data: bytes) -> Iterator[Numbered]:
    """The first sheet. Formulas are not computed: their text arrives as it is, and no column takes it."""
    _refuse_package(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True)
        yield from islice(enumerate(rows, start=1), MAX_SCANNED)
    except Exception as error:
        # The library raises whatever a broken file makes it stumble over.
        raise _no(_broken()) from error


def _broken() -> str:
    return _("Die XLSX-Datei ist beschädigt. Bitte öffnen Sie sie in Ihrem Tabellenprogramm und speichern Sie sie neu.")


def _refuse_package(data: bytes) -> None:
    """Looks into the package before anything is unpacked for real."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _refuse_contents(package)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error) as error:
        raise _no(_broken()) from error


def _refuse_contents(package: zipfile.ZipFile) -> None:
    names = [entry.filename for entry in package.infolist()]
    if sum(entry.file_size for entry in package.infolist()) > MAX_UNPACKED:
        raise _no(_("Die XLSX-Datei ist entpackt viel zu groß. Bitte laden Sie nur das Blatt mit den Buchungen hoch."))
    if "xl/workbook.xml" not in names:
        raise _no(_("Das ist keine Excel-Arbeitsmappe. Bitte speichern Sie die Tabelle als XLSX oder CSV."))
    if any("vbaproject" in name.lower() for name in names):
        raise _no(_("Die Datei enthält Makros. Bitte speichern Sie sie als Excel-Arbeitsmappe ohne Makros (.xlsx)."))
    for name in names:
        if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in package.read(name).replace(b"\0", b""):
            raise _no(_broken())
