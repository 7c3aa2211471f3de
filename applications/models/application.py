"""What an association writes: the application with its finance plan, and the revisions frozen from it.

This floor knows no states. `filed_at`, `reference`, `is_editable` and `open_sections` are set from above.
"""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.models.organisation import Organisation
from applications.models.questions import EligibilityRule, EvidenceTier, LateLink, QuestionSet
from funding.law.grants import CostCategory, FundingSourceKind
from funding.models import Goal, Measure, Municipality, Round
from funding.money import MoneyField

ZERO = Decimal("0.00")

COST_LABELS: dict[str, Any] = {
    CostCategory.PERSONNEL: _("Personal"),
    CostCategory.FEES: _("Honorare"),
    CostCategory.RENT: _("Raummiete"),
    CostCategory.MATERIAL: _("Material"),
    CostCategory.TRAVEL: _("Fahrten"),
    CostCategory.CATERING: _("Verpflegung"),
    CostCategory.PUBLICITY: _("Öffentlichkeitsarbeit"),
    CostCategory.INSURANCE: _("Versicherung"),
    CostCategory.EQUIPMENT: _("Anschaffungen"),
    CostCategory.TRANSLATION_INTERPRETING: _("Übersetzen und Dolmetschen"),
    CostCategory.CHILDCARE: _("Kinderbetreuung"),
    CostCategory.OVERHEAD_LUMP: _("Verwaltung, pauschal"),
    CostCategory.IN_KIND_VOLUNTEER: _("Ehrenamt"),
    CostCategory.OTHER: _("Anderes"),
}
SOURCE_LABELS: dict[str, Any] = {
    FundingSourceKind.COUNTY_GRANT: _("Zuschuss Landkreis"),
    FundingSourceKind.OWN_CASH: _("Eigene Mittel"),
    FundingSourceKind.OWN_IN_KIND_VOLUNTEER: _("Ehrenamt"),
    FundingSourceKind.OWN_IN_KIND_OTHER: _("Eigene Sachleistung"),
    FundingSourceKind.PARTICIPANT_FEES: _("Beiträge der Teilnehmenden"),
    FundingSourceKind.DONATIONS_SPONSORING: _("Spenden und Sponsoren"),
    FundingSourceKind.THIRD_PARTY_PRIVATE: _("Stiftungen und andere Private"),
    FundingSourceKind.PUBLIC_MUNICIPALITY: _("Gemeinde"),
    FundingSourceKind.PUBLIC_STATE: _("Land"),
    FundingSourceKind.PUBLIC_FEDERAL: _("Bund"),
    FundingSourceKind.PUBLIC_EU: _("Europäische Union"),
}


