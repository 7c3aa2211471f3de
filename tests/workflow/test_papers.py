"""A Beschlussvorlage: made from cases or on a free subject, saved incomplete, frozen with its numbers, taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from funding import ledger
from journal.models import Event
from journal.refusals import Faster, Refused
from tests.factories import PDF, World, euros
from tests.workflow.office import at_the_desk, queries_of, today_is
from tests.workflow.papers_stage import (
    answered,
    draft,
    free,
    from_a_person,
    frozen,
    officer,
    posted,
    referred,
    sittings,
    thresholds,
)
from workflow import freezing, papers
from workflow.models import CouncilPaper, PaperAnnex, PaperCase
from workflow.paper_completeness import missing_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Settings) -> World:
    settings.DEMO = True  # nobody here has a second factor
    world = World()
    thresholds(world)
    return world


def sequence(paper: CouncilPaper) -> list[tuple[str, str]]:
    """The bodies that are wanted, and what they do."""
    return [(step.body.kind, step.part) for step in paper.consultations.all() if step.is_wanted]


def missing(paper: CouncilPaper, world: World) -> list[str]:
    found = papers.with_cases().get(pk=paper.pk)
    return [one.field for one in freezing.standing_of(found, at=world.at).missing]


# Made from cases


def test_a_paper_from_one_case_speaks_plainly_and_names_amount_line_and_bodies(world: World) -> None:
    days = sittings(world)
    case = referred(world)
    paper = draft(world, case)
    assert (paper.number, paper.state) == ("BV-2026-0001", "draft")
    assert case.application.title in paper.subject
    assert "beantragt 4.000,00\u00a0€" in paper.facts
    assert "mit bis zu 4.000,00\u00a0€ gefördert" in paper.proposed_resolution
    assert (paper.cost_kind, paper.cost_amount, paper.line) == ("amount", euros("4000"), world.line)
    assert (paper.follow_up_kind, paper.income_kind, paper.cover_kind) == ("open", "open", "open")
    assert sequence(paper) == [("social_committee", "advises"), ("county_committee", "decides")]
    assert [step.session for step in paper.consultations.all()] == [*list(days.values())[:2], None]


@pytest.mark.parametrize(
    ("amount", "cost", "expected"),
    [
        ("2500", "3125", []),
        ("2501", "3200", ["social_committee", "county_committee"]),
        ("5000", "6250", ["social_committee", "county_committee"]),
    ],
)
def test_the_threshold_table_says_which_bodies_see_it(
    world: World, amount: str, cost: str, expected: list[str]
) -> None:
    assert [kind for kind, _part in sequence(draft(world, referred(world, amount, cost)))] == expected


def test_two_halves_for_the_same_recipient_are_seen_as_one(world: World) -> None:
    """Each alone would stay with the administration; together they need the county committee."""
    paper = draft(world, referred(world, "2000", "2500"), referred(world, "2000", "2500"))
    assert sequence(paper)[-1] == ("county_committee", "decides")


def test_what_was_awarded_before_counts_as_well(world: World) -> None:
    world.approved(requested="2000", cost="2500")
    assert sequence(draft(world, referred(world, "2000", "2500")))[-1] == ("county_committee", "decides")


def test_several_cases_stand_in_a_table_with_their_sum(world: World) -> None:
    cases = [referred(world, "1000", "1250") for _number in range(3)]
    paper = draft(world, *cases)
    assert paper.subject == "Förderung von 3 Projekten 2026"
    assert "zusammen 3.000,00\u00a0€" in paper.facts
    assert [row.case for row in paper.cases.all()] == cases


def test_a_free_subject_has_no_words_and_nobody_ticked(world: World) -> None:
    paper = free(world)
    assert (paper.facts, paper.proposed_resolution, sequence(paper)) == ("", "", [])
    assert paper.consultations.count() == 3


def test_without_case_and_subject_there_is_no_paper(world: World) -> None:
    with pytest.raises(Refused, match="worum es geht"):
        papers.from_cases([], actor=officer(world), at=world.at)
    assert not CouncilPaper.objects.exists()


def test_a_case_stands_in_one_open_paper(world: World) -> None:
    case = referred(world)
    draft(world, case)
    with pytest.raises(Refused, match="steht schon in der Vorlage BV-2026-0001"):
        draft(world, case)
    assert case not in papers.possible_cases()


def test_what_is_decided_comes_into_no_paper(world: World) -> None:
    with pytest.raises(Refused, match="schon entschieden"):
        draft(world, world.approved())


def test_nobody_gets_more_than_they_asked_for(world: World) -> None:
    with pytest.raises(Refused, match=r"höchstens 4\.000,00"):
        papers.from_cases([(referred(world), euros("4000.01"))], actor=officer(world), at=world.at)


def test_the_words_of_a_paper_hide_a_natural_person(world: World) -> None:
    case = from_a_person(world, title="Nähkurs bei Mina Privat")
    paper = draft(world, case)
    for text in (paper.subject, paper.facts, paper.proposed_resolution, paper.cost_items):
        assert "Mina" not in text
        assert "Nähkurs" not in text
    assert case.reference in paper.facts


# Written on


def test_a_draft_is_saved_incomplete_and_its_words_follow_the_amount(world: World) -> None:
    case = referred(world)
    paper = draft(world, case)
    client = at_the_desk(world, "caseworker")
    data = posted(paper, **{f"vorgang-{case.pk}-amount": "3.500", "place": ""})
    with today_is(world.at):
        assert client.post(f"/vorlagen/{paper.key}/bearbeiten/", data).status_code == 302
    paper.refresh_from_db()
    assert (paper.version, paper.place) == (1, "")
    assert paper.cases.get().amount == euros("3500")
    assert "bis zu 3.500,00\u00a0€" in paper.proposed_resolution
    assert "Vorgeschlagen werden 3.500,00\u00a0€" in paper.facts


def test_own_words_stay_when_the_amount_changes(world: World) -> None:
    case = referred(world)
    paper = draft(world, case)
    data = posted(paper, facts="Eigene Worte.\r\nZweite Zeile.", **{f"vorgang-{case.pk}-amount": "3.500"})
    with today_is(world.at):
        at_the_desk(world, "committee_office").post(f"/vorlagen/{paper.key}/bearbeiten/", data)
    paper.refresh_from_db()
    assert paper.facts == "Eigene Worte.\nZweite Zeile."


def test_none_is_an_answer_of_its_own(world: World) -> None:
    paper = draft(world, referred(world))
    for kind in ("none", "amount"):
        data = posted(paper, follow_up_kind=kind, follow_up_amount="1.200" if kind == "amount" else "")
        with today_is(world.at):
            assert at_the_desk(world, "caseworker").post(f"/vorlagen/{paper.key}/bearbeiten/", data).status_code == 302
        paper = papers.with_cases().get(pk=paper.pk)
        assert paper.follow_up_kind == kind
        assert "id_follow_up_kind_0" not in missing(paper, world)
    assert paper.follow_up_amount == euros("1200")


def test_the_database_knows_the_three_answers_too(world: World) -> None:
    paper = draft(world, referred(world))
    for wrong in ({"follow_up_kind": "amount"}, {"income_kind": "none", "income_amount": euros("1")}):
        with pytest.raises(IntegrityError, match="says_amount"), transaction.atomic():
            CouncilPaper.objects.filter(pk=paper.pk).update(**wrong)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("subject", "", "worum es geht"),
        ("cost_amount", "viel", "mit Komma"),
        ("cost_amount", "", "oder wählen Sie „keine“"),
        ("dated_on", "gestern", "Bitte schreiben Sie den Tag so"),
        ("version", "", ""),
        ("is_public", "vielleicht", "öffentlich oder nichtöffentlich"),
    ],
)
def test_what_cannot_be_read_is_told_and_nothing_is_written(
    world: World, field: str, value: str, sentence: str
) -> None:
    paper = draft(world, referred(world))
    before = CouncilPaper.objects.values().get()
    with today_is(world.at):
        data = posted(paper, facts="Andere Worte", **{field: value})
        answer = at_the_desk(world, "caseworker").post(f"/vorlagen/{paper.key}/bearbeiten/", data)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "Andere Worte" in answer.content.decode()
    assert CouncilPaper.objects.values().get() == before


def test_more_than_was_asked_for_is_told_at_the_amount(world: World) -> None:
    case = referred(world)
    paper = draft(world, case)
    with today_is(world.at):
        data = posted(paper, **{f"vorgang-{case.pk}-amount": "4.000,01"})
        answer = at_the_desk(world, "caseworker").post(f"/vorlagen/{paper.key}/bearbeiten/", data)
    assert answer.status_code == 422
    assert "Beantragt sind höchstens" in answer.content.decode()


def test_who_comes_second_overwrites_nothing_and_keeps_what_was_typed(world: World) -> None:
    paper = draft(world, referred(world))
    first = posted(paper, facts="Die erste Fassung")
    second = posted(paper, facts="Die zweite Fassung")
    client = at_the_desk(world, "caseworker")
    with today_is(world.at):
        client.post(f"/vorlagen/{paper.key}/bearbeiten/", first)
        answer = client.post(f"/vorlagen/{paper.key}/bearbeiten/", second)
        assert answer.status_code == 409
        assert "Die zweite Fassung" in answer.content.decode()
        paper.refresh_from_db()
        assert paper.facts == "Die erste Fassung"
        again = second | {"version": answer.context["form"]["version"].value()}
        assert client.post(f"/vorlagen/{paper.key}/bearbeiten/", again).status_code == 302
    paper.refresh_from_db()
    assert paper.facts == "Die zweite Fassung"


def test_a_case_leaves_the_paper_and_another_comes(world: World) -> None:
    one, two = referred(world), referred(world, "500", "700")
    paper = draft(world, one)
    data = posted(paper, cases=[two.pk], **{f"vorgang-{one.pk}-remove": "on"})
    with today_is(world.at):
        at_the_desk(world, "caseworker").post(f"/vorlagen/{paper.key}/bearbeiten/", data)
    assert [row.case for row in PaperCase.objects.filter(paper=paper)] == [two]


def test_two_papers_do_not_share_a_top(world: World) -> None:
    sittings(world)
    one, two = draft(world, referred(world)), draft(world, referred(world))
    first = one.consultations.first()
    assert first is not None
    type(first).objects.filter(pk=first.pk).update(item="7")
    step = two.consultations.first()
    assert step is not None
    with today_is(world.at):
        data = posted(two, **{f"folge-{step.pk}-item": "7"})
        answer = at_the_desk(world, "caseworker").post(f"/vorlagen/{two.key}/bearbeiten/", data)
    assert answer.status_code == 422
    assert "Diesen TOP hat schon eine andere Vorlage" in answer.content.decode()


# What is missing


def test_what_is_missing_leads_to_its_place(world: World) -> None:
    paper = free(world)
    assert missing(paper, world) == [
        "folge", "id_facts", "id_proposed_resolution", "id_cost_kind_0", "id_follow_up_kind_0", "id_income_kind_0",
        "id_cover_kind_0", "id_signed_by",
    ]  # fmt: skip
    with today_is(world.at):
        client = at_the_desk(world, "caseworker")
        page = client.get(f"/vorlagen/{paper.key}/").content.decode()
        edit = client.get(f"/vorlagen/{paper.key}/bearbeiten/").content.decode()
    for field in missing(paper, world):
        assert f"/bearbeiten/#{field}" in page
        assert f'id="{field}"' in edit


def test_nothing_is_missing_in_a_paper_that_is_answered(world: World) -> None:
    sittings(world)
    assert missing(answered(draft(world, referred(world))), world) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"cover_kind": "missing"}, "id_cover_proposal"),
        ({"line": None}, "id_line"),
        ({"place": ""}, "id_place"),
        ({"facts": " "}, "id_facts"),
        ({"proposed_resolution": ""}, "id_proposed_resolution"),
        ({"income_kind": "open"}, "id_income_kind_0"),
        ({"cost_kind": "open", "cost_amount": None}, "id_cost_kind_0"),
    ],
)
def test_each_answer_is_asked_for(world: World, fields: dict[str, object], expected: str) -> None:
    sittings(world)
    assert missing(answered(draft(world, referred(world)), **fields), world) == [expected]


def test_a_date_in_the_future_and_a_line_that_was_not_there_have_no_number(world: World) -> None:
    sittings(world)
    paper = draft(world, referred(world))
    tomorrow, before = world.at.date() + timedelta(days=1), world.at.date() - timedelta(days=200)
    assert missing(answered(paper, dated_on=tomorrow), world) == ["id_dated_on"]
    assert missing(answered(paper, dated_on=before), world) == ["id_line"]


def test_sittings_come_one_after_the_other(world: World) -> None:
    days = sittings(world)
    paper = answered(draft(world, referred(world)))
    social, committee = paper.consultations.all()[:2]
    type(days["county_committee"]).objects.filter(pk=days["county_committee"].pk).update(
        held_on=days["social_committee"].held_on - timedelta(days=1)
    )
    assert missing(paper, world) == [f"folge-{committee.pk}"]
    type(days["social_committee"]).objects.filter(pk=days["social_committee"].pk).update(state="cancelled")
    assert f"folge-{social.pk}" in missing(paper, world)


def test_a_body_below_the_threshold_cannot_decide(world: World) -> None:
    sittings(world)
    paper = answered(draft(world, referred(world)))
    paper.consultations.filter(body__kind="county_committee").update(is_wanted=False)
    paper.consultations.filter(body__kind="social_committee").update(part="decides")
    with pytest.raises(Refused, match="Nach den Wertgrenzen beschließt hier: Kreisausschuss"):
        freezing.freeze(paper, version=paper.version, actor=officer(world), at=world.at)
    paper.consultations.filter(body__kind="county_council").update(is_wanted=True, session=None, part="decides")
    paper.consultations.filter(body__kind="social_committee").update(part="advises")
    assert missing(paper, world) == [f"folge-{paper.consultations.get(body__kind='county_council').pk}"]


def test_the_name_of_a_natural_person_in_the_public_words_stops_the_paper(world: World) -> None:
    sittings(world)
    paper = answered(draft(world, from_a_person(world)), facts="Frau MINA PRIVAT beantragt Geld.")
    assert missing(paper, world) == ["id_facts"]


def test_a_case_that_was_withdrawn_leaves_the_paper_first(world: World) -> None:
    sittings(world)
    case = referred(world)
    paper = answered(draft(world, case))
    world.do(case, "withdraw", "applicant", reason="Wir haben es anders geschafft.")
    assert missing(paper, world) == [f"vorgang-{case.pk}"]


def test_staff_without_follow_up_cost_and_more_than_there_is_deserve_a_look(world: World) -> None:
    """Seed: „keine" Folgekosten although a post is created."""
    paper = answered(
        free(world),
        cost_kind="amount",
        cost_amount=euros("60000"),
        cost_items="Eine Stelle und 10.000 €",
        line=world.line,
    )
    notices = freezing.standing_of(paper, at=world.at).notices
    assert [("Personal kostet" in one, "es fehlen 40.000,00" in one) for one in notices] == [
        (False, True),
        (True, False),
    ]


