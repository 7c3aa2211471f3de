"""The end of a year: open commitments, free money, closing, and what comes back late."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.urls import reverse
from pytest_django import Settings

from accounts.roles import BUDGET_READERS, Role
from funding import budgeting, ledger
from funding.models import BudgetLine, Commitment, LedgerEntry, Reservation
from journal.models import Event
from journal.refusals import Forbidden
from tests.factories import World, euros
from tests.funding import test_ledger as book
from tests.funding.pages import client_of, get, post, queries_of, text_of
from tests.funding.year_end_stage import (
    NEW_YEAR,
    approve,
    bound,
    execute,
    is_clean,
    line_of,
    new_year,
    officer,
    order_payment,
    over_all_years,
    pay,
    request,
    roll,
    send_to_bank,
)

PAGE = "/haushalt/jahr/2026/abschluss/"
CHOSEN, NEXT, CLOSE = f"{PAGE}festlegungen/", f"{PAGE}folgejahr/", f"{PAGE}abschliessen/"


@pytest.fixture
def world(db: None, settings: Settings) -> World:
    settings.DEMO = True
    return World()


def ask(world: World, url: str = PAGE, who: str = "budget_officer", **data: Any) -> Any:
    with time_machine.travel(world.at, tick=False):
        return get(world, who, url, **data)


def send(world: World, url: str, who: str = "budget_officer", **data: Any) -> Any:
    with time_machine.travel(world.at, tick=False):
        return post(world, who, url, **data)


def commit(world: World, amount: str, thread: str) -> Commitment:
    return book.commit(world.line, amount, thread)


def many(world: World, count: int) -> list[Commitment]:
    return [commit(world, "100.00", f"INT-2026-1{number:03d}") for number in range(count)]


# The page


@pytest.mark.parametrize("role", [*Role.values, "applicant"])
def test_who_reads_the_end_of_a_year_and_who_acts(world, role):
    new_year(world)
    found = commit(world, "100.00", "INT-2026-0101")
    before = LedgerEntry.objects.count()
    assert ask(world, who=role).status_code == (200 if role in BUDGET_READERS else 403)
    data = {"tun": "freigeben", "festlegung": found.pk, "reason": "x", "confirm": "100.00"}
    answers = [send(world, CHOSEN, role, **data), send(world, NEXT, role), send(world, CLOSE, role, reason="x")]
    answers.append(send(world, f"{PAGE}rest/{world.line.pk}/", role, amount="1", reason="x", confirm="1.00"))
    if role == Role.BUDGET_OFFICER:
        assert [answer.status_code for answer in answers] == [302, 302, 302, 422]
    else:
        assert [answer.status_code for answer in answers] == [403] * 4
        assert LedgerEntry.objects.count() == before


def test_a_reader_sees_no_box_and_no_button(world):
    commit(world, "100.00", "INT-2026-0101")
    page = text_of(ask(world, who="auditor"))
    assert "INT-2026-0101" in page
    assert "checkbox" not in page
    assert "Angehakte" not in page


def test_the_page_lists_what_is_open_with_its_payments_under_way(world):
    award = world.active()
    pay(world, bound(award), "600")
    request(world, bound(award), "300")
    done = commit(world, "50.00", "INT-2026-0900")
    book.pay(done, "50", reference="voll")
    page = ask(world)
    assert [row.thread for row in page.context["page"]] == [award.thread]
    text = text_of(page)
    for words in ("1.000,00 €", "300,00 €", "Führt die Kreiskasse den Zahlungslauf aus", "läuft noch"):
        assert words in text, words
    sums = page.context["sums"]
    assert (sums.count, sums.open, sums.under_way) == (1, euros("1000"), euros("300"))


def test_the_page_asks_the_database_as_often_for_thirty_rows_as_for_one(world):
    new_year(world)
    roll(world)
    commit(world, "100.00", "INT-2026-0101")
    book.reserve(world.line, "10", thread="INT-2026-0500")
    with time_machine.travel(world.at, tick=False):
        client = client_of(world, "budget_officer")
        few = queries_of(client, PAGE)
        many(world, 30)
        for number in range(5):
            book.reserve(world.line, "10", thread=f"INT-2026-06{number:02d}")
        assert queries_of(client, PAGE) == few


@pytest.mark.parametrize("url", ["/haushalt/jahr/1999/abschluss/", "/haushalt/jahr/99999999999999999999/abschluss/"])
def test_a_year_without_lines_has_no_page(world, url):
    assert ask(world, url).status_code == 404
    assert send(world, f"{url}abschliessen/", reason="x").status_code == 404


@pytest.mark.parametrize("nonsense", ["?page=-1", "?page=zzz", "?page=99999999999999999999"])
def test_nonsense_in_the_address_is_not_an_error(world, nonsense):
    assert ask(world, PAGE + nonsense).status_code == 200


def test_the_menu_leads_to_the_oldest_year_that_waits(world):
    assert ask(world, "/haushalt/jahr/").url == PAGE
    new_year(world)
    roll(world)
    assert ask(world, "/haushalt/jahr/").url == PAGE
    budgeting.close(2026, reason="fertig", actor=officer(world), at=world.at)
    assert ask(world, "/haushalt/jahr/").url == "/haushalt/jahr/2027/abschluss/"


# Carrying over and releasing


def test_what_is_ticked_shows_its_effect_on_both_years_before_it_is_booked(world):
    found = commit(world, "1000.00", "INT-2026-0101")
    new_year(world)
    roll(world)
    entries = LedgerEntry.objects.count()
    shown = send(world, CHOSEN, tun="uebertragen", festlegung=[found.pk])
    assert (shown.status_code, LedgerEntry.objects.count()) == (200, entries)
    assert shown.context["effect"] == [
        (2026, [("Verfügbarer Rahmen", euros("20000"), euros("19000")), ("Festgelegt", euros("1000"), euros("0")),
                ("Noch zur Verfügung", euros("19000"), euros("19000"))]),
        (2027, [("Verfügbarer Rahmen", euros("0"), euros("1000")), ("Festgelegt", euros("0"), euros("1000")),
                ("Noch zur Verfügung", euros("0"), euros("0"))]),
    ]  # fmt: skip
    assert "1.000,00 € nach 2027 übertragen" in text_of(shown)
    done = send(world, CHOSEN, tun="uebertragen", festlegung=[found.pk], confirm="1000.00", reason="Projekt läuft")
    assert (done.status_code, done.url) == (302, PAGE)
    assert [(c.line.fiscal_year, c.amount) for c in Commitment.objects.order_by("pk")] == [
        (2026, euros("0")), (2027, euros("1000")),
    ]  # fmt: skip
    assert set(LedgerEntry.objects.filter(line=line_of(2027)).values_list("reason", flat=True)) == {"Projekt läuft"}
    assert is_clean()


def test_several_are_released_at_once_with_one_reason(world):
    chosen = many(world, 3)
    data = {"tun": "freigeben", "festlegung": [found.pk for found in chosen]}
    shown = send(world, CHOSEN, **data)
    assert shown.context["effect"][0][1][-1] == ("Noch zur Verfügung", euros("19700"), euros("20000"))
    assert send(world, CHOSEN, **data, confirm="300.00", reason="nicht gebraucht").status_code == 302
    world.line.refresh_from_db()
    assert (world.line.available, world.line.committed) == (euros("20000"), euros("0"))
    assert LedgerEntry.objects.filter(reason="nicht gebraucht").count() == 3
    assert is_clean()


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_nothing_is_booked(world, reason):
    found = commit(world, "100.00", "INT-2026-0101")
    answer = send(world, CHOSEN, tun="freigeben", festlegung=[found.pk], confirm="100.00", reason=reason)
    assert (answer.status_code, "warum Sie das buchen" in text_of(answer)) == (422, True)
    found.refresh_from_db()
    assert found.amount == euros("100")


def test_nothing_ticked_is_said_on_the_page_itself(world):
    commit(world, "100.00", "INT-2026-0101")
    answer = send(world, CHOSEN, tun="freigeben")
    assert answer.status_code == 422
    assert "Bitte haken Sie mindestens eine Festlegung an." in text_of(answer)
    assert "INT-2026-0101" in text_of(answer)


@pytest.mark.parametrize("pk", ["0", "abc", "-1", "9" * 30, "1 OR 1=1", "\N{ARABIC-INDIC DIGIT ONE}"])
def test_a_commitment_that_is_not_open_in_this_year_cannot_be_chosen(world, pk):
    commit(world, "100.00", "INT-2026-0101")
    answer = send(world, CHOSEN, tun="freigeben", festlegung=[pk], confirm="100.00", reason="x")
    assert answer.status_code in {200, 422}
    world.line.refresh_from_db()
    assert world.line.committed == euros("100")


@pytest.mark.parametrize("verb", ["", "loeschen"])
def test_an_unknown_action_does_nothing(world, verb):
    found = commit(world, "100.00", "INT-2026-0101")
    assert send(world, CHOSEN, tun=verb, festlegung=[found.pk], confirm="100.00", reason="x").status_code == 422
    found.refresh_from_db()
    assert found.amount == euros("100")


def test_a_sum_that_changed_after_the_look_is_shown_again(world):
    found = commit(world, "100.00", "INT-2026-0101")
    ledger.reduce(found, euros("80"), actor=book.OFFICER, at=world.at, reason="Festsetzung")
    answer = send(world, CHOSEN, tun="freigeben", festlegung=[found.pk], confirm="100.00", reason="x")
    assert (answer.status_code, "80,00 € freigeben" in text_of(answer)) == (200, True)
    found.refresh_from_db()
    assert found.amount == euros("80")


def test_each_row_is_done_wholly_or_named_with_its_reason(world):
    award = world.active()
    asked = request(world, bound(award), "300")
    free = commit(world, "100.00", "INT-2026-0900")
    chosen = {"tun": "freigeben", "festlegung": [bound(award).pk, free.pk]}
    answer = send(world, CHOSEN, **chosen, confirm="1700.00", reason="nicht gebraucht")
    text = text_of(answer)
    assert answer.status_code == 422
    assert f"{award.thread}, {asked.payee_name}: Hier ist noch eine Auszahlung unterwegs." in text
    assert "100,00 € sind freigegeben." in text
    assert "1.600,00 € freigeben" in text
    assert [row.thread for row in answer.context["chosen"]] == [award.thread]
    free.refresh_from_db()
    assert (free.amount, bound(award).amount) == (euros("0"), euros("1600"))
    assert is_clean()


def test_without_next_years_lines_nothing_is_carried_and_they_are_one_click_away(world):
    found = commit(world, "100.00", "INT-2026-0101")
    answer = send(world, CHOSEN, tun="uebertragen", festlegung=[found.pk], confirm="100.00", reason="x")
    assert (answer.status_code, "Für 2027 gibt es noch keine Haushaltslinie." in text_of(answer)) == (422, True)
    assert "Linien für 2027 anlegen" in text_of(ask(world))
    assert send(world, NEXT).status_code == 302
    assert (line_of(2027).status, line_of(2027).authorised) == (BudgetLine.Status.PROVISIONAL, euros("0"))
    assert "Linien für 2027 anlegen" not in text_of(ask(world))
    assert send(world, NEXT).status_code == 302
    assert BudgetLine.objects.count() == 2


def test_what_is_only_pledged_is_bound_or_released_but_not_carried(world):
    later = book.new_line(2027, status=BudgetLine.Status.PROVISIONAL, amount="500")
    shares = {world.line: euros("100"), later: euros("500")}
    ledger.share_out(shares, purpose=book.purpose(), decided_by=None, move=book.move(thread="INT-2026-0101"))
    order = budgeting.Order(verb="appropriation", line=later, amount=euros("-200"), reason="gekürzt")
    budgeting.book(order, actor=officer(world), at=world.at)
    book.new_line(2028, amount="0", status=BudgetLine.Status.PROVISIONAL)
    new_year(world)
    budgeting.approve(later, reason="Satzung", actor=officer(world), at=world.at)
    pledge = Commitment.objects.get(line=later)
    assert (pledge.pledged, pledge.amount) == (euros("500"), euros("0"))
    url = "/haushalt/jahr/2027/abschluss/"
    assert "erst vorgemerkt" in text_of(ask(world, url))
    data = {"festlegung": [pledge.pk], "confirm": "500.00", "reason": "x"}
    assert "erst vorgemerkt" in text_of(send(world, f"{url}festlegungen/", tun="uebertragen", **data))
    assert "Es stehen noch" in text_of(send(world, f"{url}festlegungen/", tun="festlegen", **data))
    later.refresh_from_db()
    ledger.supplement(later, euros("200"), move=book.move())
    assert send(world, f"{url}festlegungen/", tun="festlegen", **data).status_code == 302
    pledge.refresh_from_db()
    assert (pledge.pledged, pledge.amount) == (euros("0"), euros("500"))
    assert is_clean()


# Free money


def rest_url(world: World) -> str:
    return f"{PAGE}rest/{world.line.pk}/"


def test_free_money_is_carried_with_its_effect_shown_first(world):
    commit(world, "5000.00", "INT-2026-0101")
    new_year(world)
    roll(world)
    assert "15.000,00" in text_of(ask(world, rest_url(world)))
    shown = send(world, rest_url(world), amount="4.000,00", reason="Projekt verschoben")
    assert shown.context["effect"][1][1][0] == ("Verfügbarer Rahmen", euros("0"), euros("4000"))
    assert line_of(2027).authorised == euros("0")
    done = send(world, rest_url(world), amount="4.000,00", reason="Projekt verschoben", confirm="4000.00")
    assert (done.status_code, done.url) == (302, PAGE)
    assert (line_of(2026).carry_out, line_of(2027).carry_in) == (euros("4000"), euros("4000"))
    assert is_clean()


def test_what_came_from_the_year_before_goes_no_further(world):
    roll(world)
    budgeting.book(
        budgeting.Order(verb="carry", line=world.line, amount=euros("400"), reason="x"),
        actor=officer(world), at=world.at,
    )  # fmt: skip
    approve(world, amount="100")
    book.new_line(2028, amount="0", status=BudgetLine.Status.PROVISIONAL)
    assert ledger.transferable(line_of(2027)) == euros("100")
    answer = send(world, f"/haushalt/jahr/2027/abschluss/rest/{line_of(2027).pk}/", amount="100,01", reason="x")
    assert "Übertragen lassen sich noch 100,00 €. Mehr geht nicht." in text_of(answer)


BAD = {
    "1.234,5": "mit Komma", "-0": "ohne Minuszeichen", "1e9": "mit Komma", "12,345": "mit Komma", "": "Bitte geben Sie",
    "NaN": "mit Komma", "99999999999999": "zu hoch", "0": "über null", "-5": "ohne Minuszeichen", "20000,01": "Mehr geht nicht",
}  # fmt: skip


@pytest.mark.parametrize("amount", BAD)
def test_a_bad_amount_is_a_sentence_beside_the_field(world, amount):
    roll(world)
    entries = LedgerEntry.objects.count()
    for confirm in ({}, {"confirm": "0.00"}):
        answer = send(world, rest_url(world), amount=amount, reason="x", **confirm)
        if answer.status_code == 200:
            continue
        assert (answer.status_code, BAD[amount] in text_of(answer)) == (422, True), answer.context["form"].errors
        assert list(answer.context["form"].errors) == ["amount"]
    assert answer.status_code == 422
    assert LedgerEntry.objects.count() == entries


# Closing


def test_a_year_is_closed_once_nothing_hinders_it(world):
    found = commit(world, "100.00", "INT-2026-0101")
    book.reserve(world.line, "300", thread="INT-2026-0500")
    assert "läuft noch" in text_of(send(world, CLOSE, reason="x"))
    new_year(world)
    page = ask(world)
    assert [(hindrance.sentence, hindrance.url) for hindrance in page.context["hindrances"]] == [
        ("Eine Festlegung ist noch offen.", "#festlegungen")
    ]
    assert "Jahr 2026 abschließen" not in text_of(page)
    assert send(world, CLOSE, reason="x").status_code == 422
    budgeting.release(found, reason="nicht gebraucht", actor=officer(world), at=world.at)
    page = ask(world)
    assert "Jahr 2026 abschließen" in text_of(page)
    assert "300,00 € für 1 Vorschlag" in text_of(page)
    assert send(world, CLOSE, reason=" ").status_code == 422
    assert line_of(2026).status == BudgetLine.Status.OPEN
    done = send(world, CLOSE, reason="Alle Zahlungen geprüft")
    assert (done.status_code, line_of(2026).status) == (302, BudgetLine.Status.CLOSED)
    assert not Reservation.objects.filter(amount__gt=0).exists()
    closed = text_of(ask(world))
    for words in (
        "ist abgeschlossen",
        "Alle Zahlungen geprüft",
        "04.01.2027",
        "Budget Officer",
        "Beide Jahre",
        "20.000,00 € wurden 2026 nicht gebraucht",
    ):
        assert words in closed, words
    assert "Angehakte" not in closed
    assert send(world, CLOSE, reason="noch einmal").status_code == 422
    assert is_clean()


def test_missing_money_must_be_covered_before_the_year_is_closed(world):
    found = commit(world, "100.00", "INT-2026-0101")
    book.pay(found, "100")
    ledger.freeze(world.line, euros("20000"), move=book.move("Sperre"), override=True)
    new_year(world)
    page = ask(world)
    (hindrance,) = page.context["hindrances"]
    assert "fehlen noch 100,00" in hindrance.sentence.replace("\N{NO-BREAK SPACE}", " ")
    assert ask(world, hindrance.url).status_code == 200
    assert "fehlen noch 100,00 €" in text_of(send(world, CLOSE, reason="x"))
    ledger.unfreeze(line_of(2026), euros("100"), move=book.move("Sperre aufgehoben"))
    assert send(world, CLOSE, reason="x").status_code == 302


@pytest.mark.parametrize("role", sorted(set(Role.values) - {Role.BUDGET_OFFICER}))
def test_only_the_budget_officer_lays_out_binds_and_closes(world, role):
    found, actor = commit(world, "100.00", "INT-2026-0101"), world.cast.actor[role]
    told: dict[str, Any] = {"actor": actor, "at": NEW_YEAR}
    doors = [
        lambda: budgeting.lay_out_year(2027, **told),
        lambda: budgeting.bind(found, **told),
        lambda: budgeting.close(2026, reason="x", **told),
        lambda: budgeting.carry(found, reason="x", **told),
        lambda: budgeting.release(found, reason="x", **told),
    ]
    for door in doors:
        with pytest.raises(Forbidden):
            door()


# A payment comes back after the year is closed


def late(world: World) -> tuple[Any, Any]:
    """An award that was paid in 2026, and its payment; the year is closed."""
    award = world.active()
    paid = pay(world, bound(award), "1600")
    new_year(world)
    roll(world)
    budgeting.close(2026, reason="fertig", actor=officer(world), at=world.at)
    return award, paid


def detail(payment: Any) -> str:
    return reverse("funding:disbursement", args=[payment.pk])


def step(payment: Any, name: str) -> str:
    return reverse("funding:disbursement_step", args=[payment.pk, name])


def test_the_officer_finds_the_payment_and_books_what_came_back(world):
    _award, paid = late(world)
    closed = ask(world)
    listed = ask(world, closed.context["paid_url"])
    assert [row.pk for row in listed.context["page"]] == [paid.pk]
    assert "Liste als CSV" not in text_of(listed)
    page = text_of(ask(world, detail(paid)))
    assert "Rückläufer in das abgeschlossene Jahr buchen" in page
    assert "/zahlungslaeufe/" not in page
    assert "/zahlungslaeufe/" in text_of(ask(world, detail(paid), "auditor"))
    assert "Diesen Rückläufer bucht die Kämmerei." in text_of(ask(world, detail(paid), "treasury"))
    form = ask(world, step(paid, "take_back_late"))
    assert (form.status_code, "das alte Jahr bleibt abgeschlossen" in text_of(form)) == (200, True)
    empty = send(world, step(paid, "take_back_late"), version=paid.version)
    assert (empty.status_code, sorted(empty.context["form"].errors)) == (422, ["reason", "reopen"])
    assert line_of(2026).status == BudgetLine.Status.CLOSED


def test_a_year_is_opened_again_for_a_payment_that_came_back_and_closed_again(world):
    award, paid = late(world)
    everything = over_all_years()
    data = {"version": paid.version, "reopen": "ja", "reason": "Konto erloschen"}
    assert send(world, step(paid, "take_back_late"), **data).status_code == 302
    paid.refresh_from_db()
    line = line_of(2026)
    assert (paid.state, line.status, line.paid, bound(award).open) == (
        "returned", BudgetLine.Status.REOPENED, euros("0"), euros("1600"),
    )  # fmt: skip
    assert is_clean()
    event = Event.objects.get(kind="disbursement_returned_late")
    assert (event.reason, event.actor_role, event.thread) == ("Konto erloschen", "budget_officer", award.thread)
    assert "das Jahr war schon abgeschlossen" in text_of(ask(world, detail(paid), "verifier"))
    assert "noch offen" in text_of(send(world, CLOSE, reason="x"))
    again = world.do(paid, "request_again", "verifier", reason="IBAN berichtigt")
    assert (again.state, again.reference) == ("requested", f"{award.thread}-1R2")
    execute(world, send_to_bank(world, order_payment(world, again)))
    assert (line_of(2026).paid, line_of(2026).status) == (euros("1600"), BudgetLine.Status.REOPENED)
    assert is_clean()
    assert send(world, CLOSE, reason="Rückläufer neu gezahlt").status_code == 302
    assert (line_of(2026).status, over_all_years()) == (BudgetLine.Status.CLOSED, everything)
    told = text_of(ask(world))
    for words in ("Für einen Rückläufer wieder geöffnet", "Konto erloschen", "Rückläufer neu gezahlt"):
        assert words in told, words
    assert is_clean()


def test_what_came_back_is_carried_into_the_current_year_and_paid_there(world):
    award, paid = late(world)
    data = {"version": paid.version, "reopen": "nein", "reason": "Konto erloschen"}
    assert send(world, step(paid, "take_back_late"), **data).status_code == 302
    paid.refresh_from_db()
    old, new = line_of(2026), line_of(2027)
    assert (old.status, old.committed, old.paid, old.carry_out) == (
        BudgetLine.Status.CLOSED, euros("0"), euros("0"), euros("1600"),
    )  # fmt: skip
    assert (paid.state, paid.commitment.line, new.committed, new.carry_in) == (
        "returned", new, euros("1600"), euros("1600"),
    )  # fmt: skip
    assert is_clean()
    again = world.do(paid, "request_again", "verifier", reason="IBAN berichtigt")
    execute(world, send_to_bank(world, order_payment(world, again)))
    assert (line_of(2026).paid, line_of(2027).paid, bound(award).open) == (euros("0"), euros("1600"), euros("0"))
    assert is_clean()
    page = text_of(ask(world))
    assert "Aus 2026 übertragen sind 1.600,00 €. Angekommen in 2027: 1.600,00 €." in page
