"""How the office calls the states of a payment, with the tone for this person."""

from __future__ import annotations

from accounts.roles import Role
from funding.models import Disbursement, DisbursementState
from journal.actors import Actor

_WAITS_FOR = {DisbursementState.REQUESTED: Role.VERIFIER, DisbursementState.VERIFIED: Role.AUTHORISER}


def tone_of(disbursement: Disbursement, actor: Actor) -> str:
    """i if it waits for this person, d if the bank sent it back, else neutral."""
    if disbursement.state == DisbursementState.RETURNED:
        return "d"
    role = _WAITS_FOR.get(disbursement.state)
    return "i" if role is not None and actor.has_role(role) else "n"
