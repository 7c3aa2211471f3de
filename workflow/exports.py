"""The annual overview as files; they hold what the page shows to the same reader, and nothing more."""

from __future__ import annotations

import json
from typing import Any

import tablib
from django.utils.translation import gettext as _

from funding import queries
from funding.models import BudgetLine
from workflow.overview import PARTS, Funded, Overview

CELLS = tuple[Any, ...]


def _dataset(title: str, headers: list[str], rows: list[CELLS]) -> tablib.Dataset:
    dataset = tablib.Dataset(headers=headers, title=title)
    for row in rows:
        dataset.append(row)
    return dataset


def parts(found: Overview) -> tablib.Dataset:
    """The breakdown; what was asked for is in it for staff only."""
    staff = found.rights.details
    headers = [_("Jahr"), str(PARTS[found.part])]
    headers += [_("Beantragt"), _("Anträge")] if staff else []
    headers += [_("Bewilligt"), _("Ausgezahlt"), _("Projekte")]
    rows = [
        (found.year.year, row.label, *((row.requested, row.applications) if staff else ()), row.committed, row.paid,
         row.projects)
        for row in found.rows
    ]  # fmt: skip
    return _dataset(_("Aufteilung"), headers, rows)


def years(found: Overview) -> tablib.Dataset:
    headers = [_("Jahr"), _("Ansatz"), _("Bewilligt"), _("Ausgezahlt"), _("Noch zur Verfügung")]
    rows = [(year.year, year.planned, year.committed, year.paid, year.available) for year in found.years]
    return _dataset(_("Fünf Jahre"), headers, rows)


def projects(found: list[Funded]) -> tablib.Dataset:
    headers = [_("Empfänger"), _("Projekt"), _("Gemeinde"), _("Bewilligt")]
    return _dataset(
        _("Geförderte Projekte"), headers, [(row.recipient, row.title, row.municipality, row.amount) for row in found]
    )


def budget_lines(found: list[BudgetLine]) -> tablib.Dataset:
    headers = [
        _("Produkt"), _("Konto"), _("Bezeichnung"), _("Ansatz"), _("Vorgemerkt"), _("Festgelegt"), _("Ausgezahlt"),
        _("Noch zur Verfügung"),
    ]  # fmt: skip
    rows: list[CELLS] = [
        (
            line.product,
            line.account,
            line.title,
            line.authorised,
            line.reserved,
            line.committed,
            line.paid,
            line.available,
        )
        for line in found
    ]
    return _dataset(_("Haushaltslinien"), headers, rows)


def as_json(found: Overview, listed: list[Funded]) -> bytes:
    """Euros as text with a dot, so that no cent is lost on the way."""
    content = {
        "year": found.year.year,
        "currency": "EUR",
        "totals": _totals(found.year) | {"requested": str(found.requested), "projects": found.projects},
        "years": [{"year": year.year, **_totals(year)} for year in found.years],
        "split_by": found.part,
        "parts": [
            {"label": row.label, "committed": str(row.committed), "paid": str(row.paid), "projects": row.projects}
            | ({"requested": str(row.requested)} if found.rights.details else {})
            for row in found.rows
        ],
        "grants": [
            {
                "recipient": row.recipient,
                "title": row.title,
                "municipality": row.municipality,
                "amount": str(row.amount),
            }
            for row in listed
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


def _totals(year: queries.Year) -> dict[str, Any]:
    amounts = {"planned": year.planned, "committed": year.committed, "paid": year.paid, "available": year.available}
    return {name: str(amount) for name, amount in amounts.items()}
