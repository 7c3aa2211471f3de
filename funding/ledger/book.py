"""What every verb of the ledger stands on: the lock, the counters, the entry, and the two refusals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from funding.ledger.statements import add, read, shift
from funding.models.budget import BudgetLine, Commitment, Resolution, SubBudget
from funding.models.catalogue import Measure, Municipality, Programme
from funding.models.ledger import AVAILABLE, COUNTERS, PART_COUNTERS, SET_ASIDE, Kind, LedgerEntry
from funding.money import format_money
from journal.actors import Actor
from journal.refusals import Refused

ZERO = Decimal("0.00")
Status = BudgetLine.Status


class NotEnough(Refused):
    """The line does not hold the money; says how much is left at this moment."""

    def __init__(self, available: Decimal, needed: Decimal) -> None:
        super().__init__(
            _(
                "Es stehen noch %(available)s zur Verfügung, gebraucht werden %(needed)s. "
                "Sie können weniger anbieten oder den Antrag auf die Warteliste setzen."
            )
            % {"available": format_money(available), "needed": format_money(needed)},
            field="amount",
        )
        self.available, self.needed = available, needed


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """Whom and what a commitment is for: a snapshot that outlives later changes of the payee's data."""

    payee_key: UUID
    payee_name: str
    payee_iban: str
    is_natural_person: bool
    title: str
    programme: Programme
    measure: Measure | None
    municipality: Municipality | None

    def columns(self) -> dict[str, Any]:
        """As a commitment keeps it: what it belongs to by key."""
        belongs = ("programme", "measure", "municipality")
        told = {name: value for name, value in vars(self).items() if name not in belongs}
        return told | {f"{name}_id": (found := getattr(self, name)) and found.pk for name in belongs}


@dataclass(frozen=True, kw_only=True)
class Movement:
    """Who moves the money, when and why; where politics decided it, by which resolution.

    `value_on` is the day it counts for (None: the day of `at`); entries of one movement share the `voucher`.
    """

    actor: Actor
    at: datetime
    reason: str
    value_on: date | None = None
    resolution: Resolution | None = None
    thread: str = ""
    commitment: Commitment | None = None
    payment_reference: str = ""
    part: SubBudget | None = None
    voucher: UUID | None = None

    def linked(self) -> Movement:
        """The same movement with a voucher, for several entries."""
        return self if self.voucher else replace(self, voucher=uuid4())

    def dated(self) -> Movement:
        """The same movement with the day it counts for."""
        return self if self.value_on else replace(self, value_on=localdate(self.at))


def lock(line: BudgetLine) -> BudgetLine:
    """The line as it is now, locked until the transaction ends."""
    found = read(BudgetLine, "id = %s", [line.pk], lock=True)
    if not found:
        raise BudgetLine.DoesNotExist
    return found[0]


def lock_lines(lines: Iterable[BudgetLine]) -> dict[int, BudgetLine]:
    """Several lines by key, in the one order of the house: two transfers in opposite directions never wait in a ring."""
    keys = sorted({line.pk for line in lines})
    if not keys:
        return {}
    marks = ", ".join(["%s"] * len(keys))
    return {line.pk: line for line in read(BudgetLine, f"id IN ({marks}) ORDER BY id", keys, lock=True)}


def book(line: BudgetLine, entries: Sequence[tuple[Kind, Decimal]], move: Movement) -> LedgerEntry:
    """Moves the counters in one update and adds the entries; returns the first of them. The line must be locked.

    Where money becomes available on a line with a shortfall, the shortfall falls with it.
    """
    changes = _changes(entries, move.part)
    freed = sum((AVAILABLE.get(name, 0) * amount for name, amount in changes.items()), ZERO)
    covered = min(line.shortfall, freed)
    booked = list(entries)
    if covered > ZERO:
        changes["shortfall"] = changes.get("shortfall", ZERO) - covered
        booked.append((Kind.SHORTFALL, -covered))
    _move_counters(line, changes)
    if move.part is not None:
        _move_part(move.part, entries)
    told = move.linked() if len(booked) > 1 else move
    made = [enter(line, kind, amount, told) for kind, amount in booked]
    return made[0]


def _changes(entries: Sequence[tuple[Kind, Decimal]], part: SubBudget | None) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for kind, amount in entries:
        signs = COUNTERS[kind] if part is None else {**COUNTERS[kind], "set_aside": SET_ASIDE.get(kind, 0)}
        for name, sign in signs.items():
            found[name] = found.get(name, ZERO) + amount * sign
    return found


def _move_counters(line: BudgetLine, changes: dict[str, Decimal]) -> None:
    moved = {name: amount for name, amount in changes.items() if amount}
    if moved:
        shift(BudgetLine, line.pk, moved)
    for name, amount in moved.items():
        setattr(line, name, getattr(line, name) + amount)


def _move_part(part: SubBudget, entries: Sequence[tuple[Kind, Decimal]]) -> None:
    """A part is only ever moved under the lock of its line."""
    moved: dict[str, Decimal] = {}
    for kind, amount in entries:
        for name, sign in PART_COUNTERS.get(kind, {}).items():
            moved[name] = moved.get(name, ZERO) + amount * sign
    if moved:
        shift(SubBudget, part.pk, moved)


def enter(line: BudgetLine, kind: Kind, amount: Decimal, move: Movement) -> LedgerEntry:
    return add(
        LedgerEntry,
        line_id=line.pk,
        part_id=move.part and move.part.pk,
        voucher=move.voucher or uuid4(),
        kind=kind,
        amount=amount,
        value_on=move.value_on or localdate(move.at),
        recorded_at=move.at,
        actor_key=move.actor.key,
        actor_role=move.actor.role,
        reason=move.reason[:300],
        thread=move.thread,
        commitment_id=move.commitment and move.commitment.pk,
        payment_reference=move.payment_reference,
        resolution_id=move.resolution and move.resolution.pk,
    )


def refuse_closed(line: BudgetLine) -> None:
    if line.status == Status.CLOSED:
        raise Refused(_("Das Haushaltsjahr %(year)s ist abgeschlossen.") % {"year": line.fiscal_year})


def refuse_past(line: BudgetLine) -> None:
    """A year that was opened again for a bank return is open for that alone."""
    refuse_closed(line)
    if line.status == Status.REOPENED:
        raise Refused(
            _("Das Haushaltsjahr %(year)s ist nur für einen Rückläufer wieder geöffnet.") % {"year": line.fiscal_year}
        )
