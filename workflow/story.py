"""The words of the timeline: one row for each kind of event, one for each state, and what usually follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workflow.models import Award, AwardState, Case, CaseState, ChecklistItem


@dataclass(frozen=True, kw_only=True)
class Words:
    """What each side reads; None is not shown. `is_decision` is shown to the association only once it may know."""

    association: Any = None
    office: Any
    text: Any = ""
    is_decision: bool = False


WORDS: dict[str, Words] = {
    # The case
    "filed": Words(association=_("Antrag eingegangen"), office=_("Antrag eingegangen, beantragt %(requested)s")),
    "filed_on_paper": Words(
        association=_("Antrag auf Papier eingegangen"),
        office=_("Antrag auf Papier eingetragen, eingegangen am %(received_on)s, beantragt %(requested)s"),
    ),
    "answer_entered": Words(association=_("Rückfrage beantwortet"), office=_("Antwort auf Papier eingetragen")),
    "offer_acceptance_entered": Words(
        association=_("Angebot angenommen"), office=_("Annahme auf Papier eingetragen: %(proposed)s")
    ),
    "letter_posted": Words(office=_("Brief zur Post gegeben: %(subject)s")),
    "check_started": Words(association=_("Prüfung begonnen"), office=_("Prüfung begonnen")),
    "assigned": Words(office=_("Vorgang übernommen")),
    "handed_over": Words(office=_("Vorgang zugewiesen: %(to)s")),
    "point_checked": Words(office=_("Geprüft: %(point)s")),
    "point_reopened": Words(office=_("Prüfpunkt wieder offen: %(point)s")),
    "finding_acknowledged": Words(office=_("Geklärt: %(finding)s")),
    "finding_overridden": Words(office=_("Trotzdem möglich: %(finding)s")),
    "check_completed": Words(
        association=_("Antrag vollständig"), office=_("Formale Prüfung abgeschlossen"),
        text=_("Alle Angaben und Unterlagen sind da."),
    ),
    "information_requested": Words(
        association=_("Rückfrage an Sie"), office=_("Unterlagen nachgefordert, Antwort bis %(due_on)s")
    ),
    "information_answered": Words(association=_("Rückfrage beantwortet"), office=_("Antwort eingegangen")),
    "check_resumed": Words(association=_("Prüfung ohne Antwort fortgesetzt"), office=_("Prüfung ohne Antwort fortgesetzt")),
    "rejection_proposed": Words(office=_("Ablehnung aus formalen Gründen vorgeschlagen")),
    "proposed": Words(office=_("Vorgeschlagen: %(proposed)s")),
    "referred_to_committee": Words(association=_("In einem Gremium in Beratung"), office=_("An das Gremium gegeben")),
    "resolution_recorded": Words(office=_("Beschluss eingetragen: %(proposed)s")),
    "review_handed_in": Words(office=_("Bewertung abgegeben")),
    "opinion_asked": Words(office=_("Stellungnahme erbeten: %(asked_of)s, bis %(due_on)s")),
    "opinion_answered": Words(office=_("Stellungnahme eingegangen: %(asked_of)s")),
    "opinion_withdrawn": Words(office=_("Bitte um Stellungnahme zurückgezogen: %(asked_of)s")),
    "waitlisted": Words(
        association=_("Auf die Warteliste gesetzt"), office=_("Auf die Warteliste gesetzt"),
        text=_("Im Moment reicht das Geld nicht für alle Anträge."),
    ),
    "waiting_list_offered": Words(office=_("Geld ist frei für Rang %(rank)s der Warteliste: %(available)s")),
    "waiting_rank_changed": Words(office=_("Warteliste: von Rang %(rank_before)s auf Rang %(rank)s")),
    "waiting_rank_skipped": Words(office=_("Auf der Warteliste vorgezogen, von Rang %(rank)s")),
    "waiting_rank_passed": Words(office=_("Auf der Warteliste übergangen für %(reference)s")),
    "early_start_consented": Words(
        association=_("Vorzeitiger Beginn möglich ab %(early_start_from)s"),
        office=_("Vorzeitigem Beginn zugestimmt ab %(early_start_from)s"),
        text=_("Auf eigenes Risiko: Ob es Geld gibt, ist damit nicht entschieden."),
    ),
    "check_start_taken_back": Words(office=_("Beginn der Prüfung zurückgenommen")),
    "check_reopened": Words(office=_("Formale Prüfung wieder geöffnet")),
    "referral_taken_back": Words(office=_("Aus dem Gremium zurückgeholt")),
    "proposal_taken_back": Words(office=_("Vorschlag zurückgenommen")),
    "formal_rejection_taken_back": Words(office=_("Vorgeschlagene Ablehnung zurückgenommen")),
    "offered": Words(
        association=_("Angebot: bis zu %(offered)s möglich"), office=_("Angeboten: %(offered)s, Antwort bis %(due_on)s"),
        text=_("Passt der Finanzplan zum Betrag, können Sie das Angebot annehmen, auch mit weniger. Es ist noch keine Bewilligung."),
    ),
    "offer_accepted": Words(association=_("Angebot angenommen"), office=_("Angeboten %(offered)s, angenommen %(proposed)s")),
    "offer_lapsed": Words(association=_("Angebot abgelaufen"), office=_("Angebot abgelaufen")),
    "lapsed": Words(association=_("Antrag abgelaufen"), office=_("Ohne Antwort beendet")),
    "approved": Words(office=_("Bewilligt: %(decided)s")),
    "rejected": Words(office=_("Abgelehnt")),
    "decision_taken_back": Words(office=_("Entscheidung zurückgenommen")),
    "rejection_sent": Words(
        association=pgettext_lazy("association", "Abgelehnt"), office=_("Ablehnungsbescheid versendet"), is_decision=True,
        text=_("Die Gründe stehen im Bescheid."),
    ),
    "withdrawn": Words(association=_("Antrag zurückgezogen"), office=_("Vom Verein zurückgezogen")),
    "withdrawal_entered": Words(association=_("Antrag zurückgezogen"), office=_("Als zurückgezogen eingetragen")),
    "message_sent": Words(association=_("Nachricht von uns an Sie"), office=_("Nachricht an den Verein")),
    "message_received": Words(association=_("Nachricht an uns"), office=_("Nachricht vom Verein")),
    # The award
    "notice_issued": Words(
        association=_("Bewilligt: bis zu %(amount)s"), office=_("Bescheid versendet"), is_decision=True,
        text=_("Bescheid vom %(issued_on)s"),
    ),
    "notice_sent_again": Words(
        association=_("Bescheid erneut versendet"), office=_("Bescheid erneut versendet"), is_decision=True
    ),
    "notice_retrieved": Words(association=_("Bescheid abgeholt"), office=_("Bescheid abgeholt"), is_decision=True),
    "notified": Words(association=_("Bescheid bekannt gegeben"), office=_("Bescheid bekannt gegeben"), is_decision=True),
    "became_final": Words(
        association=_("Bescheid bestandskräftig"), office=_("Bescheid bestandskräftig"), is_decision=True,
        text=_("Sie können jetzt Geld anfordern."),
    ),
    "remedy_waived": Words(
        association=_("Auf eine Klage verzichtet"), office=_("Rechtsbehelfsverzicht eingetragen"), is_decision=True,
        text=_("Sie können jetzt Geld anfordern."),
    ),
    "payable_on_notification": Words(
        association=_("Auszahlung möglich"), office=_("Zahlbar ab Bekanntgabe"), is_decision=True,
        text=_("Sie können jetzt Geld anfordern."),
    ),
    "contested": Words(association=_("Klage eingegangen"), office=_("Klage eingetragen"), is_decision=True),
    "lawsuit_ended": Words(association=_("Klage erledigt"), office=_("Klage erledigt"), is_decision=True),
    "report_requested": Words(
        association=_("Projekt beendet, Nachweis angefordert"), office=_("Nachweis angefordert, Frist %(report_due_on)s"),
        is_decision=True,
    ),
    "report_submitted": Words(association=_("Nachweis eingereicht"), office=_("Nachweis eingegangen"), is_decision=True),
    "report_review_started": Words(
        association=_("Prüfung des Nachweises begonnen"), office=_("Prüfung des Nachweises begonnen"), is_decision=True
    ),
    "report_information_requested": Words(
        association=_("Rückfrage zum Nachweis"), office=_("Zum Nachweis nachgefragt"), is_decision=True
    ),
    "report_information_answered": Words(
        association=_("Rückfrage zum Nachweis beantwortet"), office=_("Antwort zum Nachweis eingegangen"), is_decision=True
    ),
    "settled": Words(
        association=_("Endbetrag steht fest: %(final_amount)s"), office=_("Endbetrag festgesetzt: %(final_amount)s"),
        is_decision=True,
    ),
    "closed": Words(association=_("Abgeschlossen"), office=_("Akte geschlossen"), is_decision=True),
    "renounced": Words(association=_("Auf die Förderung verzichtet"), office=_("Verzicht eingegangen"), is_decision=True),
    "revoked": Words(association=pgettext_lazy("association", "Bescheid aufgehoben"), office=_("Bescheid aufgehoben"), is_decision=True),
    # Money
    "disbursement_requested": Words(
        association=_("Auszahlung angefordert: %(amount)s"), office=_("Auszahlung angefordert: %(amount)s"),
        is_decision=True,
    ),
    "disbursement_verified": Words(office=_("Zahlung geprüft: %(amount)s")),
    "disbursement_authorised": Words(office=_("Zahlung angeordnet: %(amount)s")),
    "disbursement_exported": Words(
        association=_("Zahlung unterwegs: %(amount)s"), office=_("Zahlung bei der Bank: %(amount)s"), is_decision=True
    ),
    "disbursement_executed": Words(
        association=_("%(amount)s ausgezahlt"), office=_("%(amount)s ausgezahlt"), is_decision=True
    ),
    "disbursement_returned": Words(
        association=_("Zahlung kam zurück: %(amount)s"), office=_("Rückläufer: %(amount)s"), is_decision=True,
        text=_("Bitte prüfen Sie mit uns die IBAN. Das Geld bleibt für Sie festgelegt."),
    ),
    "disbursement_returned_late": Words(
        association=_("Zahlung kam zurück: %(amount)s"), office=_("Rückläufer nach dem Jahresabschluss: %(amount)s"),
        is_decision=True, text=_("Bitte prüfen Sie mit uns die IBAN. Das Geld bleibt für Sie festgelegt."),
    ),
    "disbursement_requested_again": Words(
        association=_("Auszahlung neu angefordert: %(amount)s"), office=_("Auszahlung neu angefordert: %(amount)s"),
        is_decision=True,
    ),
    "disbursement_cancelled": Words(
        association=_("Auszahlung storniert: %(amount)s"), office=_("Auszahlung storniert: %(amount)s"), is_decision=True,
        text=_("Der Betrag bleibt bewilligt. Sie können ihn neu anfordern."),
    ),
    "clawback_assessed": Words(
        association=_("Rückforderung festgesetzt: %(amount)s"), office=_("Rückforderung festgesetzt: %(amount)s"),
        is_decision=True,
    ),
    "clawback_due": Words(association=_("Rückzahlung fällig"), office=_("Rückforderung fällig"), is_decision=True),
    "clawback_paid": Words(association=_("Zurückgezahlt"), office=_("Rückzahlung eingegangen"), is_decision=True),
    "clawback_deferred": Words(association=_("Rückzahlung gestundet"), office=_("Gestundet"), is_decision=True),
    "clawback_enforced": Words(association=_("Vollstreckung eingeleitet"), office=_("Vollstreckung eingeleitet"), is_decision=True),
    "clawback_suspended": Words(office=_("Niedergeschlagen")),
    "clawback_waived": Words(association=_("Rückforderung erlassen"), office=_("Erlassen"), is_decision=True),
    "clawback_offset": Words(association=_("Rückforderung verrechnet"), office=_("Verrechnet"), is_decision=True),
}  # fmt: skip
"""Collection suspended is internal: the claim stands, so the association is told nothing."""


def point(facts: dict[str, Any]) -> str:
    """A point of the programme itself tells its own words."""
    code = str(facts.get("code", ""))
    return str(facts.get("title") or dict(ChecklistItem.Code.choices).get(code, code))


C, A = CaseState, AwardState
_PREPARED = Words(
    association=_("Bescheid in Vorbereitung"), office=_("Bescheid erstellen und versenden"),
    text=_("Es ist entschieden. Was entschieden ist, steht im Bescheid."),
)  # fmt: skip
CASE_NOW: dict[str, Words] = {
    C.SUBMITTED: Words(association=_("Wir sehen den Antrag an"), office=_("Prüfung beginnen"), text=_("Wir prüfen, ob alles da ist. Fehlt etwas, melden wir uns.")),
    C.FORMAL_CHECK: Words(association=_("In Prüfung"), office=_("Formale Prüfung"), text=_("Wir prüfen, ob alles da ist. Fehlt etwas, melden wir uns.")),
    C.INFO_REQUESTED: Words(association=_("Wir brauchen eine Antwort von Ihnen"), office=_("Wartet auf Antwort vom Verein")),
    C.TECHNICAL_REVIEW: Words(association=_("In Prüfung"), office=_("Fachliche Prüfung"), text=_("Wir prüfen, wie gut das Projekt zum Programm passt.")),
    C.WAITLISTED: Words(association=_("Auf der Warteliste"), office=_("Warteliste"), text=_("Wird Geld frei, geht es weiter. Wir melden uns.")),
    C.IN_COMMITTEE: Words(association=_("In Beratung"), office=_("Im Gremium"), text=_("Ein Gremium des Kreistags berät über den Antrag.")),
    C.DECISION_READY: Words(association=_("Vor der Entscheidung"), office=_("Zur Entscheidung"), text=_("Die Prüfung ist fertig. Als Nächstes wird entschieden.")),
    C.REVISION_OFFERED: Words(association=_("Angebot für Sie"), office=_("Angebot läuft"), text=_("Bitte antworten Sie bis zum genannten Tag.")),
    C.APPROVED: _PREPARED,
    C.REJECTED: _PREPARED,
    C.WITHDRAWN: Words(office=None),
    C.LAPSED: Words(office=None),
}  # fmt: skip
AWARD_NOW: dict[str, Words] = {
    A.DRAFT_NOTICE: _PREPARED,
    A.ISSUED: Words(association=_("Bescheid unterwegs"), office=_("Wartet auf die Bekanntgabe"), text=_("Der Bescheid gilt am vierten Tag nach dem Absenden als bekannt gegeben.")),
    A.NOTIFIED: Words(association=_("Die Frist für eine Klage läuft"), office=_("Klagefrist läuft"), text=_("Danach können Sie Geld anfordern.")),
    A.CONTESTED: Words(association=_("Klage läuft"), office=_("Klage anhängig")),
    A.ACTIVE: Words(association=_("Ihr Projekt läuft"), office=_("Projekt läuft"), text=_("Fordern Sie das Geld an, wenn Sie es brauchen.")),
    A.REPORT_DUE: Words(association=_("Nachweis ist offen"), office=_("Wartet auf den Nachweis"), text=_("Zeigen Sie, was daraus geworden ist: ein kurzer Bericht, die Ausgaben und die Belegliste.")),
    A.REPORT_SUBMITTED: Words(association=_("Nachweis eingegangen"), office=_("Nachweis prüfen")),
    A.REPORT_INFO_REQUESTED: Words(association=_("Wir brauchen eine Antwort zum Nachweis"), office=_("Wartet auf Antwort zum Nachweis")),
    A.REPORT_IN_REVIEW: Words(association=_("Nachweis in Prüfung"), office=_("Nachweis in Prüfung")),
    A.SETTLED: Words(association=_("Endbetrag steht fest"), office=_("Akte schließen")),
    A.CLOSED: Words(office=None),
    A.RENOUNCED: Words(office=None),
    A.REVOKED: Words(office=None),
}  # fmt: skip
COLLECT = Words(
    association=_("Bescheid liegt zum Abholen bereit"), office=_("Wartet auf Abholung im Portal"),
    text=_("Bitte holen Sie ihn innerhalb von zehn Tagen ab. Sonst kommt er mit der Post."),
)  # fmt: skip


def now_of(case: Case, award: Award | None, *, is_disclosed: bool) -> Words:
    """What is going on. The award speaks only to those who may know of it."""
    if case.state == C.REJECTED and case.rejection_sent_on is not None:
        return Words(office=None)
    if award is None or case.state != C.APPROVED:
        return CASE_NOW[case.state]
    if award.state == A.ISSUED and award.channel == "portal":
        return COLLECT
    return AWARD_NOW[award.state] if is_disclosed or award.state != A.ISSUED else _PREPARED


DECISION = (_("Entscheidung"), "")
_NOTICE = (_("Bescheid"), "")
_PAYMENT = (_("Auszahlung"), _("auf Ihre Anforderung"))
_REPORT = (_("Nachweis"), _("nach dem Ende des Projekts"))
_REVIEW = (_("Prüfung des Nachweises"), "")
Next = tuple[Any, Any]
_AFTER_AWARD: dict[str, tuple[Next, ...]] = {
    A.ISSUED: (_PAYMENT, _REPORT),
    A.NOTIFIED: (_PAYMENT, _REPORT),
    A.ACTIVE: (_REPORT, _REVIEW),
    A.REPORT_DUE: (_REVIEW,),
    A.REPORT_INFO_REQUESTED: (_REVIEW,),
}


def then(case: Case, award: Award | None) -> tuple[Next, ...]:
    """What usually follows. Before the notice it ends with the notice: nothing beyond it is certain."""
    if award is not None:
        return _AFTER_AWARD.get(award.state, ())
    if case.state in {C.WITHDRAWN, C.LAPSED} or (case.state == C.REJECTED and case.rejection_sent_on):
        return ()
    return (_NOTICE,) if case.state in {C.APPROVED, C.REJECTED} else (DECISION, _NOTICE)
