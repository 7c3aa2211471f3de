"""The fields that the forms of the office share: a day, a text, a choice, each with sentences that help."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

DAY_FORMATS = ("%d.%m.%Y", "%d.%m.%y", "%Y-%m-%d")


def day(label: Any, *, help_text: Any = "") -> forms.DateField:
    """A day as people write it: 31.12.2026."""
    return forms.DateField(
        label=label,
        help_text=help_text or _("Zum Beispiel 31.12.2026"),
        input_formats=DAY_FORMATS,
        widget=forms.DateInput(format="%d.%m.%Y", attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Bitte schreiben Sie einen Tag, zum Beispiel 31.12.2026."),
            "invalid": _("Bitte schreiben Sie den Tag so: 31.12.2026."),
        },
    )


def text(
    label: Any, *, missing: Any, help_text: Any = "", rows: int = 5, required: bool = True, limit: int = 4000
) -> forms.CharField:
    """A text of some sentences."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=limit,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={
            "required": missing,
            "max_length": _("Der Text ist zu lang. Möglich sind %(limit_value)s Zeichen."),
        },
    )


def count(label: Any, *, missing: Any, most: int, required: bool = True, help_text: Any = "") -> forms.IntegerField:
    """A small whole number from nought on."""
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        required=required,
        min_value=0,
        max_value=most,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": missing,
            "invalid": _("Bitte schreiben Sie eine ganze Zahl, zum Beispiel 14."),
            "min_value": _("Bitte schreiben Sie eine Zahl von 0 an."),
            "max_value": _("Bitte schreiben Sie höchstens %(limit_value)s."),
        },
    )
