"""From the proposal to the award: money put aside, bound, pledged for a year to come, lowered, given back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from funding.ledger.book import (
    ZERO,
    Movement,
    NotEnough,
    Purpose,
    Status,
    book,
    enter,
    lock,
    lock_lines,
    refuse_closed,
    refuse_past,
)
from funding.ledger.statements import add, cents, read, shift
from funding.models.budget import BudgetLine, Commitment, Reservation, SubBudget
from funding.models.catalogue import Measure, Municipality, Programme
from funding.models.ledger import AVAILABLE, Kind
from funding.money import value
from journal.actors import Actor
from journal.refusals import Refused

Belongs = Mapping[str, Programme | Measure | Municipality | None]
"""What an award is for, by the ways in which a line can be divided."""


def part_of(line: BudgetLine, belongs: Belongs) -> SubBudget | None:
    """The sub-budget that pays for this; None where the line is not divided or has no part for it (any more)."""
    target = belongs.get(line.divided_by) if line.divided_by else None
    return line.parts.filter(share__gt=ZERO, **{line.divided_by: target}).first() if target is not None else None


def reserve(
    line: BudgetLine, amount: Decimal, *, thread: str, actor: Actor, at: datetime, belongs: Belongs | None = None
) -> Reservation:
    """Puts money aside for a proposal; replaces the thread's earlier reservation on this line.

    Raises NotEnough: a reservation never makes the line or its part negative.
    """
    move = Movement(actor=actor, at=at, reason="Vorschlag", thread=thread)
    with transaction.atomic():
        held = lock(line)
        refuse_past(held)
        Reservation.objects.get_or_create(line=held, thread=thread, defaults={"amount": ZERO})
        own = Reservation.objects.select_related("part").get(line=held, thread=thread)
        part = part_of(held, belongs or {})
        if own.part != part:
            release_of(held, own, move)
        _refuse_too_much(held, part, amount, own.amount)
        if amount != own.amount:
            book(held, [(Kind.RESERVATION, amount - own.amount)], replace(move, part=part))
        own.amount, own.part = amount, part
        own.save()
        return own


def _refuse_too_much(line: BudgetLine, part: SubBudget | None, amount: Decimal, own: Decimal = ZERO) -> None:
    """`own` is what the thread has put aside in just this place."""
    free = line.undivided if part is None else min(line.available_planning, part.available_planning)
    if amount > free + own:
        raise NotEnough(free + own, amount)


def _lock_alone(shares: Mapping[BudgetLine, Decimal], move: Movement) -> dict[int, BudgetLine]:
    """The lines of these shares, locked; what the thread has put aside on other lines is given back."""
    earlier = Reservation.objects.filter(thread=move.thread, amount__gt=ZERO).exclude(line__in=list(shares))
    gone = list(BudgetLine.objects.filter(reservations__in=earlier))
    held = lock_lines([*shares, *gone])
    for own in earlier.filter(line__in=held).select_related("part").order_by("line_id") if gone else ():
        release_of(held[own.line_id], own, replace(move, reason="Anders verteilt"))
    return held


def put_aside(
    shares: Mapping[BudgetLine, Decimal], *, thread: str, actor: Actor, at: datetime, belongs: Belongs
) -> None:
    """Puts money aside on several lines and years; what the thread had on other lines is given back."""
    with transaction.atomic():
        _lock_alone(shares, Movement(actor=actor, at=at, reason="Anders verteilt", thread=thread))
        for line, amount in sorted(shares.items(), key=lambda share: share[0].pk):
            reserve(line, amount, thread=thread, actor=actor, at=at, belongs=belongs)


def release(thread: str, *, actor: Actor, at: datetime, reason: str) -> Decimal:
    """Gives back what is reserved for the thread; returns how much that was. Nothing reserved is no error."""
    move = Movement(actor=actor, at=at, reason=reason, thread=thread)
    with transaction.atomic():
        held = lock_lines(BudgetLine.objects.filter(reservations__thread=thread, reservations__amount__gt=ZERO))
        waiting = Reservation.objects.select_related("part").filter(thread=thread, line__in=held).order_by("line_id")
        return sum((release_of(held[own.line_id], own, move) for own in waiting), ZERO)


def release_of(line: BudgetLine, own: Reservation, move: Movement) -> Decimal:
    """Gives one reservation back. The line must be locked, the reservation read after that."""
    amount = own.amount
    if amount:
        refuse_past(line)
        book(line, [(Kind.RESERVATION, -amount)], replace(move, part=own.part))
        own.amount = ZERO
        own.save()
    return amount


def commit(
    line: BudgetLine, amount: Decimal, *, purpose: Purpose, decided_by: UUID | None, move: Movement
) -> Commitment:
    """Binds money for an award and consumes the thread's reservation, in one transaction, under the line's lock.

    Allowed iff amount ≤ available_planning + own reservation and the budget is approved (§ 116 NKomVG). Raises
    NotEnough or Refused.
    """
    move, bought = move.dated().linked(), purpose.columns()  # before the lock: the others wait only for what needs it
    with transaction.atomic():
        held = lock(line)
        _refuse_unapproved(held)
        _consume(held, move)
        part = part_of(held, vars(purpose))
        _claim(held, part, amount)
        commitment = _create(held, part, bought, decided_by, move, amount=amount)
        enter(held, Kind.COMMITMENT, amount, replace(move, commitment=commitment, part=part))
        return commitment


def _consume(line: BudgetLine, move: Movement) -> None:
    """What the thread has put aside on this line goes back before it is bound."""
    for own in read(Reservation, "line_id = %s AND thread = %s AND amount > 0", [line.pk, move.thread]):
        release_of(line, own, move)


def _create(
    line: BudgetLine,
    part: SubBudget | None,
    bought: Mapping[str, Any],
    decided_by: UUID | None,
    move: Movement,
    **money: Decimal,
) -> Commitment:
    made = add(
        Commitment,
        line_id=line.pk,
        part_id=part and part.pk,
        thread=move.thread,
        decided_by=decided_by,
        committed_on=move.value_on,
        **{"amount": ZERO, **money},
        **bought,
    )
    made.line = line
    return made


def _refuse_unapproved(line: BudgetLine) -> None:
    refuse_past(line)
    if line.status == Status.PROVISIONAL:
        raise Refused(
            _(
                "Der Haushalt %(year)s ist noch nicht genehmigt. Neue Bewilligungen sind noch nicht möglich (§ 116 NKomVG)."
            )
            % {"year": line.fiscal_year}
        )


AVAILABLE_SQL = " ".join(f"{'-' if sign < 0 else '+'} {name}" for name, sign in AVAILABLE.items())
"""„Noch zur Verfügung" out of the counters, as the database reckons it."""


