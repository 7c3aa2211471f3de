"""Between two revisions each change is told once, old beside new; the plan can be changed to fit an offer."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from applications.actions import snapshot
from applications.models import Application, Revision
from journal.refusals import Refused
from tests.factories import START, World, euros
from tests.workflow.office import at_the_desk, queries_of, today_is
from workflow import differences
from workflow.models import Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    settings.DEMO = True
    with today_is(START):
        yield World()


@pytest.fixture
def content(world: World) -> dict[str, Any]:
    return snapshot(world.draft())


def told(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    groups = differences.compare(old, new)
    return [(group.title, change.label, change.old, change.new) for group in groups for change in group.changes]


def test_the_same_twice_is_no_change(content: dict[str, Any]) -> None:
    assert differences.compare(content, copy.deepcopy(content)) == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("title", "Sprachcafé am Hafen", ("Vorhaben", "Name des Projekts", "Sprachcafé am Deich 1", "Sprachcafé am Hafen")),
        ("place", "", ("Vorhaben", "Ort", "Friedeburg", "")),
        ("starts_on", "2026-07-01", ("Zeitraum", "Beginn", "31.05.2026", "01.07.2026")),
        ("expected_people", "45", ("Ziele", "Wie viele Menschen?", "40", "45")),
        ("wants_portal", False, ("Erklärungen", "Bescheid im Portal abholen", "ja", "nein")),
        ("goals", [], ("Ziele", "Ziele", "Z 3 Begegnung", "")),
    ],
)  # fmt: skip
def test_a_field_is_told_old_beside_new(content: dict[str, Any], name: str, value: Any, expected: Any) -> None:
    found = told(content, content | {name: value})
    assert len(found) == 1
    assert found[0][:2] == expected[:2]
    if name != "goals":
        assert found[0] == expected


def test_an_account_number_is_told_masked(content: dict[str, Any]) -> None:
    new = content | {"organisation": content["organisation"] | {"iban": "DE16999999990001000002"}}
    assert told(content, new) == [("Organisation", "IBAN", "DE** **** 0001", "DE** **** 0002")]


def cost(
    amount: str, description: str = "Kursleitung", category: str = "fees", quantity: str = "1.00"
) -> dict[str, str]:
    return {
        "category": category, "description": description, "quantity": quantity,
        "unit_price": amount, "amount": amount,
    }  # fmt: skip


LINES = [
    ("amount", [cost("100.00")], [cost("120.00")],
     [("Ausgabe: Honorare", "Kursleitung: 100,00\xa0€", "Kursleitung: 120,00\xa0€")]),
    ("new line", [cost("100.00")], [cost("100.00"), cost("30.00", "Saal", "rent")],
     [("Ausgabe: Raummiete", "", "Saal: 30,00\xa0€")]),
    ("line gone", [cost("100.00"), cost("30.00", "Saal", "rent")], [cost("100.00")],
     [("Ausgabe: Raummiete", "Saal: 30,00\xa0€", "")]),
    ("another name", [cost("30.00", "Saal", "rent")], [cost("30.00", "Halle", "rent")],
     [("Ausgabe: Raummiete", "Saal: 30,00\xa0€", "Halle: 30,00\xa0€")]),
    ("another order", [cost("1.00", "a"), cost("2.00", "b")], [cost("2.00", "b"), cost("1.00", "a")], []),
    ("two alike, one gone", [cost("1.00"), cost("1.00")], [cost("1.00")],
     [("Ausgabe: Honorare", "Kursleitung: 1,00\xa0€", "")]),
    ("all gone", [cost("1.00")], [], [("Ausgabe: Honorare", "Kursleitung: 1,00\xa0€", "")]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), [row[1:] for row in LINES], ids=[row[0] for row in LINES])
def test_lines_of_the_plan_are_paired(content: dict[str, Any], old: Any, new: Any, expected: Any) -> None:
    found = told(content | {"costs": old}, content | {"costs": new})
    assert [row[1:] for row in found] == expected


def document(name: str, sha: str) -> dict[str, Any]:
    return {"kind": "other", "name": name, "size": 1000, "sha256": sha}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([], [document("a.pdf", "1")], [("", "a.pdf")]),
        ([document("a.pdf", "1")], [], [("a.pdf", "")]),
        ([document("a.pdf", "1")], [document("a.pdf", "2")], [("a.pdf", "neuer Inhalt")]),
        ([document("a.pdf", "1")], [document("b.pdf", "1")], [("a.pdf", "b.pdf")]),
        ([document("a.pdf", "1")], [document("a.pdf", "1")], []),
    ],
    ids=["new", "gone", "new content", "new name", "same"],
)
def test_documents_are_known_by_their_content(content: dict[str, Any], old: Any, new: Any, expected: Any) -> None:
    found = told(content | {"documents": old}, content | {"documents": new})
    assert len(found) == len(expected)
    for (_group, _label, before, after), (first, second) in zip(found, expected, strict=True):
        assert first in before
        assert second in after


def test_answers_are_told_by_their_question(content: dict[str, Any]) -> None:
    old = content | {"questions": [{"question": "Gibt es eine Halle?", "answer": "nein"}]}
    new = content | {
        "questions": [{"question": "Gibt es eine Halle?", "answer": "ja"}, {"question": "Wo?", "answer": "Esens"}]
    }
    assert [row[1:] for row in told(old, new)] == [("Gibt es eine Halle?", "nein", "ja"), ("Wo?", "", "Esens")]


def test_a_revision_from_before_there_were_questions_can_be_compared(content: dict[str, Any]) -> None:
    old = {name: value for name, value in content.items() if name not in {"questions", "declarations", "documents"}}
    assert {row[0] for row in told(old, content)} == {"Unterlagen", "Erklärungen"}


# The page


@pytest.fixture
def answered(world: World) -> Case:
    """A question was asked and answered: there are two revisions."""
    case = world.questioned()
    world.attach(case.application, "other", "Angebot.pdf")
    return world.do(case, "answer", "applicant", answer="Anbei")


def urls(case: Case) -> dict[str, str]:
    return {
        "applicant": f"/antraege/{case.application.key}/aenderungen/",
        "caseworker": f"/vorgaenge/{case.reference}/aenderungen/",
    }


@pytest.mark.parametrize("name", ["applicant", "caseworker"])
def test_both_sides_read_what_the_answer_changed(world: World, answered: Case, name: str) -> None:
    url, client = urls(answered)[name], at_the_desk(world, name)
    page = client.get(url).content.decode()
    assert "Angebot.pdf" in page
    assert "Von Fassung 1" in page
    assert url in client.get(url.removesuffix("aenderungen/")).content.decode()


@pytest.mark.parametrize("query", ["von=0", "von=9", "bis=x", "von=-1", "von=1e3", "bis=99999999", "von=²", "von=%00"])
def test_a_revision_that_does_not_exist_is_not_found(world: World, answered: Case, query: str) -> None:
    assert at_the_desk(world, "applicant").get(f"{urls(answered)['applicant']}?{query}").status_code == 404


@pytest.mark.parametrize(("name", "status"), [("stranger", 404), ("sysadmin", 404), ("reader", 200)])
def test_strangers_find_no_differences(world: World, answered: Case, name: str, status: int) -> None:
    assert at_the_desk(world, name).get(urls(answered)["applicant"]).status_code == status


def test_with_one_revision_there_is_nothing_to_compare(world: World) -> None:
    case = world.checking()
    assert "Es gibt nur Fassung 1" in at_the_desk(world, "applicant").get(urls(case)["applicant"]).content.decode()
    assert (
        "aenderungen/" not in at_the_desk(world, "applicant").get(f"/antraege/{case.application.key}/").content.decode()
    )


def test_thirty_revisions_take_as_many_queries_as_two(world: World, answered: Case) -> None:
    url, client = urls(answered)["applicant"], at_the_desk(world, "applicant")
    few = queries_of(client, url)
    content = answered.application.revisions.get(number=1).content
    for number in range(3, 31):
        Revision.objects.create(
            application=answered.application, number=number, content=content, sha256=f"{number:064}", frozen_at=START
        )
    assert queries_of(client, url) == few


# A reduced offer


def test_an_offer_opens_the_plan_and_nothing_else_and_the_changed_plan_is_accepted(world: World) -> None:
    case, client = world.offered("1200"), at_the_desk(world, "applicant")
    base = f"/antraege/{case.application.key}/schritt"
    assert client.get(f"{base}/finanzplan/").status_code == 200
    assert client.get(f"{base}/vorhaben/").status_code == 302
    with pytest.raises(Refused):
        world.do(case, "accept_offer", "applicant")
    world.plan(Application.objects.get(pk=case.application.pk), requested="1200", cost="1500")
    accepted = world.do(case, "accept_offer", "applicant")
    assert accepted.state == "decision_ready"
    assert accepted.proposed_amount == euros("1200")
    page = client.get(urls(case)["applicant"]).content.decode()
    assert "1.500,00" in page
    assert client.get(f"{base}/finanzplan/").status_code == 302
