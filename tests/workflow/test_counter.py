"""The counter: an application is handed in once, its story is read, its money is asked for, by the right people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from applications.models import Application
from funding.models import Disbursement
from journal.models import Event, Message
from tests.factories import START, World
from workflow.models import Award, Case, Document
from workflow.receipts import receipt_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(clock: Any) -> World:
    return World()


@pytest.fixture
def active(world: World, clock: Any) -> Award:
    """An award that may be paid, on the day from which it may."""
    award = world.active()
    clock.move_to(world.at)
    return award


@pytest.fixture
def as_person(world: World, settings: Settings) -> Callable[[str], Client]:
    settings.DEMO = True

    def log_in(name: str) -> Client:
        client = Client()
        client.force_login(world.cast.user[name])
        return client

    return log_in


def url(application: Application, end: str = "") -> str:
    return f"/antraege/{application.key}/{end}"


# Public


def test_the_start_page_tells_a_visitor_what_is_open(client, world):
    world.round  # noqa: B018 - opened now
    page = client.get("/").content.decode()
    for text in ("Integrationsprojekte", "So, 27.12.2026", "bis zu 5.000,00\xa0€", "Wiebke Muster"):
        assert text in page


def test_who_is_logged_in_is_led_to_their_own_work(as_person):
    assert as_person("applicant").get("/", follow=True).redirect_chain[-1][0] == "/antraege/"


def test_a_programme_is_read_before_anybody_logs_in(client, world):
    world.round, world.measure  # noqa: B018 - opened now
    page = client.get("/programme/integrationsprojekte/").content.decode()
    for text in ("80\xa0%", "Satzung", "Begegnung in den Gemeinden", "09:59:59\xa0Uhr", "Anmelden und Antrag beginnen"):
        assert text in page


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_programme_that_is_not_open_offers_no_application(client, world, when):
    moment = world.round.opens_at - timedelta(seconds=1) if when == "before" else world.round.closes_at
    with time_machine.travel(moment, tick=False):
        page = client.get("/programme/integrationsprojekte/").content.decode()
    assert "/antrag/" not in page


def test_a_programme_that_is_not_public_is_not_found(client, world):
    type(world.programme).objects.update(is_published=False)
    assert client.get("/programme/integrationsprojekte/").status_code == 404
    assert "Integrationsprojekte" not in client.get("/").content.decode()


# Filing


def test_the_summary_names_what_is_missing_and_leads_there(as_person, world):
    draft = world.draft(title="", ends_on=None, declarations=["truth"])
    page = as_person("applicant").get(url(draft, "einreichen/")).content.decode()
    assert f"/antraege/{draft.key}/schritt/vorhaben/#id_title" in page
    assert f"/antraege/{draft.key}/schritt/zeitraum/#id_ends_on" in page
    assert f"/antraege/{draft.key}/schritt/erklaerungen/#id_declarations_0" in page
    assert "Antrag einreichen</span>" not in page


def test_an_incomplete_application_is_refused(as_person, world):
    draft = world.draft(title="")
    answer = as_person("applicant").post(url(draft, "einreichen/"))
    assert answer.status_code == 422
    assert "Es fehlt der Name des Projekts." in answer.content.decode()
    assert not Case.objects.exists()


def test_filing_gives_a_reference_once_however_often_one_presses(as_person, world):
    draft, client = world.draft(), as_person("applicant")
    first, second = client.post(url(draft, "einreichen/")), client.post(url(draft, "einreichen/"))
    assert first.url == second.url == url(draft)
    case = Case.objects.get()
    assert Event.objects.filter(kind="filed").count() == 1
    assert Message.objects.filter(kind="filed").count() == 1
    assert f"Das Aktenzeichen ist {case.reference}." in client.get(url(draft)).content.decode()


def test_after_the_round_the_draft_stays_a_draft(as_person, world):
    draft = world.draft(starts_on=(START + timedelta(days=400)).date(), ends_on=(START + timedelta(days=500)).date())
    with time_machine.travel(world.round.closes_at, tick=False):
        answer = as_person("applicant").post(url(draft, "einreichen/"))
    assert answer.status_code == 422
    assert "Ihr Entwurf bleibt gespeichert" in answer.content.decode()


def test_only_who_may_file_files(as_person, world):
    draft = world.draft()
    assert "Antrag einreichen</span>" not in as_person("reader").get(url(draft, "einreichen/")).content.decode()
    assert as_person("reader").post(url(draft, "einreichen/")).status_code == 403
    assert not Case.objects.exists()


PAGES = ["", "einreichen/", "eingangsbestaetigung/", "bescheid/", "auszahlung/"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", ["stranger", "caseworker", "sysadmin"])
def test_what_belongs_to_others_does_not_exist(as_person, world, page, name):
    application = world.active().case.application
    assert as_person(name).get(url(application, page)).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_visitor_logs_in_first(client, world, page):
    assert client.get(url(world.filed().application, page)).url.startswith("/konto/")


def test_the_office_has_no_own_applications(as_person):
    assert as_person("caseworker").get("/antraege/").status_code == 403


# The receipt


def test_the_receipt_is_made_once_from_what_was_handed_in(world):
    case = world.filed(title="Tür an Tür")
    Application.objects.update(title="Später umbenannt")
    first, second = receipt_for(case, world.at), receipt_for(case, world.at + timedelta(days=1))
    assert first.pk == second.pk
    assert bytes(first.pdf).startswith(b"%PDF-")
    assert first.content["title"] == "Tür an Tür"
    assert first.content["revision_sha256"] == case.application.revisions.get().sha256


def test_the_receipt_is_there_at_once(as_person, world):
    case = world.filed()
    answer = as_person("reader").get(url(case.application, "eingangsbestaetigung/"))
    assert answer["Content-Type"] == "application/pdf"
    assert case.reference in answer["Content-Disposition"]


# The notice


def test_the_notice_is_read_only_once_it_is_sent_and_collected(as_person, world):
    client = as_person("applicant")
    approved = world.approved()
    world.notice(approved.award)
    assert client.get(url(approved.application, "bescheid/")).status_code == 404
    letter, portal = world.issued("letter"), world.issued("portal")
    assert client.get(url(letter.case.application, "bescheid/")).status_code == 200
    assert client.get(url(portal.case.application, "bescheid/")).status_code == 404
    world.do(portal, "retrieve", "applicant")
    assert client.get(url(portal.case.application, "bescheid/")).status_code == 200


def test_an_older_notice_that_was_never_sent_is_not_shown(as_person, world):
    award = world.issued()
    Document.objects.filter(case=award.case).update(pdf=b"%PDF-sent")
    later = world.notice(award)
    Document.objects.filter(pk=later.pk).update(pdf=b"%PDF-draft")
    assert as_person("applicant").get(url(award.case.application, "bescheid/")).content == b"%PDF-sent"


# My applications


def test_the_first_page_of_somebody_new(as_person):
    page = as_person("stranger").get("/antraege/").content.decode()
    assert "Noch keine Anträge. Sie können jetzt einen beginnen." in page


STEPS: list[tuple[str, dict[str, Any], str]] = [
    ("draft", {}, "Antrag fertig schreiben"),
    ("questioned", {}, "Wir haben eine Rückfrage"),
    ("offered", {}, "Wir machen Ihnen ein Angebot"),
    ("issued", {"channel": "portal"}, "Bescheid abholen"),
    ("filed", {}, "Gerade ist nichts offen"),
    ("rejected", {}, "Gerade ist nichts offen"),
    ("approved", {}, "Gerade ist nichts offen"),
]


@pytest.mark.parametrize(("way", "data", "title"), STEPS)
def test_the_panel_says_what_is_next(as_person, world, way, data, title):
    getattr(world, way)(**data)
    page = as_person("applicant").get("/antraege/").content.decode()
    assert f"Als Nächstes: {title}" in page


def test_a_question_is_more_urgent_than_a_draft(as_person, world):
    world.questioned()
    world.draft()
    assert "Als Nächstes: Wir haben eine Rückfrage" in as_person("applicant").get("/antraege/").content.decode()


def test_thirty_projects_need_no_more_queries_than_one(as_person, world):
    client = as_person("applicant")

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/antraege/").status_code == 200
        return len(queries)

    world.questioned(requested="100", cost="125")
    one = count()
    for _number in range(14):
        world.issued(requested="100", cost="125")
        world.questioned(requested="100", cost="125")
    assert count() == one


# Money


def test_money_is_asked_for_once_the_award_is_active(as_person, active):
    client = as_person("applicant")
    answer = client.post(url(active.case.application, "auszahlung/"), {"amount": "1.000,00", "need": "Honorar"})
    assert answer.status_code == 302
    assert Disbursement.objects.get().amount == 1000
    page = client.get(url(active.case.application)).content.decode()
    assert "Auszahlung angefordert" in page


BAD = [
    ({"amount": "1.600,01", "need": "Honorar"}, "Der Betrag ist höher als der Rest"),
    ({"amount": "0", "need": "Honorar"}, "mindestens"),
    ({"amount": "12,345", "need": "Honorar"}, "zum Beispiel 1.234,56"),
    ({"amount": "", "need": "Honorar"}, "wie viel Geld"),
    ({"amount": "100", "need": ""}, "wofür Sie das Geld brauchen"),
]


@pytest.mark.parametrize(("data", "sentence"), BAD)
def test_a_request_that_cannot_be_is_said_and_kept(as_person, active, data, sentence):
    answer = as_person("applicant").post(url(active.case.application, "auszahlung/"), data)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Disbursement.objects.exists()


def test_money_is_not_asked_for_before_or_without_the_right(as_person, world, active):
    early = world.notified(
        starts_on=(world.at + timedelta(days=90)).date(), ends_on=(world.at + timedelta(days=99)).date()
    )
    data = {"amount": "100", "need": "Honorar"}
    assert as_person("applicant").post(url(early.case.application, "auszahlung/"), data).status_code == 422
    assert as_person("reader").post(url(active.case.application, "auszahlung/"), data).status_code == 403
    assert not Disbursement.objects.exists()


def test_the_buttons_are_those_of_the_machine(as_person, world):
    case = world.questioned()
    page = as_person("applicant").get(url(case.application)).content.decode()
    assert f"/vorgaenge/{case.pk}/schritt/answer/" in page
    assert f"/vorgaenge/{case.pk}/schritt/withdraw/" in page
    assert "/schritt/lapse/" not in page
    assert "/schritt/" not in as_person("reader").get(url(case.application)).content.decode()
