"""The list of cases: columns, kept views, the file of it, and the way from case to case."""

from __future__ import annotations

import csv
import io
import uuid
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tests.factories import IBANS, World
from tests.workflow.office import at_the_desk, queries_of, today_is
from workflow import listing, search
from workflow.models import Case, Label, SavedList

pytestmark = pytest.mark.django_db
LIST, NEW = "/vorgaenge/", "/ansichten/neu/"
EVERYTHING = "".join(f"&spalte={column.slug}" for column in listing.COLUMNS)


@pytest.fixture
def world(settings: Settings) -> World:
    settings.DEMO = True  # nobody here has a second factor
    return World()


def three(world: World) -> list[Case]:
    """From the oldest to the newest."""
    found = []
    for title, requested, cost in (("Anna", "300", "400"), ("Berta", "200", "300"), ("Cäsar", "400", "500")):
        found.append(world.filed(title=title, requested=requested, cost=cost))
        world.later(hours=1)
    return found


def titles(world: World, query: str) -> list[str]:
    with today_is(world.at):
        answer = at_the_desk(world, "caseworker").get(f"{LIST}?{query}")
    assert answer.status_code == 200
    return [str(row.case.application) for row in answer.context["rows"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("betrag_von=250", ["Cäsar", "Anna"]), ("betrag_bis=300,00", ["Berta", "Anna"]),
        ("betrag_von=250&betrag_bis=350", ["Anna"]), ("eingang_von=02.03.2026", ["Cäsar", "Berta", "Anna"]),
        ("eingang_von=03.03.2026", []), ("eingang_bis=01.03.2026", []), ("eingang_bis=02.03.2026&text=berta", ["Berta"]),
        ("zustaendig=niemand", ["Cäsar", "Anna"]), ("zustaendig={caseworker}", ["Berta"]), ("etikett={label}", ["Anna"]),
        ("etikett=999999", []), ("sortierung=eingang", ["Anna", "Berta", "Cäsar"]),
        ("sortierung=-beantragt", ["Cäsar", "Anna", "Berta"]), ("sortierung=gemeinde", ["Cäsar", "Berta", "Anna"]),
        ("text=%F0%9F%99%82", []), ("liste=kein-schluessel", ["Cäsar", "Berta", "Anna"]),
    ],
)  # fmt: skip
def test_every_filter_narrows(world: World, query: str, expected: list[str]) -> None:
    first, second, _third = three(world)
    key = world.cast.actor["caseworker"].key
    Case.objects.filter(pk=second.pk).update(assigned_to=key)
    label = Label.objects.create(name="Eilt")
    label.cases.add(first)
    assert titles(world, query.format(caseworker=key, label=label.pk)) == expected


