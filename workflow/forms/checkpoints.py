"""The form of a point that a programme adds to the formal check."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workflow import checkpoints
from workflow.models import CheckPoint

TOO_LONG = {"max_length": _("Der Text ist zu lang. Möglich sind %(limit_value)s Zeichen.")}


class CheckPointForm(forms.Form):
    """What is checked, and what the officer reads with it. `mark` is what stood there when the page was opened."""

    title = forms.CharField(
        label=_("Was wird geprüft?"),
        max_length=160,
        help_text=_("Als Aussage, zum Beispiel: Kinderschutzkonzept liegt vor"),
        error_messages={"required": _("Bitte schreiben Sie, was geprüft wird."), **TOO_LONG},
    )
    hint = forms.CharField(
        label=_("Hinweis für die Prüfung"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=TOO_LONG,
    )
    mark = forms.CharField(required=False, widget=forms.HiddenInput)
    use_required_attribute = False


def form_for(point: CheckPoint | None, data: Any = None) -> CheckPointForm:
    known = {"title": point.title, "hint": point.hint, "mark": checkpoints.mark_of(point)} if point else {}
    return CheckPointForm(data, initial=known)
