"""The log: who did what and when, across all cases."""

from __future__ import annotations

import re
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts.access import actor_in, roles_required
from accounts.actors import names_of
from accounts.roles import Role
from applications import chronicle
from funding.labels import EVENTS
from funding.models import Clawback, ClawbackState, Disbursement, DisbursementState
from journal.actors import APPLICANT, SYSTEM
from journal.models import Event
from workflow import opinions, story
from workflow.forms.desk import LogFilter
from workflow.models import Award, AwardState, Case, CaseState

PER_PAGE = 50
ROLES: dict[str, Any] = {
    **dict(Role.choices),
    APPLICANT: _("Antragstellende"),
    SYSTEM: _("automatisch"),
    opinions.ROLE: _("gefragte Stelle"),
}
OTHERS: dict[str, Any] = {
    "filed": _("Antrag eingereicht"),
    "point_checked": _("Prüfpunkt bearbeitet"),
    "point_reopened": _("Prüfpunkt wieder geöffnet"),
    "finding_acknowledged": _("Auffälligkeit geklärt"),
    "finding_overridden": _("Trotz eines Hindernisses zugelassen"),
    "assigned": _("Vorgang übernommen"),
    "approved": _("Bewilligt"),
    "offered": _("Niedrigerer Betrag angeboten"),
    "offer_accepted": _("Angebot angenommen"),
    "calendar_made": _("Kalender-Abo eingerichtet"),
    "calendar_ended": _("Kalender-Abo ausgeschaltet"),
    "own_data_taken": _("Eigene Daten geholt (Art. 15 DSGVO)"),
    "role_granted": _("Rolle gegeben"),
    "role_ended": _("Rolle beendet"),
    "criterion_added": _("Kriterium hinzugefügt"),
    "criterion_changed": _("Kriterium geändert"),
    "criterion_moved": _("Reihenfolge der Kriterien geändert"),
    "criterion_retired": _("Kriterium wird nicht mehr verwendet"),
    "involvement_entered": _("Verbindung eingetragen (Befangenheit)"),
    "involvement_ended": _("Verbindung beendet (Befangenheit)"),
    "late_link_made": _("Nachfrist gegeben"),
    "late_link_revoked": _("Nachfrist zurückgenommen"),
    "catalogue_changed": _("Eintrag der Verwaltung geändert"),
    "catalogue_removed": _("Eintrag der Verwaltung gelöscht"),
    "questions_begun": _("Neue Fassung der Fragen begonnen"),
    "questions_discarded": _("Neue Fassung der Fragen verworfen"),
    "questions_published": _("Fragen veröffentlicht"),
    "question_added": _("Frage hinzugefügt"),
    "question_changed": _("Frage geändert"),
    "question_removed": _("Frage entfernt"),
    "question_moved": _("Reihenfolge der Fragen geändert"),
    "check_point_added": _("Prüfpunkt hinzugefügt"),
    "check_point_changed": _("Prüfpunkt geändert"),
    "check_point_moved": _("Reihenfolge der Prüfpunkte geändert"),
    "check_point_retired": _("Prüfpunkt nicht mehr verwendet"),
    "check_point_restored": _("Prüfpunkt wieder verwendet"),
    "scenario_begun": _("Szenario angelegt"),
    "scenario_removed": _("Szenario gelöscht"),
    "scenario_frozen": _("Szenario festgeschrieben"),
    "scenario_proposed": _("Aus einem Szenario Vorschläge geschrieben"),
    "absence_entered": _("Abwesenheit eingetragen"),
    "absence_ended": _("Abwesenheit gelöscht"),
    "handed_over": _("Vorgang zugewiesen"),
    "waiting_list_offered": _("Geld frei für die Warteliste"),
    "body_changed": _("Gremium geändert"),
    "member_added": _("Mitglied eines Gremiums eingetragen"),
    "member_changed": _("Mitglied eines Gremiums geändert"),
    "session_planned": _("Sitzung geplant"),
    "session_changed": _("Sitzung geändert"),
    "session_cancelled": _("Sitzung abgesagt"),
    "session_held": _("Sitzung als abgehalten eingetragen"),
    "agenda_changed": _("Tagesordnung geändert"),
    "paper_created": _("Vorlage angelegt"),
    "paper_changed": _("Vorlage geändert"),
    "paper_frozen": _("Vorlage festgeschrieben"),
    "paper_taken_back": _("Vorlage zurückgenommen"),
    "paper_discarded": _("Entwurf einer Vorlage verworfen"),
    "annex_added": _("Anlage hochgeladen"),
    "annex_removed": _("Anlage entfernt"),
    "vote_recorded": _("Abstimmung eines Gremiums eingetragen"),
    "vote_corrected": _("Abstimmung eines Gremiums berichtigt"),
    "follow_up_added": _("Aufgabe aus einem Beschluss vergeben"),
    "follow_up_done": _("Aufgabe aus einem Beschluss erledigt"),
}
OF_PAPERS = {"workflow.consultation", "workflow.follow_up"}
"""What these events are about belongs to a paper, which stands in the thread, and to no single case."""


