"""What the office and the association write to each other about a case, and the feed of somebody's own deadlines."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications.models import Scan


def talk_name(file: CaseMessageFile, _filename: str) -> str:
    """Never the name that somebody chose."""
    return f"messages/{file.message.case.reference}/{file.key}"


class CaseMessage(models.Model):
    """One message; never changed. `read_at` is when the other side first opened it."""

    case = models.ForeignKey("workflow.Case", on_delete=models.PROTECT, related_name="messages")
    from_office = models.BooleanField(_("vom Amt"))
    author = models.UUIDField()
    author_name = models.CharField(_("Von"), max_length=160)
    text = models.TextField(_("Nachricht"), max_length=5000)
    sent_at = models.DateTimeField(_("gesendet"))
    read_at = models.DateTimeField(_("gelesen"), null=True)

    class Meta:
        ordering = ("sent_at", "pk")
        verbose_name = _("Nachricht")
        verbose_name_plural = _("Nachrichten")

    def __str__(self) -> str:
        return f"{self.case} {self.sent_at:%d.%m.%Y}"


class CaseMessageFile(models.Model):
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    message = models.ForeignKey(CaseMessage, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(_("Dateiname"), max_length=120)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to=talk_name, max_length=200)
    scan = models.CharField(max_length=8, choices=Scan, default=Scan.NONE)

    class Meta:
        ordering = ("pk",)
        constraints = [models.CheckConstraint(name="message_file_not_empty", condition=Q(size__gt=0))]
        verbose_name = _("Datei einer Nachricht")
        verbose_name_plural = _("Dateien der Nachrichten")

    def __str__(self) -> str:
        return self.name


class CalendarFeed(models.Model):
    """The secret address of a person's own deadlines for a calendar program. A new one makes the old one useless."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    secret_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("Kalender-Abo")
        verbose_name_plural = _("Kalender-Abos")

    def __str__(self) -> str:
        return f"{self.made_at:%d.%m.%Y}"
