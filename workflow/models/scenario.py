"""A thought experiment: amounts tried on some cases. It binds no money and changes no case."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from funding.money import MoneyField


class Scenario(models.Model):
    """`rule` spreads what is left; `unit` is the step to which it rounds down, in euros; `cap` the most a case may get."""

    class Rule(models.TextChoices):
        PRO_RATA = "pro_rata", _("nach dem Verhältnis der Anträge")
        BY_SCORE = "by_score", _("nach Punkten, die besten zuerst")
        EQUAL_CUT = "equal_cut", _("alle um denselben Anteil gekürzt")
        CAPPED = "capped", _("alle gleich viel, höchstens der Antrag")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("Name"), max_length=120)
    fiscal_year = models.PositiveSmallIntegerField(_("Haushaltsjahr"))
    rule = models.CharField(_("Regel"), max_length=10, choices=Rule, default=Rule.PRO_RATA)
    unit = MoneyField(_("Rundung"), default=1)
    cap = MoneyField(_("höchstens"), null=True)
    version = models.PositiveIntegerField(default=0)
    created_by = models.UUIDField()
    created_at = models.DateTimeField()
    frozen_by = models.UUIDField(null=True)
    frozen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = [
            models.CheckConstraint(
                name="scenario_frozen_has_person", condition=Q(frozen_at__isnull=True) | Q(frozen_by__isnull=False)
            ),
            models.CheckConstraint(name="scenario_unit_positive", condition=Q(unit__gt=0)),
            models.CheckConstraint(name="scenario_cap_positive", condition=Q(cap__isnull=True) | Q(cap__gt=0)),
        ]
        verbose_name = _("Szenario")
        verbose_name_plural = _("Szenarien")

    def __str__(self) -> str:
        return self.title


class ScenarioRow(models.Model):
    """What a case would get. Empty: nobody has thought about it yet; nought: nothing. `is_fixed` keeps it as it is."""

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="rows")
    case = models.ForeignKey("workflow.Case", on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    amount = MoneyField(_("Betrag"), null=True)
    is_fixed = models.BooleanField(_("fest"), default=False)
    note = models.CharField(_("Anmerkung"), max_length=300, blank=True)

    class Meta:
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(fields=["scenario", "case"], name="scenario_names_case_once"),
            models.CheckConstraint(
                name="scenario_amount_not_negative", condition=Q(amount__isnull=True) | Q(amount__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.amount}"
