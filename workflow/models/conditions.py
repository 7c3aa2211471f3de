"""The library of side conditions (§ 36 VwVfG): texts that a decider ticks. What was chosen is frozen into the award."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from funding.models import Programme


class SideCondition(models.Model):
    """A text for one programme, or for all. Out of use from the day after `valid_until`; awards keep what they have."""

    programme = models.ForeignKey(
        Programme, verbose_name=_("Förderprogramm"), on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    text = models.CharField(_("Text im Bescheid"), max_length=400)
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)
    is_standard = models.BooleanField(_("schon angekreuzt"), default=True)
    valid_from = models.DateField(_("Gültig ab"))
    valid_until = models.DateField(_("Gültig bis"), null=True, blank=True)

    class Meta:
        ordering = ("position", "pk")
        constraints = [
            models.CheckConstraint(name="side_condition_has_text", condition=~Q(text="")),
            models.CheckConstraint(
                name="side_condition_period",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
            ),
        ]
        verbose_name = _("Nebenbestimmung")
        verbose_name_plural = _("Nebenbestimmungen")

    def __str__(self) -> str:
        return self.text
