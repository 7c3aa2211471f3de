"""``manage.py serve`` is one program: all of it comes up, and all of it goes, however it is ended."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator

import psutil
import pytest

from tests.services.mail import free_port
from tests.services.processes import ROOT, descendants, until

pytestmark = [
    pytest.mark.sqlite,
    pytest.mark.xdist_group("supervisor"),
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children"),
]


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> dict[str, str]:
    """A prepared demo without its data, as ``make run`` would have it."""
    folder = tmp_path_factory.mktemp("place")
    env = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL", "TESTING"}}
    env |= {"DJANGO_SETTINGS_MODULE": "config.settings", "DEMO": "1", "DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=env, check=True)
    return env


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def server(place, port, tmp_path) -> Iterator[subprocess.Popen[bytes]]:
    with (tmp_path / "log").open("wb") as log:
        program = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(port)], cwd=ROOT, env=place, stdout=log, stderr=log
        )
    try:
        assert until(lambda: "läuft" in (tmp_path / "log").read_text(), seconds=120), (tmp_path / "log").read_text()
        yield program
    finally:
        for child in [*descendants(program.pid)]:
            child.kill()
        if program.poll() is None:
            program.kill()
        program.wait()


def health(port: int) -> tuple[int, dict[str, str]]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def names(processes: list[psutil.Process]) -> str:
    return " ".join(" ".join(process.cmdline()) for process in processes)


def gone(processes: list[psutil.Process]) -> bool:
    return not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_all_four_run_and_end_with_the_supervisor(server, port, number) -> None:
    family = descendants(server.pid)
    assert all(name in names(family) for name in ("valkey-server", "granian", " worker ", " beat "))
    assert health(port) == (200, {"status": "ok", **dict.fromkeys(("database", "broker", "beat", "migrations"), "ok")})
    server.send_signal(number)
    assert server.wait(30) == 0
    assert gone(family)


def test_kill_9_leaves_no_orphan(server, port) -> None:
    family = descendants(server.pid)
    server.kill()
    server.wait()
    assert until(lambda: gone(family), seconds=30), names([one for one in family if one.is_running()])


def test_kill_9_of_make_leaves_no_orphan(place, port, tmp_path) -> None:
    """The supervisor's own parent is make, which has nothing to stop it with when it is killed."""
    words = f"{sys.executable} manage.py serve --end-with-parent --port {port} >{tmp_path / 'log'} 2>&1 & wait"
    (tmp_path / "log").touch()
    parent = subprocess.Popen(["sh", "-c", words], cwd=ROOT, env=place)
    try:
        assert until(lambda: "läuft" in (tmp_path / "log").read_text(), seconds=120), (tmp_path / "log").read_text()
        family = descendants(parent.pid)
    finally:
        parent.kill()
        parent.wait()
    assert until(lambda: gone(family), seconds=30), names([one for one in family if one.is_running()])


def test_when_one_part_dies_the_rest_is_stopped_and_it_is_named(server, port, tmp_path) -> None:
    family = descendants(server.pid)
    next(process for process in family if "valkey-server" in names([process])).kill()
    assert server.wait(60) == 1
    assert "„Valkey“" in (tmp_path / "log").read_text()
    assert gone(family)


def test_a_taken_port_is_one_clear_sentence(place) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "manage.py", "serve", "--port", str(taken)],
            cwd=ROOT,
            env=place,
            capture_output=True,
            text=True,
        )
    assert done.returncode != 0
    assert done.stderr.strip().endswith(
        f"Port {taken} ist schon belegt. Bitte einen anderen nehmen: make run PORT={taken + 1}"
    )
