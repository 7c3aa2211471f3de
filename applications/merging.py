"""Two people wrote at the same time: what each of them changed is put together, and only where both did, somebody chooses.

Everything here is text, as it stands in the fields of a page: what the page began with (`base`), what was typed
(`mine`) and what is stored now (`theirs`). A name that is missing on one side is a line of a plan that is not there.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

Text = str | list[str]
Values = dict[str, Text]
LONGEST = 400_000
"""Characters that the memory of a page may have; more than any page of ours needs."""


@dataclass(frozen=True, kw_only=True)
class Merged:
    """`values` is what results, with `mine` where both differ; `conflicts` names those; `others` is what came from them."""

    values: Values
    conflicts: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


def merge(
    base: Mapping[str, Text] | None, mine: Values, theirs: Values, *, sets: Collection[str] = frozenset()
) -> Merged:
    """Three ways, name by name. Without a `base` every difference is for somebody to decide.

    `sets` are lists in which each entry stands for itself: ticks of two people never collide.
    """
    result = Merged(values={})
    for name in _names(mine, theirs):
        own, other = mine.get(name), theirs.get(name)
        if base is None:
            side = _without_base(own, other)
        elif name in sets:
            own, side = _joined(base.get(name), own, other), ""
        else:
            side = _side(base.get(name), own, other)
        chosen = other if side == "theirs" else own
        if chosen is not None:
            result.values[name] = chosen
        if side == "both":
            result.conflicts.append(name)
        elif chosen != mine.get(name):
            result.others.append(name)
    return result


def _names(mine: Values, theirs: Values) -> Iterator[str]:
    yield from mine
    yield from (name for name in theirs if name not in mine)


def _side(before: Text | None, own: Text | None, other: Text | None) -> str:
    if own in (other, before):
        return "theirs"
    return "mine" if other == before else "both"


def _without_base(own: Text | None, other: Text | None) -> str:
    """A line that only one side has is kept, whoever wrote it."""
    if own == other or own is None:
        return "theirs"
    return "mine" if other is None else "both"


def _joined(before: Text | None, own: Text | None, other: Text | None) -> list[str]:
    """What they have, with what I ticked and without what I unticked."""
    was, mine, theirs = (list(part or ()) for part in (before, own, other))
    kept = [entry for entry in theirs if entry in mine or entry not in was]
    return kept + [entry for entry in mine if entry not in was and entry not in kept]


# The memory of a page, as it travels in its form


def packed(values: Mapping[str, Text]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str) -> Values | None:
    """What a page remembers of its beginning; None if it cannot be read, then nothing is overwritten unasked."""
    if not text or len(text) > LONGEST:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and all(_is_text(value) for value in found.values()) else None


def _is_text(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(part, str) for part in value))
