"""A new draft out of an earlier application, a draft that is thrown away, and drafts that nobody starts twice."""

from __future__ import annotations

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications import copying
from applications.models import Application, Attachment, Question, QuestionSet
from funding.models import Round
from journal.models import Event
from journal.refusals import Refusal
from tests.factories import START, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def then():
    cache.clear()
    with time_machine.travel(START, tick=False) as clock:
        yield clock


def address(application: Application, end: str) -> str:
    return f"/antraege/{application.key}/{end}/"


@pytest.fixture
def next_round(world: World) -> Round:
    world.round  # noqa: B018 - the first one
    return Round.objects.create(
        programme=world.programme, title="Runde 2027", fiscal_year=2027, opens_at=START, closes_at=world.round.closes_at
    )


def copied(world: World, source: Application, call: Round) -> Application:
    return copying.copy(source, call, actor=world.cast.actor["applicant"], at=world.at)


@pytest.mark.parametrize("kind", ["draft", "filed"])
def test_texts_goals_plan_come_along_and_what_belongs_to_its_year_does_not(world, next_round, kind):
    source = world.draft() if kind == "draft" else world.filed().application
    made = copied(world, source, next_round)
    same = ("title", "summary", "place", "municipality", "contact_name", "measure", "target_group", "expected_people")
    assert [getattr(made, name) for name in same] == [getattr(source, name) for name in same]
    assert list(made.goals.all()) == list(source.goals.all())
    assert made.costs.get().amount == source.costs.get().amount
    assert sorted(made.sources.values_list("kind", "amount")) == sorted(source.sources.values_list("kind", "amount"))
    assert (made.starts_on, made.ends_on, made.declarations, made.declared_by) == (None, None, [], "")
    assert not made.attachments.exists()
    assert (made.copied_from, made.filed_at, made.reference, made.is_editable) == (source, None, "", True)


def test_promises_of_others_are_open_again(world, next_round):
    source = world.draft()
    source.sources.create(kind="public_municipality", description="Zuschuss", amount=100, status="granted", position=5)
    made = copied(world, source, next_round)
    assert made.sources.get(kind="public_municipality").status == "applied"
    assert made.sources.get(kind="own_cash").status == "granted"


def test_answers_move_along_by_the_short_name_of_their_question(world, next_round):
    source = world.draft(answers={"raum": "ja", "alt": "weg"})
    asked = QuestionSet.objects.create(programme=world.programme, number=1, published_at=START)
    Question.objects.create(question_set=asked, slug="raum", kind="short_text", label="Raum?")
    made = copied(world, source, next_round)
    assert (made.answers, made.question_set) == ({"raum": "ja"}, asked)


def test_there_is_one_draft_for_a_round(world, next_round):
    source = world.filed().application
    copied(world, source, next_round)
    with pytest.raises(Refusal, match="schon einen Entwurf"):
        copied(world, source, next_round)
    assert Application.objects.count() == 2


def test_a_closed_round_takes_no_copy(world, next_round, then):
    source = world.draft()
    with pytest.raises(Refusal, match="keine Anträge"):
        copying.copy(source, next_round, actor=world.cast.actor["applicant"], at=next_round.closes_at)


def test_the_page_says_what_is_copied_and_leads_to_the_first_step(as_person, world, next_round):
    source, client = world.filed().application, as_person("applicant")
    page = client.get(address(source, "vorlage")).content.decode()
    assert "Nicht übernommen werden Zeitraum, Unterlagen und Erklärungen" in page
    assert client.post(address(source, "vorlage"), {"round": "999"}).status_code == 422
    answer = client.post(address(source, "vorlage"), {"round": next_round.pk})
    made = Application.objects.get(copied_from=source)
    assert answer.url == f"/antraege/{made.key}/schritt/vorhaben/"
    assert "Bitte prüfen Sie: Zeitraum" in client.get(answer.url).content.decode()
    again = client.get(address(source, "vorlage")).content.decode()
    assert "Entwurf weiterschreiben" in again


# Throwing away


def test_a_draft_is_thrown_away_with_its_files_after_a_question(as_person, world, django_capture_on_commit_callbacks):
    draft, client = world.draft(), as_person("applicant")
    file = draft.attachments.get().file
    assert "Zurückholen lässt er sich nicht." in client.get(address(draft, "loeschen")).content.decode()
    assert Application.objects.filter(pk=draft.pk).exists()
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(address(draft, "loeschen"))
    assert answer.url == "/antraege/"
    assert not Application.objects.filter(pk=draft.pk).exists()
    assert not Attachment.objects.filter(application_id=draft.pk).exists()
    assert not file.storage.exists(file.name)
    assert Event.objects.get(kind="draft_discarded").facts == {"document": draft.title}


def test_what_was_handed_in_is_never_thrown_away(as_person, world):
    case = world.questioned()
    client = as_person("applicant")
    assert client.get(address(case.application, "loeschen")).status_code == 404
    assert client.post(address(case.application, "loeschen")).status_code == 404
    with pytest.raises(Refusal):
        copying.discard(case.application, actor=world.cast.actor["applicant"], at=world.at)
    assert Application.objects.filter(pk=case.application.pk).exists()


@pytest.mark.parametrize("end", ["loeschen", "vorlage", "datei/einlesen"])
@pytest.mark.parametrize(("name", "status"), [("stranger", 404), ("caseworker", 404), ("reader", 403)])
def test_who_may_not_write_may_do_none_of_it(as_person, world, end, name, status):
    draft, client = world.draft(), as_person(name)
    assert client.get(address(draft, end)).status_code == status
    assert client.post(address(draft, end), {"round": world.round.pk}).status_code == status
    assert Application.objects.count() == 1


# One list


def test_the_home_page_lists_the_drafts_with_who_wrote_last(as_person, world):
    world.draft()
    page = as_person("applicant").get("/antraege/").content.decode()
    assert "Unsere Entwürfe" in page
    assert "· von Ihnen" in page


def test_the_list_takes_the_same_queries_for_one_and_for_thirty_drafts(as_person, world):
    client = as_person("applicant")
    counts = []
    for number in (1, 29):
        for _number in range(number):
            world.draft()
        with CaptureQueriesContext(connection) as queries:
            client.get("/antraege/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_who_begins_sees_the_draft_that_is_there(as_person, world):
    draft = world.draft()
    page = as_person("applicant").get(f"/programme/{world.programme.slug}/antrag/").content.decode()
    assert f"Entwurf „{draft.title}“" in page
    assert "Entwurf weiterschreiben" in page
