"""What the administration asks for when it invites a person or gives a role."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.log_in import email_field
from accounts.roles import Role


class InviteForm(forms.Form):
    use_required_attribute = False
    name = forms.CharField(
        label=_("Name"), max_length=120, error_messages={"required": _("Bitte schreiben Sie den Namen.")}
    )
    email = email_field(help_text=_("An diese Adresse geht die Einladung."))
    roles = forms.MultipleChoiceField(
        label=_("Aufgaben"),
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Bitte wählen Sie mindestens eine Aufgabe."),
            "invalid_choice": _("Bitte wählen Sie nur Aufgaben aus der Liste."),
        },
    )

    def clean_roles(self) -> list[Role]:
        return [Role(role) for role in self.cleaned_data["roles"]]


class GiveRoleForm(forms.Form):
    """Offers the roles that the person does not hold."""

    use_required_attribute = False
    role = forms.ChoiceField(
        label=_("Neue Aufgabe"),
        error_messages={
            "required": _("Bitte wählen Sie eine Aufgabe."),
            "invalid_choice": _("Diese Aufgabe hat die Person schon, oder es gibt sie nicht."),
        },
    )

    def __init__(self, *args: Any, held: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = [(value, label) for value, label in Role.choices if value not in held]
        self.fields["role"].choices = [("", _("Bitte wählen")), *free]  # type: ignore[attr-defined]

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])
