"""What the cells of a row must say together, and what the row will do, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from funding.import_columns import KINDS, LINE, RESOLUTION, Row
from funding.models import BudgetLine, Resolution
from funding.money import format_money
from journal import formats

ZERO = Decimal("0.00")
Lines = Mapping[tuple[int, str, str], BudgetLine]
_ONLY_FOR = {
    "other_product": {"transfer"},
    "other_account": {"transfer"},
    "part": {"allocation"},
    "override": {"supplement", "freeze"},
}
_NOT_FOR_LINES = ("amount", "value_on", *RESOLUTION)
_NEEDS = {"transfer": ("other_product", "other_account"), "allocation": ("part",)}


def findings(row: Row, lines: Lines) -> Iterator[tuple[str, str]]:
    """(column, sentence) for whatever the cells do not say, or say in the wrong place."""
    yield from _missing(row)
    if row.kind:
        yield from _misplaced(row)
    if row.kind and all(row.key):
        yield from _unknown_line(row, lines)
    if row.value_on and row.kind == "carry" and row.value_on != date(row.fiscal_year or 1, 12, 31):
        yield "value_on", _("Eine Übertragung zählt immer für den 31.12. Bitte lassen Sie die Zelle leer.")


def _missing(row: Row) -> Iterator[tuple[str, str]]:
    needed = ["fiscal_year", "product", "account", "kind"]
    if row.kind != LINE:
        needed += ["amount", "reason"]
    needed += _NEEDS.get(row.kind, ())
    if any(row.is_filled(name) for name in RESOLUTION) and row.kind != LINE:
        needed += RESOLUTION
    for name in needed:
        if not row.is_filled(name):
            yield name, _("Hier fehlt eine Angabe.")


def _misplaced(row: Row) -> Iterator[tuple[str, str]]:
    for name, kinds in _ONLY_FOR.items():
        if row.is_filled(name) and row.kind not in kinds:
            named = ", ".join(f"„{word}“" for kind, word in KINDS.items() if kind in kinds)
            yield name, _("Das gibt es nur bei %(kinds)s. Bitte lassen Sie die Zelle leer.") % {"kinds": named}
    for name in _NOT_FOR_LINES if row.kind == LINE else ():
        if row.is_filled(name) and not (name == "amount" and row.amount == ZERO):
            yield name, _("„Linie“ legt nur an. Bitte lassen Sie die Zelle leer, oder schreiben Sie „Ansatz“.")


def _unknown_line(row: Row, lines: Lines) -> Iterator[tuple[str, str]]:
    line = lines.get(row.key)
    if line is not None:
        if row.title and row.title != line.title:
            yield "title", _("Diese Linie heißt „%(title)s“. Ist es die richtige?") % {"title": line.title}
    elif row.kind not in {LINE, "appropriation"}:
        yield "account", _("Diese Linie gibt es noch nicht. Legen Sie sie weiter oben mit „Linie“ oder „Ansatz“ an.")
    elif not row.title:
        yield "title", _("Diese Linie ist neu. Bitte schreiben Sie, wofür sie ist.")
    elif row.amount is not None and row.amount < ZERO:
        yield "amount", _("Der erste Ansatz einer Linie ist mindestens null.")
    if row.kind == "transfer" and row.other_account and row.other_key not in lines:
        yield "other_account", _("Die Gegenlinie gibt es in diesem Jahr noch nicht.")


# What a row does, in words


def words(row: Row, *, is_new: bool) -> str:
    if row.kind == LINE:
        return _("Legt die Linie an.") if is_new else _("Die Linie gibt es schon. Hier ändert sich nichts.")
    names = {
        "amount": format_money(row.amount),
        "other": f"{row.other_product} · {row.other_account}",
        "part": str(row.part or ""),
        "year": row.fiscal_year + 1,
    }
    return " ".join(part for part in (_movement_words(row, is_new=is_new) % names, _details(row)) if part)


def _movement_words(row: Row, *, is_new: bool) -> str:
    if is_new:
        return _("Legt die Linie an und bucht einen Ansatz von %(amount)s.")
    return {
        "appropriation": _("Bucht einen Ansatz von %(amount)s."),
        "supplement": _("Bucht einen Nachtrag von %(amount)s."),
        "transfer": _("Gibt %(amount)s an die Linie %(other)s."),
        "excess": _("Bucht %(amount)s über- oder außerplanmäßig."),
        "earmarked": _("Bucht %(amount)s als zweckgebundene Einnahme."),
        "freeze": _("Sperrt %(amount)s."),
        "unfreeze": _("Gibt %(amount)s aus der Sperre frei."),
        "allocation": _("Teilt %(amount)s zu: %(part)s."),
        "carry": _("Überträgt %(amount)s in das Jahr %(year)s."),
    }[row.kind]


def _details(row: Row) -> str:
    found = []
    if row.value_on:
        found.append(_("Zählt für den %(day)s.") % {"day": formats.plain_day(row.value_on)})
    if row.number:
        found.append(
            _("Beschluss: %(body)s %(number)s.") % {"body": Resolution.Body(row.body).label, "number": row.number}
        )
    if row.override:
        found.append(_("Ein Fehlbetrag wird in Kauf genommen."))
    return " ".join(found)
