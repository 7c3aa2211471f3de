"""A new draft out of an earlier application, a draft that is thrown away, and drafts that nobody starts twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications import copying, lateness
from applications.models import Application, Attachment, LateLink, Question, QuestionSet
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


# After the end of a round


CLOSED = START + timedelta(days=300)
AFTER = CLOSED + timedelta(days=1)


def late_link(world: World, name: str = "applicant", call: Round | None = None, *, days: int = 7) -> LateLink:
    return lateness.make(
        call or world.round, world.cast.user[name].email, valid_until=CLOSED + timedelta(days=days), reason="Krankheit",
        actor=world.cast.actor["caseworker"].acting_as("caseworker"), at=AFTER,
    )  # fmt: skip


@pytest.fixture
def source(world: World, then) -> Application:
    """An application of the last round, a day after the present one closed."""
    last = Round.objects.create(
        programme=world.programme, title="Runde 2025", fiscal_year=2025, opens_at=START - timedelta(days=400),
        closes_at=START - timedelta(days=200),
    )  # fmt: skip
    found = world.draft()
    Application.objects.filter(pk=found.pk).update(round=last)
    found.refresh_from_db()
    then.move_to(AFTER)
    assert not world.round.is_open(at=AFTER)
    return found


def send(client, source: Application, call: Round):
    return client.post(address(source, "vorlage"), {"round": call.pk})


def test_a_personal_late_link_opens_its_round_for_a_copy_once(as_person, world, source):
    client = as_person("applicant")
    assert send(client, source, world.round).status_code == 422
    link = late_link(world)
    page = client.get(address(source, "vorlage")).content.decode()
    assert "Mit Ihrer persönlichen Nachfrist noch bis" in page
    answer = send(client, source, world.round)
    made = Application.objects.get(copied_from=source)
    assert answer.url == f"/antraege/{made.key}/schritt/vorhaben/"
    assert (made.late_link, made.round) == (link, world.round)
    assert lateness.refuse_filing(made, at=AFTER) is None
    assert send(client, source, world.round).status_code == 422
    assert Application.objects.count() == 2


def _expired(world: World) -> None:
    LateLink.objects.filter(pk=late_link(world).pk).update(valid_until=AFTER)


def _revoked(world: World) -> None:
    lateness.revoke(late_link(world), actor=world.cast.actor["caseworker"].acting_as("caseworker"), at=AFTER)


def _used(world: World) -> None:
    LateLink.objects.filter(pk=late_link(world).pk).update(used_at=AFTER)


def _begun_with(world: World) -> None:
    other = world.draft()
    Application.objects.filter(pk=other.pk).update(late_link=late_link(world))


WORTHLESS = {
    "of somebody else": lambda world: late_link(world, "stranger"),
    "over": _expired,
    "taken back": _revoked,
    "used": _used,
    "begun with": _begun_with,
}


@pytest.mark.parametrize("make", WORTHLESS.values(), ids=WORTHLESS)
def test_a_late_link_that_is_worth_nothing_opens_nothing(as_person, world, source, make):
    make(world)
    before, client = Application.objects.count(), as_person("applicant")
    assert "persönlichen Nachfrist" not in client.get(address(source, "vorlage")).content.decode()
    assert send(client, source, world.round).status_code == 422
    assert Application.objects.count() == before


def test_a_link_for_one_round_copies_into_no_other(world, source):
    other = Round.objects.create(
        programme=world.programme, title="Andere", fiscal_year=2026, opens_at=START, closes_at=CLOSED
    )
    with pytest.raises(Refusal, match="schon ein Antrag begonnen"):
        copying.copy(source, other, actor=world.cast.actor["applicant"], at=AFTER, link=late_link(world))
    assert Application.objects.count() == 1


def test_a_draft_that_is_there_goes_on_with_the_link(as_person, world, source):
    world.draft()
    link = late_link(world)
    page = as_person("applicant").get(address(source, "vorlage")).content.decode()
    assert f'href="/nachfrist/{link.key}/"' in page


def test_a_round_that_takes_late_applications_takes_copies_too(as_person, world, source):
    Round.objects.filter(pk=world.round.pk).update(accepts_late=True)
    client = as_person("applicant")
    assert "kennzeichnen ihn aber als verspätet" in client.get(address(source, "vorlage")).content.decode()
    assert send(client, source, world.round).status_code == 302


def test_more_rounds_are_no_more_queries(as_person, world, next_round):
    source, client, counts = world.filed().application, as_person("applicant"), []
    for number in (1, 29):
        for count in range(number):
            Round.objects.create(
                programme=world.programme, title=f"R{count}", fiscal_year=2027, opens_at=START, closes_at=CLOSED
            )
        with CaptureQueriesContext(connection) as queries:
            client.get(address(source, "vorlage"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("end", ["antrag", "vorlage", "nachfrist"])
def test_a_wrong_choice_moves_the_focus_to_the_summary(as_person, world, source, end):
    Round.objects.filter(pk=world.round.pk).update(accepts_late=True)
    place, target = {
        "antrag": (f"/programme/{world.programme.slug}/antrag/", "fuer-1"),
        "vorlage": (address(source, "vorlage"), "runde-1"),
        "nachfrist": (f"/nachfrist/{late_link(world).key}/", "fuer-1"),
    }[end]
    answer = as_person("applicant").post(place, {"organisation": "x", "round": "x"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert '<div class="kern-alert kern-alert--danger ft-findings" id="fehler"' in page
    assert "autofocus" in page
    assert f'href="#{target}"' in page
    assert f'id="{target}"' in page
    assert "<title>Fehler: " in page


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
