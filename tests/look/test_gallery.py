"""Every component in every state, in the frame of the product: accessible, valid, no wider than a small phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.test import Client, override_settings

from tests.e2e import inspect
from tests.look.served import HOST, serve
from tests.look.views import FAULTS
from tests.look.views import PAGES as SAMPLES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.urls("tests.look.urls")
SIZES = [(1280, "light"), (1280, "dark"), (375, "light"), (375, "dark"), (320, "light"), (320, "dark")]
PEOPLE = {"case": "office", "desk": "office", "plan": "applicant", "report": "many", "welcome": ""}
"""The others are looked at by the office; nobody means a visitor."""


PAGES = (*SAMPLES, *FAULTS)


def address(name: str) -> str:
    return f"/{'fehler' if name in FAULTS else 'muster'}/{name}/?as={PEOPLE.get(name, 'office')}"


@pytest.fixture(params=SIZES, ids=[f"{width}-{colours}" for width, colours in SIZES])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    width, colours = request.param
    context = browser.new_context(
        **inspect.CONTEXT, viewport={"width": width, "height": 900}, color_scheme=colours, reduced_motion="reduce"
    )
    page = context.new_page()
    serve(page)
    yield page
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("name", SAMPLES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(page: Page, name: str) -> None:
    page.goto(HOST + address(name))
    assert inspect.axe(page) == []
    assert inspect.overflow(page) == []


@pytest.mark.browser
def test_axe_finds_nothing_on_the_pages_for_faults(browser: Browser) -> None:
    context = browser.new_context(**inspect.CONTEXT, viewport={"width": 320, "height": 900})
    page = context.new_page()
    serve(page)
    for name in FAULTS:
        page.goto(HOST + address(name))
        assert inspect.axe(page) + inspect.overflow(page) == [], name
    context.close()


@pytest.mark.browser
def test_the_menu_of_a_phone_opens_without_a_script_and_covers_nothing(browser: Browser) -> None:
    context = browser.new_context(**inspect.CONTEXT, viewport={"width": 320, "height": 900}, java_script_enabled=False)
    page = context.new_page()
    serve(page)
    page.goto(HOST + address("report"))
    title = page.get_by_role("heading", level=1)
    before = title.bounding_box()
    page.get_by_text("Menü", exact=True).click()
    assert page.get_by_role("link", name="Zahlungsläufe").is_visible()
    assert page.get_by_role("button", name="Abmelden").is_visible()
    after = title.bounding_box()
    assert before is not None
    assert after is not None
    assert after["y"] > before["y"]
    context.close()


@pytest.mark.browser
def test_text_at_double_size_does_not_scroll_sideways(browser: Browser) -> None:
    context = browser.new_context(**inspect.CONTEXT, viewport={"width": 640, "height": 900})
    page = context.new_page()
    serve(page)
    for name in PAGES:
        page.goto(HOST + address(name))
        page.add_style_tag(content=":root { font-size: 200% }")
        assert inspect.overflow(page) == [], name
    context.close()


@pytest.mark.browser
def test_the_content_security_policy_stops_nothing_of_ours(browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    serve(page)
    for name in SAMPLES:
        page.goto(HOST + address(name))
    assert complaints == []
    context.close()


@pytest.mark.browser
def test_the_findings_take_the_focus_without_a_script(browser: Browser) -> None:
    context = browser.new_context(**inspect.CONTEXT)
    page = context.new_page()
    serve(page)
    page.goto(HOST + address("fields"))
    page.wait_for_function("document.activeElement.id === 'fehler'", timeout=5000)
    context.close()


@pytest.mark.java
@override_settings(DEMO=True)
def test_the_nu_checker_finds_nothing(tmp_path: Path) -> None:
    client = Client()
    pages = {name: client.get(address(name)).content.decode() for name in PAGES}
    found = inspect.vnu_all(pages, tmp_path)
    assert {name: lines for name, lines in found.items() if lines} == {}
