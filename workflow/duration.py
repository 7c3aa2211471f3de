"""How long a decision usually takes, from the cases that were decided."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median

from funding.models import Programme
from workflow.models import Case

LOOKED_BACK = timedelta(days=730)
"""Two years: what was long ago says little about today."""
FEWEST = 5
"""Fewer decisions make no number that one could rely on."""


def usual_weeks(programme: Programme, *, at: datetime) -> int | None:
    """Weeks from receipt to decision (median, rounded, at least one); None with fewer than five cases. One query."""
    decided = Case.objects.filter(programme=programme, decided_at__gt=at - LOOKED_BACK, decided_at__lte=at)
    days = [(end - begin).days for begin, end in decided.values_list("received_at", "decided_at") if end is not None]
    return max(1, int(median(days) + 3.5) // 7) if len(days) >= FEWEST else None
