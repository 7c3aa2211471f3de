"""Files: known by their content, shown to those who may read them, never run."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from applications import uploads
from applications.models import Attachment
from journal import values
from tests.factories import PDF

pytestmark = pytest.mark.django_db


def office(kind: str) -> bytes:
    """The smallest file that Word or LibreOffice would write."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        if kind == "odt":
            made.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        else:
            made.writestr("[Content_Types].xml", "<Types/>")
            made.writestr("_rels/.rels", "<Relationships/>")
            folder = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}[kind]
            made.writestr(folder, "<x/>" * 10)
    return held.getvalue()


def archive(names: dict[str, bytes], *, flag: int = 0) -> bytes:
    """A letter from Word with more inside; `flag` is set in the central directory afterwards."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("_rels/.rels", "<Relationships/>")
        made.writestr("word/document.xml", "<x/>" * 10)
        for name, content in names.items():
            made.writestr(name, content)
    found = bytearray(held.getvalue())
    if flag:
        found[found.rindex(b"PK\x01\x02") + 8] |= flag
    return bytes(found)


PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00" * 40
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 40
TAKEN = [("satzung.pdf", PDF), ("foto.png", PNG), ("foto.jpg", JPG), ("brief.docx", office("docx")),
         ("plan.xlsx", office("xlsx")), ("brief.odt", office("odt"))]  # fmt: skip
REFUSED = [
    ("satzung.pdf", b"<html><script>alert(1)</script></html>"),
    ("bild.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
    ("programm.exe", b"MZ" + b"\x00" * 100),
    ("archiv.zip", b"PK\x05\x06" + b"\x00" * 18),
    ("leer.pdf", b""),
    ("bombe.docx", archive({f"word/{number}": bytes(30_000_000) for number in range(7)})),
    ("viele.docx", archive({f"word/{number}": b"" for number in range(2001)})),
    ("makro.docx", archive({"word/vbaProject.bin": b"x"})),
    ("passwort.docx", archive({"word/a": b"x"}, flag=1)),
    ("kaputt.docx", office("docx")[:-30]),
    ("text.pdf", b"\x00" * 200),
    ("seite.html", b"<!doctype html><script>alert(1)</script>"),
    ("skript.sh", b"#!/bin/sh\nrm -rf /\n"),
    ("programm.pdf", b"\x7fELF" + b"\x00" * 100),
    ("bild.gif", b"GIF89a" + b"\x00" * 40),
]


def url(world, application) -> str:
    return f"/antraege/{application.key}/schritt/unterlagen/"


def send(client, world, application, name, content, **more):
    upload = SimpleUploadedFile(name, content)
    return client.post(url(world, application), {"kind": "board", "file": upload, **more})


@pytest.mark.parametrize(("name", "content"), TAKEN)
def test_what_we_take(as_person, world, name, content):
    draft = world.draft()
    assert send(as_person("applicant"), world, draft, name, content).status_code == 302
    assert draft.attachments.get(kind="board").name == name


NAMES = [
    ("a" * 200 + ".pdf", "a" * 100 + ".pdf"),
    ("satzung\u202efdp.exe", "satzungfdp.pdf"),
    ("../../etc/passwd", "passwd.pdf"),
    ("C:\\Users\\x\\satzung.pdf", "satzung.pdf"),
    ("\u200b.pdf", "Datei.pdf"),
    ("<script>.pdf", "script.pdf"),
    ("\x07glocke.pdf", "glocke.pdf"),
    (".pdf", "pdf.pdf"),
    ("Überblick 🎉.pdf", "Überblick 🎉.pdf"),
    ("datei.pdf.exe", "datei.pdf.pdf"),
]


@pytest.mark.parametrize(("name", "shown"), NAMES, ids=[str(number) for number in range(len(NAMES))])
def test_a_name_is_made_harmless(name, shown):
    assert uploads.safe_name(name, "application/pdf") == shown


def test_several_at_once_what_is_fine_is_kept_and_what_is_not_is_named(as_person, world):
    draft = world.draft()
    files = [SimpleUploadedFile("eins.pdf", PDF), SimpleUploadedFile("zwei.exe", b"MZ" + bytes(99)),
             SimpleUploadedFile("drei.png", PNG)]  # fmt: skip
    answer = as_person("applicant").post(url(world, draft), {"kind": "board", "file": files, "upload": "1"})
    assert answer.status_code == 422
    assert "zwei.exe" in answer.content.decode()
    assert sorted(draft.attachments.filter(kind="board").values_list("name", flat=True)) == ["drei.png", "eins.pdf"]


def test_no_more_files_than_were_announced(as_person, world):
    draft, client = world.draft(), as_person("applicant")
    limit = values.number("upload.max_files", on=world.at.date())
    files = [SimpleUploadedFile(f"{number}.pdf", PDF) for number in range(limit)]
    answer = client.post(url(world, draft), {"kind": "board", "file": files, "upload": "1"})
    assert answer.status_code == 422
    assert "nehmen wir nicht an" in answer.content.decode()
    assert draft.attachments.filter(removed_at__isnull=True).count() == limit


@pytest.mark.parametrize(("name", "content"), REFUSED)
def test_what_we_do_not_take(as_person, world, name, content):
    draft = world.draft()
    answer = send(as_person("applicant"), world, draft, name, content)
    assert answer.status_code == 422
    assert "Fehler: Unterlagen" in answer.content.decode()
    assert not draft.attachments.filter(kind="board").exists()


def test_uploading_stays_on_the_page_and_asks_for_a_file(as_person, world):
    draft, client = world.draft(), as_person("applicant")
    assert send(client, world, draft, "a.pdf", PDF, upload="1").url == url(world, draft)
    assert client.post(url(world, draft), {"kind": "board", "upload": "1"}).status_code == 422


def test_removing_takes_it_off_the_list_but_keeps_the_row(as_person, world):
    draft, client = world.draft(), as_person("applicant")
    found = draft.attachments.get()
    client.post(url(world, draft), {"remove_file": str(found.key)})
    assert Attachment.objects.get(pk=found.pk).removed_at is not None
    assert found.name not in client.get(url(world, draft)).content.decode()


@pytest.mark.parametrize("key", ["x", "00000000-0000-0000-0000-000000000000"])
def test_removing_something_else_is_not_found(as_person, world, key):
    assert as_person("applicant").post(url(world, world.draft()), {"remove_file": key}).status_code == 404


READERS = [
    ("applicant", 200, 200), ("reader", 200, 200), ("stranger", 404, 404), ("caseworker", 404, 200),
    ("auditor", 404, 200), ("treasury", 404, 404), ("sysadmin", 404, 404),
]  # fmt: skip


@pytest.mark.parametrize(("name", "draft", "filed"), READERS)
def test_who_reads_a_file_before_and_after_filing(as_person, world, name, draft, filed):
    client = as_person(name)
    before, after = world.draft(), world.filed().application
    statuses = [client.get(f"/dateien/{found.attachments.get().key}/").status_code for found in (before, after)]
    assert statuses == [draft, filed]


@pytest.mark.parametrize(
    ("name", "content", "way"), [(*TAKEN[0], "inline"), (*TAKEN[1], "inline"), (*TAKEN[3], "attachment")]
)
def test_a_file_cannot_run_anything(as_person, world, name, content, way):
    draft, client = world.draft(), as_person("applicant")
    send(client, world, draft, name, content)
    answer = client.get(f"/dateien/{draft.attachments.get(kind='board').key}/")
    assert answer["Content-Disposition"].startswith(way)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert b"".join(answer.streaming_content) == content
