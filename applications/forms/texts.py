"""What stands in the fields of a form, as text: the way in which two versions of a page are compared."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from applications.merging import Text, Values

TICKED = "on"


def shown(form: forms.BaseForm) -> Values:
    """What an unbound form shows."""
    return {name: _stored(form, name) for name in visible(form)}


def typed(form: forms.BaseForm) -> Values:
    """What was sent, spelled as we would show it; what cannot be read stays as it is."""
    return {name: _typed(form, name) for name in visible(form)}


def visible(form: forms.BaseForm) -> list[str]:
    return [name for name, field in form.fields.items() if not isinstance(field.widget, forms.HiddenInput)]


def set_names(form: forms.BaseForm) -> frozenset[str]:
    """Fields in which several things can be ticked."""
    return frozenset(name for name in visible(form) if _is_set(form.fields[name]))


def as_data(values: Values, **more: str) -> QueryDict:
    """The texts as a browser would send them."""
    data = QueryDict(mutable=True)
    for name, text in values.items():
        if isinstance(text, list):
            data.setlist(name, text)
        elif text:
            data[name] = text
    data.update(more)
    return data


def _is_set(field: forms.Field) -> bool:
    return isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField)


def _stored(form: forms.BaseForm, name: str) -> Text:
    field = form.fields[name]
    return text_of(field, form.get_initial_for_field(field, name))


def text_of(field: forms.Field, value: Any) -> Text:
    """A stored value as the field shows it."""
    if _is_set(field):
        return [str(part) for part in field.prepare_value(value) or ()]
    if isinstance(field, forms.BooleanField):
        return TICKED if value else ""
    prepared = field.prepare_value(value)
    if isinstance(field, forms.ChoiceField):
        return "" if prepared is None else str(prepared)
    return plain(field.widget.format_value(prepared))


def plain(value: Any) -> str:
    """Line ends as we keep them, nothing around it."""
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def _typed(form: forms.BaseForm, name: str) -> Text:
    field = form.fields[name]
    return spelled(field, field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name)))


def spelled(field: forms.Field, raw: Any) -> Text:
    if _is_set(field):
        return [str(part) for part in raw or ()]
    if isinstance(field, forms.BooleanField):
        return TICKED if raw else ""
    if isinstance(field, forms.ChoiceField) or not raw:
        return plain(raw)
    try:
        return text_of(field, field.clean(raw)) or plain(raw)
    except ValidationError:
        return plain(raw)
