"""Rules of payment. Each has one home and a name; steps, forms and pages ask here.

As guards they take (obj, actor=, today=) and answer with the sentence that says why not, or None.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from funding.money import format_money
from journal.actors import Actor


def refuse_unpayable(commitment: Any, *, today: date) -> str | None:
    """No money before the notice is final, its finality waived, or the programme pays on notification."""
    if commitment.payable_from is not None and commitment.payable_from <= today:
        return None
    return _("Noch nicht zahlbar: Der Bescheid ist noch nicht bestandskräftig.")


def is_payable(disbursement: Any, *, actor: Actor, today: date) -> str | None:
    return refuse_unpayable(disbursement.commitment, today=today)


def has_no_hold(disbursement: Any, *, actor: Actor, today: date) -> str | None:
    hold = next((found for found in disbursement.commitment.holds.all() if found.ended_at is None), None)
    return _("Die Zahlung ist gesperrt: %(why)s.") % {"why": hold} if hold else None


def fits_commitment(disbursement: Any, *, actor: Actor, today: date) -> str | None:
    """Σ executed + Σ under way ≤ commitment."""
    commitment = disbursement.commitment
    others = commitment.disbursements.pending().exclude(pk=disbursement.pk)
    under_way = sum((other.amount for other in others), Decimal("0.00"))
    rest = commitment.open - under_way
    if disbursement.amount <= rest:
        return None
    return _("Für diesen Bescheid sind noch %(rest)s offen, angefordert sind %(amount)s.") % {
        "rest": format_money(rest),
        "amount": format_money(disbursement.amount),
    }


def verifier_is_free(disbursement: Any, *, actor: Actor, today: date) -> str | None:
    """Who asks for the money does not verify it."""
    if actor.key is None or actor.key != disbursement.requested_by:
        return None
    return _("Sie haben diese Zahlung angefordert. Prüfen muss sie eine andere Person.")


def authoriser_is_free(disbursement: Any, *, actor: Actor, today: date) -> str | None:
    """Three distinct persons; the decider may verify but not authorise (§ 42 Abs. 3 KomHKVO)."""
    if actor.key == disbursement.verified_by:
        return _("Sie haben diese Zahlung geprüft. Anordnen muss sie eine andere Person.")
    if actor.key == disbursement.commitment.decided_by:
        return _("Sie haben über die Bewilligung entschieden. Anordnen muss die Zahlung eine andere Person.")
    return None


def payer_is_free(disbursement: Any, *, actor: Actor, today: date) -> str | None:
    """Ordering and executing a payment are never the same persons (§ 42 Abs. 4 KomHKVO)."""
    if actor.key in {disbursement.authorised_by, disbursement.verified_by}:
        return _("Sie haben diese Zahlung geprüft oder angeordnet. Ausführen muss sie eine andere Person.")
    return None


def run_is_released(disbursement: Any, *, actor: Actor, today: date) -> str | None:
    if disbursement.run is not None and disbursement.run.released_by is not None:
        return None
    return _("Der Zahlungslauf ist noch nicht von einer zweiten Person freigegeben.")


def is_in_no_run(disbursement: Any, *, actor: Actor, today: date) -> str | None:
    if disbursement.run_id is None:
        return None
    return _("Die Zahlung steht schon in einem Zahlungslauf. Geben Sie zuerst den Lauf zurück.")


def year_takes_returns(disbursement: Any, *, actor: Actor, today: date) -> str | None:
    """Into a closed year only the budget officer books, with a reason."""
    line = disbursement.commitment.line
    if disbursement.executed_on is None or line.status != line.Status.CLOSED:
        return None
    return _("Das Haushaltsjahr %(year)s ist abgeschlossen. Diesen Rückläufer bucht die Kämmerei.") % {
        "year": line.fiscal_year
    }


def year_is_closed(disbursement: Any, *, actor: Actor, today: date) -> str | None:
    line = disbursement.commitment.line
    if line.status == line.Status.CLOSED:
        return None
    return _("Das Haushaltsjahr %(year)s ist nicht abgeschlossen. Diesen Rückläufer bucht die Kreiskasse.") % {
        "year": line.fiscal_year
    }


def may_release_run(run: Any, *, actor: Actor) -> str | None:
    """A run is released by a second person (§ 42 Abs. 5 KomHKVO)."""
    if actor.key != run.assembled_by:
        return None
    return _("Sie haben den Lauf zusammengestellt. Freigeben muss eine andere Person.")


def hearing_is_over(clawback: Any, *, actor: Actor, today: date) -> str | None:
    """§ 28 Abs. 1 VwVfG."""
    if today > clawback.heard_until:
        return None
    return _("Die Anhörung läuft noch.")


def due_day_reached(clawback: Any, *, actor: Actor, today: date) -> str | None:
    if clawback.due_on is not None and today > clawback.due_on:
        return None
    return _("Die Frist zur Zahlung läuft noch.")
