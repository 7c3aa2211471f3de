"""Proves the money: every counter equals the ledger, every invariant of the budget holds."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from funding import integrity


class Command(BaseCommand):
    help = "Vergleicht die Zähler mit dem Buch; nennt den ersten Unterschied und endet dann mit einem Fehler."

    def handle(self, *_args: Any, **_options: Any) -> None:
        first = next(integrity.differences(), None)
        if first is not None:
            raise CommandError(first.text)
        self.stdout.write(_("Alles stimmt."))
