"""„Meine Anträge" tells each of the two signers whose turn it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications import signatures
from applications.models import Application, Attachment, Membership, Organisation
from tests.factories import World
from workflow import signing

pytestmark = pytest.mark.django_db
Home = Callable[[str], str]
SIGN, WAIT, FILE = "Ihre Unterschrift fehlt", "Wartet auf die zweite Person", "Antrag einreichen"


@pytest.fixture
def two(world: World) -> World:
    """Two people may file, and the organisation wants both; the second one can do nothing else."""
    world.cast.add("second")
    user = world.cast.user["second"]
    Membership.objects.create(organisation=world.organisation, user=user, may_edit=False, may_file=True)
    Organisation.objects.filter(pk=world.organisation.pk).update(needs_second_signature=True)
    world.organisation.refresh_from_db()
    return world


@pytest.fixture
def home(as_person: Callable[[str], Client]) -> Home:
    return lambda name: as_person(name).get("/antraege/").content.decode()


def asked(two: World) -> Application:
    draft = two.draft(title="Sprachcafé")
    signing.ask(draft, actor=two.cast.actor["applicant"], at=two.at)
    return draft


def signed(two: World, draft: Application, name: str = "second") -> None:
    saw = signatures.seen(Application.objects.get(pk=draft.pk))
    signing.sign(draft, saw=saw, actor=two.cast.actor[name], at=two.at)


def test_the_one_who_may_sign_has_it_as_the_next_step(two: World, home: Home) -> None:
    draft = asked(two)
    page = home("second")
    assert f"Als Nächstes: {SIGN}" in page
    assert f'href="/antraege/{draft.key}/unterschrift/"' in page
    assert "wartet auf Ihre Unterschrift" in page


def test_the_one_who_asked_reads_for_whom_it_waits(two: World, home: Home) -> None:
    asked(two)
    page = home("applicant")
    assert f"Als Nächstes: {WAIT}" in page
    assert "wartet auf eine zweite Person aus Ihrer Organisation: Second." in page
    assert SIGN not in page


def test_who_may_only_read_is_not_asked_to_sign(two: World, home: Home) -> None:
    asked(two)
    assert SIGN not in home("reader")


def test_before_anybody_asked_the_draft_is_to_be_written_on(two: World, home: Home) -> None:
    two.draft()
    for name in ("applicant", "second"):
        assert "Als Nächstes: Antrag fertig schreiben" in home(name)


def test_signed_it_is_the_other_ones_turn_to_file(two: World, home: Home) -> None:
    draft = asked(two)
    signed(two, draft)
    assert f"Als Nächstes: {FILE}" in home("applicant")
    assert f"Als Nächstes: {WAIT}" in home("second")


def test_what_is_changed_after_it_waits_for_nobody(two: World, home: Home) -> None:
    draft = asked(two)
    signed(two, draft)
    Application.objects.filter(pk=draft.pk).update(version=draft.version + 1)
    for name in ("applicant", "second"):
        assert "Als Nächstes: Antrag fertig schreiben" in home(name)


def test_a_file_that_is_taken_away_later_makes_the_signature_void(two: World) -> None:
    draft = asked(two)
    signed(two, draft)
    assert signatures.valid(draft)
    Attachment.objects.filter(application=draft).update(removed_at=two.at.replace(hour=23))
    assert signatures.valid(draft) == []


def test_without_the_second_signature_nothing_is_asked(two: World, home: Home) -> None:
    asked(two)
    Organisation.objects.update(needs_second_signature=False)
    assert SIGN not in home("second")


def test_thirty_waiting_drafts_need_no_more_queries_than_one(two: World, as_person: Callable[[str], Client]) -> None:
    client = as_person("second")

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/antraege/").status_code == 200
        return len(queries)

    asked(two)
    one = count()
    for _number in range(9):
        asked(two)
    assert count() == one
