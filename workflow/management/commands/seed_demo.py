"""Fills an empty database with believable years for a first look (demo mode only)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from funding.models import Programme
from workflow.demo.seed import seed


class Command(BaseCommand):
    help = "Füllt eine leere Datenbank mit Demodaten."

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.TESTING):
            raise CommandError("Demodaten gibt es nur im Demobetrieb (DEMO=1).")
        if Programme.objects.exists():
            self.stdout.write("Es gibt schon Daten; nichts geändert.")
            return
        seed(now=timezone.now(), tell=lambda line: self.stdout.write(f"  {line}"))
