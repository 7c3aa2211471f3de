"""The page of the bodies: what waits for a resolution, and how one is entered."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from tests.factories import World, euros
from tests.workflow.office import at_the_desk, queries_of, today_is
from workflow.models import Case, CaseState, Threshold

pytestmark = pytest.mark.django_db
URL = "/gremien/"
RESOLUTION = {
    "body": "county_committee", "resolved_on": "02.03.2026", "number": "KA 7/2026", "outcome": "adopted",
    "amount": "4.000", "votes_yes": "7", "votes_no": "2", "votes_abstained": "1",
}  # fmt: skip


@pytest.fixture
def world(settings: Settings) -> World:
    settings.DEMO = True  # nobody here has a second factor
    world = World()
    Threshold.objects.create(valid_from=world.at.date(), up_to=euros("2500"), decides="administration")
    Threshold.objects.create(valid_from=world.at.date(), up_to=None, decides="county_committee")
    return world


def referred(world: World, requested: str = "4000", cost: str = "5000") -> Case:
    case = world.reviewing(requested=requested, cost=cost)
    found: Case = world.do(case, "refer_to_committee", "caseworker", reason="Über der Wertgrenze")
    return found


def test_each_case_names_the_body_that_decides(world: World) -> None:
    case = referred(world)
    with today_is(world.at):
        context = at_the_desk(world, "committee_office").get(URL).context
    assert [(found.pk, body) for found, body in context["waiting"]] == [(case.pk, "Kreisausschuss")]


def test_a_resolution_is_entered_and_stands_in_the_register(world: World) -> None:
    case = referred(world)
    client = at_the_desk(world, "committee_office")
    with today_is(world.at):
        answer = client.post(
            f"/vorgaenge/{case.pk}/schritt/record_resolution/", {"version": case.version, **RESOLUTION}
        )
        assert answer.status_code == 302
        page = client.get(URL).content.decode()
    case.refresh_from_db()
    assert (case.state, case.proposed_amount) == (CaseState.DECISION_READY, euros("4000"))
    assert "KA 7/2026" in page
    assert "7 Ja, 2 Nein, 1 Enthaltungen" in page


def test_a_resolution_that_does_not_fit_its_votes_is_refused(world: World) -> None:
    case = referred(world)
    data = {"version": case.version, **RESOLUTION, "votes_yes": "2"}
    with today_is(world.at):
        answer = at_the_desk(world, "committee_office").post(f"/vorgaenge/{case.pk}/schritt/record_resolution/", data)
    assert answer.status_code == 422
    assert "Gleichstand ist abgelehnt" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "may_record"), [("committee_office", True), ("caseworker", False), ("auditor", False)]
)
def test_others_of_the_office_only_read(world: World, name: str, may_record: bool) -> None:
    case = referred(world)
    with today_is(world.at):
        client = at_the_desk(world, name)
        assert client.get(URL).context["may_record"] is may_record
        status = client.get(f"/vorgaenge/{case.pk}/schritt/record_resolution/").status_code
    assert status == (200 if may_record else 403)


def test_more_cases_take_no_more_queries(world: World) -> None:
    referred(world, "100", "200")
    client = at_the_desk(world, "committee_office")
    with today_is(world.at):
        few = queries_of(client, URL)
        for _number in range(10):
            referred(world, "100", "200")
        assert queries_of(client, URL) == few
