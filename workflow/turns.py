"""Whose turn it is on the waiting list (rule 9): by score, then by receipt. Whoever goes before another needs a reason."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.utils.translation import gettext as _

from funding.models import BudgetLine
from journal.actors import Actor
from journal.events import record
from journal.refusals import Refused
from workflow import money

if TYPE_CHECKING:
    from workflow.models import Case

ORDER: tuple[Any, ...] = (F("waiting_rank").asc(nulls_last=True), "received_at", "pk")
"""The ranks as they were given or changed by hand."""


def _list_of(case: Case) -> Any:
    """All that wait for the money of the same programme and year."""
    cases = type(case)._default_manager.filter(programme=case.programme_id, fiscal_year=case.fiscal_year)
    return cases.filter(state="waitlisted").order_by(*ORDER)


def enter(case: Case) -> None:
    """Gives the case its place: behind the last whose score is better, or equal and received earlier.

    Those behind move by one. Whom somebody moved up by hand stays before who comes in later.
    """
    others = list(_list_of(case).exclude(pk=case.pk))
    better = [other for other in others if _standing(other) <= _standing(case)]
    last = max((other.waiting_rank or 0 for other in better), default=0)
    behind = [other for other in others if (other.waiting_rank or 0) > last]
    for other in behind:
        other.waiting_rank = (other.waiting_rank or 0) + 1
    type(case)._default_manager.bulk_update(behind, ["waiting_rank"])
    case.waiting_rank = last + 1


def _standing(case: Case) -> tuple[bool, int, datetime]:
    return (case.score is None, -(case.score or 0), case.received_at)


def passed_over(case: Case) -> list[Case]:
    """Who waits for the same money and stands before the case: of the same line or sub-budget, the first one first.

    Nobody, if the case is not on the list. At most three queries.
    """
    if case.state != "waitlisted":
        return []
    waiting = list(_list_of(case).select_related("application__measure", "application__municipality", "programme"))
    before = waiting[: next((place for place, other in enumerate(waiting) if other.pk == case.pk), 0)]
    if not before:
        return []
    line = BudgetLine.objects.filter(
        fiscal_year=case.fiscal_year, product=case.programme.product, account=case.programme.account
    ).prefetch_related("parts").first()  # fmt: skip
    return [other for other in before if line is None or _pot(line, other) == _pot(line, case)]


def _pot(line: BudgetLine, case: Case) -> int | None:
    part = money.part_for(line, money.belongs(case))
    return part.pk if part else None


def sentence(passed: list[Case]) -> str:
    """Why a reason is asked for."""
    names = ", ".join(other.reference for other in passed[:3])
    if len(passed) > 3:
        names = _("%(names)s und %(count)s weitere") % {"names": names, "count": len(passed) - 3}
    return _("Auf der Warteliste steht davor: %(names)s. Bitte begründen Sie, warum dieser Antrag vorgeht.") % {
        "names": names
    }


def go_before(case: Case, *, reason: str, actor: Actor, at: datetime) -> None:
    """Notes in the journal of everybody concerned that the case goes before others, and why.

    Raises Refused without a reason where it goes before somebody.
    """
    passed = passed_over(case)
    if not passed:
        return
    if not reason.strip():
        raise Refused(sentence(passed), field="skipping")
    rank = len(passed) + 1
    _tell("waiting_rank_skipped", case, reason, actor, at, rank=rank, passed=[other.reference for other in passed])
    for other in passed:
        _tell("waiting_rank_passed", other, reason, actor, at, reference=case.reference)


def _tell(kind: str, case: Case, reason: str, actor: Actor, at: datetime, **facts: Any) -> None:
    record(
        kind,
        thread=case.reference,
        subject=(case.label_of_machine, case.pk),
        actor=actor,
        at=at,
        states=(case.state, case.state),
        reason=reason,
        facts=facts,
    )
