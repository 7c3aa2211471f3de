"""Bodies, their members and sessions, and what is laid before them: papers, their way through the bodies, the votes."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from funding.models import BudgetLine, Resolution
from funding.money import MoneyField

SLUGS = {
    "social_committee": "sozialausschuss", "county_committee": "kreisausschuss", "county_council": "kreistag",
}  # fmt: skip
"""What stands in addresses, whatever a county calls its bodies."""


class Body(models.Model):
    """A body of the county. `kind` is its place in the law: the threshold table and the register name bodies by it."""

    kind = models.CharField(_("Art"), max_length=20, choices=Resolution.Body, unique=True)
    name = models.CharField(_("Name"), max_length=120)
    is_public = models.BooleanField(_("tagt öffentlich"), default=True)
    place = models.CharField(_("Sitzungsort"), max_length=120, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = [models.CheckConstraint(name="body_is_elected", condition=~Q(kind="administration"))]
        verbose_name = _("Gremium")
        verbose_name_plural = _("Gremien")

    def __str__(self) -> str:
        return self.name

    @property
    def slug(self) -> str:
        return SLUGS[self.kind]


class BodyMember(models.Model):
    """Somebody in a body. `user_key` where the person has an account here; advisers do not vote."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="members")
    name = models.CharField(_("Name"), max_length=160)
    user_key = models.UUIDField(null=True)
    has_vote = models.BooleanField(_("stimmberechtigt"), default=True)
    since = models.DateField(_("seit"))
    until = models.DateField(_("bis"), null=True, blank=True)

    class Meta:
        ordering = ("name", "pk")
        constraints = [
            models.CheckConstraint(
                name="body_member_period", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            )
        ]
        verbose_name = _("Mitglied")
        verbose_name_plural = _("Mitglieder")

    def __str__(self) -> str:
        return self.name


class Session(models.Model):
    """A sitting of a body. A cancelled one keeps its items, which then wait for another."""

    class State(models.TextChoices):
        PLANNED = "planned", _("geplant")
        HELD = "held", _("abgehalten")
        CANCELLED = "cancelled", _("abgesagt")

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="sessions")
    held_on = models.DateField(_("Tag"))
    starts_at = models.TimeField(_("Beginn"), null=True, blank=True)
    place = models.CharField(_("Ort"), max_length=120, blank=True)
    is_public = models.BooleanField(_("öffentlich"), default=True)
    state = models.CharField(_("Stand"), max_length=12, choices=State, default=State.PLANNED)

    class Meta:
        ordering = ("held_on", "pk")
        constraints = [models.UniqueConstraint(fields=["body", "held_on"], name="session_once_a_day")]
        verbose_name = _("Sitzung")
        verbose_name_plural = _("Sitzungen")

    def __str__(self) -> str:
        return f"{self.body}, {self.held_on:%d.%m.%Y}"


