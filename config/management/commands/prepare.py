"""``manage.py prepare``: what a place needs before it can serve, each step only when something changed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

DEMO_COMMAND = "seed_demo"


def static_fingerprint() -> str:
    """Changes with any static file's name, size or time."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def pending_migrations() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


class Command(BaseCommand):
    """Static files, migrations, and demo data when the database is new."""

    help = "Statische Dateien, Migrationen und (mit DEMO=1, beim ersten Mal) Demodaten."

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in (settings.DATA_DIR, settings.BUILD_DIR):
            Path(folder).mkdir(parents=True, exist_ok=True)
        self._collect_static(settings.BUILD_DIR / "static.stamp")
        self._migrate()
        if settings.DEMO and DEMO_COMMAND in get_commands():
            self._seed()

    def _step(self, sentence: str) -> None:
        self.stdout.write(f"  · {sentence} …")
        self.stdout.flush()

    def _collect_static(self, stamp: Path) -> None:
        fingerprint = static_fingerprint()
        if stamp.exists() and stamp.read_text() == fingerprint:
            return
        self._step("Statische Dateien werden gesammelt")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(fingerprint)

    def _migrate(self) -> None:
        count = pending_migrations()
        if count:
            self._step(f"Die Datenbank wird eingerichtet ({count} Migrationen)")
            call_command("migrate", interactive=False, verbosity=0)

    def _seed(self) -> None:
        """A database that nobody lives in yet is new; half-made demo data is rolled back by the command itself."""
        if get_user_model().objects.exists():
            return
        self._step("Demodaten entstehen (Vereine, Anträge, Bescheide; nur beim ersten Mal)")
        call_command(DEMO_COMMAND, verbosity=0)
