"""The payment of a part of an award: requested, verified, authorised, sent to the bank, executed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from accounts.roles import Role
from funding import ledger, rules, sepa
from funding.models.budget import Commitment
from funding.models.payment_run import PaymentRun
from funding.money import MoneyField, format_money
from journal.actors import Actor
from journal.machine import Machine, StateField, by, step
from journal.refusals import Faster


class DisbursementState(models.TextChoices):
    REQUESTED = "requested", _("Zahlung zu prüfen")
    VERIFIED = "verified", _("Geprüft, anzuordnen")
    AUTHORISED = "authorised", _("Angeordnet")
    EXPORTED = "exported", _("Bei der Bank")
    EXECUTED = "executed", _("Ausgezahlt")
    RETURNED = "returned", _("Rückläufer")
    CANCELLED = "cancelled", _("Storniert")


S = DisbursementState
PENDING = (S.REQUESTED, S.VERIFIED, S.AUTHORISED, S.EXPORTED)
"""Under way: asked for, but not yet booked as paid."""


class DisbursementQuerySet(models.QuerySet["Disbursement"]):
    def pending(self) -> DisbursementQuerySet:
        return self.filter(state__in=PENDING)

    def unfinished(self) -> DisbursementQuerySet:
        """Not paid and not given up: these follow their commitment into the next year."""
        return self.exclude(state__in=[S.EXECUTED, S.CANCELLED])

    def ready_for_run(self) -> DisbursementQuerySet:
        return self.filter(state=S.AUTHORISED, run__isnull=True)


class Disbursement(Machine):
    """`reference` is the end-to-end id: stable on re-export, with a suffix after a bank return."""

    label_of_machine = "funding.disbursement"

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="disbursements")
    number = models.PositiveSmallIntegerField(_("Rate"))
    attempt = models.PositiveSmallIntegerField(default=1)
    reference = models.CharField(max_length=35, unique=True)
    amount = MoneyField(_("Betrag"))
    purpose = models.CharField(_("Verwendungszweck"), max_length=140)
    need = models.TextField(_("Wofür das Geld gebraucht wird"), blank=True)
    payee_name = models.CharField(_("Empfänger"), max_length=200)
    payee_iban = models.CharField(max_length=34)
    state = StateField(_("Stand"), choices=S.choices, default=S.REQUESTED)
    requested_by = models.UUIDField(null=True)
    requested_at = models.DateTimeField(_("angefordert"))
    verified_by = models.UUIDField(null=True)
    verified_at = models.DateTimeField(null=True)
    authorised_by = models.UUIDField(null=True)
    authorised_at = models.DateTimeField(null=True)
    run = models.ForeignKey(PaymentRun, on_delete=models.PROTECT, related_name="disbursements", null=True)
    exported_at = models.DateTimeField(null=True)
    executed_on = models.DateField(_("ausgezahlt am"), null=True)
    executed_by = models.UUIDField(null=True)

    objects = DisbursementQuerySet.as_manager()

    class Meta:
        ordering = ("requested_at", "pk")
        constraints = [
            models.UniqueConstraint(fields=["commitment", "number"], name="disbursement_number_once"),
            models.CheckConstraint(name="disbursement_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="disbursement_state_known", condition=Q(state__in=S.values)),
            models.CheckConstraint(
                name="disbursement_verified_by_somebody",
                condition=Q(state__in=[S.REQUESTED, S.RETURNED, S.CANCELLED]) | Q(verified_by__isnull=False),
            ),
            models.CheckConstraint(
                name="disbursement_authorised_by_somebody",
                condition=~Q(state__in=[S.AUTHORISED, S.EXPORTED, S.EXECUTED]) | Q(authorised_by__isnull=False),
            ),
            models.CheckConstraint(
                name="disbursement_verifier_does_not_authorise",
                condition=Q(authorised_by__isnull=True) | ~Q(authorised_by=F("verified_by")),
            ),
            models.CheckConstraint(
                name="disbursement_authoriser_does_not_pay",
                condition=Q(executed_by__isnull=True)
                | (~Q(executed_by=F("authorised_by")) & ~Q(executed_by=F("verified_by"))),
            ),
            models.CheckConstraint(
                name="disbursement_executed_has_day", condition=~Q(state=S.EXECUTED) | Q(executed_on__isnull=False)
            ),
            models.CheckConstraint(
                name="disbursement_exported_in_a_run",
                condition=~Q(state__in=[S.EXPORTED, S.EXECUTED]) | Q(run__isnull=False),
            ),
        ]
        verbose_name = _("Auszahlung")
        verbose_name_plural = _("Auszahlungen")

    def __str__(self) -> str:
        return self.reference

    @property
    def thread(self) -> str:
        return self.commitment.thread

    @property
    def facts_told(self) -> dict[str, Any]:
        return {"amount": str(self.amount), "number": self.number, "executed_on": str(self.executed_on or "")}

    @classmethod
    def locked(cls, pk: Any) -> Self:
        """Commitment before Disbursement: the one lock order of the house."""
        commitment = cls.objects.values_list("commitment_id", flat=True).get(pk=pk)
        held = Commitment.objects.select_for_update().get(pk=commitment)
        found = super().locked(pk)
        if found.commitment_id != held.pk:
            raise Faster(
                _t("Die Festlegung wurde gerade in das neue Jahr übertragen. Bitte versuchen Sie es noch einmal.")
            )
        found.commitment = held
        return found

    @transition(
        field="state", source=[S.REQUESTED], target=S.VERIFIED,
        custom=step(
            label=_("Sachlich und rechnerisch richtig"),
            kind="disbursement_verified",
            judges=True,
            permission=by(Role.VERIFIER),
            guards=(rules.is_payable, rules.has_no_hold, rules.fits_commitment, rules.verifier_is_free),
            consequence=_("Als Nächstes ordnet eine andere Person die Zahlung an (§ 42 KomHKVO)."),
        ),
    )  # fmt: skip
    def verify(self, *, actor: Actor, at: datetime) -> None:
        self.verified_by, self.verified_at = actor.key, at

    @transition(
        field="state", source=[S.VERIFIED], target=S.AUTHORISED,
        custom=step(
            label=lambda obj: _t("%(amount)s anordnen") % {"amount": format_money(obj.amount)},
            kind="disbursement_authorised",
            judges=True,
            permission=by(Role.AUTHORISER),
            guards=(rules.is_payable, rules.has_no_hold, rules.fits_commitment, rules.authoriser_is_free),
            consequence=_("Die Zahlung kommt in den nächsten Zahlungslauf der Kreiskasse."),
        ),
    )  # fmt: skip
    def authorise(self, *, actor: Actor, at: datetime) -> None:
        self.authorised_by, self.authorised_at = actor.key, at

    @transition(
        field="state", source=[S.AUTHORISED], target=S.EXPORTED,
        custom=step(
            label=_("An die Bank geben"),
            kind="disbursement_exported",
            judges=True,
            permission=by(Role.TREASURY),
            guards=(rules.is_payable, rules.has_no_hold, rules.run_is_released, rules.payer_is_free),
            internal=True,
        ),
    )  # fmt: skip
    def export(self, *, actor: Actor, at: datetime) -> None:
        self.exported_at = at

    @transition(
        field="state", source=[S.EXPORTED], target=S.EXECUTED,
        custom=step(
            label=_("Als ausgezahlt eintragen"),
            kind="disbursement_executed",
            permission=by(Role.TREASURY),
            guards=(rules.payer_is_free,),
            messages=("disbursement_executed",),
            internal=True,
        ),
    )  # fmt: skip
    def execute(self, *, actor: Actor, at: datetime, executed_on: date) -> None:
        self.executed_on, self.executed_by = executed_on, actor.key
        ledger.pay(self.commitment, self.amount, reference=self.reference, value_on=executed_on, actor=actor, at=at)

    @transition(
        field="state", source=[S.EXPORTED, S.EXECUTED], target=S.RETURNED,
        custom=step(
            label=_("Rückläufer eintragen"),
            kind="disbursement_returned",
            permission=by(Role.TREASURY),
            guards=(rules.year_takes_returns,),
            form="journal.forms.ReasonForm",
            messages=("disbursement_returned",),
            consequence=_("Das Geld ist wieder da und bleibt für den Empfänger festgelegt. Die IBAN muss geprüft werden."),
            tone="tertiary",
        ),
    )  # fmt: skip
    def take_back(self, *, actor: Actor, at: datetime, reason: str) -> None:
        if self.executed_on is not None:
            ledger.return_from_bank(
                self.commitment, self.amount, reference=self.reference, reason=reason, actor=actor, at=at
            )
        self.executed_on = self.executed_by = self.run = None

    @transition(
        field="state", source=[S.EXECUTED], target=S.RETURNED,
        custom=step(
            label=_("Rückläufer in das abgeschlossene Jahr buchen"),
            kind="disbursement_returned_late",
            permission=by(Role.BUDGET_OFFICER),
            guards=(rules.year_is_closed,),
            form="funding.forms.budget.LateReturnForm",
            messages=("disbursement_returned",),
            consequence=_("Nur wenn die Bank das Geld zurückgegeben hat. Die IBAN muss dann geprüft werden."),
            tone="tertiary",
        ),
    )  # fmt: skip
    def take_back_late(self, *, actor: Actor, at: datetime, reopen: bool, reason: str) -> None:
        told: dict[str, Any] = {"reference": self.reference, "reason": reason, "actor": actor, "at": at}
        if reopen:
            ledger.return_and_reopen(self.commitment, self.amount, **told)
        else:
            self.commitment = ledger.return_and_carry(self.commitment, self.amount, **told)
        self.executed_on = self.executed_by = self.run = None

    @transition(
        field="state", source=[S.RETURNED], target=S.REQUESTED,
        custom=step(
            label=_("IBAN ist geprüft, neu anfordern"),
            kind="disbursement_requested_again",
            judges=True,
            permission=by(Role.VERIFIER),
            form="journal.forms.ReasonForm",
            tone="secondary",
        ),
    )  # fmt: skip
    def request_again(self, *, actor: Actor, at: datetime, reason: str) -> None:
        self.attempt += 1
        self.reference = sepa.end_to_end_id(self.thread, sequence=self.number, attempt=self.attempt)
        self.payee_iban = self.commitment.payee_iban
        self.verified_by = self.verified_at = self.authorised_by = self.authorised_at = self.exported_at = None

    @transition(
        field="state", source=[S.REQUESTED, S.VERIFIED, S.AUTHORISED], target=S.CANCELLED,
        custom=step(
            label=_("Zahlung stornieren"),
            kind="disbursement_cancelled",
            judges=True,
            permission=by(Role.VERIFIER, Role.AUTHORISER),
            guards=(rules.is_in_no_run,),
            form="journal.forms.ReasonForm",
            messages=("disbursement_cancelled",),
            consequence=_("Der Betrag bleibt bewilligt. Der Verein kann ihn neu anfordern."),
            tone="tertiary",
        ),
    )  # fmt: skip
    def cancel(self, *, actor: Actor, at: datetime, reason: str) -> None:
        """The money stays committed; only this request ends."""


def pending_sum(commitment: Commitment) -> Decimal:
    """Euros of this commitment that are asked for but not yet paid."""
    found = Disbursement.objects.filter(commitment=commitment).pending().aggregate(total=models.Sum("amount"))
    return found["total"] or Decimal("0.00")
