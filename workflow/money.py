"""The few calls from a case into the treasury: reserve, decide, give back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from funding import ledger
from funding.models import BudgetLine, Programme, SubBudget
from funding.money import format_money, split
from journal.actors import Actor
from journal.refusals import Refused

if TYPE_CHECKING:
    from workflow.models import Case

ZERO = Decimal("0.00")


def line_for(programme: Programme, fiscal_year: int) -> BudgetLine:
    """The budget line that pays a programme in a year. Raises Refused if there is none."""
    found = BudgetLine.objects.filter(
        fiscal_year=fiscal_year, product=programme.product, account=programme.account
    ).first()
    if found is None:
        raise Refused(_("Für %(year)s gibt es noch keine Haushaltslinie.") % {"year": fiscal_year})
    return found


def shares_of(case: Case, amount: Decimal) -> dict[BudgetLine, Decimal]:
    """Which line pays how much of the amount: as proposed; a lower amount is cut in the same proportion, to the cent."""
    stored = list(case.shares.select_related("line"))
    if not stored:
        return {case.budget_line(): amount}
    parts = split(amount, [share.amount for share in stored])
    return {share.line: part for share, part in zip(stored, parts, strict=True) if part}


def _set_shares(case: Case, amount: Decimal, shares: dict[BudgetLine, Decimal] | None) -> None:
    """Several lines or years pay one award: their parts are its sum, to the cent."""
    case.shares.all().delete()
    if not shares:
        return
    if sum(shares.values(), ZERO) != amount:
        raise Refused(
            _("Die Anteile ergeben %(sum)s, vorgeschlagen sind %(amount)s.")
            % {"sum": format_money(sum(shares.values(), ZERO)), "amount": format_money(amount)},
            field="shares",
        )
    case.shares.bulk_create(
        [case.shares.model(case=case, line=line, amount=part) for line, part in shares.items() if part]
    )


def possible_lines(case: Case) -> list[BudgetLine]:
    """The lines that may pay a share of the case: of its own year and of later ones, as long as they are not closed.

    The case's own line comes first. Two queries, with their sub-budgets.
    """
    own = case.programme.product, case.programme.account
    found = BudgetLine.objects.filter(
        fiscal_year__gte=case.fiscal_year, status__in=[BudgetLine.Status.OPEN, BudgetLine.Status.PROVISIONAL]
    )
    return sorted(
        found.prefetch_related("parts"),
        key=lambda line: (line.fiscal_year, (line.product, line.account) != own, line.product, line.account),
    )


def part_for(line: BudgetLine, belonging: Mapping[str, Any]) -> SubBudget | None:
    """The sub-budget that would pay, as the ledger finds it when it books; read from the parts as they were prefetched."""
    target = belonging.get(line.divided_by) if line.divided_by else None
    if target is None:
        return None
    return next((part for part in line.parts.all() if getattr(part, f"{line.divided_by}_id") == target.pk), None)


def left_for(line: BudgetLine, belonging: Mapping[str, Any]) -> Decimal:
    """Euros that a new proposal may still use here: what its sub-budget has, or what belongs to none."""
    part = part_for(line, belonging)
    return line.undivided if part is None else min(line.available_planning, part.available_planning)


def is_under_proviso(line: BudgetLine, *, this_year: int) -> bool:
    """A later year whose budget is not approved is only pledged: the award stands there under the budget proviso."""
    return line.status == BudgetLine.Status.PROVISIONAL and line.fiscal_year > this_year


def belongs(case: Case) -> dict[str, Any]:
    """What the case is for, by the ways in which a line can be divided."""
    application = case.application
    return {
        "programme": case.programme,
        "measure": application.measure,
        "municipality": application.municipality,
    }


def reserve(case: Case, amount: Decimal, *, actor: Actor, at: datetime) -> None:
    if amount:
        shares = shares_of(case, amount)
        ledger.put_aside(shares, thread=case.reference, actor=actor, at=at, belongs=belongs(case))
    else:
        release(case, reason="Kein Geld vorgeschlagen", actor=actor, at=at)


def release(case: Case, *, reason: str, actor: Actor, at: datetime) -> None:
    ledger.release(case.reference, actor=actor, at=at, reason=reason)


def propose(
    case: Case,
    amount: Decimal,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
    shares: dict[BudgetLine, Decimal] | None = None,
) -> None:
    """Notes the proposal and puts its money aside, on several lines where `shares` says so; zero proposes rejection."""
    _within_limits(case, amount)
    _set_shares(case, amount, shares)
    case.waiting_rank = None
    case.state_since = at
    case.proposed_amount, case.proposal_reason = amount, reason
    case.proposed_by, case.proposed_at = actor.key, at
    case.offered_amount = case.offer_accepted_at = None
    reserve(case, amount, actor=actor, at=at)


def _within_limits(case: Case, amount: Decimal) -> None:
    if amount > case.requested_amount:
        raise Refused(_("Der Betrag ist höher als beantragt."), field="amount")
    most = case.programme.maximum
    if most is not None and amount > most:
        raise Refused(_("Das Programm gibt höchstens %(most)s.") % {"most": format_money(most)}, field="amount")


def is_low(case: Case, amount: Decimal | None) -> bool:
    """Below the least award of the programme (rule 11); nothing at all is no award."""
    return amount is not None and ZERO < amount < case.programme.minimum


def refuse_low(case: Case, amount: Decimal, *, exception: bool) -> None:
    """Less than the least award only as an exception that somebody marked as one."""
    if is_low(case, amount) and not exception:
        raise Refused(low_sentence(case), field="exception")


def low_sentence(case: Case) -> str:
    return _(
        "Der Betrag liegt unter dem Mindestbetrag von %(least)s. Bitte ändern Sie ihn, oder kreuzen Sie die Ausnahme an."
    ) % {"least": format_money(case.programme.minimum)}


def require_reason(case: Case, reason: str) -> None:
    """Less than requested needs reasons (§ 39 VwVfG)."""
    if case.proposed_amount is None or case.proposed_amount >= case.requested_amount:
        return
    if not (reason.strip() or case.decision_reason.strip()):
        raise Refused(_("Bitte begründen Sie, warum der Betrag niedriger ist."), field="reason")


def decide(case: Case, amount: Decimal, *, reason: str, actor: Actor, at: datetime) -> None:
    case.state_since = at
    case.decided_amount, case.decision_reason = amount, reason or case.decision_reason
    case.decided_by, case.decided_at = actor.key, at


def undecide(case: Case, *, actor: Actor, at: datetime) -> None:
    """The decision is taken back: the proposal stands again, and its money is put aside again."""
    case.state_since, case.is_partial = at, False
    case.decided_amount = case.decided_by = case.decided_at = None
    reserve(case, case.proposed_amount or ZERO, actor=actor, at=at)
