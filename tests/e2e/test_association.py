"""The association's way from the first visit to the receipt: with the keyboard alone, on a small phone, with two people.

Without a script the whole way is walked in test_natural_way. An error takes the focus with it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from applications.models import Application, Membership
from tests.accounts.keys import code_in
from tests.e2e import inspect
from tests.e2e.people import Person
from tests.e2e.stage import Stage
from tests.e2e.walk import NAME, TITLE, Walk
from tests.factories import IBANS

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SMALL = {"width": 320, "height": 700}
FURTHEST = 150
"""Presses of the Tab key after which somebody has surely been round the page."""

FOCUS = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const names = e.labels && e.labels.length ? [...e.labels].map(l => l.textContent) : [e.textContent];
  const by = (e.getAttribute("aria-labelledby") || "").split(" ").filter(Boolean);
  const said = e.getAttribute("aria-label") || (by.length && by.map(i => document.getElementById(i).textContent).join(" "));
  const box = e.closest("fieldset");
  const style = getComputedStyle(e), rect = e.getBoundingClientRect();
  const ring = [e, e.closest("label"), e.parentElement].filter(Boolean).some(
    o => { const s = getComputedStyle(o); return s.outlineStyle !== "none" && s.outlineWidth !== "0px" || s.boxShadow !== "none"; });
  return {
    name: (said || names.join(" ")).replace(/\\s+/g, " ").trim(), tag: e.tagName, type: e.type || "", id: e.id,
    group: box ? (box.querySelector("legend") || box).textContent.trim() : "", main: !!e.closest("main"),
    isShown: rect.width > 0 && rect.height > 0 && style.visibility !== "hidden", hasRing: ring,
  };
}"""


