"""What an organisation keeps with us, and the proof of a new account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import TOO_LONG, DayField
from applications.models import OrganisationDocument
from funding.sepa import SepaError, checked_iban

NO_FILE = _("Bitte wählen Sie zuerst eine Datei aus.")


def file_field(label: Any, **kwargs: Any) -> forms.FileField:
    """What is inside is looked at when it is stored."""
    kwargs.setdefault("error_messages", {"required": NO_FILE, "invalid": NO_FILE, "missing": NO_FILE})
    return forms.FileField(label=label, widget=forms.FileInput, allow_empty_file=True, **kwargs)


class DocumentForm(forms.Form):
    use_required_attribute = False
    optional: frozenset[str] = frozenset({"valid_until"})
    kind = forms.ChoiceField(
        label=_("Was ist das?"),
        choices=[
            choice for choice in OrganisationDocument.Kind.choices if choice[0] != OrganisationDocument.Kind.ACCOUNT
        ],
        error_messages={"required": _("Bitte wählen Sie, was es ist."), "invalid_choice": _("Bitte wählen Sie, was es ist.")},
    )  # fmt: skip
    file = file_field(_("Datei"))
    valid_until = DayField(
        label=_("Gültig bis"), required=False, help_text=_("Wenn die Unterlage abläuft. Wir erinnern Sie vorher.")
    )


class NewerDocumentForm(forms.Form):
    """A newer file in the place of this one, or only another last day."""

    use_required_attribute = False
    optional: frozenset[str] = frozenset({"file", "valid_until"})
    file = file_field(
        _("Neue Datei"), required=False, help_text=_("Ohne Datei ändert sich nur der Tag, bis zu dem die Unterlage gilt.")
    )  # fmt: skip
    valid_until = DocumentForm.base_fields["valid_until"]


ASK_THE_BANK = {
    "autocomplete": "off",
    "data-hx-post": reverse_lazy("applications:bank"),
    "data-hx-trigger": "change",
    "data-hx-target": "#bank",
    "data-hx-swap": "outerHTML",
}
"""Beside the field: whether the number can be right, and whose bank it is."""


OWN_ACCOUNT = _("Das Konto muss Ihnen gehören.")


class AccountForm(forms.Form):
    use_required_attribute = False
    optional: frozenset[str] = frozenset()
    iban = forms.CharField(
        label=_("Neue IBAN"),
        widget=forms.TextInput(attrs=ASK_THE_BANK),
        error_messages={"required": _("Bitte schreiben Sie die IBAN.")},
    )
    account_holder = forms.CharField(
        label=_("Kontoinhaber"),
        max_length=160,
        help_text=_("Das Konto muss Ihrer Organisation gehören."),
        error_messages={"required": _("Bitte schreiben Sie, wem das Konto gehört."), "max_length": TOO_LONG},
    )
    file = file_field(
        _("Nachweis"),
        help_text=_("Zum Beispiel ein Kontoauszug oder eine Bestätigung der Bank. Umsätze können Sie schwärzen."),
    )

    def clean_iban(self) -> str:
        try:
            return checked_iban(self.cleaned_data["iban"].strip())
        except SepaError as error:
            raise ValidationError(error.sentences[0]) from error
