"""What is asked once for many cases: which ones, and the reasons that each of their steps wants."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from workflow.forms import fields

CHOSEN = "vorgang"
_PAIR = re.compile(r"(\d{1,9})(?::(\d{1,9}))?", re.ASCII)

REASONS = {
    "offer": fields.text(
        _("Begründung für niedrigere Beträge"),
        missing=_("Bitte begründen Sie, warum die Beträge niedriger sind."),
        help_text=_("Die Vereine lesen sie mit dem Angebot."),
        rows=3,
    ),
    "reject": fields.text(
        _("Begründung der Ablehnungen"),
        missing=_("Bitte begründen Sie die Ablehnungen."),
        help_text=_("Sie steht in jedem Bescheid."),
        rows=3,
    ),
}
"""Steps that want words of their own; any other step with a reason gets the plain field."""
PLAIN = fields.text(
    _("Begründung"),
    missing=_("Bitte schreiben Sie eine Begründung."),
    help_text=_("Sie gilt für alle Gewählten."),
    rows=3,
)


def chosen(data: QueryDict) -> dict[int, int | None]:
    """The chosen cases by number, each with its version as the person saw it: "12" or "12:5". Nonsense is left out."""
    found = (_PAIR.fullmatch(text) for text in data.getlist(CHOSEN))
    return {int(pair[1]): int(pair[2]) if pair[2] else None for pair in found if pair}


class OrderForm(forms.Form):
    """`key` makes a double click one job. A reason for each step in `reasons`, by the name `reason_<step>`."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    use_required_attribute = False

    def __init__(self, data: Any = None, *, reasons: Iterable[str], initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial={"key": uuid.uuid4(), **(initial or {})})
        for step in sorted(reasons):
            self.fields[f"reason_{step}"] = deepcopy(REASONS.get(step, PLAIN))

    def data_by_step(self) -> dict[str, dict[str, Any]]:
        return {
            name.removeprefix("reason_"): {"reason": value}
            for name, value in self.cleaned_data.items()
            if name.startswith("reason_")
        }
