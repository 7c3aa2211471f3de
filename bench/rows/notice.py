"""How long an award notice takes to set, beside the same notice through WeasyPrint where that is installed."""

from __future__ import annotations

import importlib
import io
from collections.abc import Callable
from dataclasses import replace
from html import escape
from itertools import count
from typing import Any

from django.conf import settings
from pypdf import PdfReader

from bench.frame import Result, measure, median_ms
from bench.samples import AT, NOTICE
from scripts import fonts
from workflow.documents import AwardNotice, payload, render_notice

TIMES = 20
STYLE = "@font-face {{ font-family: Fira; src: url({font}) }} body {{ font: 10.5pt Fira }} td {{ text-align: right }}"


def _other() -> Callable[[], AwardNotice]:
    """A notice that was not set before, each time: typst remembers layouts, a county never sends one twice."""
    numbers = count(1)
    return lambda: replace(NOTICE, reference=f"INT-2026-{next(numbers):04d}", title=f"Sprachcafé {next(numbers)}")


def _page(notice: AwardNotice, text: str) -> str:
    """The words of the typst notice, line by line, and the plan as a table: no styling to speak of."""
    lines = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines())
    plan = "".join(f"<tr><th>{escape(line.label)}</th><td>{line.amount}</td></tr>" for line in notice.expenses)
    style = STYLE.format(font=(settings.FONT_DIR / "FiraSans-Regular.ttf").as_uri())
    title = escape(f"Zuwendungsbescheid {payload(notice)['reference']}")
    return (
        f"<html lang=de><title>{title}</title><style>{style}</style><h1>{title}</h1>{lines}<table>{plan}</table></html>"
    )


def _baseline() -> float | None:
    """WeasyPrint with PDF/UA-1 alone: it cannot make PDF/A-3a of the same file."""
    try:
        weasyprint: Any = importlib.import_module("weasyprint")
    except (ImportError, OSError):
        return None
    pages = PdfReader(io.BytesIO(render_notice(NOTICE, at=AT))).pages
    text = "\n".join(page.extract_text() for page in pages)
    notice = _other()
    return median_ms(
        lambda: weasyprint.HTML(string=_page(notice(), text)).write_pdf(pdf_variant="pdf/ua-1"), times=TIMES
    )


@measure("notice.pdf.ms", unit="ms")
def notice_pdf_ms() -> Result:
    if not (settings.FONT_DIR / "FiraSans-Regular.ttf").exists():
        fonts.make(settings.BASE_DIR / "node_modules" / "@kern-ux" / "native" / "dist" / "fonts", settings.FONT_DIR)
    notice = _other()
    return Result(median_ms(lambda: render_notice(notice(), at=AT), times=TIMES), _baseline())
