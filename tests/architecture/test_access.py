"""Every address of the house, opened by everybody: the access table is what really happens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from applications import invitations, lateness, questions, uploads
from applications.chronicle import RIGHTS
from applications.models import EvidenceTier, Membership, Organisation, Question, QuestionSet
from funding import payments
from funding.models import Clawback, Commitment
from journal.models import Message
from tests.accounts.keys import log_in_with_factor
from tests.architecture.access_table import (
    LOG_IN,
    OTHER_TASKS,
    OWN_ACCOUNT,
    PEOPLE,
    PUBLIC,
    TABLE,
    VISITOR,
    Line,
)
from tests.architecture.judging_stage import judging_things
from tests.factories import IBANS, PDF, World, euros
from tests.workflow import council
from tests.workflow.office import of_the_desk
from tests.workflow.papers_stage import keys_of_papers
from workflow import calendars, intake, talk
from workflow.models import Award, BulkJob, Case, CheckPoint, FollowUp, PaperLetter, Scenario
from workflow.receipts import receipt_for

LINES = [*TABLE.items(), *OTHER_TASKS.items()]
FOREIGN = {
    "draft", "active", "undecided", "attachment", "draft_attachment", "organisation", "case", "award", "active_award",
    "active_reference", "disbursement", "clawback", "member", "kept", "proof", "message_file",
}  # fmt: skip


def routes(resolver: Any = None, namespace: str = "") -> Iterator[str]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry, f"{entry.namespace}:" if entry.namespace else namespace)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}"


def test_every_address_has_a_line_in_the_access_table() -> None:
    known = TABLE.keys() | LOG_IN | OWN_ACCOUNT
    assert set(routes()) == known


def things(world: World) -> dict[str, Any]:
    """What the addresses lead to. Names ending in a kind are keys, numbers or references as the address wants them."""
    stranger = world.new_organisation("Fremder Verein (Demo)", IBANS[2])
    stranger.memberships.all().delete()
    Membership.objects.create(organisation=stranger, user=world.cast.user["stranger"], is_admin=True)
    draft, undecided = world.draft(), world.checking()
    proposed, approved = world.proposed(), world.approved()
    notice = world.notice(Award.objects.get(case=approved))
    letter = Message.objects.create(
        key="x", kind="closed", thread="x", recipient="x@verein.example", subject="x", body="x",
        created_at=world.at, send_after=world.at, status=Message.Status.FAILED,
    )  # fmt: skip
    award = world.active()
    receipt = receipt_for(award.case, world.at)
    grant = world.cast.user["auditor"].grants.get()
    requested = world.requested("100", award=award)
    run = payments.assemble([world.authorised("200", award=award)], actor=world.cast.actor["treasury"], at=world.at)
    second = world.cast.actor.get("treasury_two") or world.cast.add("treasury_two", "treasury")
    run = payments.release_run(run, actor=second, at=world.at)
    run = payments.export_run(run, actor=world.cast.actor["treasury"], at=world.at)
    clawback = Clawback.objects.create(
        commitment=Commitment.objects.get(thread=award.thread), amount=euros("50"), ground="x",
        heard_until=world.at.date(), opened_at=world.at,
    )  # fmt: skip
    late = lateness.make(
        world.round, world.cast.user["applicant"].email, valid_until=world.round.closes_at + timedelta(days=1),
        reason="Krankheit", actor=world.cast.actor["caseworker"].acting_as("caseworker"), at=world.at,
    )  # fmt: skip
    kept = world.keep()
    invitation = invitations.invite(
        world.organisation, world.cast.user["stranger"].email, dict.fromkeys(RIGHTS, True),
        actor=world.cast.actor["applicant"], at=world.at,
    )  # fmt: skip
    change = world.new_account(IBANS[1])
    QuestionSet.objects.create(programme=world.programme, number=1, published_at=world.at)
    in_work = questions.new_version(world.programme)
    question = Question.objects.create(question_set=in_work, kind="yes_no", slug="kinder", label="Kommen Kinder?")
    tier = EvidenceTier.objects.create(programme=world.programme, kind="offer", from_amount=euros("9000"))
    message = talk.send(
        award.case, "Hier ist der Vertrag.", [uploads.take(SimpleUploadedFile("Vertrag.pdf", PDF), at=world.at)],
        from_office=False, actor=world.cast.actor["applicant"], at=world.at,
    )  # fmt: skip
    finding = undecided.findings.create(code="same_account", sentence="Dieselbe Bankverbindung.", found_at=world.at)
    return judging_things(world, undecided) | _of_the_bodies(world, undecided) | of_the_desk(world, undecided) | _on_paper(world, undecided) | {
        **keys_of_papers(world),
        "question": question.pk, "tier": tier.pk, "finding": finding.pk,
        "check_point": CheckPoint.objects.create(programme=world.programme, title="Kinderschutz", position=0).pk,
        **scenarios_on(world),
        "feed": calendars.make(
            world.cast.user["applicant"], actor=world.cast.actor["applicant"], at=world.at
        ),
        "message_file": message.files.get().key,
        "kept": kept.key, "proof": change.proof.key, "account_change": change.key, "invitation": invitation.pk,
        "late": late.key,
        "secret": invitations.secret_of(invitation),
        "member": world.organisation.memberships.get(user=world.cast.user["reader"]).pk,
        "person": world.cast.user["auditor"].key, "grant": grant.pk, "programme": world.programme.slug,
        "programme_pk": world.programme.pk, "line": world.line.pk, "letter": letter.pk,
        "organisation": world.organisation.key, "draft": draft.key, "draft_attachment": draft.attachments.get().key,
        "attachment": undecided.application.attachments.get().key, "undecided": undecided.application.key,
        "reference": undecided.reference, "case": undecided.pk, "point": undecided.checklist.first().pk,
        "proposed": proposed.reference, "approved": approved.reference, "unsent_notice": notice.pk,
        "award": Award.objects.get(case=approved).pk, "active_award": award.pk, "active": award.case.application.key,
        "active_reference": award.case.reference, "receipt": receipt.pk, "disbursement": requested.pk,
        "run": run.number, "clawback": clawback.pk,
    }  # fmt: skip


def scenarios_on(world: World) -> dict[str, Any]:
    key = world.cast.user["caseworker"].key
    made = {"title": "A", "fiscal_year": 2026, "created_by": key, "created_at": world.at}
    frozen = Scenario.objects.create(**made, frozen_at=world.at, frozen_by=key)
    return {"scenario": Scenario.objects.create(**made).key, "frozen_scenario": frozen.key}


def _on_paper(world: World, case: Case) -> dict[str, Any]:
    """A draft that the office writes down for somebody, and a letter to be printed."""
    officer = world.cast.actor["caseworker"]
    by_post = intake.enter_organisation(Organisation(name="Nachbarn (Demo)"), actor=officer, at=world.at)
    draft = intake.begin(
        world.programme, by_post, uploads.take(SimpleUploadedFile("Antrag.pdf", PDF), at=world.at), received_at=world.at,
        channel="post", consent_by="Mina Muster", actor=officer, at=world.at,
    )  # fmt: skip
    letter = PaperLetter.objects.create(
        occasion="x", case=case, kind="filed", subject="Eingang", body="Guten Tag", written_at=world.at
    )
    return {"on_paper": draft.key, "on_paper_organisation": by_post.key, "paper_letter": letter.key}


def _of_the_bodies(world: World, case: Case) -> dict[str, Any]:
    """A paper before two bodies, of which one has voted, with a task of the coordinator, and a job."""
    paper = council.paper(world, {case: "1000"})
    waiting = council.consultation(paper, "county_council", world)
    voted = council.consultation(paper, "county_committee", world, part="advises")
    council.record(voted, "adopted", (5, 1, 0), world)
    task = FollowUp.objects.create(
        consultation=voted, task="Berichten", due_on=world.at.date(), responsible=world.cast.user["coordinator"].key
    )
    job = BulkJob.objects.create(
        title="x", step="start_check", ordered_by=world.cast.user["caseworker"].key, ordered_role="caseworker",
        ordered_at=world.at,
    )  # fmt: skip
    return {"consultation": waiting.pk, "voted": voted.pk, "follow_up": task.pk, "job": job.key}


def client_of(world: World, name: str) -> Client:
    client = Client()
    if name != VISITOR:
        log_in_with_factor(client, world.cast.user[name])
    return client


def expected(line: Line, name: str) -> str:
    if name in line.enters:
        return "enters"
    if name == VISITOR:
        return line.visitor
    return "refused" if name in line.refused else "nothing"


def what_happens(client: Client, url: str, method: str) -> str:
    """The answer in one word; whatever was done is undone."""
    with transaction.atomic():
        answer = getattr(client, method)(url)
        transaction.set_rollback(True)
    if answer.status_code == 302 and answer["Location"].startswith(reverse(settings.LOGIN_URL)):
        return "log-in"
    told = {200: "enters", 302: "enters", 303: "enters", 404: "nothing", 403: "refused", 503: "enters"}
    if method == "post":
        told |= {204: "enters", 409: "enters", 422: "enters"}
    return told.get(answer.status_code, str(answer.status_code))


def address(route: str, line: Line, stage: dict[str, Any]) -> str:
    return reverse(route, args=[arg[1:] if arg.startswith("=") else stage[arg] for arg in line.args])


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_each_page_opens_to_its_people_and_to_nobody_else(name: str, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    world = World()
    stage = things(world)
    wrong = []
    with time_machine.travel(world.at, tick=False):
        client = client_of(world, name)
        for route, line in LINES:
            url, wanted = address(route, line, stage), expected(line, name)
            happened = what_happens(client, url, line.method)
            if happened != wanted:
                wrong.append(f"{line.method} {route} {url}: {happened}, expected {wanted}")
    assert wrong == []


HIDDEN = [(route, line) for route, line in LINES if set(line.args) & FOREIGN and line.refused != PEOPLE]


@pytest.mark.parametrize(("route", "line"), HIDDEN, ids=[route for route, _line in HIDDEN])
def test_what_belongs_to_another_organisation_does_not_exist(route: str, line: Line) -> None:
    """The table itself may not say otherwise: a stranger learns nothing, not even that there is something."""
    assert expected(line, "stranger") == "nothing"


@pytest.mark.django_db
@pytest.mark.parametrize("route", sorted(OWN_ACCOUNT))
def test_a_visitor_is_sent_to_the_log_in_before_any_page_of_an_account(client: Client, route: str) -> None:
    args = [1] if route in {"mfa_edit_webauthn", "mfa_remove_webauthn"} else []
    answer = client.get(reverse(route, args=args))
    assert answer.status_code in {302, 404}
    if answer.status_code == 302:
        assert answer["Location"].startswith(reverse(settings.LOGIN_URL))


@pytest.mark.django_db
@pytest.mark.parametrize("route", sorted(LOG_IN - {"account_logout"}))
def test_the_pages_of_log_in_answer_a_visitor(client: Client, route: str) -> None:
    assert client.get(reverse(route)).status_code in {200, 302}
