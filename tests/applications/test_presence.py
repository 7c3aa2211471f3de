"""Who else has a draft open: told to colleagues alone, and forgotten within two minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications import presence
from applications.models import Application, Membership
from tests.applications.test_steps import url
from tests.factories import START

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def then():
    cache.clear()
    with time_machine.travel(START, tick=False) as clock:
        yield clock


@pytest.fixture
def draft(world) -> Application:
    world.cast.add("rieke_sportlich")
    Membership.objects.create(organisation=world.organisation, user=world.cast.user["rieke_sportlich"])
    return world.draft()


def asked(client, draft, section="vorhaben"):
    return client.get(f"{url(draft, section)}anwesend/", headers={"X-Autosave": "1"})


def test_who_opens_a_step_is_seen_by_the_others_without_a_script(as_person, draft):
    as_person("rieke_sportlich").get(url(draft, "vorhaben"))
    page = as_person("applicant").get(url(draft, "vorhaben")).content.decode()
    assert "Rieke Sportlich schreibt gerade an diesem Schritt." in page
    elsewhere = as_person("applicant").get(url(draft, "zeitraum")).content.decode()
    assert "Rieke Sportlich schreibt gerade an „Vorhaben“." in elsewhere


def test_nobody_sees_themselves(as_person, draft):
    client = as_person("applicant")
    client.get(url(draft, "vorhaben"))
    assert "schreibt gerade" not in client.get(url(draft, "vorhaben")).content.decode()


def test_the_open_page_asks_and_is_told_in_few_queries(as_person, draft):
    as_person("rieke_sportlich").get(url(draft, "vorhaben"))
    client = as_person("applicant")
    with CaptureQueriesContext(connection) as queries:
        told = asked(client, draft).json()
    assert told == {"here": ["Rieke Sportlich schreibt gerade an diesem Schritt."], "version": draft.version}
    assert len(queries) <= 5
    assert asked(as_person("rieke_sportlich"), draft).json()["here"] == ["Applicant schreibt gerade an diesem Schritt."]


def test_after_a_minute_without_a_sign_nobody_is_here(as_person, draft, then):
    as_person("rieke_sportlich").get(url(draft, "vorhaben"))
    then.shift(timedelta(seconds=presence.FRESH))
    assert asked(as_person("applicant"), draft).json()["here"] == []


def test_what_is_kept_is_gone_within_two_minutes(world, draft):
    """The cache itself forgets: nobody has to come by and clean up."""
    presence.sign(draft, "vorhaben", actor=world.cast.actor["applicant"], at=START)
    assert 2 * presence.FRESH <= 120
    left = cache._cache.get_client().ttl(cache.make_key(f"presence:{draft.key}"))
    assert 0 < left <= presence.FRESH


@pytest.mark.parametrize(("name", "status"), [("stranger", 404), ("caseworker", 404), ("reader", 403)])
def test_strangers_learn_nothing(as_person, draft, name, status):
    assert asked(as_person(name), draft).status_code == status


def test_a_visitor_is_told_to_log_in(client, draft):
    assert asked(client, draft).status_code == 401
    assert client.get(f"{url(draft, 'vorhaben')}anwesend/").status_code == 302


def test_an_unknown_step_has_nobody(as_person, draft):
    assert asked(as_person("applicant"), draft, "traum").status_code == 404


def test_the_step_of_the_documents_says_it_too_and_asks_again(as_person, draft):
    as_person("rieke_sportlich").get(url(draft, "unterlagen"))
    page = as_person("applicant").get(url(draft, "unterlagen")).content.decode()
    assert "Rieke Sportlich schreibt gerade an diesem Schritt." in page
    assert f'data-here="{url(draft, "unterlagen")}anwesend/"' in page
    assert "foerdertopf/presence" in page
    assert asked(as_person("rieke_sportlich"), draft, "zeitraum").json()["here"] == [
        "Applicant schreibt gerade an „Unterlagen“."
    ]
