"""What a person takes along: all of their own, nothing of anybody else."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from applications import uploads
from applications.models import Attachment, Membership, Scan
from journal.models import Event
from tests.factories import IBANS, PDF, START, World
from tests.workflow.office import at_the_desk, queries_of, today_is
from workflow import talk
from workflow.models import Case

pytestmark = pytest.mark.django_db
URL = "/konto/daten/herunterladen/"


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    settings.DEMO = True
    with today_is(START):
        yield World()


@pytest.fixture
def case(world: World) -> Case:
    """An application with two revisions, files and messages of both sides, beside one of a stranger."""
    case = world.questioned(title="Unser Sprachcafé")
    world.attach(case.application, "other", "Angebot.pdf")
    world.do(case, "answer", "applicant", answer="Anbei")
    taken = [uploads.take(SimpleUploadedFile("Vertrag.pdf", PDF), at=START)]
    talk.send(case, "Frage von uns", taken, from_office=False, actor=world.cast.actor["applicant"], at=START)
    talk.send(case, "Antwort vom Amt", from_office=True, actor=world.cast.actor["caseworker"], at=START)
    foreign = world.new_organisation("Fremder Verein (Demo)", IBANS[2])
    foreign.memberships.all().delete()
    Membership.objects.create(organisation=foreign, user=world.cast.user["stranger"], is_admin=True)
    world.draft(title="Fremdes Projekt", organisation=foreign)
    return case


def archive(client: Client) -> dict[str, bytes]:
    answer: Any = client.post(URL)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    assert "no-store" in answer["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as found:
        assert found.testzip() is None
        return {name: found.read(name) for name in found.namelist()}


def whole(files: dict[str, bytes]) -> str:
    return "\n".join(content.decode(errors="replace") for content in files.values()) + "\n".join(files)


def test_who_manages_an_organisation_takes_all_of_it(world: World, case: Case) -> None:
    files = archive(at_the_desk(world, "applicant"))
    folder = f"organisationen/{world.organisation.key}"
    assert json.loads(files["konto.json"])["e_mail"] == world.cast.user["applicant"].email
    assert json.loads(files["mitgliedschaften.json"])[0]["verwaltet_die_mitglieder"] is True
    assert json.loads(files[f"{folder}/organisation.json"])["IBAN"] == IBANS[0]
    for number in (1, 2):
        revision = json.loads(files[f"{folder}/antraege/{case.reference}/fassung-{number}.json"])
        assert revision["inhalt"]["title"] == "Unser Sprachcafé"
    for name in ("Satzung.pdf", "Angebot.pdf", "Vertrag.pdf"):
        assert [content for path, content in files.items() if path.endswith(name)] == [PDF]


def test_messages_and_deeds_are_those_of_the_person(world: World, case: Case) -> None:
    files = archive(at_the_desk(world, "applicant"))
    (message,) = json.loads(files["nachrichten.json"])
    assert (message["akte"], message["text"], message["dateien"]) == (case.reference, "Frage von uns", ["Vertrag.pdf"])
    deeds = [row["was"] for row in json.loads(files["protokoll.json"])]
    assert {"filed", "information_answered", "message_received", "own_data_taken"} <= set(deeds)
    assert not {"check_started", "message_sent"} & set(deeds)


def test_nothing_of_anybody_else_is_in_it(world: World, case: Case) -> None:
    text = whole(archive(at_the_desk(world, "applicant")))
    others = [user for name, user in world.cast.user.items() if name != "applicant"]
    for word in ("Fremdes Projekt", "Fremder Verein", IBANS[2], "Antwort vom Amt", *(str(user.key) for user in others)):
        assert word not in text, word
    for user in others:
        assert user.email not in text
        assert user.name not in text


def test_a_member_who_does_not_manage_takes_no_organisation(world: World, case: Case) -> None:
    files = archive(at_the_desk(world, "reader"))
    assert set(files) == {"konto.json", "mitgliedschaften.json", "protokoll.json", "nachrichten.json"}
    assert IBANS[0] not in whole(files)


def test_somebody_of_the_office_takes_their_own_and_no_case(world: World, case: Case) -> None:
    files = archive(at_the_desk(world, "caseworker"))
    assert "Unser Sprachcafé" not in whole(files)
    assert json.loads(files["konto.json"])["aufgaben_im_amt"][0]["aufgabe"] == "Sachbearbeitung"
    assert [row["als"] for row in json.loads(files["nachrichten.json"])] == ["Amt"]


def test_what_is_held_back_is_named_and_not_handed_out(world: World, case: Case) -> None:
    Attachment.objects.filter(name="Angebot.pdf").update(scan=Scan.PENDING)
    files = archive(at_the_desk(world, "applicant"))
    assert not [path for path in files if path.endswith("Angebot.pdf")]
    assert [content for path, content in files.items() if path.endswith("-nicht-freigegeben.txt")]


def test_no_path_leads_out_of_the_archive(world: World, case: Case) -> None:
    Attachment.objects.filter(name="Angebot.pdf").update(name="../../../etc/passwd")
    for path in archive(at_the_desk(world, "applicant")):
        assert ".." not in path.split("/")
        assert not path.startswith("/")


def test_three_times_a_day_and_each_is_in_the_journal(world: World, case: Case) -> None:
    client = at_the_desk(world, "applicant")
    answers = [client.post(URL).status_code for _time in range(4)]
    assert answers == [200, 200, 200, 422]
    assert Event.objects.filter(kind="own_data_taken").count() == 3
    assert at_the_desk(world, "reader").post(URL).status_code == 200
    with today_is(START + timedelta(days=1, seconds=1)):
        assert at_the_desk(world, "applicant").post(URL).status_code == 200


def test_looking_takes_nothing(world: World, case: Case) -> None:
    client = at_the_desk(world, "applicant")
    assert client.get(URL).status_code == 405
    page = client.get("/konto/daten/").content.decode()
    assert world.organisation.name in page
    assert not Event.objects.filter(kind="own_data_taken").exists()


@pytest.mark.parametrize("url", ["/konto/daten/", "/konto/kalender/"])
def test_a_visitor_logs_in_first(world: World, url: str) -> None:
    assert Client().get(url)["Location"].startswith("/konto/anmelden")


def test_the_page_takes_few_queries(world: World, case: Case) -> None:
    assert queries_of(at_the_desk(world, "applicant"), "/konto/daten/") <= 8
