from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from tests.factories import World


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def as_person(world: World, settings: Settings) -> Callable[[str], Client]:
    """A browser in which somebody of the cast is logged in; in the demo, where nobody needs a second factor."""
    settings.DEMO = True

    def log_in(name: str) -> Client:
        client = Client()
        client.force_login(world.cast.user[name])
        return client

    return log_in
