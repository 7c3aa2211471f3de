"""The page of a case: what stands next, the checklist, who may do what, and the queries it takes."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from journal.models import Event
from tests.factories import World
from tests.workflow.office import at_the_desk, queries_of, today_is
from workflow.models import Case, CaseState, ChecklistItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Settings) -> World:
    settings.DEMO = True  # nobody here has a second factor
    return World()


def url(case: Case) -> str:
    return f"/vorgaenge/{case.reference}/"


def page(world: World, name: str, case: Case) -> Any:
    with today_is(world.at):
        return at_the_desk(world, name).get(url(case))


def labels(answer: Any) -> list[str]:
    return [button.label for button in answer.context["panel"].buttons]


@pytest.mark.parametrize(
    ("state", "name", "expected"),
    [
        ("filed", "caseworker", ["Prüfung beginnen", "Als zurückgezogen eintragen"]),
        ("filed", "auditor", []),
        ("checking", "caseworker", ["Unterlagen nachfordern"]),
        ("questioned", "caseworker", ["Als zurückgezogen eintragen"]),
        ("reviewing", "technical_reviewer", ["Vorschlag an die Entscheidung geben", "An das Gremium geben"]),
        ("proposed", "decider", ["Entscheiden", "Auf die Warteliste setzen"]),
        ("approved", "caseworker", ["Bescheid ansehen und versenden"]),
        ("approved", "decider", ["Entscheidung zurücknehmen"]),
        ("rejected", "caseworker", ["Bescheid ansehen und versenden"]),
    ],
)
def test_the_panel_offers_what_this_person_may_do(world: World, state: str, name: str, expected: list[str]) -> None:
    shown = labels(page(world, name, getattr(world, state)()))
    assert shown[: len(expected)] == expected


def test_there_is_one_primary_button(world: World) -> None:
    for state in ("filed", "questioned", "reviewing", "proposed", "approved"):
        for name in ("caseworker", "decider"):
            buttons = page(world, name, getattr(world, state)(requested="100", cost="200")).context["panel"].buttons
            assert sum(button.tone == "primary" for button in buttons) <= 1


def test_instead_of_a_button_stands_the_reason(world: World) -> None:
    answer = page(world, "caseworker", world.checking())
    assert answer.context["panel"].title == "Noch acht Punkte der Prüfung sind offen."
    assert "Zur Prüfliste" in answer.content.decode()


def test_a_case_that_waits_says_for_whom(world: World) -> None:
    case = world.proposed()
    world.later(days=4)
    panel = page(world, "coordinator", case).context["panel"]
    assert (panel.is_next, panel.text) == (False, "Wartet auf die Entscheidung, seit vier Tagen.")


@pytest.mark.parametrize("name", ["treasury", "budget_officer", "sysadmin", "dpo", "applicant"])
def test_others_do_not_read_cases(world: World, name: str) -> None:
    assert page(world, name, world.filed()).status_code == 403


def test_an_unknown_case_is_not_found(world: World) -> None:
    assert at_the_desk(world, "caseworker").get("/vorgaenge/INT-2026-9999/").status_code == 404


def tick(world: World, name: str, case: Case, **data: str) -> Any:
    item = case.checklist.first()
    assert item is not None
    posted = {f"punkt-{item.pk}-{field}": value for field, value in data.items()}
    with today_is(world.at):
        return at_the_desk(world, name).post(f"{url(case)}pruefpunkte/{item.pk}/", posted)


def test_a_point_is_ticked_off_and_told(world: World) -> None:
    case = world.checking()
    assert tick(world, "caseworker", case, result="notice", note="kam per Post").status_code == 302
    item = case.checklist.first()
    assert item is not None
    assert (item.result, item.note, item.checked_by) == ("notice", "kam per Post", world.cast.actor["caseworker"].key)
    assert Event.objects.get(kind="point_checked").actor_role == "caseworker"


@pytest.mark.parametrize("data", [{}, {"result": "missing"}, {"result": "open"}, {"result": "fine", "note": "x" * 301}])
def test_an_incomplete_finding_comes_back_with_what_was_typed(world: World, data: dict[str, str]) -> None:
    case = world.checking()
    answer = tick(world, "caseworker", case, **data)
    assert answer.status_code == 422
    assert "Fehler: " in answer.content.decode()
    assert case.checklist.filter(result=ChecklistItem.Result.OPEN).count() == 8


def test_only_the_caseworker_ticks_and_only_during_the_check(world: World) -> None:
    assert tick(world, "decider", world.checking(), result="fine").status_code == 403
    assert tick(world, "caseworker", world.reviewing(), result="fine").status_code == 422


def test_a_case_is_taken_over_with_a_trace(world: World) -> None:
    case = world.filed()
    with today_is(world.at):
        assert at_the_desk(world, "caseworker").post(f"{url(case)}uebernehmen/").status_code == 302
        assert at_the_desk(world, "decider").post(f"{url(case)}uebernehmen/").status_code == 403
    case.refresh_from_db()
    assert case.assigned_to == world.cast.actor["caseworker"].key
    assert Event.objects.filter(kind="assigned", thread=case.reference).count() == 1


def step(world: World, name: str, case: Case, transition: str, **data: Any) -> Any:
    with today_is(world.at):
        return at_the_desk(world, name).post(
            f"/vorgaenge/{case.pk}/schritt/{transition}/", {"version": case.version, **data}
        )


def test_a_button_of_the_page_takes_the_step(world: World) -> None:
    case = world.filed()
    assert step(world, "caseworker", case, "start_check").status_code == 302
    case.refresh_from_db()
    assert case.state == CaseState.FORMAL_CHECK


def test_a_step_on_an_older_page_is_told_that_somebody_was_faster(world: World) -> None:
    case = world.checking()
    world.tick_all(case)
    stale = Case.objects.get(pk=case.pk)
    world.do(case, "complete_check", "caseworker")
    answer = step(world, "caseworker", stale, "complete_check")
    assert answer.status_code == 409
    assert "Caseworker" in answer.content.decode()


def test_a_refused_step_stays_on_its_page(world: World) -> None:
    answer = step(world, "caseworker", world.checking(), "complete_check")
    assert answer.status_code == 422
    assert "8 Punkte der Prüfung sind offen" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "status"), [("stranger", 404), ("treasury", 404), ("applicant", 403), ("decider", 403)]
)
def test_the_step_of_a_case_is_for_who_may_take_it(world: World, name: str, status: int) -> None:
    assert step(world, name, world.filed(), "start_check").status_code == status


def test_members_read_that_the_administration_was_faster_but_not_who(world: World) -> None:
    case = world.filed()
    stale = Case.objects.get(pk=case.pk)
    world.do(case, "start_check", "caseworker")
    answer = step(world, "applicant", stale, "withdraw")
    assert answer.status_code == 409
    assert "Die Verwaltung" in answer.content.decode()
    assert "Caseworker" not in answer.content.decode()


@pytest.mark.parametrize(
    ("state", "name"),
    [
        ("filed", "caseworker"), ("checking", "caseworker"), ("questioned", "caseworker"),
        ("reviewing", "caseworker"), ("proposed", "decider"), ("approved", "decider"), ("rejected", "caseworker"),
    ],
)  # fmt: skip
def test_a_case_takes_at_most_twenty_queries(world: World, state: str, name: str) -> None:
    case = getattr(world, state)()
    client = at_the_desk(world, name)
    with today_is(world.at):
        assert queries_of(client, url(case)) <= 20


def test_more_lines_and_files_take_no_more_queries(world: World) -> None:
    case = world.checking()
    client = at_the_desk(world, "caseworker")
    with today_is(world.at):
        few = queries_of(client, url(case))
        for number in range(5):
            world.attach(case.application, "other", f"Angebot {number}.pdf")
        assert queries_of(client, url(case)) == few
