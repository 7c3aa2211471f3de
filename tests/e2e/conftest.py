"""Fixtures of the browser tests: the stage, with and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from scripts import fonts
from tests.e2e.stage import Stage, stage
from tests.services.mail import MailServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser

KERN_FONTS = django_settings.BASE_DIR / "node_modules" / "@kern-ux" / "native" / "dist" / "fonts"
A_YEAR = 366 * 24 * 60 * 60


@pytest.fixture(scope="session")
def _fonts() -> None:
    if not (django_settings.FONT_DIR / "FiraSans-Regular.ttf").exists():
        fonts.make(KERN_FONTS, django_settings.FONT_DIR)


@pytest.fixture
def long_sessions(settings: Settings) -> None:
    """A walk takes weeks of the office's time; nobody shall have to log in again in between."""
    settings.SESSION_COOKIE_AGE = A_YEAR


@pytest.fixture
def play(
    live_server: Any,
    browser: Browser,
    smtp_server: MailServer,
    clean_cache: None,
    long_sessions: None,
    _fonts: None,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[Stage]:
    """`pytest.mark.parametrize("play", [False], indirect=True)` switches JavaScript off."""
    with_script = getattr(request, "param", True)
    with stage(live_server.url, browser, smtp_server, tmp_path, with_script=with_script) as made:
        yield made
        assert made.recorder.faults == []
