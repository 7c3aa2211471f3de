"""How long a decision usually takes, from the cases that were decided."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from statistics import median

from django.utils.translation import ngettext

from funding.models import Programme
from journal.formats import BERLIN
from workflow.models import Case

LOOKED_BACK = timedelta(days=730)
"""Two years: what was long ago says little about today."""
FEWEST = 5
"""Fewer decisions make no number that one could rely on."""


def usual_weeks(programme: Programme | None, *, at: datetime) -> int | None:
    """Weeks from receipt to decision (median, rounded, at least one); None with fewer than five cases. One query.

    Without a programme it is that of all that are published.
    """
    decided = Case.objects.filter(decided_at__gt=at - LOOKED_BACK, decided_at__lte=at)
    decided = decided.filter(programme=programme) if programme else decided.filter(programme__is_published=True)
    days = [(end - begin).days for begin, end in decided.values_list("received_at", "decided_at") if end is not None]
    return max(1, int(median(days) + 3.5) // 7) if len(days) >= FEWEST else None


def after_receipt(programme: Programme, *, today: date) -> str:
    """As the timeline says it: „üblich: 6 Wochen nach dem Eingang", or nothing where nobody could say."""
    weeks = usual_weeks(programme, at=datetime.combine(today, time.max, BERLIN))
    if weeks is None:
        return ""
    return ngettext("üblich: eine Woche nach dem Eingang", "üblich: %(weeks)s Wochen nach dem Eingang", weeks) % {
        "weeks": weeks
    }
