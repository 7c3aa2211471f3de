"""The counter: an application is handed in and becomes a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications import actions, completeness, lateness, signatures
from applications.models import Application
from funding.models import Programme
from journal import impartial, outbox
from journal.actors import APPLICANT, Actor
from journal.events import record
from journal.refusals import Forbidden, Refused
from workflow import rules, search
from workflow.models import Case, FileSequence


def file_application(application: Application, *, actor: Actor, at: datetime) -> Case:
    """Locks the application, freezes a revision, gives it a file reference and opens its case.

    Filing twice is filing once: the second call returns the case of the first. Raises Refused if something is missing
    or the round is over, Forbidden for people who may not file.
    """
    with transaction.atomic():
        held = _held(application)
        existing = Case.objects.filter(application=held).first()
        if existing is not None:
            return existing
        _refuse(held, actor, at)
        return open_case(held, actor.acting_as(APPLICANT), at)


def _held(application: Application) -> Application:
    """The locked row with all that a revision holds, read once."""
    found = Application.objects.select_for_update(of=("self",)).select_related(
        "organisation", "round__programme", "municipality", "measure", "question_set"
    )
    return found.prefetch_related("goals", "costs", "sources", "attachments").get(pk=application.pk)


def _refuse(application: Application, actor: Actor, at: datetime) -> None:
    if not rules.has_membership(application.organisation_id, actor.key, may_file=True):
        raise Forbidden(_("Einreichen darf nur, wem Ihre Organisation das erlaubt hat."))
    missing = completeness.missing_in(application, today=localdate(at))
    if missing:
        raise Refused(missing[0].sentence, field=missing[0].field)
    refusal = signatures.refuse_filing(application, actor)
    if refusal:
        raise Refused(refusal, field="signature")
    closed = lateness.refuse_filing(application, at=at)
    if closed:
        raise Refused(closed)


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """When it came in, which on paper is before it is filed here."""

    received_at: datetime
    is_paper: bool = False


def open_case(application: Application, actor: Actor, at: datetime, *, receipt: Receipt | None = None) -> Case:
    """Freezes a revision of the locked application and opens its case, in the caller's transaction."""
    receipt = receipt or Receipt(received_at=at)
    received_at = receipt.received_at
    reference = next_reference(application.round.programme, at=received_at)
    actions.hand_in(application, reference=reference, at=received_at)
    revision = actions.freeze(application, actor=actor, at=at)
    link = lateness.use(application, at=at)
    case = Case.objects.create(
        application=application,
        programme=application.round.programme,
        reference=reference,
        fiscal_year=application.round.fiscal_year,
        requested_amount=actions.requested_amount(application),
        received_at=received_at,
        state_since=at,
        is_late=application.round.is_late(at=received_at),
        is_paper=receipt.is_paper,
    )
    event = record(
        "filed_on_paper" if receipt.is_paper else "filed",
        thread=reference,
        subject=(case.label_of_machine, case.pk),
        actor=actor,
        at=at,
        states=("", case.state),
        reason=lateness.reason_in_journal(link),
        facts={
            "requested": str(case.requested_amount),
            "sha256": revision.sha256,
            "received_on": localdate(received_at).isoformat(),
        },
    )
    outbox.queue("filed", obj=case, event=event, at=at)
    search.begin(case)
    return case


def next_reference(programme: Programme, *, at: datetime) -> str:
    """The next file reference, for example INT-2026-0016; no number is given twice. Must run in a transaction."""
    year = localdate(at).year
    sequence, _created = FileSequence.objects.select_for_update().get_or_create(prefix=programme.prefix, year=year)
    sequence.last += 1
    sequence.save(update_fields=["last"])
    return f"{programme.prefix}-{year}-{sequence.last:04d}"


def assign(case: Case, *, actor: Actor, at: datetime) -> None:
    """The person takes the case over; whoever had it before reads so in the journal."""
    impartial.require(case, actor=actor, today=localdate(at))
    with transaction.atomic():
        Case.objects.filter(pk=case.pk).update(assigned_to=actor.key)
        record("assigned", thread=case.reference, subject=(case.label_of_machine, case.pk), actor=actor, at=at)
