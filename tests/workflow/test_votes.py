"""How a body voted: entered once, fitting its votes, corrected with a trace; what was put off waits for another session."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from funding.law.votes import Tally
from funding.models import Resolution
from journal.models import Event, Message
from journal.refusals import Faster, Refused
from tests.factories import START, World, euros
from tests.workflow.council import ballot, body, consultation, members, paper, record, referred
from tests.workflow.office import at_the_desk, queries_of, today_is
from workflow import follow_ups, tasks, votes
from workflow.models import Case, Consultation, FollowUp, Involvement, Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Settings) -> World:
    settings.DEMO = True  # nobody here has a second factor
    return World()


@pytest.fixture
def case(world: World) -> Case:
    return referred(world)


@pytest.fixture
def item(world: World, case: Case) -> Consultation:
    return consultation(paper(world, {case: "1200"}), "county_committee", world)


def sent(found: Consultation, case: Case, **changed: Any) -> dict[str, Any]:
    """What the page sends for a plain „angenommen"."""
    return {
        "outcome": "adopted", "votes_yes": "7", "votes_no": "2", "votes_abstained": "1", "number": "KA 7/2026",
        "wording": found.paper.proposed_resolution, f"amount_{case.pk}": "1.200,00", **changed,
    }  # fmt: skip


VECTORS = [
    ("adopted", (4, 3, 10), True), ("adopted", (5, 5, 1), False), ("rejected", (5, 5, 1), True),
    ("rejected", (0, 0, 11), True), ("rejected", (4, 3, 10), False), ("adopted", (0, 1, 0), False),
    ("deferred", None, True), ("deferred", (5, 5, 0), True), ("noted", None, True), ("adopted", None, False),
]  # fmt: skip


@pytest.mark.parametrize(("outcome", "vote", "stands"), VECTORS)
def test_the_outcome_is_what_the_votes_say(
    world: World, item: Consultation, outcome: str, vote: Any, stands: bool
) -> None:
    if stands:
        assert record(item, outcome, vote, world).outcome == outcome
        return
    with pytest.raises(Refused):
        record(item, outcome, vote, world)
    item.refresh_from_db()
    assert (item.outcome, Resolution.objects.count()) == ("", 0)


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ("outcome = 'adopted', votes_yes = 5, votes_no = 5", "consultation_majority"),
        ("outcome = 'adopted_amended', votes_yes = 0, votes_no = 0", "consultation_majority"),
        ("outcome = 'rejected', votes_yes = 4, votes_no = 3", "consultation_no_majority"),
        ("outcome = 'noted', recorded_by = NULL", "consultation_outcome_has_person"),
    ],
)
def test_the_database_knows_the_majority_too(world: World, item: Consultation, changed: str, constraint: str) -> None:
    record(item, "noted", None, world)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE workflow_consultation SET {changed} WHERE id = %s", [item.pk])  # noqa: S608


def test_it_is_entered_once(world: World, item: Consultation, case: Case) -> None:
    record(item, "adopted", (7, 2, 1), world)
    with pytest.raises(Faster, match="schon eingetragen: angenommen"):
        record(item, "rejected", (2, 7, 1), world)
    with today_is(world.at):
        answer = at_the_desk(world, "committee_office").post(f"/beratungen/{item.pk}/ergebnis/", sent(item, case))
    assert answer.status_code == 409
    assert Resolution.objects.count() == 1


def test_it_stands_in_the_register_with_its_words_votes_and_cases(world: World, item: Consultation, case: Case) -> None:
    client = at_the_desk(world, "committee_office")
    with today_is(world.at):
        answer = client.post(f"/beratungen/{item.pk}/ergebnis/", sent(item, case, minutes="Seite 4"))
        assert answer.status_code == 302, answer.content.decode()
        page = client.get("/beschluesse/?text=Projekte&gremium=county_committee&jahr=2026").content.decode()
        assert "Keine Treffer" in client.get("/beschluesse/?text=Brunnen").content.decode()
        assert client.get("/beschluesse/?jahr=morgen").status_code == 422
    for words in ("KA 7/2026", "7 Ja, 2 Nein, 1 Enthaltungen", "angenommen", case.reference):
        assert words in page
    item.refresh_from_db()
    assert [(row.case_id, row.amount) for row in item.cases.all()] == [(case.pk, euros("1200"))]
    assert Event.objects.get(kind="vote_recorded").facts["votes"] == [7, 2, 1]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"outcome": ""}, "Bitte wählen Sie das Ergebnis"),
        ({"votes_no": ""}, "Waren es keine, dann 0"),
        ({"votes_yes": "2"}, "Gleichstand ist abgelehnt"),
        ({"number": ""}, "Bitte schreiben Sie die Nummer des Beschlusses"),
        ({"amount": "1.000,00"}, "geändert angenommen"),
        ({"amount": "viel"}, "Betrag"),
        ({"amount": "1.700,00"}, "höchstens"),
        ({"outcome": "adopted_amended"}, "wie vorgelegt"),
        ({"outcome": "referred"}, "Gremium, an das verwiesen wurde"),
    ],
)
def test_what_does_not_fit_comes_back_with_a_sentence(
    world: World, item: Consultation, case: Case, changed: dict[str, str], sentence: str
) -> None:
    given = {f"amount_{case.pk}" if name == "amount" else name: value for name, value in changed.items()}
    with today_is(world.at):
        answer = at_the_desk(world, "committee_office").post(
            f"/beratungen/{item.pk}/ergebnis/", sent(item, case, **given)
        )
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Resolution.objects.exists()
    assert not Event.objects.filter(kind="vote_recorded").exists()


