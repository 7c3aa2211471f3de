"""What is laid before a body: standards, every field of the form, names only where they may stand, same bytes twice."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import docx
import pytest
from django.conf import settings as django_settings
from lxml import etree
from pypdf import PdfReader
from pytest_django import Settings

from bench.samples import AT, PAPER
from scripts import fonts
from tests.factories import World
from tests.workflow.office import at_the_desk, today_is
from tests.workflow.papers_stage import answered, draft, from_a_person, frozen, officer, referred, sittings, thresholds
from tests.workflow.test_documents import HOSTILE, assert_conformant, attached, font_names, text_of, with_text
from workflow.council_docx import render_docx
from workflow.council_paper import Answer, Budget, CouncilSheet, Cover, Private, Sum, payload, render_pdf, restore
from workflow.documents import sha256
from workflow.models import CouncilPaper

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NAMES = (
    Private(reference="INT-2026-0031", name="Mina Privat", town="Esens", title="Nähkurs", amount=Decimal("500.00")),
)
MANY = replace(
    PAPER,
    proposals=tuple(
        replace(PAPER.proposals[0], reference=f"INT-2026-{number:04d}", title=f"Vorhaben {number}")
        for number in range(50)
    ),
)


@pytest.fixture(scope="module", autouse=True)
def _fonts() -> None:
    if not (django_settings.FONT_DIR / "FiraSans-Regular.ttf").exists():
        fonts.make(
            django_settings.BASE_DIR / "node_modules" / "@kern-ux" / "native" / "dist" / "fonts",
            django_settings.FONT_DIR,
        )


@pytest.fixture
def world(db: None, settings: Settings) -> World:
    settings.DEMO = True  # nobody here has a second factor
    world = World()
    thresholds(world)
    sittings(world)
    return world


def pages(pdf: bytes) -> int:
    return len(PdfReader(io.BytesIO(pdf)).pages)


# Standards


SHEETS = {
    "one case": PAPER,
    "fifty cases": MANY,
    "with names": replace(PAPER, private=NAMES),
    "draft": replace(PAPER, is_draft=True, dated_on=None, place="", signed_by="", facts="", resolution="", steps=()),
    "no money": replace(
        PAPER, budget=Budget(kind=Cover.MISSING, proposal="Mehreinnahmen"), is_public=False, annexes=()
    ),
}


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS.keys())
def test_every_paper_passes_pdf_ua_1_and_pdf_a_3a(sheet: CouncilSheet) -> None:
    pdf = render_pdf(sheet, at=AT)
    assert_conformant(pdf)
    assert all(name.startswith("FiraSans-") for name in font_names(pdf))
    assert PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/Lang"] == "de-DE"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_text_breaks_a_paper(text: str) -> None:
    sheet = with_text(PAPER, text)
    assert_conformant(render_pdf(sheet, at=AT))
    assert zipfile.is_zipfile(io.BytesIO(render_docx(sheet, at=AT)))


@pytest.mark.parametrize("render", [render_pdf, render_docx])
def test_same_data_and_moment_give_the_same_bytes(render: Any) -> None:
    again = restore(json.loads(json.dumps(payload(PAPER))))
    assert again == PAPER
    assert render(PAPER, at=AT) == render(again, at=AT)
    assert sha256(render(PAPER, at=AT)) != sha256(render(PAPER, at=AT + timedelta(seconds=2)))


def test_the_data_come_back_from_the_attachment() -> None:
    name, contents = attached(render_pdf(PAPER, at=AT))
    assert name == "vorlage.json"
    assert restore(json.loads(contents)) == PAPER


@pytest.mark.parametrize("stored", [{}, {"kind": "CouncilSheet", "schema": 2}, {"kind": "Receipt", "schema": 1}])
def test_unknown_stored_data_are_refused(stored: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="unknown"):
        restore(stored)


# The form


FIELDS = (
    "Beschlussvorlage BV-2026-0007", "öffentlich: ja", "Beratungsfolge", "Sozialausschuss", "01.12.2026", "Kreisausschuss",
    "08.12.2026", "beschließt", "Betreff", "Sachverhalt", "Finanzierung", "Gesamtkosten der Maßnahme", "1.500,00 €",
    "Jährliche Folgekosten", "keine", "Objektbezogene Einnahmen", "Haushaltsmittel", "3.5.1.01 / 4318", "Noch zur Verfügung",
    "Stand 20.11.2026", "6.120,00 €", "Beschlussvorschlag", "Wittmund, 20.11.2026", "gez. Wiebke Muster",
    "Abstimmungsergebnis", "Ja Nein Enth.", "Anlagen", "Finanzplan", "nichtöffentlich",
)  # fmt: skip


def test_every_field_of_the_form_is_there_on_one_sheet() -> None:
    pdf = render_pdf(PAPER, at=AT)
    text = text_of(pdf)
    assert [field for field in FIELDS if field not in text] == []
    assert pages(pdf) == 1


def test_the_votes_stand_in_their_rows() -> None:
    steps = (
        replace(PAPER.steps[0], outcome="angenommen", votes_yes=9, votes_no=1, votes_abstained=2),
        *PAPER.steps[1:],
    )
    assert "Sozialausschuss 01.12.2026 9 1 2 angenommen" in text_of(render_pdf(replace(PAPER, steps=steps), at=AT))


def test_fifty_cases_stand_in_a_table_whose_head_is_repeated() -> None:
    pdf = render_pdf(MANY, at=AT)
    sheets = [sheet.extract_text() for sheet in PdfReader(io.BytesIO(pdf)).pages]
    with_rows = [sheet for sheet in sheets if "INT-2026-00" in sheet]
    assert len(with_rows) > 1
    assert all("Aktenzeichen" in sheet for sheet in with_rows)
    text = text_of(pdf)
    assert all(f"INT-2026-{number:04d}" in text for number in range(50))
    assert "75.000,00" in text


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Sum(kind=Answer.NONE), "Folgekosten keine"),
        (Sum(kind=Answer.OPEN), "Folgekosten noch keine Angabe"),
        (Sum(kind=Answer.AMOUNT, amount=Decimal("0.00")), "Folgekosten 0,00 €"),
    ],
)
def test_none_is_no_amount_and_no_gap(found: Sum, words: str) -> None:
    assert words in text_of(render_pdf(replace(PAPER, follow_up=found), at=AT))


# DOCX


def document(sheet: CouncilSheet) -> Any:
    return docx.Document(io.BytesIO(render_docx(sheet, at=AT)))


def test_the_docx_has_headings_header_rows_language_and_alternative_texts() -> None:
    found = document(replace(MANY, private=NAMES))
    headings = [line.text for line in found.paragraphs if line.style.name == "Heading 1"]
    assert headings == [
        "Beratungsfolge", "Betreff", "Sachverhalt", "Finanzierung", "Haushaltsmittel", "Beschlussvorschlag",
        "Abstimmungsergebnis", "Anlagen", "Nichtöffentliche Anlage: Angaben zu Privatpersonen",
    ]  # fmt: skip
    assert [line.text for line in found.paragraphs if line.style.name == "Title"] == ["Beschlussvorlage BV-2026-0007"]
    assert len(found.tables) == 6
    for table in found.tables:
        assert table._tbl.find(f".//{W}tblHeader") is not None
        assert table._tbl.tblPr.find(f"{W}tblDescription").get(f"{W}val")
    assert found.core_properties.language == "de-DE"
    assert found.core_properties.title.startswith("Beschlussvorlage BV-2026-0007")
    languages = found.styles.element.findall(f".//{W}lang")
    assert [found.get(f"{W}val") for found in languages] == ["de-DE"]


def test_the_docx_says_what_the_pdf_says() -> None:
    with zipfile.ZipFile(io.BytesIO(render_docx(PAPER, at=AT))) as archive:
        words = " ".join(etree.fromstring(archive.read("word/document.xml")).itertext()).replace("\u00a0", " ")
    for field in ("1.500,00 €", "keine", "6.120,00 €", "gez. Wiebke Muster", "01.12.2026", "nichtöffentlich"):
        assert field in words


# Names


def stored(paper: CouncilPaper, *, is_public: bool) -> dict[str, str]:
    """The words of each file."""
    found = {file.kind: bytes(file.content) for file in paper.files.filter(is_public=is_public)}
    if not found:
        return {}
    with zipfile.ZipFile(io.BytesIO(found["docx"])) as archive:
        inside = " ".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
    return {"pdf": text_of(found["pdf"]) + attached(found["pdf"])[1].decode(), "docx": inside}


def test_names_of_natural_persons_stand_in_the_closed_version_alone(world: World) -> None:
    case = from_a_person(world, title="Nähkurs bei Frau Privat")
    paper = frozen(world, case, referred(world, "500", "700"))
    for words in stored(paper, is_public=True).values():
        assert case.reference in words
        assert "Privatperson" in words
        assert "Mina Privat" not in words
        assert "Nähkurs" not in words
    for words in stored(paper, is_public=False).values():
        assert "Mina Privat" in words
        assert "Nähkurs bei Frau Privat" in words


def test_a_paper_without_natural_persons_has_one_version(world: World) -> None:
    paper = frozen(world, referred(world))
    assert stored(paper, is_public=False) == {}


def test_a_paper_that_is_not_public_has_the_closed_version_alone(world: World) -> None:
    paper = frozen(world, from_a_person(world), is_public=False)
    assert stored(paper, is_public=True) == {}
    assert "Mina Privat" in stored(paper, is_public=False)["pdf"]


# Downloads


def test_each_file_is_served_to_who_may_read_and_kept_by_no_proxy(world: World) -> None:
    paper = frozen(world, from_a_person(world))
    names = ("oeffentlich.pdf", "oeffentlich.docx", "nichtoeffentlich.pdf", "nichtoeffentlich.docx")
    with today_is(world.at):
        for role, status in (("decider", 200), ("auditor", 200), ("technical_reviewer", 403), ("applicant", 403)):
            client = at_the_desk(world, role)
            assert [client.get(f"/vorlagen/{paper.key}/{name}").status_code for name in names] == [status] * 4
        answer = at_the_desk(world, "decider").get(f"/vorlagen/{paper.key}/oeffentlich.pdf")
        assert at_the_desk(world, "decider").get(f"/vorlagen/{paper.key}/anders.pdf").status_code == 404
    assert sha256(answer.content) == paper.files.get(kind="pdf", is_public=True).sha256
    assert answer["Cache-Control"] == "private, no-store"


def test_a_draft_is_looked_at_as_pdf_without_names(world: World) -> None:
    paper = draft(world, from_a_person(world))
    with today_is(world.at):
        answer = at_the_desk(world, "caseworker").get(f"/vorlagen/{paper.key}/entwurf.pdf")
    text = text_of(answer.content)
    assert_conformant(answer.content)
    assert "Entwurf, noch nicht festgeschrieben" in text
    assert "Mina Privat" not in text


def test_the_frozen_paper_gets_the_votes_and_keeps_its_words(world: World) -> None:
    case = referred(world)
    paper = frozen(world, case)
    step = paper.consultations.all()[0]
    client = at_the_desk(world, "auditor")
    with today_is(world.at):
        assert client.get(f"/vorlagen/{paper.key}/ergebnis.pdf").status_code == 404
        paper.consultations.filter(pk=step.pk).update(
            outcome="adopted", votes_yes=9, votes_no=1, votes_abstained=2, recorded_by=officer(world).key,
            recorded_at=world.at,
        )  # fmt: skip
        type(case.application).objects.filter(pk=case.application_id).update(title="Ganz anders")
        first = client.get(f"/vorlagen/{paper.key}/ergebnis.pdf").content
        assert client.get(f"/vorlagen/{paper.key}/ergebnis.pdf", headers={"accept-language": "en"}).content == first
    text = text_of(first)
    assert "9 1 2 angenommen" in text
    assert "Ganz anders" not in text
    assert_conformant(first)


def test_a_paper_is_german_whatever_its_author_reads(world: World) -> None:
    paper = answered(draft(world, referred(world)))
    with today_is(world.at):
        client = at_the_desk(world, "caseworker")
        client.post(
            f"/vorlagen/{paper.key}/festschreiben/", {"version": paper.version}, headers={"accept-language": "en"}
        )
    words = text_of(bytes(paper.files.get(kind="pdf").content))
    assert "beschließt" in words
    assert PAPER.dated_on == date(2026, 11, 20)
