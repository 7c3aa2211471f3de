"""Budget files: what they do is shown first, booked as shown, all rows or none; and what comes out goes in again."""

from __future__ import annotations

import io
import re
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from html import unescape
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.roles import Role
from funding import budget_export, budgeting, exports, imports, integrity
from funding.import_columns import HEADINGS, KINDS
from funding.import_files import MAX_UNPACKED, BudgetFile
from funding.models import BudgetImport, BudgetLine, LedgerEntry, Measure, Municipality, Resolution, SubBudget
from journal.actors import Actor
from journal.models import Event
from journal.refusals import Faster, Forbidden, Refused
from tests.factories import START, World, euros
from tests.funding.pages import client_of, get, queries_of, text_of
from tests.funding.test_ledger import OFFICER, commit, new_line, programme

URL = "/haushalt/einlesen/"
HEAD = list(HEADINGS.values())
SHORT = ["Haushaltsjahr", "Produkt", "Konto", "Bezeichnung", "Art", "Betrag", "Grund"]
KEY = ["2026", "3.5.1.01", "4318"]


@pytest.fixture
def world(db: None, settings: Settings) -> World:
    settings.DEMO = True
    return World()


def csv_of(*rows: list[str], head: list[str] = SHORT, mark: str = ";", encoding: str = "utf-8") -> bytes:
    quoted = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in (head, *rows)]
    return "\r\n".join(mark.join(row) for row in quoted).encode(encoding)


def row_of(**cells: Any) -> dict[str, Any]:
    """A row under all headings; keys are the columns' short names."""
    own = {"fiscal_year": "2026", "product": "3.5.1.01", "account": "4318", "reason": "Haushalt"} | cells
    return {HEADINGS[name]: value for name, value in own.items()}


def table_of(*rows: dict[str, Any]) -> bytes:
    return csv_of(*[[str(row.get(name, "")) for name in HEAD] for row in rows], head=HEAD)


def xlsx_of(*rows: dict[str, Any], head: list[str] = HEAD) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(head)
    for row in rows:
        sheet.append([row.get(name) for name in head])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def upload(world: World, data: bytes, *, name: str = "haushalt.csv", client: Client | None = None) -> Any:
    own = client or client_of(world, "budget_officer")
    return own.post(URL, {"file": SimpleUploadedFile(name, data)})


def confirm(world: World, shown: Any, *, role: str = "budget_officer") -> Any:
    return client_of(world, role).post(URL, {"book": shown.context["wrapped"]})


def written() -> tuple[int, ...]:
    models = (BudgetLine, LedgerEntry, Resolution, SubBudget, BudgetImport, Event)
    return tuple(model.objects.count() for model in models)


LAW = {"body": "Kreistag", "resolved_on": "09.11.2026", "number": "45/2026", "subject": "Nachtragshaushalt"}


def test_a_file_is_shown_first_and_booked_as_shown(world):
    Municipality.objects.create(name="Probehausen", ags="03462999")
    data = table_of(
        row_of(account="4319", title="Feste", kind="Linie", reason=""),
        row_of(account="4319", kind="Ansatz", amount="5.000,00"),
        row_of(account="4320", title="Reisen", kind="Ansatz", amount="1.000"),
        row_of(kind="Nachtrag", amount="-1.234,56", **LAW),
        row_of(kind="Deckung", amount="1000,10", other_product="3.5.1.01", other_account="4319", value_on="05.05.2026"),
        row_of(kind="Sperre", amount="30.000", override="ja"),
        row_of(kind="Entsperrung", amount="30000,00 €"),
        row_of(account="4319", kind="über-/außerplanmäßig", amount="10"),
        row_of(account="4319", kind="zweckgebundene Einnahme", amount="20"),
        row_of(account="4319", kind="Zuteilung", amount="500", part="Probehausen"),
    )
    before = written()
    shown = upload(world, data)
    text = text_of(shown)
    assert (shown.status_code, written()) == (200, before)
    for sentence in (
        "Legt die Linie an.", "Legt die Linie an und bucht einen Ansatz von 1.000,00 €.",
        "Bucht einen Nachtrag von −1.234,56 €. Beschluss: Kreistag 45/2026.",
        "Gibt 1.000,10 € an die Linie 3.5.1.01 · 4319. Zählt für den 05.05.2026.",
        "Sperrt 30.000,00 €. Ein Fehlbetrag wird in Kauf genommen.", "Teilt 500,00 € zu: Probehausen.",
        "10 Zeilen buchen",
    ):  # fmt: skip
        assert sentence in text, sentence
    effects = {own.line.account: (own.before, own.after) for own in shown.context["found"].effects}
    assert effects == {
        "4318": (euros("20000"), euros("17765.34")), "4319": (None, euros("6030.10")), "4320": (None, euros("1000")),
    }  # fmt: skip
    assert ("Ansatz", 2, euros("6000")) in shown.context["found"].totals
    done = confirm(world, shown)
    assert (done.status_code, done.url) == (302, URL)
    for account, (_before, after) in effects.items():
        assert BudgetLine.objects.get(account=account).available == after
    assert SubBudget.objects.get().share == euros("500")
    assert not list(integrity.differences())
    noted = BudgetImport.objects.get()
    assert (noted.name, noted.rows, noted.imported_by) == (
        "haushalt.csv", 10, world.cast.actor["budget_officer"].key
    )  # fmt: skip
    page = text_of(client_of(world, "budget_officer").get(URL))
    assert "haushalt.csv" in page


