"""A draft as a file: what goes out is readable and holds no account, what comes in is checked like what is typed."""

from __future__ import annotations

import json
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from applications import transfer
from applications.models import Application, Question, QuestionSet
from funding.models import Programme
from tests.factories import IBANS, START

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def then():
    cache.clear()
    with time_machine.travel(START, tick=False):
        yield


@pytest.fixture
def draft(world) -> Application:
    return world.draft()


def content(application: Application) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(transfer.as_file(application))
    return found


def upload(data: Any) -> SimpleUploadedFile:
    raw = data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode()
    return SimpleUploadedFile("entwurf.json", raw, "application/json")


def bring(client, application: Application, data: Any, **more: Any):
    return client.post(f"/antraege/{application.key}/datei/einlesen/", {"file": upload(data), **more})


WRITTEN = ("title", "summary", "place", "municipality_id", "contact_name", "measure_id", "target_group",
           "expected_people", "starts_on", "ends_on")  # fmt: skip


def state_of(application: Application) -> list[Any]:
    found = Application.objects.get(pk=application.pk)
    costs = [(line.category, line.description, line.quantity, line.unit_price) for line in found.costs.all()]
    sources = sorted((line.kind, line.description, line.amount) for line in found.sources.all())
    goals = sorted(goal.code for goal in found.goals.all())
    return [*(getattr(found, name) for name in WRITTEN), found.answers, goals, costs, sources]


# Out


def test_the_file_is_readable_and_holds_neither_account_nor_declarations(as_person, world, draft):
    answer = as_person("applicant").get(f"/antraege/{draft.key}/datei/")
    text = answer.content.decode()
    assert answer["Content-Disposition"] == 'attachment; filename="sprachcafe-am-deich-1.json"'
    assert '"title": "Sprachcafé am Deich 1"' in text
    for secret in (IBANS[0], "iban", "declar", "Mina Muster e. V.", str(world.cast.user["applicant"].key)):
        assert secret not in text


def test_who_may_read_may_keep_a_copy_and_nobody_else(as_person, draft):
    assert as_person("reader").get(f"/antraege/{draft.key}/datei/").status_code == 200
    for name in ("stranger", "caseworker"):
        assert as_person(name).get(f"/antraege/{draft.key}/datei/").status_code == 404


# In


def test_what_went_out_comes_in_again(as_person, world, draft):
    asked = QuestionSet.objects.create(programme=world.programme, number=1, published_at=START)
    for slug, kind in (("raum", "short_text"), ("kosten", "money"), ("tag", "date"), ("wege", "choices")):
        Question.objects.create(question_set=asked, slug=slug, kind=kind, label=slug, options=["Bus", "Rad"])
    answers = {"raum": "Gemeindehaus", "kosten": "1234.50", "tag": "2026-12-31", "wege": ["Bus", "Rad"]}
    Application.objects.filter(pk=draft.pk).update(question_set=asked, answers=answers)
    draft.refresh_from_db()
    data, before = content(draft), state_of(draft)
    client = as_person("applicant")
    client.post(f"/antraege/{draft.key}/loeschen/")
    answer = client.post(
        f"/programme/{world.programme.slug}/antrag/datei/",
        {"file": upload(data), "organisation": world.organisation.key},
    )
    made = Application.objects.get()
    assert answer.url == f"/antraege/{made.key}/einreichen/"
    assert state_of(made) == before


def test_a_file_that_says_what_is_there_changes_nothing(as_person, draft):
    before = state_of(draft)
    answer = bring(as_person("applicant"), draft, content(draft))
    assert answer.status_code == 302, answer.context["sentence"]
    assert state_of(draft) == before


def test_empty_places_are_filled_and_nothing_is_emptied(as_person, draft):
    data = content(draft)
    data["vorhaben"]["contact_phone"] = "04462 00-000"
    data["vorhaben"]["title"] = ""
    data["ausgaben"] = []
    bring(as_person("applicant"), draft, data)
    draft.refresh_from_db()
    assert (draft.contact_phone, draft.title, draft.costs.count()) == ("04462 00-000", "Sprachcafé am Deich 1", 1)