def test_a_free_paper_that_raises_the_budget_says_that_there_is_no_money(world: World) -> None:
    """Seed: the budget is „stehen nicht zur Verfügung" while it is being raised."""
    sittings(world)
    paper = answered(
        free(world), facts="Der Ansatz steigt.", proposed_resolution="Der Ansatz wird erhöht.", cost_kind="amount",
        cost_amount=euros("10000"), cover_kind="missing", cover_proposal="Mehreinnahmen bei den Zuweisungen",
    )  # fmt: skip
    paper.consultations.filter(body__kind="county_council").update(
        is_wanted=True, session=paper.consultations.get(body__kind="county_council").body.sessions.get()
    )
    paper = papers.with_cases().get(pk=paper.pk)
    done = freezing.freeze(paper, version=paper.version, actor=officer(world), at=world.at)
    assert (done.available_amount, done.available_on) == (None, None)


# Frozen


def test_a_frozen_paper_keeps_the_number_of_its_day(world: World) -> None:
    sittings(world)
    paper = frozen(world, referred(world))
    assert (paper.state, paper.available_amount, paper.available_on) == ("frozen", euros("20000"), world.at.date())
    budget = world.cast.actor["budget_officer"].acting_as("budget_officer")
    move = ledger.Movement(actor=budget, at=world.at, reason="Haushaltssperre")
    ledger.freeze(world.line, euros("5000"), move=move)
    found = papers.with_cases().get(pk=paper.pk)
    assert freezing.available_of(found, at=world.at) == euros("20000")
    with today_is(world.at):
        page = at_the_desk(world, "auditor").get(f"/vorlagen/{paper.key}/").content.decode()
    assert "Noch zur Verfügung: 20.000,00" in page


