"""People walk one application through the real pages, in German, from the first click to the money and the year."""

from __future__ import annotations

import pytest

from journal.models import Message
from tests.e2e.recorder import Seen
from tests.e2e.stage import Stage
from tests.e2e.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]
KEPT: dict[str, Seen] = {}
"""The pages of the first whole walk of this run, for those who look at them closely (test_quality)."""


def whole_way(play: Stage) -> Walk:
    walk = Walk(play).applies().checked()
    walk.decider_approves()
    walk.officer_sends_notice()
    walk.officer_notes_notification()
    walk.officer_notes_finality()
    walk.association_requests()
    walk.finance_prepares()
    walk.treasury_pays()
    walk.association_sees_money()
    walk.everybody_sees_the_year()
    KEPT.update(play.recorder.pages if not KEPT else {})
    return walk


@pytest.mark.browser_postgresql
@pytest.mark.xdist_group("natural way")
def test_five_people_walk_the_whole_way(play: Stage) -> None:
    walk = whole_way(play)
    assert not Message.objects.exclude(status=Message.Status.SENT).exists()
    subjects = [str(letter["Subject"]) for letter in play.letters("mina")]
    assert len(subjects) >= 8, subjects
    assert all(walk.reference in subject for subject in subjects[1:]), subjects


@pytest.mark.parametrize("play", [False], indirect=True, ids=["without JavaScript"])
def test_the_whole_way_without_javascript(play: Stage) -> None:
    whole_way(play)


def test_a_lower_amount_is_offered_accepted_and_approved(play: Stage) -> None:
    walk = Walk(play).applies().checked()
    walk.decider_offers("1.200,00")
    walk.association_accepts("1.200,00", own="800,00")
    walk.decider_approves("1.200,00")
    walk.officer_sends_notice()
    walk.officer_notes_notification()
    walk.officer_notes_waiver()
    walk.association_requests("1.200,00")


def test_an_offer_is_answered_with_still_less(play: Stage) -> None:
    walk = Walk(play).applies().checked()
    walk.decider_offers("1.200,00")
    walk.association_accepts_less("1.200,00", "900,00", own="1.100,00")
    walk.decider_reads("1.200,00", "900,00")
    walk.decider_approves("900,00")


def test_a_rejection_reaches_the_association_with_its_notice_and_not_before(play: Stage) -> None:
    walk = Walk(play).applies().checked()
    walk.decider_rejects()
    walk.officer_sends_notice()
    mina = play("mina").open("/antraege/").follow("Tür an Tür").sees("Abgelehnt")
    assert mina.fetch("Bescheid (PDF)").body() == walk.notice
