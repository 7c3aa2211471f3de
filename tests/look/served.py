"""Answers a browser from inside the process, without a server: the test client for pages, the finders for files."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Page, Route

HOST = "http://localhost"


def serve(page: Page) -> None:
    """From now on every address of HOST is answered by the product itself, headers included."""
    client = Client()

    def answer(route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.path.startswith("/static/"):
            _file(route, address.path.removeprefix("/static/"))
            return
        path = f"{address.path}?{address.query}"
        response = client.get(path, headers={"cookie": route.request.headers.get("cookie", "")})
        route.fulfill(status=response.status_code, headers=dict(response.headers), body=response.content)

    page.route(f"{HOST}/**", answer)


def _file(route: Route, name: str) -> None:
    found = finders.find(name)
    if not isinstance(found, str):
        route.fulfill(status=404)
        return
    kind = mimetypes.guess_type(found)[0] or "application/octet-stream"
    route.fulfill(body=Path(found).read_bytes(), content_type=kind)
