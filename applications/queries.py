"""What a person of an organisation may see: nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from applications.models import Application, Membership, Organisation
from funding.models import Round
from journal.actors import Actor


def of_member(actor: Actor) -> QuerySet[Application]:
    """Applications of the organisations in which the person is a member."""
    if actor.key is None:
        return Application.objects.none()
    own = Application.objects.filter(organisation__memberships__user__key=actor.key)
    return own.select_related("organisation", "round__programme")


def organisations(actor: Actor, **rights: bool) -> QuerySet[Organisation]:
    """Organisations of the person; with `may_edit=True` those for which they may write."""
    if actor.key is None:
        return Organisation.objects.none()
    asked = {f"memberships__{name}": value for name, value in rights.items()}
    return Organisation.objects.filter(memberships__user__key=actor.key, **asked)


def memberships(actor: Actor) -> QuerySet[Membership]:
    if actor.key is None:
        return Membership.objects.none()
    return Membership.objects.filter(user__key=actor.key)


def draft_in(call: Round, organisation: Organisation) -> Application | None:
    """The draft that is already being written for a round: nobody needs a second one by accident."""
    return Application.objects.filter(round=call, organisation=organisation, filed_at__isnull=True).first()


def drafts_of(organisation: Organisation) -> dict[int, Application]:
    """Drafts of an organisation by their round, the newest of each: one query."""
    found = Application.objects.filter(organisation=organisation, filed_at__isnull=True).order_by("updated_at", "-pk")
    return {draft.round_id: draft for draft in found}


def drafts_in(call: Round, own: Iterable[Organisation]) -> QuerySet[Application]:
    """The same for several organisations: one query."""
    return Application.objects.filter(round=call, organisation__in=list(own), filed_at__isnull=True)
