"""The only writer of ledger entries and of the counters beside them.

Each verb runs in the caller's transaction (or opens one), locks the budget line by key, moves the counters by one
conditional update and adds the rows. What the guard refuses in Python, a named CHECK refuses in the database. Amounts
are euros (Decimal, whole cents); `actor.role` is the role in which somebody acts. What is
written down here is German, whatever language somebody reads: the books have one (§ 23 VwVfG).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from funding.models.budget import BudgetLine, Commitment, Reservation, Resolution
from funding.models.catalogue import Measure, Municipality, Programme
from funding.models.ledger import COUNTERS, Kind, LedgerEntry
from funding.money import format_money, value
from journal.actors import Actor
from journal.events import record
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


@dataclass(frozen=True, kw_only=True)
class Movement:
    """Who moves the money, when and why; where politics decided it, by which resolution."""

    actor: Actor
    at: datetime
    reason: str
    value_on: date | None = None
    resolution: Resolution | None = None
    thread: str = ""
    commitment: Commitment | None = None
    payment_reference: str = ""


def lock(line: BudgetLine) -> BudgetLine:
    """The line as it is now, locked until the transaction ends."""
    return BudgetLine.objects.select_for_update().get(pk=line.pk)


def _book(line: BudgetLine, kind: Kind, amount: Decimal, move: Movement) -> LedgerEntry:
    """Moves the counters and adds the entry. The line must be locked; its fields here become stale."""
    changes = {name: F(name) + value(amount * sign) for name, sign in COUNTERS[kind].items()}
    if changes:
        BudgetLine.objects.filter(pk=line.pk).update(**changes)
    return _enter(line, kind, amount, move)


def _enter(line: BudgetLine, kind: Kind, amount: Decimal, move: Movement) -> LedgerEntry:
    return LedgerEntry.objects.create(
        line=line,
        kind=kind,
        amount=amount,
        value_on=move.value_on or localdate(move.at),
        recorded_at=move.at,
        actor_key=move.actor.key,
        actor_role=move.actor.role,
        reason=move.reason[:300],
        thread=move.thread,
        commitment=move.commitment,
        payment_reference=move.payment_reference,
        resolution=move.resolution,
    )


def _refuse_closed(line: BudgetLine) -> None:
    if line.status == Status.CLOSED:
        raise Refused(_("Das Haushaltsjahr %(year)s ist abgeschlossen.") % {"year": line.fiscal_year})


def appropriate(line: BudgetLine, amount: Decimal, *, move: Movement) -> LedgerEntry:
    """The budget's own amount (Ansatz, § 112 NKomVG)."""
    return _change_plan(line, Kind.APPROPRIATION, amount, move)


def supplement(line: BudgetLine, amount: Decimal, *, move: Movement) -> LedgerEntry:
    """A change by supplementary budget (Nachtrag, § 115 NKomVG); never below what is already committed."""
    return _change_plan(line, Kind.SUPPLEMENT, amount, move)


def _change_plan(line: BudgetLine, kind: Kind, amount: Decimal, move: Movement) -> LedgerEntry:
    with transaction.atomic():
        held = lock(line)
        _refuse_closed(held)
        if amount == ZERO:
            raise Refused(_("Bitte schreiben Sie einen Betrag, der nicht null ist."), field="amount")
        if held.available + amount < ZERO:
            raise Refused(
                _("Davon sind schon %(committed)s festgelegt. Weniger geht nicht.")
                % {"committed": format_money(held.committed)},
                field="amount",
            )
        return _book(held, kind, amount, move)


def reserve(line: BudgetLine, amount: Decimal, *, thread: str, actor: Actor, at: datetime) -> Reservation:
    """Puts money aside for a proposal; replaces the thread's earlier reservation on this line.

    Raises NotEnough: a reservation never makes the line negative.
    """
    move = Movement(actor=actor, at=at, reason="Vorschlag", thread=thread)
    with transaction.atomic():
        held = lock(line)
        _refuse_closed(held)
        own = _own_reservation(held, thread)
        if amount > held.available_planning + own.amount:
            raise NotEnough(held.available_planning + own.amount, amount)
        if amount != own.amount:
            _book(held, Kind.RESERVATION, amount - own.amount, move)
            own.amount = amount
            own.save()
        return own


def _own_reservation(line: BudgetLine, thread: str) -> Reservation:
    return Reservation.objects.get_or_create(line=line, thread=thread, defaults={"amount": ZERO})[0]


def release(thread: str, *, actor: Actor, at: datetime, reason: str) -> Decimal:
    """Gives back what is reserved for the thread; returns how much that was. Nothing reserved is no error."""
    with transaction.atomic():
        waiting = Reservation.objects.filter(thread=thread, amount__gt=ZERO).order_by("line_id")
        return sum(
            (_give_back(own, Movement(actor=actor, at=at, reason=reason, thread=thread)) for own in waiting), ZERO
        )


def _give_back(own: Reservation, move: Movement) -> Decimal:
    held = lock(own.line)
    own.refresh_from_db()
    amount = own.amount
    if amount:
        _book(held, Kind.RESERVATION, -amount, move)
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
    with transaction.atomic():
        held = lock(line)
        _refuse_unapproved(held)
        own = _own_reservation(held, move.thread)
        if own.amount:
            _give_back(own, move)
        _claim(held, amount)
        commitment = Commitment.objects.create(
            line=held,
            thread=move.thread,
            amount=amount,
            decided_by=decided_by,
            committed_on=localdate(move.at),
            **vars(purpose),
        )
        _enter(held, Kind.COMMITMENT, amount, replace(move, commitment=commitment))
        return commitment


