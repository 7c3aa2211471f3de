"""Money that leaves the house and money that comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from funding.ledger.book import ZERO, Movement, book, lock, refuse_closed
from funding.models.budget import BudgetLine, Commitment
from funding.models.ledger import Kind, LedgerEntry
from funding.money import format_money, value
from journal.actors import Actor
from journal.refusals import Refused


def pay(
    commitment: Commitment, amount: Decimal, *, reference: str, value_on: date, actor: Actor, at: datetime
) -> LedgerEntry:
    """Books an executed payment; never more than is open on the commitment. Old awards are paid in a provisional year."""
    with transaction.atomic():
        held = Commitment.objects.select_for_update().get(pk=commitment.pk)
        line = lock(held.line)
        refuse_closed(line)
        if amount > held.open:
            raise Refused(
                _("Für diesen Bescheid sind noch %(rest)s offen.") % {"rest": format_money(held.open)}, field="amount"
            )
        Commitment.objects.filter(pk=held.pk).update(paid=F("paid") + value(amount))
        move = Movement(
            actor=actor, at=at, reason="Auszahlung", value_on=value_on, thread=held.thread, commitment=held,
            payment_reference=reference, part=held.part,
        )  # fmt: skip
        return book(line, [(Kind.DISBURSEMENT, amount)], move)


def return_from_bank(
    commitment: Commitment, amount: Decimal, *, reference: str, reason: str, actor: Actor, at: datetime
) -> LedgerEntry:
    """The bank sent a payment back: the commitment is open again, in its own year."""
    with transaction.atomic():
        held = Commitment.objects.select_for_update().get(pk=commitment.pk)
        line = lock(held.line)
        refuse_closed(line)
        move = Movement(
            actor=actor, at=at, reason=reason, thread=held.thread, commitment=held, payment_reference=reference,
            part=held.part,
        )  # fmt: skip
        return book_return(line, held, amount, move)


def book_return(line: BudgetLine, commitment: Commitment, amount: Decimal, move: Movement) -> LedgerEntry:
    """Both must be locked. No more comes back than was paid and is not repaid yet."""
    _refuse_more_than_paid(commitment, amount)
    Commitment.objects.filter(pk=commitment.pk).update(paid=F("paid") - value(amount))
    return book(line, [(Kind.BANK_RETURN, amount)], move)


def repay(commitment: Commitment, amount: Decimal, *, paid_on: date, actor: Actor, at: datetime) -> LedgerEntry:
    """The recipient paid back: in the budget's own year that frees money, later it is income of the current year and
    frees nothing."""
    with transaction.atomic():
        held = Commitment.objects.select_for_update().get(pk=commitment.pk)
        line = lock(_line_of_repayment(held.line, paid_on))
        refuse_closed(line)
        move = Movement(actor=actor, at=at, reason="Rückzahlung", value_on=paid_on, thread=held.thread, commitment=held)
        _refuse_more_than_paid(held, amount + _repaid_later(held))
        if line.pk != held.line_id or paid_on.year != line.fiscal_year:
            return book(line, [(Kind.REPAYMENT_PRIOR_YEAR, amount)], move)
        Commitment.objects.filter(pk=held.pk).update(paid=F("paid") - value(amount), amount=F("amount") - value(amount))
        return book(line, [(Kind.REPAYMENT_SAME_YEAR, amount)], replace(move, part=held.part))


def _repaid_later(commitment: Commitment) -> Decimal:
    """What came back after the award's own year: it is income there and leaves `paid` as it is."""
    found = commitment.entries.filter(kind=Kind.REPAYMENT_PRIOR_YEAR).aggregate(sum=Sum("amount"))
    return found["sum"] or ZERO


def _refuse_more_than_paid(commitment: Commitment, amount: Decimal) -> None:
    if amount > commitment.paid:
        raise Refused(
            _("Ausgezahlt sind nur %(paid)s. Mehr kann nicht zurückkommen.") % {"paid": format_money(commitment.paid)}
        )


def _line_of_repayment(line: BudgetLine, paid_on: date) -> BudgetLine:
    """The line of the year in which the money comes in, where there is one; otherwise the award's own."""
    same = BudgetLine.objects.filter(product=line.product, account=line.account, fiscal_year=paid_on.year)
    return same.first() or line
