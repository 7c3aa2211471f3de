"""Where the money goes. The first account number is taken as it is typed; any later one waits until two people of the
office have looked at its proof. Meanwhile nothing is paid, and everybody who acts for the organisation is told.

Who does it: `CHECKERS` compare the proof with what was reported, a caseworker among them, who knows the organisation
and calls it on a number that was known before. `CONFIRMERS` are the second person: those who verify payments or
execute them, because they answer for where money goes. The one who orders payments (authoriser) has no part in it,
so that nobody both names an account and orders a payment to it. Neither of the two is a member of the organisation.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from accounts.roles import Role
from applications import letters, membership, uploads, vault
from applications.chronicle import tell, thread_of
from applications.models import AccountChange, Membership, Organisation, OrganisationDocument
from funding import payees
from funding.models import Commitment, Hold
from funding.sepa import SepaError, checked_iban, mask_iban
from journal import impartial
from journal.actors import Actor
from journal.refusals import Faster, Forbidden, Refused

State = AccountChange.State
CHECKERS = (Role.CASEWORKER, Role.VERIFIER, Role.TREASURY)
CONFIRMERS = (Role.VERIFIER, Role.TREASURY)


def bank_name(iban: str) -> str:
    """The bank that the sort code belongs to; nothing for one that the directory does not know."""
    try:
        return IBAN(iban).bank_name or ""
    except SchwiftyException:
        return ""


def bank_sentence(iban: str) -> str:
    """What can be said of an IBAN that is right in itself."""
    bank = bank_name(iban)
    if bank:
        return _("Die IBAN stimmt. Ihre Bank: %(bank)s") % {"bank": bank}
    return _("Die Prüfziffern der IBAN stimmen. Die Bank steht nicht in unserem Verzeichnis.")


def shown(iban: str) -> str:
    """As "DE** **** 0002, Sparkasse": never the whole number."""
    if not iban:
        return ""
    bank = bank_name(iban)
    return f"{mask_iban(iban)}, {bank}" if bank else mask_iban(iban)


def account_of(organisation: Organisation) -> str:
    return shown(organisation.iban)


def is_direct(organisation: Organisation) -> bool:
    """The very first account number needs no second look: nothing can be paid to another one yet."""
    return not organisation.iban and not Commitment.objects.filter(payee_key=organisation.key).exists()


def pending(organisation: Organisation) -> AccountChange | None:
    return organisation.account_changes.filter(state=State.PENDING).first()


# The organisation


def request_change(
    organisation: Organisation, *, iban: str, account_holder: str, proof: UploadedFile[Any], actor: Actor, at: datetime
) -> AccountChange:
    """A new account with its proof. From now on nothing is paid, until the office has confirmed or refused it.

    Raises Refused with the sentence for the field, Forbidden for who may not ask for money.
    """
    membership.require_filer(organisation, actor)
    try:
        compact = checked_iban(iban)
    except SepaError as error:
        raise Refused(error.sentences[0], field="iban") from error
    taken = uploads.take(proof, at=at)
    with transaction.atomic():
        held = membership.hold(organisation)
        _refuse_needless(held, compact, account_holder)
        document = vault.put(held, taken, kind=OrganisationDocument.Kind.ACCOUNT, actor=actor, at=at)
        change = AccountChange.objects.create(
            organisation=held,
            iban=compact,
            account_holder=account_holder,
            proof=document,
            requested_by=membership.key_of(actor),
            requested_at=at,
        )
        payees.hold(held.key, Hold.Kind.IBAN, actor=actor, at=at)
        _tell("account_change_requested", change, actor=actor, at=at)
        return change


def _refuse_needless(organisation: Organisation, iban: str, account_holder: str) -> None:
    if pending(organisation) is not None:
        raise Refused(_("Eine neue Bankverbindung wird gerade geprüft. Ziehen Sie diese Meldung zuerst zurück."))
    if (iban, account_holder) == (organisation.iban, organisation.account_holder):
        raise Refused(_("Diese Bankverbindung haben wir schon."), field="iban")


def withdraw(change: AccountChange, *, actor: Actor, at: datetime) -> None:
    """The organisation stays with its account."""
    with transaction.atomic():
        held = _hold(change)
        membership.require_filer(held.organisation, actor)
        _close(held, State.WITHDRAWN, actor=actor, at=at)
        _tell("account_change_withdrawn", held, actor=actor, at=at)


# The office


def waiting_for(actor: Actor) -> QuerySet[AccountChange]:
    """What this person could check or confirm now."""
    found = AccountChange.objects.filter(state=State.PENDING).exclude(requested_by=membership.key_of(actor))
    to_check = Q(checked_by__isnull=True) if actor.has_role(*CHECKERS) else Q(pk__in=[])
    to_confirm = Q(checked_by__isnull=False) & ~Q(checked_by=actor.key) if actor.has_role(*CONFIRMERS) else Q(pk__in=[])
    return found.filter(to_check | to_confirm)


def role_for(change: AccountChange, actor: Actor) -> str | None:
    """The role in which this person may do what comes next; None if somebody else must."""
    wanted = CHECKERS if change.checked_by is None else CONFIRMERS
    return next((str(role) for role in wanted if role in actor.roles), None)


def refuse_person(change: AccountChange, actor: Actor) -> str | None:
    """The sentence that stands against this person, or None: three different people, and nobody for themselves."""
    if actor.key == change.requested_by or _is_member(change, actor):
        return _("Sie gehören zu dieser Organisation. Prüfen muss eine andere Person.")
    if actor.key == change.checked_by:
        return _("Sie haben diese Bankverbindung geprüft. Bestätigen muss sie eine andere Person.")
    return None


def _is_member(change: AccountChange, actor: Actor) -> bool:
    return Membership.objects.filter(organisation=change.organisation_id, user__key=membership.key_of(actor)).exists()


def refuse_while_paying(change: AccountChange) -> str | None:
    """Nothing may be on its way to the old account when the new one takes its place."""
    under_way = payees.on_the_way(change.organisation.key)
    if not under_way:
        return None
    return _(
        "Zum bisherigen Konto sind noch Zahlungen unterwegs: %(payments)s. Geprüfte und angeordnete bitte zuerst "
        "stornieren (einen Lauf davor zurückgeben), solche bei der Bank zuerst als ausgezahlt oder als Rückläufer "
        "eintragen."
    ) % {"payments": ", ".join(found.reference for found in under_way)}


def check(change: AccountChange, *, actor: Actor, at: datetime) -> None:
    """The first person: proof, holder and IBAN fit together, and somebody whom we knew before has said so."""
    with transaction.atomic():
        held = _hold(change)
        acting = _allowed(held, actor, at)
        if held.checked_by is not None:
            raise Faster(_("Jemand war schneller: Diese Bankverbindung ist schon geprüft."))
        AccountChange.objects.filter(pk=held.pk).update(checked_by=actor.key, checked_at=at)
        tell("account_change_checked", held.organisation, actor=acting, at=at)


def confirm(change: AccountChange, *, actor: Actor, at: datetime) -> None:
    """The second person: the new account takes the place of the old one, for open money too, and payments go on.

    Raises Refused while it is not checked, for who checked or reported it, and while a payment is under way.
    """
    with transaction.atomic():
        held = _hold(change)
        if held.checked_by is None:
            raise Refused(_("Zuerst muss eine andere Person die Angaben mit dem Nachweis vergleichen."))
        acting = _allowed(held, actor, at)
        payees.lock(held.organisation.key)
        refusal = refuse_while_paying(held)
        if refusal:
            raise Refused(refusal)
        _close(held, State.CONFIRMED, actor=actor, at=at)
        Organisation.objects.filter(pk=held.organisation_id).update(iban=held.iban, account_holder=held.account_holder)
        payees.turn_to(held.organisation.key, name=held.account_holder, iban=held.iban)
        _tell("account_change_confirmed", held, actor=acting, at=at)


def refuse(change: AccountChange, *, reason: str, actor: Actor, at: datetime) -> None:
    """Either of the two: the old account stays. The organisation reads the reason."""
    if not reason.strip():
        raise Refused(_("Bitte schreiben Sie, warum. Die Organisation liest die Begründung."), field="reason")
    with transaction.atomic():
        held = _hold(change)
        acting = _allowed(held, actor, at)
        _close(held, State.REFUSED, actor=actor, at=at, reason=reason.strip())
        _tell("account_change_refused", held, actor=acting, at=at, reason=reason.strip())


def _allowed(change: AccountChange, actor: Actor, at: datetime) -> Actor:
    """The person in the role in which they act. Raises Forbidden for others and for who is bound to the
    organisation, Refused for who is no free person."""
    role = role_for(change, actor)
    if role is None:
        raise Forbidden(_("Diese Aufgabe gehört einer anderen Person."))
    refusal = refuse_person(change, actor)
    if refusal:
        raise Refused(refusal)
    impartial.require(change.organisation, actor=actor, today=localdate(at))
    return actor.acting_as(role)


def _hold(change: AccountChange) -> AccountChange:
    """Organisation before change. Raises Faster if somebody has decided it meanwhile."""
    organisation = membership.hold(change.organisation)
    held = AccountChange.objects.select_for_update().get(pk=change.pk)
    if held.state != State.PENDING:
        raise Faster(_("Jemand war schneller: Diese Bankverbindung ist schon entschieden oder zurückgezogen."))
    held.organisation = organisation
    return held


def _close(change: AccountChange, state: str, *, actor: Actor, at: datetime, reason: str = "") -> None:
    AccountChange.objects.filter(pk=change.pk).update(state=state, decided_by=actor.key, decided_at=at, reason=reason)
    payees.release(change.organisation.key, Hold.Kind.IBAN, at=at)


def _tell(kind: str, change: AccountChange, *, actor: Actor, at: datetime, reason: str = "") -> None:
    """Everybody who acts for the organisation hears of it, whoever did it: also those from before the change."""
    organisation = change.organisation
    event = tell(kind, organisation, actor=actor, at=at, reason=reason)
    letters.send(
        kind,
        organisation,
        letters.people_of(organisation),
        key=str(event.pk),
        thread=thread_of(organisation),
        path=reverse("applications:account", args=[organisation.key]),
        at=at,
        facts={
            "who": letters.in_one_line(actor.name),
            "iban": mask_iban(change.iban),
            "old": mask_iban(organisation.iban),
            "reason": reason,
        },
    )
