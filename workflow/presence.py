"""Who else has a case open just now. Kept in the cache alone, and no longer than a minute and a half."""

from __future__ import annotations

from datetime import datetime

from django.core.cache import cache
from django.utils.translation import gettext as _

from journal.actors import Actor
from workflow.models import Case

FRESH = 90
"""Seconds for which somebody counts as present after their last sign; an open page gives one every half minute."""


def sign(case: Case, *, actor: Actor, at: datetime) -> list[str]:
    """Notes that this person is here and says who else is: „… hat diesen Vorgang gerade geöffnet." No query."""
    key = f"presence:case:{case.pk}"
    signs: dict[str, tuple[str, float]] = cache.get(key) or {}
    others = {who: one for who, one in signs.items() if who != str(actor.key) and at.timestamp() - one[1] < FRESH}
    cache.set(key, others | {str(actor.key): (actor.name, at.timestamp())}, FRESH)
    return [_("%(name)s hat diesen Vorgang gerade geöffnet.") % {"name": name} for name, _at in others.values()]
