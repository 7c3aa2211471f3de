"""The second signature at the counter: who can give it, and what stands against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.actors import names_of
from accounts.models import User
from applications import completeness, signatures
from applications.models import Application, Membership, SecondSignature
from journal import formats
from journal.actors import Actor
from journal.models import Event
from journal.refusals import Refused
from workflow import rules


@dataclass(frozen=True, kw_only=True)
class Panel:
    """What the page of filing says about it. `people` could sign besides the reader."""

    given: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    may_sign: bool = False
    has_signed: bool = False
    may_ask: bool = False
    refusal: str = ""


def panel(application: Application, actor: Actor, *, today: date) -> Panel | None:
    """None where no second signature is wanted."""
    if not signatures.is_needed(application):
        return None
    valid = signatures.valid(application)
    names = names_of({found.signed_by for found in valid})
    able = bool(rules.has_membership(application.organisation_id, actor.key, may_file=True))
    has_signed = any(found.signed_by == actor.key for found in valid)
    complete = not gaps(application, today=today)
    people = signatures.signers(application, but=actor.key)
    return Panel(
        given=[_line(found, names.get(found.signed_by, "")) for found in valid],
        people=[str(person) for person in people],
        may_sign=able and complete and not has_signed,
        has_signed=has_signed,
        may_ask=bool(complete and people and not signatures.has_other_than(application, actor.key)),
        refusal=signatures.refuse_filing(application, actor) or "",
    )


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How the second signature of a draft stands for one person, in the list of their applications."""

    waits_for_me: bool = False
    waits_for_others: bool = False
    is_signed: bool = False
    others: list[str] = field(default_factory=list)
    asked_by: UUID | None = None

    @property
    def words(self) -> str:
        """Beside the draft in the list."""
        if self.waits_for_me:
            return _("wartet auf Ihre Unterschrift")
        if self.waits_for_others:
            return _("wartet auf die zweite Person")
        return _("unterschrieben") if self.is_signed else ""


def standings(applications: Sequence[Application], actor: Actor) -> dict[int, Standing]:
    """For the drafts whose organisation wants it and which somebody signed or asked to sign: five queries at most."""
    wanted = [found for found in applications if signatures.is_needed(found)]
    if not wanted:
        return {}
    signed, asked = signatures.valid_among(wanted), signatures.asked_for(wanted)
    touched = [found for found in wanted if found.pk in signed or found.pk in asked]
    people = _filers_of(touched) if touched else {}
    return {
        found.pk: _standing(signed.get(found.pk, []), asked.get(found.pk), people[found.organisation_id], actor)
        for found in touched
    }


def _filers_of(applications: Sequence[Application]) -> dict[int, dict[UUID, str]]:
    found: dict[int, dict[UUID, str]] = {own.organisation_id: {} for own in applications}
    able = Membership.objects.filter(organisation__in=found, may_file=True, user__is_active=True)
    for own in able.select_related("user").order_by("user__name", "pk"):
        found[own.organisation_id][own.user.key] = str(own.user)
    return found


def _standing(
    signed: Sequence[SecondSignature], asked: Event | None, people: Mapping[UUID, str], actor: Actor
) -> Standing:
    by_others = any(found.signed_by != actor.key for found in signed)
    by_me = any(found.signed_by == actor.key for found in signed)
    asker = asked.actor_key if asked else None
    able = actor.key in people
    return Standing(
        waits_for_me=able and not signed and asked is not None and asker != actor.key,
        waits_for_others=(by_me and not by_others) or (not signed and (asker == actor.key or not able)),
        is_signed=by_others and able,
        others=[name for key, name in people.items() if key not in {actor.key, asker}],
        asked_by=asker,
    )


def _line(found: SecondSignature, name: str) -> str:
    return _("%(who)s, %(when)s") % {"who": name, "when": formats.moment(found.signed_at)}


def gaps(application: Application, *, today: date) -> list[completeness.Missing]:
    """What is missing besides the signature: nobody is asked to sign what is not finished."""
    missing = completeness.missing_in(application, today=today)
    return [found for found in missing if found.section != completeness.SIGNATURE]


def _refuse_unfinished(application: Application, at: datetime) -> None:
    found = gaps(application, today=localdate(at))
    if found:
        raise Refused(_("Erst fertig schreiben, dann unterschreiben: %(what)s") % {"what": found[0].sentence})


def sign(application: Application, *, saw: str, actor: Actor, at: datetime) -> SecondSignature:
    with transaction.atomic():
        held = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
        _refuse_unfinished(held, at)
        return signatures.sign(held, saw=saw, actor=actor, at=at)


def ask(application: Application, *, actor: Actor, at: datetime) -> list[User]:
    """Returns who was written to."""
    signatures.require_writer(application, actor)
    _refuse_unfinished(application, at)
    return signatures.ask(application, actor=actor, at=at)
