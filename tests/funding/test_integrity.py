"""The nightly proof: what does not fit is found, said, and taken back when it fits again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils.html import escape

from funding import balances, integrity, ledger
from funding.models import BudgetAlert, BudgetLine, Commitment, DayBalance, LedgerEntry, SubBudget
from funding.tasks import check_budget
from tests.factories import World, euros
from tests.funding.pages import get, text_of
from tests.funding.test_ledger import move, new_line, purpose
from tests.services.flushing import without_triggers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _django_db_marker(office: World) -> None:
    """The one transaction of the module takes the place of one for each test."""


@pytest.fixture(scope="module")
def office(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Laid out once; each test takes back what it tampered with."""
    with django_db_blocker.unblock(), transaction.atomic():
        found = filled()
        connection.check_constraints()
        yield found
        transaction.set_rollback(True)


@pytest.fixture
def world(office: World) -> Iterator[World]:
    with transaction.atomic():
        yield office
        transaction.set_rollback(True)


def filled() -> World:
    """Two lines of this year and one of the next, with everything that an invariant speaks of."""
    found = World()
    award = found.active()
    found.paid("400", award)
    found.requested("100", award)
    found.proposed(requested="300")
    sister = new_line(product="3.5.1.02")
    following = new_line(2027, status=BudgetLine.Status.PROVISIONAL)
    ledger.transfer(sister, found.line, euros("500"), move=move())
    ledger.carry_rest(found.line, euros("200"), move=move())
    ledger.allocate(following, found.programme, euros("1000"), move=move())
    shares = {found.line: euros("100"), following: euros("50")}
    told = move("Bewilligung", thread="INT-2026-0090")
    ledger.share_out(shares, purpose=purpose(found.programme), decided_by=None, move=told)
    balances.close_day(found.at.date())
    return found


def execute(*statements: str) -> None:
    """Bare SQL; where the table is protected, by somebody who took its triggers away."""
    is_protected = any("ledgerentry" in statement or "daybalance" in statement for statement in statements)
    with ExitStack() as stack:
        if is_protected:
            stack.enter_context(without_triggers())
        cursor = stack.enter_context(connection.cursor())
        for statement in statements:
            cursor.execute(statement)
        connection.check_constraints()


ENTRY = "UPDATE funding_ledgerentry SET amount = amount + 1 WHERE kind = '{0}'"
LINE = "UPDATE funding_budgetline SET {0} = {0} + 1 WHERE {0} > 0"
TAMPERED: dict[str, tuple[list[str], str]] = {
    **{
        name: ([f"UPDATE funding_budgetline SET {name} = {name} + 1 WHERE id = (SELECT min(id) FROM funding_budgetline)"], name)  # noqa: S608
        for name in balances.COUNTER_NAMES
    },
    **{
        f"entry of {kind}": ([ENTRY.format(kind)], counter)
        for kind, counter in (
            ("appropriation", "appropriation"), ("reservation", "reserved"), ("commitment", "committed"),
            ("disbursement", "paid"), ("allocation", "set_aside"),
        )
    },
    "entry gone": (["DELETE FROM funding_ledgerentry WHERE kind = 'disbursement'"], "paid"),
    "sum of commitments": (["UPDATE funding_commitment SET amount = amount + 1 WHERE amount > 0"], "parts_committed"),
    "sum of payments": (["UPDATE funding_commitment SET paid = paid + 1 WHERE paid > 0"], "parts_paid"),
    "sum of reservations": (["UPDATE funding_reservation SET amount = amount + 1"], "parts_reserved"),
    "sum of pledges": (["UPDATE funding_commitment SET pledged = pledged + 1 WHERE pledged > 0"], "parts_reserved"),
    "share of a part": (["UPDATE funding_subbudget SET share = share + 1"], "part:{part}:share"),
    "reserved of a part": (["UPDATE funding_subbudget SET reserved = reserved + 1"], "part:{part}:reserved"),
    "committed of a part": (["UPDATE funding_subbudget SET committed = committed + 1"], "part:{part}:committed"),
    "sum of the parts": (["UPDATE funding_subbudget SET share = share + 1"], "parts_set_aside"),
    "cover that arrives nowhere": ([LINE.format("transfer_in"), ENTRY.format("transfer_in")], "transfers"),
    "carried from nowhere": ([LINE.format("carry_in"), ENTRY.format("carryover_in")], "carry_over"),
    "a commitment's amount": (["UPDATE funding_commitment SET amount = amount + 1 WHERE paid > 0"], "commitment:{paid}"),
    "a commitment's payments": (["UPDATE funding_commitment SET paid = paid - 1 WHERE paid > 0"], "commitment:{paid}"),
    "a commitment's pledge": (["UPDATE funding_commitment SET pledged = pledged + 1 WHERE pledged > 0"], "commitment:{pledged}"),
    "asked for too much": (["UPDATE funding_disbursement SET amount = 99999900 WHERE state = 'requested'"], "under_way:{paid}"),
    "shortfall that is none": (["UPDATE funding_budgetline SET shortfall = 5"], "overspent"),
    "a day's balance": (["UPDATE funding_daybalance SET sums = '[]'"], "day_balance"),
    "a pledge that is not bound": (["UPDATE funding_budgetline SET status = 'open'"], "pledged"),
}  # fmt: skip
"""One tampering for each invariant, and the key under which it is found."""


