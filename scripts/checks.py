"""``make check``: all that can be said about the code without running it. Goes through all, then tells what failed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts import translations

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
PRODUCTION = {
    "ALLOWED_HOSTS": "foerderung.example.org",
    "DATABASE_URL": "postgresql://foerdertopf@localhost/foerdertopf",
    "DEMO": "0",
    "EMAIL_URL": "smtp://localhost:25",
    "REDIS_URL": "redis://localhost:6379/0",
    "SECRET_KEY": "".join(chr(33 + number * 7 % 90) for number in range(64)),
    "SITE_URL": "https://foerderung.example.org",
    "TESTING": "0",
}
"""As a county would set it up; nothing of it is reached."""


@dataclass(frozen=True)
class Check:
    """One line of the report; ``run`` gives back what is wrong, or nothing."""

    name: str
    run: Callable[[], str]


def program(*command: str | Path, **environment: str) -> Callable[[], str]:
    def run() -> str:
        words = [str(word) for word in command]
        done = subprocess.run(
            words,
            cwd=ROOT,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return (done.stdout + done.stderr).strip() or f"{words[0]}: {done.returncode}" if done.returncode else ""

    return run


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def templates_in_form() -> str:
    return program(BIN / "djade", "--check", "--target-version", "5.2", *templates())() if templates() else ""


def locks_without_addresses() -> str:
    """Where a package comes from is the business of the machine that loads it."""
    wrong = [path.name for path in sorted(ROOT.glob("requirements*.lock")) if "://" in path.read_text()]
    if re.search(r'"resolved": *"https?:', (ROOT / "package-lock.json").read_text()):
        wrong.append("package-lock.json")
    return "\n".join(f"{name} nennt eine Adresse" for name in wrong)


def translations_complete() -> str:
    try:
        translations.check()
    except SystemExit as faults:
        return str(faults)
    return ""


def checks(scratch: str) -> Sequence[Check]:
    manage = (sys.executable, ROOT / "manage.py")
    return [
        Check("Form (ruff format)", program(BIN / "ruff", "format", "--check", "--quiet", ".")),
        Check("Regeln (ruff)", program(BIN / "ruff", "check", "--quiet", ".")),
        Check("Schichten (import-linter)", program(BIN / "lint-imports", "--no-cache")),
        Check("Typen (mypy)", program(BIN / "mypy", TESTING="1")),
        Check("Migrationen", program(*manage, "makemigrations", "--check", "--dry-run", TESTING="1", DATA_DIR=scratch)),
        Check("Vorlagen: Form (djade)", templates_in_form),
        Check("Vorlagen: Regeln (djlint)", program(BIN / "djlint", "--lint", "--quiet", "templates")),
        Check("Übersetzungen", translations_complete),
        Check("Sperrdateien ohne Adressen", locks_without_addresses),
        Check(
            "Betrieb (check --deploy)",
            program(*manage, "check", "--deploy", "--fail-level", "WARNING", DATA_DIR=scratch, **PRODUCTION),
        ),
    ]


def main(wanted: str) -> int:
    """``wanted`` picks the checks whose name contains it; empty takes all."""
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        for check in checks(scratch):
            if wanted.lower() not in check.name.lower():
                continue
            began = time.monotonic()
            fault = check.run()
            print(f"{'✘' if fault else '✔'} {check.name} ({time.monotonic() - began:.1f} s)", flush=True)
            if fault:
                failed += 1
                print("\n".join(f"    {line}" for line in fault.splitlines()), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
