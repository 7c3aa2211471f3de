"""Forms of the budget officer. Each asks for the reason; none takes an amount that it cannot read to the cent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from funding.budgeting import NewLine, Resolved
from funding.models import BudgetLine, Resolution
from funding.money import MoneyFormField

ZERO = Decimal("0.00")
_NO_REASON = _("Bitte schreiben Sie, warum Sie das buchen.")
_NO_AMOUNT = _("Bitte geben Sie einen Betrag an, zum Beispiel 1.234,56.")


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("Grund"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _NO_REASON},
    )  # fmt: skip


class LineForm(forms.Form):
    fiscal_year = forms.IntegerField(
        label=_("Haushaltsjahr"),
        min_value=2000,
        max_value=2100,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": _("Bitte nennen Sie das Haushaltsjahr, zum Beispiel 2027."),
            "invalid": _("Bitte schreiben Sie das Jahr mit vier Ziffern, zum Beispiel 2027."),
        },
    )
    product = forms.CharField(
        label=_("Produkt"), max_length=20, help_text=_("Zum Beispiel 3.5.1.01"),
        error_messages={"required": _("Bitte nennen Sie das Produkt, zum Beispiel 3.5.1.01.")},
    )  # fmt: skip
    account = forms.CharField(
        label=_("Konto"), max_length=20, help_text=_("Zum Beispiel 4318"),
        error_messages={"required": _("Bitte nennen Sie das Konto, zum Beispiel 4318.")},
    )  # fmt: skip
    title = forms.CharField(
        label=_("Bezeichnung"), max_length=160,
        error_messages={"required": _("Bitte schreiben Sie, wofür die Linie ist.")},
    )  # fmt: skip
    amount = MoneyFormField(label=_("Ansatz"), min_value=ZERO, error_messages={"required": _NO_AMOUNT})
    reason = _reason()
    use_required_attribute = False

    def new_line(self) -> NewLine:
        names = ("fiscal_year", "product", "account", "title")
        return NewLine(**{name: self.cleaned_data[name] for name in names})


class SupplementForm(forms.Form):
    amount = MoneyFormField(
        label=_("Betrag"),
        signed=True,
        help_text=_("Mit einem Minus davor, wenn die Linie weniger bekommt."),
        error_messages={"required": _NO_AMOUNT},
    )
    reason = _reason()
    body = forms.ChoiceField(label=_("Gremium"), choices=Resolution.Body.choices)
    resolved_on = forms.DateField(
        label=_("Datum des Beschlusses"), help_text=_("Zum Beispiel 09.11.2026"),
        error_messages={"required": _("Bitte nennen Sie den Tag des Beschlusses.")},
    )  # fmt: skip
    number = forms.CharField(
        label=_("Nummer des Beschlusses"), max_length=40,
        error_messages={"required": _("Bitte nennen Sie die Nummer des Beschlusses.")},
    )  # fmt: skip
    subject = forms.CharField(
        label=_("Betreff des Beschlusses"), max_length=200,
        error_messages={"required": _("Bitte schreiben Sie, worum es im Beschluss ging.")},
    )  # fmt: skip
    use_required_attribute = False

    def __init__(self, *args: Any, line: BudgetLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line
        self.fields["body"].initial = Resolution.Body.COUNTY_COUNCIL

    def resolved(self) -> Resolved:
        return Resolved(**{name: self.cleaned_data[name] for name in ("body", "resolved_on", "number", "subject")})


class ApproveForm(forms.Form):
    reason = forms.CharField(
        label=_("Woraus ergibt sich die Genehmigung?"),
        help_text=_("Zum Beispiel: Haushaltssatzung vom Kreistag beschlossen am 14.12.2026, öffentlich ausgelegt."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Bitte schreiben Sie, woraus sich die Genehmigung ergibt.")},
    )
    use_required_attribute = False
