"""The virus scanner: a real clamd, and what happens while it is silent."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from applications import scanning
from applications.models import Attachment, Scan
from applications.tasks import scan_files
from config import environment
from tests.applications.test_documents import send, url
from tests.factories import PDF
from tests.services import scanner

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def clamd(tmp_path_factory):
    # A socket's path is short by law of the system; pytest's own folders can be too deep.
    with scanner.running(Path(tmp_path_factory.mktemp("av"))) as socket:
        yield socket


def infected() -> bytes:
    """A letter from Word with something in its pocket."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("_rels/.rels", "<Relationships/>")
        made.writestr("word/document.xml", "<x/>" * 10)
        made.writestr("word/embeddings/a.txt", scanner.EICAR)
    return held.getvalue()


@pytest.mark.clamd
def test_scanner_finds_what_it_knows_and_lets_the_rest_pass(clamd, settings):
    settings.CLAMD = clamd
    assert scanning.scan([PDF]) is Scan.CLEAN
    assert scanning.scan([scanner.EICAR[:20], scanner.EICAR[20:]]) is Scan.INFECTED
    assert scanning.scan([infected()]) is Scan.INFECTED


@pytest.mark.clamd
def test_an_infected_file_is_refused_and_nothing_is_kept(clamd, settings, as_person, world):
    settings.CLAMD = clamd
    draft = world.draft()
    before = draft.attachments.count()
    answer = send(as_person("applicant"), world, draft, "brief.docx", infected())
    assert answer.status_code == 422
    assert "Schadprogramm" in answer.content.decode()
    assert draft.attachments.count() == before


@pytest.mark.clamd
def test_a_file_is_held_back_while_the_scanner_is_silent_and_opens_once_it_has_answered(
    clamd, settings, as_person, world, tmp_path
):
    client, draft = as_person("applicant"), world.draft()
    settings.CLAMD = str(tmp_path / "nobody.ctl")
    assert send(client, world, draft, "satzung.pdf", PDF).status_code == 302
    kept = draft.attachments.get(kind="board")
    assert kept.scan == Scan.PENDING
    page = client.get(url(world, draft)).content.decode()
    assert "Wird geprüft" in page
    assert f"/dateien/{kept.key}/" not in page
    assert client.get(f"/dateien/{kept.key}/").status_code == 422
    assert scan_files() == 0
    settings.CLAMD = clamd
    assert scan_files() == 1
    assert client.get(f"/dateien/{kept.key}/").status_code == 200


@pytest.mark.clamd
def test_what_turns_out_to_be_infected_loses_its_bytes_and_says_so(
    clamd, settings, as_person, world, django_capture_on_commit_callbacks
):
    client, draft = as_person("applicant"), world.draft()
    send(client, world, draft, "brief.pdf", PDF)
    kept = draft.attachments.get(kind="board")
    kept.file.save("x", ContentFile(PDF + scanner.EICAR), save=False)
    Attachment.objects.filter(pk=kept.pk).update(file=kept.file.name, scan=Scan.PENDING)
    settings.CLAMD = clamd
    with django_capture_on_commit_callbacks(execute=True):
        assert scan_files() == 1
    assert Attachment.objects.get(pk=kept.pk).scan == Scan.INFECTED
    assert not kept.file.storage.exists(kept.file.name)
    assert client.get(f"/dateien/{kept.key}/").status_code == 422
    assert "Schadprogramm" in client.get(url(world, draft)).content.decode()


def test_without_a_scanner_nothing_is_held_back(as_person, world):
    draft = world.draft()
    send(as_person("applicant"), world, draft, "satzung.pdf", PDF)
    assert draft.attachments.get(kind="board").scan == Scan.NONE


@pytest.mark.parametrize(
    ("said", "means"),
    [("", ""), ("unix:///run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"), ("tcp://scan:3311", ("scan", 3311)),
     ("tcp://scan", ("scan", 3310))],
    ids=["none", "socket", "host", "port"],
)  # fmt: skip
def test_address_of_the_scanner(monkeypatch, said, means):
    monkeypatch.setenv("CLAMD_URL", said)
    assert environment.scanner("CLAMD_URL") == means
