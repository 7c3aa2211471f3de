"""A step made of fields, as it was sent: its texts for merging, and how they are saved and shown."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from applications.forms import texts
from applications.forms.sections import SectionForm
from applications.merging import Text, Values
from applications.models import Application
from applications.saving import Save, save_fields


class FieldsDraft:
    """What was typed into a form of fields. After `save`, `form` is the form as it was saved, with its findings."""

    form: SectionForm

    def __init__(self, factory: type[SectionForm], application: Application, data: QueryDict) -> None:
        self.factory, self.data = factory, data
        self.form = factory(data, instance=copy.copy(application))
        self.mine = texts.typed(self.form)
        self.sets = texts.set_names(self.form)

    def know(self, keys: Mapping[str, int]) -> None:
        """Fields have names; there is nothing to know."""

    def keys(self) -> dict[str, int]:
        return {}

    def stored(self, application: Application) -> Values:
        return texts.shown(self.factory(instance=application))

    def data_of(self, values: Values) -> QueryDict:
        """The merged texts, with all else that was sent; a group gets as many rows as either side has."""
        data = self.data.copy()
        for name, text in values.items():
            data.pop(name, None)
            if isinstance(text, list):
                data.setlist(name, text)
            elif text:
                data[name] = text
        for name, count in _row_counts(values).items():
            sent = str(data.get(name, ""))
            data[name] = str(max(count, int(sent) if sent.isdecimal() and len(sent) < 4 else 0))
        return data

    def save(self, application: Application, values: Values, save: Save) -> None:
        data = self.data_of(values)
        data["version"] = str(application.version)
        self.form = self.factory(data, instance=copy.copy(application))
        self.form.is_valid()
        save_fields(application, save, self.form.readable(save.actor))

    def unreadable(self) -> dict[str, str]:
        """The id of each field that could not be read, and the sentence."""
        found = {name: " ".join(map(str, errors)) for name, errors in self.form.errors.items()}
        return {str(self.form[name].auto_id) if name in self.form.fields else "": text for name, text in found.items()}

    def labels(self) -> list[str]:
        return [str(self.form.fields[name].label) for name in self.form.errors if name in self.form.fields]

    # For the page with both versions

    def label(self, name: str, _theirs: Values) -> str:
        field = self.form.fields.get(name)
        return str(field.label) if field else name

    def words(self, name: str, text: Text | None) -> str:
        """A text as a person reads it: the words of a choice, „Ja" for a tick."""
        field = self.form.fields.get(name)
        return "" if field is None or not text else in_words(field, text)


def in_words(field: forms.Field, text: Text) -> str:
    chosen = set(text) if isinstance(text, list) else {text}
    choices: Any = getattr(field, "choices", None)
    if choices is not None:
        return ", ".join(str(label) for key, label in choices if str(key) and str(key) in chosen)
    return "✓" if isinstance(field, forms.BooleanField) else str(text)


def _row_counts(values: Values) -> dict[str, int]:
    """`frage-<group>-<row>-<question>` → `frage-<group>-rows`: how many rows the merged group has."""
    counts: dict[str, int] = {}
    for name in values:
        head, _dash, rest = name.partition("-")
        group, row = _group_of(rest)
        if head == "frage" and row is not None:
            counter = f"frage-{group}-rows"
            counts[counter] = max(counts.get(counter, 0), row + 1)
    return counts


def _group_of(rest: str) -> tuple[str, int | None]:
    """A slug may hold dashes and numbers: the row is the last part between dashes that is a number."""
    parts = rest.split("-")
    places = [place for place, part in enumerate(parts[1:-1], start=1) if part.isdecimal() and len(part) < 4]
    return ("-".join(parts[: places[-1]]), int(parts[places[-1]])) if places else (rest, None)
