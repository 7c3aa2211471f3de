"""The pages of payment runs."""

from __future__ import annotations

import pytest
from django.urls import reverse
from lxml import etree
from pytest_django import Settings

from accounts.roles import FINANCE_READERS, Role
from applications.models import Organisation
from funding import payments, sepa
from funding.models import Commitment, Disbursement, PaymentRun
from funding.models.disbursement import DisbursementState
from tests.factories import IBANS, World, euros, place
from tests.funding.pages import client_of, get, post, queries_of, text_of

LIST = "/zahlungslaeufe/"


@pytest.fixture
def world(db: None, settings: Settings) -> World:
    settings.DEMO = True
    found = World()
    found.cast.add("treasury_two", Role.TREASURY)
    return found


def assembled(world: World, *amounts: str) -> PaymentRun:
    award = world.active()
    found = [world.authorised(amount, award) for amount in amounts or ("400", "300")]
    return payments.assemble(found, actor=world.cast.actor["treasury"], at=world.at)


def page_of(run: PaymentRun) -> str:
    return reverse("funding:run", args=[run.number])


def door(run: PaymentRun, name: str) -> str:
    return reverse(f"funding:run_{name}", args=[run.number])


@pytest.mark.parametrize("role", [*Role.values, "applicant"])
def test_finance_reads_runs_and_only_the_treasury_acts(world, role):
    run = assembled(world)
    expected = 200 if role in FINANCE_READERS else 403
    assert (get(world, role, LIST).status_code, get(world, role, page_of(run)).status_code) == (expected, expected)
    if role != Role.TREASURY:
        for name in ("release", "return", "export", "execute"):
            assert post(world, role, door(run, name)).status_code == 403
        assert post(world, role, LIST, payments=[1]).status_code == 403
        assert get(world, role, door(run, "sepa")).status_code == 403
    run.refresh_from_db()
    assert run.state == "assembled"


def test_acts_answer_to_post_only(world):
    run = assembled(world)
    for name in ("release", "return", "export", "execute"):
        assert get(world, "treasury_two", door(run, name)).status_code == 405


def test_a_run_walks_through_its_pages_to_a_file_that_passes(world):
    award = world.active()
    found = [world.authorised(amount, award) for amount in ("400", "300")]
    assert "700,00 €" in text_of(get(world, "treasury", LIST))
    answer = post(world, "treasury", LIST, payments=[one.pk for one in found])
    run = PaymentRun.objects.get()
    assert (answer.status_code, answer.url) == (302, page_of(run))
    mine = text_of(get(world, "treasury", page_of(run)))
    assert "Zwei Zahlungen freigeben" in mine
    assert "Sie haben den Lauf zusammengestellt. Freigeben muss eine andere Person." in mine
    assert "700,00 € freigeben" not in mine
    assert "700,00 € freigeben" in text_of(get(world, "treasury_two", page_of(run)))
    assert post(world, "treasury", door(run, "release")).status_code == 422
    assert post(world, "treasury_two", door(run, "release")).status_code == 302
    assert get(world, "treasury", door(run, "sepa")).status_code == 404
    assert post(world, "treasury", door(run, "export")).status_code == 302
    file = get(world, "treasury", door(run, "sepa"))
    assert file["Content-Type"] == "application/xml"
    sepa.validate(file.content)
    assert etree.fromstring(file.content).findtext(".//{*}CtrlSum") == "700.00"
    run.refresh_from_db()
    day = run.exported_at.strftime("%d.%m.%Y")
    assert post(world, "treasury", door(run, "execute"), executed_on=day).status_code == 302
    assert Commitment.objects.get().paid == euros("700")
    assert "Zwei Zahlungen sind ausgeführt" in text_of(get(world, "auditor", page_of(run)))


def test_no_page_of_a_run_shows_a_whole_iban(world):
    run = assembled(world)
    for name in ("treasury", "treasury_two", "auditor"):
        text = text_of(get(world, name, page_of(run)))
        assert IBANS[0] not in text
        assert "DE** **** 0001" in text


def test_the_second_click_reads_that_somebody_was_faster(world):
    run = assembled(world)
    assert post(world, "treasury_two", door(run, "release")).status_code == 302
    assert post(world, "treasury_two", door(run, "release")).status_code == 409
    typed = post(world, "treasury_two", door(run, "execute"), executed_on="02.03.2026")
    assert (typed.status_code, "02.03.2026" in text_of(typed)) == (409, True)


