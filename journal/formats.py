"""How dates, times, sizes and small numbers are written, in German and in English. The one home of these spellings.

Moments are shown in German time, wherever the server stands. The language is that of the running request.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, gettext, ngettext

BERLIN = ZoneInfo("Europe/Berlin")
NBSP = "\N{NO-BREAK SPACE}"

_DAYS = {
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_SHORT_DAY = {"de": 2, "en": 3}
_MONTHS = {
    "de": (
        *("Januar", "Februar", "März", "April", "Mai", "Juni"),
        *("Juli", "August", "September", "Oktober", "November", "Dezember"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
_WORDS = {
    "de": ("null", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"),
    "en": (
        *("no", "one", "two", "three", "four", "five", "six"),
        *("seven", "eight", "nine", "ten", "eleven", "twelve"),
    ),
}
_UNITS = ("B", "KB", "MB", "GB")


def language() -> str:
    """en or de: every other language reads the German spelling."""
    return "en" if (get_language() or "de").startswith("en") else "de"


def plain_day(on: date) -> str:
    """As "19.11.2026", in English "19 Nov 2026"."""
    if language() == "en":
        return f"{on.day}{NBSP}{_MONTHS['en'][on.month - 1][:3]}{NBSP}{on.year}"
    return f"{on:%d.%m.%Y}"


def day(on: date) -> str:
    """For tables: "Do, 19.11.2026", in English "Thu, 19 Nov 2026"."""
    return f"{weekday(on)[: _SHORT_DAY[language()]]}, {plain_day(local(on))}"


def day_long(on: date) -> str:
    """For sentences: "Donnerstag, 19.11.2026", in English "Thursday, 19 Nov 2026"."""
    return f"{weekday(on)}, {plain_day(local(on))}"


def weekday(on: date) -> str:
    return _DAYS[language()][local(on).weekday()]


def day_month(on: date) -> str:
    """For titles: "23. November", in English "23 November"."""
    there = local(on)
    dot = "." if language() == "de" else ""
    return f"{there.day}{dot}{NBSP}{_MONTHS[language()][there.month - 1]}"


def clock(at: datetime) -> str:
    """As "18:03 Uhr", in English "18:03"."""
    text = f"{at.astimezone(BERLIN):%H:%M}"
    return text if language() == "en" else f"{text}{NBSP}Uhr"


def moment(at: datetime) -> str:
    """As "Do, 19.11.2026, 18:03 Uhr" for an aware moment."""
    return f"{day(at)}, {clock(at)}"


def to_the_second(at: datetime) -> str:
    """As "Do, 31.12.2026, 23:59:59 Uhr"; in the hour that comes twice in October it says which of the two."""
    there = at.astimezone(BERLIN)
    text = f"{day(at)}, {there:%H:%M:%S}" + ("" if language() == "en" else f"{NBSP}Uhr")
    if there.replace(fold=0).utcoffset() == there.replace(fold=1).utcoffset():
        return text
    which = gettext("Winterzeit") if there.fold else gettext("Sommerzeit")
    return f"{text} ({which})"


def last_second(end: datetime) -> str:
    """The last second that is in time, where `end` itself is too late."""
    return to_the_second(end.astimezone(UTC) - timedelta(seconds=1))


def period(begin: date, end: date) -> str:
    """As "01.02.2027 bis 31.07.2027"."""
    return gettext("%(begin)s bis %(end)s") % {"begin": plain_day(local(begin)), "end": plain_day(local(end))}


def local(on: date) -> date:
    """A moment becomes its day in Germany; a day stays what it is."""
    return on.astimezone(BERLIN).date() if isinstance(on, datetime) else on


def file_size(size: int) -> str:
    """Bytes as "212 KB" or "1,4 MB", with 1024 bytes to the KB and one decimal from MB on."""
    value, unit = float(size), _UNITS[0]
    for unit in _UNITS:
        if value < 1024 or unit == _UNITS[-1]:
            break
        value /= 1024
    number = f"{value:.1f}" if unit in {"MB", "GB"} else f"{value:.0f}"
    return f"{number if language() == 'en' else number.replace('.', ',')}{NBSP}{unit}"


def count_word(number: int) -> str:
    """Zero to twelve as a word for the middle of a sentence ("drei"), more in digits ("1.240")."""
    if 0 <= number <= 12:
        return _WORDS[language()][number]
    return f"{number:,}" if language() == "en" else f"{number:,}".replace(",", ".")


def findings(number: int) -> str:
    """The heading over what is still wrong: "Zwei Angaben stimmen noch nicht"."""
    if number == 1:
        return gettext("Eine Angabe stimmt noch nicht")
    word = count_word(number).capitalize()
    return ngettext("%(count)s Angabe stimmt noch nicht", "%(count)s Angaben stimmen noch nicht", number) % {
        "count": word
    }
