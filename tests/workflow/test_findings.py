"""What the computer notices about a case: when, in which words, what it stops, and who may let it stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from applications.models import CostLine, Organisation, SourceLine
from funding.models import Commitment, Programme, Round
from journal.models import Event
from journal.refusals import Faster, Forbidden, Refused
from tests.factories import IBANS, START, World, euros, place
from tests.workflow.office import today_is
from workflow import findings, noticing
from workflow.decisions import checks
from workflow.models import Case, Finding, Threshold

pytestmark = pytest.mark.django_db


def codes(case: Case) -> set[str]:
    return {str(one.code) for one in findings.standing(case.findings.all())}


def other_round(world: World) -> Round:
    """A second programme that is open at the same time."""
    fields = {
        name: getattr(world.programme, name) for name in (
            "purpose", "applicants", "documents", "contact_name", "contact_phone", "contact_email", "financing",
            "rate_numerator", "rate_denominator", "maximum", "minimum", "product", "account", "is_published",
        )
    }  # fmt: skip
    programme = Programme.objects.create(slug="ehrenamt", prefix="EHR", title="Ehrenamt", **fields)
    return Round.objects.create(
        programme=programme, title="Runde 2026", fiscal_year=2026, opens_at=world.round.opens_at,
        closes_at=world.round.closes_at,
    )  # fmt: skip


def elsewhere(world: World, **fields: Any) -> Case:
    """A filed case of the same organisation in another programme."""
    fields = {"title": "Gartenprojekt"} | fields
    case = world.filed(**fields)
    call = other_round(world)
    type(case.application).objects.filter(pk=case.application.pk).update(round=call)
    Case.objects.filter(pk=case.pk).update(programme=call.programme)
    return Case.objects.get(pk=case.pk)


def cost(case: Case, description: str, amount: str) -> None:
    CostLine.objects.create(
        application=case.application, category="material", description=description, unit_price=euros(amount),
        amount=euros(amount),
    )  # fmt: skip


def source(case: Case, kind: str, amount: str, status: str = "granted") -> None:
    SourceLine.objects.create(
        application=case.application, kind=kind, description="Bescheid", amount=euros(amount), status=status
    )


# One table: what was there before, and what stands out in the new case


def reported(world: World, state: str, *, days: int) -> None:
    """Another project of the organisation whose report was due so many days ago."""
    today = world.at.date()
    place(
        world.issued(title="Chor"), state, notified_on=today, lawsuit_until=today,
        report_due_on=today - timedelta(days=days),
    )  # fmt: skip


def opened(case: Case, world: World) -> Case:
    """The computer looks when the check begins."""
    return world.do(case, "start_check", "caseworker")


def plain(world: World) -> Case:
    return opened(world.filed(title="Sprachcafé am Deich"), world)


def similar_in_round(world: World) -> Case:
    world.filed(title="Sprachcafé am Deich 2026")
    return plain(world)


def other_words_in_round(world: World) -> Case:
    world.filed(title="Fahrradwerkstatt für alle")
    return plain(world)


def withdrawn_before(world: World) -> Case:
    place(world.filed(title="Sprachcafé am Deich"), "withdrawn")
    return plain(world)


def of_somebody_else(world: World) -> Case:
    other = world.new_organisation("Chor e. V. (Demo)", IBANS[1])
    world.filed(title="Sprachcafé am Deich", organisation=other)
    return plain(world)


def same_time_elsewhere(world: World) -> Case:
    elsewhere(world, title="Am Deich: Sprachcafé")
    return plain(world)


def later_elsewhere(world: World) -> Case:
    begin = (world.at + timedelta(days=201)).date()
    elsewhere(world, title="Sprachcafé am Deich", starts_on=begin, ends_on=begin + timedelta(days=30))
    return plain(world)


def touching_elsewhere(world: World) -> Case:
    begin = (world.at + timedelta(days=200)).date()
    elsewhere(world, title="Sprachcafé am Deich", starts_on=begin, ends_on=begin + timedelta(days=30))
    return plain(world)


def same_cost_elsewhere(world: World) -> Case:
    other = elsewhere(world)
    CostLine.objects.filter(application=other.application).delete()
    cost(other, "Beamer  für Abende", "399.90")
    case = plain(world)
    CostLine.objects.filter(application=case.application).delete()
    cost(case, "beamer für abende", "399.90")
    cost(case, "Papier", "1600.10")
    findings.refresh(case, at=world.at)
    return case


def same_account(world: World) -> Case:
    world.new_organisation("Zweitverein e. V. (Demo)", IBANS[0])
    return plain(world)


def no_account(world: World) -> Case:
    case = plain(world)
    world.new_organisation("Zweitverein e. V. (Demo)", "")
    Organisation.objects.update(iban="")
    case = Case.objects.get(pk=case.pk)
    findings.refresh(case, at=world.at)
    return case


def public_money(amount: str, status: str = "granted", kind: str = "public_state") -> Callable[[World], Case]:
    """Costs 2,000 €, asked of the county 1,600 €."""

    def build(world: World) -> Case:
        case = plain(world)
        source(case, kind, amount, status)
        findings.refresh(case, at=world.at)
        return case

    return build


def overdue(days: int) -> Callable[[World], Case]:
    def build(world: World) -> Case:
        reported(world, "report_due", days=days)
        return plain(world)

    return build


def report_is_in(world: World) -> Case:
    reported(world, "report_submitted", days=9)
    return plain(world)


def claim(state: str) -> Callable[[World], Case]:
    def build(world: World) -> Case:
        award = world.issued(title="Chor")
        day = world.at.date()
        Commitment.objects.get(thread=award.thread).clawbacks.create(
            amount=euros("350"), ground="settlement", heard_until=day, opened_at=world.at, state=state, due_on=day,
            paid_on=day,
        )  # fmt: skip
        return plain(world)

    return build


def split(first: str, second: str, limit: str) -> Callable[[World], Case]:
    def build(world: World) -> Case:
        Threshold.objects.create(valid_from=world.at.date(), up_to=euros(limit), decides="administration")
        Threshold.objects.create(valid_from=world.at.date(), decides="county_committee")
        world.filed(title="Fahrradwerkstatt", requested=first)
        return opened(world.filed(title="Sprachcafé am Deich", requested=second), world)

    return build


VECTORS: list[tuple[str, Callable[[World], Case], set[str]]] = [
    ("nothing", plain, set()),
    ("similar name in the round", similar_in_round, {"duplicate"}),
    ("another name in the round", other_words_in_round, set()),
    ("withdrawn before", withdrawn_before, set()),
    ("of another organisation", of_somebody_else, set()),
    ("same words, other order, other programme", same_time_elsewhere, {"double_funding"}),
    ("other programme, but later", later_elsewhere, set()),
    ("other programme, one day in common", touching_elsewhere, {"double_funding"}),
    ("the same expense in another programme", same_cost_elsewhere, {"double_funding"}),
    ("same account", same_account, {"same_account"}),
    ("no account at all", no_account, set()),
    ("public money as high as the costs", public_money("400"), set()),
    ("one cent more", public_money("400.01"), {"overfunded"}),
    ("declined does not count", public_money("900", "declined"), set()),
    ("donations are not public", public_money("900", kind="donations_sponsoring"), set()),
    ("report due yesterday", overdue(1), {"overdue_report"}),
    ("report due today", overdue(0), set()),
    ("report is in", report_is_in, set()),
    ("claim in hearing", claim("hearing"), {"open_claim"}),
    ("claim paid", claim("paid"), set()),
    ("together above the limit", split("1600", "1600", "3199.99"), {"split"}),
    ("together at the limit", split("1600", "1600", "3200"), set()),
    ("already alone above it", split("500", "1600", "1000"), set()),
]


@pytest.mark.parametrize(("build", "expected"), [row[1:] for row in VECTORS], ids=[row[0] for row in VECTORS])
def test_what_stands_out(build: Callable[[World], Case], expected: set[str]) -> None:
    case = build(World())
    assert codes(case) == expected
    hard = {"overfunded", "overdue_report", "open_claim"}
    assert {one.code for one in case.findings.filter(is_hard=True)} == expected & hard


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("Sprachcafé am Deich", "sprachcafé  AM deich", 1.0, 1.0),
        ("Sprachcafé am Deich", "Am Deich: Sprachcafé", 0.9, 1.0),
        ("Sprachcafé am Deich", "Fahrradwerkstatt", 0.0, 0.5),
        ("", "Sprachcafé", 0.0, 0.0),
    ],
)
def test_titles_are_alike_in_any_case_and_order(one: str, other: str, least: float, most: float) -> None:
    assert least <= noticing.alike(one, other) <= most


def test_as_many_queries_for_thirty_other_cases_as_for_one() -> None:
    counts, world = [], World()
    for others in (1, 30):
        while Case.objects.count() < others + 1:
            world.filed()
        Finding.objects.all().delete()
        case = Case.objects.order_by("pk")[0]
        with CaptureQueriesContext(
            connection,
        ) as caught:
            findings.refresh(Case.objects.get(pk=case.pk), at=world.at)
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_of_one_kind_only_five_are_told() -> None:
    world = World()
    case = opened([world.filed(title="Sprachcafé am Deich") for _number in range(8)][-1], world)
    assert case.findings.filter(code="duplicate").count() == noticing.MOST


# Kept, gone, back again


def test_what_is_gone_is_marked_and_what_comes_back_keeps_its_reason() -> None:
    world = World()
    case = similar_in_round(world)
    one = case.findings.get()
    findings.acknowledge(one, reason="Anderes Dorf", actor=world.cast.actor["caseworker"], at=world.at)
    other = Case.objects.exclude(pk=case.pk).get()
    type(other.application).objects.filter(pk=other.application_id).update(title="Ganz anders")
    findings.refresh(case, at=world.later(hours=1))
    assert case.findings.get().gone_at == world.at
    type(other.application).objects.filter(pk=other.application_id).update(title="Sprachcafé am Deich 2026")
    findings.refresh(case, at=world.later(hours=1))
    again = case.findings.get()
    assert (again.gone_at, again.found_at, again.reason) == (None, world.at, "Anderes Dorf")


def test_an_answer_has_the_computer_look_again() -> None:
    world = World()
    case = world.questioned()
    source(case, "public_state", "500")
    assert codes(case) == set()
    world.do(case, "answer", "applicant", answer="Hier ist der Bescheid des Landes.")
    assert codes(case) == {"overfunded"}


def test_the_constraint_wants_a_person_and_a_reason() -> None:
    world = World()
    case = similar_in_round(world)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE workflow_finding SET acknowledged_at = %s WHERE case_id = %s", [world.at, case.pk])


# Acknowledging


def test_a_soft_one_blocks_nothing_and_is_told_at_the_decision() -> None:
    world = World()
    world.filed(title="Sprachcafé am Deich 2026")
    case = world.proposed(title="Sprachcafé am Deich")
    actor, today = world.cast.actor["decider"], world.at.date()
    shown = {check.sentence: check.state for check in checks(case, [], actor=actor, today=today)}
    assert "notice" in {state for sentence, state in shown.items() if "Ähnlicher Antrag" in sentence}
    assert world.do(case, "approve", "decider", conditions=[]).state == "approved"


def test_an_explained_one_stands_with_its_explanation_at_the_decision() -> None:
    world = World()
    world.filed(title="Sprachcafé am Deich 2026")
    case = world.proposed(title="Sprachcafé am Deich")
    findings.acknowledge(case.findings.get(), reason="Anderes Dorf", actor=world.cast.actor["caseworker"], at=world.at)
    told = [
        c for c in checks(case, [], actor=world.cast.actor["decider"], today=world.at.date()) if "Ähnlich" in c.sentence
    ]
    assert [check.state for check in told] == ["fine"]
    assert "Anderes Dorf" in told[0].detail


WHO = [
    ("duplicate", "caseworker", True), ("duplicate", "decider", True), ("duplicate", "technical_reviewer", False),
    ("overdue_report", "caseworker", False), ("overdue_report", "decider", True),
    ("open_claim", "caseworker", False), ("open_claim", "decider", True),
    ("overfunded", "caseworker", False), ("overfunded", "decider", False),
]  # fmt: skip


@pytest.mark.parametrize(("code", "who", "may"), WHO)
def test_who_may_acknowledge(code: str, who: str, may: bool) -> None:
    world = World()
    case = plain(world)
    hard = code != "duplicate"
    one = Finding.objects.create(case=case, code=code, sentence="Etwas fällt auf.", is_hard=hard, found_at=world.at)
    actor = world.cast.actor[who]
    assert findings.may_acknowledge(case, one, actor) is may
    if may:
        findings.acknowledge(one, reason="Geklärt", actor=actor, at=world.at)
        event = Event.objects.get(kind="finding_overridden" if hard else "finding_acknowledged")
        assert (event.thread, event.reason, event.actor_role) == (case.reference, "Geklärt", who)
    else:
        with pytest.raises(Forbidden):
            findings.acknowledge(one, reason="Geklärt", actor=actor, at=world.at)


def test_a_blank_reason_is_none_and_a_second_person_is_slower() -> None:
    world = World()
    case = similar_in_round(world)
    one, actor = case.findings.get(), world.cast.actor["caseworker"]
    with pytest.raises(Refused):
        findings.acknowledge(one, reason="  ", actor=actor, at=world.at)
    findings.acknowledge(one, reason="Anderes Dorf", actor=actor, at=world.at)
    with pytest.raises(Faster):
        findings.acknowledge(one, reason="Noch einmal", actor=world.cast.actor["decider"], at=world.at)
    assert case.findings.get().reason == "Anderes Dorf"


def test_nothing_is_explained_after_the_decision() -> None:
    world = World()
    case = similar_in_round(world)
    one = case.findings.get()
    one.case = place(case, "withdrawn")
    with pytest.raises(Refused):
        findings.acknowledge(one, reason="Anderes Dorf", actor=world.cast.actor["caseworker"], at=world.at)


# The page


@pytest.fixture
def stage(client: Client, settings: Settings) -> World:
    settings.DEMO = True  # nobody here has a second factor
    world = World()
    client.force_login(world.cast.user["caseworker"])
    return world


@pytest.fixture(autouse=True)
def _the_day_of_the_story(request: pytest.FixtureRequest) -> Iterator[None]:
    if "client" not in request.fixturenames:
        yield
        return
    with today_is(START):
        yield


def test_the_page_tells_it_calmly_and_takes_the_reason(client: Client, stage: World) -> None:
    case = similar_in_round(stage)
    page = reverse("workflow:case", args=[case.reference])
    assert "Ähnlicher Antrag in derselben Runde" in client.get(page).content.decode()
    one = case.findings.get()
    url = reverse("workflow:finding_acknowledge", args=[case.reference, one.pk])
    wrong = client.post(url, {f"auffaelligkeit-{one.pk}-reason": " "})
    assert wrong.status_code == 422
    assert "Bitte schreiben Sie eine Begründung." in wrong.content.decode()
    assert client.post(url, {f"auffaelligkeit-{one.pk}-reason": "Anderes Dorf"}).status_code == 302
    shown = client.get(page).content.decode()
    assert "Anderes Dorf" in shown
    assert "Geklärt: Ähnlicher Antrag" in shown
    assert client.post(url, {f"auffaelligkeit-{one.pk}-reason": "Noch einmal"}).status_code == 409


def test_a_finding_of_another_case_is_not_found_here(client: Client, stage: World) -> None:
    case, other = similar_in_round(stage), stage.filed(title="Fahrradwerkstatt")
    url = reverse("workflow:finding_acknowledge", args=[other.reference, case.findings.get().pk])
    assert client.post(url, {}).status_code == 404


def test_looking_again_finds_what_came_since(client: Client, stage: World) -> None:
    case = plain(stage)
    stage.new_organisation("Zweitverein e. V. (Demo)", IBANS[0])
    assert codes(case) == set()
    found = client.post(reverse("workflow:findings_refresh", args=[case.reference]), follow=True)
    assert codes(case) == {"same_account"}
    assert "Ein Punkt ist offen" in found.content.decode() or "1 Punkt ist offen" in found.content.decode()


def test_the_decider_reads_why_not_and_may_let_it_pass(client: Client, stage: World) -> None:
    world = stage
    reported(world, "report_due", days=3)
    case = world.proposed()
    client.force_login(world.cast.user["decider"])
    page = reverse("workflow:decide", args=[case.reference])
    assert "seit 27.02.2026 überfällig" in client.get(page).content.decode()
    assert client.post(page, {"do": "approve", "approve-version": case.version}).status_code == 422
    one = case.findings.get()
    url = reverse("workflow:finding_acknowledge", args=[case.reference, one.pk])
    client.post(url, {f"auffaelligkeit-{one.pk}-reason": "Der Nachweis ist angekündigt."})
    assert client.post(page, {"do": "approve", "approve-version": case.version}).status_code == 302
    assert Case.objects.get(pk=case.pk).state == "approved"
