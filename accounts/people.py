"""Inviting people of the office, closing and reopening accounts. Each is told in the journal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import grants
from accounts.models import RoleGrant, User
from accounts.roles import Role
from journal.actors import Actor
from journal.events import record
from journal.outbox import Letter, put
from journal.refusals import Forbidden, Refused


def _tell(kind: str, user: User, *, actor: Actor, at: datetime) -> None:
    subject = ("accounts.user", user.key)
    record(kind, thread=f"person:{user.key}", subject=subject, actor=actor.acting_as(Role.SYSADMIN), at=at)


def _require(actor: Actor) -> None:
    if not actor.has_role(Role.SYSADMIN):
        raise Forbidden(_("Personen lädt nur die Verwaltung des Systems ein."))


def invite(*, email: str, name: str, roles: Iterable[Role], actor: Actor, at: datetime) -> User:
    """A new person of the office with their roles, and the letter that tells them. Raises Refused for a known address."""
    _require(actor)
    if User.objects.filter(email__iexact=email).exists():
        raise Refused(_("Diese Person hat schon ein Konto. Geben Sie ihr die Aufgabe auf ihrer Seite."), field="email")
    with transaction.atomic():
        user = User.objects.create_user(email, name=name, date_joined=at)
        _tell("person_invited", user, actor=actor, at=at)
        for role in roles:
            grants.give(user, role, actor=actor, at=at)
        put(_letter(user, roles), key=f"invitation:{user.key}", kind="invitation", thread=f"person:{user.key}", at=at)
    return user


def _letter(user: User, roles: Iterable[Role]) -> Letter:
    with override(user.language):
        context = {"user": user, "roles": list(roles), "url": urljoin(settings.SITE_URL, reverse("account_login"))}
        body = render_to_string("accounts/invitation.txt", context)
        subject = _("Ihr Zugang zum Fördertopf")
    return Letter(to=user.email, to_key=user.key, language=user.language, subject=subject, body=body)


def close(user: User, *, actor: Actor, at: datetime) -> None:
    """Closes an account and ends its roles. Sessions end with the next click. Never one's own."""
    _require(actor)
    if user.key == actor.key:
        raise Refused(_("Ihr eigenes Konto schließt eine andere Person."))
    with transaction.atomic():
        if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
            raise Refused(_("Dieses Konto ist schon geschlossen."))
        _tell("person_closed", user, actor=actor, at=at)
        for grant in RoleGrant.objects.filter(user=user, ended_at__isnull=True):
            grants.end(grant, actor=actor, at=at)


def reopen(user: User, *, actor: Actor, at: datetime) -> None:
    """Opens a closed account again, without roles."""
    _require(actor)
    with transaction.atomic():
        if not User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
            raise Refused(_("Dieses Konto ist offen."))
        _tell("person_reopened", user, actor=actor, at=at)


GROUPS = ("amt", "vereine", "geschlossen")


def listed(*, group: str, query: str = "") -> QuerySet[User]:
    """People by group ("amt": who holds a role), found by name or address, with the roles they hold: two queries."""
    held = RoleGrant.objects.filter(ended_at__isnull=True)
    people = User.objects.prefetch_related(Prefetch("grants", queryset=held, to_attr="held"))
    if query:
        people = people.filter(Q(name__icontains=query) | Q(email__icontains=query))
    people = people.filter(is_active=group != "geschlossen")
    has_role = Q(pk__in=held.values("user"))
    if group == "amt":
        people = people.filter(has_role)
    elif group == "vereine":
        people = people.exclude(has_role)
    return people.order_by("name", "email")
