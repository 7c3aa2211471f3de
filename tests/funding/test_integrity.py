"""The nightly proof: what does not fit is found, said, and taken back when it fits again."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from funding import integrity
from funding.models import BudgetAlert, BudgetLine
from funding.tasks import check_budget
from tests.factories import World

CORRUPTIONS = {
    "appropriation": ("UPDATE funding_budgetline SET appropriation = appropriation + 1", "Ansatz"),
    "committed": ("UPDATE funding_budgetline SET committed = committed + 1", "festgelegt"),
    "reserved": ("UPDATE funding_budgetline SET reserved = reserved + 1", "vorgemerkt"),
    "paid": ("UPDATE funding_budgetline SET paid = paid + 1", "ausgezahlt"),
    "shortfall": ("UPDATE funding_budgetline SET shortfall = 5", "Fehlbetrag"),
    "commitment": ("UPDATE funding_commitment SET amount = amount + 1", "Festlegungen"),
    "commitment_paid": ("UPDATE funding_commitment SET paid = paid + 1", "Auszahlungen"),
    "reservation": ("UPDATE funding_reservation SET amount = amount + 1", "Vormerkungen"),
    "under_way": ("UPDATE funding_disbursement SET amount = 99999900 WHERE state = 'requested'", "unterwegs"),
}


@pytest.fixture
def world(db: None) -> World:
    found = World()
    award = found.active()
    found.paid("400", award)
    found.requested("100", award)
    found.proposed(requested="300")
    return found


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_office_that_worked_through_the_door_is_in_order(world):
    out = StringIO()
    call_command("check_ledger", stdout=out)
    assert "Alles stimmt." in out.getvalue()
    assert check_budget() == 0


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_the_command_names_the_first_difference_and_fails(world, name):
    statement, word = CORRUPTIONS[name]
    execute(statement)
    with pytest.raises(CommandError, match=word):
        call_command("check_ledger", stdout=StringIO())


def test_an_alert_stands_until_the_next_night_finds_it_mended(world):
    execute("UPDATE funding_budgetline SET reserved = reserved + 100")
    assert check_budget() == check_budget() == 2
    alert = BudgetAlert.objects.filter(ended_at__isnull=True).first()
    assert alert is not None
    assert (alert.line, "1,00" in alert.text.replace("301,00", "1,00")) == (world.line, True)
    execute("UPDATE funding_budgetline SET reserved = reserved - 100")
    assert check_budget() == 0
    assert not BudgetAlert.objects.filter(ended_at__isnull=True).exists()
    execute("UPDATE funding_budgetline SET reserved = reserved + 100")
    assert check_budget() == 2
    assert BudgetAlert.objects.count() == 2


def test_a_mistake_in_one_commitment_is_found_even_if_the_sums_fit(world):
    world.active(requested="500")
    first, second = BudgetLine.objects.get().commitments.order_by("pk")
    execute(f"UPDATE funding_commitment SET amount = amount + 100 WHERE id = {first.pk}")  # noqa: S608
    execute(f"UPDATE funding_commitment SET amount = amount - 100 WHERE id = {second.pk}")  # noqa: S608
    keys = [found.key for found in integrity.differences()]
    assert keys == [f"line:{first.line_id}:commitment:{first.pk}", f"line:{first.line_id}:commitment:{second.pk}"]


def test_the_proof_asks_the_same_number_of_questions_for_any_number_of_entries(world, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        assert not list(integrity.differences())
    world.paid("100", world.active(requested="500"))
    with django_assert_max_num_queries(6):
        assert not list(integrity.differences())
