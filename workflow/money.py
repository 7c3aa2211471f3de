"""The few calls from a case into the treasury: reserve, decide, give back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from funding import ledger
from funding.models import BudgetLine, Programme
from journal.actors import Actor
from journal.refusals import Refused

if TYPE_CHECKING:
    from workflow.models import Case


def line_for(programme: Programme, fiscal_year: int) -> BudgetLine:
    """The budget line that pays a programme in a year. Raises Refused if there is none."""
    found = BudgetLine.objects.filter(
        fiscal_year=fiscal_year, product=programme.product, account=programme.account
    ).first()
    if found is None:
        raise Refused(_("Für %(year)s gibt es noch keine Haushaltslinie.") % {"year": fiscal_year})
    return found


def reserve(case: Case, amount: Decimal, *, actor: Actor, at: datetime) -> None:
    if amount:
        ledger.reserve(case.budget_line(), amount, thread=case.reference, actor=actor, at=at)
    else:
        release(case, reason="Kein Geld vorgeschlagen", actor=actor, at=at)


def release(case: Case, *, reason: str, actor: Actor, at: datetime) -> None:
    ledger.release(case.reference, actor=actor, at=at, reason=reason)


def propose(case: Case, amount: Decimal, *, reason: str, actor: Actor, at: datetime) -> None:
    """Notes the proposal and puts its money aside; zero proposes rejection."""
    _within_request(case, amount)
    case.state_since = at
    case.proposed_amount, case.proposal_reason = amount, reason
    case.proposed_by, case.proposed_at = actor.key, at
    case.offered_amount = case.offer_accepted_at = None
    reserve(case, amount, actor=actor, at=at)


def _within_request(case: Case, amount: Decimal) -> None:
    if amount > case.requested_amount:
        raise Refused(_("Der Betrag ist höher als beantragt."), field="amount")


def decide(case: Case, amount: Decimal, *, reason: str, actor: Actor, at: datetime) -> None:
    case.state_since = at
    case.decided_amount, case.decision_reason = amount, reason or case.decision_reason
    case.decided_by, case.decided_at = actor.key, at


def undecide(case: Case, *, actor: Actor, at: datetime) -> None:
    """The decision is taken back: the proposal stands again, and its money is put aside again."""
    case.state_since, case.is_partial = at, False
    case.decided_amount = case.decided_by = case.decided_at = None
    reserve(case, case.proposed_amount or Decimal("0.00"), actor=actor, at=at)