@pytest.mark.parametrize("wrong", ["draft", "cancelled", "tomorrow", "none"])
def test_without_a_session_that_was_held_there_is_no_vote(world: World, item: Consultation, wrong: str) -> None:
    if wrong == "draft":
        type(item.paper).objects.update(state="draft", frozen_at=None, frozen_by=None)
    elif wrong == "none":
        Consultation.objects.update(session=None)
    elif wrong == "tomorrow":
        Session.objects.update(held_on=world.at.date() + timedelta(days=1))
    else:
        Session.objects.update(state="cancelled")
    with pytest.raises(Refused):
        record(Consultation.objects.get(pk=item.pk), "noted", None, world)


# Recusals


def test_who_is_bound_to_the_association_is_named_beforehand_and_casts_no_vote(
    world: World, item: Consultation, case: Case
) -> None:
    people = members(item.body, 9, world)
    Involvement.objects.create(
        member=people[0], organisation=world.organisation, kind="board", since=world.at.date() - timedelta(days=9),
        entered_by=world.cast.user["committee_office"].key, entered_at=world.at,
    )  # fmt: skip
    client, url = at_the_desk(world, "committee_office"), f"/beratungen/{item.pk}/ergebnis/"
    reason = {f"recused_{people[0].pk}": "Vorstand"}
    with today_is(world.at):
        assert "Vorstand oder gesetzliche Vertretung" in client.get(url).content.decode()
        none = client.post(url, sent(item, case, votes_yes="6"))
        many = client.post(url, sent(item, case, votes_yes="6", **reason))
        fine = client.post(url, sent(item, case, votes_yes="5", **reason))
    assert (none.status_code, many.status_code, fine.status_code) == (422, 422, 302)
    assert "Mitglied 0" in none.content.decode()
    item.refresh_from_db()
    assert [str(recusal.member) for recusal in item.recusals.all()] == ["Mitglied 0"]


# Correcting


def test_a_correction_leaves_a_trace(world: World, item: Consultation, case: Case) -> None:
    record(item, "adopted", (7, 2, 1), world)
    client, url = at_the_desk(world, "committee_office"), f"/beratungen/{item.pk}/berichtigen/"
    with today_is(world.at):
        assert client.post(url, sent(item, case, votes_yes="6")).status_code == 422  # without a reason
        answer = client.post(url, sent(item, case, votes_yes="6", reason="Eine Stimme falsch gezählt"))
    assert answer.status_code == 302
    item.refresh_from_db()
    event = Event.objects.get(kind="vote_corrected")
    assert (item.votes_yes, event.reason) == (6, "Eine Stimme falsch gezählt")
    assert event.facts["before"]["votes"] == [7, 2, 1]
    assert Resolution.objects.count() == 1


def test_nothing_is_corrected_once_a_case_rests_on_it(world: World, item: Consultation, case: Case) -> None:
    record(item, "adopted", (7, 2, 1), world)
    vote = {
        "body": "county_committee", "resolved_on": world.at.date(), "number": item.paper.number, "outcome": "adopted",
        "votes_yes": 7, "votes_no": 2, "votes_abstained": 1,
    }  # fmt: skip
    world.do(case, "record_resolution", "committee_office", amount=euros("1200"), **vote)
    with today_is(world.at):
        answer = at_the_desk(world, "committee_office").get(f"/beratungen/{item.pk}/berichtigen/")
    assert answer.status_code == 422
    item.refresh_from_db()
    wrong, office = ballot(item, "rejected", (1, 7, 0)), world.cast.actor["committee_office"]
    with pytest.raises(Refused, match="beruhen schon Entscheidungen"):
        votes.correct(item, wrong, reason="x", actor=office, at=world.at)


# Put off


def rows_of(item: Consultation) -> list[tuple[str, str, str]]:
    rows = item.paper.consultations.order_by("position").select_related("body")
    return [(str(row.body), row.part, row.outcome) for row in rows]


def test_a_deferred_item_waits_for_the_next_session_of_its_body(world: World, item: Consultation) -> None:
    consultation(item.paper, "county_council", world)
    record(item, "deferred", None, world)
    assert rows_of(item) == [
        ("Kreisausschuss", "decides", "deferred"), ("Kreisausschuss", "decides", ""), ("Kreistag", "decides", ""),
    ]  # fmt: skip
    again = item.paper.consultations.get(position=item.position + 1)
    assert again.session is None
    assert not Resolution.objects.exists()


