"""Saving what somebody writes: never over what somebody else wrote meanwhile, and only while it is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from applications.gathering import fill
from applications.models import Application, Attachment, CostLine, SourceLine
from funding.law.grants import FundingSourceKind
from journal.actors import Actor
from journal.refusals import Forbidden, Refusal

CENT = Decimal("0.01")
COUNTY = FundingSourceKind.COUNTY_GRANT.value


class Conflict(Refusal):
    """Somebody saved a newer version meanwhile (HTTP 409); nothing was written."""

    status = 409


@dataclass(kw_only=True)
class Line:
    """One line of the plan as it was sent: its key if it was there before, and what could be read."""

    pk: int | None
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Save:
    """Who saves when, and which version they saw."""

    version: int
    actor: Actor
    at: datetime


def claim(application: Application, save: Save, **values: Any) -> None:
    """Writes the fields and counts the version up, if it is still the one that was seen; the object follows.

    Raises Conflict if somebody was faster, Forbidden if the application is closed for writing.
    """
    own = Application.objects.filter(pk=application.pk, version=save.version, is_editable=True)
    stamp = {"version": F("version") + 1, "updated_at": save.at, "updated_by": save.actor.key}
    if not own.update(**stamp, **values):
        _explain(application)
    known = {"version": save.version + 1, "updated_at": save.at, "updated_by": save.actor.key}
    for name, value in (known | values).items():
        setattr(application, name, value)


def _explain(application: Application) -> None:
    if not Application.objects.filter(pk=application.pk, is_editable=True).exists():
        raise Forbidden(_("Dieser Antrag ist eingereicht. Ändern lässt er sich nur nach einer Rückfrage von uns."))
    raise Conflict(_("Jemand hat diese Seite geändert, während Sie geschrieben haben. Nichts ist verloren."))


def save_fields(application: Application, save: Save, values: Mapping[str, Any]) -> None:
    """Saves fields of one step; `goals` is a list of goals."""
    plain = {name: value for name, value in values.items() if name != "goals"}
    if "goals" not in values or set(values["goals"]) == set(application.goals.all()):  # one statement: no transaction
        claim(application, save, **plain)
        return
    with transaction.atomic():
        claim(application, save, **plain)
        application.goals.set(values["goals"])


def save_plan(application: Application, save: Save, costs: Sequence[Line], sources: Sequence[Line]) -> None:
    """Saves the lines of the plan as they were sent; lines that were not sent are gone. The county's line stays.

    However many lines there are: at most one statement for the new, one for the changed, one for the gone of each side.
    """
    with transaction.atomic():
        claim(application, save)
        plan: dict[str, list[Any]] = {
            "costs": _keep(application.costs.all(), costs, CostLine(application=application)),
            "sources": _keep(application.sources.all(), sources, SourceLine(application=application)),
        }
    for name, lines in plan.items():
        fill(application, name, lines)


def _keep(present: Any, lines: Sequence[Line], blank: CostLine | SourceLine) -> list[Any]:
    """Returns the lines as they are stored now, in their order."""
    rows: Any = type(blank).objects
    known = {line.pk: line for line in present}
    county = next((line for line in known.values() if is_county(line)), None)
    if county is not None:
        known.pop(county.pk)
    written: list[tuple[Any, Line]] = []
    changed: dict[str, set[int]] = {}
    for position, sent in enumerate(lines):
        fixed = county if sent.values.get("kind") == COUNTY else None
        line = fixed or known.pop(sent.pk, None) or type(blank)(application=blank.application)
        written.append((line, sent))
        for name in _take(line, sent.values | {"position": position}):
            changed.setdefault(name, set()).add(id(line))
    if known:
        rows.filter(pk__in=list(known)).delete()
    _store(rows, [line for line, _sent in written], changed)
    for line, sent in written:
        sent.pk = line.pk
    kept = [line for line, _sent in written]
    if county is not None and county not in kept:
        kept.append(county)
    return sorted(kept, key=lambda line: (line.position, line.pk))


def _store(rows: Any, lines: Sequence[Any], changed: Mapping[str, set[int]]) -> None:
    """New lines in one statement, changed ones in another; the rest costs nothing."""
    touched = set().union(*changed.values())
    new = [line for line in lines if line._state.adding]
    old = [line for line in lines if not line._state.adding and id(line) in touched]
    names = [name for name, those in changed.items() if any(id(line) in those for line in old)]
    if old:
        rows.bulk_update(old, names)
    if new:
        rows.bulk_create(new)


def is_county(line: CostLine | SourceLine) -> bool:
    return isinstance(line, SourceLine) and line.kind == COUNTY


def _take(line: CostLine | SourceLine, values: Mapping[str, Any]) -> list[str]:
    """Puts what was sent into a line and names what is different now."""
    before = {name: getattr(line, name) for name in (*values, "amount")}
    for name, value in values.items():
        setattr(line, name, value)
    if isinstance(line, CostLine):
        line.amount = cost(line.quantity, line.unit_price)
    return [name for name, value in before.items() if getattr(line, name) != value]


def cost(quantity: Decimal, unit_price: Decimal) -> Decimal:
    """Quantity times price in euros, half a cent up."""
    return (quantity * unit_price).quantize(CENT, ROUND_HALF_UP)


def hold_open(application: Application) -> Application:
    """The row, locked while a file is added or removed. Raises Forbidden if it is closed for writing."""
    held = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if not held.is_editable:
        _explain(held)
    return held


def remove(attachment: Attachment, *, at: datetime) -> None:
    """Takes a file off the list. The row stays: a revision that was handed in may name it."""
    with transaction.atomic():
        hold_open(attachment.application)
        Attachment.objects.filter(pk=attachment.pk, removed_at__isnull=True).update(removed_at=at)
