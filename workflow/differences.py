"""What changed between two revisions of an application: each field, line, document and answer, old beside new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from applications.completeness import DECLARATIONS, SECTION_LABELS, Section
from applications.models import COST_LABELS, SOURCE_LABELS, Application, Attachment, Organisation, SourceLine
from funding.money import format_money
from funding.sepa import mask_iban
from journal import formats

Content = Mapping[str, Any]
Line = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that is not as it was. An empty side means: there was nothing, or there is nothing any more."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """The changes of one section of the application."""

    title: str
    changes: list[Change]


def compare(old: Content, new: Content) -> list[Group]:
    """Sections with changes, in the order of the application; nothing for two that say the same.

    Takes the contents of two revisions (`applications.actions.snapshot`), also older ones that lack a part.
    """
    found = (Group(title=str(title), changes=list(changes(old, new))) for title, changes in PARTS)
    return [group for group in found if group.changes]


def between(application: Application, first: int, second: int) -> list[Group] | None:
    """The same for two revisions by number; None where one of them does not exist."""
    contents = {row.number: row.content for row in application.revisions.filter(number__in=[first, second])}
    if first not in contents or second not in contents:
        return None
    return compare(contents[first], contents[second])


# Single values


def _day(text: str) -> str:
    try:
        return formats.plain_day(date.fromisoformat(text))
    except ValueError:
        return text


def _kind(text: str) -> str:
    return str(dict(Organisation.Kind.choices).get(text, text))


def _yes(value: Any) -> str:
    return _t("ja") if value else _t("nein")


def _listed(values: Any) -> str:
    return ", ".join(str(value) for value in values or ())


@dataclass(frozen=True, kw_only=True)
class Value:
    name: str
    label: Any
    shown: Callable[[Any], str] = str


def _values(values: Iterable[Value], old: Content, new: Content) -> Iterator[Change]:
    for value in values:
        before, after = (_shown(value, content.get(value.name)) for content in (old, new))
        if before != after:
            yield Change(label=str(value.label), old=before, new=after)


def _shown(value: Value, content: Any) -> str:
    return "" if content is None or content == "" else value.shown(content)


ORGANISATION = (
    Value(name="kind", label=_("Art"), shown=_kind),
    Value(name="name", label=_("Name")),
    Value(name="representative", label=_("Vertretungsberechtigte Person")),
    Value(name="street", label=_("Straße und Hausnummer")),
    Value(name="postcode", label=_("Postleitzahl")),
    Value(name="town", label=_("Ort")),
    Value(name="phone", label=_("Telefon")),
    Value(name="iban", label=_("IBAN"), shown=mask_iban),
    Value(name="account_holder", label=_("Kontoinhaber")),
)
PROJECT = (
    Value(name="title", label=_("Name des Projekts")),
    Value(name="summary", label=_("Worum geht es?")),
    Value(name="place", label=_("Ort")),
    Value(name="municipality", label=_("Gemeinde")),
    Value(name="contact_name", label=_("Ansprechperson")),
    Value(name="contact_phone", label=_("Telefon")),
)
GOALS = (
    Value(name="measure", label=_("Maßnahme")),
    Value(name="goals", label=_("Ziele"), shown=_listed),
    Value(name="target_group", label=_("Wer soll kommen?")),
    Value(name="expected_people", label=_("Wie viele Menschen?")),
)
PERIOD = (
    Value(name="starts_on", label=_("Beginn"), shown=_day),
    Value(name="ends_on", label=_("Ende"), shown=_day),
)
DECLARED = (
    Value(name="declared_by", label=_("Erklärt von")),
    Value(name="wants_portal", label=_("Bescheid im Portal abholen"), shown=_yes),
)


def _organisation(old: Content, new: Content) -> Iterator[Change]:
    yield from _values(ORGANISATION, old.get("organisation", {}), new.get("organisation", {}))


def _project(old: Content, new: Content) -> Iterator[Change]:
    yield from _values(PROJECT, old, new)


def _goals(old: Content, new: Content) -> Iterator[Change]:
    yield from _values(GOALS, old, new)


def _period(old: Content, new: Content) -> Iterator[Change]:
    yield from _values(PERIOD, old, new)


def _declarations(old: Content, new: Content) -> Iterator[Change]:
    before, after = set(old.get("declarations", ())), set(new.get("declarations", ()))
    for name in sorted(before ^ after):
        yield Change(label=str(DECLARATIONS.get(name, name)), old=_yes(name in before), new=_yes(name in after))
    yield from _values(DECLARED, old, new)


# Lines


def _pairs(
    old: Sequence[Line], new: Sequence[Line], *keys: Callable[[Line], Any]
) -> Iterator[tuple[Line | None, Line | None]]:
    """Lines that belong together: by the first key, what is left by the next one; at last what has no partner."""
    left, right = list(old), list(new)
    pairs: dict[int, tuple[Line | None, Line | None]] = {}
    for key in keys:
        for line in list(right):
            partner = next((other for other in left if key(other) == key(line)), None)
            if partner is not None:
                left.remove(partner)
                right = [other for other in right if other is not line]
                pairs[id(line)] = (partner, line)
    yield from ((line, None) for line in left)
    yield from (pairs.get(id(line), (None, line)) for line in new)


def _lines(
    old: Content, new: Content, name: str, *keys: Callable[[Line], Any], shown: Callable[[Line], str], label: Any
) -> Iterator[Change]:
    for before, after in _pairs(old.get(name, ()), new.get(name, ()), *keys):
        first, second = (shown(line) if line else "" for line in (before, after))
        if first != second:
            yield Change(label=str(label(after or before)), old=first, new=second)


def _whole(line: Line) -> str:
    return repr(sorted(line.items()))


def _named(line: Line) -> tuple[Any, Any]:
    return line.get("category") or line.get("kind"), line.get("description", "")


def _sort(line: Line) -> Any:
    return line.get("category") or line.get("kind")


def _money(text: Any) -> str:
    try:
        return format_money(Decimal(str(text)))
    except InvalidOperation:
        return str(text)


def _number(text: Any) -> str:
    try:
        return f"{Decimal(str(text)).normalize():f}".replace(".", ",")
    except InvalidOperation:
        return str(text)


def _cost(line: Line) -> str:
    amount = _money(line.get("amount", "0"))
    quantity = _number(line.get("quantity", "1"))
    parts = f"{quantity} × {_money(line.get('unit_price', '0'))} = {amount}" if quantity != "1" else amount
    return _joined(line.get("description"), parts)


def _source(line: Line) -> str:
    status = dict(SourceLine.Status.choices).get(line.get("status", ""), "")
    return _joined(line.get("description"), f"{_money(line.get('amount', '0'))} ({status})")


def _joined(description: Any, amount: str) -> str:
    return f"{description}: {amount}" if description else amount


def _plan(old: Content, new: Content) -> Iterator[Change]:
    keys = (_whole, _named, _sort)
    yield from _lines(old, new, "costs", *keys, shown=_cost, label=_cost_label)
    yield from _lines(old, new, "sources", *keys, shown=_source, label=_source_label)


def _cost_label(line: Line) -> str:
    return _t("Ausgabe: %(what)s") % {"what": COST_LABELS.get(line.get("category", ""), "–")}


def _source_label(line: Line) -> str:
    return _t("Einnahme: %(what)s") % {"what": SOURCE_LABELS.get(line.get("kind", ""), "–")}


def _documents(old: Content, new: Content) -> Iterator[Change]:
    """By content: the same file under the same name is no change. A new file of the same name is told as one."""
    for before, after in _pairs(old.get("documents", ()), new.get("documents", ()), _hash, _file_name):
        if before is None or after is None or _hash(before) != _hash(after) or _file_name(before) != _file_name(after):
            first, second = (_document(line) if line else "" for line in (before, after))
            second = _t("%(file)s, neuer Inhalt") % {"file": second} if first == second else second
            yield Change(label=_document_kind(after or before or {}), old=first, new=second)


def _hash(line: Line) -> Any:
    return line.get("sha256")


def _file_name(line: Line) -> Any:
    return line.get("kind"), line.get("name")


def _document(line: Line) -> str:
    return f"{line.get('name', '')} ({formats.file_size(int(line.get('size') or 0))})"


def _document_kind(line: Line) -> str:
    return str(dict(Attachment.Kind.choices).get(line.get("kind", ""), _t("Datei")))


def _questions(old: Content, new: Content) -> Iterator[Change]:
    before, after = (
        {row.get("question", ""): str(row.get("answer", "")) for row in content.get("questions", ())}
        for content in (old, new)
    )
    for question in dict.fromkeys([*before, *after]):
        if before.get(question, "") != after.get(question, ""):
            yield Change(label=question, old=before.get(question, ""), new=after.get(question, ""))


Part = Callable[[Content, Content], Iterator[Change]]
PARTS: tuple[tuple[Any, Part], ...] = (
    (_("Organisation"), _organisation),
    (SECTION_LABELS[Section.PROJECT], _project),
    (SECTION_LABELS[Section.GOALS], _goals),
    (SECTION_LABELS[Section.PERIOD], _period),
    (SECTION_LABELS[Section.PLAN], _plan),
    (SECTION_LABELS[Section.QUESTIONS], _questions),
    (SECTION_LABELS[Section.DOCUMENTS], _documents),
    (SECTION_LABELS[Section.DECLARATIONS], _declarations),
)
