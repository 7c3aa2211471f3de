"""What the page of a case shows of its judging: how many have scored it, and the opinions that were asked for."""

from __future__ import annotations

from datetime import date
from typing import Any

from journal.actors import Actor
from workflow import opinions, reviews
from workflow.models import Case


def section(case: Case, *, actor: Actor, today: date, bias: str) -> dict[str, Any] | None:
    """At most one query, and none for a case that was read `with_everything` and has no opinion."""
    found = list(case.opinions.all()) if getattr(case, "has_opinions", True) else []
    may_score = not bias and getattr(case, "has_criteria", True) and reviews.refuse_scoring(case, actor) is None
    may_ask = not bias and case.state in reviews.OPEN and opinions.refuse_asking(case, actor) is None
    scored = getattr(case, "review_count", 0)
    if not (found or may_score or may_ask or scored):
        return None
    return {
        "rows": [(one, "", *opinions.state_of(one, today=today)) for one in found],
        "reviews": scored,
        "may_score": may_score,
        "may_read": actor.has_role(*reviews.READERS),
        "may_ask": may_ask,
    }
