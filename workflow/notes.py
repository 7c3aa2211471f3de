"""What the office writes on a case for itself: notes and labels. The association never reads either of them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.roles import Role
from journal.actors import Actor
from journal.events import record
from journal.refusals import Faster, Forbidden, Refused
from workflow import search
from workflow.forms.talk import readable
from workflow.listing import WORKERS, workers
from workflow.models import Case, CaseNote, Label

WRITERS = (*WORKERS, Role.DECIDER, Role.COMMITTEE_OFFICE)
"""Who reads cases and is not the audit: that one reads only."""
MOST_LABELS = 10
"""On one case; in the whole office there are as many as somebody makes."""
PER_CASE = 200


def may_write(actor: Actor) -> bool:
    return actor.has_role(*WRITERS)


# Notes


def write(case: Case, text: str, *, actor: Actor, at: datetime) -> CaseNote:
    """Raises Refused for an empty text and for more notes than a file holds."""
    kept = readable(text)
    if not kept:
        raise Refused(_("Bitte schreiben Sie die Notiz."), field="text")
    if case.notes.count() >= PER_CASE:
        raise Refused(_("In diesem Vorgang stehen schon sehr viele Notizen."), field="text")
    assert actor.key is not None
    with transaction.atomic():
        note = CaseNote.objects.create(case=case, text=kept, author=actor.key, written_at=at)
        search.update(case)
    return note


def strike(note: CaseNote, *, actor: Actor, at: datetime) -> None:
    """Only who wrote it, or the coordinator. It stays readable: the file keeps what was in it. Raises Faster."""
    if note.author != actor.key and not actor.has_role(Role.COORDINATOR):
        raise Forbidden(_("Streichen darf eine Notiz, wer sie geschrieben hat."))
    with transaction.atomic():
        if not CaseNote.objects.filter(pk=note.pk, struck_at__isnull=True).update(struck_at=at):
            raise Faster(_("Diese Notiz ist schon gestrichen."))
        search.update(note.case)


# Labels


def labelled(case: Case, labels: list[Label], new: str) -> list[Label]:
    """The case has exactly these labels, and the new one, which is made if nobody has made it yet."""
    name = " ".join(readable(new).split())
    with transaction.atomic():
        wanted = [*labels, *([_label(name)] if name else [])]
        if len({label.pk for label in wanted}) > MOST_LABELS:
            raise Refused(_("Ein Vorgang trägt höchstens zehn Etiketten."), field="new" if name else "labels")
        case.labels.set(wanted)
        search.update(case)
    return wanted


def _label(name: str) -> Label:
    """ "eilt" is "Eilt": nobody wants to filter by both."""
    found = next((one for one in Label.objects.all() if one.name.casefold() == name.casefold()), None)
    if found:
        return found
    try:
        with transaction.atomic():
            return Label.objects.create(name=name)
    except IntegrityError:
        return Label.objects.get(name=name)


# Who works on it


def hand_over(case: Case, person: UUID, *, note: str, actor: Actor, at: datetime) -> None:
    """The case is given to a colleague; both read in the story who gave it and why.

    Raises Refused for somebody who has no desk, Faster if the case was theirs already.
    """
    if not workers().filter(user__key=person).exists():
        raise Refused(_("Bitte wählen Sie eine Person aus der Liste."), field="person")
    role = next(role for role in (Role.CASEWORKER, Role.COORDINATOR) if actor.has_role(role))
    with transaction.atomic():
        if not Case.objects.filter(pk=case.pk).exclude(assigned_to=person).update(assigned_to=person):
            raise Refused(_("Diese Person bearbeitet den Vorgang schon."), field="person")
        record(
            "handed_over",
            thread=case.reference,
            subject=(case.label_of_machine, case.pk),
            actor=actor.acting_as(role),
            at=at,
            reason=readable(note),
            facts={"to": str(person)},
        )
