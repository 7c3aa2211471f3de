"""The pages of payments: who sees them, what stands first, the steps, the downloads."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.urls import reverse
from pytest_django import Settings

from accounts.roles import FINANCE_READERS, PAYMENT_READERS, Role
from funding.models import Clawback, Commitment, Disbursement
from tests.factories import World, euros
from tests.funding.pages import client_of, get, post, queries_of, text_of

LIST = "/auszahlungen/"


@pytest.fixture
def world(db: None, settings: Settings) -> World:
    settings.DEMO = True
    return World()


def detail(found: Disbursement) -> str:
    return reverse("funding:disbursement", args=[found.pk])


def step(found: Disbursement, name: str) -> str:
    return reverse("funding:disbursement_step", args=[found.pk, name])


@pytest.mark.parametrize("role", [*Role.values, "applicant"])
def test_finance_reads_payments_and_nobody_else(world, role):
    found = world.requested("100")
    for readers, urls in (
        (PAYMENT_READERS, (LIST, detail(found))),
        (FINANCE_READERS, (f"{LIST}export.csv", f"{LIST}export.xlsx")),
    ):
        for url in urls:
            assert get(world, role, url).status_code == (200 if role in readers else 403), url


def test_a_visitor_is_sent_to_the_log_in_page(world):
    assert get(world, "", LIST).status_code == 302


@pytest.mark.parametrize("role", ["applicant", "caseworker", "sysadmin"])
def test_a_step_of_a_payment_is_unknown_to_people_outside_finance(world, role):
    found = world.requested("100")
    assert post(world, role, step(found, "verify"), version=found.version).status_code == 404


def test_what_waits_for_me_stands_first(world):
    award = world.active()
    first = world.requested("100", award)
    verified = world.do(world.requested("200", award), "verify", "verifier")
    newest = world.do(world.do(world.requested("300", award), "verify", "verifier"), "authorise", "authoriser")
    for role, wanted in (("verifier", first), ("authoriser", verified), ("treasury", newest)):
        page = get(world, role, LIST)
        assert page.context["page"].object_list[0].pk == wanted.pk
        assert "Eine Zahlung wartet auf Sie." in text_of(page)
    assert "keine Zahlung" in text_of(get(world, "auditor", LIST))


def test_the_list_counts_the_states_and_sums_all_hits(world):
    award = world.active()
    world.requested("100", award)
    world.do(world.requested("200.50", award), "verify", "verifier")
    page = text_of(get(world, "verifier", LIST))
    assert "Summe aller 2" in page
    assert "300,50 €" in page
    narrowed = text_of(get(world, "verifier", LIST, stand="verified"))
    assert "200,50 €" in narrowed
    assert "100,00 €" not in narrowed
    assert "Keine Treffer" in text_of(get(world, "verifier", LIST, suche="gibt es nicht"))


@pytest.mark.parametrize(
    "nonsense", ["?stand=x", "?jahr=abc", "?page=-1", "?page=zzz", "?suche=%00", "?jahr=99999999999"]
)
def test_nonsense_in_the_address_is_not_an_error(world, nonsense):
    world.requested("100")
    assert get(world, "verifier", LIST + nonsense).status_code == 200


def test_no_page_shows_a_whole_iban(world):
    found = world.requested("100")
    for url in (LIST, detail(found)):
        assert found.payee_iban not in text_of(get(world, "verifier", url))
    assert "DE** **** 0001" in text_of(get(world, "verifier", detail(found)))


def test_a_payment_is_verified_and_authorised_on_its_page(world):
    found = world.requested("100")
    assert "Sachlich und rechnerisch richtig" in text_of(get(world, "verifier", detail(found)))
    answer = post(world, "verifier", step(found, "verify"), version=found.version)
    assert (answer.status_code, answer.url) == (302, detail(found))
    found.refresh_from_db()
    assert "100,00 € anordnen" in text_of(get(world, "authoriser", detail(found)))
    assert post(world, "authoriser", step(found, "authorise"), version=found.version).status_code == 302
    found.refresh_from_db()
    assert found.state == "authorised"
    assert "Kreiskasse" in text_of(get(world, "verifier", detail(found)))


def test_the_second_of_two_people_reads_who_was_faster(world):
    found = world.requested("100")
    version = found.version
    world.do(found, "verify", "verifier")
    answer = post(world, "verifier", step(found, "verify"), version=version)
    assert answer.status_code == 409
    assert "Verifier war am" in text_of(answer)


def test_a_refused_step_says_why_and_changes_nothing(world):
    found = world.requested("100")
    Commitment.objects.update(payable_from=None)
    assert "noch nicht bestandskräftig" in text_of(get(world, "verifier", detail(found)))
    answer = post(world, "verifier", step(found, "verify"), version=found.version)
    assert answer.status_code == 422
    found.refresh_from_db()
    assert found.state == "requested"


def test_a_payment_is_cancelled_with_a_reason_only(world):
    found = world.requested("100")
    assert post(world, "verifier", step(found, "cancel"), version=found.version, reason="").status_code == 422
    assert post(world, "verifier", step(found, "cancel"), version=found.version, reason="doppelt").status_code == 302


def clawback(world: World) -> Clawback:
    found = world.paid("400")
    return Clawback.objects.create(
        commitment=found.commitment, amount=euros("350"), ground="settlement", opened_at=world.at,
        heard_until=world.at.date() - timedelta(days=1), opened_by=world.cast.actor["caseworker"].key,
    )  # fmt: skip


def test_a_clawback_is_assessed_by_a_decider_and_paid_at_the_treasury(world):
    claim = clawback(world)
    url = reverse("funding:clawback_step", args=[claim.pk, "assess"])
    assert get(world, "decider", url).status_code == 200
    day = world.at.strftime("%d.%m.%Y")
    wrong = post(world, "decider", url, version=claim.version, assessed_on=day, due_on="01.01.2026", reason="zu viel")
    assert (wrong.status_code, "liegt vor dem Bescheid" in text_of(wrong)) == (422, True)
    right = post(world, "decider", url, version=claim.version, assessed_on=day, due_on="31.12.2026", reason="zu viel")
    assert right.status_code == 302
    claim.refresh_from_db()
    assert claim.state == "assessed"
    url = reverse("funding:clawback_step", args=[claim.pk, "book_payment"])
    answer = post(world, "treasury", url, version=claim.version, paid_on=day)
    assert (answer.status_code, answer.url) == (302, detail(Disbursement.objects.get()))
    assert Commitment.objects.get().paid == euros("50")


def test_a_clawback_is_unknown_to_people_outside(world):
    claim = clawback(world)
    url = reverse("funding:clawback_step", args=[claim.pk, "assess"])
    for role in ("applicant", "caseworker", "dpo"):
        assert get(world, role, url).status_code == 404


EVIL = ("=1+1", "+1", "-1", "@x", "\t=1", 'a;b"c', "=cmd|' /C calc'!A0")


def test_the_lists_carry_full_ibans_and_cannot_run_in_a_spreadsheet(world):
    found = world.requested("1234.5")
    Disbursement.objects.update(payee_name=EVIL[-1], purpose=EVIL[5])
    raw = get(world, "treasury", f"{LIST}export.csv")
    assert raw["Content-Disposition"] == 'attachment; filename="auszahlungen.csv"'
    text = raw.content.decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text), delimiter=";"))
    assert len(rows) == 1
    assert rows[0]["IBAN"] == found.payee_iban
    assert rows[0]["Betrag in Euro"] == "1234,50"
    assert rows[0]["Empfänger"] == f"'{EVIL[-1]}"
    assert rows[0]["Verwendungszweck"] == EVIL[5]
    sheet = openpyxl.load_workbook(BytesIO(get(world, "treasury", f"{LIST}export.xlsx").content)).active
    cells = dict(zip([cell.value for cell in sheet[1]], sheet[2], strict=True))
    assert (cells["Betrag in Euro"].value, cells["Betrag in Euro"].data_type) == (1234.5, "n")
    assert (cells["Empfänger"].value, cells["Empfänger"].data_type) == (f"'{EVIL[-1]}", "s")


def test_a_list_is_downloaded_as_it_is_filtered(world):
    award = world.active()
    world.requested("100", award)
    world.do(world.requested("200", award), "verify", "verifier")
    text = get(world, "auditor", f"{LIST}export.csv", stand="verified").content.decode("utf-8-sig")
    assert len(text.strip().splitlines()) == 2
    assert "200,00" in text
    assert "Verifier" in text


def test_the_pages_ask_the_same_number_of_questions_for_1_and_30_payments(world):
    award = world.active()
    found = world.requested("1", award)
    client = client_of(world, "verifier")
    urls = (LIST, detail(found), f"{LIST}export.csv")
    before = [queries_of(client, url) for url in urls]
    for _number in range(29):
        world.requested("1", award)
    assert [queries_of(client, url) for url in urls] == before
