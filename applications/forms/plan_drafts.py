"""The finance plan as it was sent: each line has a key and its texts, so that two versions can be put together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from applications.forms import plan as forms
from applications.forms.texts import plain, spelled, text_of
from applications.merging import Text, Values
from applications.models import SOURCE_LABELS, Application, SourceLine
from applications.saving import COUNTY, Save, save_plan

COSTS, SOURCES = "costs", "sources"
NAMES = {COSTS: forms.COST_FIELDS[1:], SOURCES: forms.SOURCE_FIELDS[1:]}
COUNTY_KEY = f"{SOURCES}:{COUNTY}"


class PlanDraft:
    """Lines are told apart by their row; a line that has none yet by its place on the page."""

    sets: frozenset[str] = frozenset()

    def __init__(self, costs: Any, sources: Any, *, leave_out: str = "") -> None:
        self.costs, self.sources = costs, sources
        self.mine: Values = {}
        self.places: dict[str, str] = {}
        self.order: dict[str, str] = {}
        for prefix, lines in ((COSTS, costs), (SOURCES, sources)):
            for form in lines.written:
                if form.prefix != leave_out:
                    self._take(prefix, form)

    def _take(self, prefix: str, form: Any) -> None:
        key = _key_of(prefix, form.typed("kind"), form.typed("pk"))
        if key == COUNTY_KEY and key in self.mine:
            return
        if key.endswith(":") or key in self.mine:
            key = f"{prefix}:+{form.prefix}"
        texts = {name: str(spelled(form.fields[name], form.typed(name))) for name in NAMES[prefix]}
        self.mine[key] = list((_of_county(texts) if key == COUNTY_KEY else texts).values())
        self.places[key] = form.prefix

    def know(self, keys: Mapping[str, int]) -> None:
        """Lines that were saved without the page knowing get the rows that they already have."""
        for key in [key for key in self.mine if ":+" in key]:
            prefix, _colon, place = key.partition(":+")
            if place in keys:
                self._rename(key, f"{prefix}:{keys[place]}")

    def _rename(self, key: str, new: str) -> None:
        if new not in self.mine:
            self.mine = {new if name == key else name: text for name, text in self.mine.items()}
            self.places[new] = self.places.pop(key)

    def stored(self, application: Application) -> Values:
        values = stored(application)
        if not self.order:  # as long as nothing of this is saved
            self._recognise(values)
        return values

    def _recognise(self, theirs: Values) -> None:
        """A new line that is already stored word for word is the same line, sent twice."""
        for key in [key for key in self.mine if ":+" in key]:
            prefix = key.partition(":")[0]
            for name, text in theirs.items():
                if name.startswith(f"{prefix}:") and name not in self.mine and text == self.mine[key]:
                    self._rename(key, name)
                    break

    def data_of(self, values: Values) -> dict[str, str]:
        """The merged lines as a browser would send them, the county's last."""
        data: dict[str, str] = {}
        for prefix in (COSTS, SOURCES):
            keys = sorted((key for key in values if key.startswith(f"{prefix}:")), key=lambda key: key == COUNTY_KEY)
            rows = [dict(zip(NAMES[prefix], values[key], strict=False)) | {"pk": _pk_of(key)} for key in keys]
            self.order |= {key: f"{prefix}-{number}" for number, key in enumerate(keys)}
            data |= forms.as_data(prefix, rows)
        return data

    def save(self, application: Application, values: Values, save: Save) -> None:
        self.costs, self.sources = forms.sent(self.data_of(values))
        self.can_be_read = all([self.costs.is_valid(), self.sources.is_valid()])
        save_plan(application, save, self.costs.lines(), self.sources.lines())

    def keys(self) -> dict[str, int]:
        """Place on the page → row, for every line that is saved."""
        rows = {form.prefix: form.saved.pk for form in self._forms() if form.saved is not None and form.saved.pk}
        places = {place: self.order.get(key, "") for key, place in self.places.items()}
        return {place: rows[now] for place, now in places.items() if now in rows}

    def forms_by_place(self) -> dict[str, Any]:
        """The saved lines by their place on the page."""
        saved = {form.prefix: form for form in self._forms()}
        return {place: saved[self.order[key]] for key, place in self.places.items() if self.order.get(key) in saved}

    def _forms(self) -> list[Any]:
        return [*self.costs.forms, *self.sources.forms]

    def unreadable(self) -> dict[str, str]:
        """The id on the page of each field that could not be read, and the sentence."""
        on_page = {now: self.places.get(key, now) for key, now in self.order.items()}
        return {
            f"id_{on_page.get(form.prefix, form.prefix)}-{name}": " ".join(map(str, errors))
            for form in self._forms()
            for name, errors in form.errors.items()
        }

    def labels(self) -> list[str]:
        on_page = {now: self.places.get(key, now) for key, now in self.order.items()}
        return [
            f"{_line_name(on_page.get(form.prefix, form.prefix))}: {form.fields[name].label}"
            for form in self._forms()
            for name in form.errors
            if name in form.fields
        ]

    # For the page with both versions

    def label(self, name: str, theirs: Values) -> str:
        if name in self.places:
            return _line_name(self.places[name])
        prefix = name.partition(":")[0]
        return _line_name(f"{prefix}-{[key for key in theirs if key.startswith(f'{prefix}:')].index(name)}")

    def words(self, name: str, text: Text | None) -> str:
        """A line as a person reads it: „Honorare, Kursleitung, 40, 25,00"."""
        if text is None:
            return _("Zeile entfernt")
        form = (self.costs if name.startswith(COSTS) else self.sources).empty_form
        parts = []
        for field, part in zip(NAMES[name.partition(":")[0]], text, strict=False):
            choices = dict(getattr(form.fields[field], "choices", ()))
            parts.append(str(SOURCE_LABELS.get(part, choices.get(part, part)) if choices else part))
        return ", ".join(part for part in parts if part)


def stored(application: Application) -> Values:
    """The lines as the page shows them."""
    values: Values = {}
    for prefix, lines in zip((COSTS, SOURCES), forms.stored(application, blank=0), strict=True):
        for form in lines.forms:
            if form.initial.get("pk"):
                key = _key_of(prefix, str(form.initial.get("kind", "")), str(form.initial["pk"]))
                texts = {name: _shown(form, name) for name in NAMES[prefix]}
                values[key] = list((_of_county(texts) if key == COUNTY_KEY else texts).values())
    return values


def _of_county(texts: dict[str, str]) -> dict[str, str]:
    """The county's line can only be asked for, and says so where nobody wrote anything."""
    return texts | {
        "description": texts["description"] or forms.ASKED,
        "status": SourceLine.Status.APPLIED.value,
    }


def _shown(form: Any, name: str) -> str:
    return plain(text_of(form.fields[name], form.initial[name]))


def _key_of(prefix: str, kind: str, pk: str) -> str:
    return COUNTY_KEY if prefix == SOURCES and kind == COUNTY else f"{prefix}:{pk if pk.isdecimal() else ''}"


def _pk_of(key: str) -> str:
    pk = key.partition(":")[2]
    return pk if pk.isdecimal() else ""


def _line_name(place: str) -> str:
    prefix, _dash, number = place.rpartition("-")
    name = forms.CostSet.line_label if prefix == COSTS else forms.SourceSet.line_label
    return f"{name} {int(number) + 1}"
