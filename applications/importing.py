"""Taking a file in: what it says goes through the same forms as what is typed, and nobody is overwritten unasked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from applications import questions
from applications.completeness import SECTION_LABELS, Section
from applications.drafting import THEIRS
from applications.forms import plan as plan_forms
from applications.forms import texts
from applications.forms.drafts import FieldsDraft
from applications.forms.plan_drafts import COSTS, COUNTY_KEY, SOURCES, PlanDraft
from applications.forms.questions import ALL_FORMS, field_of, from_json
from applications.merging import Text, Values
from applications.models import Application
from applications.saving import COUNTY, Save
from applications.transfer import MONEY
from funding.models import Goal, Measure, Municipality
from funding.money import format_number
from journal.actors import Actor
from journal.refusals import Refused

_MONEY = re.compile(r"\d{1,9}(\.\d{1,2})?", re.ASCII)
MOST_FINDINGS = 5


@dataclass(frozen=True, kw_only=True)
class Question:
    """A place where the file and the draft say different things."""

    name: str
    label: str
    mine: str
    theirs: str


@dataclass(kw_only=True)
class Part:
    """One step of the draft, as the file has it and as it is stored."""

    section: Section
    draft: Any
    theirs: Values
    groups: dict[str, list[str]]

    def values(self, choices: Mapping[str, str]) -> Values:
        """What is to be stored: the file where the draft is empty or the file was chosen."""
        result: Values = {}
        for name, keys in self.groups.items():
            own, other = self._side(self.draft.mine, keys), self._side(self.theirs, keys)
            keeps = _is_blank(own) or (not _is_blank(other) and choices.get(self.name_of(name)) == THEIRS)
            result |= other if keeps else own
        return result

    def open(self) -> Iterator[str]:
        """Groups that are filled on both sides, and not alike."""
        for name, keys in self.groups.items():
            own, other = self._side(self.draft.mine, keys), self._side(self.theirs, keys)
            if not _is_blank(own) and not _is_blank(other) and list(own.values()) != list(other.values()):
                yield name

    def question(self, name: str) -> Question:
        keys = self.groups[name]
        label = str(SECTION_LABELS[self.section])
        field = {COSTS: _("Ausgaben"), SOURCES: _("Einnahmen")}.get(name) or self.draft.label(name, self.theirs)
        return Question(
            name=self.name_of(name),
            label=f"{label}: {field}",
            mine=self._words(self._side(self.draft.mine, keys)),
            theirs=self._words(self._side(self.theirs, keys)),
        )

    def name_of(self, name: str) -> str:
        return f"{self.section}.{name}"

    def _side(self, values: Values, keys: list[str]) -> Values:
        return {key: values[key] for key in keys if key in values}

    def _words(self, values: Values) -> str:
        return "\n".join(self.draft.words(key, text) for key, text in values.items())


def _is_blank(values: Values) -> bool:
    """Nothing there; of the county's line only the amount counts."""
    return not any(text for key, text in values.items() if key != COUNTY_KEY) and (
        COUNTY_KEY not in values or values[COUNTY_KEY][-1] in {"", "0,00"}
    )


def bring(
    application: Application,
    content: Mapping[str, Any],
    *,
    choices: Mapping[str, str],
    actor: Actor,
    at: datetime,
) -> list[Question]:
    """Saves what the file says, all or nothing. Returns what has to be chosen first; then nothing was written.

    Raises Refused with sentences for what the forms cannot read, Conflict if somebody saves meanwhile.
    """
    if content["programme"] != application.round.programme.slug:
        raise Refused(_("Die Datei gehört zu einem anderen Programm."), field="file")
    parts = list(_parts(application, content))
    asked = [part.question(name) for part in parts for name in part.open() if part.name_of(name) not in choices]
    if asked:
        return asked
    with transaction.atomic():
        for part in parts:
            save = Save(version=application.version, actor=actor, at=at)
            part.draft.save(application, part.values(choices), save)
    return []


def _parts(application: Application, content: Mapping[str, Any]) -> Iterator[Part]:
    wanted = {
        Section.PROJECT: _project(content["vorhaben"]),
        Section.GOALS: _goals(content),
        Section.PERIOD: dict(content["zeitraum"]),
    }
    if application.question_set is not None and content["antworten"]:
        wanted[Section.QUESTIONS] = _answers(application, content["antworten"])
    for section, values in wanted.items():
        draft = FieldsDraft(ALL_FORMS[section], application, texts.as_data(values))
        _refuse_unreadable(section, draft)
        theirs = draft.stored(application)
        groups = {name: [name] for name in [*draft.mine, *(name for name in theirs if name not in draft.mine)]}
        yield Part(section=section, draft=draft, theirs=theirs, groups=groups)
    yield _plan(application, content)


