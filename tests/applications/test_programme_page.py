"""The public page of a programme, its deadlines to the second, and page, beginning and filing that agree."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from applications import lateness
from applications.completeness import DECLARATIONS
from applications.models import EligibilityRule, EvidenceTier, Question, QuestionSet
from funding import programmes
from funding.models import Round
from journal import formats
from journal.refusals import Refused
from tests.factories import BERLIN, START, World
from workflow.actions import file_application
from workflow.duration import usual_weeks
from workflow.models import Case

SECOND = timedelta(seconds=1)


def page_of(client: Client, world: World) -> str:
    answer = client.get(f"/programme/{world.programme.slug}/")
    assert answer.status_code == 200
    return answer.content.decode().replace("\xa0", " ")


def ask(world: World) -> QuestionSet:
    found = QuestionSet.objects.create(programme=world.programme, number=1, published_at=START)
    make = Question.objects.create
    make(
        question_set=found, slug="why", kind="long_text", label="Warum gerade hier?", help_text="Drei Sätze genügen.",
        most=600, is_required=True, position=1,
    )  # fmt: skip
    make(question_set=found, slug="where", kind="choice", label="Wo?", options=["drinnen", "draußen"], position=2)
    make(
        question_set=found, slug="rain", kind="yes_no", label="Gibt es ein Dach?", position=3,
        condition={"question": "where", "is": ["draußen"]}, from_amount=Decimal("1000.00"),
    )  # fmt: skip
    group = make(question_set=found, slug="partners", kind="group", label="Partner", most=5, position=4)
    make(question_set=found, slug="name", kind="short_text", label="Wie heißt der Partner?", group=group, position=5)
    make(question_set=found, slug="cost", kind="money", label="Wie viel gibt er dazu?", least=10, most=500, position=6)
    return found


@time_machine.travel(START, tick=False)
def test_everything_stands_there_before_anybody_logs_in(client, world):
    world.round, world.measure, ask(world)
    type(world.programme).objects.update(rounding_unit=Decimal("10.00"))
    EvidenceTier.objects.create(programme=world.programme, kind="statutes", from_amount=0)
    EvidenceTier.objects.create(programme=world.programme, kind="offer", from_amount=1000, hint="drei Stück")
    EligibilityRule.objects.create(
        programme=world.programme, subject="starts_after_days", expected=[42], reason="Zu früh."
    )
    page = page_of(client, world)
    for text in (
        "Projekte für ein gutes Zusammenleben", "Vereine, Gemeinden, Schulen", "80 %", "Höchstens sind es 5.000,00 €.",
        "Wir fördern ab 100,00 €.", "auf volle 10,00 € ab", "Warum gerade hier?", "Drei Sätze genügen.",
        "langer Text · höchstens 600 Zeichen · muss beantwortet werden", "Zur Auswahl:", "drinnen, draußen",
        "nur ab 1.000,00 €", "nur wenn „Wo?“ mit draußen beantwortet ist", "höchstens 5 Mal", "Wie heißt der Partner?",
        "mindestens 10,00 € · höchstens 500,00 €", "Satzung: immer",
        "Angebot oder Kostenvoranschlag: ab 1.000,00 € beantragter Förderung (drei Stück)",
        "frühestens 42 Tage nach dem Antrag", "Begegnung in den Gemeinden", "Wiebke Muster", "04462 00-000",
        "Do, 01.01.2026, 10:00:00 Uhr", "So, 27.12.2026, 09:59:59 Uhr", "Danach nehmen wir keine Anträge mehr an.",
        "Mo, 02.03.2026, 10:00:00 Uhr", "/programme/integrationsprojekte/passt-das/",
        "/programme/integrationsprojekte/antrag/", "Aktenzeichen",
        *(str(text) for text in DECLARATIONS.values()),
    ):  # fmt: skip
        assert text in page, text
    assert "Üblich" not in page


def test_an_unpublished_version_is_not_shown(client, world):
    QuestionSet.objects.update_or_create(pk=ask(world).pk, defaults={"published_at": None})
    assert "Warum gerade hier?" not in page_of(client, world)


def test_without_tiers_an_association_shows_its_statutes(client, world):
    assert "Satzung: wenn ein Verein den Antrag stellt" in page_of(client, world)


@pytest.mark.parametrize("role", ["caseworker", "coordinator", "decider"])
def test_the_office_reads_it_too_and_begins_nothing(as_person, world, role):
    world.round  # noqa: B018 - opened now
    with time_machine.travel(START, tick=False):
        page = page_of(as_person(role), world)
    assert "/antrag/" not in page
    assert ("/nachfristen/" in page) == (role != "decider")


def test_thirty_questions_rules_and_rounds_are_no_more_queries(client, world):
    world.round  # noqa: B018 - opened now
    found = ask(world)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            page_of(client, world)
        return len(queries)

    with time_machine.travel(START, tick=False):
        before = count()
        for number in range(30):
            Question.objects.create(question_set=found, slug=f"q{number}", kind="number", label=f"Frage {number}?")
            EligibilityRule.objects.create(programme=world.programme, subject="no", question="Schon da?", reason="x")
            Round.objects.create(
                programme=world.programme, title=f"R{number}", fiscal_year=2027,
                opens_at=START + timedelta(days=400 + number), closes_at=START + timedelta(days=401 + number),
            )  # fmt: skip
        assert count() == before <= 12


# How long it takes


def decided(world: World, *days: int, at: datetime = START) -> None:
    case = world.filed()
    for number, gone in enumerate(days):
        application = world.draft()
        Case.objects.create(
            application=application, programme=world.programme, reference=f"INT-2025-{number:04d}-{case.pk}",
            fiscal_year=2026, requested_amount=100, received_at=at - timedelta(days=gone), state_since=at,
            state="rejected", decided_at=at,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "weeks"),
    [
        ((), None), ((30, 30, 30, 30), None), ((30, 30, 30, 30, 30), 4), ((1, 2, 38, 300, 400), 5),
        ((31, 31, 32, 32, 32, 32), 5), ((0, 0, 0, 0, 0), 1), ((45, 45, 45, 46, 46), 6), ((7, 7, 14, 14, 14), 2),
    ],
    ids=["none", "too-few", "five", "median", "even", "same-day", "below-half", "exact"],
)  # fmt: skip
def test_the_usual_time_is_the_median_in_weeks(world, days, weeks):
    decided(world, *days)
    assert usual_weeks(world.programme, at=START) == weeks


def test_only_two_years_count_and_it_takes_one_query(client, world, django_assert_num_queries):
    decided(world, *[40] * 5, at=START - timedelta(days=730))
    with django_assert_num_queries(1):
        assert usual_weeks(world.programme, at=START) is None
    assert usual_weeks(world.programme, at=START - SECOND) == 6
    with time_machine.travel(START - SECOND, tick=False):
        assert "Üblich sind 6 Wochen" in page_of(client, world)


# To the second, by the clock of the server


ENDS = {
    "new-year": datetime(2027, 1, 1, tzinfo=BERLIN),
    "summer-time-begins": datetime(2026, 3, 30, tzinfo=BERLIN),
    "on-the-missing-hour": datetime(2026, 3, 29, 3, 0, tzinfo=BERLIN),
    "summer-time-ends": datetime(2026, 10, 26, tzinfo=BERLIN),
    "the-day-before": datetime(2026, 10, 25, tzinfo=BERLIN),
    "hour-that-comes-twice": datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN),
    "first-of-the-two": datetime(2026, 10, 25, 2, 30, fold=0, tzinfo=BERLIN),
}
WORDS = {
    "new-year": "Do, 31.12.2026, 23:59:59 Uhr",
    "summer-time-begins": "So, 29.03.2026, 23:59:59 Uhr",
    "on-the-missing-hour": "So, 29.03.2026, 01:59:59 Uhr",
    "summer-time-ends": "So, 25.10.2026, 23:59:59 Uhr",
    "the-day-before": "Sa, 24.10.2026, 23:59:59 Uhr",
    "hour-that-comes-twice": "So, 25.10.2026, 02:29:59 Uhr (Winterzeit)",
    "first-of-the-two": "So, 25.10.2026, 02:29:59 Uhr (Sommerzeit)",
}


def call_that(world: World, *, opens: datetime, closes: datetime, late: bool = False) -> Round:
    Round.objects.filter(pk=world.round.pk).update(opens_at=opens, closes_at=closes, accepts_late=late)
    world.round.refresh_from_db()
    return world.round


def agree(world: World, as_person: Callable[[str], Client], at: datetime) -> tuple[bool, bool, bool]:
    """What page, beginning and filing say at this second."""
    far = {"starts_on": (at + timedelta(days=400)).date(), "ends_on": (at + timedelta(days=500)).date()}
    draft = world.draft(**far)
    with time_machine.travel(at.astimezone(UTC), tick=False):
        client = as_person("applicant")
        offered = f"/programme/{world.programme.slug}/antrag/" in page_of(client, world)
        begun = client.get(f"/programme/{world.programme.slug}/antrag/").status_code == 200
        filed = client.post(f"/antraege/{draft.key}/einreichen/").headers.get("Location") == f"/antraege/{draft.key}/"
    return offered, begun, filed


@pytest.mark.parametrize("name", ENDS)
def test_the_last_second_is_in_time_and_the_next_is_not(world, as_person, name):
    end = ENDS[name]
    call_that(world, opens=START - timedelta(days=60), closes=end)
    before = (end.astimezone(UTC) - SECOND).astimezone(BERLIN)
    assert agree(world, as_person, before) == (True, True, True)
    assert agree(world, as_person, end) == (False, False, False)
    assert formats.last_second(end).replace("\xa0", " ") == WORDS[name]
    with time_machine.travel(end.astimezone(UTC), tick=False):
        refused = as_person("applicant").get(f"/programme/{world.programme.slug}/antrag/")
    assert WORDS[name] in refused.content.decode().replace("\xa0", " ")


@pytest.mark.parametrize("name", ENDS)
def test_it_opens_in_the_very_second(world, as_person, name):
    begin = ENDS[name]
    call_that(world, opens=begin, closes=begin + timedelta(days=30))
    assert agree(world, as_person, (begin.astimezone(UTC) - SECOND).astimezone(BERLIN)) == (False, False, False)
    assert agree(world, as_person, begin) == (True, True, True)


def test_the_hour_that_comes_twice_is_two_hours(world):
    """From half past two in summer time to half past two in winter time one may file for an hour."""
    call = call_that(world, opens=ENDS["first-of-the-two"], closes=ENDS["hour-that-comes-twice"])
    assert (call.closes_at - call.opens_at) == timedelta(hours=1)
    assert call.is_in_time(at=call.opens_at)
    assert call.is_in_time(at=call.closes_at - SECOND)
    assert not call.is_in_time(at=call.closes_at)


def test_in_english_the_same_second_is_named():
    with translation.override("en"):
        assert formats.last_second(ENDS["new-year"]).replace("\xa0", " ") == "Thu, 31 Dec 2026, 23:59:59"


# After the end


def test_late_is_accepted_and_flagged_where_the_round_says_so(world, as_person, client):
    end = ENDS["new-year"]
    call_that(world, opens=START - timedelta(days=60), closes=end, late=True)
    assert agree(world, as_person, end) == (True, True, True)
    assert Case.objects.get().is_late
    with time_machine.travel(end, tick=False):
        page, begin = page_of(client, world), as_person("applicant").get("/programme/integrationsprojekte/antrag/")
    assert "Die Frist war bis Do, 31.12.2026, 23:59:59 Uhr." in page
    assert "kennzeichnen ihn aber als verspätet" in begin.content.decode()


def test_in_time_is_not_late(world, as_person):
    end = ENDS["new-year"]
    call_that(world, opens=START - timedelta(days=60), closes=end, late=True)
    assert agree(world, as_person, end - SECOND) == (True, True, True)
    assert not Case.objects.get().is_late


def test_a_later_round_that_closed_without_mercy_ends_the_older_one(world):
    call_that(world, opens=START - timedelta(days=60), closes=START, late=True)
    assert programmes.round_to_begin(world.programme, at=START) == world.round
    Round.objects.create(
        programme=world.programme, title="Zweite", fiscal_year=2026, opens_at=START, closes_at=START + timedelta(days=9)
    )
    assert programmes.round_to_begin(world.programme, at=START).title == "Zweite"
    assert programmes.round_to_begin(world.programme, at=START + timedelta(days=9)) is None


def test_the_refusal_names_the_next_round(world, as_person):
    call_that(world, opens=START - timedelta(days=60), closes=START)
    Round.objects.create(
        programme=world.programme, title="Zweite", fiscal_year=2027,
        opens_at=ENDS["new-year"], closes_at=ENDS["new-year"] + timedelta(days=9),
    )  # fmt: skip
    with time_machine.travel(START, tick=False):
        answer = as_person("applicant").get("/programme/integrationsprojekte/antrag/")
    page = answer.content.decode().replace("\xa0", " ")
    assert answer.status_code == 422
    assert "bis Mo, 02.03.2026, 09:59:59 Uhr offen" in page
    assert "öffnet am Fr, 01.01.2027, 00:00:00 Uhr" in page


def test_a_draft_is_written_on_after_the_end_and_the_refusal_names_the_second(world, as_person):
    draft = world.draft()
    with time_machine.travel(world.round.closes_at, tick=False):
        client = as_person("applicant")
        assert client.get(f"/antraege/{draft.key}/schritt/vorhaben/").status_code == 200
    draft = world.draft(starts_on=(START + timedelta(days=400)).date(), ends_on=(START + timedelta(days=410)).date())
    with pytest.raises(Refused, match="Ihr Entwurf bleibt gespeichert"):
        file_application(draft, actor=world.cast.actor["applicant"], at=world.round.closes_at)
    assert "öffnet am" in str(lateness.refuse_filing(draft, at=world.round.opens_at - SECOND))
