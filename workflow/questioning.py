"""What the administration does with the questions of a programme: writes, sorts, removes and publishes them.

Only the version in work is ever changed. Whoever writes sends the mark of what they read; if somebody else wrote in
between, nothing is overwritten. Each change is told in the journal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from applications import questions
from applications.models import Application, Question, QuestionSet
from applications.questions import Entry
from funding.models import Programme
from journal.actors import Actor
from journal.events import record
from journal.refusals import Faster, Refused
from workflow.administration import LONG, acting, shown

Kind = Question.Kind
MOST_QUESTIONS = 60
"""In one version, parts of groups included: every step reads them all."""
FIELDS = (
    "kind", "label", "help_text", "is_required", "options", "most", "least", "condition", "from_amount", "group_id",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Versions:
    """The questions of a programme as they stand: what is asked, what is being written, what was asked before."""

    published: QuestionSet | None
    in_work: QuestionSet | None
    earlier: list[QuestionSet] = field(default_factory=list)


def versions_of(programme: Programme) -> Versions:
    found = list(QuestionSet.objects.filter(programme=programme).order_by("-number"))
    published = [one for one in found if one.published_at is not None]
    in_work = next((one for one in found if one.published_at is None), None)
    return Versions(published=published[0] if published else None, in_work=in_work, earlier=published[1:])


def drafts_of(programme: Programme) -> int:
    """How many running drafts get the next version."""
    return Application.objects.filter(round__programme=programme, filed_at__isnull=True).count()


# What was read


def mark_of(question: Question) -> str:
    """Changes whenever somebody changes the question."""
    content = {name: str(getattr(question, name)) for name in (*FIELDS, "pk")}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:20]


def mark_of_all(found: Iterable[Entry]) -> str:
    """Changes whenever anything in a version changes, the order included."""
    marks = [mark_of(question) for entry in found for question in (entry.question, *entry.parts)]
    return hashlib.sha256("".join(marks).encode()).hexdigest()[:20]


@contextmanager
def _writing(question_set: QuestionSet) -> Iterator[QuestionSet]:
    """Holds the version against others. Raises Faster if it was published or discarded meanwhile."""
    with transaction.atomic():
        held = QuestionSet.objects.select_for_update().filter(pk=question_set.pk).first()
        if held is None:
            raise Faster(_("Diese Fassung hat gerade jemand anders verworfen."))
        if held.published_at is not None:
            raise Faster(_("Diese Fassung ist inzwischen veröffentlicht. Änderungen kommen in die nächste Fassung."))
        yield held


def _fresh(question: Question, mark: str) -> Question:
    """The question as it stands now. Raises Faster if it is gone or differs from what was read."""
    now = Question.objects.filter(pk=question.pk).first()
    if now is None:
        raise Faster(_("Diese Frage gibt es nicht mehr. Jemand anders hat sie gerade entfernt."))
    if mark_of(now) != mark:
        raise Faster(_("Diese Frage hat gerade jemand anders geändert. Bitte sehen Sie noch einmal hin."))
    return now


# Writing


def begin(programme: Programme, *, actor: Actor, at: datetime) -> QuestionSet:
    """The version in work, with all that is asked now."""
    was_there = QuestionSet.objects.filter(programme=programme, published_at__isnull=True).exists()
    made = questions.new_version(programme)
    if not was_there:
        _tell("questions_begun", made, made, actor=actor, at=at, facts={"number": made.number})
    return made


def add(question_set: QuestionSet, data: dict[str, Any], *, actor: Actor, at: datetime) -> Question:
    """A new question at the end. `data` is what QuestionForm read."""
    with _writing(question_set) as held:
        count = held.questions.count()
        if count >= MOST_QUESTIONS:
            raise Refused(_("Mehr als %(most)s Fragen hat keine Fassung.") % {"most": MOST_QUESTIONS})
        slug = _new_slug(held, data["label"])
        question = Question.objects.create(question_set=held, slug=slug, position=count, **data)
        _renumber(held)
        facts = {"name": question.label[:LONG], "changes": _changes({}, data)}
        _tell("question_added", held, question, actor=actor, at=at, facts=facts)
        return question


def change(question: Question, data: dict[str, Any], *, mark: str, actor: Actor, at: datetime) -> Question:
    """Writes what QuestionForm read; the short name stays, so that answers move along."""
    with _writing(question.question_set) as held:
        now = _fresh(question, mark)
        before = {name: getattr(now, name) for name in data}
        if changes := _changes(before, data):
            for name, value in data.items():
                setattr(now, name, value)
            now.save()
            _renumber(held)
            facts = {"name": now.label[:LONG], "changes": changes}
            _tell("question_changed", held, now, actor=actor, at=at, facts=facts)
        return now


def remove(question: Question, *, mark: str, actor: Actor, at: datetime) -> None:
    """Takes a question out of the version in work, with its parts. Answers that were given are kept."""
    with _writing(question.question_set) as held:
        now = _fresh(question, mark)
        if hanging := dependants(now, questions.entries(held)):
            raise Refused(
                _("Von dieser Frage hängt ab: „%(other)s“. Bitte ändern Sie zuerst dort die Bedingung.")
                % {"other": hanging[0].label}
            )
        _tell("question_removed", held, now, actor=actor, at=at, facts={"name": now.label[:LONG]})
        now.delete()
        _renumber(held)


def move(question: Question, *, by: int, actor: Actor, at: datetime) -> bool:
    """One place up (-1) or down (+1) among its neighbours; False at the end of the row.

    Raises Refused if a question would come before the one that calls for it.
    """
    with _writing(question.question_set) as held:
        found = questions.entries(held)
        siblings = _siblings(found, question)
        keys = [one.pk for one in siblings]
        if question.pk not in keys:
            raise Faster(_("Diese Frage gibt es nicht mehr. Jemand anders hat sie gerade entfernt."))
        here = keys.index(question.pk)
        there = here + by
        if not 0 <= there < len(siblings):
            return False
        _refuse_before(earlier=siblings[max(here, there)], later=siblings[min(here, there)])
        siblings[here], siblings[there] = siblings[there], siblings[here]
        _number(siblings)
        _renumber(held)
        _tell("question_moved", held, question, actor=actor, at=at, facts={"name": question.label[:LONG], "by": by})
        return True


def _refuse_before(*, earlier: Question, later: Question) -> None:
    """`earlier` is about to come first."""
    if earlier.condition and earlier.condition.get("question") == later.slug:
        raise Refused(
            _("„%(question)s“ hängt von „%(other)s“ ab und kommt darum danach.")
            % {"question": earlier.label, "other": later.label}
        )


def publish(question_set: QuestionSet, *, note: str, mark: str, actor: Actor, at: datetime) -> int:
    """Publishes what was read; returns how many running drafts moved. Raises Faster if somebody wrote meanwhile."""
    with _writing(question_set) as held:
        if mark_of_all(questions.entries(held)) != mark:
            raise Faster(_("Jemand anders hat gerade eine Frage geändert. Bitte sehen Sie die Fassung noch einmal an."))
        return questions.publish(held, note=note, actor=acting(actor), at=at)


def discard(question_set: QuestionSet, *, mark: str, actor: Actor, at: datetime) -> None:
    """Throws the version in work away; what is asked now goes on. Raises Faster if somebody wrote meanwhile."""
    with _writing(question_set) as held:
        found = questions.entries(held)
        if mark_of_all(found) != mark:
            raise Faster(_("Jemand anders hat gerade eine Frage geändert. Bitte sehen Sie die Fassung noch einmal an."))
        facts = {"number": held.number, "questions": sum(1 + len(entry.parts) for entry in found)}
        _tell("questions_discarded", held, held, actor=actor, at=at, facts=facts)
        held.delete()


# Order and names


def _siblings(found: list[Entry], question: Question) -> list[Question]:
    """The row in which a question moves: all that stand alone, or the parts of its group."""
    if question.group_id is None:
        return [entry.question for entry in found]
    return next((entry.parts for entry in found if entry.question.pk == question.group_id), [])


def _number(row: list[Question]) -> None:
    for position, question in enumerate(row):
        question.position = position
    Question.objects.bulk_update(row, ["position"])


def _renumber(question_set: QuestionSet) -> None:
    """From nought on without gaps; what is in a group comes right behind it."""
    found = questions.entries(question_set)
    _number([question for entry in found for question in (entry.question, *entry.parts)])


def _new_slug(question_set: QuestionSet, label: str) -> str:
    """From the words of the question; never one that the programme has used before, whose answers are of another kind."""
    taken = set(
        Question.objects.filter(question_set__programme=question_set.programme_id).values_list("slug", flat=True)
    )
    spelled = label.lower()
    for letter, plain in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        spelled = spelled.replace(letter, plain)
    base = slugify(spelled)[:34].strip("-") or "frage"
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def dependants(question: Question, found: Iterable[Entry]) -> list[Question]:
    """The questions that are put only because of an answer to this one."""
    return [e.question for e in found if e.question.condition and e.question.condition.get("question") == question.slug]


def was_published(question: Question) -> bool:
    """Whether answers to it may exist: then its kind stays."""
    same = Question.objects.filter(slug=question.slug, question_set__programme=question.question_set.programme_id)
    return same.filter(question_set__published_at__isnull=False).exists()


# Telling


def _changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[str]]:
    """Field → old and new, in words; only what differs."""
    found = {name: [_in_words(name, before.get(name)), _in_words(name, value)] for name, value in after.items()}
    return {name: pair for name, pair in found.items() if pair[0] != pair[1]}


def _in_words(name: str, value: Any) -> str:
    if name == "group":
        return value.label if value else "–"
    if name == "kind" and value:
        return str(Kind(value).label)
    if isinstance(value, list):
        return ", ".join(value)[:LONG] or "–"
    if isinstance(value, dict):
        return ", ".join(value.get("is", []))[:LONG] or "–"
    return shown(value)[:LONG]


def _tell(
    kind: str, question_set: QuestionSet, obj: QuestionSet | Question, *, actor: Actor, at: datetime, facts: Any
) -> None:
    record(
        kind, thread=questions.thread_of(question_set.programme), subject=(obj._meta.label_lower, obj.pk),
        actor=acting(actor), at=at, facts=facts,
    )  # fmt: skip
