"""A programme's own points of the formal check: who writes them, which checks have them, and taking a finding back."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from journal.models import Event
from journal.refusals import Faster, Refused
from tests.accounts.keys import log_in_with_factor
from tests.factories import World
from workflow import checkpoints, inquiries
from workflow.models import ChecklistItem, CheckPoint

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]


@pytest.fixture
def world() -> World:
    return World()


def add(world: World, title: str, hint: str = "") -> CheckPoint:
    return checkpoints.add(world.programme, title=title, hint=hint, actor=world.cast.actor["coordinator"], at=world.at)


def titles(world: World) -> list[str]:
    return [point.title for point in checkpoints.of(world.programme)]


def go(name: str, *args: Any) -> str:
    return reverse(f"workflow:{name}", args=args)


@pytest.fixture
def desk(client: Client, world: World) -> Client:
    log_in_with_factor(client, world.cast.user["coordinator"])
    return client


def test_a_check_that_begins_has_the_points_of_its_programme_after_the_standard_ones(world: World) -> None:
    add(world, "Kinderschutzkonzept liegt vor", "Nur bei Angeboten für Kinder")
    case = world.checking()
    items = list(case.checklist.all())
    assert [item.code for item in items[:-1]] == list(ChecklistItem.Code)
    assert (str(items[-1]), items[-1].hint) == ("Kinderschutzkonzept liegt vor", "Nur bei Angeboten für Kinder")


def test_a_running_check_keeps_its_points(world: World) -> None:
    point = add(world, "Kinderschutzkonzept liegt vor")
    case = world.checking()
    checkpoints.retire(point, actor=world.cast.actor["coordinator"], at=world.at)
    add(world, "Etwas Neues")
    assert str(case.checklist.last()) == "Kinderschutzkonzept liegt vor"
    assert str(world.checking().checklist.last()) == "Etwas Neues"


def test_of_another_programme_nothing_comes(world: World) -> None:
    other = type(world.programme).objects.get(pk=world.programme.pk)
    other.pk, other.slug, other.prefix = None, "andere", "AND"
    other.save()
    checkpoints.add(other, title="Fremd", hint="", actor=world.cast.actor["coordinator"], at=world.at)
    assert world.checking().checklist.count() == len(ChecklistItem.Code)


def test_an_own_point_that_is_open_holds_the_check_up_like_any_other(world: World) -> None:
    add(world, "Kinderschutzkonzept liegt vor")
    case = world.checking()
    world.tick_all(case)
    ChecklistItem.objects.filter(case=case, code__startswith="p", title__startswith="Kinder").update(result="open")
    with pytest.raises(Refused, match="Ein Punkt der Prüfung ist offen"):
        world.do(case, "complete_check", "caseworker")


def test_points_are_put_in_order_and_told_in_the_journal(world: World) -> None:
    first, second = add(world, "Eins"), add(world, "Zwei")
    who: dict[str, Any] = {"actor": world.cast.actor["coordinator"], "at": world.at}
    assert checkpoints.move(second, by=-1, **who)
    assert titles(world) == ["Zwei", "Eins"]
    assert not checkpoints.move(second, by=-1, **who)
    checkpoints.retire(first, **who)
    checkpoints.restore(first, **who)
    assert titles(world) == ["Zwei", "Eins"]
    told = Event.objects.filter(thread="PROG-integrationsprojekte").order_by("pk").values_list("kind", flat=True)
    assert [kind.removeprefix("check_point_") for kind in told] == ["added", "added", "moved", "retired", "restored"]


def test_what_is_refused(world: World) -> None:
    point = add(world, "Eins")
    who: dict[str, Any] = {"actor": world.cast.actor["coordinator"], "at": world.at}
    with pytest.raises(Refused, match="gibt es schon"):
        add(world, "eins")
    with pytest.raises(Faster):
        checkpoints.change(point, title="Drei", hint="", seen="etwas anderes", **who)
    with pytest.raises(Faster):
        checkpoints.restore(point, **who)
    for number in range(checkpoints.MOST - 1):
        add(world, f"Punkt {number}")
    with pytest.raises(Refused, match="Mehr als 30"):
        add(world, "Einer zu viel")


# Taking a finding back


def ticked(world: World) -> ChecklistItem:
    item = world.checking().checklist.get(code="plan")
    inquiries.tick(item, result="notice", note="Knapp", actor=world.cast.actor["caseworker"], at=world.at)
    return ChecklistItem.objects.get(pk=item.pk)


def test_a_finding_is_taken_back_with_a_trace(world: World) -> None:
    item = ticked(world)
    inquiries.reopen(item, actor=world.cast.actor["caseworker"], at=world.later(hours=1))
    again = ChecklistItem.objects.get(pk=item.pk)
    assert (again.result, again.note, again.checked_at) == ("open", "", world.at)
    event = Event.objects.get(kind="point_reopened")
    assert (event.facts["result"], event.facts["note"]) == ("notice", "Knapp")
    with pytest.raises(Faster):
        inquiries.reopen(again, actor=world.cast.actor["caseworker"], at=world.at)


def test_the_page_takes_it_back_and_says_who_did(client: Client, world: World) -> None:
    log_in_with_factor(client, world.cast.user["caseworker"])
    item = ticked(world)
    url = go("point_reopen", item.case.reference, item.pk)
    shown = client.post(url, follow=True).content.decode()
    assert "zurückgenommen von Caseworker" in shown
    assert client.post(url).status_code == 409
    assert client.post(go("point_reopen", world.checking().reference, item.pk)).status_code == 404
    world.tick_all(item.case)
    world.do(item.case, "complete_check", "caseworker")
    assert client.post(url).status_code == 422


# The pages of the administration


def test_the_coordinator_adds_changes_orders_and_retires(desk: Client, world: World) -> None:
    page, new = go("checkpoint_programme", world.programme.pk), go("checkpoint_new", world.programme.pk)
    assert desk.post(new, {"title": " "}).status_code == 422
    assert desk.post(new, {"title": "Eins", "hint": "Hinweis"}).status_code == 302
    assert desk.post(new, {"title": "Zwei"}).status_code == 302
    two = desk.post(new, {"title": "ZWEI"})
    assert two.status_code == 422
    assert "Diesen Punkt gibt es schon." in two.content.decode()
    point = CheckPoint.objects.get(title="Zwei")
    desk.post(go("checkpoint_move", point.pk), {"direction": "up"})
    assert titles(world) == ["Zwei", "Eins"]
    assert desk.post(go("checkpoint_move", point.pk), {"direction": "sideways"}).status_code == 422
    mark = checkpoints.mark_of(point)
    edit = go("checkpoint_edit", point.pk)
    assert desk.post(edit, {"title": "Zwei neu", "mark": mark}).status_code == 302
    stale = desk.post(edit, {"title": "Zwei anders", "mark": mark})
    assert stale.status_code == 409
    assert "Zwei anders" in stale.content.decode()
    assert titles(world) == ["Zwei neu", "Eins"]
    desk.post(go("checkpoint_retire", point.pk))
    assert "Wieder verwenden" in desk.get(page).content.decode()
    assert desk.post(go("checkpoint_retire", point.pk)).status_code == 409


def test_the_list_takes_as_many_queries_for_thirty_programmes_as_for_one(desk: Client, world: World) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert desk.get(go("checkpoints")).status_code == 200
        return len(caught)

    queries()
    before = queries()
    for number in range(30):
        other = type(world.programme).objects.get(pk=world.programme.pk)
        other.pk, other.slug, other.prefix = None, f"p-{number}", f"P{number}"
        other.save()
    assert queries() == before