def test_a_paper_of_yesterday_has_the_number_of_yesterday(world: World) -> None:
    sittings(world)
    yesterday = world.at.date()
    world.later(days=1)
    budget = world.cast.actor["budget_officer"].acting_as("budget_officer")
    ledger.freeze(world.line, euros("5000"), move=ledger.Movement(actor=budget, at=world.at, reason="Sperre"))
    case = referred(world)
    assert frozen(world, case, dated_on=yesterday).available_amount == euros("20000")


def test_freezing_keeps_both_files_and_tells_their_fingerprints(world: World) -> None:
    sittings(world)
    paper = frozen(world, referred(world))
    files = {(file.kind, file.is_public): file for file in paper.files.all()}
    assert set(files) == {("pdf", True), ("docx", True)}
    told = Event.objects.get(kind="paper_frozen")
    assert told.facts["files"] == {f"{kind}-public": file.sha256 for (kind, _public), file in files.items()}
    assert told.facts["available"] == "20000.00"


def test_what_is_missing_stops_freezing_and_nothing_is_written(world: World) -> None:
    paper = draft(world, referred(world))
    with today_is(world.at):
        answer = at_the_desk(world, "caseworker").post(
            f"/vorlagen/{paper.key}/festschreiben/", {"version": paper.version}
        )
    paper.refresh_from_db()
    assert answer.status_code == 422
    assert (paper.state, paper.version, paper.files.count()) == ("draft", 0, 0)


