"""The story of an organisation: who changed what and when. It names fields and persons by key, never an IBAN."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import names_of
from applications.models import Invitation, Organisation
from journal.actors import APPLICANT, Actor
from journal.events import record
from journal.models import Event

LABEL = "applications.organisation"

FIELDS = {
    "kind": gettext_lazy("Art"),
    "name": gettext_lazy("Name"),
    "representative": gettext_lazy("Vertretung"),
    "street": gettext_lazy("Straße und Hausnummer"),
    "postcode": gettext_lazy("Postleitzahl"),
    "town": gettext_lazy("Ort"),
    "municipality": gettext_lazy("Gemeinde"),
    "phone": gettext_lazy("Telefon"),
    "iban": gettext_lazy("IBAN"),
    "account_holder": gettext_lazy("Kontoinhaber"),
}

WORDS: dict[str, Any] = {
    "organisation_created": gettext_lazy("Organisation angelegt"),
    "organisation_changed": gettext_lazy("Angaben geändert: %(fields)s"),
    "member_invited": gettext_lazy("%(person)s eingeladen"),
    "invitation_resent": gettext_lazy("Einladung an %(person)s noch einmal verschickt"),
    "invitation_revoked": gettext_lazy("Einladung an %(person)s zurückgezogen"),
    "member_joined": gettext_lazy("%(person)s hat die Einladung angenommen"),
    "member_rights_changed": gettext_lazy("Rechte von %(person)s geändert: %(rights)s"),
    "member_removed": gettext_lazy("Mitgliedschaft von %(person)s beendet"),
    "member_left": gettext_lazy("%(person)s hat die Organisation verlassen"),
    "administration_handed_over": gettext_lazy("Verwaltung an %(person)s übergeben"),
    "second_signature_on": gettext_lazy("Zweite Unterschrift eingeschaltet"),
    "second_signature_off": gettext_lazy("Zweite Unterschrift ausgeschaltet"),
    "account_change_requested": gettext_lazy("Neue Bankverbindung gemeldet"),
    "account_change_withdrawn": gettext_lazy("Meldung der neuen Bankverbindung zurückgezogen"),
    "account_change_checked": gettext_lazy("Neue Bankverbindung von der ersten Person geprüft"),
    "account_change_confirmed": gettext_lazy("Neue Bankverbindung bestätigt"),
    "account_change_refused": gettext_lazy("Neue Bankverbindung abgelehnt"),
    "document_kept": gettext_lazy("Unterlage hochgeladen: %(document)s"),
    "document_replaced": gettext_lazy("Unterlage ersetzt: %(document)s"),
    "document_changed": gettext_lazy("Unterlage geändert: %(document)s"),
    "document_removed": gettext_lazy("Unterlage entfernt: %(document)s"),
    "draft_discarded": gettext_lazy("Entwurf gelöscht: %(document)s"),
}
"""What is told of each kind of event."""

IN_THE_LOG: dict[str, Any] = {
    "organisation_created": gettext_lazy("Organisation angelegt"),
    "organisation_changed": gettext_lazy("Angaben einer Organisation geändert"),
    "member_invited": gettext_lazy("Mitglied eingeladen"),
    "invitation_resent": gettext_lazy("Einladung noch einmal verschickt"),
    "invitation_revoked": gettext_lazy("Einladung zurückgezogen"),
    "member_joined": gettext_lazy("Einladung angenommen"),
    "member_rights_changed": gettext_lazy("Rechte eines Mitglieds geändert"),
    "member_removed": gettext_lazy("Mitgliedschaft beendet"),
    "member_left": gettext_lazy("Organisation verlassen"),
    "administration_handed_over": gettext_lazy("Verwaltung der Mitglieder übergeben"),
    "document_kept": gettext_lazy("Unterlage aufbewahrt"),
    "document_replaced": gettext_lazy("Unterlage ersetzt"),
    "document_changed": gettext_lazy("Unterlage geändert"),
    "document_removed": gettext_lazy("Unterlage entfernt"),
    "signature_asked": gettext_lazy("Um zweite Unterschrift gebeten"),
    "signature_given": gettext_lazy("Zweite Unterschrift gegeben"),
}
"""Where nobody outside shall read who and what; the other kinds read the same everywhere."""

RIGHTS = {
    "may_edit": gettext_lazy("schreiben"),
    "may_file": gettext_lazy("einreichen und Geld anfordern"),
    "is_admin": gettext_lazy("Mitglieder verwalten"),
}


def rights_in_words(rights: list[str]) -> str:
    """As "lesen, schreiben, einreichen und Geld anfordern"."""
    return ", ".join([_("lesen"), *(str(label) for name, label in RIGHTS.items() if name in rights)])


def thread_of(organisation: Organisation) -> str:
    return f"ORG-{organisation.key}"


def tell(
    kind: str,
    organisation: Organisation,
    *,
    actor: Actor,
    at: datetime,
    reason: str = "",
    facts: dict[str, Any] | None = None,
) -> Event:
    return record(
        kind,
        thread=thread_of(organisation),
        subject=(LABEL, organisation.key),
        actor=actor if actor.role else actor.acting_as(APPLICANT),
        at=at,
        reason=reason,
        facts=facts,
    )


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the story, in words."""

    at: datetime
    title: str
    who: str
    reason: str


def events_of(organisation: Organisation) -> Any:
    """The newest first."""
    own = Event.objects.filter(subject_label=LABEL, subject_key=str(organisation.key))
    return own.order_by("-at", "-pk")


def entries(events: list[Event]) -> list[Entry]:
    """Two queries for names, however many events there are. Acts of the office are told without a name."""
    people = {event.actor_key for event in events} | {_key(event.facts.get("person")) for event in events}
    names = names_of(people)
    wanted = {event.facts["invitation"] for event in events if "invitation" in event.facts}
    addresses = dict(Invitation.objects.filter(pk__in=wanted).values_list("pk", "email"))
    return [_entry(event, names, addresses) for event in events]


def _entry(event: Event, names: dict[UUID, str], addresses: dict[int, str]) -> Entry:
    is_own = event.actor_role == APPLICANT
    return Entry(
        at=event.at,
        title=_title(event, names, addresses),
        who=names.get(event.actor_key, _("Name gelöscht")) if is_own and event.actor_key else _("Landkreis"),
        reason=event.reason,
    )


def _title(event: Event, names: dict[UUID, str], addresses: dict[int, str]) -> str:
    facts = event.facts
    person = names.get(_key(facts.get("person")) or UUID(int=0)) or addresses.get(facts.get("invitation", 0))
    words = {
        "person": person or _("Name gelöscht"),
        "fields": ", ".join(str(FIELDS.get(name, name)) for name in facts.get("fields", [])) or "–",
        "rights": rights_in_words(facts.get("rights", [])),
        "document": facts.get("document", ""),
    }
    return str(WORDS.get(event.kind, event.kind)) % words


def _key(text: Any) -> UUID | None:
    return UUID(text) if text else None
