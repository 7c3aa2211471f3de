"""A letter of the outbox as a page to print: the county's letterhead, the address for the window, the words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.timezone import localdate

from workflow import notices
from workflow.documents import Addressee, Contact, Letterhead
from workflow.models import PaperLetter
from workflow.plain_data import plain
from workflow.typeset import shown, typeset


@dataclass(frozen=True, kw_only=True)
class CaseLetter:
    letterhead: Letterhead
    contact: Contact
    addressee: Addressee
    reference: str
    notice_on: date
    subject: str
    text: str
    """Without greeting and signature: the page has its own. Empty lines part paragraphs."""


def pdf_of(letter: PaperLetter) -> bytes:
    """PDF/A-3a and PDF/UA-1; the same bytes each time."""
    with translation.override("de"):
        data = _content(letter)
        view: dict[str, Any] = shown(data)
        payload = {"kind": "CaseLetter", "schema": 1, **plain(data)}
        return typeset("case_letter", view=view, payload=payload, at=letter.written_at)


def _content(letter: PaperLetter) -> CaseLetter:
    case, on = letter.case, localdate(letter.written_at)
    return CaseLetter(
        letterhead=notices.letterhead(on=on, signatory=case.programme.contact_name),
        contact=notices.contact_of(case.programme),
        addressee=notices.addressee_of(case.application),
        reference=case.reference,
        notice_on=on,
        subject=letter.subject,
        text=middle_of(letter.body),
    )


def middle_of(body: str) -> str:
    """What stands between the greeting and the signature of a mail."""
    parts = body.strip().split("\n\n")
    if parts and parts[0].startswith("Guten Tag"):
        parts = parts[1:]
    ends = [place for place, part in enumerate(parts) if part.startswith("Freundliche Grüße")]
    return "\n\n".join(parts[: ends[-1]] if ends else parts)