def test_a_draft_that_moved_on_is_not_frozen(world: World) -> None:
    sittings(world)
    paper = answered(draft(world, referred(world)))
    CouncilPaper.objects.filter(pk=paper.pk).update(version=5)
    with today_is(world.at):
        client = at_the_desk(world, "caseworker")
        assert client.post(f"/vorlagen/{paper.key}/festschreiben/", {"version": 0}).status_code == 409
        assert client.post(f"/vorlagen/{paper.key}/festschreiben/", {"version": "x"}).status_code == 409
    assert not paper.files.exists()


def test_what_is_frozen_is_only_read(world: World) -> None:
    sittings(world)
    paper = frozen(world, referred(world))
    client, before = at_the_desk(world, "committee_office"), CouncilPaper.objects.values().get()
    with today_is(world.at):
        assert client.get(f"/vorlagen/{paper.key}/bearbeiten/").status_code == 409
        assert client.post(f"/vorlagen/{paper.key}/bearbeiten/", posted(paper, facts="anders")).status_code == 409
        assert client.post(f"/vorlagen/{paper.key}/festschreiben/", {"version": paper.version}).status_code == 409
        assert client.post(f"/vorlagen/{paper.key}/verwerfen/", {"version": paper.version}).status_code == 409
        assert client.get(f"/vorlagen/{paper.key}/anlagen/neu/").status_code == 409
        assert client.get(f"/vorlagen/{paper.key}/entwurf.pdf").status_code == 404
    assert CouncilPaper.objects.values().get() == before


