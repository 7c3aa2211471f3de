"""A side condition of the library."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from workflow.forms.administration import SENTENCES, EntryForm
from workflow.forms.fields import DAY_FORMATS, day
from workflow.models import SideCondition


class SideConditionForm(EntryForm):
    """Retired by its last day; awards that have the text keep it."""

    valid_from = day(_("Gültig ab"))
    valid_until = forms.DateField(
        label=_("Gültig bis"),
        required=False,
        input_formats=DAY_FORMATS,
        help_text=_("Leer heißt: bis auf Weiteres. Danach steht sie nicht mehr zur Wahl."),
        widget=forms.DateInput(format="%d.%m.%Y", attrs={"autocomplete": "off"}),
        error_messages={"invalid": _("Bitte schreiben Sie den Tag so: 31.12.2026.")},
    )

    class Meta:
        model = SideCondition
        fields = ["text", "programme", "position", "is_standard", "valid_from", "valid_until"]
        help_texts = {
            "text": _("Ein ganzer Satz, so wie er im Bescheid stehen soll."),
            "programme": _("Leer heißt: für alle Programme."),
            "position": _("Kleine Zahlen stehen zuerst."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget = forms.Textarea(attrs={"rows": 3})
        self.fields["programme"].empty_label = _t("alle Programme")  # type: ignore[attr-defined]
        self.fields["text"].error_messages |= SENTENCES

    def clean_text(self) -> str:
        """One condition is one paragraph."""
        return " ".join(str(self.cleaned_data["text"]).split())

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        begins, ends = data.get("valid_from"), data.get("valid_until")
        if isinstance(begins, date) and isinstance(ends, date) and ends < begins:
            self.refuse("valid_until", _t("Das Ende liegt vor dem Beginn. Bitte prüfen Sie beide Tage."))
        return data
