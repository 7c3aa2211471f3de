"""Budget lines and their ledger. Only `funding.ledger` writes here."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from funding.money import MoneyField

ZERO = Decimal("0.00")


class BudgetLine(models.Model):
    """What a year gives for one purpose. The counters stand beside the ledger and always equal its sums."""

    class Status(models.TextChoices):
        PROVISIONAL = "provisional", _("vorläufig (§ 116 NKomVG)")
        OPEN = "open", _("genehmigt")
        CLOSED = "closed", _("abgeschlossen")
        REOPENED = "reopened", _("für einen Rückläufer wieder geöffnet")

    class Division(models.TextChoices):
        PROGRAMME = "programme", _("nach Programmen")
        MEASURE = "measure", _("nach Maßnahmen")
        MUNICIPALITY = "municipality", _("nach Gemeinden")

    fiscal_year = models.PositiveSmallIntegerField(_("Haushaltsjahr"))
    product = models.CharField(_("Produkt"), max_length=20)
    account = models.CharField(_("Konto"), max_length=20)
    title = models.CharField(_("Bezeichnung"), max_length=160)
    status = models.CharField(_("Stand"), max_length=12, choices=Status, default=Status.PROVISIONAL)
    divided_by = models.CharField(_("aufgeteilt"), max_length=12, choices=Division, blank=True)

    appropriation = MoneyField(_("Ansatz"), default=ZERO)
    supplement = MoneyField(_("Nachtrag"), default=ZERO)
    carry_in = MoneyField(_("übertragen aus dem Vorjahr"), default=ZERO)
    carry_out = MoneyField(_("übertragen ins Folgejahr"), default=ZERO)
    transfer_in = MoneyField(_("Deckung erhalten"), default=ZERO)
    transfer_out = MoneyField(_("Deckung gegeben"), default=ZERO)
    excess = MoneyField(_("über- und außerplanmäßig"), default=ZERO)
    earmarked = MoneyField(_("zweckgebundene Einnahmen"), default=ZERO)
    frozen = MoneyField(_("gesperrt"), default=ZERO)
    reserved = MoneyField(_("vorgemerkt"), default=ZERO)
    committed = MoneyField(_("festgelegt"), default=ZERO)
    paid = MoneyField(_("ausgezahlt"), default=ZERO)
    shortfall = MoneyField(_("Fehlbetrag"), default=ZERO)
    set_aside = MoneyField(_("in Teilbudgets noch frei"), default=ZERO)

    class Meta:
        ordering = ("-fiscal_year", "product", "account")
        constraints = [
            models.UniqueConstraint(fields=["fiscal_year", "product", "account"], name="budget_line_once"),
            models.CheckConstraint(
                name="budget_status_known", condition=Q(status__in=["provisional", "open", "closed", "reopened"])
            ),
            models.CheckConstraint(
                name="budget_committed_within_usable",
                condition=Q(
                    committed__lte=F("appropriation") + F("supplement") + F("carry_in") - F("carry_out")
                    + F("transfer_in") - F("transfer_out") + F("excess") + F("earmarked") - F("frozen")
                    + F("shortfall")
                ),
            ),
            models.CheckConstraint(name="budget_shortfall_not_negative", condition=Q(shortfall__gte=0)),
            models.CheckConstraint(name="budget_set_aside_not_negative", condition=Q(set_aside__gte=0)),
            models.CheckConstraint(name="budget_reserved_not_negative", condition=Q(reserved__gte=0)),
            models.CheckConstraint(name="budget_paid_not_negative", condition=Q(paid__gte=0)),
            models.CheckConstraint(name="budget_paid_within_committed", condition=Q(paid__lte=F("committed"))),
        ]  # fmt: skip
        verbose_name = _("Haushaltslinie")
        verbose_name_plural = _("Haushaltslinien")

    def __str__(self) -> str:
        return f"{self.title} {self.fiscal_year}"

    @property
    def authorised(self) -> Decimal:
        """Everything the year may spend here: appropriation and all that was added or taken."""
        given = self.appropriation + self.supplement + self.carry_in + self.transfer_in + self.excess + self.earmarked
        return given - self.carry_out - self.transfer_out

    @property
    def usable(self) -> Decimal:
        return self.authorised - self.frozen

    @property
    def available(self) -> Decimal:
        """„Noch zur Verfügung" (§ 27 Abs. 3 KomHKVO)."""
        return self.usable - self.committed

    @property
    def available_planning(self) -> Decimal:
        """What is left once everything proposed were approved."""
        return self.available - self.reserved

    @property
    def undivided(self) -> Decimal:
        """What is left for awards that belong to no sub-budget."""
        return self.available_planning - self.set_aside

    @property
    def open_commitments(self) -> Decimal:
        return self.committed - self.paid


