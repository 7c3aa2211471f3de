"""Conflict of interest: who is bound to an applicant takes no part in what is decided about it.

For the office §§ 20, 21 VwVfG, for members of bodies § 41 NKomVG. Somebody is bound by an entry in the register, and
without one by acting for the organisation in this very system. The door and the treasury ask through
`journal.impartial`, which knows nothing of organisations.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.models import Membership, Organisation
from funding.models import Clawback, Commitment, Disbursement
from journal import impartial
from journal.actors import Actor
from workflow.models import Award, Body, BodyMember, Case, Involvement


def holding(on: date) -> Q:
    """Entries of the register that count on that day, the first and the last one included."""
    return Q(since__lte=on) & (Q(until__isnull=True) | Q(until__gte=on))


def ties_of(key: UUID, *, on: date) -> QuerySet[Organisation]:
    """The organisations that a person is bound to, each with the `tie` of the register and whether they act for it."""
    own = Involvement.objects.filter(
        Q(user_key=key) | Q(member__user_key=key), holding(on), organisation=OuterRef("pk")
    )
    acts = Membership.objects.filter(organisation=OuterRef("pk"), user__key=key)
    found = Organisation.objects.annotate(tie=Subquery(own.order_by("pk").values("kind")[:1]), acts=Exists(acts))
    return found.filter(Q(tie__isnull=False) | Q(acts=True))


def has_ties() -> Any:
    """Annotates a case: whether anybody of the office or of a body could be bound to its applicant, now or ever."""
    organisation = OuterRef("application__organisation")
    of_the_office = {"user__grants__isnull": False, "user__grants__ended_at__isnull": True}
    acts = Membership.objects.filter(organisation=organisation, **of_the_office)
    return Exists(Involvement.objects.filter(organisation=organisation)) | Exists(acts)


def _among(things: Iterable[Any]) -> Q:
    """The organisations that these things are about."""
    numbers: set[int] = set()
    keys: set[UUID] = set()
    for thing in things:
        match thing:
            case Organisation():
                numbers.add(thing.pk)
            case Case():
                numbers.add(thing.application.organisation_id)
            case Award():
                numbers.add(thing.case.application.organisation_id)
            case Disbursement() | Clawback():
                keys.add(thing.commitment.payee_key)
            case Commitment():
                keys.add(thing.payee_key)
            case _:
                raise TypeError(f"nobody knows to whom {type(thing).__name__} belongs")
    return Q(pk__in=numbers) | Q(key__in=keys)


@impartial.asks
def refuse(things: Sequence[Any], actor: Actor, today: date) -> str | None:
    """Why this person may judge none of these, in one query; names the organisation and the kind of the tie, no more.

    A case that was read with `has_ties` and has none costs nothing.
    """
    things = [thing for thing in things if getattr(getattr(thing, "case", thing), "has_ties", True)]
    if not things or actor.key is None:
        return None
    found = ties_of(actor.key, on=today).filter(_among(things)).order_by("name").first()
    return _sentence(found) if found is not None else None


def _sentence(organisation: Any) -> str:
    if organisation.tie is None:
        return _(
            "Sie handeln selbst für „%(name)s“. Diese Aufgabe muss eine andere Person übernehmen (§ 20 VwVfG)."
        ) % {"name": organisation}
    return _(
        "Sie sind mit „%(name)s“ verbunden (%(kind)s). Diese Aufgabe muss eine andere Person übernehmen (§ 20 VwVfG)."
    ) % {"name": organisation, "kind": Involvement.Kind(organisation.tie).label}


def bias(case: Case, *, actor: Actor, today: date) -> str | None:
    """The sentence that stands against this person's judging the case, or None."""
    return impartial.bias(case, actor=actor, today=today)


# Bodies


@dataclass(frozen=True, kw_only=True)
class InvolvedMember:
    """A member who must leave the table for these cases. `reason` fits into `Recusal.reason`."""

    member: BodyMember
    cases: tuple[Case, ...]
    reason: str


def members_involved(body: Body, cases: Collection[Case], *, on: date) -> list[InvolvedMember]:
    """Who of the body on that day is bound to the applicant of one of the cases (§ 41 NKomVG): three queries.

    Advisers without a vote are among them: they must not advise either.
    """
    members = members_on(body, on=on)
    keys = {member.user_key for member in members} - {None}
    about: dict[int, list[Case]] = {}
    for case in cases:
        about.setdefault(case.application.organisation_id, []).append(case)
    found: dict[int, dict[int, str]] = {}
    for member_pk, key, organisation, kind in _ties_of_members(members, keys, about, on):
        for member in members:
            if member.pk == member_pk or (key is not None and member.user_key == key):
                found.setdefault(member.pk, {}).setdefault(organisation, kind)
    return [_involved(member, found[member.pk], about) for member in members if member.pk in found]


def _ties_of_members(
    members: list[BodyMember], keys: Collection[Any], organisations: Collection[int], on: date
) -> Iterable[tuple[int | None, UUID | None, int, str]]:
    """(member, person, organisation, kind of the tie in words), of the register first."""
    entries = Involvement.objects.filter(holding(on), organisation__in=organisations)
    entries = entries.filter(Q(member__in=members) | Q(user_key__in=keys) | Q(member__user_key__in=keys))
    for entry in entries.select_related("member"):
        key = entry.user_key or (entry.member.user_key if entry.member else None)
        yield entry.member_id, key, entry.organisation_id, str(entry.get_kind_display())
    acting = Membership.objects.filter(organisation__in=organisations, user__key__in=keys)
    for organisation, key in acting.values_list("organisation_id", "user__key"):
        yield None, key, organisation, _("handelt im Fördertopf für die Organisation")


def _involved(member: BodyMember, ties: dict[int, str], about: dict[int, list[Case]]) -> InvolvedMember:
    cases = tuple(case for organisation in ties for case in about[organisation])
    names = {organisation: str(about[organisation][0].application.organisation) for organisation in ties}
    reason = "; ".join(f"{names[organisation]}: {kind}" for organisation, kind in ties.items())
    return InvolvedMember(member=member, cases=cases, reason=reason[:300])


def members_on(body: Body, *, on: date) -> list[BodyMember]:
    return list(body.members.filter(holding(on)).order_by("name", "pk"))


def refuse_votes(body: Body, cases: Collection[Case], *, recused: Collection[int], votes: int, on: date) -> str | None:
    """Why these votes cannot stand: somebody involved is not among the recused members (by primary key), or more
    votes were counted than members without them may cast. None where all is well."""
    missing = [found.member.name for found in members_involved(body, cases, on=on) if found.member.pk not in recused]
    if missing:
        return _("Wegen Befangenheit darf nicht mitwirken: %(names)s (§ 41 NKomVG).") % {"names": ", ".join(missing)}
    voting = [member for member in members_on(body, on=on) if member.has_vote]
    free = sum(member.pk not in recused for member in voting)
    if not voting or votes <= free:
        return None
    return ngettext(
        "Es sind %(votes)s Stimmen, abstimmen durfte aber nur %(free)s Mitglied.",
        "Es sind %(votes)s Stimmen, abstimmen durften aber nur %(free)s Mitglieder.",
        free,
    ) % {"votes": votes, "free": free}


# What the pages read


def entries() -> QuerySet[Involvement]:
    found = Involvement.objects.select_related("organisation", "member__body")
    return found.order_by(F("until").asc(nulls_first=True), "organisation__name", "pk")
