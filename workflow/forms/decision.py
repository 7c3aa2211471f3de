"""What the decision asks for: approval with its side conditions, a lower offer, the consent to an early start."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from funding.law import periods
from funding.money import format_money
from journal import formats, values
from workflow import conditions
from workflow.forms import fields
from workflow.forms.case import REASON_MISSING, ZERO, CaseForm, future_day, money_field
from workflow.forms.exceptions import ask_for_exception, check_exception, exception_field


class ApprovalForm(CaseForm):
    """The side conditions of the notice; less than requested needs a reason (§ 39 VwVfG)."""

    conditions = forms.MultipleChoiceField(
        label=_("Nebenbestimmungen"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _("Eine Nebenbestimmung hat sich inzwischen geändert. Bitte wählen Sie noch einmal.")
        },
    )
    further = fields.text(
        _("Weitere Nebenbestimmungen, nur für diesen Bescheid"),
        missing="",
        help_text=_("Je Zeile eine. Sie stehen so im Bescheid."),
        rows=3,
        required=False,
    )
    reason = fields.text(
        _("Begründung für den niedrigeren Betrag"),
        missing=_("Bitte begründen Sie, warum der Betrag niedriger ist."),
        help_text=_("Sie steht im Bescheid."),
        rows=4,
    )

    def suggestions(self, obj: Any, today: date) -> dict[str, Any]:
        self.known = conditions.choices_for(obj.programme, on=today)
        standard = [choice.text for choice in self.known if choice.is_standard]
        return {"conditions": standard, "reason": obj.decision_reason}

    def prepare(self) -> None:
        texts = [choice.text for choice in self.known]
        self.fields["conditions"].choices = [(text, text) for text in texts]  # type: ignore[attr-defined]
        if not texts:
            del self.fields["conditions"]
        if not is_partial(self.obj):
            del self.fields["reason"]

    def clean_further(self) -> list[str]:
        """Each line a condition, none twice."""
        lines = (line.strip() for line in self.cleaned_data["further"].splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def data_for_step(self) -> dict[str, Any]:
        data = super().data_for_step()
        chosen = [*data.pop("conditions", []), *data.pop("further")]
        return data | {"conditions": list(dict.fromkeys(chosen))}


def is_partial(case: Any) -> bool:
    return case.proposed_amount is not None and case.proposed_amount < case.requested_amount


class OfferForm(CaseForm):
    """A lower amount, for which the association first sends a plan that fits."""

    amount = money_field(_("Angebotener Betrag"))
    reason = fields.text(
        _("Begründung"),
        missing=_("Bitte begründen Sie, warum der Betrag niedriger ist."),
        help_text=_("Der Verein liest sie mit dem Angebot."),
        rows=4,
    )
    due_on = fields.day(_("Antwort bis"))
    exception = exception_field()

    def prepare(self) -> None:
        ask_for_exception(self)

    def clean(self) -> dict[str, Any]:
        check_exception(self, self.cleaned_data)
        return self.cleaned_data

    def suggestions(self, obj: Any, today: date) -> dict[str, Any]:
        days = values.number("deadline.offer_days", on=today)
        return {
            "amount": obj.proposed_amount if is_partial(obj) else None,
            "due_on": periods.information_due_on(today, days=days),
        }

    def clean_due_on(self) -> date:
        return future_day(self.cleaned_data["due_on"], today=self.today)

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if amount <= ZERO:
            raise ValidationError(_t("Bitte schreiben Sie einen Betrag über 0 €."))
        if amount >= self.obj.requested_amount:
            raise ValidationError(
                _t("Der Betrag muss niedriger sein als beantragt. Beantragt sind %(amount)s.")
                % {"amount": format_money(self.obj.requested_amount)}
            )
        if amount > self.obj.proposed_amount:
            raise ValidationError(
                _t("Der Betrag ist höher als der Vorschlag. Vorgeschlagen sind %(amount)s.")
                % {"amount": format_money(self.obj.proposed_amount)}
            )
        return amount


class EarlyStartForm(CaseForm):
    """From which day the association may begin before the decision, and why that is an exception."""

    valid_from = fields.day(_("Beginn möglich ab"))
    reason = fields.text(
        _("Begründung"),
        help_text=_("Warum das Projekt nicht auf die Entscheidung warten kann. Sie bleibt in der Akte."),
        missing=REASON_MISSING,
        rows=4,
    )

    def suggestions(self, obj: Any, today: date) -> dict[str, Any]:
        return {"valid_from": max(today, formats.local(obj.received_at))}

    def clean_valid_from(self) -> date:
        day: date = self.cleaned_data["valid_from"]
        received = formats.local(self.obj.received_at)
        if day < received:
            raise ValidationError(
                _t("Zustimmen können Sie frühestens ab dem Eingang, dem %(day)s.")
                % {"day": formats.plain_day(received)}
            )
        return day
