"""The administration: every setting and every entry of the catalogue, read, changed and told."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from applications.models import EvidenceTier
from funding.models import Goal, Measure, Municipality, Programme, Round
from funding.money import MoneyField
from journal import values
from journal.machine import Machine
from journal.models import DatedValue, Event, Message
from journal.outbox import Letter, put
from tests.accounts.keys import log_in_with_factor
from tests.factories import person
from workflow.catalogue import SECTIONS
from workflow.models import Threshold

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]
KEYS = [setting.key for setting in values.declared()]
TOMORROW = timezone.localdate() + timedelta(days=1)
PROGRAMME = {
    "title": "Integrationsprojekte", "slug": "integration", "prefix": "INT", "purpose": "Zusammenleben",
    "applicants": "Vereine", "documents": "", "contact_name": "Wiebke Muster", "contact_phone": "04462 00-000",
    "contact_email": "wiebke@landkreis.example", "contact_hours": "", "financing": "share", "rate_numerator": "80",
    "rate_denominator": "100", "fixed_amount": "", "minimum": "100,00", "maximum": "2.500,00", "rounding_unit": "0,01",
    "payable_on": "finality", "payment_mode": "advance", "report_months": "6", "product": "3.5.1.10",
    "account": "4318", "is_published": "on",
}  # fmt: skip


@pytest.fixture
def svea(client: Client) -> User:
    user = person("svea@landkreis.example", Role.SYSADMIN, name="Svea System")
    log_in_with_factor(client, user)
    return user


def day(on: date) -> str:
    return f"{on:%d.%m.%Y}"


def another(setting: values.Declared) -> tuple[str, Any]:
    """A value that the setting does not have: as it is typed, and as it is read."""
    if setting.type is values.Type.YES_NO:
        return ("0", False) if setting.default else ("1", True)
    if setting.type is values.Type.DECIMAL:
        return "12,5", Decimal("12.5")
    if setting.type is values.Type.NUMBER:
        low = max(setting.minimum, 1)
        new = low if setting.default != low else low + 1
        return str(new), new
    if setting.key.endswith("iban"):
        return "DE43999999990001000001", "DE43999999990001000001"
    return "Ein anderer Text – mit „Zeichen“ <b>", "Ein anderer Text – mit „Zeichen“ <b>"


@pytest.mark.parametrize("key", KEYS)
def test_every_setting_can_be_changed_from_a_day_on(client: Client, svea: User, key: str) -> None:
    setting = values.declared_one(key)
    typed, meant = another(setting)
    page = reverse("workflow:administration_setting", args=[key])
    assert client.get(page).status_code == 200
    response = client.post(page, {"value": typed, "valid_from": day(TOMORROW), "reason": "Beschluss vom Montag"})
    assert response.status_code == 302, response.content.decode()
    assert values.value(key, on=timezone.localdate()) == setting.default
    assert values.value(key, on=TOMORROW) == meant
    told = Event.objects.get(kind="setting_changed")
    assert (told.actor_key, told.actor_role, told.reason) == (svea.key, "sysadmin", "Beschluss vom Montag")
    assert told.facts["key"] == key
    history = client.get(page).content.decode()
    assert "Beschluss vom Montag" in history
    assert "Svea System" in history
    assert client.get(reverse("workflow:administration_settings")).status_code == 200


@pytest.mark.parametrize(
    ("key", "typed", "sentence"),
    [
        ("deadline.information_request_days", "", "Bitte füllen Sie dieses Feld aus."),
        ("deadline.information_request_days", "vierzehn", "Bitte schreiben Sie eine Zahl"),
        ("deadline.information_request_days", "14,5", "Bitte schreiben Sie eine ganze Zahl"),
        ("deadline.information_request_days", "0", "Zahl von 1 bis 365"),
        ("deadline.information_request_days", "366", "Zahl von 1 bis 365"),
        ("deadline.information_request_days", "-1", "Zahl von 1 bis 365"),
        ("deadline.information_request_days", "NaN", "Zahl von 1 bis 365"),
        ("deadline.information_request_days", "Infinity", "Zahl von 1 bis 365"),
        ("deadline.information_request_days", "9" * 19, "Zahl von 1 bis 365"),
        ("deadline.information_request_days", "1" * 40, "höchstens 20 Zeichen"),
        ("clawback.threshold", "abc", "Bitte schreiben Sie eine Zahl"),
        ("clawback.threshold", "-0,01", "Bitte schreiben Sie eine Zahl von"),
        ("budget.red_percent", "101", "Zahl von 0 bis 100"),
        ("letterhead.iban", "DE44999999990001000001", "Die IBAN stimmt nicht."),
        ("letterhead.county", "x" * 301, "höchstens 300 Zeichen"),
        ("page.impressum.de", "", "Bitte füllen Sie dieses Feld aus."),
        ("page.impressum.de", "x" * 50_001, "zu lang"),
    ],
)
def test_a_bad_value_is_refused_with_a_sentence_and_stays_typed(
    client: Client, svea: User, key: str, typed: str, sentence: str
) -> None:
    data = {"value": typed, "valid_from": day(TOMORROW), "reason": "Darum"}
    response = client.post(reverse("workflow:administration_setting", args=[key]), data)
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert "Darum" in page
    assert not DatedValue.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"reason": ""}, "Bitte schreiben Sie, warum sich der Wert ändert."),
        ({"reason": "  "}, "Bitte schreiben Sie, warum sich der Wert ändert."),
        ({"reason": "x" * 301}, "höchstens 300 Zeichen"),
        ({"valid_from": ""}, "Bitte schreiben Sie einen Tag"),
        ({"valid_from": "31.02.2027"}, "Bitte schreiben Sie den Tag so: 31.12.2026."),
        ({"valid_from": "morgen"}, "Bitte schreiben Sie den Tag so: 31.12.2026."),
    ],
)
def test_a_setting_needs_a_day_and_a_reason(client: Client, svea: User, change: dict[str, str], sentence: str) -> None:
    data = {"value": "20", "valid_from": day(TOMORROW), "reason": "Darum"} | change
    response = client.post(reverse("workflow:administration_setting", args=["deadline.offer_days"]), data)
    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_the_value_of_the_past_stays_when_a_new_one_comes(client: Client, svea: User) -> None:
    page = reverse("workflow:administration_setting", args=["deadline.offer_days"])
    for begins, typed in ((date(2026, 1, 1), "10"), (date(2026, 6, 1), "20"), (date(2026, 6, 1), "21")):
        client.post(page, {"value": typed, "valid_from": day(begins), "reason": "Darum"})
    assert values.number("deadline.offer_days", on=date(2025, 12, 31)) == 14
    assert values.number("deadline.offer_days", on=date(2026, 5, 31)) == 10
    assert values.number("deadline.offer_days", on=date(2026, 6, 1)) == 21
    assert DatedValue.objects.count() == 3


def test_a_setting_that_nobody_declared_is_not_found(client: Client, svea: User) -> None:
    assert client.get(reverse("workflow:administration_setting", args=["kein.schluessel"])).status_code == 404


ENTRIES: dict[str, dict[str, str]] = {
    "programme": PROGRAMME,
    "antragsrunden": {
        "title": "2027", "fiscal_year": "2027", "opens_at": "01.01.2027 00:00", "closes_at": "01.03.2027 00:00",
    },
    "ziele": {"code": "Z9", "title": "Zusammenleben"},
    "massnahmen": {"code": "M9", "title": "Sprachcafé", "is_active": "on"},
    "gemeinden": {"name": "Musterdeich", "ags": "03462099", "association": "", "is_active": "on"},
    "wertgrenzen": {"valid_from": day(TOMORROW), "up_to": "5.000,00", "decides": "county_committee"},
}  # fmt: skip


def entry_data(slug: str) -> dict[str, str]:
    data = dict(ENTRIES[slug])
    if slug == "antragsrunden":
        data["programme"] = str(make_programme().pk)
    if slug == "massnahmen":
        data["goal"] = str(Goal.objects.create(code="Z1", title="Ziel").pk)
    return data


def make_programme() -> Programme:
    return Programme.objects.create(
        slug="alt", title="Altes Programm", purpose="x", applicants="x", contact_name="x", contact_phone="x",
        contact_email="x@y.example", financing="share", product="1", account="2",
    )  # fmt: skip


OF_THEIR_OWN = {"unterlagen", "vorpruefung", "nebenbestimmungen"}
"""Sections whose forms have tests of their own."""


@pytest.mark.parametrize("slug", sorted(set(SECTIONS) - OF_THEIR_OWN))
def test_an_entry_of_the_catalogue_is_made_changed_and_told(client: Client, svea: User, slug: str) -> None:
    data = entry_data(slug)
    response = client.post(reverse("workflow:administration_new", args=[slug]), data)
    assert response.status_code == 302, response.content.decode()
    model = SECTIONS[slug].model
    obj = model._default_manager.order_by("-pk").first()
    assert obj is not None
    page = reverse("workflow:administration_entry", args=[slug, obj.pk])
    assert client.get(page).status_code == 200
    assert client.get(reverse("workflow:administration_entries", args=[slug])).status_code == 200
    first = Event.objects.get(kind="catalogue_changed")
    assert (first.thread, first.actor_key) == (f"catalogue:{slug}", svea.key)
    assert client.post(page, data).status_code == 302
    assert Event.objects.count() == 1, "nothing changed, nothing told"
    name = "decides" if slug == "wertgrenzen" else "name" if slug == "gemeinden" else "title"
    new = "county_council" if name == "decides" else "Ganz neu"
    assert client.post(page, data | {name: new}).status_code == 302
    obj.refresh_from_db()
    assert getattr(obj, name) == new
    told = Event.objects.order_by("-pk")[0]
    assert list(told.facts["changes"]) == [name]
    assert "Was sich geändert hat" in client.get(page).content.decode()


@pytest.mark.parametrize(
    ("slug", "change", "sentence"),
    [
        ("programme", {"title": ""}, "Bitte füllen Sie dieses Feld aus."),
        ("programme", {"slug": "mit leer"}, "Bitte nur Buchstaben ohne Umlaute"),
        ("programme", {"slug": "alt"}, "Diesen Kurznamen hat schon ein anderes Programm."),
        ("programme", {"rate_numerator": "101"}, "Bitte kleiner als der Nenner."),
        ("programme", {"rate_denominator": "0"}, "Der Nenner ist mindestens 1."),
        ("programme", {"rate_numerator": "x"}, "Bitte schreiben Sie eine ganze Zahl"),
        ("programme", {"rate_numerator": "9" * 30}, "höchstens 9999"),
        ("programme", {"report_months": "-1"}, "mindestens 0"),
        ("programme", {"financing": "fixed"}, "Bitte schreiben Sie den Festbetrag."),
        ("programme", {"financing": "geschenkt"}, "Bitte wählen Sie eine der Möglichkeiten."),
        ("programme", {"minimum": "3.000,00"}, "Der Höchstbetrag liegt unter dem Mindestbetrag."),
        ("programme", {"maximum": "zwei"}, "1.234,56"),
        ("programme", {"rounding_unit": "0,00"}, "mindestens auf 0,01"),
        ("programme", {"contact_email": "wiebke"}, "Bitte schreiben Sie die ganze Adresse"),
        ("antragsrunden", {"closes_at": "01.01.2027 00:00"}, "Das Ende liegt vor dem Beginn."),
        ("antragsrunden", {"closes_at": "31.12.2026 00:00"}, "Das Ende liegt vor dem Beginn."),
        ("antragsrunden", {"opens_at": "Neujahr"}, "Tag und Uhrzeit so"),
        ("antragsrunden", {"fiscal_year": "27"}, "ein Jahr mit vier Ziffern"),
        ("antragsrunden", {"programme": "999999"}, "Bitte wählen Sie eine der Möglichkeiten."),
        ("ziele", {"code": ""}, "Bitte füllen Sie dieses Feld aus."),
        ("ziele", {"code": "1234567890123"}, "höchstens 12 Zeichen"),
        ("massnahmen", {"goal": ""}, "Bitte füllen Sie dieses Feld aus."),
        ("gemeinden", {"ags": "0346209"}, "acht Ziffern"),
        ("gemeinden", {"ags": "0346209x"}, "acht Ziffern"),
        ("gemeinden", {"ags": "٠٣٤٦٢٠٩٩"}, "acht Ziffern"),
        ("gemeinden", {"name": "x\x00y"}, "Zeichen, das wir nicht lesen können"),
        ("wertgrenzen", {"valid_from": "heute"}, "Bitte schreiben Sie den Tag so"),
        ("wertgrenzen", {"decides": ""}, "Bitte füllen Sie dieses Feld aus."),
        ("wertgrenzen", {"up_to": "-5"}, "ohne Minuszeichen"),
    ],
)
def test_a_bad_entry_is_refused_with_a_sentence(
    client: Client, svea: User, slug: str, change: dict[str, str], sentence: str
) -> None:
    if change.get("slug") == "alt":
        make_programme()
    before = SECTIONS[slug].model._default_manager.count()
    data = entry_data(slug)
    before = SECTIONS[slug].model._default_manager.count()
    response = client.post(reverse("workflow:administration_new", args=[slug]), data | change)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert SECTIONS[slug].model._default_manager.count() == before
    assert not Event.objects.exists()


def threshold(client: Client, begins: date, up_to: str, decides: str = "county_committee") -> int:
    data = {"valid_from": day(begins), "up_to": up_to, "decides": decides}
    return client.post(reverse("workflow:administration_new", args=["wertgrenzen"]), data).status_code


def test_the_first_table_of_thresholds_may_begin_in_the_past_and_later_ones_may_not(client: Client, svea: User) -> None:
    past, today = date(2019, 1, 1), timezone.localdate()
    assert threshold(client, past, "5.000,00") == 302
    assert threshold(client, past, "") == 302
    assert threshold(client, today, "6.000,00") == 422
    assert threshold(client, TOMORROW, "6.000,00") == 302
    assert threshold(client, past, "7.000,00") == 422, "the table of the past is a thing of the past"


def test_a_threshold_that_holds_is_not_changed_any_more(client: Client, svea: User) -> None:
    row = Threshold.objects.create(valid_from=date(2019, 1, 1), up_to=Decimal(5000), decides="county_committee")
    page = reverse("workflow:administration_entry", args=["wertgrenzen", row.pk])
    for begins in (date(2019, 1, 1), TOMORROW):
        data = {"valid_from": day(begins), "up_to": "9.000,00", "decides": "administration"}
        response = client.post(page, data)
        assert response.status_code == 422
        assert "Was schon gilt, bleibt." in response.content.decode()
    row.refresh_from_db()
    assert row.up_to == Decimal("5000.00")


def test_an_amount_stands_once_in_a_table_of_thresholds(client: Client, svea: User) -> None:
    assert [threshold(client, TOMORROW, amount) for amount in ("5.000,00", "5.000", "", "")] == [302, 422, 302, 422]


def test_a_table_of_thresholds_without_a_last_line_is_noticed(client: Client, svea: User) -> None:
    threshold(client, TOMORROW, "5.000,00")
    page = reverse("workflow:administration_entries", args=["wertgrenzen"])
    assert "hat keine Zeile ohne Betrag" in client.get(page).content.decode()
    threshold(client, TOMORROW, "")
    assert "hat keine Zeile ohne Betrag" not in client.get(page).content.decode()


PAGES = [
    ("administration", []),
    ("administration_settings", []),
    ("administration_setting", ["deadline.offer_days"]),
    ("administration_background", []),
    ("administration_entries", ["programme"]),
    ("administration_new", ["programme"]),
    ("administration_entries", ["wertgrenzen"]),
    ("administration_new", ["wertgrenzen"]),
]
COORDINATOR_MAY = {
    ("administration", None),
    ("administration_entries", "programme"),
    ("administration_new", "programme"),
}


@pytest.mark.parametrize("role", [*Role.values, "applicant"])
def test_who_may_open_the_administration(client: Client, role: str) -> None:
    log_in_with_factor(client, person("wer@landkreis.example", *([role] if role != "applicant" else [])))
    for name, args in PAGES:
        may = role == Role.SYSADMIN
        may = may or (role == Role.COORDINATOR and (name, args[0] if args else None) in COORDINATOR_MAY)
        url = reverse(f"workflow:{name}", args=args)
        assert client.get(url).status_code == (200 if may else 403), url
        if name in {"administration_new", "administration_setting"}:
            assert client.post(url, {}).status_code == (422 if may else 403), url


def test_strangers_are_sent_to_log_in(client: Client) -> None:
    for name, args in PAGES:
        assert client.get(reverse(f"workflow:{name}", args=args))["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("path", ["nichts/", "nichts/neu/", "programme/999999/", "ziele/0/"])
def test_what_is_not_there_is_not_found(client: Client, svea: User, path: str) -> None:
    assert client.get(f"/verwaltung/{path}").status_code == 404


def failed_letter() -> Message:
    letter = Letter(to="mina@verein.example", to_key=None, language="de", subject="Geheimer Titel", body="Inhalt")
    message = put(letter, key="k", kind="receipt", thread="INT-2026-0001", at=timezone.now())
    Message.objects.filter(pk=message.pk).update(status="failed", attempts=8, error="ConnectionRefusedError: nein")
    return message


def test_a_failed_letter_is_sent_again_and_its_content_stays_hidden(client: Client, svea: User) -> None:
    message = failed_letter()
    page = client.get(reverse("workflow:administration_background")).content.decode()
    assert "mina@verein.example" in page
    assert "ConnectionRefusedError" in page
    assert "Geheimer Titel" not in page
    assert "INT-2026-0001" not in page
    url = reverse("workflow:administration_retry", args=[message.pk])
    assert client.get(url).status_code == 405
    assert client.post(url).status_code == 302
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("queued", 0)
    assert client.post(url).status_code == 422
    assert Event.objects.filter(kind="message_retried").count() == 1


def test_no_form_of_the_administration_writes_a_state_or_a_booking() -> None:
    """The amounts of a programme, a threshold and a needed document are rules, not money that moves."""
    rules = {Programme, Threshold, EvidenceTier}
    for section in SECTIONS.values():
        assert not issubclass(section.model, Machine)
        known = {field.name: field for field in section.model._meta.get_fields()}
        fields = [known[name] for name in section.form.base_fields if name in known]
        assert section.model in rules or not any(isinstance(field, MoneyField) for field in fields)


@pytest.mark.parametrize("slug", ["gemeinden", "massnahmen", "antragsrunden"])
def test_lists_ask_the_same_for_one_row_and_for_thirty(client: Client, svea: User, slug: str) -> None:
    goal, programme = Goal.objects.create(code="Z", title="z"), make_programme()

    def add(number: int) -> None:
        Municipality.objects.create(name=f"Ort {number}", ags=f"{number:08}")
        Measure.objects.create(goal=goal, code=f"M{number}", title="x")
        Round.objects.create(
            programme=programme, title="x", fiscal_year=2027, opens_at=timezone.now(),
            closes_at=timezone.now() + timedelta(days=1),
        )  # fmt: skip

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("workflow:administration_entries", args=[slug])).status_code == 200
        return len(captured)

    add(0)
    few = count()
    for number in range(1, 30):
        add(number)
    assert count() == few
