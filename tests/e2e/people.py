"""A person at a browser: goes where links lead, reads labels, presses buttons. No selectors, only what people see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import APIResponse, BrowserContext, Locator, Page

    from accounts.models import User


class Person:
    """One browser, one user. Every method waits for the page that follows."""

    def __init__(self, context: BrowserContext, server: str, user: User) -> None:
        self.context, self.server, self.user = context, server, user
        self.page: Page = context.new_page()

    def open(self, path: str) -> Person:
        self.page.goto(self.server + path)
        return self

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.server)

    def follow(self, name: str | re.Pattern[str], *, within: str = "main") -> Person:
        """A link of the page; `within` is the landmark it stands in."""
        landmark = self.page.get_by_role(within).first  # type: ignore[arg-type]
        return self._click(landmark.get_by_role("link", name=name, exact=isinstance(name, str)).first)

    def press(self, name: str | re.Pattern[str]) -> Person:
        return self._click(self.main.get_by_role("button", name=name, exact=isinstance(name, str)).first)

    def _click(self, target: Locator) -> Person:
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            target.click()
        return self

    def write(self, values: dict[str, str], *, group: str = "") -> Person:
        """Fills text fields and selects by their label; `group` is the legend they stand under."""
        place = self.main.get_by_role("group", name=group, exact=True) if group else self.main
        for label, value in values.items():
            choice = place.get_by_role("combobox", name=label, exact=True)
            field = place.get_by_role("textbox", name=label, exact=True).or_(choice).first
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(label=value)
            else:
                field.fill(value)
        return self

    def tick(self, *labels: str | re.Pattern[str]) -> Person:
        for label in labels:
            box = self.main.get_by_role("checkbox", name=label)
            self.main.get_by_role("radio", name=label).or_(box).first.check()
        return self

    def tick_all(self) -> Person:
        for box in self.main.get_by_role("checkbox").all():
            box.check()
        return self

    def upload(self, path: Path, *, kind: str) -> Person:
        self.write({"Was ist das?": kind})
        self.main.get_by_label("Dateien", exact=True).set_input_files(path)
        listed = self.main.get_by_role("link", name=path.name)
        before = listed.count()
        self.main.get_by_role("button", name="Dateien hochladen", exact=True).click()
        expect(listed).to_have_count(before + 1)
        return self

    def fetch(self, link: str) -> APIResponse:
        """What a link downloads, with this person's session."""
        href = self.main.get_by_role("link", name=link).first.get_attribute("href") or ""
        return self.get(href)

    def get(self, path: str) -> APIResponse:
        return self.context.request.get(self.server + path, max_redirects=0)

    # What stands there

    def sees(self, *texts: str) -> Person:
        for text in texts:
            expect(self.main.get_by_text(text).filter(visible=True).first).to_be_visible()
        return self

    def is_told(self, title: str) -> Person:
        """The heading of the page."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(title)
        return self

    def sees_no_button(self, name: str) -> Person:
        expect(self.main.get_by_role("button", name=name)).to_have_count(0)
        expect(self.main.get_by_role("link", name=name, exact=True)).to_have_count(0)
        return self
