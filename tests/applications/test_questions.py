"""The questions that an administrator adds to a programme: asked, read, missing, moved from version to version."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from applications import actions, completeness, questions, rules
from applications.models import Application, EligibilityRule, EvidenceTier, Question, QuestionSet
from journal.refusals import Refused
from tests.factories import PDF
from workflow.forms.inquiry import InformationRequestForm

pytestmark = pytest.mark.django_db
Kind = Question.Kind


def ask(kind: str, slug: str, *, in_set: QuestionSet, **more: Any) -> Question:
    return Question.objects.create(
        question_set=in_set, kind=kind, slug=slug, label=f"Frage {slug}", position=in_set.questions.count(), **more
    )


@pytest.fixture
def made(world) -> QuestionSet:
    """One question of each kind, and one that another answer calls for."""
    found = questions.new_version(world.programme)
    ask("short_text", "kurz", in_set=found, is_required=True, most=20)
    ask("long_text", "lang", in_set=found)
    ask("number", "zahl", in_set=found, least=1, most=50)
    ask("money", "geld", in_set=found)
    ask("date", "tag", in_set=found)
    ask("choice", "wahl", in_set=found, options=["rot", "blau"])
    ask("choices", "viele", in_set=found, options=["a", "b", "c"])
    ask("yes_no", "kinder", in_set=found, is_required=True)
    ask("long_text", "schutz", in_set=found, is_required=True, condition={"question": "kinder", "is": ["yes"]})
    ask("short_text", "gross", in_set=found, is_required=True, from_amount=Decimal(5000))
    ask("file", "konzept", in_set=found, is_required=True)
    group = ask("group", "termine", in_set=found, is_required=True, most=3)
    ask("date", "wann", in_set=found, group=group, is_required=True)
    ask("short_text", "wo", in_set=found, group=group)
    return found


@pytest.fixture
def published(made, world) -> QuestionSet:
    questions.publish(made, note="", actor=world.cast.actor["coordinator"], at=world.at)
    return QuestionSet.objects.get(pk=made.pk)


@pytest.fixture
def draft(published, world) -> Application:
    return actions.begin(world.round, world.organisation, actor=world.cast.actor["applicant"], at=world.at)


def url(draft: Application) -> str:
    return f"/antraege/{draft.key}/schritt/fragen/"


FULL = {
    "frage-kurz": "Text", "frage-lang": "", "frage-zahl": "12", "frage-geld": "1.234,50", "frage-tag": "31.12.2026",
    "frage-wahl": "rot", "frage-viele": ["a", "c"], "frage-kinder": "yes", "frage-schutz": "Konzept",
    "frage-termine-rows": "2", "frage-termine-0-wann": "01.10.2026", "frage-termine-0-wo": "Esens",
    "frage-termine-1-wann": "", "frage-termine-1-wo": "",
}  # fmt: skip


def test_answers_are_read_by_kind_and_empty_rows_go(as_person, draft):
    answer = as_person("applicant").post(url(draft), {"version": draft.version} | FULL)
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert draft.answers == {
        "kurz": "Text", "lang": "", "zahl": "12", "geld": "1234.50", "tag": "2026-12-31", "wahl": "rot",
        "viele": ["a", "c"], "kinder": "yes", "schutz": "Konzept",
        "termine": [{"wann": "2026-10-01", "wo": "Esens"}],
    }  # fmt: skip


def test_stored_answers_come_back_into_the_fields(as_person, draft):
    client = as_person("applicant")
    client.post(url(draft), {"version": draft.version} | FULL)
    page = client.get(url(draft)).content.decode()
    for shown in ('value="1.234,50"', 'value="31.12.2026"', 'value="01.10.2026"', "Konzept</textarea>"):
        assert shown in page


BAD = [
    ("frage-kurz", "x" * 21, "höchstens 20 Zeichen"),
    ("frage-lang", "x" * 100_000, "höchstens 4000 Zeichen"),
    ("frage-zahl", "zwölf", "ganze Zahl"),
    ("frage-zahl", "0", "mindestens 1"),
    ("frage-zahl", "51", "höchstens 50"),
    ("frage-zahl", "9" * 40, "höchstens 50"),
    ("frage-geld", "1e9", "Komma"),
    ("frage-geld", "NaN", "Komma"),
    ("frage-geld", "-1", "Minus"),
    ("frage-tag", "31.02.2026", "Datum"),
    ("frage-tag", "morgen", "Datum"),
    ("frage-wahl", "grün", ""),
    ("frage-viele", ["d"], ""),
    ("frage-kinder", "vielleicht", ""),
    ("frage-termine-0-wann", "x", "Datum"),
    ("frage-kurz", "a\x00b", ""),
]


@pytest.mark.parametrize(("field", "value", "said"), BAD, ids=[f"{n}-{row[0]}" for n, row in enumerate(BAD)])
def test_what_cannot_be_read_is_named_and_the_rest_is_saved(as_person, draft, field, value, said):
    answer = as_person("applicant").post(url(draft), {"version": draft.version} | FULL | {field: value})
    draft.refresh_from_db()
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert f'id="id_{field}' in answer.content.decode()
    untouched = "lang" if field == "frage-kurz" else "kurz"
    assert untouched in draft.answers


def test_a_question_that_an_answer_calls_for_is_missing_only_then(draft):
    def missing() -> set[str]:
        return {gap.field for gap in questions.gaps(draft, requested=Decimal(1000))}

    assert missing() == {"frage-kurz", "frage-kinder", "file", "frage-termine"}
    draft.answers = {"kurz": "x", "kinder": "yes", "termine": [{"wann": ""}]}
    assert missing() == {"frage-schutz", "file", "frage-termine-0-wann"}
    draft.answers["kinder"] = "no"
    assert "frage-schutz" not in missing()


def test_big_money_is_asked_more(draft):
    small, big = (
        {gap.field for gap in questions.gaps(draft, requested=Decimal(amount))} for amount in ("4999.99", "5000.00")
    )
    assert big - small == {"frage-gross"}


def test_what_is_missing_blocks_filing_and_leads_to_the_place(draft, world):
    found = {(item.section, item.field) for item in completeness.missing_in(draft, today=world.at.date())}
    assert ("fragen", "frage-kurz") in found
    assert ("unterlagen", "file") in found


def test_evidence_grows_with_the_amount(draft, world):
    EvidenceTier.objects.create(programme=world.programme, kind="offer", from_amount=Decimal(500), hint="zwei Angebote")
    sentences = [item.sentence for item in completeness.missing_in(draft, today=world.at.date())]
    assert not any("Angebot" in sentence for sentence in sentences)
    assert not any("Satzung" in sentence for sentence in sentences)
    draft.sources.filter(kind="county_grant").update(amount=Decimal(500))
    sentences = [item.sentence for item in completeness.missing_in(draft, today=world.at.date())]
    assert any("zwei Angebote" in sentence for sentence in sentences)


def test_a_running_draft_moves_to_the_new_version_and_is_told_a_filed_one_keeps_its_own(as_person, draft, world):
    filed = actions.begin(world.round, world.organisation, actor=world.cast.actor["applicant"], at=world.at)
    Application.objects.filter(pk=filed.pk).update(filed_at=world.at, reference="X-1", is_editable=False)
    Application.objects.filter(pk=draft.pk).update(answers={"kurz": "bleibt", "lang": "auch"})
    work = questions.new_version(world.programme)
    assert work.number == 2
    work.questions.filter(slug="kurz").update(label="Ganz kurz gesagt")
    work.questions.filter(slug="lang").delete()
    later = world.at + timedelta(days=1)
    with pytest.raises(Refused):
        questions.publish(work, note=" ", actor=world.cast.actor["coordinator"], at=later)
    assert questions.publish(work, note="Eine Frage weniger.", actor=world.cast.actor["coordinator"], at=later) == 1
    draft.refresh_from_db()
    filed.refresh_from_db()
    assert (draft.question_set.number, filed.question_set.number) == (2, 1)
    page = as_person("applicant").get(url(draft)).content.decode()
    assert "Eine Frage weniger." in page
    assert "bleibt" in page
    assert "Ganz kurz gesagt" in page


def test_the_version_in_work_is_one_copy_with_groups(published, world):
    first, second = questions.new_version(world.programme), questions.new_version(world.programme)
    assert first.pk == second.pk
    assert first.questions.count() == published.questions.count()
    group = first.questions.get(slug="termine")
    assert set(group.questions.values_list("slug", flat=True)) == {"wann", "wo"}
    assert all(part.question_set_id == first.pk for part in group.questions.all())


BROKEN = [
    ("choice", {"options": ["nur eine"]}, "zwei Antworten"),
    ("group", {}, "leer"),
    ("short_text", {"condition": {"question": "gibtesnicht", "is": ["x"]}}, "nicht vorher"),
]


@pytest.mark.parametrize(("kind", "more", "said"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_broken_version_is_not_published(world, kind, more, said):
    work = questions.new_version(world.programme)
    ask(kind, "kaputt", in_set=work, **more)
    with pytest.raises(Refused, match=said):
        questions.publish(work, note="", actor=world.cast.actor["coordinator"], at=world.at)
    work.refresh_from_db()
    assert work.published_at is None


def test_one_more_row_without_a_script(as_person, draft):
    client = as_person("applicant")
    answer = client.post(url(draft), {"version": draft.version} | FULL | {"add_row": "termine"})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert 'name="frage-termine-2-wann"' in page
    assert 'name="frage-termine-3-wann"' not in page
    assert 'value="termine"' not in page, "three is the most"


def test_the_frozen_revision_holds_questions_and_answers_in_words(draft, world):
    draft.answers = {
        "kurz": "Ja, gern",
        "geld": "1234.50",
        "kinder": "no",
        "termine": [{"wann": "2026-10-01", "wo": ""}],
    }
    told = {row["question"]: row["answer"] for row in actions.snapshot(draft)["questions"]}
    assert told["Frage kurz"] == "Ja, gern"
    assert told["Frage geld"] == "1.234,50\N{NO-BREAK SPACE}€"
    assert told["Frage kinder"] == "Nein"
    assert told["Frage termine 1: Frage wann"] == "01.10.2026"
    assert "Frage schutz" not in told


def test_without_questions_there_is_no_such_step(as_person, world):
    draft = world.draft()
    assert as_person("applicant").get(url(draft)).status_code == 404


# Files, documents by amount, rules, and where answers are read


def test_a_file_that_answers_a_question_is_kept_with_it(as_person, draft):
    client, address = as_person("applicant"), f"/antraege/{draft.key}/schritt/unterlagen/"
    page = client.get(address).content.decode()
    assert "Zu Frage: Frage konzept" in page
    sent = {"kind": "frage:konzept", "file": SimpleUploadedFile("Konzept.pdf", PDF), "upload": "1"}
    assert client.post(address, sent).status_code == 302
    kept = draft.attachments.get(question="konzept")
    assert kept.kind == "other"
    assert client.get(address).content.decode().count("Frage konzept") >= 3
    assert not [gap for gap in questions.gaps(draft, requested=Decimal(0)) if gap.is_file]


@pytest.mark.parametrize("kind", ["frage:gibt-es-nicht", "frage:kurz", "frage:", "sonstwas"])
def test_a_file_for_no_question_is_refused(as_person, draft, kind):
    sent = {"kind": kind, "file": SimpleUploadedFile("Konzept.pdf", PDF), "upload": "1"}
    answer = as_person("applicant").post(f"/antraege/{draft.key}/schritt/unterlagen/", sent)
    assert answer.status_code == 422
    assert not draft.attachments.exists()


def test_what_the_amount_needs_is_said_before_uploading(as_person, world):
    EvidenceTier.objects.create(programme=world.programme, kind="statutes", from_amount=0)
    EvidenceTier.objects.create(programme=world.programme, kind="offer", from_amount=1000, hint="drei Stück")
    draft = world.draft(requested="1600")
    page = as_person("applicant").get(f"/antraege/{draft.key}/schritt/unterlagen/").content.decode()
    assert "Für 1.600,00" in page
    assert "Angebot oder Kostenvoranschlag (drei Stück)" in page


def test_a_rule_that_blocks_stands_in_the_way_and_another_is_a_hint(as_person, world):
    draft = world.draft(requested="1600")
    before = len(completeness.missing_in(draft, today=world.at.date()))
    rule = {"programme": world.programme, "subject": "amount_at_most", "expected": ["1000"]}
    EligibilityRule.objects.create(**rule, reason="Höchstens 1.000 Euro.", blocks=True)
    EligibilityRule.objects.create(**rule, reason="Weniger geht schneller.")
    EligibilityRule.objects.create(programme=world.programme, subject="yes", question="Offen?", reason="x", blocks=True)
    missing = completeness.missing_in(draft, today=world.at.date())
    assert [item.sentence for item in missing][before:] == ["Höchstens 1.000 Euro."]
    assert [item.sentence for item in completeness.hints_in(draft, today=world.at.date())] == [
        "Weniger geht schneller."
    ]
    page = as_person("applicant").get(f"/antraege/{draft.key}/einreichen/").content.decode()
    assert "Höchstens 1.000 Euro." in page
    assert "Weniger geht schneller." in page
    draft.filed_at = world.at
    assert len(completeness.missing_in(draft, today=world.at.date())) == before


def test_answers_are_read_before_filing_and_by_the_office(as_person, published, world):
    draft = world.draft(question_set=published, answers={"kurz": "Meine Antwort", "kinder": "no"})
    page = as_person("applicant").get(f"/antraege/{draft.key}/einreichen/").content.decode()
    assert "Meine Antwort" in page
    assert "Frage kinder" in page
    case = world.filed(question_set=None)
    Application.objects.filter(pk=case.application_id).update(question_set=published, answers={"kurz": "Für das Amt"})
    assert "Für das Amt" in as_person("caseworker").get(f"/vorgaenge/{case.reference}/").content.decode()


# A step with nothing in it


def newer(world, draft, *, keep: tuple[str, ...] = ()) -> Application:
    """The next published version asks only what is kept of the last one; the draft moves along."""
    found = questions.new_version(world.programme)
    found.questions.exclude(slug__in=keep).delete()
    questions.publish(found, note="Weniger Fragen", actor=world.cast.actor["coordinator"], at=world.at)
    draft.refresh_from_db()
    return draft


def sections_of(draft: Application) -> list[str]:
    return [section.value for section in rules.open_sections(Application.objects.get(pk=draft.pk))]


WITHOUT = ["vorhaben", "ziele", "zeitraum", "finanzplan", "unterlagen", "erklaerungen"]


@pytest.mark.parametrize("keep", [(), ("konzept",), ("gross",), ("gross", "konzept")], ids="-".join)
def test_a_step_without_questions_is_left_out(as_person, world, draft, keep):
    """No question at all, only files, or only what so little money is not asked for."""
    assert sections_of(draft) == [*WITHOUT[:4], "fragen", *WITHOUT[4:]]
    newer(world, draft, keep=keep)
    client = as_person("applicant")
    assert sections_of(draft) == WITHOUT
    page = client.get(f"/antraege/{draft.key}/schritt/finanzplan/").content.decode()
    assert "/schritt/fragen/" not in page
    assert "Schritt 4 von 7: Finanzplan" in " ".join(page.split())
    assert "5. Unterlagen" in page
    assert "/schritt/fragen/" not in client.get(f"/antraege/{draft.key}/einreichen/").content.decode()


def test_the_way_by_keyboard_and_old_links_go_round_it(as_person, world, draft):
    newer(world, draft)
    client = as_person("applicant")
    plan = {"sources-0-kind": "county_grant", "sources-TOTAL_FORMS": 1, "sources-INITIAL_FORMS": 0}
    plan |= {"costs-TOTAL_FORMS": 0, "costs-INITIAL_FORMS": 0, "version": draft.version}
    after = f"/antraege/{draft.key}/schritt/unterlagen/"
    assert client.post(f"/antraege/{draft.key}/schritt/finanzplan/", plan).url == after
    assert client.get(url(draft)).url == after


def test_who_has_the_step_open_when_the_questions_go_is_told(as_person, world, draft):
    client = as_person("applicant")
    client.get(url(draft))
    newer(world, draft)
    person = {"person": str(world.cast.user["applicant"].key), "version": draft.version}
    told = client.post(url(draft), person | {"frage-kurz": "Ja"}, headers={"X-Autosave": "1"})
    assert (told.status_code, told.json()["reason"]) == (422, "refused")
    assert "stellen wir nicht mehr" in told.json()["said"]
    answer = client.post(url(draft), person | {"frage-kurz": "Ja"}, follow=True)
    assert answer.redirect_chain == [(f"/antraege/{draft.key}/schritt/unterlagen/", 302)]
    assert "Die Fragen zum Programm stellen wir nicht mehr." in answer.content.decode()
    draft.refresh_from_db()
    assert draft.answers == {}


def test_the_step_comes_with_the_amount_that_asks_for_it(as_person, world, draft):
    newer(world, draft, keep=("gross",))
    draft.sources.filter(kind="county_grant").update(amount=Decimal(5000))
    assert "fragen" in sections_of(draft)
    assert as_person("applicant").get(url(draft)).status_code == 200


@pytest.mark.parametrize(("keep", "steps"), [(("kurz",), "sieben"), (("konzept", "gross"), "sechs")])
def test_who_begins_reads_how_many_steps_there_will_be(as_person, world, draft, keep, steps):
    newer(world, draft, keep=keep)
    page = as_person("applicant").get(f"/programme/{world.programme.slug}/antrag/").content.decode()
    assert f"Es gibt {steps} Schritte." in page


def test_the_office_cannot_open_a_step_that_is_not_there(world):
    case = world.filed()
    empty, asked = (
        QuestionSet.objects.create(programme=world.programme, number=n, published_at=world.at) for n in (1, 2)
    )
    ask("short_text", "kurz", in_set=asked)
    for question_set, is_there in ((empty, False), (asked, True)):
        case.application.question_set = question_set
        form = InformationRequestForm(obj=case, actor=world.cast.actor["caseworker"], today=world.at.date())
        assert ("fragen" in dict(form.fields["sections"].choices)) is is_there
