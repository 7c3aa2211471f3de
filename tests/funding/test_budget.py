"""The budget officer's pages: numbers that open their bookings, movements with their effect, bad input."""

from __future__ import annotations

import re
from html import unescape

import pytest
from pytest_django import Settings

from accounts.roles import BUDGET_READERS, Role
from funding import budget_page, ledger
from funding.budget_page import Limits, light
from funding.models import BudgetAlert, BudgetLine, LedgerEntry, Resolution
from journal.models import Event
from tests.factories import World, euros
from tests.funding.pages import client_of, get, post, queries_of, text_of

BUDGET, BOOKINGS, NEW = "/haushalt/", "/haushalt/buchungen/", "/haushalt/neu/"
RESOLUTION = {
    "reason": "mehr Anträge als erwartet", "body": "county_council", "resolved_on": "09.11.2026", "number": "45/2026",
    "subject": "Nachtragshaushalt",
}  # fmt: skip
LINE = {
    "fiscal_year": "2027", "product": "3.5.1.01", "account": "4318", "title": "Aufwendung für Koordinierungsstelle",
    "reason": "Entwurf des Haushalts",
}  # fmt: skip


@pytest.fixture
def world(db: None, settings: Settings) -> World:
    settings.DEMO = True
    return World()


def supplement_url(line: BudgetLine) -> str:
    return f"{BUDGET}{line.pk}/nachtrag/"


@pytest.mark.parametrize("role", [*Role.values, "applicant"])
def test_who_reads_the_budget_and_who_books(world, role):
    reads = 200 if role in BUDGET_READERS else 403
    writes = 200 if role == Role.BUDGET_OFFICER else 403
    assert [get(world, role, url).status_code for url in (BUDGET, BOOKINGS)] == [reads, reads]
    for url in (NEW, supplement_url(world.line), f"{BUDGET}{world.line.pk}/genehmigen/"):
        assert get(world, role, url).status_code == writes, url
    if role != Role.BUDGET_OFFICER:
        assert (
            post(world, role, supplement_url(world.line), amount="1", confirm="1.00", **RESOLUTION).status_code == 403
        )
        assert LedgerEntry.objects.count() == 1


def test_each_number_opens_the_bookings_that_it_is_the_sum_of(world):
    award = world.active()
    world.paid("400", award)
    world.proposed(requested="300")
    row = get(world, "budget_officer", BUDGET).context["years"][0][1][0]
    links = [(part["amount"], part["url"]) for part in row["parts"][:-1]]
    line = row["line"]
    links += [
        (line.paid, budget_page.bookings_url(line, "paid")),
        (line.reserved, budget_page.bookings_url(line, "reserved")),
    ]
    assert len(links) >= 4
    for amount, url in links:
        page = get(world, "budget_officer", url)
        assert abs(page.context["sum"]) == abs(amount), url
        assert page.context["rows"][0][0].so_far == page.context["sum"]
    assert row["parts"][-1]["amount"] == line.available == sum(part["amount"] for part in row["parts"][:-1])


@pytest.mark.parametrize(
    ("used", "tone", "word"),
    [("0", "n", "Grün: 0 %"), ("7999.99", "n", "Grün: 79 %"), ("8000", "w", "Gelb: 80 %"), ("9499.99", "w", "Gelb: 94 %"),
     ("9500", "d", "Rot: 95 %"), ("10000", "d", "Rot: 100 %")],
)  # fmt: skip
def test_the_traffic_light_speaks_and_reaching_a_limit_counts(used, tone, word):
    line = BudgetLine(appropriation=euros("10000"), committed=euros(used))
    found = light(line, Limits(amber=80, red=95))
    assert (found.tone, found.text.startswith(word)) == (tone, True)


def test_a_line_without_money_or_with_a_shortfall_says_so():
    limits = Limits(amber=80, red=95)
    assert light(BudgetLine(), limits).text == "Noch kein Ansatz"
    assert light(BudgetLine(appropriation=euros("1"), shortfall=euros("1")), limits).tone == "d"


