"""The columns of the budget file, the same for reading and writing. Their German names belong to the file format."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.widgets import Widget

from funding.models import Measure, Municipality, Programme, Resolution
from funding.money import exact, parse_money

Target = Programme | Measure | Municipality
FIRST_YEAR, LAST_YEAR = 2000, 2100
LINE = "line"
KINDS = {
    LINE: "Linie",
    "appropriation": "Ansatz",
    "supplement": "Nachtrag",
    "transfer": "Deckung",
    "excess": "über-/außerplanmäßig",
    "earmarked": "zweckgebundene Einnahme",
    "freeze": "Sperre",
    "unfreeze": "Entsperrung",
    "allocation": "Zuteilung",
    "carry": "Übertragung",
}
"""What a row does: the officer's verbs, and laying out a line."""
BODIES = {
    Resolution.Body.ADMINISTRATION.value: "Verwaltung",
    Resolution.Body.SOCIAL_COMMITTEE.value: "Sozialausschuss",
    Resolution.Body.COUNTY_COMMITTEE.value: "Kreisausschuss",
    Resolution.Body.COUNTY_COUNCIL.value: "Kreistag",
}
HEADINGS = {
    "fiscal_year": "Haushaltsjahr",
    "product": "Produkt",
    "account": "Konto",
    "title": "Bezeichnung",
    "kind": "Art",
    "amount": "Betrag",
    "value_on": "Zählt für",
    "reason": "Grund",
    "other_product": "Produkt der Gegenlinie",
    "other_account": "Konto der Gegenlinie",
    "part": "Teilbudget für",
    "body": "Gremium",
    "resolved_on": "Datum des Beschlusses",
    "number": "Nummer",
    "subject": "Betreff",
    "override": "Fehlbetrag in Kauf nehmen",
}
REQUIRED = [HEADINGS[name] for name in ("fiscal_year", "product", "account", "kind", "amount", "reason")]
RESOLUTION = ("body", "resolved_on", "number", "subject")
EXPLAINED = {
    "fiscal_year": gettext_lazy("Vier Ziffern, zum Beispiel 2027."),
    "product": gettext_lazy("Zum Beispiel 3.5.1.01. In XLSX bitte als Text."),
    "account": gettext_lazy("Zum Beispiel 4318."),
    "title": gettext_lazy("Nötig, wenn es die Linie noch nicht gibt."),
    "kind": gettext_lazy("Ein Wort aus der Liste unten. Die Zeilen werden der Reihe nach gebucht."),
    "amount": gettext_lazy("Zum Beispiel 1.234,56. Weniger als null nur, wo etwas zurückgenommen wird."),
    "value_on": gettext_lazy("Ein Tag im Haushaltsjahr, zum Beispiel 09.11.2026. Leer heißt heute."),
    "reason": gettext_lazy("Warum gebucht wird. Nur bei „Linie“ darf er fehlen."),
    "other_product": gettext_lazy("Nur bei „Deckung“: Produkt der Linie, die das Geld bekommt."),
    "other_account": gettext_lazy("Nur bei „Deckung“: Konto der Linie, die das Geld bekommt."),
    "part": gettext_lazy("Nur bei „Zuteilung“: Programm, Nummer der Maßnahme oder Name der Gemeinde."),
    "body": gettext_lazy("Verwaltung, Sozialausschuss, Kreisausschuss oder Kreistag. Bei „Nachtrag“ nötig."),
    "resolved_on": gettext_lazy("Zum Beispiel 09.11.2026."),
    "number": gettext_lazy("Nummer des Beschlusses, zum Beispiel 45/2026."),
    "subject": gettext_lazy("Worum es im Beschluss ging."),
    "override": gettext_lazy("ja oder nein. Nur bei „Nachtrag“ und „Sperre“."),
}
KINDS_EXPLAINED = {
    LINE: gettext_lazy("Legt die Linie an, ohne Betrag."),
    "appropriation": gettext_lazy("Ansatz des Haushalts, solange er nicht genehmigt ist. Legt eine neue Linie mit an."),
    "supplement": gettext_lazy("Mehr oder weniger durch Nachtrag, mit Beschluss (§ 115 NKomVG)."),
    "transfer": gettext_lazy("Geld von dieser Linie an die Gegenlinie (§ 19 KomHKVO)."),
    "excess": gettext_lazy("Über- oder außerplanmäßige Bewilligung (§ 117 NKomVG)."),
    "earmarked": gettext_lazy("Einnahme, die nur hier ausgegeben werden darf."),
    "freeze": gettext_lazy("So viel darf vorerst nicht ausgegeben werden."),
    "unfreeze": gettext_lazy("Nimmt eine Sperre zurück."),
    "allocation": gettext_lazy("Teilt Geld der Linie einem Programm, einer Maßnahme oder einer Gemeinde zu."),
    "carry": gettext_lazy("Freies Geld in das Folgejahr (§ 20 KomHKVO)."),
}


