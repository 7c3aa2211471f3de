"""Letters on paper: what the outbox would mail to an association goes by post where nobody of it has an address.

The row is written in the transaction of the news, like a mail; the PDF is set when somebody prints it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.roles import Role
from applications.letters import in_one_line
from journal.actors import Actor
from journal.events import record
from journal.outbox import Letter
from journal.refusals import Faster, Forbidden, Refused
from workflow.models import Case, PaperLetter

BY_POST_ANYWAY = frozenset({"notice_issued", "rejection_sent"})
"""News of a notice that is in the post itself: nobody needs a second letter about it."""


class OnPaper:
    """The reader of a printed letter: whoever acts for the organisation, without an address to mail to."""

    email, key, language = "", None, "de"

    def __init__(self, case: Case) -> None:
        organisation = case.application.organisation
        self.name = organisation.representative or organisation.name

    def __str__(self) -> str:
        return in_one_line(self.name)


def write(case: Case, kind: str, letter: Letter, *, occasion: str, at: datetime) -> PaperLetter:
    """Keeps a letter to be printed; kept twice is kept once."""
    found, _created = PaperLetter.objects.get_or_create(
        occasion=occasion,
        defaults={
            "case": case,
            "kind": kind,
            "subject": in_one_line(letter.subject)[:200],
            "body": letter.body,
            "written_at": at,
        },
    )
    return found


def waiting() -> QuerySet[PaperLetter]:
    """What is to be printed and posted, the oldest first."""
    return _with_case(PaperLetter.objects.filter(sent_on__isnull=True))


def posted() -> QuerySet[PaperLetter]:
    return _with_case(PaperLetter.objects.filter(sent_on__isnull=False)).order_by("-sent_on", "-pk")


def _with_case(found: QuerySet[PaperLetter]) -> QuerySet[PaperLetter]:
    return found.select_related("case__application__organisation", "case__programme").defer("body")


def post(letter: PaperLetter, *, sent_on: date, today: date, actor: Actor, at: datetime) -> None:
    """Notes that it went to the post. Raises Refused for a day before it was written or after today, Faster if it was noted."""
    if not actor.has_role(Role.CASEWORKER):
        raise Forbidden(_("Diese Aufgabe gehört einer anderen Person."))
    if sent_on > today:
        raise Refused(_("Der Tag liegt in der Zukunft. Bitte prüfen Sie ihn."), field="sent_on")
    if sent_on < letter.written_at.astimezone().date():
        raise Refused(_("An diesem Tag gab es den Brief noch nicht."), field="sent_on")
    with transaction.atomic():
        rows = PaperLetter.objects.filter(pk=letter.pk, sent_on__isnull=True)
        if not rows.update(sent_on=sent_on, sent_by=actor.key):
            raise Faster(_("Jemand anders hat diesen Brief schon als versendet eingetragen."))
        record(
            "letter_posted",
            thread=letter.case.reference,
            subject=("workflow.paperletter", letter.pk),
            actor=actor.acting_as(Role.CASEWORKER),
            at=at,
            facts={"subject": letter.subject, "sent_on": sent_on.isoformat()},
        )


def facts(case: Case) -> dict[str, Any]:
    """What is different in the words of a printed letter."""
    return {"on_paper": True, "link": "", "person": str(OnPaper(case))}
