"""Celery tasks of the treasury: fetch, call, count."""

from celery import shared_task
from django.utils import timezone

from funding import integrity


@shared_task
def check_budget() -> int:
    """Each night: do commitments and payments fit the yearly budget? Returns how many alerts stand."""
    return integrity.raise_alerts(at=timezone.now())
