"""Reading budget lines and movements from a file: shown first, then booked as shown, all rows or none.

Every row goes through the officer's door (`funding.budgeting`): a file can do nothing that a form cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

import tablib
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import Resource
from import_export.results import Result, RowResult

from accounts.actors import names_of
from funding import budgeting, ledger
from funding.import_columns import (
    BODIES,
    HEADINGS,
    KINDS,
    LINE,
    REQUIRED,
    Amount,
    Day,
    OneOf,
    Part,
    Row,
    Text,
    Year,
    YesNo,
)
from funding.import_files import BudgetFile, Table, table_of
from funding.import_rows import findings, words
from funding.models import BudgetImport, BudgetLine, Measure, Municipality, Programme
from journal import formats
from journal.actors import Actor
from journal.refusals import Faster, Refused

ZERO = Decimal("0.00")
LAID_OUT = "aus einer Datei eingelesen"
"""Stored as the reason where a row that only lays out a line names none."""


def _field(name: str, widget: Any) -> Field:
    return Field(name, column_name=HEADINGS[name], widget=widget)


class MovementResource(Resource):
    """Lines and plan movements, as columns. Without `actor` it only writes files."""

    fiscal_year = _field("fiscal_year", Year())
    product = _field("product", Text(20))
    account = _field("account", Text(20))
    title = _field("title", Text(160))
    kind = _field("kind", OneOf(KINDS))
    amount = _field("amount", Amount())
    value_on = _field("value_on", Day())
    reason = _field("reason", Text(300))
    other_product = _field("other_product", Text(20))
    other_account = _field("other_account", Text(20))
    part = _field("part", Part())
    body = _field("body", OneOf(BODIES))
    resolved_on = _field("resolved_on", Day())
    number = _field("number", Text(40))
    subject = _field("subject", Text(200))
    override = _field("override", YesNo())

    class Meta:
        use_transactions = True
        force_init_instance = True
        skip_diff = True
        instance_loader_class = BaseInstanceLoader

    def __init__(self, *, actor: Actor | None = None, at: datetime | None = None) -> None:
        super().__init__()
        self.actor, self.at = actor, at
        self.lines: dict[tuple[int, str, str], BudgetLine] = {}
        self.before: dict[int, Decimal] = {}
        self.made: set[int] = set()
        self.touched: dict[int, None] = {}
        self.rows: list[Row] = []
        self.told: list[str] = []
        self.after: list[BudgetLine] = []

    def before_import(self, dataset: tablib.Dataset, **_kwargs: Any) -> None:
        """Holds the lines of these years, and of the years they carry over to, in the one lock order of the house."""
        years = {_year(cell) for cell in dataset[HEADINGS["fiscal_year"]]}
        wanted = BudgetLine.objects.filter(fiscal_year__in=years | {year + 1 for year in years})
        for line in ledger.lock_lines(wanted).values():
            self.lines[line.fiscal_year, line.product, line.account] = line
            self.before[line.pk] = line.available

    def init_instance(self, row: Any = None) -> Row:
        made = Row()
        self.rows.append(made)
        self.told.append("")
        return made

    def validate_instance(
        self, instance: Row, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        errors = dict(import_validation_errors or {})
        for name, sentence in findings(instance, self.lines):
            errors.setdefault(name, [ValidationError(sentence)])
        if errors:
            raise ValidationError(errors)

    def do_instance_save(self, instance: Row, is_create: bool) -> None:
        """Books the row, or turns the refusal into the error of its column."""
        try:
            self._save(instance)
        except Refused as refused:
            raise ValidationError({_column_of(instance, refused.field): [refused.sentence]}) from refused

    def after_import(self, dataset: tablib.Dataset, result: Result, **_kwargs: Any) -> None:
        """How the lines stand after the last row, before a dry run takes everything back."""
        found = BudgetLine.objects.filter(pk__in=self.touched)
        self.after = sorted(found, key=lambda line: (-line.fiscal_year, line.product, line.account))

    def _save(self, row: Row) -> None:
        assert self.actor is not None
        assert self.at is not None
        line, is_new = self.lines.get(row.key), False
        if line is None:
            line, is_new = self._lay_out(row, self.actor, self.at), True
        self.touched[line.pk] = None
        self.told[-1] = words(row, is_new=is_new)
        if row.kind == LINE or (is_new and not row.amount):
            return
        order = _order(row, line, self.lines.get(row.other_key))
        if isinstance(order.target, BudgetLine):
            self.touched[order.target.pk] = None
        budgeting.book(order, actor=self.actor, at=self.at)
        if row.kind == "carry":
            self.touched[ledger.next_line(line).pk] = None

    def _lay_out(self, row: Row, actor: Actor, at: datetime) -> BudgetLine:
        new = budgeting.NewLine(fiscal_year=row.fiscal_year, product=row.product, account=row.account, title=row.title)
        line = budgeting.create_line(new, ZERO, reason=row.reason or LAID_OUT, actor=actor, at=at)
        self.lines[row.key] = line
        self.made.add(line.pk)
        return line


def _year(cell: Any) -> int:
    try:
        return int(Year().clean(cell))
    except ValueError:
        return 0


def _column_of(row: Row, field: str | None) -> str:
    if field == "target":
        return "other_account" if row.kind == "transfer" else "part"
    return field if field in HEADINGS else NON_FIELD_ERRORS


def _order(row: Row, line: BudgetLine, other: BudgetLine | None) -> budgeting.Order:
    assert row.amount is not None
    return budgeting.Order(
        verb=row.kind,
        line=line,
        amount=row.amount,
        reason=row.reason,
        value_on=None if row.kind == "carry" else row.value_on,
        resolved=_resolved(row),
        target=other if row.kind == "transfer" else row.part,
        override=row.override,
    )


def _resolved(row: Row) -> budgeting.Resolved | None:
    if row.resolved_on is None:
        return None
    return budgeting.Resolved(body=row.body, resolved_on=row.resolved_on, number=row.number, subject=row.subject)


# Shown, then booked


@dataclass(frozen=True, kw_only=True)
class RowReport:
    """A row of the file: what it does, or (column, sentence) for each of its errors."""

    number: int
    row: Row
    kind: str
    words: str
    errors: list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Effect:
    """„Noch zur Verfügung" on a line before and after the file; `before` is None where the file lays it out."""

    line: BudgetLine
    before: Decimal | None
    after: Decimal


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a file does. `seen` stands for all of it: two previews that say the same have the same."""

    rows: list[RowReport]
    totals: list[tuple[str, int, Decimal]]
    effects: list[Effect]
    seen: str

    @property
    def wrong(self) -> list[RowReport]:
        return [row for row in self.rows if row.errors]


def preview(file: BudgetFile, *, actor: Actor, at: datetime) -> Preview:
    """What the file would do now; nothing is written. Raises Refused where it is no readable table, or booked already."""
    known = BudgetImport.objects.filter(sha256=file.sha256).first()
    if known:
        raise Refused(_already(known), field="file")
    return _run(_table(file), dry_run=True, actor=actor, at=at)


def book(file: BudgetFile, *, seen: str, actor: Actor, at: datetime) -> tuple[Preview, bool]:
    """Books every row and returns (preview, True); or nothing and False, where it is not any more what was `seen`.

    Raises Faster where the same file is booked already, also by somebody at this very moment.
    """
    table = _table(file)
    with transaction.atomic():
        _note(file, len(table.numbers), actor=actor, at=at)
        found = _run(table, dry_run=False, actor=actor, at=at)
        is_booked = not found.wrong and found.seen == seen
        if not is_booked:
            transaction.set_rollback(True)
    return found, is_booked


def _table(file: BudgetFile) -> Table:
    return table_of(file.data, known=list(HEADINGS.values()), required=REQUIRED)


def _note(file: BudgetFile, rows: int, *, actor: Actor, at: datetime) -> None:
    """The first who writes the file's fingerprint books it; whoever comes at the same moment waits here."""
    noted = {"sha256": file.sha256, "name": file.name[:200], "rows": rows, "imported_at": at, "imported_by": actor.key}
    try:
        with transaction.atomic():
            BudgetImport.objects.create(**noted)
    except IntegrityError as error:
        raise Faster(_already(BudgetImport.objects.get(sha256=file.sha256))) from error


