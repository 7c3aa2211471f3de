"""The step with the questions of a programme: a field for each, made from what an administrator wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications import questions
from applications.actions import requested_amount
from applications.completeness import Section
from applications.forms.fields import HIGHEST, DayField, speak_plainly
from applications.forms.sections import FORMS, SectionForm
from applications.models import Application, Question
from funding.money import MoneyFormField
from journal.actors import Actor

Kind = Question.Kind
SHORT, LONG = 200, 4000
_WHOLE = _("Bitte schreiben Sie eine ganze Zahl, zum Beispiel 12.")


def field_of(question: Question) -> forms.Field:
    """The field that takes an answer of this kind."""
    common: dict[str, Any] = {"label": question.label, "help_text": question.help_text, "required": False}
    return _MAKERS[Kind(question.kind)](question, common)


def _text(question: Question, common: dict[str, Any]) -> forms.Field:
    most = question.most or (SHORT if question.kind == Kind.SHORT_TEXT else LONG)
    widget = forms.TextInput() if question.kind == Kind.SHORT_TEXT else forms.Textarea(attrs={"rows": 6})
    return forms.CharField(max_length=most, widget=widget, **common)


def _number(question: Question, common: dict[str, Any]) -> forms.Field:
    return forms.IntegerField(
        min_value=question.least or 0,
        max_value=question.most or 1_000_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": _WHOLE,
            "min_value": _("Bitte schreiben Sie mindestens %(limit_value)d."),
            "max_value": _("Bitte schreiben Sie höchstens %(limit_value)d."),
        },
        **common,
    )


def _money(question: Question, common: dict[str, Any]) -> forms.Field:
    least, most = Decimal(question.least or 0), Decimal(question.most) if question.most else HIGHEST
    return MoneyFormField(min_value=least, max_value=most, **common)


def _choice(question: Question, common: dict[str, Any]) -> forms.Field:
    choices = [(option, option) for option in question.options]
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)


def _choices(question: Question, common: dict[str, Any]) -> forms.Field:
    choices = [(option, option) for option in question.options]
    return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)


def _yes_no(_question: Question, common: dict[str, Any]) -> forms.Field:
    return forms.ChoiceField(choices=[("yes", _("Ja")), ("no", _("Nein"))], widget=forms.RadioSelect, **common)


_MAKERS: dict[Kind, Callable[[Question, dict[str, Any]], forms.Field]] = {
    Kind.SHORT_TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.NUMBER: _number,
    Kind.MONEY: _money,
    Kind.DATE: lambda _question, common: DayField(**common),
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.YES_NO: _yes_no,
}


def as_json(question: Question, value: Any) -> Any:
    """A clean value as it is stored."""
    if questions.is_blank(value):
        return [] if question.kind == Kind.CHOICES else ""
    if question.kind in {Kind.MONEY, Kind.NUMBER}:
        return str(value)
    return value.isoformat() if question.kind == Kind.DATE else value


def from_json(question: Question, answer: Any) -> Any:
    """A stored answer as the field shows it."""
    if questions.is_blank(answer):
        return None
    if question.kind == Kind.DATE:
        return date.fromisoformat(answer)
    return Decimal(answer) if question.kind == Kind.MONEY else answer


class QuestionsForm(SectionForm):
    """Fields of all questions that are asked now, rows of groups included; a question that an answer calls for comes
    with the next save. File questions belong to the documents step."""

    heading = _("Was möchten wir noch wissen?")

    class Meta:
        model = Application
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answers: dict[str, Any] = dict(self.instance.answers)
        self.requested = requested_amount(self.instance)
        self.entries = self._asked()
        self.rows = {entry.question.slug: self._row_count(entry) for entry in self.entries if _is_group(entry)}
        for name, question, answer in self._fields():
            self.fields[name] = field_of(question)
            self.initial[name] = from_json(question, answer)
        speak_plainly(self)
        self.optional = frozenset(name for name, question, _answer in self._fields() if not question.is_required)

    def _asked(self) -> list[questions.Entry]:
        """With what is being typed, so that a condition holds as soon as it is sent."""
        found = questions.entries(self.instance.question_set)
        typed = {entry.question.slug: self._typed(entry.question) for entry in found if self.is_bound}
        known = self.answers | {slug: value for slug, value in typed.items() if value is not None}
        shown = questions.asked(found, known, requested=self.requested)
        return [entry for entry in shown if entry.question.kind != Kind.FILE]

    def _typed(self, question: Question) -> Any:
        name = questions.field_name(question)
        data: Any = self.data
        if name not in data:
            return None
        return data.getlist(name) if question.kind == Kind.CHOICES else data.get(name)

    def _row_count(self, entry: questions.Entry) -> int:
        """Rows that were sent, or that are stored; one more where the person asks for it, one at least."""
        most = entry.question.most or questions.MOST_ROWS
        stored = len(self.answers.get(entry.question.slug) or [])
        sent = str(self.data.get(f"{questions.field_name(entry.question)}-rows", "")) if self.is_bound else ""
        count = int(sent) if sent.isdecimal() and len(sent) < 4 else stored
        more = 1 if self.is_bound and self.data.get("add_row") == entry.question.slug else 0
        return max(1, min(count + more, most))

    def _fields(self) -> Iterator[tuple[str, Question, Any]]:
        for entry in self.entries:
            if not _is_group(entry):
                yield questions.field_name(entry.question), entry.question, self.answers.get(entry.question.slug)
                continue
            stored = self.answers.get(entry.question.slug) or []
            for row in range(self.rows[entry.question.slug]):
                given = stored[row] if row < len(stored) else {}
                for part in entry.parts:
                    name = questions.field_name(part, row=row, group=entry.question)
                    yield name, part, given.get(part.slug)

    def readable(self, actor: Actor) -> dict[str, Any]:
        """All answers with those that could be read; what is not asked at present stays as it is."""
        answers = dict(self.answers)
        for entry in self.entries:
            slug = entry.question.slug
            if _is_group(entry):
                answers[slug] = self._readable_rows(entry)
            else:
                answers[slug] = self._readable(questions.field_name(entry.question), entry.question, answers.get(slug))
        return {"answers": answers}

    def _readable(self, name: str, question: Question, before: Any) -> Any:
        return as_json(question, self.cleaned_data[name]) if name in self.cleaned_data else before

    def _readable_rows(self, entry: questions.Entry) -> list[dict[str, Any]]:
        """Empty rows go."""
        stored = self.answers.get(entry.question.slug) or []
        rows = []
        for row in range(self.rows[entry.question.slug]):
            before = stored[row] if row < len(stored) else {}
            given = {
                part.slug: self._readable(
                    questions.field_name(part, row=row, group=entry.question), part, before.get(part.slug)
                )
                for part in entry.parts
            }
            if any(not questions.is_blank(answer) for answer in given.values()):
                rows.append(given)
        return rows

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """For the page: single questions, and groups with their rows of fields."""
        found: list[dict[str, Any]] = []
        for entry in self.entries:
            if not _is_group(entry):
                found.append({"field": self[questions.field_name(entry.question)]})
                continue
            rows = [
                [self[questions.field_name(part, row=row, group=entry.question)] for part in entry.parts]
                for row in range(self.rows[entry.question.slug])
            ]
            name = questions.field_name(entry.question)
            found.append(
                {
                    "group": entry.question,
                    "rows": rows,
                    "count_name": f"{name}-rows",
                    "count": len(rows),
                    "may_grow": len(rows) < (entry.question.most or questions.MOST_ROWS),
                }
            )
        return found

    @property
    def has_moved(self) -> bool:
        """Whether the questions changed under the draft."""
        return questions.has_moved(self.instance)


def _is_group(entry: questions.Entry) -> bool:
    return entry.question.kind == Kind.GROUP


ALL_FORMS: dict[Section, type[SectionForm]] = {**FORMS, Section.QUESTIONS: QuestionsForm}
"""The form of every step that is made of fields."""