class CouncilPaper(models.Model):
    """A Beschlussvorlage with the fields of the county's form. Once `frozen_at` is set its words and numbers stay.

    Each question about money has „keine" as an answer of its own: the kind says so, the amount is then empty. `line`
    with `available_amount` is „Noch zur Verfügung" as it was on `available_on`; without money the cover is proposed.
    """

    class Answer(models.TextChoices):
        OPEN = "open", _("noch keine Angabe")
        NONE = "none", _("keine")
        AMOUNT = "amount", _("Betrag")

    class Cover(models.TextChoices):
        OPEN = "open", _("noch keine Angabe")
        AVAILABLE = "available", _("Noch zur Verfügung")
        MISSING = "missing", _("Mittel stehen nicht zur Verfügung")

    class State(models.TextChoices):
        DRAFT = "draft", _("Entwurf")
        FROZEN = "frozen", _("festgeschrieben")
        DECIDED = "decided", _("beschlossen")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("Vorlage"), max_length=24, unique=True)
    state = models.CharField(_("Stand"), max_length=8, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(default=0)
    is_public = models.BooleanField(_("öffentlich"), default=True)
    subject = models.CharField(_("Betreff"), max_length=200)
    facts = models.TextField(_("Sachverhalt"), blank=True)
    cost_kind = models.CharField(_("Gesamtkosten"), max_length=8, choices=Answer, default=Answer.OPEN)
    cost_amount = MoneyField(_("Gesamtkosten"), null=True)
    cost_items = models.TextField(_("Zusammensetzung"), blank=True)
    follow_up_kind = models.CharField(_("Jährliche Folgekosten"), max_length=8, choices=Answer, default=Answer.OPEN)
    follow_up_amount = MoneyField(_("Jährliche Folgekosten"), null=True)
    income_kind = models.CharField(_("Objektbezogene Einnahmen"), max_length=8, choices=Answer, default=Answer.OPEN)
    income_amount = MoneyField(_("Objektbezogene Einnahmen"), null=True)
    cover_kind = models.CharField(_("Haushaltsmittel"), max_length=10, choices=Cover, default=Cover.OPEN)
    line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="+", null=True)
    available_amount = MoneyField(_("Noch zur Verfügung"), null=True)
    available_on = models.DateField(_("Stand vom"), null=True)
    cover_proposal = models.TextField(_("Deckungsvorschlag"), blank=True)
    proposed_resolution = models.TextField(_("Beschlussvorschlag"), blank=True)
    place = models.CharField(_("Ort"), max_length=80, blank=True)
    dated_on = models.DateField(_("Datum"), null=True)
    signed_by = models.CharField(_("gez."), max_length=160, blank=True)
    scenario = models.ForeignKey("workflow.Scenario", on_delete=models.PROTECT, related_name="papers", null=True)
    created_by = models.UUIDField()
    created_at = models.DateTimeField()
    frozen_by = models.UUIDField(null=True)
    frozen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = [
            *(
                models.CheckConstraint(
                    name=f"paper_{name}_says_amount",
                    condition=Q(**{f"{name}_kind": "amount", f"{name}_amount__isnull": False})
                    | (~Q(**{f"{name}_kind": "amount"}) & Q(**{f"{name}_amount__isnull": True})),
                )
                for name in ("cost", "follow_up", "income")
            ),
            models.CheckConstraint(
                name="paper_frozen_has_person",
                condition=Q(state="draft") | Q(frozen_at__isnull=False, frozen_by__isnull=False),
            ),
        ]
        verbose_name = _("Beschlussvorlage")
        verbose_name_plural = _("Beschlussvorlagen")

    def __str__(self) -> str:
        return f"{self.number}: {self.subject}"


class PaperCase(models.Model):
    """A case that the paper asks money for, with the amount that is proposed, in euros."""

    paper = models.ForeignKey(CouncilPaper, on_delete=models.CASCADE, related_name="cases")
    case = models.ForeignKey("workflow.Case", on_delete=models.PROTECT, related_name="papers")
    position = models.PositiveSmallIntegerField()
    amount = MoneyField(_("vorgeschlagen"))
    reason = models.TextField(_("Begründung"), blank=True)

    class Meta:
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(fields=["paper", "case"], name="paper_names_case_once"),
            models.CheckConstraint(name="paper_case_not_negative", condition=Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.amount}"


class PaperAnnex(models.Model):
    """A numbered Anlage as PDF, public or not. Natural persons stand in a non-public one alone."""

    paper = models.ForeignKey(CouncilPaper, on_delete=models.CASCADE, related_name="annexes")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    position = models.PositiveSmallIntegerField(_("Nummer"))
    title = models.CharField(_("Titel"), max_length=160)
    is_public = models.BooleanField(_("öffentlich"), default=False)
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ("position", "pk")
        constraints = [models.UniqueConstraint(fields=["paper", "position"], name="annex_number_once")]

    def __str__(self) -> str:
        return self.title


