"""The people of the demo: one for each role and some of associations. All are invented, and every name says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.utils.translation import gettext_lazy as _

from accounts import grants
from accounts.models import RoleGrant, User
from accounts.roles import Role
from journal.actors import system_actor

MARK = " (Demo)"


@dataclass(frozen=True, kw_only=True)
class Person:
    """`about` says in a few words what the person does in the story of the demo."""

    email: str
    name: str
    about: Any
    roles: tuple[Role, ...] = ()
    phone: str = "04462 00-000"

    @property
    def is_staff(self) -> bool:
        return bool(self.roles)


def _staff(first: str, last: str, about: Any, *roles: Role) -> Person:
    return Person(email=f"{first}.{last}@demo.example".lower(), name=f"{first} {last}{MARK}", about=about, roles=roles)


def _applicant(first: str, last: str, about: Any) -> Person:
    return _staff(first, last, about)


PEOPLE: tuple[Person, ...] = (
    _staff("Wiebke", "Muster", _("prüft Anträge und betreut die Programme"), Role.CASEWORKER, Role.COORDINATOR),
    _staff("Eske", "Exempel", _("prüft Anträge, zweite Sachbearbeitung"), Role.CASEWORKER),
    _staff("Gesa", "Fachlich", _("prüft Anträge fachlich und bewertet sie"), Role.TECHNICAL_REVIEWER),
    _staff("Hauke", "Probe", _("entscheidet über Anträge"), Role.DECIDER),
    _staff("Antje", "Sitzung", _("bereitet Gremien vor und hält Beschlüsse fest"), Role.COMMITTEE_OFFICE),
    _staff("Onno", "Haushalt", _("führt die Haushaltslinien"), Role.BUDGET_OFFICER),
    _staff("Jelde", "Rechnung", _("prüft Zahlungen sachlich und rechnerisch"), Role.VERIFIER),
    _staff("Ubbo", "Anordnung", _("ordnet Zahlungen an"), Role.AUTHORISER),
    _staff("Frauke", "Kasse", _("führt Zahlungen aus"), Role.TREASURY),
    _staff("Enno", "Gegenzeichner", _("gibt Zahlungsläufe als zweite Person frei"), Role.TREASURY),
    _staff("Silke", "Stichprobe", _("liest alles und ändert nichts"), Role.AUDITOR),
    _staff("Dirk", "Datenschutz", _("achtet auf den Datenschutz"), Role.DPO),
    _staff("Svea", "System", _("lädt Personen ein und pflegt die Einstellungen"), Role.SYSADMIN),
    _applicant("Mina", "Muster", _("stellt Anträge für einen Sprachverein")),
    _applicant("Tomke", "Beispiel", _("schreibt im selben Verein mit")),
    _applicant("Rieke", "Sportlich", _("stellt Anträge für einen Sportverein")),
    _applicant("Imke", "Schulhof", _("stellt Anträge für eine Schule")),
    _applicant("Fenja", "Einzeln", _("engagiert sich als einzelne Person")),
)


def create_people(*, at: datetime) -> dict[str, User]:
    """All people of the table by e-mail address, made where they are missing. Run twice, it changes nothing."""
    return {person.email: _create(person, at=at) for person in PEOPLE}


def _create(person: Person, *, at: datetime) -> User:
    user = User.objects.filter(email=person.email).first() or User.objects.create_user(
        person.email, name=person.name, phone=person.phone, date_joined=at
    )
    EmailAddress.objects.get_or_create(email=person.email, defaults={"user": user, "verified": True, "primary": True})
    held = set(RoleGrant.objects.filter(user=user, ended_at__isnull=True).values_list("role", flat=True))
    for role in person.roles:
        if role not in held:
            grants.give(user, role, actor=system_actor(), at=at)
    return user


def people() -> list[tuple[Person, User]]:
    """Those of the table who exist, in its order: one query."""
    users = {user.email: user for user in User.objects.filter(email__in=[person.email for person in PEOPLE])}
    return [(person, users[person.email]) for person in PEOPLE if person.email in users]
