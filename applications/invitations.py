"""Inviting somebody to act for an organisation: by a letter with a secret link that only its reader can use.

The secret itself is kept nowhere: the row holds its hash, and the letter is completed when it leaves the outbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.models import User
from applications import letters, membership
from applications.chronicle import RIGHTS, rights_in_words, tell, thread_of
from applications.models import Invitation, Membership, Organisation
from journal import outbox, values
from journal.actors import APPLICANT, Actor
from journal.models import Message
from journal.refusals import Forbidden, Refused

KIND = "member_invited"
PLACE_OF_SECRET = "0" * 64
"""Stands in the stored letter where the secret comes when it leaves."""
RESEND_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Address:
    """The reader of an invitation; perhaps nobody whom we know."""

    email: str
    language: str
    key: UUID | None = None

    def __str__(self) -> str:
        return self.email


def secret_of(invitation: Invitation) -> str:
    """Follows from the row and the key of this installation; sent again, it is a new one."""
    until = invitation.expires_at.astimezone(UTC).isoformat()
    return salted_hmac("applications.invitation", f"{invitation.pk}:{until}", algorithm="sha256").hexdigest()


def found_by(secret: str) -> Invitation | None:
    digest = sha256(secret.encode()).hexdigest()
    return Invitation.objects.select_related("organisation").filter(secret_sha256=digest).first()


def unanswered(organisation: Organisation) -> QuerySet[Invitation]:
    """Those that still wait, expired ones too: they can be sent again."""
    return organisation.invitations.filter(accepted_at__isnull=True, revoked_at__isnull=True)


def is_over(invitation: Invitation, *, at: datetime) -> bool:
    """Used, taken back or too old."""
    return bool(invitation.accepted_at or invitation.revoked_at or invitation.expires_at <= at)


def rights_of(invitation: Invitation) -> str:
    return rights_in_words([name for name in RIGHTS if getattr(invitation, name)])


def invite(
    organisation: Organisation, email: str, rights: Mapping[str, bool], *, actor: Actor, at: datetime
) -> Invitation:
    """Raises Refused for who is there already, and for more open invitations than the setting allows."""
    address = email.strip().lower()
    with transaction.atomic():
        held = membership.hold(organisation)
        membership.require_admin(held, actor)
        _refuse(held, address, at)
        kept, _created = Invitation.objects.update_or_create(
            organisation=held,
            email=address,
            accepted_at=None,
            revoked_at=None,
            defaults={name: bool(rights[name]) for name in RIGHTS}
            | {
                "invited_by": actor.key,
                "invited_at": at,
                "expires_at": _until(at),
                "secret_sha256": sha256(uuid4().bytes).hexdigest(),
            },
        )
        tell(KIND, held, actor=actor, at=at, facts={"invitation": kept.pk})
        _write(kept, actor=actor, at=at)
        return kept


def _refuse(organisation: Organisation, address: str, at: datetime) -> None:
    if organisation.is_natural_person:
        raise Refused(_("Als Privatperson handeln Sie allein. Einladen können nur Organisationen."), field="email")
    if organisation.memberships.filter(user__email__iexact=address).exists():
        raise Refused(_("Diese Person gehört schon dazu."), field="email")
    waiting = unanswered(organisation)
    if waiting.filter(email=address, expires_at__gt=at).exists():
        raise Refused(_("Diese Person ist schon eingeladen."), field="email")
    limit = values.number("invitation.max_open", on=localdate(at))
    if waiting.filter(expires_at__gt=at).count() >= limit:
        raise Refused(_("Mehr als %(limit)s offene Einladungen sind nicht möglich.") % {"limit": limit}, field="email")


def _until(at: datetime) -> datetime:
    return at + timedelta(days=values.number("invitation.days", on=localdate(at)))


def _write(invitation: Invitation, *, actor: Actor, at: datetime) -> None:
    """Notes the hash of the secret and queues the letter; an older one that has not left is taken back."""
    invitation.secret_sha256 = sha256(secret_of(invitation).encode()).hexdigest()
    invitation.save(update_fields=["secret_sha256"])
    outbox.recall(f"{KIND}:{invitation.pk}:")
    letters.send(
        KIND,
        invitation.organisation,
        [_reader(invitation, actor)],
        key=f"{invitation.pk}:{invitation.expires_at:%Y%m%d%H%M%S%f}",
        thread=thread_of(invitation.organisation),
        path=reverse("applications:invitation", args=[PLACE_OF_SECRET]),
        at=at,
        facts={
            "who": letters.in_one_line(actor.name),
            "rights": rights_of(invitation),
            "until": invitation.expires_at,
            "email": invitation.email,
        },
    )


def _reader(invitation: Invitation, actor: Actor) -> Address:
    """Written in the language of the reader, if we know them, else of who invites."""
    known = User.objects.filter(email__iexact=invitation.email).only("language").first()
    host = User.objects.filter(key=membership.key_of(actor)).only("language").first()
    language = next((person.language for person in (known, host) if person is not None), "de")
    return Address(email=invitation.email, language=language)


@outbox.fills(KIND)
def with_secret(message: Message) -> str:
    """The letter as it leaves the house."""
    invitation = Invitation.objects.get(pk=int(message.key.split(":")[1]))
    return message.body.replace(PLACE_OF_SECRET, secret_of(invitation))


def resend(invitation: Invitation, *, actor: Actor, at: datetime) -> None:
    """A fresh link for the full time; the old one is worth nothing from then on."""
    with transaction.atomic():
        organisation = membership.hold(invitation.organisation)
        membership.require_admin(organisation, actor)
        fresh = unanswered(organisation).filter(pk=invitation.pk).first()
        if fresh is None:
            raise Refused(_("Diese Einladung ist nicht mehr offen."))
        if fresh.invited_at > at - RESEND_AFTER:
            raise Refused(_("Die Einladung ist gerade erst hinausgegangen. Bitte warten Sie zehn Minuten."))
        fresh.invited_at, fresh.expires_at = at, _until(at)
        fresh.save(update_fields=["invited_at", "expires_at"])
        tell("invitation_resent", organisation, actor=actor, at=at, facts={"invitation": fresh.pk})
        _write(fresh, actor=actor, at=at)


def revoke(invitation: Invitation, *, actor: Actor, at: datetime) -> None:
    with transaction.atomic():
        organisation = membership.hold(invitation.organisation)
        membership.require_admin(organisation, actor)
        if not unanswered(organisation).filter(pk=invitation.pk).update(revoked_at=at):
            raise Refused(_("Diese Einladung ist nicht mehr offen."))
        outbox.recall(f"{KIND}:{invitation.pk}:")
        tell("invitation_revoked", organisation, actor=actor, at=at, facts={"invitation": invitation.pk})


def refuse_reader(invitation: Invitation, user: User, actor: Actor) -> None:
    """Only whose address was invited may accept, and nobody of the office: they decide about applications.

    Raises Forbidden with the sentence for the page.
    """
    if user.email.lower() != invitation.email:
        raise Forbidden(
            _("Diese Einladung ging an eine andere E-Mail-Adresse. Bitte melden Sie sich mit der Adresse an, "
              "an die sie geschickt wurde.")
        )  # fmt: skip
    if not actor.has_role(APPLICANT):
        raise Forbidden(_("Mit einem Zugang des Amtes können Sie nicht für eine Organisation handeln."))


def accept(invitation: Invitation, user: User, *, actor: Actor, at: datetime) -> Membership:
    """Raises Refused if it is over meanwhile."""
    refuse_reader(invitation, user, actor)
    with transaction.atomic():
        organisation = membership.hold(invitation.organisation)
        fresh = unanswered(organisation).filter(pk=invitation.pk, expires_at__gt=at).first()
        if fresh is None:
            raise Refused(_("Diese Einladung ist nicht mehr offen."))
        fresh.accepted_at, fresh.accepted_by = at, user.key
        fresh.save(update_fields=["accepted_at", "accepted_by"])
        rights = {name: getattr(fresh, name) for name in RIGHTS}
        member, _created = Membership.objects.get_or_create(organisation=organisation, user=user, defaults=rights)
        _tell_joined(member, fresh, actor=actor, at=at)
        return member


def _tell_joined(member: Membership, invitation: Invitation, *, actor: Actor, at: datetime) -> None:
    organisation = invitation.organisation
    facts = {"person": str(member.user.key), "invitation": invitation.pk}
    event = tell("member_joined", organisation, actor=actor, at=at, facts=facts)
    people = [found.user for found in membership.admins(organisation) if found.pk != member.pk]
    letters.send(
        "member_joined",
        organisation,
        people,
        key=str(event.pk),
        thread=thread_of(organisation),
        path=reverse("applications:members", args=[organisation.key]),
        at=at,
        facts={"who": letters.in_one_line(str(member.user)), "rights": rights_of(invitation)},
    )
