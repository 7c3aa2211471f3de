"""The waiting list: free money is told to the officer, once, and nothing is awarded by itself."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from accounts.roles import Role
from config.celery import SCHEDULE
from funding import ledger
from funding.models import BudgetLine, Commitment
from journal.models import Event, Message
from journal.refusals import Faster, Forbidden, Refused
from tests.factories import World, euros
from tests.workflow.office import at_the_desk, queries_of, today_is
from workflow import desk, tasks, timeline, waiting
from workflow.models import Case, CaseState, WaitingOffer

pytestmark = pytest.mark.django_db
PAGE = "/warteliste/"


@pytest.fixture
def world(settings: Settings) -> World:
    settings.DEMO = True  # nobody here has a second factor
    return World(budget=euros("1000"))


def waits(world: World, **fields: Any) -> Case:
    """In the house with 1,600 € requested, and no money for it."""
    case: Case = world.do(world.reviewing(**fields), "put_on_waitlist", "caseworker", reason="Das Geld reicht nicht.")
    return case


def spend(world: World, amount: str) -> Commitment:
    """Binds money of the line for something else."""
    case = world.reviewing(requested=amount, cost="2000")
    approved = world.do(case, "propose", "technical_reviewer", amount=euros(amount), reason="x")
    approved = world.do(approved, "approve", "decider", conditions=[])
    return Commitment.objects.get(thread=approved.reference)


def free(world: World, commitment: Commitment, amount: str) -> None:
    rest = commitment.amount - euros(amount)
    ledger.reduce(commitment, rest, actor=world.cast.actor["budget_officer"], at=world.at, reason="Weniger gebraucht")
    commitment.refresh_from_db()


def offers() -> list[tuple[str, str]]:
    found = WaitingOffer.objects.filter(ended_at__isnull=True).order_by("pk")
    return [(offer.case.reference, str(offer.available)) for offer in found]


def letters(case: Case) -> list[str]:
    found = Message.objects.filter(kind="waiting_list_offer", thread=case.reference)
    return list(found.order_by("recipient").values_list("recipient", flat=True))


# The offer


def test_money_that_becomes_free_is_offered_to_the_first_rank_alone(world: World) -> None:
    bound = spend(world, "1000")
    first, _second = waits(world), waits(world)
    assert (waiting.offer_waiting(at=world.at), offers()) == (0, [])
    free(world, bound, "400")
    assert waiting.offer_waiting(at=world.at) == 1
    assert offers() == [(first.reference, "400.00")]


def test_nothing_is_awarded_or_put_aside_by_itself(world: World) -> None:
    first = waits(world)
    waiting.offer_waiting(at=world.at)
    line = BudgetLine.objects.get(pk=world.line.pk)
    assert (line.reserved, line.committed) == (euros("0"), euros("0"))
    assert Case.objects.get(pk=first.pk).state == CaseState.WAITLISTED


def test_an_offer_is_told_once_to_whoever_has_the_case(world: World) -> None:
    first = waits(world)
    for _run in range(3):
        waiting.offer_waiting(at=world.at)
    assert letters(first) == [world.cast.user["caseworker"].email]
    assert WaitingOffer.objects.count() == 1
    assert Event.objects.filter(kind="waiting_list_offered").count() == 1


def test_without_anybody_in_charge_all_caseworkers_are_told(world: World) -> None:
    world.cast.add("second_caseworker", Role.CASEWORKER)
    first = waits(world)
    Case.objects.filter(pk=first.pk).update(assigned_to=None)
    waiting.offer_waiting(at=world.at)
    assert len(letters(first)) == 2


def test_the_letter_says_what_is_free_and_that_somebody_decides(world: World) -> None:
    waits(world)
    waiting.offer_waiting(at=world.at)
    body = Message.objects.get(kind="waiting_list_offer").body
    assert "Frei sind 1.000,00\xa0€, beantragt sind 1.600,00\xa0€." in body
    assert "Von selbst wird nichts bewilligt." in body


@pytest.mark.parametrize(("left", "is_offered"), [("99.99", False), ("100", True)], ids=["below", "exactly"])
def test_less_than_the_smallest_award_is_not_offered(world: World, left: str, is_offered: bool) -> None:
    bound = spend(world, "1000")
    waits(world)
    free(world, bound, left)
    waiting.offer_waiting(at=world.at)
    assert bool(offers()) == is_offered


def test_without_a_smallest_award_a_cent_is_enough_and_nothing_is_not(world: World) -> None:
    type(world.programme).objects.update(minimum=0)
    bound = spend(world, "1000")
    waits(world)
    waiting.offer_waiting(at=world.at)
    assert offers() == []
    free(world, bound, "0.01")
    waiting.offer_waiting(at=world.at)
    assert [amount for _case, amount in offers()] == ["0.01"]


@pytest.mark.parametrize("status", ["provisional", "closed", "reopened"])
def test_a_year_that_takes_no_award_offers_nothing(world: World, status: str) -> None:
    waits(world)
    BudgetLine.objects.update(status=status)
    assert waiting.offer_waiting(at=world.at) == 0


def test_the_offer_follows_the_money_and_ends_with_it(world: World) -> None:
    first = waits(world)
    waiting.offer_waiting(at=world.at)
    bound = spend(world, "700")
    waiting.offer_waiting(at=world.at)
    assert offers() == [(first.reference, "300.00")]
    spend(world, "300")
    assert waiting.offer_waiting(at=world.later(hours=1)) == 1
    assert offers() == []
    free(world, bound, "500")
    waiting.offer_waiting(at=world.later(hours=1))
    assert offers() == [(first.reference, "500.00")]
    assert len(letters(first)) == 2


def test_a_proposal_ends_the_offer_at_once_and_the_next_rank_follows(world: World) -> None:
    first, second = waits(world), waits(world)
    waiting.offer_waiting(at=world.at)
    world.do(first, "propose", "caseworker", amount=euros("600"), reason="Jetzt reicht es.")
    assert offers() == []
    waiting.offer_waiting(at=world.at)
    assert offers() == [(second.reference, "400.00")]


def test_a_withdrawal_ends_the_offer(world: World) -> None:
    first = waits(world)
    waiting.offer_waiting(at=world.at)
    world.do(first, "withdraw", "applicant")
    assert offers() == []


def test_renouncing_frees_money_for_the_list_the_same_day(world: World) -> None:
    award = world.active(requested="1000")
    first = waits(world)
    waiting.offer_waiting(at=world.at)
    assert offers() == []
    world.do(award, "renounce", "applicant", reason="Kein Raum")
    waiting.offer_waiting(at=world.at)
    assert offers() == [(first.reference, "1000.00")]


def test_a_sub_budget_counts_for_those_whom_it_is_for(world: World) -> None:
    """Rank 1 belongs to a part that is used up; what is free elsewhere goes to rank 2."""
    move = ledger.Movement(actor=world.cast.actor["budget_officer"], at=world.at, reason="Aufteilung")
    ledger.allocate(world.line, world.municipality, euros("50"), move=move)
    waits(world)
    elsewhere = type(world.municipality).objects.create(name="Wittmund", ags="03462019")
    second = waits(world, municipality=elsewhere)
    waiting.offer_waiting(at=world.at)
    assert offers() == [(second.reference, "950.00")]


def test_the_task_runs_every_five_minutes(world: World) -> None:
    waits(world)
    with today_is(world.at):
        assert tasks.offer_waiting() == 1
        assert tasks.offer_waiting() == 0
    job = next(job for job in SCHEDULE.values() if job["task"] == tasks.offer_waiting.name)
    assert job["schedule"].minute == set(range(0, 60, 5))


# The desk


def test_free_money_stands_first_on_the_officers_desk(world: World) -> None:
    world.reviewing()
    first = waits(world)
    waiting.offer_waiting(at=world.at)
    actor = world.cast.actor["caseworker"]
    top = desk.tasks(actor, today=world.at.date())[0]
    assert (top.case, top.label) == (first, "Geld ist frei: Vorschlag zu Rang 1 der Warteliste schreiben")
    with today_is(world.at):
        body = at_the_desk(world, "caseworker").get("/heute/").content.decode()
    assert "frei sind 1.000,00\xa0€" in body
    assert desk.waiting_for(actor, today=world.at.date()) == 2


def test_the_desk_takes_as_many_queries_for_many_offers(world: World) -> None:
    waits(world)
    waiting.offer_waiting(at=world.at)
    client = at_the_desk(world, "caseworker")
    with today_is(world.at):
        few = queries_of(client, "/heute/")
        for _number in range(5):
            waits(world)
        assert queries_of(client, "/heute/") == few


# The page


@pytest.mark.parametrize("name", ["caseworker", "decider", "committee_office"])
def test_the_page_shows_rank_money_and_since_when(world: World, name: str) -> None:
    first, second = waits(world), waits(world)
    waiting.offer_waiting(at=world.at)
    with today_is(world.at):
        body = at_the_desk(world, name).get(PAGE).content.decode()
    assert body.index(first.reference) < body.index(second.reference)
    assert "Integrationsprojekte 2026" in body
    assert "1.000,00\xa0€" in body
    assert body.count("Geld ist frei") == 1
    assert ("Rang ändern" in body) == (name == "caseworker")


def test_the_page_takes_as_many_queries_for_thirty_as_for_one(world: World) -> None:
    waits(world)
    client = at_the_desk(world, "caseworker")
    with today_is(world.at):
        few = queries_of(client, PAGE)
        for _number in range(29):
            waits(world)
        assert queries_of(client, PAGE) == few <= 15


def test_an_empty_list_says_so(world: World) -> None:
    with today_is(world.at):
        assert "Gerade wartet niemand auf Geld." in at_the_desk(world, "decider").get(PAGE).content.decode()


def test_each_list_is_of_one_programme_and_year(world: World) -> None:
    first = waits(world)
    other = waits(world)
    Case.objects.filter(pk=other.pk).update(fiscal_year=2027)
    found = [(standing.fiscal_year, [place.case.pk for place in standing.places]) for standing in waiting.lists()]
    assert found == [(2027, [other.pk]), (2026, [first.pk])]


# Another order


def rank(world: World, case: Case, *, name: str = "caseworker", **data: str) -> Any:
    with today_is(world.at):
        return at_the_desk(world, name).post(f"{PAGE}{case.reference}/rang/", data)


def order() -> list[int]:
    return [place.case.pk for standing in waiting.lists() for place in standing.places]


@pytest.mark.parametrize(
    ("who", "new", "expected"),
    [(2, 1, [2, 0, 1, 3]), (0, 4, [1, 2, 3, 0]), (1, 3, [0, 2, 1, 3])],
    ids=["up", "to-the-end", "one-down"],
)
def test_the_officer_changes_the_order_and_says_why(world: World, who: int, new: int, expected: list[int]) -> None:
    cases = [waits(world) for _number in range(4)]
    answer = rank(world, cases[who], seen=str(who + 1), rank=str(new), reason="Beginnt früher als die anderen")
    assert answer.status_code == 302
    assert order() == [cases[number].pk for number in expected]
    event = Event.objects.get(kind="waiting_rank_changed", thread=cases[who].reference)
    assert (event.facts, event.reason) == ({"rank_before": who + 1, "rank": new}, "Beginnt früher als die anderen")


def test_everybody_whose_rank_changes_reads_it_in_the_file(world: World) -> None:
    first, second = waits(world), waits(world)
    rank(world, second, seen="2", rank="1", reason="Beginnt früher")
    told = [entry.title for entry in timeline.entries(first, for_office=True, today=world.at.date())]
    assert "Warteliste: von Rang 1 auf Rang 2" in told
    outside = [entry.title for entry in timeline.entries(first, for_office=False, today=world.at.date())]
    assert not any("Rang" in title for title in outside)


def test_the_offer_moves_to_the_new_first_rank(world: World) -> None:
    first, second = waits(world), waits(world)
    waiting.offer_waiting(at=world.at)
    assert offers() == [(first.reference, "1000.00")]
    rank(world, second, seen="2", rank="1", reason="Beginnt früher")
    waiting.offer_waiting(at=world.at)
    assert offers() == [(second.reference, "1000.00")]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"rank": "1", "reason": " "}, "Bitte begründen Sie die neue Reihenfolge."),
        ({"rank": "", "reason": "Beginnt früher"}, "Bitte wählen Sie einen Rang."),
        ({"rank": "2", "reason": "Beginnt früher"}, "Bitte wählen Sie einen anderen Rang."),
        ({"rank": "7", "reason": "Beginnt früher"}, "Bitte wählen Sie einen anderen Rang."),
        ({"rank": "1e9", "reason": "Beginnt früher"}, "Bitte wählen Sie einen anderen Rang."),
    ],
    ids=["no-reason", "no-rank", "same-rank", "too-high", "no-number"],
)
def test_what_is_missing_is_said_and_nothing_is_lost(world: World, data: dict[str, str], sentence: str) -> None:
    cases = [waits(world), waits(world)]
    answer = rank(world, cases[1], seen="2", **data)
    body = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in body
    assert data["reason"].strip() in body
    assert order() == [case.pk for case in cases]


def test_a_list_that_moved_on_is_told_and_left_alone(world: World) -> None:
    cases = [waits(world) for _number in range(3)]
    rank(world, cases[2], seen="3", rank="1", reason="Beginnt früher")
    assert rank(world, cases[1], seen="2", rank="1", reason="Auch früher").status_code == 409
    assert order() == [cases[2].pk, cases[0].pk, cases[1].pk]


def test_who_is_no_longer_on_the_list_has_no_rank(world: World) -> None:
    case = waits(world)
    world.do(case, "withdraw", "applicant")
    assert rank(world, case, seen="1", rank="2", reason="x").status_code == 409
    with today_is(world.at):
        answer = at_the_desk(world, "caseworker").get(f"{PAGE}{case.reference}/rang/")
    assert answer.status_code == 302


def test_only_the_caseworker_orders_the_list(world: World) -> None:
    cases = [waits(world), waits(world)]
    assert rank(world, cases[1], name="decider", seen="2", rank="1", reason="x").status_code == 403
    with pytest.raises(Forbidden):
        waiting.move(cases[1], seen=2, rank=1, reason="x", actor=world.cast.actor["decider"], at=world.at)
    with pytest.raises(Refused):
        waiting.move(cases[1], seen=2, rank=3, reason="x", actor=world.cast.actor["caseworker"], at=world.at)
    with pytest.raises(Faster):
        waiting.move(cases[1], seen=1, rank=2, reason="x", actor=world.cast.actor["caseworker"], at=world.at)


def test_ranks_that_were_given_up_leave_no_gap_on_the_page(world: World) -> None:
    first, second, third = waits(world), waits(world), waits(world)
    world.do(first, "withdraw", "applicant")
    assert order() == [second.pk, third.pk]
    assert [place.rank for standing in waiting.lists() for place in standing.places] == [1, 2]


# Going before others


def scored(world: World, score: int | None) -> Case:
    case = world.reviewing()
    Case.objects.filter(pk=case.pk).update(score=score)
    found: Case = world.do(case, "put_on_waitlist", "caseworker", reason="Das Geld reicht nicht.")
    return found


def propose(world: World, case: Case, **data: Any) -> Case:
    found: Case = world.do(case, "propose", "caseworker", amount=euros("500"), reason="Geld ist frei.", **data)
    return found


def test_the_list_goes_by_score_then_by_receipt_and_a_missing_score_is_last(world: World) -> None:
    none, low, high, same = scored(world, None), scored(world, 50), scored(world, 90), scored(world, 50)
    assert order() == [high.pk, low.pk, same.pk, none.pk]


def test_who_was_moved_up_by_hand_stays_before_whoever_comes_later(world: World) -> None:
    first, second = scored(world, 90), scored(world, 50)
    rank(world, second, seen="2", rank="1", reason="Beginnt früher")
    third = scored(world, 70)
    assert order() == [second.pk, first.pk, third.pk]


def test_the_first_rank_needs_no_reason(world: World) -> None:
    first, _second = scored(world, 90), scored(world, 50)
    assert propose(world, first).state == CaseState.DECISION_READY


@pytest.mark.parametrize("skipping", ["", "  "])
def test_going_before_somebody_without_a_reason_is_refused_in_the_door(world: World, skipping: str) -> None:
    first, second = scored(world, 90), scored(world, 50)
    with pytest.raises(Refused, match=f"davor: {first.reference}"):
        propose(world, second, skipping=skipping)
    assert Case.objects.get(pk=second.pk).state == CaseState.WAITLISTED
    assert BudgetLine.objects.get().reserved == euros("0")


def test_with_a_reason_everybody_concerned_has_it_in_the_file_and_the_list_shows_it(world: World) -> None:
    first, second = scored(world, 90), scored(world, 50)
    propose(world, second, skipping="Beginnt schon im April.")
    events = Event.objects.filter(kind__in=["waiting_rank_skipped", "waiting_rank_passed"])
    assert {(event.thread, event.reason) for event in events} == {
        (second.reference, "Beginnt schon im April."),
        (first.reference, "Beginnt schon im April."),
    }
    with today_is(world.at):
        body = at_the_desk(world, "decider").get(PAGE).content.decode()
    assert f"Übergangen für {second.reference}" in body
    assert "Beginnt schon im April." in body


def test_who_waits_for_another_sub_budget_is_not_passed_over(world: World) -> None:
    move = ledger.Movement(actor=world.cast.actor["budget_officer"], at=world.at, reason="Aufteilung")
    ledger.allocate(world.line, world.municipality, euros("50"), move=move)
    scored(world, 90)
    elsewhere = type(world.municipality).objects.create(name="Wittmund", ags="03462019")
    case = world.reviewing(municipality=elsewhere)
    second = world.do(case, "put_on_waitlist", "caseworker", reason="x")
    assert propose(world, second).state == CaseState.DECISION_READY


def test_the_form_asks_only_who_goes_before_others(world: World) -> None:
    first, second = scored(world, 90), scored(world, 50)
    data = {"amount": "500", "reason": "Geld ist frei."}
    with today_is(world.at):
        client = at_the_desk(world, "caseworker")
        url = "/vorgaenge/{}/schritt/propose/"
        assert "geht dieser Antrag anderen" not in client.get(url.format(first.pk)).content.decode()
        assert "geht dieser Antrag anderen" in client.get(url.format(second.pk)).content.decode()
        answer = client.post(url.format(second.pk), {"version": str(second.version), **data})
        assert answer.status_code == 422
        assert "Bitte begründen Sie, warum dieser Antrag vorgeht." in answer.content.decode()
        data["skipping"] = "Beginnt schon im April."
        assert client.post(url.format(second.pk), {"version": str(second.version), **data}).status_code == 302
