"""Who of an organisation may read and write, and what of an application is open for writing."""

from __future__ import annotations

from django.utils.translation import gettext as _

from applications import questions
from applications.actions import requested_amount
from applications.completeness import Section
from applications.models import Application, Membership
from journal.actors import Actor
from journal.refusals import Forbidden


def membership_in(application: Application, actor: Actor) -> Membership | None:
    if actor.key is None:
        return None
    return Membership.objects.filter(organisation_id=application.organisation_id, user__key=actor.key).first()


def open_sections(application: Application) -> list[Section]:
    """All of a draft; after filing only those that the office opened again."""
    if not application.is_editable:
        return []
    steps = [section for section in Section if section is not Section.QUESTIONS or has_questions(application)]
    if application.filed_at is None:
        return steps
    return [section for section in steps if section.value in application.open_sections]


def has_questions(application: Application) -> bool:
    """Whether there is anything in the step with the programme's own questions: no step is empty."""
    return questions.are_put(application, requested=requested_amount(application))


def refuse_closed(application: Application, section: Section) -> None:
    if section not in open_sections(application):
        raise Forbidden(_("Dieser Abschnitt ist eingereicht. Ändern lässt er sich nur nach einer Rückfrage von uns."))
