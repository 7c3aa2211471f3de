"""Set-up says in one clear sentence what it lacks, and does nothing twice."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import setup
from tests.services.processes import ROOT


def make(target: str, *variables: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    env = os.environ | ({"PATH": path} if path is not None else {})
    words = [shutil.which("make") or "make", target, *variables]
    return subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)


@pytest.fixture
def old_python(tmp_path) -> Path:
    """A program that answers as Python 3.9 would."""
    program = tmp_path / "python3"
    program.write_text('#!/bin/sh\n[ "$1" = --version ] && { echo "Python 3.9.2"; exit 0; }\nexit 1\n')
    program.chmod(0o755)
    return program


def only(folder: Path, *programs: str) -> str:
    """A PATH with these programs and no others."""
    for name in programs:
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    return str(folder)


def test_too_old_a_python_is_named(old_python, tmp_path) -> None:
    done = make("run", path=only(tmp_path, "sh", "env"))
    assert done.returncode != 0
    assert "Fördertopf braucht Python 3.11 oder neuer; hier gibt es Python 3.9.2." in done.stderr


def test_no_python_at_all_is_named(tmp_path) -> None:
    done = make("run", path=only(tmp_path, "sh", "env"))
    assert done.returncode != 0
    assert "Fördertopf braucht Python 3.11 oder neuer; hier gibt es keines." in done.stderr


def test_a_taken_port_is_named_before_anything_is_loaded() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = make("run", f"PORT={port}", f"PYTHON={sys.executable}")
    assert done.returncode != 0
    assert (
        f"Fördertopf: Port {port} ist schon belegt. Bitte einen anderen nehmen: make run PORT={port + 1}" in done.stderr
    )


@pytest.mark.parametrize("value", ["0", "achttausend", "-1", "70000"])
def test_what_is_no_port_is_refused(value) -> None:
    with pytest.raises(SystemExit, match=f"PORT={value} "):
        setup.check_port(value)


def test_a_failing_download_ends_with_one_sentence_and_the_last_lines() -> None:
    words = [sys.executable, "-c", "print('no route to host'); raise SystemExit(1)"]
    with pytest.raises(SystemExit, match=r"(?s)^Fördertopf: Kein Netz\?\n    no route to host$"):
        setup.run(words, otherwise="Kein Netz?")


def test_an_old_npm_is_replaced_by_the_one_in_a_package(tmp_path, monkeypatch) -> None:
    (tmp_path / "npm").write_text("#!/bin/sh\necho 9.2.0\n")
    (tmp_path / "npm").chmod(0o755)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "npm").touch()
    asked = []
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(setup, "VENV", tmp_path)
    monkeypatch.setattr(setup, "install", lambda lock, what: asked.append(lock.name))
    assert setup.npm() == str(tmp_path / "bin" / "npm")
    assert asked == ["requirements-node.lock"]


def test_without_any_npm_the_sentence_says_so(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", only(tmp_path, "sh"))
    monkeypatch.setattr(setup, "VENV", tmp_path / "nowhere")
    monkeypatch.setattr(setup, "install", lambda lock, what: None)
    with pytest.raises(SystemExit, match="Es gibt kein npm"):
        setup.npm()


def test_what_is_installed_is_not_installed_again(tmp_path, monkeypatch) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("one==1\n")
    ran = []
    monkeypatch.setattr(setup, "VENV", tmp_path)
    monkeypatch.setattr(setup, "run", lambda command, otherwise: ran.append(command))
    monkeypatch.setattr(setup, "compile_python", lambda *folders: None)
    for content, expected in (("one==1\n", 1), ("one==1\n", 1), ("one==2\n", 2)):
        lock.write_text(content)
        setup.install(lock, what="…")
        assert len(ran) == expected


LOCKS = sorted(path.name for path in ROOT.glob("requirements*.lock"))


@pytest.mark.parametrize("name", LOCKS)
def test_locks_name_hashes_and_no_host(name) -> None:
    text = (ROOT / name).read_text()
    assert "--hash=sha256:" in text
    assert "://" not in text


def test_what_runs_is_a_part_of_everything_in_the_same_versions() -> None:
    def pins(name: str) -> set[str]:
        return {line.split()[0] for line in (ROOT / name).read_text().splitlines() if line[:1].isalnum()}

    assert pins("requirements-run.lock") < pins("requirements.lock")
