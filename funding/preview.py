"""What a movement would change, found out by booking it and taking it back: what was looked at is what gets booked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from funding import budgeting, ledger
from funding.budgeting import Order
from funding.models import BudgetLine, SubBudget
from journal.actors import Actor

ZERO = Decimal("0.00")
Numbers = list[tuple[str, Decimal]]
Snapshot = list[tuple[str, Numbers]]
"""Titles of lines and parts with their numbers."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """Numbers of one line or part: (what, before, after), in euros."""

    title: str
    rows: list[tuple[str, Decimal, Decimal]]


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What an order does. `seen` stands for just this order with just this effect; `shortfall` is what is missing
    afterwards; `is_booked` tells whether it was only a look."""

    tables: list[Table]
    seen: str
    shortfall: Decimal
    is_booked: bool


def book_as_seen(order: Order, seen: str, *, actor: Actor, at: datetime) -> Effect:
    """Books the order if somebody looked at exactly this effect; otherwise writes nothing and returns the effect.

    So nobody books other numbers than those on the page, and a second click books nothing twice. Raises what
    `budgeting.book` raises.
    """
    with transaction.atomic():
        ledger.lock_lines(_lines(order))
        before = _numbers(order)
        budgeting.book(order, actor=actor, at=at)
        effect = _effect(order, before, _numbers(order), seen)
        if not effect.is_booked:
            transaction.set_rollback(True)
    return effect


def _lines(order: Order) -> list[BudgetLine]:
    return [order.line, order.target] if isinstance(order.target, BudgetLine) else [order.line]


def _effect(order: Order, before: Snapshot, after: Snapshot, seen: str) -> Effect:
    tables = [
        Table(title=title, rows=[(name, was, now) for (name, was), (_name, now) in zip(old, new, strict=True)])
        for (title, old), (_title, new) in zip(before, after, strict=True)
    ]
    found = _fingerprint(order, tables)
    missing = BudgetLine.objects.values_list("shortfall", flat=True).get(pk=order.line.pk)
    return Effect(tables=tables, seen=found, shortfall=missing, is_booked=found == seen)


def _fingerprint(order: Order, tables: list[Table]) -> str:
    target = order.target and (type(order.target).__name__, order.target.pk)
    facts = (
        order.verb, order.line.pk, order.amount, order.reason, order.value_on, order.resolved, target, order.override,
        [(was, now) for table in tables for _name, was, now in table.rows],
    )  # fmt: skip
    return sha256(repr(facts).encode()).hexdigest()[:32]


def _numbers(order: Order) -> Snapshot:
    is_division = order.target is not None and not isinstance(order.target, BudgetLine)
    lines = BudgetLine.objects.filter(pk__in=[line.pk for line in _lines(order)]).in_bulk()
    found = [(str(line), _of_line(lines[line.pk], is_division=is_division)) for line in _lines(order)]
    return [*found, (str(order.target), _of_part(order))] if is_division else found


def _of_line(line: BudgetLine, *, is_division: bool) -> Numbers:
    division = [(_("Nicht aufgeteilt"), line.undivided)] if is_division else []
    return [
        (_("Verfügbarer Rahmen"), line.authorised),
        (_("Gesperrt"), line.frozen),
        (_("Festgelegt"), line.committed),
        (_("Noch zur Verfügung"), line.available),
        (_("Fehlbetrag"), line.shortfall),
        *division,
    ]


def _of_part(order: Order) -> Numbers:
    dimension = type(order.target)._meta.model_name or ""  # type: ignore[union-attr]
    part = SubBudget.objects.filter(line=order.line, **{dimension: order.target}).first() or SubBudget()
    return [
        (_("Zugeteilt"), part.share),
        (_("Vorgemerkt"), part.reserved),
        (_("Festgelegt"), part.committed),
        (_("Noch frei"), part.available_planning),
    ]
