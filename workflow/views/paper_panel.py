"""What the page of a case shows where it came on paper: its letters, and where an answer is written down."""

from __future__ import annotations

from typing import Any

from journal.actors import Actor
from workflow import mine, rules
from workflow.models import Case


def panel(case: Case, *, actor: Actor) -> dict[str, Any] | None:
    """None for a case of the portal, which costs nothing."""
    if not case.is_paper:
        return None
    may_print = rules.may_check(actor)
    is_open = may_print and case.application.is_editable
    return {
        "letters": list(case.letters.defer("body")),
        "may_print": may_print,
        "sections": mine.section_links(case.application, case.application.open_sections) if is_open else [],
        "by_mail": case.application.organisation.memberships.filter(may_edit=True).exists(),
    }