def _claim(line: BudgetLine, part: SubBudget | None, amount: Decimal, *, spares_proposals: bool = True) -> None:
    """Raises the counters only where the money is still there: holds on every engine, with or without row locks.

    What is promised already comes before what others only propose: it does not spare their reservations.
    """
    spared = "reserved" if spares_proposals else "0"
    if part is None:
        spared += " + set_aside"
    moved = {"committed": amount}
    if part is not None:
        moved["set_aside"] = -amount
        _claim_part(part, amount)
    is_there = f"status = %s AND {AVAILABLE_SQL} - ({spared}) >= %s"
    if not shift(BudgetLine, line.pk, moved, where=is_there, values=[Status.OPEN.value, cents(amount)]):
        now = BudgetLine.objects.get(pk=line.pk)
        raise NotEnough(now.available_planning if part is not None else now.undivided, amount)


def _claim_part(part: SubBudget, amount: Decimal) -> None:
    is_there = "share - reserved - committed >= %s"
    if not shift(SubBudget, part.pk, {"committed": amount}, where=is_there, values=[cents(amount)]):
        raise NotEnough(SubBudget.objects.get(pk=part.pk).available_planning, amount)


def share_out(
    shares: Mapping[BudgetLine, Decimal], *, purpose: Purpose, decided_by: UUID | None, move: Movement
) -> list[Commitment]:
    """Binds one award on several lines and years; the parts are its sum, to the cent.

    A share of a later year whose budget is not approved is pledged: put aside there under the notice's budget proviso
    and bound when that year opens. At least one share must be bound now. Raises NotEnough or Refused.
    """
    with transaction.atomic():
        linked = move.linked()
        held = _lock_alone(shares, linked)
        this_year = localdate(move.at).year
        made = []
        for line, amount in sorted(shares.items(), key=lambda share: share[0].pk):
            now = held[line.pk]
            is_later = now.status == Status.PROVISIONAL and now.fiscal_year > this_year and len(shares) > 1
            bind = _pledge if is_later else commit
            made.append(bind(line, amount, purpose=purpose, decided_by=decided_by, move=linked))
        if not any(commitment.amount for commitment in made):
            _refuse_unapproved(held[made[0].line_id])
        return made


