"""The desk "Heute" and the list of cases: what is on it, in which order, and how many queries it takes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from pytest_django import Settings

from tests.factories import World, euros, place
from tests.workflow.office import at_the_desk, queries_of, today_is
from workflow import desk, queries
from workflow.models import Case, CaseState

pytestmark = pytest.mark.django_db
LIST = "/vorgaenge/"


@pytest.fixture
def world(settings: Settings) -> World:
    settings.DEMO = True  # nobody here has a second factor
    return World()


def jobs(world: World, name: str = "caseworker") -> list[str]:
    return [task.case.job for task in desk.tasks(world.cast.actor[name], today=world.at.date())]


def test_the_most_harmful_task_comes_first(world: World) -> None:
    world.checking()
    world.questioned()
    world.approved()
    world.later(days=15)
    assert jobs(world) == ["unanswered", "check", "notice"]


def test_an_answer_that_is_not_due_yet_is_no_task(world: World) -> None:
    case = world.questioned()
    assert jobs(world) == []
    assert [heap.state for heap in queries.waiting_for_others(world.at.date())] == [case.state]


def test_what_is_overdue_waits_no_longer_for_others(world: World) -> None:
    world.questioned()
    world.later(days=20)
    assert queries.waiting_for_others(world.at.date()) == []


def test_after_sixty_days_in_the_house_a_case_warns(world: World) -> None:
    world.reviewing()
    world.later(days=60)
    (task,) = desk.tasks(world.cast.actor["caseworker"], today=world.at.date())
    assert (task.tone, task.badge) == ("w", "60 Tage im Haus")


@pytest.mark.parametrize(
    ("days", "expected"), [(3, []), (4, ["notification"]), (10, ["notification"])]
)  # § 41 Abs. 2 VwVfG: the fourth day after posting
def test_notification_is_a_task_from_the_fourth_day_on(world: World, days: int, expected: list[str]) -> None:
    world.issued()
    world.later(days=days)
    assert jobs(world) == expected


@pytest.mark.parametrize(("days", "expected"), [(10, []), (11, ["uncollected"])])  # § 41 Abs. 2a VwVfG
def test_a_notice_that_nobody_collects_is_a_task_after_ten_days(world: World, days: int, expected: list[str]) -> None:
    world.issued(channel="portal")
    world.later(days=days)
    assert jobs(world) == expected


def test_a_colleagues_case_is_not_on_the_desk(world: World) -> None:
    case = world.checking()
    Case.objects.filter(pk=case.pk).update(assigned_to=world.cast.actor["decider"].key)
    assert jobs(world) == []


def test_reviewers_see_proposals_to_write_and_nothing_else(world: World) -> None:
    world.reviewing()
    world.checking()
    assert jobs(world, "technical_reviewer") == ["proposal"]


def test_the_number_in_the_menu_is_the_number_on_the_page(world: World) -> None:
    world.filed()
    world.checking()
    world.questioned()
    actor = world.cast.actor["caseworker"]
    today = world.at.date()
    assert (
        desk.waiting_for(actor, today=today)
        == len(desk.tasks(actor, today=today)) + desk.new_cases(actor, today=today).count()
        == 2
    )


def test_the_desk_counts_in_a_sentence(world: World) -> None:
    world.filed()
    world.checking()
    world.questioned()
    with today_is(world.at):
        page = at_the_desk(world, "caseworker").get("/heute/").content.decode()
    assert "Ein Vorgang braucht Sie. Ein Antrag ist neu. Ein Vorgang wartet auf andere." in page


@pytest.mark.parametrize(("url", "most"), [("/heute/", 15), (LIST, 12)])
def test_a_page_takes_as_many_queries_for_thirty_cases_as_for_one(world: World, url: str, most: int) -> None:
    walk = (world.filed, world.checking, world.questioned, world.reviewing, world.proposed, world.approved)
    for step in walk:
        step(requested="100", cost="200")
    client = at_the_desk(world, "caseworker")
    with today_is(world.at):
        few = queries_of(client, url)
        for _round in range(4):
            for step in walk:
                step(requested="100", cost="200")
        assert queries_of(client, url) == few <= most


def test_each_view_counts_what_it_shows(world: World) -> None:
    """The number on the chip and the rows behind it come from two conditions that must say the same."""
    for step in (world.filed, world.checking, world.approved, world.rejected, world.issued):
        step()
    place(world.reviewing(), CaseState.IN_COMMITTEE)
    place(world.filed(), CaseState.WITHDRAWN)
    place(
        world.approved().award,
        "report_due",
        issued_on=world.at.date(),
        notified_on=world.at.date(),
        lawsuit_until=world.at.date(),
    )
    place(world.approved().award, "renounced", issued_on=world.at.date())
    actor = world.cast.actor["caseworker"]
    heaps = queries.heaps(actor)
    for view in queries.VIEWS:
        found = Case.objects.filter(view.where(actor.key))
        assert queries.together(filter(view.holds, heaps)) == queries.sum_of(found), view.slug


def test_the_foot_adds_all_hits_not_only_the_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.views.case_list.PER_PAGE", 2)
    for _number in range(3):
        world.filed(requested="100", cost="200")
    with today_is(world.at):
        answer = at_the_desk(world, "caseworker").get(LIST)
    assert len(answer.context["rows"]) == 2
    assert answer.context["total"] == Decimal("300.00")
    assert "3 Vorgänge" in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("text=mama", ["Mama lernt Deutsch"]),
        ("text=0002", ["Tür an Tür"]),
        ("text=harlingerland", ["Mama lernt Deutsch", "Tür an Tür"]),
        ("status=submitted", ["Tür an Tür"]),
        ("status=draft_notice", ["Mama lernt Deutsch"]),
        ("jahr=2026", ["Mama lernt Deutsch", "Tür an Tür"]),
        ("sortierung=-projekt", ["Tür an Tür", "Mama lernt Deutsch"]),
        ("sortierung=betrag", ["Tür an Tür", "Mama lernt Deutsch"]),
        ("sortierung=unbekannt", ["Mama lernt Deutsch", "Tür an Tür"]),
        ("ansicht=gremium", []),
    ],
)
def test_the_list_filters_and_sorts(world: World, query: str, expected: list[str]) -> None:
    world.approved(title="Mama lernt Deutsch")
    world.filed(title="Tür an Tür", requested="500", cost="700")
    with today_is(world.at):
        answer = at_the_desk(world, "caseworker").get(f"{LIST}?{query}")
    found = [str(row.case.application) for row in answer.context["rows"]]
    assert (found if "sortierung=-p" in query or "sortierung=b" in query else sorted(found)) == expected


def test_an_overdue_deadline_turns_the_status_red(world: World) -> None:
    world.questioned()
    world.later(days=20)
    with today_is(world.at):
        (row,) = at_the_desk(world, "caseworker").get(LIST).context["rows"]
    status = next(cell for cell in row.cells if cell.column.slug == "status")
    assert (status.tone, status.value) == ("d", "Nachforderung läuft, überfällig")


@pytest.mark.parametrize("url", ["/heute/", LIST, "/gremien/", "/entscheidungen/", "/protokoll/"])
def test_applicants_have_no_page_of_the_office(world: World, url: str) -> None:
    assert at_the_desk(world, "applicant").get(url).status_code == 403


def test_money_left_is_the_lines_own_number(world: World) -> None:
    world.approved()
    world.line.refresh_from_db()
    with today_is(world.at + timedelta(hours=1)):
        money = at_the_desk(world, "caseworker").get("/heute/").context["money"]
    assert money["available"] == world.line.available == euros("18400")
