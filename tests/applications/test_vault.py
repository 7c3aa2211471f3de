"""What an organisation keeps: taken in by its content, used in applications without a copy, reminded of before it lapses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications import completeness, vault
from applications.models import Attachment, Membership, OrganisationDocument, Scan
from applications.models.document import kept_name
from journal import reminders
from journal.models import Message, Reminder
from journal.refusals import Forbidden, Refused
from tests.factories import BERLIN, IBANS, PDF, START, World

pytestmark = pytest.mark.django_db
UNTIL = date(2026, 6, 30)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(clock: Any, db: None) -> World:
    return World()


def url(world: World, rest: str = "") -> str:
    return f"/verein/{world.organisation.key}/unterlagen/{rest}"


def pdf(name: str = "Satzung.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def sent(**fields: Any) -> dict[str, Any]:
    return {"kind": "statutes", "file": pdf(), "valid_until": ""} | fields


# The list


def test_a_file_is_kept_with_its_last_day(as_person: Callable[[str], Client], world: World) -> None:
    client = as_person("applicant")
    assert client.post(url(world), sent(valid_until="30.06.2026")).status_code == 302
    found = OrganisationDocument.objects.get()
    assert (found.kind, found.valid_until, found.name) == ("statutes", UNTIL, "Satzung.pdf")
    assert found.file.name == kept_name(found, "")
    page = as_person("reader").get(url(world)).content.decode()
    assert "gültig bis 30.06.2026" in page
    assert "Ersetzen oder entfernen" not in page


BAD = [
    ({"file": ""}, "Bitte wählen Sie zuerst eine Datei aus."),
    ({"file": pdf(content=b"")}, "Die Datei ist leer."),
    ({"file": pdf(content=b"MZ\x90\x00 a programme")}, "Diese Art von Datei nehmen wir nicht an."),
    ({"file": pdf("bild.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>")}, "nehmen wir nicht an"),
    ({"valid_until": "morgen"}, "Bitte schreiben Sie das Datum mit Punkten"),
    ({"kind": "account"}, "Bitte wählen Sie, was es ist."),
    ({"kind": ""}, "Bitte wählen Sie, was es ist."),
]


@pytest.mark.parametrize(
    ("fields", "sentence"), BAD, ids=["no file", "empty", "programme", "svg", "no date", "foreign kind", "no kind"]
)
def test_what_is_wrong_is_said_and_nothing_kept(
    as_person: Callable[[str], Client], world: World, fields: dict[str, Any], sentence: str
) -> None:
    answer = as_person("applicant").post(url(world), sent(**fields))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not OrganisationDocument.objects.exists()


def test_readers_look_and_strangers_find_nothing(as_person: Callable[[str], Client], world: World) -> None:
    found = world.keep()
    assert as_person("reader").post(url(world), sent()).status_code == 403
    for address in (url(world), url(world, f"{found.key}/"), f"/dateien/verein/{found.key}/"):
        assert as_person("stranger").get(address).status_code == 404
    with pytest.raises(Forbidden):
        vault.remove(found, actor=world.cast.actor["reader"], at=world.at)


def test_the_list_is_limited(world: World) -> None:
    for _ in range(30):
        world.keep()
    with pytest.raises(Refused, match="Mehr als 30 Unterlagen"):
        world.keep()


def test_a_newer_file_takes_the_place(as_person: Callable[[str], Client], world: World) -> None:
    old = world.keep(valid_until=UNTIL)
    answer = as_person("applicant").post(
        url(world, f"{old.key}/"), {"file": pdf("Neu.pdf", PDF + b"%neu"), "valid_until": "31.12.2027"}
    )
    assert answer.status_code == 302
    found = vault.current(world.organisation).get()
    assert (found.name, found.kind, found.valid_until) == ("Neu.pdf", "statutes", date(2027, 12, 31))
    assert not OrganisationDocument.objects.filter(pk=old.pk).exists()


def test_without_a_file_only_the_day_changes(as_person: Callable[[str], Client], world: World) -> None:
    old = world.keep(valid_until=UNTIL)
    as_person("applicant").post(url(world, f"{old.key}/"), {"valid_until": "31.12.2027"})
    assert vault.current(world.organisation).get().pk == old.pk
    assert vault.current(world.organisation).get().valid_until == date(2027, 12, 31)


# Who reads


def test_the_office_reads_it_once_the_organisation_has_a_case(as_person: Callable[[str], Client], world: World) -> None:
    address = f"/dateien/verein/{world.keep().key}/"
    assert as_person("caseworker").get(address).status_code == 404
    world.filed()
    answer = as_person("caseworker").get(address)
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    for name in ("budget_officer", "dpo", "sysadmin", "stranger"):
        assert as_person(name).get(address).status_code == 404


def test_the_proof_of_an_account_is_for_those_who_compare_it(as_person: Callable[[str], Client], world: World) -> None:
    world.filed()
    address = f"/dateien/verein/{world.new_account(IBANS[1]).proof.key}/"
    allowed = {"caseworker", "verifier", "treasury", "auditor", "applicant", "reader"}
    for name in (*allowed, "decider", "coordinator", "authoriser", "stranger"):
        assert as_person(name).get(address).status_code == (200 if name in allowed else 404), name


@pytest.mark.parametrize("scan", [Scan.PENDING, Scan.INFECTED])
def test_what_the_scanner_holds_back_nobody_opens_or_takes(
    as_person: Callable[[str], Client], world: World, scan: Scan
) -> None:
    found, application = world.keep(), world.draft()
    OrganisationDocument.objects.update(scan=scan)
    assert as_person("applicant").get(f"/dateien/verein/{found.key}/").status_code == 422
    assert vault.offered_for(application) == []
    with pytest.raises(Refused, match="Schadprogramme"):
        vault.take(found, application, actor=world.cast.actor["applicant"], at=world.at)


# In an application


def step(application: Any) -> str:
    return f"/antraege/{application.key}/schritt/unterlagen/"


def test_one_click_puts_it_into_an_application(as_person: Callable[[str], Client], world: World) -> None:
    found, application = world.keep(), world.draft()
    application.attachments.all().delete()
    client = as_person("applicant")
    assert "Übernehmen" in client.get(step(application)).content.decode()
    missing = [item.sentence for item in completeness.missing_in(application, today=START.date())]
    assert any("Satzung" in sentence for sentence in missing)
    for _ in range(2):
        assert client.post(step(application), {"take_document": str(found.key)}).status_code == 302
    taken = application.attachments.get()
    assert (taken.kind, taken.kept, taken.sha256, taken.file.name) == (
        "statutes", found, found.sha256, found.file.name,
    )  # fmt: skip
    assert completeness.missing_in(application, today=START.date()) == []
    assert "Übernehmen" not in client.get(step(application)).content.decode()
    answer = client.get(f"/dateien/{taken.key}/")
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]


def test_what_was_taken_survives_the_vault(as_person: Callable[[str], Client], world: World) -> None:
    found, application = world.keep(), world.draft()
    taken = vault.take(found, application, actor=world.cast.actor["applicant"], at=world.at)
    assert as_person("applicant").post(url(world, f"{found.key}/entfernen/")).status_code == 302
    assert not vault.current(world.organisation).exists()
    assert OrganisationDocument.objects.get().removed_at is not None
    assert Attachment.objects.get(pk=taken.pk).file.read() == PDF


def test_what_nobody_uses_is_gone_with_its_file(
    world: World, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    found = world.keep()
    storage, name = found.file.storage, str(found.file.name)
    assert storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        vault.remove(found, actor=world.cast.actor["applicant"], at=world.at)
    assert not storage.exists(name)
    assert not OrganisationDocument.objects.exists()
    with pytest.raises(Refused, match="nicht mehr da"):
        vault.remove(found, actor=world.cast.actor["applicant"], at=world.at)


def test_an_expired_one_is_flagged_everywhere(as_person: Callable[[str], Client], world: World) -> None:
    found, application = world.keep(valid_until=START.date() - timedelta(days=1)), world.draft()
    client = as_person("applicant")
    for address in (url(world), step(application)):
        assert "Abgelaufen" in client.get(address).content.decode()
    vault.take(found, application, actor=world.cast.actor["applicant"], at=world.at)
    assert "Satzung – abgelaufen" in client.get(step(application)).content.decode()
    assert "Etwas ist abgelaufen" in client.get("/verein/").content.decode()


def test_only_own_documents_and_no_proof_of_an_account(as_person: Callable[[str], Client], world: World) -> None:
    application = world.draft()
    foreign = world.new_organisation("Anderer Verein (Demo)", "")
    theirs = OrganisationDocument.objects.create(
        organisation=foreign, kind="statutes", name="x.pdf", content_type="application/pdf", size=1, sha256="x",
        file="x", uploaded_at=world.at,
    )  # fmt: skip
    proof = world.new_account(IBANS[1]).proof
    client = as_person("applicant")
    assert client.post(step(application), {"take_document": str(theirs.key)}).status_code == 404
    assert client.post(step(application), {"take_document": "erfunden"}).status_code == 404
    assert client.post(step(application), {"take_document": str(proof.key)}).status_code == 422
    assert proof not in vault.offered_for(application)


def test_a_filed_application_takes_nothing_more(as_person: Callable[[str], Client], world: World) -> None:
    found, case = world.keep(), world.filed()
    answer = as_person("applicant").post(step(case.application), {"take_document": str(found.key)})
    assert answer.status_code == 403


# Reminders


def run(day: date) -> int:
    return reminders.run(today=day, at=datetime(day.year, day.month, day.day, 9, tzinfo=BERLIN))


def test_every_member_is_reminded_thirty_days_before_and_on_the_day_once_each(world: World) -> None:
    world.keep(valid_until=UNTIL)
    for back in range(120, -3, -1):
        run(UNTIL - timedelta(days=back))
    subjects = list(Message.objects.filter(kind=vault.REMINDER).order_by("pk").values_list("subject", flat=True))
    before, on_the_day = "Eine Ihrer Unterlagen läuft bald ab", "Eine Ihrer Unterlagen gilt heute zum letzten Mal"
    assert subjects == [before, before, on_the_day, on_the_day]
    assert set(Message.objects.values_list("recipient", flat=True)) == {
        "applicant@demo.example", "reader@demo.example",
    }  # fmt: skip
    assert set(Reminder.objects.values_list("due_on", flat=True)) == {UNTIL - timedelta(days=30), UNTIL}


@pytest.mark.parametrize("what", ["removed", "replaced", "moved"])
def test_what_is_settled_is_not_reminded_of(world: World, what: str) -> None:
    actor, found = world.cast.actor["applicant"], world.keep(valid_until=UNTIL)
    world.later(days=1)
    if what == "removed":
        vault.remove(found, actor=actor, at=world.at)
    if what == "replaced":
        vault.replace(found, pdf(), valid_until=None, actor=actor, at=world.at)
    if what == "moved":
        vault.change_validity(found, date(2027, 6, 30), actor=actor, at=world.at)
    assert run(UNTIL - timedelta(days=30)) + run(UNTIL) == 0
    assert run(date(2027, 5, 31)) == (1 if what == "moved" else 0)


def test_moved_there_and_back_is_reminded_of_again(world: World) -> None:
    actor, found = world.cast.actor["applicant"], world.keep(valid_until=UNTIL)
    for until in (date(2027, 6, 30), UNTIL):
        world.later(days=1)
        vault.change_validity(found, until, actor=actor, at=world.at)
        found.refresh_from_db()
    assert run(UNTIL - timedelta(days=30)) == 1


def test_what_had_lapsed_before_it_came_reminds_nobody(world: World) -> None:
    world.keep(valid_until=START.date() - timedelta(days=1))
    assert not Reminder.objects.exists()


def test_the_list_asks_as_much_for_thirty_as_for_one(as_person: Callable[[str], Client], world: World) -> None:
    client, application, counts = as_person("applicant"), world.draft(), []
    for more in (1, 24):
        for _ in range(more):
            world.keep(valid_until=UNTIL)
        for address in (url(world), step(application)):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            counts.append(len(asked))
    assert counts[:2] == counts[2:]
    assert Membership.objects.count() == 2
