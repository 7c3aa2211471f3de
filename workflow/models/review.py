"""How a case is judged: the programme's points and criteria, scores, opinions of others, and what the computer noticed."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from funding.models import Programme


class CheckPoint(models.Model):
    """A point that a programme adds to the formal check. A retired one stays in the checklists that have it."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("Prüfpunkt"), max_length=160)
    hint = models.CharField(_("Hinweis"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("programme", "position", "pk")
        verbose_name = _("Prüfpunkt des Programms")
        verbose_name_plural = _("Prüfpunkte des Programms")

    def __str__(self) -> str:
        return self.title


class Criterion(models.Model):
    """By what the projects of a programme are judged: `weight` of this question, points from 0 to `most`."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("Kriterium"), max_length=160)
    hint = models.CharField(_("Worauf es ankommt"), max_length=400, blank=True)
    weight = models.PositiveSmallIntegerField(_("Gewicht"))
    most = models.PositiveSmallIntegerField(_("höchste Punktzahl"), default=5)
    position = models.PositiveSmallIntegerField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("programme", "position", "pk")
        constraints = [
            models.CheckConstraint(name="criterion_weight", condition=Q(weight__gte=1, weight__lte=100)),
            models.CheckConstraint(name="criterion_most", condition=Q(most__gte=1, most__lte=100)),
        ]
        verbose_name = _("Kriterium")
        verbose_name_plural = _("Kriterien")

    def __str__(self) -> str:
        return self.title


class Review(models.Model):
    """One person's judgement of one case. Others read it only once they have handed in their own."""

    case = models.ForeignKey("workflow.Case", on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.UUIDField()
    note = models.TextField(_("Begründung"), blank=True)
    handed_in_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["case", "reviewer"], name="review_once_a_person")]
        verbose_name = _("Bewertung")
        verbose_name_plural = _("Bewertungen")

    def __str__(self) -> str:
        return str(self.case)


class ReviewScore(models.Model):
    """Points for one criterion; never above `criterion.most`, which the form and the action see to."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    points = models.PositiveSmallIntegerField(_("Punkte"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="score_once_a_criterion"),
            models.CheckConstraint(name="score_in_scale", condition=Q(points__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.points}"


class Opinion(models.Model):
    """What a municipality or an advice centre was asked by a personal link. Only the link's hash is kept."""

    class Verdict(models.TextChoices):
        SUPPORTS = "supports", _("Wir befürworten das Projekt")
        REMARKS = "remarks", _("Wir befürworten es mit Anmerkungen")
        OBJECTS = "objects", _("Wir haben Bedenken")
        NONE = "none", _("Wir nehmen dazu keine Stellung")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey("workflow.Case", on_delete=models.CASCADE, related_name="opinions")
    asked_of = models.CharField(_("Wer gefragt wird"), max_length=160)
    email = models.EmailField(_("E-Mail"))
    question = models.TextField(_("Worum es geht"), max_length=3000)
    secret_hash = models.CharField(max_length=64, unique=True)
    due_on = models.DateField(_("Antwort bis"))
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    verdict = models.CharField(_("Stellungnahme"), max_length=8, choices=Verdict, blank=True)
    answer = models.TextField(_("Begründung"), max_length=5000, blank=True)
    answered_by = models.CharField(_("Name"), max_length=160, blank=True)
    answered_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("asked_at", "pk")
        constraints = [
            models.CheckConstraint(
                name="opinion_answer_is_whole", condition=Q(answered_at__isnull=True) | ~Q(verdict="")
            )
        ]
        verbose_name = _("Stellungnahme")
        verbose_name_plural = _("Stellungnahmen")

    def __str__(self) -> str:
        return self.asked_of


class Finding(models.Model):
    """Something the computer noticed about a case. `fingerprint` tells one finding of a kind from another.

    A soft one is acknowledged with a reason; a hard one stops the approval until its cause is gone.
    """

    class Code(models.TextChoices):
        DOUBLE_FUNDING = "double_funding", _("Vielleicht doppelt gefördert")
        OVERFUNDED = "overfunded", _("Öffentliche Mittel über den Kosten")
        DUPLICATE = "duplicate", _("Ähnlicher Antrag")
        SAME_ACCOUNT = "same_account", _("Dieselbe Bankverbindung bei einem anderen Antragsteller")
        OVERDUE_REPORT = "overdue_report", _("Verwendungsnachweis überfällig")
        OPEN_CLAIM = "open_claim", _("Rückforderung offen")
        SPLIT = "split", _("Mehrere Anträge für denselben Zweck unter einer Wertgrenze")

    case = models.ForeignKey("workflow.Case", on_delete=models.CASCADE, related_name="findings")
    code = models.CharField(max_length=16, choices=Code)
    fingerprint = models.CharField(max_length=64, blank=True)
    sentence = models.CharField(_("Was auffiel"), max_length=300)
    is_hard = models.BooleanField(default=False)
    found_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    acknowledged_by = models.UUIDField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    reason = models.CharField(_("Begründung"), max_length=300, blank=True)

    class Meta:
        ordering = ("-is_hard", "found_at", "pk")
        constraints = [
            models.UniqueConstraint(fields=["case", "code", "fingerprint"], name="finding_once"),
            models.CheckConstraint(
                name="finding_acknowledged_with_reason",
                condition=Q(acknowledged_at__isnull=True) | (Q(acknowledged_by__isnull=False) & ~Q(reason="")),
            ),
        ]
        verbose_name = _("Auffälligkeit")
        verbose_name_plural = _("Auffälligkeiten")

    def __str__(self) -> str:
        return self.sentence
