"""The ledger: one row for each movement of money, never changed and never removed (§ 37 Abs. 3 KomHKVO)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from funding.models.budget import BudgetLine, Commitment, Resolution, SubBudget
from funding.money import MoneyField


class Kind(models.TextChoices):
    APPROPRIATION = "appropriation", _("Ansatz")
    SUPPLEMENT = "supplement", _("Nachtrag")
    CARRYOVER_IN = "carryover_in", _("Übertragung aus dem Vorjahr")
    CARRYOVER_OUT = "carryover_out", _("Übertragung ins Folgejahr")
    TRANSFER_IN = "transfer_in", _("Deckung erhalten")
    TRANSFER_OUT = "transfer_out", _("Deckung gegeben")
    EXCESS_APPROVAL = "excess_approval", _("über- oder außerplanmäßige Bewilligung")
    EARMARKED_INCOME = "earmarked_income", _("zweckgebundene Einnahme")
    FREEZE = "freeze", _("Haushaltssperre")
    RESERVATION = "reservation", _("Vormerkung")
    COMMITMENT = "commitment", _("Festlegung")
    DISBURSEMENT = "disbursement", _("Auszahlung")
    BANK_RETURN = "bank_return", _("Rückläufer der Bank")
    REPAYMENT_SAME_YEAR = "repayment_same_year", _("Rückzahlung im selben Jahr")
    REPAYMENT_PRIOR_YEAR = "repayment_prior_year", _("Rückzahlung aus Vorjahren")
    SHORTFALL = "shortfall", _("Fehlbetrag")
    ALLOCATION = "allocation", _("Zuteilung an ein Teilbudget")


COUNTERS: dict[Kind, dict[str, int]] = {
    Kind.APPROPRIATION: {"appropriation": 1},
    Kind.SUPPLEMENT: {"supplement": 1},
    Kind.CARRYOVER_IN: {"carry_in": 1},
    Kind.CARRYOVER_OUT: {"carry_out": 1},
    Kind.TRANSFER_IN: {"transfer_in": 1},
    Kind.TRANSFER_OUT: {"transfer_out": 1},
    Kind.EXCESS_APPROVAL: {"excess": 1},
    Kind.EARMARKED_INCOME: {"earmarked": 1},
    Kind.FREEZE: {"frozen": 1},
    Kind.RESERVATION: {"reserved": 1},
    Kind.COMMITMENT: {"committed": 1},
    Kind.DISBURSEMENT: {"paid": 1},
    Kind.BANK_RETURN: {"paid": -1},
    Kind.REPAYMENT_SAME_YEAR: {"committed": -1, "paid": -1},
    Kind.REPAYMENT_PRIOR_YEAR: {},
    Kind.SHORTFALL: {"shortfall": 1},
    Kind.ALLOCATION: {},
}
"""Which counters of the line an entry of a kind moves, and in which direction."""

PART_COUNTERS: dict[Kind, dict[str, int]] = {
    Kind.ALLOCATION: {"share": 1},
    Kind.RESERVATION: {"reserved": 1},
    Kind.COMMITMENT: {"committed": 1},
    Kind.REPAYMENT_SAME_YEAR: {"committed": -1},
}
"""Which counters of a sub-budget an entry with that sub-budget moves."""

SET_ASIDE: dict[Kind, int] = {
    Kind.ALLOCATION: 1,
    Kind.RESERVATION: -1,
    Kind.COMMITMENT: -1,
    Kind.REPAYMENT_SAME_YEAR: 1,
}
"""How an entry with a sub-budget moves the line's `set_aside`: what its parts still have to give."""

AVAILABLE: dict[str, int] = {
    **dict.fromkeys(("appropriation", "supplement", "carry_in", "transfer_in", "excess", "earmarked"), 1),
    **dict.fromkeys(("carry_out", "transfer_out", "frozen", "committed"), -1),
}
"""„Noch zur Verfügung" as a sum of counters (§ 27 Abs. 3 KomHKVO)."""


class LedgerEntry(models.Model):
    """`amount` is signed: a release is a negative reservation, a reduction a negative commitment.

    Entries that belong together (the two ends of a transfer, the four of a carry-over) share their `voucher`.
    """

    append_only = True

    line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="entries")
    part = models.ForeignKey(SubBudget, on_delete=models.PROTECT, related_name="entries", null=True)
    voucher = models.UUIDField(_("Beleg"), null=True)
    kind = models.CharField(_("Art"), max_length=24, choices=Kind)
    amount = MoneyField(_("Betrag"))
    value_on = models.DateField(_("zählt für"))
    recorded_at = models.DateTimeField(_("gebucht"))
    actor_key = models.UUIDField(null=True)
    actor_role = models.CharField(max_length=32)
    reason = models.CharField(_("Grund"), max_length=300)
    thread = models.CharField(_("Aktenzeichen"), max_length=64, blank=True, db_index=True)
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="entries", null=True)
    payment_reference = models.CharField(max_length=35, blank=True)
    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, related_name="entries", null=True)

    class Meta:
        ordering = ("recorded_at", "pk")
        indexes = [
            models.Index(fields=["line", "recorded_at"], name="entry_line_time"),
            models.Index(fields=["recorded_at"], name="entry_time"),  # a day of all lines, in a book of any length
        ]
        constraints = [
            models.CheckConstraint(name="entry_moves_something", condition=~Q(amount=0)),
            models.CheckConstraint(name="entry_kind_known", condition=Q(kind__in=[k.value for k in Kind])),
            models.UniqueConstraint(
                fields=["payment_reference"], condition=Q(kind="disbursement"), name="disbursement_booked_once"
            ),
        ]
        verbose_name = _("Buchung")
        verbose_name_plural = _("Buchungen")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"


class DayBalance(models.Model):
    """What a line's entries came to at the end of a day, so that a past day is read without the whole book.

    `sums` is a list of [sub-budget or null, kind, cents].
    """

    append_only = True

    line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="balances")
    day = models.DateField(_("Tag"))
    sums = models.JSONField()

    class Meta:
        ordering = ("line", "day")
        constraints = [models.UniqueConstraint(fields=["line", "day"], name="balance_once_a_day")]
        verbose_name = _("Tagesabschluss")
        verbose_name_plural = _("Tagesabschlüsse")

    def __str__(self) -> str:
        return f"{self.line} {self.day}"


class BudgetImport(models.Model):
    """A file of movements that was booked: the same file is not booked twice."""

    append_only = True

    sha256 = models.CharField(max_length=64)
    name = models.CharField(_("Datei"), max_length=200)
    rows = models.PositiveIntegerField(_("Zeilen"))
    imported_at = models.DateTimeField(_("eingelesen"))
    imported_by = models.UUIDField()

    class Meta:
        ordering = ("-imported_at",)
        constraints = [models.UniqueConstraint(fields=["sha256"], name="budget_import_once")]
        verbose_name = _("Eingelesene Datei")
        verbose_name_plural = _("Eingelesene Dateien")

    def __str__(self) -> str:
        return self.name
