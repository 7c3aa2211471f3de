"""What the tests of the end of a year share: awards of 2026 in every condition, and the days around New Year."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from accounts.roles import Role
from funding import budgeting, integrity, ledger, payments, queries
from funding.models import BudgetLine, Commitment, Disbursement, PaymentRun
from journal.actors import Actor
from tests.factories import BERLIN, World, euros
from workflow.models import Award

NEW_YEAR = datetime(2027, 1, 4, 9, 0, tzinfo=BERLIN)
ZERO = Decimal("0.00")


def officer(world: World) -> Actor:
    return world.cast.actor["budget_officer"]


def line_of(year: int) -> BudgetLine:
    return BudgetLine.objects.get(fiscal_year=year)


def bound(award: Award) -> Commitment:
    """The newest commitment of the award."""
    return Commitment.objects.filter(thread=award.thread).order_by("-pk")[0]


def roll(world: World) -> BudgetLine:
    ledger.roll_year(2027, actor=world.cast.actor["system"], at=world.at)
    return line_of(2027)


def approve(world: World, year: int = 2027, amount: str = "10000") -> BudgetLine:
    """The council passed the budget."""
    line = line_of(year)
    order = budgeting.Order(verb="appropriation", line=line, amount=euros(amount), reason="Haushalt")
    budgeting.book(order, actor=officer(world), at=world.at)
    budgeting.approve(line, reason="Satzung öffentlich ausgelegt", actor=officer(world), at=world.at)
    return line_of(year)


def request(world: World, found: Commitment, amount: str) -> Disbursement:
    return payments.request(
        found, euros(amount), need="Kursleitung", award_on=world.at.date(), actor=world.cast.actor["applicant"],
        at=world.at,
    )  # fmt: skip


def order_payment(world: World, asked: Disbursement) -> Disbursement:
    return world.do(world.do(asked, "verify", "verifier"), "authorise", "authoriser")


def send_to_bank(world: World, *ordered: Disbursement) -> PaymentRun:
    treasury = world.cast.actor["treasury"]
    second = world.cast.actor.get("treasury_two") or world.cast.add("treasury_two", Role.TREASURY)
    run = payments.assemble(ordered, actor=treasury, at=world.at)
    run = payments.release_run(run, actor=second, at=world.at)
    return payments.export_run(run, actor=treasury, at=world.at)


def execute(world: World, run: PaymentRun) -> PaymentRun:
    return payments.execute_run(run, executed_on=world.at.date(), actor=world.cast.actor["treasury"], at=world.at)


def pay(world: World, found: Commitment, amount: str) -> Disbursement:
    ordered = order_payment(world, request(world, found, amount))
    execute(world, send_to_bank(world, ordered))
    return Disbursement.objects.get(pk=ordered.pk)


def over_all_years() -> tuple[Decimal, ...]:
    """authorised, committed, paid, available, each over every year there is."""
    years = queries.years(2025, 2030)
    names = ("planned", "committed", "paid", "available")
    return tuple(sum((getattr(year, name) for year in years), ZERO) for name in names)


def is_clean() -> bool:
    return [difference.text for difference in integrity.differences()] == []


def new_year(world: World) -> None:
    world.at = NEW_YEAR


def money_rows() -> dict[str, list[tuple[Any, ...]]]:
    """Everything that money could leave a trace in, row by row."""
    tables = ("funding_ledgerentry", "funding_budgetline", "funding_commitment", "funding_reservation",
              "funding_subbudget", "funding_disbursement", "funding_budgetimport", "funding_resolution")  # fmt: skip
    with connection.cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608 - the names stand above
            found[table] = cursor.fetchall()
        return found
