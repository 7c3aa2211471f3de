"""Who is bound to an applicant takes no part: in the door, in the treasury, in bodies, on every page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from applications import account
from funding import payments
from funding.models import PaymentRun, Resolution
from journal import impartial
from journal.actors import Actor, system_actor
from journal.models import Event
from journal.refusals import Forbidden
from tests.factories import IBANS, World
from tests.workflow.office import at_the_desk, today_is
from workflow import conflicts, findings, inquiries, queries, waiting
from workflow.forms.desk import tick_form
from workflow.models import Body, BodyMember, Case, Finding, Involvement

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.DEMO = True


def bind(world: World, name: str, **fields: Any) -> Involvement:
    """The person of the cast is on the board of the association."""
    values = {
        "user_key": world.cast.user[name].key, "organisation": world.organisation, "kind": "board",
        "since": world.at.date(), "entered_by": world.cast.user["coordinator"].key, "entered_at": world.at,
    }  # fmt: skip
    return Involvement.objects.create(**values | fields)


def ask(world: World, thing: Any, name: str, *, days: int = 0) -> str | None:
    today = (world.at + timedelta(days=days)).date()
    return impartial.bias(thing, actor=world.cast.actor[name], today=today)


# The question


def test_an_entry_binds_from_its_first_to_its_last_day() -> None:
    world = World()
    case = world.filed()
    bind(world, "decider", since=world.at.date(), until=(world.at + timedelta(days=10)).date())
    answers = [bool(ask(world, case, "decider", days=days)) for days in (-1, 0, 10, 11)]
    assert answers == [False, True, True, False]


def test_the_sentence_names_the_organisation_and_the_kind_but_not_the_note() -> None:
    world = World()
    case = world.filed()
    bind(world, "decider", kind="relative", note="Schwager ist Kassenwart")
    sentence = ask(world, case, "decider")
    assert sentence is not None
    assert world.organisation.name in sentence
    assert "Angehörige sind dort im Vorstand" in sentence
    assert "Schwager" not in sentence


def test_whoever_acts_for_the_organisation_needs_no_entry() -> None:
    world = World()
    case = world.filed()
    world.organisation.memberships.create(user=world.cast.user["decider"], may_edit=False, may_file=False)
    assert "handeln selbst" in (ask(world, case, "decider") or "")
    assert ask(world, case, "caseworker") is None


def test_an_entry_of_somebody_in_a_body_binds_their_account_too() -> None:
    world = World()
    case = world.filed()
    body = Body.objects.get(kind=Resolution.Body.COUNTY_COMMITTEE)
    seat = BodyMember.objects.create(
        body=body, name="Hauke Probe", user_key=world.cast.user["decider"].key, since=world.at.date()
    )
    bind(world, "decider", user_key=None, member=seat)
    assert ask(world, case, "decider")


def test_every_machine_and_the_organisation_itself_are_asked_about() -> None:
    world = World()
    disbursement = world.requested("100")
    award_case = Case.objects.get(reference=disbursement.thread)
    bind(world, "decider")
    things = (award_case, award_case.award, disbursement, disbursement.commitment, world.organisation)
    assert all(ask(world, thing, "decider", days=60) for thing in things)
    assert not any(ask(world, thing, "auditor", days=60) for thing in things)


def test_other_organisations_stay_open_to_who_is_bound_to_one() -> None:
    world = World()
    bind(world, "decider")
    other = world.new_organisation("Anderer Verein (Demo)", IBANS[1])
    assert ask(world, world.filed(organisation=other), "decider") is None


def test_a_nightly_task_is_bound_to_nobody() -> None:
    world = World()
    assert impartial.bias(world.filed(), actor=system_actor(), today=world.at.date()) is None


def test_nobody_knows_to_whom_a_stranger_thing_belongs() -> None:
    world = World()
    with pytest.raises(TypeError):
        ask(world, world.line, "decider")


def test_asking_about_many_things_takes_as_many_queries_as_about_one() -> None:
    world = World()
    cases = [world.filed() for _number in range(3)]
    bind(world, "decider")
    for things in (cases[:1], cases):
        with CaptureQueriesContext(connection) as found:
            impartial.bias(*things, actor=world.cast.actor["decider"], today=world.at.date())
        assert len(found) == 1


# The door and its neighbours


def test_a_bound_person_is_refused_at_the_door_and_writes_nothing() -> None:
    world = World()
    case = world.proposed()
    bind(world, "decider")
    before = Event.objects.count()
    with pytest.raises(Forbidden, match="Vorstand"):
        world.do(case, "approve", "decider", conditions=[])
    assert Event.objects.count() == before
    assert Case.objects.get(pk=case.pk).state == "decision_ready"


def test_what_only_notes_what_others_did_stays_open() -> None:
    world = World()
    award = world.issued()
    bind(world, "caseworker")
    world.later(days=4)
    assert world.do(award, "notify", "caseworker").state == "notified"


def test_the_offer_says_why_instead_of_a_button() -> None:
    world = World()
    case = world.checking()
    bind(world, "caseworker")
    offers = {offer.name: offer for offer in case.offers(actor=world.cast.actor["caseworker"], today=world.at.date())}
    assert not offers["complete_check"].is_open
    assert "Vorstand" in offers["complete_check"].bias
    assert offers["enter_withdrawal"].is_open


def test_a_point_of_the_checklist_is_not_ticked_by_who_is_bound() -> None:
    world = World()
    case = world.checking()
    bind(world, "caseworker")
    item = case.checklist.first()
    assert item is not None
    with pytest.raises(Forbidden):
        inquiries.tick(item, result="fine", note="", actor=world.cast.actor["caseworker"], at=world.at)


def test_a_finding_of_the_computer_is_not_acknowledged_by_who_is_bound() -> None:
    world = World()
    found = Finding.objects.create(case=world.checking(), code="duplicate", sentence="Ähnlich", found_at=world.at)
    bind(world, "caseworker")
    with pytest.raises(Forbidden):
        findings.acknowledge(found, reason="Anderes Projekt", actor=world.cast.actor["caseworker"], at=world.at)


def test_a_rank_of_the_waiting_list_is_not_changed_by_who_is_bound() -> None:
    world = World()
    first, second = (
        world.do(world.reviewing(), "put_on_waitlist", "caseworker", reason="Kein Geld") for _number in range(2)
    )
    bind(world, "caseworker")
    caseworker = world.cast.actor["caseworker"]
    with pytest.raises(Forbidden):
        waiting.move(second, seen=2, rank=1, reason="Dringend", actor=caseworker, at=world.at)
    first.refresh_from_db()
    assert first.waiting_rank == 1


def test_a_run_with_a_payment_to_an_involved_organisation_is_neither_assembled_nor_released() -> None:
    world = World()
    payment = world.authorised("100")
    treasury, second = world.cast.actor["treasury"], world.cast.add("treasury_two", "treasury")
    tie = bind(world, "treasury", since=date(2026, 1, 1))
    with pytest.raises(Forbidden, match=world.organisation.name.replace("(", r"\(").replace(")", r"\)")):
        payments.assemble([payment], actor=treasury, at=world.at)
    Involvement.objects.filter(pk=tie.pk).update(user_key=second.key)
    run = payments.assemble([payment], actor=treasury, at=world.at)
    with pytest.raises(Forbidden, match="Vorstand"):
        payments.release_run(run, actor=second, at=world.at)
    assert PaymentRun.objects.get(pk=run.pk).state == "assembled"
    client = at_the_desk(world, "treasury_two")
    with today_is(world.at):
        page = client.get(f"/zahlungslaeufe/{run.number}/").content.decode()
        answer = client.post(f"/zahlungslaeufe/{run.number}/freigeben/")
    assert "Eine andere Person ist dran" in page
    assert "freigeben/" not in page
    assert answer.status_code == 403


@pytest.mark.parametrize("name", ["check", "refuse"])
def test_a_new_account_is_not_judged_by_who_is_bound(name: str) -> None:
    world = World()
    change = world.new_account(IBANS[1])
    bind(world, "caseworker")
    data = {"reason": "Passt nicht"} if name == "refuse" else {}
    with pytest.raises(Forbidden):
        getattr(account, name)(change, actor=world.cast.actor["caseworker"], at=world.at, **data)


def test_a_new_account_is_not_confirmed_by_who_is_bound() -> None:
    world = World()
    change = world.new_account(IBANS[1])
    account.check(change, actor=world.cast.actor["caseworker"], at=world.at)
    bind(world, "treasury")
    with pytest.raises(Forbidden):
        account.confirm(change, actor=world.cast.actor["treasury"], at=world.at)


# The pages


def test_the_page_of_a_case_says_why_and_shows_no_form() -> None:
    world = World()
    case = world.checking()
    item = case.checklist.get(code="documents")
    bind(world, "caseworker")
    client = at_the_desk(world, "caseworker")
    with today_is(world.at):
        page = client.get(f"/vorgaenge/{case.reference}/").content.decode()
        data = {tick_form(item).add_prefix("result"): "fine"}
        ticked = client.post(f"/vorgaenge/{case.reference}/pruefpunkte/{item.pk}/", data)
        step = client.get(f"/vorgaenge/{case.pk}/schritt/request_information/")
    assert "Eine andere Person ist dran" in page
    assert "Vorstand oder gesetzliche Vertretung" in page
    assert "pruefpunkte/" not in page
    assert ticked.status_code == 403
    assert step.status_code == 403


def test_the_page_of_a_decision_says_why_and_shows_no_choice() -> None:
    world = World()
    case = world.proposed()
    bind(world, "decider")
    client = at_the_desk(world, "decider")
    with today_is(world.at):
        page = client.get(f"/vorgaenge/{case.reference}/entscheiden/").content.decode()
        answer = client.post(
            f"/vorgaenge/{case.reference}/entscheiden/",
            {"do": "reject", "reject-reason": "x", "reject-version": case.version},
        )
    assert "Vorstand oder gesetzliche Vertretung" in page
    assert 'value="reject"' not in page
    assert answer.status_code == 403


# Bodies


def seat(world: World, name: str, **fields: Any) -> BodyMember:
    body = Body.objects.get(kind=Resolution.Body.COUNTY_COMMITTEE)
    return BodyMember.objects.create(**{"body": body, "name": name, "since": world.at.date()} | fields)


def test_members_with_a_tie_are_named_with_the_cases_and_the_reason() -> None:
    world = World()
    case = world.filed()
    other = world.filed(organisation=world.new_organisation("Anderer Verein (Demo)", IBANS[1]))
    free, board = seat(world, "Berta Frei"), seat(world, "Anna Vorstand")
    by_account = seat(world, "Carl Konto", user_key=world.cast.user["decider"].key)
    acting = seat(world, "Dora Mitglied", user_key=world.cast.user["reader"].key)
    former = seat(world, "Emil Ehemals", until=world.at.date())
    bind(world, "decider")
    bind(world, "decider", user_key=None, member=board, kind="employed")
    bind(world, "decider", user_key=None, member=former)
    on = (world.at + timedelta(days=1)).date()
    found = conflicts.members_involved(free.body, [case, other], on=on)
    assert [(one.member, one.cases) for one in found][:2] == [(board, (case,)), (by_account, (case,))]
    assert acting in [one.member for one in found]
    assert former not in [one.member for one in found]
    assert found[0].reason == f"{world.organisation.name}: gegen Entgelt beschäftigt"


def test_votes_that_count_an_involved_member_are_refused() -> None:
    world = World()
    case = world.filed()
    board, other = seat(world, "Anna Vorstand"), seat(world, "Berta Frei")
    seat(world, "Rat ohne Stimme", has_vote=False)
    bind(world, "decider", user_key=None, member=board)
    votes = {"on": world.at.date()}
    assert "Anna Vorstand" in (conflicts.refuse_votes(board.body, [case], recused=set(), votes=1, **votes) or "")
    assert conflicts.refuse_votes(board.body, [case], recused={board.pk}, votes=1, **votes) is None
    assert "nur 1 Mitglied" in (conflicts.refuse_votes(board.body, [case], recused={board.pk}, votes=2, **votes) or "")
    assert conflicts.refuse_votes(other.body, [], recused=set(), votes=2, **votes) is None


# The database


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"user_key": None}, "involvement_of_one_person"),
        ({"until": date(2020, 1, 1)}, "involvement_period"),
    ],
)
def test_the_database_refuses_an_entry_that_cannot_be(fields: dict[str, Any], name: str) -> None:
    world = World()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        bind(world, "decider", **fields)


def test_a_case_without_any_tie_costs_no_query() -> None:
    world = World()
    case = world.filed()
    read = queries.with_everything().get(pk=case.pk)
    with CaptureQueriesContext(connection) as found:
        assert (
            conflicts.bias(read, actor=Actor(key=world.cast.user["decider"].key, name="x"), today=world.at.date())
            is None
        )
    assert len(found) == 0


def test_a_member_of_the_office_who_acts_for_the_association_is_a_tie() -> None:
    world = World()
    case = world.filed()
    assert not queries.with_everything().get(pk=case.pk).has_ties  # type: ignore[attr-defined]
    world.organisation.memberships.create(user=world.cast.user["decider"])
    assert queries.with_everything().get(pk=case.pk).has_ties  # type: ignore[attr-defined]
