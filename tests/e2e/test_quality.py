"""Every page of the natural way, as it was answered: accessible and valid, light and dark, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e import inspect
from tests.e2e.recorder import Seen
from tests.e2e.stage import Stage
from tests.e2e.test_natural_way import KEPT, whole_way

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("natural way")]
LOOKS = [(1280, "light"), (1280, "dark"), (375, "light"), (375, "dark")]


@pytest.fixture
def seen(play: Stage) -> list[Seen]:
    """The pages of the walk; walked once, also if this test runs alone."""
    if not KEPT:
        whole_way(play)
    return list(KEPT.values())


@pytest.fixture
def shown(play: Stage, browser: Browser) -> Iterator[Page]:
    """A page on which kept answers are shown again at addresses of the live server, with its styles and scripts."""
    context = browser.new_context(**inspect.CONTEXT, reduced_motion="reduce")
    page = context.new_page()
    yield page
    context.close()


def show(page: Page, server: str, seen: Seen) -> None:
    def answer(route: Route) -> None:
        route.fulfill(body=seen.html, content_type="text/html; charset=utf-8")

    page.route(f"{server}/gesehen/", answer)
    page.goto(f"{server}/gesehen/")
    page.unroute(f"{server}/gesehen/")


@pytest.mark.parametrize(("width", "colours"), LOOKS)
def test_axe_finds_nothing_on_any_page_of_the_walk(
    play: Stage, seen: list[Seen], shown: Page, width: int, colours: str
) -> None:
    shown.set_viewport_size({"width": width, "height": 900})
    shown.emulate_media(color_scheme="dark" if colours == "dark" else "light")
    found = {}
    for page in seen:
        show(shown, play.server, page)
        found[page.name] = inspect.axe(shown)
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_no_page_of_the_walk_scrolls_sideways_at_320(play: Stage, seen: list[Seen], shown: Page) -> None:
    shown.set_viewport_size({"width": 320, "height": 900})
    found = {}
    for page in seen:
        show(shown, play.server, page)
        found[page.name] = inspect.overflow(shown)
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.java
def test_the_nu_checker_finds_nothing_on_any_page_of_the_walk(seen: list[Seen], tmp_path: Path) -> None:
    numbered = {f"{number} {page.name}": page.html for number, page in enumerate(seen)}
    found = inspect.vnu_all(numbered, tmp_path)
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_the_walk_has_met_the_pages_that_matter(seen: list[Seen]) -> None:
    names = " ".join(page.name for page in seen)
    for route in (
        "start", "account_login", "applications:step", "workflow:file", "workflow:my_case", "workflow:today",
        "workflow:case ", "workflow:case_step", "workflow:decide", "workflow:notice", "workflow:award_step",
        "funding:disbursement ", "funding:run ", "workflow:overview", "422 applications:step",
    ):  # fmt: skip
        assert route in names, route


def test_a_form_is_filled_and_sent_with_the_keyboard_alone(play: Stage) -> None:
    mina = play.visitor("mina").open("/konto/anmelden/")
    keys = mina.page.keyboard
    keys.press("Tab")
    assert focused(mina.page) == "Zum Inhalt springen"
    keys.press("Enter")
    while focused(mina.page) != "E-Mail-Adresse":
        keys.press("Tab")
    keys.type(mina.user.email)
    keys.press("Tab")
    assert focused(mina.page) == "Code schicken"
    keys.press("Enter")
    mina.is_told("Code eingeben")


def focused(page: Page) -> str:
    """What the element that has the focus is called."""
    return str(
        page.evaluate(
            """() => {
              const e = document.activeElement;
              return ((e.labels && e.labels[0]) || e).textContent.trim();
            }"""
        )
    )