@pytest.mark.parametrize(("choice", "title", "price"), [("mine", "Aus der Datei", "30.00"), ("theirs", "", "")])
def test_where_both_say_something_somebody_chooses(as_person, draft, choice, title, price):
    data, client, before = content(draft), as_person("applicant"), state_of(draft)
    data["vorhaben"]["title"], data["ausgaben"][0]["unit_price"] = "Aus der Datei", "30.00"
    asked = bring(client, draft, data)
    assert asked.status_code == 409
    assert [row.name for row in asked.context["differences"]] == ["vorhaben.title", "finanzplan.costs"]
    assert state_of(draft) == before
    sent = dict(asked.context["sent"])
    names = ["vorhaben.title", "finanzplan.costs"]
    url = f"/antraege/{draft.key}/datei/einlesen/"
    half = client.post(url, sent | {"asked": names, "choice-vorhaben.title": choice})
    assert half.status_code == 422
    assert state_of(draft) == before
    answer = client.post(url, sent | {"asked": names} | {f"choice-{name}": choice for name in names})
    assert answer.status_code == 302
    after = Application.objects.get(pk=draft.pk)
    assert after.title == (title or "Sprachcafé am Deich 1")
    assert str(after.costs.get().unit_price) == (price or "2000.00")


def test_a_choice_made_on_an_older_draft_is_asked_again(as_person, draft):
    data, client = content(draft), as_person("applicant")
    data["vorhaben"]["title"] = "Aus der Datei"
    sent = dict(bring(client, draft, data).context["sent"])
    Application.objects.filter(pk=draft.pk).update(version=7, title="Inzwischen anders")
    choice = {"asked": ["vorhaben.title"], "choice-vorhaben.title": "mine"}
    answer = client.post(f"/antraege/{draft.key}/datei/einlesen/", sent | choice)
    assert answer.status_code == 409
    assert "Inzwischen anders" in answer.content.decode()


def test_there_is_one_draft_for_a_round(as_person, world, draft):
    answer = as_person("applicant").post(
        f"/programme/{world.programme.slug}/antrag/datei/",
        {"file": upload(content(draft)), "organisation": world.organisation.key},
    )
    assert answer.status_code == 422
    assert "schon einen Entwurf" in answer.content.decode()
    assert Application.objects.count() == 1


# What is refused


def changed(**parts: Any):
    return lambda data: data | parts


def inside(part: str, name: str, value: Any):
    def change(data: dict[str, Any]) -> dict[str, Any]:
        target = data[part][0] if isinstance(data[part], list) else data[part]
        target[name] = value
        return data

    return change


def raw(data: bytes):
    return lambda _data: data