class Hands:
    """Somebody who has a keyboard and nothing else: goes on with Tab, types, presses Space and Enter."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys = page, page.keyboard

    def focus(self) -> dict[str, object] | None:
        found: dict[str, object] | None = self.page.evaluate(FOCUS)
        return found

    def go_to(self, name: str | re.Pattern[str], *, tag: str = "", group: str = "", within: str = "main") -> Hands:
        """Tab until this has the focus; on the way everything that gets it is seen to have it."""
        for _press in range(FURTHEST):
            self.keys.press("Tab")
            found = self.focus()
            if found is None:
                continue
            assert found["isShown"], f"the focus is on something that nobody sees: {found}"
            assert found["hasRing"], f"nobody sees where the focus is: {found}"
            if self._is(found, name, tag, group, within):
                return self
        raise AssertionError(f"{name} is not reached with the keyboard; the focus is on {self.focus()}")

    @staticmethod
    def _is(found: dict[str, object], name: str | re.Pattern[str], tag: str, group: str, within: str) -> bool:
        said = str(found["name"])
        fits = bool(name.search(said)) if isinstance(name, re.Pattern) else said.startswith(name)
        place = found["main"] if within == "main" else True
        return (
            fits and bool(place) and (not tag or found["tag"] in tag.split()) and str(found["group"]).startswith(group)
        )

    def write(self, values: dict[str, str], *, group: str = "") -> Hands:
        for label, text in values.items():
            self.go_to(label, tag="INPUT TEXTAREA SELECT", group=group)
            if self.focus()["tag"] != "SELECT":  # type: ignore[index]
                self.keys.press("Control+a")
            self.keys.type(text)
        return self

    def tick(self, label: str | re.Pattern[str]) -> Hands:
        self.go_to(label, tag="INPUT")
        self.keys.press("Space")
        return self

    def press(self, name: str) -> Hands:
        """A button or a link, with Enter; the page that follows has come."""
        self.go_to(name, tag="BUTTON A")
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self.keys.press("Enter")
        return self


def stands_at_the_errors(person: Person, *labels: str) -> None:
    """After an error the focus is on the summary, which names the fields; its links lead there."""
    person.page.wait_for_function("document.activeElement && document.activeElement !== document.body")
    found = person.page.evaluate(
        """() => { const e = document.activeElement;
          return { role: e.getAttribute("role"), text: e.innerText, links: [...e.querySelectorAll("a")].map(a => a.hash) }; }"""
    )
    assert found["links"], f"the focus is not on the summary of errors: {found}"
    for label in labels:
        assert label in found["text"], found["text"]
    for target in found["links"]:
        assert person.page.locator(target).count() == 1, target
    assert person.page.title().startswith("Fehler: ")
    assert inspect.axe(person.page) == []


# With the keyboard alone


def test_from_the_first_visit_to_the_receipt_by_keyboard_alone(play: Stage) -> None:
    mina = play.visitor("mina").open("/")
    hands = Hands(mina.page)
    hands.press("Anmelden und Antrag beginnen")
    mina.is_told("Anmelden")
    hands.write({"E-Mail-Adresse": mina.user.email}).press("Code schicken")
    mina.is_told("Code eingeben")
    hands.write({"Code aus der E-Mail": code_in(play.letters("mina")[-1])}).press("Anmelden")
    mina.is_told("Meine Anträge")
    hands.press("Neuen Antrag beginnen").press("Integrationsprojekte").press("Antrag beginnen")
    mina.is_told("Wer stellt den Antrag?")
    _founds(mina, hands)
    _writes(mina, hands, play.paper)
    hands.press("Antrag einreichen")
    mina.is_told(TITLE).sees("Ihr Antrag ist eingegangen. Das Aktenzeichen ist")
    hands.go_to("Eingangsbestätigung (PDF)", tag="A")
    assert mina.fetch("Eingangsbestätigung (PDF)").body().startswith(b"%PDF-")


def _founds(mina: Person, hands: Hands) -> None:
    hands.tick("Verein oder Verband").write({"Name": NAME, "Wer vertritt": "Mina Muster", "Straße": "Deichweg 1"})
    hands.write({"Postleitzahl": "26446", "Ort": "Friedeburg", "Gemeinde": "Friedeburg", "IBAN": IBANS[1][:-1] + "9"})
    hands.write({"Kontoinhaber": NAME}).press("Speichern und weiter")
    stands_at_the_errors(mina, "Die IBAN stimmt nicht")
    hands.write({"IBAN": IBANS[1]}).press("Speichern und weiter")
    hands.press("Antrag beginnen")


def _writes(mina: Person, hands: Hands, paper: Path) -> None:
    mina.is_told("Vorhaben")
    hands.write({"Name des Projekts": TITLE, "Worum geht es?": "Acht Nachmittage.", "Wo findet": "Gemeindehaus"})
    hands.write({"Gemeinde": "Friedeburg", "Ansprechperson": "Mina Muster"}).press("Speichern und weiter")
    mina.is_told("Ziele")
    hands.write({"Zu welcher Maßnahme": "M 3.2"}).tick(re.compile("Begegnung$"))
    hands.write({"Wer soll kommen?": "Menschen, die neu hier wohnen", "Wie viele Menschen": "viele"})
    hands.press("Speichern und weiter")
    stands_at_the_errors(mina, "Bitte schreiben Sie eine Zahl")
    hands.write({"Wie viele Menschen": "40"}).press("Speichern und weiter")
    mina.is_told("Zeitraum")
    hands.write({"Beginn": "01.07.2026", "Ende": "31.10.2026"}).press("Speichern und weiter")
    mina.is_told("Finanzplan")
    hands.write({"Wofür": "Kursleitung", "Einzelpreis": "2.000,00"}, group="Ausgabe 1")
    hands.write({"Woher": "Vereinskasse", "Betrag": "400,00"}, group="Einnahme 1")
    hands.write({"Betrag": "1.600,00"}, group="Einnahme 2").press("Speichern und weiter")
    mina.is_told("Unterlagen")
    hands.go_to("Dateien", tag="INPUT")
    mina.page.locator(":focus").set_input_files(paper)  # here the window of the system opens
    hands.go_to("Dateien hochladen", tag="BUTTON")
    hands.keys.press("Enter")
    mina.sees("Satzung.pdf")
    mina.page.wait_for_function("document.activeElement && document.activeElement !== document.body")
    hands.press("Speichern und weiter")
    mina.is_told("Erklärungen")
    for _box in range(mina.main.get_by_role("checkbox").count()):
        hands.tick("")
    hands.press("Speichern und weiter")
    mina.is_told("Prüfen und einreichen").sees("Alles ist da. Jetzt einreichen?")


# On the smallest phone


def test_from_the_first_visit_to_the_receipt_at_320_pixels(play: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    come_in, click, seen = play.visitor, Person._click, []

    def visitor(name: str) -> Person:
        person = come_in(name)
        person.page.set_viewport_size(SMALL)
        return person

    def click_and_look(person: Person, target: Locator) -> Person:
        click(person, target)
        seen.append(person.path)
        assert inspect.overflow(person.page) == [], person.path
        return person

    monkeypatch.setattr(play, "visitor", visitor)
    monkeypatch.setattr(Person, "_click", click_and_look)
    Walk(play).applies()
    assert len(seen) > 15


# Two people sign


def test_a_second_person_signs_before_the_first_may_file(play: Stage) -> None:
    play.world.cast.add("rieke_sportlich")
    Membership.objects.create(organisation=play.world.organisation, user=play.world.cast.user["rieke_sportlich"])
    draft = play.world.draft()
    summary = f"/antraege/{draft.key}/einreichen/"
    mina = play("applicant").open(f"/verein/{draft.organisation.key}/mitglieder/")
    mina.press("Zweite Unterschrift einschalten").sees("Ab jetzt unterschreibt eine zweite Person")
    mina.open(summary).is_told("Prüfen und einreichen").sees("Unterschreiben kann: Rieke Sportlich")
    mina.sees_no_button("Antrag einreichen")
    assert inspect.axe(mina.page) == []
    mina.press("Um die Unterschrift bitten").sees("Wir haben um die Unterschrift gebeten: Rieke Sportlich.")
    assert str(draft.key) in play.last_letter("rieke_sportlich")
    mina.open("/antraege/").sees("Wartet auf die zweite Person", "Rieke Sportlich")
    assert inspect.axe(mina.page) == []
    rieke = play("rieke_sportlich").open("/antraege/").sees("Ihre Unterschrift fehlt")
    assert inspect.axe(rieke.page) == []
    rieke.follow("Lesen und unterschreiben").is_told("Zweite Unterschrift")
    assert inspect.axe(rieke.page) == []
    rieke.press("Unterschreiben").sees("Sie haben unterschrieben.").sees_no_button("Antrag einreichen")
    mina.open(summary).sees("Alles ist da. Jetzt einreichen?").press("Antrag einreichen")
    mina.sees("Ihr Antrag ist eingegangen. Das Aktenzeichen ist")
    assert Application.objects.get(pk=draft.pk).filed_at
