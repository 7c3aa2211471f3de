"""What a case collects on its way: its checklist, questions, resolutions and documents."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from funding.models import BudgetLine, Resolution
from funding.money import MoneyField


class ChecklistItem(models.Model):
    """One point of the formal check. `hint` is what the computer found; the officer decides."""

    class Code(models.TextChoices):
        IN_TIME = "in_time", _("Antrag rechtzeitig eingegangen")
        APPLICANT = "applicant", _("Antragsteller ist förderfähig")
        NOT_BEGUN = "not_begun", _("Projekt hat noch nicht begonnen")
        PLAN = "plan", _("Finanzplan geht auf")
        DECLARATIONS = "declarations", _("Erklärungen vollständig")
        DOCUMENTS = "documents", _("Unterlagen vollständig")
        DUPLICATE = "duplicate", _("Kein Doppelantrag")
        DEBTS = "debts", _("Kein Nachweis überfällig, keine offene Rückforderung")

    class Result(models.TextChoices):
        OPEN = "open", _("noch offen")
        FINE = "fine", _("in Ordnung")
        NOTICE = "notice", _("in Ordnung mit Hinweis")
        MISSING = "missing", _("fehlt")

    case = models.ForeignKey("workflow.Case", on_delete=models.CASCADE, related_name="checklist")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=16, choices=Code)
    title = models.CharField(_("Prüfpunkt"), max_length=160, blank=True)
    """The words of a point that the programme added; its `code` is then made of the point's number."""
    result = models.CharField(_("Ergebnis"), max_length=8, choices=Result, default=Result.OPEN)
    hint = models.CharField(max_length=300, blank=True)
    note = models.CharField(_("Anmerkung"), max_length=300, blank=True)
    checked_by = models.UUIDField(null=True)
    checked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["case", "code"], name="checklist_item_once"),
            models.CheckConstraint(
                name="checklist_result_has_person", condition=Q(result="open") | Q(checked_by__isnull=False)
            ),
        ]
        verbose_name = _("Prüfpunkt")
        verbose_name_plural = _("Prüfpunkte")

    def __str__(self) -> str:
        return self.title or str(self.get_code_display())


class InformationRequest(models.Model):
    """What is missing, until when, and which sections the association may change meanwhile."""

    case = models.ForeignKey("workflow.Case", on_delete=models.PROTECT, related_name="requests")
    items = models.TextField(_("Was fehlt"))
    text = models.TextField(_("Text der Nachricht"), blank=True)
    """What the officer wrote instead of the words that the letter makes of the items."""
    sections = models.JSONField(default=list)
    due_on = models.DateField(_("Antwort bis"))
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    answer = models.TextField(_("Antwort"), blank=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-asked_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(answered_at__isnull=True, closed_at__isnull=True), name="one_open_question"
            ),
        ]
        verbose_name = _("Nachforderung")
        verbose_name_plural = _("Nachforderungen")

    def __str__(self) -> str:
        return self.items[:60]


class CaseResolution(models.Model):
    """How a body resolved on this case."""

    class Outcome(models.TextChoices):
        ADOPTED = "adopted", _("angenommen")
        AMENDED = "adopted_amended", _("geändert angenommen")
        REJECTED = "rejected", _("abgelehnt")

    case = models.ForeignKey("workflow.Case", on_delete=models.PROTECT, related_name="resolutions")
    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(_("Ergebnis"), max_length=16, choices=Outcome)
    amount = MoneyField(_("Betrag"))
    votes_yes = models.PositiveSmallIntegerField(_("Ja"))
    votes_no = models.PositiveSmallIntegerField(_("Nein"))
    votes_abstained = models.PositiveSmallIntegerField(_("Enthaltungen"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "resolution"], name="resolution_once_per_case")]
        verbose_name = _("Beschluss zum Vorgang")
        verbose_name_plural = _("Beschlüsse zum Vorgang")

    def __str__(self) -> str:
        return f"{self.case}: {self.resolution}"


class CaseShare(models.Model):
    """Which part of a proposal a line pays, where several lines or years pay it; without rows the case's own line pays."""

    case = models.ForeignKey("workflow.Case", on_delete=models.CASCADE, related_name="shares")
    line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="+")
    amount = MoneyField(_("Anteil"))

    class Meta:
        ordering = ("line",)
        constraints = [
            models.UniqueConstraint(fields=["case", "line"], name="share_once_a_line"),
            models.CheckConstraint(name="share_positive", condition=Q(amount__gt=0)),
        ]
        verbose_name = _("Anteil einer Haushaltslinie")
        verbose_name_plural = _("Anteile der Haushaltslinien")

    def __str__(self) -> str:
        return f"{self.line}: {self.amount}"


class WaitingOffer(models.Model):
    """Money became free, and this case is the next on the waiting list: told to the officer, who alone decides.

    `available` is what was free on the line at that moment.
    """

    case = models.ForeignKey("workflow.Case", on_delete=models.CASCADE, related_name="waiting_offers")
    line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="+")
    available = MoneyField(_("frei"))
    offered_at = models.DateTimeField(_("gemeldet"))
    ended_at = models.DateTimeField(_("erledigt"), null=True)

    class Meta:
        ordering = ("offered_at",)
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at__isnull=True), name="waiting_offer_once"),
        ]
        verbose_name = _("Hinweis zur Warteliste")
        verbose_name_plural = _("Hinweise zur Warteliste")

    def __str__(self) -> str:
        return f"{self.case}: {self.available}"


class Threshold(models.Model):
    """Who decides up to which amount. The row without an amount is for everything above."""

    valid_from = models.DateField(_("gültig ab"))
    up_to = MoneyField(_("bis einschließlich"), null=True, blank=True)
    decides = models.CharField(_("Es entscheidet"), max_length=20, choices=Resolution.Body)

    class Meta:
        ordering = ("-valid_from", models.F("up_to").asc(nulls_last=True))
        constraints = [
            models.UniqueConstraint(fields=["valid_from", "up_to"], name="threshold_once"),
            models.UniqueConstraint(
                fields=["valid_from"], condition=Q(up_to__isnull=True), name="threshold_open_end_once"
            ),
        ]
        verbose_name = _("Wertgrenze")
        verbose_name_plural = _("Wertgrenzen")

    def __str__(self) -> str:
        return str(self.get_decides_display())


class Document(models.Model):
    """A document of the case as it left or will leave the house: frozen content, bytes and hash.

    `subject_version` says of which state of the award (or case) it speaks: the door refuses to send an older one.
    """

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("Eingangsbestätigung")
        AWARD_NOTICE = "award_notice", _("Zuwendungsbescheid")
        REJECTION_NOTICE = "rejection_notice", _("Ablehnungsbescheid")

    case = models.ForeignKey("workflow.Case", on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=16, choices=Kind)
    number = models.PositiveSmallIntegerField(_("Fassung"))
    content = models.JSONField()
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    subject_version = models.PositiveIntegerField()
    rendered_at = models.DateTimeField()
    sent_on = models.DateField(null=True)

    class Meta:
        ordering = ("rendered_at", "pk")
        constraints = [models.UniqueConstraint(fields=["case", "kind", "number"], name="document_number_once")]
        verbose_name = _("Dokument")
        verbose_name_plural = _("Dokumente")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.case}"


class FileSequence(models.Model):
    """The last number given for a prefix and year; its row is locked while the next one is taken."""

    prefix = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prefix", "year"], name="file_sequence_once")]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}-{self.last:04d}"
