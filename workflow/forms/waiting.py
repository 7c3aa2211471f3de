"""Another rank on the waiting list, and why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from workflow.forms import fields


class RankForm(forms.Form):
    """`seen` is the rank that stood on the page."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    rank = forms.TypedChoiceField(
        label=_("Neuer Rang"),
        coerce=int,
        help_text=_("Rang 1 kommt als Nächstes dran."),
        error_messages={
            "required": _("Bitte wählen Sie einen Rang."),
            "invalid_choice": _("Bitte wählen Sie einen anderen Rang."),
        },
    )
    reason = fields.text(
        _("Begründung"),
        help_text=_("Sie steht im Verlauf aller Anträge, deren Rang sich ändert."),
        missing=_("Bitte begründen Sie die neue Reihenfolge."),
        rows=4,
    )
    use_required_attribute = False

    def __init__(self, *args: Any, rank: int, places: int, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"seen": rank}, **kwargs})
        others = [number for number in range(1, places + 1) if number != rank]
        choices = [(number, _t("Rang %(rank)s") % {"rank": number}) for number in others]
        self.fields["rank"].choices = [("", _t("Bitte wählen")), *choices]  # type: ignore[attr-defined]
