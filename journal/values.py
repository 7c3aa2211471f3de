"""Settings that an administrator can change, each valid from a day on, with history.

A floor declares what it uses; the page lists what is declared. Reading takes the day: a case of last year is
judged by last year's value.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from django.utils.translation import gettext as _

from journal.actors import Actor
from journal.models import DatedValue
from journal.refusals import Refused

Value = str | int | Decimal | bool


class Type(StrEnum):
    NUMBER = "number"
    DECIMAL = "decimal"
    TEXT = "text"
    LONG_TEXT = "long_text"
    YES_NO = "yes_no"


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A setting that some floor uses. `source` names the paragraph or says that the default is ours ([D])."""

    key: str
    type: Type
    default: Value
    label: object
    group: object
    unit: object = ""
    source: str = "[D]"
    minimum: int = 0
    maximum: int = 10**9


_declared: dict[str, Declared] = {}


def declare(setting: Declared) -> Declared:
    if setting.key in _declared:
        raise ValueError(f"setting {setting.key} is declared twice")
    _declared[setting.key] = setting
    return setting


def declared() -> list[Declared]:
    return list(_declared.values())


def declared_one(key: str) -> Declared:
    """Raises KeyError for a key that no floor declared."""
    return _declared[key]


def parse(setting: Declared, text: str) -> Value:
    """The typed value of `text`; raises ValueError with a German sentence."""
    if setting.type in {Type.TEXT, Type.LONG_TEXT}:
        return text
    if setting.type is Type.YES_NO:
        return text in {"1", "true", "True", "yes"}
    try:
        value = Decimal(text.strip().replace(",", "."))
    except InvalidOperation as error:
        raise ValueError(_("Bitte schreiben Sie eine Zahl, zum Beispiel 14.")) from error
    if not value.is_finite() or not setting.minimum <= value <= setting.maximum:
        raise ValueError(
            _("Bitte schreiben Sie eine Zahl von %(low)s bis %(high)s.")
            % {"low": setting.minimum, "high": setting.maximum}
        )
    if setting.type is Type.DECIMAL:
        return value
    if value != value.to_integral_value():
        raise ValueError(_("Bitte schreiben Sie eine ganze Zahl, zum Beispiel 14."))
    return int(value)


def value(key: str, *, on: date, known: datetime | None = None) -> Value:
    """What `key` is worth on the day `on`: one query; the declared default if nothing was set by then.

    With `known` only what had been set before that moment counts: what somebody saw, not what is right by now.
    """
    setting = _declared[key]
    found = DatedValue.objects.filter(key=key, valid_from__lte=on)
    if known is not None:
        found = found.filter(set_at__lt=known)
    stored = found.order_by("-valid_from", "-pk").first()
    return setting.default if stored is None else parse(setting, stored.value)


def number(key: str, *, on: date, known: datetime | None = None) -> int:
    found = value(key, on=on, known=known)
    if isinstance(found, bool) or not isinstance(found, int):
        raise TypeError(f"setting {key} is not a whole number")
    return found


def decimal(key: str, *, on: date) -> Decimal:
    found = value(key, on=on)
    return found if isinstance(found, Decimal) else Decimal(str(found))


def text(key: str, *, on: date) -> str:
    return str(value(key, on=on))


def texts(prefix: str, *, on: date) -> dict[str, str]:
    """All settings whose key begins with `prefix`, without it: one query (letterhead, pages)."""
    rows = DatedValue.objects.filter(key__startswith=prefix, valid_from__lte=on).order_by("valid_from", "pk")
    found = {s.key: str(s.default) for s in _declared.values() if s.key.startswith(prefix)}
    found |= {row.key: row.value for row in rows if row.key in found}
    return {key.removeprefix(prefix): content for key, content in found.items()}


def set_value(key: str, content: str, *, valid_from: date, reason: str, actor: Actor, at: datetime) -> DatedValue:
    """Adds a row of history. Raises Refused with the sentence for the field."""
    setting = _declared[key]
    try:
        parse(setting, content)
    except ValueError as error:
        raise Refused(str(error), field="value") from error
    if not reason.strip():
        raise Refused(_("Bitte schreiben Sie, warum sich der Wert ändert."), field="reason")
    return DatedValue.objects.create(
        key=key, value=content, valid_from=valid_from, reason=reason, set_at=at, set_by=actor.key
    )
