"""Writing an application: what can be read is saved, what cannot is said, nothing typed is lost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from applications import actions
from applications.completeness import DECLARATIONS, Section
from applications.models import Application, CostLine
from tests.factories import START

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(START, tick=False):
        yield


@pytest.fixture
def draft(world) -> Application:
    world.round  # noqa: B018 - opened now
    return actions.begin(world.round, world.organisation, actor=world.cast.actor["applicant"], at=world.at)


def url(application: Application, section: str) -> str:
    return f"/antraege/{application.key}/schritt/{section}/"


def plan_data(application: Application, costs: list[dict], sources: list[dict], **more: Any) -> dict[str, Any]:
    data = {"version": application.version, **more}
    for prefix, rows in (("costs", costs), ("sources", sources)):
        data |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
        for number, row in enumerate(rows):
            data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


COST = {"category": "fees", "description": "Kursleitung", "quantity": "40", "unit_price": "25,00"}
OWN = {"kind": "own_cash", "description": "Vereinskasse", "status": "granted", "amount": "200,00"}
COUNTY = {"kind": "county_grant", "description": "", "status": "applied", "amount": "800,00"}


STEPS = [section.value for section in Section if section is not Section.QUESTIONS]


@pytest.mark.parametrize("section", STEPS)
def test_every_step_opens_for_a_blank_draft(as_person, draft, section):
    assert as_person("applicant").get(url(draft, section)).status_code == 200


@pytest.mark.parametrize("section", STEPS)
def test_every_step_saves_nothing_at_all_and_goes_on(as_person, draft, section):
    """Saving never demands completeness."""
    data = plan_data(draft, [], [COUNTY | {"amount": ""}])
    answer = as_person("applicant").post(url(draft, section), data)
    assert answer.status_code == 302


def test_an_incomplete_step_is_saved(as_person, draft):
    as_person("applicant").post(url(draft, "vorhaben"), {"version": draft.version, "title": "Tür an Tür"})
    draft.refresh_from_db()
    assert (draft.title, draft.summary, draft.version) == ("Tür an Tür", "", 1)


def test_the_step_that_can_be_read_is_saved_beside_the_one_that_cannot(as_person, draft):
    answer = as_person("applicant").post(
        url(draft, "ziele"),
        {"version": draft.version, "target_group": "Nachbarn", "expected_people": "viele"},
    )
    draft.refresh_from_db()
    assert answer.status_code == 422
    assert draft.target_group == "Nachbarn"
    page = answer.content.decode()
    assert 'value="viele"' in page
    assert "Fehler: Ziele" in page
    assert "Ohne Korrektur weiter" in page


BAD = [
    ("zeitraum", {"starts_on": "31.02.2027"}, "zum Beispiel 31.12.2026"),
    ("zeitraum", {"starts_on": "01.05.2027", "ends_on": "30.04.2027"}, "Das Ende liegt vor dem Beginn"),
    ("zeitraum", {"ends_on": "bald"}, "zum Beispiel 31.12.2026"),
    ("ziele", {"expected_people": "0"}, "zum Beispiel 40"),
    ("ziele", {"expected_people": "99999999999999999999"}, "zum Beispiel 40"),
    ("vorhaben", {"title": "x" * 121}, "höchstens 120 Zeichen"),
    ("vorhaben", {"title": "nichts\x00"}, "Fehler: Vorhaben"),
]


@pytest.mark.parametrize(("section", "typed", "sentence"), BAD)
def test_what_cannot_be_read_is_said_and_kept(as_person, draft, section, typed, sentence):
    answer = as_person("applicant").post(url(draft, section), {"version": draft.version, **typed})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


@pytest.mark.parametrize(("first", "second"), [("01.02.2027", "31.07.2027")])
def test_a_beginning_after_the_stored_end_takes_the_end_away(as_person, draft, first, second):
    client = as_person("applicant")
    client.post(url(draft, "zeitraum"), {"version": 0, "starts_on": first, "ends_on": second})
    answer = client.post(url(draft, "zeitraum"), {"version": 1, "starts_on": "01.09.2027", "ends_on": "bald"})
    draft.refresh_from_db()
    assert answer.status_code == 422
    assert (draft.starts_on, draft.ends_on) == (date(2027, 9, 1), None)


def test_without_correction_one_may_go_on(as_person, draft):
    data = {"version": draft.version, "starts_on": "bald", "anyway": "1"}
    answer = as_person("applicant").post(url(draft, "zeitraum"), data)
    assert answer.status_code == 302
    assert answer.url == url(draft, "finanzplan")


def test_declarations_note_who_made_them(as_person, draft):
    data = {"version": draft.version, "declarations": list(DECLARATIONS)}
    as_person("applicant").post(url(draft, "erklaerungen"), data)
    draft.refresh_from_db()
    assert set(draft.declarations) == set(DECLARATIONS)
    assert draft.declared_by == "Applicant"


# The plan


def test_a_plan_is_saved_with_computed_amounts(as_person, draft):
    answer = as_person("applicant").post(url(draft, "finanzplan"), plan_data(draft, [COST], [OWN, COUNTY]))
    assert answer.status_code == 302
    line = draft.costs.get()
    assert (line.quantity, line.unit_price, line.amount) == (Decimal(40), Decimal(25), Decimal(1000))
    assert draft.sources.get(kind="county_grant").amount == Decimal(800)


@pytest.mark.parametrize("amount", ["12,345", "1.2", "abc", "-5", "1,000.00", "99999999999"])
def test_an_amount_that_cannot_be_read_stays_as_it_was_typed(as_person, draft, amount):
    data = plan_data(draft, [COST, COST | {"unit_price": amount}], [OWN, COUNTY])
    answer = as_person("applicant").post(url(draft, "finanzplan"), data)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'value="{amount}"' in page
    assert "Ausgabe 2:" in page
    assert "Die markierten Angaben noch nicht" in page
    assert draft.costs.count() == 2


def test_an_unreadable_amount_leaves_the_stored_one(as_person, draft):
    client = as_person("applicant")
    client.post(url(draft, "finanzplan"), plan_data(draft, [COST], [OWN, COUNTY]))
    draft.refresh_from_db()
    row = COST | {"pk": draft.costs.get().pk, "unit_price": "zwei"}
    client.post(url(draft, "finanzplan"), plan_data(draft, [row], [OWN, COUNTY]))
    assert draft.costs.get().unit_price == Decimal(25)


def test_an_unbalanced_plan_is_saved_and_pointed_out(as_person, draft):
    data = plan_data(draft, [COST | {"description": ""}], [OWN, COUNTY | {"amount": "700"}])
    answer = as_person("applicant").post(url(draft, "finanzplan"), data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Ihre Eingaben sind gespeichert." in page
    assert "Es fehlen 100,00\xa0€ Einnahmen" in page
    assert "Es fehlt, wofür das Geld ist" in page
    assert draft.costs.count() == 1


def test_a_line_is_added_without_a_script_and_nothing_typed_is_lost(as_person, draft):
    data = plan_data(draft, [COST | {"unit_price": "2,x"}], [COUNTY], add="costs")
    page = as_person("applicant").post(url(draft, "finanzplan"), data).content.decode()
    assert 'name="costs-1-description"' in page
    assert 'value="2,x"' in page
    assert 'name="costs-TOTAL_FORMS" value="2"' in page


def test_a_line_is_removed_without_a_script(as_person, draft):
    client = as_person("applicant")
    client.post(url(draft, "finanzplan"), plan_data(draft, [COST, COST], [OWN, COUNTY]))
    draft.refresh_from_db()
    rows = [COST | {"pk": line.pk} for line in draft.costs.all()]
    data = plan_data(draft, rows, [OWN, COUNTY], remove="costs-0")
    answer = client.post(url(draft, "finanzplan"), data)
    assert answer.status_code == 200
    assert [line.pk for line in draft.costs.all()] == [rows[1]["pk"]]


def test_the_line_of_the_county_can_be_neither_removed_nor_doubled_nor_turned(as_person, draft):
    client, county = as_person("applicant"), draft.sources.get()
    for sources in ([], [COUNTY, COUNTY], [OWN | {"pk": county.pk}]):
        draft.refresh_from_db()
        client.post(url(draft, "finanzplan"), plan_data(draft, [COST], sources))
        assert draft.sources.filter(kind="county_grant").get().pk == county.pk


def test_a_line_of_somebody_else_is_not_touched(as_person, world, draft):
    other = world.draft()
    foreign = other.costs.get()
    data = plan_data(draft, [COST | {"pk": foreign.pk}], [COUNTY])
    as_person("applicant").post(url(draft, "finanzplan"), data)
    foreign.refresh_from_db()
    assert foreign.application_id == other.pk
    assert CostLine.objects.filter(application=draft).count() == 1


@pytest.mark.parametrize("broken", [{}, {"costs-TOTAL_FORMS": "x", "costs-INITIAL_FORMS": "0"}])
def test_a_half_loaded_plan_deletes_nothing(as_person, world, broken):
    draft = world.draft()
    answer = as_person("applicant").post(url(draft, "finanzplan"), {"version": draft.version, **broken})
    assert answer.status_code == 422
    assert draft.costs.count() == 1


# Others


@pytest.mark.parametrize("section", [section.value for section in Section])
@pytest.mark.parametrize(
    ("name", "status"), [("stranger", 404), ("caseworker", 404), ("sysadmin", 404), ("reader", 403)]
)
def test_who_may_not_write(as_person, draft, section, name, status):
    client = as_person(name)
    assert client.get(url(draft, section)).status_code == status
    assert client.post(url(draft, section), {"version": draft.version}).status_code == status


def test_a_visitor_is_sent_to_the_log_in(client, draft):
    assert client.get(url(draft, "vorhaben")).status_code == 302


def test_an_unknown_step_does_not_exist(as_person, draft):
    assert as_person("applicant").get(url(draft, "traum")).status_code == 404


CONFLICTS = [
    ("vorhaben", {"title": "Meine Fassung"}),
    ("zeitraum", {"starts_on": "01.03.2027"}),
    ("finanzplan", {}),
]


@pytest.mark.parametrize(("section", "typed"), CONFLICTS)
@pytest.mark.parametrize("version", ["0", "", "abc", "9" * 30])
def test_an_older_version_overwrites_nothing(as_person, draft, section, typed, version):
    client = as_person("applicant")
    client.post(url(draft, "vorhaben"), {"version": 0, "title": "Die andere Fassung"})
    data = plan_data(draft, [COST], [OWN, COUNTY]) if section == "finanzplan" else typed
    answer = client.post(url(draft, section), {**data, "version": version})
    draft.refresh_from_db()
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Nichts ist verloren." in page
    assert (draft.title, draft.version, draft.costs.count()) == ("Die andere Fassung", 1, 0)


def test_a_conflict_shows_both_versions_and_lets_one_choose(as_person, draft):
    client = as_person("applicant")
    client.post(url(draft, "vorhaben"), {"version": 0, "title": "Die andere Fassung"})
    page = client.post(url(draft, "vorhaben"), {"version": 0, "title": "Meine Fassung"}).content.decode()
    assert "Die andere Fassung" in page
    assert '<input type="hidden" name="title" value="Meine Fassung">' in page
    assert '<input type="hidden" name="version" value="1">' in page
    client.post(url(draft, "vorhaben"), {"version": 1, "title": "Meine Fassung"})
    draft.refresh_from_db()
    assert draft.title == "Meine Fassung"


def test_after_filing_only_what_the_office_opened_can_be_changed(as_person, world):
    case = world.questioned()
    draft, client = case.application, as_person("applicant")
    assert client.get(url(draft, "unterlagen")).status_code == 200
    assert client.get(url(draft, "vorhaben")).status_code == 302
    assert client.post(url(draft, "vorhaben"), {"version": draft.version, "title": "Anders"}).status_code == 403
    draft.refresh_from_db()
    assert draft.title != "Anders"


def test_a_filed_application_is_closed(as_person, world):
    draft = world.filed().application
    data = plan_data(draft, [COST], [COUNTY])
    assert as_person("applicant").post(url(draft, "finanzplan"), data).status_code == 403
    assert as_person("applicant").post(url(draft, "unterlagen"), {"remove_file": "x"}).status_code == 403


# Beginning


def test_beginning_twice_gives_one_draft(as_person, world):
    world.round  # noqa: B018 - opened now
    client, address = as_person("applicant"), f"/programme/{world.programme.slug}/antrag/"
    data = {"organisation": world.organisation.key}
    first, second = client.post(address, data), client.post(address, data)
    assert first.url == second.url
    assert Application.objects.count() == 1


def test_one_begins_only_for_an_own_organisation_and_only_with_the_right_to_write(as_person, world):
    world.round  # noqa: B018 - opened now
    address, data = f"/programme/{world.programme.slug}/antrag/", {"organisation": world.organisation.key}
    for name in ("stranger", "reader"):
        answer = as_person(name).post(address, data)
        assert answer.url.startswith("/verein/neu/")
    assert not Application.objects.exists()


def test_a_closed_round_takes_no_new_draft(as_person, world):
    world.round  # noqa: B018 - opened now
    with time_machine.travel(world.round.closes_at, tick=False):
        answer = as_person("applicant").get(f"/programme/{world.programme.slug}/antrag/")
    assert answer.status_code == 422
