"""Make the fonts of the documents: KERN's woff2 as TTF, and a list of the characters that they can show.

    python scripts/fonts.py node_modules/@kern-ux/native/dist/fonts var/fonts

typst reads no woff2 and would silently take another font. ``coverage.json`` holds ranges ``[first, last]`` of code
points; the documents replace what no font can show before they are set, because PDF/A forbids a missing glyph.
Fonts that somebody put into the target folder by hand (another script, say) stay and are counted in.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from fontTools.ttLib import TTFont

WANTED = ("FiraSans-Regular", "FiraSans-Italic", "FiraSans-Medium", "FiraSans-SemiBold", "FiraSans-Bold")
"""Five of the 32 cuts: the documents use no other, and every font costs time at each start."""


def convert(source: Path, target: Path) -> None:
    """Write ``source`` (woff2) as ``target`` (TTF). The same input gives the same bytes."""
    font = TTFont(source, recalcTimestamp=False)
    font.flavor = None
    font.save(target)


def ranges(points: Iterable[int]) -> list[list[int]]:
    """Code points as sorted, closed ranges."""
    found: list[list[int]] = []
    for point in sorted(set(points)):
        if found and point == found[-1][1] + 1:
            found[-1][1] = point
        else:
            found.append([point, point])
    return found


def coverage(folder: Path) -> list[list[int]]:
    """Every character that some TTF or OTF of the folder can show."""
    fonts = sorted([*folder.glob("*.ttf"), *folder.glob("*.otf")])
    return ranges(point for font in fonts for point in TTFont(font, lazy=True).getBestCmap())


def make(source: Path, target: Path) -> int:
    """Convert the wanted cuts found anywhere below ``source``. Returns how many; a missing one stops with its name."""
    found = {path.stem: path for path in sorted(source.rglob("*.woff2"))}
    missing = [name for name in WANTED if name not in found]
    if missing:
        raise SystemExit(f"Schriften fehlen in {source}: {', '.join(missing)}. Bitte zuerst „npm ci“ ausführen.")
    target.mkdir(parents=True, exist_ok=True)
    for name in WANTED:
        convert(found[name], target / f"{name}.ttf")
    (target / "coverage.json").write_text(json.dumps(coverage(target)), encoding="ascii")
    return len(WANTED)


if __name__ == "__main__":
    if len(sys.argv) != 3:  # noqa: PLR2004 - the script's name and two folders
        raise SystemExit("Aufruf: python scripts/fonts.py <Ordner mit woff2> <Zielordner>")
    print(f"{make(Path(sys.argv[1]), Path(sys.argv[2]))} Schriften in {sys.argv[2]}")
