"""What nobody sees does not come in; what people write in any script does: a table, and the door that every form uses."""

from __future__ import annotations

import unicodedata

import pytest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.test import RequestFactory

from journal.middleware import HarmlessTextMiddleware
from journal.texts import harmless

KEPT = {
    "german": "Tür „an“ Tür – Größe 1\u00a0000 €", "lines and tabs": "eins\r\nzwei\n\tdrei\n\nvier",
    "arabic name": "محمد عبد الله", "arabic with vowels": "مُحَمَّد", "hebrew name": "דוד בן־גוריון",
    "hebrew with points": "שָׁלוֹם", "persian with its joiner": "می\u200cخواهم", "syriac": "ܫܠܡܐ", "thaana": "ދިވެހި",
    "mixed directions": "Café שלום und مقهى 2027", "ukrainian": "Сусіди", "vietnamese": "Nguyễn Thị", "tamil": "தமிழ்",
    "sinhala with a joiner": "ශ්\u200dරී", "decomposed": "u\u0308ber", "family": "👩\u200d👩\u200d👧", "rainbow": "🏳️\u200d🌈",
    "wales": "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f", "beyond the first plane": "𝔉𠮷",
    "nul is left for the field to refuse": "a\x00b", "nothing": "", "spaces": "  a  ",
}  # fmt: skip
CHANGED = {
    **{f"U+{code:04X}": (f"a{chr(code)}b", "ab")
       for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)},
    **{f"control {code:02x}": (f"a{chr(code)}b", "ab")
       for code in (*range(0x01, 0x09), *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0))},
    "vertical tab": ("a\x0bb", "a\nb"), "form feed": ("a\x0cb", "a\nb"), "next line": ("a\x85b", "a\nb"),
    "line separator": ("a\u2028b", "a\nb"), "paragraph separator": ("a\u2029b", "a\nb"),
    "soft hyphen": ("Donau\u00addampf", "Donaudampf"), "no width": ("a\u200bb\ufeffc\u2060d", "abcd"),
    "invisible plus": ("1\u20642", "12"), "annotation": ("a\ufff9b\ufffac\ufffb", "abc"), "half a sign": ("a\ud800b", "ab"),
    "tags": ("Hallo\U000e0048\U000e0049\U000e007f", "Hallo"), "a tag without its flag": ("\U000e0001a", "a"),
    "a name turned round": ("Verein\u202efdp.exe", "Vereinfdp.exe"),
    "an amount turned round": ("Bitte an \u2066\u202eEUR 001\u202c\u2069 zahlen", "Bitte an EUR 001 zahlen"),
    "marks beside arabic letters": ("\u200fمحمد\u200e (Vorstand)", "محمد (Vorstand)"),
    "terminal": ("a\x1b[31mb", "a[31mb"), "only such": ("\u202e\u200f\x07", ""),
}  # fmt: skip


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize(("text", "left"), CHANGED.values(), ids=CHANGED)
def test_what_nobody_sees_goes(text: str, left: str) -> None:
    assert harmless(text) == left
    assert harmless(left) == left


def test_no_letter_of_any_script_is_lost() -> None:
    letters = "".join(chr(code) for code in range(0x110000) if unicodedata.category(chr(code))[0] in "LMNPS")
    assert harmless(letters) == letters


def _seen(data: str) -> QueryDict:
    request = RequestFactory().post("/", data, content_type="application/x-www-form-urlencoded")
    HarmlessTextMiddleware(lambda _request: HttpResponse()).process_view(request)
    assert isinstance(request, HttpRequest)
    return request.POST


def test_every_text_of_a_form_goes_through_it() -> None:
    data = _seen("a=x%E2%80%AEy&b=1&b=2%07&c=%D7%93%D7%95%D7%93")
    assert dict(data.lists()) == {"a": ["xy"], "b": ["1", "2"], "c": ["דוד"]}
    with pytest.raises(AttributeError):
        data["a"] = "z"
