"""What an administrator asks beyond the form that all programmes share: questions in versions, rules, evidence."""

from __future__ import annotations

import uuid

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.organisation import Organisation
from funding.models import Programme, Round
from funding.money import MoneyField


class QuestionSet(models.Model):
    """The questions of a programme in one version. Published ones are never changed: the next version is a new set."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(_("Fassung"))
    note = models.TextField(_("Was sich ändert"), blank=True)
    published_at = models.DateTimeField(_("veröffentlicht"), null=True)
    published_by = models.UUIDField(null=True)

    class Meta:
        ordering = ("programme", "-number")
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="question_set_number_once"),
            models.UniqueConstraint(
                fields=["programme"], condition=Q(published_at__isnull=True), name="question_set_one_in_work"
            ),
        ]
        verbose_name = _("Fragen eines Programms")
        verbose_name_plural = _("Fragen der Programme")

    def __str__(self) -> str:
        return f"{self.programme} ({self.number})"


class Question(models.Model):
    """One question. `slug` stays the same from version to version, so that answers move along.

    `condition` asks it only when another answer fits: {"question": slug, "is": [answers]}; empty asks always.
    `from_amount` asks it only from so many requested euros on.
    """

    class Kind(models.TextChoices):
        SHORT_TEXT = "short_text", _("kurzer Text")
        LONG_TEXT = "long_text", _("langer Text")
        NUMBER = "number", _("Zahl")
        MONEY = "money", _("Betrag in Euro")
        DATE = "date", _("Datum")
        CHOICE = "choice", _("eine Auswahl")
        CHOICES = "choices", _("mehrere Auswahlen")
        YES_NO = "yes_no", _("Ja oder Nein")
        FILE = "file", _("Datei")
        GROUP = "group", _("Gruppe, die sich wiederholt")

    question_set = models.ForeignKey(QuestionSet, on_delete=models.CASCADE, related_name="questions")
    slug = models.SlugField(_("Kurzname"), max_length=40)
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)
    group = models.ForeignKey("self", on_delete=models.CASCADE, related_name="questions", null=True, blank=True)
    kind = models.CharField(_("Art"), max_length=12, choices=Kind)
    label = models.CharField(_("Frage"), max_length=200)
    help_text = models.TextField(_("Hilfe zur Frage"), blank=True, max_length=1000)
    is_required = models.BooleanField(_("muss beantwortet werden"), default=False)
    options = models.JSONField(_("Antworten zur Auswahl"), default=list, blank=True)
    most = models.PositiveIntegerField(_("höchstens (Zeichen, Wert oder Wiederholungen)"), null=True, blank=True)
    least = models.PositiveIntegerField(_("mindestens (Wert)"), null=True, blank=True)
    condition = models.JSONField(_("nur fragen, wenn"), default=dict, blank=True)
    from_amount = MoneyField(_("nur fragen ab"), null=True, blank=True)

    class Meta:
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(fields=["question_set", "slug"], name="question_slug_once"),
            models.CheckConstraint(
                name="question_kind_known",
                condition=Q(
                    kind__in=[
                        "short_text", "long_text", "number", "money", "date", "choice", "choices", "yes_no", "file", "group",
                    ]
                ),
            ),
        ]  # fmt: skip
        verbose_name = _("Frage")
        verbose_name_plural = _("Fragen")

    def __str__(self) -> str:
        return self.label


class EligibilityRule(models.Model):
    """A condition and the friendly reason that is given where it does not hold.

    `subject` is what is asked; `expected` what the answer must be, in the terms of that subject.
    """

    class Subject(models.TextChoices):
        ORGANISATION_KIND = "organisation_kind", _("Art der Organisation")
        MUNICIPALITY = "municipality", _("Gemeinde des Projekts")
        STARTS_AFTER_DAYS = "starts_after_days", _("Beginn frühestens in so vielen Tagen")
        LASTS_AT_MOST_DAYS = "lasts_at_most_days", _("Dauer höchstens so viele Tage")
        AMOUNT_AT_LEAST = "amount_at_least", _("beantragter Betrag mindestens")
        AMOUNT_AT_MOST = "amount_at_most", _("beantragter Betrag höchstens")
        MEASURE = "measure", _("Maßnahme")
        YES = "yes", _("eigene Frage, die mit Ja beantwortet werden muss")
        NO = "no", _("eigene Frage, die mit Nein beantwortet werden muss")

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)
    subject = models.CharField(_("Worum es geht"), max_length=20, choices=Subject)
    question = models.CharField(_("Frage"), max_length=200, blank=True)
    expected = models.JSONField(_("erwartet"), default=list, blank=True)
    reason = models.TextField(_("Was wir sagen, wenn es nicht passt"), max_length=600)
    blocks = models.BooleanField(_("verhindert das Einreichen"), default=False)

    class Meta:
        ordering = ("programme", "position", "pk")
        constraints = [
            models.CheckConstraint(
                name="eligibility_own_question_has_text", condition=~Q(subject__in=["yes", "no"]) | ~Q(question="")
            ),
        ]
        verbose_name = _("Regel der Vorprüfung")
        verbose_name_plural = _("Regeln der Vorprüfung")

    def __str__(self) -> str:
        return self.question or self.get_subject_display()

    def get_expected_display(self) -> str:
        """What is expected, in words; kinds of organisations are stored by their codes."""
        kinds = dict(Organisation.Kind.choices) if self.subject == self.Subject.ORGANISATION_KIND else {}
        return ", ".join(str(kinds.get(one, one)) for one in self.expected) or "–"


class EvidenceTier(models.Model):
    """From so many requested euros on, this document is needed: little money asks for little paper."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("Unterlage"), max_length=12)
    from_amount = MoneyField(_("nötig ab"))
    hint = models.CharField(_("Hinweis"), max_length=200, blank=True)

    class Meta:
        ordering = ("programme", "from_amount", "kind")
        constraints = [
            models.UniqueConstraint(fields=["programme", "kind"], name="evidence_once_a_kind"),
            models.CheckConstraint(name="evidence_from_nothing_up", condition=Q(from_amount__gte=0)),
        ]
        verbose_name = _("Nötige Unterlage")
        verbose_name_plural = _("Nötige Unterlagen")

    def __str__(self) -> str:
        return self.get_kind_display()

    def get_kind_display(self) -> str:
        """Applications know their questions, so this module cannot import what knows applications."""
        kinds = apps.get_model("applications.Attachment").Kind.choices
        return str(dict(kinds).get(self.kind, self.kind))


class LateLink(models.Model):
    """A personal link with which one organisation may still begin and file after the round has closed."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(_("für"))
    valid_until = models.DateTimeField(_("gilt bis"))
    reason = models.TextField(_("Grund"))
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-made_at",)
        verbose_name = _("Persönliche Nachfrist")
        verbose_name_plural = _("Persönliche Nachfristen")

    def __str__(self) -> str:
        return f"{self.round}: {self.email}"