def test_a_supplement_shows_its_effect_before_it_is_booked(world):
    url = supplement_url(world.line)
    shown = post(world, "budget_officer", url, amount="10.000,00", **RESOLUTION)
    assert shown.status_code == 200
    assert "Nachtrag über 10.000,00 € buchen" in text_of(shown)
    assert shown.context["effect"][-1] == ("Noch zur Verfügung", euros("20000"), euros("30000"))
    assert LedgerEntry.objects.count() == 1
    done = post(world, "budget_officer", url, amount="10.000,00", confirm="10000.00", **RESOLUTION)
    assert (done.status_code, done.url) == (302, BUDGET)
    entry = LedgerEntry.objects.get(kind="supplement")
    assert (entry.amount, entry.resolution.number, entry.actor_role) == (euros("10000"), "45/2026", "budget_officer")
    assert "45/2026" in text_of(get(world, "auditor", BOOKINGS))


def test_an_amount_that_changed_after_the_look_is_shown_again(world):
    answer = post(world, "budget_officer", supplement_url(world.line), amount="9", confirm="10000.00", **RESOLUTION)
    assert (answer.status_code, LedgerEntry.objects.count()) == (200, 1)


BAD = {
    "1.234,5": "mit Komma", "-0": "ohne Minuszeichen", "1e9": "mit Komma", "12,345": "mit Komma", "": "Bitte geben Sie",
    "   ": "Bitte geben Sie", "NaN": "mit Komma", "99999999999999": "zu hoch", "0": "nicht null", "-20000,01": "festgelegt",
    "1,234.56": "mit Komma", "١٢": "mit Komma",
}  # fmt: skip


@pytest.mark.parametrize("amount", BAD)
def test_a_bad_amount_is_a_sentence_beside_the_field_and_stays_as_typed(world, amount):
    confirm = amount.replace(",", ".") if amount.startswith("-2") else "0.00"
    answer = post(world, "budget_officer", supplement_url(world.line), amount=amount, confirm=confirm, **RESOLUTION)
    assert answer.status_code == 422
    assert BAD[amount] in unescape(str(answer.context["form"].errors["amount"]))
    assert not amount.strip() or f'value="{amount}"' in text_of(answer)
    assert (LedgerEntry.objects.count(), Resolution.objects.count()) == (1, 0)


@pytest.mark.parametrize("field", sorted(RESOLUTION))
def test_a_supplement_without_reason_or_resolution_is_refused(world, field):
    data = RESOLUTION | {field: ""}
    answer = post(world, "budget_officer", supplement_url(world.line), amount="1", confirm="1.00", **data)
    assert (answer.status_code, field in answer.context["form"].errors) == (422, True)
    assert LedgerEntry.objects.count() == 1


def test_a_resolution_of_tomorrow_is_refused(world):
    data = RESOLUTION | {"resolved_on": "01.01.2099"}
    answer = post(world, "budget_officer", supplement_url(world.line), amount="1", confirm="1.00", **data)
    assert "Zukunft" in str(answer.context["form"].errors["resolved_on"])
    assert Resolution.objects.count() == 0


def test_a_closed_year_takes_no_supplement(world):
    BudgetLine.objects.update(status=BudgetLine.Status.CLOSED)
    answer = post(world, "budget_officer", supplement_url(world.line), amount="1", confirm="1.00", **RESOLUTION)
    assert (answer.status_code, "abgeschlossen" in text_of(answer)) == (422, True)


def test_a_new_line_is_provisional_and_can_be_approved_once(world):
    shown = post(world, "budget_officer", NEW, amount="20000", **LINE)
    assert "Linie mit 20.000,00 € anlegen" in text_of(shown)
    assert post(world, "budget_officer", NEW, amount="20000", confirm="20000.00", **LINE).status_code == 302
    line = BudgetLine.objects.get(fiscal_year=2027)
    assert (line.status, line.available) == ("provisional", euros("20000"))
    url = f"{BUDGET}{line.pk}/genehmigen/"
    assert post(world, "budget_officer", url, reason="").status_code == 422
    assert post(world, "budget_officer", url, reason="Satzung vom 14.12.2026").status_code == 302
    assert post(world, "budget_officer", url, reason="noch einmal").status_code == 422
    line.refresh_from_db()
    assert line.status == "open"
    event = Event.objects.get(kind="budget_opened")
    assert (event.reason, event.actor_key) == ("Satzung vom 14.12.2026", world.cast.actor["budget_officer"].key)


