"""What is funded, by which rule and until when: programmes, rounds, the concept's measures, the municipalities."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from funding.law.grants import Financing, Rule
from funding.money import MoneyField

FINANCING_LABELS: dict[str, Any] = {
    Financing.FULL.value: _("Vollfinanzierung"),
    Financing.SHARE.value: _("Anteilfinanzierung"),
    Financing.GAP.value: _("Fehlbedarfsfinanzierung"),
    Financing.FIXED.value: _("Festbetragsfinanzierung"),
}


class Municipality(models.Model):
    name = models.CharField(_("Name"), max_length=80, unique=True)
    ags = models.CharField(_("Gemeindeschlüssel (AGS)"), max_length=8, unique=True)
    association = models.CharField(_("Samtgemeinde"), max_length=80, blank=True)
    is_active = models.BooleanField(_("wählbar"), default=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("Gemeinde")
        verbose_name_plural = _("Gemeinden")

    def __str__(self) -> str:
        return self.name


class Goal(models.Model):
    """A goal of the county's concept."""

    code = models.CharField(_("Nummer"), max_length=12, unique=True)
    title = models.CharField(_("Ziel"), max_length=160)

    class Meta:
        ordering = ("code",)
        verbose_name = _("Ziel")
        verbose_name_plural = _("Ziele")

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Measure(models.Model):
    """A measure of the concept; each application names one."""

    goal = models.ForeignKey(Goal, verbose_name=_("Ziel"), on_delete=models.PROTECT, related_name="measures")
    code = models.CharField(_("Nummer"), max_length=12, unique=True)
    title = models.CharField(_("Maßnahme"), max_length=160)
    is_active = models.BooleanField(_("wählbar"), default=True)

    class Meta:
        ordering = ("code",)
        verbose_name = _("Maßnahme")
        verbose_name_plural = _("Maßnahmen")

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Programme(models.Model):
    """A programme with its guideline's numbers; which budget line pays is told by product and account."""

    class PayableOn(models.TextChoices):
        FINALITY = "finality", _("wenn der Bescheid bestandskräftig ist")
        NOTIFICATION = "notification", _("wenn der Bescheid bekannt gegeben ist")

    class PaymentMode(models.TextChoices):
        REIMBURSEMENT = "reimbursement", _("nach dem Verwendungsnachweis")
        ADVANCE = "advance", _("im Voraus, auf Anforderung")
        INSTALMENTS = "instalments", _("in Raten, auf Anforderung")

    slug = models.SlugField(_("Kurzname in der Adresse"), unique=True)
    prefix = models.CharField(_("Kürzel im Aktenzeichen"), max_length=8, default="INT")
    title = models.CharField(_("Name"), max_length=120)
    purpose = models.TextField(_("Wofür"))
    applicants = models.TextField(_("Wer sich bewerben kann"))
    documents = models.TextField(_("Welche Unterlagen nötig sind"), blank=True)
    contact_name = models.CharField(_("Ansprechperson"), max_length=120)
    contact_phone = models.CharField(_("Telefon"), max_length=40)
    contact_email = models.EmailField(_("E-Mail-Adresse"))
    contact_hours = models.CharField(_("Sprechzeiten"), max_length=120, blank=True)
    financing = models.CharField(_("Finanzierungsart"), max_length=10, choices=FINANCING_LABELS.items())
    fixed_amount = MoneyField(_("Festbetrag"), null=True, blank=True)
    rate_numerator = models.PositiveSmallIntegerField(_("Förderquote: Zähler"), default=80)
    rate_denominator = models.PositiveSmallIntegerField(_("Förderquote: Nenner"), default=100)
    maximum = MoneyField(_("Höchstbetrag"), null=True, blank=True)
    minimum = MoneyField(_("Mindestbetrag"), default=Decimal(0))
    rounding_unit = MoneyField(_("abrunden auf"), default=Decimal("0.01"))
    payable_on = models.CharField(_("Auszahlung möglich"), max_length=12, choices=PayableOn, default=PayableOn.FINALITY)
    payment_mode = models.CharField(_("Zahlungsweise"), max_length=13, choices=PaymentMode, default=PaymentMode.ADVANCE)
    report_months = models.PositiveSmallIntegerField(_("Nachweis: Monate nach Projektende"), default=6)
    product = models.CharField(_("Produkt"), max_length=20)
    account = models.CharField(_("Konto"), max_length=20)
    is_published = models.BooleanField(_("öffentlich sichtbar"), default=False)

    class Meta:
        ordering = ("title",)
        constraints = [
            models.CheckConstraint(
                name="programme_rate_at_most_one",
                condition=models.Q(rate_denominator__gt=0) & models.Q(rate_numerator__lte=models.F("rate_denominator")),
            ),
            models.CheckConstraint(
                name="programme_fixed_needs_amount",
                condition=~models.Q(financing="fixed") | models.Q(fixed_amount__isnull=False, fixed_amount__gt=0),
            ),
            models.CheckConstraint(
                name="programme_minimum_below_maximum",
                condition=models.Q(maximum__isnull=True) | models.Q(minimum__lte=models.F("maximum")),
            ),
        ]
        verbose_name = _("Förderprogramm")
        verbose_name_plural = _("Förderprogramme")

    def __str__(self) -> str:
        return self.title

    @property
    def rate(self) -> Fraction:
        return Fraction(self.rate_numerator, self.rate_denominator)

    @property
    def rule(self) -> Rule:
        """What the guideline says about amounts, for `funding.law.grants`."""
        kind = Financing(self.financing)
        return Rule(
            kind=kind,
            rate=self.rate if kind is Financing.SHARE else None,
            fixed=self.fixed_amount,
            cap=self.maximum,
            least=self.minimum,
            unit=self.rounding_unit,
        )


class RoundQuerySet(models.QuerySet["Round"]):
    def open(self, *, at: datetime) -> RoundQuerySet:
        """Rounds that take applications at this moment, in time."""
        return self.filter(programme__is_published=True, opens_at__lte=at, closes_at__gt=at)


class Round(models.Model):
    """A time in which one may apply. In time is before `closes_at`: 23:59:59 counts, 00:00:00 does not."""

    programme = models.ForeignKey(
        Programme, verbose_name=_("Förderprogramm"), on_delete=models.PROTECT, related_name="rounds"
    )
    title = models.CharField(_("Name"), max_length=120)
    fiscal_year = models.PositiveSmallIntegerField(_("Haushaltsjahr"))
    opens_at = models.DateTimeField(_("öffnet"))
    closes_at = models.DateTimeField(_("schließt"))
    accepts_late = models.BooleanField(_("Späte Anträge annehmen und kennzeichnen"), default=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ("-closes_at",)
        constraints = [
            models.CheckConstraint(
                name="round_closes_after_it_opens", condition=models.Q(closes_at__gt=models.F("opens_at"))
            ),
        ]
        verbose_name = _("Antragsrunde")
        verbose_name_plural = _("Antragsrunden")

    def __str__(self) -> str:
        return self.title

    def is_in_time(self, *, at: datetime) -> bool:
        return self.opens_at <= at < self.closes_at

    def is_open(self, *, at: datetime) -> bool:
        """Whether an application may be filed, in time or late."""
        return self.opens_at <= at and (at < self.closes_at or self.accepts_late)

    def is_late(self, *, at: datetime) -> bool:
        return at >= self.closes_at
