"""The questions that an administrator adds to a programme: which are asked, what was answered, what is missing.

Answers are plain JSON by the question's slug: text, "1234.50" for money and numbers, "2026-12-31" for days, the chosen
text, a list of chosen texts, "yes" or "no", and for a group a list of such objects, one for each repetition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from applications.models import Application, Attachment, Question, QuestionSet
from funding.models import Programme
from funding.money import format_money
from journal.actors import Actor
from journal.events import record
from journal.formats import plain_day
from journal.refusals import Refused

Kind = Question.Kind
Answers = Mapping[str, Any]
MOST_ROWS = 20
"""Repetitions of a group, where the administrator names no limit."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A question with the questions inside it, if it is a group."""

    question: Question
    parts: list[Question] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A required answer that is missing: which field, and the sentence."""

    field: str
    sentence: str
    is_file: bool = False


def thread_of(programme: Programme) -> str:
    """Where the journal keeps the story of a programme's questions."""
    return f"PROG-{programme.slug}"


def newest(programme: Programme) -> QuestionSet | None:
    """The questions that a new draft gets."""
    return QuestionSet.objects.filter(programme=programme, published_at__isnull=False).order_by("-number").first()


def entries(question_set: QuestionSet | None) -> list[Entry]:
    """All questions of a version in their order, groups with what is in them: one query."""
    if question_set is None:
        return []
    found = list(question_set.questions.all())
    return [
        Entry(question=question, parts=[part for part in found if part.group_id == question.pk])
        for question in found
        if question.group_id is None
    ]


def is_asked(question: Question, answers: Answers, *, requested: Decimal) -> bool:
    """Whether the question is put: from enough money on, and where another answer calls for it."""
    if question.from_amount is not None and requested < question.from_amount:
        return False
    if not question.condition:
        return True
    given = answers.get(question.condition.get("question", ""))
    given_all = set(given) if isinstance(given, list) else {given}
    return not given_all.isdisjoint(question.condition.get("is", []))


def asked(found: Iterable[Entry], answers: Answers, *, requested: Decimal) -> list[Entry]:
    return [entry for entry in found if is_asked(entry.question, answers, requested=requested)]


def is_blank(answer: Any) -> bool:
    return answer is None or answer == "" or answer == []


def gaps(application: Application, *, requested: Decimal) -> Iterator[Gap]:
    """Every required answer that is missing, in the order of the questions."""
    answers = application.answers
    found = asked(entries(application.question_set), answers, requested=requested)
    files = _files_of(application) if any(entry.question.kind == Kind.FILE for entry in found) else set()
    for entry in found:
        question = entry.question
        if question.kind == Kind.GROUP:
            yield from _gaps_in_group(entry, answers.get(question.slug) or [])
        elif question.is_required and question.kind == Kind.FILE and question.slug not in files:
            yield Gap(field="file", sentence=_("Es fehlt: „%(what)s“") % {"what": question.label}, is_file=True)
        elif question.is_required and question.kind != Kind.FILE and is_blank(answers.get(question.slug)):
            yield Gap(field=field_name(question), sentence=_unanswered(question))


def _unanswered(question: Question) -> str:
    return _("Es fehlt die Antwort auf: „%(question)s“") % {"question": question.label}


def _gaps_in_group(entry: Entry, rows: list[Answers]) -> Iterator[Gap]:
    if entry.question.is_required and not rows:
        yield Gap(field=field_name(entry.question), sentence=_unanswered(entry.question))
    for number, row in enumerate(rows):
        for part in entry.parts:
            if part.is_required and is_blank(row.get(part.slug)):
                sentence = _("%(group)s %(number)s: Es fehlt „%(question)s“") % {
                    "group": entry.question.label,
                    "number": number + 1,
                    "question": part.label,
                }
                yield Gap(field=field_name(part, row=number, group=entry.question), sentence=sentence)


def _files_of(application: Application) -> set[str]:
    found = Attachment.objects.filter(application=application, removed_at__isnull=True).exclude(question="")
    return set(found.values_list("question", flat=True))


def files_asked(application: Application, *, requested: Decimal) -> list[Question]:
    """The questions that a file answers; they are put in the step of the documents."""
    found = asked(entries(application.question_set), application.answers, requested=requested)
    return [entry.question for entry in found if entry.question.kind == Kind.FILE]


def are_put(application: Application, *, requested: Decimal) -> bool:
    """Whether there is any question at present that is answered in writing."""
    return are_in_writing(application.question_set, application.answers, requested=requested)


def are_in_writing(question_set: QuestionSet | None, answers: Answers, *, requested: Decimal) -> bool:
    found = asked(entries(question_set), answers, requested=requested)
    return any(entry.question.kind != Kind.FILE for entry in found)


def file_labels(application: Application) -> dict[str, str]:
    """The words of each question for a file, by its short name; asked at present or not."""
    found = entries(application.question_set)
    return {entry.question.slug: entry.question.label for entry in found if entry.question.kind == Kind.FILE}


