"""From which lines and years an award is paid: before the decision what it does to each, afterwards what each gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from funding.models import BudgetLine, Commitment, Reservation
from journal.refusals import Refused
from workflow import money
from workflow.models import Award, Case, CaseState

ZERO = Decimal("0.00")
PROPOSED = (CaseState.DECISION_READY, CaseState.REVISION_OFFERED)


@dataclass(frozen=True, kw_only=True)
class Effect:
    """Before and after on one line, in euros. `forecast` is what were left if everything proposed were approved.

    `left` is what nobody else has proposed here, for this purpose; `is_pledge` says that the year is only pledged.
    """

    line: BudgetLine
    amount: Decimal
    own_reservation: Decimal
    left: Decimal
    is_pledge: bool

    @property
    def before(self) -> Decimal:
        return self.line.available

    @property
    def after(self) -> Decimal:
        return self.line.available - self.amount

    @property
    def forecast(self) -> Decimal:
        return self.line.available_planning

    @property
    def spendable(self) -> Decimal:
        """What this decision may use: the rest that nobody else has proposed, and its own reservation."""
        return self.left + self.own_reservation

    @property
    def is_enough(self) -> bool:
        return self.amount <= self.spendable

    @property
    def parts(self) -> list[tuple[str, Decimal, str]]:
        return [(_("vergeben"), self.line.committed, "filled"), (_("diese Entscheidung"), self.amount, "hatched")]

    @property
    def note(self) -> str:
        return proviso(self.line) if self.is_pledge else ""


def proviso(line: BudgetLine) -> str:
    return _("nur vorgemerkt unter Haushaltsvorbehalt, bis der Haushalt %(year)s genehmigt ist") % {
        "year": line.fiscal_year
    }


def effects_of(case: Case, *, today: date) -> list[Effect]:
    """What the proposal does to each line that pays it; empty where the year has no budget line yet."""
    amount = case.proposed_amount or ZERO
    try:
        shares = money.shares_of(case, amount)
    except Refused:
        return []
    own = dict(Reservation.objects.filter(thread=case.reference).values_list("line_id", "amount"))
    belonging = money.belongs(case)
    return [
        Effect(
            line=line,
            amount=part,
            own_reservation=own.get(line.pk, ZERO),
            left=money.left_for(line, belonging),
            is_pledge=len(shares) > 1 and money.is_under_proviso(line, this_year=today.year),
        )
        for line, part in shares.items()
    ]


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one line gives to an award. `before` and `after` are free euros of the line, known until the decision."""

    line: BudgetLine
    amount: Decimal
    note: str = ""
    before: Decimal | None = None
    after: Decimal | None = None


def parts_of(case: Any, award: Award | None, *, today: date) -> list[Part]:
    """The parts of a proposal or an award; empty where one line pays it all and nothing is to be said about that.

    `case` comes from `queries.with_everything`. One query for an award, none for a proposal without parts.
    """
    if award is not None:
        found = _given(case)
    elif case.state in PROPOSED and case.proposed_amount and case.has_shares:
        found = [
            Part(line=effect.line, amount=effect.amount, note=effect.note, before=effect.before, after=effect.after)
            for effect in effects_of(case, today=today)
        ]
    else:
        found = []
    return found if len(found) > 1 or any(part.note for part in found) else []


def _given(case: Case) -> list[Part]:
    commitments = Commitment.objects.filter(thread=case.reference).select_related("line", "carried_from__line")
    ordered = commitments.order_by("line__fiscal_year", "pk")
    return [Part(line=found.line, amount=found.promised, note=_of(found)) for found in ordered if found.promised]


def _of(commitment: Commitment) -> str:
    if commitment.pledged:
        return proviso(commitment.line)
    if commitment.carried_from is not None:
        return _("übertragen aus %(year)s") % {"year": commitment.carried_from.line.fiscal_year}
    return ""
