"""Majority, tie, recusal and quorum (NKomVG)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.law.votes import Tally, Vote, has_quorum, tally


@pytest.mark.parametrize(
    ("yes", "no", "abstentions", "adopted"),
    [(5, 5, 1, False), (4, 3, 10, True), (0, 0, 11, False), (1, 0, 10, True), (0, 1, 0, False), (6, 5, 0, True)],
)
def test_more_yes_than_no_adopts_and_a_tie_rejects(yes: int, no: int, abstentions: int, adopted: bool) -> None:
    assert Tally(yes=yes, no=no, abstentions=abstentions).is_adopted is adopted


def test_a_recused_member_is_not_counted_whatever_was_entered() -> None:
    votes = {"a": Vote.YES, "b": Vote.YES, "c": Vote.NO, "d": Vote.ABSTENTION}
    assert tally(votes).is_adopted
    counted = tally(votes, recused={"b", "absent"})
    assert counted == Tally(yes=1, no=1, abstentions=1, recused=2)
    assert not counted.is_adopted


def test_votes_cannot_be_negative() -> None:
    with pytest.raises(ValueError):
        Tally(yes=-1, no=0)


@given(st.dictionaries(st.integers(), st.sampled_from(Vote)), st.sets(st.integers()))
def test_every_vote_of_a_member_who_may_vote_is_counted_once(votes: dict[int, Vote], recused: set[int]) -> None:
    counted = tally(votes, recused=recused)
    assert counted.yes + counted.no + counted.abstentions == len(votes.keys() - recused)


@pytest.mark.parametrize(
    ("members", "present", "quorate"), [(11, 6, True), (11, 5, False), (10, 5, False), (10, 6, True)]
)
def test_more_than_half_of_the_members_must_be_there(members: int, present: int, quorate: bool) -> None:
    assert has_quorum(members=members, present=present) is quorate
