"""Which reminders a state sets, and what ends them. One row in the registry and one template for each kind."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localdate, localtime

from funding.law.periods import is_working_day
from journal import reminders, values
from journal.models import Reminder
from journal.outbox import Letter
from journal.reminders import Subject
from workflow import inquiries
from workflow.messages import Kind, members, tell
from workflow.models import Case

INFORMATION_REQUEST = Kind(name="information_request_reminder", recipients=members)


def subject_of(case: Case) -> Subject:
    return Subject(thread=case.reference, label=case.label_of_machine, key=str(case.pk))


def remind_of_question(case: Case, *, at: datetime) -> None:
    """Some days before the deadline and on the day itself; nothing after it is answered.

    A second question with the same deadline has reminders of its own: the question is the occasion.
    """
    question = inquiries.open_request(case)
    assert question is not None
    before = values.number("deadline.information_reminder_days", on=localdate(at))
    reminders.set_for(
        INFORMATION_REQUEST.name,
        subject=subject_of(case),
        occasion=str(question.pk),
        deadline_on=question.due_on,
        days_before=(before, 0),
        at=at,
    )


@reminders.reminds(INFORMATION_REQUEST.name)
def _write(reminder: Reminder) -> list[Letter]:
    assert reminder.done_at is not None
    case = Case.objects.select_related("application__organisation", "programme").get(pk=reminder.subject_key)
    days_left = (reminder.deadline_on - localdate(reminder.done_at)).days
    return tell(
        INFORMATION_REQUEST, case, occasion=f"reminder:{reminder.pk}", at=reminder.done_at, days_left=days_left,
        deadline_on=reminder.deadline_on,
    )  # fmt: skip


def may_send(at: datetime) -> bool:
    """Reminders go out on working days in the hours that the settings name; news goes out at once."""
    today = localdate(at)
    first, last = (values.number(f"letters.{edge}_hour", on=today) for edge in ("from", "until"))
    return is_working_day(today) and first <= localtime(at).hour < last