def field_name(question: Question, *, row: int | None = None, group: Question | None = None) -> str:
    """The name of a question's field in the form."""
    if group is None or row is None:
        return f"frage-{question.slug}"
    return f"frage-{group.slug}-{row}-{question.slug}"


# In words


def answered(application: Application, *, requested: Decimal) -> list[tuple[str, str]]:
    """(question, answer in words) of everything that is asked, for the summary, the case and the frozen revision."""
    found = asked(entries(application.question_set), application.answers, requested=requested)
    lines: list[tuple[str, str]] = []
    for entry in found:
        answer = application.answers.get(entry.question.slug)
        if entry.question.kind == Kind.GROUP:
            lines += _rows_in_words(entry, answer or [])
        elif entry.question.kind != Kind.FILE:
            lines.append((entry.question.label, in_words(entry.question, answer)))
    return lines


def _rows_in_words(entry: Entry, rows: list[Answers]) -> list[tuple[str, str]]:
    return [
        (f"{entry.question.label} {number}: {part.label}", in_words(part, row.get(part.slug)))
        for number, row in enumerate(rows, start=1)
        for part in entry.parts
    ]


def in_words(question: Question, answer: Any) -> str:
    if is_blank(answer):
        return "–"
    if question.kind == Kind.MONEY:
        return format_money(Decimal(answer))
    if question.kind == Kind.DATE:
        return plain_day(date.fromisoformat(answer))
    if question.kind == Kind.YES_NO:
        return _("Ja") if answer == "yes" else _("Nein")
    return ", ".join(answer) if isinstance(answer, list) else str(answer)


# Versions


def new_version(programme: Programme) -> QuestionSet:
    """The version in work: the one that is there already, or a copy of the newest one to be changed."""
    with transaction.atomic():
        in_work = QuestionSet.objects.filter(programme=programme, published_at__isnull=True).first()
        if in_work is not None:
            return in_work
        last = QuestionSet.objects.filter(programme=programme).aggregate(last=Max("number"))["last"] or 0
        made = QuestionSet.objects.create(programme=programme, number=last + 1)
        _copy(entries(newest(programme)), made)
        return made


def _copy(found: list[Entry], target: QuestionSet) -> None:
    for entry in found:
        group = _copy_one(entry.question, target, None)
        for part in entry.parts:
            _copy_one(part, target, group)


def _copy_one(question: Question, target: QuestionSet, group: Question | None) -> Question:
    made = Question.objects.get(pk=question.pk)
    made.pk, made._state.adding = None, True
    made.question_set, made.group = target, group
    made.save()
    return made


def publish(question_set: QuestionSet, *, note: str, actor: Actor, at: datetime) -> int:
    """From now on this version is asked. Running drafts move along, filed applications keep theirs; returns how many moved.

    An answer stays where its question has kept its slug; what is not asked any more is kept, but not shown.
    """
    with transaction.atomic():
        held = QuestionSet.objects.select_for_update().get(pk=question_set.pk)
        if held.published_at is not None:
            raise Refused(_("Diese Fassung ist schon veröffentlicht."))
        if held.number > 1 and not note.strip():
            raise Refused(_("Bitte schreiben Sie, was sich ändert. Wer gerade schreibt, liest das."), field="note")
        _refuse_broken(entries(held))
        held.note, held.published_at, held.published_by = note, at, actor.key
        held.save()
        drafts = Application.objects.filter(round__programme=held.programme, filed_at__isnull=True)
        moved = drafts.exclude(question_set=held).update(question_set=held)
        record(
            "questions_published", thread=thread_of(held.programme), subject=("applications.questionset", held.pk),
            actor=actor, at=at, reason=note, facts={"number": held.number, "moved": moved},
        )  # fmt: skip
        return moved


def _refuse_broken(found: list[Entry]) -> None:
    """A condition names a question that is there and comes earlier; a choice has something to choose from."""
    known: set[str] = set()
    for entry in found:
        for question in (entry.question, *entry.parts):
            if question.kind in {Kind.CHOICE, Kind.CHOICES} and len(question.options) < 2:
                raise Refused(_("„%(question)s“ braucht mindestens zwei Antworten.") % {"question": question})
        if entry.question.kind == Kind.GROUP and not entry.parts:
            raise Refused(_("Die Gruppe „%(question)s“ ist leer.") % {"question": entry.question})
        wanted = entry.question.condition.get("question") if entry.question.condition else None
        if wanted and wanted not in known:
            raise Refused(
                _("„%(question)s“ hängt von einer Frage ab, die nicht vorher kommt.") % {"question": entry.question}
            )
        known.add(entry.question.slug)


def has_moved(application: Application) -> bool:
    """Whether the questions changed under a draft: then its author reads what is new."""
    current = application.question_set
    return (
        current is not None
        and application.filed_at is None
        and current.number > 1
        and current.published_at is not None
        and current.published_at > application.created_at
    )
