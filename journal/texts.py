"""Text as people send it: what nobody sees and what would make a line read otherwise than it is does not come in."""

from __future__ import annotations

import re

_LINES = re.compile("[\u2028\u2029\x85\x0b\x0c]")
"""Signs that break a line without being one of ours."""
_UNSEEN = re.compile(
    "(\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f)"  # the flag of a part of a country, such as Wales: stays
    "|[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks, overrides and isolates of direction
    "\u00ad\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb"  # without width, without a picture
    "\ud800-\udfff"  # halves of a character
    "\U000e0000-\U000e007f]"  # tags: letters that nobody sees
)
"""Joiners (U+200C, U+200D) are no such thing: Persian words and pictures of families are written with them. NUL is not
here either: a field refuses it with a sentence, because no honest text has one."""


def harmless(text: str) -> str:
    """The text without direction marks and unseen characters. Letters of every script, lines and tabs stay as they are."""
    return _UNSEEN.sub(lambda found: found[1] or "", _LINES.sub("\n", text))