def test_a_referred_item_goes_to_the_other_body_and_comes_back(world: World, item: Consultation) -> None:
    record(item, "referred", (6, 3, 0), world, refer_to=body("social_committee"))
    assert rows_of(item) == [
        ("Kreisausschuss", "decides", "referred"), ("Sozialausschuss", "advises", ""), ("Kreisausschuss", "decides", ""),
    ]  # fmt: skip


def test_correcting_a_deferral_takes_the_new_row_away_unless_it_has_a_session(world: World, item: Consultation) -> None:
    held = record(item, "deferred", None, world)
    office: dict[str, Any] = {"actor": world.cast.actor["committee_office"], "at": world.at}
    again = votes.correct(held, ballot(held, "adopted", (7, 2, 1)), reason="Es wurde doch abgestimmt", **office)
    assert rows_of(again) == [("Kreisausschuss", "decides", "adopted")]
    held = votes.correct(again, ballot(again, "deferred", None), reason="Doch nicht", **office)
    later = Session.objects.create(body=held.body, held_on=START.date() + timedelta(days=30))
    Consultation.objects.filter(outcome="").update(session=later)
    with pytest.raises(Refused, match="neuen Tagesordnung"):
        votes.correct(held, ballot(held, "adopted", (7, 2, 1)), reason="Noch einmal", **office)
    assert rows_of(held)[0] == ("Kreisausschuss", "decides", "deferred")


# Tasks


def test_a_task_is_shown_reminded_of_and_done_once(world: World, item: Consultation) -> None:
    record(item, "adopted", (7, 2, 1), world)
    due, coordinator = world.at.date() + timedelta(days=10), world.cast.user["coordinator"]
    data = {"task": "Im Ausschuss berichten", "responsible": str(coordinator.key), "due_on": f"{due:%d.%m.%Y}"}
    client = at_the_desk(world, "committee_office")
    with today_is(world.at):
        url = f"/beratungen/{item.pk}/aufgaben/neu/"
        assert client.post(url, data | {"due_on": "01.01.2020"}).status_code == 422
        assert client.post(url, data | {"responsible": str(item.paper.key)}).status_code == 422
        assert client.post(url, data).status_code == 302
    task = FollowUp.objects.get()
    actor = world.cast.actor["coordinator"]
    assert follow_ups.tasks_of(actor, today=world.at.date()) == []
    with today_is(world.later(days=7)):  # a Monday
        tasks.send_reminders()
    letter = Message.objects.get(kind=follow_ups.REMINDER)
    assert (letter.recipient, "Im Ausschuss berichten" in letter.body) == (coordinator.email, True)
    assert follow_ups.tasks_of(actor, today=world.at.date()) == [task]
    with today_is(world.at):
        url = f"/beschlussaufgaben/{task.pk}/erledigt/"
        assert at_the_desk(world, "decider").post(url).status_code == 403
        assert at_the_desk(world, "coordinator").post(url, {"note": "Am 9. März"}).status_code == 302
        assert at_the_desk(world, "coordinator").post(url).status_code == 409
    with today_is(world.later(days=3)):
        tasks.send_reminders()
    assert not Message.objects.filter(kind=follow_ups.REMINDER).exists()  # what had not left was taken back
    assert follow_ups.tasks_of(actor, today=world.at.date()) == []


# Pages


def test_more_resolutions_and_tasks_take_no_more_queries(world: World, case: Case) -> None:
    def one_more(number: int) -> Consultation:
        found = paper(world, {case: "1200"}, number=f"V/{number}")
        held = record(consultation(found, "county_committee", world), "adopted", (7, 2, 1), world)
        follow_ups.add(
            held, task="Berichten", due_on=world.at.date(), responsible=world.cast.user["decider"].key,
            actor=world.cast.actor["committee_office"], at=world.at,
        )  # fmt: skip
        return held

    one_more(0)
    client = at_the_desk(world, "committee_office")
    with today_is(world.at):
        few = queries_of(client, "/beschluesse/")
        for number in range(1, 10):
            one_more(number)
        assert queries_of(client, "/beschluesse/") == few


def test_the_page_of_a_vote_takes_as_many_queries_for_one_case_as_for_ten(world: World) -> None:
    cases = [referred(world, "100", "200") for _number in range(10)]
    one = consultation(paper(world, {cases[0]: "100"}, "V/1"), "county_council", world)
    ten = consultation(paper(world, dict.fromkeys(cases, "100"), "V/2"), "county_committee", world)
    for held in (one, ten):
        record(held, "adopted", (7, 2, 1), world)
    client = at_the_desk(world, "committee_office")
    with today_is(world.at):
        for page in ("", "umsetzen/"):
            few, many = (queries_of(client, f"/beratungen/{held.pk}/{page}") for held in (one, ten))
            assert few == many


def test_a_tally_counts_who_took_part() -> None:
    assert Tally(yes=4, no=3, abstentions=10, recused=2).cast == 17
