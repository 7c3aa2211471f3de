"""Somebody is away: who, from when to when, and who does the work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from workflow.forms import fields


def _person(label: Any, help_text: Any = "") -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        help_text=help_text,
        coerce=UUID,
        error_messages={
            "required": _("Bitte wählen Sie eine Person."),
            "invalid_choice": _("Bitte wählen Sie eine Person aus der Liste."),
        },
    )


class AbsenceForm(forms.Form):
    """`person` is asked of the coordinator only; others enter their own absence."""

    person = _person(_("Wer ist abwesend?"))
    first_on = fields.day(_("Erster Tag"))
    last_on = fields.day(_("Letzter Tag"))
    stand_in = _person(_("Wer vertritt?"), _("Sieht in dieser Zeit auch die Aufgaben der abwesenden Person."))
    use_required_attribute = False

    def __init__(self, *args: Any, people: Mapping[UUID, str], only: UUID | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Bitte wählen")), *((str(key), name) for key, name in people.items())]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]
        self.fields["stand_in"].choices = [choice for choice in choices if choice[0] != str(only)]  # type: ignore[attr-defined]
        if only is not None:
            del self.fields["person"]


class AssignForm(forms.Form):
    """To whom a case is given, and what they should know."""

    person = _person(_("Wer bearbeitet den Vorgang?"))
    note = forms.CharField(
        label=_("Hinweis"),
        help_text=_("Steht im Verlauf, nur für das Amt."),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("Der Text ist zu lang. Möglich sind %(limit_value)s Zeichen.")},
    )
    use_required_attribute = False

    def __init__(self, *args: Any, people: Mapping[UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Bitte wählen")), *((str(key), name) for key, name in people.items())]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]
