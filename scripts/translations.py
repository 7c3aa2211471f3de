"""Keeps the English catalogue in step with the German sentences in the code, without GNU gettext.

``python -m scripts.translations extract`` writes new sentences into the catalogue and takes out those that are gone,
``check`` fails when one is missing, untranslated, unsure, gone or loses a placeholder.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import polib
from babel.messages.extract import extract
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).parent.parent
PACKAGES = ("config", "workflow", "applications", "funding", "accounts", "journal")
LOCALE = ROOT / "locale"
ENGLISH = LOCALE / "en" / "LC_MESSAGES" / "django.po"
ONE, MANY, CONTEXT, CONTEXT_MANY = (1,), (1, 2), ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS = {
    **dict.fromkeys(["_", "_t", "gettext", "gettext_lazy", "gettext_noop"], ONE),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], MANY),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], CONTEXT),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], CONTEXT_MANY),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
SHOWN = 20
Key = tuple[str, str]
"""Context (mostly empty) and German sentence."""


def sentences() -> dict[Key, polib.POEntry]:
    """Everything that is marked for translation, in Python and in templates, with the files that say it."""
    found: dict[Key, polib.POEntry] = {}
    for path, source in _sources():
        for _line, message, _comments, context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
            singular, plural = message if isinstance(message, tuple) else (message, "")
            entry = found.setdefault((context or "", singular), polib.POEntry(msgid=singular, msgctxt=context))
            _note(entry, path, plural)
    return found


def _note(entry: polib.POEntry, path: str, plural: str) -> None:
    """Line numbers would change the catalogue with every edit: the file is enough."""
    if (path, "") not in entry.occurrences:
        entry.occurrences.append((path, ""))
    if plural:
        entry.msgid_plural = plural
        entry.msgstr_plural = entry.msgstr_plural or {0: "", 1: ""}


def _sources() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), path.read_text()
    for path in sorted([*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]):
        yield str(path.relative_to(ROOT)), _as_python(path)


def _as_python(path: Path) -> str:
    """Django turns a template into calls of gettext; without indentation any tokenizer reads them."""
    if not settings.configured:
        settings.configure()
    return "\n".join(line.strip() for line in templatize(path.read_text()).splitlines())


def _catalogue() -> dict[Key, polib.POEntry]:
    if not ENGLISH.exists():
        return {}
    return {(entry.msgctxt or "", entry.msgid): entry for entry in polib.pofile(str(ENGLISH))}


def extract_all() -> str:
    """Keeps what is translated, adds what is new, drops what nobody says any more."""
    known = _catalogue()
    book = polib.POFile(wrapwidth=110)
    book.metadata = {
        "Language": "en",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    for key, entry in sorted(sentences().items()):
        _carry_over(entry, known.get(key))
        book.append(entry)
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    book.save(str(ENGLISH))
    return f"{len(book)} Sätze, davon {len(book.untranslated_entries())} ohne Übersetzung"


def _carry_over(entry: polib.POEntry, old: polib.POEntry | None) -> None:
    if old is None:
        return
    entry.msgstr, entry.flags, entry.tcomment = old.msgstr, old.flags, old.tcomment
    if entry.msgid_plural:
        entry.msgstr_plural = old.msgstr_plural or {0: old.msgstr, 1: old.msgstr}
        entry.msgstr = ""


def faults() -> list[str]:
    """One line for each sentence that an English reader would see wrongly or in German."""
    said, known = sentences(), _catalogue()
    missing = [f"fehlt im Katalog: {key[1]!r}" for key in said if key not in known]
    gone = [f"sagt niemand mehr: {key[1]!r}" for key in known if key not in said]
    wrong = [line for key in said if key in known for line in _faults_of(said[key], known[key])]
    return missing + gone + wrong


def _faults_of(said: polib.POEntry, entry: polib.POEntry) -> Iterator[str]:
    texts = list(entry.msgstr_plural.values()) if said.msgid_plural else [entry.msgstr]
    if entry.fuzzy or not texts or not all(texts):
        yield f"nicht oder unsicher übersetzt: {said.msgid!r}"
    elif said.msgid_plural != entry.msgid_plural:
        yield f"andere Mehrzahl: {said.msgid!r}"
    else:
        allowed = set(PLACEHOLDER.findall(said.msgid + (said.msgid_plural or "")))
        needed = set(PLACEHOLDER.findall(said.msgid_plural or said.msgid))
        # the singular may say "one" where German says %(n)s; the last form must carry everything
        if needed - set(PLACEHOLDER.findall(texts[-1])) or set(PLACEHOLDER.findall("".join(texts))) - allowed:
            yield f"andere Platzhalter: {said.msgid!r}"


def check() -> str:
    """Raises SystemExit with every fault."""
    found = faults()
    if found:
        shown = [*found[:SHOWN], *(["…"] if len(found) > SHOWN else [])]
        raise SystemExit(
            "\n".join([*shown, f"Übersetzungen: {len(found)} Mängel. Neues einsammeln: make translations"])
        )
    return "Übersetzungen vollständig"


COMMANDS: dict[str, Callable[[], str]] = {"extract": extract_all, "check": check}

if __name__ == "__main__":
    print(COMMANDS[sys.argv[1]]())
