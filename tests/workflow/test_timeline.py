"""One story for both sides: every event has its words, and nobody outside learns the decision before its notice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from funding.models import Clawback, Disbursement
from journal.machine import step_of
from tests.factories import World
from tests.workflow.test_promises import read
from workflow import story, timeline
from workflow.models import Award, AwardState, Case, CaseState

MACHINES = (Case, Award, Disbursement, Clawback)
KINDS = {step_of(method).kind for machine in MACHINES for method in machine.transitions().values()}
BESIDES = {
    "waiting_list_offered",
    "waiting_rank_changed",
    "waiting_rank_skipped",
    "waiting_rank_passed",
    "message_sent",
    "message_received",
    "filed",
    "point_checked",
    "assigned",
    "handed_over",
    "disbursement_requested",
    "review_handed_in",
    "opinion_asked",
    "opinion_answered",
    "opinion_withdrawn",
    "filed_on_paper",
    "letter_posted",
    "finding_acknowledged",
    "finding_overridden",
    "point_reopened",
}


@pytest.fixture
def world(db) -> World:
    return World()


def lines(case: Case, *, for_office: bool = False, world: World) -> list[timeline.Entry]:
    fresh = Case.objects.select_related("award", "application").get(pk=case.pk)
    with translation.override("de"):
        return timeline.entries(fresh, for_office=for_office, today=world.at.date())


def titles(case: Case, *, for_office: bool = False, world: World) -> list[str]:
    return [entry.title for entry in lines(case, for_office=for_office, world=world)]


def test_every_kind_of_event_has_its_words():
    assert set(story.WORDS) == KINDS | BESIDES


def test_every_state_has_its_words():
    assert set(story.CASE_NOW) == set(CaseState)
    assert set(story.AWARD_NOW) == set(AwardState)


@pytest.mark.parametrize("kind", sorted(KINDS | BESIDES))
def test_every_line_can_be_written_without_any_fact(kind):
    facts = timeline._facts(None, type("Event", (), {"facts": {}})())
    for words in (story.WORDS[kind].association, story.WORDS[kind].office, story.WORDS[kind].text):
        assert words is None or isinstance(str(words) % facts, str)


def test_before_the_notice_approval_and_rejection_read_the_same(world):
    approved, rejected = world.approved(), world.rejected()
    same = [[(e.state, e.title, e.text) for e in lines(case, world=world)] for case in (approved, rejected)]
    assert same[0] == same[1]


WAYS = ["filed", "checking", "questioned", "reviewing", "proposed", "offered", "accepted", "approved", "rejected"]


@pytest.mark.parametrize("way", WAYS)
def test_before_the_notice_nothing_promises(world, way):
    case = getattr(world, way)()
    for entry in lines(case, world=world):
        assert read(f"{entry.title}. {entry.text}") == []


def test_a_notice_in_the_portal_is_told_when_it_is_collected(world):
    award = world.issued("portal")
    assert not timeline.is_disclosed(award.case)
    assert not any("Bewilligt" in title for title in titles(award.case, world=world))
    world.do(award, "retrieve", "applicant")
    assert "Bewilligt: bis zu 1.600,00\xa0€" in titles(award.case, world=world)


def test_the_office_reads_the_decision_and_who_took_it(world):
    found = lines(world.approved(), for_office=True, world=world)
    told = next(entry for entry in found if entry.title == "Bewilligt: 1.600,00\xa0€")
    assert "Decider" in told.when


def test_the_association_reads_no_names_and_no_reasons_of_the_office(world):
    case = world.rejected()
    text = str(lines(case, world=world))
    assert "Decider" not in text
    assert "passt nicht zum Ziel" not in text


def test_the_whole_way_in_the_order_in_which_it_went(world):
    award = world.active()
    world.paid("1000", award)
    found = titles(award.case, world=world)
    order = [
        "Antrag eingegangen",
        "Bewilligt: bis zu 1.600,00\xa0€",
        "Bescheid bestandskräftig",
        "1.000,00\xa0€ ausgezahlt",
    ]
    assert [title for title in found if title in order] == order
    assert found.index("Ihr Projekt läuft") > found.index("1.000,00\xa0€ ausgezahlt")


def test_what_comes_then_ends_with_the_notice_until_it_is_sent(world):
    coming = [entry.title for entry in lines(world.filed(), world=world) if entry.state == "next"]
    assert coming == ["Entscheidung", "Bescheid"]


def test_a_deadline_says_how_long_it_still_is(world):
    case = world.questioned()
    now = next(entry for entry in lines(case, world=world) if entry.state == "now")
    assert now.when.endswith("noch 14 Tage")
    world.later(days=20)
    late = next(entry for entry in lines(case, world=world) if entry.state == "now")
    assert late.when.endswith("überfällig")


@pytest.mark.parametrize(("for_office", "most"), [(False, 1), (True, 2)])
def test_a_long_story_is_read_in_one_query_and_one_for_names(world, for_office, most):
    award = world.active()
    for _number in range(3):
        world.later(days=1)
        world.requested("10", award)
    case = Case.objects.select_related("award", "application").get(pk=award.case_id)
    with CaptureQueriesContext(connection) as queries:
        timeline.entries(case, for_office=for_office, today=(world.at + timedelta(days=1)).date())
    assert len(queries) <= most