def _refuse_unapproved(line: BudgetLine) -> None:
    _refuse_closed(line)
    if line.status == Status.PROVISIONAL:
        raise Refused(
            _(
                "Der Haushalt %(year)s ist noch nicht genehmigt. Neue Bewilligungen sind noch nicht möglich (§ 116 NKomVG)."
            )
            % {"year": line.fiscal_year}
        )


def _claim(line: BudgetLine, amount: Decimal) -> None:
    """Raises the counter only where the money is still there: holds on every engine, with or without row locks."""
    usable = (
        F("appropriation") + F("supplement") + F("carry_in") - F("carry_out") + F("transfer_in") - F("transfer_out")
        + F("excess") + F("earmarked") - F("frozen")
    )  # fmt: skip
    free = BudgetLine.objects.filter(pk=line.pk, status=Status.OPEN).filter(
        committed__lte=usable - F("reserved") - value(amount)
    )
    if not free.update(committed=F("committed") + value(amount)):
        now = BudgetLine.objects.get(pk=line.pk)
        raise NotEnough(now.available_planning, amount)


def reduce(commitment: Commitment, amount: Decimal, *, actor: Actor, at: datetime, reason: str) -> Decimal:
    """Lowers a commitment to `amount`, but never below what is paid (that part is a clawback). Returns what became free."""
    with transaction.atomic():
        held = Commitment.objects.select_for_update().get(pk=commitment.pk)
        line = lock(held.line)
        target = max(amount, held.paid)
        freed = held.amount - target
        if freed < ZERO:
            raise Refused(_("Eine Festlegung wächst nur durch eine neue Bewilligung."))
        if freed:
            _refuse_closed(line)
            move = Movement(actor=actor, at=at, reason=reason, thread=held.thread, commitment=held)
            _book(line, Kind.COMMITMENT, -freed, move)
            Commitment.objects.filter(pk=held.pk).update(amount=F("amount") - value(freed))
        return freed


def pay(
    commitment: Commitment, amount: Decimal, *, reference: str, value_on: date, actor: Actor, at: datetime
) -> LedgerEntry:
    """Books an executed payment; never more than is open on the commitment. Old awards are paid in a provisional year."""
    with transaction.atomic():
        held = Commitment.objects.select_for_update().get(pk=commitment.pk)
        line = lock(held.line)
        _refuse_closed(line)
        if amount > held.open:
            raise Refused(
                _("Für diesen Bescheid sind noch %(rest)s offen.") % {"rest": format_money(held.open)}, field="amount"
            )
        Commitment.objects.filter(pk=held.pk).update(paid=F("paid") + value(amount))
        move = Movement(
            actor=actor, at=at, reason="Auszahlung", value_on=value_on, thread=held.thread, commitment=held,
            payment_reference=reference,
        )  # fmt: skip
        return _book(line, Kind.DISBURSEMENT, amount, move)


def return_from_bank(
    commitment: Commitment, amount: Decimal, *, reference: str, reason: str, actor: Actor, at: datetime
) -> LedgerEntry:
    """The bank sent a payment back: the commitment is open again, in its own year."""
    with transaction.atomic():
        held = Commitment.objects.select_for_update().get(pk=commitment.pk)
        line = lock(held.line)
        _refuse_closed(line)
        Commitment.objects.filter(pk=held.pk).update(paid=F("paid") - value(amount))
        move = Movement(
            actor=actor, at=at, reason=reason, thread=held.thread, commitment=held, payment_reference=reference
        )
        return _book(line, Kind.BANK_RETURN, amount, move)


def repay(commitment: Commitment, amount: Decimal, *, paid_on: date, actor: Actor, at: datetime) -> LedgerEntry:
    """The recipient paid back: in the budget's own year that frees money, later it is income of the current year and
    frees nothing."""
    with transaction.atomic():
        held = Commitment.objects.select_for_update().get(pk=commitment.pk)
        line = lock(_line_of_repayment(held.line, paid_on))
        _refuse_closed(line)
        move = Movement(actor=actor, at=at, reason="Rückzahlung", value_on=paid_on, thread=held.thread, commitment=held)
        if line.pk != held.line_id or paid_on.year != line.fiscal_year:
            return _book(line, Kind.REPAYMENT_PRIOR_YEAR, amount, move)
        if amount > held.paid:
            raise Refused(
                _("Ausgezahlt sind nur %(paid)s. Mehr kann nicht zurückkommen.") % {"paid": format_money(held.paid)}
            )
        Commitment.objects.filter(pk=held.pk).update(paid=F("paid") - value(amount), amount=F("amount") - value(amount))
        return _book(line, Kind.REPAYMENT_SAME_YEAR, amount, move)


def _line_of_repayment(line: BudgetLine, paid_on: date) -> BudgetLine:
    """The line of the year in which the money comes in, where there is one; otherwise the award's own."""
    same = BudgetLine.objects.filter(product=line.product, account=line.account, fiscal_year=paid_on.year)
    return same.first() or line


def open_year(line: BudgetLine, *, actor: Actor, at: datetime, reason: str = "") -> None:
    """The budget is approved: new awards are possible. `status` has this one writer."""
    with transaction.atomic():
        if not BudgetLine.objects.filter(pk=line.pk, status=Status.PROVISIONAL).update(status=Status.OPEN):
            raise Refused(_("Nur ein vorläufiger Haushalt kann genehmigt werden."))
        record(
            "budget_opened",
            thread=f"HH-{line.fiscal_year}",
            subject=("funding.budgetline", line.pk),
            actor=actor,
            at=at,
            states=(Status.PROVISIONAL, Status.OPEN),
            reason=reason,
        )