@dataclass
class Row:
    """One row, as far as it could be read: a line to lay out, or a movement of a line."""

    fiscal_year: int = 0
    product: str = ""
    account: str = ""
    title: str = ""
    kind: str = ""
    amount: Decimal | None = None
    value_on: date | None = None
    reason: str = ""
    other_product: str = ""
    other_account: str = ""
    part: Target | None = None
    body: str = ""
    resolved_on: date | None = None
    number: str = ""
    subject: str = ""
    override: bool = False

    @property
    def key(self) -> tuple[int, str, str]:
        return self.fiscal_year, self.product, self.account

    @property
    def other_key(self) -> tuple[int, str, str]:
        return self.fiscal_year, self.other_product, self.other_account

    def is_filled(self, name: str) -> bool:
        return bool(getattr(self, name)) or (name == "amount" and self.amount is not None)


assert list(HEADINGS) == [own.name for own in fields(Row)]


# How a cell is read and written


_DANGEROUS = ("=", "+", "-", "@")
_BROKEN_CELL = re.compile(r"#(REF!|N/A|NV|NAME\?|VALUE!|WERT!|DIV/0!|NULL!|NUM!|ZAHL!|BEZUG!)")


class Cell(Widget):
    """A cell of either format: text, or in a sheet also a number, a day or a truth value. Empty is None.

    Raises ValueError with a sentence. `nothing` is what an empty cell means.
    """

    nothing: Any = None

    def clean(self, value: Any, row: Any = None, **_kwargs: Any) -> Any:
        if isinstance(value, str):
            value = self._text(value.strip())
        return self.nothing if value is None else self.read(value)

    def _text(self, text: str) -> str | None:
        """Takes off the apostrophe with which our own files keep a spreadsheet from computing."""
        if text.startswith("'") and text[1:].lstrip().startswith(_DANGEROUS):
            return text[1:]
        if text.startswith("="):
            raise ValueError(_("Hier steht eine Formel. Bitte tragen Sie den Wert selbst ein."))
        if _BROKEN_CELL.match(text):
            raise ValueError(_("Hier steht ein Rechenfehler der Tabelle. Bitte tragen Sie den Wert selbst ein."))
        return text or None

    def read(self, value: Any) -> Any:
        raise NotImplementedError

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> Any:
        return "" if value is None else value


class Text(Cell):
    nothing = ""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def _text(self, text: str) -> str | None:
        if text.startswith(_DANGEROUS[1:]):
            raise ValueError(
                _(
                    "Der Text beginnt mit „%(sign)s“ und sähe in einer Tabelle wie eine Formel aus. Bitte lassen Sie das Zeichen weg."
                )
                % {"sign": text[0]}
            )
        return super()._text(text)

    def read(self, value: Any) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise ValueError(  # noqa: TRY004 - this is how a widget says no
                _("Hier hat die Tabelle den Text in eine Zahl oder ein Datum verwandelt. Bitte als Text eintragen.")
            )
        if len(value) > self.limit:
            raise ValueError(_("Das ist zu lang. Möglich sind %(limit)s Zeichen.") % {"limit": self.limit})
        return value


