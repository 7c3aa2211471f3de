"""Until the notice is issued nothing that an association reads can be taken as a promise (§ 38 VwVfG)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from accounts.models import User
from funding.law.periods import Channel
from journal.models import Message, Reminder
from tests.factories import World, euros
from workflow import labels
from workflow.models import Award, AwardState, Case, CaseState, Document
from workflow.tasks import send_reminders

PROMISES = re.compile(
    r"bewillig|genehmig|gewähr|zusag|zugesagt|zusicher|versprech|versproch|garantier|erfolgreich|glückwunsch|gratul"
    r"|sie (erhalten|bekommen|haben) (das |den |die |einen |ihr )?(geld|förder|zuschuss|zuwendung|betrag)"
    r"|wird gefördert|werden gefördert|fördern wir|wir fördern|positiv|zahlen wir|auszahl|verbindlich"
    r"|\bgranted\b|\bapprov|you (will|shall) (receive|get)|\bpromis|guarant|congratulat|success|\baward(ed)?\b|commitment",
    re.IGNORECASE,
)
REFUSALS = re.compile(
    r"ablehn|abgelehnt|nicht fördern|kein geld|versag(t|en)\b|reject|refus|declin|turned down|not granted",
    re.IGNORECASE,
)
DENIAL = re.compile(
    r"[^.:\n]*\b(keine|noch keine|not a|no|not yet an?)\b (Zusage|Bewilligung|promise|commitment|approval)[^.\n]*"
)
"""The one sentence in which the word may stand: the one that says that it is none."""


def read(text: str) -> list[str]:
    """What in this text could be taken as the decision."""
    plain = DENIAL.sub("", text)
    return [found.group() for pattern in (PROMISES, REFUSALS) for found in pattern.finditer(plain)]


@pytest.mark.parametrize(
    "sentence",
    [
        "1.200,00 € sind bewilligt.", "Ihr Projekt wird gefördert.", "Das ist eine Zusage.", "Sie erhalten das Geld bald.",
        "Die Prüfung war erfolgreich.", "Wir zahlen aus. Die Auszahlung kommt.", "Ihr Antrag ist abgelehnt.",
        "Your grant was approved.", "You will receive 500 €.", "This is a promise.",
    ],
)  # fmt: skip
def test_the_reader_of_this_test_notices_a_promise(sentence: str) -> None:
    assert read(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Diese Bestätigung ist keine Zusage: Bitte beginnen Sie erst, wenn Sie den Bescheid haben.",
        "Für „Tür an Tür“ sind bis zu 1.200,00 € möglich. Beantragt sind 1.600,00 €.",
        "This confirmation is not a promise: please start only when you have the notice.",
    ],
)
def test_the_reader_of_this_test_leaves_honest_sentences_alone(sentence: str) -> None:
    assert read(sentence) == []


# Labels


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("state", list(CaseState))
def test_no_label_of_a_case_promises_or_refuses(state: str, language: str) -> None:
    with translation.override(language):
        assert read(str(labels.for_association(Case(state=state), None).text)) == []


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_label_stays_silent_while_the_notice_is_a_draft_and_on_its_way(language: str) -> None:
    case = Case(state=CaseState.APPROVED)
    with translation.override(language):
        for state in (AwardState.DRAFT_NOTICE, AwardState.ISSUED):
            for channel in Channel:
                label = labels.for_association(case, Award(state=state, channel=channel))
                assert read(str(label.text)) == []
                assert label.tone != "s"


def test_no_label_before_the_notice_shows_the_tone_of_success() -> None:
    assert {labels.CASE_FOR_ASSOCIATION[state].tone for state in CaseState} <= {"n", "w"}


def test_approved_and_rejected_read_the_same_until_dispatch() -> None:
    approved = labels.for_association(Case(state="approved"), Award(state="draft_notice"))
    rejected = labels.for_association(Case(state="rejected"), None)
    assert (str(approved.text), approved.tone) == (str(rejected.text), rejected.tone)


# Letters


def waitlisted(world: World) -> Case:
    return world.do(world.proposed(), "put_on_waitlist", "decider", reason="Das Geld reicht nicht.")


def answered(world: World) -> Case:
    return world.do(world.questioned(), "answer", "applicant", answer="Hier ist das Angebot.")


def in_committee(world: World) -> Case:
    return world.do(world.reviewing(), "refer_to_committee", "caseworker", reason="Hoher Betrag")


def lapsed(world: World) -> Case:
    case = world.questioned()
    Reminder.objects.update(done_at=world.at)
    world.later(days=20)
    return world.do(case, "lapse", "caseworker", reason="Keine Antwort")


def offer_lapsed(world: World) -> Case:
    case = world.offered()
    world.later(days=20)
    return world.do(case, "lapse_offer", "caseworker")


def withdrawn(world: World) -> Case:
    return world.do(world.proposed(), "withdraw", "applicant")


def formally_refused(world: World) -> Case:
    proposed = world.do(world.checking(), "propose_formal_rejection", "caseworker", reason="Nicht förderfähig")
    return world.do(proposed, "reject", "decider", reason="Nicht förderfähig")


WAYS: dict[str, Callable[[World], Case]] = {
    "submitted": World.filed,
    "formal_check": World.checking,
    "info_requested": World.questioned,
    "formal_check again": answered,
    "technical_review": World.reviewing,
    "waitlisted": waitlisted,
    "in_committee": in_committee,
    "decision_ready": World.proposed,
    "revision_offered": World.offered,
    "decision_ready again": World.accepted,
    "approved": World.approved,
    "approved in part": lambda world: world.approved("1200"),
    "rejected": World.rejected,
    "rejected at the check": formally_refused,
    "withdrawn": withdrawn,
    "lapsed": lapsed,
    "lapsed offer": offer_lapsed,
}


def test_a_way_leads_to_every_state() -> None:
    assert {name.partition(" ")[0] for name in WAYS} == set(CaseState.values)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("way", WAYS)
def test_no_letter_before_the_notice_promises_or_refuses(way: str, language: str) -> None:
    world = World()
    User.objects.update(language=language)
    WAYS[way](world)
    found = {m.kind: read(f"{m.subject}\n{m.body}") for m in Message.objects.filter(recipient="applicant@demo.example")}
    assert found
    assert {kind: words for kind, words in found.items() if words} == {}


@pytest.mark.django_db
def test_the_reminder_promises_nothing_either(time_machine: Any) -> None:
    world = World()
    case = world.questioned()
    time_machine.move_to(world.at + timedelta(days=11))
    assert send_reminders() == 1
    message = Message.objects.get(kind="information_request_reminder", thread=case.reference)
    assert read(f"{message.subject}\n{message.body}") == []


@pytest.mark.django_db
@pytest.mark.parametrize("decision", ["approve", "reject", "approve and think again"])
def test_the_decision_itself_writes_to_nobody(decision: str) -> None:
    world = World()
    case = world.proposed()
    before = set(Message.objects.values_list("pk", flat=True)), Reminder.objects.count()
    if decision == "reject":
        world.do(case, "reject", "decider", reason="Es passt nicht zum Ziel.")
    else:
        case = world.do(case, "approve", "decider", conditions=[])
    if decision == "approve and think again":
        world.do(case, "take_back_decision", "decider", reason="Ein Fehler in der Summe")
    assert (set(Message.objects.values_list("pk", flat=True)), Reminder.objects.count()) == before


@pytest.mark.django_db
def test_the_subject_line_tells_no_more_on_dispatch_than_that_a_notice_comes() -> None:
    world = World()
    refused = world.rejected()
    Document.objects.create(
        case=refused, kind=Document.Kind.REJECTION_NOTICE, number=1, content={}, pdf=b"%PDF", sha256="b" * 64,
        subject_version=refused.version, rendered_at=world.at,
    )  # fmt: skip
    world.do(refused, "send_rejection", "caseworker", sent_on=world.at.date())
    granted = world.issued()
    subjects = {
        message.subject.replace(message.thread, "…")
        for message in Message.objects.filter(kind__in=["rejection_sent", "notice_issued"])
    }
    assert subjects == {"Bescheid zu … ist unterwegs"}
    assert labels.for_association(granted.case, granted).tone != "s"


@pytest.mark.django_db
def test_an_offer_says_possible_and_up_to_and_that_it_is_no_promise() -> None:
    world = World()
    world.offered("1200")
    body = Message.objects.get(kind="offered").body
    assert f"bis zu {euros('1200'):.0f}".replace("1200", "1.200,00\xa0€") + " möglich" in body
    assert "Beantragt sind 1.600,00\xa0€" in body
    assert "noch keine Zusage" in body
