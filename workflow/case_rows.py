"""The rows of the list of cases, on the page and in a file: the same columns, the same words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import OuterRef
from django.utils.translation import gettext as _

from accounts.actors import names_of
from accounts.roles import Role
from journal import formats
from journal.actors import Actor
from workflow import dossier, labels, queries, talk
from workflow.listing import BY_SLUG, Column, Listing, Number
from workflow.models import Case, Label

BATCH = 500
MOST_IN_A_SHEET = 20_000
"""Rows; a workbook is made in memory. A CSV has as many as there are hits."""
QUIET = frozenset({"status", "betrag", "frist", "nummer"})
"""Columns that a phone shows without their name."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    column: Column
    value: Any
    tone: str = ""

    @property
    def css(self) -> str:
        return {"money": "ft-num", "reference": "ft-wide-only"}.get(self.column.kind, "")

    @property
    def label(self) -> str:
        """What a phone writes before the value."""
        return "" if self.column.slug in QUIET else str(self.column.label)


@dataclass(frozen=True, kw_only=True)
class Row:
    case: Case
    cells: list[Cell]
    new: str = ""

    @property
    def file_cells(self) -> list[Any]:
        """For a file: the project, the applicant, then what was chosen; moments as days."""
        rest = ["" if cell.value is None else cell.value for cell in self.cells]
        return [self.case.application.title, str(self.case.application.organisation), *rest]


def rows(keys: list[int], found: Listing, *, today: date, names: dict[UUID, str] | None = None) -> list[Row]:
    """One query for the cases with their news, one for their labels and one for names, where those are shown and not known."""
    cases = queries.in_this_order(keys, queries.in_lists().annotate(news=unread_of(OuterRef("pk"))))
    known = {"etiketten": {}, "zustaendig": names or {}} | _extra(cases, found, names or {})
    columns = [BY_SLUG[slug] for slug in found.columns]
    return [_row(case, columns, found.actor, today, known) for case in cases]


def unread_of(case: Any) -> Number:
    """How many messages the office has not read yet."""
    return Number(talk.unread(for_office=True).filter(case=case).order_by().values("pk"))


def _extra(cases: list[Case], found: Listing, names: dict[UUID, str]) -> dict[str, dict[Any, str]]:
    extra: dict[str, dict[Any, str]] = {}
    if "etiketten" in found.columns:
        extra["etiketten"] = _labels(cases)
    keys = {case.assigned_to for case in cases} - {None}
    if "zustaendig" in found.columns and not keys <= names.keys():
        extra["zustaendig"] = names | names_of(keys)
    return extra


def _labels(cases: list[Case]) -> dict[int, str]:
    pairs = Label.cases.through.objects.filter(case__in=cases).order_by("label__name")
    found: dict[int, list[str]] = {}
    for pk, name in pairs.values_list("case", "label__name"):
        found.setdefault(pk, []).append(name)
    return {pk: ", ".join(names) for pk, names in found.items()}


def _row(case: Any, columns: list[Column], actor: Actor, today: date, known: dict[str, dict[Any, str]]) -> Row:
    cells = [_cell(case, column, actor, today, known) for column in columns]
    return Row(case=case, cells=cells, new=talk.new_words(case.news))


def _cell(case: Case, column: Column, actor: Actor, today: date, known: dict[str, dict[Any, str]]) -> Cell:
    if column.slug == "status":
        return _status(case, column, actor, today)
    values: dict[str, Any] = {
        "nummer": lambda: case.reference,
        "programm": lambda: str(case.programme),
        "gemeinde": lambda: str(case.application.municipality or ""),
        "massnahme": lambda: str(case.application.measure or ""),
        "betrag": lambda: case.requested_amount if case.decided_amount is None else case.decided_amount,
        "beantragt": lambda: case.requested_amount,
        "bewilligt": lambda: case.decided_amount,
        "eingang": lambda: formats.local(case.received_at),
        "frist": lambda: dossier.deadline_of(case),
        "zustaendig": lambda: known["zustaendig"].get(case.assigned_to, ""),
        "etiketten": lambda: known["etiketten"].get(case.pk, ""),
    }
    return Cell(column=column, value=values[column.slug]())


def _status(case: Case, column: Column, actor: Actor, today: date) -> Cell:
    label = labels.for_office(case, queries.award_of(case), is_decider=actor.has_role(Role.DECIDER))
    due = dossier.deadline_of(case)
    if due is None or due >= today:
        return Cell(column=column, value=label.text, tone=label.tone)
    return Cell(column=column, value=_("%(status)s, überfällig") % {"status": label.text}, tone="d")


# Files


def heads(found: Listing) -> list[str]:
    return [_("Projekt"), _("Antragstellende"), *(str(BY_SLUG[slug].label) for slug in found.columns)]


def all_rows(found: Listing, *, today: date) -> Iterator[list[Any]]:
    """Every hit in the order of the list, read in batches. What changes meanwhile is as it is when its batch is read."""
    keys = list(found.sorted().values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        for row in rows(keys[start : start + BATCH], found, today=today):
            yield row.file_cells


def foot(columns: Iterable[str], totals: queries.Totals) -> list[tuple[str, Decimal | None]]:
    """For each column its class and the sum of all hits, where there is one."""
    known = [BY_SLUG[slug] for slug in columns]
    return [("ft-num", getattr(totals, column.total)) if column.total else ("ft-wide-only", None) for column in known]
