"""Money that a recipient must give back (§§ 28, 49a VwVfG): heard, assessed, due, paid or otherwise ended."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from accounts.roles import Role
from funding import ledger, rules
from funding.models.budget import Commitment
from funding.money import MoneyField
from journal.actors import Actor
from journal.machine import Machine, StateField, by, step


class ClawbackState(models.TextChoices):
    HEARING = "hearing", _("Anhörung läuft")
    ASSESSED = "assessed", pgettext_lazy("clawback", "Festgesetzt")
    DUE = "due", _("Fällig")
    PAID = "paid", pgettext_lazy("clawback", "Eingegangen")
    DEFERRED = "deferred", _("Gestundet")
    SUSPENDED = "suspended", _("Niedergeschlagen")
    WAIVED = "waived", _("Erlassen")
    OFFSET = "offset", _("Verrechnet")
    ENFORCED = "enforced", _("Vollstreckung")


S = ClawbackState
OPEN = (S.HEARING, S.ASSESSED, S.DUE, S.DEFERRED, S.SUSPENDED, S.ENFORCED)


class Clawback(Machine):
    label_of_machine = "funding.clawback"

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="clawbacks")
    amount = MoneyField(_("Betrag"))
    ground = models.CharField(_("Grund der Kürzung"), max_length=40)
    state = StateField(_("Stand"), choices=S.choices, default=S.HEARING)
    heard_until = models.DateField(_("Anhörung bis"))
    opened_by = models.UUIDField(null=True)
    opened_at = models.DateTimeField()
    assessed_by = models.UUIDField(null=True)
    assessed_on = models.DateField(null=True)
    due_on = models.DateField(_("fällig am"), null=True)
    paid_on = models.DateField(_("eingegangen am"), null=True)

    class Meta:
        ordering = ("opened_at", "pk")
        constraints = [
            models.CheckConstraint(name="clawback_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="clawback_state_known", condition=Q(state__in=S.values)),
            models.CheckConstraint(
                name="clawback_due_has_day",
                condition=~Q(state__in=[S.DUE, S.PAID, S.ENFORCED]) | Q(due_on__isnull=False),
            ),
            models.CheckConstraint(name="clawback_paid_has_day", condition=~Q(state=S.PAID) | Q(paid_on__isnull=False)),
        ]
        verbose_name = _("Rückforderung")
        verbose_name_plural = _("Rückforderungen")

    def __str__(self) -> str:
        return f"{self.commitment.thread}: {self.amount}"

    @property
    def thread(self) -> str:
        return self.commitment.thread

    @property
    def facts_told(self) -> dict[str, Any]:
        return {"amount": str(self.amount), "due_on": str(self.due_on or "")}

    @classmethod
    def locked(cls, pk: Any) -> Self:
        commitment = cls._default_manager.values_list("commitment_id", flat=True).get(pk=pk)
        held = Commitment.objects.select_for_update().get(pk=commitment)
        found = super().locked(pk)
        found.commitment = held
        return found

    @transition(
        field="state", source=[S.HEARING], target=S.ASSESSED,
        custom=step(
            label=_("Rückforderung festsetzen"),
            kind="clawback_assessed",
            judges=True,
            permission=by(Role.DECIDER),
            guards=(rules.hearing_is_over,),
            form="funding.forms.clawback.AssessForm",
            messages=("clawback_assessed",),
        ),
    )  # fmt: skip
    def assess(self, *, actor: Actor, at: datetime, assessed_on: date, due_on: date, reason: str) -> None:
        self.assessed_by, self.assessed_on, self.due_on = actor.key, assessed_on, due_on

    @transition(
        field="state", source=[S.ASSESSED], target=S.DUE,
        custom=step(
            label=_("Fällig stellen"), kind="clawback_due", permission=by(Role.TREASURY),
            guards=(rules.due_day_reached,),
        ),
    )  # fmt: skip
    def fall_due(self, *, actor: Actor, at: datetime) -> None:
        """The day has come; the state says so to everybody who looks."""

    @transition(
        field="state", source=[S.ASSESSED, S.DUE, S.DEFERRED, S.SUSPENDED, S.ENFORCED], target=S.PAID,
        custom=step(
            label=_("Zahlungseingang eintragen"),
            kind="clawback_paid",
            permission=by(Role.TREASURY),
            form="funding.forms.clawback.PaidForm",
            messages=("clawback_paid",),
        ),
    )  # fmt: skip
    def book_payment(self, *, actor: Actor, at: datetime, paid_on: date) -> None:
        self.paid_on, self.due_on = paid_on, self.due_on or paid_on
        ledger.repay(self.commitment, self.amount, paid_on=paid_on, actor=actor, at=at)

    @transition(
        field="state", source=[S.ASSESSED, S.DUE], target=S.DEFERRED,
        custom=step(
            label=_("Stunden"), kind="clawback_deferred", judges=True, permission=by(Role.DECIDER),
            form="funding.forms.clawback.DeferForm", tone="secondary",
        ),
    )  # fmt: skip
    def defer(self, *, actor: Actor, at: datetime, due_on: date, reason: str) -> None:
        self.due_on = due_on

    @transition(
        field="state", source=[S.DEFERRED], target=S.DUE,
        custom=step(
            label=_("Stundung ist abgelaufen"), kind="clawback_due", permission=by(Role.TREASURY),
            guards=(rules.due_day_reached,),
        ),
    )  # fmt: skip
    def end_deferral(self, *, actor: Actor, at: datetime) -> None:
        """After the deferral the claim is due again."""

    @transition(
        field="state", source=[S.DUE], target=S.ENFORCED,
        custom=step(
            label=_("Vollstreckung einleiten"), kind="clawback_enforced", judges=True, permission=by(Role.TREASURY),
            form="journal.forms.ReasonForm", tone="secondary",
        ),
    )  # fmt: skip
    def enforce(self, *, actor: Actor, at: datetime, reason: str) -> None:
        """The claim stands; the bailiff takes over."""

    @transition(
        field="state", source=[S.DUE, S.ENFORCED], target=S.SUSPENDED,
        custom=step(
            label=_("Niederschlagen"), kind="clawback_suspended", judges=True, permission=by(Role.DECIDER),
            form="journal.forms.ReasonForm", tone="tertiary",
        ),
    )  # fmt: skip
    def suspend(self, *, actor: Actor, at: datetime, reason: str) -> None:
        """§ 34 KomHKVO: collection is futile for now; the claim stands."""

    @transition(
        field="state", source=[S.HEARING, S.ASSESSED, S.DUE, S.DEFERRED, S.SUSPENDED, S.ENFORCED], target=S.WAIVED,
        custom=step(
            label=_("Erlassen"), kind="clawback_waived", judges=True, permission=by(Role.DECIDER),
            form="journal.forms.ReasonForm", tone="tertiary",
        ),
    )  # fmt: skip
    def waive(self, *, actor: Actor, at: datetime, reason: str) -> None:
        """§ 34 KomHKVO: special hardship, or the hearing showed that nothing is owed."""

    @transition(
        field="state", source=[S.ASSESSED, S.DUE], target=S.OFFSET,
        custom=step(
            label=_("Verrechnen"), kind="clawback_offset", judges=True, permission=by(Role.TREASURY),
            form="funding.forms.clawback.PaidForm", tone="tertiary",
        ),
    )  # fmt: skip
    def set_off(self, *, actor: Actor, at: datetime, paid_on: date) -> None:
        self.paid_on = paid_on
        ledger.repay(self.commitment, self.amount, paid_on=paid_on, actor=actor, at=at)


def open_sum(commitment: Commitment) -> Decimal:
    """Euros that are still claimed back on this commitment."""
    claimed = Clawback.objects.filter(commitment=commitment, state__in=OPEN).aggregate(total=models.Sum("amount"))
    return claimed["total"] or Decimal("0.00")
