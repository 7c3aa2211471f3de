"""„Unser Verein": who applies, and where the money would go."""

from __future__ import annotations

import pytest

from applications.models import Membership, Organisation
from funding.sepa import mask_iban
from journal.models import Event
from tests.factories import IBANS

pytestmark = pytest.mark.django_db
DATA = {"kind": "association", "name": "Nachbarn Moorhusen e. V. (Demo)"}


def edit(organisation: Organisation) -> str:
    return f"/verein/{organisation.key}/"


def fresh(world) -> Organisation:
    """Without an account yet."""
    Organisation.objects.filter(pk=world.organisation.pk).update(iban="", account_holder="")
    return Organisation.objects.get(pk=world.organisation.pk)


def whole(organisation: Organisation, **changed: str) -> dict[str, str]:
    names = ("kind", "name", "representative", "street", "postcode", "town", "phone", "iban", "account_holder")
    return {name: getattr(organisation, name) for name in names} | changed


def test_somebody_without_an_organisation_begins_with_the_form(as_person):
    assert as_person("stranger").get("/verein/").url == "/verein/neu/"


def test_the_name_alone_is_enough_to_begin(as_person, world):
    answer = as_person("stranger").post("/verein/neu/", DATA)
    assert answer.status_code == 302
    membership = Membership.objects.get(user=world.cast.user["stranger"])
    assert (membership.may_edit, membership.may_file, membership.is_admin) == (True, True, True)


def test_a_person_needs_no_representative(as_person):
    data = {"kind": "natural_person", "name": "Mina Muster", "iban": IBANS[2]}
    as_person("stranger").post("/verein/neu/", data)
    found = Organisation.objects.get(name="Mina Muster")
    assert (found.representative, found.account_holder) == ("Mina Muster", "Mina Muster")


BAD = [
    ({"name": ""}, "Bitte füllen Sie dieses Feld aus."),
    ({"postcode": "2640"}, "fünf Ziffern"),
    ({"iban": "DE12 3456"}, "Meist sind zwei Ziffern vertauscht."),
    ({"iban": IBANS[0][:-2] + "10"}, "Meist sind zwei Ziffern vertauscht."),
    ({"iban": "Konto bei der Sparkasse in Wittmund, Nummer weiß Mina"}, "Meist sind zwei Ziffern vertauscht."),
    ({"iban": "BR1500000000000010932840814P2"}, "außerhalb des SEPA-Raums"),
    ({"kind": "pirate"}, ""),
    ({"kind": "natural_person"}, "Eine Privatperson handelt allein."),
]


@pytest.mark.parametrize(("changed", "sentence"), BAD)
def test_what_is_wrong_is_said_and_kept(as_person, world, changed, sentence):
    answer = as_person("applicant").post(edit(fresh(world)), whole(fresh(world), **changed))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Organisation.objects.get(pk=world.organisation.pk).iban == ""


def test_an_iban_may_be_typed_in_groups_of_four(as_person, world):
    typed = " ".join(IBANS[1][start : start + 4] for start in range(0, 22, 4)).lower()
    as_person("applicant").post(edit(fresh(world)), whole(fresh(world), iban=typed))
    assert Organisation.objects.get(pk=world.organisation.pk).iban == IBANS[1]


def test_the_iban_is_masked_and_never_in_the_journal(as_person, world):
    client = as_person("applicant")
    client.post(edit(fresh(world)), whole(fresh(world), iban=IBANS[1]))
    page = client.get("/verein/").content.decode()
    assert mask_iban(IBANS[1]) in page
    assert IBANS[1] not in page
    event = Event.objects.get(kind="organisation_changed")
    assert "iban" in event.facts["fields"]
    assert IBANS[1] not in str(event.facts)


def test_an_account_that_is_known_is_no_field_of_the_form_any_more(as_person, world):
    """A changed account needs a proof and four eyes, with or without money to come."""
    client = as_person("applicant")
    client.post(edit(world.organisation), whole(world.organisation, iban=IBANS[1], phone="04462 1"))
    found = Organisation.objects.get(pk=world.organisation.pk)
    assert (found.iban, found.phone) == (IBANS[0], "04462 1")
    page = client.get(edit(found)).content.decode()
    assert 'name="iban"' not in page
    assert f"/verein/{found.key}/konto/" in page


@pytest.mark.parametrize(
    ("iban", "sentence"),
    [
        (IBANS[1], "Die Prüfziffern der IBAN stimmen. Die Bank steht nicht in unserem Verzeichnis."),
        ("DE89370400440532013000", "Ihre Bank: Commerzbank"),
        ("DE89370400440532013001", "Meist sind zwei Ziffern vertauscht."),
    ],
)
def test_the_bank_is_named_beside_the_field(as_person, iban, sentence):
    assert sentence in as_person("applicant").post("/verein/bank/", {"iban": iban}).content.decode()


def test_a_private_person_reads_nothing_of_a_club_and_what_happens_to_their_data(as_person, world):
    as_person("stranger").post("/verein/neu/", {"kind": "natural_person", "name": "Mina Muster"})
    found = Organisation.objects.get(name="Mina Muster")
    client = as_person("stranger")
    body = client.get("/verein/").content.decode().partition("<main")[2]
    assert "Verein" not in body
    assert "Hinweisen zum Datenschutz" in body
    assert "Privatperson" in body
    assert client.get(f"/verein/{found.key}/mitglieder/").url == "/verein/"
    client.post(f"/verein/{found.key}/", {"kind": "natural_person", "name": "Mina Muster", "iban": IBANS[2]})
    page = client.get(f"/verein/{found.key}/konto/").content.decode().partition("<main")[2]
    assert "Das Konto muss Ihnen gehören." in page
    assert "Mitglieder" not in page


@pytest.mark.parametrize(("name", "status"), [("stranger", 404), ("reader", 403)])
def test_others_cannot_change_it(as_person, world, name, status):
    answer = as_person(name).post(edit(world.organisation), whole(world.organisation, name="Anders"))
    assert answer.status_code == status
    assert Organisation.objects.get(pk=world.organisation.pk).name != "Anders"


def test_the_office_has_no_organisation(as_person):
    assert as_person("caseworker").get("/verein/").status_code == 403


@pytest.mark.parametrize(("address", "target"), [("/antraege/", "/antraege/"), ("//evil.example/", "/verein/")])
def test_it_leads_back_only_to_our_own_pages(as_person, address, target):
    answer = as_person("stranger").post("/verein/neu/", DATA | {"next": address})
    assert answer.url == target
