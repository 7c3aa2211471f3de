"""Messages about a case: who writes, who reads, what is told, and what happens with anything that people may send."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from applications import scanning, uploads
from applications.models import Scan
from journal.models import Event, Message
from journal.refusals import Forbidden, Refused
from tests.factories import PDF, START, World
from tests.workflow.office import at_the_desk, queries_of, today_is
from workflow import talk
from workflow.forms.talk import readable
from workflow.models import Case, CaseMessage, CaseMessageFile
from workflow.tasks import scan_message_files

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    settings.DEMO = True  # the office's second factor has tests of its own
    with today_is(START):
        yield World()


@pytest.fixture
def case(world: World) -> Case:
    return world.checking()


def ours(case: Case, end: str = "nachrichten/") -> str:
    return f"/antraege/{case.application.key}/{end}"


def theirs(case: Case, end: str = "nachrichten/") -> str:
    return f"/vorgaenge/{case.reference}/{end}"


def post(client: Client, url: str, text: str = "Hier ist das Angebot.", *files: Any) -> Any:
    return client.post(url, {"text": text, "attached": list(files)})


def pdf(name: str = "Angebot.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, "application/pdf")


# From one side to the other


def test_an_association_writes_and_the_office_reads_and_answers(world: World, case: Case) -> None:
    verein, amt = at_the_desk(world, "applicant"), at_the_desk(world, "caseworker")
    answer = post(verein, ours(case), "Hier ist das Angebot.", pdf())
    assert answer.status_code == 302
    assert answer.url == f"{ours(case, '')}#nachrichten"
    page = amt.get(theirs(case, "")).content.decode()
    for word in ("Hier ist das Angebot.", "Angebot.pdf", "1 neue Nachricht"):
        assert word in page
    assert post(amt, theirs(case), "Danke, das reicht.").url == f"{theirs(case, '')}#nachrichten"
    page = verein.get(ours(case, "")).content.decode()
    assert page.index("Hier ist das Angebot.") < page.index("Danke, das reicht.")
    assert "Caseworker, Amt" in page
    assert " · gelesen" in page


def test_what_was_seen_is_read_and_stays_read_at_the_first_moment(world: World, case: Case) -> None:
    post(at_the_desk(world, "applicant"), ours(case))
    at_the_desk(world, "applicant").get(ours(case, ""))
    assert CaseMessage.objects.get().read_at is None
    at_the_desk(world, "caseworker").get(theirs(case, ""))
    with today_is(START + timedelta(days=1)):
        at_the_desk(world, "decider").get(theirs(case, ""))
    assert CaseMessage.objects.get().read_at == START


def test_who_only_reads_leaves_a_message_new_for_those_who_answer(world: World, case: Case) -> None:
    post(at_the_desk(world, "caseworker"), theirs(case))
    post(at_the_desk(world, "applicant"), ours(case))
    assert "Hier ist" in at_the_desk(world, "reader").get(ours(case)).content.decode()
    assert "Hier ist" in at_the_desk(world, "auditor").get(theirs(case)).content.decode()
    assert list(CaseMessage.objects.values_list("read_at", flat=True)) == [None, None]


def test_new_messages_stand_in_the_lists_of_both_sides(world: World, case: Case) -> None:
    for _number in range(2):
        post(at_the_desk(world, "caseworker"), theirs(case))
        post(at_the_desk(world, "applicant"), ours(case))
    assert "2 neue Nachrichten" in at_the_desk(world, "applicant").get("/antraege/").content.decode()
    for url in ("/heute/", "/vorgaenge/"):
        assert "2 neue Nachrichten" in at_the_desk(world, "caseworker").get(url).content.decode(), url
    at_the_desk(world, "caseworker").get(theirs(case))
    for url in ("/heute/", "/vorgaenge/"):
        assert "neue Nachricht" not in at_the_desk(world, "caseworker").get(url).content.decode().lower(), url


def test_the_case_shows_the_last_messages_and_always_the_new_ones(world: World, case: Case) -> None:
    sender = world.cast.actor["applicant"]
    for number in range(8):
        talk.send(case, f"Nummer {number}.", from_office=False, actor=sender, at=START + timedelta(minutes=number))
    CaseMessage.objects.filter(text__in=["Nummer 0.", "Nummer 1."]).update(read_at=START)
    assert talk.thread_of(case, for_office=True, limit=5).hidden == 2
    assert talk.thread_of(case, for_office=False, limit=5).hidden == 3
    page = at_the_desk(world, "applicant").get(ours(case, "")).content.decode()
    assert "3 ältere Nachrichten zeigen" in page
    assert "Nummer 0." in at_the_desk(world, "applicant").get(ours(case)).content.decode()


# What is told


def test_one_letter_while_the_other_side_has_not_read_and_none_of_the_text(world: World, case: Case) -> None:
    for _number in range(3):
        post(at_the_desk(world, "caseworker"), theirs(case), "Streng vertraulich.")
    letter = Message.objects.get(kind="message_sent")
    assert "neue Nachricht" in letter.subject
    assert "vertraulich" not in letter.subject + letter.body
    assert letter.recipient == world.cast.user["applicant"].email


@pytest.mark.parametrize(("then", "letters"), [("read", 2), ("tomorrow", 2), ("same day", 1)])
def test_a_second_letter_only_after_reading_or_on_another_day(
    world: World, case: Case, then: str, letters: int
) -> None:
    post(at_the_desk(world, "applicant"), ours(case))
    if then == "read":
        at_the_desk(world, "caseworker").get(theirs(case, ""))
    with today_is(START + timedelta(days=int(then == "tomorrow"), hours=1)):
        post(at_the_desk(world, "applicant"), ours(case))
    assert Message.objects.filter(kind="message_received").count() == letters


def test_the_timeline_of_both_sides_tells_it(world: World, case: Case) -> None:
    post(at_the_desk(world, "applicant"), ours(case), "Geheim", pdf())
    event = Event.objects.get(kind="message_received")
    assert (event.thread, event.actor_role, event.facts) == (case.reference, "applicant", {"files": 1})
    assert "Nachricht an uns" in at_the_desk(world, "applicant").get(ours(case, "")).content.decode()
    assert "Nachricht vom Verein" in at_the_desk(world, "caseworker").get(theirs(case, "")).content.decode()


# Who


@pytest.mark.parametrize(
    ("name", "status"),
    [("applicant", 302), ("reader", 403), ("stranger", 404), ("caseworker", 404), ("sysadmin", 404)],
)
def test_only_who_may_write_for_the_association_writes(world: World, case: Case, name: str, status: int) -> None:
    assert post(at_the_desk(world, name), ours(case)).status_code == status
    assert CaseMessage.objects.count() == (status == 302)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        *((role, 302) for role in ("caseworker", "coordinator", "technical_reviewer", "decider", "committee_office")),
        *((role, 403) for role in ("auditor", "sysadmin", "dpo", "budget_officer", "treasury", "applicant")),
    ],
)
def test_only_who_works_on_cases_writes_for_the_office(world: World, case: Case, name: str, status: int) -> None:
    assert post(at_the_desk(world, name), theirs(case)).status_code == status
    assert CaseMessage.objects.count() == (status == 302)


def test_a_draft_has_nobody_to_write_to(world: World) -> None:
    draft = world.draft()
    assert at_the_desk(world, "applicant").get(f"/antraege/{draft.key}/nachrichten/").status_code == 404


@pytest.mark.parametrize(
    ("name", "status"),
    [("applicant", 200), ("reader", 200), ("caseworker", 200), ("auditor", 200), ("stranger", 404), ("sysadmin", 404),
     ("treasury", 404), ("dpo", 404)],
)  # fmt: skip
def test_a_file_is_for_the_two_sides_alone(world: World, case: Case, name: str, status: int) -> None:
    post(at_the_desk(world, "caseworker"), theirs(case), "Anbei", pdf())
    found = CaseMessageFile.objects.get()
    answer: Any = at_the_desk(world, name).get(f"/nachrichten/dateien/{found.key}/")
    assert answer.status_code == status
    if status == 200:
        assert b"".join(answer.streaming_content) == PDF
        assert "no-store" in answer["Cache-Control"]


def test_the_rule_holds_below_the_pages_too(world: World, case: Case) -> None:
    for name, from_office in (("reader", False), ("stranger", False), ("auditor", True), ("applicant", True)):
        with pytest.raises(Forbidden):
            talk.send(case, "Hallo", from_office=from_office, actor=world.cast.actor[name], at=START)


def test_a_flood_is_refused_and_ends_the_next_day(world: World, case: Case) -> None:
    sender = world.cast.actor["applicant"]
    assert sender.key is not None
    rows = [
        CaseMessage(case=case, from_office=False, author=sender.key, author_name="x", text="x", sent_at=START)
        for _number in range(talk.PER_DAY)
    ]
    CaseMessage.objects.bulk_create(rows)
    assert post(at_the_desk(world, "applicant"), ours(case)).status_code == 422
    with pytest.raises(Refused):
        talk.send(case, "noch eine", from_office=False, actor=sender, at=START)
    talk.send(case, "morgen", from_office=False, actor=sender, at=START + timedelta(days=1, seconds=1))


def test_nothing_changes_or_removes_a_message(world: World, case: Case) -> None:
    post(at_the_desk(world, "applicant"), ours(case))
    for method in ("put", "patch", "delete"):
        getattr(at_the_desk(world, "applicant"), method)(ours(case))
    assert CaseMessage.objects.get().text == "Hier ist das Angebot."


# Held back


def test_a_file_is_held_back_until_the_scanner_has_answered(
    world: World, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "scan", lambda _chunks: Scan.PENDING)
    post(at_the_desk(world, "applicant"), ours(case), "Anbei", pdf())
    found = CaseMessageFile.objects.get()
    url = f"/nachrichten/dateien/{found.key}/"
    page = at_the_desk(world, "caseworker").get(theirs(case)).content.decode()
    assert url not in page
    assert "wird noch auf Schadprogramme geprüft" in page
    assert at_the_desk(world, "caseworker").get(url).status_code == 422
    assert scan_message_files() == 0
    monkeypatch.setattr(scanning, "scan", lambda _chunks: Scan.CLEAN)
    assert scan_message_files() == 1
    assert at_the_desk(world, "caseworker").get(url).status_code == 200


def test_an_infected_file_is_never_kept(world: World, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "scan", lambda _chunks: Scan.INFECTED)
    answer = post(at_the_desk(world, "applicant"), ours(case), "Anbei", pdf())
    assert answer.status_code == 422
    assert "Schadprogramm" in answer.content.decode()
    assert not CaseMessage.objects.exists()


# Whatever people send


def bomb() -> bytes:
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "x")
    return found.getvalue()


BAD_FILES: dict[str, tuple[str, bytes]] = {
    "empty": ("leer.pdf", b""),
    "svg": ("bild.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
    "html": ("seite.html", b"<html><script>alert(1)</script></html>"),
    "html as pdf": ("seite.pdf", b"<html><script>alert(1)</script></html>"),
    "program": ("lies-mich.pdf", b"MZ\x90\x00" + b"\x00" * 200),
    "script": ("los.sh", b"#!/bin/sh\nrm -rf /\n"),
    "plain zip": ("alles.zip", bomb()),
    "text": ("notiz.txt", "Grüße".encode()),
    "noise": ("x.pdf", bytes(range(256)) * 4),
    "php in the name": ("x.php%00.pdf", b"<?php system($_GET['x']);"),
    "direction in the name": ("Rechnung\u202efdp.exe", b"MZ" + b"\x00" * 100),
    "long name, no content": ("a" * 200 + ".pdf", b" "),
}


@pytest.mark.parametrize("kind", sorted(BAD_FILES))
def test_a_file_that_we_do_not_take_is_named_and_nothing_is_half_written(world: World, case: Case, kind: str) -> None:
    name, content = BAD_FILES[kind]
    answer = post(at_the_desk(world, "applicant"), ours(case), "Bitte", pdf(), SimpleUploadedFile(name, content))
    assert answer.status_code == 422
    assert "Bitte</textarea>" in answer.content.decode().replace("\n", "")
    assert not CaseMessage.objects.exists()
    assert not CaseMessageFile.objects.exists()
    assert not Event.objects.filter(kind="message_received").exists()


def test_more_than_five_files_are_too_many(world: World, case: Case) -> None:
    answer = post(at_the_desk(world, "applicant"), ours(case), "Bitte", *(pdf(f"{n}.pdf") for n in range(6)))
    assert answer.status_code == 422
    assert "höchstens 5 Dateien" in answer.content.decode()
    assert post(at_the_desk(world, "applicant"), ours(case), "Bitte", *(pdf(f"{n}.pdf") for n in range(5))).url


BAD_TEXTS = {
    "nothing": "",
    "spaces": "   \n\t ",
    "only control characters": "\x01\x02\x1b\x7f",
    "only directions": "\u202e\u2066",
    "nought byte": "\x00",
    "100,000 characters": "x" * 100_000,
    "5,001 emoji": "😀" * 5001,
}


@pytest.mark.parametrize("kind", sorted(BAD_TEXTS))
def test_a_text_that_is_none_or_too_long_is_refused_beside_its_field(world: World, case: Case, kind: str) -> None:
    answer = post(at_the_desk(world, "applicant"), ours(case), BAD_TEXTS[kind], pdf())
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not CaseMessage.objects.exists()


HARMLESS = {
    "emoji": ("Danke 🎉👩‍👩‍👧", "Danke 🎉👩‍👩‍👧"),
    "arabic": ("شكرا لكم", "شكرا لكم"),
    "turned direction": ("Bitte an \u202eEUR 001\u202c zahlen", "Bitte an EUR 001 zahlen"),
    "control characters": ("Zeile\x07 eins\x1b[31m", "Zeile eins[31m"),
    "windows lines": ("eins\r\nzwei\rdrei", "eins\nzwei\ndrei"),
    "script": ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    "template": ("{{ settings.SECRET_KEY }}{% now %}", "{{ settings.SECRET_KEY }}{% now %}"),
    "sql": ("'); DROP TABLE workflow_case; --", "'); DROP TABLE workflow_case; --"),
    "percent": ("100 % von %(count)s %s", "100 % von %(count)s %s"),
    "5,000 with windows lines": ("x\r\n" * 2500, ("x\n" * 2500).strip()),
    "decomposed": ("u\u0308ber", "über"),
}


@pytest.mark.parametrize("kind", sorted(HARMLESS))
def test_any_honest_text_arrives_and_nothing_in_it_does_harm(world: World, case: Case, kind: str) -> None:
    typed, kept = HARMLESS[kind]
    assert post(at_the_desk(world, "applicant"), ours(case), typed).status_code == 302
    assert CaseMessage.objects.get().text == kept == readable(typed)
    page = at_the_desk(world, "caseworker").get(theirs(case)).content.decode()
    assert "<script>alert" not in page


def test_a_file_keeps_a_harmless_name(world: World, case: Case) -> None:
    post(at_the_desk(world, "applicant"), ours(case), "Bitte", pdf("../../a\u202e<b>\x07.exe"))
    found = CaseMessageFile.objects.get()
    assert found.name == "a b.pdf"
    assert str(found.file.name).startswith(f"messages/{case.reference}/")
    assert uploads.INLINE & {found.content_type}


# How many queries


@pytest.mark.parametrize(("name", "url"), [("applicant", ours), ("caseworker", theirs)])
@pytest.mark.parametrize("end", ["", "nachrichten/"])
def test_thirty_messages_take_as_many_queries_as_two(world: World, case: Case, name: str, url: Any, end: str) -> None:
    def write(many: int) -> None:
        for _number in range(many):
            talk.send(case, "x", [uploads.take(pdf(), at=START)], from_office=False,
                      actor=world.cast.actor["applicant"], at=START)  # fmt: skip
        CaseMessage.objects.update(read_at=START)

    write(2)
    client = at_the_desk(world, name)
    few = queries_of(client, url(case, end))
    write(28)
    assert queries_of(client, url(case, end)) == few


@pytest.mark.parametrize(
    ("name", "url"), [("applicant", "/antraege/"), ("caseworker", "/heute/"), ("caseworker", "/vorgaenge/")]
)
def test_news_in_ten_cases_take_as_many_queries_as_in_one(world: World, name: str, url: str) -> None:
    cases = [world.checking(requested="100", cost="200") for _number in range(10)]
    from_office = name == "applicant"
    sender = world.cast.actor["caseworker" if from_office else "applicant"]
    talk.send(cases[0], "x", from_office=from_office, actor=sender, at=START)
    client = at_the_desk(world, name)
    few = queries_of(client, url)
    for case in cases[1:]:
        talk.send(case, "x", from_office=from_office, actor=sender, at=START)
    assert queries_of(client, url) == few