@pytest.mark.parametrize(
    "query",
    [
        "betrag_von=viel", "betrag_bis=-3", "betrag_von=9&betrag_bis=8", "eingang_von=gestern", "eingang_bis=31.12.9999",
        "eingang_von=02.03.2026&eingang_bis=01.03.2026", "zustaendig=x", "programm=x", "programm=99999999999999",
        "status=x", f"text={'x' * 121}", "text=%00",
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_is_told_and_has_no_hits(world: World, query: str) -> None:
    three(world)
    answer = at_the_desk(world, "caseworker").get(f"{LIST}?{query}")
    assert (answer.status_code, len(answer.context["rows"])) == (422, 0)
    assert answer.context["filters"].errors
    assert at_the_desk(world, "caseworker").get(f"/vorgaenge/liste.csv?{query}").status_code == 302


def test_the_columns_are_chosen_and_stay_in_the_address(world: World) -> None:
    case = three(world)[0]
    Label.objects.create(name="Eilt").cases.add(case)
    Case.objects.filter(pk=case.pk).update(assigned_to=world.cast.actor["caseworker"].key)
    with today_is(world.at):
        answer = at_the_desk(world, "caseworker").get(f"{LIST}?ansicht=alle&text=anna{EVERYTHING}")
    (row,) = answer.context["rows"]
    cells = {cell.column.slug: cell.value for cell in row.cells}
    assert cells["etiketten"] == "Eilt"
    assert cells["zustaendig"] == "Caseworker"
    assert cells["massnahme"] == "M 3.2 Begegnung in den Gemeinden"
    assert (cells["beantragt"], cells["bewilligt"]) == (Decimal(300), None)
    assert "spalte=etiketten" in listing.read(answer.wsgi_request.GET, world.cast.actor["caseworker"]).query()
    assert answer.context["listing"].columns == tuple(column.slug for column in listing.COLUMNS)


@pytest.mark.parametrize("query", ["", EVERYTHING[1:], "text=deich&sortierung=betrag"])
def test_the_list_takes_as_many_queries_for_thirty_cases_as_for_one(world: World, query: str) -> None:
    label = Label.objects.create(name="Eilt")
    SavedList.objects.create(owner=world.cast.actor["caseworker"].key, title="Eine", query="ansicht=alle", columns=[])
    client = at_the_desk(world, "caseworker")
    with today_is(world.at):
        label.cases.add(world.checking(requested="100", cost="200"))
        few = queries_of(client, f"{LIST}?ansicht=alle&{query}")
        for _number in range(12):
            label.cases.add(world.checking(requested="100", cost="200"))
        assert queries_of(client, f"{LIST}?ansicht=alle&{query}") == few <= 13


# Files


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_the_file_is_the_list_and_all_of_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.views.case_list.PER_PAGE", 1)
    monkeypatch.setattr("workflow.case_rows.BATCH", 2)
    three(world)
    query = "ansicht=alle&betrag_von=200&sortierung=-projekt&spalte=betrag&spalte=eingang"
    client = at_the_desk(world, "caseworker")
    answer = client.get(f"/vorgaenge/liste.csv?{query}")
    rows = rows_of(b"".join(answer))
    club = str(world.organisation)
    assert rows == [
        ["Projekt", "Antragstellende", "Betrag", "Eingang"],
        ["Cäsar", club, "400,00", "02.03.2026"], ["Berta", club, "200,00", "02.03.2026"],
        ["Anna", club, "300,00", "02.03.2026"],
    ]  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/vorgaenge/liste.xlsx?{query}").content))
    sheet = [list(row) for row in book.active.iter_rows(values_only=True)]
    assert [row[0] for row in sheet] == [row[0] for row in rows]
    assert sheet[1][2] == 400


def test_nothing_in_the_file_runs_as_a_formula(world: World) -> None:
    world.filed(title="=HYPERLINK(1)", organisation=world.new_organisation("@SUM(1)", IBANS[1]))
    client = at_the_desk(world, "caseworker")
    assert rows_of(b"".join(client.get("/vorgaenge/liste.csv")))[1][:2] == ["'=HYPERLINK(1)", "'@SUM(1)"]
    book = openpyxl.load_workbook(io.BytesIO(client.get("/vorgaenge/liste.xlsx").content))
    assert [cell.data_type for cell in list(book.active.rows)[1][:2]] == ["s", "s"]


def test_a_workbook_has_an_end_and_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.case_rows.MOST_IN_A_SHEET", 2)
    three(world)
    client = at_the_desk(world, "caseworker")
    assert client.get("/vorgaenge/liste.xlsx").status_code == 422
    page = client.get(LIST).content.decode()
    assert "liste.csv" in page
    assert "liste.xlsx" not in page


# Kept views


def kept(
    world: World, title: str = "Meine", name: str = "caseworker", query: str = "ansicht=alle&text=anna"
) -> SavedList:
    answer = at_the_desk(world, name).post(f"{NEW}?{query}", {"title": title})
    assert answer.status_code == 302, answer.context["form"].errors
    return SavedList.objects.get(title=title)


def test_a_kept_view_shows_what_it_was_made_of_and_counts(world: World) -> None:
    three(world)
    saved = kept(world, query="ansicht=alle&text=anna&spalte=betrag&sortierung=betrag")
    assert (saved.query, saved.columns) == ("ansicht=alle&text=anna&sortierung=betrag", ["betrag"])
    answer = at_the_desk(world, "caseworker").get(LIST)
    (chip,) = [chip for chip in answer.context["chips"] if chip["label"] == "Meine"]
    assert (chip["count"], chip["is_current"]) == ("1", False)
    shown = at_the_desk(world, "caseworker").get(LIST + chip["url"])
    assert [str(row.case.application) for row in shown.context["rows"]] == ["Anna"]
    assert shown.context["listing"].columns == ("betrag",)
    assert next(chip for chip in shown.context["chips"] if chip["is_current"])["label"] == "Meine"


def test_a_private_view_is_nobodys_business_and_a_shared_one_is_its_owners(world: World) -> None:
    private, shared = kept(world), kept(world, "Unsere")
    SavedList.objects.filter(pk=shared.pk).update(is_shared=True)
    other = at_the_desk(world, "coordinator")
    labels = [chip["label"] for chip in other.get(LIST).context["chips"]]
    assert ("Unsere" in labels, "Meine" in labels) == (True, False)
    for saved, status in ((private, 404), (shared, 403)):
        assert other.get(f"/ansichten/{saved.key}/").status_code == status
        assert other.post(f"/ansichten/{saved.key}/", {"title": "x"}).status_code == status
        assert other.post(f"/ansichten/{saved.key}/loeschen/").status_code == status
    assert SavedList.objects.count() == 2
    assert other.get(f"/ansichten/{uuid.uuid4()}/").status_code == 404


def test_a_view_is_renamed_shared_and_deleted(world: World) -> None:
    saved = kept(world)
    client = at_the_desk(world, "caseworker")
    assert client.get(f"/ansichten/{saved.key}/").status_code == 200
    client.post(f"/ansichten/{saved.key}/", {"title": "Neu", "is_shared": "on"})
    saved.refresh_from_db()
    assert (saved.title, saved.is_shared) == ("Neu", True)
    client.post(f"/ansichten/{saved.key}/loeschen/")
    assert not SavedList.objects.exists()


@pytest.mark.parametrize(("title", "told"), [("", "Namen"), ("x" * 61, "zu lang"), ("Meine", "mit diesem Namen")])
def test_a_name_that_does_not_do_is_told_at_the_field(world: World, title: str, told: str) -> None:
    kept(world)
    answer = at_the_desk(world, "caseworker").post(f"{NEW}?ansicht=alle", {"title": title})
    assert answer.status_code == 422
    assert told in answer.context["form"].errors["title"][0]
    assert SavedList.objects.count() == 1


def test_twenty_views_are_enough(world: World) -> None:
    key = world.cast.actor["caseworker"].key
    SavedList.objects.bulk_create(SavedList(owner=key, title=str(number)) for number in range(20))
    answer = at_the_desk(world, "caseworker").post(f"{NEW}?ansicht=alle", {"title": "x"})
    assert answer.status_code == 422
    assert SavedList.objects.count() == 20


# From case to case


@pytest.mark.parametrize("order", [f"{sign}{name}" for name in listing.SORTS for sign in ("", "-")])
def test_the_neighbours_are_those_of_the_list(world: World, order: str) -> None:
    three(world)
    for _number in range(2):  # twins: only the primary key tells them apart
        world.filed(title="Anna", requested="300", cost="400")
    found = listing.read(QueryDict(f"ansicht=alle&sortierung={order}"), world.cast.actor["caseworker"])
    shown = list(found.sorted().values_list("reference", flat=True))
    assert len(shown) == 5
    for place, reference in enumerate(shown):
        case = _whole(Case.objects.get(reference=reference))
        with CaptureQueriesContext(connection) as queries:
            beside = listing.neighbours(case, found)
        assert len(queries) == 1
        assert (beside.place, beside.count) == (place + 1, 5)
        assert beside.previous == (shown[place - 1] if place else None)
        assert beside.next == (shown[place + 1] if place < 4 else None)


def _whole(case: Case) -> Case:
    names = ("application__organisation", "application__municipality", "application__measure", "programme")
    return Case.objects.select_related(*names).get(pk=case.pk)


def test_a_case_that_left_the_filter_still_leads_on(world: World) -> None:
    first, second, third = three(world)
    found = listing.read(QueryDict("ansicht=alle&status=submitted"), world.cast.actor["caseworker"])
    world.do(second, "start_check", "caseworker")
    beside = listing.neighbours(_whole(second), found)
    assert (beside.place, beside.count, beside.previous, beside.next) == (None, 2, third.reference, first.reference)


def test_the_words_of_a_text_lead_on_too(world: World) -> None:
    three(world)
    found = listing.read(QueryDict("ansicht=alle&text=anna"), world.cast.actor["caseworker"])
    (case,) = search.holding(Case.objects.all(), "anna")
    assert listing.neighbours(_whole(case), found).count == 1
