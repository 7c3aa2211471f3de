"""Programs of ours beside the tests, on the same database and broker, as containers would run them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import psutil
from django.conf import settings
from django.db import connection

from config.celery import app

ROOT = Path(__file__).parent.parent.parent
BIN = Path(sys.executable).parent
Found = TypeVar("Found")


def until(look: Callable[[], Found], *, seconds: float = 20, every: float = 0.1) -> Found:
    """Asks again and again; gives back the first true answer, or the last one when time is up."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found or time.monotonic() > end:
            return found
        time.sleep(every)


def database_url() -> str:
    """The database of this test as an address. Rows must be committed to be seen there (``transactional_db``)."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def environment(**more: str) -> dict[str, str]:
    """What a container of ours would be given, for the database and broker of this test."""
    ours = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url(),
        "REDIS_URL": os.environ["REDIS_URL"],
        "DATA_DIR": str(settings.DATA_DIR),
        "PYTHONPATH": str(ROOT),
    }
    return os.environ | ours | more


@contextmanager
def running(command: Sequence[str], *, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A program while the block lasts; afterwards it and all that it started is gone."""
    program = subprocess.Popen(list(command), cwd=ROOT, env=env, stdin=subprocess.DEVNULL)
    try:
        yield program
    finally:
        end(program)


def end(program: subprocess.Popen[bytes]) -> None:
    children = descendants(program.pid)
    program.terminate()
    try:
        program.wait(15)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()
    for child in children:
        if child.is_running():
            child.kill()


def descendants(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def celery(*words: str) -> list[str]:
    return [sys.executable, "-m", "celery", "--app", "config", *words]


def wait_for_worker() -> None:
    """Raises: AssertionError when no worker answers within 30 seconds."""
    assert until(lambda: app.control.ping(timeout=0.5), seconds=30), "no worker answered"
