"""Celery tasks of the journal: fetch, call, count."""

from celery import shared_task
from django.utils import timezone

from journal import outbox


@shared_task
def deliver_outbox() -> int:
    return outbox.deliver(now=timezone.now())
