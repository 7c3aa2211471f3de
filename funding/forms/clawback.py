"""What the steps of a clawback ask for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from journal.forms import StepForm

REASON = {"widget": forms.Textarea(attrs={"rows": 4}), "max_length": 4000}
PAYMENT_DAYS = 30
"""Suggested time to pay back; the notice names the day."""


def _not_in_future(day: date, today: date) -> date:
    if day > today:
        raise forms.ValidationError(_t("Der Tag liegt in der Zukunft. Bitte prüfen Sie das Datum."))
    return day


class AssessForm(StepForm):
    assessed_on = forms.DateField(label=_("Tag des Bescheids"))
    due_on = forms.DateField(label=_("Zahlbar bis"))
    reason = forms.CharField(label=_("Begründung"), **REASON)  # type: ignore[arg-type]

    def suggestions(self, obj: Any, today: date) -> dict[str, Any]:
        return {"assessed_on": today, "due_on": today + timedelta(days=PAYMENT_DAYS)}

    def clean_assessed_on(self) -> date:
        return _not_in_future(self.cleaned_data["assessed_on"], self.today)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        begin, end = found.get("assessed_on"), found.get("due_on")
        if begin and end and end < begin:
            self.add_error("due_on", _t("Der Zahlungstag liegt vor dem Bescheid. Bitte prüfen Sie beide Tage."))
        return found


class PaidForm(StepForm):
    paid_on = forms.DateField(label=_("Eingegangen am"))

    def suggestions(self, obj: Any, today: date) -> dict[str, Any]:
        return {"paid_on": today}

    def clean_paid_on(self) -> date:
        return _not_in_future(self.cleaned_data["paid_on"], self.today)


class DeferForm(StepForm):
    due_on = forms.DateField(label=_("Gestundet bis"))
    reason = forms.CharField(label=_("Begründung"), **REASON)  # type: ignore[arg-type]

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        if day <= self.today:
            raise forms.ValidationError(_t("Bitte nennen Sie einen Tag, der noch kommt."))
        return day
