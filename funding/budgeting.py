"""What the budget officer does with a line: lay it out, book a supplement, note the budget's approval."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.roles import Role
from funding import ledger
from funding.models import BudgetLine, LedgerEntry, Resolution
from journal.actors import Actor
from journal.events import record
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
        line = _insert(new)
        record(
            "budget_line_created", thread=f"HH-{line.fiscal_year}", subject=("funding.budgetline", line.pk),
            actor=acting, at=at, states=("", line.status), reason=reason, facts={"appropriation": str(amount)},
        )  # fmt: skip
        if amount:
            ledger.appropriate(line, amount, move=ledger.Movement(actor=acting, at=at, reason=reason))
    return BudgetLine.objects.get(pk=line.pk)


def _insert(new: NewLine) -> BudgetLine:
    try:
        with transaction.atomic():
            return BudgetLine.objects.create(**vars(new))
    except IntegrityError as error:
        raise Refused(
            _("Für %(year)s gibt es diese Linie schon. Ändern Sie dort den Betrag mit einem Nachtrag.")
            % {"year": new.fiscal_year},
            field="account",
        ) from error


def supplement(
    line: BudgetLine, amount: Decimal, *, reason: str, resolved: Resolved, actor: Actor, at: datetime
) -> LedgerEntry:
    """Books a supplement (signed euros) on the ground of a resolution (§ 115 NKomVG)."""
    acting = _officer(actor)
    with transaction.atomic():
        resolution = _resolution(resolved, today=localdate(at))
        move = ledger.Movement(actor=acting, at=at, reason=reason, resolution=resolution)
        return ledger.supplement(line, amount, move=move)


def approve(line: BudgetLine, *, reason: str, actor: Actor, at: datetime) -> None:
    """The budget statute is in force: from now on new awards are possible (§ 112 Abs. 3 NKomVG)."""
    ledger.open_year(line, actor=_officer(actor), at=at, reason=reason)
