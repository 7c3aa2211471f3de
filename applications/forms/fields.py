"""Fields that read what people write, and say in a sentence what they could not read."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from funding.money import MoneyFormField

_QUANTITY = re.compile(r"\d{1,5}(?:[.,]\d{1,2})?")
HIGHEST = Decimal("9999999.99")
TOO_LONG = _("Bitte kürzen Sie den Text auf höchstens %(limit_value)d Zeichen. Jetzt sind es %(show_value)d.")


class DayField(forms.DateField):
    """A day as it is written here: 31.12.2026, in every language of the page."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            input_formats=["%d.%m.%Y", "%d.%m.%y", "%Y-%m-%d"],
            widget=forms.DateInput(format="%d.%m.%Y", attrs={"autocomplete": "off"}),
            error_messages={"invalid": _("Bitte schreiben Sie das Datum mit Punkten, zum Beispiel 31.12.2026.")},
            **kwargs,
        )


class QuantityField(forms.Field):
    """How many: up to two places after the comma, shown without needless zeros."""

    widget = forms.TextInput

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}".replace(".", ",") if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Decimal | None:
        typed = str(value or "").strip()
        if not typed:
            return None
        if not _QUANTITY.fullmatch(typed):
            raise ValidationError(
                _t("Bitte schreiben Sie die Menge als Zahl, zum Beispiel 20 oder 1,5."), code="invalid"
            )
        return Decimal(typed.replace(",", "."))


class ChosenField(forms.ModelChoiceField[Any]):
    """What is chosen already, and still on offer, needs no second look into the database."""

    known: Any = None

    def to_python(self, value: Any) -> Any:
        if self.known is not None and self.known.is_active and str(value) == str(self.known.pk):
            return self.known
        return super().to_python(value)


class ManyField(forms.ModelMultipleChoiceField[Any]):
    """Several of a list; a key that no database can hold is as unknown as any other."""

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except OverflowError as error:
            raise ValidationError(
                self.error_messages["invalid_choice"] % {"value": "?"}, code="invalid_choice"
            ) from error


def money(label: Any, **kwargs: Any) -> MoneyFormField:
    return MoneyFormField(label=label, min_value=Decimal(0), max_value=HIGHEST, required=False, **kwargs)


def people(label: Any, **kwargs: Any) -> forms.IntegerField:
    sentence = _("Bitte schreiben Sie eine Zahl, zum Beispiel 40.")
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=100_000,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": sentence, "min_value": sentence, "max_value": sentence},
        **kwargs,
    )


def speak_plainly(form: forms.BaseForm) -> None:
    """Nothing is required while one writes, and what is too long is said in our words."""
    for field in form.fields.values():
        field.required = field.required and isinstance(field.widget, forms.HiddenInput)
        field.error_messages["max_length"] = TOO_LONG
