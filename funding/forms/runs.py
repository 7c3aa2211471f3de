"""What the steps of a payment run ask for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from funding import queries
from funding.models import Disbursement
from funding.money import format_money
from journal import formats


class _Choice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not generic at run time
    def label_from_instance(self, obj: Any) -> str:
        """Amount first: it is what one adds up. The IBAN is not needed to choose."""
        since = _("angeordnet %(day)s") % {"day": formats.day(obj.authorised_at)}
        return f"{format_money(obj.amount)} · {obj.payee_name} · {obj.reference} · {since}"


class AssembleForm(forms.Form):
    """Which authorised payments go into the run; all of them are ticked at first."""

    payments = _Choice(
        label=_("Zahlungen im Lauf"),
        queryset=Disbursement.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Bitte wählen Sie mindestens eine Zahlung."),
            "invalid_choice": _(
                "Mindestens eine Zahlung steht schon in einem Lauf oder ist nicht mehr angeordnet. "
                "Bitte wählen Sie neu."
            ),
        },
    )
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["payments"]
        assert isinstance(field, _Choice)
        field.queryset = queries.ready_for_run()
        if not self.is_bound:
            self.initial["payments"] = [found.pk for found in field.queryset]


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label=_("Warum geben Sie den Lauf zurück?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": _("Bitte begründen Sie, warum Sie den Lauf zurückgeben.")},
    )
    use_required_attribute = False


class ExecutedForm(forms.Form):
    executed_on = forms.DateField(
        label=_("Ausgeführt am"),
        help_text=_("Der Buchungstag auf dem Kontoauszug, zum Beispiel 23.11.2026"),
    )
    use_required_attribute = False