class PaperDocument(models.Model):
    """A frozen paper as file, for everybody or with what is not public; `data` is what it was made of."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        DOCX = "docx", "DOCX"

    paper = models.ForeignKey(CouncilPaper, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=4, choices=Kind)
    is_public = models.BooleanField()
    content = models.BinaryField()
    data = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)
    rendered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["paper", "kind", "is_public"], name="paper_file_once")]

    def __str__(self) -> str:
        return f"{self.paper.number} {self.kind}"


class Consultation(models.Model):
    """One row of the Beratungsfolge: a body that advises or decides, its session and TOP, and how it voted.

    A deferred item is followed by a row of the same body for another session; `position` keeps the order.
    """

    class Part(models.TextChoices):
        ADVISES = "advises", _("berät")
        DECIDES = "decides", _("beschließt")

    class Outcome(models.TextChoices):
        ADOPTED = "adopted", _("angenommen")
        AMENDED = "adopted_amended", _("geändert angenommen")
        REJECTED = "rejected", _("abgelehnt")
        DEFERRED = "deferred", _("vertagt")
        REFERRED = "referred", _("verwiesen")
        NOTED = "noted", _("zur Kenntnis genommen")

    paper = models.ForeignKey(CouncilPaper, on_delete=models.CASCADE, related_name="consultations")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    part = models.CharField(_("Aufgabe"), max_length=8, choices=Part)
    is_wanted = models.BooleanField(_("vorgesehen"), default=True)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="items", null=True)
    item = models.CharField(_("TOP"), max_length=12, blank=True)
    outcome = models.CharField(_("Ergebnis"), max_length=16, choices=Outcome, blank=True)
    wording = models.TextField(_("Beschlusstext"), blank=True)
    votes_yes = models.PositiveSmallIntegerField(_("Ja"), null=True)
    votes_no = models.PositiveSmallIntegerField(_("Nein"), null=True)
    votes_abstained = models.PositiveSmallIntegerField(_("Enthaltungen"), null=True)
    minutes = models.CharField(_("Niederschrift"), max_length=80, blank=True)
    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, related_name="+", null=True)
    recorded_by = models.UUIDField(null=True)
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(fields=["paper", "position"], name="consultation_position_once"),
            models.UniqueConstraint(
                fields=["session", "item"], condition=Q(session__isnull=False) & ~Q(item=""), name="agenda_item_once"
            ),
            models.CheckConstraint(
                name="consultation_outcome_has_person",
                condition=Q(outcome="")
                | Q(recorded_by__isnull=False, recorded_at__isnull=False, session__isnull=False),
            ),
            models.CheckConstraint(
                name="consultation_majority",
                condition=~Q(outcome__in=["adopted", "adopted_amended"]) | Q(votes_yes__gt=F("votes_no")),
            ),
            models.CheckConstraint(
                name="consultation_no_majority",
                condition=~Q(outcome="rejected") | Q(votes_yes__lte=F("votes_no")),
            ),
        ]
        verbose_name = _("Beratung")
        verbose_name_plural = _("Beratungsfolge")

    def __str__(self) -> str:
        return f"{self.paper.number} {self.body}"


class ConsultationCase(models.Model):
    """What a body resolved about one case of a paper: the amount, nought where it refused."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="cases")
    case = models.ForeignKey("workflow.Case", on_delete=models.PROTECT, related_name="consultations")
    amount = MoneyField(_("beschlossen"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consultation", "case"], name="consultation_names_case_once"),
            models.CheckConstraint(name="consultation_case_not_negative", condition=Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.amount}"


class Recusal(models.Model):
    """A member took no part in advice and vote (§ 41 NKomVG)."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="recusals")
    member = models.ForeignKey(BodyMember, on_delete=models.PROTECT, related_name="recusals")
    reason = models.CharField(_("Grund"), max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consultation", "member"], name="recusal_once")]

    def __str__(self) -> str:
        return str(self.member)


class FollowUp(models.Model):
    """A task that a resolution leaves to the administration (Beschlusskontrolle)."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="tasks")
    task = models.CharField(_("Aufgabe"), max_length=300)
    due_on = models.DateField(_("bis"))
    responsible = models.UUIDField(null=True)
    done_on = models.DateField(_("erledigt"), null=True)
    done_by = models.UUIDField(null=True)
    note = models.CharField(_("Anmerkung"), max_length=300, blank=True)

    class Meta:
        ordering = ("due_on", "pk")
        constraints = [
            models.CheckConstraint(
                name="follow_up_done_has_person", condition=Q(done_on__isnull=True) | Q(done_by__isnull=False)
            )
        ]
        verbose_name = _("Aufgabe aus einem Beschluss")
        verbose_name_plural = _("Aufgaben aus Beschlüssen")

    def __str__(self) -> str:
        return self.task