def found_keys(world: World) -> list[str]:
    paid, pledged = Commitment.objects.get(paid__gt=0).pk, Commitment.objects.get(pledged__gt=0).pk
    part = SubBudget.objects.get().pk
    short = {f"part:{part}": "part:{part}", f"commitment:{paid}": "commitment:{paid}"}
    short |= {f"commitment:{pledged}": "commitment:{pledged}", f"under_way:{paid}": "under_way:{paid}"}
    keys = [re.sub(r"^line:\d+:", "", found.key) for found in integrity.differences()]
    return [
        next((key.replace(full, name) for full, name in short.items() if key.startswith(full)), key) for key in keys
    ]


def test_an_office_that_worked_through_the_door_is_in_order(world):
    out = StringIO()
    call_command("check_ledger", stdout=out)
    assert "Alles stimmt." in out.getvalue()
    assert check_budget() == 0


@pytest.mark.parametrize("name", TAMPERED)
def test_every_invariant_is_proven(world, name):
    statements, key = TAMPERED[name]
    execute(*statements)
    assert key in found_keys(world)


@pytest.mark.parametrize(
    "name", ["committed", "entry gone", "share of a part", "cover that arrives nowhere", "a day's balance"]
)
def test_the_command_names_the_first_difference_and_fails(world, name):
    execute(*TAMPERED[name][0])
    first = next(integrity.differences())
    out = StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("check_ledger", stdout=out)
    assert (str(failed.value), failed.value.returncode, out.getvalue()) == (first.text, 1, "")
    assert first.text.startswith(str(first.line))


def test_a_shortfall_that_was_wanted_is_told_in_euros(world):
    later = replace(move("Haushaltssperre"), at=world.at + timedelta(days=1))
    ledger.freeze(world.line, euros("30000"), move=later, override=True)
    world.line.refresh_from_db()
    (found,) = integrity.differences()
    assert found.key == f"line:{world.line.pk}:shortfall"
    assert world.line.shortfall == -world.line.available > 0
    ledger.unfreeze(world.line, euros("30000"), move=later)
    assert not list(integrity.differences())


def test_a_mistake_in_one_commitment_is_found_even_if_the_sums_fit(world):
    first, second = Commitment.objects.filter(line=world.line).order_by("pk")
    execute(
        f"UPDATE funding_commitment SET amount = amount + 100 WHERE id = {first.pk}",  # noqa: S608
        f"UPDATE funding_commitment SET amount = amount - 100 WHERE id = {second.pk}",  # noqa: S608
    )
    assert [found.key for found in integrity.differences()] == [
        f"line:{world.line.pk}:commitment:{first.pk}",
        f"line:{world.line.pk}:commitment:{second.pk}",
    ]


def test_a_booking_into_a_past_day_is_found(world):
    balances.close_day(world.at.date() + timedelta(days=1))
    ledger.supplement(world.line, euros("1"), move=move())
    assert [found.key for found in integrity.differences()] == [f"line:{world.line.pk}:day_balance"]
    assert DayBalance.objects.filter(line=world.line).exists()


# The alert on the desk


def broken(amount: int) -> None:
    """So many cents too much are put aside: one finding against the book, one against the proposals."""
    execute(f"UPDATE funding_budgetline SET reserved = reserved + {amount} WHERE reserved > 0 AND fiscal_year = 2026")  # noqa: S608


def standing() -> list[BudgetAlert]:
    return list(BudgetAlert.objects.filter(ended_at__isnull=True).order_by("key"))


def test_an_alert_stands_until_a_night_finds_it_mended_and_its_history_stays(world):
    nights = [world.at + timedelta(days=day) for day in range(5)]
    broken(100)
    assert [integrity.raise_alerts(at=night) for night in nights[:2]] == [2, 2]
    alerts = standing()
    assert [(alert.line, alert.raised_at) for alert in alerts] == [(world.line, nights[0])] * 2
    broken(100)
    assert integrity.raise_alerts(at=nights[2]) == 2
    assert [alert.raised_at for alert in standing()] == [nights[2]] * 2
    assert {alert.text for alert in standing()}.isdisjoint({alert.text for alert in alerts})
    broken(-200)
    assert integrity.raise_alerts(at=nights[3]) == 0
    assert standing() == []
    broken(100)
    assert integrity.raise_alerts(at=nights[4]) == 2
    history = BudgetAlert.objects.order_by("raised_at", "key").values_list("raised_at", "ended_at")
    wanted = [(nights[0], nights[2]), (nights[2], nights[3]), (nights[4], None)]
    assert list(history) == [row for row in wanted for _finding in range(2)]


def test_the_nightly_task_puts_the_alert_on_the_officers_desk_and_beside_the_menu(world, settings):
    settings.DEMO = True
    before = text_of(get(world, "budget_officer", "/haushalt/"))
    broken(100)
    assert check_budget() == 2
    page = get(world, "budget_officer", "/haushalt/")
    texts = [escape(alert.text.replace("\N{NO-BREAK SPACE}", " ")) for alert in standing()]
    assert [text in text_of(page) for text in texts] == [True, True]
    assert not any(text in before for text in texts)
    entry = next(item for item in page.context["frame"]["items"] if item.url == "/haushalt/")
    assert entry.count == 2


def test_the_proof_asks_the_same_number_of_questions_for_any_number_of_entries(world, django_assert_max_num_queries):
    with django_assert_max_num_queries(17):
        assert not list(integrity.differences())
    world.paid("100", world.active(requested="500"))
    execute("DELETE FROM funding_daybalance")
    assert LedgerEntry.objects.count() > 10
    with django_assert_max_num_queries(17):
        assert not list(integrity.differences())
