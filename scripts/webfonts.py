"""The small Fira Sans of our pages: the letters of Latin languages, an eighth of the whole; the rest is loaded if needed.

python scripts/webfonts.py node_modules/@kern-ux/native/dist/fonts config/static/foerdertopf
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset

CUTS = ("FiraSans-Regular", "FiraSans-Medium", "FiraSans-SemiBold", "FiraSans-Bold")
RANGES = ((0x20, 0x7E), (0xA0, 0x17F), (0x218, 0x21B), (0x2010, 0x2027), (0x202F, 0x203A), (0x20AC, 0x20AC),
          (0x2190, 0x2193), (0x2212, 0x2212))  # fmt: skip
"""German, English, and the names of people from Turkey, Poland or Romania; dashes, quotation marks, arrows, the euro.
fonts.css names the same ranges."""
FEATURES = ("kern", "liga", "mark", "mkmk", "ccmp", "locl", "tnum", "lnum", "pnum")


def make(source: Path, target: Path) -> None:
    """Writes the subset of each cut as woff2, with the names of its makers and its licence (SIL OFL) inside."""
    options = subset.Options(
        flavor="woff2", layout_features=list(FEATURES), hinting=False, desubroutinize=True, name_IDs=["*"]
    )
    letters = [code for first, last in RANGES for code in range(first, last + 1)]
    found = {path.stem: path for path in sorted(source.rglob("*.woff2"))}
    for cut in CUTS:
        font = subset.load_font(str(found[cut]), options)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=letters)
        subsetter.subset(font)
        subset.save_font(font, str(target / f"{cut}.latin.woff2"), options)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("Aufruf: python scripts/webfonts.py <Ordner mit woff2> <Zielordner>")
    make(Path(sys.argv[1]), Path(sys.argv[2]))
