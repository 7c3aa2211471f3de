"""The decision page, walked by clients: approve, offer, reject, and each way of being refused."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from funding.models import BudgetLine
from journal.models import Event
from journal.refusals import Refused
from tests.factories import World, euros
from tests.workflow.office import at_the_desk, queries_of, today_is
from workflow.models import Case, CaseState, Threshold

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Settings) -> World:
    settings.DEMO = True  # nobody here has a second factor
    return World()


def url(case: Case) -> str:
    return f"/vorgaenge/{case.reference}/entscheiden/"


def show(world: World, case: Case, name: str = "decider") -> Any:
    with today_is(world.at):
        return at_the_desk(world, name).get(url(case))


def decide(world: World, case: Case, choice: str, *, by: str = "decider", **data: Any) -> Any:
    posted = {f"{choice}-{field}": value for field, value in {"version": case.version, **data}.items()}
    with today_is(world.at):
        return at_the_desk(world, by).post(url(case), {"choice": choice, **posted})


def test_the_page_shows_what_the_decision_does_to_the_budget(world: World) -> None:
    case = world.proposed()
    world.proposed(requested="400", cost="500")
    effect = show(world, case).context["effect"]
    assert (effect.before, effect.after, effect.forecast) == (euros("20000"), euros("18400"), euros("18000"))


def test_approval_binds_the_money_and_leads_back_to_the_case(world: World) -> None:
    case = world.proposed()
    answer = decide(world, case, "approve", conditions=["Hinweis auf die Förderung in Veröffentlichungen"])
    assert (answer.status_code, answer.url) == (302, f"/vorgaenge/{case.reference}/")
    case.refresh_from_db()
    world.line.refresh_from_db()
    assert (case.state, case.award.conditions) == (
        CaseState.APPROVED,
        ["Hinweis auf die Förderung in Veröffentlichungen"],
    )
    assert (world.line.committed, world.line.reserved) == (euros("1600"), euros("0"))


def test_the_button_of_a_card_counts_more_than_the_circle(world: World) -> None:
    case = world.proposed()
    with today_is(world.at):
        at_the_desk(world, "decider").post(
            url(case),
            {"choice": "approve", "do": "reject", "reject-version": case.version, "reject-reason": "Passt nicht."},
        )
    case.refresh_from_db()
    assert case.state == CaseState.REJECTED


def test_a_lower_amount_is_offered_first(world: World) -> None:
    case = world.proposed()
    answer = decide(world, case, "offer", amount="1.200", reason="Das Geld reicht nicht.", due_on="16.03.2026")
    assert answer.status_code == 302
    case.refresh_from_db()
    assert (case.state, case.offered_amount) == (CaseState.REVISION_OFFERED, euros("1200"))


def test_a_refused_offer_keeps_what_was_typed(world: World) -> None:
    answer = decide(world, world.proposed(), "offer", amount="1.700", reason="Weniger", due_on="16.03.2026")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="1.700"' in page
    assert "Weniger" in page
    assert "Der Betrag muss niedriger sein als beantragt." in page


def test_a_lower_proposal_must_be_offered_before_it_is_approved(world: World) -> None:
    case = world.proposed("1200")
    answer = show(world, case)
    assert list(answer.context["forms"]) == ["offer", "reject"]
    assert answer.context["refusals"] == [
        "Der Betrag ist niedriger als beantragt. Bitte bieten Sie ihn dem Verein zuerst an."
    ]
    assert decide(world, case, "approve", reason="x").status_code == 422


def test_rejection_needs_its_reason(world: World) -> None:
    case = world.proposed()
    assert decide(world, case, "reject", reason="").status_code == 422
    assert decide(world, case, "reject", reason="Passt nicht zum Ziel.").status_code == 302
    case.refresh_from_db()
    world.line.refresh_from_db()
    assert (case.state, world.line.reserved) == (CaseState.REJECTED, euros("0"))


def test_too_little_money_comes_back_with_the_number_of_this_moment(world: World) -> None:
    case = world.proposed()
    BudgetLine.objects.filter(pk=world.line.pk).update(frozen=euros("19580"))
    answer = decide(world, case, "approve", conditions=[])
    page = answer.content.decode().replace("\xa0", " ")
    assert answer.status_code == 422
    assert "Es stehen noch 420,00 € zur Verfügung, gebraucht werden 1.600,00 €." in page
    assert "Auf die Warteliste setzen" in page
    case.refresh_from_db()
    assert case.state == CaseState.DECISION_READY


def test_an_unapproved_budget_refuses_and_the_page_says_so_before(world: World) -> None:
    case = world.proposed()
    BudgetLine.objects.filter(pk=world.line.pk).update(status=BudgetLine.Status.PROVISIONAL)
    checks = show(world, case).context["checks"]
    assert (checks[0].state, "116 NKomVG" in checks[0].sentence) == ("missing", True)
    assert decide(world, case, "approve", conditions=[]).status_code == 422


def test_who_proposed_does_not_decide(world: World) -> None:
    case = world.proposed()
    Case.objects.filter(pk=case.pk).update(proposed_by=world.cast.actor["decider"].key)
    answer = show(world, case)
    assert answer.context["forms"] == {}
    assert "Sie haben den Vorschlag geschrieben." in answer.content.decode()
    assert decide(world, case, "approve", conditions=[]).status_code == 422


@pytest.mark.parametrize(
    "name", ["caseworker", "technical_reviewer", "coordinator", "auditor", "applicant", "treasury"]
)
def test_nobody_else_sees_or_takes_the_decision(world: World, name: str) -> None:
    case = world.proposed()
    assert show(world, case, name).status_code == 403
    assert decide(world, case, "approve", by=name, conditions=[]).status_code == 403


def test_a_decision_on_an_older_page_changes_nothing(world: World) -> None:
    case = world.proposed()
    stale = Case.objects.get(pk=case.pk)
    world.do(case, "approve", "decider", conditions=[])
    answer = decide(world, stale, "reject", reason="Doch nicht")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Doch nicht" in page
    assert "Decider" in page


def test_no_choice_at_all_is_an_error_at_the_choice(world: World) -> None:
    case = world.proposed()
    with today_is(world.at):
        answer = at_the_desk(world, "decider").post(url(case), {})
    assert answer.status_code == 422
    assert "Bitte wählen Sie Ihre Entscheidung." in answer.content.decode()


def test_a_decided_case_has_no_decision_page(world: World) -> None:
    assert show(world, world.approved()).status_code == 302


def test_where_a_body_decides_the_missing_resolution_is_said(world: World) -> None:
    case = world.proposed()
    Threshold.objects.create(valid_from=world.at.date(), up_to=euros("1000"), decides="administration")
    Threshold.objects.create(valid_from=world.at.date(), up_to=None, decides="county_committee")
    answer = show(world, case)
    assert "Es fehlt der Beschluss: Kreisausschuss." in answer.context["refusals"]


def test_the_list_shows_what_this_person_may_decide(world: World) -> None:
    own, other = world.proposed(), world.proposed()
    Case.objects.filter(pk=own.pk).update(proposed_by=world.cast.actor["decider"].key)
    with today_is(world.at):
        context = at_the_desk(world, "decider").get("/entscheidungen/").context
    assert [case.pk for case, _proposer in context["mine"]] == [other.pk]
    assert [case.pk for case in context["own"]] == [own.pk]


def test_the_list_takes_no_more_queries_for_more_cases(world: World) -> None:
    world.proposed(requested="100", cost="200")
    world.approved(requested="100", cost="200")
    client = at_the_desk(world, "decider")
    with today_is(world.at):
        few = queries_of(client, "/entscheidungen/")
        for _number in range(10):
            world.proposed(requested="100", cost="200")
            world.approved(requested="100", cost="200")
        assert queries_of(client, "/entscheidungen/") == few


# Reasons and the least award


def test_less_than_requested_needs_a_reason_in_the_door(world: World) -> None:
    case = world.accepted("1200")
    Case.objects.filter(pk=case.pk).update(decision_reason=" ")
    with pytest.raises(Refused, match="Bitte begründen Sie, warum der Betrag niedriger ist"):
        world.do(case, "approve", "decider", conditions=[], reason=" ")
    done = world.do(case, "approve", "decider", conditions=[], reason="Das Geld reicht nicht.")
    assert done.decision_reason == "Das Geld reicht nicht."


@pytest.mark.parametrize(("amount", "is_low"), [("0", False), ("99.99", True), ("100", False)])
def test_below_the_least_award_only_as_a_marked_exception(world: World, amount: str, is_low: bool) -> None:
    case = world.reviewing()
    data = {"amount": euros(amount), "reason": "Nur das Porto"}
    if is_low:
        with pytest.raises(Refused, match="unter dem Mindestbetrag von 100,00"):
            world.do(case, "propose", "caseworker", **data)
        data["exception"] = True
    done = world.do(case, "propose", "caseworker", **data)
    assert done.proposed_amount == euros(amount)
    assert Event.objects.get(kind="proposed").facts.get("is_exception", False) == is_low


def test_above_the_programmes_maximum_is_refused_in_the_door(world: World) -> None:
    case = world.reviewing()
    type(world.programme).objects.update(maximum=euros("1000"))
    with pytest.raises(Refused, match=r"höchstens 1\.000,00"):
        world.do(case, "propose", "caseworker", amount=euros("1000.01"), reason="x")


def test_the_form_shows_the_box_for_an_exception_only_where_it_is_needed(world: World) -> None:
    case = world.reviewing()
    url = f"/vorgaenge/{case.pk}/schritt/propose/"
    with today_is(world.at):
        client = at_the_desk(world, "caseworker")
        assert "Ausnahme" not in client.get(url).content.decode()
        data = {"version": str(case.version), "amount": "50", "reason": "Nur das Porto"}
        answer = client.post(url, data)
        assert answer.status_code == 422
        assert "Ausnahme: weniger als der Mindestbetrag" in answer.content.decode()
        assert client.post(url, data | {"exception": "on"}).status_code == 302
    body = show(world, Case.objects.get(pk=case.pk)).content.decode()
    assert "weniger als der Mindestbetrag von 100,00" in body


def test_an_offer_below_the_least_award_needs_the_box_too(world: World) -> None:
    case = world.proposed()
    data = {"amount": "50", "reason": "Nur das Porto", "due_on": "20.03.2026"}
    answer = decide(world, case, "offer", **data)
    assert answer.status_code == 422
    assert "unter dem Mindestbetrag" in answer.content.decode()
    assert decide(world, case, "offer", **data, exception="on").status_code == 302
