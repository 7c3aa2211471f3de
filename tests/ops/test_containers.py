"""What compose.yaml starts, started here as processes: same commands, same variables, real PostgreSQL and Redis."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import yaml
from psycopg import sql

from tests.services import broker
from tests.services.mail import MailServer, free_port, mail_server
from tests.services.processes import BIN, ROOT, running, until

pytestmark = pytest.mark.postgresql
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
EVERYWHERE, TEMPORARY = "0.0.0.0", "/tmp/beat"  # noqa: S104, S108 - right in a container of its own
SERVICES: dict[str, Any] = COMPOSE["services"]


@pytest.fixture
def database() -> Iterator[str]:
    """An empty database on the tests' own server."""
    server, name = os.environ["TEST_DATABASE_URL"], f"containers_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield psycopg_url(server, name)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def psycopg_url(server: str, name: str) -> str:
    return urlsplit(server)._replace(path=f"/{name}").geturl()


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def variables(database: str, mail: MailServer, tmp_path: Path) -> dict[str, str]:
    """Every variable that compose.yaml names, and nothing else but the way to the programs."""
    values = {
        "SECRET_KEY": "only-for-this-test-" + "0123456789abcdef" * 3,
        "ALLOWED_HOSTS": "foerderung.example.org",
        "SITE_URL": "https://foerderung.example.org",
        "EMAIL_URL": mail.url,
        "MAIL_FROM": "foerdertopf@example.org",
        "CLAMD_URL": "",
        "STORAGE_URL": (tmp_path / "files").as_uri(),
        "DATABASE_URL": database,
        "REDIS_URL": broker.of_the_machine(),
        "BEHIND_PROXY": "1",
    }
    assert set(values) == set(SERVICES["web"]["environment"])
    image = {"DATA_DIR": str(tmp_path), "BUILD_DIR": str(tmp_path / "build"), "PATH": f"{BIN}:{os.environ['PATH']}"}
    return values | image


def command(service: str, **changed: str) -> list[str]:
    """As written in compose.yaml, at another port and with a schedule in the test's own folder."""
    return [changed.get(word, word) for word in map(str, SERVICES[service]["command"])]


def run(words: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)


def test_web_worker_and_beat_find_each_other_and_are_well(variables, tmp_path) -> None:
    port = str(free_port())
    check = [port if word == "8000" else word for word in SERVICES["web"]["healthcheck"]["test"][1:]]
    with ExitStack() as stack:
        stack.enter_context(running(command("web", **{"8000": port, EVERYWHERE: "127.0.0.1"}), env=variables))
        stack.enter_context(running(command("worker"), env=variables))
        stack.enter_context(running(command("beat", **{TEMPORARY: str(tmp_path / "beat")}), env=variables))
        before = until(lambda: "pending" in run(check, variables).stderr, seconds=60)
        assert before, "an unmigrated database must be ill"
        migrated = run(command("migrate"), variables)
        assert migrated.returncode == 0, migrated.stderr
        well = until(lambda: run(check, variables).returncode == 0, seconds=90)
        assert well, run(check, variables).stderr
        ping = run([str(word) for word in SERVICES["worker"]["healthcheck"]["test"][1:]], variables)
        assert "pong" in ping.stdout


def test_no_container_runs_as_root_or_writes_its_image() -> None:
    assert "USER foerdertopf" in (ROOT / "Dockerfile").read_text()
    for name in ("web", "worker", "beat", "migrate"):
        assert SERVICES[name]["read_only"] is True
        assert SERVICES[name]["cap_drop"] == ["ALL"]


def test_there_is_exactly_one_beat_and_no_worker_with_another() -> None:
    beats = [name for name, service in SERVICES.items() if "beat" in service.get("command", [])]
    assert beats == ["beat"]
    assert "-B" not in SERVICES["worker"]["command"]
