"""The filters of the list of cases, as they stand in the address. Every one is optional, all of them narrow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from funding.money import MoneyFormField
from workflow import search
from workflow.forms import fields
from workflow.labels import AWARD_FOR_OFFICE, CASE_FOR_OFFICE
from workflow.models import AwardState, Case, CaseState

NOBODY = "niemand"
ALL = ("", _("alle"))
Choices = Mapping[str, Sequence[tuple[str, str]]]
"""For the fields that choose from the catalogue: by their name, (value, words)."""
CATALOGUE = {
    "programm": "programme", "jahr": "fiscal_year", "gemeinde": "application__municipality",
    "massnahme": "application__measure", "etikett": "labels",
}  # fmt: skip


def state_choices() -> list[tuple[str, Any]]:
    """The words of the office. An award's state stands for the approved case, so "approved" itself is not offered."""
    cases = [(state, label.text) for state, label in CASE_FOR_OFFICE.items() if state != CaseState.APPROVED]
    return [ALL, *cases, *((state, label.text) for state, label in AWARD_FOR_OFFICE.items())]


def _number(label: Any) -> forms.IntegerField:
    """A number of the catalogue. One that is not there any more has no hits; it is nobody's mistake."""
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=2**31 - 1,
        widget=forms.Select,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _("Bitte wählen Sie aus der Liste.")),
    )


def _amount(label: Any) -> MoneyFormField:
    return MoneyFormField(label=label, required=False, max_value=Decimal(10**9))


def _day(label: Any) -> forms.DateField:
    field = fields.day(label)
    field.required = False
    field.validators += [
        MinValueValidator(date(1990, 1, 1), _("Bitte schreiben Sie ein Jahr ab 1990.")),
        MaxValueValidator(date(2200, 1, 1), _("Bitte schreiben Sie ein Jahr bis 2199.")),
    ]
    return field


class CaseFilter(forms.Form):
    """`choices` are the words of the catalogue; without them the form filters as well, but cannot be shown."""

    text = forms.CharField(
        label=_("Suchen"),
        help_text=_("Projekt, Nummer, Verein, Inhalt, Ort, Notiz"),
        required=False,
        max_length=120,
        error_messages={"max_length": _("Der Text ist zu lang. Möglich sind %(limit_value)s Zeichen.")},
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=state_choices,
        error_messages={"invalid_choice": _("Bitte wählen Sie aus der Liste.")},
    )
    programm = _number(_("Programm"))
    jahr = _number(_("Haushaltsjahr"))
    gemeinde = _number(_("Gemeinde"))
    massnahme = _number(_("Maßnahme"))
    etikett = _number(_("Etikett"))
    zustaendig = forms.CharField(label=_("Zuständig"), required=False, widget=forms.Select)
    betrag_von = _amount(_("Betrag ab"))
    betrag_bis = _amount(_("Betrag bis"))
    eingang_von = _day(_("Eingang ab"))
    eingang_bis = _day(_("Eingang bis"))
    use_required_attribute = False

    def __init__(self, *args: Any, choices: Choices | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, found in (choices or {}).items():
            self.fields[name].widget.choices = [ALL, *found]

    def clean_zustaendig(self) -> str:
        value: str = self.cleaned_data["zustaendig"]
        if value and value != NOBODY:
            try:
                return str(UUID(value))
            except ValueError as error:
                raise forms.ValidationError(_t("Bitte wählen Sie aus der Liste.")) from error
        return value

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        low, high = data.get("betrag_von"), data.get("betrag_bis")
        if low is not None and high is not None and high < low:
            self.add_error("betrag_bis", _t("Der zweite Betrag ist kleiner als der erste. Bitte prüfen Sie beide."))
        begin, end = data.get("eingang_von"), data.get("eingang_bis")
        if begin and end and end < begin:
            self.add_error("eingang_bis", _t("Das Ende liegt vor dem Beginn. Bitte prüfen Sie beide Tage."))
        return data

    @property
    def is_used(self) -> bool:
        return any(self.data.get(name) for name in self.fields)

    @property
    def used(self) -> dict[str, Any]:
        """What is set, by name, as it was understood."""
        return {name: value for name, value in self.cleaned_data.items() if value not in {None, ""}}

    def narrow(self, cases: QuerySet[Case]) -> QuerySet[Case]:
        """Those of the cases that fit all filters. The form is valid."""
        cases = cases.alias(listed_amount=Coalesce("decided_amount", "requested_amount"))
        for name, value in self.used.items():
            cases = search.holding(cases, value) if name == "text" else cases.filter(**_condition(name, value))
        return cases


def _condition(name: str, value: Any) -> dict[str, Any]:
    if name == "status":
        is_award = value in AwardState.values
        return {"state": CaseState.APPROVED, "award__state": value} if is_award else {"state": value}
    if name == "zustaendig":
        return {"assigned_to__isnull": True} if value == NOBODY else {"assigned_to": value}
    if name in CATALOGUE:
        return {CATALOGUE[name]: value}
    if name.startswith("betrag"):
        return {f"listed_amount__{'gte' if name.endswith('von') else 'lte'}": value}
    return (
        {"received_at__gte": _midnight(value)}
        if name.endswith("von")
        else {"received_at__lt": _midnight(value, days=1)}
    )


def _midnight(day: Any, *, days: int = 0) -> datetime:
    """When the day begins in Wittmund."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=days), time.min))
