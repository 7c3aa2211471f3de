"""Looking for cases: the same hits on both engines, kept current by whoever changes something."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection

from tests.factories import IBANS, World, place
from tests.workflow.office import at_the_desk, today_is
from workflow import counting, search
from workflow.models import Case, CaseCount, CaseNote, CaseState, CaseText, Label

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    found = World()
    found.organisation.name = "Frauencafé Süd-West e. V."
    found.organisation.save()
    return found


@pytest.fixture
def three(world: World) -> dict[int, str]:
    """What is found, by the primary key."""
    cases = {
        "deutsch": world.filed(title="Mama lernt Deutsch: Deutschkurs für Anfänger", summary="Grüne Wiese, o'Brien"),
        "fest": world.filed(title="Straßenfest", contact_name="Jürgen Çelik", place="Esens"),
        "club": world.filed(title="Größe 100 %", organisation=world.new_organisation("Möwe & Söhne", IBANS[1])),
    }
    return {case.pk: name for name, case in cases.items()}


VECTORS: list[tuple[str, set[str]]] = [
    ("Deutsch", {"deutsch"}), ("deutschk", {"deutsch"}), ("DEUTSCHKURS", {"deutsch"}), ("kurs", {"deutsch"}),
    ("urs", set()), ("fänger", {"deutsch"}), ("anfaenger", {"deutsch"}), ("mama kurs", {"deutsch"}),
    ("kurs mama", {"deutsch"}), ("mama straße", set()), ('"mama lernt"', {"deutsch"}), ("grüne wiese", {"deutsch"}),
    ("gruene", {"deutsch"}), ("brien", {"deutsch"}), ("o'brien", {"deutsch"}), ("o", {"deutsch"}), ("b", set()),
    ("strassenfest", {"fest"}), ("STRASSENFEST", {"fest"}), ("Straßenfest", {"fest"}), ("fest", {"fest"}),
    ("celik", {"fest"}), ("Çelik Jürgen", {"fest"}), ("juergen", {"fest"}), ("esens", {"fest"}),
    ("frauencafe", {"deutsch", "fest"}), ("Café", {"deutsch", "fest"}), ("café", {"deutsch", "fest"}),
    ("süd-west", {"deutsch", "fest"}), ("Südwest", {"deutsch", "fest"}), ("west", {"deutsch", "fest"}),
    ("Möwe", {"club"}), ("möwe & söhne", {"club"}), ("100", {"club"}), ("100 %", {"club"}), ("%", set()), ("_", set()),
    ("INT-2026-0002", {"fest"}), ("int-2026-0", {"deutsch", "fest", "club"}), ("0003", {"club"}), ("2026", {"deutsch", "fest", "club"}),
    ("friedeburg", {"deutsch", "fest", "club"}), ("'", set()), ("''; DROP TABLE workflow_case; --", set()),
    ("deutsch' | 'fest", set()), ("deutsch | fest", set()), ("deutsch & !mama", {"deutsch"}), ("deutsch:*", {"deutsch"}),
    ('deutsch" OR "fest', set()), ("NOT deutsch", set()), ("words:deutsch", set()), ("{words}: fest", set()), ("fest*", {"fest"}),
    ("^fest", {"fest"}), ("NEAR(fest)", set()), ("\\", set()), ("fest\\", {"fest"}), ("fest\x00", {"fest"}), ("🙂", set()),
    ("", set()), ("   ", set()), ("f" * 5000, set()), ("fest " * 50, {"fest"}),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "expected"), VECTORS)
def test_a_question_finds_the_same_on_both_engines(three: dict[int, str], asked: str, expected: set[str]) -> None:
    found = search.holding(Case.objects.all(), asked).values_list("pk", flat=True)
    assert {three[pk] for pk in found} == expected


def test_a_label_and_a_note_are_found_until_they_are_taken_back(world: World) -> None:
    case = world.filed()
    label = Label.objects.create(name="Eilt sehr")
    label.cases.add(case)
    note = CaseNote.objects.create(
        case=case, text="Rückruf am Freitag", author=world.organisation.key, written_at=world.at
    )
    search.update(case)
    assert [search.holding(Case.objects.all(), word).count() for word in ("eilt", "rückruf")] == [1, 1]
    CaseNote.objects.filter(pk=note.pk).update(struck_at=world.at)
    label.cases.remove(case)
    search.update(case)
    assert [search.holding(Case.objects.all(), word).count() for word in ("eilt", "rückruf")] == [0, 0]


def test_an_answer_brings_its_new_words(world: World) -> None:
    case = world.questioned(summary="Alt")
    case.application.summary = "Nagelneu"
    case.application.save()
    world.do(case, "answer", "applicant", answer="Hier.")
    assert search.holding(Case.objects.all(), "nagelneu").count() == 1


def test_an_organisation_is_found_by_its_new_name(world: World) -> None:
    world.filed()
    client = at_the_desk(world, "applicant")
    page = f"/verein/{world.organisation.key}/"
    with today_is(world.at):
        form = client.get(page).context["form"]
        data = {name: form[name].value() or "" for name in form.fields} | {"name": "Leuchtturm e. V."}
        assert client.post(page, data).status_code == 302
    assert search.holding(Case.objects.all(), "leuchtturm").count() == 1
    assert search.holding(Case.objects.all(), "frauencafe").count() == 0


def test_the_command_makes_everything_anew(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.filed(title="Wiederfinden")
    CaseText.objects.all().delete()
    CaseCount.objects.all().delete()
    assert search.holding(Case.objects.all(), "wiederfinden").count() == 0
    call_command("refresh_lists")
    assert "1 Vorgänge" in capsys.readouterr().out
    assert search.holding(Case.objects.all(), "wiederfinden").count() == 1
    assert standing() == one_by_one() != []


# The numbers


def standing() -> list[tuple[object, ...]]:
    names = ("state", "award_state", "assigned_to", "is_unsent", "number", "sum_amount", "sum_requested", "sum_decided")
    return sorted((tuple(row[name] for name in names) for row in counting.rows()), key=str)


def one_by_one() -> list[tuple[object, ...]]:
    """From the cases themselves, past the notes."""
    kept = list(CaseCount.objects.values())
    counting.recount()
    found = standing()
    CaseCount.objects.all().delete()
    CaseCount.objects.bulk_create(CaseCount(**row) for row in kept)
    return found


def test_the_notes_add_up_to_what_is_there(world: World) -> None:
    """Through the door, past it, with awards that come, change and go, and cases that go."""
    for step in (world.filed, world.checking, world.approved, world.rejected, world.issued, world.active):
        step()
        assert standing() == one_by_one()
    case = world.approved()
    world.do(case, "take_back_decision", "decider", reason="Irrtum")
    place(world.filed(), CaseState.WITHDRAWN)
    Case.objects.filter(state=CaseState.SUBMITTED).update(assigned_to=world.cast.actor["caseworker"].key)
    Case.objects.filter(state=CaseState.WITHDRAWN).delete()
    assert standing() == one_by_one()
    before = standing()
    assert counting.fold() == len(before)
    assert standing() == before == one_by_one()


def test_triggers_that_a_migration_lost_come_back_and_all_is_counted(world: World) -> None:
    sql = (
        "DROP FUNCTION case_count_added() CASCADE"
        if connection.vendor == "postgresql"
        else "DROP TRIGGER case_count_added"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
    world.filed()
    assert standing() == []
    counting.ensure()
    assert standing() == one_by_one() != []
    world.filed()
    assert standing() == one_by_one()
