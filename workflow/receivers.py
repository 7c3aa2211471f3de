"""What the office does when the door reports news. Nothing here touches a machine."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from applications import renaming
from journal import reminders
from journal.machine import Machine
from journal.models import Event
from journal.signals import performed
from workflow import counting, opinions, search, waiting  # noqa: F401 - counting looks after its triggers
from workflow.models import Case, CaseState
from workflow.models.case import BEFORE_DECISION
from workflow.reminders import remind_of_question, subject_of


@receiver(performed, dispatch_uid="workflow.set_and_end_reminders")
def set_and_end_reminders(sender: type[Machine], obj: Machine, event: Event, at: datetime, **_more: Any) -> None:
    """Asking sets the reminders; whatever leads away from the question ends them."""
    if not isinstance(obj, Case) or event.from_state == event.to_state:
        return
    if event.from_state == CaseState.INFO_REQUESTED:
        reminders.end_for(subject_of(obj), at=at)
    if obj.state == CaseState.INFO_REQUESTED:
        remind_of_question(obj, at=at)


@receiver(performed, dispatch_uid="workflow.end_opinions")
def end_opinions(sender: type[Machine], obj: Machine, event: Event, at: datetime, **_more: Any) -> None:
    """Once it is decided, nobody is asked for an opinion any more."""
    if isinstance(obj, Case) and event.from_state in BEFORE_DECISION and obj.state not in BEFORE_DECISION:
        opinions.end_of(obj, at=at)


@receiver(performed, dispatch_uid="workflow.end_waiting_offer")
def end_waiting_offer(sender: type[Machine], obj: Machine, event: Event, at: datetime, **_more: Any) -> None:
    """Whoever leaves the waiting list is offered nothing any more."""
    if isinstance(obj, Case) and event.from_state == CaseState.WAITLISTED:
        waiting.end_offer(obj, at=at)


@receiver(performed, dispatch_uid="workflow.find_what_was_answered")
def find_what_was_answered(sender: type[Machine], obj: Machine, event: Event, at: datetime, **_more: Any) -> None:
    """The association may have changed what its case is found by."""
    if isinstance(obj, Case) and event.kind in {"information_answered", "offer_accepted"}:
        search.update(obj)


renaming.watchers.append(search.update_organisation)