def test_the_same_line_twice_is_a_sentence(world):
    data = LINE | {"fiscal_year": "2026"}
    answer = post(world, "budget_officer", NEW, amount="1", confirm="1.00", **data)
    assert (answer.status_code, "account" in answer.context["form"].errors) == (422, True)


@pytest.mark.parametrize("year", ["", "26", "abc", "2O27", "99999999999", "-1"])
def test_a_year_that_is_none_is_a_sentence(world, year):
    answer = post(world, "budget_officer", NEW, amount="1", confirm="1.00", **(LINE | {"fiscal_year": year}))
    assert (answer.status_code, "fiscal_year" in answer.context["form"].errors) == (422, True)


def test_an_open_alert_stands_on_top_and_a_mended_one_does_not(world):
    BudgetAlert.objects.create(key="a", text="Es fehlen 5,00 €.", line=world.line, raised_at=world.at)
    BudgetAlert.objects.create(key="b", text="Alter Befund", line=world.line, raised_at=world.at, ended_at=world.at)
    text = text_of(get(world, "budget_officer", BUDGET))
    assert "Es fehlen 5,00 €." in text
    assert "Alter Befund" not in text
    assert text.index("Es fehlen") < text.index("Haushaltsjahr 2026")


def test_bookings_are_narrowed_by_line_kind_file_and_day(world):
    case = world.proposed(requested="300")
    world.later(days=10)
    world.proposed(requested="400")
    day = world.at.strftime("%d.%m.%Y")
    counts = {
        "": 3, f"?linie={world.line.pk}": 3, "?art=reservation": 2, f"?akte={case.reference.lower()}": 1,
        f"?von={day}": 1, "?bis=01.01.2020": 0, "?art=nonsense": 3, "?linie=0": 3, "?von=31.02.2026": 3, "?page=99": 3,
        f"?programme={world.programme.pk}": 0, "?teil=reserved": 2, "?teil=%27": 3,
    }  # fmt: skip
    for query, count in counts.items():
        page = get(world, "auditor", BOOKINGS + query)
        assert (page.status_code, page.context["page"].paginator.count) == (200, count), query


def test_an_active_filter_can_be_taken_away(world):
    page = get(world, "auditor", f"{BOOKINGS}?linie={world.line.pk}&teil=committed")
    assert [(label, url) for label, _words, url in page.context["active"]] == [
        ("Haushaltslinie", "?teil=committed"), ("Zahl", f"?linie={world.line.pk}"),
    ]  # fmt: skip


def test_the_budget_pages_ask_the_same_number_of_questions_for_1_and_30_rows(world):
    client = client_of(world, "budget_officer")
    urls = (BUDGET, BOOKINGS, f"{BOOKINGS}?linie={world.line.pk}&teil=appropriation")
    before = [queries_of(client, url) for url in urls]
    officer = world.cast.actor["budget_officer"].acting_as(Role.BUDGET_OFFICER)
    for number in range(30):
        line = BudgetLine.objects.create(fiscal_year=2030, product=str(number), account="4318", title="Linie")
        ledger.appropriate(line, euros("1"), move=ledger.Movement(actor=officer, at=world.at, reason="Haushalt"))
        ledger.supplement(world.line, euros("1"), move=ledger.Movement(actor=officer, at=world.at, reason="Nachtrag"))
    assert [queries_of(client, url) for url in urls] == before


def test_the_page_has_one_heading_for_each_year(world):
    text = text_of(get(world, "budget_officer", BUDGET))
    assert len(re.findall("<h1", text)) == 1
    assert "Haushaltsjahr 2026" in text
