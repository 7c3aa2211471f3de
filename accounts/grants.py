"""Giving and ending staff roles; each is told in the journal."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import RoleGrant, User
from accounts.roles import Role
from journal.actors import SYSTEM, Actor
from journal.events import record
from journal.refusals import Forbidden, Refused


def _role_of(actor: Actor) -> str:
    if actor.has_role(Role.SYSADMIN):
        return Role.SYSADMIN
    if actor.has_role(SYSTEM):
        return SYSTEM
    raise Forbidden(_("Rollen vergibt nur die Verwaltung des Systems."))


def _tell(kind: str, user: User, role: str, actor: Actor, at: datetime) -> None:
    record(
        kind,
        thread=f"person:{user.key}",
        subject=("accounts.user", user.key),
        actor=actor.acting_as(_role_of(actor)),
        at=at,
        facts={"role": role},
    )


def give(user: User, role: Role, *, actor: Actor, at: datetime) -> RoleGrant:
    """Gives a role. Never to oneself; a role already held is refused."""
    _role_of(actor)
    if actor.key == user.key:
        raise Refused(
            _("Niemand gibt sich selbst eine Rolle. Bitte lassen Sie das eine andere Person tun."), field="role"
        )
    if RoleGrant.objects.filter(user=user, role=role, ended_at__isnull=True).exists():
        raise Refused(_("Diese Rolle hat die Person schon."), field="role")
    with transaction.atomic():
        grant = RoleGrant.objects.create(user=user, user_key=user.key, role=role, granted_at=at, granted_by=actor.key)
        _tell("role_given", user, role, actor, at)
    return grant


def end(grant: RoleGrant, *, actor: Actor, at: datetime) -> None:
    """Ends a role. Never one's own: somebody must be left who can undo it."""
    _role_of(actor)
    if actor.key == grant.user.key:
        raise Refused(_("Ihre eigene Rolle beendet eine andere Person."))
    with transaction.atomic():
        ended = RoleGrant.objects.filter(pk=grant.pk, ended_at__isnull=True).update(ended_at=at, ended_by=actor.key)
        if not ended:
            raise Refused(_("Diese Rolle ist schon beendet."))
        _tell("role_ended", grant.user, grant.role, actor, at)
