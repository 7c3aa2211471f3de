"""The consent to an early start: an exception before the decision, from a day on, and no promise of money."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from funding.models import BudgetLine, LedgerEntry
from journal.models import Event, Message
from journal.refusals import Forbidden, Refused
from tests.factories import World, euros
from tests.workflow.office import at_the_desk, today_is
from tests.workflow.test_promises import read
from workflow import notices, timeline
from workflow.models import Case, CaseState

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Settings) -> World:
    settings.DEMO = True  # nobody here has a second factor
    return World()


def day(world: World, days: int = 0) -> date:
    return (world.at + timedelta(days=days)).date()


def consent(world: World, case: Case, days: int = 0, by: str = "decider") -> Case:
    data = {"valid_from": day(world, days), "reason": "Die Saison beginnt im April."}
    found: Case = world.do(case, "consent_to_early_start", by, **data)
    return found


def send(world: World, case: Case, name: str = "decider", **data: str) -> Any:
    with today_is(world.at):
        url = f"/vorgaenge/{case.pk}/schritt/consent_to_early_start/"
        return at_the_desk(world, name).post(url, {"version": str(case.version), **data})


def test_a_project_begins_early_and_is_awarded_all_the_same(world: World) -> None:
    """The story: asked in March, consented, begun in April, decided in May; the notice counts from the consented day."""
    case = world.reviewing(starts_on=day(world, 30))
    case = consent(world, case, 10)
    assert case.state == CaseState.TECHNICAL_REVIEW
    case = world.do(case, "propose", "technical_reviewer", amount=euros("1600"), reason="Gut")
    world.later(days=60)
    award = world.do(case, "approve", "decider", conditions=[]).award
    content = notices.award_notice(award, number=1, actor=world.cast.actor["caseworker"], on=world.at.date())
    assert content.earliest_start == date(2026, 3, 12)


def test_without_consent_the_same_project_is_not_awarded(world: World) -> None:
    case = world.proposed(starts_on=day(world, 30))
    world.later(days=60)
    with pytest.raises(Refused, match="hat schon begonnen"):
        world.do(case, "approve", "decider", conditions=[])


def test_what_began_before_the_consented_day_is_not_awarded(world: World) -> None:
    case = consent(world, world.proposed(starts_on=day(world, 30)), 31)
    world.later(days=60)
    with pytest.raises(Refused, match="Zugestimmt ist erst ab dem"):
        world.do(case, "approve", "decider", conditions=[])


@pytest.mark.parametrize(("days", "is_possible"), [(-1, False), (0, True), (40, True)])
def test_from_the_day_of_receipt_on(world: World, days: int, is_possible: bool) -> None:
    case = world.reviewing()
    if is_possible:
        assert consent(world, case, days).early_start_from == day(world, days)
        return
    with pytest.raises(Refused, match="frühestens ab dem Eingang"):
        consent(world, case, days)


def test_a_second_consent_is_possible_for_an_earlier_day_alone(world: World) -> None:
    case = consent(world, world.reviewing(), 10)
    for days in (10, 11):
        with pytest.raises(Refused, match="nur noch ein früherer Tag"):
            consent(world, case, days)
    assert consent(world, case, 9).early_start_from == day(world, 9)


def test_only_the_decider_consents(world: World) -> None:
    for name in ("caseworker", "technical_reviewer", "committee_office", "applicant"):
        with pytest.raises(Forbidden):
            consent(world, world.reviewing(), by=name)


def test_no_money_moves_and_the_database_asks_for_day_and_person(world: World) -> None:
    case = world.reviewing()
    before = LedgerEntry.objects.count()
    consent(world, case)
    assert LedgerEntry.objects.count() == before
    for gone in ("early_start_on", "early_start_by"):
        with pytest.raises(IntegrityError, match="case_early_start_has_person"), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**{gone: None})


def test_the_letter_says_that_it_is_no_promise_of_money(world: World) -> None:
    case = consent(world, world.reviewing(), 10)
    letter = Message.objects.get(kind="early_start_consented", thread=case.reference)
    assert letter.recipient == world.cast.user["applicant"].email
    assert "Das ist keine Zusage für Geld (§ 38 VwVfG)." in letter.body
    assert "12.03.2026" in letter.body
    assert read(f"{letter.subject}\n{letter.body}") == []


def test_both_sides_read_it_in_the_story(world: World) -> None:
    case = consent(world, world.reviewing(), 10)
    fresh = Case.objects.select_related("award", "application").get(pk=case.pk)
    for for_office, words in ((True, "Vorzeitigem Beginn zugestimmt ab"), (False, "Vorzeitiger Beginn möglich ab")):
        told = [entry.title for entry in timeline.entries(fresh, for_office=for_office, today=world.at.date())]
        assert any(title.startswith(words) and "12.03.2026" in title for title in told)
    event = Event.objects.get(kind="early_start_consented")
    assert (event.from_state, event.to_state, event.actor_role) == ("technical_review", "technical_review", "decider")


# The pages


def test_the_decider_consents_in_the_browser(world: World) -> None:
    case = world.proposed()
    answer = send(world, case, valid_from="12.03.2026", reason="Die Saison beginnt im April.")
    assert answer.status_code == 302
    with today_is(world.at):
        body = at_the_desk(world, "decider").get(f"/vorgaenge/{case.reference}/entscheiden/").content.decode()
        page = at_the_desk(world, "caseworker").get(f"/vorgaenge/{case.reference}/").content.decode()
    assert "Vorzeitigem Beginn ist zugestimmt ab dem 12.03.2026" in body
    assert "möglich ab 12.03.2026, zugestimmt am 02.03.2026" in page


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"valid_from": "01.03.2026", "reason": "x"}, "frühestens ab dem Eingang, dem 02.03.2026"),
        ({"valid_from": "31.02.2026", "reason": "x"}, "Bitte schreiben Sie den Tag so"),
        ({"valid_from": "", "reason": "x"}, "Bitte schreiben Sie einen Tag"),
        ({"valid_from": "12.03.2026", "reason": " "}, "Bitte schreiben Sie eine Begründung."),
    ],
    ids=["before-receipt", "no-day", "empty", "no-reason"],
)
def test_what_is_missing_is_said(world: World, data: dict[str, str], sentence: str) -> None:
    case = world.proposed()
    answer = send(world, case, **data)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Case.objects.get(pk=case.pk).early_start_from is None


def test_a_stale_page_is_409_and_another_task_403(world: World) -> None:
    case = world.proposed()
    data = {"valid_from": "12.03.2026", "reason": "x"}
    assert send(world, case, name="caseworker", **data).status_code == 403
    consent(world, case, 20)
    assert send(world, case, **data).status_code == 409


def test_in_a_provisional_year_only_the_early_start_is_possible(world: World) -> None:
    case = world.proposed()
    BudgetLine.objects.update(status=BudgetLine.Status.PROVISIONAL)
    with today_is(world.at):
        client = at_the_desk(world, "decider")
        body = client.get(f"/vorgaenge/{case.reference}/entscheiden/").content.decode()
        assert "Der Haushalt ist noch nicht genehmigt" in body
        assert "Vorzeitigem Beginn zustimmen" in body
        assert 'value="approve"' not in body
        assert 'value="reject"' in body
        posted = {"choice": "approve", "approve-version": str(case.version)}
        assert client.post(f"/vorgaenge/{case.reference}/entscheiden/", posted).status_code == 422
    assert consent(world, case).early_start_from == day(world)