class SubBudget(models.Model):
    """A share of a line for one programme, measure or municipality. The line is the one root: what a part commits, the
    line commits."""

    line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="parts")
    programme = models.ForeignKey("funding.Programme", on_delete=models.PROTECT, related_name="parts", null=True)
    measure = models.ForeignKey("funding.Measure", on_delete=models.PROTECT, related_name="parts", null=True)
    municipality = models.ForeignKey("funding.Municipality", on_delete=models.PROTECT, related_name="parts", null=True)
    share = MoneyField(_("zugeteilt"), default=ZERO)
    reserved = MoneyField(_("vorgemerkt"), default=ZERO)
    committed = MoneyField(_("festgelegt"), default=ZERO)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                name="part_is_for_one_thing",
                condition=Q(programme__isnull=False, measure__isnull=True, municipality__isnull=True)
                | Q(programme__isnull=True, measure__isnull=False, municipality__isnull=True)
                | Q(programme__isnull=True, measure__isnull=True, municipality__isnull=False),
            ),
            models.CheckConstraint(name="part_within_share", condition=Q(share__gte=F("committed") + F("reserved"))),
            models.CheckConstraint(name="part_counters_not_negative", condition=Q(committed__gte=0, reserved__gte=0)),
            models.UniqueConstraint(fields=["line", "programme"], name="part_once_a_programme"),
            models.UniqueConstraint(fields=["line", "measure"], name="part_once_a_measure"),
            models.UniqueConstraint(fields=["line", "municipality"], name="part_once_a_municipality"),
        ]
        verbose_name = _("Teilbudget")
        verbose_name_plural = _("Teilbudgets")

    def __str__(self) -> str:
        return str(self.programme or self.measure or self.municipality)

    @property
    def available(self) -> Decimal:
        return self.share - self.committed

    @property
    def available_planning(self) -> Decimal:
        """What is left once everything proposed were approved."""
        return self.available - self.reserved


class Resolution(models.Model):
    """A body's resolution as the register knows it: the ground of a budget movement or of an award."""

    class Body(models.TextChoices):
        ADMINISTRATION = "administration", _("Verwaltung")
        SOCIAL_COMMITTEE = "social_committee", _("Sozialausschuss")
        COUNTY_COMMITTEE = "county_committee", _("Kreisausschuss")
        COUNTY_COUNCIL = "county_council", _("Kreistag")

    body = models.CharField(_("Gremium"), max_length=20, choices=Body)
    resolved_on = models.DateField(_("Datum"))
    number = models.CharField(_("Nummer"), max_length=40)
    subject = models.CharField(_("Betreff"), max_length=200)

    class Meta:
        ordering = ("-resolved_on",)
        constraints = [
            models.UniqueConstraint(fields=["body", "resolved_on", "number"], name="resolution_once"),
        ]
        verbose_name = _("Beschluss")
        verbose_name_plural = _("Beschlüsse")

    def __str__(self) -> str:
        return f"{self.get_body_display()} {self.number}"


class Reservation(models.Model):
    """Money put aside for a proposal. Consumed by the commitment, or given back."""

    line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="reservations")
    part = models.ForeignKey(SubBudget, on_delete=models.PROTECT, related_name="reservations", null=True)
    thread = models.CharField(_("Aktenzeichen"), max_length=64)
    amount = MoneyField(_("Betrag"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "thread"], name="reservation_once"),
            models.CheckConstraint(name="reservation_not_negative", condition=Q(amount__gte=0)),
        ]
        verbose_name = _("Vormerkung")
        verbose_name_plural = _("Vormerkungen")

    def __str__(self) -> str:
        return f"{self.thread}: {self.amount}"


