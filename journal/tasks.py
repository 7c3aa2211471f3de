"""Celery tasks of the journal: fetch, call, count."""

from celery import shared_task
from django.utils import timezone

from journal import outbox


@shared_task
def deliver_outbox() -> int:
    """Batch by batch, each with the time of its own: stops when nothing is due or nothing gets through."""
    sent = 0
    while left := outbox.deliver(now=timezone.now()):
        sent += left
    return sent
