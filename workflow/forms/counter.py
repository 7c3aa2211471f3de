"""What the association writes at the counter beside the steps of the machines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from funding.money import MoneyFormField


class RequestPaymentForm(forms.Form):
    amount = MoneyFormField(
        label=_("Betrag in Euro"),
        min_value=Decimal("0.01"),
        error_messages={"required": _("Bitte schreiben Sie, wie viel Geld Sie jetzt brauchen.")},
    )
    need = forms.CharField(
        label=_("Wofür brauchen Sie das Geld in den nächsten Wochen?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Ein Satz genügt, zum Beispiel: Honorar und Miete für Februar und März."),
        error_messages={
            "required": _("Bitte schreiben Sie, wofür Sie das Geld brauchen."),
            "max_length": _("Bitte kürzen Sie den Text auf höchstens %(limit_value)d Zeichen."),
        },
    )
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.error_target = "id_amount"
