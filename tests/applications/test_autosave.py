"""A draft saves itself: small answers, nothing lost, nobody overwritten, few queries."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications import actions
from applications.completeness import Section
from applications.gathering import gather
from applications.merging import merge, packed, unpacked
from applications.models import Application, EligibilityRule, EvidenceTier, Membership, Question, QuestionSet
from applications.saving import Line, Save, save_plan
from tests.applications.test_steps import COST, COUNTY, OWN, plan_data, url
from tests.factories import START, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def then():
    cache.clear()
    with time_machine.travel(START, tick=False):
        yield


@pytest.fixture
def draft(world) -> Application:
    world.round  # noqa: B018 - opened now
    return actions.begin(world.round, world.organisation, actor=world.cast.actor["applicant"], at=world.at)


@pytest.fixture
def second(world: World) -> str:
    """Somebody else of the organisation who may write."""
    world.cast.add("rieke_sportlich")
    Membership.objects.create(organisation=world.organisation, user=world.cast.user["rieke_sportlich"])
    return "rieke_sportlich"


class Page:
    """A step as it stands open in a browser: it remembers what a form carries."""

    def __init__(self, world: World, client: Client, name: str, draft: Application, section: str) -> None:
        self.client, self.address = client, url(draft, section)
        self.values: dict[str, Any] = {"person": str(world.cast.user[name].key)}
        self.read(client.get(self.address))

    def read(self, response: Any) -> None:
        form = response.context.get("form")
        self.values |= {"base": response.context["base"], "tab": response.context["tab"]}
        self.values["version"] = response.context["application"].version
        if form is not None:
            shown = json.loads(self.values["base"])
            self.values |= {name: text for name, text in shown.items() if text != ""}

    def autosave(self, **typed: Any) -> Any:
        self.values |= typed
        answer = self.client.post(self.address, self.values, headers={"X-Autosave": "1"})
        if answer.status_code in {200, 422}:
            told = answer.json()
            self.values |= {"version": told["version"], "base": json.dumps(told["base"])}
            self.values |= {f"{place}-pk": pk for place, pk in told["lines"].items()}
        return answer

    def send(self, **typed: Any) -> Any:
        self.values |= typed
        return self.client.post(self.address, self.values)


@pytest.fixture
def open_page(as_person, world, draft):
    def opened(name: str = "applicant", section: str = "vorhaben") -> Page:
        return Page(world, as_person(name), name, draft, section)

    return opened


def sides(rows: list[dict[str, Any]], sources: list[dict[str, Any]], draft: Application) -> dict[str, Any]:
    data = plan_data(draft, rows, sources)
    data.pop("version")
    return data


# Three ways


MERGES = [
    ("nothing", {"a": "1"}, {"a": "1"}, {"a": "1"}, {"a": "1"}, [], []),
    ("mine", {"a": "1"}, {"a": "2"}, {"a": "1"}, {"a": "2"}, [], []),
    ("theirs", {"a": "1"}, {"a": "1"}, {"a": "2"}, {"a": "2"}, [], ["a"]),
    ("both alike", {"a": "1"}, {"a": "2"}, {"a": "2"}, {"a": "2"}, [], []),
    ("both", {"a": "1"}, {"a": "2"}, {"a": "3"}, {"a": "2"}, ["a"], []),
    ("each another", {"a": "1", "b": "1"}, {"a": "2", "b": "1"}, {"a": "1", "b": "2"}, {"a": "2", "b": "2"}, [], ["b"]),
    ("new of both", {}, {"x": "1"}, {"y": "2"}, {"x": "1", "y": "2"}, [], ["y"]),
    ("I removed", {"a": "1"}, {}, {"a": "1"}, {}, [], []),
    ("they removed", {"a": "1"}, {"a": "1"}, {}, {}, [], ["a"]),
    ("I removed, they changed", {"a": "1"}, {}, {"a": "2"}, {}, ["a"], []),
    ("they removed, I changed", {"a": "1"}, {"a": "2"}, {}, {"a": "2"}, ["a"], []),
    ("no memory, alike", None, {"a": "1"}, {"a": "1"}, {"a": "1"}, [], []),
    ("no memory, not alike", None, {"a": "1"}, {"a": "2"}, {"a": "1"}, ["a"], []),
    ("no memory, lines of both", None, {"x": "1"}, {"y": "2"}, {"x": "1", "y": "2"}, [], ["y"]),
]


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "values", "conflicts", "others"), [row[1:] for row in MERGES], ids=[r[0] for r in MERGES]
)
def test_three_versions_become_one(base, mine, theirs, values, conflicts, others):
    merged = merge(base, mine, theirs)
    assert (merged.values, merged.conflicts, merged.others) == (values, conflicts, others)


def test_ticks_of_two_people_never_collide():
    merged = merge({"g": ["a", "b"]}, {"g": ["b", "c"]}, {"g": ["a", "b", "d"]}, sets={"g"})
    assert (merged.values, merged.conflicts) == ({"g": ["b", "d", "c"]}, [])


BROKEN = ["", "{", "[]", "1", "NaN", '{"a": 1}', '{"a": {"b": "c"}}', "[" * 100_000, '{"a": [1]}', "x" * 500_000]


@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_a_memory_that_cannot_be_read_is_none(text):
    assert unpacked(text) is None


def test_a_memory_comes_back_as_it_went():
    values = {"titel": "Tür „an“ Tür\n", "ziele": ["1", "2"]}
    assert unpacked(packed(values)) == values


# Saving by itself


def test_what_is_typed_is_saved_and_the_page_learns_what_it_needs(open_page, draft):
    answer = open_page().autosave(title="Tür an Tür")
    draft.refresh_from_db()
    told = answer.json()
    assert answer.status_code == 200
    assert (draft.title, draft.version, told["version"]) == ("Tür an Tür", 1, 1)
    assert told["base"]["title"] == "Tür an Tür"
    assert "Gespeichert um 10:00" in told["state"]
    assert "Angaben offen" in told["steps"]


def test_one_page_saves_many_times_without_colliding_with_itself(open_page, draft):
    page = open_page()
    for text in ("T", "Tü", "Tür", "", "Tür an Tür"):
        assert page.autosave(title=text).status_code == 200
    draft.refresh_from_db()
    assert (draft.title, draft.version) == ("Tür an Tür", 5)


def test_an_answer_that_got_lost_does_no_harm(open_page, draft):
    page = open_page()
    before = dict(page.values)
    page.autosave(title="Tür")
    page.values = before
    assert page.autosave(title="Tür an Tür").status_code == 200
    draft.refresh_from_db()
    assert draft.title == "Tür an Tür"


def test_what_cannot_be_read_is_named_and_does_not_stop_the_rest(open_page, draft):
    answer = open_page(section="zeitraum").autosave(starts_on="bald", ends_on="31.10.2026")
    draft.refresh_from_db()
    told = answer.json()
    assert answer.status_code == 422
    assert list(told["errors"]) == ["id_starts_on"]
    assert "Noch nicht lesbar: Beginn" in told["state"]
    assert str(draft.ends_on) == "2026-10-31"


def test_two_people_in_different_fields_are_put_together(open_page, draft, second):
    mine, theirs = open_page(), open_page(second)
    theirs.autosave(place="Gemeindehaus")
    answer = mine.autosave(title="Tür an Tür")
    draft.refresh_from_db()
    assert answer.json()["others"] == {"place": "Gemeindehaus"}
    assert (draft.title, draft.place) == ("Tür an Tür", "Gemeindehaus")


def test_who_did_not_read_what_others_wrote_does_not_take_it_back(open_page, draft, second):
    """The script may fail to show it: what stood on the page before still counts as where it began."""
    mine, theirs = open_page(), open_page(second)
    theirs.autosave(place="Gemeindehaus")
    mine.autosave(title="Tür an Tür")
    assert mine.autosave(summary="Acht Nachmittage").status_code == 200
    draft.refresh_from_db()
    assert draft.place == "Gemeindehaus"


def test_two_people_in_one_field_are_asked(open_page, draft, second):
    mine, theirs = open_page(), open_page(second)
    theirs.autosave(title="Ihre Fassung", place="Gemeindehaus")
    answer = mine.autosave(title="Meine Fassung", summary="Acht Nachmittage")
    draft.refresh_from_db()
    assert answer.status_code == 409
    assert "Rieke Sportlich" in answer.json()["said"]
    assert (draft.title, draft.summary) == ("Ihre Fassung", "")


@pytest.mark.parametrize(("choice", "title"), [("mine", "Meine Fassung"), ("theirs", "Ihre Fassung")])
def test_each_field_is_chosen_and_the_rest_is_put_together(open_page, draft, second, choice, title):
    mine, theirs = open_page(), open_page(second)
    theirs.autosave(title="Ihre Fassung", place="Gemeindehaus")
    asked = mine.send(title="Meine Fassung", summary="Acht Nachmittage")
    assert asked.status_code == 409
    assert [row.name for row in asked.context["differences"]] == ["title"]
    sent: dict[str, Any] = {}
    for name, text in asked.context["sent"]:
        sent.setdefault(name, []).append(text)
    again = mine.client.post(mine.address, sent | {"asked": ["title"]})
    assert again.status_code == 422
    assert "Bitte wählen Sie bei jeder Angabe eine Fassung." in again.content.decode()
    answer = mine.client.post(mine.address, sent | {"asked": ["title"], "choice-title": choice})
    draft.refresh_from_db()
    assert answer.status_code == 302
    assert (draft.title, draft.summary, draft.place) == (title, "Acht Nachmittage", "Gemeindehaus")


def test_who_changes_it_while_somebody_chooses_is_not_overwritten_either(open_page, draft, second):
    mine, theirs = open_page(), open_page(second)
    theirs.autosave(title="Ihre Fassung")
    asked = mine.send(title="Meine Fassung")
    theirs.autosave(title="Ihre zweite Fassung")
    sent = dict(asked.context["sent"])
    answer = mine.client.post(mine.address, sent | {"asked": "title", "choice-title": "mine"})
    draft.refresh_from_db()
    assert answer.status_code == 409
    assert draft.title == "Ihre zweite Fassung"


def test_a_tab_of_two_days_ago_is_put_together_too(open_page, draft, second):
    mine, theirs = open_page(), open_page(second)
    for number in range(5):
        theirs.autosave(place=f"Haus {number}")
    cache.clear()
    with time_machine.travel(START, tick=False) as clock:
        clock.shift(2 * 24 * 3600)
        page = Page.__new__(Page)
        page.client, page.address, page.values = mine.client, mine.address, mine.values
        page.client.force_login(Membership.objects.get(organisation=draft.organisation, is_admin=True).user)
        assert page.autosave(title="Tür an Tür").status_code == 200
    draft.refresh_from_db()
    assert (draft.title, draft.place) == ("Tür an Tür", "Haus 4")


# The plan


def test_a_new_line_is_saved_once_however_often_it_is_sent(open_page, draft):
    page = open_page(section="finanzplan")
    page.values |= sides([COST], [OWN, COUNTY], draft)
    told = page.autosave().json()
    assert set(told["lines"]) == {"costs-0", "sources-0", "sources-1"}
    page.autosave(**{"costs-0-description": "Kursleitung und Vertretung"})
    assert draft.costs.get().description == "Kursleitung und Vertretung"


def test_a_new_line_whose_answer_got_lost_is_not_doubled(open_page, draft):
    page = open_page(section="finanzplan")
    page.values |= sides([COST | {"description": "Kurs"}], [OWN, COUNTY], draft)
    before = dict(page.values)
    page.autosave()
    page.values = before
    assert page.autosave(**{"costs-0-description": "Kursleitung"}).status_code == 200
    assert draft.costs.get().description == "Kursleitung"
    page.values = before
    cache.clear()
    page.send(**{"costs-0-description": "Kursleitung"})
    assert draft.costs.count() == 1


def test_lines_of_two_people_are_put_together(open_page, draft, second):
    mine, theirs = open_page(section="finanzplan"), open_page(second, "finanzplan")
    for page, words in ((theirs, "Raum"), (mine, "Kursleitung")):
        page.values |= sides([COST | {"description": words}], [COUNTY], draft)
        assert page.autosave().status_code == 200
    assert {line.description for line in draft.costs.all()} == {"Raum", "Kursleitung"}


def test_a_line_that_both_changed_is_chosen_line_by_line(open_page, draft, second):
    open_page(section="finanzplan").send(**sides([COST, COST | {"description": "Raum"}], [OWN, COUNTY], draft))
    first, other = draft.costs.all()
    rows = [COST | {"pk": first.pk}, COST | {"pk": other.pk, "description": "Raum"}]
    own, county = [line.pk for line in draft.sources.all()]
    sources = [OWN | {"pk": own}, COUNTY | {"pk": county, "description": "beantragen Sie hiermit"}]
    mine, theirs = open_page(section="finanzplan"), open_page(second, "finanzplan")
    theirs.values |= sides([rows[0] | {"unit_price": "30,00"}, rows[1] | {"quantity": "2"}], sources, draft)
    assert theirs.autosave().status_code == 200
    mine.values |= sides([rows[0] | {"unit_price": "20,00"}, rows[1]], sources, draft)
    asked = mine.send()
    assert asked.status_code == 409
    row = asked.context["differences"][0]
    assert (row.label, row.typed) == ("Ausgabe 1", "Honorare, Kursleitung, 40, 20,00")
    assert row.stored == "Honorare, Kursleitung, 40, 30,00"
    sent = dict(asked.context["sent"])
    mine.client.post(mine.address, sent | {"asked": row.name, f"choice-{row.name}": "mine"})
    assert [(str(line.unit_price), str(line.quantity)) for line in draft.costs.all()] == [
        ("20.00", "40.00"), ("25.00", "2.00")
    ]  # fmt: skip


def test_a_line_that_one_removed_and_the_other_changed_is_asked_about(open_page, draft, second):
    open_page(section="finanzplan").send(**sides([COST], [COUNTY], draft))
    line, county = draft.costs.get(), draft.sources.get()
    sources = [COUNTY | {"pk": county.pk, "description": "beantragen Sie hiermit"}]
    mine, theirs = open_page(section="finanzplan"), open_page(second, "finanzplan")
    theirs.values |= sides([COST | {"pk": line.pk, "quantity": "50"}], sources, draft)
    theirs.autosave()
    mine.values |= sides([], sources, draft)
    asked = mine.send()
    assert (asked.status_code, asked.context["differences"][0].typed) == (409, "Zeile entfernt")
    sent = dict(asked.context["sent"])
    name = asked.context["differences"][0].name
    mine.client.post(mine.address, sent | {"asked": name, f"choice-{name}": "theirs"})
    assert str(draft.costs.get().quantity) == "50.00"


def test_the_sums_come_with_the_answer(open_page, draft):
    page = open_page(section="finanzplan")
    volunteer = {"category": "in_kind_volunteer", "description": "Aufbau", "quantity": "10", "unit_price": "15,00"}
    applied = OWN | {"kind": "third_party_private", "status": "applied"}
    page.values |= sides([COST, volunteer], [applied, COUNTY], draft)
    told = page.autosave().json()
    assert told["sums"] == {"costs": "1.150,00\xa0€", "sources": "1.000,00\xa0€"}
    assert told["amounts"]["costs-1"] == "150,00\xa0€"
    for words in (
        "Möglicher Zuschuss: höchstens",
        "Bei den Einnahmen fehlen 150,00",
        "Noch nicht zugesagt sind 200,00",
    ):
        assert words in told["balance"]


def test_an_amount_that_cannot_be_read_is_named_by_its_place(open_page, draft):
    page = open_page(section="finanzplan")
    page.values |= sides([{}, {}, COST | {"unit_price": "viel"}], [OWN, COUNTY], draft)
    told = page.autosave().json()
    assert list(told["errors"]) == ["id_costs-2-unit_price"]
    assert "Ausgabe 3: Einzelpreis" in told["state"]


# Who may


def test_a_session_that_has_ended_is_told_in_words_a_script_understands(open_page, draft):
    page = open_page()
    page.client.logout()
    answer = page.autosave(title="Tür")
    assert (answer.status_code, answer.json()) == (401, {"reason": "log-in"})


def test_what_one_person_typed_is_not_saved_by_the_next_in_the_same_browser(open_page, draft, second, world):
    page = open_page()
    page.client.force_login(world.cast.user[second])
    assert page.autosave(title="Tür").status_code == 401
    draft.refresh_from_db()
    assert draft.version == 0


def test_a_form_that_is_too_old_is_told_too(world, draft):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.cast.user["applicant"])
    answer = client.post(url(draft, "vorhaben"), {"title": "Tür"}, headers={"X-Autosave": "1"})
    assert (answer.status_code, answer.json()) == (403, {"reason": "stale"})


def test_a_filed_application_is_told_too(open_page, draft):
    page = open_page()
    Application.objects.filter(pk=draft.pk).update(is_editable=False)
    answer = page.autosave(title="Tür")
    assert (answer.status_code, answer.json()["reason"]) == (403, "refused")


@pytest.mark.parametrize(("name", "status"), [("stranger", 404), ("caseworker", 404), ("reader", 403)])
def test_who_may_not_write_saves_nothing_by_script(as_person, world, draft, name, status):
    data = {"version": 0, "title": "Tür", "person": str(world.cast.user[name].key)}
    answer = as_person(name).post(url(draft, "vorhaben"), data, headers={"X-Autosave": "1"})
    draft.refresh_from_db()
    assert (answer.status_code, draft.version) == (status, 0)


# How much it costs


@pytest.mark.parametrize("section", ["vorhaben", "ziele", "zeitraum", "erklaerungen"])
def test_a_step_and_its_saving_take_few_queries(open_page, draft, section):
    page = open_page(section=section)
    with CaptureQueriesContext(connection) as opened:
        page.client.get(page.address)
    with CaptureQueriesContext(connection) as kept:
        page.autosave()
    assert max(len(opened), len(kept)) <= 12, "\n".join(query["sql"][:150] for query in [*opened, *kept])


def lines_of(count: int, price: str = "25,00") -> list[dict[str, Any]]:
    return [COST | {"description": f"Kursleitung {number}", "unit_price": price} for number in range(count)]


@pytest.fixture
def questions_rules_and_files(world, draft):
    """All that a programme can want to know of a draft, so that nothing is missing in the count."""
    asked = QuestionSet.objects.create(programme=world.programme, number=1, published_at=START)
    Question.objects.create(question_set=asked, slug="raum", kind="short_text", label="Raum?", is_required=True)
    Question.objects.create(question_set=asked, slug="skizze", kind="file", label="Skizze", is_required=True)
    EvidenceTier.objects.create(programme=world.programme, kind="offer", from_amount=100)
    EligibilityRule.objects.create(
        programme=world.programme, subject="amount_at_most", expected=["100"], reason="Nur Kleines."
    )
    Application.objects.filter(pk=draft.pk).update(question_set=asked)


def test_saving_the_plan_takes_few_queries_however_many_lines_it_has(open_page, draft, questions_rules_and_files):
    counts = {}
    for lines in (1, 30):
        page = open_page(section="finanzplan")
        page.values |= sides(lines_of(lines), [OWN, COUNTY], draft)
        for what, rows, sources in (
            ("first", lines_of(lines), [OWN, COUNTY]),
            ("unchanged", lines_of(lines), [OWN, COUNTY]),
            ("changed", lines_of(lines, "26,00"), [OWN | {"amount": "240,00"}, COUNTY]),
            ("one more", [*lines_of(lines, "27,00"), COST], [OWN | {"amount": "250,00"}, COUNTY]),
        ):
            known = {name: text for name, text in page.values.items() if name.endswith("-pk")}
            page.values |= sides(rows, sources, draft) | known
            with CaptureQueriesContext(connection) as queries:
                assert page.autosave().status_code == 200
            counts[lines, what] = len(queries)
            assert len(queries) <= 12, "\n".join(query["sql"][:150] for query in queries)
        assert draft.costs.count() == lines + 1
        draft.costs.all().delete()
    assert [counts[1, what] for _lines, what in counts] == [counts[30, what] for _lines, what in counts]


@pytest.mark.parametrize("section", [section.value for section in Section])
def test_every_step_opens_in_few_queries(as_person, draft, questions_rules_and_files, section):
    client = as_person("applicant")
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url(draft, section)).status_code == 200
    assert len(queries) <= 12, "\n".join(query["sql"][:150] for query in queries)


def test_what_is_read_at_once_is_what_the_tables_hold(world, draft, questions_rules_and_files):
    """Amounts, quantities, lists and days come back as what they are, on both engines."""
    save_plan(
        draft,
        Save(version=0, actor=world.cast.actor["applicant"], at=world.at),
        [Line(pk=None, values={"category": "fees", "description": "„Ä“ \\ 'x'", "quantity": Decimal("1.50"), "unit_price": Decimal("0.05")})],
        [],
    )  # fmt: skip
    fresh = Application.objects.select_related("round__programme", "question_set").get(pk=draft.pk)
    plain = Application.objects.select_related("round__programme", "question_set").get(pk=draft.pk)
    gather(fresh)
    for name in ("costs", "sources", "goals"):
        assert _columns(getattr(fresh, name).all()) == _columns(getattr(plain, name).all()), name
    assert _columns(fresh.question_set.questions.all()) == _columns(plain.question_set.questions.all())
    assert _columns(fresh.known_rules) == _columns(EligibilityRule.objects.all())
    assert _columns(fresh.known_tiers) == _columns(EvidenceTier.objects.all())


def _columns(rows: Any) -> list[dict[str, Any]]:
    return [{name: repr(value) for name, value in vars(row).items() if name[0] != "_"} for row in rows]
