"""Every page as it was answered: accessible and valid, light and dark, on a desk and on a phone.

First the pages of the natural way in each state that the walk met, then every other page of the house.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from tests.applications import test_bad_inputs as bad
from tests.architecture.access_table import OTHER_TASKS, OWN_ACCOUNT, STAFF, TABLE
from tests.architecture.test_access import address, client_of, things
from tests.e2e import inspect
from tests.e2e.recorder import Seen
from tests.e2e.stage import Stage
from tests.e2e.test_natural_way import KEPT, whole_way

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("natural way")]
LOOKS = [(1280, "light"), (1280, "dark"), (375, "light"), (375, "dark")]
SMALL = 320


@pytest.fixture
def walked(play: Stage) -> list[Seen]:
    """The pages of the walk; walked once, also if this test runs alone."""
    if not KEPT:
        whole_way(play)
    return list(KEPT.values())


@pytest.fixture
def others(play: Stage) -> list[Seen]:
    """All pages of the access table, each opened by somebody who may, and the pages of an own account."""
    stage = things(play.world)
    play.clock.move_to(play.world.at)
    clients = {name: client_of(play.world, name) for name in [*STAFF, "applicant", "anonymous"]}
    for route, line in [*TABLE.items(), *OTHER_TASKS.items()]:
        for name in sorted(line.enters & clients.keys())[:1] if line.method == "get" else []:
            clients[name].get(address(route, line, stage))
    for route in sorted(OWN_ACCOUNT - {"mfa_edit_webauthn", "mfa_remove_webauthn"}):
        clients["applicant"].get(reverse(route))
    return list(play.recorder.pages.values())


@pytest.fixture
def mistakes(play: Stage) -> list[Seen]:
    """The answer of every form of the association to the first mistake in the table of bad inputs."""
    client = client_of(play.world, "applicant")
    for place, rows in bad.TABLE:
        path, data = place(play.world)
        play.clock.move_to(play.world.at)
        bad.sent(client, path, data | rows()[0][1])
    return [seen for name, seen in play.recorder.pages.items() if name.startswith("4")]


@pytest.fixture
def shown(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(**inspect.CONTEXT, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def show(page: Page, server: str, seen: Seen) -> None:
    """Shows a kept answer again at an address of the live server, with its styles and scripts."""

    def answer(route: Route) -> None:
        route.fulfill(body=seen.html, content_type="text/html; charset=utf-8")

    page.route(f"{server}/gesehen/", answer)
    page.goto(f"{server}/gesehen/")
    page.unroute(f"{server}/gesehen/")


def findings(page: Page, server: str, pages: Iterable[Seen], looks: Iterable[tuple[int, str]]) -> dict[str, list[str]]:
    """What axe and the smallest phone say, by page and look."""
    found = {}
    for seen in pages:
        page.set_viewport_size({"width": SMALL, "height": 900})
        show(page, server, seen)
        found[f"{SMALL} {seen.name}"] = inspect.overflow(page)
        for width, colours in looks:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme="dark" if colours == "dark" else "light")
            found[f"{width} {colours} {seen.name}"] = inspect.axe(page)
    return {name: lines for name, lines in found.items() if lines}


def test_axe_finds_nothing_on_the_walk_and_nothing_scrolls_sideways(
    play: Stage, walked: list[Seen], shown: Page
) -> None:
    assert findings(shown, play.server, walked, LOOKS) == {}


@pytest.mark.java
def test_the_nu_checker_finds_nothing_on_the_walk(walked: list[Seen], tmp_path: Path) -> None:
    assert invalid(walked, tmp_path) == {}


@pytest.mark.java
def test_all_other_pages_are_valid_and_accessible(play: Stage, others: list[Seen], shown: Page, tmp_path: Path) -> None:
    assert invalid(others, tmp_path) == {}
    new = [seen for seen in others if seen.name not in KEPT]
    assert findings(shown, play.server, new, [LOOKS[0], LOOKS[-1]]) == {}


@pytest.mark.java
def test_what_every_form_of_the_association_answers_to_a_mistake_is_valid_and_accessible(
    play: Stage, mistakes: list[Seen], shown: Page, tmp_path: Path
) -> None:
    assert len(mistakes) > 12
    assert invalid(mistakes, tmp_path) == {}
    assert findings(shown, play.server, mistakes, [LOOKS[0], LOOKS[-1]]) == {}


def invalid(pages: list[Seen], folder: Path) -> dict[str, list[str]]:
    numbered = {f"{number} {seen.name}": seen.html for number, seen in enumerate(pages)}
    return {name: lines for name, lines in inspect.vnu_all(numbered, folder).items() if lines}


def test_the_readers_are_not_blind(play: Stage, shown: Page, tmp_path: Path) -> None:
    """The same way of looking finds what is wrong on purpose."""
    wrong = Seen(
        "wrong", "<!DOCTYPE html><html><head></head><body><img src=x><p style='width:400px'>a</p></body></html>"
    )
    found = findings(shown, play.server, [wrong], LOOKS[:1])
    assert any("image-alt" in line for line in found["1280 light wrong"])
    assert found["320 wrong"]
    assert invalid([wrong], tmp_path)


def test_the_walk_has_met_the_pages_that_matter(walked: list[Seen]) -> None:
    names = " ".join(seen.name for seen in walked)
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
