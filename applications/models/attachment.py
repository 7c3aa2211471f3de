"""Files that belong to an application. They lie outside every public address; a view checks who may read them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from applications.models.document import OrganisationDocument, Scan


def stored_name(attachment: Attachment, _filename: str) -> str:
    """Never the name that somebody chose."""
    return f"attachments/{attachment.application.key}/{attachment.key}"


class Attachment(models.Model):
    class Kind(models.TextChoices):
        STATUTES = "statutes", _("Satzung")
        BOARD = "board", _("Vorstandsbeschluss oder Vollmacht")
        EXEMPTION = "exemption", _("Freistellungsbescheid")
        OFFER = "offer", _("Angebot oder Kostenvoranschlag")
        OTHER = "other", _("Anderes")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="attachments")
    kind = models.CharField(_("Art"), max_length=12, choices=Kind, default=Kind.OTHER)
    name = models.CharField(_("Dateiname"), max_length=120)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to=stored_name, max_length=200)
    scan = models.CharField(max_length=8, choices=Scan, default=Scan.NONE)
    kept = models.ForeignKey(OrganisationDocument, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    question = models.CharField(_("Frage"), max_length=60, blank=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.UUIDField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("uploaded_at", "pk")
        constraints = [models.CheckConstraint(name="attachment_not_empty", condition=Q(size__gt=0))]
        verbose_name = _("Unterlage")
        verbose_name_plural = _("Unterlagen")

    def __str__(self) -> str:
        return self.name