def test_the_database_freezes_nothing_without_a_person(world: World) -> None:
    paper = draft(world, referred(world))
    with pytest.raises(IntegrityError, match="paper_frozen_has_person"), transaction.atomic():
        CouncilPaper.objects.filter(pk=paper.pk).update(state="frozen")


# Back


def test_a_paper_that_no_body_decided_goes_back_with_a_trace(world: World) -> None:
    sittings(world)
    paper = frozen(world, referred(world))
    fingerprints = {file.sha256 for file in paper.files.all()}
    with today_is(world.at):
        data = {"version": paper.version, "reason": "Der Betrag stimmt nicht."}
        assert at_the_desk(world, "caseworker").post(f"/vorlagen/{paper.key}/zuruecknehmen/", data).status_code == 302
    paper.refresh_from_db()
    assert (paper.state, paper.available_amount, paper.frozen_by, paper.files.count()) == ("draft", None, None, 0)
    told = Event.objects.get(kind="paper_taken_back")
    assert told.reason == "Der Betrag stimmt nicht."
    assert set(told.facts["files"].values()) == fingerprints


def test_going_back_needs_a_reason(world: World) -> None:
    sittings(world)
    paper = frozen(world, referred(world))
    with today_is(world.at):
        client = at_the_desk(world, "caseworker")
        answer = client.post(f"/vorlagen/{paper.key}/zuruecknehmen/", {"version": paper.version, "reason": ""})
    assert answer.status_code == 422
    assert "Bitte schreiben Sie, warum." in answer.content.decode()


