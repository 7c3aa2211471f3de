"""Scenarios: amounts tried on cases. They bind nothing; one of them is frozen and becomes proposals, row by row."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from accounts.roles import Role
from funding import ledger
from funding.models import BudgetLine, LedgerEntry, Reservation
from journal.models import Event
from journal.refusals import Faster, Forbidden, Refused
from tests.factories import World, euros
from tests.workflow.office import at_the_desk, queries_of, today_is
from workflow import scenarios
from workflow.models import Case, CaseState, Scenario, ScenarioRow, Threshold
from workflow.scenario_proposals import write
from workflow.scenario_sheet import sheet
from workflow.scenarios import Try, Way

pytestmark = pytest.mark.django_db
Rule = Scenario.Rule
PAGE = "/szenarien/"


@pytest.fixture
def world(settings: Settings) -> World:
    settings.DEMO = True  # nobody here has a second factor
    return World(budget=euros("3000"))


def reviewed(world: World, requested: str = "1600", score: int | None = None, **fields: Any) -> Case:
    case = world.reviewing(requested=requested, cost=str(int(requested) * 2), **fields)
    Case.objects.filter(pk=case.pk).update(score=score)
    case.score = score
    return case


def of(world: World, *cases: Case, title: str = "Szenario A") -> Scenario:
    actor = world.cast.actor["caseworker"]
    made = scenarios.begin(title=title, fiscal_year=2026, cases=cases, actor=actor, at=world.at)
    return Scenario.objects.get(pk=made.pk)


def way(scenario: Scenario, **changes: Any) -> Way:
    found: dict[str, Any] = {"title": scenario.title, "rule": scenario.rule, "unit": scenario.unit, "cap": scenario.cap}
    return Way(**found | changes)


def tried(**amounts: str) -> dict[int, Try]:
    """`a12="300"` is 300 € for case 12; with `!` it is fixed."""
    return {
        int(name[1:]): Try(amount=euros(text.strip("!")) if text.strip("!") else None, is_fixed=text.endswith("!"))
        for name, text in amounts.items()
    }


def keep(world: World, scenario: Scenario, verb: Any = scenarios.save, **amounts: Any) -> Scenario:
    changes = {name: amounts.pop(name) for name in ("rule", "unit", "cap") if name in amounts}
    actor = world.cast.actor["caseworker"]
    verb(scenario, way(scenario, **changes), tried(**amounts), seen=scenario.version, actor=actor)
    return Scenario.objects.get(pk=scenario.pk)


def given(scenario: Scenario) -> list[str]:
    return ["–" if row.amount is None else f"{row.amount:.2f}" for row in scenario.rows.all()]


def frozen(world: World, *cases: Case, **amounts: str) -> Scenario:
    scenario = keep(world, of(world, *cases), **amounts)
    actor = world.cast.actor["caseworker"]
    return scenarios.freeze(scenario, seen=scenario.version, actor=actor, at=world.at)


# Amounts


def test_a_new_scenario_has_the_cases_and_no_amounts(world: World) -> None:
    scenario = of(world, reviewed(world, score=50), reviewed(world, score=90))
    assert given(scenario) == ["–", "–"]
    assert [entry.result for entry in sheet(scenario).entries] == ["noch offen", "noch offen"]


def test_nothing_is_bound_put_aside_or_changed_by_any_verb(world: World) -> None:
    case = reviewed(world)
    before = LedgerEntry.objects.count(), Reservation.objects.count(), Case.objects.values().get(pk=case.pk)
    line = BudgetLine.objects.values().get()
    scenario = keep(world, of(world, case), scenarios.respread)
    scenario = keep(world, scenario, **{f"a{case.pk}": "500!"})
    scenarios.copy(scenario, title="B", actor=world.cast.actor["caseworker"], at=world.at)
    scenarios.freeze(scenario, seen=scenario.version, actor=world.cast.actor["caseworker"], at=world.at)
    assert before == (LedgerEntry.objects.count(), Reservation.objects.count(), Case.objects.values().get(pk=case.pk))
    assert line == BudgetLine.objects.values().get()


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule.BY_SCORE, ["1400.00", "1600.00", "0.00"]),
        (Rule.PRO_RATA, ["978.00", "978.00", "1043.00"]),
        (Rule.EQUAL_CUT, ["978.00", "978.00", "1043.00"]),
        (Rule.CAPPED, ["1000.00", "1000.00", "1000.00"]),
    ],
)
def test_the_rest_is_spread_by_the_rule(world: World, rule: str, expected: list[str]) -> None:
    cases = [reviewed(world, "1500", 70), reviewed(world, "1600", 80), reviewed(world, "1600", 60)]
    scenario = keep(world, of(world, *cases), scenarios.respread, rule=rule, unit=euros("1"))
    if rule in {Rule.PRO_RATA, Rule.EQUAL_CUT}:
        expected = ["957.00", "1021.00", "1021.00"]
    assert given(scenario) == expected


def test_fixed_amounts_stay_and_only_the_rest_is_spread(world: World) -> None:
    first, second, third = reviewed(world), reviewed(world), reviewed(world)
    typed = {f"a{first.pk}": "1600!", f"a{second.pk}": "5", f"a{third.pk}": ""}
    scenario = keep(world, of(world, first, second, third), scenarios.respread, rule=Rule.EQUAL_CUT, **typed)
    assert given(scenario) == ["1600.00", "700.00", "700.00"]


def test_a_cap_holds_for_every_rule(world: World) -> None:
    cases = [reviewed(world, score=9), reviewed(world, score=8), reviewed(world, score=7)]
    for rule in Rule.values:
        scenario = keep(world, of(world, *cases), scenarios.respread, rule=rule, cap=euros("600"))
        assert given(scenario) == ["600.00"] * 3


def test_below_the_least_award_is_flagged_and_the_rest_is_explained(world: World) -> None:
    type(world.programme).objects.update(minimum=euros("400"))
    first, second = reviewed(world, "1600", 90), reviewed(world, "1600", 80)
    scenario = keep(world, of(world, first, second), **{f"a{first.pk}": "399.99", f"a{second.pk}": "0"})
    assert [entry.is_below_least for entry in sheet(scenario).entries] == [True, False]
    BudgetLine.objects.update(appropriation=euros("1880"))
    scenario = keep(world, scenario, scenarios.respread, rule=Rule.BY_SCORE)
    assert given(scenario) == ["1600.00", "0.00"]
    assert sheet(scenario).pots[0].note == "Der Rest liegt unter dem Mindestbetrag von 400,00\xa0€ und bleibt frei."


@pytest.mark.parametrize(
    ("requested", "cost", "most"), [("1600", "2000", "1600"), ("500", "1000", "500")], ids=["request", "rule"]
)
def test_never_above_the_request_or_the_rule(world: World, requested: str, cost: str, most: str) -> None:
    case = world.reviewing(requested="1600", cost="2000")
    world.plan(case.application, requested=requested, cost=cost)
    scenario = keep(world, of(world, case), **{f"a{case.pk}": most})
    with pytest.raises(Refused):
        keep(world, scenario, **{f"a{case.pk}": str(Decimal(most) + Decimal("0.01"))})
    assert given(scenario) == [f"{most}.00"]


def test_the_programmes_maximum_holds(world: World) -> None:
    case = reviewed(world)
    type(world.programme).objects.update(maximum=euros("1000"))
    with pytest.raises(Refused, match=r"1\.000,00"):
        keep(world, of(world, case), **{f"a{case.pk}": "1000.01"})


def test_the_database_refuses_a_negative_amount_and_a_case_twice(world: World) -> None:
    case = reviewed(world)
    scenario = of(world, case)
    with pytest.raises(IntegrityError, match="scenario_amount_not_negative"), transaction.atomic():
        ScenarioRow.objects.update(amount=euros("-1"))
    with pytest.raises(IntegrityError), transaction.atomic():
        ScenarioRow.objects.create(scenario=scenario, case=case, position=2)


# What is there


def test_each_case_draws_on_its_own_line(world: World) -> None:
    second = BudgetLine.objects.create(
        fiscal_year=2026, product="3.5.1.02", account="4318", title="Sprache", status="open"
    )
    officer = world.cast.actor["budget_officer"].acting_as(Role.BUDGET_OFFICER)
    ledger.appropriate(second, euros("500"), move=ledger.Movement(actor=officer, at=world.at, reason="Haushalt"))
    first, other = reviewed(world), reviewed(world)
    programme = type(world.programme).objects.get()
    programme.pk, programme.slug, programme.product = None, "sprache", "3.5.1.02"
    programme.save()
    Case.objects.filter(pk=other.pk).update(programme=programme)
    scenario = keep(world, of(world, first, Case.objects.get(pk=other.pk)), scenarios.respread, rule=Rule.EQUAL_CUT)
    assert given(scenario) == ["1600.00", "500.00"]
    assert [(pot.available, pot.rest) for pot in sheet(scenario).pots] == [
        (euros("3000"), euros("1400")),
        (euros("500"), euros("0")),
    ]


def test_a_sub_budget_is_a_line_of_its_own(world: World) -> None:
    move = ledger.Movement(actor=world.cast.actor["budget_officer"], at=world.at, reason="Aufteilung")
    ledger.allocate(world.line, world.municipality, euros("700"), move=move)
    elsewhere = type(world.municipality).objects.create(name="Wittmund", ags="03462019")
    first, second = reviewed(world), reviewed(world, municipality=elsewhere)
    scenario = keep(world, of(world, first, second), scenarios.respread, rule=Rule.EQUAL_CUT)
    assert given(scenario) == ["700.00", "1600.00"]
    assert [pot.label for pot in sheet(scenario).pots] == [
        "Aufwendung für Koordinierungsstelle 2026, Friedeburg", "Aufwendung für Koordinierungsstelle 2026",
    ]  # fmt: skip


def test_what_a_case_has_put_aside_already_counts_for_it(world: World) -> None:
    proposed = world.proposed()
    assert sheet(of(world, proposed)).pots[0].available == euros("3000")
    assert sheet(of(world, reviewed(world))).pots[0].available == euros("1400")


def test_without_a_line_there_is_nothing_to_spread(world: World) -> None:
    case = reviewed(world)
    Case.objects.update(fiscal_year=2031)
    found = scenarios.begin(
        title="A", fiscal_year=2031, cases=[Case.objects.get(pk=case.pk)], actor=world.cast.actor["caseworker"],
        at=world.at,
    )  # fmt: skip
    scenario = keep(world, Scenario.objects.get(pk=found.pk), scenarios.respread)
    assert given(scenario) == ["0.00"]
    assert sheet(scenario).pots[0].note == "Für 2031 gibt es noch keine Haushaltslinie."


# Who was first, and freezing


def test_the_second_of_two_is_told_and_nothing_of_his_is_kept(world: World) -> None:
    case = reviewed(world)
    scenario = of(world, case)
    keep(world, scenario, **{f"a{case.pk}": "100"})
    for verb in (scenarios.save, scenarios.respread):
        with pytest.raises(Faster):
            keep(world, scenario, verb, **{f"a{case.pk}": "200"})
    assert given(scenario) == ["100.00"]


def test_a_frozen_one_stays_as_it_is(world: World) -> None:
    case = reviewed(world)
    scenario = frozen(world, case, **{f"a{case.pk}": "800"})
    actor = world.cast.actor["caseworker"]
    with pytest.raises(Faster):
        keep(world, scenario, **{f"a{case.pk}": "100"})
    with pytest.raises(Faster):
        scenarios.choose(scenario, [case], seen=scenario.version, actor=actor)
    with pytest.raises(Faster):
        scenarios.remove(scenario, seen=scenario.version, actor=actor, at=world.at)
    with pytest.raises(Faster):
        scenarios.freeze(scenario, seen=scenario.version, actor=actor, at=world.at)
    assert given(scenario) == ["800.00"]
    assert Event.objects.filter(kind="scenario_frozen").count() == 1


def test_nothing_and_too_much_are_not_frozen(world: World) -> None:
    first, second = reviewed(world), reviewed(world)
    scenario = of(world, first, second)
    actor = world.cast.actor["caseworker"]
    with pytest.raises(Refused, match="Noch hat kein Antrag einen Betrag"):
        scenarios.freeze(scenario, seen=scenario.version, actor=actor, at=world.at)
    scenario = keep(world, scenario, **{f"a{first.pk}": "1600", f"a{second.pk}": "1500"})
    with pytest.raises(Refused, match="Es fehlen 100,00"):
        scenarios.freeze(scenario, seen=scenario.version, actor=actor, at=world.at)
    assert Scenario.objects.get(pk=scenario.pk).frozen_at is None


def test_a_copy_is_open_and_has_the_same_amounts(world: World) -> None:
    case = reviewed(world)
    scenario = frozen(world, case, **{f"a{case.pk}": "800!"})
    made = scenarios.copy(scenario, title="B", actor=world.cast.actor["coordinator"], at=world.at)
    assert (given(made), made.frozen_at, made.rows.get().is_fixed) == (["800.00"], None, True)


def test_only_the_officers_write_scenarios(world: World) -> None:
    case = reviewed(world)
    for name in ("decider", "auditor", "technical_reviewer", "applicant"):
        with pytest.raises(Forbidden):
            scenarios.begin(title="A", fiscal_year=2026, cases=[case], actor=world.cast.actor[name], at=world.at)


def test_other_cases_keep_the_amounts_of_those_that_stay(world: World) -> None:
    first, second, third = reviewed(world), reviewed(world), reviewed(world)
    scenario = keep(world, of(world, first, second), **{f"a{first.pk}": "100", f"a{second.pk}": "200"})
    scenarios.choose(scenario, [second, third], seen=scenario.version, actor=world.cast.actor["caseworker"])
    assert {row.case_id: row.amount for row in scenario.rows.all()} == {second.pk: euros("200"), third.pk: None}


# Proposals


def wrote(world: World, scenario: Scenario, **seen: int) -> dict[str, str]:
    versions = {case.pk: case.version for case in Case.objects.all()} | {int(k[1:]): v for k, v in seen.items()}
    actor = world.cast.actor["caseworker"]
    done = write(scenario, reason="Nach Punkten", seen=versions, actor=actor, at=world.at)
    return {outcome.reference: outcome.result for outcome in done}


def test_a_frozen_scenario_becomes_proposals_row_by_row(world: World) -> None:
    first, second, third, fourth = (reviewed(world, score=score) for score in (90, 80, 70, 60))
    amounts = {f"a{first.pk}": "1600", f"a{second.pk}": "900.50", f"a{third.pk}": "0", f"a{fourth.pk}": ""}
    scenario = frozen(world, first, second, third, fourth, **amounts)
    assert list(wrote(world, scenario).values()) == ["done", "done", "done", "left"]
    found = Case.objects.in_bulk()
    assert [found[case.pk].state for case in (first, second, third, fourth)] == [
        CaseState.DECISION_READY, CaseState.DECISION_READY, CaseState.WAITLISTED, CaseState.TECHNICAL_REVIEW,
    ]  # fmt: skip
    assert [found[case.pk].proposed_amount for case in (first, second)] == [euros("1600"), euros("900.50")]
    assert found[first.pk].score == 90
    assert BudgetLine.objects.get().reserved == euros("2500.50")


def test_a_refused_row_stops_no_other_and_is_told_with_its_sentence(world: World) -> None:
    first, second = reviewed(world, score=90), reviewed(world, score=80)
    scenario = frozen(world, first, second, **{f"a{first.pk}": "1600", f"a{second.pk}": "1400"})
    world.do(first, "withdraw", "applicant")
    result = wrote(world, scenario)
    assert result == {first.reference: "refused", second.reference: "done"}
    assert Case.objects.get(pk=second.pk).state == CaseState.DECISION_READY
    rows = Event.objects.get(kind="scenario_proposed").facts["rows"]
    assert rows[0]["sentence"] == "steht inzwischen auf „Zurückgezogen“"


def test_a_case_that_moved_on_since_it_was_read_is_left_alone(world: World) -> None:
    first, second = reviewed(world, score=90), reviewed(world, score=80)
    scenario = frozen(world, first, second, **{f"a{first.pk}": "1600", f"a{second.pk}": "1400"})
    assert wrote(world, scenario, **{f"a{first.pk}": first.version - 1})[first.reference] == "refused"
    assert Case.objects.get(pk=first.pk).state == CaseState.TECHNICAL_REVIEW


def test_money_that_went_elsewhere_refuses_the_row(world: World) -> None:
    first, second = reviewed(world, score=90), reviewed(world, score=80)
    scenario = frozen(world, first, second, **{f"a{first.pk}": "1600", f"a{second.pk}": "1400"})
    world.proposed(requested="100", cost="200")
    assert wrote(world, scenario) == {first.reference: "done", second.reference: "refused"}


def test_what_a_body_decides_is_not_proposed(world: World) -> None:
    case = reviewed(world)
    Threshold.objects.create(valid_from=world.at.date(), up_to=None, decides="county_committee")
    scenario = frozen(world, case, **{f"a{case.pk}": "1600"})
    assert wrote(world, scenario) == {case.reference: "left"}
    with today_is(world.at):
        body = at_the_desk(world, "caseworker").get(f"{PAGE}{scenario.key}/vorschlaege/").content.decode()
    assert "es entscheidet: Kreisausschuss" in body


def test_what_a_body_decides_goes_into_a_paper_with_its_amounts(world: World) -> None:
    first, second = reviewed(world, score=90), reviewed(world, "400", score=80)
    Threshold.objects.create(valid_from=world.at.date(), up_to=euros("500"), decides="administration")
    Threshold.objects.create(valid_from=world.at.date(), up_to=None, decides="county_committee")
    scenario = frozen(world, first, second, **{f"a{first.pk}": "1500", f"a{second.pk}": "400"})
    url = f"{PAGE}{scenario.key}/"
    with today_is(world.at):
        client = at_the_desk(world, "caseworker")
        assert "Vorlage daraus machen" in client.get(f"{url}vorschlaege/").content.decode()
        assert client.post(f"{url}vorlage/").status_code == 302
        paper = scenario.papers.get()
        assert paper.number in client.get(f"{url}vorschlaege/").content.decode()
        assert client.post(f"{url}vorlage/").status_code == 422
    assert [(row.case, row.amount) for row in paper.cases.all()] == [(first, euros("1500"))]
    states = Case.objects.in_bulk([first.pk, second.pk])
    assert (states[first.pk].state, states[second.pk].state) == (CaseState.IN_COMMITTEE, CaseState.TECHNICAL_REVIEW)
    assert BudgetLine.objects.get().reserved == euros("0")


def test_who_goes_before_others_on_the_waiting_list_does_so_for_the_reason_of_the_scenario(world: World) -> None:
    cases = [reviewed(world, score=90), reviewed(world, score=80)]
    first, second = (world.do(case, "put_on_waitlist", "caseworker", reason="Kein Geld") for case in cases)
    scenario = frozen(world, first, second, **{f"a{first.pk}": "0", f"a{second.pk}": "700"})
    assert wrote(world, scenario) == {first.reference: "left", second.reference: "done"}
    passed = Event.objects.get(kind="waiting_rank_passed")
    assert (passed.thread, passed.reason) == (first.reference, "Nach Punkten")


def test_writing_twice_writes_once(world: World) -> None:
    case = reviewed(world)
    scenario = frozen(world, case, **{f"a{case.pk}": "1600"})
    assert wrote(world, scenario) == {case.reference: "done"}
    assert wrote(world, scenario) == {case.reference: "left"}
    assert Event.objects.filter(kind="proposed").count() == 1


def test_an_open_one_and_a_missing_reason_write_nothing(world: World) -> None:
    case = reviewed(world)
    actor = world.cast.actor["caseworker"]
    with pytest.raises(Refused):
        write(of(world, case), reason="x", seen={}, actor=actor, at=world.at)
    scenario = frozen(world, case, **{f"a{case.pk}": "1600"})
    with pytest.raises(Refused):
        write(scenario, reason=" ", seen={}, actor=actor, at=world.at)
    with pytest.raises(Forbidden):
        write(scenario, reason="x", seen={}, actor=world.cast.actor["coordinator"], at=world.at)


# The pages


def typed(scenario: Scenario, **amounts: str) -> dict[str, str]:
    base = {"version": str(scenario.version), "title": scenario.title, "rule": scenario.rule, "unit": "1.00", "cap": ""}
    return base | {f"amount_{name[1:]}": text for name, text in amounts.items()}


def send(world: World, scenario: Scenario, name: str = "caseworker", **data: str) -> Any:
    with today_is(world.at):
        return at_the_desk(world, name).post(f"{PAGE}{scenario.key}/", data)


def test_from_the_list_to_a_frozen_proposal_in_the_browser(world: World) -> None:
    first, second = reviewed(world, score=90), reviewed(world, score=80)
    client = at_the_desk(world, "caseworker")
    with today_is(world.at):
        assert "Noch kein Szenario." in client.get(PAGE).content.decode()
        page = client.get(f"{PAGE}neu/").content.decode()
        assert page.index(first.reference) < page.index(second.reference)
        answer = client.post(f"{PAGE}neu/", {"title": "Nach Punkten", "cases": [first.pk, second.pk]})
        scenario = Scenario.objects.get()
        assert answer.url == f"{PAGE}{scenario.key}/"  # type: ignore[attr-defined]
        client.post(answer.url, typed(scenario, do="x") | {"do": "spread", "rule": "by_score"})  # type: ignore[attr-defined]
        page = client.get(answer.url).content.decode()  # type: ignore[attr-defined]
        assert 'value="1.600,00"' in page
        assert 'value="1.400,00"' in page
        scenario.refresh_from_db()
        amounts = {f"a{first.pk}": "1.600,00", f"a{second.pk}": "1400"}
        client.post(answer.url, typed(scenario, **amounts) | {"do": "freeze"})  # type: ignore[attr-defined]
        page = client.get(answer.url).content.decode()  # type: ignore[attr-defined]
        assert "Festgeschrieben am" in page
        assert '<input type="text" name="amount_' not in page
        page = client.get(f"{answer.url}vorschlaege/").content.decode()  # type: ignore[attr-defined]
        assert "Aus dem Szenario 2 Vorschläge schreiben" in page
        seen = [f"{case.pk}-{case.version}" for case in (first, second)]
        done = client.post(f"{answer.url}vorschlaege/", {"reason": "Nach Punkten", "seen": seen}, follow=True)  # type: ignore[attr-defined]
    assert "Was aus den Anträgen wurde" in done.content.decode()
    assert set(Case.objects.values_list("state", flat=True)) == {CaseState.DECISION_READY}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1.600,01", "Beantragt sind 1.600,00\xa0€. Mehr geht nicht."),
        ("12.5", "Bitte schreiben Sie den Betrag mit Komma"),
        ("-5", "Bitte schreiben Sie den Betrag ohne Minuszeichen."),
        ("abc", "Bitte schreiben Sie den Betrag mit Komma"),
        ("9999999999", "Der Betrag ist zu hoch."),
    ],
)
def test_a_wrong_amount_is_said_at_its_field_and_nothing_is_written(world: World, text: str, sentence: str) -> None:
    first, second = reviewed(world), reviewed(world)
    scenario = of(world, first, second)
    for verb in ("save", "spread", "freeze", "copy"):
        answer = send(world, scenario, **typed(scenario, **{f"a{first.pk}": text, f"a{second.pk}": "100"}), do=verb)
        body = answer.content.decode()
        assert answer.status_code == 422
        assert sentence in body
        assert f'value="{text}"' in body
        assert f'href="#id_amount_{first.pk}"' in body
    assert given(scenario) == ["–", "–"]
    assert Scenario.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"title": " "}, "Bitte geben Sie dem Szenario einen Namen."),
        ({"title": "x" * 121}, "Der Text ist zu lang."),
        ({"cap": "0"}, "Bitte schreiben Sie einen Betrag über 0"),
        ({"rule": "dice"}, "Wählen Sie"),
        ({"unit": "7"}, "Wählen Sie"),
        ({"fixed": "on"}, "Fest kann nur ein Betrag sein."),
    ],
    ids=str,
)
def test_what_is_wrong_around_the_amounts(world: World, data: dict[str, str], sentence: str) -> None:
    case = reviewed(world)
    scenario = of(world, case)
    data = {(f"fixed_{case.pk}" if name == "fixed" else name): value for name, value in data.items()}
    answer = send(world, scenario, **typed(scenario) | data)
    assert answer.status_code == 422
    assert sentence in answer.content.decode() or "Wählen" in sentence
    assert Scenario.objects.get().version == scenario.version


def test_somebody_was_faster_is_409(world: World) -> None:
    case = reviewed(world)
    scenario = of(world, case)
    keep(world, scenario, **{f"a{case.pk}": "100"})
    for verb in ("save", "spread", "freeze"):
        assert send(world, scenario, **typed(scenario, **{f"a{case.pk}": "200"}), do=verb).status_code == 409
    assert given(scenario) == ["100.00"]


def test_no_cases_and_foreign_ones_are_refused(world: World) -> None:
    submitted = world.filed()
    with today_is(world.at):
        client = at_the_desk(world, "caseworker")
        for chosen in ([], [submitted.pk], ["x"], [999999]):
            reviewed(world)
            answer = client.post(f"{PAGE}neu/", {"title": "A", "cases": chosen})
            assert answer.status_code == 422
    assert not Scenario.objects.exists()


def test_the_live_piece_shows_what_is_typed_and_saves_nothing(world: World) -> None:
    case = reviewed(world)
    scenario = of(world, case)
    with today_is(world.at):
        client = at_the_desk(world, "caseworker")
        url = f"{PAGE}{scenario.key}/stand/"
        body = client.post(url, typed(scenario, **{f"a{case.pk}": "1.234,56"})).content.decode()
    assert "1.234,56\xa0€" in body
    assert "1.765,44\xa0€" in body
    assert "<html" not in body
    assert given(scenario) == ["–"]


def test_two_or_three_are_compared_case_for_case(world: World) -> None:
    first, second = reviewed(world), reviewed(world)
    found = [of(world, first, second, title="A"), of(world, first, title="B"), of(world, second, title="C")]
    keep(world, found[0], **{f"a{first.pk}": "123.45"})
    with today_is(world.at):
        client = at_the_desk(world, "decider")
        body = client.get(f"{PAGE}vergleich/", {"s": [str(one.key) for one in found]}).content.decode()
        assert "123,45\xa0€" in body
        assert "nicht dabei" in body
        for wrong in ([], [str(found[0].key)], ["x", "y"]):
            answer = client.get(f"{PAGE}vergleich/", {"s": wrong, "do": "compare"})
            assert answer.status_code == 422
            assert "Bitte wählen Sie zwei oder drei Szenarien." in answer.content.decode() or wrong == ["x", "y"]


def test_a_reader_sees_amounts_and_no_fields(world: World) -> None:
    case = reviewed(world)
    scenario = keep(world, of(world, case), **{f"a{case.pk}": "77.70"})
    with today_is(world.at):
        body = at_the_desk(world, "auditor").get(f"{PAGE}{scenario.key}/").content.decode()
    assert "77,70\xa0€" in body
    assert "amount_" not in body
    assert "Neu verteilen" not in body


@pytest.mark.parametrize("page", ["", "vorschlaege/"])
def test_as_many_queries_for_thirty_cases_as_for_one(world: World, page: str) -> None:
    BudgetLine.objects.update(appropriation=euros("90000"))
    few, many = (
        frozen(world, *(cases := [reviewed(world) for _number in range(count)]), **{f"a{cases[0].pk}": "100"})
        for count in (1, 30)
    )
    client = at_the_desk(world, "caseworker")
    with today_is(world.at):
        first = queries_of(client, f"{PAGE}{few.key}/{page}")
        assert queries_of(client, f"{PAGE}{many.key}/{page}") == first


def test_the_list_takes_as_many_queries_for_ten_as_for_one(world: World) -> None:
    case = reviewed(world)
    of(world, case)
    client = at_the_desk(world, "caseworker")
    with today_is(world.at):
        first = queries_of(client, PAGE)
        for number in range(10):
            of(world, case, title=str(number))
        assert queries_of(client, PAGE) == first
        assert client.get(f"{PAGE}vergleich/").status_code == 302
