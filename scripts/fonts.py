"""KERN's Fira Sans as TTF: typst reads no woff2 and would silently take another font.

python scripts/fonts.py node_modules/@kern-ux/native/dist/fonts var/build/fonts
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from fontTools.ttLib import TTFont

WANTED = ("FiraSans-Regular", "FiraSans-Italic", "FiraSans-Medium", "FiraSans-SemiBold", "FiraSans-Bold")
"""Five of the 32 cuts: the documents use no other, and every font costs time at each start."""


def convert(source: Path, target: Path) -> None:
    """Write ``source`` (woff2) as ``target`` (TTF): the same bytes everywhere, for they end up in every document."""
    half = target.with_suffix(f".{os.getpid()}.half")
    with TTFont(source, recalcTimestamp=False) as font:
        font.flavor = None
        font.save(half)
    half.replace(target)


def make(source: Path, target: Path) -> int:
    """Convert the wanted cuts found anywhere below ``source``. Returns how many; a missing one stops the set-up.

    Several runs at once do not disturb each other: each file appears whole.
    """
    found = {path.stem: path for path in sorted(source.rglob("*.woff2"))}
    missing = [name for name in WANTED if name not in found]
    if missing:
        raise SystemExit(f"Schriften fehlen in {source}: {', '.join(missing)}. Bitte zuerst „npm ci“ ausführen.")
    target.mkdir(parents=True, exist_ok=True)
    for name in WANTED:
        convert(found[name], target / f"{name}.ttf")
    return len(WANTED)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("Aufruf: python scripts/fonts.py <Ordner mit woff2> <Zielordner>")
    print(f"{make(Path(sys.argv[1]), Path(sys.argv[2]))} Schriften umgewandelt: {sys.argv[2]}")
