"""A whole morning in the office, by keyboard alone: what is on the desk, the next of the list, a note, a label, a view."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.e2e.stage import Stage
from workflow.models import CaseNote, Label, SavedList

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.e2e.people import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FAR = 120
"""So often Tab is pressed at most: whatever lies farther away nobody reaches by keyboard."""


def goes_to(person: Person, target: Locator) -> None:
    """Tab, until the focus is there."""
    for _press in range(FAR):
        if target.evaluate("one => one === document.activeElement"):
            return
        person.page.keyboard.press("Tab")
    raise AssertionError("the keyboard does not get there")


def presses(person: Person, name: str, *, kind: str = "link", key: str = "Enter") -> None:
    """Goes to a link or button of the page and presses a key on it; waits for the page that follows."""
    target = person.main.get_by_role(kind, name=name).first  # type: ignore[arg-type]
    goes_to(person, target)
    with person.page.expect_navigation(wait_until="domcontentloaded"):
        person.page.keyboard.press(key)


def unfolds(person: Person, name: str) -> None:
    goes_to(person, person.main.locator("summary", has_text=name).first)
    person.page.keyboard.press("Enter")


def types(person: Person, label: str, text: str) -> None:
    """`label` is how the label begins: an optional field says so after its name."""
    goes_to(person, person.main.get_by_role("textbox", name=re.compile(f"^{label}")).first)
    person.page.keyboard.type(text)


@pytest.mark.parametrize("play", [True, False], indirect=True, ids=["script", "plain"])
def test_a_morning_by_keyboard(play: Stage) -> None:
    for title in ("Lesepaten", "Sprachcafé", "Straßenfest"):
        play.world.at = timezone.now()
        play.world.checking(title=title, requested="100", cost="200")
        play.pass_days(1)
    officer = play("caseworker").open("/heute/")
    officer.sees("Drei Vorgänge brauchen Sie.")
    presses(officer, "Mit dem ersten beginnen")
    officer.is_told("Lesepaten")

    unfolds(officer, "Notiz schreiben")
    types(officer, "Notiz", "Frau Muster ruft zurück.")
    presses(officer, "Notiz speichern", kind="button")
    officer.sees("Die Notiz ist gespeichert.", "Frau Muster ruft zurück.")
    presses(officer, "Etiketten ändern")
    types(officer, "Neues Etikett", "eilt")
    presses(officer, "Etiketten speichern", kind="button")
    officer.sees("Die Etiketten sind gespeichert.", "eilt")

    officer.open("/vorgaenge/?ansicht=offen&sortierung=projekt")
    presses(officer, "Lesepaten")
    officer.sees("1 von 3")
    presses(officer, "Nächster")
    officer.is_told("Sprachcafé").sees("2 von 3")
    presses(officer, "Alle offenen")

    unfolds(officer, "Suchen und filtern")
    types(officer, "Suchen", "eilt")
    presses(officer, "Anzeigen", kind="button")
    officer.sees("1 Vorgang", "Lesepaten")
    presses(officer, "Ansicht speichern")
    types(officer, "Name der Ansicht", "Was eilt")
    presses(officer, "Ansicht speichern", kind="button")
    officer.sees("Die Ansicht „Was eilt“ ist gespeichert.", "Lesepaten")
    expect(officer.page.get_by_role("link", name="Was eilt 1")).to_have_attribute("aria-current", "page")
    assert (CaseNote.objects.count(), Label.objects.count(), SavedList.objects.count()) == (1, 1, 1)
