"""How people come to act for an organisation: invitations, a second signature, and a new account number."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from applications.models.organisation import Organisation


class Invitation(models.Model):
    """A letter to somebody who shall act for the organisation. Only the hash of the secret in its link is kept."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("E-Mail-Adresse"))
    may_edit = models.BooleanField(_("darf schreiben"), default=True)
    may_file = models.BooleanField(_("darf einreichen"), default=False)
    is_admin = models.BooleanField(_("verwaltet die Mitglieder"), default=False)
    secret_sha256 = models.CharField(max_length=64, unique=True)
    invited_by = models.UUIDField()
    invited_at = models.DateTimeField(_("eingeladen"))
    expires_at = models.DateTimeField(_("gilt bis"))
    accepted_by = models.UUIDField(null=True)
    accepted_at = models.DateTimeField(_("angenommen"), null=True)
    revoked_at = models.DateTimeField(_("zurückgezogen"), null=True)

    class Meta:
        ordering = ("-invited_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="invitation_once_open",
            ),
            models.CheckConstraint(
                name="invitation_accepted_or_revoked",
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
            ),
        ]
        verbose_name = _("Einladung")
        verbose_name_plural = _("Einladungen")

    def __str__(self) -> str:
        return self.email


class SecondSignature(models.Model):
    """Somebody else of the organisation has read just this version and agrees that it is handed in."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="signatures")
    version = models.PositiveIntegerField()
    signed_by = models.UUIDField()
    signed_at = models.DateTimeField(_("unterschrieben"))

    class Meta:
        ordering = ("-signed_at",)
        constraints = [
            models.UniqueConstraint(fields=["application", "version", "signed_by"], name="signature_once"),
        ]
        verbose_name = _("Zweite Unterschrift")
        verbose_name_plural = _("Zweite Unterschriften")

    def __str__(self) -> str:
        return f"{self.application} ({self.version})"


class AccountChange(models.Model):
    """A new IBAN waits here with its proof until a second person of the office has confirmed it."""

    class State(models.TextChoices):
        PENDING = "pending", _("wartet auf Bestätigung")
        CONFIRMED = "confirmed", _("bestätigt")
        REFUSED = "refused", _("abgelehnt")
        WITHDRAWN = "withdrawn", _("zurückgezogen")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="account_changes")
    iban = models.CharField(_("IBAN"), max_length=34)
    account_holder = models.CharField(_("Kontoinhaber"), max_length=160)
    proof = models.ForeignKey(
        "applications.OrganisationDocument", verbose_name=_("Nachweis"), on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(_("Stand"), max_length=10, choices=State, default=State.PENDING)
    requested_by = models.UUIDField()
    requested_at = models.DateTimeField(_("beantragt"))
    checked_by = models.UUIDField(null=True)
    checked_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(_("Begründung"), blank=True)

    class Meta:
        ordering = ("-requested_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(state="pending"), name="account_change_once_pending"
            ),
            models.CheckConstraint(
                name="account_change_confirmed_by_two",
                condition=~Q(state="confirmed")
                | (Q(checked_by__isnull=False, decided_by__isnull=False) & ~Q(decided_by=F("checked_by"))),
            ),
            models.CheckConstraint(
                name="account_change_confirmed_by_others",
                condition=~Q(state="confirmed") | (~Q(checked_by=F("requested_by")) & ~Q(decided_by=F("requested_by"))),
            ),
            models.CheckConstraint(
                name="account_change_state_known",
                condition=Q(state__in=["pending", "confirmed", "refused", "withdrawn"]),
            ),
        ]
        verbose_name = _("Neue Bankverbindung")
        verbose_name_plural = _("Neue Bankverbindungen")

    def __str__(self) -> str:
        return f"{self.organisation}: {self.get_state_display()}"
