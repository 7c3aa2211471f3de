"""Movements of the budget: every form shows its effect first, books just that, and meets bad input with a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from accounts.roles import Role
from funding import budgeting, integrity, ledger, movements
from funding.models import BudgetLine, LedgerEntry, Measure, Resolution, SubBudget
from funding.money import format_money
from tests.factories import World, euros
from tests.funding.pages import client_of, get, post, queries_of, text_of

RESOLUTION = {
    "body": "county_council", "resolved_on": "09.02.2026", "number": "45/2026", "subject": "Nachtragshaushalt",
}  # fmt: skip
HALF = {"number": "45/2026"}
FIELDS = tuple(RESOLUTION)


@pytest.fixture
def world(db: None, settings: Settings) -> Iterator[World]:
    """Two lines of 2026, one of a closed year, one of a draft; 1,600 € committed, 300 € proposed, 500 € frozen."""
    settings.DEMO = True
    found = World()
    found.active()
    found.proposed(requested="300")
    officer = found.cast.actor["budget_officer"].acting_as(Role.BUDGET_OFFICER)
    move = ledger.Movement(actor=officer, at=found.at, reason="Aufbau")
    ledger.freeze(found.line, euros("500"), move=move)
    found.line.refresh_from_db()
    for year, product, status in ((2026, "3.5.1.02", "open"), (2025, "3.5.1.01", "closed"), (2027, "3.5.1.01", "provisional"),
                                  (2024, "3.5.1.01", "reopened")):  # fmt: skip
        BudgetLine.objects.create(fiscal_year=year, product=product, account="4318", title="Andere", status=status)
    with time_machine.travel(found.at, tick=False):
        yield found


def line_of(year: int, product: str = "3.5.1.01") -> BudgetLine:
    return BudgetLine.objects.get(fiscal_year=year, product=product)


def url_of(line: BudgetLine, verb: str) -> str:
    return f"/haushalt/{line.pk}/buchen/{verb}/"


def look(world: World, verb: str, line: BudgetLine | None = None, **data: Any) -> Any:
    return post(world, "budget_officer", url_of(line or world.line, verb), **({"reason": "Weil"} | data))


def book(world: World, verb: str, line: BudgetLine | None = None, **data: Any) -> Any:
    """Looks at the effect and presses the button that shows it."""
    shown = look(world, verb, line, **data)
    assert shown.status_code == 200, shown.context["form"].errors
    return look(world, verb, line, confirm=shown.context["effect"].seen, **data)


def everything() -> tuple[Any, ...]:
    """All that a movement could have written."""
    lines = list(BudgetLine.objects.order_by("pk").values())
    return (lines, list(SubBudget.objects.values()), LedgerEntry.objects.count(), Resolution.objects.count())


GOOD: dict[str, tuple[Callable[[World], dict[str, Any]], Callable[[World], BudgetLine], str]] = {
    "appropriation": (lambda world: {"amount": "1.000,00"}, lambda world: line_of(2027), "1000"),
    "supplement": (lambda world: {"amount": "10.000,00", **RESOLUTION}, lambda world: world.line, "10000"),
    "transfer": (
        lambda world: {"amount": "250", "target": line_of(2026, "3.5.1.02").pk},
        lambda world: world.line,
        "-250",
    ),
    "excess": (lambda world: {"amount": "10,50"}, lambda world: world.line, "10.50"),
    "earmarked": (lambda world: {"amount": "700 €", **RESOLUTION}, lambda world: world.line, "700"),
    "freeze": (lambda world: {"amount": "100"}, lambda world: world.line, "-100"),
    "unfreeze": (lambda world: {"amount": "500"}, lambda world: world.line, "500"),
    "allocation": (
        lambda world: {"amount": "800", "target": f"municipality:{world.municipality.pk}"},
        lambda world: world.line,
        "0",
    ),
}


def test_every_verb_of_the_office_has_its_page():
    assert movements.VERBS.keys() == GOOD.keys() == budgeting.VERBS.keys() - {"carry"}


@pytest.mark.parametrize("verb", GOOD)
def test_a_movement_is_looked_at_first_and_then_booked(world, verb):
    make, which, change = GOOD[verb]
    line, data = which(world), make(world)
    assert get(world, "budget_officer", url_of(line, verb)).status_code == 200
    before, available = everything(), line.available
    shown = look(world, verb, line, **data)
    assert (shown.status_code, everything()) == (200, before)
    rows = {name: (was, now) for name, was, now in shown.context["effect"].tables[0].rows}
    assert rows["Noch zur Verfügung"] == (available, available + euros(change))
    assert shown.context["button"].replace("\N{NO-BREAK SPACE}", " ") in text_of(shown)
    done = book(world, verb, line, **data)
    assert (done.status_code, done.url) == (302, f"/haushalt/{line.pk}/")
    line.refresh_from_db()
    assert line.available == available + euros(change)
    entry = LedgerEntry.objects.order_by("pk").last()
    assert entry is not None
    assert (entry.reason, entry.actor_role) == ("Weil", "budget_officer")
    assert (entry.resolution.number if entry.resolution else "") == data.get("number", "")
    assert not list(integrity.differences())


@pytest.mark.parametrize("verb", ["transfer", "allocation"])
def test_the_form_says_how_much_is_not_spoken_for(world, verb):
    available, free = (format_money(amount) for amount in (world.line.available, world.line.undivided))
    sentence = f"Noch zur Verfügung stehen {available}. Davon sind {free} noch für nichts vorgesehen."
    assert sentence.replace("\N{NO-BREAK SPACE}", " ") in text_of(
        get(world, "budget_officer", url_of(world.line, verb))
    )
    assert world.line.undivided == world.line.available - 300


def test_a_transfer_shows_both_lines_and_an_allocation_the_part(world):
    other = line_of(2026, "3.5.1.02")
    tables = look(world, "transfer", amount="250", target=other.pk).context["effect"].tables
    assert [table.rows[3][1:] for table in tables] == [
        (world.line.available, world.line.available - 250), (euros("0"), euros("250")),
    ]  # fmt: skip
    tables = look(world, "allocation", amount="9", target=f"programme:{world.programme.pk}").context["effect"].tables
    assert [table.title for table in tables] == [str(world.line), str(world.programme)]
    assert tables[1].rows[0] == ("Zugeteilt", euros("0"), euros("9"))


@pytest.mark.parametrize(
    "change", [{"amount": "9"}, {"reason": "Anders"}, {"value_on": "01.03.2026"}, {"override": "on"}]
)
def test_what_changed_after_the_look_is_shown_again(world, change):
    before = everything()
    seen = look(world, "freeze", amount="10").context["effect"].seen
    answer = look(world, "freeze", **({"amount": "10", "confirm": seen} | change))
    assert (answer.status_code, everything()) == (200, before)


def test_a_second_click_on_the_same_button_books_nothing_twice(world):
    seen = look(world, "freeze", amount="10").context["effect"].seen
    answers = [look(world, "freeze", amount="10", confirm=seen).status_code for _click in range(2)]
    assert answers == [302, 200]
    assert LedgerEntry.objects.filter(kind="freeze", amount=euros("10")).count() == 1


def test_money_that_moved_between_look_and_click_is_shown_again(world):
    seen = look(world, "freeze", amount="10").context["effect"].seen
    assert book(world, "earmarked", amount="1").status_code == 302
    assert look(world, "freeze", amount="10", confirm=seen).status_code == 200


@pytest.mark.parametrize(("verb", "amount"), [("supplement", "-18.500"), ("freeze", "18.000,01")])
def test_a_shortfall_is_booked_only_by_somebody_who_accepts_it(world, verb, amount):
    data = {"amount": amount, **(RESOLUTION if verb == "supplement" else {})}
    before = everything()
    refused = look(world, verb, **data)
    assert (refused.status_code, list(refused.context["form"].errors), everything()) == (422, ["amount"], before)
    shown = look(world, verb, override="on", **data)
    assert "Danach fehlen" in text_of(shown)
    assert (
        look(world, verb, override="on", reason="", **{k: v for k, v in data.items() if k != "reason"}).status_code
        == 422
    )
    assert book(world, verb, override="on", **data).status_code == 302
    world.line.refresh_from_db()
    assert world.line.shortfall > 0


def test_a_movement_may_count_for_an_earlier_day_of_its_year(world):
    assert book(world, "freeze", amount="10", value_on="05.01.2026").status_code == 302
    assert str(LedgerEntry.objects.latest("pk").value_on) == "2026-01-05"


def test_a_line_that_is_divided_offers_only_that_way(world):
    assert book(world, "allocation", amount="10", target=f"measure:{world.measure.pk}").status_code == 302
    text = text_of(get(world, "budget_officer", url_of(world.line, "allocation")))
    assert f'value="measure:{world.measure.pk}"' in text
    assert f'value="programme:{world.programme.pk}"' not in text


@dataclass(frozen=True)
class Bad:
    """What is sent, the field beside which a sentence must stand ("" above the form), and a word of it."""

    verb: str
    field: str
    word: str
    data: dict[str, Any] = field(default_factory=dict)
    make: Callable[[World], dict[str, Any]] | None = None
    line: Callable[[World], BudgetLine] | None = None


def amounts(verb: str, *texts: tuple[str, str], **data: Any) -> dict[str, Bad]:
    return {
        f"{verb} {text!r}": Bad(verb, "amount", word, {"amount": text, **data})
        for text, word in texts
    }  # fmt: skip


COMMA, NONE = "mit Komma", "Bitte geben Sie einen Betrag an"
BAD: dict[str, Bad] = {
    **amounts(
        "supplement", ("1.234,5", COMMA), ("-0", "ohne Minuszeichen"), ("1e9", COMMA), ("12,345", COMMA), ("", NONE),
        ("   ", NONE), ("NaN", COMMA), ("Infinity", COMMA), ("99999999999999999999", "zu hoch"), ("1.000.000.000", "zu hoch"),
        ("１２", COMMA), ("١٢", COMMA), ("🙂", COMMA), ("0", "nicht null"), ("0,00", "nicht null"), ("1,234.56", COMMA),
        ("1 234,56", COMMA), ("+5", COMMA), ("--5", COMMA), ("5-", COMMA), ("0x10", COMMA), ("½", COMMA), ("€", NONE),
        ("12,3 Euro", COMMA), ("<b>5</b>", COMMA), ("-20000,01", "festgelegt"), ("-18000,01", "festgelegt"), **RESOLUTION,
    ),
    **amounts("freeze", ("-5", "ohne Minuszeichen"), ("−5", "ohne Minuszeichen"), ("0", "nicht null"), ("18000,01", "Frei sind")),
    **amounts("unfreeze", ("-5", "ohne Minuszeichen"), ("500,01", "Gesperrt sind nur"), ("0", "nicht null")),
    **amounts("excess", ("-1", "Gebucht sind nur"), ("0", "nicht null")),
    **amounts("earmarked", ("-0,01", "Gebucht sind nur"), ("-0", "ohne Minuszeichen")),
    **{
        f"supplement without {name}": Bad("supplement", name, "Bitte", {"amount": "1", **RESOLUTION, name: ""})
        for name in FIELDS
    },
    "supplement with nothing": Bad("supplement", "number", "Nummer", {"amount": "1"}),
    "supplement of blanks": Bad("supplement", "subject", "worum", {"amount": "1", **RESOLUTION, "subject": "   "}),
    "resolution of tomorrow": Bad("supplement", "resolved_on", "Zukunft", {"amount": "1", **RESOLUTION, "resolved_on": "01.01.2099"}),
    "resolution on no day": Bad("supplement", "resolved_on", "so: 09.11.2026", {"amount": "1", **RESOLUTION, "resolved_on": "31.02.2026"}),
    "resolution of no body": Bad("supplement", "body", "Gremium", {"amount": "1", **RESOLUTION, "body": "parliament"}),
    "resolution number too long": Bad("supplement", "number", "40", {"amount": "1", **RESOLUTION, "number": "9" * 41}),
    **{
        f"half a resolution of {verb}, no {name}": Bad(verb, name, "Bitte", {"amount": "1", **HALF})
        for verb in ("excess", "earmarked") for name in ("body", "resolved_on", "subject")
    },
    **{
        f"no reason for {verb}": Bad(verb, "reason", "warum", {"amount": "1", "reason": text, **RESOLUTION})
        for verb, text in (("supplement", ""), ("freeze", "   "), ("excess", "\n"))
    },
    "reason too long": Bad("freeze", "reason", "300", {"amount": "1", "reason": "x" * 301}),
    "reason with a nought": Bad("freeze", "reason", "", {"amount": "1", "reason": "a\x00b"}),
    **{
        f"day {day!r}": Bad("freeze", "value_on", word, {"amount": "1", "value_on": day})
        for day, word in (("31.12.2025", "Haushaltsjahr 2026"), ("01.01.2027", "Haushaltsjahr 2026"), ("30.06.2024", "2026"),
                          ("31.02.2026", "so: 09.11.2026"), ("gestern", "so: 09.11.2026"), ("1.1.26", "so: 09.11.2026"),
                          ("01.01.0001", "2026"), ("09/11/2026", "so: 09.11.2026"))
    },
    "day of a closed year, transfer": Bad(
        "transfer", "value_on", "2026", {"amount": "1", "value_on": "05.01.2025"}, lambda world: {"target": line_of(2026, "3.5.1.02").pk}
    ),
    "transfer to itself": Bad("transfer", "target", "sich nicht selbst", {"amount": "1"}, lambda world: {"target": world.line.pk}),
    "transfer to another year": Bad("transfer", "target", "innerhalb eines Jahres", {"amount": "1"}, lambda world: {"target": line_of(2027).pk}),
    "transfer to a closed year": Bad("transfer", "target", "innerhalb eines Jahres", {"amount": "1"}, lambda world: {"target": line_of(2025).pk}),
    **{
        f"transfer to {text!r}": Bad("transfer", "target", "Bitte wählen", {"amount": "1", "target": text})
        for text in ("", "0", "abc", "99999999999999999999", "programme:1")
    },
    **{
        f"transfer of {amount!r}": Bad("transfer", "amount", word, {"amount": amount}, lambda world: {"target": line_of(2026, "3.5.1.02").pk})
        for amount, word in (("-1", "ohne Minuszeichen"), ("0", "nicht null"), ("17700,01", "Frei sind"), ("", NONE))
    },
    **{
        f"sub-budget of {text!r}": Bad("allocation", "target", "Bitte wählen", {"amount": "1", "target": text})
        for text in ("", "programme:", "programme:99999999", "programme:abc", "line:1", "1", "gemeinde:1")
    },
    "sub-budget of nothing": Bad("allocation", "amount", "nicht null", {"amount": "0"}, lambda world: {"target": f"municipality:{world.municipality.pk}"}),
    "sub-budget of more than free": Bad("allocation", "amount", "Frei sind", {"amount": "17700,01"}, lambda world: {"target": f"municipality:{world.municipality.pk}"}),
    "sub-budget below nothing": Bad("allocation", "amount", "sind noch 0,00", {"amount": "-0,01"}, lambda world: {"target": f"municipality:{world.municipality.pk}"}),
    "appropriation of an approved budget": Bad("appropriation", "", "genehmigt", {"amount": "1"}),
    **{
        f"{verb} of a {status} year": Bad(verb, "", word, {"amount": "1", **RESOLUTION}, None, lambda world, year=year: line_of(year))
        for verb in ("supplement", "freeze", "excess", "earmarked")
        for year, status, word in ((2025, "closed", "abgeschlossen"), (2024, "reopened", "Rückläufer"))
    },
}  # fmt: skip


def wrong_about(world: World, bad: Bad, **confirm: str) -> str:
    """What is not as it should be with the answer to bad input; empty where all is."""
    line = bad.line(world) if bad.line else world.line
    data = bad.data | (bad.make(world) if bad.make else {})
    before = everything()
    answer = look(world, bad.verb, line, **data, **confirm)
    found, text = answer.context["form"].errors, unescape(text_of(answer))
    sentence = " ".join(found.get(bad.field or "__all__", [])).replace("\N{NO-BREAK SPACE}", " ")
    typed = data.get("amount", "").strip()
    checks = {
        f"status {answer.status_code}": answer.status_code == 422,
        f"sentence {dict(found)}": bool(sentence) and bad.word in sentence,
        "not beside its field": not bad.field or f'id="id_{bad.field}_error"' in text,
        "typed text lost": not typed or text.count(f'value="{data["amount"]}"') == 1,
        "something written": everything() == before,
    }
    return ", ".join(name for name, is_right in checks.items() if not is_right)


@pytest.mark.parametrize("verb", sorted({bad.verb for bad in BAD.values()}))
def test_bad_input_is_a_sentence_beside_its_field_and_nothing_is_written(world, verb):
    """At the first click and at the second one alike."""
    rows = {name: bad for name, bad in BAD.items() if bad.verb == verb}
    clicks: tuple[dict[str, str], ...] = ({}, {"confirm": "0" * 32})
    wrong = {
        name: found for name, bad in rows.items() for click in clicks if (found := wrong_about(world, bad, **click))
    }
    assert wrong == {}


def test_the_table_of_bad_input_is_long():
    assert len(BAD) >= 80


def test_a_second_way_of_dividing_is_refused_beside_its_field(world):
    assert book(world, "allocation", amount="10", target=f"measure:{world.measure.pk}").status_code == 302
    before = everything()
    answer = look(world, "allocation", amount="10", target=f"programme:{world.programme.pk}")
    assert "nach Maßnahmen" in str(answer.context["form"].errors["target"])
    assert (answer.status_code, everything()) == (422, before)


@pytest.mark.parametrize("verb", ["carry", "nonsense", "close", "commit"])
def test_a_movement_that_is_none_does_not_exist(world, verb):
    assert get(world, "budget_officer", url_of(world.line, verb)).status_code == 404
    assert get(world, "budget_officer", f"/haushalt/999999/buchen/{verb}/").status_code == 404


@pytest.mark.parametrize("verb", GOOD)
def test_a_closed_line_shows_the_reason_instead_of_the_form(world, verb):
    text = text_of(get(world, "budget_officer", url_of(line_of(2025), verb)))
    assert "Das Haushaltsjahr 2025 ist abgeschlossen." in text
    assert "Wirkung zeigen" not in text


def test_a_form_asks_the_same_number_of_questions_for_1_and_30_targets(world):
    client = client_of(world, "budget_officer")
    urls = [url_of(world.line, verb) for verb in ("transfer", "allocation")]
    _first = world.measure
    before = [queries_of(client, url) for url in urls]
    for number in range(30):
        Measure.objects.create(goal=_first.goal, code=str(number), title="Maßnahme")
        BudgetLine.objects.create(fiscal_year=2026, product=str(number), account="4318", title="Linie")
    assert [queries_of(client, url) for url in urls] == before
