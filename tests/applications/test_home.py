"""The menu calls the place of an organisation by its kind, and no page pays for that."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Membership, Organisation
from tests.factories import World

pytestmark = pytest.mark.django_db
Kind = Organisation.Kind
PAGE = "/programme/"


def log_in(world: World, name: str = "applicant") -> Client:
    client = Client()
    client.force_login(world.cast.user[name])
    return client


def menu(page: Any) -> str:
    """The word that leads to /verein/."""
    found = re.search(r'<a [^>]*href="/verein/"[^>]*>\s*(?:<[^>]+>)?([^<]+)', page.content.decode())
    assert found
    return found[1].strip()


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (Kind.ASSOCIATION, "Unser Verein"),
        (Kind.SCHOOL, "Unsere Schule"),
        (Kind.MUNICIPALITY, "Unsere Gemeinde"),
        (Kind.OTHER_BODY, "Unsere Organisation"),
        (Kind.NATURAL_PERSON, "Meine Daten"),
    ],
)
def test_each_kind_has_its_word(kind: str, word: str) -> None:
    world = World()
    Organisation.objects.filter(pk=world.organisation.pk).update(kind=kind)
    assert menu(log_in(world).get(PAGE)) == word


def test_several_have_a_neutral_word_and_none_too() -> None:
    world = World()
    second = Organisation.objects.create(name="Zweite", kind=Kind.SCHOOL, created_at=world.at)
    Membership.objects.create(organisation=second, user=world.cast.user["applicant"])
    assert menu(log_in(world).get(PAGE)) == "Meine Organisationen"
    world.cast.add("jemand_neues")
    assert menu(log_in(world, "jemand_neues").get(PAGE)) == "Unsere Organisation"


def test_the_word_follows_what_the_person_changes() -> None:
    world = World()
    client = log_in(world)
    Organisation.objects.filter(pk=world.organisation.pk).update(kind=Kind.SCHOOL)
    assert menu(client.get("/verein/")) == "Unsere Schule"
    assert menu(client.get(PAGE)) == "Unsere Schule"


def test_a_page_asks_nothing_for_the_word() -> None:
    world = World()
    client = log_in(world)
    with CaptureQueriesContext(connection) as found:
        client.get(PAGE)
    assert [query["sql"] for query in found if "membership" in query["sql"]] == []


def test_the_word_is_spoken_in_the_language_of_the_reader() -> None:
    world = World()
    client = log_in(world)
    client.post(reverse("set_language"), {"language": "en"})
    assert menu(client.get(PAGE)) == "Our association"
