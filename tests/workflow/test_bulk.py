"""Steps for many cases: ordered once, taken one by one as if by hand, never twice, whatever dies in between."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from config.celery import SCHEDULE
from funding import integrity
from journal.models import Event
from journal.refusals import Refused
from tests.factories import IBANS, World, euros
from tests.services import processes
from tests.workflow.council import consultation, money_of, paper, record, referred
from tests.workflow.office import at_the_desk, queries_of, today_is
from workflow import bulk, tasks
from workflow.bulk import Wish
from workflow.models import BulkJob, BulkRow, Case, CaseState

pytestmark = pytest.mark.django_db
LIST, TOGETHER = "/entscheidungen/", "/entscheidungen/gemeinsam/"


@pytest.fixture
def world(settings: Settings) -> World:
    settings.DEMO = True  # nobody here has a second factor
    return World()


def wish(case: Case, step: str = "approve", amount: str | None = None) -> Wish:
    return Wish(case=case, step=step, amount=euros(amount) if amount else None)


def order(world: World, *wishes: Wish, who: str = "decider", **more: Any) -> BulkJob:
    given: dict[str, Any] = {"key": uuid.uuid4(), "title": "Entscheiden", "data": {}, "role": who} | more
    return bulk.order(wishes, actor=world.cast.actor[who], at=world.at, **given)


def results(job: BulkJob) -> dict[str, int]:
    return dict(Counter(job.rows.values_list("result", flat=True)))


def sentences(job: BulkJob) -> list[str]:
    return list(job.rows.filter(result="refused").values_list("sentence", flat=True))


# Working


def test_each_row_is_a_step_as_if_made_by_hand(world: World) -> None:
    """Approved as proposed, offered where it is less than asked, refused where nothing is proposed."""
    full, less, none = world.proposed(), world.proposed("1200"), world.proposed("0")
    actor, today = world.cast.actor["decider"], world.at.date()
    wishes = [bulk.natural_step(case, actor=actor, today=today) for case in (full, less, none)]
    assert [found.step for found in wishes] == ["approve", "offer", "reject"]
    data = {"offer": {"reason": "Das Geld reicht nicht."}, "reject": {"reason": "Passt nicht."}}
    job = order(world, *wishes, data=data)
    assert bulk.work(at=world.at) == 3
    job.refresh_from_db()
    assert (results(job), job.ended_at) == ({"done": 3}, world.at)
    cases = Case.objects.order_by("pk")
    assert [case.state for case in cases] == ["approved", "revision_offered", "rejected"]
    assert [case.decision_reason for case in cases] == ["", "Das Geld reicht nicht.", "Passt nicht."]
    assert [case.offered_amount for case in cases] == [None, euros("1200"), None]
    event = Event.objects.get(kind="approved")
    assert (event.actor_key, event.actor_role) == (actor.key, "decider")
    assert money_of(world) == (euros("1200"), euros("1600"), euros("17200"))


def test_a_row_that_is_refused_says_why_and_leaves_the_others_alone(world: World) -> None:
    begun = world.proposed()
    begun.application.starts_on = world.at.date() - timedelta(days=1)
    begun.application.save()
    partial, moved, fine = world.proposed("1200"), world.proposed(), world.proposed()
    own = world.reviewing()
    world.cast.actor["both"] = both = world.cast.add("both", "decider", "technical_reviewer")
    own = world.do(own, "propose", "both", amount=own.requested_amount, reason="Gut", score=80)
    job = order(world, *(wish(case) for case in (begun, partial, moved, own, fine)), who="both")
    world.do(moved, "withdraw", "applicant")
    bulk.work(at=world.at)
    assert both.key == job.ordered_by
    assert results(job) == {"refused": 4, "done": 1}
    told = " ".join(sentences(job))
    for words in ("schon begonnen", "zuerst an", "Stand jetzt: Zurückgezogen", "Sie haben den Vorschlag geschrieben"):
        assert words in told
    assert Case.objects.filter(state=CaseState.APPROVED).get() == fine


def test_no_more_is_awarded_than_there_is(world: World) -> None:
    """The line has enough for two of three: reservations say so already; a line cut meanwhile says so in the row."""
    cases = [world.proposed() for _number in range(3)]
    job = order(
        world, *(wish(case, "put_on_waitlist") for case in cases[:1]), data={"put_on_waitlist": {"reason": "Knapp"}}
    )
    order(world, *(wish(case) for case in cases))
    while bulk.work(at=world.at, limit=1):
        pass
    assert results(job) == {"done": 1}
    assert Case.objects.filter(state=CaseState.APPROVED).count() == 2
    assert list(integrity.differences()) == []


def test_a_double_click_is_one_job(world: World) -> None:
    case, key = world.proposed(), uuid.uuid4()
    assert order(world, wish(case), key=key) == order(world, wish(case), key=key)
    assert (BulkJob.objects.count(), BulkRow.objects.count()) == (1, 1)


def test_two_orders_for_the_same_case_decide_it_once(world: World) -> None:
    case = world.proposed()
    first, second = (order(world, wish(case)) for _number in range(2))
    bulk.work(at=world.at)
    assert (results(first), results(second)) == ({"done": 1}, {"refused": 1})
    assert Event.objects.filter(kind="approved").count() == 1


def test_nothing_chosen_is_no_job(world: World) -> None:
    with pytest.raises(Refused):
        order(world)


def test_who_lost_the_role_meanwhile_decides_nothing(world: World) -> None:
    job = order(world, wish(world.proposed()))
    world.cast.user["decider"].grants.update(ended_at=world.at)
    bulk.work(at=world.at)
    assert sentences(job) == ["Diese Aufgabe gehört einer anderen Person."]
    other = order(world, wish(world.proposed()))
    type(world.cast.user["decider"]).objects.filter(pk=world.cast.user["decider"].pk).update(is_active=False)
    bulk.work(at=world.at)
    assert sentences(other) == ["Wer den Auftrag gegeben hat, arbeitet nicht mehr hier."]


def test_the_clock_works_it_off() -> None:
    assert tasks.work_off_jobs.name in {job["task"] for job in SCHEDULE.values()}
    assert tasks.work_off_jobs() == 0


# Dying in between


def test_who_dies_within_a_row_leaves_it_waiting(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [world.proposed() for _number in range(3)]
    job = order(world, *(wish(case) for case in cases))
    walk = bulk._walk

    def dies(row: BulkRow, **when: Any) -> None:
        walk(row, **when)
        if row.case_id == cases[1].pk:
            raise SystemExit

    monkeypatch.setattr(bulk, "_walk", dies)
    with pytest.raises(SystemExit):
        bulk.work(at=world.at)
    assert results(job) == {"done": 1, "waiting": 2}
    monkeypatch.undo()
    assert bulk.work(at=world.at) == 2
    assert results(job) == {"done": 3}
    assert Event.objects.filter(kind="approved").count() == 3


def test_a_row_that_breaks_does_not_stop_the_others(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [world.proposed() for _number in range(2)]
    job = order(world, *(wish(case) for case in cases))
    data_for = bulk.data_for

    def breaks(row: BulkRow, *given: Any, **more: Any) -> Any:
        if row.case_id == cases[0].pk:
            raise ZeroDivisionError
        return data_for(row, *given, **more)

    monkeypatch.setattr(bulk, "data_for", breaks)
    bulk.work(at=world.at)
    assert results(job) == {"refused": 1, "done": 1}
    assert "schiefgegangen" in sentences(job)[0]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_at_any_statement_no_row_is_taken_twice() -> None:
    """kill -9 after every statement of a job of two cases; the last run brings it to its end."""
    world = World()
    job = order(world, *(wish(world.proposed()) for _number in range(2)))
    command = [sys.executable, "-m", "tests.workflow.killed_job", world.at.isoformat()]
    done = subprocess.run(
        command, cwd=processes.ROOT, env=processes.environment(), text=True, capture_output=True, timeout=500
    )
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [wrong for _deaths, _rows, _approved, wrong in told if wrong] == []
    assert all(rows == approved for _deaths, rows, approved, _wrong in told)
    assert told[-1][1:3] == [2, 2]
    assert len(told) > 20
    assert results(job) == {"done": 2}


# Constraints, past Python


@pytest.mark.parametrize(
    ("sql", "constraint"),
    [
        ("UPDATE workflow_bulkrow SET result = 'refused', sentence = ''", "bulk_refused_says_why"),
        (
            "INSERT INTO workflow_bulkrow (job_id, case_id, position, step, expected_version, result, sentence) "
            "SELECT job_id, case_id, 9, step, 1, result, sentence FROM workflow_bulkrow",
            "bulk_names_case_once|workflow_bulkrow.job_id, workflow_bulkrow.case_id",
        ),
    ],
)
def test_the_database_keeps_the_rows_in_order(world: World, sql: str, constraint: str) -> None:
    order(world, wish(world.proposed()))
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


# Pages


def posted(cases: list[Case], **more: str) -> dict[str, Any]:
    return {"vorgang": [f"{case.pk}:{case.version}" for case in cases], "key": str(uuid.uuid4()), **more}


def test_a_decider_chooses_confirms_and_sees_how_far_it_is(world: World) -> None:
    cases = [world.proposed(), world.proposed("1200"), world.proposed("0")]
    client = at_the_desk(world, "decider")
    with today_is(world.at):
        assert 'name="vorgang"' in client.get(LIST).content.decode()
        chosen = {"vorgang": [str(case.pk) for case in cases]}
        assert "2.800,00" in client.get("/sammelschritte/summe/", chosen).content.decode()
        shown = client.get(TOGETHER, chosen)
        assert "Über 3 Anträge entscheiden, 2.800,00" in shown.content.decode().replace("\xa0", " ")
        data = posted(cases)
        assert client.post(TOGETHER, data).status_code == 422  # the reasons are missing
        data |= {"reason_offer": "Das Geld reicht nicht.", "reason_reject": "Passt nicht zum Ziel."}
        answer = client.post(TOGETHER, data)
        assert answer.status_code == 302
        waiting = client.get(answer["Location"]).content.decode()
        assert "0 von 3 Vorgängen bearbeitet" in waiting
        assert 'data-hx-trigger="every' in waiting
        assert client.post(TOGETHER, data)["Location"] == answer["Location"]
        tasks.work_off_jobs()
        page = client.get(answer["Location"]).content.decode()
        assert "Fertig: 3 erledigt, 0 nicht möglich" in page
        assert 'data-hx-trigger="every' not in page
        assert answer["Location"] in client.get(LIST).content.decode()
    assert BulkJob.objects.count() == 1


def test_all_of_them_can_be_refused_with_one_reason(world: World) -> None:
    cases = [world.proposed(), world.proposed()]
    client = at_the_desk(world, "decider")
    with today_is(world.at):
        assert "Begründung der Ablehnungen" in client.get(TOGETHER, posted(cases, wie="reject")).content.decode()
        client.post(TOGETHER, posted(cases, wie="reject", reason_reject="Das Programm endet."))
        tasks.work_off_jobs()
    assert set(Case.objects.values_list("state", "decision_reason")) == {("rejected", "Das Programm endet.")}


@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_chosen_is_said_so(world: World, method: str) -> None:
    with today_is(world.at):
        answer = getattr(at_the_desk(world, "decider"), method)(TOGETHER, {"vorgang": ["x", "1'--", "99999"]})
    assert answer.status_code == 422
    assert "Bitte wählen Sie mindestens einen Vorgang." in answer.content.decode()
    assert not BulkJob.objects.exists()


def test_what_changed_since_the_page_was_read_is_not_decided(world: World) -> None:
    case = world.proposed()
    data = posted([case])
    world.do(case, "put_on_waitlist", "caseworker", reason="Warten")
    with today_is(world.at):
        answer = at_the_desk(world, "decider").post(TOGETHER, data)
    assert answer.status_code == 422
    case.refresh_from_db()
    assert case.state == CaseState.WAITLISTED


def test_a_caseworker_takes_the_same_step_with_many(world: World) -> None:
    cases = [world.filed() for _number in range(3)]
    client, url = at_the_desk(world, "caseworker"), "/sammelschritte/start_check/"
    with today_is(world.at):
        assert all(case.reference in client.get(url).content.decode() for case in cases)
        assert client.post(url, {"key": str(uuid.uuid4())}).status_code == 422
        assert client.post(url, posted(cases[:2])).status_code == 302
        tasks.work_off_jobs()
        assert client.get("/sammelschritte/approve/").status_code == 404
        assert at_the_desk(world, "decider").get(url).status_code == 403
    assert [Case.objects.get(pk=case.pk).state for case in cases] == ["formal_check", "formal_check", "submitted"]


def test_a_resolution_is_carried_out_once(world: World) -> None:
    cases = [referred(world, "1600", "2000") for _number in range(2)]
    voted = record(
        consultation(paper(world, dict.fromkeys(cases, "1600")), "county_council", world), "adopted", (30, 2, 1), world
    )
    url = f"/beratungen/{voted.pk}/umsetzen/"
    office, decider = at_the_desk(world, "committee_office"), at_the_desk(world, "decider")
    with today_is(world.at):
        assert decider.get(url).status_code == 302  # not yet
        assert "Beschluss zu 2 Anträgen eintragen" in office.get(url).content.decode()
        assert office.post(url, posted(cases)).status_code == 302
        assert office.post(url, posted(cases)).status_code == 409  # it is under way
        tasks.work_off_jobs()
        ready = list(Case.objects.order_by("pk"))
        assert "Über 2 Anträge entscheiden" in decider.get(url).content.decode()
        assert decider.post(url, posted(ready)).status_code == 302
        tasks.work_off_jobs()
        assert decider.post(url, posted(ready)).status_code == 409  # it is done
    assert set(Case.objects.values_list("state", flat=True)) == {CaseState.APPROVED}


def test_a_case_that_does_not_lie_before_the_body_says_so_and_has_no_button(world: World) -> None:
    case = world.reviewing()
    voted = record(consultation(paper(world, {case: "1600"}), "county_council", world), "adopted", (30, 2, 1), world)
    client, url = at_the_desk(world, "committee_office"), f"/beratungen/{voted.pk}/umsetzen/"
    with today_is(world.at):
        page = client.get(url).content.decode()
        assert client.post(url, posted([case])).status_code == 422
    assert "Stand jetzt: Fachliche Prüfung" in page
    assert "kern-btn--primary" not in page
    assert not BulkJob.objects.exists()


def test_more_rows_take_no_more_queries(world: World) -> None:
    clubs = [world.new_organisation(f"Verein {number} (Demo)", IBANS[number % 4]) for number in range(3)]
    cases = [world.proposed(organisation=clubs[number % 3]) for number in range(9)]
    one, many = order(world, wish(cases[0])), order(world, *map(wish, cases[1:]))
    client = at_the_desk(world, "decider")
    with today_is(world.at):
        assert queries_of(client, f"/auftraege/{one.key}/") == queries_of(client, f"/auftraege/{many.key}/")
        few = queries_of(client, f"{TOGETHER}?vorgang={cases[0].pk}")
        address = "&".join(f"vorgang={case.pk}" for case in cases)
        assert queries_of(client, f"{TOGETHER}?{address}") == few
