"""Review: the weighted mean, who scores, and that nobody reads others' scores before their own are in."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as some

from journal.models import Event
from journal.refusals import Faster, Forbidden, Refused
from tests.factories import World
from tests.workflow.office import at_the_desk, queries_of, today_is
from tests.workflow.test_conflicts import bind
from workflow import criteria, reviews
from workflow.forms.case import ProposalForm
from workflow.models import Case, Criterion, Review, ReviewScore
from workflow.reviews import Mark

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Any) -> World:
    settings.DEMO = True  # nobody here has a second factor
    return World()


def criterion(world: World, title: str, weight: int = 1, most: int = 5) -> Criterion:
    return criteria.add(
        world.programme, title=title, hint="", weight=weight, most=most, actor=world.cast.actor["coordinator"],
        at=world.at,
    )  # fmt: skip


def scale(world: World) -> list[Criterion]:
    return [criterion(world, "Begegnung", weight=2), criterion(world, "Kosten", weight=1, most=10)]


def score(world: World, case: Case, who: str, *points: int | None, hand_in: bool = True, note: str = "") -> Review:
    given = dict(zip(criteria.of(world.programme), points, strict=True))
    return reviews.save(case, given, note=note, hand_in=hand_in, actor=world.cast.actor[who], at=world.at)


def url(case: Case) -> str:
    return f"/vorgaenge/{case.reference}/bewertung/"


# The weighted mean


@pytest.mark.parametrize(
    ("marks", "shown"),
    [
        ([], None),
        ([(0, 5, 1)], "0.0"),
        ([(5, 5, 1)], "100.0"),
        ([(5, 5, 3), (0, 5, 1)], "75.0"),
        ([(1, 3, 1)], "33.3"),
        ([(2, 3, 1)], "66.7"),
        ([(4, 5, 2), (5, 10, 1)], "70.0"),
        ([(1, 8, 1), (0, 1, 1)], "6.3"),  # 6.25, half up
        ([(1, 100, 1), (0, 100, 99)], "0.0"),
        ([(100, 100, 100), (1, 1, 1)], "100.0"),
    ],
)
def test_the_mean_counts_each_criterion_by_its_weight(marks: list[tuple[int, int, int]], shown: str | None) -> None:
    value = reviews.weighted(Mark(points=points, most=most, weight=weight) for points, most, weight in marks)
    assert (None if value is None else str(reviews.rounded(value))) == shown


@pytest.mark.parametrize(("value", "whole"), [("49.5", "50"), ("50.5", "51"), ("0.4", "0"), ("99.5", "100")])
def test_halves_are_rounded_up(value: str, whole: str) -> None:
    assert reviews.rounded(Fraction(value), Decimal(1)) == Decimal(whole)


MARKS = some.lists(
    some.integers(1, 100).flatmap(
        lambda most: some.builds(Mark, points=some.integers(0, most), most=some.just(most), weight=some.integers(1, 100))
    ),
    min_size=1, max_size=20,
)  # fmt: skip


@given(MARKS, some.data())
def test_the_mean_lies_between_nought_and_hundred_and_never_falls_with_more_points(
    marks: list[Mark], data: some.DataObject
) -> None:
    before = reviews.weighted(marks)
    assert before is not None
    assert 0 <= before <= 100
    raised = data.draw(some.integers(0, len(marks) - 1))
    one = marks[raised]
    more = [*marks]
    more[raised] = Mark(points=data.draw(some.integers(one.points, one.most)), most=one.most, weight=one.weight)
    after = reviews.weighted(more)
    assert after is not None
    assert after >= before
    assert reviews.rounded(after) >= reviews.rounded(before)


def test_everybody_counts_alike_in_the_score_of_a_case(world: World) -> None:
    scale(world)
    case = world.reviewing()
    assert reviews.score_of(case.pk) is None
    score(world, case, "technical_reviewer", 5, 10)
    score(world, case, "caseworker", 0, 0)
    assert reviews.score_of(case.pk) == 50


def test_a_draft_does_not_count(world: World) -> None:
    scale(world)
    case = world.reviewing()
    score(world, case, "technical_reviewer", 5, None, hand_in=False)
    assert reviews.score_of(case.pk) is None


# Writing


def test_a_draft_is_kept_and_handed_in_once_for_good(world: World) -> None:
    scale(world)
    case = world.reviewing()
    score(world, case, "technical_reviewer", 3, None, hand_in=False, note="Noch nicht fertig")
    assert not Event.objects.filter(kind="review_handed_in").exists()
    score(world, case, "technical_reviewer", 4, 7)
    assert [one.points for one in ReviewScore.objects.order_by("criterion__position")] == [4, 7]
    with pytest.raises(Faster):
        score(world, case, "technical_reviewer", 0, 0)
    assert Review.objects.count() == 1


def test_handing_in_asks_for_every_criterion_and_no_more_than_its_most(world: World) -> None:
    first, second = scale(world)
    case = world.reviewing()
    with pytest.raises(Refused) as missing:
        score(world, case, "caseworker", 5, None)
    assert missing.value.field == f"points_{second.pk}"
    with pytest.raises(Refused) as above:
        score(world, case, "caseworker", 6, 10)
    assert above.value.field == f"points_{first.pk}"
    assert not Review.objects.exists()


def test_only_reviewers_and_caseworkers_score_and_only_before_the_proposal(world: World) -> None:
    scale(world)
    case = world.reviewing()
    with pytest.raises(Forbidden):
        score(world, case, "decider", 5, 5)
    proposed = world.do(case, "propose", "caseworker", amount=case.requested_amount, reason="Gut")
    with pytest.raises(Refused):
        score(world, proposed, "caseworker", 5, 5)


def test_who_is_bound_does_not_score_and_reads_no_scores(world: World) -> None:
    scale(world)
    case = world.reviewing()
    score(world, case, "technical_reviewer", 5, 10)
    bind(world, "caseworker")
    with pytest.raises(Forbidden, match="Vorstand"):
        score(world, case, "caseworker", 5, 5)
    client = at_the_desk(world, "caseworker")
    with today_is(world.at):
        page = client.get(url(case)).content.decode()
    assert "100,0" not in page
    assert "Eine andere Person ist dran" in page


# Hidden until one's own is in


def test_others_scores_are_hidden_until_ones_own_is_handed_in(world: World) -> None:
    first, second = scale(world)
    case = world.reviewing()
    score(world, case, "technical_reviewer", 4, 9, note="Sehr durchdacht")
    client = at_the_desk(world, "caseworker")
    with today_is(world.at):
        before = client.get(url(case)).content.decode()
        assert "Eine andere Bewertung ist abgegeben" in before
        for hidden in ("Sehr durchdacht", "4 von 5", "9 von 10", "83,3"):
            assert hidden not in before
        data = {f"points_{first.pk}": "5", f"points_{second.pk}": "1", "note": ""}
        assert client.post(url(case), data | {"do": "save"}).status_code == 302
        assert "Sehr durchdacht" not in client.get(url(case)).content.decode()
        assert client.post(url(case), data | {"do": "hand_in"}).status_code == 302
        after = client.get(url(case)).content.decode()
    for shown in ("Sehr durchdacht", "4 von 5", "83,3", "1 von 10"):
        assert shown in after


def test_neither_case_page_nor_event_nor_proposal_gives_the_scores_away(world: World) -> None:
    scale(world)
    case = world.reviewing()
    score(world, case, "technical_reviewer", 4, 9, note="Sehr durchdacht")
    event = Event.objects.get(kind="review_handed_in")
    assert event.facts == {}
    assert event.reason == ""
    with today_is(world.at):
        page = at_the_desk(world, "caseworker").get(f"/vorgaenge/{case.reference}/").content.decode()
        step = at_the_desk(world, "caseworker").get(f"/vorgaenge/{case.pk}/schritt/propose/").content.decode()
        log = at_the_desk(world, "auditor").get("/protokoll/").content.decode()
    assert "Eine Bewertung ist abgegeben." in page
    for text in (page, step, log):
        assert "Sehr durchdacht" not in text
        assert "83,3" not in text


def test_a_decider_reads_what_was_handed_in_and_the_committee_office_does_not(world: World) -> None:
    scale(world)
    case = world.reviewing()
    score(world, case, "technical_reviewer", 4, 9)
    with today_is(world.at):
        assert "83,3" in at_the_desk(world, "decider").get(url(case)).content.decode()
        assert at_the_desk(world, "committee_office").get(url(case)).status_code == 403


def test_the_association_learns_nothing_of_it(world: World) -> None:
    scale(world)
    case = world.reviewing()
    score(world, case, "technical_reviewer", 4, 9, note="Sehr durchdacht")
    with today_is(world.at):
        page = at_the_desk(world, "applicant").get(f"/antraege/{case.application.key}/").content.decode()
    assert "Bewertung abgegeben" not in page
    assert "Sehr durchdacht" not in page


def proposal(world: World, case: Case, who: str) -> Any:
    return ProposalForm(obj=case, actor=world.cast.actor[who], today=world.at.date())


def test_the_proposal_begins_with_the_mean_for_who_may_see_it(world: World) -> None:
    scale(world)
    case = world.reviewing()
    score(world, case, "technical_reviewer", 4, 9)
    assert proposal(world, case, "technical_reviewer")["score"].value() == 83
    assert proposal(world, case, "caseworker")["score"].value() is None


# The page


def test_bad_input_comes_back_with_a_sentence_and_writes_nothing(world: World) -> None:
    first, _second = scale(world)
    case = world.reviewing()
    client = at_the_desk(world, "caseworker")
    with today_is(world.at):
        wrong = client.post(url(case), {f"points_{first.pk}": "9", "do": "save"})
        missing = client.post(url(case), {f"points_{first.pk}": "5", "do": "hand_in"})
    assert wrong.status_code == missing.status_code == 422
    assert "Bitte geben Sie 0 bis 5 Punkte." in wrong.content.decode()
    assert "Bitte geben Sie für jedes Kriterium Punkte." in missing.content.decode()
    assert not Review.objects.exists()


def test_without_criteria_the_page_says_where_they_come_from(world: World) -> None:
    case = world.reviewing()
    with today_is(world.at):
        page = at_the_desk(world, "caseworker").get(url(case)).content.decode()
    assert "noch keine Kriterien" in page


def test_more_people_take_no_more_queries(world: World) -> None:
    scale(world)
    case = world.reviewing()
    score(world, case, "technical_reviewer", 4, 9)
    client = at_the_desk(world, "decider")
    with today_is(world.at):
        few = queries_of(client, url(case))
        for number in range(5):
            world.cast.add(f"reviewer{number}", "technical_reviewer")
            score(world, case, f"reviewer{number}", number, number)
        assert queries_of(client, url(case)) == few


# Criteria


def test_criteria_are_weighted_ordered_and_retired(world: World) -> None:
    _first, second = scale(world)
    coordinator = {"actor": world.cast.actor["coordinator"], "at": world.at}
    criteria.move(second, by=-1, **coordinator)
    assert [one.title for one in criteria.of(world.programme)] == ["Kosten", "Begegnung"]
    criteria.retire(second, **coordinator)
    assert [one.title for one in criteria.of(world.programme)] == ["Begegnung"]
    with pytest.raises(Faster):
        criteria.retire(second, **coordinator)
    with pytest.raises(Refused, match="gibt es schon"):
        criterion(world, "begegnung")


def test_a_scale_that_was_used_stays_as_it_was(world: World) -> None:
    first, _second = scale(world)
    score(world, world.reviewing(), "technical_reviewer", 4, 9)
    words = {"title": "Begegnung", "hint": "Neuer Hinweis", "weight": 3, "most": 5}
    who = {"actor": world.cast.actor["coordinator"], "at": world.at}
    with pytest.raises(Refused) as refused:
        criteria.change(first, seen=criteria.mark_of(first), **words, **who)
    assert refused.value.field == "weight"
    criteria.change(first, seen=criteria.mark_of(first), **(words | {"weight": 2}), **who)
    with pytest.raises(Faster):
        criteria.change(first, seen="alt", **words, **who)


def test_the_coordination_writes_criteria_in_the_administration(world: World) -> None:
    client = at_the_desk(world, "coordinator")
    base = f"/verwaltung/kriterien/{world.programme.pk}/"
    data = {"title": "Begegnung", "hint": "Wer trifft wen?", "weight": "2", "most": "5"}
    with today_is(world.at):
        assert client.post(f"{base}neu/", data | {"weight": "0"}).status_code == 422
        assert client.post(f"{base}neu/", data).status_code == 302
        assert client.post(f"{base}neu/", data).status_code == 422
        found = Criterion.objects.get()
        assert "Gewicht 2 (100 %), 0 bis 5 Punkte" in client.get(base).content.decode()
        edit = f"/verwaltung/kriterium/{found.pk}/bearbeiten/"
        mark = criteria.mark_of(found)
        assert client.post(edit, data | {"title": "Austausch", "mark": mark}).status_code == 302
        assert client.post(edit, data | {"title": "Drittens", "mark": mark}).status_code == 409
        assert client.post(f"/verwaltung/kriterium/{found.pk}/stilllegen/").status_code == 302
        assert "Nicht mehr verwendet" in client.get(base).content.decode()
        assert client.get("/verwaltung/kriterien/").status_code == 200


@pytest.mark.parametrize(
    ("fields", "name"), [({"weight": 0}, "criterion_weight"), ({"weight": 1, "most": 101}, "criterion_most")]
)
def test_the_database_refuses_a_scale_that_cannot_be(world: World, fields: dict[str, int], name: str) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Criterion.objects.create(programme=world.programme, title="x", position=0, **fields)


def test_the_database_keeps_one_review_a_person(world: World) -> None:
    case = world.reviewing()
    key = world.cast.user["caseworker"].key
    Review.objects.create(case=case, reviewer=key)
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(case=case, reviewer=key)
