"""What a resolution leaves to the administration (Beschlusskontrolle): who does what until when, and that it was done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.actors import names_of, people_with
from accounts.models import User
from accounts.roles import CASE_READERS, Role
from applications.letters import in_one_line, letter_from
from journal import reminders, values
from journal.actors import Actor
from journal.events import record as note
from journal.models import Reminder
from journal.outbox import Letter
from journal.refusals import Faster, Forbidden
from journal.reminders import Subject
from workflow.models import Consultation, FollowUp

REMINDER = "follow_up_due"
LABEL = "workflow.follow_up"
SHOWN_BEFORE = timedelta(days=7)
"""A task stands on the first page of its person from so long before its day."""
READERS = CASE_READERS - {Role.AUDITOR}


def people() -> list[User]:
    """Who can be responsible: everybody of the office, each once, by name."""
    found = {person.pk: person for role in READERS for person in people_with(role)}
    return sorted(found.values(), key=str)


def open_tasks() -> QuerySet[FollowUp]:
    return FollowUp.objects.filter(done_on__isnull=True).select_related("consultation__paper", "consultation__body")


def due_of(actor: Actor, *, today: date) -> QuerySet[FollowUp]:
    """What this person has left to do within a week, or should have done."""
    return FollowUp.objects.filter(Q(responsible=actor.key), done_on__isnull=True, due_on__lte=today + SHOWN_BEFORE)


def tasks_of(actor: Actor, *, today: date) -> list[FollowUp]:
    """The same with what a row shows, the most urgent first: one query."""
    found = due_of(actor, today=today).select_related("consultation__paper", "consultation__body")
    return list(found.order_by("due_on", "pk"))


def may_do(task: FollowUp, actor: Actor) -> bool:
    return actor.key == task.responsible or actor.has_role(Role.COMMITTEE_OFFICE)


def rows(tasks: Iterable[FollowUp], actor: Actor) -> list[tuple[FollowUp, str, bool]]:
    """Each task with the name of who does it and whether this person may tick it off: one query for the names."""
    found = list(tasks)
    names = names_of({task.responsible for task in found})
    return [(task, names.get(task.responsible, "") if task.responsible else "", may_do(task, actor)) for task in found]


def add(
    consultation: Consultation, *, task: str, due_on: date, responsible: UUID | None, actor: Actor, at: datetime
) -> FollowUp:
    """Leaves a task to somebody, who is reminded before it is due."""
    found = FollowUp.objects.create(consultation=consultation, task=task, due_on=due_on, responsible=responsible)
    _tell("follow_up_added", found, actor=actor, at=at)
    days = values.number("follow_up.reminder_days", on=localdate(at))
    if responsible is not None:
        reminders.set_for(REMINDER, subject=_subject(found), deadline_on=due_on, days_before=(days, 0), at=at)
    return found


def finish(task: FollowUp, *, note: str, actor: Actor, at: datetime) -> None:
    """Done, once. Raises Forbidden for whom it is none of, Faster where it is done already."""
    if not may_do(task, actor):
        raise Forbidden(_("Diese Aufgabe gehört einer anderen Person."))
    still = FollowUp.objects.filter(pk=task.pk, done_on__isnull=True)
    if not still.update(done_on=localdate(at), done_by=actor.key, note=note):
        raise Faster(_("Die Aufgabe ist schon erledigt. Ihre Eingabe wurde nicht übernommen."))
    task.refresh_from_db()
    _tell("follow_up_done", task, actor=actor, at=at, reason=note)
    reminders.end_for(_subject(task), at=at)


def _subject(task: FollowUp) -> Subject:
    return Subject(thread=task.consultation.paper.number, label=LABEL, key=str(task.pk))


def _tell(kind: str, task: FollowUp, *, actor: Actor, at: datetime, reason: str = "") -> None:
    facts = {"task": task.task, "due_on": str(task.due_on), "responsible": str(task.responsible or "")}
    thread = task.consultation.paper.number
    note(kind, thread=thread, subject=(LABEL, task.pk), actor=actor, at=at, reason=reason, facts=facts)


@reminders.reminds(REMINDER)
def _remind(reminder: Reminder) -> Iterator[Letter]:
    """To who is responsible now, as long as it is not done."""
    assert reminder.done_at is not None
    task = open_tasks().filter(pk=reminder.subject_key).first()
    if task is None or task.responsible is None:
        return
    person = User.objects.filter(key=task.responsible, is_active=True).first()
    if person is None:
        return
    with translation.override(person.language):
        yield letter_from(f"emails/{REMINDER}.txt", person, _facts(task, person, reminder))


def _facts(task: FollowUp, person: User, reminder: Reminder) -> dict[str, object]:
    assert reminder.done_at is not None
    return {
        "person": in_one_line(str(person)),
        "number": task.consultation.paper.number,
        "task": in_one_line(task.task),
        "body": task.consultation.body,
        "days_left": (reminder.deadline_on - localdate(reminder.done_at)).days,
        "deadline_on": reminder.deadline_on,
        "link": f"{settings.SITE_URL}{reverse('workflow:consultation', args=[task.consultation_id])}",
        "for_office": True,
    }
