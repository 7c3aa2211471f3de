"""The only writer of ledger entries and of the counters beside them.

Each verb runs in the caller's transaction (or opens one), locks the budget line by key, moves the counters by one
update and adds the rows. What the guard refuses in Python, a named CHECK refuses in the database. Amounts are euros
(Decimal, whole cents); `actor.role` is the role in which somebody acts. What is written down here is German, whatever
language somebody reads: the books have one (§ 23 VwVfG).
"""

from funding.ledger.awards import (
    commit,
    lock_award,
    lock_commitments,
    put_aside,
    redeem,
    reduce,
    release,
    reserve,
    share_out,
)
from funding.ledger.book import Movement, NotEnough, Purpose, lock, lock_lines
from funding.ledger.flow import pay, repay, return_from_bank
from funding.ledger.plan import allocate, appropriate, approve_excess, earmark, freeze, supplement, transfer, unfreeze
from funding.ledger.years import (
    bind_pledges,
    carry_commitment,
    carry_rest,
    close_year,
    lay_out,
    missing_lines,
    next_line,
    open_year,
    return_and_carry,
    return_and_reopen,
    roll_year,
    transferable,
)

__all__ = [
    "Movement",
    "NotEnough",
    "Purpose",
    "allocate",
    "appropriate",
    "approve_excess",
    "bind_pledges",
    "carry_commitment",
    "carry_rest",
    "close_year",
    "commit",
    "earmark",
    "freeze",
    "lay_out",
    "lock",
    "lock_award",
    "lock_commitments",
    "lock_lines",
    "missing_lines",
    "next_line",
    "open_year",
    "pay",
    "put_aside",
    "redeem",
    "reduce",
    "release",
    "repay",
    "reserve",
    "return_and_carry",
    "return_and_reopen",
    "return_from_bank",
    "roll_year",
    "share_out",
    "supplement",
    "transfer",
    "transferable",
    "unfreeze",
]
