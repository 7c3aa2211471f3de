"""What a desk adds to a case: place in the list, presence, labels, notes, and giving it to a colleague."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from pytest_django import Settings

from journal.models import Event
from tests.factories import World
from tests.workflow.office import at_the_desk, queries_of, today_is
from workflow import notes, timeline
from workflow.models import Case, CaseNote, Label

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Settings) -> World:
    settings.DEMO = True
    cache.clear()
    return World()


def page(world: World, case: Case, name: str = "caseworker", query: str = "") -> str:
    with today_is(world.at):
        answer = at_the_desk(world, name).get(f"/vorgaenge/{case.reference}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


# Its place


def test_a_case_says_where_it_stands_in_the_list_and_leads_on(world: World) -> None:
    cases = [world.filed(title=f"Vorhaben {number}") for number in range(3)]
    text = page(world, cases[1], query="?ansicht=alle&sortierung=nummer")
    assert "2 von 3" in text
    for beside in (cases[0], cases[2]):
        assert f"/vorgaenge/{beside.reference}/?ansicht=alle&amp;sortierung=nummer" in text
    assert "/vorgaenge/?ansicht=alle&amp;sortierung=nummer" in text


def test_who_came_from_no_list_is_led_nowhere(world: World) -> None:
    assert "In der Liste" not in page(world, world.filed())


def test_a_step_leads_back_into_the_list(world: World) -> None:
    case = world.filed()
    with today_is(world.at):
        url = f"/vorgaenge/{case.pk}/schritt/start_check/?ansicht=offen&text=deich&fremd=1"
        answer = at_the_desk(world, "caseworker").post(url, {"version": case.version})
    assert answer["Location"] == f"/vorgaenge/{case.reference}/?ansicht=offen&text=deich"


@pytest.mark.parametrize(
    "query", ["?ansicht=alle&betrag_von=x", "?ansicht=x&sortierung=y&spalte=z&liste=1", "?ansicht=alle&text=%00"]
)
def test_a_bent_address_harms_nobody(world: World, query: str) -> None:
    page(world, world.filed(), query=query)


def test_the_page_takes_as_many_queries_with_many_notes_in_a_long_list(world: World) -> None:
    case = world.checking()
    label = Label.objects.create(name="Eilt")
    label.cases.add(case)
    author = world.cast.actor["coordinator"].key
    assert author
    CaseNote.objects.create(case=case, text="Eins", author=author, written_at=world.at)
    client = at_the_desk(world, "caseworker")
    url = f"/vorgaenge/{case.reference}/?ansicht=alle&text=deich"
    with today_is(world.at):
        few = queries_of(client, url)
        for number in range(12):
            world.filed(requested="100", cost="200")
            Label.objects.create(name=f"Etikett {number}").cases.add(case)
            CaseNote.objects.create(case=case, text="Zwei", author=author, written_at=world.at)
        assert queries_of(client, url) == few <= 20


# Who is in it


def test_a_colleague_in_the_case_is_named_for_a_while(world: World) -> None:
    case = world.filed()
    assert "hat diesen Vorgang gerade geöffnet" not in page(world, case)
    assert "Caseworker hat diesen Vorgang gerade geöffnet." in page(world, case, "coordinator")
    with today_is(world.at):
        asked = at_the_desk(world, "caseworker").get(f"/vorgaenge/{case.reference}/anwesend/")
    assert asked.content.decode().count("Coordinator hat diesen Vorgang gerade geöffnet.") == 1
    world.later(seconds=91)
    assert "hat diesen Vorgang gerade geöffnet" not in page(world, case, "decider")


# Notes


def written(world: World, case: Case, text: str, name: str = "caseworker") -> int:
    with today_is(world.at):
        return at_the_desk(world, name).post(f"/vorgaenge/{case.reference}/notizen/", {"text": text}).status_code


def test_a_note_is_written_and_struck_out_but_stays(world: World) -> None:
    case = world.filed()
    assert written(world, case, " Frau Muster\u202e ruft zurück. ") == 302
    note = CaseNote.objects.get()
    assert note.text == "Frau Muster ruft zurück."
    assert "Frau Muster ruft zurück." in page(world, case)
    url = f"/vorgaenge/{case.reference}/notizen/{note.pk}/streichen/"
    assert at_the_desk(world, "decider").post(url).status_code == 403
    assert at_the_desk(world, "caseworker").post(url).status_code == 302
    assert "<del" in page(world, case)
    assert at_the_desk(world, "caseworker").post(url).status_code == 409
    other = world.filed()
    assert (
        at_the_desk(world, "caseworker").post(f"/vorgaenge/{other.reference}/notizen/{note.pk}/streichen/").status_code
        == 404
    )


@pytest.mark.parametrize("text", ["", "   ", "\u202e", "x" * 2001])
def test_a_note_says_something_and_is_no_novel(world: World, text: str) -> None:
    case = world.filed()
    assert written(world, case, text) == 422
    assert not CaseNote.objects.exists()


def test_the_association_reads_neither_notes_nor_labels(world: World) -> None:
    case = world.filed()
    written(world, case, "Nur fürs Amt")
    notes.labelled(case, [], "Sorgenkind")
    world.do(case, "start_check", "caseworker")
    notes.hand_over(
        case, _key(world, "coordinator"), note="Kennt den Verein", actor=world.cast.actor["caseworker"], at=world.at
    )
    with today_is(world.at):
        text = at_the_desk(world, "applicant").get(f"/antraege/{case.application.key}/").content.decode()
    for word in ("Nur fürs Amt", "Sorgenkind", "Kennt den Verein", "zugewiesen"):
        assert word not in text


def test_the_audit_reads_and_writes_nothing(world: World) -> None:
    case = world.filed()
    written(world, case, "Gelesen")
    assert "Gelesen" in page(world, case, "auditor")
    assert "Notiz schreiben" not in page(world, case, "auditor")
    assert written(world, case, "x", "auditor") == 403


# Labels


def test_labels_are_made_set_and_taken_away(world: World) -> None:
    case = world.filed()
    client, url = at_the_desk(world, "caseworker"), f"/vorgaenge/{case.reference}/etiketten/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"new": " Eilt  sehr "}).status_code == 302
    label = Label.objects.get()
    assert label.name == "Eilt sehr"
    assert "Eilt sehr" in page(world, case)
    assert client.post(url, {"labels": [label.pk], "new": "EILT SEHR"}).status_code == 302
    assert (Label.objects.count(), case.labels.count()) == (1, 1)
    assert client.post(url, {"new": ""}).status_code == 302
    assert case.labels.count() == 0
    assert client.post(url, {"labels": [label.pk + 1]}).status_code == 422
    assert client.post(url, {"labels": ["x"]}).status_code == 422
    assert client.post(url, {"new": "x" * 41}).status_code == 422


def test_a_case_has_ten_labels_at_most(world: World) -> None:
    case = world.filed()
    labels = [Label.objects.create(name=f"Etikett {number}") for number in range(10)]
    client, url = at_the_desk(world, "caseworker"), f"/vorgaenge/{case.reference}/etiketten/"
    ticked = {"labels": [label.pk for label in labels]}
    assert client.post(url, ticked | {"new": "Elf"}).status_code == 422
    assert (case.labels.count(), Label.objects.count()) == (0, 10)
    assert client.post(url, ticked).status_code == 302


# To whom it is given


def _key(world: World, name: str):
    key = world.cast.actor[name].key
    assert key
    return key


def test_a_case_is_given_to_a_colleague_who_reads_why(world: World) -> None:
    case = world.checking()
    url = f"/vorgaenge/{case.reference}/zuweisen/"
    data = {"person": str(_key(world, "coordinator")), "note": "Kennt den Verein."}
    with today_is(world.at):
        answer = at_the_desk(world, "caseworker").post(f"{url}?ansicht=offen", data)
    assert answer["Location"] == f"/vorgaenge/{case.reference}/?ansicht=offen"
    case.refresh_from_db()
    assert case.assigned_to == _key(world, "coordinator")
    event = Event.objects.get(kind="handed_over")
    assert (event.reason, event.facts, event.actor_role) == (
        "Kennt den Verein.",
        {"to": str(case.assigned_to)},
        "caseworker",
    )
    told = [
        entry for entry in timeline.entries(case, for_office=True, today=world.at.date()) if "zugewiesen" in entry.title
    ]
    assert [(entry.title, entry.text) for entry in told] == [("Vorgang zugewiesen: Coordinator", "Kennt den Verein.")]


@pytest.mark.parametrize("person", ["", "x", "{auditor}", "{caseworker}"])
def test_a_case_goes_to_somebody_with_a_desk_who_has_it_not_yet(world: World, person: str) -> None:
    case = world.checking()
    chosen = person.format(auditor=_key(world, "auditor"), caseworker=_key(world, "caseworker"))
    answer = at_the_desk(world, "caseworker").post(f"/vorgaenge/{case.reference}/zuweisen/", {"person": chosen})
    assert answer.status_code == 422
    assert answer.context["form"].errors["person"]
    assert not Event.objects.filter(kind="handed_over").exists()


def test_who_decides_gives_no_cases_away(world: World) -> None:
    case = world.checking()
    assert at_the_desk(world, "decider").get(f"/vorgaenge/{case.reference}/zuweisen/").status_code == 403
    assert at_the_desk(world, "coordinator").get("/vorgaenge/INT-2026-9999/zuweisen/").status_code == 404


def test_every_field_of_the_page_has_an_id_of_its_own(world: World) -> None:
    """The note and the message are both called text."""
    ids = re.findall(r' id="([^"]+)"', page(world, world.checking()))
    assert len(ids) == len(set(ids))