def _refuse_unreadable(section: Section, draft: FieldsDraft) -> None:
    if draft.form.is_valid() or set(draft.form.errors) <= {"version"}:
        return
    found = [
        f"{draft.form.fields[name].label}: {' '.join(map(str, errors))}"
        for name, errors in draft.form.errors.items()
        if name in draft.form.fields and name != "version"
    ]
    raise Refused(f"{SECTION_LABELS[section]} – {' '.join(found[:MOST_FINDINGS])}", field="file")


def _project(values: Mapping[str, str]) -> Values:
    name = values["municipality"]
    return {**values, "municipality": _key(Municipality.objects.filter(name=name), name)}


def _goals(content: Mapping[str, Any]) -> Values:
    texts_of, codes = content["ziele"], content["goals"]
    goals = {goal.code: str(goal.pk) for goal in Goal.objects.filter(code__in=codes)}
    for code in codes:
        if code not in goals:
            _unknown(code)
    measure = _key(Measure.objects.filter(code=texts_of["measure"]), texts_of["measure"])
    return {**texts_of, "measure": measure, "goals": [goals[code] for code in codes]}


def _key(found: Any, text: str) -> str:
    row = found.filter(is_active=True).first() if text else None
    if text and row is None:
        _unknown(text)
    return str(row.pk) if row else ""


def _unknown(text: str) -> None:
    raise Refused(_("In der Datei steht „%(name)s“. Das kennen wir nicht.") % {"name": text[:40]}, field="file")


def _answers(application: Application, answers: Mapping[str, Any]) -> Values:
    """Answers as the fields of the form show them; what is not asked any more stays behind."""
    values: Values = {}
    for entry in questions.entries(application.question_set):
        answer = answers.get(entry.question.slug)
        if entry.parts and isinstance(answer, list):
            rows = [row for row in answer if isinstance(row, dict)]
            values[f"{questions.field_name(entry.question)}-rows"] = str(len(rows))
            for number, row in enumerate(rows):
                for part in entry.parts:
                    name = questions.field_name(part, row=number, group=entry.question)
                    values[name] = _shown(part, row.get(part.slug))
        elif answer and entry.question.kind not in {"group", "file"}:
            values[questions.field_name(entry.question)] = _shown(entry.question, answer)
    return values


def _shown(question: Any, answer: Any) -> Text:
    if isinstance(answer, str) and question.kind == "money" and _MONEY.fullmatch(answer):
        return texts.text_of(field_of(question), from_json(question, answer))
    return answer if isinstance(answer, str | list) else ""


def _plan(application: Application, content: Mapping[str, Any]) -> Part:
    data: dict[str, str] = {}
    for prefix, title in ((COSTS, "ausgaben"), (SOURCES, "einnahmen")):
        data |= plan_forms.as_data(prefix, [_line(line) for line in content[title]])
    costs, sources = plan_forms.sent(data)
    if not all([costs.is_valid(), sources.is_valid()]):
        raise Refused(_plan_findings(costs, sources), field="file")
    draft = PlanDraft(costs, sources)
    theirs = draft.stored(application)
    keys = [*draft.mine, *(key for key in theirs if key not in draft.mine)]
    groups = {prefix: [key for key in keys if key.startswith(f"{prefix}:")] for prefix in (COSTS, SOURCES)}
    return Part(section=Section.PLAN, draft=draft, theirs=theirs, groups=groups)


def _line(line: Mapping[str, str]) -> dict[str, str]:
    """Money with a point, as the file has it, becomes money with a comma, as people write it."""
    texts = {name: format_number(Decimal(text)) if name in MONEY and text else text for name, text in line.items()}
    return texts | {"status": "applied"} if texts.get("kind") == COUNTY else texts


def _plan_findings(costs: Any, sources: Any) -> str:
    found = [
        f"{lines.line_label} {number}: {' '.join(map(str, errors))}"
        for lines in (costs, sources)
        for number, form in enumerate(lines.forms, start=1)
        for errors in form.errors.values()
    ]
    return f"{SECTION_LABELS[Section.PLAN]} – {' '.join(found[:MOST_FINDINGS])}"
