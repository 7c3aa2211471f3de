"""The register of who is bound to whom: who may enter and end what. Each entry and each end is told in the journal.

Everybody of the office enters their own; the coordination and the committee office enter for anybody. Nobody ends
their own entry: who is bound does not say that they are free.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.actors import names_of
from accounts.models import RoleGrant, User
from accounts.roles import Role
from applications.models import Organisation
from journal.actors import Actor
from journal.events import record
from journal.refusals import Faster, Forbidden, Refused
from workflow.conflicts import holding
from workflow.models import BodyMember, Involvement

LABEL = "workflow.involvement"
THREAD = "VERBINDUNGEN"
MANAGERS = (Role.COORDINATOR, Role.COMMITTEE_OFFICE)
READERS = (*MANAGERS, Role.AUDITOR)
HITS = 15


@dataclass(frozen=True, kw_only=True)
class Person:
    """Either somebody of the office or a member of a body; exactly one of both is set."""

    user_key: UUID | None = None
    member: BodyMember | None = None


def of_oneself(actor: Actor) -> Person:
    return Person(user_key=actor.key)


def enter(
    person: Person, organisation: Organisation, *, kind: str, since: date, note: str = "", actor: Actor, at: datetime
) -> Involvement:
    """Raises Forbidden for who may not enter it, Refused for what stands there already."""
    assert actor.key is not None
    acting = _acting(actor, is_own=person.member is None and person.user_key == actor.key)
    with transaction.atomic():
        held = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
        _refuse_second(person, held, since)
        found = Involvement.objects.create(
            user_key=person.user_key, member=person.member, organisation=held, kind=kind, note=note.strip(),
            since=since, entered_by=actor.key, entered_at=at,
        )  # fmt: skip
        _tell("involvement_entered", found, acting, at)
        return found


def _acting(actor: Actor, *, is_own: bool) -> Actor:
    managing = next((role for role in MANAGERS if actor.has_role(role)), None)
    if managing is not None:
        return actor.acting_as(managing)
    if not is_own or not actor.is_staff:
        raise Forbidden(_("Verbindungen anderer Personen trägt die Koordinierungsstelle oder das Gremienbüro ein."))
    return actor.acting_as(min(actor.roles))


def _refuse_second(person: Person, organisation: Organisation, since: date) -> None:
    same = Involvement.objects.filter(organisation=organisation, user_key=person.user_key, member=person.member)
    if same.filter(Q(until__isnull=True) | Q(until__gte=since)).exists():
        raise Refused(_("Diese Verbindung steht schon im Register."), field="organisation")


def end(involvement: Involvement, *, until: date, actor: Actor, at: datetime) -> None:
    """`until` is the last day on which it counts. Raises Forbidden, Refused, or Faster if somebody has ended it."""
    managing = next((role for role in MANAGERS if actor.has_role(role)), None)
    if managing is None:
        raise Forbidden(_("Verbindungen beendet die Koordinierungsstelle oder das Gremienbüro."))
    if is_own(involvement, actor):
        raise Forbidden(_("Ihre eigene Verbindung beendet eine andere Person."))
    if until < involvement.since:
        raise Refused(_("Das Ende liegt vor dem Beginn. Bitte prüfen Sie den Tag."), field="until")
    with transaction.atomic():
        if not Involvement.objects.filter(pk=involvement.pk, until__isnull=True).update(until=until):
            raise Faster(_("Jemand war schneller: Diese Verbindung ist schon beendet."))
        involvement.until = until
        _tell("involvement_ended", involvement, actor.acting_as(managing), at)


def is_own(involvement: Involvement, actor: Actor) -> bool:
    member = involvement.member
    return actor.key in {involvement.user_key, member.user_key if member else None}


def _tell(kind: str, found: Involvement, actor: Actor, at: datetime) -> None:
    """Names and the note stay out of the journal: nothing there can be deleted."""
    facts: dict[str, Any] = {"organisation": str(found.organisation.key), "kind": found.kind, "since": str(found.since)}
    if found.until is not None:
        facts["until"] = str(found.until)
    record(kind, thread=THREAD, subject=(LABEL, found.pk), actor=actor, at=at, facts=facts)


# What the pages read


def register() -> QuerySet[Involvement]:
    return Involvement.objects.select_related("organisation", "member__body")


def own(actor: Actor) -> QuerySet[Involvement]:
    return register().filter(Q(user_key=actor.key) | Q(member__user_key=actor.key) & Q(member__user_key__isnull=False))


def found_by(words: str, *, on: date, with_ended: bool) -> QuerySet[Involvement]:
    """Entries in whose organisation or person all words occur."""
    entries = register() if with_ended else register().filter(Q(until__isnull=True) | Q(until__gte=on))
    for word in words.split():
        people = User.objects.filter(name__icontains=word).values("key")
        entries = entries.filter(
            Q(organisation__name__icontains=word) | Q(member__name__icontains=word) | Q(user_key__in=people)
        )
    return entries


def organisations_named(words: str) -> list[Organisation]:
    """The first hits, by name; none without a word."""
    found = Organisation.objects.select_related("municipality")
    for word in words.split():
        found = found.filter(name__icontains=word)
    return list(found.order_by("name")[:HITS]) if words.split() else []


def who(entries: list[Involvement]) -> dict[int, str]:
    """The names of the people of some entries by primary key: one query."""
    names = names_of({entry.user_key for entry in entries})
    return {
        entry.pk: entry.member.name if entry.member else names.get(entry.user_key or UUID(int=0), _("Name gelöscht"))
        for entry in entries
    }


def people_to_choose(*, on: date) -> list[tuple[str, list[tuple[str, str]]]]:
    """Everybody of the office, and the members of each body on that day, as the groups of a select."""
    held = RoleGrant.objects.filter(ended_at__isnull=True, user__is_active=True).values("user")
    users = User.objects.filter(pk__in=held).order_by("name", "email")
    groups = [(_("Verwaltung"), [(f"user:{user.key}", str(user)) for user in users])]
    members: dict[str, list[tuple[str, str]]] = {}
    for member in BodyMember.objects.filter(holding(on)).select_related("body").order_by("body__name", "name"):
        members.setdefault(str(member.body), []).append((f"member:{member.pk}", member.name))
    return [*groups, *members.items()]


def person_of(choice: str) -> Person:
    """The person behind a value of `people_to_choose`."""
    kind, _colon, key = choice.partition(":")
    if kind == "member":
        return Person(member=BodyMember.objects.get(pk=int(key)))
    return Person(user_key=UUID(key))
