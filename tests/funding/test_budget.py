"""The budget officer's pages: numbers that open their bookings, movements with their effect, bad input."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pytest_django import Settings

from accounts.roles import BUDGET_READERS, Role
from funding import ledger, movements
from funding.budget_page import Limits, light
from funding.models import BudgetAlert, BudgetLine, LedgerEntry, Municipality
from journal.models import Event
from tests.factories import World, euros
from tests.funding.pages import client_of, get, post, queries_of, text_of

BUDGET, BOOKINGS, NEW = "/haushalt/", "/haushalt/buchungen/", "/haushalt/neu/"
LINE = {
    "fiscal_year": "2027", "product": "3.5.1.01", "account": "4318", "title": "Aufwendung für Koordinierungsstelle",
    "reason": "Entwurf des Haushalts",
}  # fmt: skip


@pytest.fixture
def world(db: None, settings: Settings) -> World:
    settings.DEMO = True
    return World()


@pytest.mark.parametrize("role", [*Role.values, "applicant"])
def test_who_reads_the_budget_and_who_books(world, role):
    reads = 200 if role in BUDGET_READERS else 403
    writes = 200 if role == Role.BUDGET_OFFICER else 403
    line = f"{BUDGET}{world.line.pk}/"
    assert [get(world, role, url).status_code for url in (BUDGET, BOOKINGS, line)] == [reads] * 3
    for url in (NEW, f"{line}buchen/freeze/", f"{line}genehmigen/"):
        assert get(world, role, url).status_code == writes, url
    if role != Role.BUDGET_OFFICER:
        assert post(world, role, f"{line}buchen/freeze/", amount="1", reason="x").status_code == 403
        assert LedgerEntry.objects.count() == 1


def divided_world(world: World) -> BudgetLine:
    """A line with every kind of number: two sub-budgets, a payment, a proposal, money outside the parts."""
    officer = world.cast.actor["budget_officer"].acting_as(Role.BUDGET_OFFICER)
    move = ledger.Movement(actor=officer, at=world.at, reason="Aufteilung")
    other = Municipality.objects.create(name="Esens", ags="03462005")
    ledger.allocate(world.line, world.municipality, euros("9000"), move=move)
    ledger.allocate(world.line, other, euros("1000"), move=move)
    ledger.allocate(world.line, other, euros("-1000"), move=move)
    ledger.freeze(world.line, euros("500"), move=move)
    world.paid("400", world.active())
    world.proposed(requested="300")
    return BudgetLine.objects.get()


def numbers_of(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Everything on the page that is an amount with a link."""
    found = [*row["parts"], *row["beside"]]
    if row["divided"]:
        found += [number for part in row["divided"]["rows"] for number in part["numbers"]] + row["divided"]["sums"]
    return found


def test_each_number_opens_the_bookings_that_it_is_the_sum_of(world):
    line = divided_world(world)
    row = get(world, "budget_officer", BUDGET).context["years"][0][1][0]
    links = numbers_of(row)
    assert len(links) >= 14
    for number in links:
        page = get(world, "budget_officer", number["url"])
        assert abs(page.context["sum"]) == abs(number["amount"]), number
        assert not page.context["rows"] or page.context["rows"][0].so_far == page.context["sum"]
    assert row["parts"][-1]["amount"] == line.available == sum(part["amount"] for part in row["parts"][:-1])


def test_sub_budgets_show_what_they_have_and_what_is_left_beside_them(world):
    line = divided_world(world)
    row = get(world, "auditor", BUDGET).context["years"][0][1][0]
    (part,) = row["divided"]["rows"]
    share, reserved, committed, free = (number["amount"] for number in part["numbers"])
    assert (part["name"], share, free) == ("Friedeburg", euros("9000"), share - reserved - committed)
    assert [number["amount"] for number in row["divided"]["sums"]] == [line.set_aside, line.undivided]
    assert line.set_aside == free
    text = text_of(get(world, "auditor", BUDGET))
    assert "In Teilbudgets noch frei" in text
    assert "Übrig, wenn alles Vorgeschlagene bewilligt wird" in text


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


def test_a_line_with_a_shortfall_is_an_alert_at_once(world):
    officer = world.cast.actor["budget_officer"].acting_as(Role.BUDGET_OFFICER)
    move = ledger.Movement(actor=officer, at=world.at, reason="Sperre")
    ledger.freeze(world.line, euros("20001"), move=move, override=True)
    text = text_of(get(world, "auditor", BUDGET))
    assert "Es fehlen 1,00 €" in text
    assert "kern-alert--danger" in text


