"""The menu: what each role sees, in which order, and where it stands."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory

from config import navigation
from tests.look.views import Person

pytestmark = pytest.mark.urls("tests.look.urls")


def labels(path: str, *roles: str) -> list[str]:
    request = RequestFactory().get(path)
    request.actor = Person("Wiebke Muster", *roles)  # type: ignore[attr-defined]
    frame = navigation.page_frame(request)["frame"]
    return [str(item.label) for item in [*frame["items"], *frame["more"]]]


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ((), "Meine Anträge · Förderprogramme · Unser Verein"),
        (("applicant",), "Meine Anträge · Förderprogramme · Unser Verein"),
        (("coordinator",), "Heute · Vorgänge · Szenarien · Gremien · Übersicht · Verwaltung"),
        (("caseworker",), "Heute · Vorgänge · Szenarien · Gremien · Bankverbindungen · Übersicht"),
        (
            ("caseworker", "coordinator"),
            "Heute · Vorgänge · Szenarien · Gremien · Bankverbindungen · Übersicht · Verwaltung",
        ),
        (("technical_reviewer",), "Heute · Vorgänge"),
        (("decider",), "Entscheidungen · Vorgänge · Übersicht"),
        (("treasury",), "Auszahlungen · Zahlungsläufe · Bankverbindungen · Übersicht"),
        (("auditor",), "Vorgänge · Haushalt · Zahlungsläufe · Bankverbindungen · Protokoll · Übersicht · Verbindungen"),
        (("dpo",), "Protokoll"),
        (("sysadmin",), "Verwaltung"),
        (
            ("coordinator", "decider"),
            "Heute · Entscheidungen · Vorgänge · Szenarien · Gremien · Übersicht · Verwaltung",
        ),
    ],
)
def test_each_role_has_its_menu_and_several_are_joined_in_one_order(roles: tuple[str, ...], expected: str) -> None:
    assert labels("/", *roles) == expected.split(" · ")


def test_a_visitor_sees_the_public_menu_and_the_way_in() -> None:
    page = Client().get("/muster/desk/").content.decode()
    assert [word in page for word in ("Förderprogramme", "Geförderte Projekte", "Anmelden")] == [True] * 3
    assert "Abmelden" not in page


def test_more_than_six_entries_go_under_more() -> None:
    request = RequestFactory().get("/")
    request.actor = Person("Hauke Probe", "coordinator", "decider", "treasury", "auditor")  # type: ignore[attr-defined]
    frame = navigation.page_frame(request)["frame"]
    assert len(frame["items"]) == navigation.LIMIT
    assert [str(item.label) for item in frame["more"]] == [
        "Zahlungsläufe",
        "Bankverbindungen",
        "Haushalt",
        "Verbindungen",
        "Protokoll",
        "Übersicht",
        "Verwaltung",
    ]


def test_every_role_of_the_house_has_a_menu_of_known_entries() -> None:
    assert {key for menu in navigation.MENUS.values() for key in menu} <= set(navigation.ENTRIES)


def test_the_deepest_fitting_entry_is_the_current_one() -> None:
    urls = {"budget": "/haushalt/", "bookings": "/haushalt/buchungen/", "start": "/"}
    assert navigation._current("/haushalt/buchungen/3/", urls) == "bookings"
    assert navigation._current("/haushalt/linie/", urls) == "budget"
    assert navigation._current("/anderswo/", urls) is None


def test_a_count_is_asked_only_for_people_who_see_the_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setitem(navigation.counts, "decisions", lambda actor: asked.append(actor.name) or 2)
    labels("/", "coordinator")
    assert asked == []
    labels("/", "decider")
    assert asked == ["Wiebke Muster"]


@pytest.mark.parametrize(
    ("chosen", "attribute"),
    [("dark", ' data-kern-theme="dark"'), ("light", ' data-kern-theme="light"'), ("device", "")],
)
def test_the_colours_are_a_choice_that_a_cookie_keeps(chosen: str, attribute: str) -> None:
    client = Client()
    response = client.post("/darstellung/", {"theme": chosen, "next": "/muster/desk/"})
    assert response["Location"] == "/muster/desk/"
    assert f'<html lang="de"{attribute}>' in client.get("/muster/desk/").content.decode()


@pytest.mark.parametrize("address", ["https://anderswo.example/", "//anderswo.example", "javascript:alert(1)", ""])
def test_the_choice_of_colours_leads_nowhere_else(address: str) -> None:
    assert Client().post("/darstellung/", {"theme": "dark", "next": address})["Location"] == "/"


def test_the_choice_of_colours_is_not_made_by_a_link() -> None:
    assert Client().get("/darstellung/").status_code == 405
