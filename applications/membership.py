"""Who acts for an organisation, and who may change that. Everything here runs under the lock of the organisation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from applications import letters
from applications.chronicle import RIGHTS, tell, thread_of
from applications.models import Membership, Organisation
from journal.actors import Actor
from journal.refusals import Forbidden, Refused


def hold(organisation: Organisation) -> Organisation:
    """The row, locked: members, invitations, account and documents of an organisation change one after the other.

    In the one lock order it stands between an application with its case and the commitments.
    """
    return Organisation.objects.select_for_update().get(pk=organisation.pk)


def key_of(actor: Actor) -> UUID:
    """A person, not a nightly task. Raises Forbidden."""
    if actor.key is None:
        raise Forbidden(_("Bitte melden Sie sich an."))
    return actor.key


def own(organisation: Organisation, actor: Actor) -> Membership | None:
    if actor.key is None:
        return None
    return organisation.memberships.select_related("user").filter(user__key=actor.key).first()


def admins(organisation: Organisation) -> list[Membership]:
    """Who manages the members. Where nobody is left who may, the one who has been there longest and may file does."""
    found = list(organisation.memberships.filter(user__is_active=True).select_related("user").order_by("pk"))
    named = [member for member in found if member.is_admin]
    return named or [member for member in found if member.may_file][:1] or found[:1]


def is_admin(member: Membership) -> bool:
    return member.pk in {found.pk for found in admins(member.organisation)}


def require_admin(organisation: Organisation, actor: Actor) -> Membership:
    """Raises Forbidden for everybody else."""
    found = own(organisation, actor)
    if found is None or not is_admin(found):
        raise Forbidden(_("Das darf nur, wer bei Ihnen die Mitglieder verwaltet."))
    return found


def require_filer(organisation: Organisation, actor: Actor) -> Membership:
    """Where it is about money. Raises Forbidden for everybody else."""
    found = own(organisation, actor)
    if found is None or not found.may_file:
        raise Forbidden(_("Das darf nur, wer für Ihre Organisation einreichen und Geld anfordern darf."))
    return found


def rights_of(member: Membership) -> list[str]:
    return [name for name in RIGHTS if getattr(member, name)]


def change_rights(member: Membership, rights: Mapping[str, bool], *, actor: Actor, at: datetime) -> None:
    """Raises Refused if nobody would be left who manages the members."""
    with transaction.atomic():
        organisation = hold(member.organisation)
        require_admin(organisation, actor)
        fresh = _fresh(member)
        if not rights["is_admin"]:
            _refuse_without_admin(organisation, fresh)
        before = rights_of(fresh)
        for name in RIGHTS:
            setattr(fresh, name, bool(rights[name]))
        fresh.save(update_fields=list(RIGHTS))
        if rights_of(fresh) != before:
            facts = {"person": str(fresh.user.key), "rights": rights_of(fresh)}
            tell("member_rights_changed", organisation, actor=actor, at=at, facts=facts)


def _fresh(member: Membership) -> Membership:
    found = Membership.objects.select_related("user").filter(pk=member.pk).first()
    if found is None:
        raise Refused(_("Diese Person gehört nicht mehr zu Ihrer Organisation."))
    return found


def _refuse_without_admin(organisation: Organisation, member: Membership) -> None:
    """A last administrator stays one: otherwise nobody could let anybody in again."""
    if {found.pk for found in admins(organisation)} <= {member.pk}:
        raise Refused(
            _("Jemand muss die Mitglieder verwalten. Bitte übergeben Sie das zuerst an eine andere Person."),
            field="is_admin",
        )


def end(member: Membership, *, actor: Actor, at: datetime) -> None:
    """Somebody leaves, or an administrator ends a membership. Applications and what was signed stay.

    Raises Refused for the last administrator.
    """
    with transaction.atomic():
        organisation = hold(member.organisation)
        fresh = _fresh(member)
        is_self = fresh.user.key == actor.key
        if not is_self:
            require_admin(organisation, actor)
        _refuse_without_admin(organisation, fresh)
        _end(organisation, fresh, is_self=is_self, actor=actor, at=at)


def _end(organisation: Organisation, member: Membership, *, is_self: bool, actor: Actor, at: datetime) -> None:
    user = member.user
    Membership.objects.filter(pk=member.pk).delete()
    kind = "member_left" if is_self else "member_removed"
    event = tell(kind, organisation, actor=actor, at=at, facts={"person": str(user.key)})
    people = [found.user for found in admins(organisation)] if is_self else [user]
    path = reverse("applications:organisation")
    letters.send(
        kind, organisation, people, key=str(event.pk), thread=thread_of(organisation), path=path, at=at,
        facts={"who": letters.in_one_line(str(user))},
    )  # fmt: skip


def hand_over(organisation: Organisation, to: Membership, *, leave: bool, actor: Actor, at: datetime) -> None:
    """The administration goes to somebody else: they get every right; who hands over keeps theirs without it, or leaves."""
    with transaction.atomic():
        held = hold(organisation)
        giver, taker = require_admin(held, actor), _fresh(to)
        if taker.organisation_id != held.pk or taker.pk == giver.pk or not taker.user.is_active:
            raise Refused(_("Bitte wählen Sie eine andere Person aus Ihrer Organisation."), field="to")
        Membership.objects.filter(pk=taker.pk).update(may_edit=True, may_file=True, is_admin=True)
        Membership.objects.filter(pk=giver.pk).update(is_admin=False)
        event = tell("administration_handed_over", held, actor=actor, at=at, facts={"person": str(taker.user.key)})
        letters.send(
            "administration_handed_over", held, [taker.user], key=str(event.pk), thread=thread_of(held),
            path=reverse("applications:members", args=[held.key]), at=at,
            facts={"who": letters.in_one_line(str(giver.user))},
        )  # fmt: skip
        if leave:
            _end(held, giver, is_self=True, actor=actor, at=at)


def switch_second_signature(organisation: Organisation, *, on: bool, actor: Actor, at: datetime) -> None:
    """Raises Refused while fewer than two people may file: then nobody could file at all."""
    with transaction.atomic():
        held = hold(organisation)
        require_admin(held, actor)
        if on and held.memberships.filter(may_file=True, user__is_active=True).count() < 2:
            raise Refused(_("Dafür brauchen Sie mindestens zwei Personen, die einreichen dürfen."))
        if held.needs_second_signature != on:
            Organisation.objects.filter(pk=held.pk).update(needs_second_signature=on)
            tell("second_signature_on" if on else "second_signature_off", held, actor=actor, at=at)