BAD: list[tuple[str, Any, str]] = [
    ("empty", raw(b""), "lässt sich nicht lesen"),
    ("not JSON", raw(b"hallo"), "lässt sich nicht lesen"),
    ("a picture", raw(b"\x89PNG\r\n\x1a\n\x00"), "lässt sich nicht lesen"),
    ("UTF-16", raw('{"format": "x"}'.encode("utf-16")), "lässt sich nicht lesen"),
    ("a list", raw(b"[]"), "keine Datei mit einem Entwurf"),
    ("a number", raw(b"1"), "keine Datei mit einem Entwurf"),
    ("null", raw(b"null"), "keine Datei mit einem Entwurf"),
    ("NaN", raw(b'{"format": NaN}'), "lässt sich nicht lesen"),
    ("Infinity", raw(b'{"version": Infinity}'), "lässt sich nicht lesen"),
    ("a bomb of lists", raw(b"[" * 200_000), "lässt sich nicht lesen"),
    ("a bomb of objects", raw(b'{"a":' * 100_000), "lässt sich nicht lesen"),
    ("a name twice", raw(b'{"format": "foerdertopf-antrag", "format": "foerdertopf-antrag"}'), "nicht lesen"),
    ("too large", raw(b" " * 1_000_001), "größer als 1 MB"),
    ("a huge number", raw(b'{"version": ' + b"9" * 5000 + b"}"), "lässt sich nicht lesen"),
    ("another format", changed(format="excel"), "keine Datei mit einem Entwurf"),
    ("another version", changed(version=2), "andere Fassung"),
    ("a version that is true", changed(version=True), "andere Fassung"),
    ("an unknown name", changed(iban="DE00"), "„iban“"),
    ("a very long unknown name", changed(**{"x" * 10_000: 1}), "kennen wir nicht"),
    ("another programme", changed(programme="anderes"), "anderen Programm"),
    ("no programme", changed(programme=""), "anderen Programm"),
    ("a programme that is a list", changed(programme=[]), "etwas anderes als ein Text"),
    ("a part that is a list", changed(vorhaben=[]), "etwas anderes, als wir erwarten"),
    ("a part that is text", changed(ziele="x"), "etwas anderes, als wir erwarten"),
    ("costs that are an object", changed(ausgaben={}), "etwas anderes, als wir erwarten"),
    ("costs of texts", changed(ausgaben=["x"]), "etwas anderes, als wir erwarten"),
    ("too many costs", changed(ausgaben=[{}] * 101), "etwas anderes, als wir erwarten"),
    ("answers that are a list", changed(antworten=[]), "etwas anderes, als wir erwarten"),
    ("an answer too deep", changed(antworten={"a": [[["x"]]]}), "etwas anderes als ein Text"),
    ("an answer with a number that is none", changed(antworten={"a": 1.5}), "etwas anderes als ein Text"),
    ("an unknown field", inside("vorhaben", "reference", "INT-1"), "„reference“"),
    ("a title that is a number with a point", inside("vorhaben", "title", 1.5), "etwas anderes als ein Text"),
    ("a title that is true", inside("vorhaben", "title", True), "etwas anderes als ein Text"),
    ("a title of 100,000 letters", inside("vorhaben", "title", "x" * 100_000), "höchstens 120 Zeichen"),
    ("a summary of 100,000 letters", inside("vorhaben", "summary", "ä" * 100_000), "höchstens 4000 Zeichen"),
    ("a null byte", inside("vorhaben", "title", "a\x00b"), "Zeichen, die kein Text sind"),
    ("a control character", inside("vorhaben", "title", "a\x1bb"), "Zeichen, die kein Text sind"),
    ("half a character", inside("vorhaben", "title", "a\ud83d"), "Zeichen, die kein Text sind"),
    ("an unknown municipality", inside("vorhaben", "municipality", "Atlantis"), "„Atlantis“"),
    ("an unknown measure", inside("ziele", "measure", "M 99"), "„M 99“"),
    ("an unknown goal", inside("ziele", "goals", ["Z 99"]), "„Z 99“"),
    ("goals that are text", inside("ziele", "goals", "Z 3"), "etwas anderes, als wir erwarten"),
    ("many people that are words", inside("ziele", "expected_people", "viele"), "zum Beispiel 40"),
    ("too many people", inside("ziele", "expected_people", "99999999999"), "zum Beispiel 40"),
    ("a day that is none", inside("zeitraum", "starts_on", "2027-02-31"), "zum Beispiel 31.12.2026"),
    ("an end before the beginning", inside("zeitraum", "ends_on", "2020-01-01"), "Das Ende liegt vor dem Beginn"),
    ("an unknown kind of cost", inside("ausgaben", "category", "gold"), "„gold“"),
    ("an unknown source", inside("einnahmen", "kind", "gold"), "„gold“"),
    ("an amount below nothing", inside("einnahmen", "amount", "-5"), "keine Zahl wie 1234.50"),
    ("an amount with three places", inside("ausgaben", "unit_price", "1.234"), "keine Zahl wie 1234.50"),
    ("an amount in science", inside("ausgaben", "unit_price", "1e9"), "keine Zahl wie 1234.50"),
    ("a quantity without end", inside("ausgaben", "quantity", "9" * 400), "keine Zahl wie 1234.50"),
]


@pytest.mark.parametrize(("change", "sentence"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_file_is_refused_in_a_sentence_and_nothing_is_written(as_person, world, draft, change, sentence):
    data, before = change(content(draft)), state_of(draft)
    if not isinstance(data, bytes):
        data = json.dumps(data).encode()
    answer = bring(as_person("applicant"), draft, data)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert "Geändert hat sich nichts." in page
    assert (state_of(draft), Application.objects.get().version) == (before, draft.version)


def test_a_bad_file_leaves_no_empty_draft_behind(as_person, world):
    draft = world.draft()
    data = content(draft)
    data["vorhaben"]["title"] = "x" * 200
    client = as_person("applicant")
    client.post(f"/antraege/{draft.key}/loeschen/")
    answer = client.post(
        f"/programme/{world.programme.slug}/antrag/datei/",
        {"file": upload(data), "organisation": world.organisation.key},
    )
    assert answer.status_code == 422
    assert not Application.objects.exists()


@pytest.mark.parametrize("sent", [{}, {"file": "text"}, {"content": ""}], ids=["nothing", "a text", "an empty text"])
def test_no_file_is_a_sentence(as_person, draft, sent):
    assert as_person("applicant").post(f"/antraege/{draft.key}/datei/einlesen/", sent).status_code == 422


def test_nobody_brings_a_file_for_another_organisation_or_a_closed_programme(as_person, world, draft):
    data, url = content(draft), f"/programme/{world.programme.slug}/antrag/datei/"
    for name in ("stranger", "reader"):
        answer = as_person(name).post(url, {"file": upload(data), "organisation": world.organisation.key})
        assert answer.status_code == 422
    Programme.objects.update(is_published=False)
    assert as_person("applicant").get(url).status_code == 404
    assert Application.objects.count() == 1


def test_a_filed_application_takes_no_file(as_person, world):
    application = world.filed().application
    assert bring(as_person("applicant"), application, content(application)).status_code == 404