class Year(Cell):
    nothing = 0

    def read(self, value: Any) -> int:
        text = str(value)
        if re.fullmatch(r"\d{4}", text, re.ASCII) and FIRST_YEAR <= int(text) <= LAST_YEAR:
            return int(text)
        raise ValueError(_("Bitte schreiben Sie das Jahr mit vier Ziffern, zum Beispiel 2027."))


class OneOf(Cell):
    """A word of a list; `words` are told when it is another."""

    nothing = ""

    def __init__(self, words: dict[str, str]) -> None:
        super().__init__()
        self.words = words
        self.keys = {word.casefold(): key for key, word in words.items()}

    def read(self, value: Any) -> str:
        key = self.keys.get(str(value).casefold())
        if key is None:
            raise ValueError(_("Möglich sind: %(words)s.") % {"words": ", ".join(self.words.values())})
        return key

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> str:
        return self.words.get(value, "")


class Amount(Cell):
    """Euros to the cent. A number of a sheet is taken as it is shown, never rounded."""

    def read(self, value: Any) -> Decimal:
        if isinstance(value, str):
            return parse_money(value, signed=True)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ValueError(_("Bitte schreiben Sie den Betrag mit Komma, zum Beispiel 1.234,56."))
        number = Decimal(str(value))
        if number.is_zero() and number.is_signed():
            raise ValueError(_("Bitte schreiben Sie die Null ohne Minuszeichen."))
        return exact(number)


class Day(Cell):
    def read(self, value: Any) -> date:
        if isinstance(value, datetime) and value.time() == time():
            return value.date()
        found = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", str(value), re.ASCII)
        try:
            if found:
                day, month, year = map(int, found.groups())
                return date(year, month, day)
        except ValueError:
            pass
        raise ValueError(_("Bitte schreiben Sie den Tag so: 09.11.2026."))


class YesNo(Cell):
    nothing = False

    def read(self, value: Any) -> bool:
        answers = {"ja": True, "nein": False}
        found = value if isinstance(value, bool) else answers.get(str(value).casefold())
        if found is None:
            raise ValueError(_("Bitte schreiben Sie ja oder nein."))
        return found

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> str:
        return "ja" if value else ""


class Part(Cell):
    """What a sub-budget is for. With the word in front it is always clear which of the three is meant."""

    WORDS: dict[str, type[Model]] = {"programm": Programme, "maßnahme": Measure, "gemeinde": Municipality}

    def clean(self, value: Any, row: Any = None, *, parts: Sequence[Target] = (), **_kwargs: Any) -> Target | None:
        text: str | None = super().clean(value, row)
        return None if text is None else self._named(text, parts)

    def read(self, value: Any) -> str:
        return str(value)

    def _named(self, text: str, parts: Sequence[Target]) -> Target:
        word, colon, rest = text.partition(":")
        wanted = self.WORDS.get(word.strip().casefold()) if colon else None
        name = (rest if wanted else text).strip().casefold()
        found = [own for own in parts if isinstance(own, wanted or Model) and name in _names(own)]
        if not found:
            raise ValueError(_("Wir kennen kein Programm, keine Maßnahme und keine Gemeinde, die so heißt."))
        if len(found) > 1:
            raise ValueError(
                _("So heißen mehrere. Bitte schreiben Sie „Programm:“, „Maßnahme:“ oder „Gemeinde:“ davor.")
            )
        return found[0]

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> str:
        if value is None:
            return ""
        word = next(word for word, model in self.WORDS.items() if isinstance(value, model))
        return f"{word.capitalize()}: {_own_name(value)}"


def _own_name(part: Target) -> str:
    if isinstance(part, Programme):
        return part.slug
    return part.code if isinstance(part, Measure) else part.name


def _names(part: Target) -> set[str]:
    own = {_own_name(part).casefold()}
    return own | {part.title.casefold()} if isinstance(part, Programme) else own