@pytest.mark.parametrize("chosen", [[], [999999], ["x"]])
def test_a_run_of_nothing_is_a_sentence(world, chosen):
    world.authorised("400")
    answer = post(world, "treasury", LIST, payments=chosen)
    assert answer.status_code == 422
    assert not PaymentRun.objects.exists()


def test_giving_back_needs_a_reason(world):
    run = assembled(world)
    empty = post(world, "treasury", door(run, "return"), reason=" ")
    assert (empty.status_code, "Bitte begründen Sie" in text_of(empty)) == (422, True)
    assert post(world, "treasury", door(run, "return"), reason="falscher Tag").status_code == 302
    assert "falscher Tag" in text_of(get(world, "auditor", page_of(run)))


@pytest.mark.parametrize("day", ["", "morgen", "31.02.2026", "01.01.2099", "01.01.2020"])
def test_a_day_of_execution_that_cannot_be_is_a_sentence_and_nothing_is_booked(world, day):
    run = assembled(world)
    post(world, "treasury_two", door(run, "release"))
    post(world, "treasury", door(run, "export"))
    assert post(world, "treasury", door(run, "execute"), executed_on=day).status_code == 422
    assert Commitment.objects.get().paid == 0


def sentences(world: World, run: PaymentRun, name: str = "treasury_two") -> list[tuple[str, str]]:
    return [(found.state, found.sentence) for found in get(world, name, page_of(run)).context["findings"]]


def test_deviations_stand_before_what_is_fine(world):
    award = world.active()
    both = [world.authorised("400", award), world.authorised("400", award)]
    other = world.new_organisation("Kulturverein Windrose (Demo)", IBANS[0], Organisation.Kind.ASSOCIATION)
    world.active(organisation=other)
    run = payments.assemble(both, actor=world.cast.actor["treasury"], at=world.at)
    Commitment.objects.filter(thread=award.thread).update(payable_from=None)
    found = sentences(world, run)
    states = [state for state, _sentence in found]
    assert states == sorted(states, key=["missing", "notice", "fine"].index)
    text = " ".join(sentence for _state, sentence in found)
    for words in (
        "derselbe Betrag",
        "mehr als einem Empfänger",
        "noch nicht bestandskräftig",
        "Keine Zahlung ist gesperrt",
    ):
        assert words in text


def test_the_payer_reads_that_the_payment_was_their_own(world):
    both = world.cast.add("two_hats", Role.VERIFIER, Role.TREASURY)
    assert both.key
    found = world.do(world.requested("100"), "verify", "two_hats")
    run = payments.assemble(
        [world.do(found, "authorise", "authoriser")], actor=world.cast.actor["treasury"], at=world.at
    )
    assert any(
        "geprüft oder angeordnet" in sentence
        for state, sentence in sentences(world, run, "two_hats")
        if state == "missing"
    )
    assert all(state == "fine" for state, _sentence in sentences(world, run))


def test_a_run_says_what_is_not_in_it_and_why(world):
    run = assembled(world, "100")
    world.requested("50", world.active())
    text = text_of(get(world, "treasury_two", page_of(run)))
    assert "Nicht in diesem Lauf" in text
    assert "Wartet auf die sachliche und rechnerische Prüfung." in text


def test_an_unknown_run_is_unknown(world):
    assert get(world, "treasury", f"{LIST}ZL-2026-9999/").status_code == 404


def test_the_pages_of_runs_ask_the_same_number_of_questions_for_1_and_30_payments(world):
    award = world.active()
    client = client_of(world, "treasury_two")
    small = payments.assemble([world.authorised("1", award)], actor=world.cast.actor["treasury"], at=world.at)
    few = queries_of(client, page_of(small))
    many = [world.requested("1", award) for _number in range(30)]
    who = {"verified_by": world.cast.actor["verifier"].key, "authorised_by": world.cast.actor["authoriser"].key}
    for one in many:
        place(one, DisbursementState.AUTHORISED, authorised_at=world.at, **who)
    list_before = queries_of(client_of(world, "treasury"), LIST)
    big = payments.assemble(
        list(Disbursement.objects.filter(pk__in=[one.pk for one in many])),
        actor=world.cast.actor["treasury"],
        at=world.at,
    )
    assert queries_of(client, page_of(big)) <= few
    assert queries_of(client_of(world, "treasury"), LIST) <= list_before
