"""What a machine may lack, and what follows: tests skipped with a loud line, or a failure where none may be skipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable

import pytest

CI = os.environ.get("CI", "").lower() in {"1", "true"}
"""Nothing is skipped there, whatever the reason."""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
PROGRAMS = {
    "browser": (CHROMIUM, "Chromium fehlt (Debian: apt-get install chromium)"),
    "clamd": (shutil.which("clamd") or "", "clamd fehlt (Debian: apt-get install clamav-daemon)"),
    "java": (shutil.which("java") or "", "Java fehlt (Debian: apt-get install default-jre-headless)"),
}
DATABASES = {"sqlite": "sqlite", "postgresql": "postgresql"}
"""Markers of tests that only one database can run; on the other they are left out, which is no skipping."""


def leave_out_other_databases(config: pytest.Config, items: list[pytest.Item], *, kind: str) -> None:
    others = [marker for marker in DATABASES if marker != kind]
    foreign = [item for item in items if any(item.get_closest_marker(marker) for marker in others)]
    if foreign:
        config.hook.pytest_deselected(items=foreign)
        items[:] = [item for item in items if item not in set(foreign)]


def skip_what_cannot_run(items: Iterable[pytest.Item]) -> None:
    for item in items:
        for marker, (found, why) in PROGRAMS.items():
            if item.get_closest_marker(marker) and not found:
                item.add_marker(pytest.mark.skip(reason=why))


def as_failure(report: pytest.TestReport) -> None:
    """In CI a skipped test is a failed one."""
    if CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and in CI nothing may be: {report.longrepr}"


def loud_lines() -> list[str]:
    return [f"!!! ÜBERSPRUNGEN: alle Tests „{marker}“. {why}" for marker, (found, why) in PROGRAMS.items() if not found]