@pytest.mark.parametrize("status", BudgetLine.Status.values)
def test_every_status_says_what_it_means_and_a_past_year_offers_no_button(world, status):
    BudgetLine.objects.update(status=status)
    text = text_of(get(world, "budget_officer", BUDGET))
    assert str(BudgetLine.Status(status).label) in text
    is_past = status in {"closed", "reopened"}
    assert ("#buchen" in text) is not is_past
    page = get(world, "budget_officer", f"{BUDGET}{world.line.pk}/")
    assert ("nichts mehr buchen" in text_of(page)) is is_past


def test_the_page_of_a_line_names_every_movement_or_why_it_is_not_possible(world):
    text = text_of(get(world, "budget_officer", f"{BUDGET}{world.line.pk}/"))
    for name, verb in movements.VERBS.items():
        assert str(verb.title) in text
        is_possible = name not in {"appropriation", "unfreeze", "transfer"}
        assert (f"/buchen/{name}/" in text) is is_possible
    assert "Jetzt nicht möglich: Auf dieser Linie ist nichts gesperrt." in text
    assert "Was möchten Sie buchen?" not in text_of(get(world, "auditor", f"{BUDGET}{world.line.pk}/"))


def test_a_voucher_shows_all_entries_of_one_movement(world):
    other = BudgetLine.objects.create(fiscal_year=2026, product="3.5.1.02", account="4318", title="Andere Linie")
    officer = world.cast.actor["budget_officer"].acting_as(Role.BUDGET_OFFICER)
    move = ledger.Movement(actor=officer, at=world.at, reason="Deckung")
    ledger.transfer(world.line, other, euros("100"), move=move)
    row = get(world, "auditor", f"{BOOKINGS}?linie={other.pk}").context["rows"][0]
    page = get(world, "auditor", f"{BOOKINGS}?beleg={row.entry.voucher}")
    assert f"Beleg {row.voucher}" in text_of(page)
    assert [found.entry.kind for found in page.context["rows"]] == ["transfer_out", "transfer_in"]


def test_the_running_sum_goes_on_from_page_to_page(world):
    officer = world.cast.actor["budget_officer"].acting_as(Role.BUDGET_OFFICER)
    for number in range(1, 121):
        move = ledger.Movement(actor=officer, at=world.later(minutes=number % 2), reason="Nachtrag")
        ledger.supplement(world.line, euros(str(number)), move=move)
    so_far = euros("0")
    url = f"{BOOKINGS}?linie={world.line.pk}&teil=supplement"
    rows = [row for page in (3, 2, 1) for row in reversed(get(world, "auditor", f"{url}&page={page}").context["rows"])]
    assert len(rows) == 120
    for row in rows:
        so_far += row.entry.amount
        assert row.so_far == so_far


def test_the_budget_pages_ask_the_same_number_of_questions_for_1_and_30_rows(world):
    client = client_of(world, "budget_officer")
    urls = (BUDGET, f"{BUDGET}?stand=2026-03-02", f"{BUDGET}{world.line.pk}/", BOOKINGS,
            f"{BOOKINGS}?linie={world.line.pk}&teil=appropriation")  # fmt: skip
    officer = world.cast.actor["budget_officer"].acting_as(Role.BUDGET_OFFICER)
    move = ledger.Movement(actor=officer, at=world.at, reason="Aufteilung")
    ledger.allocate(world.line, world.municipality, euros("1"), move=move)
    before = [queries_of(client, url) for url in urls]
    for number in range(30):
        place = Municipality.objects.create(name=str(number), ags=str(number))
        ledger.allocate(world.line, place, euros("1"), move=move)
        line = BudgetLine.objects.create(fiscal_year=2030, product=str(number), account="4318", title="Linie")
        ledger.appropriate(line, euros("1"), move=ledger.Movement(actor=officer, at=world.at, reason="Haushalt"))
        ledger.supplement(world.line, euros("1"), move=ledger.Movement(actor=officer, at=world.at, reason="Nachtrag"))
    assert [queries_of(client, url) for url in urls] == before


def test_the_page_has_one_heading_for_each_year(world):
    text = text_of(get(world, "budget_officer", BUDGET))
    assert len(re.findall("<h1", text)) == 1
    assert "Haushaltsjahr 2026" in text