@pytest.mark.parametrize(("outcome", "goes"), [("noted", False), ("referred", True), ("deferred", True)])
def test_what_a_body_resolved_stays(world: World, outcome: str, goes: bool) -> None:
    sittings(world)
    paper = frozen(world, referred(world))
    step = paper.consultations.first()
    assert step is not None
    paper.consultations.filter(pk=step.pk).update(outcome=outcome, recorded_by=officer(world).key, recorded_at=world.at)
    with today_is(world.at):
        data = {"version": paper.version, "reason": "Fehler"}
        answer = at_the_desk(world, "committee_office").post(f"/vorlagen/{paper.key}/zuruecknehmen/", data)
    paper.refresh_from_db()
    assert (answer.status_code, paper.state) == ((302, "draft") if goes else (422, "frozen"))


def test_a_draft_is_thrown_away_and_its_number_is_not_given_again(world: World) -> None:
    paper = draft(world, referred(world))
    with today_is(world.at):
        client = at_the_desk(world, "caseworker")
        assert client.post(f"/vorlagen/{paper.key}/verwerfen/", {"version": 0}).status_code == 302
    assert not CouncilPaper.objects.exists()
    assert free(world).number == "BV-2026-0002"


# Anlagen


def upload(content: bytes = PDF, name: str = "plan.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def test_an_annex_is_numbered_kept_and_removed(world: World) -> None:
    paper = draft(world, referred(world))
    client = at_the_desk(world, "caseworker")
    with today_is(world.at):
        for title in ("Plan", "Karte", "Brief"):
            data = {"title": title, "file": upload(), "is_public": "no"}
            assert client.post(f"/vorlagen/{paper.key}/anlagen/neu/", data).status_code == 302
        first = PaperAnnex.objects.get(title="Plan")
        assert client.post(f"/vorlagen/{paper.key}/anlagen/{first.key}/").status_code == 302
        found = PaperAnnex.objects.get(title="Brief")
        file = at_the_desk(world, "auditor").get(f"/vorlagen/anlagen/{found.key}/")
    assert list(PaperAnnex.objects.values_list("position", "title")) == [(1, "Karte"), (2, "Brief")]
    assert (file.content, file["Cache-Control"]) == (PDF, "private, no-store")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"title": "", "is_public": "no"}, "was die Anlage ist"),
        ({"title": "Plan"}, "öffentlich oder nichtöffentlich"),
        ({"title": "Plan", "is_public": "no", "file": None}, "Bitte wählen Sie eine Datei"),
        ({"title": "Plan", "is_public": "no", "file": b"<svg/>"}, "Diese Art von Datei nehmen wir nicht an"),
        (
            {"title": "Plan", "is_public": "no", "file": b"\x89PNG\r\n\x1a\n" + b"0" * 40},
            "Eine Anlage ist eine PDF-Datei",
        ),
    ],
)
def test_an_annex_that_cannot_be_taken_is_told(world: World, data: dict[str, object], sentence: str) -> None:
    paper = draft(world, referred(world))
    sent = {"file": PDF, **data}
    content = sent.pop("file")
    if isinstance(content, bytes):
        sent["file"] = upload(content)
    with today_is(world.at):
        answer = at_the_desk(world, "caseworker").post(f"/vorlagen/{paper.key}/anlagen/neu/", sent)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not PaperAnnex.objects.exists()


