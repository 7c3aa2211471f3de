"""``python -m bench [word …]``: sets up a database of its own, measures, prints one table, writes bench/latest.json."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence

import django
from django.core.management import call_command

from bench import frame
from tests.services import broker


def set_up(folder: str) -> None:
    """SQLite in a folder that is thrown away and a Valkey of its own: nothing of a running place is touched."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "TESTING": "1", "DATA_DIR": folder}
    os.environ.pop("DATABASE_URL", None)
    os.environ["REDIS_URL"] = broker.address(folder)
    django.setup()
    call_command("migrate", verbosity=0)


def main(words: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="ft-bench-") as folder:
        set_up(folder)
        print(frame.HEAD)
        found = []
        for measurement in frame.chosen(words):
            row = measurement.row()
            print(frame.line(row), flush=True)
            found.append(row)
    if not words:
        frame.keep(found)


if __name__ == "__main__":
    main(sys.argv[1:])
