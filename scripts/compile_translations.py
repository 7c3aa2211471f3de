"""``python -m scripts.compile_translations``: each .po beside which no newer .mo lies becomes one, without GNU gettext."""

from __future__ import annotations

from pathlib import Path

import polib

LOCALE = Path(__file__).parent.parent / "locale"


def compile_all() -> int:
    """Returns how many catalogues were written."""
    stale = [po for po in sorted(LOCALE.rglob("*.po")) if _is_stale(po)]
    for po in stale:
        polib.pofile(str(po)).save_as_mofile(str(po.with_suffix(".mo")))
    return len(stale)


def _is_stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime


if __name__ == "__main__":
    print(f"{compile_all()} Kataloge übersetzt")
