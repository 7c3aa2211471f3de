"""A kept view of the list: its name, and whether the others see it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class SavedListForm(forms.Form):
    title = forms.CharField(
        label=_("Name der Ansicht"),
        help_text=_("Zum Beispiel: Esens, noch nicht geprüft"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Bitte schreiben Sie einen Namen."),
            "max_length": _("Der Text ist zu lang. Möglich sind %(limit_value)s Zeichen."),
        },
    )
    is_shared = forms.BooleanField(label=_("Alle im Amt sehen diese Ansicht"), required=False)
    use_required_attribute = False
