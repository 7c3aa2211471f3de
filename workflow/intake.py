"""An application on paper: the office writes down what somebody sent by post or brought to the desk, and files it.

The day of receipt decides the round and whether it was in time, not the day on which somebody found time to type. What
the paper leaves open does not stand against filing: it becomes a point of the checklist.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.roles import Role
from applications import actions, chronicle, uploads
from applications.models import Application, Attachment, Organisation
from applications.uploads import Taken
from funding.models import Programme, Round
from journal import formats
from journal.actors import Actor
from journal.refusals import Faster, Forbidden, Refused
from workflow.actions import Receipt, open_case
from workflow.models import Case, PaperIntake

FOUND = 20
"""Organisations that a search shows: whoever gets more looks for more."""


def organisations(text: str) -> QuerySet[Organisation]:
    """By name or by postcode."""
    wanted = Q(name__icontains=text) | Q(postcode__startswith=text) if text.strip() else Q(pk__in=[])
    return Organisation.objects.filter(wanted).order_by("name", "pk")[:FOUND]


def enter_organisation(organisation: Organisation, *, actor: Actor, at: datetime) -> Organisation:
    """Keeps what the paper says of somebody without access to the portal: nobody is a member yet."""
    kind = "organisation_created" if organisation._state.adding else "organisation_changed"
    with transaction.atomic():
        if organisation._state.adding:
            organisation.created_at = at
        organisation.save()
        chronicle.tell(kind, organisation, actor=_officer(actor), at=at, facts={"fields": []})
    return organisation


def round_for(programme: Programme, *, received_at: datetime) -> Round:
    """The round in which the paper came: the one that was open, else the one that had closed last.

    Raises Refused before the first round.
    """
    begun = programme.rounds.filter(opens_at__lte=received_at)
    found = (
        begun.filter(closes_at__gt=received_at).order_by("closes_at").first() or begun.order_by("-closes_at").first()
    )
    if found is None:
        raise Refused(
            _("Am %(day)s war noch keine Runde dieses Programms offen.")
            % {"day": formats.plain_day(localdate(received_at))},
            field="programme",
        )
    return found


def begin(
    programme: Programme, organisation: Organisation, scan: Taken, *, received_at: datetime, channel: str,
    consent_by: str, actor: Actor, at: datetime,
) -> Application:  # fmt: skip
    """The draft with its scan. Raises Refused for a moment that is still to come, and before the first round."""
    if received_at > at:
        raise Refused(
            _("Dieser Zeitpunkt liegt in der Zukunft. Bitte prüfen Sie Tag und Uhrzeit."), field="received_on"
        )
    call = round_for(programme, received_at=received_at)
    with transaction.atomic():
        application = actions.begin(call, organisation, actor=actor, at=at, is_paper=True)
        assert actor.key is not None
        PaperIntake.objects.create(
            application=application, channel=channel, received_at=received_at, consent_by=consent_by,
            entered_by=actor.key, entered_at=at,
        )  # fmt: skip
        uploads.keep(application, scan, kind=Attachment.Kind.OTHER, actor=actor, at=at)
    return application


def drafts() -> QuerySet[PaperIntake]:
    """What is begun and not filed yet, the oldest receipt first."""
    begun = PaperIntake.objects.filter(application__filed_at__isnull=True)
    return begun.select_related("application__organisation", "application__round__programme").order_by("received_at")


def intake_of(application: Application) -> PaperIntake | None:
    return PaperIntake.objects.filter(application=application).first()


def file(application: Application, *, actor: Actor, at: datetime) -> Case:
    """Files what stands there, complete or not, as of the moment when the paper came. Filing twice is filing once.

    Raises Forbidden for who is no caseworker, Refused without a name for the project.
    """
    if not actor.has_role(Role.CASEWORKER):
        raise Forbidden(_("Diese Aufgabe gehört einer anderen Person."))
    with transaction.atomic():
        held = _held(application)
        existing = Case.objects.filter(application=held).first()
        if existing is not None:
            return existing
        if not held.title.strip():
            raise Refused(_("Der Name des Projekts fehlt. Ohne ihn findet den Vorgang niemand."), field="title")
        intake = PaperIntake.objects.get(application=held)
        Application.objects.filter(pk=held.pk).update(wants_portal=False)
        held.wants_portal = False
        receipt = Receipt(received_at=intake.received_at, is_paper=True)
        return open_case(held, actor.acting_as(Role.CASEWORKER), at, receipt=receipt)


def _held(application: Application) -> Application:
    """The locked row with all that a revision holds. Raises Faster if it is gone."""
    found = Application.objects.select_for_update(of=("self",)).select_related(
        "organisation", "round__programme", "municipality", "measure", "question_set"
    )
    held = found.prefetch_related("goals", "costs", "sources", "attachments").filter(pk=application.pk).first()
    if held is None:
        raise Faster(_("Dieser Entwurf ist inzwischen gelöscht."))
    return held


def _officer(actor: Actor) -> Actor:
    return actor.acting_as(Role.CASEWORKER)
