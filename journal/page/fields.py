"""A Django form field as the design system wants it: label, hint, control, error, tied together for a screen reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

_KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.HiddenInput, "hidden"),
    (forms.CheckboxSelectMultiple, "checks"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "check"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file"),
    (forms.DateInput, "date"),
)
"""First fit wins: a list of check boxes is also a RadioSelect in Django."""

_CSS = {"check": "kern-form-check__checkbox", "select": "kern-form-input__select"}
_GROUPS = {"checks", "radios"}


@dataclass(frozen=True)
class Option:
    """One box or circle of a group."""

    id: str
    name: str
    value: str
    label: str
    is_checked: bool


@dataclass(frozen=True)
class Field:
    """What components/field.html draws."""

    kind: str
    id: str
    label: str
    hint: str
    error: str
    is_optional: bool
    is_required: bool
    described_by: str
    control: SafeString | str
    options: tuple[Option, ...]

    @property
    def hint_id(self) -> str:
        return f"{self.id}_hint"

    @property
    def error_id(self) -> str:
        return f"{self.id}_error"


def kind_of(bound: BoundField) -> str:
    widget = bound.field.widget
    return next((name for cls, name in _KINDS if isinstance(widget, cls)), "text")


def describe(bound: BoundField, *, hint: str | None = None, optional: bool | None = None, **attrs: Any) -> Field:
    """`attrs` go onto the control (autocomplete, inputmode, rows …); `hint` and `optional` overrule the form."""
    kind = kind_of(bound)
    text = _hint(bound, kind) if hint is None else hint
    error = " ".join(str(sentence) for sentence in bound.errors)
    named = f"{bound.auto_id}_hint" if text else "", f"{bound.auto_id}_error" if error else ""
    described_by = " ".join(part for part in named if part)
    return Field(
        kind=kind,
        id=str(bound.auto_id),
        label=str(bound.label),
        hint=text,
        error=error,
        is_optional=_is_optional(bound, kind) if optional is None else optional,
        is_required=bound.field.required,
        described_by=described_by,
        control="" if kind in _GROUPS else _control(bound, kind, described_by, attrs),
        options=options(bound) if kind in _GROUPS else (),
    )


def options(bound: BoundField) -> tuple[Option, ...]:
    """The boxes or circles of a choice field, in order."""
    return tuple(
        Option(
            id=part.id_for_label,
            name=part.data["name"],
            value=str(part.data["value"]),
            label=str(part.data["label"]),
            is_checked=bool(part.data["selected"]),
        )
        for part in bound.subwidgets
    )


def target(bound: BoundField) -> str:
    """The id that a link in the error summary jumps to: the control, or the first one of a group."""
    if kind_of(bound) in _GROUPS:
        return next((option.id for option in options(bound)), str(bound.auto_id))
    return bound.id_for_label or str(bound.auto_id)


def _hint(bound: BoundField, kind: str) -> str:
    if bound.help_text or kind != "date":
        return str(bound.help_text)
    return _("Zum Beispiel 31.12.2026")


def _is_optional(bound: BoundField, kind: str) -> bool:
    """A form that saves drafts demands nothing and names its optional fields itself in `optional`."""
    named = getattr(bound.form, "optional", None)
    if named is not None:
        return bound.name in named
    return kind != "check" and not bound.field.required


def _control(bound: BoundField, kind: str, described_by: str, attrs: dict[str, Any]) -> SafeString:
    own = bound.field.widget.attrs
    numeric = {"inputmode": "numeric"} if kind == "date" and "inputmode" not in own else {}
    merged = {**numeric, **attrs, "class": _classes(bound, kind, {**own, **attrs})}
    if described_by:
        merged["aria-describedby"] = described_by
    if bound.errors:
        merged["aria-invalid"] = "true"
    drawn = bound.as_widget(attrs=merged)
    return SafeString(drawn.replace("\x00", "\N{REPLACEMENT CHARACTER}"))  # no page may hold a NUL, not even typed back


def _classes(bound: BoundField, kind: str, attrs: dict[str, Any]) -> str:
    base = _CSS.get(kind, "kern-form-input__input")
    parts = [base, str(bound.field.widget.attrs.get("class", ""))]
    parts += [f"{base}--error"] if bound.errors else []
    parts += ["ft-area"] if kind == "textarea" else []
    parts += ["ft-amount"] if attrs.get("inputmode") == "decimal" else []
    parts += ["ft-short"] if kind == "date" or attrs.get("inputmode") == "numeric" else []
    return " ".join(part for part in parts if part)
