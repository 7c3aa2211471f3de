"""Dates, sizes and small numbers, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from journal import formats

DAY = date(2026, 11, 19)
NIGHT = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)


def plain(text: str) -> str:
    return text.replace(formats.NBSP, " ")


@pytest.mark.parametrize(
    ("language", "written", "expected"),
    [
        ("de", lambda: formats.day(DAY), "Do, 19.11.2026"),
        ("de", lambda: formats.day_long(DAY), "Donnerstag, 19.11.2026"),
        ("de", lambda: formats.day_month(DAY), "19. November"),
        ("de", lambda: formats.moment(datetime(2026, 11, 19, 17, 3, tzinfo=UTC)), "Do, 19.11.2026, 18:03 Uhr"),
        ("de", lambda: formats.moment(NIGHT), "Do, 19.11.2026, 00:30 Uhr"),
        ("de", lambda: formats.moment(datetime(2026, 7, 1, 6, 0, tzinfo=UTC)), "Mi, 01.07.2026, 08:00 Uhr"),
        ("de", lambda: formats.period(date(2027, 2, 1), date(2027, 7, 31)), "01.02.2027 bis 31.07.2027"),
        ("en", lambda: formats.day(DAY), "Thu, 19 Nov 2026"),
        ("en", lambda: formats.day_long(DAY), "Thursday, 19 Nov 2026"),
        ("en", lambda: formats.day(NIGHT), "Thu, 19 Nov 2026"),
        ("en", lambda: formats.moment(NIGHT), "Thu, 19 Nov 2026, 00:30"),
    ],
)
def test_dates_are_written_in_german_time(language: str, written: object, expected: str) -> None:
    with translation.override(language):
        assert plain(written()) == expected  # type: ignore[operator]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1 KB"),
        (217_000, "212 KB"),
        (1_500_000, "1,4 MB"),
        (10 * 1024**2, "10,0 MB"),
    ],
)
def test_file_sizes_use_the_biggest_fitting_unit(size: int, expected: str) -> None:
    with translation.override("de"):
        assert plain(formats.file_size(size)) == expected


@pytest.mark.parametrize(
    ("number", "word"), [(0, "null"), (3, "drei"), (12, "zwölf"), (13, "13"), (1240, "1.240"), (-1, "-1")]
)
def test_numbers_up_to_twelve_are_words(number: int, word: str) -> None:
    with translation.override("de"):
        assert formats.count_word(number) == word


@pytest.mark.parametrize(
    ("number", "heading"),
    [
        (1, "Eine Angabe stimmt noch nicht"),
        (2, "Zwei Angaben stimmen noch nicht"),
        (13, "13 Angaben stimmen noch nicht"),
    ],
)
def test_the_heading_of_the_error_summary_counts_in_words(number: int, heading: str) -> None:
    with translation.override("de"):
        assert formats.findings(number) == heading
