"""A reduced offer: accepted as it is, with still less, or not; the line's balance follows at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from applications.models import Application
from funding import integrity
from funding.models import BudgetLine, Commitment
from journal.models import Event, Message
from journal.refusals import Refused
from tests.factories import World, euros
from tests.workflow.office import at_the_desk, today_is
from workflow.models import Case, CaseState

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    settings.DEMO = True  # the office without its second factor
    found = World()
    with today_is(found.at):
        yield found


def stands(case: Case) -> tuple[str, str, str]:
    """Reserved, committed and free for new proposals, in whole euros."""
    line = BudgetLine.objects.get(pk=case.budget_line().pk)
    assert list(integrity.differences()) == []
    return tuple(f"{amount:.0f}" for amount in (line.reserved, line.committed, line.available_planning))  # type: ignore[return-value]


def planned(world: World, requested: str, *, cost: str = "2000") -> Case:
    """An offer of 1,200 euros, and a plan of the association about another amount."""
    case = world.offered("1200")
    world.plan(Application.objects.get(pk=case.application_id), requested=requested, cost=cost)
    return case


def step(case: Case) -> str:
    return f"/vorgaenge/{case.pk}/schritt/accept_offer/"


def plan_page(case: Case) -> str:
    return f"/antraege/{case.application.key}/schritt/finanzplan/"


def test_the_line_after_each_step_of_an_offer_answered_with_less(world: World) -> None:
    case = world.proposed()
    total = int(stands(case)[2]) + 1600
    assert stands(case) == ("1600", "0", str(total - 1600))
    due_on = world.at.date().replace(day=20)
    case = world.do(case, "offer", "decider", amount=euros("1200"), reason="Das Geld reicht nicht.", due_on=due_on)
    assert stands(case) == ("1200", "0", str(total - 1200))
    world.plan(Application.objects.get(pk=case.application_id), requested="900", cost="1500")
    assert stands(case) == ("1200", "0", str(total - 1200)), "a changed plan moves no money"
    case = world.do(case, "accept_offer", "applicant", amount=euros("900"))
    assert case.state == CaseState.DECISION_READY
    assert (case.offered_amount, case.proposed_amount) == (euros("1200"), euros("900"))
    assert stands(case) == ("900", "0", str(total - 900))
    case = world.do(case, "approve", "decider", conditions=[], reason="Das Geld reicht nicht.")
    assert (case.decided_amount, case.is_partial) == (euros("900"), True)
    assert stands(case) == ("0", "900", str(total - 900))
    assert Commitment.objects.get(thread=case.reference).amount == euros("900")


@pytest.mark.parametrize(
    ("requested", "sentence"),
    [
        ("1200.01", "Angeboten sind höchstens 1.200,00"),
        ("0", "Im Finanzplan fehlt der Betrag"),
        ("1700", "Angeboten sind höchstens"),
    ],
)
def test_more_than_offered_or_nothing_is_refused_and_nothing_is_written(
    world: World, requested: str, sentence: str
) -> None:
    case = planned(world, requested)
    before = (Event.objects.count(), stands(case))
    with pytest.raises(Refused, match=sentence):
        world.do(case, "accept_offer", "applicant")
    assert (Event.objects.count(), stands(case)) == before


def test_what_is_accepted_is_what_was_read(world: World) -> None:
    """Somebody lowers the plan while a colleague reads: the colleague reads it again."""
    case, client = planned(world, "1000"), at_the_desk(world, "applicant")
    page = client.get(step(case))
    assert "Angebot mit 1.000,00" in page.content.decode()
    world.plan(Application.objects.get(pk=case.application_id), requested="800", cost="2000")
    answer = client.post(step(case), {"version": case.version, "amount": "1000.00"})
    assert answer.status_code == 422
    assert "Der Finanzplan wurde inzwischen geändert: Er nennt jetzt 800,00" in answer.content.decode()
    case.refresh_from_db()
    assert (case.state, stands(case)[0]) == (CaseState.REVISION_OFFERED, "1200")
    assert client.post(step(case), {"version": case.version, "amount": "800.00"}).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.proposed_amount, stands(case)[0]) == (CaseState.DECISION_READY, euros("800"), "800")


def test_the_page_names_the_three_ways_and_the_amount_of_the_plan(world: World) -> None:
    case = planned(world, "900")
    page = at_the_desk(world, "applicant").get(f"/antraege/{case.application.key}/").content.decode()
    for words in ("Sie haben drei Wege:", "Mit weniger auskommen:", "Im Finanzplan stehen jetzt 900,00", "Ablehnen:"):
        assert words in page
    assert "Angebot mit 900,00" in page
    assert "Antrag zurückziehen" in page


def sent(case: Case, amount: str) -> dict[str, Any]:
    application = Application.objects.get(pk=case.application_id)
    cost = application.costs.get()
    county, own = application.sources.get(kind="county_grant"), application.sources.exclude(kind="county_grant").get()
    rest = euros("2000") - euros(amount)
    return {
        "version": application.version, "costs-TOTAL_FORMS": "1", "costs-INITIAL_FORMS": "0",
        "sources-TOTAL_FORMS": "2", "sources-INITIAL_FORMS": "0", "costs-0-pk": cost.pk,
        "costs-0-category": cost.category, "costs-0-description": "Kursleitung", "costs-0-quantity": "1",
        "costs-0-unit_price": "2000", "sources-0-pk": own.pk, "sources-0-kind": own.kind,
        "sources-0-description": "Vereinskasse", "sources-0-status": "granted", "sources-0-amount": f"{rest:.0f}",
        "sources-1-pk": county.pk, "sources-1-kind": county.kind, "sources-1-description": "hiermit",
        "sources-1-status": "applied", "sources-1-amount": amount,
    }  # fmt: skip


def test_a_plan_above_the_offer_says_so_beside_the_amount(world: World) -> None:
    case, client = planned(world, "1200"), at_the_desk(world, "applicant")
    assert "Angeboten sind höchstens 1.200,00" in client.get(plan_page(case)).content.decode()
    assert "Möglicher Zuschuss: höchstens 1.200,00" in client.get(plan_page(case)).content.decode()
    answer = client.post(plan_page(case), sent(case, "1300"))
    assert answer.status_code == 422
    county = answer.context["sources"].forms[-1]
    assert "Angeboten sind höchstens 1.200,00" in county.errors["amount"][0].replace("\N{NO-BREAK SPACE}", " ")
    answer = client.post(plan_page(case), sent(case, "900"))
    assert answer.status_code == 302, [form.errors for form in answer.context["sources"].forms]


def test_a_plan_that_is_open_for_another_reason_has_no_bound(world: World) -> None:
    case = world.checking()
    data = {"items": "Bitte prüfen", "sections": ["finanzplan"], "due_on": world.at.date().replace(day=20)}
    world.do(case, "request_information", "caseworker", **data)
    page = at_the_desk(world, "applicant").get(plan_page(case)).content.decode()
    assert "Angeboten sind" not in page


def test_decider_and_officer_read_both_amounts(world: World) -> None:
    case = world.do(planned(world, "900"), "accept_offer", "applicant")
    page = at_the_desk(world, "decider").get(f"/vorgaenge/{case.reference}/entscheiden/").content.decode()
    page = page.replace("\N{NO-BREAK SPACE}", " ")
    assert "angeboten 1.200,00 €, angenommen 900,00 €" in page
    assert "Der Verein hat den niedrigeren Betrag angenommen" in page
    assert "900,00 € bewilligen" in page
    story = at_the_desk(world, "caseworker").get(f"/vorgaenge/{case.reference}/").content.decode()
    assert "Angeboten 1.200,00 €, angenommen 900,00 €" in story.replace("\N{NO-BREAK SPACE}", " ")
    letter = Message.objects.get(kind="offer_accepted").body.replace("\N{NO-BREAK SPACE}", " ")
    assert "angeboten 1.200,00 €, angenommen 900,00 €" in letter
