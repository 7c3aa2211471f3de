"""The background jobs: one application, and everything that happens by the clock in one table."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import beat_init, celeryd_init
from django.core.exceptions import ImproperlyConfigured

from config.checks import refuse_public_demo

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

EVERY_MINUTE = crontab()
EVERY_TEN_SECONDS = timedelta(seconds=10)
"""For what somebody waits for at a page."""
SCHEDULE: dict[str, dict[str, Any]] = {
    "Beat is alive": {"task": "config.tasks.heartbeat", "schedule": EVERY_MINUTE},
    "Send what is in the outbox": {"task": "journal.tasks.deliver_outbox", "schedule": EVERY_MINUTE},
    "Work off what was ordered for many cases": {
        "task": "workflow.tasks.work_off_jobs",
        "schedule": EVERY_TEN_SECONDS,
    },
    "Ask the virus scanner": {"task": "applications.tasks.scan_files", "schedule": EVERY_MINUTE},
    "Ask the virus scanner about messages": {"task": "workflow.tasks.scan_message_files", "schedule": EVERY_MINUTE},
    "Remind of deadlines": {"task": "workflow.tasks.send_reminders", "schedule": crontab(minute=5)},
    "Offer what the waiting list can have": {
        "task": "workflow.tasks.offer_waiting",
        "schedule": crontab(minute="*/5"),
    },
    "Add up how cases stand": {"task": "workflow.tasks.fold_counts", "schedule": crontab(minute="*/5")},
    "Lay out the new year": {"task": "funding.tasks.roll_year", "schedule": crontab(minute=1)},
    "Close the day": {"task": "funding.tasks.close_day", "schedule": crontab(hour=1, minute=30)},
    "Check the budget": {"task": "funding.tasks.check_budget", "schedule": crontab(hour=2, minute=10)},
}
"""By the clock of Europe/Berlin. A job that was missed is made up for by the next one: work is rows, not messages."""

app = Celery("foerdertopf")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = {name: {**job, "options": {"expires": 3600}} for name, job in SCHEDULE.items()}
app.autodiscover_tasks()


@celeryd_init.connect
@beat_init.connect
def stay_at_home(**_: object) -> None:
    """Celery logs what a receiver raises and goes on; only an exit stops it."""
    try:
        refuse_public_demo()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error


@beat_init.connect
def beat_at_once(**_: object) -> None:
    """Without this /healthz would call a fresh start ill for up to a minute."""
    app.send_task("config.tasks.heartbeat")
