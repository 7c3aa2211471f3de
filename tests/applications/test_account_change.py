"""A new account: its proof, two people of the office, nobody paid meanwhile, everybody told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import Role
from applications import account, chronicle
from applications.models import AccountChange, Membership, Organisation, OrganisationDocument
from funding.models import Commitment, Disbursement, Hold
from funding.sepa import mask_iban
from journal.actors import Actor
from journal.models import Event, Message
from journal.refusals import Faster, Forbidden, Refused
from tests.factories import IBANS, PDF, START, World

pytestmark = pytest.mark.django_db
NEW = IBANS[1]


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(clock: Any, db: None) -> World:
    return World()


def address(world: World, rest: str = "") -> str:
    return f"/verein/{world.organisation.key}/konto/{rest}"


def office(change: AccountChange, rest: str = "") -> str:
    return f"/bankverbindungen/{change.key}/{rest}"


def sent(**fields: Any) -> dict[str, Any]:
    proof = SimpleUploadedFile("Kontoauszug.pdf", PDF, "application/pdf")
    return {"iban": NEW, "account_holder": "Brückenbauer", "file": proof} | fields


def held(world: World) -> bool:
    return Hold.objects.filter(kind=Hold.Kind.IBAN, ended_at__isnull=True).exists()


def checked(world: World, change: AccountChange, name: str = "caseworker") -> None:
    account.check(change, actor=world.cast.actor[name], at=world.at)


def confirmed(world: World, change: AccountChange, name: str = "treasury") -> None:
    account.confirm(change, actor=world.cast.actor[name], at=world.at)


def iban_of(world: World) -> str:
    return Organisation.objects.get(pk=world.organisation.pk).iban


# Reporting


def test_a_new_account_waits_and_nothing_is_paid(as_person: Callable[[str], Client], world: World) -> None:
    world.requested()
    assert as_person("applicant").post(address(world), sent()).status_code == 302
    change = AccountChange.objects.get()
    assert (change.iban, change.state, change.proof.kind) == (NEW, "pending", "account")
    assert iban_of(world) == IBANS[0]
    assert held(world)
    with pytest.raises(Refused, match="neue IBAN noch nicht bestätigt"):
        world.do(Disbursement.objects.get(), "verify", "verifier")
    page = as_person("reader").get(address(world)).content.decode()
    assert mask_iban(NEW) in page
    assert NEW not in page
    letters = Message.objects.filter(kind="account_change_requested")
    assert set(letters.values_list("recipient", flat=True)) == {"applicant@demo.example", "reader@demo.example"}
    assert all(mask_iban(NEW) in letter.body and NEW not in letter.body for letter in letters)
    assert NEW not in str(list(Event.objects.values()))


BAD = [
    ({"iban": ""}, "Bitte schreiben Sie die IBAN."),
    ({"iban": NEW[:-1] + "9"}, "Meist sind zwei Ziffern vertauscht."),
    ({"iban": "BR1500000000000010932840814P2"}, "außerhalb des SEPA-Raums"),
    ({"iban": "x" * 5000}, "Meist sind zwei Ziffern vertauscht."),
    ({"account_holder": ""}, "wem das Konto gehört"),
    ({"account_holder": "x" * 161}, "höchstens 160 Zeichen"),
    ({"file": ""}, "Bitte wählen Sie zuerst eine Datei aus."),
    ({"file": SimpleUploadedFile("x.pdf", b"MZ\x90\x00 program")}, "nehmen wir nicht an"),
]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    BAD,
    ids=["no iban", "wrong", "no sepa", "long", "no holder", "long holder", "no proof", "programme"],
)
def test_what_is_wrong_is_said_and_nothing_waits(
    as_person: Callable[[str], Client], world: World, fields: dict[str, Any], sentence: str
) -> None:
    answer = as_person("applicant").post(address(world), sent(**fields))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not AccountChange.objects.exists()
    assert not OrganisationDocument.objects.exists()
    assert not Message.objects.exists()


def test_the_bank_stands_beside_a_right_number(as_person: Callable[[str], Client], world: World) -> None:
    page = as_person("applicant").post(address(world), sent(iban="DE89370400440532013000", file=""))
    assert "Ihre Bank: Commerzbank" in page.content.decode()


def test_the_same_account_and_a_second_report_are_refused(world: World) -> None:
    with pytest.raises(Refused, match="haben wir schon"):
        world.new_account(IBANS[0])
    world.new_account(NEW)
    with pytest.raises(Refused, match="wird gerade geprüft"):
        world.new_account(IBANS[2])


def test_only_who_may_ask_for_money_reports_it(as_person: Callable[[str], Client], world: World) -> None:
    assert as_person("reader").post(address(world), sent()).status_code == 403
    assert as_person("stranger").post(address(world), sent()).status_code == 404
    assert as_person("caseworker").post(address(world), sent()).status_code == 403


def test_the_very_first_account_is_taken_at_once(as_person: Callable[[str], Client], world: World) -> None:
    Organisation.objects.update(iban="", account_holder="")
    data = {"kind": "association", "name": "Brückenbauer", "iban": NEW}
    as_person("applicant").post(f"/verein/{world.organisation.key}/", data)
    assert iban_of(world) == NEW
    assert not AccountChange.objects.exists()


def test_an_award_made_meanwhile_is_held_back_too(world: World) -> None:
    case = world.proposed()
    change = world.new_account(NEW)
    assert not held(world)
    world.do(case, "approve", "decider", conditions=[])
    assert held(world)
    checked(world, change)
    confirmed(world, change)
    assert not held(world)
    assert Commitment.objects.get().payee_iban == NEW


def test_the_organisation_may_take_it_back(as_person: Callable[[str], Client], world: World) -> None:
    world.approved()
    change = world.new_account(NEW)
    assert as_person("applicant").post(address(world, "zurueckziehen/")).status_code == 302
    change.refresh_from_db()
    assert (change.state, iban_of(world), held(world)) == ("withdrawn", IBANS[0], False)
    assert as_person("applicant").post(address(world, "zurueckziehen/")).status_code == 404
    with pytest.raises(Faster):
        checked(world, change)
    world.new_account(IBANS[2])


# Two people of the office


def test_two_people_confirm_and_the_money_follows(world: World) -> None:
    award = world.active()
    waiting = world.requested("500", award=award)
    change = world.new_account(NEW)
    before = waiting.version
    checked(world, change)
    assert iban_of(world) == IBANS[0]
    assert held(world)
    confirmed(world, change)
    change.refresh_from_db()
    waiting.refresh_from_db()
    assert (change.state, iban_of(world), held(world)) == ("confirmed", NEW, False)
    assert {found.payee_iban for found in Commitment.objects.all()} == {NEW}
    assert (waiting.payee_iban, waiting.version) == (NEW, before + 1)
    assert Message.objects.filter(kind="account_change_confirmed").count() == 2
    assert [event.kind for event in chronicle.events_of(world.organisation)][::-1] == [
        "account_change_requested", "account_change_checked", "account_change_confirmed",
    ]  # fmt: skip
    world.do(waiting, "verify", "verifier")


def test_a_payment_that_the_bank_returns_meanwhile_goes_to_the_new_account(world: World) -> None:
    paid = world.paid()
    change = world.new_account(NEW)
    returned = world.do(paid, "take_back", "treasury", reason="Konto erloschen")
    with pytest.raises(Refused, match="neue IBAN noch nicht bestätigt"):
        world.do(world.do(returned, "request_again", "verifier", reason="x"), "verify", "verifier")
    checked(world, change)
    confirmed(world, change)
    again = Disbursement.objects.get()
    assert again.payee_iban == NEW


def test_the_second_is_another_person(world: World) -> None:
    change = world.new_account(NEW)
    with pytest.raises(Refused, match="Zuerst muss eine andere Person"):
        confirmed(world, change)
    checked(world, change, "treasury")
    with pytest.raises(Refused, match="Bestätigen muss sie eine andere Person"):
        confirmed(world, change, "treasury")
    with pytest.raises(Faster):
        checked(world, change, "verifier")
    confirmed(world, change, "verifier")


@pytest.mark.parametrize("name", ["coordinator", "decider", "authoriser", "budget_officer", "auditor", "applicant"])
def test_others_neither_check_nor_confirm(world: World, name: str) -> None:
    change = world.new_account(NEW)
    with pytest.raises(Forbidden):
        checked(world, change, name)
    checked(world, change)
    with pytest.raises(Forbidden):
        confirmed(world, change, name)


def test_a_caseworker_is_never_the_second(world: World) -> None:
    change = world.new_account(NEW)
    checked(world, change, "verifier")
    with pytest.raises(Forbidden):
        confirmed(world, change, "caseworker")


def test_nobody_decides_for_an_organisation_of_their_own(world: World) -> None:
    change = world.new_account(NEW)
    for name in ("caseworker", "applicant"):
        Membership.objects.get_or_create(organisation=world.organisation, user=world.cast.user[name])
    with pytest.raises(Refused, match="gehören zu dieser Organisation"):
        checked(world, change)
    own = world.cast.actor["applicant"]
    both = Actor(key=own.key, name=own.name, roles=frozenset({Role.VERIFIER}))
    with pytest.raises(Refused, match="gehören zu dieser Organisation"):
        account.check(change, actor=both, at=world.at)


def test_the_database_refuses_one_person_twice(world: World) -> None:
    change = world.new_account(NEW)
    key = world.cast.user["treasury"].key
    for fields in (
        {"checked_by": key, "decided_by": key},
        {"checked_by": change.requested_by, "decided_by": key},
        {"checked_by": None, "decided_by": key},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            AccountChange.objects.filter(pk=change.pk).update(state="confirmed", **fields)


@pytest.mark.parametrize("state", ["verified", "authorised"])
def test_a_payment_on_its_way_to_the_old_account_stops_the_confirmation(
    as_person: Callable[[str], Client], world: World, state: str
) -> None:
    waiting = world.do(world.requested(), "verify", "verifier")
    if state == "authorised":
        waiting = world.do(waiting, "authorise", "authoriser")
    change = world.new_account(NEW)
    checked(world, change)
    with pytest.raises(Refused, match=waiting.reference):
        confirmed(world, change)
    answer = as_person("treasury").post(office(change, "bestaetigen/"))
    assert answer.status_code == 422
    assert "bitte zuerst stornieren" in answer.content.decode()
    world.do(waiting, "cancel", "verifier", reason="Neues Konto")
    confirmed(world, change)
    assert Disbursement.objects.get().payee_iban == IBANS[0]


def test_a_refusal_needs_a_reason_that_the_organisation_reads(as_person: Callable[[str], Client], world: World) -> None:
    world.approved()
    change = world.new_account(NEW)
    client = as_person("caseworker")
    empty = client.post(office(change, "ablehnen/"), {"reason": " "})
    assert (empty.status_code, "Die Organisation liest die Begründung" in empty.content.decode()) == (422, True)
    assert client.post(office(change, "ablehnen/"), {"reason": "Das Papier ist unlesbar."}).status_code == 302
    change.refresh_from_db()
    assert (change.state, iban_of(world), held(world)) == ("refused", IBANS[0], False)
    letter = Message.objects.filter(kind="account_change_refused").first()
    assert letter is not None
    assert "Das Papier ist unlesbar." in letter.body
    assert "Das Papier ist unlesbar." in as_person("reader").get(address(world)).content.decode()


# The pages of the office


def test_the_pages_lead_both_people_through(as_person: Callable[[str], Client], world: World) -> None:
    world.new_organisation("Zwilling (Demo)", NEW)
    world.approved()
    change = world.new_account(NEW)
    first, second = as_person("caseworker"), as_person("verifier")
    page = first.get(office(change)).content.decode()
    assert "DE16 9999 9999 0001 0000 02" in page
    assert "Dieselbe IBAN gehört schon zu: Zwilling (Demo)." in page
    assert first.post(office(change, "pruefen/")).status_code == 302
    assert "wartet auf die zweite Person" in first.get(office(change)).content.decode()
    assert first.post(office(change, "bestaetigen/")).status_code == 403
    assert second.post(office(change, "bestaetigen/")).status_code == 302
    assert "bestätigt" in second.get("/bankverbindungen/").content.decode()
    assert iban_of(world) == NEW


def test_the_audit_reads_the_number_masked(as_person: Callable[[str], Client], world: World) -> None:
    change = world.new_account(NEW)
    page = as_person("auditor").get(office(change)).content.decode()
    assert mask_iban(NEW) in page
    assert "DE16 9999" not in page
    assert "Geprüft, stimmt überein" not in page


def test_the_menu_counts_what_waits_for_this_person(world: World) -> None:
    change = world.new_account(NEW)
    counted = {name: account.waiting_for(world.cast.actor[name]).count() for name in ("caseworker", "treasury")}
    assert counted == {"caseworker": 1, "treasury": 1}
    checked(world, change, "treasury")
    counted = {
        name: account.waiting_for(world.cast.actor[name]).count() for name in ("caseworker", "treasury", "verifier")
    }
    assert counted == {"caseworker": 0, "treasury": 0, "verifier": 1}


def test_the_list_asks_as_much_for_thirty_as_for_one(as_person: Callable[[str], Client], world: World) -> None:
    client, counts = as_person("treasury"), []
    proof = world.keep("account")
    for more in (1, 29):
        for number in range(more):
            owner = world.new_organisation(f"Verein {number} (Demo)", "")
            AccountChange.objects.create(
                organisation=owner, iban=NEW, account_holder="x", proof=proof,
                requested_by=world.cast.user["applicant"].key, requested_at=world.at,
            )  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/bankverbindungen/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("language", ["de", "en"])
def test_each_letter_is_whole_in_both_languages(world: World, language: str) -> None:
    User.objects.update(language=language)
    first = world.new_account(NEW)
    account.refuse(first, reason="Unlesbar.", actor=world.cast.actor["caseworker"], at=world.at)
    second = world.new_account(NEW)
    account.withdraw(second, actor=world.cast.actor["applicant"], at=world.at)
    third = world.new_account(NEW)
    checked(world, third)
    confirmed(world, third)
    told = Message.objects.all()
    assert set(told.values_list("kind", flat=True)) == {
        "account_change_requested", "account_change_withdrawn", "account_change_refused", "account_change_confirmed",
    }  # fmt: skip
    for letter in told:
        assert letter.language == language
        assert letter.body.count("http") == 1
        assert mask_iban(NEW) in letter.body
        assert mask_iban(IBANS[0]) in letter.body
        assert "None" not in letter.body
