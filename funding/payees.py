"""All money of one payee at once: held back while their account is in doubt, turned to another account."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from funding.models import Commitment, Disbursement, DisbursementState, Hold
from journal.actors import Actor

S = DisbursementState
ON_THE_WAY = (S.VERIFIED, S.AUTHORISED, S.EXPORTED)
"""Somebody has put their name to this account already."""
STILL_OURS = (S.REQUESTED, S.RETURNED)


def commitments_of(payee_key: UUID) -> QuerySet[Commitment]:
    """Paid ones too: a transfer that the bank returns opens them again."""
    return Commitment.objects.filter(payee_key=payee_key).order_by("pk")


def lock(payee_key: UUID) -> list[Commitment]:
    """Commitments before payments: the one lock order of the house."""
    return list(commitments_of(payee_key).select_for_update())


def hold(payee_key: UUID, kind: str, *, actor: Actor, at: datetime) -> None:
    """Stops every payment to them; holding twice is holding once."""
    for commitment in lock(payee_key):
        Hold.objects.get_or_create(
            commitment=commitment, kind=kind, ended_at=None, defaults={"since": at, "held_by": actor.key}
        )


def release(payee_key: UUID, kind: str, *, at: datetime) -> None:
    Hold.objects.filter(commitment__payee_key=payee_key, kind=kind, ended_at__isnull=True).update(ended_at=at)


def on_the_way(payee_key: UUID) -> list[Disbursement]:
    """Payments to the account as it is that somebody has verified, ordered or sent to the bank."""
    found = Disbursement.objects.filter(commitment__payee_key=payee_key, state__in=ON_THE_WAY)
    return list(found.order_by("commitment_id", "pk"))


def turn_to(payee_key: UUID, *, name: str, iban: str) -> None:
    """From now on their money goes to this account, also what is asked for and verified by nobody.

    What was paid keeps the name under which it was paid. A page that showed the old account is out of date: the
    version of each waiting payment moves on.
    """
    lock(payee_key)
    commitments_of(payee_key).update(payee_iban=iban)
    commitments_of(payee_key).filter(Q(amount__gt=F("paid")) | Q(pledged__gt=0)).update(payee_name=name)
    waiting = Disbursement.objects.filter(commitment__payee_key=payee_key, state__in=STILL_OURS)
    waiting.update(payee_iban=iban, payee_name=name, version=F("version") + 1)
