"""An application on paper: entered by the office as of the day it came, filed complete or not, answered by letter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from applications import uploads
from applications.models import Application, Organisation, SourceLine
from funding.models import Round
from journal.models import Event, Message
from journal.refusals import Faster, Forbidden, Refused
from tests.factories import BERLIN, IBANS, PDF, World, euros
from tests.workflow.office import at_the_desk, queries_of, today_is
from workflow import intake, letter_document, paper_letters, talk
from workflow.models import Case, PaperIntake, PaperLetter

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    settings.DEMO = True  # nobody here has a second factor
    world = World()
    with today_is(world.at):
        yield world


@pytest.fixture
def desk(world: World) -> Client:
    return at_the_desk(world, "caseworker")


def by_post(world: World, name: str = "Nachbarn am Deich (Demo)") -> Organisation:
    made = Organisation(
        kind="other_body", name=name, representative="Tomke Beispiel", street="Deichweg 2", postcode="26446",
        town="Friedeburg", iban=IBANS[1], account_holder=name,
    )  # fmt: skip
    return intake.enter_organisation(made, actor=world.cast.actor["caseworker"], at=world.at)


def begun(
    world: World, *, received_at: datetime | None = None, organisation: Organisation | None = None
) -> Application:
    world.round  # noqa: B018 - made now
    return intake.begin(
        world.programme, organisation or by_post(world),
        uploads.take(SimpleUploadedFile("Antrag.pdf", PDF, "application/pdf"), at=world.at),
        received_at=received_at or world.at - timedelta(days=3), channel="post", consent_by="Tomke Beispiel",
        actor=world.cast.actor["caseworker"], at=world.at,
    )  # fmt: skip


def titled(application: Application, title: str = "Nähstube") -> Application:
    Application.objects.filter(pk=application.pk).update(title=title)
    application.refresh_from_db()
    return application


def filed(world: World, **fields: Any) -> Case:
    return intake.file(titled(begun(world, **fields)), actor=world.cast.actor["caseworker"], at=world.at)


# When it came


def test_the_day_it_came_counts_not_the_day_it_was_entered(world: World) -> None:
    came = world.at - timedelta(days=3)
    case = filed(world, received_at=came)
    assert (case.received_at, case.state_since, case.is_paper, case.is_late) == (came, world.at, True, False)
    event = Event.objects.get(kind="filed_on_paper")
    assert (event.actor_role, event.actor_key) == ("caseworker", world.cast.actor["caseworker"].key)
    assert event.facts["received_on"] == "2026-02-27"


CLOSE = datetime(2026, 2, 20, 0, 0, tzinfo=BERLIN)
LATE = [
    (CLOSE - timedelta(seconds=1), False),
    (CLOSE, True),
    (CLOSE + timedelta(days=5), True),
]


@pytest.mark.parametrize(("came", "is_late"), LATE)
def test_the_second_of_receipt_decides_whether_it_was_in_time(world: World, came: datetime, is_late: bool) -> None:
    Round.objects.filter(pk=world.round.pk).update(closes_at=CLOSE)
    assert filed(world, received_at=came).is_late is is_late


def test_the_round_is_the_one_that_was_open_when_it_came(world: World) -> None:
    Round.objects.filter(pk=world.round.pk).update(closes_at=CLOSE)
    second = Round.objects.create(
        programme=world.programme,
        title="Runde 2",
        fiscal_year=2026,
        opens_at=CLOSE,
        closes_at=CLOSE + timedelta(days=90),
    )
    assert begun(world, received_at=CLOSE - timedelta(hours=1)).round_id == world.round.pk
    other = by_post(world, "Andere (Demo)")
    assert begun(world, received_at=CLOSE + timedelta(hours=1), organisation=other).round_id == second.pk


def test_nothing_comes_tomorrow_and_nothing_before_the_first_round(world: World) -> None:
    with pytest.raises(Refused, match="liegt in der Zukunft"):
        begun(world, received_at=world.at + timedelta(minutes=1))
    with pytest.raises(Refused, match="noch keine Runde"):
        begun(world, received_at=world.round.opens_at - timedelta(seconds=1))
    assert not PaperIntake.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE workflow_paperintake SET consent_by = ''",
        "UPDATE workflow_paperintake SET received_at = '2030-01-01 00:00:00+00:00'",
    ],
)
def test_the_constraints_hold_without_python(world: World, statement: str) -> None:
    begun(world)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# Filing


def test_what_is_missing_becomes_a_point_of_the_checklist(world: World) -> None:
    case = world.do(filed(world), "start_check", "caseworker")
    point = case.checklist.get(code="paper")
    assert str(point) == "Angaben auf dem Papier vollständig"
    assert "Finanzplan" in point.hint or "Ausgaben" in point.hint or point.hint
    assert not world.checking().checklist.filter(code="paper").exists()


def test_filing_twice_is_filing_once_and_needs_a_name_and_an_officer(world: World) -> None:
    application, officer = begun(world), world.cast.actor["caseworker"]
    with pytest.raises(Refused, match="Name des Projekts"):
        intake.file(application, actor=officer, at=world.at)
    titled(application)
    with pytest.raises(Forbidden):
        intake.file(application, actor=world.cast.actor["decider"], at=world.at)
    first = intake.file(application, actor=officer, at=world.at)
    assert intake.file(application, actor=officer, at=world.at).pk == first.pk
    assert Case.objects.count() == 1


def test_nobody_collects_a_notice_in_a_portal_that_they_do_not_have(world: World) -> None:
    application = titled(begun(world))
    Application.objects.filter(pk=application.pk).update(wants_portal=True)
    case = intake.file(application, actor=world.cast.actor["caseworker"], at=world.at)
    assert Application.objects.get(pk=case.application_id).wants_portal is False


# Who sees the draft


def test_members_see_it_once_it_is_filed_and_no_officer_sees_their_drafts(world: World) -> None:
    own, mine = world.draft(), begun(world, organisation=world.organisation)
    titled(mine)
    member, desk = at_the_desk(world, "applicant"), at_the_desk(world, "caseworker")
    step = reverse("applications:step", args=[mine.key, "vorhaben"])
    assert member.get(step).status_code == 404
    assert desk.get(step).status_code == 200
    assert desk.get(reverse("applications:step", args=[own.key, "vorhaben"])).status_code == 404
    assert at_the_desk(world, "decider").get(step).status_code == 404
    intake.file(mine, actor=world.cast.actor["caseworker"], at=world.at)
    assert member.get(reverse("workflow:my_case", args=[mine.key])).status_code == 200


def test_a_draft_of_the_members_stays_theirs(world: World) -> None:
    own = world.draft()
    assert begun(world, organisation=world.organisation).pk != own.pk


# Letters instead of mail


def test_the_news_becomes_a_letter_and_no_mail_goes_to_nobody(world: World) -> None:
    case = filed(world)
    assert not Message.objects.filter(thread=case.reference, kind="filed").exists()
    letter = PaperLetter.objects.get(case=case)
    assert letter.subject == f"Ihr Antrag {case.reference} ist eingegangen"
    assert "Guten Tag Tomke Beispiel" in letter.body
    assert "http" not in letter.body
    assert "Freitag, 27.02.2026" in letter.body


def test_whose_organisation_has_members_is_mailed_to(world: World) -> None:
    case = filed(world, organisation=world.organisation)
    assert Message.objects.filter(thread=case.reference, kind="filed").exists()
    assert not PaperLetter.objects.exists()


def test_the_question_goes_by_letter_with_the_words_of_the_officer(world: World, desk: Client) -> None:
    case = world.do(filed(world), "start_check", "caseworker")
    url = reverse("workflow:case_step", args=[case.pk, "request_information"])
    data = {"version": case.version, "items": "Der Finanzplan", "sections": ["finanzplan"], "due_on": "16.03.2026"}
    looked = desk.post(url, {**data, "text": "Uns fehlt nur der Finanzplan.", "preview": "1"})
    desk.post(url, {**data, "text": "Uns fehlt nur der Finanzplan."})
    letter = PaperLetter.objects.get(kind="information_requested")
    assert (letter.subject, letter.body) == (looked.context["letter"].subject, looked.context["letter"].body)
    assert "Uns fehlt nur der Finanzplan." in letter.body
    assert "mit der Post" in letter.body
    assert "http" not in letter.body


def test_a_message_stands_in_the_letter_itself(world: World) -> None:
    case = filed(world)
    for text in ("Bitte rufen Sie an.", "Es eilt nicht."):
        talk.send(case, text, from_office=True, actor=world.cast.actor["caseworker"], at=world.later(minutes=5))
    bodies = PaperLetter.objects.filter(kind="message_sent").order_by("pk").values_list("body", flat=True)
    assert ["Bitte rufen Sie an." in bodies[0], "Es eilt nicht." in bodies[1]] == [True, True]


def test_the_letter_is_a_page_to_print_with_the_address(world: World, desk: Client) -> None:
    letter = PaperLetter.objects.select_related("case__application__organisation", "case__programme").get(
        case=filed(world)
    )
    pdf = letter_document.pdf_of(letter)
    assert pdf.startswith(b"%PDF-")
    assert pdf == letter_document.pdf_of(letter)
    answer = desk.get(reverse("workflow:letter_pdf", args=[letter.key]))
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]


def test_only_the_middle_of_a_mail_is_printed() -> None:
    body = "Guten Tag Mina Muster,\n\nzu Ihrem Antrag:\n\n– Satzung\n\nFreundliche Grüße\nWiebke Muster\n"
    assert letter_document.middle_of(body) == "zu Ihrem Antrag:\n\n– Satzung"


def test_the_list_takes_the_day_of_posting_once(world: World, desk: Client) -> None:
    letter = PaperLetter.objects.get(case=filed(world))
    page, url = reverse("workflow:letters"), reverse("workflow:letter_posted", args=[letter.key])
    assert letter.subject in desk.get(page).content.decode()
    name = f"brief-{letter.pk}-sent_on"
    for wrong, sentence in (("03.03.2026", "liegt in der Zukunft"), ("01.03.2026", "gab es den Brief noch nicht")):
        answer = desk.post(url, {name: wrong})
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert desk.post(url, {name: "02.03.2026"}).status_code == 302
    assert PaperLetter.objects.get().sent_by == world.cast.actor["caseworker"].key
    assert Event.objects.get(kind="letter_posted").thread == letter.case.reference
    assert desk.post(url, {name: "02.03.2026"}).status_code == 409
    with pytest.raises(Faster):
        paper_letters.post(
            letter, sent_on=world.at.date(), today=world.at.date(), actor=world.cast.actor["caseworker"], at=world.at
        )


def test_as_many_queries_for_thirty_letters_as_for_one(world: World, desk: Client) -> None:
    case = filed(world)
    queries_of(desk, reverse("workflow:letters"))
    before = queries_of(desk, reverse("workflow:letters"))
    for number in range(30):
        PaperLetter.objects.create(
            occasion=f"x{number}", case=case, kind="filed", subject="Brief", body="x", written_at=world.at
        )
    assert queries_of(desk, reverse("workflow:letters")) == before


# Answers by letter


def scan() -> SimpleUploadedFile:
    return SimpleUploadedFile("Brief.pdf", PDF, "application/pdf")


def test_an_answer_that_came_by_letter_goes_on_with_the_amount_it_tells(world: World, desk: Client) -> None:
    case = world.do(filed(world), "start_check", "caseworker")
    asked = {"items": "Finanzplan", "sections": ["finanzplan"], "due_on": (world.at + timedelta(days=14)).date()}
    case = world.do(case, "request_information", "caseworker", **asked)
    step = reverse("applications:step", args=[case.application.key, "finanzplan"])
    assert desk.get(step).status_code == 200
    assert desk.get(reverse("applications:step", args=[case.application.key, "vorhaben"])).status_code == 302
    SourceLine.objects.filter(application=case.application, kind="county_grant").update(amount=euros("1200"))
    url = reverse("workflow:case_step", args=[case.pk, "enter_answer"])
    assert desk.post(url, {"version": case.version, "answer": "Plan liegt bei"}).status_code == 422
    assert desk.post(url, {"version": case.version, "answer": "Plan liegt bei", "scan": scan()}).status_code == 302
    case = Case.objects.get(pk=case.pk)
    assert (case.state, case.requested_amount) == ("formal_check", euros("1200"))
    assert case.application.attachments.filter(name="Brief.pdf").exists()
    assert case.application.is_editable is False


def test_an_answer_of_the_portal_is_not_entered_by_the_office(world: World) -> None:
    with pytest.raises(Refused, match="kam über das Portal"):
        world.do(world.questioned(), "enter_answer", "caseworker", answer="x", scan=scan())


def test_an_offer_is_accepted_by_letter_with_the_plan_that_came_with_it(world: World) -> None:
    case = world.offered("1200")
    Case.objects.filter(pk=case.pk).update(is_paper=True)
    world.plan(case.application, requested="1200", cost="2000")
    case = world.do(case, "enter_acceptance", "caseworker", scan=scan(), amount=euros("1200"))
    assert (case.state, case.proposed_amount, case.offer_accepted_at) == ("decision_ready", euros("1200"), world.at)


# The pages


def sent(**change: Any) -> dict[str, Any]:
    return {
        "channel": "post", "received_on": "27.02.2026", "received_time": "9:30", "consent_by": "Tomke Beispiel",
        "scan": scan(),
    } | change  # fmt: skip


def test_the_whole_way_from_the_search_to_the_case(world: World, desk: Client) -> None:
    world.round  # noqa: B018 - made now
    search = desk.get(reverse("workflow:paper_applications"), {"text": "Nachbarn"}).content.decode()
    assert "Keine Treffer." in search
    made = desk.post(
        reverse("workflow:paper_organisation"),
        {
            "kind": "other_body",
            "name": "Nachbarn am Deich (Demo)",
            "street": "Deichweg 2",
            "postcode": "26446",
            "town": "Friedeburg",
        },
    )
    organisation = Organisation.objects.get(name="Nachbarn am Deich (Demo)")
    assert made["Location"] == reverse("workflow:intake_new", args=[organisation.key])
    assert "Nachbarn am Deich" in desk.get(reverse("workflow:paper_applications"), {"text": "26446"}).content.decode()
    answer = desk.post(made["Location"], sent(programme=world.programme.pk))
    application = Application.objects.get(is_paper=True)
    step = reverse("applications:step", args=[application.key, "vorhaben"])
    assert answer["Location"] == step
    shown = desk.get(step).content.decode()
    assert "auf Papier geschickt" in shown
    desk.post(step, {"title": "Nähstube", "version": "0", "anyway": "1", "base": ""})
    summary = desk.get(reverse("workflow:paper_application", args=[application.key])).content.decode()
    assert "Das ist noch offen" in summary
    done = desk.post(reverse("workflow:paper_application", args=[application.key]))
    case = Case.objects.get(application=application)
    assert done["Location"] == reverse("workflow:case", args=[case.reference])
    page = desk.get(done["Location"]).content.decode()
    assert "Nachrichten gehen als Brief hinaus" in page
    assert "Antrag auf Papier eingetragen" in page
    again = desk.get(reverse("workflow:paper_application", args=[application.key]))
    assert again["Location"] == done["Location"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"consent_by": ""}, "Ohne diese Unterschrift dürfen wir den Antrag nicht speichern."),
        ({"received_on": "03.03.2026"}, "liegt in der Zukunft"),
        ({"received_time": "halb zehn"}, "Bitte schreiben Sie die Uhrzeit so"),
        ({"programme": ""}, "Bitte wählen Sie das Programm."),
        ({"received_on": "01.01.2020"}, "noch keine Runde dieses Programms offen"),
        ({"channel": "fax"}, "channel"),
        ({"scan": SimpleUploadedFile("Seite.png", PNG, "image/png")}, "als PDF"),
        ({"scan": ""}, "Bitte laden Sie den Scan hoch."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    world: World, desk: Client, change: dict[str, Any], sentence: str
) -> None:
    organisation = by_post(world)
    world.round  # noqa: B018 - made now
    url = reverse("workflow:intake_new", args=[organisation.key])
    answer = desk.post(url, sent(**({"programme": world.programme.pk} | change)))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Application.objects.exists()


def test_an_address_is_needed_and_members_keep_their_own_data(world: World, desk: Client) -> None:
    wrong = desk.post(reverse("workflow:paper_organisation"), {"kind": "other_body", "name": "X"})
    assert wrong.status_code == 422
    assert "Ohne Anschrift kommt kein Brief an." in wrong.content.decode()
    own = reverse("workflow:paper_organisation_edit", args=[world.organisation.key])
    assert desk.get(own).status_code == 404
    assert desk.get(reverse("workflow:paper_organisation_edit", args=[by_post(world).key])).status_code == 200


def test_a_draft_is_thrown_away_with_its_note(world: World, desk: Client) -> None:
    application = begun(world)
    answer = desk.post(reverse("applications:discard", args=[application.key]))
    assert answer["Location"] == reverse("workflow:paper_applications")
    assert not PaperIntake.objects.exists()


def test_the_case_page_of_a_portal_case_costs_no_query_more(world: World, desk: Client) -> None:
    case = world.checking()
    url = reverse("workflow:case", args=[case.reference])
    queries_of(desk, url)
    assert queries_of(desk, url) <= 20
