"""How the office calls the states of a payment, with the tone for this person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.actors import names_of
from accounts.roles import Role
from funding.models import ClawbackState, Disbursement, DisbursementState
from journal import formats
from journal.actors import Actor
from journal.models import Event

_WAITS_FOR = {DisbursementState.REQUESTED: Role.VERIFIER, DisbursementState.VERIFIED: Role.AUTHORISER}


def tone_of(disbursement: Disbursement, actor: Actor) -> str:
    """i if it waits for this person, d if the bank sent it back, else neutral."""
    if disbursement.state == DisbursementState.RETURNED:
        return "d"
    role = _WAITS_FOR.get(disbursement.state)
    return "i" if role is not None and actor.has_role(role) else "n"


EVENTS: dict[str, Any] = {
    "disbursement_requested": _("Angefordert"),
    "disbursement_verified": _("Sachlich und rechnerisch richtig"),
    "disbursement_authorised": _("Angeordnet"),
    "disbursement_exported": _("An die Bank gegeben"),
    "disbursement_executed": _("Ausgezahlt"),
    "disbursement_returned": _("Von der Bank zurückgekommen"),
    "disbursement_returned_late": _("Von der Bank zurückgekommen, das Jahr war schon abgeschlossen"),
    "disbursement_requested_again": _("IBAN geprüft und neu angefordert"),
    "disbursement_cancelled": _("Storniert"),
    "run_assembled": _("Zusammengestellt"),
    "run_released": _("Von einer zweiten Person freigegeben"),
    "run_exported": _("SEPA-Datei erstellt"),
    "run_executed": _("Als ausgeführt eingetragen"),
    "run_returned": _("Zurückgegeben"),
    "clawback_assessed": _("Rückforderung festgesetzt"),
    "clawback_due": _("Rückforderung fällig"),
    "clawback_paid": _("Rückzahlung eingegangen"),
    "clawback_deferred": _("Gestundet"),
    "clawback_enforced": _("Vollstreckung eingeleitet"),
    "clawback_suspended": _("Niedergeschlagen"),
    "clawback_waived": _("Erlassen"),
    "clawback_offset": _("Verrechnet"),
}
"""How the office reads what the journal tells of payments."""

_WAITING: dict[str, Any] = {
    DisbursementState.REQUESTED: _("Wartet auf die sachliche und rechnerische Prüfung."),
    DisbursementState.VERIFIED: _("Wartet auf die Anordnung durch eine andere Person."),
    DisbursementState.AUTHORISED: _("Wartet auf den nächsten Zahlungslauf der Kreiskasse."),
    DisbursementState.EXPORTED: _("Wartet auf die Bank."),
    DisbursementState.RETURNED: _("Die Bank hat die Zahlung zurückgegeben. Die IBAN muss geprüft werden."),
}

CLAWBACK_TONES = {ClawbackState.ENFORCED: "d", ClawbackState.DUE: "w", ClawbackState.ASSESSED: "w"}


def waiting_sentence(disbursement: Disbursement) -> str:
    """For whom a payment waits, in a sentence; empty where nobody has to do anything."""
    return str(_WAITING.get(disbursement.state, ""))


@dataclass(frozen=True)
class Story:
    """A line of the journal as the timeline component draws it."""

    title: str
    when: str
    text: str
    state: str = "done"


def story(events: Sequence[Event]) -> list[Story]:
    """Who did what and when: one query for the names."""
    names = names_of({event.actor_key for event in events})
    return [
        Story(
            title=str(EVENTS.get(event.kind, event.kind)),
            when=f"{formats.day(event.at)}, {formats.clock(event.at)}",
            text=" · ".join(part for part in (_who(event, names), event.reason) if part),
        )
        for event in events
    ]


def _who(event: Event, names: dict[UUID, str]) -> str:
    """Members of an organisation act without a staff role: the office reads them as the recipient's side."""
    if event.actor_key is None:
        return str(_("automatisch"))
    return names.get(event.actor_key, str(_("eine Person, deren Name gelöscht ist")))
