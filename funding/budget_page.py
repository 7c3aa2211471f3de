"""What the budget page says about a line: how the number is made up, and how full it is, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from funding import queries
from funding.integrity import label_of
from funding.models import BudgetAlert, BudgetLine
from funding.money import format_money
from journal import values

ALWAYS = ("appropriation", "committed")
ADDED = ("appropriation", "supplement", "carry_in", "transfer_in", "excess", "earmarked")
TAKEN = ("carry_out", "transfer_out", "frozen", "committed")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """From which percentage a line is amber or red."""

    amber: int
    red: int

    @classmethod
    def on(cls, day: date) -> Limits:
        return cls(amber=values.number("budget.amber_percent", on=day), red=values.number("budget.red_percent", on=day))


@dataclass(frozen=True, kw_only=True)
class Light:
    """A traffic light that speaks."""

    tone: str
    text: str


def light(line: BudgetLine, limits: Limits) -> Light:
    """Red from `limits.red` per cent of what is usable, amber from `limits.amber`; reaching the limit counts."""
    if line.shortfall > 0 or line.available < 0:
        return Light(tone="d", text=_("Es fehlt Geld"))
    if not line.usable:
        return Light(tone="n", text=_("Noch kein Ansatz"))
    used = line.committed * 100 / line.usable
    share = int(used)
    if used >= limits.red:
        return Light(tone="d", text=_("Rot: %(share)s %% vergeben") % {"share": share})
    if used >= limits.amber:
        return Light(tone="w", text=_("Gelb: %(share)s %% vergeben") % {"share": share})
    return Light(tone="n", text=_("Grün: %(share)s %% vergeben") % {"share": share})


def bookings_url(line: BudgetLine, part: str = "") -> str:
    return f"{reverse('funding:bookings')}?linie={line.pk}" + (f"&teil={part}" if part else "")


def made_up(line: BudgetLine) -> list[dict[str, Any]]:
    """„Noch zur Verfügung" and its parts, each a link to the bookings that it is the sum of."""
    parts = [(name, getattr(line, name), sign) for names, sign in ((ADDED, 1), (TAKEN, -1)) for name in names]
    rows = [
        {"label": label_of(name).capitalize(), "amount": amount * sign, "url": bookings_url(line, name)}
        for name, amount, sign in parts
        if amount or name in ALWAYS
    ]
    return [
        *rows,
        {"label": _("Noch zur Verfügung"), "amount": line.available, "url": bookings_url(line), "is_sum": True},
    ]


def beside(line: BudgetLine) -> list[tuple[str, str, str]]:
    """What is part of the committed money, and what is only proposed."""
    rows: list[tuple[str, Decimal, str]] = [
        (_("Davon ausgezahlt"), line.paid, bookings_url(line, "paid")),
        (_("Vorgemerkt für Vorschläge"), line.reserved, bookings_url(line, "reserved")),
        (_("Übrig, wenn alles Vorgeschlagene bewilligt wird"), line.available_planning, ""),
    ]
    return [(name, format_money(amount), url) for name, amount, url in rows]


def described(line: BudgetLine, limits: Limits) -> dict[str, Any]:
    return {
        "line": line,
        "light": light(line, limits),
        "parts": made_up(line),
        "beside": beside(line),
        "bar": [
            (_("ausgezahlt"), line.paid, "filled"),
            (_("festgelegt, noch offen"), line.open_commitments, "hatched"),
        ],
    }


def by_year(day: date) -> list[tuple[int, list[dict[str, Any]]]]:
    """All lines, newest year first: one query, and two for the limits."""
    limits = Limits.on(day)
    years: dict[int, list[dict[str, Any]]] = {}
    for line in queries.lines():
        years.setdefault(line.fiscal_year, []).append(described(line, limits))
    return list(years.items())


def open_alerts() -> list[BudgetAlert]:
    return list(BudgetAlert.objects.filter(ended_at__isnull=True).select_related("line"))


def effect_of(line: BudgetLine, amount: Decimal) -> list[tuple[str, Decimal, Decimal]]:
    """(what, before, after) of a supplement."""
    return [
        (_("Verfügbarer Rahmen"), line.authorised, line.authorised + amount),
        (_("Festgelegt"), line.committed, line.committed),
        (_("Noch zur Verfügung"), line.available, line.available + amount),
    ]
