"""Two vocabularies for each state: the association's and the office's, each with its tone.

Tones: n neutral, i waits for you, w act by a date, s reached, d blocked or overdue. Until the notice is issued, the
association's words promise nothing (§ 38 VwVfG), and approval and rejection look the same from outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from funding.law.periods import Channel
from funding.models import ClawbackState, DisbursementState
from workflow.models import Award, AwardState, Case, CaseState

C, A, D, B = CaseState, AwardState, DisbursementState, ClawbackState


@dataclass(frozen=True)
class Label:
    text: Any
    tone: str


def _table(rows: dict[str, tuple[Any, str]]) -> dict[str, Label]:
    return {state: Label(text, tone) for state, (text, tone) in rows.items()}


DRAFT = Label(_("Entwurf"), "n")
NOTICE_IN_PREPARATION = Label(_("Bescheid in Vorbereitung"), "n")
REJECTED = Label(pgettext_lazy("association", "Abgelehnt"), "n")
COLLECT_NOTICE = Label(_("Bescheid abholen"), "w")

CASE_FOR_ASSOCIATION = _table(
    {
        C.SUBMITTED: (_("Eingegangen"), "n"),
        C.FORMAL_CHECK: (_("In Prüfung"), "n"),
        C.INFO_REQUESTED: (_("Antwort nötig"), "w"),
        C.TECHNICAL_REVIEW: (_("In Prüfung"), "n"),
        C.WAITLISTED: (_("Auf der Warteliste"), "n"),
        C.IN_COMMITTEE: (_("In Beratung"), "n"),
        C.DECISION_READY: (_("Vor der Entscheidung"), "n"),
        C.REVISION_OFFERED: (_("Angebot für Sie"), "w"),
        C.APPROVED: (_("Bescheid in Vorbereitung"), "n"),
        C.REJECTED: (_("Bescheid in Vorbereitung"), "n"),
        C.WITHDRAWN: (_("Zurückgezogen"), "n"),
        C.LAPSED: (_("Abgelaufen"), "n"),
    }
)
CASE_FOR_OFFICE = _table(
    {
        C.SUBMITTED: (_("Zu prüfen"), "i"),
        C.FORMAL_CHECK: (_("Formale Prüfung"), "i"),
        C.INFO_REQUESTED: (_("Nachforderung läuft"), "n"),
        C.TECHNICAL_REVIEW: (_("Fachliche Prüfung"), "i"),
        C.WAITLISTED: (_("Warteliste"), "n"),
        C.IN_COMMITTEE: (_("Im Gremium"), "n"),
        C.DECISION_READY: (_("Zur Entscheidung"), "n"),
        C.REVISION_OFFERED: (_("Angebot läuft"), "n"),
        C.APPROVED: (_("Bewilligt"), "s"),
        C.REJECTED: (_("Abgelehnt"), "n"),
        C.WITHDRAWN: (_("Zurückgezogen"), "n"),
        C.LAPSED: (_("Verfallen"), "n"),
    }
)
AWARD_FOR_ASSOCIATION = _table(
    {
        A.DRAFT_NOTICE: (_("Bescheid in Vorbereitung"), "n"),
        A.ISSUED: (_("Bescheid unterwegs"), "n"),
        A.NOTIFIED: (pgettext_lazy("association", "Bewilligt"), "s"),
        A.CONTESTED: (_("Klage läuft"), "n"),
        A.ACTIVE: (pgettext_lazy("association", "Bewilligt"), "s"),
        A.REPORT_DUE: (pgettext_lazy("association", "Nachweis offen"), "w"),
        A.REPORT_SUBMITTED: (_("Nachweis eingegangen"), "n"),
        A.REPORT_INFO_REQUESTED: (_("Antwort nötig"), "w"),
        A.REPORT_IN_REVIEW: (_("Nachweis in Prüfung"), "n"),
        A.SETTLED: (_("Endbetrag steht fest"), "n"),
        A.CLOSED: (_("Abgeschlossen"), "s"),
        A.RENOUNCED: (_("Verzichtet"), "n"),
        A.REVOKED: (pgettext_lazy("association", "Bescheid aufgehoben"), "n"),
    }
)
AWARD_FOR_OFFICE = _table(
    {
        A.DRAFT_NOTICE: (_("Bescheid im Entwurf"), "i"),
        A.ISSUED: (_("Bescheid versendet"), "n"),
        A.NOTIFIED: (_("Bekannt gegeben"), "n"),
        A.CONTESTED: (_("Klage anhängig"), "d"),
        A.ACTIVE: (_("Bestandskräftig"), "n"),
        A.REPORT_DUE: (_("Nachweis offen"), "n"),
        A.REPORT_SUBMITTED: (_("Nachweis eingegangen"), "i"),
        A.REPORT_INFO_REQUESTED: (_("Nachforderung zum Nachweis"), "n"),
        A.REPORT_IN_REVIEW: (_("Nachweis in Prüfung"), "i"),
        A.SETTLED: (_("Festgesetzt"), "i"),
        A.CLOSED: (_("Abgeschlossen"), "n"),
        A.RENOUNCED: (_("Verzicht"), "n"),
        A.REVOKED: (_("Bescheid aufgehoben"), "n"),
    }
)
DISBURSEMENT_FOR_ASSOCIATION = _table(
    {
        D.REQUESTED: (_("Auszahlung angefordert"), "n"),
        D.VERIFIED: (_("In Bearbeitung"), "n"),
        D.AUTHORISED: (_("In Bearbeitung"), "n"),
        D.EXPORTED: (_("Zahlung unterwegs"), "n"),
        D.EXECUTED: (_("Ausgezahlt"), "s"),
        D.RETURNED: (_("Zahlung kam zurück"), "w"),
        D.CANCELLED: (_("Storniert"), "n"),
    }
)
CLAWBACK_FOR_ASSOCIATION = _table(
    {
        B.HEARING: (_("Anhörung: Sie können sich äußern"), "w"),
        B.ASSESSED: (_("Rückforderung festgesetzt"), "w"),
        B.DUE: (_("Rückzahlung fällig"), "w"),
        B.PAID: (_("Zurückgezahlt"), "s"),
        B.DEFERRED: (_("Gestundet"), "n"),
        B.SUSPENDED: (_("Rückzahlung offen"), "n"),
        B.WAIVED: (_("Erlassen"), "n"),
        B.OFFSET: (_("Verrechnet"), "n"),
        B.ENFORCED: (_("Vollstreckung läuft"), "w"),
    }
)
CLAWBACK_FOR_OFFICE = _table(
    {
        B.HEARING: (_("Anhörung läuft"), "n"),
        B.ASSESSED: (pgettext_lazy("clawback", "Festgesetzt"), "n"),
        B.DUE: (_("Fällig"), "n"),
        B.PAID: (pgettext_lazy("clawback", "Eingegangen"), "n"),
        B.DEFERRED: (_("Gestundet"), "n"),
        B.SUSPENDED: (_("Niedergeschlagen"), "n"),
        B.WAIVED: (_("Erlassen"), "n"),
        B.OFFSET: (_("Verrechnet"), "n"),
        B.ENFORCED: (_("Vollstreckung"), "d"),
    }
)


def for_association(case: Case, award: Award | None) -> Label:
    """What the association reads. The award speaks only once its notice has been sent."""
    if case.state == C.REJECTED and case.rejection_sent_on is not None:
        return REJECTED
    if award is None or case.state != C.APPROVED:
        return CASE_FOR_ASSOCIATION[case.state]
    if award.state == A.ISSUED and award.channel == Channel.PORTAL:
        return COLLECT_NOTICE
    return AWARD_FOR_ASSOCIATION[award.state]


def for_office(case: Case, award: Award | None, *, is_decider: bool = False) -> Label:
    """What the office reads: the award's state once there is an award."""
    if award is not None and case.state == C.APPROVED:
        return AWARD_FOR_OFFICE[award.state]
    found = CASE_FOR_OFFICE[case.state]
    return Label(found.text, "i") if is_decider and case.state == C.DECISION_READY else found
