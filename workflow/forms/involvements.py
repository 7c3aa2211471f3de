"""Entering that somebody is bound to an organisation, and until when it lasted."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.models import Organisation
from workflow import involvements
from workflow.forms import fields
from workflow.models import Involvement


class SearchForm(forms.Form):
    """The organisation is looked for first: there are too many for a list."""

    suche = forms.CharField(
        label=_("Name der Organisation"), required=False, max_length=100, strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class InvolvementForm(forms.Form):
    organisation = forms.ChoiceField(
        label=_("Organisation"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Bitte suchen und wählen Sie die Organisation."),
            "invalid_choice": _("Bitte wählen Sie eine Organisation aus der Liste."),
        },
    )
    kind = forms.ChoiceField(
        label=_("Verbindung"),
        choices=Involvement.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Bitte wählen Sie, worin die Verbindung besteht.")},
    )
    since = fields.day(_("Seit"))
    note = forms.CharField(
        label=_("Anmerkung"),
        required=False,
        max_length=300,
        help_text=_("Nur für die Koordinierungsstelle und das Gremienbüro. Keine Namen von Angehörigen."),
        error_messages={"max_length": _("Bitte schreiben Sie höchstens 300 Zeichen.")},
    )
    use_required_attribute = False

    def __init__(self, *args: Any, hits: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [(str(one.key), _labelled(one)) for one in hits]  # type: ignore[attr-defined]

    def person(self) -> involvements.Person | None:
        """None for oneself."""
        return None


def _labelled(organisation: Organisation) -> str:
    return f"{organisation}, {organisation.municipality}" if organisation.municipality else str(organisation)


class AnybodysForm(InvolvementForm):
    who = forms.ChoiceField(
        label=_("Person"),
        error_messages={
            "required": _("Bitte wählen Sie die Person."),
            "invalid_choice": _("Bitte wählen Sie eine Person aus der Liste."),
        },
    )
    field_order = ("organisation", "who", "kind", "since", "note")

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = [("", _("Bitte wählen")), *involvements.people_to_choose(on=on)]  # type: ignore[attr-defined]

    def person(self) -> involvements.Person | None:
        return involvements.person_of(self.cleaned_data["who"])


class EndForm(forms.Form):
    until = fields.day(_("Letzter Tag der Verbindung"), help_text=_("Ab dem Tag danach ist die Person wieder frei."))
    use_required_attribute = False
