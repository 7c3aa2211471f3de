"""The administration writes which documents are needed for how much money, and the rules of the check."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from applications.models import EligibilityRule, EvidenceTier
from journal.models import Event
from tests.accounts.keys import log_in_with_factor
from tests.factories import World, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]


@pytest.fixture
def admin(client: Client) -> User:
    user = person("svea@landkreis.example", Role.SYSADMIN, name="Svea System")
    log_in_with_factor(client, user)
    return user


@pytest.fixture
def world() -> World:
    return World()


def go(name: str, *args: Any) -> str:
    return reverse(f"workflow:{name}", args=args)


TIER = {"kind": "offer", "from_amount": "1.000,00", "hint": ""}
RULE = {"subject": "starts_after_days", "days": "42", "reason": "Bitte planen Sie sechs Wochen ein.", "position": "1"}


def entry(client: Client, world: World, slug: str, **data: Any) -> Any:
    return client.post(go("administration_new", slug), {"programme": str(world.programme.pk)} | data)


RULES = [
    ({"subject": "organisation_kind", "kinds": ["association", "school"]}, ["association", "school"]),
    ({"subject": "municipality", "municipalities": ["MUNICIPALITY"]}, ["MUNICIPALITY"]),
    ({"subject": "measure", "measures": ["MEASURE"]}, ["MEASURE"]),
    ({"subject": "starts_after_days", "days": "42"}, ["42"]),
    ({"subject": "lasts_at_most_days", "days": "365"}, ["365"]),
    ({"subject": "amount_at_least", "amount": "200"}, ["200.00"]),
    ({"subject": "amount_at_most", "amount": "5.000,00"}, ["5000.00"]),
    ({"subject": "yes", "question": "Ist das Projekt offen für alle?"}, []),
    ({"subject": "no", "question": "Hat es schon begonnen?"}, []),
]


def real(world: World, value: Any) -> Any:
    names = {"MUNICIPALITY": world.municipality.name, "MEASURE": world.measure.code}
    return [names.get(one, one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize(("typed", "expected"), RULES, ids=[row[0]["subject"] for row in RULES])
def test_every_rule_can_be_written_and_is_shown_again(client, admin, world, typed, expected):
    data = {name: real(world, value) for name, value in typed.items()} | {"reason": "Leider nicht.", "blocks": "on"}
    assert entry(client, world, "vorpruefung", **data).status_code == 302
    rule = EligibilityRule.objects.get()
    assert [str(one) for one in rule.expected] == real(world, expected)
    assert (rule.blocks, rule.reason, rule.position) == (True, "Leider nicht.", 0)
    again = client.get(go("administration_entry", "vorpruefung", rule.pk))
    assert again.status_code == 200
    field = next(name for name in typed if name != "subject")
    assert again.context["form"].initial[field]
    assert client.get(go("administration_entries", "vorpruefung")).status_code == 200
    sent = {"programme": str(world.programme.pk)} | data | {"reason": "Schade."}
    assert client.post(go("administration_entry", "vorpruefung", rule.pk), sent).status_code == 302
    told = Event.objects.filter(kind="catalogue_changed").latest("pk")
    assert list(told.facts["changes"]) == ["reason"]


WRONG = [
    ("unterlagen", "kind", {"kind": ""}, "Bitte füllen Sie dieses Feld aus."),
    ("unterlagen", "kind", {"kind": "other"}, "Bitte wählen Sie eine der Möglichkeiten."),
    ("unterlagen", "from_amount", {"from_amount": ""}, "Bitte füllen Sie dieses Feld aus."),
    ("unterlagen", "from_amount", {"from_amount": "-1"}, "Minus"),
    ("unterlagen", "from_amount", {"from_amount": "viel"}, "Komma"),
    ("unterlagen", "from_amount", {"from_amount": "99.999.999,00"}, "höchstens"),
    ("unterlagen", "hint", {"hint": "x" * 201}, "höchstens 200 Zeichen"),
    ("unterlagen", "programme", {"programme": "999999"}, "Bitte wählen Sie eine der Möglichkeiten."),
    ("unterlagen", "kind", {"kind": "statutes"}, "schon einen Eintrag"),
    ("vorpruefung", "subject", {"subject": ""}, "Bitte füllen Sie dieses Feld aus."),
    ("vorpruefung", "subject", {"subject": "weather"}, "Bitte wählen Sie eine der Möglichkeiten."),
    ("vorpruefung", "reason", {"reason": ""}, "Bitte füllen Sie dieses Feld aus."),
    ("vorpruefung", "reason", {"reason": "x" * 601}, "höchstens 600 Zeichen"),
    ("vorpruefung", "days", {"days": ""}, "Bitte schreiben Sie die Zahl der Tage."),
    ("vorpruefung", "days", {"days": "0"}, "mindestens 1"),
    ("vorpruefung", "days", {"days": "3651"}, "höchstens 3650"),
    ("vorpruefung", "days", {"days": "bald"}, "ganze Zahl"),
    ("vorpruefung", "amount", {"amount": "5"}, "passt nicht zu dem"),
    ("vorpruefung", "kinds", {"subject": "organisation_kind", "days": ""}, "mindestens eine Art"),
    ("vorpruefung", "kinds", {"subject": "organisation_kind", "days": "", "kinds": ["party"]}, "Möglichkeiten"),
    ("vorpruefung", "municipalities", {"subject": "municipality", "days": ""}, "mindestens eine Gemeinde"),
    ("vorpruefung", "measures", {"subject": "measure", "days": ""}, "mindestens eine Maßnahme"),
    ("vorpruefung", "amount", {"subject": "amount_at_most", "days": ""}, "Bitte schreiben Sie den Betrag."),
    ("vorpruefung", "amount", {"subject": "amount_at_most", "days": "", "amount": "0"}, "mindestens 0,01"),
    ("vorpruefung", "question", {"subject": "yes", "days": ""}, "Bitte schreiben Sie die Frage."),
    ("vorpruefung", "question", {"subject": "no", "days": "", "question": "x" * 201}, "höchstens 200 Zeichen"),
    ("vorpruefung", "position", {"position": "-1"}, "mindestens 0"),
]


@pytest.mark.parametrize(
    ("slug", "name", "change", "sentence"), WRONG, ids=[f"{n}-{r[1]}" for n, r in enumerate(WRONG)]
)
def test_a_rule_or_document_that_makes_no_sense_is_refused(client, admin, world, slug, name, change, sentence):
    EvidenceTier.objects.create(programme=world.programme, kind="statutes", from_amount=0)
    before = (EvidenceTier.objects.count(), EligibilityRule.objects.count())
    answer = entry(client, world, slug, **((TIER if slug == "unterlagen" else RULE) | change))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert f'href="#id_{name}' in page
    assert (EvidenceTier.objects.count(), EligibilityRule.objects.count()) == before
    assert not Event.objects.filter(kind="catalogue_changed").exists()


def test_a_rule_goes_after_it_was_asked_whether_and_that_is_told(client, admin, world):
    entry(client, world, "vorpruefung", **RULE)
    rule = EligibilityRule.objects.get()
    address = go("administration_remove", "vorpruefung", rule.pk)
    assert "Eintrag löschen" in client.get(address).content.decode()
    assert client.post(address).status_code == 302
    assert not EligibilityRule.objects.exists()
    told = Event.objects.get(kind="catalogue_removed")
    assert told.facts["changes"]["reason"] == ["Bitte planen Sie sechs Wochen ein.", ""]
    assert client.get(go("administration_remove", "programme", world.programme.pk)).status_code == 404
