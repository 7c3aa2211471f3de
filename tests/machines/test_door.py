"""The door itself: one step is one transaction, one line in the journal, and never two."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from funding.models import Commitment, LedgerEntry, Reservation
from journal import machine as door
from journal.actors import Actor
from journal.machine import last_event, perform
from journal.models import Event, Message
from journal.refusals import Faster, Forbidden, Refused
from journal.signals import performed
from tests.factories import World, euros
from workflow.models import Award, Case


@pytest.mark.django_db
def test_a_step_tells_who_in_which_role_when_from_where_to_where_and_why() -> None:
    world = World()
    case = world.rejected()
    event = last_event(case)
    assert event is not None
    decider = world.cast.actor["decider"]
    told = (event.actor_key, event.actor_role, event.at, event.from_state, event.to_state, event.reason, event.thread)
    reason = "Das Projekt passt nicht zum Ziel."
    assert told == (decider.key, "decider", world.at, "decision_ready", "rejected", reason, case.reference)


@pytest.mark.django_db
def test_the_role_that_is_told_is_the_one_that_allowed_the_step() -> None:
    world = World()
    case = world.filed()
    both = Actor(key=world.cast.actor["caseworker"].key, name="Beides", roles=frozenset({"decider", "caseworker"}))
    done = perform(case, "start_check", actor=both, at=world.at)
    assert last_event(done).actor_role == "caseworker"  # type: ignore[union-attr]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "who", "data", "refusal"),
    [
        ("approve", "stranger", {"conditions": []}, Forbidden),
        ("approve", "caseworker", {"conditions": []}, Forbidden),
        ("start_check", "caseworker", {}, Faster),
        ("offer", "decider", {"amount": euros("99999"), "reason": "x", "due_on": "2026-01-01"}, Refused),
    ],
)
def test_a_refusal_writes_nothing(name: str, who: str, data: dict[str, object], refusal: type[Exception]) -> None:
    world = World()
    case = world.proposed()
    before = [list(model.objects.values()) for model in (Case, Event, Message, LedgerEntry, Reservation)]
    with pytest.raises(refusal):
        world.do(case, name, who, **data)
    assert [list(model.objects.values()) for model in (Case, Event, Message, LedgerEntry, Reservation)] == before


@pytest.mark.django_db
def test_who_saw_an_older_state_is_told_that_somebody_was_faster() -> None:
    world = World()
    case = world.checking()
    with pytest.raises(Faster) as faster:
        perform(
            case, "request_information", actor=world.cast.actor["caseworker"], at=world.at,
            data={"items": "x", "sections": [], "due_on": world.at.date()}, expected_version=case.version - 1,
        )  # fmt: skip
    assert faster.value.event == last_event(case)


@pytest.mark.django_db
def test_a_state_cannot_be_assigned() -> None:
    case = World().filed()
    with pytest.raises(AttributeError):
        case.state = "approved"
    case.refresh_from_db()
    with pytest.raises(AttributeError):
        case.state = "approved"


@pytest.mark.django_db
def test_the_database_knows_the_states_and_the_four_eyes() -> None:
    case = World().proposed()
    for change in ({"state": "granted"}, {"decided_by": case.proposed_by}, {"decided_amount": euros("1600.01")}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**change)


@pytest.mark.django_db
def test_news_travels_upwards_inside_the_transaction() -> None:
    heard: list[tuple[str, bool]] = []

    def listen(event: Event, **_more: object) -> None:
        heard.append((event.kind, connection.in_atomic_block))

    performed.connect(listen)
    try:
        World().checking()
    finally:
        performed.disconnect(listen)
    assert heard == [("check_started", True)]


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_is_tried_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    case = world.filed()
    real, calls = door._walk, []

    def first_in_a_deadlock(*args: object) -> object:
        calls.append(1)
        if len(calls) == 1:
            raise OperationalError("deadlock detected")
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(door, "_walk", first_in_a_deadlock)
    assert world.do(case, "start_check", "caseworker").state == "formal_check"
    assert len(calls) == 2


def decide_at_once(world: World, case: Case) -> list[str]:
    """One approves while a colleague rejects; answers with what became of both."""
    second = Actor(key=uuid4(), name="Vertretung", roles=frozenset({"decider"}))
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def decide(name: str, actor: Actor, data: dict[str, object]) -> None:
        try:
            barrier.wait(timeout=20)
            perform(case, name, actor=actor, at=world.at, data=data, expected_version=case.version)
            outcomes.append(name)
        except Faster:
            outcomes.append("faster")
        finally:
            connection.close()

    steps = (("approve", world.cast.actor["decider"], {"conditions": []}), ("reject", second, {"reason": "Nein"}))
    threads = [threading.Thread(target=decide, args=step) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_of_two_deciders_at_once_exactly_one_decides() -> None:
    """Never both, and never money without a decision."""
    world = World()
    for _time in range(5):
        case = world.proposed()
        assert decide_at_once(world, case) in (["approve", "faster"], ["faster", "reject"])
        now = Case.objects.get(pk=case.pk)
        has_award = Award.objects.filter(case=now).exists()
        assert has_award == Commitment.objects.filter(thread=case.reference).exists() == (now.state == "approved")
