"""The annual overview: its numbers, and what each reader may not see."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from io import BytesIO, StringIO

import openpyxl
import pytest
from pytest_django import Settings

from accounts.roles import Role
from applications.models import Organisation
from funding.models import BudgetLine, Commitment, Measure, Municipality
from tests.factories import IBANS, World, euros
from tests.funding.pages import client_of, get, queries_of, text_of
from workflow.overview import PARTS, Rights, overview

URL = "/uebersicht/"
PERSON, PERSONAL_TITLE = "Erika Geheim", "Deutsch bei Erika"
FILES = (f"{URL}export.csv", f"{URL}export.xlsx", f"{URL}export.json", f"{URL}projekte.csv")


@pytest.fixture
def world(db: None, settings: Settings) -> World:
    """One final and partly paid, one of a natural person, one approved but not yet final, one proposed, one filed."""
    settings.DEMO = True
    found = World()
    found.paid("400", found.active(title="Sprachcafé am Deich"))
    person = found.new_organisation(PERSON, IBANS[3], Organisation.Kind.NATURAL_PERSON)
    found.active(organisation=person, title=PERSONAL_TITLE, requested="700")
    secret = found.new_organisation("Frauencafé Sielblick (Demo)", IBANS[2])
    found.approved(organisation=secret, title="Noch geheim", requested="500", municipality=elsewhere())
    found.proposed(requested="300")
    found.filed(requested="250")
    return found


def elsewhere() -> Municipality:
    return Municipality.objects.get_or_create(name="Langeoog", defaults={"ags": "03462007"})[0]


def file_text(response: object) -> str:
    """Everything that a downloaded file says, whatever its format."""
    content: bytes = response.content  # type: ignore[attr-defined]
    if content[:2] != b"PK":
        return content.decode("utf-8-sig")
    book = openpyxl.load_workbook(BytesIO(content))
    return "\n".join(str(cell.value) for sheet in book for row in sheet for cell in row)


def test_the_answer_stands_in_one_sentence(world):
    text = text_of(get(world, "", URL))
    assert "Jahresübersicht 2026" in text
    assert (
        "Drei Projekte sind bewilligt. Von 20.000,00 € sind 2.800,00 € vergeben, 17.200,00 € stehen noch zur Verfügung."
        in text
    )
    assert "davon 400,00 € ausgezahlt" in text
    assert "3.350,00 €" in text
    assert "5 Anträge" in text


@pytest.mark.parametrize("rights", [Rights(), Rights(details=True)])
def test_the_parts_add_up_to_the_year_for_every_reader(world, rights):
    line = BudgetLine.objects.get()
    for part in PARTS:
        found = overview(2026, part, rights=rights)
        assert (found.total.committed, found.total.paid) == (found.year.committed, found.year.paid)
        assert (found.year.planned, found.year.committed) == (line.authorised, line.committed)
        assert found.total.requested == (found.requested if rights.details else 0)


@pytest.mark.parametrize("who", ["", "applicant", "sysadmin"])
def test_the_public_reads_nothing_of_an_award_before_it_is_final(world, who):
    for part in PARTS:
        text = text_of(get(world, who, URL, nach=part))
        for secret in ("Frauencafé", "Noch geheim", "Langeoog", "vorgeschlagen", "Vorgemerkt", "INT-2026"):
            assert secret not in text, (part, secret)
        assert "Noch nicht veröffentlicht" in text
    for url in FILES:
        said = file_text(client_of(world, who).get(url, {"nach": "municipality"}))
        for secret in ("Frauencafé", "Noch geheim", "Langeoog", "Beantragt", "Vorgemerkt", "INT-2026"):
            assert secret not in said, (url, secret)


@pytest.mark.parametrize("who", ["", "coordinator", "auditor", "treasury"])
def test_a_natural_person_is_never_named_to_anybody(world, who):
    said = text_of(get(world, who, URL)) + "".join(file_text(client_of(world, who).get(url)) for url in FILES)
    assert PERSON not in said.replace("Erika Geheim", PERSON)
    assert PERSONAL_TITLE not in said
    assert "Privatperson" in said
    assert "700" in said


def test_an_organisation_is_named_once_its_award_is_final(world):
    text = text_of(get(world, "", URL))
    assert "Sprachcafé am Deich" in text
    assert "Brückenbauer Harlingerland e. V. (Demo)" in text
    Commitment.objects.update(is_public=False)
    text = text_of(get(world, "", URL))
    assert "Brückenbauer" not in text
    assert "noch kein Projekt veröffentlicht" in text


def test_an_award_that_was_given_up_is_not_listed(world):
    found = Commitment.objects.get(payee_name="Frauencafé Sielblick (Demo)")
    Commitment.objects.filter(pk=found.pk).update(is_public=True)
    assert "Frauencafé" in text_of(get(world, "", URL))
    Commitment.objects.filter(pk=found.pk).update(amount=Decimal(0))
    assert "Frauencafé" not in text_of(get(world, "", URL))


@pytest.mark.parametrize(("who", "cases", "bookings"), [
    ("coordinator", True, False), ("budget_officer", False, True), ("auditor", True, True), ("treasury", False, False),
])  # fmt: skip
def test_staff_see_more_each_as_far_as_their_task_goes(world, who, cases, bookings):
    page = get(world, who, URL, nach="municipality")
    text = text_of(page)
    assert "davon 300,00 € vorgeschlagen" in text
    assert "Haushaltslinien" in text
    assert "Langeoog" in text
    assert "Frauencafé" not in text
    assert ("/vorgaenge/?jahr=2026&amp;gemeinde=" in text) is cases
    assert ("/haushalt/buchungen/?jahr=2026&amp;municipality=" in text) is bookings


def test_the_links_of_a_row_open_its_cases_and_bookings(world):
    rows = get(world, "auditor", URL, nach="municipality").context["found"].rows
    langeoog = next(row for row in rows if row.label == "Langeoog")
    assert "Noch geheim" in text_of(get(world, "auditor", langeoog.cases_url))
    assert "Sprachcafé am Deich" not in text_of(get(world, "auditor", langeoog.cases_url))
    assert "500,00 €" in text_of(get(world, "auditor", langeoog.bookings_url))


def test_five_years_stand_beside_each_other_also_those_without_money(world):
    BudgetLine.objects.create(fiscal_year=2024, product="a", account="b", title="Linie")
    years = get(world, "", URL).context["found"].years
    assert [year.year for year in years] == [2022, 2023, 2024, 2025, 2026]
    assert [year.committed for year in years] == [0, 0, 0, 0, euros("2800")]


@pytest.mark.parametrize(
    "query", ["?jahr=abc", "?jahr=1", "?jahr=", "?nach=password", "?page=-4", "?jahr=²", "?jahr=2026&nach=%00"]
)
def test_nonsense_in_the_address_shows_the_running_year(world, query):
    page = get(world, "", URL + query)
    assert (page.status_code, page.context["found"].year.year) == (200, 2026)


@pytest.mark.django_db
def test_an_empty_county_has_an_overview(client):
    answer = client.get(URL)
    assert answer.status_code == 200
    assert "gibt es noch keine Haushaltslinie" in answer.content.decode()
    assert all(client.get(url).status_code == 200 for url in FILES)


def test_the_files_say_what_the_page_says(world):
    rows = list(csv.DictReader(StringIO(file_text(get(world, "coordinator", FILES[0]))), delimiter=";"))
    assert [(row["Maßnahme"], row["Bewilligt"], row["Beantragt"]) for row in rows] == [
        ("Begegnung in den Gemeinden", "2800,00", "3350,00")
    ]
    book = openpyxl.load_workbook(BytesIO(get(world, "coordinator", FILES[1]).content))
    assert book.sheetnames == ["Aufteilung", "Fünf Jahre", "Geförderte Projekte", "Haushaltslinien"]
    assert book["Fünf Jahre"].cell(6, 3).value == 2800
    content = json.loads(get(world, "", FILES[2]).content)
    assert content["totals"] | {"planned": "20000.00", "committed": "2800.00"} == content["totals"]
    assert {"recipient": "Privatperson", "title": "", "municipality": "Friedeburg", "amount": "700.00"} in content[
        "grants"
    ]


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+49", "-1", "@x"])
def test_a_name_cannot_run_in_a_spreadsheet(world, name):
    Commitment.objects.filter(is_natural_person=False).update(payee_name=name, title=name)
    rows = list(csv.DictReader(StringIO(file_text(get(world, "", FILES[3]))), delimiter=";"))
    assert (rows[0]["Empfänger"], rows[0]["Projekt"]) in {(f"'{name}", f"'{name}"), ("Privatperson", "")}
    assert f"'{name}" in {row["Empfänger"] for row in rows}


@pytest.mark.parametrize("who", ["", "auditor"])
def test_the_overview_asks_the_same_number_of_questions_for_1_and_30_projects(world, who):
    client = client_of(world, who)
    urls = (URL, f"{URL}?nach=municipality", *FILES)
    before = [queries_of(client, url) for url in urls]
    found = Commitment.objects.filter(is_natural_person=False).first()
    assert found is not None
    for number in range(30):
        place = Municipality.objects.create(name=f"Ort {number}", ags=str(number))
        measure = Measure.objects.create(goal=world.measure.goal, code=str(number), title=f"Maßnahme {number}")
        found.pk, found.thread, found.municipality, found.measure, found.is_public = (
            None,
            f"X-{number}",
            place,
            measure,
            True,
        )
        found.save()
    assert [queries_of(client, url) for url in urls] == before


def test_rights_follow_the_task(world):
    assert Rights.of(None) == Rights()
    assert Rights.of(world.cast.actor["sysadmin"]) == Rights()
    assert Rights.of(world.cast.actor[Role.AUDITOR]) == Rights(cases=True, bookings=True, details=True)
    assert overview(2026, "measure", rights=Rights()).rows[-1].label == "Noch nicht veröffentlicht"
