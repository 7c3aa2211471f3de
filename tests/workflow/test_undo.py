"""Taking back, with a trace: a proposal, a referral, the end and the beginning of the check."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from funding import integrity
from funding.models import BudgetLine
from journal.models import Event
from journal.refusals import Forbidden, Refused
from tests.factories import World, euros
from tests.workflow.office import at_the_desk, today_is
from workflow import inquiries
from workflow.models import Case, CaseState, ChecklistItem

pytestmark = pytest.mark.django_db
REASON = {"reason": "Es fehlt noch ein Angebot."}


@pytest.fixture
def world(settings: Settings) -> World:
    settings.DEMO = True  # nobody here has a second factor
    return World()


def told(case: Case) -> tuple[str, str, str, str]:
    event = Event.objects.filter(thread=case.reference).order_by("at", "pk").last()
    assert event is not None
    return event.kind, event.from_state, event.to_state, event.reason


def referred(world: World) -> Case:
    case: Case = world.do(world.reviewing(), "refer_to_committee", "caseworker", reason="Wertgrenze")
    return case


@pytest.mark.parametrize("by", ["caseworker", "technical_reviewer"])
def test_a_proposal_goes_back_and_its_money_is_free_again(world: World, by: str) -> None:
    case = world.do(world.proposed(), "take_back_proposal", by, **REASON)
    line = BudgetLine.objects.get()
    assert (case.state, line.reserved) == (CaseState.TECHNICAL_REVIEW, euros("0"))
    assert (case.proposed_amount, case.proposed_by, case.score) == (None, None, 80)
    assert told(case) == ("proposal_taken_back", "decision_ready", "technical_review", REASON["reason"])
    assert list(integrity.differences()) == []
    again = world.do(case, "propose", by, amount=euros("900"), reason="Weniger reicht")
    assert BudgetLine.objects.get().reserved == again.proposed_amount


def test_another_reviewer_does_not_take_it_back(world: World) -> None:
    case = world.proposed()
    world.cast.add("second_reviewer", "technical_reviewer")
    with pytest.raises(Forbidden):
        world.do(case, "take_back_proposal", "second_reviewer", **REASON)


def test_an_accepted_offer_ends_with_the_proposal(world: World) -> None:
    case = world.do(world.accepted("1200"), "take_back_proposal", "caseworker", **REASON)
    assert (case.offered_amount, case.offer_accepted_at) == (None, None)


def test_a_formal_rejection_goes_back_to_the_check_and_nowhere_else(world: World) -> None:
    case = world.do(world.checking(), "propose_formal_rejection", "caseworker", reason="zu spät")
    with pytest.raises(Refused, match="kam aus der formalen Prüfung"):
        world.do(case, "take_back_proposal", "caseworker", **REASON)
    case = world.do(case, "take_back_formal_rejection", "caseworker", **REASON)
    assert (case.state, case.proposed_amount) == (CaseState.FORMAL_CHECK, None)
    with pytest.raises(Refused, match="ist abgeschlossen"):
        world.do(world.proposed(), "take_back_formal_rejection", "caseworker", **REASON)


def test_a_referral_comes_back_as_long_as_no_body_has_it(world: World) -> None:
    case = world.do(referred(world), "take_back_referral", "caseworker", **REASON)
    assert (case.state, case.proposed_by) == (CaseState.TECHNICAL_REVIEW, None)
    assert told(case)[0] == "referral_taken_back"


def test_the_check_opens_again_and_what_was_ticked_stays(world: World) -> None:
    case = world.do(world.reviewing(), "reopen_check", "caseworker", **REASON)
    assert (case.state, case.complete_since) == (CaseState.FORMAL_CHECK, None)
    assert not case.checklist.filter(result=ChecklistItem.Result.OPEN).exists()
    again = world.do(case, "complete_check", "caseworker")
    assert again.complete_since == world.at.date()


def test_the_beginning_of_a_check_is_taken_back_while_nothing_is_checked(world: World) -> None:
    case = world.do(world.checking(), "take_back_check", "caseworker", **REASON)
    assert (case.state, case.assigned_to, case.checklist.count()) == (CaseState.SUBMITTED, None, 0)
    case = world.do(case, "start_check", "caseworker")
    assert case.checklist.exists()
    actor = world.cast.actor["caseworker"].acting_as("caseworker")
    item = case.checklist.get(code="debts")
    inquiries.tick(item, result="fine", note="", actor=actor, at=world.at)
    with pytest.raises(Refused, match="schon im Gang"):
        world.do(case, "take_back_check", "caseworker", **REASON)


STEPS: list[tuple[str, Any]] = [
    ("take_back_proposal", lambda world: world.proposed()),
    ("take_back_referral", referred),
    ("reopen_check", lambda world: world.reviewing()),
    ("take_back_check", lambda world: world.checking()),
]


@pytest.mark.parametrize(("name", "build"), STEPS, ids=[name for name, _build in STEPS])
def test_each_is_a_page_that_asks_for_a_reason(world: World, name: str, build: Any) -> None:
    case = build(world)
    url = f"/vorgaenge/{case.pk}/schritt/{name}/"
    with today_is(world.at):
        client = at_the_desk(world, "caseworker")
        assert url in client.get(f"/vorgaenge/{case.reference}/").content.decode()
        assert client.post(url, {"version": str(case.version), "reason": " "}).status_code == 422
        assert Case.objects.get(pk=case.pk).state == case.state
        assert client.post(url, {"version": str(case.version), **REASON}).status_code == 302
        assert client.post(url, {"version": str(case.version), **REASON}).status_code == 409
        assert at_the_desk(world, "decider").post(url, {"version": "0", **REASON}).status_code == 403
    assert told(case)[3] == REASON["reason"]
