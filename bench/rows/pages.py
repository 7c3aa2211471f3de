"""What the first visit and the page after it cost, in kilobytes over the wire, counted by a real browser.

The server is the one of production: granian, with the static files compressed and named by their content.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from bench import places
from bench.frame import Result, measure
from tests.services.requirements import CHROMIUM

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATIENCE = 60.0
"""Seconds until the server answers on a busy machine."""
PORT_OF = "127.0.0.1"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((PORT_OF, 0))
        return int(probe.getsockname()[1])


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((PORT_OF, port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


@contextmanager
def _served() -> Iterator[tuple[str, str]]:
    """The address of a server as in production, and the address of its programme."""
    with tempfile.TemporaryDirectory(prefix="ft-bench-") as folder, places.database("sqlite") as url:
        own = {"DATA_DIR": folder, "BUILD_DIR": f"{folder}/build", "DEMO": "1", "TESTING": ""}
        slug = places.told("bench.shop", url=url, **own)
        port = _free_port()
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", PORT_OF, "--port", str(port)]
        calm = ["--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning"]
        env = os.environ | own | {"DATABASE_URL": url}
        server = subprocess.Popen([*command, *calm, "config.wsgi:application"], cwd=places.ROOT, env=env)
        try:
            _wait(port, server)
            yield f"http://{PORT_OF}:{port}", f"/programme/{slug}/"
        finally:
            server.terminate()
            server.wait(timeout=30)
            shutil.rmtree(folder, ignore_errors=True)


class Meter:
    """Counts what the browser receives: bytes over the wire with their headers, nothing for what it still has."""

    def __init__(self, page: Page) -> None:
        self.bytes: float = 0
        self.page = page
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", self._count)

    def _count(self, event: dict[str, Any]) -> None:
        self.bytes += event["encodedDataLength"]

    def kilobytes(self, address: str) -> float:
        self.bytes = 0
        answer = self.page.goto(address, wait_until="networkidle")
        assert answer, address
        assert answer.ok, answer.status
        return self.bytes / 1000


def _visit(browser: Browser, address: str, programme: str) -> tuple[float, float]:
    """The start page with an empty cache, then the programme."""
    context = browser.new_context()
    meter = Meter(context.new_page())
    first, following = meter.kilobytes(address + "/"), meter.kilobytes(address + programme)
    context.close()
    return first, following


@cache
def _measured() -> tuple[float, float]:
    with _served() as (address, programme), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM or None, args=["--no-sandbox"])
        try:
            return _visit(browser, address, programme)
        finally:
            browser.close()


@measure("page.first_visit.kb", unit="kB")
def page_first_visit_kb() -> Result:
    return Result(_measured()[0], None)


@measure("page.next.kb", unit="kB")
def page_next_kb() -> Result:
    return Result(_measured()[1], None)
