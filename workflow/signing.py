"""The second signature at the counter: who can give it, and what stands against it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.actors import names_of
from accounts.models import User
from applications import completeness, signatures
from applications.models import Application, SecondSignature
from journal import formats
from journal.actors import Actor
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
