"""The check beforehand: a table of vectors for each subject, and the page that stores nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.eligibility import Facts, against, check, holds
from applications.models import Application, EligibilityRule
from applications.programme import condition_in_words, way_out
from tests.factories import START, World

S = EligibilityRule.Subject
SPRING, AUTUMN = date(2026, 3, 20), date(2026, 10, 20)
"""A few days before the clock changes."""
VECTORS = [
    # subject, expected, facts, today, holds
    (S.ORGANISATION_KIND, ["association", "school"], {"organisation_kind": "school"}, SPRING, True),
    (S.ORGANISATION_KIND, ["association", "school"], {"organisation_kind": "natural_person"}, SPRING, False),
    (S.ORGANISATION_KIND, ["association"], {}, SPRING, None),
    (S.ORGANISATION_KIND, [], {"organisation_kind": "school"}, SPRING, False),
    (S.MUNICIPALITY, ["Friedeburg", "Esens"], {"municipality": "Esens"}, SPRING, True),
    (S.MUNICIPALITY, ["Friedeburg"], {"municipality": "Esens"}, SPRING, False),
    (S.MUNICIPALITY, ["Friedeburg"], {"municipality": "friedeburg"}, SPRING, False),
    (S.MUNICIPALITY, ["Friedeburg"], {}, SPRING, None),
    (S.MEASURE, ["M 3.2"], {"measure": "M 3.2"}, SPRING, True),
    (S.MEASURE, ["M 3.2"], {"measure": "M 3.1"}, SPRING, False),
    (S.MEASURE, ["M 3.2"], {}, SPRING, None),
    (S.STARTS_AFTER_DAYS, [42], {"starts_on": date(2026, 5, 1)}, SPRING, True),
    (S.STARTS_AFTER_DAYS, [42], {"starts_on": date(2026, 4, 30)}, SPRING, False),
    (S.STARTS_AFTER_DAYS, [42], {"starts_on": date(2026, 5, 2)}, SPRING, True),
    (S.STARTS_AFTER_DAYS, [10], {"starts_on": date(2026, 3, 30)}, SPRING, True),
    (S.STARTS_AFTER_DAYS, [10], {"starts_on": date(2026, 3, 29)}, SPRING, False),
    (S.STARTS_AFTER_DAYS, [7], {"starts_on": date(2026, 10, 27)}, AUTUMN, True),
    (S.STARTS_AFTER_DAYS, [7], {"starts_on": date(2026, 10, 26)}, AUTUMN, False),
    (S.STARTS_AFTER_DAYS, [0], {"starts_on": SPRING}, SPRING, True),
    (S.STARTS_AFTER_DAYS, [1], {"starts_on": SPRING}, SPRING, False),
    (S.STARTS_AFTER_DAYS, [1], {}, SPRING, None),
    (S.LASTS_AT_MOST_DAYS, [1], {"starts_on": SPRING, "ends_on": SPRING}, SPRING, True),
    (S.LASTS_AT_MOST_DAYS, [10], {"starts_on": SPRING, "ends_on": date(2026, 3, 29)}, SPRING, True),
    (S.LASTS_AT_MOST_DAYS, [10], {"starts_on": SPRING, "ends_on": date(2026, 3, 30)}, SPRING, False),
    (S.LASTS_AT_MOST_DAYS, [365], {"starts_on": date(2028, 1, 1), "ends_on": date(2028, 12, 30)}, SPRING, True),
    (S.LASTS_AT_MOST_DAYS, [365], {"starts_on": date(2028, 1, 1), "ends_on": date(2028, 12, 31)}, SPRING, False),
    (S.LASTS_AT_MOST_DAYS, [10], {"starts_on": SPRING}, SPRING, None),
    (S.LASTS_AT_MOST_DAYS, [10], {"ends_on": SPRING}, SPRING, None),
    (S.AMOUNT_AT_LEAST, ["500.00"], {"amount": Decimal("500.00")}, SPRING, True),
    (S.AMOUNT_AT_LEAST, ["500.00"], {"amount": Decimal("499.99")}, SPRING, False),
    (S.AMOUNT_AT_LEAST, ["500.00"], {}, SPRING, None),
    (S.AMOUNT_AT_MOST, ["500.00"], {"amount": Decimal("500.00")}, SPRING, True),
    (S.AMOUNT_AT_MOST, ["500.00"], {"amount": Decimal("500.01")}, SPRING, False),
    (S.AMOUNT_AT_MOST, [500], {"amount": Decimal("0.00")}, SPRING, True),
    (S.YES, [], {"answers": {7: True}}, SPRING, True),
    (S.YES, [], {"answers": {7: False}}, SPRING, False),
    (S.YES, [], {"answers": {8: True}}, SPRING, None),
    (S.NO, [], {"answers": {7: False}}, SPRING, True),
    (S.NO, [], {"answers": {7: True}}, SPRING, False),
    (S.NO, [], {}, SPRING, None),
]


@pytest.mark.parametrize(
    ("subject", "expected", "facts", "today", "wanted"),
    VECTORS,
    ids=[f"{number}-{vector[0].value}" for number, vector in enumerate(VECTORS)],
)
def test_a_rule_holds_to_the_day_and_to_the_cent(subject, expected, facts, today, wanted):
    rule = EligibilityRule(pk=7, subject=subject, expected=expected, question="?", reason="So nicht.")
    assert holds(rule, Facts(**facts), today=today) is wanted
    assert [found.reason for found in against(check([rule], Facts(**facts), today=today))] == (
        ["So nicht."] if wanted is False else []
    )


@pytest.mark.parametrize(
    ("subject", "expected", "words"),
    [
        (S.ORGANISATION_KIND, ["association", "school"], "Verein oder Verband oder Schule."),
        (S.MUNICIPALITY, ["Esens"], "Gemeinde des Projekts: Esens."),
        (S.MEASURE, ["M 1"], "Maßnahme: Sprache."),
        (S.STARTS_AFTER_DAYS, [42], "frühestens 42 Tage nach"),
        (S.LASTS_AT_MOST_DAYS, [100], "höchstens 100 Tage"),
        (S.AMOUNT_AT_LEAST, ["500.00"], "mindestens 500,00"),
        (S.AMOUNT_AT_MOST, ["5000"], "höchstens 5.000,00"),
        (S.YES, [], "Ist es öffentlich? Passend ist: Ja."),
        (S.NO, [], "Ist es öffentlich? Passend ist: Nein."),
    ],
    ids=lambda value: str(value) if isinstance(value, str) and " " not in value else "",
)
def test_every_rule_has_words_and_a_way_out(subject, expected, words):
    rule = EligibilityRule(subject=subject, expected=expected, question="Ist es öffentlich?", reason="x")
    assert words in condition_in_words(rule, {"M 1": "Sprache"})
    assert way_out(rule, today=SPRING)


# The page


def rule(world: World, subject: str, *expected: Any, **fields: Any) -> EligibilityRule:
    defaults = {"reason": f"Grund {subject}", "question": "Ist das Projekt offen für alle?"}
    return EligibilityRule.objects.create(
        programme=world.programme, subject=subject, expected=list(expected), **(defaults | fields)
    )


@pytest.fixture
def rules(world: World) -> dict[str, EligibilityRule]:
    world.round  # noqa: B018 - opened now
    return {
        "kind": rule(world, S.ORGANISATION_KIND, "association"),
        "place": rule(world, S.MUNICIPALITY, "Friedeburg"),
        "start": rule(world, S.STARTS_AFTER_DAYS, 42),
        "most": rule(world, S.AMOUNT_AT_MOST, "5000"),
        "open": rule(world, S.YES),
    }


def address(world: World) -> str:
    return f"/programme/{world.programme.slug}/passt-das/"


def answers(world: World, rules: dict[str, EligibilityRule], **fields: str) -> dict[str, str]:
    good = {
        "kind": "association", "municipality": str(world.municipality.pk), "starts_on": "13.04.2026",
        "amount": "5.000,00", f"frage-{rules['open'].pk}": "yes",
    }  # fmt: skip
    return good | fields


@time_machine.travel(START, tick=False)
def test_what_fits_leads_to_the_application_with_the_answers(client, world, rules):
    answer = client.get(address(world), answers(world, rules))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert ">Das passt<" in page
    assert f"/antrag/?kind=association&amp;municipality={world.municipality.pk}" in page


@time_machine.travel(START, tick=False)
def test_what_does_not_fit_is_said_kindly_with_a_way_out(client, world, rules):
    page = client.get(address(world), answers(world, rules, starts_on="12.04.2026", amount="5000,01")).content.decode()
    assert "Das passt noch nicht ganz" in page
    assert "Grund starts_after_days" in page
    assert "Planen Sie den Beginn für Montag, 13.04.2026 oder später." in page
    assert "Beantragen Sie höchstens 5.000,00" in page
    assert "Grund organisation_kind" not in page


@time_machine.travel(START, tick=False)
def test_what_is_not_known_yet_is_no_reason_against_it(client, world, rules):
    page = client.get(address(world), {"kind": "association"}).content.decode()
    assert "Soweit passt das" in page
    assert "Noch nicht beantwortet:" in page
    assert "Noch keine Antwort" in client.get(address(world), {"kind": ""}).content.decode()


BAD = [
    ("starts_on", "31.02.2026"), ("starts_on", "morgen"), ("amount", "viel"), ("amount", "-5"), ("amount", "1e9"),
    ("amount", "9" * 100), ("kind", "bank"), ("municipality", "999999"), ("municipality", "x' OR 1=1"),
    ("municipality", "\u202e\u0000"), ("starts_on", "🎉"), ("starts_on", "1" * 100_000),
]  # fmt: skip


@pytest.mark.parametrize(("name", "typed"), BAD, ids=[f"{number}-{name}" for number, (name, _) in enumerate(BAD)])
def test_what_cannot_be_read_is_said_beside_the_field(client, world, rules, name, typed):
    answer = client.get(address(world), answers(world, rules, **{name: typed}))
    assert answer.status_code in {400, 422}
    if answer.status_code == 422:
        page = answer.content.decode()
        assert f'id="id_{name}_error"' in page
        assert 'id="fehler"' in page
        assert ">Das passt<" not in page


def test_an_end_before_the_beginning_is_said(client, world, rules):
    rule(world, S.LASTS_AT_MOST_DAYS, 30)
    answer = client.get(address(world), answers(world, rules, ends_on="01.04.2026"))
    assert answer.status_code == 422
    assert "Das Ende liegt vor dem Beginn." in answer.content.decode()


def test_only_what_a_rule_looks_at_is_asked(client, world):
    world.round, rule(world, S.AMOUNT_AT_MOST, "5000"), rule(world, S.AMOUNT_AT_LEAST, "100")
    page = client.get(address(world)).content.decode()
    assert page.count('name="amount"') == 1
    assert 'name="kind"' not in page
    assert 'name="starts_on"' not in page


def test_nothing_is_stored_and_nothing_is_posted(client, world, rules):
    client.get(address(world), answers(world, rules))
    assert client.post(address(world), answers(world, rules)).status_code == 405
    assert Application.objects.count() == Session.objects.count() == 0
    assert "sessionid" not in client.cookies


def test_a_programme_without_rules_and_one_that_is_not_public(client, world):
    assert "keine besonderen Bedingungen" in client.get(address(world)).content.decode()
    type(world.programme).objects.update(is_published=False)
    assert client.get(address(world)).status_code == 404


def test_more_rules_are_no_more_queries(client, world, rules):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(address(world), answers(world, rules))
        return len(queries)

    before = count()
    for _number in range(30):
        rule(world, S.NO)
    assert count() == before <= 8


def test_the_answers_go_along_to_a_new_organisation(as_person: Callable[[str], Client], world: World, rules: Any):
    world.cast.add("newcomer")
    client = as_person("newcomer")
    place = str(world.municipality.pk)
    with time_machine.travel(START, tick=False):
        begun = client.get(f"/programme/{world.programme.slug}/antrag/", {"kind": "school", "municipality": place})
        page = client.get(begun.url).content.decode()
    assert 'value="school" checked' in page
    assert f'<option value="{place}" selected' in page
