"""Celery tasks of the front door: fetch, call, count."""

from celery import shared_task

from applications import scanning
from applications.models import Attachment, OrganisationDocument


@shared_task
def scan_files() -> int:
    """Asks the virus scanner about files that are still held back; returns how many have an answer now."""
    return sum(scanning.scan_waiting(model) for model in (Attachment, OrganisationDocument))
