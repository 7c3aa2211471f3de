"""Somebody without the portal sends an application by post: the officer enters it, asks by letter, and posts it."""

from __future__ import annotations

import re

import pytest

from journal.models import Message
from tests.e2e.people import Person
from tests.e2e.stage import Stage
from workflow.models import Case, PaperLetter

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ADDRESS = {
    "Name": "Nähkreis Moorhusen", "Straße und Hausnummer": "Musterweg 4", "Postleitzahl": "26446", "Ort": "Friedeburg",
}  # fmt: skip


def test_an_application_that_came_by_post(play: Stage) -> None:
    officer = play("caseworker").open("/vorgaenge/").follow("Antrag auf Papier eintragen")
    officer.write({"Name oder Postleitzahl": "Nähkreis"}).press("Suchen").sees("Keine Treffer.")
    officer.follow("Neue Organisation eintragen").tick("andere Organisation").write({"Name": "Nähkreis Moorhusen"})
    officer.press("Speichern und weiter").sees("Ohne Anschrift kommt kein Brief an.")
    officer.write(ADDRESS).press("Speichern und weiter").is_told("Eingang eintragen")
    the_paper_is_noted(officer, play)
    officer.sees("auf Papier geschickt").write({"Name des Projekts": "Nähstube für alle"})
    officer.press("Speichern und weiter").is_told("Ziele")
    officer.follow(re.compile("Prüfen und ablegen")).is_told("Prüfen und ablegen").sees("Das ist noch offen")
    officer.press("Antrag ablegen").is_told("Nähstube für alle").sees("Nachrichten gehen als Brief hinaus")
    the_question_goes_by_letter(officer)


def the_paper_is_noted(officer: Person, play: Stage) -> None:
    """Yesterday it came: without the signature it is not kept."""
    officer.write({"Für welches Programm?": "Integrationsprojekte", "Eingegangen am": "01.03.2026", "Uhrzeit": "9:30"})
    officer.tick("mit der Post")
    officer.main.get_by_label("Scan des Antrags").set_input_files(play.paper)
    officer.press("Speichern und weiter").sees("Ohne diese Unterschrift")
    officer.write({"Wer hat unterschrieben, dass wir die Angaben speichern dürfen?": "Grete Beispiel"})
    officer.main.get_by_label("Scan des Antrags").set_input_files(play.paper)
    officer.press("Speichern und weiter").is_told("Vorhaben")


def the_question_goes_by_letter(officer: Person) -> None:
    """What the paper leaves open is asked for; the letter is read before, printed and noted as posted."""
    officer.press("Prüfung beginnen").follow("Unterlagen nachfordern").tick("Finanzplan")
    officer.write({"Text der Nachricht": "Uns fehlt nur noch der Finanzplan."}).press("Nachricht ansehen")
    officer.sees("So geht die Nachricht hinaus").press("Unterlagen nachfordern")
    case = Case.objects.get()
    letter = PaperLetter.objects.get(kind="information_requested")
    assert "Uns fehlt nur noch der Finanzplan." in letter.body
    assert not Message.objects.filter(thread=case.reference).exists()
    officer.follow("Briefe zu drucken").is_told("Briefe zu drucken")
    officer.press(re.compile(f"Als versendet eintragen.*{letter.subject}")).sees("Zuletzt versendet")
    assert PaperLetter.objects.get(pk=letter.pk).sent_on is not None
