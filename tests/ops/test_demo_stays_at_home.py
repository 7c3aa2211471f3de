"""Demo mode, in which anybody may log in as anybody, never answers to a public name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import checks

ROOT = Path(__file__).parents[2]
HOSTS = [
    (["localhost", "127.0.0.1", "[::1]"], True),
    (["foerderung.example.org"], False),
    (["localhost", "foerderung.example.org"], False),
    (["192.168.1.20"], False),
    ([".localhost"], False),
    ([".example.org"], False),
    (["*"], False),
]


@pytest.mark.parametrize(("hosts", "is_private"), HOSTS)
def test_the_demo_answers_to_this_machine_alone(settings, hosts, is_private) -> None:
    settings.DEMO, settings.ALLOWED_HOSTS = True, hosts
    found = checks.demo_stays_at_home()
    assert [error.id for error in found] == ([] if is_private else ["config.E001"])


def test_without_demo_any_name_is_fine(settings) -> None:
    settings.DEMO, settings.ALLOWED_HOSTS = False, ["foerderung.example.org"]
    checks.refuse_public_demo()


def test_a_server_refuses_to_start_as_a_public_demo(settings) -> None:
    settings.DEMO, settings.ALLOWED_HOSTS = True, ["foerderung.example.org"]
    with pytest.raises(ImproperlyConfigured, match="Demobetrieb"):
        checks.refuse_public_demo()


STARTS = {
    "check": ["manage.py", "check"],
    "web": ["-c", "import config.wsgi"],
    "worker": ["-m", "celery", "--app", "config", "worker", "--pool", "solo"],
    "beat": ["-m", "celery", "--app", "config", "beat", "--schedule", "/dev/null"],
}


@pytest.mark.parametrize("words", STARTS.values(), ids=STARTS.keys())
def test_no_part_of_a_public_demo_starts(words) -> None:
    env = os.environ | {"DEMO": "1", "TESTING": "0", "ALLOWED_HOSTS": "foerderung.example.org"}
    env["DJANGO_SETTINGS_MODULE"] = "config.settings"
    done = subprocess.run([sys.executable, *words], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "ALLOWED_HOSTS nennt „foerderung.example.org“" in done.stderr
