"""The register of who is bound to whom, and so must not judge."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.models import Organisation
from workflow.models.council import BodyMember


class Involvement(models.Model):
    """Who is bound to an organisation and must not judge it (§ 41 NKomVG, § 20 VwVfG).

    Either somebody with an account (`user_key`) or a member of a body.
    """

    class Kind(models.TextChoices):
        BOARD = "board", _("Vorstand oder gesetzliche Vertretung")
        EMPLOYED = "employed", _("gegen Entgelt beschäftigt")
        RELATIVE = "relative", _("Angehörige sind dort im Vorstand")
        PERSON = "person", _("selbst antragstellende Person oder deren Angehörige")
        OTHER = "other", _("anderer Grund")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user_key = models.UUIDField(null=True, db_index=True)
    member = models.ForeignKey(BodyMember, on_delete=models.PROTECT, related_name="involvements", null=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("Verbindung"), max_length=10, choices=Kind)
    note = models.CharField(_("Anmerkung"), max_length=300, blank=True)
    since = models.DateField(_("seit"))
    until = models.DateField(_("bis"), null=True)
    entered_by = models.UUIDField()
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ("organisation__name", "pk")
        constraints = [
            models.CheckConstraint(
                name="involvement_of_one_person",
                condition=Q(user_key__isnull=False, member__isnull=True)
                | Q(user_key__isnull=True, member__isnull=False),
            ),
            models.CheckConstraint(
                name="involvement_period", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            ),
        ]
        verbose_name = _("Verbindung")
        verbose_name_plural = _("Verbindungen")

    def __str__(self) -> str:
        return str(self.get_kind_display())