class Application(models.Model):
    """One project for which money is asked. `version` counts saves, so that two tabs cannot overwrite each other."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, verbose_name=_("Antragsrunde"), on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="applications")
    title = models.CharField(_("Name des Projekts"), max_length=120, blank=True)
    summary = models.TextField(_("Worum geht es?"), max_length=4000, blank=True)
    place = models.CharField(_("Ort"), max_length=120, blank=True)
    municipality = models.ForeignKey(
        Municipality, verbose_name=_("Gemeinde"), on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    contact_name = models.CharField(_("Ansprechperson"), max_length=120, blank=True)
    contact_phone = models.CharField(_("Telefon"), max_length=40, blank=True)
    measure = models.ForeignKey(
        Measure, verbose_name=_("Maßnahme"), on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    goals = models.ManyToManyField(Goal, verbose_name=_("Ziele"), related_name="+", blank=True)
    target_group = models.TextField(_("Wer soll kommen?"), max_length=2000, blank=True)
    expected_people = models.PositiveIntegerField(_("Wie viele Menschen?"), null=True, blank=True)
    starts_on = models.DateField(_("Beginn"), null=True, blank=True)
    ends_on = models.DateField(_("Ende"), null=True, blank=True)
    declarations = models.JSONField(default=list)
    declared_by = models.CharField(max_length=120, blank=True)
    wants_portal = models.BooleanField(
        _("Wir holen den Bescheid hier im Portal ab. Liegt er bereit, bekommen wir eine E-Mail (§ 41 Abs. 2a VwVfG)."),
        default=False,
    )
    question_set = models.ForeignKey(
        QuestionSet, verbose_name=_("Fragen"), on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    answers = models.JSONField(_("Antworten"), default=dict, blank=True)
    late_link = models.ForeignKey(LateLink, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    copied_from = models.ForeignKey("self", on_delete=models.SET_NULL, related_name="copies", null=True, blank=True)
    is_paper = models.BooleanField(_("auf Papier"), default=False)
    """Came by post or at the desk: the office writes it down."""
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    updated_by = models.UUIDField(null=True)
    filed_at = models.DateTimeField(null=True)
    reference = models.CharField(_("Aktenzeichen"), max_length=24, blank=True, db_index=True)
    is_editable = models.BooleanField(default=True)
    open_sections = models.JSONField(default=list)

    known_rules: list[EligibilityRule] | None = None
    known_tiers: list[EvidenceTier] | None = None
    """What the programme demands, where it was read together with the draft; None: not read yet."""

    by_office = False
    """Whether somebody of the office has it open, not the applicant."""

    class Meta:
        ordering = ("-updated_at",)
        constraints = [
            models.CheckConstraint(
                name="application_ends_after_it_starts",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="application_filed_has_reference", condition=Q(filed_at__isnull=True) | ~Q(reference="")
            ),
            models.UniqueConstraint(
                fields=["reference"], condition=~Q(reference=""), name="application_reference_once"
            ),
        ]
        verbose_name = _("Antrag")
        verbose_name_plural = _("Anträge")

    def __str__(self) -> str:
        return self.title or str(_("Antrag ohne Namen"))

    @property
    def thread(self) -> str:
        """Where the journal keeps this story: the draft's key until there is a file reference."""
        return self.reference or str(self.key)


class CostLine(models.Model):
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="costs")
    position = models.PositiveSmallIntegerField(default=0)
    category = models.CharField(_("Art"), max_length=32, choices=COST_LABELS.items())
    description = models.CharField(_("Wofür"), max_length=160, blank=True)
    quantity = models.DecimalField(_("Menge"), max_digits=8, decimal_places=2, default=Decimal(1))
    unit_price = MoneyField(_("Einzelpreis"), default=ZERO)
    amount = MoneyField(_("Betrag"), default=ZERO)

    class Meta:
        ordering = ("position", "pk")
        constraints = [
            models.CheckConstraint(name="cost_not_negative", condition=Q(amount__gte=0) & Q(unit_price__gte=0)),
            models.CheckConstraint(name="cost_quantity_not_negative", condition=Q(quantity__gte=0)),
        ]
        verbose_name = _("Ausgabe")
        verbose_name_plural = _("Ausgaben")

    def __str__(self) -> str:
        return self.description


class SourceLine(models.Model):
    class Status(models.TextChoices):
        APPLIED = "applied", _("beantragt")
        GRANTED = "granted", _("zugesagt")
        DECLINED = "declined", _("abgelehnt")

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="sources")
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(_("Art"), max_length=32, choices=SOURCE_LABELS.items())
    description = models.CharField(_("Woher"), max_length=160, blank=True)
    status = models.CharField(_("Stand"), max_length=8, choices=Status, default=Status.GRANTED)
    amount = MoneyField(_("Betrag"), default=ZERO)

    class Meta:
        ordering = ("position", "pk")
        constraints = [
            models.CheckConstraint(name="source_not_negative", condition=Q(amount__gte=0)),
            models.UniqueConstraint(
                fields=["application"], condition=Q(kind="county_grant"), name="one_county_grant_per_application"
            ),
        ]
        verbose_name = _("Einnahme")
        verbose_name_plural = _("Einnahmen")

    def __str__(self) -> str:
        return self.description


class Revision(models.Model):
    """The application as it was handed in, frozen: `sha256` is the hash of the canonical JSON of `content`."""

    append_only = True

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField(_("Fassung"))
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()
    frozen_by = models.UUIDField(null=True)

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["application", "number"], name="revision_number_once")]
        verbose_name = _("Fassung")
        verbose_name_plural = _("Fassungen")

    def __str__(self) -> str:
        return f"{self.application} ({self.number})"
