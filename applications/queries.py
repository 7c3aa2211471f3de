"""What a person of an organisation may see: nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from accounts.roles import Role
from applications.models import Application, Membership, Organisation
from funding.models import Round
from journal.actors import Actor

ON_THE_DESK = Q(is_paper=True, filed_at__isnull=True)
"""Came on paper and is still being written down by the office: nothing for members yet."""


def of_member(actor: Actor) -> QuerySet[Application]:
    """Applications of the organisations in which the person is a member."""
    if actor.key is None:
        return Application.objects.none()
    own = Application.objects.filter(organisation__memberships__user__key=actor.key).exclude(ON_THE_DESK)
    return own.select_related("organisation", "round__programme")


def on_paper(actor: Actor) -> QuerySet[Application]:
    """What came on paper and is open for writing: the office writes it down for the applicant."""
    if not actor.has_role(Role.CASEWORKER):
        return Application.objects.none()
    found = Application.objects.filter(is_paper=True, is_editable=True)
    return found.select_related("organisation", "round__programme")


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
    drafts = Application.objects.filter(round=call, organisation=organisation, filed_at__isnull=True)
    return drafts.filter(is_paper=False).first()


def drafts_of(organisation: Organisation) -> dict[int, Application]:
    """Drafts of an organisation by their round, the newest of each: one query."""
    found = Application.objects.filter(organisation=organisation, filed_at__isnull=True).order_by("updated_at", "-pk")
    return {draft.round_id: draft for draft in found}


def drafts_in(call: Round, own: Iterable[Organisation]) -> QuerySet[Application]:
    """The same for several organisations: one query."""
    drafts = Application.objects.filter(round=call, organisation__in=list(own), filed_at__isnull=True)
    return drafts.filter(is_paper=False)
