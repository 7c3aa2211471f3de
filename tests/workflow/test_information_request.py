"""Asking for what is missing: the officer reads the very letter, may change its words, and what was read goes out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from journal.models import Event, Message
from tests.factories import World
from tests.workflow.office import at_the_desk, today_is
from workflow import inquiries
from workflow.models import Case, InformationRequest

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    settings.DEMO = True  # nobody here has a second factor
    world = World()
    with today_is(world.at):
        yield world


@pytest.fixture
def desk(world: World) -> Client:
    return at_the_desk(world, "caseworker")


def url(case: Case) -> str:
    return reverse("workflow:case_step", args=[case.pk, "request_information"])


def sent(case: Case, **change: Any) -> dict[str, Any]:
    asked = {"version": case.version, "items": "Die Satzung", "sections": ["unterlagen"], "due_on": "16.03.2026"}
    return asked | change


def letter(case: Case) -> Message:
    return Message.objects.filter(thread=case.reference, kind="information_requested").first()  # type: ignore[return-value]


def fields(answer: Any) -> dict[str, Any]:
    return {bound.name: bound.value() for bound in answer.context["form"]}


def test_the_form_begins_with_what_the_check_found_missing_and_fourteen_days(world: World, desk: Client) -> None:
    case = world.checking()
    item = case.checklist.get(code="documents")
    inquiries.tick(item, result="missing", note="Die Satzung fehlt", actor=world.cast.actor["caseworker"], at=world.at)
    shown = fields(desk.get(url(case)))
    assert shown["items"] == "Die Satzung fehlt"
    assert shown["due_on"].isoformat() == "2026-03-16"
    assert shown["text"].endswith("brauchen wir noch etwas von Ihnen:\n\nDie Satzung fehlt")


def test_what_is_looked_at_is_what_goes_out(world: World, desk: Client) -> None:
    case = world.checking()
    words = "fast alles ist da.\n\nBitte schicken Sie uns noch die Satzung."
    looked = desk.post(url(case), sent(case, text=words, preview="1"))
    assert looked.status_code == 200
    assert Case.objects.get(pk=case.pk).state == "formal_check"
    assert not Message.objects.filter(kind="information_requested").exists()
    read = looked.context["letter"]
    desk.post(url(case), sent(case, text=words))
    gone = letter(case)
    assert (gone.subject, gone.body) == (read.subject, read.body)
    assert words in gone.body


@pytest.mark.parametrize("text", ["", "Nur das hier."])
def test_link_deadline_and_signature_stand_in_every_letter(world: World, desk: Client, text: str) -> None:
    case = world.checking()
    desk.post(url(case), sent(case, text=text))
    body = letter(case).body
    path = reverse("workflow:my_case", args=[case.application.key])
    for part in (path, "Bitte antworten Sie bis Montag, 16.03.2026", "Wiebke Muster", "Guten Tag Applicant"):
        assert part in body, part
    assert case.reference in letter(case).subject


def test_while_nobody_changes_the_text_it_follows_the_points(world: World, desk: Client) -> None:
    case = world.checking()
    first = fields(desk.post(url(case), sent(case, preview="1")))
    assert first["text"].endswith("Die Satzung")
    second = desk.post(
        url(case), sent(case, **{**first, "items": "Der Vorstandsbeschluss", "sections": ["unterlagen"]}, preview="1")
    )
    assert "Der Vorstandsbeschluss" in second.context["letter"].body
    assert "Die Satzung" not in second.context["letter"].body
    assert fields(second)["text"].endswith("Der Vorstandsbeschluss")


def test_own_words_stay_when_the_points_change(world: World, desk: Client) -> None:
    case = world.checking()
    own = sent(case, text="Nur das hier.", drafted="etwas anderes", items="Der Vorstandsbeschluss", preview="1")
    answer = desk.post(url(case), own)
    assert fields(answer)["text"] == "Nur das hier."
    assert "Nur das hier." in answer.context["letter"].body


def test_only_the_named_sections_open_and_the_request_keeps_its_words(world: World, desk: Client) -> None:
    case = world.checking()
    desk.post(url(case), sent(case, text="Nur das hier.", sections=["unterlagen", "finanzplan"]))
    case = Case.objects.get(pk=case.pk)
    asked = InformationRequest.objects.get(case=case)
    assert (asked.text, asked.items) == ("Nur das hier.", "Die Satzung")
    assert sorted(case.application.open_sections) == ["finanzplan", "unterlagen"]
    assert "Nur das hier." in desk.get(reverse("workflow:case", args=[case.reference])).content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"items": " "}, "Bitte schreiben Sie, was fehlt."),
        ({"sections": []}, "Bitte wählen Sie mindestens einen Abschnitt."),
        ({"due_on": "02.03.2026"}, "Die Frist muss nach dem heutigen Tag enden."),
        ({"due_on": "bald"}, "Bitte schreiben Sie den Tag so"),
        ({"text": "x" * 4001}, "Der Text ist zu lang."),
    ],
)
@pytest.mark.parametrize("look", [{}, {"preview": "1"}])
def test_what_is_wrong_is_said_and_nothing_is_written(
    world: World, desk: Client, change: dict[str, Any], sentence: str, look: dict[str, str]
) -> None:
    case = world.checking()
    events = Event.objects.count()
    answer = desk.post(url(case), sent(case, **change, **look))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert (Event.objects.count(), InformationRequest.objects.count()) == (events, 0)


def test_looking_is_for_who_may_ask(world: World) -> None:
    case = world.checking()
    assert at_the_desk(world, "decider").post(url(case), sent(case, preview="1")).status_code == 403
    assert at_the_desk(world, "stranger").post(url(case), sent(case, preview="1")).status_code == 404


def test_a_second_officer_is_told_that_somebody_was_faster(world: World, desk: Client) -> None:
    case = world.checking()
    desk.post(url(case), sent(case))
    assert desk.post(url(case), sent(case)).status_code == 409
