"""Who acts for an organisation: rights, an invitation, a hand-over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from accounts.forms.log_in import EMAIL_ERRORS, email_field
from applications.chronicle import RIGHTS
from applications.models import Membership


class RightsForm(forms.Form):
    """Everybody reads; these are the rights on top of that."""

    use_required_attribute = False
    optional: frozenset[str] = frozenset()
    may_edit = forms.BooleanField(label=_("Schreiben: Anträge, Angaben und Unterlagen ändern"), required=False)
    may_file = forms.BooleanField(label=_("Einreichen, unterschreiben und Geld anfordern"), required=False)
    is_admin = forms.BooleanField(label=_("Mitglieder verwalten: einladen, Rechte ändern, beenden"), required=False)

    @property
    def rights(self) -> dict[str, bool]:
        return {name: bool(self.cleaned_data[name]) for name in RIGHTS}


class InviteMemberForm(RightsForm):
    field_order = ("email", *RIGHTS)
    email = email_field(
        help_text=_("An diese Adresse geht die Einladung. Nur wer sie hat, kann annehmen."),
        validators=[MaxLengthValidator(254, EMAIL_ERRORS["invalid"])],
    )


class MemberField(forms.ModelChoiceField[Membership]):
    def label_from_instance(self, obj: Membership) -> str:
        return str(obj.user)


class HandOverForm(forms.Form):
    use_required_attribute = False
    to = MemberField(
        Membership.objects.none(),
        label=_("Wer verwaltet künftig die Mitglieder?"),
        empty_label=_("Bitte wählen"),
        error_messages={
            "required": _("Bitte wählen Sie eine Person."),
            "invalid_choice": _("Bitte wählen Sie eine andere Person aus Ihrer Organisation."),
        },
    )
    leave = forms.BooleanField(label=_("Ich verlasse die Organisation danach"), required=False)
    optional: frozenset[str] = frozenset()

    def __init__(self, *args: Any, giver: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = giver.organisation.memberships.filter(user__is_active=True).exclude(pk=giver.pk)
        choice = self.fields["to"]
        assert isinstance(choice, MemberField)
        choice.queryset = others.select_related("user").order_by("user__name")
