"""The one job that config has: proof that beat, broker and worker reach each other."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from config.health import remember_heartbeat


@shared_task
def heartbeat() -> None:
    """Leaves the time in the cache; /healthz looks how long ago that was."""
    remember_heartbeat(at=timezone.now())
