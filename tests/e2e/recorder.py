"""Keeps every page that a walk meets, as the product answered it, so that strict readers can look at all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest import mock

from django.core.handlers.base import BaseHandler
from django.http import HttpRequest, HttpResponse

_VARIABLE = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


@dataclass(frozen=True)
class Seen:
    """One page. `name` tells route, status and title: two pages of one name are looked at once."""

    name: str
    html: str


@dataclass
class Recorder:
    pages: dict[str, Seen] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def keep(self, request: HttpRequest, response: HttpResponse) -> None:
        if response.status_code == 500:
            self.faults.append(f"{response.status_code} {request.method} {request.path}")
        if not response.get("Content-Type", "").startswith("text/html") or not response.content:
            return
        html = response.content.decode()
        if not html.lstrip().lower().startswith("<!doctype"):
            return  # a piece for a script, which puts it into a page that is looked at
        name = f"{response.status_code} {_route(request)} {_heading(html)}"
        self.pages.setdefault(name, Seen(name, _VARIABLE.sub('name="csrfmiddlewaretoken" value="x"', html)))


def _route(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.view_name if match else request.path


def _heading(html: str) -> str:
    """The title of a step or a state, so that each state of a page is kept; numbers do not make a new page."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL)
    panel = re.search(r"ft-panel.*?<h2[^>]*>(.*?)</h2>", html, re.DOTALL)
    words = " / ".join(part[1].strip() for part in (found, panel) if part)
    numbers = r"\d[\d.,]*|\b(zwei|drei|vier|fünf|sechs|sieben|acht|neun)\b"
    return re.sub(numbers, "0", re.sub(r"<[^>]+>", "", words))


@contextmanager
def recording(recorder: Recorder) -> Iterator[Recorder]:
    """Also the live server's answers pass here: it runs in a thread of this process."""
    answer = BaseHandler.get_response

    def get_response(self: BaseHandler, request: HttpRequest) -> HttpResponse:
        response = answer(self, request)
        if not response.streaming:
            recorder.keep(request, response)
        return response

    with mock.patch.object(BaseHandler, "get_response", get_response):
        yield recorder
