"""What belongs to the desk of the office alone: lists as somebody wants them, labels, notes, absences, long jobs."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from funding.money import MoneyField


class SavedList(models.Model):
    """A view of the work list: its filters and its order as in the address, and the columns."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.UUIDField(db_index=True)
    title = models.CharField(_("Name"), max_length=60)
    query = models.CharField(max_length=1000, blank=True)
    columns = models.JSONField(default=list)
    is_shared = models.BooleanField(_("für alle im Amt"), default=False)

    class Meta:
        ordering = ("title", "pk")
        constraints = [models.UniqueConstraint(fields=["owner", "title"], name="saved_list_title_once")]
        verbose_name = _("Ansicht")
        verbose_name_plural = _("Ansichten")

    def __str__(self) -> str:
        return self.title


class Label(models.Model):
    name = models.CharField(_("Etikett"), max_length=40, unique=True)
    cases = models.ManyToManyField("workflow.Case", related_name="labels", blank=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("Etikett")
        verbose_name_plural = _("Etiketten")

    def __str__(self) -> str:
        return self.name


class CaseNote(models.Model):
    """A note of the office; the association never reads it. Struck out rather than deleted: the file keeps it."""

    case = models.ForeignKey("workflow.Case", on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(_("Notiz"), max_length=2000)
    author = models.UUIDField()
    written_at = models.DateTimeField()
    struck_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-written_at", "-pk")
        verbose_name = _("Notiz")
        verbose_name_plural = _("Notizen")

    def __str__(self) -> str:
        return self.text[:60]


class Absence(models.Model):
    """Somebody is away, and who does the work meanwhile. A stand-in sees the tasks; rights stay each person's own."""

    person = models.UUIDField(db_index=True)
    stand_in = models.UUIDField(db_index=True)
    first_on = models.DateField(_("vom"))
    last_on = models.DateField(_("bis"))
    entered_by = models.UUIDField()

    class Meta:
        ordering = ("first_on", "pk")
        constraints = [
            models.CheckConstraint(name="absence_period", condition=Q(last_on__gte=F("first_on"))),
            models.CheckConstraint(name="absence_has_another", condition=~Q(person=F("stand_in"))),
        ]
        verbose_name = _("Abwesenheit")
        verbose_name_plural = _("Abwesenheiten")

    def __str__(self) -> str:
        return f"{self.first_on:%d.%m.%Y} – {self.last_on:%d.%m.%Y}"


class BulkJob(models.Model):
    """One step taken on many cases, row by row, each through the one door as if made by hand.

    `data` is what the step's form would have asked; a row adds its own.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(max_length=200)
    step = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    ordered_by = models.UUIDField()
    ordered_role = models.CharField(max_length=32)
    ordered_at = models.DateTimeField()
    consultation = models.ForeignKey("workflow.Consultation", on_delete=models.PROTECT, related_name="jobs", null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-ordered_at", "-pk")
        verbose_name = _("Auftrag")
        verbose_name_plural = _("Aufträge")

    def __str__(self) -> str:
        return self.title


class BulkRow(models.Model):
    """One case of a job: what became of it, and the sentence where it was refused."""

    class Result(models.TextChoices):
        WAITING = "waiting", _("wartet")
        DONE = "done", _("erledigt")
        REFUSED = "refused", _("nicht möglich")

    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="rows")
    case = models.ForeignKey("workflow.Case", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    step = models.CharField(max_length=40, blank=True)
    amount = MoneyField(_("Betrag"), null=True)
    expected_version = models.PositiveIntegerField()
    result = models.CharField(_("Ergebnis"), max_length=8, choices=Result, default=Result.WAITING)
    sentence = models.CharField(max_length=400, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(fields=["job", "case"], name="bulk_names_case_once"),
            models.CheckConstraint(name="bulk_refused_says_why", condition=~Q(result="refused") | ~Q(sentence="")),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.result}"
