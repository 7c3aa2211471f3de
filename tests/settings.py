"""The settings of the tests: the product's own, on a database and a broker that are made for one run.

``TEST_DATABASE`` is ``sqlite`` (the default) or ``postgresql``: the one that ``TEST_DATABASE_URL`` names, else the
one on 127.0.0.1:5432, else one out of a wheel. The broker is ``TEST_REDIS_URL``, else a Valkey of our own.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from tests.services import broker, postgresql

KIND = os.environ.setdefault("TEST_DATABASE", "sqlite")
SHM = Path("/dev/shm")  # noqa: S108 - a disk in memory, if there is one: tests commit often
RUN = os.environ.setdefault("TEST_RUN", str(os.getpid()))
"""The same in every xdist worker: two runs at once do not meet, two workers of one run share a server."""
HOME = Path(tempfile.mkdtemp(prefix="ft-test-", dir=SHM if SHM.is_dir() else None))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)

os.environ |= {
    "TESTING": "1",
    "DEMO": os.environ.get("DEMO", "0"),
    "DATA_DIR": str(HOME),
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
}
os.environ["REDIS_URL"] = broker.address(HOME)
if KIND == "postgresql":
    os.environ["DATABASE_URL"] = postgresql.address()
else:
    os.environ.pop("DATABASE_URL", None)

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, STATIC_ROOT  # noqa: E402

STATIC_ROOT.mkdir(parents=True, exist_ok=True)

DATABASES["default"]["TEST"] = {
    "NAME": f"test_foerdertopf_{RUN}" if KIND == "postgresql" else str(HOME / "test.sqlite3")
}
