"""A note and the labels of a case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workflow.forms import fields
from workflow.models import Label


class NoteForm(forms.Form):
    text = fields.text(
        _("Notiz"),
        help_text=_("Nur für das Amt. Der Verein liest sie nicht."),
        missing=_("Bitte schreiben Sie die Notiz."),
        rows=3,
        limit=2000,
    )
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The form of messages stands on the same page: ids of its own."""
        super().__init__(*args, **{"auto_id": "notiz_%s"} | kwargs)


class LabelsForm(forms.Form):
    """All labels of the office with a tick at those of the case, and a field for a new one."""

    labels = forms.ModelMultipleChoiceField(
        Label.objects.none(),
        label=_("Welche Etiketten hat der Vorgang?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _("Ein Etikett gibt es nicht mehr. Bitte wählen Sie aus der Liste."),
            "invalid_pk_value": _("Bitte wählen Sie aus der Liste."),
        },
    )
    new = forms.CharField(
        label=_("Neues Etikett"),
        help_text=_("Zum Beispiel: eilt"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": _("Der Text ist zu lang. Möglich sind %(limit_value)s Zeichen.")},
    )
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Label.objects.all()
        self.fields["labels"].queryset = known  # type: ignore[attr-defined]
        if not known.exists():
            del self.fields["labels"]