def test_money_goes_on_into_the_next_year(world):
    data = table_of(
        row_of(fiscal_year="2027", title="Integration 2027", kind="Linie"), row_of(kind="Übertragung", amount="2000")
    )
    shown = upload(world, data)
    assert "Überträgt 2.000,00 € in das Jahr 2027." in text_of(shown)
    confirm(world, shown)
    assert BudgetLine.objects.get(fiscal_year=2027).carry_in == euros("2000")
    assert not list(integrity.differences())


@pytest.mark.parametrize(
    ("mark", "encoding"), [(";", "utf-8"), (",", "utf-8-sig"), (";", "cp1252"), (",", "cp1252")], ids=str
)
def test_each_spelling_of_csv_is_read(world, mark, encoding):
    row = ["2027", "3.5.1.01", "4318", "Zuschüsse für Bücher", "ansatz", "1.234,56", "Entwurf; mit „Wörtern“"]
    shown = upload(world, csv_of(row, mark=mark, encoding=encoding))
    assert shown.status_code == 200, text_of(shown)
    confirm(world, shown)
    line = BudgetLine.objects.get(fiscal_year=2027)
    assert (line.title, line.appropriation) == ("Zuschüsse für Bücher", Decimal("1234.56"))


@pytest.mark.parametrize("cell", [1234.56, 0.1, 4318, 999999999.99, "1.234,56", 100000.01], ids=str)
def test_numbers_and_days_of_a_sheet_arrive_to_the_cent(world, cell):
    row = row_of(fiscal_year=2027, account=4318, title="Neu", kind="Ansatz", amount=cell, value_on=datetime(2027, 3, 1))
    shown = upload(world, xlsx_of(row), name="haushalt.xlsx")
    assert shown.status_code == 200, text_of(shown)
    confirm(world, shown)
    entry = LedgerEntry.objects.get(line__fiscal_year=2027)
    wanted = Decimal("1234.56") if isinstance(cell, str) else Decimal(str(cell))
    assert (entry.amount, entry.value_on, entry.line.account) == (wanted, date(2027, 3, 1), "4318")


# Bad rows: each a sentence with its column, nothing written


