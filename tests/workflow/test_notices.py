"""Notices: made outside the door, looked at, and sent only as they were looked at."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from journal.refusals import Refused
from tests.factories import World, euros
from tests.workflow.office import at_the_desk, today_is
from workflow import notices
from workflow.documents import AwardNotice, RejectionNotice, restore, sha256
from workflow.forms.award import IssueForm
from workflow.models import Award, AwardState, Case, Document

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Settings) -> World:
    settings.DEMO = True  # nobody here has a second factor
    return World()


def render(world: World, award: Award) -> Document:
    return notices.render_award_notice(award, actor=world.cast.actor["caseworker"], at=world.at)


def send(world: World, award: Award, document: Document) -> Any:
    data = {"channel": "letter", "sent_on": world.at.date(), "document_sha256": document.sha256}
    return world.do(award, "issue", "caseworker", **data)


def test_the_notice_says_what_was_decided(world: World) -> None:
    award = world.approved().award
    document = render(world, award)
    content = restore(document.content)
    assert isinstance(content, AwardNotice)
    assert (content.amount, content.requested, content.reference) == (euros("1600"), euros("1600"), award.thread)
    assert content.report_due_on == award.report_due_on
    assert content.account == "DE** **** 0001"
    assert bytes(document.pdf).startswith(b"%PDF")
    assert document.sha256 == sha256(bytes(document.pdf))


def test_a_partial_award_gives_its_reason_and_its_effective_rate(world: World) -> None:
    award = world.approved("1200").award
    content = restore(render(world, award).content)
    assert isinstance(content, AwardNotice)
    assert content.reasons == ("Das Geld reicht nicht für alle.",)
    assert content.rate == award.effective_rate


def test_the_notice_is_german_whatever_the_officer_reads(world: World) -> None:
    award = world.approved().award
    client = at_the_desk(world, "caseworker")
    with today_is(world.at):
        client.post(f"/vorgaenge/{award.thread}/bescheid/", headers={"accept-language": "en"})
    (document,) = award.case.documents.all()
    assert document.content["expenses"][0]["label"] == "Honorare: Kursleitung"


def test_what_was_looked_at_is_sent(world: World) -> None:
    award = world.approved().award
    document = render(world, award)
    assert send(world, award, document).state == AwardState.ISSUED
    document.refresh_from_db()
    assert document.sent_on == world.at.date()


def test_without_a_notice_nothing_is_sent(world: World) -> None:
    award = world.approved().award
    with pytest.raises(Refused, match="erstellen Sie zuerst den Bescheid"):
        send(world, award, Document(sha256="a" * 64))


def test_a_notice_that_moved_on_is_refused(world: World) -> None:
    award = world.approved().award
    document = render(world, award)
    Award.objects.filter(pk=award.pk).update(version=award.version + 1)
    with pytest.raises(Refused, match="erstellen Sie zuerst den Bescheid"):
        send(world, award, document)


def test_a_fingerprint_of_another_file_is_refused(world: World) -> None:
    award = world.approved().award
    document = render(world, award)
    document.sha256 = "b" * 64
    with pytest.raises(Refused, match="Der Bescheid hat sich geändert"):
        send(world, award, document)


def test_the_notice_of_a_decision_that_was_taken_back_is_never_sent(world: World) -> None:
    case = world.approved()
    old = render(world, case.award)
    world.later(hours=1)
    case = world.do(Case.objects.get(pk=case.pk), "take_back_decision", "decider", reason="Rechenfehler")
    world.later(hours=1)
    case = world.do(case, "approve", "decider", conditions=[])
    with pytest.raises(Refused, match="erstellen Sie zuerst den Bescheid"):
        send(world, case.award, old)
    assert send(world, case.award, render(world, case.award)).state == AwardState.ISSUED


def test_a_rejection_gives_its_reasons_and_is_marked_as_sent(world: World) -> None:
    case = world.rejected()
    document = notices.render_rejection_notice(case, actor=world.cast.actor["caseworker"], at=world.at)
    content = restore(document.content)
    assert isinstance(content, RejectionNotice)
    assert content.reasons == ("Das Projekt passt nicht zum Ziel.",)
    world.do(case, "send_rejection", "caseworker", sent_on=world.at.date())
    document.refresh_from_db()
    assert document.sent_on == world.at.date()


def test_the_page_makes_the_notice_and_leads_to_its_dispatch(world: World) -> None:
    award = world.approved().award
    client, url = at_the_desk(world, "caseworker"), f"/vorgaenge/{award.thread}/bescheid/"
    with today_is(world.at):
        assert "Bescheid erstellen" in client.get(url).content.decode()
        assert client.post(url).status_code == 302
        page = client.get(url)
        assert page.context["dispatch"]["url"] == f"/bescheide/{award.pk}/schritt/issue/"
        form = client.get(page.context["dispatch"]["url"]).context["form"]
        data = {"version": form["version"].value(), "channel": "letter", "sent_on": "02.03.2026"}
        data["document_sha256"] = form["document_sha256"].value()
        assert client.post(page.context["dispatch"]["url"], data).status_code == 302
        assert client.post(url).status_code == 403
    award.refresh_from_db()
    assert award.state == AwardState.ISSUED


@pytest.mark.parametrize(
    ("name", "status"), [("decider", 403), ("auditor", 403), ("applicant", 403), ("treasury", 403)]
)
def test_only_the_caseworker_makes_notices(world: World, name: str, status: int) -> None:
    award = world.approved().award
    assert at_the_desk(world, name).post(f"/vorgaenge/{award.thread}/bescheid/").status_code == status


def test_an_undecided_case_has_no_notice(world: World) -> None:
    case = world.proposed()
    assert at_the_desk(world, "caseworker").get(f"/vorgaenge/{case.reference}/bescheid/").status_code == 404


def read(world: World, name: str, document: Document) -> int:
    with today_is(world.at):
        answer = at_the_desk(world, name).get(f"/vorgaenge/{document.case.reference}/dokumente/{document.pk}/")
    return int(answer.status_code)


def test_members_read_the_notice_only_once_it_left_the_house(world: World) -> None:
    award = world.approved().award
    document = render(world, award)
    assert [read(world, name, document) for name in ("caseworker", "auditor")] == [200, 200]
    assert read(world, "applicant", document) == 404
    send(world, award, document)
    assert [read(world, name, document) for name in ("applicant", "reader")] == [200, 200]
    assert [read(world, name, document) for name in ("stranger", "treasury")] == [404, 404]


def test_in_the_portal_the_notice_is_read_after_it_was_collected(world: World) -> None:
    award = world.issued(channel="portal")
    document = award.case.documents.get()
    assert read(world, "applicant", document) == 404
    world.do(award, "retrieve", "applicant")
    assert read(world, "applicant", document) == 200


def test_an_older_version_that_was_never_sent_stays_inside(world: World) -> None:
    award = world.approved().award
    older = render(world, award)
    world.later(minutes=5)
    send(world, award, render(world, award))
    assert read(world, "applicant", older) == 404


def test_the_portal_is_only_for_those_who_agreed_to_collect_there() -> None:
    """§ 41 Abs. 2a VwVfG: the form says so, and the door too."""
    world = World()
    award = world.approved(wants_portal=False).award
    sha256 = world.notice(award).sha256
    data = {"channel": "portal", "sent_on": world.at.date(), "document_sha256": sha256}
    form = IssueForm(
        data | {"version": award.version}, obj=award, actor=world.cast.actor["caseworker"], today=world.at.date()
    )
    assert "nicht zugestimmt" in form.errors["channel"][0]
    with pytest.raises(Refused, match="nicht zugestimmt"):
        world.do(award, "issue", "caseworker", **data)
    assert world.do(award, "issue", "caseworker", **data | {"channel": "letter"}).state == "issued"
