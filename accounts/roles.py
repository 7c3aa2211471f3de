"""The staff roles (no role implies another; one person may hold several; four eyes look at persons)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    CASEWORKER = "caseworker", _("Sachbearbeitung")
    COORDINATOR = "coordinator", _("Koordinierungsstelle")
    TECHNICAL_REVIEWER = "technical_reviewer", _("Fachliche Prüfung")
    DECIDER = "decider", _("Entscheidung")
    COMMITTEE_OFFICE = "committee_office", _("Gremienbüro")
    BUDGET_OFFICER = "budget_officer", _("Kämmerei")
    VERIFIER = "verifier", _("Sachliche und rechnerische Prüfung")
    AUTHORISER = "authoriser", _("Anordnung")
    TREASURY = "treasury", _("Kreiskasse")
    AUDITOR = "auditor", _("Rechnungsprüfung")
    DPO = "dpo", _("Datenschutz")
    SYSADMIN = "sysadmin", _("Verwaltung des Systems")


CASE_READERS = frozenset(
    {
        Role.CASEWORKER,
        Role.COORDINATOR,
        Role.TECHNICAL_REVIEWER,
        Role.DECIDER,
        Role.COMMITTEE_OFFICE,
        Role.AUDITOR,
    }
)
"""Who reads cases. Not the system's administration: it sees no content by default."""
FINANCE_READERS = frozenset({Role.VERIFIER, Role.AUTHORISER, Role.TREASURY, Role.AUDITOR})
PAYMENT_READERS = FINANCE_READERS | {Role.BUDGET_OFFICER}
"""Who reads single payments: the budget officer books what comes back into a closed year, but takes no list of IBANs."""
BUDGET_READERS = frozenset({Role.BUDGET_OFFICER, Role.AUDITOR})
