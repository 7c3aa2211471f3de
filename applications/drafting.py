"""One exchange between a page and the draft: what was typed meets what is stored, and what can be saved is saved.

Nobody is overwritten: a page tells with what it began (`base`), and only what was really changed on it counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from django.core.cache import cache
from django.utils.translation import gettext as _

from applications.gathering import gather
from applications.merging import Merged, Values, merge, unpacked
from applications.models import Application
from applications.saving import Conflict, Save
from journal.actors import Actor

_TAB = re.compile(r"[0-9a-f]{16}")
TRIES = 3
ONE_DAY = 24 * 60 * 60
MINE, THEIRS = "mine", "theirs"


class Draft(Protocol):
    """A step as it was sent. `save` writes what can be read; `keys` tells which line of the page became which row."""

    mine: Values
    sets: frozenset[str]

    def stored(self, application: Application) -> Values: ...
    def save(self, application: Application, values: Values, save: Save) -> None: ...
    def keys(self) -> dict[str, int]: ...
    def know(self, keys: Mapping[str, int]) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What a page says of itself: the version and the texts it began with, its tab, and the choices after a conflict."""

    version: int
    base: Values | None
    tab: str
    asked: list[str] = field(default_factory=list)
    choices: dict[str, str] = field(default_factory=dict)

    @property
    def is_undecided(self) -> bool:
        return any(name not in self.choices for name in self.asked)


def sent_in(data: Any) -> Sent:
    """Reads the hidden fields of a page; what cannot be read means: nothing is known of how it began."""
    version, tab, asked = data.get("version", ""), data.get("tab", ""), data.getlist("asked")[:500]
    chosen = {name: data.get(f"choice-{name}", "") for name in asked}
    return Sent(
        version=int(version) if version.isdecimal() and len(version) < 10 else -1,
        base=unpacked(data.get("base", "")),
        tab=tab if _TAB.fullmatch(tab) else "",
        asked=asked,
        choices={name: choice for name, choice in chosen.items() if choice in {MINE, THEIRS}},
    )


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of it. With conflicts nothing was written; `theirs` is what is stored now."""

    application: Application
    merged: Merged
    theirs: Values
    base: Values | None

    def seen(self, stored: Values) -> Values:
        """What the page shows once this is saved, where it did not learn what others wrote."""
        known = {name: text for name, text in stored.items() if name not in self.merged.others}
        before = self.base or {}
        return known | {name: before[name] for name in self.merged.others if name in before}


def exchange(application: Application, draft: Draft, sent: Sent, *, actor: Actor, at: datetime) -> Outcome:
    """Puts together and saves, or names the conflicts. Raises Forbidden if the application is closed for writing."""
    written, keys = _recall(application, actor, sent)
    draft.know(keys)
    for _attempt in range(TRIES):
        theirs = draft.stored(application)
        base = theirs if sent.base is None and sent.version == application.version else sent.base
        mine = draft.mine if sent.is_undecided else _decided(draft.mine, base, sent)
        merged = merge(base, mine, theirs, sets=draft.sets)
        merged = replace(merged, conflicts=[name for name in merged.conflicts if written.get(name) != theirs.get(name)])
        outcome = Outcome(application=application, merged=merged, theirs=theirs, base=base)
        if merged.conflicts or sent.is_undecided:
            return outcome
        try:
            draft.save(application, merged.values, Save(version=application.version, actor=actor, at=at))
        except Conflict:
            application = _again(application)
        else:
            return outcome
    raise Conflict(_("Gerade schreiben mehrere an dieser Stelle. Bitte versuchen Sie es gleich noch einmal."))


def _again(application: Application) -> Application:
    """As it is stored now, with all that lies around it."""
    found = Application.objects.select_related(
        "organisation", "round__programme", "question_set", "municipality", "measure"
    ).get(pk=application.pk)
    gather(found)
    found.by_office = application.by_office
    return found


def _decided(mine: Values, base: Values | None, sent: Sent) -> Values:
    """What I want after choosing: where I chose theirs, what they had when I was asked."""
    values = dict(mine)
    for name in [name for name, choice in sent.choices.items() if choice == THEIRS]:
        values.pop(name, None)
        if base is not None and name in base:
            values[name] = base[name]
    return values


# An answer that got lost on its way


def remember(outcome: Outcome, sent: Sent, stored: Values, keys: Mapping[str, int], actor: Actor) -> None:
    """What a tab has written: if the answer never arrives, its next attempt does not collide with itself."""
    if sent.tab:
        cache.set(_key(outcome.application, actor, sent.tab), (stored, dict(keys)), ONE_DAY)


def forget(application: Application, sent: Sent, actor: Actor) -> None:
    """The tab gets a new page, whose lines stand in other places."""
    if sent.tab:
        cache.delete(_key(application, actor, sent.tab))


def _recall(application: Application, actor: Actor, sent: Sent) -> tuple[Values, dict[str, int]]:
    found = cache.get(_key(application, actor, sent.tab)) if sent.tab else None
    return found or ({}, {})


def _key(application: Application, actor: Actor, tab: str) -> str:
    return f"draft-tab:{application.pk}:{actor.key}:{tab}"
