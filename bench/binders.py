"""Processes that bind money on one line: ``python -m bench.binders``, with ours and with bare SQL in turns.

The bare ones send the statements of `ledger.commit`, in its transaction, by the driver alone: psycopg or sqlite3 with
the settings of the product (`PRAGMA synchronous=FULL` there, the server's own here).
"""

from __future__ import annotations

import json
import multiprocessing
import sqlite3
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import django
import psycopg
from django.core.management import call_command
from django.db import connection

django.setup()

from config.environment import SQLITE_OPTIONS  # noqa: E402
from funding import integrity, ledger  # noqa: E402
from funding.models import BudgetLine, Programme  # noqa: E402
from journal.actors import Actor  # noqa: E402

PROCESSES, SECONDS, TURNS = 4, 2.0, 3
KEY = uuid.uuid4()
ACTOR = Actor(key=KEY, name="Bench", roles=frozenset({"decider"}), role="decider")
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

Bind = Callable[[str], None]
"""Binds a cent for the file of this name."""


def ours(line: int, programme: int) -> Bind:
    purpose = ledger.Purpose(
        payee_key=uuid.uuid4(), payee_name="Verein", payee_iban="DE43999999990001000001", is_natural_person=False,
        title="Projekt", programme=Programme.objects.get(pk=programme), measure=None, municipality=None,
    )  # fmt: skip
    found = BudgetLine.objects.get(pk=line)

    def bind(thread: str) -> None:
        move = ledger.Movement(actor=ACTOR, at=AT, reason="Bewilligung", thread=thread)
        ledger.commit(found, Decimal("0.01"), purpose=purpose, decided_by=KEY, move=move)

    return bind


LOCK = (
    "SELECT id, fiscal_year, product, account, title, status, divided_by, appropriation, supplement, carry_in, "
    "carry_out, transfer_in, transfer_out, excess, earmarked, frozen, reserved, committed, paid, shortfall, set_aside "
    "FROM funding_budgetline WHERE id = %s FOR UPDATE"
)
OWN = (
    "SELECT r.id, r.line_id, r.part_id, r.thread, r.amount, p.id, p.line_id, p.programme_id, p.measure_id, "
    "p.municipality_id, p.share, p.reserved, p.committed FROM funding_reservation r LEFT OUTER JOIN funding_subbudget p "
    "ON r.part_id = p.id WHERE r.amount > 0 AND r.line_id = %s AND r.thread = %s ORDER BY r.id LIMIT 1"
)
CLAIM = (
    "UPDATE funding_budgetline SET committed = committed + %s WHERE id = %s AND status = 'open' AND committed <= "
    "appropriation + supplement + carry_in - carry_out + transfer_in - transfer_out + excess + earmarked - frozen "
    "- reserved - set_aside - %s"
)
COMMITMENT = (
    "INSERT INTO funding_commitment (line_id, part_id, carried_from_id, thread, amount, pledged, paid, payee_key, "
    "payee_name, payee_iban, is_natural_person, title, decided_by, programme_id, measure_id, municipality_id, "
    "committed_on, payable_from, is_public) VALUES (%s, NULL, NULL, %s, %s, 0, 0, %s, 'Verein', "
    "'DE43999999990001000001', %s, 'Projekt', %s, %s, NULL, NULL, '2026-03-02', NULL, %s) RETURNING id"
)
ENTRY = (
    "INSERT INTO funding_ledgerentry (line_id, part_id, voucher, kind, amount, value_on, recorded_at, actor_key, "
    "actor_role, reason, thread, commitment_id, payment_reference, resolution_id) VALUES (%s, NULL, %s, 'commitment', "
    "%s, '2026-03-02', %s, %s, 'decider', 'Bewilligung', %s, %s, '', NULL) RETURNING id"
)