def kinds() -> dict[str, Any]:
    """Every kind of event with its words: those of the timeline, without what differs from case to case."""
    told = {kind: _headline(str(words.office)) for kind, words in story.WORDS.items()}
    own = {kind: _headline(str(words)) for kind, words in chronicle.WORDS.items()}
    return {**told, **own, **chronicle.IN_THE_LOG, **EVENTS, **OTHERS}


def _headline(words: str) -> str:
    """„Vorgeschlagen" of „Vorgeschlagen: %(proposed)s", „Zugestimmt" of „Zugestimmt ab %(day)s"."""
    return re.split(r"[,:]?[^,:]*%\(", words)[0] or words.split(" %(", maxsplit=1)[0].rsplit(" ", 1)[0]


def _states() -> dict[tuple[str, str], Any]:
    """The words of the office for each state of each machine."""
    machines = ((Case, CaseState), (Award, AwardState), (Disbursement, DisbursementState), (Clawback, ClawbackState))
    return {(machine.label_of_machine, state.value): state.label for machine, states in machines for state in states}


@roles_required(Role.AUDITOR, Role.DPO, Role.SYSADMIN)
def log(request: HttpRequest) -> HttpResponse:
    """Events, the newest first. Reasons and links to cases are for the audit only."""
    words = kinds()
    form = LogFilter(request.GET, kinds=sorted(words.items(), key=lambda pair: str(pair[1])))
    is_valid = form.is_valid()
    events = form.events() if is_valid else Event.objects.none()
    page = Paginator(events, PER_PAGE).get_page(request.GET.get("page"))
    names = names_of({event.actor_key for event in page})
    reads_content = actor_in(request).has_role(Role.AUDITOR)
    context = {
        "form": form,
        "page": page,
        "rows": [_row(event, words, names, reads_content=reads_content) for event in page],
        "count": page.paginator.count,
        "reads_content": reads_content,
    }
    return render(request, "workflow/office/log.html", context, status=200 if is_valid else 422)


def _row(event: Event, words: dict[str, Any], names: dict[Any, str], *, reads_content: bool) -> dict[str, Any]:
    states = _states()
    return {
        "event": event,
        "what": words.get(event.kind, event.kind),
        "who": names.get(event.actor_key) or (_("automatisch") if event.actor_key is None else _("Name gelöscht")),
        "role": ROLES.get(event.actor_role, event.actor_role),
        "reason": event.reason if reads_content else "",
        "begin": states.get((event.subject_label, event.from_state), "–"),
        "end": states.get((event.subject_label, event.to_state), ""),
        "is_case": reads_content and _is_of_case(event),
    }


def _is_of_case(event: Event) -> bool:
    return event.subject_label.startswith("workflow.") and event.subject_label not in OF_PAPERS and "-" in event.thread
