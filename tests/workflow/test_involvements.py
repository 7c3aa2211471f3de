"""The register of who is bound to whom: who enters, who ends, who reads, and what the journal keeps of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from funding.models import Resolution
from journal.models import Event
from journal.refusals import Faster, Forbidden, Refused
from tests.factories import World, person
from tests.workflow.office import at_the_desk, queries_of, today_is
from workflow import involvements
from workflow.models import Body, BodyMember, Involvement

pytestmark = pytest.mark.django_db
ALL, MINE, NEW = "/verbindungen/", "/verbindungen/meine/", "/verbindungen/neu/"


@pytest.fixture
def world(settings: Any) -> World:
    settings.DEMO = True  # nobody here has a second factor
    return World()


def entered(world: World, about: str = "decider", by: str = "coordinator", **fields: Any) -> Involvement:
    values: dict[str, Any] = {"kind": "board", "since": world.at.date()} | fields
    somebody = involvements.Person(user_key=world.cast.user[about].key)
    return involvements.enter(somebody, world.organisation, actor=world.cast.actor[by], at=world.at, **values)


def test_everybody_of_the_office_enters_their_own_and_only_managers_that_of_others(world: World) -> None:
    entered(world, about="treasury", by="treasury")
    entered(world, about="decider", by="committee_office")
    with pytest.raises(Forbidden):
        entered(world, about="verifier", by="caseworker")
    with pytest.raises(Forbidden):
        entered(world, about="applicant", by="applicant")
    assert Involvement.objects.count() == 2


def test_the_journal_keeps_who_entered_it_but_no_name_and_no_note(world: World) -> None:
    found = entered(world, note="Schwager ist Kassenwart")
    event = Event.objects.get(kind="involvement_entered")
    assert event.subject_key == str(found.pk)
    assert event.actor_role == "coordinator"
    assert "Schwager" not in str(event.facts)
    assert world.cast.user["decider"].name not in str(event.facts)


def test_the_same_tie_is_not_entered_twice_while_it_lasts(world: World) -> None:
    first = entered(world)
    with pytest.raises(Refused, match="steht schon"):
        entered(world, kind="employed")
    involvements.end(first, until=world.at.date(), actor=world.cast.actor["coordinator"], at=world.at)
    entered(world, since=(world.at + timedelta(days=1)).date())


def test_nobody_ends_their_own_and_nothing_ends_before_it_began(world: World) -> None:
    own, other = entered(world, about="coordinator"), entered(world)
    coordinator = world.cast.actor["coordinator"]
    with pytest.raises(Forbidden, match="eigene"):
        involvements.end(own, until=world.at.date(), actor=coordinator, at=world.at)
    with pytest.raises(Refused, match="vor dem Beginn"):
        involvements.end(other, until=(world.at - timedelta(days=1)).date(), actor=coordinator, at=world.at)
    involvements.end(other, until=world.at.date(), actor=coordinator, at=world.at)
    with pytest.raises(Faster):
        involvements.end(other, until=world.at.date(), actor=coordinator, at=world.at)
    assert Event.objects.filter(kind="involvement_ended").count() == 1


def test_a_person_finds_the_organisation_and_enters_themselves(world: World) -> None:
    client = at_the_desk(world, "treasury")
    word = world.organisation.name.split()[0]
    with today_is(world.at):
        assert world.organisation.name not in client.get(MINE).content.decode()
        page = client.get(MINE, {"suche": word}).content.decode()
        assert str(world.organisation.key) in page
        data = {"organisation": str(world.organisation.key), "kind": "employed", "since": "01.03.2026", "note": ""}
        answer = client.post(f"{MINE}?suche={word}", data)
        assert answer.status_code == 302
        assert "gegen Entgelt beschäftigt" in client.get(MINE).content.decode()
    assert Involvement.objects.get().user_key == world.cast.user["treasury"].key


def test_bad_input_comes_back_with_a_sentence_and_writes_nothing(world: World) -> None:
    client = at_the_desk(world, "treasury")
    with today_is(world.at):
        answer = client.post(f"{MINE}?organisation={world.organisation.key}", {"since": "31.02.2026"})
        strange = client.post(f"{MINE}?organisation=quatsch", {"organisation": "quatsch", "kind": "x"})
    assert answer.status_code == strange.status_code == 422
    assert "Bitte wählen Sie, worin die Verbindung besteht." in answer.content.decode()
    assert not Involvement.objects.exists()


def test_the_committee_office_enters_a_member_of_a_body(world: World) -> None:
    body = Body.objects.get(kind=Resolution.Body.COUNTY_COMMITTEE)
    member = BodyMember.objects.create(body=body, name="Anna Vorstand", since=world.at.date())
    client = at_the_desk(world, "committee_office")
    data = {
        "organisation": str(world.organisation.key), "who": f"member:{member.pk}", "kind": "board", "since": "02.03.2026",
    }  # fmt: skip
    with today_is(world.at):
        assert client.post(f"{NEW}?organisation={world.organisation.key}", data).status_code == 302
        page = client.get(ALL).content.decode()
        by_person = client.get(ALL, {"nach": "person", "suche": "Vorstand"}).content.decode()
    assert "Anna Vorstand" in page
    assert "Anna Vorstand" in by_person
    assert Involvement.objects.get().member == member


def test_the_register_hides_what_has_ended_until_it_is_asked_for(world: World) -> None:
    found = entered(world)
    client = at_the_desk(world, "coordinator")
    with today_is(world.at):
        url = f"/verbindungen/{found.key}/beenden/"
        assert client.post(url, {"until": "01.01.2020"}).status_code == 422
        assert client.post(url, {"until": "02.03.2026"}).status_code == 302
        assert client.get(url).status_code == 409
    with today_is(world.later(days=1)):
        assert world.organisation.name not in client.get(ALL).content.decode()
        assert world.organisation.name in client.get(ALL, {"beendete": "1"}).content.decode()


def test_the_note_is_read_by_managers_and_the_person_alone(world: World) -> None:
    entered(world, note="Schwager ist Kassenwart")
    case = world.proposed()
    with today_is(world.at):
        assert "Schwager" in at_the_desk(world, "coordinator").get(ALL).content.decode()
        page = at_the_desk(world, "decider").get(f"/vorgaenge/{case.reference}/").content.decode()
        of_the_member = at_the_desk(world, "applicant").get(f"/antraege/{case.application.key}/").content.decode()
    assert "Schwager" not in page
    assert "Vorstand oder gesetzliche" not in of_the_member


def test_thirty_entries_take_as_many_queries_as_one(world: World) -> None:
    entered(world)
    client = at_the_desk(world, "coordinator")
    with today_is(world.at):
        few = queries_of(client, ALL)
        for number in range(30):
            user = person(f"person{number}@landkreis.example", "auditor")
            somebody = involvements.Person(user_key=user.key)
            involvements.enter(
                somebody, world.organisation, kind="other", since=world.at.date(), actor=world.cast.actor["coordinator"],
                at=world.at,
            )  # fmt: skip
        assert queries_of(client, ALL) == few