class Commitment(models.Model):
    """Money that an award binds. `payable_from` and the holds are written from above through `funding.payments`.

    `pledged` burdens a year whose budget is not approved yet: put aside there, and bound when it opens.
    """

    line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="commitments")
    part = models.ForeignKey(SubBudget, on_delete=models.PROTECT, related_name="commitments", null=True)
    carried_from = models.ForeignKey("self", on_delete=models.PROTECT, related_name="carried_to", null=True)
    thread = models.CharField(_("Aktenzeichen"), max_length=64, db_index=True)
    amount = MoneyField(_("festgelegt"))
    pledged = MoneyField(_("Vorbelastung unter Haushaltsvorbehalt"), default=ZERO)
    paid = MoneyField(_("ausgezahlt"), default=ZERO)
    payee_key = models.UUIDField()
    payee_name = models.CharField(_("Empfänger"), max_length=200)
    payee_iban = models.CharField(max_length=34)
    is_natural_person = models.BooleanField(default=False)
    title = models.CharField(_("Vorhaben"), max_length=200)
    decided_by = models.UUIDField(null=True)
    programme = models.ForeignKey("funding.Programme", on_delete=models.PROTECT, related_name="commitments")
    measure = models.ForeignKey("funding.Measure", on_delete=models.PROTECT, related_name="commitments", null=True)
    municipality = models.ForeignKey(
        "funding.Municipality", on_delete=models.PROTECT, related_name="commitments", null=True
    )
    committed_on = models.DateField(_("festgelegt am"))
    payable_from = models.DateField(_("zahlbar ab"), null=True)
    is_public = models.BooleanField(_("veröffentlicht"), default=False)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(name="commitment_paid_not_negative", condition=Q(paid__gte=0)),
            models.CheckConstraint(name="commitment_covers_paid", condition=Q(amount__gte=F("paid"))),
            models.CheckConstraint(
                name="commitment_pledged_or_bound", condition=Q(pledged=0) | Q(pledged__gt=0, amount=0)
            ),
        ]
        verbose_name = _("Festlegung")
        verbose_name_plural = _("Festlegungen")

    def __str__(self) -> str:
        return f"{self.thread}: {self.amount}"

    @property
    def open(self) -> Decimal:
        return self.amount - self.paid

    @property
    def promised(self) -> Decimal:
        """What the notice says this line gives: bound, or pledged for a year to come."""
        return self.amount + self.pledged


class Hold(models.Model):
    """A reason why a commitment must not be paid at present (a lawsuit, an unconfirmed IBAN)."""

    class Kind(models.TextChoices):
        LAWSUIT = "lawsuit", _("Klage anhängig")
        IBAN = "iban", _("neue IBAN noch nicht bestätigt")
        OTHER = "other", _("anderer Grund")

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=12, choices=Kind)
    since = models.DateTimeField()
    held_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["commitment", "kind"], condition=Q(ended_at__isnull=True), name="hold_once_of_a_kind"
            )
        ]
        verbose_name = _("Zahlungssperre")
        verbose_name_plural = _("Zahlungssperren")

    def __str__(self) -> str:
        return self.get_kind_display()


class BudgetAlert(models.Model):
    """Something the nightly check found; stays on the budget officer's page until the next check finds it mended.

    What was shown on a past day can be told: a finding that changes or comes again is a row of its own.
    """

    key = models.CharField(max_length=120)
    text = models.TextField(_("Befund"))
    line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="alerts", null=True)
    raised_at = models.DateTimeField(_("gefunden"))
    ended_at = models.DateTimeField(_("behoben"), null=True)

    class Meta:
        ordering = ("-raised_at",)
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(ended_at__isnull=True), name="alert_once"),
        ]
        verbose_name = _("Hinweis zum Haushalt")
        verbose_name_plural = _("Hinweise zum Haushalt")

    def __str__(self) -> str:
        return self.text
