"""A draft as a file: readable JSON with a version of its own, and what a file must be to be taken in.

The file holds what somebody wrote, nothing else: no account, no declarations, no documents.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from applications.models import COST_LABELS, SOURCE_LABELS, Application, SourceLine
from journal.refusals import Refused
from journal.texts import harmless

FORMAT, VERSION = "foerdertopf-antrag", 1
LARGEST = 1_000_000
"""Bytes."""
TEXTS: dict[str, tuple[str, ...]] = {
    "vorhaben": ("title", "summary", "place", "municipality", "contact_name", "contact_phone"),
    "ziele": ("measure", "target_group", "expected_people"),
    "zeitraum": ("starts_on", "ends_on"),
}
COST = ("category", "description", "quantity", "unit_price")
SOURCE = ("kind", "description", "status", "amount")
MONEY = ("unit_price", "amount")
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,2})?", re.ASCII)
MOST_LINES = 100
HEAD = ("format", "version", "programme", "programme_title", "round")
TOP = {*HEAD, *TEXTS, "ausgaben", "einnahmen", "antworten"}
CHOICES: dict[str, Any] = {
    "category": COST_LABELS, "kind": SOURCE_LABELS, "status": dict(SourceLine.Status.choices)
}  # fmt: skip


def as_file(application: Application) -> str:
    """The draft as JSON; money and quantities as text with a point, days as 2026-12-31."""
    content = {
        "format": FORMAT,
        "version": VERSION,
        "programme": application.round.programme.slug,
        "programme_title": application.round.programme.title,
        "round": application.round.title,
        **{part: {name: _text(application, name) for name in names} for part, names in TEXTS.items()},
        "ausgaben": [{name: str(getattr(line, name)) for name in COST} for line in application.costs.all()],
        "einnahmen": [{name: str(getattr(line, name)) for name in SOURCE} for line in application.sources.all()],
        "antworten": application.answers,
    }
    content["ziele"]["goals"] = [goal.code for goal in application.goals.all()]
    return json.dumps(content, ensure_ascii=False, indent=2)


def _text(application: Application, name: str) -> str:
    value = getattr(application, name)
    if value is None:
        return ""
    return str(value.code if name == "measure" else value)


def read(data: bytes) -> dict[str, Any]:
    """The content of a file, complete and of the right kinds. Raises Refused with a sentence for everything else."""
    if len(data) > LARGEST:
        _refuse(_("Die Datei ist größer als 1 MB. Ein Entwurf ist viel kleiner."))
    content = _parsed(data)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        _refuse(_("Das ist keine Datei mit einem Entwurf. Sie entsteht hier mit „Als Datei herunterladen“."))
    if content.get("version") != VERSION or isinstance(content.get("version"), bool):
        _refuse(_("Die Datei hat eine andere Fassung. Laden Sie den Entwurf noch einmal neu herunter."))
    _only(content, TOP)
    return {
        "programme": _string(content.get("programme", ""), "programme"),
        **{part: _texts(content.get(part, {}), names, part) for part, names in TEXTS.items()},
        "goals": _goals(content),
        "ausgaben": _lines(content.get("ausgaben", []), COST, "ausgaben"),
        "einnahmen": _lines(content.get("einnahmen", []), SOURCE, "einnahmen"),
        "antworten": _answers(content.get("antworten", {})),
    }


def _refuse(sentence: str) -> NoReturn:
    raise Refused(sentence, field="file")


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_no_number, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        _refuse(_("Die Datei lässt sich nicht lesen. Vielleicht wurde sie verändert oder nicht ganz heruntergeladen."))


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _only(content: Mapping[str, Any], known: set[str]) -> None:
    for name in content:
        if name not in known:
            _refuse(_("In der Datei steht „%(name)s“. Das kennen wir nicht.") % {"name": _printable(name)})


def _printable(name: str) -> str:
    """What somebody wrote into a file, short and so that it can stand in a sentence."""
    return "".join(sign if sign.isprintable() else "?" for sign in name[:40])


def _string(value: Any, name: str) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**12:
        value = str(value)
    if not isinstance(value, str):
        _refuse(_("In der Datei steht bei „%(name)s“ etwas anderes als ein Text.") % {"name": name})
    if any((ord(sign) < 32 and sign not in "\n\r\t") or ord(sign) == 127 for sign in value):
        _refuse(_("In der Datei stehen bei „%(name)s“ Zeichen, die kein Text sind.") % {"name": name})
    if any(0xD800 <= ord(sign) <= 0xDFFF for sign in value):
        _refuse(_("In der Datei stehen bei „%(name)s“ Zeichen, die kein Text sind.") % {"name": name})
    return harmless(value).strip()


def _texts(part: Any, names: tuple[str, ...], title: str) -> dict[str, str]:
    if not isinstance(part, dict):
        _refuse(_("In der Datei steht bei „%(name)s“ etwas anderes, als wir erwarten.") % {"name": title})
    _only(part, {*names, "goals"} if title == "ziele" else set(names))
    return {name: _string(part.get(name, ""), name) for name in names}


def _goals(content: Mapping[str, Any]) -> list[str]:
    goals = content.get("ziele", {}).get("goals", [])
    if not isinstance(goals, list) or len(goals) > MOST_LINES:
        _refuse(_("In der Datei steht bei „%(name)s“ etwas anderes, als wir erwarten.") % {"name": "goals"})
    return [_string(goal, "goals") for goal in goals]


def _lines(lines: Any, names: tuple[str, ...], title: str) -> list[dict[str, str]]:
    if not isinstance(lines, list) or len(lines) > MOST_LINES:
        _refuse(_("In der Datei steht bei „%(name)s“ etwas anderes, als wir erwarten.") % {"name": title})
    return [_line(line, names, title) for line in lines]


def _line(line: Any, names: tuple[str, ...], title: str) -> dict[str, str]:
    texts = _texts(line, names, title)
    for name in (*MONEY, "quantity"):
        if texts.get(name) and not _NUMBER.fullmatch(texts[name]):
            _refuse(_("In der Datei steht bei „%(name)s“ keine Zahl wie 1234.50.") % {"name": name})
    for name, known in CHOICES.items():
        if name in texts and texts[name] not in known:
            _refuse(_("In der Datei steht „%(name)s“. Das kennen wir nicht.") % {"name": _printable(texts[name])})
    return texts


def _answers(answers: Any) -> dict[str, Any]:
    """By short name: a text, a list of texts, or for a group a list of such answers."""
    if not isinstance(answers, dict) or len(answers) > 500:
        _refuse(_("In der Datei steht bei „%(name)s“ etwas anderes, als wir erwarten.") % {"name": "antworten"})
    return {_string(slug, "antworten"): _answer(answer, _printable(slug)) for slug, answer in answers.items()}


def _answer(answer: Any, slug: str) -> Any:
    if isinstance(answer, list) and answer and isinstance(answer[0], dict):
        return [_row(row, slug) for row in _short(answer, slug)]
    return _plain(answer, slug)


def _row(row: Any, slug: str) -> dict[str, Any]:
    if not isinstance(row, dict):
        _refuse(_("In der Datei steht bei „%(name)s“ etwas anderes, als wir erwarten.") % {"name": slug})
    return {_string(key, slug): _plain(value, slug) for key, value in row.items()}


def _plain(answer: Any, slug: str) -> str | list[str]:
    if isinstance(answer, list):
        return [_string(part, slug) for part in _short(answer, slug)]
    return _string("" if answer is None else answer, slug)


def _short(found: list[Any], slug: str) -> list[Any]:
    if len(found) > MOST_LINES:
        _refuse(_("In der Datei steht bei „%(name)s“ etwas anderes, als wir erwarten.") % {"name": slug})
    return found
