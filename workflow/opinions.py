"""Opinions: a municipality or an advice centre says what it thinks of a project, by a personal link and without a log-in.

The secret of the link is kept nowhere: the row holds its hash, and a letter is completed when it leaves the outbox.
Whoever has the link reads what the project is about, never a person's data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.roles import Role
from applications.letters import in_one_line, letter_from
from funding.money import format_money
from journal import formats, impartial, outbox, reminders, values
from journal.actors import Actor
from journal.events import record
from journal.models import Message, Reminder
from journal.outbox import Letter
from journal.refusals import Faster, Forbidden, Refused
from workflow.models import Case, Opinion
from workflow.models.case import BEFORE_DECISION

ASKED, REMINDED, ANSWERED = "opinion_asked", "opinion_reminder", "opinion_answered"
LABEL = "workflow.opinion"
ROLE = "asked_outside"
"""In which the journal names who answers: somebody without an account."""
ASKERS = (Role.CASEWORKER, Role.TECHNICAL_REVIEWER)
PLACE_OF_SECRET = "0" * 64
"""Stands in the stored letter where the secret comes when it leaves."""
LONGEST = timedelta(days=366)
GRACE = timedelta(days=14)
"""So long after its deadline an answer is still taken."""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Whoever was asked; nobody whom we know."""

    email: str
    language: str = "de"
    key: UUID | None = None


def secret_of(opinion: Opinion) -> str:
    """Follows from the row and the key of this installation."""
    return salted_hmac("workflow.opinion", str(opinion.key), algorithm="sha256").hexdigest()


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def found_by(secret: str) -> Opinion | None:
    cases = Opinion.objects.select_related("case__application__organisation", "case__application__municipality")
    return cases.select_related("case__programme").filter(secret_hash=_hash(secret)).first()


def over_sentence(opinion: Opinion, *, today: date) -> str:
    """Why the link asks nothing any more; empty while it does. An answer that has come is no such reason."""
    if opinion.withdrawn_at is not None or opinion.case.state not in BEFORE_DECISION:
        return _("Ihre Stellungnahme wird nicht mehr gebraucht. Sie müssen nichts weiter tun.")
    if today > opinion.due_on + GRACE:
        return _("Die Frist für Ihre Stellungnahme war der %(day)s.") % {"day": formats.day(opinion.due_on)}
    return ""


def state_of(opinion: Opinion, *, today: date) -> tuple[str, str]:
    """In a word, and its tone."""
    if opinion.answered_at is not None:
        return _("beantwortet"), "s"
    if opinion.withdrawn_at is not None:
        return _("zurückgezogen"), "n"
    if today > opinion.due_on:
        return _("überfällig"), "d"
    return _("offen"), "i"


# In the office


def refuse_asking(case: Case, actor: Actor) -> str | None:
    if not actor.has_role(*ASKERS):
        return _("Stellungnahmen holen die Sachbearbeitung und die fachliche Prüfung ein.")
    return None if case.state in BEFORE_DECISION else _("Über den Antrag ist schon entschieden.")


def ask(
    case: Case, *, asked_of: str, email: str, question: str, due_on: date, with_amount: bool, actor: Actor, at: datetime
) -> Opinion:
    """Makes the link and queues its letter and reminders. Raises Forbidden, or Refused with the field."""
    acting = _asker(case, actor, at)
    today, address = localdate(at), email.strip().lower()
    if not today < due_on <= today + LONGEST:
        raise Refused(_("Die Frist muss nach dem heutigen Tag enden, höchstens in einem Jahr."), field="due_on")
    with transaction.atomic():
        held = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
        waiting = held.opinions.filter(email=address, answered_at__isnull=True, withdrawn_at__isnull=True)
        if waiting.exists():
            raise Refused(_("Unter dieser Adresse ist schon nach einer Stellungnahme gefragt."), field="email")
        key = uuid4()
        opinion = Opinion(
            key=key, case=case, asked_of=in_one_line(asked_of), email=address,
            question=_with_amount(case, question.strip()) if with_amount else question.strip(), due_on=due_on,
            asked_by=_key(acting), asked_at=at,
        )  # fmt: skip
        opinion.secret_hash = _hash(secret_of(opinion))
        opinion.save()
        _tell(ASKED, opinion, actor=acting, at=at, facts={"due_on": str(due_on)})
        outbox.put(_letter(opinion, today=today), key=f"{ASKED}:{opinion.pk}", kind=ASKED, thread=case.reference, at=at)
        _remind(opinion, at=at)
        return opinion


def _key(actor: Actor) -> UUID:
    assert actor.key is not None
    return actor.key


def _asker(case: Case, actor: Actor, at: datetime) -> Actor:
    role = next((role for role in ASKERS if actor.has_role(role)), None)
    sentence = refuse_asking(case, actor)
    if role is None:
        raise Forbidden(sentence)
    impartial.require(case, actor=actor, today=localdate(at))
    if sentence:
        raise Refused(sentence)
    return actor.acting_as(role)


