"""Who applies: an association, a municipality, a school, another body or a natural person, and who acts for it."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from funding.models import Municipality


class Organisation(models.Model):
    class Kind(models.TextChoices):
        ASSOCIATION = "association", _("Verein oder Verband")
        MUNICIPALITY = "municipality", _("Gemeinde")
        SCHOOL = "school", _("Schule")
        OTHER_BODY = "other_body", _("andere Organisation")
        NATURAL_PERSON = "natural_person", _("Privatperson")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("Art"), max_length=16, choices=Kind, default=Kind.ASSOCIATION)
    name = models.CharField(_("Name"), max_length=160)
    representative = models.CharField(_("Vertretungsberechtigte Person"), max_length=120, blank=True)
    street = models.CharField(_("Straße und Hausnummer"), max_length=120, blank=True)
    postcode = models.CharField(_("Postleitzahl"), max_length=5, blank=True)
    town = models.CharField(_("Ort"), max_length=80, blank=True)
    municipality = models.ForeignKey(
        Municipality, verbose_name=_("Gemeinde"), on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    phone = models.CharField(_("Telefon"), max_length=40, blank=True)
    iban = models.CharField(_("IBAN"), max_length=34, blank=True)
    account_holder = models.CharField(_("Kontoinhaber"), max_length=160, blank=True)
    needs_second_signature = models.BooleanField(
        _("Eine zweite Person unterschreibt, bevor ein Antrag eingereicht wird"), default=False
    )
    created_at = models.DateTimeField()
    members = models.ManyToManyField(User, through="applications.Membership", related_name="+")

    class Meta:
        ordering = ("name",)
        verbose_name = _("Organisation")
        verbose_name_plural = _("Organisationen")

    def __str__(self) -> str:
        return self.name

    @property
    def is_natural_person(self) -> bool:
        return self.kind == self.Kind.NATURAL_PERSON

    @property
    def address(self) -> str:
        return f"{self.street}\n{self.postcode} {self.town}".strip()


class Membership(models.Model):
    """What a person may do for an organisation. Every member reads."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    may_edit = models.BooleanField(_("darf schreiben"), default=True)
    may_file = models.BooleanField(_("darf einreichen"), default=True)
    is_admin = models.BooleanField(_("verwaltet die Mitglieder"), default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "user"], name="membership_once")]
        verbose_name = _("Mitgliedschaft")
        verbose_name_plural = _("Mitgliedschaften")

    def __str__(self) -> str:
        return f"{self.user} für {self.organisation}"
