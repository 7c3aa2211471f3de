"""Celery tasks of the treasury: fetch, call, count."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from funding import balances, integrity, ledger
from journal.actors import system_actor


@shared_task
def check_budget() -> int:
    """Each night: pledges whose money came are bound; then: do commitments and payments fit the yearly budget?

    Returns how many alerts stand.
    """
    now = timezone.now()
    ledger.bind_pledges(actor=system_actor(), at=now)
    return integrity.raise_alerts(at=now)


@shared_task
def close_day() -> int:
    """Each night: the balance of the day that is over, for every line that moved. Returns how many lines that were."""
    return balances.close_day(timezone.localdate() - timedelta(days=1))


@shared_task
def roll_year() -> int:
    """From 1 January the new year's lines are there, provisional (§ 116 NKomVG). Returns how many were laid out."""
    now = timezone.now()
    return len(ledger.roll_year(timezone.localdate(now).year, actor=system_actor(), at=now))
