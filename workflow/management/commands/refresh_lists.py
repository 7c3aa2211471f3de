"""``manage.py refresh_lists``: the words by which cases are found and the numbers of the list, made anew from the cases."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from workflow import counting, search


class Command(BaseCommand):
    help = (
        "Legt Suchwörter und Zählungen der Vorgänge neu an, zum Beispiel nach einer Übernahme aus einem anderen System."
    )

    def handle(self, **_options: Any) -> None:
        counting.recount()
        self.stdout.write(f"{search.rebuild()} Vorgänge sind neu verzeichnet.")
