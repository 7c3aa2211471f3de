"""A database of its own for a measurement: a file of SQLite, or a database on the PostgreSQL that the tests use."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.services import postgresql

ROOT = Path(__file__).parent.parent


@contextmanager
def database(engine: str, name: str = "") -> Iterator[str]:
    """The address of a new, empty database on ``sqlite`` or ``postgresql``; gone afterwards."""
    if engine == "sqlite":
        with tempfile.TemporaryDirectory(prefix="ft-bench-") as folder:
            yield f"sqlite:///{folder}/bench.sqlite3"
        return
    server, full = postgresql.address(), f"ft_bench_{os.getpid()}{name}"
    _on(server, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(full)))
    try:
        yield urlsplit(server)._replace(path=f"/{full}").geturl()
    finally:
        _on(server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(full)))


def _on(server: str, statement: sql.Composed) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


def told(module: str, *words: str, url: str, **more: str) -> Any:
    """Runs a program of the bench on a database and reads what it prints at the end, as JSON; `more` is environment."""
    command = [sys.executable, "-m", module, *words]
    env = os.environ | {"DATABASE_URL": url} | more
    done = subprocess.run(command, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, check=True, timeout=900)
    return json.loads(done.stdout.splitlines()[-1])
