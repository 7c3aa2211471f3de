"""The texts of the site: imprint, privacy, accessibility. Dated settings in Markdown, one per page and language.

What stands here is the beginning; the administration replaces it on the page of the dated settings.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from config.navigation import FOOTER
from journal import values

TITLES = dict(FOOTER)
_FOLDER = Path(__file__).resolve().parent / "texts"


def _declare() -> None:
    for slug, title in FOOTER:
        for code in ("de", "en"):
            values.declare(
                values.Declared(
                    key=f"page.{slug}.{code}",
                    type=values.Type.LONG_TEXT,
                    default=(_FOLDER / f"{slug}.{code}.md").read_text(encoding="utf-8"),
                    label=title,
                    group=_("Texte der Seiten"),
                )
            )


def text(slug: str, *, on: date) -> str:
    """The Markdown of a page in the language of the request, as it is valid on that day."""
    code = "en" if (get_language() or "de").startswith("en") else "de"
    return values.text(f"page.{slug}.{code}", on=on)


_declare()
