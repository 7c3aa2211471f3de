"""The budget page of any past day is the page of that day: numbers, status, light and alerts, and the bookings behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from funding import balances, budgeting, integrity, ledger
from funding.models import BudgetAlert, BudgetLine, Municipality
from journal import values
from tests.factories import BERLIN, World, euros
from tests.funding.pages import get, text_of

BUDGET = "/haushalt/"
LATER = datetime(2027, 3, 1, 9, 0, tzinfo=BERLIN)


@pytest.fixture
def world(db: None, settings: Settings) -> Iterator[World]:
    settings.DEMO = True
    with time_machine.travel(LATER, tick=False):
        yield World()


def facts(page: Any) -> list[Any]:
    """All that the page says of the money, without its links."""
    alerts = sorted(alert.text for alert in page.context["alerts"])
    return [alerts, [(year, [_row(row) for row in rows]) for year, rows, _over in page.context["years"]]]


def _row(row: dict[str, Any]) -> tuple[Any, ...]:
    line, divided = row["line"], row["divided"] or {"rows": [], "sums": []}
    parts = [(part["name"], _amounts(part["numbers"])) for part in divided["rows"]]
    made = (_amounts(row["parts"]), _amounts(row["beside"]), parts, _amounts(divided["sums"]))
    return (str(line), line.status, row["note"], line.shortfall, row["light"], row["bar"], *made)


def _amounts(numbers: list[dict[str, Any]]) -> list[tuple[str, Decimal]]:
    return [(number["label"], number["amount"]) for number in numbers]


@dataclass
class Story:
    """Several months of an office; `told` keeps what the page showed in the evening of each day."""

    world: World
    told: dict[date, list[Any]] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        return self.world.at

    @property
    def officer(self) -> Any:
        return self.world.cast.actor["budget_officer"]

    def evening(self) -> None:
        with time_machine.travel(self.at.replace(hour=23), tick=False):
            self.told[self.at.date()] = facts(get(self.world, "auditor", BUDGET))
        self.world.later(days=9)

    def order(self, verb: str, line: BudgetLine, amount: str, **more: Any) -> None:
        order = budgeting.Order(verb=verb, line=line, amount=euros(amount), reason="Geschichte", **more)
        budgeting.book(order, actor=self.officer, at=self.at)

    def tell(self) -> None:
        world, line = self.world, self.world.line
        place = Municipality.objects.create(name="Esens", ags="03462005")
        self.evening()
        old = budgeting.create_line(
            budgeting.NewLine(fiscal_year=2025, product="3.5.1.01", account="4318", title="Altes Jahr"),
            euros("500"), reason="Entwurf", actor=self.officer, at=self.at,
        )  # fmt: skip
        self.evening()
        budgeting.approve(old, reason="Satzung", actor=self.officer, at=self.at)
        self.order("allocation", line, "6000", target=world.municipality)
        self.evening()
        case = world.proposed(requested="1500")
        self.evening()
        self.order("allocation", line, "100", target=place)
        self.order("freeze", line, "21000", override=True)
        integrity.raise_alerts(at=self.at)
        self.evening()
        values.set_value(
            "budget.amber_percent", "1", valid_from=self.at.date(), reason="Test", actor=self.officer, at=self.at
        )
        self.order("unfreeze", line, "21000")
        ledger.release(case.reference, actor=self.officer, at=self.at, reason="zurückgezogen")
        self.evening()
        world.paid("400", world.active())
        self.order("allocation", line, "-100", target=place)
        integrity.raise_alerts(at=self.at)
        self.evening()
        budgeting.close(2025, reason="Jahresabschluss", actor=self.officer, at=self.at)
        self.evening()


def stand(world: World, day: date | str) -> Any:
    return get(world, "budget_officer", f"{BUDGET}?stand={day}")


def no_balances(story: Story) -> None:
    """Every past day is summed from the whole book."""


def all_balances(story: Story) -> None:
    for day in _days(story):
        balances.close_day(day)


def some_balances(story: Story) -> None:
    for day in _days(story)[10::17]:
        balances.close_day(day)


def _days(story: Story) -> list[date]:
    first, last = min(story.told), max(story.told)
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


@pytest.mark.parametrize("close", [no_balances, all_balances, some_balances])
def test_the_page_of_a_past_day_is_what_it_showed_that_evening(world, close):
    story = Story(world)
    story.tell()
    values.set_value(
        "budget.red_percent", "1", valid_from=min(story.told), reason="zu spät", actor=story.officer, at=story.at
    )
    close(story)
    assert len({repr(told) for told in story.told.values()}) == len(story.told) >= 8
    for day, told in story.told.items():
        assert facts(stand(world, day)) == told, day
    quiet = min(story.told) + timedelta(days=1)
    assert facts(stand(world, quiet)) == story.told[min(story.told)]


def test_the_story_has_everything_that_can_change(world):
    story = Story(world)
    story.tell()
    told = repr(story.told)
    assert BudgetAlert.objects.filter(ended_at__isnull=False).exists()
    for word in ("Es fehlen", "provisional", "open", "closed", "Gelb:", "Esens", "Gesperrt"):
        assert word in told, word


def test_the_numbers_of_a_past_day_open_the_bookings_until_then(world):
    story = Story(world)
    story.tell()
    for day in story.told:
        for _year, rows, _over in stand(world, day).context["years"]:
            for row in rows:
                for number in (*row["parts"], *row["beside"], *((row["divided"] or {}).get("sums", ()))):
                    assert f"bis={day}" in number["url"]
                    page = get(world, "auditor", number["url"])
                    assert abs(page.context["sum"]) == abs(number["amount"]), (day, number)


def test_a_past_day_says_so_and_offers_nothing_to_book(world):
    world.later(days=2)
    text = text_of(stand(world, "2026-03-04"))
    assert "Stand vom Mittwoch, 04.03.2026" in text
    assert "Zum Stand von jetzt" in text
    for word in ("buchen/", "anlegen", "genehmigen", "#buchen"):
        assert word not in text


def test_a_day_is_read_in_german_and_in_machine_writing(world):
    assert facts(stand(world, "04.03.2026")) == facts(stand(world, "2026-03-04")) == facts(stand(world, " 04.03.2026 "))


def test_before_there_was_a_budget_the_page_is_empty(world):
    page = stand(world, "2026-03-01")
    assert (page.context["years"], page.status_code) == ([], 200)
    assert "An diesem Tag gab es noch keine Haushaltslinie." in text_of(page)


@pytest.mark.parametrize("today", ["2027-03-01", ""])
def test_today_and_no_day_at_all_are_the_page_of_now(world, today):
    page = stand(world, today)
    assert (page.context["as_of"], page.context["is_officer"], page.status_code) == (None, True, 200)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("2027-03-02", "Zukunft"), ("01.01.2099", "Zukunft"), ("9999-12-31", "Zukunft"), ("31.02.2026", "schreiben Sie den Tag"),
     ("gestern", "schreiben Sie den Tag"), ("2026", "schreiben Sie den Tag"), ("0001-01-01", "ab 2000"),
     ("%00", "schreiben Sie den Tag"), ("1.1.26", "schreiben Sie den Tag"), ("'; DROP TABLE", "schreiben Sie den Tag")],
)  # fmt: skip
def test_a_day_that_is_none_is_a_sentence_beside_the_field_above_the_page_of_now(world, typed, sentence):
    page = stand(world, typed)
    assert page.status_code == 422
    assert sentence in str(page.context["form"].errors["stand"])
    assert page.context["as_of"] is None
    assert "Haushaltsjahr 2026" in text_of(page)
    assert "<title>Fehler: " in text_of(page)


@pytest.mark.parametrize("query", ["bis=9999-12-31", "bis=0001-01-01", "von=0001-01-01", "von=9999-12-31"])
def test_days_at_the_end_of_time_break_no_list(world, query):
    assert get(world, "auditor", f"{BUDGET}buchungen/?{query}").status_code == 200
