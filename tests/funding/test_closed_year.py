"""A closed year refuses every door but one, and a year that was opened again opens only what that takes.

The doors are found in the code: a verb, an order or an address that is new and stands in no table here fails.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.urls import URLPattern, reverse
from pytest_django import Settings

from funding import budgeting, imports, ledger, payments, urls
from funding.import_columns import HEADINGS, KINDS, LINE
from funding.import_files import BudgetFile
from funding.models import BudgetLine, Commitment, Disbursement, PaymentRun
from journal.refusals import Faster, Refused
from tests.factories import BERLIN, World, euros
from tests.funding import test_ledger as book
from tests.funding.pages import client_of
from tests.funding.year_end_stage import (
    bound,
    money_rows,
    new_year,
    officer,
    order_payment,
    pay,
    request,
    send_to_bank,
)

Status = BudgetLine.Status
THREAD = "INT-2026-0900"


@dataclass
class Stage:
    """2026 with money in every condition, 2027 beside it. `paid` has come out, `sent` lies with the bank."""

    world: World
    line: BudgetLine
    next: BudgetLine
    bound: Commitment
    pledged: Commitment
    paid: Disbursement
    sent: Disbursement
    run: PaymentRun

    @property
    def told(self) -> dict[str, Any]:
        return {"actor": book.OFFICER, "at": self.world.at}

    @property
    def officer(self) -> dict[str, Any]:
        return {"actor": officer(self.world), "at": self.world.at}


@pytest.fixture
def stage(db: None, settings: Settings) -> Stage:
    """Everything is still open when the year is shut by hand: each door would lead somewhere."""
    settings.DEMO = True
    world = World()
    award = world.active()
    paid = pay(world, bound(award), "600")
    sent = order_payment(world, request(world, bound(award), "300"))
    run = send_to_bank(world, sent)
    pledged = pledge(world.line)
    book.reserve(world.line, "50", thread=THREAD)
    ledger.freeze(world.line, euros("40"), move=book.move("Sperre"))
    other = BudgetLine.objects.create(
        fiscal_year=2026, product="3.5.1.02", account="4318", title="Zweite", status="open"
    )
    ledger.appropriate(other, euros("10"), move=book.move())
    new_year(world)
    ledger.roll_year(2027, actor=world.cast.actor["system"], at=world.at)
    after = BudgetLine.objects.get(fiscal_year=2027, product=world.line.product)
    ledger.appropriate(after, euros("10"), move=book.move())
    return Stage(
        world=world,
        line=world.line,
        next=after,
        bound=bound(award),
        pledged=pledged,
        paid=paid,
        sent=Disbursement.objects.get(pk=sent.pk),
        run=run,
    )


def pledge(line: BudgetLine) -> Commitment:
    """An award of 2025 that burdens 2026 and was not bound when the year was approved."""
    before = book.new_line(2025, amount="10")
    BudgetLine.objects.filter(pk=line.pk).update(status=Status.PROVISIONAL)
    move = ledger.Movement(
        actor=book.OFFICER, at=datetime(2025, 12, 1, tzinfo=BERLIN), reason="Bewilligung", thread="INT-2026-0901"
    )
    shares = {before: euros("10"), line: euros("70")}
    made = ledger.share_out(shares, purpose=book.purpose(), decided_by=None, move=move)
    BudgetLine.objects.filter(pk=line.pk).update(status=Status.OPEN)
    return next(found for found in made if found.pledged)


def shut(stage: Stage, status: str) -> None:
    BudgetLine.objects.filter(fiscal_year=2026).update(status=status)
    stage.line.refresh_from_db()


def second(_stage: Stage) -> BudgetLine:
    return BudgetLine.objects.get(fiscal_year=2026, product="3.5.1.02")


Door = Callable[[Stage], object]
back: dict[str, Any] = {"reference": "R-1", "reason": "Konto erloschen"}

DOORS: dict[str, Door] = {
    "allocate": lambda s: ledger.allocate(s.line, s.world.measure, euros("1"), move=book.move()),
    "appropriate": lambda s: ledger.appropriate(s.line, euros("1"), move=book.move()),
    "approve_excess": lambda s: ledger.approve_excess(s.line, euros("1"), move=book.move()),
    "carry_commitment": lambda s: ledger.carry_commitment(s.bound, reason="x", **s.told),
    "carry_rest": lambda s: ledger.carry_rest(s.line, euros("1"), move=book.move()),
    "close_year": lambda s: ledger.close_year(2026, reason="x", **s.told),
    "commit": lambda s: book.commit(s.line, "1.00", "INT-2026-0950"),
    "earmark": lambda s: ledger.earmark(s.line, euros("1"), move=book.move()),
    "freeze": lambda s: ledger.freeze(s.line, euros("1"), move=book.move()),
    "lay_out": lambda s: ledger.lay_out(2026, product="9", account="9", title="Neu", reason="x", **s.told),
    "open_year": lambda s: ledger.open_year(s.line, **s.told),
    "pay": lambda s: book.pay(s.bound, "1", reference="neu"),
    "put_aside": lambda s: ledger.put_aside({s.line: euros("60")}, thread=THREAD, belongs={}, **s.told),
    "redeem": lambda s: ledger.redeem(s.pledged, **s.told),
    "reduce": lambda s: ledger.reduce(s.bound, euros("1000"), reason="x", **s.told),
    "release": lambda s: ledger.release(THREAD, reason="x", **s.told),
    "repay": lambda s: ledger.repay(s.bound, euros("1"), paid_on=date(2026, 12, 30), **s.told),
    "reserve": lambda s: book.reserve(s.line, "60", thread=THREAD),
    "return_from_bank": lambda s: ledger.return_from_bank(s.bound, euros("1"), **back, **s.told),
    "share_out": lambda s: ledger.share_out(
        {s.line: euros("1"), second(s): euros("1")}, purpose=book.purpose(), decided_by=None,
        move=book.move(thread="INT-2026-0950"),
    ),
    "supplement": lambda s: ledger.supplement(s.line, euros("1"), move=book.move(), override=True),
    "transfer": lambda s: ledger.transfer(second(s), s.line, euros("1"), move=book.move()),
    "unfreeze": lambda s: ledger.unfreeze(s.line, euros("1"), move=book.move()),
}  # fmt: skip
"""Verbs that would write into 2026."""
THE_ONE: dict[str, Door] = {
    "return_and_carry": lambda s: ledger.return_and_carry(s.bound, euros("600"), **back, **s.told),
    "return_and_reopen": lambda s: ledger.return_and_reopen(s.bound, euros("600"), **back, **s.told),
}
"""The one door: a payment of that year comes back, and the year is opened for it or the money goes on."""
HARMLESS = {
    "Movement", "NotEnough", "Purpose", "bind_pledges", "lock", "lock_award", "lock_commitments", "lock_lines", "missing_lines",
    "next_line", "roll_year", "transferable",
}  # fmt: skip
"""Words, locks and questions; the roll, which writes into the year after alone; and pledges, which are
bound in approved years alone."""
STAY_OPEN = {"return_from_bank", "pay", "reduce", "carry_commitment", "repay", "close_year"}
"""What a year that was opened again for a return lets through."""


def test_every_verb_of_the_ledger_stands_in_the_table() -> None:
    assert set(ledger.__all__) == DOORS.keys() | THE_ONE.keys() | HARMLESS


def walk(stage: Stage, doors: Mapping[str, Door], sentence: str = "") -> dict[str, str]:
    """Tries each door and undoes it; tells what was wrong: a door that opened, left traces, or said something else."""
    wrong, before = {}, money_rows()
    for name, door in doors.items():
        with transaction.atomic():
            try:
                door(stage)
                wrong[name] = "opened"
            except (Refused, Faster) as answer:
                if sentence not in answer.sentence:
                    wrong[name] = answer.sentence
            if name not in wrong and money_rows() != before:
                wrong[name] = "left traces"
            transaction.set_rollback(True)
    return wrong


def opens(stage: Stage, doors: Mapping[str, Door]) -> set[str]:
    """Those doors that lead somewhere; each is undone."""
    found, before = set(), money_rows()
    for name, door in doors.items():
        with transaction.atomic():
            with suppress(Refused, Faster):
                door(stage)
            if money_rows() != before:
                found.add(name)
            transaction.set_rollback(True)
    return found


def test_a_closed_year_refuses_every_verb_of_the_ledger(stage):
    shut(stage, Status.CLOSED)
    doors = {verb: door for verb, door in DOORS.items() if verb != "open_year"}
    assert walk(stage, doors, "abgeschlossen") == {}
    assert walk(stage, {"open_year": DOORS["open_year"]}, "Nur ein vorläufiger") == {}


def test_the_one_door_of_a_closed_year_is_open(stage):
    shut(stage, Status.CLOSED)
    assert opens(stage, THE_ONE) == THE_ONE.keys()


def test_a_year_that_was_opened_again_takes_only_what_a_return_needs(stage):
    shut(stage, Status.REOPENED)
    assert opens(stage, DOORS | THE_ONE) == STAY_OPEN - {"close_year"}
    shut(stage, Status.OPEN)
    ready(stage)
    shut(stage, Status.REOPENED)
    assert opens(stage, {"close_year": DOORS["close_year"]}) == {"close_year"}


def ready(stage: Stage) -> None:
    """Nothing is open or put aside any more."""
    ledger.release(THREAD, reason="x", **stage.told)
    ledger.reduce(stage.pledged, euros("0"), reason="x", **stage.told)
    ledger.carry_commitment(stage.bound, reason="x", **stage.told)


@pytest.mark.parametrize("status", [Status.CLOSED, Status.REOPENED])
def test_the_roll_never_adds_to_a_year_that_is_over(stage, status):
    BudgetLine.objects.create(fiscal_year=2025, product="9", account="9", title="Alt", status=Status.OPEN)
    shut(stage, status)
    before = money_rows()
    assert ledger.roll_year(2026, **stage.told) == []
    assert money_rows() == before


# The officer's orders


def order(verb: str, **more: Any) -> Door:
    def act(s: Stage) -> None:
        resolved = budgeting.Resolved(
            body="county_council", resolved_on=date(2026, 12, 14), number="99/2026", subject="Nachtrag"
        )
        target = {"transfer": second(s), "allocation": s.world.measure}.get(verb)
        book_it = budgeting.Order(
            verb=verb, line=s.line, amount=euros("1"), reason="x", resolved=resolved, target=target, override=True
        )
        budgeting.book(book_it, **s.officer)

    return act


ORDERS: dict[str, Door] = {verb: order(verb) for verb in budgeting.VERBS}
OFFICE: dict[str, Door] = {
    "approve": lambda s: budgeting.approve(s.line, reason="x", **s.officer),
    "bind": lambda s: budgeting.bind(s.pledged, **s.officer),
    "carry": lambda s: budgeting.carry(s.bound, reason="x", **s.officer),
    "close": lambda s: budgeting.close(2026, reason="x", **s.officer),
    "create_line": lambda s: budgeting.create_line(
        budgeting.NewLine(fiscal_year=2026, product="9", account="9", title="Neu"), euros("1"), reason="x", **s.officer
    ),
    "release": lambda s: budgeting.release(s.bound, reason="x", **s.officer),
}
ONLY_NEXT_YEAR = {"book", "lay_out_year"}
"""`book` is walked order by order; laying out the next year writes into that alone."""


def test_every_order_of_the_officer_stands_in_the_table() -> None:
    public = {
        name
        for name, found in vars(budgeting).items()
        if inspect.isfunction(found) and found.__module__ == budgeting.__name__ and not name.startswith("_")
        and "actor" in inspect.signature(found).parameters
    }  # fmt: skip
    assert public == OFFICE.keys() | ONLY_NEXT_YEAR


@pytest.mark.parametrize("status", [Status.CLOSED, Status.REOPENED])
def test_no_order_moves_a_year_that_is_over(stage, status):
    shut(stage, status)
    assert walk(stage, ORDERS) == {}


def test_nothing_that_the_officer_does_moves_a_closed_year(stage):
    shut(stage, Status.CLOSED)
    assert walk(stage, OFFICE) == {}


def addresses(stage: Stage) -> Iterator[str]:
    """Every address of the budget, with each thing of 2026 that may stand in it."""
    values = {"pk": [stage.line.pk], "year": [2026], "verb": list(budgeting.VERBS)}
    for entry in urls.urlpatterns:
        assert isinstance(entry, URLPattern)
        if not str(entry.pattern).startswith("haushalt/"):
            continue
        named = [name for name in entry.pattern.converters if name in values]
        assert set(named) == set(entry.pattern.converters), f"{entry.name}: a new kind of part in the address"
        spread: list[dict[str, Any]] = [{}]
        for name in named:
            spread = [{**args, name: one} for args in spread for one in values[name]]
        for args in spread:
            yield reverse(f"funding:{entry.name}", kwargs={**args, **entry.default_args})


def everything(stage: Stage) -> dict[str, Any]:
    """What any of the forms asks for."""
    return {
        "amount": "1,00", "confirm": "1.00", "reason": "x", "fiscal_year": "2026", "product": "9", "account": "9",
        "title": "Neu", "body": "county_council", "resolved_on": "14.12.2026", "number": "99/2026", "subject": "N",
        "target": str(second(stage).pk), "target_line": str(second(stage).pk), "override": "on", "tun": "freigeben",
        "festlegung": [str(stage.bound.pk), str(stage.pledged.pk)], "value_on": "30.12.2026",
        "measure": str(stage.world.measure.pk), "programme": str(stage.world.programme.pk),
    }  # fmt: skip


def test_no_address_of_the_budget_moves_a_closed_year(stage):
    shut(stage, Status.CLOSED)
    before = {table: rows for table, rows in money_rows().items() if table != "funding_resolution"}
    lines = BudgetLine.objects.filter(fiscal_year=2026).count()
    walked = 0
    with time_machine.travel(stage.world.at, tick=False):
        client = client_of(stage.world, "budget_officer")
        for url in addresses(stage):
            for changes in ({}, {"confirm": "1000.00"}, {"tun": "uebertragen", "confirm": "1070.00"},
                            {"tun": "freigeben", "confirm": "1070.00"}, {"tun": "festlegen", "confirm": "1070.00"}):  # fmt: skip
                answer = client.post(url, everything(stage) | changes)
                assert answer.status_code < 500, url
                walked += 1
    after = {table: rows for table, rows in money_rows().items() if table != "funding_resolution"}
    assert after == before
    assert BudgetLine.objects.filter(fiscal_year=2026).count() == lines
    assert walked > 50


def file_of(stage: Stage, kind: str) -> BudgetFile:
    """One row that would move the line, or lay out a new one."""
    own = {"product": stage.line.product, "account": stage.line.account}
    row = own | {
        "fiscal_year": "2026", "kind": KINDS[kind], "amount": "1,00", "reason": "x", "body": "Kreistag",
        "resolved_on": "14.12.2026", "number": "99/2026", "subject": "Nachtrag",
    }  # fmt: skip
    if kind == LINE:
        row |= {"product": "9", "account": "9", "title": "Neu", "amount": ""}
    if kind == "transfer":
        row |= {"other_product": second(stage).product, "other_account": second(stage).account}
    if kind == "allocation":
        row["part"] = stage.world.measure.code
    wanted = {name: row[name] for name in HEADINGS if name in row and (kind != LINE or name not in RESOLVED)}
    head = ";".join(HEADINGS[name] for name in wanted)
    return BudgetFile(name="haushalt.csv", data=f"{head}\r\n{';'.join(wanted.values())}".encode())


RESOLVED = {"body", "resolved_on", "number", "subject"}


@pytest.mark.parametrize("status", [Status.CLOSED, Status.REOPENED])
def test_no_file_moves_a_year_that_is_over(stage, status):
    shut(stage, status)
    for kind in KINDS:
        shown = imports.preview(file_of(stage, kind), **stage.officer)
        told = " ".join(sentence for row in shown.wrong for _column, sentence in row.errors)
        assert shown.wrong, kind
        assert "geöffnet" in told or "abgeschlossen" in told or kind == "appropriation", f"{kind}: {told}"
        before = money_rows()
        with suppress(Refused):
            assert not imports.book(file_of(stage, kind), seen=shown.seen, **stage.officer)[1]
        assert money_rows() == before


# Payments


def step(payment: str, name: str, role: str, **data: Any) -> Door:
    return lambda s: s.world.do(getattr(s, payment), name, role, **data)


STEPS: dict[str, Door] = {
    "execute": step("sent", "execute", "treasury", executed_on=date(2026, 12, 30)),
    "execute_run": lambda s: payments.execute_run(
        s.run, executed_on=s.world.at.date(), actor=s.world.cast.actor["treasury"], at=s.world.at
    ),
    "take_back": step("paid", "take_back", "treasury", reason="Konto erloschen"),
}


def test_no_payment_moves_a_closed_year_but_those_of_a_year_opened_again_go_on(stage):
    shut(stage, Status.CLOSED)
    assert walk(stage, STEPS, "abgeschlossen") == {}
    shut(stage, Status.REOPENED)
    assert opens(stage, STEPS) == STEPS.keys()


@pytest.mark.parametrize("reopen", [True, False])
def test_the_budget_officer_takes_back_late_and_nobody_does_before(stage, reopen):
    late = step("paid", "take_back_late", "budget_officer", reopen=reopen, reason="Konto erloschen")
    assert walk(stage, {"take_back_late": late}, "bucht die Kreiskasse") == {}
    shut(stage, Status.CLOSED)
    late(stage)
    assert Disbursement.objects.get(pk=stage.paid.pk).state == "returned"


def test_the_stage_is_set_so_that_every_door_would_open(stage):
    """What is refused above is refused for the year alone: in an open year the same doors lead somewhere."""
    elsewhere = {"appropriate", "open_year", "close_year", "lay_out"}
    assert opens(stage, DOORS) == DOORS.keys() - elsewhere | {"appropriate", "lay_out"}
    assert opens(stage, STEPS) == STEPS.keys()
    assert opens(stage, ORDERS) == ORDERS.keys() - {"appropriation"}
    assert opens(stage, OFFICE) == OFFICE.keys() - {"approve", "close", "release"}
