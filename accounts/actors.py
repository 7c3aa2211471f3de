"""From a logged-in person to the Actor that rules are asked about."""

from __future__ import annotations

from uuid import UUID

from accounts.models import RoleGrant, User
from journal.actors import APPLICANT, Actor


def actor_of(user: User) -> Actor:
    """The person with the roles they hold now: one query. Everybody without a staff role acts as an applicant."""
    roles = frozenset(RoleGrant.objects.filter(user=user, ended_at__isnull=True).values_list("role", flat=True))
    return Actor(key=user.key, name=str(user), roles=roles or frozenset({APPLICANT}))


def names_of(keys: set[UUID | None]) -> dict[UUID, str]:
    """Names for keys found in the journal: one query."""
    found = User.objects.filter(key__in=[key for key in keys if key is not None])
    return {user.key: str(user) for user in found.only("key", "name", "email")}


def people_with(role: str) -> list[User]:
    """Active people who hold the role now."""
    held = RoleGrant.objects.filter(role=role, ended_at__isnull=True, user__is_active=True)
    return [grant.user for grant in held.select_related("user").order_by("user__name")]