def _pledge(
    line: BudgetLine, amount: Decimal, *, purpose: Purpose, decided_by: UUID | None, move: Movement
) -> Commitment:
    """The reservation of the proposal goes on as the award's burden on a year to come."""
    with transaction.atomic():
        held = lock(line)
        _consume(held, move)
        part = part_of(held, vars(purpose))
        _refuse_too_much(held, part, amount)
        commitment = _create(held, part, purpose.columns(), decided_by, move.dated(), pledged=amount)
        burden = replace(move, commitment=commitment, part=part, reason="Vorbelastung unter Haushaltsvorbehalt")
        book(held, [(Kind.RESERVATION, amount)], burden)
        return commitment


def redeem(commitment: Commitment, *, actor: Actor, at: datetime) -> None:
    """The year of a pledge is approved: what was put aside becomes a commitment. Raises NotEnough or Refused."""
    with transaction.atomic():
        held = Commitment.objects.select_for_update().get(pk=commitment.pk)
        line = lock(held.line)
        _refuse_unapproved(line)
        amount = held.pledged
        if not amount:
            raise Refused(_("Hier ist nichts vorgemerkt, das festzulegen wäre."))
        move = Movement(
            actor=actor, at=at, reason="Haushalt genehmigt", thread=held.thread, commitment=held, part=held.part
        ).linked()
        book(line, [(Kind.RESERVATION, -amount)], move)
        _claim(line, held.part, amount, spares_proposals=False)
        enter(line, Kind.COMMITMENT, amount, move)
        Commitment.objects.filter(pk=held.pk).update(amount=value(amount), pledged=value(ZERO))


def lock_commitments(thread: str) -> list[Commitment]:
    """All commitments of an award, by key. Whoever waited here for a carry-over finds the new one too."""
    wanted = Commitment.objects.filter(thread=thread)
    while True:
        held = list(wanted.select_for_update(of=("self",)).select_related("line").order_by("pk"))
        if {found.pk for found in held} == set(wanted.values_list("pk", flat=True)):
            return held


def lock_award(thread: str) -> list[Commitment]:
    """All commitments of an award, and then their lines: in the one lock order of the house."""
    held = lock_commitments(thread)
    lock_lines(commitment.line for commitment in held)
    return held


def reduce(commitment: Commitment, amount: Decimal, *, actor: Actor, at: datetime, reason: str) -> Decimal:
    """Lowers a commitment to `amount`, but never below what is paid (that part is a clawback). Returns what became free."""
    with transaction.atomic():
        held = Commitment.objects.select_for_update().get(pk=commitment.pk)
        line = lock(held.line)
        target = max(amount, held.paid)
        freed = held.promised - target
        if freed < ZERO:
            raise Refused(_("Eine Festlegung wächst nur durch eine neue Bewilligung."))
        if freed:
            refuse_closed(line)
            move = Movement(actor=actor, at=at, reason=reason, thread=held.thread, commitment=held, part=held.part)
            kind, field = (Kind.RESERVATION, "pledged") if held.pledged else (Kind.COMMITMENT, "amount")
            book(line, [(kind, -freed)], move)
            Commitment.objects.filter(pk=held.pk).update(**{field: F(field) - value(freed)})
        return freed
