"""The administration writes the questions of a programme in versions; two people never overwrite each other."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from applications import actions, questions
from applications.models import Question, QuestionSet
from journal.models import Event
from journal.refusals import Faster
from tests.accounts.keys import log_in_with_factor
from tests.factories import World, person
from workflow import questioning

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]
PLAIN = {"label": "Kommen Kinder?", "kind": "yes_no", "help_text": "", "options": "", "least": "", "most": "",
         "from_amount": "", "group": ""}  # fmt: skip


@pytest.fixture
def admin(client: Client) -> User:
    user = person("svea@landkreis.example", Role.SYSADMIN, name="Svea System")
    log_in_with_factor(client, user)
    return user


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def in_work(world: World) -> QuestionSet:
    return questions.new_version(world.programme)


def ask(kind: str, slug: str, *, into: QuestionSet, **more: Any) -> Question:
    return Question.objects.create(
        question_set=into, kind=kind, slug=slug, label=f"Frage {slug}", position=into.questions.count(), **more
    )


def go(name: str, *args: Any) -> str:
    return reverse(f"workflow:{name}", args=args)


def send(client: Client, world: World, **change: Any) -> Any:
    return client.post(go("question_new", world.programme.pk), PLAIN | change)


KINDS = [
    ({"kind": "short_text", "most": "80"}, {"most": 80}),
    (
        {"kind": "long_text", "most": "2000", "help_text": "In drei Sätzen."},
        {"most": 2000, "help_text": "In drei Sätzen."},
    ),
    ({"kind": "number", "least": "0", "most": "500"}, {"least": 0, "most": 500}),
    ({"kind": "money", "least": "1", "most": "5000"}, {"least": 1, "most": 5000}),
    ({"kind": "date", "from_amount": "1.000,00"}, {"from_amount": Decimal("1000.00")}),
    ({"kind": "choice", "options": "rot\r\n blau \r\n\r\n"}, {"options": ["rot", "blau"]}),
    ({"kind": "choices", "options": "Mo\nDi\nMi"}, {"options": ["Mo", "Di", "Mi"]}),
    ({"kind": "yes_no", "is_required": "on"}, {"is_required": True}),
    ({"kind": "file"}, {"kind": "file"}),
    ({"kind": "group", "most": "5"}, {"most": 5}),
]


@pytest.mark.parametrize(("typed", "stored"), KINDS, ids=[row[0]["kind"] for row in KINDS])
def test_every_kind_of_question_can_be_written(client, admin, world, in_work, typed, stored):
    assert send(client, world, **typed).status_code == 302
    made = in_work.questions.get()
    assert (made.label, made.slug) == ("Kommen Kinder?", "kommen-kinder")
    assert {name: getattr(made, name) for name in stored} == stored
    told = Event.objects.get(kind="question_added")
    assert (told.actor_key, told.actor_role, told.thread) == (admin.key, "sysadmin", f"PROG-{world.programme.slug}")
    page = client.get(go("question_programme", world.programme.pk)).content.decode()
    assert "Kommen Kinder?" in page
    assert client.get(go("question_preview", world.programme.pk)).status_code == 200
    assert client.get(go("question_edit", made.pk)).status_code == 200


BAD = [
    ("label", {"label": ""}, "Bitte schreiben Sie die Frage."),
    ("label", {"label": "   "}, "Bitte schreiben Sie die Frage."),
    ("label", {"label": "x" * 201}, "höchstens 200 Zeichen"),
    ("label", {"label": "a\x00b"}, ""),
    ("kind", {"kind": ""}, "Bitte wählen Sie, wie geantwortet wird."),
    ("kind", {"kind": "sound"}, "Bitte wählen Sie eine der Möglichkeiten."),
    ("help_text", {"help_text": "x" * 1001}, "Möglich sind 1000 Zeichen"),
    ("options", {"kind": "choice"}, "mindestens zwei Antworten"),
    ("options", {"kind": "choices", "options": "nur eine"}, "mindestens zwei Antworten"),
    ("options", {"kind": "choice", "options": "\n\n \n"}, "mindestens zwei Antworten"),
    ("options", {"kind": "choice", "options": "rot\nRot"}, "steht zweimal da"),
    ("options", {"kind": "choice", "options": "\n".join(map(str, range(31)))}, "höchstens 30 Antworten"),
    ("options", {"kind": "choice", "options": "rot\n" + "x" * 121}, "ist zu lang"),
    ("options", {"kind": "choice", "options": "x" * 100_000}, "Der Text ist zu lang"),
    ("options", {"kind": "date", "options": "rot\nblau"}, "nur bei einer Auswahl"),
    ("most", {"kind": "short_text", "most": "viel"}, "ganze Zahl"),
    ("most", {"kind": "short_text", "most": "1,5"}, "ganze Zahl"),
    ("most", {"kind": "short_text", "most": "0"}, "Zahl von 1 bis 200"),
    ("most", {"kind": "short_text", "most": "201"}, "Zahl von 1 bis 200"),
    ("most", {"kind": "long_text", "most": "20001"}, "Zahl von 1 bis 20000"),
    ("most", {"kind": "number", "most": "9" * 40}, "höchstens 1000000000"),
    ("most", {"kind": "number", "most": "-1"}, "mindestens 0"),
    ("most", {"kind": "group", "most": "21"}, "Zahl von 1 bis 20"),
    ("most", {"kind": "date", "most": "5"}, "keine Grenze"),
    ("most", {"kind": "number", "least": "10", "most": "5"}, "Höchstens liegt unter Mindestens"),
    ("least", {"kind": "short_text", "least": "5"}, "nur zu Zahl und Betrag"),
    ("least", {"kind": "number", "least": "-3"}, "mindestens 0"),
    ("from_amount", {"from_amount": "1e9"}, "Komma"),
    ("from_amount", {"from_amount": "-5"}, "Minus"),
    ("from_amount", {"from_amount": "NaN"}, "Komma"),
    ("from_amount", {"from_amount": "99.999.999,00"}, "höchstens"),
    ("condition", {"condition": ["gibt-es-nicht:yes"]}, "gibt es vor dieser Frage nicht"),
    ("condition", {"condition": ["kinder:vielleicht"]}, "gibt es vor dieser Frage nicht"),
    ("condition", {"condition": ["kinder:yes", "farbe:rot"]}, "nur Antworten derselben Frage"),
    ("group", {"group": "999999"}, "Bitte wählen Sie eine der Möglichkeiten."),
    ("group", {"kind": "group", "group": "G"}, "passen nicht in eine Gruppe"),
    ("group", {"kind": "file", "group": "G"}, "passen nicht in eine Gruppe"),
    ("condition", {"group": "G", "condition": ["kinder:yes"]}, "In einer Gruppe gibt es keine Bedingung"),
    ("from_amount", {"group": "G", "from_amount": "100"}, "In einer Gruppe gibt es keinen Betrag"),
]


@pytest.mark.parametrize(("name", "change", "sentence"), BAD, ids=[f"{n}-{row[0]}" for n, row in enumerate(BAD)])
def test_nonsense_is_named_beside_the_field_and_nothing_is_written(
    client, admin, world, in_work, name, change, sentence
):
    ask("yes_no", "kinder", into=in_work)
    ask("choice", "farbe", into=in_work, options=["rot", "blau"])
    group = ask("group", "termine", into=in_work)
    typed = {key: str(group.pk) if value == "G" else value for key, value in change.items()}
    answer = send(client, world, **({"help_text": "Bleibt stehen"} | typed))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert f'href="#id_{name}' in page
    assert "help_text" in change or "Bleibt stehen" in page
    assert in_work.questions.count() == 3
    assert not Event.objects.filter(kind="question_added").exists()


def test_a_version_has_no_more_than_sixty_questions(client, admin, world, in_work, monkeypatch):
    monkeypatch.setattr(questioning, "MOST_QUESTIONS", 1)
    ask("yes_no", "kinder", into=in_work)
    answer = send(client, world)
    assert answer.status_code == 422
    assert "Mehr als 1 Fragen" in answer.content.decode()


def test_a_condition_names_an_earlier_answer_and_reads_in_words(client, admin, world, in_work):
    ask("yes_no", "kinder", into=in_work)
    assert send(client, world, label="Wer passt auf?", kind="long_text", condition=["kinder:yes"]).status_code == 302
    made = in_work.questions.get(slug="wer-passt-auf")
    assert made.condition == {"question": "kinder", "is": ["yes"]}
    assert "nur wenn „Frage kinder“: Ja" in client.get(go("question_programme", world.programme.pk)).content.decode()
    assert "checked" in client.get(go("question_edit", made.pk)).content.decode()


def test_what_others_depend_on_stays(client, admin, world, in_work):
    kids = ask("choice", "farbe", into=in_work, options=["rot", "blau", "grün"])
    hanging = ask("short_text", "warum", into=in_work, condition={"question": "farbe", "is": ["rot"]})
    data = PLAIN | {"label": "Farbe?", "kind": "date", "options": "blau\ngrün", "mark": questioning.mark_of(kids)}
    answer = client.post(go("question_edit", kids.pk), data)
    assert answer.status_code == 422
    assert "Von der Antwort „rot“ hängt ab: „Frage warum“" in answer.content.decode()
    mark = {"mark": questioning.mark_of(kids)}
    refused = client.post(go("question_remove", kids.pk), mark)
    assert (refused.status_code, "hängt ab: „Frage warum“" in refused.content.decode()) == (422, True)
    for question, direction in ((kids, "down"), (hanging, "up")):
        moved = client.post(go("question_move", question.pk), {"direction": direction})
        assert (moved.status_code, "kommt darum danach" in moved.content.decode()) == (422, True)
    assert client.post(go("question_edit", kids.pk), data | {"options": "rot\nblau"}).status_code == 302
    kids.refresh_from_db()
    assert (kids.kind, kids.options, kids.slug) == ("choice", ["rot", "blau"], "farbe")


def test_questions_move_one_place_and_parts_within_their_group(client, admin, world, in_work):
    first, group = ask("date", "eins", into=in_work), ask("group", "termine", into=in_work)
    wann = ask("date", "wann", into=in_work, group=group)
    wo = ask("short_text", "wo", into=in_work, group=group)

    def order() -> list[str]:
        return [q.slug for e in questions.entries(in_work) for q in (e.question, *e.parts)]

    client.post(go("question_move", first.pk), {"direction": "down"})
    assert order() == ["termine", "wann", "wo", "eins"]
    client.post(go("question_move", wo.pk), {"direction": "up"})
    assert order() == ["termine", "wo", "wann", "eins"]
    assert client.post(go("question_move", wann.pk), {"direction": "down"}).status_code == 302
    assert order() == ["termine", "wo", "wann", "eins"]
    assert client.post(go("question_move", wann.pk), {"direction": "left"}).status_code == 422
    assert Event.objects.filter(kind="question_moved").count() == 2


def test_a_question_goes_after_it_was_asked_whether(client, admin, world, in_work):
    group = ask("group", "termine", into=in_work)
    ask("date", "wann", into=in_work, group=group)
    page = client.get(go("question_remove", group.pk)).content.decode()
    assert "Frage wann" in page
    client.post(go("question_remove", group.pk), {"mark": questioning.mark_of(group)})
    assert not in_work.questions.exists()
    assert Event.objects.get(kind="question_removed").facts["name"] == "Frage termine"


# Two people


def test_nobody_overwrites_a_question_that_somebody_else_changed(client, admin, world, in_work):
    question = ask("yes_no", "kinder", into=in_work)
    mark = questioning.mark_of(Question.objects.get(pk=question.pk))
    Question.objects.filter(pk=question.pk).update(label="Kommen auch Kinder mit?")
    data = PLAIN | {"label": "Meine Fassung", "mark": mark}
    answer = client.post(go("question_edit", question.pk), data)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Kommen auch Kinder mit?" in page
    assert "Meine Fassung" in page
    question.refresh_from_db()
    assert question.label == "Kommen auch Kinder mit?"
    fresh = answer.context["mark"]
    assert client.post(go("question_edit", question.pk), data | {"mark": fresh}).status_code == 302
    assert client.post(go("question_remove", question.pk), {"mark": mark}).status_code == 409
    assert in_work.questions.count() == 1


def test_an_error_in_a_field_does_not_freshen_the_mark(client, admin, world, in_work):
    question = ask("yes_no", "kinder", into=in_work)
    answer = client.post(go("question_edit", question.pk), PLAIN | {"label": "", "mark": "alt"})
    assert (answer.status_code, answer.context["mark"]) == (422, "alt")


def test_only_what_was_read_is_published(client, admin, world, in_work):
    ask("yes_no", "kinder", into=in_work)
    mark = client.get(go("question_publish", world.programme.pk)).context["mark"]
    ask("date", "wann", into=in_work)
    assert client.post(go("question_publish", world.programme.pk), {"note": "", "mark": mark}).status_code == 409
    assert not QuestionSet.objects.filter(published_at__isnull=False).exists()


def test_a_published_version_is_not_written_any_more(client, admin, world, in_work):
    question = ask("yes_no", "kinder", into=in_work)
    questions.publish(in_work, note="", actor=world.cast.actor["coordinator"], at=world.at)
    for name in ("question_edit", "question_remove"):
        assert client.post(go(name, question.pk), PLAIN).status_code == 409
    assert client.post(go("question_move", question.pk), {"direction": "up"}).status_code == 409
    assert client.get(go("question_new", world.programme.pk)).status_code == 404


# Publishing


def test_from_the_first_question_to_the_second_version(client, admin, world):
    draft = actions.begin(world.round, world.organisation, actor=world.cast.actor["applicant"], at=world.at)
    pk = world.programme.pk
    for _twice in range(2):
        assert client.post(go("question_begin", pk)).status_code == 302
    assert Event.objects.filter(kind="questions_begun").count() == 1
    send(client, world)
    page = client.get(go("question_publish", pk))
    assert page.context["drafts"] == 1
    assert client.post(go("question_publish", pk), {"note": "", "mark": page.context["mark"]}).status_code == 302
    draft.refresh_from_db()
    assert draft.question_set is not None
    assert draft.question_set.number == 1
    client.post(go("question_begin", pk))
    copied = Question.objects.get(question_set__number=2)
    assert copied.slug == "kommen-kinder"
    send(client, world)
    assert {q.slug for q in Question.objects.filter(question_set__number=2)} == {"kommen-kinder", "kommen-kinder-2"}
    mark = client.get(go("question_publish", pk)).context["mark"]
    missing = client.post(go("question_publish", pk), {"note": " ", "mark": mark})
    assert (missing.status_code, "was sich ändert" in missing.content.decode()) == (422, True)
    client.post(go("question_publish", pk), {"note": "Eine Frage mehr.", "mark": mark})
    draft.refresh_from_db()
    assert draft.question_set.number == 2
    assert Event.objects.filter(kind="questions_published", actor_role="sysadmin").count() == 2
    shown = client.get(go("question_programme", pk)).content.decode()
    assert "Fassung 2 – gilt jetzt" in shown
    assert "Eine Frage mehr." in shown
    assert "Frühere Fassungen" in shown


def test_the_kind_of_a_published_question_stays(client, admin, world, in_work):
    ask("yes_no", "kinder", into=in_work)
    questions.publish(in_work, note="", actor=world.cast.actor["coordinator"], at=world.at)
    copied = questions.new_version(world.programme).questions.get()
    data = PLAIN | {"kind": "date", "mark": questioning.mark_of(copied)}
    assert client.post(go("question_edit", copied.pk), data).status_code == 302
    copied.refresh_from_db()
    assert (copied.kind, copied.label) == ("yes_no", "Kommen Kinder?")


def test_an_empty_group_is_not_published(client, admin, world, in_work):
    ask("group", "termine", into=in_work)
    mark = client.get(go("question_publish", world.programme.pk)).context["mark"]
    answer = client.post(go("question_publish", world.programme.pk), {"note": "", "mark": mark})
    assert (answer.status_code, "ist leer" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    "name", ["questions", "question_programme", "question_preview", "question_publish", "question_discard"]
)
def test_more_questions_do_not_take_more_queries(client, admin, world, in_work, name):
    args = [] if name == "questions" else [world.programme.pk]

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as told:
            assert client.get(go(name, *args)).status_code == 200
        return len(told)

    ask("yes_no", "kinder", into=in_work)
    queries()
    one = queries()
    group = ask("group", "termine", into=in_work)
    for number in range(29):
        ask("date", f"tag-{number}", into=in_work, group=group if number % 2 else None)
    assert queries() == one


# A version as a whole


def test_the_version_in_work_is_discarded_and_what_is_asked_goes_on(client, admin, world, in_work):
    pk, asked = world.programme.pk, ask("yes_no", "kinder", into=in_work)
    questions.publish(in_work, note="", actor=world.cast.actor["coordinator"], at=world.at)
    client.post(go("question_begin", pk))
    ask("date", "tag", into=QuestionSet.objects.get(number=2))
    assert go("question_discard", pk) in client.get(go("question_programme", pk)).content.decode()
    page = client.get(go("question_discard", pk))
    assert "Frage tag" in page.content.decode()
    assert client.post(go("question_discard", pk), {"mark": page.context["mark"]}).status_code == 302
    assert [one.number for one in QuestionSet.objects.all()] == [1]
    assert list(Question.objects.all()) == [asked]
    told = Event.objects.get(kind="questions_discarded")
    assert (told.actor_key, told.facts) == (admin.key, {"number": 2, "questions": 2})
    assert client.get(go("question_discard", pk)).status_code == 404
    client.post(go("question_begin", pk))
    assert [question.slug for question in Question.objects.filter(question_set__number=2)] == ["kinder"]


def test_what_somebody_wrote_meanwhile_is_not_discarded(client, admin, world, in_work):
    ask("yes_no", "kinder", into=in_work)
    mark = client.get(go("question_discard", world.programme.pk)).context["mark"]
    ask("date", "tag", into=in_work)
    answer = client.post(go("question_discard", world.programme.pk), {"mark": mark})
    assert (answer.status_code, "gerade eine Frage geändert" in answer.content.decode()) == (409, True)
    assert in_work.questions.count() == 2


def test_a_published_version_is_never_discarded(client, admin, world, in_work):
    ask("yes_no", "kinder", into=in_work)
    mark = questioning.mark_of_all(questions.entries(in_work))
    questions.publish(in_work, note="", actor=world.cast.actor["coordinator"], at=world.at)
    with pytest.raises(Faster):
        questioning.discard(in_work, mark=mark, actor=world.cast.actor["coordinator"], at=world.at)
    assert client.post(go("question_discard", world.programme.pk), {"mark": mark}).status_code == 404
    assert QuestionSet.objects.get().questions.count() == 1


def test_who_writes_into_a_discarded_version_hears_of_it(world, in_work):
    coordinator = world.cast.actor["coordinator"]
    questioning.discard(in_work, mark=questioning.mark_of_all([]), actor=coordinator, at=world.at)
    data = {"kind": "date", "label": "Wann?"}
    with pytest.raises(Faster, match="verworfen"):
        questioning.add(in_work, data, actor=coordinator, at=world.at)


def test_earlier_versions_are_listed_and_can_be_read(client, admin, world, in_work):
    pk, coordinator = world.programme.pk, world.cast.actor["coordinator"]
    ask("yes_no", "kinder", into=in_work)
    questions.publish(in_work, note="", actor=coordinator, at=world.at)
    second = questions.new_version(world.programme)
    second.questions.update(label="Kommen auch Kinder?")
    questions.publish(second, note="Klarer gefragt.", actor=coordinator, at=world.at)
    page = client.get(go("question_programme", pk)).content.decode()
    assert go("question_version", pk, 1) in page
    assert page.count(coordinator.name) == 2
    first = client.get(go("question_version", pk, 1)).content.decode()
    assert "Frage kinder" in first
    assert f"· {coordinator.name}" in first
    assert "Kommen auch Kinder?" in client.get(go("question_version", pk, 2)).content.decode()
    assert client.post(go("question_version", pk, 1)).status_code == 405
    questions.new_version(world.programme)
    for number in (0, 3, 4):
        assert client.get(go("question_version", pk, number)).status_code == 404