def _already(known: BudgetImport) -> str:
    return _("Diese Datei ist schon gebucht: am %(day)s um %(time)s von %(who)s. Nichts wurde doppelt gebucht.") % {
        "day": formats.plain_day(formats.local(known.imported_at)),
        "time": formats.clock(known.imported_at),
        "who": names_of({known.imported_by}).get(known.imported_by, _("einer früheren Person")),
    }


def _run(table: Table, *, dry_run: bool, actor: Actor, at: datetime) -> Preview:
    resource = MovementResource(actor=actor, at=at)
    result = resource.import_data(
        table.dataset, dry_run=dry_run, use_transactions=True, rollback_on_validation_errors=True, parts=_parts()
    )
    _raise_unforeseen(result)
    triples = zip(table.numbers, resource.rows, resource.told, result.rows, strict=True)
    rows = [_report(number, row, told, found) for number, row, told, found in triples]
    effects = [Effect(line=line, before=resource.before.get(line.pk), after=line.available) for line in resource.after]
    return Preview(rows=rows, totals=_totals(rows), effects=effects, seen=_fingerprint(rows))


def _parts() -> list[Programme | Measure | Municipality]:
    return [*Programme.objects.all(), *Measure.objects.all(), *Municipality.objects.all()]


def _raise_unforeseen(result: Result) -> None:
    """The library collects whatever goes wrong; what is no finding in a row is for the error page, as anywhere else."""
    errors = [*result.base_errors, *(error for row in result.rows for error in row.errors)]
    if errors:
        raise errors[0].error


def _report(number: int, row: Row, told: str, found: RowResult) -> RowReport:
    errors = found.validation_error.message_dict if found.validation_error else {}
    return RowReport(
        number=number,
        row=row,
        kind=KINDS.get(row.kind, ""),
        words="" if errors else told,
        errors=[(HEADINGS.get(name, ""), sentence) for name, sentences in errors.items() for sentence in sentences],
    )


def _totals(rows: list[RowReport]) -> list[tuple[str, int, Decimal]]:
    """(kind, rows, sum) in the order of the kinds."""
    found = {word: [own.row.amount or ZERO for own in rows if own.kind == word] for word in KINDS.values()}
    return [(word, len(amounts), sum(amounts, ZERO)) for word, amounts in found.items() if amounts]


def _fingerprint(rows: list[RowReport]) -> str:
    return sha256("\n".join(row.words for row in rows).encode()).hexdigest()
