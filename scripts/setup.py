"""Makes a fresh clone ready with nothing but Python's own library: packages, pages' assets, fonts, translations.

``python3 scripts/setup.py`` does what is missing and nothing twice: each step leaves the hash of what it was made from.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
BUILD = Path(os.environ.get("BUILD_DIR") or ROOT / "var" / "build").absolute()
EVERYTHING, WHAT_RUNS, NODE = (ROOT / f"requirements{kind}.lock" for kind in ("", "-run", "-node"))
PACKAGES = ("config", "workflow", "applications", "funding", "accounts", "journal")
OLDEST_NPM = 10


def say(sentence: str) -> None:
    print(f"  · {sentence} …", flush=True)


def stop(sentence: str) -> SystemExit:
    return SystemExit(f"Fördertopf: {sentence}")


def digest(*paths: Path) -> str:
    return hashlib.sha256(b"\n".join(path.read_bytes() for path in paths)).hexdigest()


def run(command: Sequence[str | Path], *, otherwise: str) -> None:
    """The program's own words stay hidden unless it fails; then its last lines and one sentence of ours."""
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stdout + done.stderr).strip().splitlines()[-5:]
        raise stop("\n".join([otherwise, *(f"    {line}" for line in last)]))


def environment() -> dict[str, str]:
    """As it is (package clients find their settings there), with our programs first."""
    return os.environ | {"PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}


def check_port(value: str) -> None:
    if not value.isdecimal() or not int(value):
        raise stop(f"PORT={value} ist keine Nummer eines Ports.")
    port = int(value)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OverflowError:
            raise stop(f"PORT={port} gibt es nicht; möglich sind 1 bis 65535.") from None
        except OSError:
            raise stop(f"Port {port} ist schon belegt. Bitte einen anderen nehmen: make run PORT={port + 1}") from None


def make_environment() -> None:
    if PYTHON.exists():
        return
    say("Die Python-Umgebung .venv wird angelegt")
    run(
        [sys.executable, "-m", "venv", VENV],
        otherwise="Die Umgebung .venv ließ sich nicht anlegen: Fehlt Pythons Modul venv (Debian: python3-venv)?",
    )


def stamp_of(lock: Path) -> Path:
    return VENV / f"{lock.stem}.stamp"


def is_installed(lock: Path) -> bool:
    return stamp_of(lock).exists() and stamp_of(lock).read_text() == digest(lock)


def install(lock: Path, *, what: str) -> None:
    if is_installed(lock):
        return
    say(what)
    pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    run(
        [*pip, "--require-hashes", "-r", lock],
        otherwise="Die Python-Pakete ließen sich nicht laden: Besteht eine Verbindung zum Netz?",
    )
    compile_python(VENV / "lib")
    stamp_of(lock).write_text(digest(lock))


def compile_python(*folders: Path) -> None:
    """On all cores, which pip does not; and even where Python is told to keep no compiled files. Halves every start."""
    command: list[str | Path] = [PYTHON, "-m", "compileall", "-q", "-j", "0", *folders]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=False)


def install_packages(*, everything: bool) -> None:
    """What runs is a part of everything, in the same versions: a developer's environment needs no second look."""
    if everything:
        install(EVERYTHING, what="Python-Pakete und Prüfwerkzeuge werden geladen (einmal, etwa eine Minute)")
    elif not is_installed(EVERYTHING):
        install(WHAT_RUNS, what="Python-Pakete werden geladen (einmal, etwa eine halbe Minute)")


def npm() -> str:
    """The system's npm when it is new enough, else the one that a Python package brings."""
    found = shutil.which("npm")
    if found and _npm_version(found) >= OLDEST_NPM:
        return found
    install(NODE, what="npm wird geladen (hier gibt es keines)")
    own = VENV / "bin" / "npm"
    if not own.exists():
        raise stop("Es gibt kein npm. Bitte Node.js ab Version 20 mit npm installieren.")
    return str(own)


def _npm_version(path: str) -> int:
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    major = done.stdout.strip().split(".")[0]
    return int(major) if major.isdecimal() else 0


def install_assets() -> None:
    stamp = ROOT / "node_modules" / ".setup.stamp"
    wanted = digest(ROOT / "package-lock.json", ROOT / "package.json")
    if stamp.exists() and stamp.read_text() == wanted:
        return
    client = npm()
    say("Gestaltung und Prüfwerkzeuge werden geladen (npm)")
    run(
        [client, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        otherwise="Die npm-Pakete ließen sich nicht laden: Besteht eine Verbindung zum Netz?",
    )
    stamp.write_text(wanted)


def make_fonts() -> None:
    target, source = BUILD / "fonts", ROOT / "node_modules" / "@kern-ux" / "native" / "dist" / "fonts"
    stamp = target / "setup.stamp"
    wanted = digest(ROOT / "package-lock.json", ROOT / "scripts" / "fonts.py")
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("Die Schrift für Bescheide wird umgewandelt")
    run([PYTHON, "-m", "scripts.fonts", source, target], otherwise="Die Schrift ließ sich nicht umwandeln.")
    stamp.write_text(wanted)


def compile_translations() -> None:
    books = [*ROOT.glob("locale/*/LC_MESSAGES/*.po")]
    if all(_is_compiled(book) for book in books):
        return
    say("Übersetzungen werden übersetzt")
    run([PYTHON, "-m", "scripts.compile_translations"], otherwise="Die Übersetzungen ließen sich nicht übersetzen.")


def _is_compiled(book: Path) -> bool:
    ready = book.with_suffix(".mo")
    return ready.exists() and ready.stat().st_mtime >= book.stat().st_mtime


def main(arguments: Sequence[str]) -> None:
    """``--port=N`` looks first whether somebody else has it; ``--everything`` loads what tests and checks need too."""
    for argument in arguments:
        if argument.startswith("--port="):
            check_port(argument.removeprefix("--port="))
    make_environment()
    install_packages(everything="--everything" in arguments)
    install_assets()
    make_fonts()
    compile_translations()
    compile_python(*(ROOT / package for package in PACKAGES))


if __name__ == "__main__":
    main(sys.argv[1:])