def _with_amount(case: Case, question: str) -> str:
    with translation.override("de"):  # the letter to a German office
        amount = _("Beantragt sind %(amount)s.") % {"amount": format_money(case.requested_amount)}
    return f"{question}\n\n{amount}"


def withdraw(opinion: Opinion, *, actor: Actor, at: datetime) -> None:
    """The link says from now on that nothing needs to be done. Raises Faster once it is answered or withdrawn."""
    acting = _asker(opinion.case, actor, at)
    with transaction.atomic():
        if not _waiting(opinion).update(withdrawn_at=at):
            raise Faster(_("Diese Stellungnahme ist schon eingegangen oder zurückgezogen."))
        _end_letters(opinion, at=at)
        _tell("opinion_withdrawn", opinion, actor=acting, at=at)


def _waiting(opinion: Opinion) -> Any:
    return Opinion.objects.filter(pk=opinion.pk, answered_at__isnull=True, withdrawn_at__isnull=True)


def _end_letters(opinion: Opinion, *, at: datetime) -> None:
    outbox.recall(f"{ASKED}:{opinion.pk}:")
    reminders.end_for(_subject(opinion), at=at)


def end_of(case: Case, *, at: datetime) -> None:
    """The case is decided or gone: nobody is reminded any more."""
    for opinion in case.opinions.filter(answered_at__isnull=True, withdrawn_at__isnull=True):
        _end_letters(opinion, at=at)


# With the link in hand


def answer(opinion: Opinion, *, verdict: str, text: str, name: str, at: datetime) -> None:
    """Once, and for good; the officer gets a letter. Raises Faster where it was answered or is over."""
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",)).get(pk=opinion.case_id)
        if over_sentence(opinion, today=localdate(at)) or case.state not in BEFORE_DECISION:
            raise Faster(_("Ihre Stellungnahme wird nicht mehr gebraucht."))
        values_ = {"verdict": verdict, "answer": text.strip(), "answered_by": in_one_line(name), "answered_at": at}
        if not _waiting(opinion).update(**values_):
            raise Faster(_("Zu diesem Link ist schon eine Stellungnahme eingegangen."))
        _end_letters(opinion, at=at)
        outside = Actor(key=None, name=name, role=ROLE)
        event = _tell(ANSWERED, opinion, actor=outside, at=at, facts={"verdict": verdict})
        outbox.queue("opinion_answered", obj=opinion.case, event=event, at=at)


def _tell(kind: str, opinion: Opinion, *, actor: Actor, at: datetime, facts: dict[str, str] | None = None) -> Any:
    """The address and who signed stay out of the journal: nothing there can be deleted."""
    told = {"asked_of": opinion.asked_of, **(facts or {})}
    return record(kind, thread=opinion.case.reference, subject=(LABEL, opinion.pk), actor=actor, at=at, facts=told)


# Letters and reminders


def _subject(opinion: Opinion) -> reminders.Subject:
    return reminders.Subject(thread=opinion.case.reference, label=LABEL, key=str(opinion.pk))


def _remind(opinion: Opinion, *, at: datetime) -> None:
    before = values.number("deadline.opinion_reminder_days", on=localdate(at))
    reminders.set_for(REMINDED, subject=_subject(opinion), deadline_on=opinion.due_on, days_before=(before, 0), at=at)


def _letter(opinion: Opinion, *, today: date, template: str = "workflow/opinion/asked.txt") -> Letter:
    case, reader = opinion.case, Reader(email=opinion.email)
    with translation.override(reader.language):
        facts = {
            "reference": case.reference,
            "asked_of": in_one_line(opinion.asked_of),
            "programme": case.programme,
            "due_on": opinion.due_on,
            "days_left": (opinion.due_on - today).days,
            "link": f"{settings.SITE_URL}{reverse('workflow:opinion', args=[PLACE_OF_SECRET])}",
            "for_office": False,
        }
        return letter_from(template, reader, facts)


@reminders.reminds(REMINDED)
def _write(reminder: Reminder) -> Iterator[Letter]:
    assert reminder.done_at is not None
    opinion = Opinion.objects.select_related("case__programme").get(pk=reminder.subject_key)
    today = localdate(reminder.done_at)
    if not over_sentence(opinion, today=today) and opinion.answered_at is None:
        yield _letter(opinion, today=today, template=f"emails/{REMINDED}.txt")


@outbox.fills(ASKED)
def with_secret(message: Message) -> str:
    """The letter as it leaves the house."""
    return _filled(message, message.key.split(":")[1])


@outbox.fills(REMINDED)
def reminder_with_secret(message: Message) -> str:
    """The key of a reminder is kind:label:key:…"""
    return _filled(message, message.key.split(":")[2])


def _filled(message: Message, pk: str) -> str:
    return message.body.replace(PLACE_OF_SECRET, secret_of(Opinion.objects.get(pk=int(pk))))
