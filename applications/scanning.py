"""Asking a virus scanner about a file, if this place has one (`CLAMD_URL`): clamd's INSTREAM over its socket.

While the scanner is silent a file is kept but held back: nobody can open it before the answer is there.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable
from contextlib import suppress
from typing import IO, Any

from django.conf import settings
from django.db import transaction

from applications.models import Attachment, OrganisationDocument, Scan

CHUNK = 64 * 1024
TIMEOUT = 20
"""Seconds to wait for an answer; afterwards the file waits for the next round."""


def scan(chunks: Iterable[bytes]) -> Scan:
    """What the scanner says: NONE without a scanner, PENDING while it cannot be asked."""
    if not settings.CLAMD:
        return Scan.NONE
    try:
        answer = _ask(chunks)
    except OSError:
        return Scan.PENDING
    if answer.endswith("FOUND"):
        return Scan.INFECTED
    return Scan.CLEAN if answer.endswith("OK") else Scan.PENDING


def _ask(chunks: Iterable[bytes]) -> str:
    with _connect() as connection:
        connection.sendall(b"zINSTREAM\0")
        # clamd closes as soon as it has seen enough: its answer is still there to be read.
        with suppress(BrokenPipeError, ConnectionResetError):
            for chunk in chunks:
                if chunk:
                    connection.sendall(struct.pack("!L", len(chunk)) + chunk)
            connection.sendall(struct.pack("!L", 0))
        return _answer(connection)


def _answer(connection: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and (more := connection.recv(4096)):
        said += more
    return said.rstrip(b"\0").decode(errors="replace").strip()


def _connect() -> socket.socket:
    """`settings.CLAMD` is the path of a socket, or host and port."""
    where: Any = settings.CLAMD
    if isinstance(where, tuple):
        return socket.create_connection(where, timeout=TIMEOUT)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(TIMEOUT)
    connection.connect(where)
    return connection


def read(file: IO[bytes]) -> Iterable[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def scan_waiting(model: Any) -> int:
    """Asks again about files of this model that are still held back; returns how many have an answer now.

    What is infected loses its bytes; the row stays and says so.
    """
    answered = 0
    for found in model.objects.filter(scan=Scan.PENDING).order_by("pk"):
        with found.file.open("rb") as file:
            verdict = scan(read(file))
        if verdict is Scan.PENDING:
            continue
        answered += _note(found, Scan.CLEAN if verdict is Scan.NONE else verdict)
    return answered


def _note(found: Any, verdict: Scan) -> int:
    """Two rounds at once note one answer."""
    noted: int = type(found).objects.filter(pk=found.pk, scan=Scan.PENDING).update(scan=verdict)
    if noted and verdict is Scan.INFECTED:
        transaction.on_commit(lambda: found.file.storage.delete(found.file.name))
    return noted


def is_held_back(found: Attachment | OrganisationDocument | Any) -> bool:
    return found.scan in {Scan.PENDING, Scan.INFECTED}
