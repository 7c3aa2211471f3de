"""Asking for money: the association names one amount, whichever lines and years of its award pay it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from funding import ledger, payments
from funding.models import Commitment, Disbursement
from funding.models.disbursement import pending_sum
from funding.money import format_money
from journal.actors import Actor
from journal.refusals import Refused
from workflow.models import AwardState, Case
from workflow.queries import award_of

ZERO = Decimal("0.00")


def claimable(case: Case, commitments: Iterable[Commitment], *, today: date) -> list[Commitment]:
    """The parts of an award for which money may be asked now: it is active, payable, and something is left."""
    award = award_of(case)
    if award is None or award.state not in {AwardState.ACTIVE, AwardState.REPORT_DUE}:
        return []
    return [found for found in commitments if payments.is_claimable(found, today=today)]


def left(commitment: Commitment) -> Decimal:
    """Euros that are bound here and not yet asked for."""
    return commitment.open - pending_sum(commitment)


def request(case: Case, amount: Decimal, *, need: str, actor: Actor, at: datetime) -> list[Disbursement]:
    """Asks for the amount, all or nothing: each line pays what it has left, the oldest first.

    Raises Refused with the sentence for the field.
    """
    award = award_of(case)
    assert award is not None
    assert award.issued_on is not None
    with transaction.atomic():
        held = sorted(ledger.lock_commitments(case.reference), key=lambda found: (found.line.fiscal_year, found.pk))
        shares = _divide(claimable(case, held, today=localdate(at)), amount)
        return [
            payments.request(commitment, part, need=need, award_on=award.issued_on, actor=actor, at=at)
            for commitment, part in shares
        ]


def _divide(ready: list[Commitment], amount: Decimal) -> list[tuple[Commitment, Decimal]]:
    rests = [(commitment, left(commitment)) for commitment in ready]
    total = sum((rest for _commitment, rest in rests), ZERO)
    if not rests:
        raise Refused(_("Im Moment lässt sich für dieses Projekt kein Geld anfordern."))
    if amount > total:
        raise Refused(
            _("Der Betrag ist höher als der Rest: Es sind noch %(rest)s offen.") % {"rest": format_money(total)},
            field="amount",
        )
    shares, missing = [], amount
    for commitment, rest in rests:
        part = min(rest, missing)
        if part > ZERO:
            shares.append((commitment, part))
        missing -= part
    return shares
