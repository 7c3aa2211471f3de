"""A real clamd on this machine that knows one virus: the EICAR test file, by a signature made by hand."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services.processes import until

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""Harmless by agreement; in two pieces, so that no scanner on the way takes offence at this file."""

CONFIGURATION = """
LocalSocket {home}/clamd.ctl
DatabaseDirectory {home}/signatures
PidFile {home}/clamd.pid
Foreground yes
StreamMaxLength 30M
"""


@contextmanager
def running(home: Path) -> Iterator[str]:
    """The path of its socket, once it answers."""
    signatures = home / "signatures"
    signatures.mkdir(exist_ok=True)
    body = EICAR.hex()
    (signatures / "eicar.ndb").write_text(f"Eicar-Test:0:*:{body}\n")
    (home / "clamd.conf").write_text(CONFIGURATION.format(home=home))
    program = shutil.which("clamd") or "clamd"
    server = subprocess.Popen(
        [program, "--config-file", str(home / "clamd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        if not until((home / "clamd.ctl").exists, seconds=60):
            raise RuntimeError("clamd did not open its socket")
        yield str(home / "clamd.ctl")
    finally:
        server.terminate()
        server.wait(timeout=20)