GOOD = {"kind": "Ansatz", "fiscal_year": "2027", "title": "Neu", "amount": "1"}
MOVE = {"kind": "Nachtrag", "amount": "1"}
BAD_ROWS: dict[str, tuple[dict[str, Any], str, str]] = {
    "amount 1.234,5": (GOOD | {"amount": "1.234,5"}, "Betrag", "mit Komma"),
    "amount -0": (GOOD | {"amount": "-0"}, "Betrag", "Null ohne Minuszeichen"),
    "amount 1e9": (GOOD | {"amount": "1e9"}, "Betrag", "mit Komma"),
    "amount NaN": (GOOD | {"amount": "NaN"}, "Betrag", "mit Komma"),
    "amount 12,345": (GOOD | {"amount": "12,345"}, "Betrag", "mit Komma"),
    "amount 1,234.56": (GOOD | {"amount": "1,234.56"}, "Betrag", "mit Komma"),
    "amount in other digits": (GOOD | {"amount": "١٢"}, "Betrag", "mit Komma"),
    "amount too long": (GOOD | {"amount": "99999999999999"}, "Betrag", "zu hoch"),
    "amount missing": (GOOD | {"amount": "  "}, "Betrag", "fehlt eine Angabe"),
    "amount below zero for a new line": (GOOD | {"amount": "-5"}, "Betrag", "mindestens null"),
    "amount as a formula": (GOOD | {"amount": "=1+1"}, "Betrag", "Formel"),
    "amount is an error": (GOOD | {"amount": "#REF!"}, "Betrag", "Rechenfehler"),
    "amount zero": (LAW | MOVE | {"amount": "0"}, "Betrag", "nicht null"),
    "supplement below what is there": (LAW | MOVE | {"amount": "-20000,01"}, "Betrag", "Weniger geht nicht"),
    "freeze above what is there": ({"kind": "Sperre", "amount": "20000,01"}, "Betrag", "Mehr geht nicht"),
    "freeze with a minus": ({"kind": "Sperre", "amount": "-1"}, "Betrag", "ohne Minuszeichen"),
    "unfreeze what is not frozen": ({"kind": "Entsperrung", "amount": "1"}, "Betrag", "Gesperrt sind nur"),
    "excess taken back": ({"kind": "über-/außerplanmäßig", "amount": "-1"}, "Betrag", "Gebucht sind nur"),
    "year with two digits": (GOOD | {"fiscal_year": "27"}, "Haushaltsjahr", "vier Ziffern"),
    "year far away": (GOOD | {"fiscal_year": "9999"}, "Haushaltsjahr", "vier Ziffern"),
    "year missing": (GOOD | {"fiscal_year": ""}, "Haushaltsjahr", "fehlt eine Angabe"),
    "product missing": (GOOD | {"product": ""}, "Produkt", "fehlt eine Angabe"),
    "product too long": (GOOD | {"product": "1" * 21}, "Produkt", "20 Zeichen"),
    "account missing": (GOOD | {"account": ""}, "Konto", "fehlt eine Angabe"),
    "kind unknown": (GOOD | {"kind": "Festlegung"}, "Art", "Möglich sind: Linie, Ansatz"),
    "kind missing": (GOOD | {"kind": ""}, "Art", "fehlt eine Angabe"),
    "title missing": (GOOD | {"title": ""}, "Bezeichnung", "Diese Linie ist neu"),
    "title too long": (GOOD | {"title": "x" * 161}, "Bezeichnung", "160 Zeichen"),
    "title is a formula": (GOOD | {"title": '=HYPERLINK("x")'}, "Bezeichnung", "Formel"),
    "title looks like a formula": (GOOD | {"title": "@SUM(1)"}, "Bezeichnung", "wie eine Formel"),
    "title of another line": (LAW | MOVE | {"title": "Fremd"}, "Bezeichnung", "Diese Linie heißt"),
    "reason missing": (GOOD | {"reason": ""}, "Grund", "fehlt eine Angabe"),
    "reason too long": (GOOD | {"reason": "x" * 301}, "Grund", "300 Zeichen"),
    "day that does not exist": (GOOD | {"value_on": "31.02.2027"}, "Zählt für", "09.11.2026"),
    "day in American": (GOOD | {"value_on": "2027-03-01"}, "Zählt für", "09.11.2026"),
    "day of another year": (GOOD | {"value_on": "31.12.2026"}, "Zählt für", "Haushaltsjahr 2027"),
    "line unknown": (LAW | MOVE | {"account": "9999"}, "Konto", "gibt es noch nicht"),
    "supplement without resolution": (MOVE, "Nummer", "braucht einen Beschluss"),
    "half a resolution": (LAW | MOVE | {"number": ""}, "Nummer", "fehlt eine Angabe"),
    "body unknown": (LAW | MOVE | {"body": "Stammtisch"}, "Gremium", "Möglich sind: Verwaltung"),
    "resolution of tomorrow": (LAW | MOVE | {"resolved_on": "01.01.2099"}, "Datum des Beschlusses", "Zukunft"),
    "number of a resolution too long": (LAW | MOVE | {"number": "4" * 41}, "Nummer", "40 Zeichen"),
    "override neither yes nor no": (LAW | MOVE | {"override": "vielleicht"}, HEADINGS["override"], "ja oder nein"),
    "override where there is none": (GOOD | {"override": "ja"}, HEADINGS["override"], "nur bei „Nachtrag“, „Sperre“"),
    "transfer to nobody": ({"kind": "Deckung", "amount": "1"}, "Konto der Gegenlinie", "fehlt eine Angabe"),
    "transfer to itself": (
        {"kind": "Deckung", "amount": "1", "other_product": "3.5.1.01", "other_account": "4318"},
        "Konto der Gegenlinie", "sich nicht selbst decken",
    ),
    "transfer to an unknown line": (
        {"kind": "Deckung", "amount": "1", "other_product": "9", "other_account": "9"},
        "Konto der Gegenlinie", "noch nicht",
    ),
    "other line where there is none": (GOOD | {"other_account": "4319"}, "Konto der Gegenlinie", "nur bei „Deckung“"),
    "part unknown": ({"kind": "Zuteilung", "amount": "1", "part": "Atlantis"}, "Teilbudget für", "Wir kennen kein"),
    "part missing": ({"kind": "Zuteilung", "amount": "1"}, "Teilbudget für", "fehlt eine Angabe"),
    "part where there is none": (GOOD | {"part": "Gemeinde: Probehausen"}, "Teilbudget für", "nur bei „Zuteilung“"),
    "part with two meanings": (
        {"kind": "Zuteilung", "amount": "1", "part": "Doppelt"}, "Teilbudget für", "So heißen mehrere",
    ),
    "line with an amount": (GOOD | {"kind": "Linie"}, "Betrag", "legt nur an"),
    "carry-over without a next year": ({"kind": "Übertragung", "amount": "1"}, "", "Für 2027 gibt es noch keine"),
    "carry-over with a day": (
        {"kind": "Übertragung", "amount": "1", "value_on": "01.05.2026"}, "Zählt für", "immer für den 31.12.",
    ),
    "appropriation after approval": ({"kind": "Ansatz", "amount": "1"}, "", "Der Haushalt ist genehmigt"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_ROWS)
def test_a_bad_row_names_its_column_and_nothing_is_written(world, case):
    Municipality.objects.create(name="Probehausen", ags="03462999")
    Municipality.objects.create(name="Doppelt", ags="03462998")
    measure = Measure.objects.first() or programme()
    type(measure).objects.filter(pk=measure.pk).update(
        **{"code" if isinstance(measure, Measure) else "slug": "Doppelt"}
    )
    cells, column, sentence = BAD_ROWS[case]
    good = row_of(fiscal_year="2028", kind="Ansatz", title="Andere", amount="1")
    before = written()
    answer = upload(world, table_of(good, row_of(**cells)))
    wrong = answer.context["found"].wrong
    assert (answer.status_code, [own.number for own in wrong]) == (422, [3])
    found = dict(wrong[0].errors)
    assert sentence in found.get(column, ""), wrong[0].errors
    assert sentence in unescape(text_of(answer))
    assert (answer.context["wrapped"], written()) == ("", before)


BAD_CELLS: dict[str, tuple[dict[str, Any], str, str]] = {
    "more than two places": ({"amount": 1.005}, "Betrag", "höchstens zwei Stellen"),
    "too much": ({"amount": 1e9}, "Betrag", "zu hoch"),
    "yes as money": ({"amount": True}, "Betrag", "mit Komma"),
    "a day as money": ({"amount": datetime(2027, 1, 1)}, "Betrag", "mit Komma"),
    "a formula as money": ({"amount": "=SUM(A1:A2)"}, "Betrag", "Formel"),
    "a product that became a number": ({"product": 3.5}, "Produkt", "Als Text"),
    "a product that became a day": ({"product": datetime(2001, 5, 3)}, "Produkt", "als Text"),
    "a moment as a day": ({"value_on": datetime(2027, 1, 1, 12, 30)}, "Zählt für", "09.11.2026"),
    "a number as a day": ({"value_on": 46000}, "Zählt für", "09.11.2026"),
    "half a year": ({"fiscal_year": 2027.5}, "Haushaltsjahr", "vier Ziffern"),
}


@pytest.mark.parametrize("case", BAD_CELLS)
def test_a_bad_cell_of_a_sheet_is_a_sentence(world, case):
    cells, column, sentence = BAD_CELLS[case]
    before = written()
    answer = upload(world, xlsx_of(row_of(**GOOD | cells)), name="haushalt.xlsx")
    errors = dict(answer.context["found"].wrong[0].errors)
    assert (answer.status_code, written()) == (422, before)
    assert sentence.lower() in errors[column].lower(), errors


# Bad files


def _zip(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return stream.getvalue()


def _with(data: bytes, name: str, content: bytes) -> bytes:
    """The package with one file more, or with another content of it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, content)
    return stream.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
NS = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LINE = ["2027", *KEY[1:], "Neu", "Ansatz", "1", "Entwurf"]
FINE = xlsx_of(row_of(**GOOD))
BAD_FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "leer"),
    "nothing but blanks": (b" \r\n\r\n;;;\r\n", "leer"),
    "only a mark": ("\N{BYTE ORDER MARK}".encode(), "leer"),
    "only headings": (csv_of(), "Unter der Kopfzeile steht nichts"),
    "blank rows": (csv_of([""] * 7, [" "] * 7), "Unter der Kopfzeile steht nichts"),
    "missing headings": (csv_of(LINE[:5], head=SHORT[:5]), "Diese Spalten fehlen in der ersten Zeile: Betrag, Grund"),
    "unknown heading": (csv_of([*LINE, "x"], head=[*SHORT, "Kommentar"]), "Diese Spalten kennen wir nicht: Kommentar"),
    "heading twice": (csv_of([*LINE, "x"], head=[*SHORT, "grund"]), "„Grund“ kommt zweimal vor"),
    "no headings": (csv_of(head=LINE), "Diese Spalten fehlen"),
    "100,000 columns": (b";".join(b"x" for _ in range(100_000)), "zu viele Spalten"),
    "cells without heading": (csv_of([*LINE, "zu viel"]), "Zeile 2 hat mehr Zellen"),
    "NUL bytes": (csv_of(LINE).replace(b"Neu", b"N\0u"), "keine Tabelle"),
    "NUL bytes at the end": (csv_of(LINE) + b"\0" * 9, "keine Tabelle"),
    "control characters": (csv_of(LINE).replace(b"Neu", b"N\x1bu"), "keine Tabelle"),
    "junk": (bytes(range(256)) * 9, "keine Tabelle"),
    "UTF-16": (csv_of(LINE, encoding="utf-16"), "keine Tabelle"),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "keine Tabelle"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "Das ist ein PDF"),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 512, "alte oder geschützte Excel-Datei"),
    "quotation mark not closed": (csv_of(LINE) + b'\r\n"2027;x', "Anführungszeichen"),
    "endless cell": (csv_of([*LINE[:6], "x" * 200_000]), "Anführungszeichen"),
    "too many rows": (csv_of(*[LINE] * 2_001), "mehr als 2.000 Zeilen"),
    "too big": (csv_of(LINE) + b" " * 1_000_000, "größer als 1 MB"),
    "zip without a workbook": (_zip(readme_dot_txt=b"x"), "keine Excel-Arbeitsmappe"),
    "OpenDocument": (_zip(mimetype=b"x", content_dot_xml=b"<a/>"), "keine Excel-Arbeitsmappe"),
    "half a zip": (FINE[: len(FINE) // 2], "beschädigt"),
    "PK and junk": (b"PK\x03\x04" + b"junk" * 99, "beschädigt"),
    "workbook without anything": (_zip(xl__workbook_dot_xml=b"<a/>"), "beschädigt"),
    "sheet is no XML": (_with(FINE, SHEET, b"junk"), "beschädigt"),
    "sheet with an odd row": (
        _with(FINE, SHEET, b"<worksheet " + NS + b'><sheetData><row r="x"/></sheetData></worksheet>'), "beschädigt",
    ),
    "sheet far down": (
        _with(FINE, SHEET, b"<worksheet " + NS + b'><sheetData><row r="99999999999"/></sheetData></worksheet>'), "leer",
    ),
    "entities": (
        _with(FINE, SHEET, b'<!DOCTYPE a [<!ENTITY x "xxxx">]><worksheet ' + NS + b"><sheetData/></worksheet>"),
        "beschädigt",
    ),
    "zip bomb": (_with(FINE, "xl/bomb.xml", b"\0" * (MAX_UNPACKED + 1)), "entpackt viel zu groß"),
    "macros": (_with(FINE, "xl/vbaProject.bin", b"x"), "Makros"),
    "empty sheet": (xlsx_of(head=[]), "leer"),
    "sheet with missing headings": (xlsx_of(head=["Haushaltsjahr"]), "Diese Spalten fehlen"),
    "sheet with 300 columns": (xlsx_of(head=[f"Spalte {number}" for number in range(300)]), "zu viele Spalten"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_a_sentence_and_nothing_is_written(world, case):
    data, sentence = BAD_FILES[case]
    before = written()
    answer = upload(world, data, name="haushalt.xlsx")
    assert (answer.status_code, written()) == (422, before)
    assert sentence in unescape(str(answer.context["form"].errors["file"])), answer.context["form"].errors
    assert 'href="#id_file"' in text_of(answer)


def test_no_file_at_all_is_a_sentence(world):
    answer = client_of(world, "budget_officer").post(URL, {})
    assert (answer.status_code, "Bitte wählen Sie eine Datei aus." in text_of(answer)) == (422, True)


# Once, by the right person, as seen


def test_the_same_file_is_booked_once(world):
    data = csv_of(LINE)
    first, second = upload(world, data), upload(world, data, name="anders.csv")
    assert confirm(world, first).status_code == 302
    before = written()
    late = confirm(world, second)
    assert (late.status_code, written()) == (409, before)
    assert "Diese Datei ist schon gebucht" in text_of(late)
    again = upload(world, data)
    assert (again.status_code, written()) == (422, before)
    assert str(world.cast.user["budget_officer"]) in unescape(text_of(again))


def test_what_changed_since_the_preview_brings_it_back(world):
    shown = upload(world, table_of(row_of(kind="Sperre", amount="15000")))
    commit(world.line, "10000")
    before = written()
    answer = confirm(world, shown)
    assert (answer.status_code, written()) == (422, before)
    assert "Frei sind hier noch 10.000,00 €" in text_of(answer)
    assert "Inzwischen hat sich etwas geändert" in text_of(answer)


def test_a_row_that_would_do_something_else_is_shown_again(world):
    shown = upload(world, csv_of(LINE))
    new = budgeting.NewLine(fiscal_year=2027, product=KEY[1], account=KEY[2], title="Neu")
    budgeting.create_line(new, euros("0"), reason="von Hand", actor=OFFICER, at=START)
    before = written()
    answer = confirm(world, shown)
    assert (answer.status_code, written()) == (409, before)
    assert "Bucht einen Ansatz von 1,00 €." in text_of(answer)
    assert confirm(world, answer).status_code == 302


@pytest.mark.parametrize("change", ["letter", "other person", "old"])
def test_a_preview_is_for_one_person_and_one_day(world, change, monkeypatch):
    shown = upload(world, csv_of(LINE))
    wrapped = shown.context["wrapped"]
    if change == "other person":
        grown = world.cast.actor["budget_officer"]
        monkeypatch.setattr("funding.views.budget_import.actor_in", lambda _request: Actor(
            key=uuid4(), name=grown.name, roles=grown.roles, role=grown.role
        ))  # fmt: skip
    if change == "old":
        monkeypatch.setattr("funding.forms.budget_import.ONE_DAY", -1)
    text = wrapped[:-1] + ("a" if wrapped[-1] != "a" else "b") if change == "letter" else wrapped
    before = written()
    answer = client_of(world, "budget_officer").post(URL, {"book": text})
    assert (answer.status_code, written()) == (422, before)
    assert "Die Vorschau gilt nicht mehr" in text_of(answer)


@pytest.mark.parametrize("role", [*Role.values, "applicant"])
def test_only_the_budget_officer_reads_files_in(world, role):
    status = 200 if role == Role.BUDGET_OFFICER else 403
    pages = (URL, f"{URL}vorlage.csv", f"{URL}vorlage.xlsx", "/haushalt/haushalt.csv", "/haushalt/haushalt.xlsx")
    assert {get(world, role, url).status_code for url in pages} == {status}
    before = written()
    answer = upload(world, csv_of(LINE), client=client_of(world, role))
    assert (answer.status_code, written()) == (status, before)


@pytest.mark.django_db
def test_no_other_role_books_through_the_module():
    actor = Actor(key=uuid4(), name="Prüfung", roles=frozenset({Role.AUDITOR}), role=Role.AUDITOR)
    file = BudgetFile(name="x.csv", data=csv_of(LINE))
    for act in (imports.preview, lambda own, **who: imports.book(own, seen="", **who)):
        with pytest.raises(Forbidden):
            act(file, actor=actor, at=START)
    assert written() == (0, 0, 0, 0, 0, 0)


# Out and in again


def _year_of_movements() -> None:
    """Two years with every kind of plan movement, and awards that the file leaves out."""
    own, other = new_line(amount="20000"), BudgetLine.objects.create(
        fiscal_year=2026, product="3.5.1.02", account="4318", title="=Feste; mit „Zeichen“", status="open"
    )  # fmt: skip
    BudgetLine.objects.create(fiscal_year=2027, product="3.5.1.01", account="4318", title="Linie")
    town = Municipality.objects.create(name="Probehausen", ags="03462999")
    law = budgeting.Resolved(body="county_council", resolved_on=date(2026, 1, 5), number="45/2026", subject="Nachtrag")
    for verb, line, amount, more in (
        ("supplement", own, "5000.05", {"resolved": law, "value_on": date(2026, 5, 4)}),
        ("transfer", own, "1000.10", {"target": other}),
        ("excess", other, "12.34", {}), ("excess", other, "-2.34", {}), ("earmarked", other, "99.99", {}),
        ("allocation", own, "3000", {"target": town}), ("allocation", own, "-500", {"target": town}),
        ("allocation", other, "10", {"target": programme()}),
        ("freeze", other, "2000", {"override": True}), ("unfreeze", other, "500", {}),
        ("earmarked", other, "300", {}), ("freeze", own, "100", {}), ("carry", own, "700.70", {}),
        ("supplement", own, "-400", {"resolved": law}),
    ):  # fmt: skip
        order = budgeting.Order(verb=verb, line=line, amount=euros(amount), reason="-Grund", **more)
        budgeting.book(order, actor=OFFICER, at=START)
    commit(own, "150")


PLAN = (
    "appropriation", "supplement", "carry_in", "carry_out", "transfer_in", "transfer_out", "excess", "earmarked",
    "frozen", "shortfall", "set_aside",
)  # fmt: skip


def _standing() -> tuple[Any, ...]:
    lines = BudgetLine.objects.order_by("fiscal_year", "product")
    parts = SubBudget.objects.order_by("line__product", "share")
    return (
        list(lines.values_list("fiscal_year", "product", "account", "title", "divided_by", *PLAN)),
        [(part.line.product, str(part), part.share) for part in parts],
        list(Resolution.objects.values_list("body", "resolved_on", "number", "subject")),
    )


def _forget() -> None:
    """An empty database: the ledger's triggers are real, so the rows go behind their backs."""
    tables = [
        model._meta.db_table for model in (LedgerEntry, Event, *(_m for _m in (SubBudget, Resolution, BudgetLine)))
    ]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        for table in ("funding_commitment", *tables):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = DEFAULT")


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_comes_out_goes_into_an_empty_database_again(kind):
    _year_of_movements()
    table = budget_export.budget_table()
    data = exports.csv_bytes(table) if kind == "csv" else exports.xlsx_bytes(table)
    wanted, findings = _standing(), [found.text for found in integrity.differences()]
    _forget()
    assert BudgetLine.objects.count() == 0
    file = BudgetFile(name=f"haushalt.{kind}", data=data)
    shown = imports.preview(file, actor=OFFICER, at=START)
    assert [own.errors for own in shown.wrong] == []
    assert imports.book(file, seen=shown.seen, actor=OFFICER, at=START)[1]
    assert _standing() == wanted
    assert [found.text for found in integrity.differences()] == findings  # the shortfall that was accepted
    again = budget_export.budget_table()
    assert (exports.csv_bytes(again) if kind == "csv" else again.dict) == (data if kind == "csv" else table.dict)


@pytest.mark.django_db
def test_every_kind_is_written_and_read():
    _year_of_movements()
    assert {own["Art"] for own in budget_export.budget_table().dict} == set(KINDS.values())


def test_the_downloads_are_files_with_the_same_columns(world):
    for url, years in ((f"{URL}vorlage", set()), ("/haushalt/haushalt", {"2026"})):
        answer = get(world, "budget_officer", f"{url}.csv")
        lines = answer.content.decode("utf-8-sig").splitlines()
        assert lines[0] == ";".join(HEAD)
        assert {line.split(";")[0] for line in lines[1:]} == years
        book = openpyxl.load_workbook(io.BytesIO(get(world, "budget_officer", f"{url}.xlsx").content))
        assert [cell.value for cell in book.worksheets[0][1]] == HEAD
    one = get(world, "budget_officer", "/haushalt/haushalt.csv", jahr="2026")
    assert 'filename="Haushalt-2026.csv"' in one["Content-Disposition"]
    assert get(world, "budget_officer", "/haushalt/haushalt.csv", jahr="1999").status_code == 404


def test_the_page_asks_the_same_number_of_questions_for_one_and_thirty(world):
    client, who = client_of(world, "budget_officer"), world.cast.actor["budget_officer"].key
    counts = []
    for number in range(30):
        BudgetImport.objects.create(
            sha256=f"{number}", name="x.csv", rows=1, imported_at=timezone.now(), imported_by=who
        )
        BudgetLine.objects.create(fiscal_year=2030 + number, product="1", account="2", title="x")
        if number in {0, 29}:
            counts.append(queries_of(client, URL))
    assert counts[0] == counts[1]


@pytest.mark.slow
def test_two_thousand_rows_are_booked(world):
    rows = [["2027", "3.5.1.01", f"{number}", "Neu", "Ansatz", "1,01", "Entwurf"] for number in range(1_000)]
    rows += [["2027", "3.5.1.01", f"{number}", "", "Sperre", "1,00", "Vorsicht"] for number in range(1_000)]
    shown = upload(world, csv_of(*rows))
    assert "2000 Zeilen buchen" in re.sub(r"(?<=\d)\.(?=\d{3} Zeilen)", "", text_of(shown))
    assert confirm(world, shown).status_code == 302
    assert BudgetLine.objects.filter(fiscal_year=2027, appropriation=euros("1.01"), frozen=euros("1")).count() == 1_000


def test_the_second_of_two_at_the_same_moment_is_told(world, monkeypatch):
    """Between his look and his booking somebody else's is written: the fingerprint lets one pass."""
    file, actor = BudgetFile(name="x.csv", data=csv_of(LINE)), world.cast.actor["budget_officer"]
    shown = imports.preview(file, actor=actor, at=world.at)
    assert imports.book(file, seen=shown.seen, actor=actor, at=world.at)[1]
    before = written()
    with pytest.raises(Faster, match="schon gebucht"):
        imports.book(file, seen=shown.seen, actor=actor, at=world.at)
    with pytest.raises(Refused, match="schon gebucht"):
        imports.preview(file, actor=actor, at=world.at)
    assert written() == before


@pytest.mark.django_db(transaction=True)
def test_four_who_book_the_same_file_at_once_book_it_once():
    file = BudgetFile(name="x.csv", data=csv_of(*[[*KEY[:2], str(number), *LINE[3:]] for number in range(20)]))
    seen = imports.preview(file, actor=OFFICER, at=START).seen
    start = threading.Barrier(4)

    def act(_number: int) -> str:
        try:
            start.wait(20)
            return "booked" if imports.book(file, seen=seen, actor=OFFICER, at=START)[1] else "changed"
        except Faster:
            return "told"
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(act, range(4)))
    assert outcomes == ["booked", "told", "told", "told"]
    assert (LedgerEntry.objects.count(), BudgetImport.objects.count()) == (20, 1)
