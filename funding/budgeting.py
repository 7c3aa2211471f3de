"""What the budget officer does: lay out a line, order a movement, note the approval, end the year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.roles import Role
from funding import ledger
from funding.models import BudgetLine, Commitment, Measure, Municipality, Programme, Resolution
from funding.models.disbursement import pending_sum
from journal.actors import Actor
from journal.refusals import Forbidden, Refused


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """By which resolution politics decided: body, day and the number that the body gave it."""

    body: str
    resolved_on: date
    number: str
    subject: str


@dataclass(frozen=True, kw_only=True)
class NewLine:
    fiscal_year: int
    product: str
    account: str
    title: str


def _officer(actor: Actor) -> Actor:
    if not actor.has_role(Role.BUDGET_OFFICER):
        raise Forbidden(_("Den Haushalt bucht die Kämmerei."))
    return actor.acting_as(Role.BUDGET_OFFICER)


def _resolution(found: Resolved, *, today: date) -> Resolution:
    """The same resolution is entered once, however many lines it changes."""
    if found.resolved_on > today:
        raise Refused(_("Das Datum des Beschlusses liegt in der Zukunft."), field="resolved_on")
    key = {"body": found.body, "resolved_on": found.resolved_on, "number": found.number}
    return Resolution.objects.get_or_create(**key, defaults={"subject": found.subject})[0]


def create_line(new: NewLine, amount: Decimal, *, reason: str, actor: Actor, at: datetime) -> BudgetLine:
    """A line of the draft budget with its appropriation (euros, ≥ 0); provisional until the budget is approved.

    Raises Refused if the year already has this product and account.
    """
    acting = _officer(actor)
    with transaction.atomic():
        line = ledger.lay_out(**vars(new), actor=acting, at=at, reason=reason)
        if amount:
            ledger.appropriate(line, amount, move=ledger.Movement(actor=acting, at=at, reason=reason))
    return BudgetLine.objects.get(pk=line.pk)


@dataclass(frozen=True, kw_only=True)
class Order:
    """What the officer orders: one movement of a line. `target` is the other line of a transfer, or what a sub-budget is
    for; `override` accepts a shortfall."""

    verb: str
    line: BudgetLine
    amount: Decimal
    reason: str
    value_on: date | None = None
    resolved: Resolved | None = None
    target: BudgetLine | Programme | Measure | Municipality | None = None
    override: bool = False


def book(order: Order, *, actor: Actor, at: datetime) -> None:
    """Books one movement. Raises Forbidden, or Refused with the field it belongs to; then nothing is written."""
    acting = _officer(actor)
    with transaction.atomic():
        resolution = _resolution(order.resolved, today=localdate(at)) if order.resolved else None
        move = ledger.Movement(actor=acting, at=at, reason=order.reason, value_on=order.value_on, resolution=resolution)
        VERBS[order.verb](order, move)


def _appropriate(order: Order, move: ledger.Movement) -> None:
    """After approval the plan changes by a supplementary budget alone (§ 115 NKomVG)."""
    if order.line.status != BudgetLine.Status.PROVISIONAL:
        raise Refused(_("Der Haushalt ist genehmigt. Den Ansatz ändert nur noch ein Nachtrag (§ 115 NKomVG)."))
    ledger.appropriate(order.line, order.amount, move=move)


def _supplement(order: Order, move: ledger.Movement) -> None:
    """Only the council changes the budget statute, so its resolution must be named (§ 115 NKomVG)."""
    if move.resolution is None:
        raise Refused(
            _("Ein Nachtrag braucht einen Beschluss. Bitte nennen Sie Gremium, Datum und Nummer."), field="number"
        )
    ledger.supplement(order.line, order.amount, move=move, override=order.override)


def _transfer(order: Order, move: ledger.Movement) -> None:
    if not isinstance(order.target, BudgetLine):
        raise Refused(_("Bitte wählen Sie die Linie, die das Geld bekommt."), field="target")
    ledger.transfer(order.line, order.target, order.amount, move=move)


def _allocate(order: Order, move: ledger.Movement) -> None:
    if order.target is None or isinstance(order.target, BudgetLine):
        raise Refused(_("Bitte wählen Sie, wofür das Teilbudget ist."), field="target")
    ledger.allocate(order.line, order.target, order.amount, move=move)


VERBS: dict[str, Callable[[Order, ledger.Movement], object]] = {
    "appropriation": _appropriate,
    "supplement": _supplement,
    "transfer": _transfer,
    "excess": lambda order, move: ledger.approve_excess(order.line, order.amount, move=move),
    "earmarked": lambda order, move: ledger.earmark(order.line, order.amount, move=move),
    "freeze": lambda order, move: ledger.freeze(order.line, order.amount, move=move, override=order.override),
    "unfreeze": lambda order, move: ledger.unfreeze(order.line, order.amount, move=move),
    "allocation": _allocate,
    "carry": lambda order, move: ledger.carry_rest(order.line, order.amount, move=move),
}
"""Every movement that the officer can order, by its name in addresses and files."""


def approve(line: BudgetLine, *, reason: str, actor: Actor, at: datetime) -> None:
    """The budget statute is in force: from now on new awards are possible (§ 112 Abs. 3 NKomVG)."""
    ledger.open_year(line, actor=_officer(actor), at=at, reason=reason)


# Year end


def release(commitment: Commitment, *, reason: str, actor: Actor, at: datetime) -> Decimal:
    """Gives back what is open on a commitment, because it is not needed any more; returns the euros that became free."""
    acting = _officer(actor)
    with transaction.atomic():
        if pending_sum(Commitment.objects.select_for_update().get(pk=commitment.pk)):
            raise Refused(
                _("Hier ist noch eine Auszahlung unterwegs. Führen Sie sie aus, oder stornieren Sie sie zuerst.")
            )
        return ledger.reduce(commitment, commitment.paid, actor=acting, at=at, reason=reason)


def carry(commitment: Commitment, *, reason: str, actor: Actor, at: datetime) -> Commitment:
    """Carries what is open into the next year (§ 20 KomHKVO)."""
    return ledger.carry_commitment(commitment, actor=_officer(actor), at=at, reason=reason)


def close(year: int, *, reason: str, actor: Actor, at: datetime) -> None:
    ledger.close_year(year, actor=_officer(actor), at=at, reason=reason)


def bind(commitment: Commitment, *, actor: Actor, at: datetime) -> None:
    """Binds a pledge for which there was no money when the year was approved. Raises NotEnough as long as there is none."""
    ledger.redeem(commitment, actor=_officer(actor), at=at)


def lay_out_year(year: int, *, actor: Actor, at: datetime) -> list[BudgetLine]:
    """The lines of the year before, provisional and empty, where `year` has none yet; returns the new ones."""
    return ledger.roll_year(year, actor=_officer(actor), at=at)
