"""Who is away, and who does their work meanwhile. A stand-in sees the tasks; rights stay each person's own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from journal import formats
from journal.actors import Actor
from journal.events import record
from journal.refusals import Forbidden, Refused
from workflow.listing import workers
from workflow.models import Absence

LONGEST = 366
"""Days of one absence."""


def represented(actor: Actor, *, today: date) -> QuerySet[Absence]:
    """Those whose work this person does today."""
    assert actor.key is not None
    return Absence.objects.filter(stand_in=actor.key, first_on__lte=today, last_on__gte=today)


def on_desk_of(actor: Actor, *, today: date, field: str = "assigned_to") -> Q:
    """What is given to this person, to nobody yet, or to somebody for whom they stand in."""
    away = represented(actor, today=today).order_by().values("person")
    return Q(**{field: actor.key}) | Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__in": away})


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the desk says about absences: sentences, and the names of those whose tasks are among the own ones."""

    sentences: list[str]
    names: dict[UUID, str]


NOBODY = Seen(sentences=[], names={})


def seen_by(actor: Actor, *, today: date) -> Seen:
    """Two queries if somebody is away today and concerns this person, else one."""
    found = list(concerning(actor, today=today))
    names = _names(found) if found else {}
    return Seen(
        sentences=[_sentence(row, actor, names) for row in found],
        names={row.person: names.get(row.person, "") for row in found if row.stand_in == actor.key},
    )


def concerning(actor: Actor, *, today: date) -> QuerySet[Absence]:
    own = Q(person=actor.key) | Q(stand_in=actor.key)
    return Absence.objects.filter(own, first_on__lte=today, last_on__gte=today)


def _names(found: list[Absence]) -> dict[UUID, str]:
    users = User.objects.filter(key__in={key for row in found for key in (row.person, row.stand_in)})
    return {user.key: str(user) for user in users.only("key", "name", "email")}


def _sentence(row: Absence, actor: Actor, names: dict[UUID, str]) -> str:
    until = formats.day(row.last_on)
    if row.person == actor.key:
        who = names.get(row.stand_in, _("eine andere Person"))
        return _("Sie sind bis %(day)s abwesend eingetragen. %(who)s vertritt Sie.") % {"day": until, "who": who}
    who = names.get(row.person, _("eine andere Person"))
    return _("Sie vertreten %(who)s bis %(day)s.") % {"day": until, "who": who}


def listed(*, today: date) -> list[tuple[Absence, str, str]]:
    """All that are not over yet, with both names: two queries."""
    found = list(Absence.objects.filter(last_on__gte=today))
    names = _names(found)
    return [(row, names.get(row.person, "–"), names.get(row.stand_in, "–")) for row in found]


# Entering


def people() -> dict[UUID, str]:
    """Those who have a desk, by key."""
    rows = workers().select_related("user").order_by("user__name", "pk")
    return {grant.user.key: str(grant.user) for grant in rows}


def may_enter(actor: Actor, person: UUID) -> bool:
    """Everybody for themselves, the coordinator for everybody."""
    return actor.key == person or actor.has_role(Role.COORDINATOR)


def enter(person: UUID, stand_in: UUID, *, first_on: date, last_on: date, actor: Actor, at: datetime) -> Absence:
    """Raises Forbidden for somebody else's absence, Refused for days or people that do not do."""
    if not may_enter(actor, person):
        raise Forbidden(_("Die Abwesenheit anderer trägt die Koordinierungsstelle ein."))
    with transaction.atomic():
        _lock({person, stand_in})
        _refuse(person, stand_in, first_on, last_on, today=formats.local(at))
        assert actor.key is not None
        row = Absence.objects.create(
            person=person, stand_in=stand_in, first_on=first_on, last_on=last_on, entered_by=actor.key
        )
        _tell("absence_entered", row, actor, at)
    return row


def _lock(keys: Collection[UUID]) -> None:
    """Two people who enter crossing absences at once do so one after the other."""
    list(User.objects.select_for_update(of=("self",)).filter(key__in=keys).order_by("pk").values_list("pk"))


def _refuse(person: UUID, stand_in: UUID, first_on: date, last_on: date, *, today: date) -> None:
    if person == stand_in:
        raise Refused(_("Bitte wählen Sie eine andere Person als Vertretung."), field="stand_in")
    if last_on < first_on:
        raise Refused(_("Das Ende liegt vor dem Beginn. Bitte prüfen Sie beide Tage."), field="last_on")
    if last_on < today:
        raise Refused(_("Der letzte Tag ist schon vorbei. Bitte prüfen Sie beide Tage."), field="last_on")
    if (last_on - first_on).days > LONGEST:
        raise Refused(_("Eine Abwesenheit geht höchstens über ein Jahr."), field="last_on")
    same_days = Absence.objects.filter(first_on__lte=last_on, last_on__gte=first_on)
    if same_days.filter(person=person).exists():
        raise Refused(_("In diesen Tagen ist schon eine Abwesenheit eingetragen."), field="first_on")
    if same_days.filter(person=stand_in).exists():
        raise Refused(
            _("Diese Person ist in diesen Tagen selbst abwesend. Bitte wählen Sie eine andere."), field="stand_in"
        )


def end(row: Absence, *, actor: Actor, at: datetime) -> None:
    """Back earlier, or entered by mistake: it ends yesterday, or was never."""
    if not may_enter(actor, row.person):
        raise Forbidden(_("Die Abwesenheit anderer trägt die Koordinierungsstelle ein."))
    with transaction.atomic():
        _tell("absence_ended", row, actor, at)
        row.delete()


def _tell(kind: str, row: Absence, actor: Actor, at: datetime) -> None:
    """Under the person, not under a case. No reason is asked: why somebody is away is not the office's business here."""
    facts: dict[str, Any] = {"first_on": str(row.first_on), "last_on": str(row.last_on), "stand_in": str(row.stand_in)}
    role = next(one for one in (Role.COORDINATOR, Role.CASEWORKER, Role.TECHNICAL_REVIEWER) if actor.has_role(one))
    subject = ("workflow.absence", row.pk)
    record(kind, thread=f"person:{row.person}", subject=subject, actor=actor.acting_as(role), at=at, facts=facts)
