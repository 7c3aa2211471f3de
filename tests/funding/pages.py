"""What the tests of the finance pages share: a world, and clients that are logged in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import World


def client_of(world: World, name: str) -> Client:
    """A browser of a person of the cast; an empty name is a visitor."""
    client = Client()
    if name:
        client.force_login(world.cast.user[name], backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def get(world: World, name: str, url: str, **data: Any) -> Any:
    return client_of(world, name).get(url, data)


def post(world: World, name: str, url: str, **data: Any) -> Any:
    return client_of(world, name).post(url, data)


def text_of(response: Any) -> str:
    """The page without its no-break spaces, so that a test reads like a person."""
    return str(response.content.decode().replace("\N{NO-BREAK SPACE}", " "))


def queries_of(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(url).status_code == 200
    return len(found)
