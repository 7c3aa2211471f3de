"""Who acts. An Actor is a value: it names a person by key, so that rows which refer to them survive their erasure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self
from uuid import UUID

APPLICANT = "applicant"
"""The role in which members of an organisation act. It is not granted by staff: it follows from the membership."""
SYSTEM = "system"


@dataclass(frozen=True, kw_only=True)
class Actor:
    """`roles` are all that the person holds; `role` is the one in which they act just now (set by the door)."""

    key: UUID | None
    name: str
    roles: frozenset[str] = field(default_factory=frozenset)
    role: str = ""

    @property
    def is_staff(self) -> bool:
        return bool(self.roles - {APPLICANT, SYSTEM})

    def acting_as(self, role: str) -> Self:
        return replace(self, role=str(role))

    def has_role(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)


def system_actor() -> Actor:
    """A nightly task, not a person."""
    return Actor(key=None, name="Fördertopf", roles=frozenset({SYSTEM}), role=SYSTEM)
