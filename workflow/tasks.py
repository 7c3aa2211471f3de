"""Celery tasks of the office: fetch, call, count."""

from celery import shared_task
from django.utils import timezone

from journal import reminders
from workflow.reminders import may_send


@shared_task
def send_reminders() -> int:
    now = timezone.now()
    return reminders.run(today=timezone.localdate(now), at=now) if may_send(now) else 0
