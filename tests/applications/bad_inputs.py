"""What people, machines and mischief send to the association's side: one table, by the page that it is sent to.

Each row is a name and what differs from a complete and correct form. `None` leaves a field out.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import PDF

LONG = "ä" * 100_000
NUL, BELL, ESCAPE = "a\x00b", "a\x07b", "a\x1b[31mb"
HUGE = "9" * 400
Row = tuple[str, dict[str, Any]]


def file(name: str, content: bytes, kind: str = "application/pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, kind)


def archive(*, parts: dict[str, bytes], pressed: bool = True) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED if pressed else zipfile.ZIP_STORED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return held.getvalue()


WORD = {"[Content_Types].xml": b"<Types/>", "_rels/.rels": b"<Relationships/>", "word/document.xml": b"<x/>" * 9}


def files() -> list[tuple[str, SimpleUploadedFile]]:
    """Files that nobody takes, whatever they are called."""
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    return [
        ("empty", file("Satzung.pdf", b"")),
        ("svg", file("Logo.svg", svg, "image/svg+xml")),
        ("svg called png", file("Logo.png", svg, "image/png")),
        ("html", file("Seite.html", b"<!DOCTYPE html><script>alert(1)</script>", "text/html")),
        ("html called pdf", file("Satzung.pdf", b"<!DOCTYPE html><script>alert(1)</script>")),
        ("program", file("Satzung.pdf", b"MZ\x90\x00" + b"\x00" * 200)),
        ("program of linux", file("Satzung.pdf", b"\x7fELF" + b"\x00" * 200)),
        ("text", file("Satzung.pdf", b"Satzung des Vereins")),
        ("script", file("Satzung.pdf", b"#!/bin/sh\nrm -rf /\n")),
        ("plain zip", file("Satzung.docx", archive(parts={"a.txt": b"a"}))),
        ("broken letter", file("Satzung.docx", archive(parts=WORD)[:-40])),
        ("bomb", file("Satzung.docx", archive(parts=WORD | {"word/bomb.xml": b"0" * 201_000_000}))),
        ("thousands of parts", file("Satzung.docx", archive(parts=WORD | {f"w/{n}": b"" for n in range(2001)}))),
        ("macros", file("Satzung.docx", archive(parts=WORD | {"word/vbaProject.bin": b"x"}))),
        ("too big", file("Satzung.pdf", PDF + b"0" * 30_000_000)),
        ("only a name", file("Satzung.pdf\x00.exe", b"MZ" + b"\x00" * 90)),
    ]


def each(field: str, **texts: Any) -> list[Row]:
    return [(f"{field}: {name.replace('_', ' ')}", {field: text}) for name, text in texts.items()]


UNPRINTABLE = {"nul": NUL, "too_long": LONG}

PROJECT: list[Row] = [
    *each("title", **UNPRINTABLE, one_too_many="x" * 121),
    *each("summary", **UNPRINTABLE),
    *each("place", **UNPRINTABLE),
    *each("contact_name", **UNPRINTABLE),
    *each("contact_phone", **UNPRINTABLE),
    *each("municipality", unknown="999999", word="Friedeburg", negative="-1", huge=HUGE, nul=NUL),
]
GOALS: list[Row] = [
    *each("measure", unknown="999999", word="M 3.2", huge=HUGE, nul=NUL),
    *each("goals", unknown=["999999"], word=["Z 3"], huge=[HUGE], nul=[NUL], one_of_many=["1", "999999"]),
    *each("target_group", **UNPRINTABLE),
    *each("expected_people", word="viele", nought="0", negative="-5", broken="1,5", huge=HUGE, exponent="1e9",
          infinite="inf", nul=NUL, other_digits="٤٠x"),
]  # fmt: skip
PERIOD: list[Row] = [
    *each("starts_on", word="bald", no_such_day="31.02.2027", no_such_month="01.13.2026", year_nought="01.01.0000",
          huge_year="01.01.99999", nul="01.01.2027\x00", huge=HUGE, long=LONG, american="12/31/2026", emoji="📅"),
    *each("ends_on", before_the_beginning="01.01.2026", word="später", day_nought="00.06.2026"),
]  # fmt: skip
DECLARATIONS: list[Row] = [
    *each("declarations", unknown=["alles"], nul=[NUL], huge=[HUGE], long=[LONG]),
]
PLAN: list[Row] = [
    *each("costs-0-unit_price", word="abc", negative="-5", three_places="12,345", english="1,000.00", too_much="99999999999",
          huge=HUGE, exponent="1e5", infinite="Infinity", not_a_number="NaN", nul="5\x00", fullwidth="１２", long=LONG),
    *each("costs-0-quantity", word="zwei", negative="-1", huge=HUGE, exponent="1e5", three_places="1,234", nul="1\x00"),
    *each("costs-0-category", unknown="bribes", nul=NUL, long=LONG),
    *each("costs-0-description", **UNPRINTABLE),
    *each("sources-0-kind", unknown="lottery", long=LONG),
    *each("sources-0-status", unknown="perhaps"),
    *each("sources-0-amount", word="abc", negative="-0,01", huge=HUGE, nul="1\x00"),
    *each("sources-1-amount", word="alles", negative="-1", huge=HUGE),
    *each("costs-TOTAL_FORMS", word="x", negative="-1", nul=NUL, missing=None),
    *each("sources-TOTAL_FORMS", word="x", missing=None),
    *each("costs-INITIAL_FORMS", word="x", missing=None),
]  # fmt: skip
DOCUMENTS: list[Row] = [
    *each("take_document", word="x", unknown="00000000-0000-0000-0000-000000000000", nul=NUL),
    *each("remove_file", word="x", unknown="00000000-0000-0000-0000-000000000000", nul=NUL, long=LONG),
    *each("kind", unknown="love letter", nul=NUL, long=LONG),
]
ORGANISATION: list[Row] = [
    *each("name", missing=None, blank="   ", **UNPRINTABLE),
    *each("kind", missing=None, unknown="sect", nul=NUL),
    *each("representative", **UNPRINTABLE),
    *each("street", **UNPRINTABLE),
    *each("postcode", letters="abcde", short="2640", long="264091", nul="26409\x00", other_digits="٢٦٤٠٩x"),
    *each("municipality", unknown="999999", word="Friedeburg", huge=HUGE),
    *each("phone", **UNPRINTABLE),
    *each("iban", word="IBAN", wrong_sum="DE44999999990001000001", short="DE43", foreign="XX00", nul=NUL, long=LONG),
]
VAULT: list[Row] = [
    *each("kind", missing=None, unknown="love letter", account="account", nul=NUL),
    *each("valid_until", word="immer", no_such_day="31.02.2027", huge=HUGE, nul=NUL),
    *each("file", missing=None, a_text="Satzung"),
]
ACCOUNT: list[Row] = [
    *each("iban", missing=None, word="IBAN", wrong_sum="DE44999999990001000001", nul=NUL, long=LONG),
    *each("account_holder", missing=None, **UNPRINTABLE),
    *each("file", missing=None),
]
INVITE: list[Row] = [
    *each("email", missing=None, word="rieke", two="a@b.example, c@d.example", header="a@b.example\nBcc: c@d.example",
          nul="a\x00@b.example", long=f"{LONG}@b.example", longer_than_a_column=f"{'a' * 60}@{'b' * 60}.{'c' * 250}"),
]  # fmt: skip
HAND_OVER: list[Row] = [*each("to", missing=None, word="Rieke", unknown="999999", huge=HUGE, nul=NUL)]
BEGIN: list[Row] = [*each("organisation", missing=None, word="unser", nul=NUL, long=LONG)]
COPY: list[Row] = [*each("round", missing=None, word="jetzt", unknown="999999", huge=HUGE, nul=NUL)]
PAYMENT: list[Row] = [
    *each("amount", missing=None, word="alles", nought="0", negative="-5", three_places="1,234", too_much="9.999,00",
          huge=HUGE, exponent="1e2", not_a_number="NaN", nul="1\x00"),
    *each("need", missing=None, blank=" ", **UNPRINTABLE),
]  # fmt: skip
ANSWER: list[Row] = [
    *each("answer", missing=None, blank=" ", **UNPRINTABLE),
    *each("version", missing=None, word="x", negative="-1", huge=HUGE),
]
WITHDRAWAL: list[Row] = [
    *each("reason", **UNPRINTABLE),
    *each("version", missing=None, word="x", negative="-1", huge=HUGE),
]
MESSAGE: list[Row] = [*each("text", missing=None, blank=" \n\t ", only_invisible="\u202e\u200f", too_long=LONG)]


def with_entry(**entry: Any) -> str:
    """A draft as a file, with something in it that we never write."""
    return json.dumps({"format": "foerdertopf-antrag", "version": 1} | entry)


IMPORT: list[Row] = [
    *each("content", nothing="", no_json="{", a_list="[]", a_number="1", null="null", deep="[" * 50_000,
          other_format='{"format": "x"}', other_version=with_entry(version=2), version_true=with_entry(version=True),
          twice='{"format": "foerdertopf-antrag", "format": "x"}', not_a_number=with_entry(version=1)[:-1] + ', "a": NaN}',
          unknown_part=with_entry(konto="DE"), too_big=" " * 1_000_001, huge_number="1" * 5_000,
          surrogate_in_a_name=with_entry()[:-1] + ', "\\ud800": 1}', nul_in_a_name=with_entry()[:-1] + ', "\\u0000": 1}',
          surrogate=with_entry(vorhaben={})[:-4] + '{"title": "\\ud800"}}', nul=with_entry(vorhaben={"title": NUL}),
          bell=with_entry(vorhaben={"title": BELL}), escape=with_entry(vorhaben={"title": ESCAPE}),
          a_list_for_a_text=with_entry(vorhaben={"title": ["a"]}), part_is_a_text=with_entry(vorhaben="a"),
          part_is_nothing=with_entry(ziele=None), unknown_field=with_entry(vorhaben={"iban": "DE"}),
          goals_are_a_text=with_entry(ziele={"goals": "Z 3"}), goal_is_an_object=with_entry(ziele={"goals": [{}]}),
          costs_are_a_text=with_entry(ausgaben="viele"), cost_is_a_number=with_entry(ausgaben=[1]),
          comma=with_entry(ausgaben=[{"unit_price": "1,5"}]), negative=with_entry(ausgaben=[{"unit_price": "-1"}]),
          huge=with_entry(ausgaben=[{"unit_price": HUGE}]), unknown_kind=with_entry(einnahmen=[{"kind": "lottery"}]),
          many_lines=with_entry(ausgaben=[{}] * 101), answers_are_a_list=with_entry(antworten=[]),
          answer_is_deep=with_entry(antworten={"a": [[["b"]]]}), answer_is_an_object=with_entry(antworten={"a": {}}),
          surrogate_slug=with_entry(antworten={})[:-3] + '{"\\ud800": {}}}'),
]  # fmt: skip
