"""What an organisation keeps with us once and uses in every application: statutes, exemption, register, powers."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.organisation import Organisation


def kept_name(document: OrganisationDocument, _filename: str) -> str:
    """Never the name that somebody chose."""
    return f"organisations/{document.organisation.key}/{document.key}"


class Scan(models.TextChoices):
    """What the virus scanner said about a file. `PENDING` is held back until it has answered."""

    NONE = "none", _("nicht geprüft")
    PENDING = "pending", _("wird geprüft")
    CLEAN = "clean", _("ohne Befund")
    INFECTED = "infected", _("Schadprogramm gefunden")


class OrganisationDocument(models.Model):
    class Kind(models.TextChoices):
        STATUTES = "statutes", _("Satzung")
        EXEMPTION = "exemption", _("Freistellungsbescheid")
        REGISTER = "register", _("Registerauszug")
        POWER = "power", _("Vollmacht")
        ACCOUNT = "account", _("Nachweis zum Konto")
        OTHER = "other", _("Anderes")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(_("Art"), max_length=12, choices=Kind)
    name = models.CharField(_("Dateiname"), max_length=120)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to=kept_name, max_length=200)
    scan = models.CharField(max_length=8, choices=Scan, default=Scan.NONE)
    valid_until = models.DateField(_("gültig bis"), null=True, blank=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.UUIDField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("kind", "-uploaded_at")
        constraints = [models.CheckConstraint(name="organisation_document_not_empty", condition=Q(size__gt=0))]
        verbose_name = _("Dokument der Organisation")
        verbose_name_plural = _("Dokumente der Organisation")

    def __str__(self) -> str:
        return self.name
