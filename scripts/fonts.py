"""KERN's Fira Sans as TTF: typst reads no woff2 and would silently take another font.

``python -m scripts.fonts FOLDER`` converts what is missing there.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.ttLib import TTFont

SOURCE = Path(__file__).parent.parent / "node_modules" / "@kern-ux" / "native" / "dist" / "fonts" / "fira-sans"
FACES = (
    "FiraSans-Regular",
    "FiraSans-Italic",
    "FiraSans-Medium",
    "FiraSans-SemiBold",
    "FiraSans-Bold",
    "FiraSans-BoldItalic",
)


def convert(folder: Path, *, source: Path = SOURCE) -> list[Path]:
    """Writes the faces that letters use and that are not there yet; several at once do not disturb each other."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [face for face in FACES if not (folder / f"{face}.ttf").exists()]
    return [_convert(source / f"{face}.woff2", folder / f"{face}.ttf") for face in missing]


def _convert(woff2: Path, target: Path) -> Path:
    half = target.with_suffix(f".{id(target)}.half")
    with TTFont(woff2, recalcTimestamp=False) as font:  # the same bytes on every machine
        font.flavor = None
        font.save(half)
    return half.replace(target)


if __name__ == "__main__":
    print(f"{len(convert(Path(sys.argv[1])))} Schriften umgewandelt")
