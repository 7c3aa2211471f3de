"""Opinions: asked for by a personal link, answered once without a log-in, reminded of, withdrawn, never too curious."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from applications.models import Organisation
from journal import outbox, reminders
from journal.models import Event, Message, Reminder
from journal.refusals import Faster, Forbidden, Refused
from tests.factories import World
from tests.services.mail import MailServer
from tests.workflow.office import at_the_desk, today_is
from tests.workflow.test_conflicts import bind
from workflow import opinions
from workflow.models import Case, Opinion

pytestmark = pytest.mark.django_db
ANSWER = {"verdict": "supports", "answer": "Das Angebot fehlt hier.", "answered_by": "Hauke Probe, Sozialamt"}


@pytest.fixture
def world(settings: Any) -> World:
    settings.DEMO = True  # nobody here has a second factor
    return World()


def asked(world: World, case: Case | None = None, who: str = "caseworker", **fields: Any) -> Opinion:
    values: dict[str, Any] = {
        "asked_of": "Gemeinde Friedeburg", "email": "sozialamt@gemeinde.example", "question": "Fehlt so ein Angebot?",
        "due_on": (world.at + timedelta(days=20)).date(), "with_amount": False,
    }  # fmt: skip
    return opinions.ask(case or world.reviewing(), **values | fields, actor=world.cast.actor[who], at=world.at)


def url(opinion: Opinion) -> str:
    return f"/stellungnahme/{opinions.secret_of(opinion)}/"


def desk_url(case: Case) -> str:
    return f"/vorgaenge/{case.reference}/stellungnahmen/"


def text_of(opinion: Opinion) -> str:
    with today_is(opinion.asked_at):
        return Client().get(url(opinion)).content.decode()


# The link


def test_only_the_hash_of_the_secret_is_kept_and_the_letter_is_filled_when_it_leaves(
    world: World, smtp_server: MailServer
) -> None:
    opinion = asked(world)
    secret = opinions.secret_of(opinion)
    kept = [*Message.objects.values_list("body", flat=True), *map(str, Event.objects.values_list("facts", flat=True))]
    assert all(secret not in text for text in kept)
    assert opinion.secret_hash != secret
    outbox.deliver(now=world.at)
    [letter] = smtp_server.to("sozialamt@gemeinde.example")
    assert re.search(rf"/stellungnahme/{secret}/", letter.get_content())
    assert "Sprachcafé" not in str(letter["Subject"])


def test_the_page_shows_the_project_and_nobody(world: World) -> None:
    opinion = asked(world)
    page = text_of(opinion)
    application = opinion.case.application
    for shown in (application.title, application.summary, "Fehlt so ein Angebot?", world.organisation.name):
        assert shown in page
    for hidden in (application.contact_name, "1.600,00", world.organisation.street, world.organisation.iban):
        assert hidden not in page
    assert "1.600,00" in text_of(asked(world, with_amount=True, email="zwei@gemeinde.example"))


def test_a_natural_person_is_not_named(world: World) -> None:
    opinion = asked(world)
    Organisation.objects.update(kind=Organisation.Kind.NATURAL_PERSON)
    page = text_of(opinion)
    assert world.organisation.name not in page
    assert "eine Privatperson" in page


def test_a_foreign_secret_finds_nothing(world: World) -> None:
    asked(world)
    assert Client().get(f"/stellungnahme/{'0' * 64}/").status_code == 404


def test_no_search_engine_and_no_next_page_learns_of_it(world: World) -> None:
    opinion = asked(world)
    with today_is(world.at):
        answer = Client().get(url(opinion))
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]


# The answer


def test_an_answer_is_given_once_told_to_the_officer_and_shown_on_the_case(world: World) -> None:
    case = world.reviewing()
    opinion = asked(world, case)
    with today_is(world.at):
        assert Client().post(url(opinion), ANSWER).status_code == 302
        assert "Danke für Ihre Stellungnahme" in Client().get(url(opinion)).content.decode()
        assert Client().post(url(opinion), ANSWER | {"verdict": "objects"}).status_code == 409
        page = at_the_desk(world, "caseworker").get(f"/vorgaenge/{case.reference}/").content.decode()
        mine = at_the_desk(world, "applicant").get(f"/antraege/{case.application.key}/").content.decode()
    opinion.refresh_from_db()
    assert (opinion.verdict, opinion.answered_by) == ("supports", "Hauke Probe, Sozialamt")
    assert "Das Angebot fehlt hier." in page
    assert "Stellungnahme eingegangen: Gemeinde Friedeburg" in page
    assert "Das Angebot fehlt hier." not in mine
    assert "Stellungnahme" not in mine
    [letter] = Message.objects.filter(kind="opinion_answered")
    assert letter.recipient == world.cast.user["caseworker"].email
    assert "Hauke Probe" not in str(Event.objects.get(kind="opinion_answered").facts)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Bitte wählen Sie eine Antwort."),
        (ANSWER | {"answered_by": ""}, "Bitte schreiben Sie Ihren Namen."),
        (ANSWER | {"verdict": "objects", "answer": " "}, "Bitte schreiben Sie Ihre Anmerkungen oder Bedenken."),
        (ANSWER | {"verdict": "remarks", "answer": ""}, "Bitte schreiben Sie Ihre Anmerkungen oder Bedenken."),
    ],
)
def test_a_wrong_answer_comes_back_and_writes_nothing(world: World, data: dict[str, str], sentence: str) -> None:
    opinion = asked(world)
    with today_is(world.at):
        answer = Client().post(url(opinion), data)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Opinion.objects.get().answered_at is None


def test_of_two_answers_at_once_one_counts(world: World) -> None:
    opinion = asked(world)
    opinions.answer(opinion, verdict="supports", text="", name="A", at=world.at)
    with pytest.raises(Faster):
        opinions.answer(opinion, verdict="objects", text="Nein", name="B", at=world.at)
    assert Opinion.objects.get().answered_by == "A"


# The end of it


def test_a_withdrawn_link_says_so_kindly(world: World) -> None:
    opinion = asked(world)
    opinions.withdraw(opinion, actor=world.cast.actor["caseworker"], at=world.at)
    with today_is(world.at):
        for answer in (Client().get(url(opinion)), Client().post(url(opinion), ANSWER)):
            assert answer.status_code == 410
            assert "wird nicht mehr gebraucht" in answer.content.decode()
    with pytest.raises(Faster):
        opinions.withdraw(opinion, actor=world.cast.actor["caseworker"], at=world.at)
    assert not Message.objects.filter(kind="opinion_asked").exists()


def test_a_late_answer_is_taken_for_two_weeks(world: World) -> None:
    opinion = asked(world)
    for days, status in ((34, 200), (35, 410)):
        with today_is(world.at + timedelta(days=days)):
            assert Client().get(url(opinion)).status_code == status


def test_a_decided_case_needs_no_opinion_and_reminds_nobody(world: World) -> None:
    case = world.reviewing()
    opinion = asked(world, case)
    proposed = world.do(case, "propose", "caseworker", amount=case.requested_amount, reason="Gut")
    assert Client().get(url(opinion)).status_code != 404
    world.do(proposed, "reject", "decider", reason="Passt nicht.")
    with today_is(world.at):
        assert Client().get(url(opinion)).status_code == 410
    assert not Reminder.objects.filter(kind="opinion_reminder", ended_at__isnull=True).exists()
    with pytest.raises(Faster):
        opinions.answer(opinion, verdict="supports", text="", name="A", at=world.at)


def test_reminders_come_before_the_deadline_with_the_link_and_not_after_the_answer(
    world: World, smtp_server: MailServer
) -> None:
    opinion = asked(world)
    later = world.later(days=15)
    assert reminders.run(today=later.date(), at=later) == 1
    outbox.deliver(now=later)
    letters = smtp_server.to("sozialamt@gemeinde.example")
    assert "noch fünf Tage" in str(letters[-1]["Subject"])
    assert opinions.secret_of(opinion) in letters[-1].get_content()
    opinions.answer(opinion, verdict="supports", text="", name="A", at=later)
    last = world.later(days=5)
    assert reminders.run(today=last.date(), at=last) == 0


# Asking


def test_who_may_ask_and_what_is_refused(world: World) -> None:
    case = world.reviewing()
    with pytest.raises(Forbidden):
        asked(world, case, who="decider")
    for day in (world.at.date(), date(2030, 1, 1)):
        with pytest.raises(Refused) as refused:
            asked(world, case, due_on=day)
        assert refused.value.field == "due_on"
    asked(world, case)
    with pytest.raises(Refused) as twice:
        asked(world, case, email="SOZIALAMT@gemeinde.example")
    assert twice.value.field == "email"
    bind(world, "technical_reviewer")
    with pytest.raises(Forbidden, match="Vorstand"):
        asked(world, case, who="technical_reviewer", email="andere@gemeinde.example")


def test_the_officer_asks_and_withdraws_on_the_page(world: World) -> None:
    case = world.reviewing()
    client = at_the_desk(world, "caseworker")
    data = {
        "asked_of": "Gemeinde Friedeburg", "email": "sozialamt@gemeinde.example", "question": "Fehlt so ein Angebot?",
        "due_on": "20.03.2026", "with_amount": "on",
    }  # fmt: skip
    with today_is(world.at):
        wrong = client.post(desk_url(case), data | {"email": "keine", "due_on": "01.01.2020"})
        assert wrong.status_code == 422
        assert not Opinion.objects.exists()
        assert client.post(desk_url(case), data).status_code == 302
        opinion = Opinion.objects.get()
        page = client.get(desk_url(case)).content.decode()
        assert "Gemeinde Friedeburg" in page
        assert opinions.secret_of(opinion) not in page
        other = world.reviewing()
        assert client.post(f"{desk_url(other)}{opinion.key}/zurueckziehen/").status_code == 404
        assert client.post(f"{desk_url(case)}{opinion.key}/zurueckziehen/").status_code == 302
        assert client.post(f"{desk_url(case)}{opinion.key}/zurueckziehen/").status_code == 409


def test_the_database_keeps_an_answer_whole(world: World) -> None:
    opinion = asked(world)
    with pytest.raises(IntegrityError, match="opinion_answer_is_whole"), transaction.atomic():
        Opinion.objects.filter(pk=opinion.pk).update(answered_at=world.at)
