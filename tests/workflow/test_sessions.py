"""Bodies, their members and sittings: planned, moved, cancelled; the agenda in the order of its TOPs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from journal.models import Event
from journal.refusals import Faster, Refused
from tests.factories import World
from tests.workflow.office import at_the_desk, queries_of, today_is
from tests.workflow.papers_stage import day, draft, frozen, officer, referred, sittings, thresholds
from workflow import freezing, papers, sessions
from workflow.models import Body, BodyMember, Consultation, CouncilPaper, Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Settings) -> World:
    settings.DEMO = True  # nobody here has a second factor
    world = World()
    thresholds(world)
    return world


def planned(world: World, **fields: str) -> dict[str, str]:
    body = Body.objects.get(kind="social_committee")
    return {
        "body": str(body.pk), "held_on": day(world.at.date() + timedelta(days=20)), "starts_at": "16:00",
        "place": "Kreishaus", "is_public": "yes", **fields,
    }  # fmt: skip


# Planning


def test_a_sitting_is_planned_moved_and_cancelled(world: World) -> None:
    client = at_the_desk(world, "committee_office")
    with today_is(world.at):
        assert client.post("/gremien/sitzungen/neu/", planned(world)).status_code == 302
        found = Session.objects.get()
        moved = planned(world, held_on=day(world.at.date() + timedelta(days=27)), place="Rathaus")
        assert client.post(f"/gremien/sitzungen/{found.pk}/aendern/", moved).status_code == 302
        assert client.post(f"/gremien/sitzungen/{found.pk}/absagen/", {"reason": "Sturm"}).status_code == 302
        assert client.get(f"/gremien/sitzungen/{found.pk}/aendern/").status_code == 409
    found.refresh_from_db()
    assert (found.place, found.state) == ("Rathaus", "cancelled")
    kinds = (
        Event.objects.filter(subject_label="workflow.session", subject_key=str(found.pk))
        .order_by("pk")
        .values_list("kind", flat=True)
    )
    assert list(kinds) == ["session_planned", "session_changed", "session_cancelled"]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("body", "", "Bitte wählen Sie das Gremium."),
        ("held_on", "bald", "Bitte schreiben Sie den Tag so"),
        ("starts_at", "nachmittags", "Bitte schreiben Sie die Uhrzeit so"),
        ("is_public", "", "öffentlich oder nichtöffentlich"),
    ],
)
def test_what_cannot_be_read_is_told_and_nothing_is_planned(
    world: World, field: str, value: str, sentence: str
) -> None:
    with today_is(world.at):
        answer = at_the_desk(world, "committee_office").post(
            "/gremien/sitzungen/neu/", planned(world, **{field: value})
        )
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Session.objects.exists()


def test_a_body_sits_once_a_day(world: World) -> None:
    client = at_the_desk(world, "committee_office")
    with today_is(world.at):
        client.post("/gremien/sitzungen/neu/", planned(world))
        answer = client.post("/gremien/sitzungen/neu/", planned(world))
    assert answer.status_code == 422
    assert "An diesem Tag tagt das Gremium schon." in answer.content.decode()
    known = Session.objects.get()
    with pytest.raises(IntegrityError, match="session"), transaction.atomic():
        Session.objects.create(body=known.body, held_on=known.held_on)


@pytest.mark.parametrize("name", ["caseworker", "coordinator", "decider", "auditor"])
def test_others_read_sittings_and_plan_none(world: World, name: str) -> None:
    found = sittings(world)["social_committee"]
    client = at_the_desk(world, name)
    with today_is(world.at):
        assert client.get(f"/gremien/sitzungen/{found.pk}/").status_code == 200
        assert client.post("/gremien/sitzungen/neu/", planned(world)).status_code == 403
        assert client.post(f"/gremien/sitzungen/{found.pk}/absagen/", {"reason": "x"}).status_code == 403
        assert client.post(f"/gremien/sitzungen/{found.pk}/tagesordnung/", {}).status_code == 403


def test_a_sitting_is_held_once_its_day_has_come(world: World) -> None:
    found = sittings(world)["social_committee"]
    client = at_the_desk(world, "committee_office")
    with today_is(world.at):
        assert client.post(f"/gremien/sitzungen/{found.pk}/abgehalten/").status_code == 422
    with today_is(world.later(weeks=1)):
        assert client.post(f"/gremien/sitzungen/{found.pk}/abgehalten/").status_code == 302
        assert client.post(f"/gremien/sitzungen/{found.pk}/abgehalten/").status_code == 302
    found.refresh_from_db()
    assert found.state == "held"
    assert Event.objects.filter(kind="session_held").count() == 1


# The agenda


def put(paper: CouncilPaper, kind: str, item: str) -> Consultation:
    step = paper.consultations.get(body__kind=kind)
    Consultation.objects.filter(pk=step.pk).update(item=item)
    return step


def test_items_stand_in_the_order_of_their_tops(world: World) -> None:
    session = sittings(world)["social_committee"]
    tops = ("10", "4.2", "", "9", "4.10")
    made = {item: frozen(world, referred(world, "3000", "3750")) for item in tops}
    for item, paper in made.items():
        put(paper, "social_committee", item)
    draft(world, referred(world))  # a draft stands on no agenda
    assert [found.item for found in sessions.agenda(session)] == ["4.2", "4.10", "9", "10", ""]


def test_tops_are_given_on_the_page_of_the_sitting_also_after_freezing(world: World) -> None:
    session = sittings(world)["social_committee"]
    one, two = (put(frozen(world, referred(world)), "social_committee", item) for item in ("1", "2"))
    client = at_the_desk(world, "committee_office")
    with today_is(world.at):
        data = {f"top-{one.pk}": "2", f"top-{two.pk}": "1"}
        assert client.post(f"/gremien/sitzungen/{session.pk}/tagesordnung/", data).status_code == 302
        page = client.get(f"/gremien/sitzungen/{session.pk}/")
    assert [item.pk for item in page.context["open_items"]] == [two.pk, one.pk]


def test_two_items_have_no_common_top(world: World) -> None:
    session = sittings(world)["social_committee"]
    one, two = (put(frozen(world, referred(world)), "social_committee", item) for item in ("1", "2"))
    with today_is(world.at):
        data = {f"top-{one.pk}": "3", f"top-{two.pk}": "3"}
        answer = at_the_desk(world, "committee_office").post(f"/gremien/sitzungen/{session.pk}/tagesordnung/", data)
    assert answer.status_code == 422
    assert "TOP 3 steht zweimal da." in answer.content.decode()
    one.refresh_from_db()
    assert one.item == "1"
    with pytest.raises(IntegrityError), transaction.atomic():
        Consultation.objects.filter(pk=one.pk).update(item="2")


def test_a_top_that_a_draft_holds_is_not_given_twice(world: World) -> None:
    session = sittings(world)["social_committee"]
    put(draft(world, referred(world)), "social_committee", "7")
    step = put(frozen(world, referred(world)), "social_committee", "3")
    with today_is(world.at):
        data = {f"top-{step.pk}": "7"}
        answer = at_the_desk(world, "committee_office").post(f"/gremien/sitzungen/{session.pk}/tagesordnung/", data)
    assert answer.status_code == 422
    assert "vielleicht ein Entwurf" in answer.content.decode()
    step.refresh_from_db()
    assert step.item == "3"


def test_items_of_a_cancelled_sitting_wait_and_come_onto_another(world: World) -> None:
    days = sittings(world)
    step = put(frozen(world, referred(world)), "social_committee", "4")
    sessions.cancel(days["social_committee"], reason="Sturm", actor=officer(world), at=world.at)
    assert [item.pk for item in sessions.waiting()] == [step.pk]
    other = sessions.plan(
        step.body,
        {"held_on": world.at.date() + timedelta(days=9), "is_public": True},
        actor=officer(world),
        at=world.at,
    )
    client = at_the_desk(world, "committee_office")
    with today_is(world.at):
        assert "fällt aus" in client.get("/gremien/").content.decode()
        data = {f"on-{step.pk}": "on", f"top-{step.pk}": "5"}
        assert client.post(f"/gremien/sitzungen/{other.pk}/tagesordnung/", data).status_code == 302
    step.refresh_from_db()
    assert (step.session, step.item) == (other, "5")
    assert sessions.waiting() == []


def test_an_item_that_was_resolved_meanwhile_is_not_moved(world: World) -> None:
    session = sittings(world)["social_committee"]
    step = put(frozen(world, referred(world)), "social_committee", "4")
    Consultation.objects.filter(pk=step.pk).update(
        outcome="noted", recorded_by=officer(world).key, recorded_at=world.at
    )
    with pytest.raises(Faster, match="gerade geändert"):
        sessions.put_on_agenda(session, {step.pk: "5"}, actor=officer(world), at=world.at)
    with pytest.raises(Refused, match="schon beschlossen"):
        sessions.cancel(session, reason="Sturm", actor=officer(world), at=world.at)
    step.refresh_from_db()
    assert step.item == "4"


def test_papers_that_are_not_public_stand_in_the_closed_part(world: World) -> None:
    days = sittings(world)
    open_paper = frozen(world, referred(world))
    closed = frozen(world, referred(world), is_public=False)
    client = at_the_desk(world, "decider")
    with today_is(world.at):
        social = client.get(f"/gremien/sitzungen/{days['social_committee'].pk}/").context
        committee = client.get(f"/gremien/sitzungen/{days['county_committee'].pk}/").context
    assert [item.paper for item in social["open_items"]] == [open_paper]
    assert [item.paper for item in social["closed_items"]] == [closed]
    assert committee["open_items"] == []


def test_a_paper_that_is_taken_back_leaves_the_agenda(world: World) -> None:
    session = sittings(world)["social_committee"]
    paper = frozen(world, referred(world))
    assert len(sessions.agenda(session)) == 1
    freezing.take_back(paper, version=paper.version, reason="Fehler", actor=officer(world), at=world.at)
    assert sessions.agenda(session) == []


def test_more_items_and_sittings_take_no_more_queries(world: World) -> None:
    session = sittings(world)["social_committee"]
    frozen(world, referred(world))
    client = at_the_desk(world, "auditor")
    pages = (f"/gremien/sitzungen/{session.pk}/", "/gremien/sitzungen/", "/gremien/")
    with today_is(world.at):
        few = [queries_of(client, url) for url in pages]
        for _number in range(4):
            frozen(world, referred(world))
        for week in range(4, 9):
            data = {"held_on": world.at.date() + timedelta(weeks=week), "is_public": True}
            sessions.plan(session.body, data, actor=officer(world), at=world.at)
        assert [queries_of(client, url) for url in pages] == few


# Bodies and members


def test_members_come_and_go_and_none_is_deleted(world: World) -> None:
    client = at_the_desk(world, "committee_office")
    account = world.cast.user["decider"]
    data = {"name": "Mina Mandat", "has_vote": "yes", "since": "01.01.2026", "until": "", "email": account.email}
    with today_is(world.at):
        assert client.post("/gremien/kreistag/mitglieder/neu/", data).status_code == 302
        member = BodyMember.objects.get()
        assert (member.user_key, member.has_vote, member.until) == (account.key, True, None)
        ended = {**data, "until": "28.02.2026", "has_vote": "no"}
        assert client.post(f"/gremien/kreistag/mitglieder/{member.pk}/", ended).status_code == 302
        context = client.get("/gremien/kreistag/").context
        assert client.get(f"/gremien/sozialausschuss/mitglieder/{member.pk}/").status_code == 404
    assert (context["members"], context["others"]) == ([], [member])
    assert [event.facts["name"] for event in Event.objects.filter(thread="body:county_council")] == ["Mina Mandat"] * 2


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Bitte schreiben Sie den Namen."),
        ({"since": ""}, "Bitte schreiben Sie einen Tag"),
        ({"until": "31.12.2025"}, "Das Ende liegt vor dem Beginn"),
        ({"email": "niemand@landkreis.example"}, "Mit dieser Adresse gibt es hier keinen Zugang"),
    ],
)
def test_a_member_that_cannot_be_kept_is_told(world: World, fields: dict[str, str], sentence: str) -> None:
    data = {"name": "Mina Mandat", "has_vote": "yes", "since": "01.01.2026", **fields}
    with today_is(world.at):
        answer = at_the_desk(world, "committee_office").post("/gremien/kreistag/mitglieder/neu/", data)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not BodyMember.objects.exists()


def test_a_body_gets_another_name_and_keeps_its_place_in_the_law(world: World) -> None:
    client = at_the_desk(world, "committee_office")
    data = {"name": "Ausschuss für Soziales", "place": "Kreishaus", "is_public": "yes"}
    with today_is(world.at):
        assert client.post("/gremien/sozialausschuss/aendern/", data).status_code == 302
        assert client.get("/gremien/sozialausschuss/").status_code == 200
        assert client.get("/gremien/unbekannt/").status_code == 404
        assert at_the_desk(world, "decider").get("/gremien/sozialausschuss/aendern/").status_code == 403
    assert Body.objects.get(kind="social_committee").name == "Ausschuss für Soziales"
    assert papers.competent_body([], on=world.at.date()) == "administration"