def bare(line: int, programme: int) -> Bind:
    """The same five statements between BEGIN and COMMIT, with nothing above the driver."""
    is_sqlite = connection.vendor == "sqlite"
    opened: Any = _sqlite() if is_sqlite else _postgresql()
    texts = [LOCK.replace(" FOR UPDATE", ""), OWN, CLAIM, COMMITMENT, ENTRY]
    if is_sqlite:
        lock, own, claim, commitment, entry = [text.replace("%s", "?") for text in texts]
    else:
        lock, own, claim, commitment, entry = LOCK, OWN, CLAIM, COMMITMENT, ENTRY
    begin = "BEGIN IMMEDIATE" if is_sqlite else "BEGIN"
    payee, actor, at = (uuid.uuid4().hex, KEY.hex, "2026-03-02 09:00:00") if is_sqlite else (uuid.uuid4(), KEY, AT)

    def bind(thread: str) -> None:
        cursor = opened.cursor()
        cursor.execute(begin)
        cursor.execute(lock, (line,))
        assert cursor.fetchone()
        cursor.execute(own, (line, thread))
        assert not cursor.fetchall()
        cursor.execute(claim, (1, line, 1))
        assert cursor.rowcount == 1
        cursor.execute(commitment, (line, thread, 1, payee, False, actor, programme, False))
        made = cursor.fetchone()[0]
        voucher = uuid.uuid4()
        cursor.execute(entry, (line, voucher.hex if is_sqlite else voucher, 1, at, actor, thread, made))
        cursor.fetchone()
        cursor.execute("COMMIT")

    return bind


def _sqlite() -> sqlite3.Connection:
    opened = sqlite3.connect(connection.settings_dict["NAME"], timeout=SQLITE_OPTIONS["timeout"], isolation_level=None)
    opened.executescript(SQLITE_OPTIONS["init_command"])
    return opened


def _postgresql() -> psycopg.Connection[Any]:
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    settings = connection.settings_dict
    given = {ours: settings[theirs] for ours, theirs in names.items() if settings[theirs]}
    return psycopg.connect(**given, autocommit=True)


def _run(
    kind: Callable[[int, int], Bind], rows: tuple[int, int], turn: str, gate: Any, counts: Any, number: int
) -> None:
    bind = kind(*rows)
    done = 0
    bind(f"{turn}-{number}-warm")
    gate.wait()
    until = time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        bind(f"{turn}-{number}-{done}")
        done += 1
    counts[number] = done


def per_second(kind: Callable[[int, int], Bind], rows: tuple[int, int], turn: str) -> float:
    """Operations per second of all processes together on the one line."""
    forks = multiprocessing.get_context("fork")
    gate, counts = forks.Barrier(PROCESSES), forks.Array("q", PROCESSES, lock=False)
    args = [(kind, rows, turn, gate, counts, number) for number in range(PROCESSES)]
    at_work = [forks.Process(target=_run, args=each) for each in args]
    for process in at_work:
        process.start()
    for process in at_work:
        process.join()
    assert not any(process.exitcode for process in at_work), "a process failed"
    return sum(int(count) for count in counts) / SECONDS


def _prepare() -> tuple[int, int]:
    call_command("migrate", verbosity=0)
    made = Programme.objects.create(slug="p", title="P", financing="share", product="3.5.1.01", account="4318")
    line = BudgetLine.objects.create(
        fiscal_year=2026, product="3.5.1.01", account="4318", title="Linie", status=BudgetLine.Status.OPEN
    )
    ledger.appropriate(line, Decimal(1_000_000), move=ledger.Movement(actor=ACTOR, at=AT, reason="Haushalt"))
    return line.pk, made.pk


def _let_go() -> None:
    """No connection and no pool goes into a fork."""
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]


def main() -> None:
    rows = _prepare()
    _let_go()
    found: dict[str, list[float]] = {"ours": [], "bare": []}
    for turn in range(TURNS):
        found["bare"].append(per_second(bare, rows, f"B{turn}"))
        found["ours"].append(per_second(ours, rows, f"O{turn}"))
    assert not list(integrity.differences()), "the books do not fit"
    print(json.dumps(found))


if __name__ == "__main__":
    main()