# Pages


def test_the_way_from_the_case_ticks_it(world: World) -> None:
    case = referred(world)
    client = at_the_desk(world, "caseworker")
    with today_is(world.at):
        page = client.get(f"/vorgaenge/{case.reference}/").content.decode()
        assert f"/vorlagen/neu/?vorgang={case.reference}" in page
        form = client.get(f"/vorlagen/neu/?vorgang={case.reference}").context["form"]
        assert form.initial["cases"] == [case.pk]
        answer = client.post("/vorlagen/neu/", {"subject": "", "cases": [case.pk]})
        paper = CouncilPaper.objects.get()
        assert answer["Location"] == f"/vorlagen/{paper.key}/"
        assert paper.number in client.get(f"/vorgaenge/{case.reference}/").content.decode()


def test_nothing_chosen_is_told(world: World) -> None:
    with today_is(world.at):
        answer = at_the_desk(world, "caseworker").post("/vorlagen/neu/", {"subject": " "})
    assert answer.status_code == 422
    assert "oder wählen Sie Vorgänge" in answer.content.decode()


@pytest.mark.parametrize(("name", "status"), [("decider", 403), ("auditor", 403), ("technical_reviewer", 403)])
def test_readers_write_nothing(world: World, name: str, status: int) -> None:
    paper = draft(world, referred(world))
    client = at_the_desk(world, name)
    with today_is(world.at):
        assert client.post(f"/vorlagen/{paper.key}/bearbeiten/", posted(paper)).status_code == status
        assert client.post(f"/vorlagen/{paper.key}/festschreiben/", {"version": 0}).status_code == status


def test_the_list_is_filtered_by_state_and_words(world: World) -> None:
    sittings(world)
    one, two = free(world, "Sachstand Sprache"), frozen(world, referred(world))
    client = at_the_desk(world, "decider")
    with today_is(world.at):
        for query, expected in (
            ("", [two, one]),
            ("?stand=draft", [one]),
            ("?suche=sachstand", [one]),
            ("?stand=x", [two, one]),
        ):
            assert [row[0] for row in client.get(f"/vorlagen/{query}").context["rows"]] == expected


def test_more_papers_and_cases_take_no_more_queries(world: World) -> None:
    sittings(world)
    client = at_the_desk(world, "caseworker")
    one = draft(world, referred(world, "100", "200"))
    with today_is(world.at):
        pages = ("/vorlagen/", f"/vorlagen/{one.key}/", f"/vorlagen/{one.key}/bearbeiten/")
        few = [queries_of(client, url) for url in pages]
        many = draft(world, *(referred(world, "100", "200") for _number in range(12)))
        pages = ("/vorlagen/", f"/vorlagen/{many.key}/", f"/vorlagen/{many.key}/bearbeiten/")
        assert [queries_of(client, url) for url in pages] == few


def test_freezing_many_cases_takes_no_more_queries_than_one(world: World) -> None:
    sittings(world)
    counted = []
    for number in (1, 12):
        paper = answered(draft(world, *(referred(world, "100", "200") for _number in range(number))))
        paper.consultations.update(is_wanted=False)
        step = paper.consultations.get(body__kind="county_committee")
        paper.consultations.filter(pk=step.pk).update(is_wanted=True, part="decides", session=step.body.sessions.get())
        with CaptureQueriesContext(connection) as found:
            freezing.freeze(paper, version=paper.version, actor=officer(world), at=world.at)
        counted.append(len(found))
    assert counted[0] == counted[1]


def test_somebody_else_froze_it_first(world: World) -> None:
    sittings(world)
    paper = frozen(world, referred(world))
    with pytest.raises(Faster):
        freezing.freeze(paper, version=0, actor=officer(world), at=world.at)
    assert missing_in(paper, available=None, today=world.at.date()) != []
