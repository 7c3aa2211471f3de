"""Real services for every test, and what the run does where something is missing.

Fixtures:
    smtp_server: a real mail server; Django sends there while the test lasts; ``.messages``, ``.to(address)``.
    celery_worker_process: a real worker on the test's database and broker; needs committed rows (``transactional_db``).
    clean_cache: an empty cache before the test (rate limits, heartbeat).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis
from pytest_django import Settings

from tests.services import flushing, mail, processes, requirements

hypothesis.register_profile("short", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.register_profile("long", max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.load_profile("long" if requirements.CI else "short")
flushing.teach_teardown()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    requirements.leave_out_other_databases(config, items, kind=os.environ["TEST_DATABASE"])
    requirements.skip_what_cannot_run(items)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Iterator[None]:
    report = yield
    requirements.as_failure(report)
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for line in requirements.loud_lines():
        terminalreporter.write_line(line, red=True, bold=True)


def pytest_report_header() -> str:
    return f"database: {os.environ['TEST_DATABASE']}; nothing may be skipped: {requirements.CI}"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, which knows no sandbox as root and shall not phone home."""
    switches = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    more = ["--disable-component-update", "--disable-sync"]
    return browser_type_launch_args | {"executable_path": requirements.CHROMIUM, "args": switches + more}


@pytest.fixture(autouse=True)
def language_of_the_house() -> Iterator[None]:
    """A request in English leaves its language to the thread; the next test begins in German."""
    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture
def smtp_server(settings: Settings) -> Iterator[mail.MailServer]:
    """Django sends to a recorder over real SMTP; so does a process that is given ``EMAIL_URL=server.url``."""
    with mail.mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield server


@pytest.fixture
def clean_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def celery_worker_process(
    transactional_db: None, clean_cache: None, request: pytest.FixtureRequest
) -> Iterator[dict[str, str]]:
    """Runs while the test lasts; gives its environment. Ask for ``smtp_server`` too and its mail arrives there."""
    env = processes.environment()
    if "smtp_server" in request.fixturenames:
        env["EMAIL_URL"] = request.getfixturevalue("smtp_server").url
    with processes.running(processes.celery("worker", "--pool", "solo", "--loglevel", "WARNING"), env=env):
        processes.wait_for_worker()
        yield env
