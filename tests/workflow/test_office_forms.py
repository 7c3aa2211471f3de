"""What the forms of the office take and refuse: one table of vectors for each rule."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.module_loading import import_string

from journal.machine import step_of
from tests.factories import PDF, World
from workflow.forms import award as award_forms
from workflow.forms import case as case_forms
from workflow.forms import decision as decision_forms
from workflow.forms.inquiry import InformationRequestForm
from workflow.models import Award, Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def filled(factory: Any, obj: Any, world: World, data: dict[str, Any], files: Any = None) -> Any:
    today = world.at.date()
    return factory({"version": obj.version, **data}, files, obj=obj, actor=world.cast.actor["caseworker"], today=today)


def test_every_form_that_a_step_names_exists() -> None:
    named = [step_of(method).form for machine in (Case, Award) for method in machine.transitions().values()]
    assert all(import_string(name) for name in named if name)


def test_an_information_request_suggests_its_deadline_and_what_is_missing(world: World) -> None:
    case = world.checking()
    case.checklist.filter(code="documents").update(
        result="missing",
        note="Das Angebot für den Raum",
        checked_by=world.cast.actor["caseworker"].key,
        checked_at=world.at,
    )
    form = InformationRequestForm(obj=case, actor=world.cast.actor["caseworker"], today=world.at.date())
    assert form.initial["due_on"] == (world.at + timedelta(days=14)).date()
    assert form.initial["items"] == "Das Angebot für den Raum"


INFORMATION = {"items": "Das Angebot", "sections": ["unterlagen"], "due_on": "16.03.2026"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({}, None),
        ({"due_on": "2026-03-16"}, None),
        ({"items": " "}, "items"),
        ({"sections": []}, "sections"),
        ({"sections": ["verein"]}, "sections"),
        ({"due_on": "02.03.2026"}, "due_on"),
        ({"due_on": "31.02.2026"}, "due_on"),
        ({"due_on": "bald"}, "due_on"),
    ],
)
def test_an_information_request_names_what_where_and_until_when(
    world: World, change: dict[str, Any], field: str | None
) -> None:
    form = filled(InformationRequestForm, world.checking(), world, INFORMATION | change)
    assert list(form.errors) == ([field] if field else [])


@pytest.mark.parametrize(
    ("amount", "is_fine"),
    [("1600", True), ("0", True), ("1.599,99", True), ("1600,01", False), ("-1", False), ("viel", False), ("", False)],
)
def test_a_proposal_lies_within_the_request_and_the_rule(world: World, amount: str, is_fine: bool) -> None:
    form = filled(case_forms.ProposalForm, world.reviewing(), world, {"amount": amount, "reason": "Gut"})
    assert form.is_valid() is is_fine, form.errors


def test_a_proposal_suggests_the_lower_of_request_and_rule(world: World) -> None:
    case = world.reviewing(requested="1000", cost="2000")
    form = case_forms.ProposalForm(obj=case, actor=world.cast.actor["caseworker"], today=world.at.date())
    assert form.initial["amount"] == case.requested_amount


RESOLUTION = {
    "body": "county_committee", "resolved_on": "02.03.2026", "number": "KA 7/2026", "outcome": "adopted",
    "amount": "1600", "votes_yes": "7", "votes_no": "2", "votes_abstained": "1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({}, None),
        ({"outcome": "adopted_amended", "amount": "1200"}, None),
        ({"outcome": "rejected", "votes_yes": "2", "votes_no": "2", "amount": ""}, None),
        ({"votes_yes": "2", "votes_no": "2"}, "outcome"),
        ({"votes_yes": "1", "votes_no": "2", "votes_abstained": "9"}, "outcome"),
        ({"outcome": "rejected"}, "outcome"),
        ({"amount": ""}, "amount"),
        ({"amount": "1600,01"}, "amount"),
        ({"votes_no": "-1"}, "votes_no"),
        ({"resolved_on": "03.03.2026"}, "resolved_on"),
        ({"body": "administration"}, "body"),
        ({"number": ""}, "number"),
    ],
)
def test_a_resolution_fits_its_votes(world: World, change: dict[str, str], field: str | None) -> None:
    form = filled(case_forms.ResolutionForm, world.reviewing(), world, RESOLUTION | change)
    assert list(form.errors) == ([field] if field else []), form.errors


def test_a_rejecting_resolution_carries_no_money(world: World) -> None:
    change = {"outcome": "rejected", "votes_yes": "0", "amount": "1600"}
    form = filled(case_forms.ResolutionForm, world.reviewing(), world, RESOLUTION | change)
    assert form.is_valid()
    assert form.data_for_step()["amount"] == 0


@pytest.mark.parametrize(
    ("amount", "is_fine"),
    [("1200", True), ("99,99", False), ("100", True), ("0", False), ("1600", False), ("1700", False)],
)
def test_an_offer_is_lower_than_the_request(world: World, amount: str, is_fine: bool) -> None:
    data = {"amount": amount, "reason": "Das Geld reicht nicht.", "due_on": "16.03.2026"}
    assert filled(decision_forms.OfferForm, world.proposed(), world, data).is_valid() is is_fine


def test_only_less_than_requested_needs_a_reason(world: World) -> None:
    full = filled(decision_forms.ApprovalForm, world.proposed(), world, {"conditions": []})
    assert full.is_valid()
    partial = filled(decision_forms.ApprovalForm, world.accepted("1200"), world, {"conditions": [], "reason": ""})
    assert list(partial.errors) == ["reason"]


@pytest.mark.parametrize(("name", "content", "is_fine"), [("brief.pdf", PDF, True), ("brief.pdf", b"<html>", False)])
def test_a_withdrawal_by_letter_needs_a_readable_scan(world: World, name: str, content: bytes, is_fine: bool) -> None:
    files = {"scan": SimpleUploadedFile(name, content)}
    data = {"reason": "Der Verein zieht zurück."}
    assert filled(case_forms.WithdrawalByLetterForm, world.filed(), world, data, files).is_valid() is is_fine


@pytest.mark.parametrize(
    ("sent_on", "is_fine"), [("02.03.2026", True), ("01.03.2026", False), ("03.03.2026", False), ("", False)]
)
def test_nothing_is_sent_before_it_is_decided_or_tomorrow(world: World, sent_on: str, is_fine: bool) -> None:
    award = world.approved().award
    data = {"channel": "letter", "sent_on": sent_on, "document_sha256": "a" * 64}
    assert filled(award_forms.IssueForm, award, world, data).is_valid() is is_fine
    rejected = world.rejected()
    assert filled(case_forms.DispatchRejectionForm, rejected, world, {"sent_on": sent_on}).is_valid() is is_fine


def test_a_notice_that_was_not_made_cannot_be_sent(world: World) -> None:
    award = world.approved().award
    form = award_forms.IssueForm(obj=award, actor=world.cast.actor["caseworker"], today=world.at.date())
    assert form.initial["document_sha256"] == ""
    assert "document_sha256" in filled(award_forms.IssueForm, award, world, {"channel": "letter"}).errors


@pytest.mark.parametrize(("day", "is_fine"), [("02.03.2026", True), ("01.03.2026", False), ("03.03.2026", False)])
def test_a_waiver_comes_after_the_notice(world: World, day: str, is_fine: bool) -> None:
    award = world.issued()
    assert filled(award_forms.WaiverForm, award, world, {"waived_on": day}).is_valid() is is_fine
