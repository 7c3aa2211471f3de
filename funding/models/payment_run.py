"""A batch of payments that one person assembles and another releases (§ 42 Abs. 5 KomHKVO)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from funding.money import MoneyField


class PaymentRun(models.Model):
    """`state` is a plain field with one writer, `funding.payments`. `file` holds the SEPA bytes as they left."""

    class State(models.TextChoices):
        ASSEMBLED = "assembled", _("Zusammengestellt")
        RELEASED = "released", _("Freigegeben")
        EXPORTED = "exported", _("Bei der Bank")
        EXECUTED = "executed", _("Ausgeführt")
        RETURNED = "returned", _("Zurückgegeben")

    number = models.CharField(_("Nummer"), max_length=20, unique=True)
    state = models.CharField(_("Stand"), max_length=10, choices=State, default=State.ASSEMBLED)
    execution_on = models.DateField(_("Ausführung"))
    total = MoneyField(_("Summe"))
    count = models.PositiveIntegerField(_("Zahlungen"))
    assembled_by = models.UUIDField()
    assembled_at = models.DateTimeField()
    released_by = models.UUIDField(null=True)
    released_at = models.DateTimeField(null=True)
    exported_at = models.DateTimeField(null=True)
    executed_at = models.DateTimeField(null=True)
    file = models.BinaryField(null=True)
    file_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-assembled_at", "-pk")
        constraints = [
            models.CheckConstraint(
                name="run_state_known",
                condition=Q(state__in=["assembled", "released", "exported", "executed", "returned"]),
            ),
            models.CheckConstraint(
                name="run_released_by_second_person",
                condition=Q(released_by__isnull=True) | ~Q(released_by=F("assembled_by")),
            ),
            models.CheckConstraint(
                name="run_released_before_export",
                condition=~Q(state__in=["released", "exported", "executed"]) | Q(released_by__isnull=False),
            ),
            models.CheckConstraint(
                name="run_exported_has_file",
                condition=~Q(state__in=["exported", "executed"]) | Q(file__isnull=False),
            ),
        ]
        verbose_name = _("Zahlungslauf")
        verbose_name_plural = _("Zahlungsläufe")

    def __str__(self) -> str:
        return self.number
