"""Who applies, and where the money goes the first time it is said."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from applications import account
from applications.forms.fields import TOO_LONG
from applications.forms.vault import ASK_THE_BANK, OWN_ACCOUNT
from applications.models import Organisation
from funding.models import Municipality
from funding.sepa import SepaError, checked_iban

_POSTCODE = re.compile(r"\d{5}")


class OrganisationForm(forms.ModelForm[Organisation]):
    """Only the name is demanded; what else is missing stands against filing, not against saving."""

    use_required_attribute = False
    optional: ClassVar[frozenset[str]] = frozenset({"phone"})
    municipality = forms.ModelChoiceField(
        Municipality.objects.filter(is_active=True), label=_("Gemeinde"), empty_label=_("Bitte wählen"), required=False
    )

    class Meta:
        model = Organisation
        fields = (
            "kind", "name", "representative", "street", "postcode", "town", "municipality", "phone", "iban",
            "account_holder",
        )  # fmt: skip
        labels = {"kind": _("Wer stellt den Antrag?"), "representative": _("Wer vertritt die Organisation?")}
        help_texts = {
            "name": _("Wie er im Register steht. Bei Privatpersonen: Vorname und Nachname."),
            "representative": _("Zum Beispiel die Vorsitzende. Bei Privatpersonen bleibt das Feld leer."),
            "iban": _("Auf dieses Konto zahlen wir, wenn ein Antrag bewilligt ist."),
            "account_holder": _("Das Konto muss Ihrer Organisation gehören."),
        }
        widgets = {
            "kind": forms.RadioSelect,
            "name": forms.TextInput(attrs={"autocomplete": "organization"}),
            "street": forms.TextInput(attrs={"autocomplete": "address-line1"}),
            "postcode": forms.TextInput(attrs={"autocomplete": "postal-code", "inputmode": "numeric"}),
            "town": forms.TextInput(attrs={"autocomplete": "address-level2"}),
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
            "iban": forms.TextInput(attrs=ASK_THE_BANK),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.error_messages["max_length"] = TOO_LONG
            field.error_messages["required"] = _("Bitte füllen Sie dieses Feld aus.")
            field.required = name in {"kind", "name"}
        self.fields["kind"].choices = Organisation.Kind.choices  # type: ignore[attr-defined]
        self.fields["iban"].max_length = None  # type: ignore[attr-defined]
        self.fields["iban"].validators = []
        self.fields["iban"].widget.attrs.pop("maxlength", None)
        if self.instance.pk and self.instance.is_natural_person:
            self.fields["account_holder"].help_text = OWN_ACCOUNT
        self._leave_the_account()

    def _leave_the_account(self) -> None:
        """An account that is known changes only on its own page, with a proof."""
        if account.is_direct(self.instance):
            return
        del self.fields["iban"]
        if self.instance.account_holder:
            del self.fields["account_holder"]

    def clean_kind(self) -> str:
        """Somebody who applies for themselves acts alone."""
        kind: str = self.cleaned_data["kind"]
        if kind == Organisation.Kind.NATURAL_PERSON and self.instance.pk and self.instance.memberships.count() > 1:
            raise ValidationError(
                _t("Für Ihre Organisation handeln mehrere Personen. Eine Privatperson handelt allein.")
            )
        return kind

    def clean_postcode(self) -> str:
        postcode: str = self.cleaned_data["postcode"].strip()
        if postcode and not _POSTCODE.fullmatch(postcode):
            raise ValidationError(_t("Eine Postleitzahl hat fünf Ziffern, zum Beispiel 26409."))
        return postcode

    def clean_iban(self) -> str:
        typed: str = self.cleaned_data["iban"].strip()
        try:
            iban = checked_iban(typed) if typed else ""
        except SepaError as error:
            raise ValidationError(error.sentences[0]) from error
        return iban

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == Organisation.Kind.NATURAL_PERSON and not cleaned.get("representative"):
            cleaned["representative"] = cleaned.get("name", "")[:120]
        if cleaned.get("iban") and not cleaned.get("account_holder"):
            cleaned["account_holder"] = cleaned.get("name", "")
        return cleaned
