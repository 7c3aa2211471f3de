"""A book of any length and what it takes to show and to prove, on PostgreSQL: ``python -m bench.heap fill 10000``,
then ``page``, ``proof`` or ``memory``, each a process of its own that prints what it measured as JSON.

`fill` writes by bare SQL: the same twenty lines and the same days for any number of entries, four entries a commitment,
counters that fit, and a balance of every day by `balances.close_day` as each night.
"""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

django.setup()

from accounts.models import User  # noqa: E402
from accounts.roles import Role  # noqa: E402
from bench.frame import median_ms  # noqa: E402
from funding import balances, integrity  # noqa: E402
from funding.models import BudgetLine, Programme  # noqa: E402
from tests.factories import person  # noqa: E402

LINES, DAYS, ENTRIES_EACH, TIMES = 20, 250, 4, 9
OFFICER = "haushalt@bench.example"

COMMITMENTS = """
INSERT INTO funding_commitment (line_id, thread, amount, pledged, paid, payee_key, payee_name, payee_iban,
  is_natural_person, title, programme_id, committed_on, is_public)
SELECT l.id, 'INT-' || n, 400, 0, 300, gen_random_uuid(), 'Verein', 'DE43999999990001000001', false, 'Projekt', %(programme)s,
  %(first)s, false
FROM generate_series(1, %(count)s) n JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM funding_budgetline) l
  ON l.place = 1 + n %% %(lines)s
"""
ENTRIES = """
INSERT INTO funding_ledgerentry (line_id, voucher, kind, amount, value_on, recorded_at, actor_role, reason, thread,
  commitment_id, payment_reference)
SELECT c.line_id, gen_random_uuid(), CASE step WHEN 0 THEN 'commitment' ELSE 'disbursement' END,
  CASE step WHEN 0 THEN 400 ELSE 100 END, %(first)s, %(first)s + make_interval(days => day, hours => 10), 'budget_officer',
  'Last', c.thread, c.id, CASE step WHEN 0 THEN '' ELSE c.thread || '-' || step END
FROM (SELECT n / 100 %% %(days)s AS day, n %% 4 AS step, n / 4 AS place FROM generate_series(0, %(entries)s - 1) n) e
JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place FROM funding_commitment) c USING (place)
"""
APPROPRIATIONS = """
INSERT INTO funding_ledgerentry (line_id, voucher, kind, amount, value_on, recorded_at, actor_role, reason, thread,
  payment_reference)
SELECT id, gen_random_uuid(), 'appropriation', 50000000, %(first)s, %(first)s, 'budget_officer', 'Haushalt', '', ''
FROM funding_budgetline
"""
COUNTERS = """
UPDATE funding_budgetline l SET appropriation = 50000000, committed = c.amount, paid = c.paid
FROM (SELECT line_id, sum(amount) AS amount, sum(paid) AS paid FROM funding_commitment GROUP BY line_id) c
WHERE c.line_id = l.id
"""
AGGREGATES = (
    "SELECT line_id, part_id, kind, sum(amount) FROM funding_ledgerentry GROUP BY line_id, part_id, kind",
    "SELECT line_id, sum(amount), sum(paid), sum(pledged) FROM funding_commitment GROUP BY line_id",
    "SELECT line_id, sum(amount) FROM funding_reservation GROUP BY line_id",
    """SELECT c.id FROM funding_commitment c LEFT JOIN funding_ledgerentry e ON e.commitment_id = c.id
       GROUP BY c.id HAVING c.amount <> coalesce(sum(e.amount) FILTER (WHERE e.kind = 'commitment'), 0)
         - coalesce(sum(e.amount) FILTER (WHERE e.kind = 'repayment_same_year'), 0)
       OR c.paid <> coalesce(sum(e.amount) FILTER (WHERE e.kind = 'disbursement'), 0)
         - coalesce(sum(e.amount) FILTER (WHERE e.kind IN ('bank_return', 'repayment_same_year')), 0)
       OR c.pledged <> coalesce(sum(e.amount) FILTER (WHERE e.kind = 'reservation'), 0)""",
    """SELECT c.id FROM funding_commitment c LEFT JOIN funding_disbursement d ON d.commitment_id = c.id
       GROUP BY c.id HAVING coalesce(sum(d.amount) FILTER (WHERE d.state IN
         ('requested', 'verified', 'authorised', 'exported', 'returned')), 0) > c.amount - c.paid""",
    """SELECT line_id, part_id, kind, sum(amount) FROM funding_ledgerentry
       WHERE recorded_at < (SELECT max(day) + 1 FROM funding_daybalance) GROUP BY line_id, part_id, kind""",
)
"""What the proof asks the database, by hand: the least that anybody could do it with."""


def fill(entries: int, *, today: date) -> None:
    call_command("migrate", verbosity=0)
    programme = Programme.objects.create(slug="p", title="P", financing="share", product="3.5.1.01", account="4318")
    for number in range(LINES):
        BudgetLine.objects.create(
            fiscal_year=today.year, product=f"3.5.1.{number:02d}", account="4318", title="Linie", status="open"
        )
    first = today - timedelta(days=DAYS)
    words: dict[str, int | date] = {"programme": programme.pk, "first": first, "lines": LINES, "days": DAYS}
    words |= {"entries": entries, "count": entries // ENTRIES_EACH}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # the keys are right: no need to look each up
        for statement in (COMMITMENTS, ENTRIES, APPROPRIATIONS, COUNTERS):
            cursor.execute(statement, words)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    person(OFFICER, Role.BUDGET_OFFICER)
    for day in range(DAYS):
        balances.close_day(first + timedelta(days=day))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def page_ms(officer: User, *, today: date) -> float:
    """The budget as it is and as it was half of the days ago, one after the other."""
    client = Client(HTTP_HOST="localhost")
    client.force_login(officer)
    past = today - timedelta(days=DAYS // 2)

    def both() -> None:
        for words in ({}, {"stand": past.isoformat()}):
            response = client.get(reverse("funding:budget"), words)
            assert response.status_code == 200, response.status_code

    return median_ms(both, times=TIMES)


def check_s() -> float:
    return median_ms(_prove, times=3, warm_up=1) / 1000


def _prove() -> None:
    assert not list(integrity.differences()), "the books do not fit"


def bare_s() -> float:
    return median_ms(_ask, times=3, warm_up=1) / 1000


def _ask() -> None:
    with connection.cursor() as cursor:
        for statement in AGGREGATES:
            cursor.execute(statement)
            cursor.fetchall()


def peak_mb() -> float:
    """Megabytes that this process ever had in memory; what its parent had is not counted, unlike in `getrusage`."""
    _prove()
    words = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(words["VmHWM"].removesuffix("kB")) / 1024


def main(what: str, entries: str = "0") -> None:
    today = timezone.localdate()
    if what == "fill":
        fill(int(entries), today=today)
        found: object = BudgetLine.objects.filter(committed__gt=Decimal(0)).count()
    elif what == "page":
        found = page_ms(User.objects.get(email=OFFICER), today=today)
    elif what == "proof":
        found = {"check": check_s(), "bare": bare_s()}
    else:
        found = peak_mb()
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
