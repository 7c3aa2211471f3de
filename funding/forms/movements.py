"""The one form of every movement: it asks for what the verb needs, and for nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from funding.budgeting import Order, Resolved
from funding.forms.budget import NO_AMOUNT, day_field, reason_field
from funding.models import BudgetLine, Measure, Municipality, Programme, Resolution
from funding.money import MoneyFormField
from funding.movements import Verb

RESOLUTION = ("body", "resolved_on", "number", "subject")
_MISSING = {
    "body": _("Bitte wählen Sie das Gremium, das beschlossen hat."),
    "resolved_on": _("Bitte nennen Sie den Tag des Beschlusses."),
    "number": _("Bitte nennen Sie die Nummer des Beschlusses."),
    "subject": _("Bitte schreiben Sie, worum es im Beschluss ging."),
}
_NO_LINE = _("Bitte wählen Sie die Linie, die das Geld bekommt.")
_NO_PURPOSE = _("Bitte wählen Sie, wofür das Teilbudget ist.")
_PURPOSES: tuple[tuple[str, Any, type[Programme | Measure | Municipality]], ...] = (
    ("programme", _("Programme"), Programme),
    ("measure", _("Maßnahmen"), Measure),
    ("municipality", _("Gemeinden"), Municipality),
)


class LineField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """Offers the other lines of the year. What else is sent is refused by the ledger, in its own words."""

    def __init__(self, line: BudgetLine) -> None:
        super().__init__(
            label=_("Welche Linie bekommt das Geld?"), queryset=BudgetLine.objects.all(),
            error_messages={"required": _NO_LINE, "invalid_choice": _NO_LINE},
        )  # fmt: skip
        others = BudgetLine.objects.filter(fiscal_year=line.fiscal_year).exclude(pk=line.pk)
        self.widget.choices = [("", _("Bitte wählen")), *((other.pk, _named(other)) for other in others)]


def _named(line: BudgetLine) -> str:
    return f"{line} ({line.product} / {line.account})"


class PurposeField(forms.ChoiceField):
    """One programme, measure or municipality. Where the line is divided already, only that way is offered."""

    def __init__(self, line: BudgetLine) -> None:
        groups = [(name, label, _options(name, model)) for name, label, model in _PURPOSES]
        super().__init__(
            label=_("Wofür ist das Teilbudget?"), choices=[(label, options) for _name, label, options in groups],
            error_messages={"required": _NO_PURPOSE, "invalid_choice": _NO_PURPOSE},
        )  # fmt: skip
        is_divided = bool(line.divided_by) and line.parts.filter(share__gt=0).exists()
        shown = [(label, options) for name, label, options in groups if not is_divided or name == line.divided_by]
        self.widget.choices = [("", _("Bitte wählen")), *shown]

    def clean(self, value: Any) -> Programme | Measure | Municipality:
        name, _colon, key = str(super().clean(value)).partition(":")
        model = next(model for own, _label, model in _PURPOSES if own == name)
        return model._default_manager.get(pk=key)


def _options(name: str, model: type[Programme | Measure | Municipality]) -> list[tuple[str, str]]:
    return [(f"{name}:{found.pk}", str(found)) for found in model._default_manager.all()]


_TARGETS: dict[str, Callable[[BudgetLine], forms.Field]] = {"line": LineField, "purpose": PurposeField}


class MovementForm(forms.Form):
    amount = MoneyFormField(label=_("Betrag"), error_messages={"required": NO_AMOUNT})
    override = forms.BooleanField(required=False)
    reason = reason_field()
    value_on = day_field(
        _("Für welchen Tag zählt die Buchung?"),
        help_text=_("Ohne Angabe zählt sie für heute oder für den nächsten Tag des Haushaltsjahrs."),
    )
    body = forms.ChoiceField(
        label=_("Gremium"), required=False, choices=[("", _("Bitte wählen")), *Resolution.Body.choices],
        error_messages={"invalid_choice": _MISSING["body"]},
    )  # fmt: skip
    resolved_on = day_field(_("Datum des Beschlusses"))
    number = forms.CharField(label=_("Nummer des Beschlusses"), required=False, max_length=40)
    subject = forms.CharField(label=_("Betreff des Beschlusses"), required=False, max_length=200)
    use_required_attribute = False

    def __init__(self, *args: Any, line: BudgetLine, verb: Verb, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line, self.verb = line, verb
        self.fields["amount"] = MoneyFormField(
            label=_("Betrag"), signed=bool(verb.minus), help_text=verb.minus, error_messages={"required": NO_AMOUNT}
        )
        self.fields["override"].label = verb.override
        self._leave_out_what_is_not_asked()
        if verb.target:
            self.fields = {"target": _TARGETS[verb.target](line), **self.fields}

    def _leave_out_what_is_not_asked(self) -> None:
        gone = () if self.verb.override else ("override",)
        for name in (*gone, *(() if self.verb.resolution else RESOLUTION)):
            del self.fields[name]
        if self.verb.resolution == "required":
            self.fields["body"].initial = Resolution.Body.COUNTY_COUNCIL

    @property
    def optional(self) -> tuple[str, ...]:
        """What may stay empty, for the labels; an optional resolution says so in its heading."""
        return ("value_on",)

    def movement_fields(self) -> Iterator[forms.BoundField]:
        return (bound for bound in self if bound.name not in RESOLUTION)

    def resolution_fields(self) -> Iterator[forms.BoundField]:
        return (bound for bound in self if bound.name in RESOLUTION)

    def clean(self) -> dict[str, Any]:
        """A resolution is named in full or not at all: half of one is found by nobody."""
        data: dict[str, Any] = super().clean() or {}
        if self.verb.resolution == "required" or any(self.data.get(name, "").strip() for name in self._named()):
            for name in self._named():
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _MISSING[name])
        return data

    def _named(self) -> list[str]:
        return [name for name in RESOLUTION if name in self.fields]

    def order(self) -> Order:
        data = self.cleaned_data
        return Order(
            verb=self.verb.name, line=self.line, amount=data["amount"], reason=data["reason"],
            value_on=data["value_on"], resolved=self._resolved(), target=data.get("target"),
            override=data.get("override", False),
        )  # fmt: skip

    def _resolved(self) -> Resolved | None:
        if not self.cleaned_data.get("number"):
            return None
        return Resolved(**{name: self.cleaned_data[name] for name in RESOLUTION})

    def refuse(self, sentence: str, field: str | None) -> None:
        """Puts a refusal beside the field it belongs to, or above the form."""
        self.add_error(field if field in self.fields else None, sentence)
