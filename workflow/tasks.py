"""Celery tasks of the office: fetch, call, count."""

from celery import shared_task
from django.utils import timezone

from applications import scanning
from journal import reminders
from workflow import bulk, counting, waiting
from workflow.models import CaseMessageFile
from workflow.reminders import may_send


@shared_task
def send_reminders() -> int:
    now = timezone.now()
    return reminders.run(today=timezone.localdate(now), at=now) if may_send(now) else 0


@shared_task
def offer_waiting() -> int:
    """Every few minutes: is money free for the next on a waiting list? Returns how many offers began or ended."""
    return waiting.offer_waiting(at=timezone.now())


@shared_task
def scan_message_files() -> int:
    """Asks the virus scanner about files of messages that are held back; returns how many have an answer now."""
    return scanning.scan_waiting(CaseMessageFile)


@shared_task
def work_off_jobs() -> int:
    """Batch by batch: the steps that people ordered for many cases at once. Returns how many rows have a result now."""
    done = 0
    while left := bulk.work(at=timezone.now()):
        done += left
    return done


@shared_task
def fold_counts() -> int:
    """Adds up what the triggers noted about how cases stand; returns how many rows are left."""
    return counting.fold()
