"""Lists as CSV and XLSX, through django-import-export. Cells cannot run as formulas in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any
from uuid import UUID

import tablib
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field
from import_export.formats.base_formats import XLSX
from import_export.resources import Resource
from import_export.widgets import Widget

from accounts.actors import names_of
from funding.models import Disbursement

BOM = "\N{BYTE ORDER MARK}"
CSV_TYPE = "text/csv; charset=utf-8"
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe(cell: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay."""
    if isinstance(cell, str):
        text = "".join(letter for letter in cell if letter in "\t\n\r" or ord(letter) >= ord(" "))
        return f"'{text}" if text.lstrip(" ").startswith(_DANGEROUS) or text.startswith(_DANGEROUS) else text
    return cell


def csv_bytes(dataset: tablib.Dataset) -> bytes:
    """German spreadsheets: semicolon, decimal comma, dd.mm.yyyy, UTF-8 with a mark at the beginning, CRLF."""
    german = tablib.Dataset(headers=[safe(str(head)) for head in dataset.headers or []])
    for row in dataset:
        german.append([_german(cell) for cell in row])
    text: str = german.export("csv", delimiter=";")
    return (BOM + text).encode()


def streamed(headers: Sequence[str], rows: Iterable[Sequence[Any]], *, name: str) -> StreamingHttpResponse:
    """A CSV as `csv_bytes` writes it, of any length: it is sent while its rows are read."""
    response = StreamingHttpResponse(_lines(headers, rows), content_type=CSV_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "no-store"
    return response


class _Echo:
    """What a CSV writer takes for a file."""

    def write(self, line: str) -> bytes:
        return line.encode()


def _lines(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    line = csv.writer(_Echo(), delimiter=";").writerow
    yield BOM.encode()
    for row in chain([headers], rows):
        yield line([_german(cell) for cell in row])  # the writer hands on what _Echo returns


def _german(cell: Any) -> Any:
    if isinstance(cell, Decimal):
        return f"{cell:.2f}".replace(".", ",")
    if isinstance(cell, datetime):
        return timezone.localtime(cell).strftime("%d.%m.%Y %H:%M")
    if isinstance(cell, date):
        return cell.strftime("%d.%m.%Y")
    return safe(cell)


def xlsx_bytes(*datasets: tablib.Dataset) -> bytes:
    """One sheet for each dataset; amounts are numbers, days are days."""
    book: bytes = tablib.Databook([_for_sheet(dataset) for dataset in datasets]).export("xlsx")
    return book


def _for_sheet(dataset: tablib.Dataset) -> tablib.Dataset:
    sheet = tablib.Dataset(headers=[safe(str(head)) for head in dataset.headers or []], title=dataset.title)
    for row in dataset:
        sheet.append([_sheet_cell(cell) for cell in row])
    return sheet


def _sheet_cell(cell: Any) -> Any:
    """Excel knows no time zones: the moment as it was in Wittmund."""
    return timezone.localtime(cell).replace(tzinfo=None) if isinstance(cell, datetime) else safe(cell)


def download(data: bytes, *, name: str, kind: str) -> HttpResponse:
    """A file to save. `kind` is csv, xlsx, json or xml; nothing of it stays in a cache."""
    types = {"csv": CSV_TYPE, "xlsx": XLSX.CONTENT_TYPE, "json": "application/json", "xml": "application/xml"}
    response = HttpResponse(data, content_type=types[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    response["Cache-Control"] = "no-store"
    return response


def as_file(datasets: Sequence[tablib.Dataset], *, name: str, kind: str) -> HttpResponse:
    """The first dataset as CSV, or all of them as the sheets of one XLSX."""
    data = csv_bytes(datasets[0]) if kind == "csv" else xlsx_bytes(*datasets)
    return download(data, name=name, kind=kind)


class Raw(Widget):
    """Hands values over as they are; how they are written is decided with the format of the file."""

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> Any:
        return "" if value is None else value


def column(name: Any, attribute: str | None = None) -> Field:
    return Field(attribute, column_name=name, widget=Raw())


class DisbursementResource(Resource):
    """The payout list, with full IBANs: for the people of finance only."""

    thread = column(_("Aktenzeichen"), "commitment__thread")
    number = column(_("Rate"), "number")
    reference = column(_("Zahlungskennung"), "reference")
    payee_name = column(_("Empfänger"), "payee_name")
    payee_iban = column(_("IBAN"), "payee_iban")
    amount = column(_("Betrag in Euro"), "amount")
    purpose = column(_("Verwendungszweck"), "purpose")
    state = column(_("Stand"))
    requested_at = column(_("Angefordert am"), "requested_at")
    verified_by = column(_("Geprüft von"))
    verified_at = column(_("Geprüft am"), "verified_at")
    authorised_by = column(_("Angeordnet von"))
    authorised_at = column(_("Angeordnet am"), "authorised_at")
    run = column(_("Zahlungslauf"), "run__number")
    executed_by = column(_("Ausgeführt von"))
    executed_on = column(_("Ausgezahlt am"), "executed_on")
    fiscal_year = column(_("Haushaltsjahr"), "commitment__line__fiscal_year")
    product = column(_("Produkt"), "commitment__line__product")
    account = column(_("Konto"), "commitment__line__account")
    line = column(_("Haushaltslinie"), "commitment__line__title")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.names: dict[UUID, str] = {}

    def before_export(self, queryset: QuerySet[Disbursement], **_kwargs: Any) -> None:
        """One query for all names."""
        keys = queryset.order_by().values_list("verified_by", "authorised_by", "executed_by")
        self.names = names_of({key for row in keys for key in row})

    def dehydrate_state(self, found: Disbursement) -> str:
        return str(found.get_state_display())

    def dehydrate_verified_by(self, found: Disbursement) -> str:
        return self._name(found.verified_by)

    def dehydrate_authorised_by(self, found: Disbursement) -> str:
        return self._name(found.authorised_by)

    def dehydrate_executed_by(self, found: Disbursement) -> str:
        return self._name(found.executed_by)

    def _name(self, key: UUID | None) -> str:
        return self.names.get(key, "") if key else ""


def payout_list(found: QuerySet[Disbursement]) -> tablib.Dataset:
    dataset: tablib.Dataset = DisbursementResource().export(queryset=found)
    dataset.title = str(_("Auszahlungen"))
    return dataset
