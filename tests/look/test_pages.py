"""The texts of the site: there from the first day, dated, in both languages, and without a way to run a script."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from config import pages
from journal import values
from journal.actors import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.look.urls")]
ADMIN = Actor(key=None, name="Ina Muster", roles=frozenset({"sysadmin"}))
AT = datetime(2026, 1, 2, 10, 0, tzinfo=UTC)


def write(text: str, *, slug: str = "impressum") -> None:
    day = date(2026, 1, 1)
    values.set_value(f"page.{slug}.de", text, valid_from=day, reason="Neue Anschrift", actor=ADMIN, at=AT)


@pytest.mark.parametrize("slug", pages.TITLES)
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_of_the_footer_has_a_text(client: Client, slug: str, language: str) -> None:
    page = client.get(f"/texte/{slug}/", headers={"accept-language": language})
    assert page.status_code == 200
    assert len(page.content.decode().split("ft-prose")[1]) > 200


def test_an_edited_text_is_shown(client: Client) -> None:
    write("## Neue Anschrift")
    assert "<h2>Neue Anschrift</h2>" in client.get("/texte/impressum/").content.decode()


def test_markup_in_a_text_stays_text(client: Client) -> None:
    write("<script>alert(1)</script> [hier](javascript:alert(1))")
    html = client.get("/texte/impressum/").content.decode()
    assert "<script>alert" not in html
    assert 'href="javascript' not in html


def test_there_are_no_other_pages(client: Client) -> None:
    assert client.get("/texte/geheim/").status_code == 404
