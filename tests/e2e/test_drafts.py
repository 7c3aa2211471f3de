"""A draft in real browsers: it saves itself, survives a lost network and a lost session, and two people share it."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import expect

from applications.models import Application, Membership
from tests.e2e import inspect
from tests.e2e.people import Person
from tests.e2e.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SOON = 15_000
"""Milliseconds until a page has saved itself on a busy machine."""


@pytest.fixture
def draft(play: Stage) -> Application:
    play.world.cast.add("rieke_sportlich")
    Membership.objects.create(organisation=play.world.organisation, user=play.world.cast.user["rieke_sportlich"])
    return play.world.draft(title="", summary="")


def path(draft: Application, section: str = "vorhaben") -> str:
    return f"/antraege/{draft.key}/schritt/{section}/"


def opened(play: Stage, draft: Application, name: str = "applicant", section: str = "vorhaben") -> Person:
    if name not in play.people:
        client, person = Client(), play.visitor(name)
        client.force_login(person.user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        person.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": play.server}])
    return play(name).open(path(draft, section))


def state(person: Person) -> Any:
    return person.page.locator(".ft-save")


def is_saved(person: Person) -> None:
    expect(state(person)).to_contain_text(re.compile("Gespeichert um"), timeout=SOON)


def kept(person: Person) -> list[str]:
    found = person.page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('ft-draft:'))")
    return list(found)


def is_forgotten(person: Person) -> None:
    person.page.wait_for_function("!Object.keys(localStorage).some(key => key.startsWith('ft-draft:'))", timeout=SOON)


def saved(draft: Application) -> Application:
    return Application.objects.get(pk=draft.pk)


def is_accessible(person: Person) -> None:
    assert inspect.axe(person.page) == []
    assert inspect.overflow(person.page) == []


def test_what_is_typed_saves_itself_and_nothing_stays_in_the_browser(play: Stage, draft: Application) -> None:
    mina = opened(play, draft)
    mina.page.route("**/schritt/**", slowly)
    mina.write({"Name des Projekts": "Tür an Tür"})
    assert len(kept(mina)) == 1
    expect(state(mina)).to_contain_text("Wird gespeichert", timeout=SOON)
    mina.page.unroute("**/schritt/**")
    is_saved(mina)
    is_forgotten(mina)
    assert saved(draft).title == "Tür an Tür"
    expect(mina.page.locator(".ft-steps__open")).to_contain_text("1 Angabe offen")
    is_accessible(mina)
    mina.open(path(draft)).sees("Vorhaben")
    assert mina.main.get_by_label("Name des Projekts").input_value() == "Tür an Tür"


def slowly(route: Any) -> None:
    time.sleep(0.5)
    route.continue_()


def test_a_field_that_cannot_be_read_is_named_and_the_rest_is_saved(play: Stage, draft: Application) -> None:
    mina = opened(play, draft, section="zeitraum").write({"Beginn": "bald", "Ende": "30.11.2026"})
    expect(state(mina)).to_contain_text("Noch nicht lesbar: Beginn", timeout=SOON)
    assert str(saved(draft).ends_on) == "2026-11-30"
    is_accessible(mina)


def test_a_lost_network_loses_nothing(play: Stage, draft: Application) -> None:
    mina = opened(play, draft)
    mina.context.set_offline(True)
    mina.write({"Name des Projekts": "Tür an Tür", "Worum geht es?": "Acht Nachmittage"})
    expect(state(mina)).to_contain_text("Noch nicht gespeichert", timeout=SOON)
    mina.main.get_by_role("button", name="Speichern und weiter").click()
    expect(mina.main).to_contain_text("Gerade kommt nichts bei uns an.", timeout=SOON)
    assert len(kept(mina)) == 1
    is_accessible(mina)
    mina.context.set_offline(False)
    is_saved(mina)
    is_forgotten(mina)
    assert (saved(draft).title, saved(draft).summary) == ("Tür an Tür", "Acht Nachmittage")


def test_a_tab_that_closes_without_network_is_brought_back(play: Stage, draft: Application) -> None:
    mina = opened(play, draft)
    mina.context.set_offline(True)
    mina.write({"Name des Projekts": "Tür an Tür"})
    expect(state(mina)).to_contain_text("Noch nicht gespeichert", timeout=SOON)
    mina.page.close()
    mina.context.set_offline(False)
    mina.page = mina.context.new_page()
    mina.open(path(draft))
    mina.sees("Was auf diesem Gerät noch nicht gespeichert war, ist jetzt eingesetzt.")
    assert mina.main.get_by_label("Name des Projekts").input_value() == "Tür an Tür"
    is_forgotten(mina)


def test_a_session_that_ends_loses_nothing_and_goes_on_in_the_same_place(play: Stage, draft: Application) -> None:
    mina = opened(play, draft)
    Session.objects.all().delete()
    mina.write({"Name des Projekts": "Tür an Tür"})
    expect(mina.main).to_contain_text("Sie sind abgemeldet", timeout=SOON)
    assert len(kept(mina)) == 1
    is_accessible(mina)
    with mina.context.expect_page() as fresh:
        mina.main.get_by_role("link", name="Wieder anmelden").click()
    first, mina.page = mina.page, fresh.value
    play.people["applicant"] = mina
    play.logs_in_by_code("applicant").is_told("Vorhaben")
    first.bring_to_front()
    first.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(first.locator(".ft-save")).to_contain_text("Gespeichert um", timeout=SOON)
    expect(first.get_by_role("main")).not_to_contain_text("Sie sind abgemeldet")
    assert saved(draft).title == "Tür an Tür"


def test_a_session_that_ends_without_an_open_tab_is_made_good_after_the_log_in(play: Stage, draft: Application) -> None:
    mina = opened(play, draft)
    Session.objects.all().delete()
    mina.write({"Name des Projekts": "Tür an Tür"})
    expect(mina.main).to_contain_text("Sie sind abgemeldet", timeout=SOON)
    mina.open(path(draft)).is_told("Anmelden")
    play.logs_in_by_code("applicant").is_told("Vorhaben")
    mina.sees("Was auf diesem Gerät noch nicht gespeichert war, ist jetzt eingesetzt.")
    assert saved(draft).title == "Tür an Tür"


def test_log_out_leaves_nothing_on_the_device(play: Stage, draft: Application) -> None:
    mina = opened(play, draft)
    mina.context.set_offline(True)
    mina.write({"Name des Projekts": "Tür an Tür"})
    expect(state(mina)).to_contain_text("Noch nicht gespeichert", timeout=SOON)
    mina.context.set_offline(False)
    mina.page.get_by_role("banner").get_by_role("button", name="Abmelden").first.click()
    mina.page.wait_for_url("**/")
    assert kept(mina) == []


def test_two_people_in_one_draft_choose_field_by_field(play: Stage, draft: Application) -> None:
    mina, rieke = opened(play, draft), opened(play, draft, "rieke_sportlich")
    rieke.sees("Applicant schreibt gerade an diesem Schritt.")
    rieke.write({"Name des Projekts": "Riekes Name", "Wo findet das Projekt statt?": "Sporthalle"})
    is_saved(rieke)
    mina.write({"Name des Projekts": "Minas Name", "Worum geht es?": "Acht Nachmittage"})
    expect(mina.main).to_contain_text("Rieke Sportlich hat dieselbe Stelle geändert", timeout=SOON)
    is_accessible(mina)
    mina.press("Beide Fassungen ansehen").is_told("Zwei Fassungen").sees("Minas Name", "Riekes Name")
    is_accessible(mina)
    mina.page.set_viewport_size({"width": 375, "height": 800})
    is_accessible(mina)
    mina.press("Auswahl übernehmen").sees("Bitte wählen Sie bei jeder Angabe eine Fassung.")
    mina.tick("Meine Fassung").press("Auswahl übernehmen").is_told("Ziele")
    found = saved(draft)
    assert (found.title, found.summary, found.place) == ("Minas Name", "Acht Nachmittage", "Sporthalle")
    assert kept(mina) == []


def test_what_the_other_wrote_elsewhere_appears_in_the_open_page(play: Stage, draft: Application) -> None:
    mina, rieke = opened(play, draft), opened(play, draft, "rieke_sportlich")
    rieke.write({"Wo findet das Projekt statt?": "Sporthalle"})
    is_saved(rieke)
    is_forgotten(rieke)
    mina.write({"Name des Projekts": "Minas Name"})
    expect(mina.main.get_by_label("Wo findet das Projekt statt?")).to_have_value("Sporthalle", timeout=SOON)
    assert (saved(draft).title, saved(draft).place) == ("Minas Name", "Sporthalle")


def test_the_sums_of_the_plan_follow_what_is_typed(play: Stage, draft: Application) -> None:
    mina = opened(play, draft, section="finanzplan").write({"Einzelpreis": "3000"}, group="Ausgabe 1")
    mina.main.get_by_role("group", name="Einnahme 1", exact=True).get_by_label("Betrag").focus()
    expect(mina.main).to_contain_text("Es fehlen 1.000,00 € Einnahmen", timeout=SOON)
    expect(mina.page.locator(".ft-plan__sum").first).to_contain_text("3.000,00 €")
    expect(mina.page.locator(".ft-plan__total").first).to_contain_text("3.000,00 €")
    mina.sees("Möglicher Zuschuss: höchstens 2.400,00 €.")
    is_accessible(mina)
    assert mina.page.evaluate("document.activeElement.name") == "sources-0-amount"


def test_new_lines_are_saved_once_and_adding_one_keeps_all(play: Stage, draft: Application) -> None:
    draft.costs.all().delete()
    mina = opened(play, draft, section="finanzplan")
    mina.write({"Wofür": "Raum", "Einzelpreis": "100"}, group="Ausgabe 2")
    is_saved(mina)
    is_forgotten(mina)
    mina.write({"Wofür": "Raummiete"}, group="Ausgabe 2").press("Weitere Ausgabe")
    mina.write({"Wofür": "Kursleitung", "Einzelpreis": "50"}, group="Ausgabe 2").press("Später weitermachen")
    mina.is_told("Meine Anträge")
    assert sorted(draft.costs.values_list("description", flat=True)) == ["Kursleitung", "Raummiete"]


@pytest.mark.parametrize("play", [False], indirect=True)
def test_without_a_script_everything_is_there(play: Stage, draft: Application) -> None:
    """Saving, the conflict and its choice, and who else is here."""
    mina, rieke = opened(play, draft), opened(play, draft, "rieke_sportlich")
    rieke.sees("Applicant schreibt gerade an diesem Schritt.")
    rieke.write({"Name des Projekts": "Riekes Name"}).press("Speichern und weiter").is_told("Ziele")
    mina.write({"Name des Projekts": "Minas Name", "Worum geht es?": "Acht Nachmittage"})
    mina.press("Speichern und weiter").is_told("Zwei Fassungen").sees("Minas Name", "Riekes Name")
    mina.tick("Jetzt gespeichert").press("Auswahl übernehmen").is_told("Ziele")
    found = saved(draft)
    assert (found.title, found.summary) == ("Riekes Name", "Acht Nachmittage")
