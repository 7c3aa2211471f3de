"""The programme's check is repeated while somebody writes: kindly, at the step that asks, and without stopping anybody."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications import actions
from applications.models import Application, EligibilityRule
from tests.applications.test_autosave import Page, sides
from tests.applications.test_steps import COST, COUNTY, url
from tests.factories import START, World

pytestmark = pytest.mark.django_db
S = EligibilityRule.Subject
STEPS = ["vorhaben", "ziele", "zeitraum", "finanzplan", "unterlagen", "erklaerungen"]


@pytest.fixture(autouse=True)
def then():
    cache.clear()
    with time_machine.travel(START, tick=False):
        yield


@pytest.fixture
def draft(world: World) -> Application:
    world.round  # noqa: B018 - opened now
    return actions.begin(world.round, world.organisation, actor=world.cast.actor["applicant"], at=world.at)


def rule(world: World, subject: str, *expected: Any, **fields: Any) -> None:
    own = {"reason": f"Grund {subject}.", "question": "Offen für alle?"} | fields
    EligibilityRule.objects.create(programme=world.programme, subject=subject, expected=list(expected), **own)


WRONG: dict[str, Any] = {"starts_on": "2026-03-10", "ends_on": "2026-12-31"}
"""Too early and too long for the rules below."""
OWNERS = [
    (S.MUNICIPALITY, ["Esens"], "vorhaben", "#id_municipality"),
    (S.MEASURE, ["M 9.9"], "ziele", "#id_measure"),
    (S.STARTS_AFTER_DAYS, [42], "zeitraum", "#id_starts_on"),
    (S.LASTS_AT_MOST_DAYS, [30], "zeitraum", "#id_ends_on"),
    (S.AMOUNT_AT_MOST, ["100"], "finanzplan", "#einnahmen"),
    (S.AMOUNT_AT_LEAST, ["90000"], "finanzplan", "#einnahmen"),
]


@pytest.mark.parametrize("blocks", [False, True], ids=["hint", "blocks"])
@pytest.mark.parametrize(("subject", "expected", "owner", "place"), OWNERS, ids=[row[0].value for row in OWNERS])
def test_a_reason_stands_at_the_step_that_asks_and_nowhere_else(
    as_person, world, subject, expected, owner, place, blocks
):
    draft = world.draft(**WRONG)
    rule(world, subject, *expected, blocks=blocks)
    client = as_person("applicant")
    for step in STEPS:
        page = client.get(url(draft, step)).content.decode()
        assert (f"Grund {subject}." in page) is (step == owner), step
        if step == owner:
            assert f'<a href="{url(draft, step)}{place}">Angabe ansehen</a>' in page
            assert place == "#einnahmen" or f'id="{place[1:]}"' in page


def test_what_no_step_asks_stands_at_the_top_of_each(as_person, world, draft):
    rule(world, S.ORGANISATION_KIND, "school")
    client = as_person("applicant")
    for step in STEPS:
        page = client.get(url(draft, step)).content.decode()
        assert "Grund organisation_kind." in page
        assert f"/verein/{world.organisation.key}/#id_kind_0" in page


def test_what_is_not_known_yet_or_fits_or_was_only_asked_before_is_not_said(as_person, world, draft):
    for subject, expected in ((S.STARTS_AFTER_DAYS, [42]), (S.ORGANISATION_KIND, ["association"]), (S.YES, [])):
        rule(world, subject, *expected)
    client = as_person("applicant")
    for step in STEPS:
        assert "Passt das zum Programm?" not in client.get(url(draft, step)).content.decode()


def test_what_was_filed_has_passed_the_check(as_person, world):
    case = world.questioned()
    rule(world, S.ORGANISATION_KIND, "school")
    application = case.application
    application.refresh_from_db()
    step = application.open_sections[0]
    assert "Grund" not in as_person("applicant").get(url(application, step)).content.decode()


def test_the_reason_comes_and_goes_with_what_is_typed(as_person, world, draft):
    rule(world, S.STARTS_AFTER_DAYS, 42)
    page = Page(world, as_person("applicant"), "applicant", draft, "zeitraum")
    assert "Grund starts_after_days." in page.autosave(starts_on="05.03.2026").json()["remarks"]
    assert page.autosave(starts_on="05.06.2026").json()["remarks"].strip() == ""


def test_an_amount_is_looked_at_while_the_plan_is_written(as_person, world, draft):
    rule(world, S.AMOUNT_AT_MOST, "500")
    page = Page(world, as_person("applicant"), "applicant", draft, "finanzplan")
    page.values |= sides([COST], [COUNTY], draft)
    assert "Grund amount_at_most." in page.autosave().json()["remarks"]


def test_nobody_is_stopped(as_person, world, draft):
    rule(world, S.STARTS_AFTER_DAYS, 42)
    answer = as_person("applicant").post(url(draft, "zeitraum"), {"version": 0, "starts_on": "05.03.2026"})
    assert answer.status_code == 302


def test_markup_of_an_administrator_stays_text(as_person, world, draft):
    rule(world, S.ORGANISATION_KIND, "school", reason="<b>So</b> nicht.")
    assert "&lt;b&gt;So&lt;/b&gt; nicht." in as_person("applicant").get(url(draft, "vorhaben")).content.decode()


def test_more_rules_are_no_more_queries(as_person, world):
    draft = world.draft(**WRONG)
    client, counts = as_person("applicant"), []
    for number in (1, 29):
        for _number in range(number):
            rule(world, S.STARTS_AFTER_DAYS, 42)
        with CaptureQueriesContext(connection) as queries:
            client.get(url(draft, "zeitraum"))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
