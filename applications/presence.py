"""Who else has a draft open just now. Kept in the cache alone, and no longer than two minutes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.utils.translation import gettext as _

from applications.completeness import SECTION_LABELS, Section
from applications.models import Application
from journal.actors import Actor

FRESH = 60
"""Seconds for which somebody counts as present after their last sign. The cache forgets the rest as fast."""

Signs = dict[str, tuple[str, str, float]]
"""Who (key) → name, section, moment of the last sign."""


@dataclass(frozen=True, kw_only=True)
class Present:
    """Somebody else, and the step that they have open."""

    name: str
    section: str


def sign(application: Application, section: str, *, actor: Actor, at: datetime) -> list[Present]:
    """Notes that somebody is here and returns who else is. No query."""
    others = {key: sign for key, sign in _signs(application, at).items() if key != str(actor.key)}
    cache.set(_key(application.key), others | {str(actor.key): (actor.name, section, at.timestamp())}, FRESH)
    return _present(others)


def _signs(application: Application, at: datetime) -> Signs:
    found: Signs = cache.get(_key(application.key)) or {}
    return {key: sign for key, sign in found.items() if at.timestamp() - sign[2] < FRESH}


def _key(key: UUID) -> str:
    return f"presence:{key}"


def _present(signs: Signs) -> list[Present]:
    return [Present(name=name, section=section) for name, section, _at in signs.values()]


def sentences(present: Iterable[Present], section: str) -> list[str]:
    """„Rieke Sportlich schreibt gerade an diesem Schritt." and where the others are."""
    return [_sentence(person, section) for person in present]


def _sentence(person: Present, section: str) -> str:
    facts: dict[str, Any] = {"name": person.name}
    if person.section == section:
        return _("%(name)s schreibt gerade an diesem Schritt.") % facts
    if person.section in set(Section):
        facts["step"] = SECTION_LABELS[Section(person.section)]
        return _("%(name)s schreibt gerade an „%(step)s“.") % facts
    return _("%(name)s hat diesen Antrag gerade geöffnet.") % facts
