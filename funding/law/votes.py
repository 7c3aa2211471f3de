"""Votes in the county's bodies: majority, tie, quorum (§§41, 65, 66 NKomVG)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

Member = TypeVar("Member")


class Vote(StrEnum):
    """What a member said."""

    YES = "yes"
    NO = "no"
    ABSTENTION = "abstention"


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Counted votes. Recused members took no part and are kept for the minutes only."""

    yes: int
    no: int
    abstentions: int = 0
    recused: int = 0

    def __post_init__(self) -> None:
        if min(self.yes, self.no, self.abstentions, self.recused) < 0:
            raise ValueError("Votes cannot be negative.")

    @property
    def cast(self) -> int:
        """How many took part in the vote, abstentions included."""
        return self.yes + self.no + self.abstentions

    @property
    def is_adopted(self) -> bool:
        """More yes than no; abstentions do not count and a tie is a rejection (§66(1) NKomVG)."""
        return self.yes > self.no


def tally(votes: Mapping[Member, Vote], *, recused: Collection[Member] = ()) -> Tally:
    """Count the votes; a recused member's vote is not counted, whatever it was (§41 NKomVG)."""
    counted = [vote for member, vote in votes.items() if member not in recused]
    return Tally(
        yes=counted.count(Vote.YES),
        no=counted.count(Vote.NO),
        abstentions=counted.count(Vote.ABSTENTION),
        recused=len(set(recused)),
    )


def has_quorum(*, members: int, present: int) -> bool:
    """Whether more than half of the members are present (§65(1) NKomVG)."""
    return present * 2 > members
