"""What comes and goes on paper: the note on how an application came in, and letters to people without the portal."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models import Application


class PaperIntake(models.Model):
    """How an application on paper came in. `received_at` decides the round and whether it was in time.

    `consent_by` is who signed that we may store what the paper says.
    """

    class Channel(models.TextChoices):
        POST = "post", _("mit der Post")
        DESK = "desk", _("am Schalter abgegeben")

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(_("Wie kam der Antrag?"), max_length=4, choices=Channel)
    received_at = models.DateTimeField(_("eingegangen"))
    consent_by = models.CharField(_("Einwilligung unterschrieben von"), max_length=120)
    entered_by = models.UUIDField()
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ("-entered_at",)
        constraints = [
            models.CheckConstraint(name="paper_intake_has_consent", condition=~Q(consent_by="")),
            models.CheckConstraint(
                name="paper_intake_not_from_tomorrow", condition=Q(received_at__lte=models.F("entered_at"))
            ),
        ]
        verbose_name = _("Eingang auf Papier")
        verbose_name_plural = _("Eingänge auf Papier")

    def __str__(self) -> str:
        return str(self.application)


class PaperLetter(models.Model):
    """A letter of the outbox for somebody without an e-mail address: printed and posted by the office."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    occasion = models.CharField(max_length=200, unique=True)
    """Names the news, so that it is written once."""
    case = models.ForeignKey("workflow.Case", on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=64)
    subject = models.CharField(_("Betreff"), max_length=200)
    body = models.TextField(_("Text"))
    written_at = models.DateTimeField(_("geschrieben"))
    sent_on = models.DateField(_("zur Post gegeben"), null=True)
    sent_by = models.UUIDField(null=True)

    class Meta:
        ordering = ("written_at", "pk")
        indexes = [models.Index(fields=["written_at"], name="paper_letter_waiting", condition=Q(sent_on__isnull=True))]
        constraints = [
            models.CheckConstraint(
                name="paper_letter_sent_by_somebody", condition=Q(sent_on__isnull=True) | Q(sent_by__isnull=False)
            ),
        ]
        verbose_name = _("Brief")
        verbose_name_plural = _("Briefe")

    def __str__(self) -> str:
        return self.subject
