"""Round Python: what the database itself refuses, on both engines, and that no constraint is forgotten here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from funding import balances, ledger
from funding.models import BudgetAlert, BudgetImport, Clawback, Commitment, Hold, LedgerEntry, Resolution
from tests.factories import World, euros
from tests.funding.test_ledger import OFFICER, move, new_line
from tests.funding.test_payments import BROKEN as PAYMENTS


def copied(label: str, where: str = "1 = 1", **changes: str) -> str:
    """The statement that writes a row of this model a second time, but for what `changes` says in SQL."""
    model = apps.get_model("funding", label)
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    values = ", ".join(changes.get(column, column) for column in columns)
    table = model._meta.db_table
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} WHERE {where} LIMIT 1"  # noqa: S608


BROKEN = PAYMENTS | {
    "budget_committed_within_usable": "UPDATE funding_budgetline SET committed = 1000000000",
    "budget_shortfall_not_negative": "UPDATE funding_budgetline SET shortfall = -1",
    "budget_set_aside_not_negative": "UPDATE funding_budgetline SET set_aside = -1",
    "budget_reserved_not_negative": "UPDATE funding_budgetline SET reserved = -1",
    "budget_paid_not_negative": "UPDATE funding_budgetline SET paid = -1",
    "budget_paid_within_committed": "UPDATE funding_budgetline SET paid = committed + 1",
    "budget_status_known": "UPDATE funding_budgetline SET status = 'anything'",
    "budget_line_once": copied("BudgetLine"),
    "part_is_for_one_thing": "UPDATE funding_subbudget SET measure_id = (SELECT min(id) FROM funding_measure)",
    "part_within_share": "UPDATE funding_subbudget SET share = committed + reserved - 1",
    "part_counters_not_negative": "UPDATE funding_subbudget SET reserved = -1",
    "part_once_a_programme": copied("SubBudget", "programme_id IS NOT NULL"),
    "part_once_a_measure": copied("SubBudget", "measure_id IS NOT NULL"),
    "part_once_a_municipality": copied("SubBudget", "municipality_id IS NOT NULL"),
    "resolution_once": copied("Resolution"),
    "reservation_once": copied("Reservation"),
    "reservation_not_negative": "UPDATE funding_reservation SET amount = -1",
    "commitment_paid_not_negative": "UPDATE funding_commitment SET paid = -1",
    "commitment_covers_paid": "UPDATE funding_commitment SET paid = amount + 1",
    "commitment_pledged_or_bound": "UPDATE funding_commitment SET pledged = 1",
    "hold_once_of_a_kind": copied("Hold"),
    "alert_once": copied("BudgetAlert"),
    "entry_moves_something": copied("LedgerEntry", "kind = 'appropriation'", amount="0"),
    "entry_kind_known": copied("LedgerEntry", "kind = 'appropriation'", kind="'anything'"),
    "disbursement_booked_once": copied("LedgerEntry", "kind = 'disbursement'"),
    "balance_once_a_day": copied("DayBalance"),
    "budget_import_once": copied("BudgetImport"),
    "disbursement_number_once": copied("Disbursement", reference="'another'"),
    "clawback_amount_positive": "UPDATE funding_clawback SET amount = 0",
    "clawback_state_known": "UPDATE funding_clawback SET state = 'anything'",
    "clawback_due_has_day": "UPDATE funding_clawback SET due_on = NULL",
    "clawback_paid_has_day": "UPDATE funding_clawback SET paid_on = NULL",
    "programme_rate_at_most_one": "UPDATE funding_programme SET rate_numerator = rate_denominator + 1",
    "programme_fixed_needs_amount": "UPDATE funding_programme SET financing = 'fixed', fixed_amount = NULL",
    "programme_minimum_below_maximum": "UPDATE funding_programme SET minimum = maximum + 1",
    "round_closes_after_it_opens": "UPDATE funding_round SET closes_at = opens_at",
}
"""One statement for each named constraint that would break just this one."""


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _django_db_marker(world: World) -> None:
    """The one transaction of the module takes the place of one for each test."""


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """A year in which there is a row of everything; laid out once, since whatever is tried here is refused."""
    with django_db_blocker.unblock(), transaction.atomic():
        found = filled()
        connection.check_constraints()
        yield found
        transaction.set_rollback(True)


def filled() -> World:
    found = World()
    found.paid("400")
    commitment = Commitment.objects.get()
    Hold.objects.create(commitment=commitment, kind=Hold.Kind.OTHER, since=found.at)
    day = found.at.date()
    told = {"commitment": commitment, "ground": "Festsetzung", "heard_until": day, "opened_at": found.at}
    Clawback.objects.create(amount=euros("10"), state="paid", due_on=day, paid_on=day, **told)
    resolution = Resolution.objects.create(body="county_council", resolved_on=day, number="1", subject="Nachtrag")
    ledger.supplement(found.line, euros("100"), move=move(resolution=resolution))
    for year, target in ((2027, found.programme), (2028, found.measure), (2029, found.municipality)):
        ledger.allocate(new_line(year), target, euros("500"), move=move())
    ledger.reserve(found.line, euros("100"), thread="INT-2026-0099", actor=OFFICER, at=found.at)
    BudgetAlert.objects.create(key="line:1:paid", text="Befund", line=found.line, raised_at=found.at)
    BudgetImport.objects.create(sha256="a", name="plan.csv", rows=1, imported_at=found.at, imported_by=OFFICER.key)
    balances.close_day(day)
    return found


def execute(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def constraints() -> dict[str, models.BaseConstraint]:
    return {
        found.name: found for model in apps.get_app_config("funding").get_models() for found in model._meta.constraints
    }


def test_every_constraint_of_the_treasury_is_tried_here():
    assert set(constraints()) == set(BROKEN)


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses_what_goes_round_python(world, name):
    """By the very constraint: another one that stops the same statement proves nothing of this one."""
    with pytest.raises(IntegrityError) as refused:
        execute(BROKEN[name])
    is_told = connection.vendor == "postgresql" or isinstance(constraints()[name], models.CheckConstraint)
    assert name in str(refused.value) if is_told else "UNIQUE constraint failed" in str(refused.value)


# Written once, for good

APPEND_ONLY = ("funding_ledgerentry", "funding_daybalance", "funding_budgetimport")
WAYS = {
    "update": "UPDATE {table} SET id = id",
    "delete": "DELETE FROM {table}",
    "insert or replace": "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
    "on conflict": "INSERT INTO {table} SELECT * FROM {table} WHERE 1 = 1 ON CONFLICT (id) DO UPDATE SET id = excluded.id",
    "truncate": "TRUNCATE {table} CASCADE",
}
ONLY_ON = {"insert or replace": pytest.mark.sqlite, "truncate": pytest.mark.postgresql}


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("way", [pytest.param(way, marks=ONLY_ON.get(way, ())) for way in WAYS])
def test_what_is_written_is_never_changed_or_removed_even_by_bare_sql(world, table, way):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
        assert cursor.fetchone()[0] > 0
    with pytest.raises(IntegrityError, match="append-only"):
        execute(WAYS[way].format(table=table))


def test_the_ledger_is_not_emptied_by_python_either(world):
    before = LedgerEntry.objects.count()
    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerEntry.objects.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerEntry.objects.update(amount=euros("1"))
    assert LedgerEntry.objects.count() == before
