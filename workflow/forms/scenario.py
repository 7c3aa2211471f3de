"""The forms of scenarios: which cases, which amounts, and the one confirmation."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from funding.models import Programme
from funding.money import MoneyFormField, format_money
from workflow.forms import fields
from workflow.forms.case import REASON_MISSING
from workflow.models import Case, Scenario
from workflow.scenario_sheet import Entry, Sheet
from workflow.scenarios import Try, Way

UNITS = (("0.01", _("1 Cent")), ("1.00", _("1 Euro")), ("10.00", _("10 Euro")))
TOO_LONG = _("Der Text ist zu lang. Möglich sind %(limit_value)s Zeichen.")


def title_field() -> forms.CharField:
    return forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("Zum Beispiel: Herbstrunde, nach Punkten"),
        error_messages={"required": _("Bitte geben Sie dem Szenario einen Namen."), "max_length": TOO_LONG},
    )


class PickFilter(forms.Form):
    """Of which year and programme the cases are."""

    year = forms.TypedChoiceField(label=_("Haushaltsjahr"), coerce=int, required=False)
    programme = forms.ChoiceField(label=_("Förderprogramm"), required=False)

    def __init__(self, *args: Any, years: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]
        programmes = Programme.objects.values_list("slug", "title")
        self.fields["programme"].choices = [("", _t("alle")), *programmes]  # type: ignore[attr-defined]


class PickForm(forms.Form):
    """A name and the cases."""

    title = title_field()
    cases = forms.ModelMultipleChoiceField(
        label=_("Anträge"),
        queryset=Case.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Bitte wählen Sie mindestens einen Antrag."),
            "invalid_choice": _("Ein gewählter Antrag steht nicht mehr zur Wahl. Bitte laden Sie die Seite neu."),
            "invalid_pk_value": _("Ein gewählter Antrag steht nicht mehr zur Wahl. Bitte laden Sie die Seite neu."),
        },
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    use_required_attribute = False

    def __init__(self, *args: Any, cases: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["cases"]
        field.queryset = cases
        field.label_from_instance = label_of


def label_of(case: Case) -> str:
    """„INT-2026-0013 · Mama lernt Deutsch · Frauencafé · 1.840,00 € · 86 Punkte · Warteliste"."""
    score = _t("%(score)s Punkte") % {"score": case.score} if case.score is not None else _t("ohne Punkte")
    parts = (case.reference, case.application, case.application.organisation, format_money(case.requested_amount))
    return " · ".join(str(part) for part in (*parts, score, case.get_state_display()))


class AmountsForm(forms.Form):
    """One amount for each case, whether it stays fixed, a note, and how the rest is spread."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = title_field()
    rule = forms.ChoiceField(label=_("Geld verteilen"), choices=Scenario.Rule.choices)
    unit = forms.ChoiceField(label=_("Abrunden auf"), choices=UNITS)
    cap = MoneyFormField(label=_("Höchstens je Antrag"), required=False)
    use_required_attribute = False

    def __init__(self, data: Any = None, *, sheet: Sheet) -> None:
        scenario = sheet.scenario
        first = {
            "version": scenario.version, "title": scenario.title, "rule": scenario.rule, "unit": str(scenario.unit),
            "cap": scenario.cap,
        }  # fmt: skip
        super().__init__(data, initial=first)
        self.sheet = sheet
        for entry in sheet.entries:
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        key, name = entry.case.pk, entry.case.reference
        self.fields[f"amount_{key}"] = MoneyFormField(
            label=_t("Betrag für %(reference)s") % {"reference": name}, required=False, initial=entry.row.amount
        )
        self.fields[f"fixed_{key}"] = forms.BooleanField(label=_t("fest"), required=False, initial=entry.row.is_fixed)
        self.fields[f"note_{key}"] = forms.CharField(
            label=_t("Anmerkung zu %(reference)s") % {"reference": name}, required=False, max_length=300,
            initial=entry.row.note, error_messages={"max_length": TOO_LONG},
        )  # fmt: skip

    def clean_cap(self) -> Decimal | None:
        cap: Decimal | None = self.cleaned_data["cap"]
        if cap is not None and cap <= 0:
            raise forms.ValidationError(_t("Bitte schreiben Sie einen Betrag über 0 €, oder lassen Sie das Feld leer."))
        return cap

    def clean(self) -> dict[str, Any]:
        for entry in self.sheet.entries:
            name = f"amount_{entry.case.pk}"
            if name in self.errors:
                continue
            if sentence := entry.refuse(self.cleaned_data.get(name)):
                self.add_error(name, sentence)
            elif self.cleaned_data.get(f"fixed_{entry.case.pk}") and self.cleaned_data.get(name) is None:
                self.add_error(name, _t("Fest kann nur ein Betrag sein. Bitte schreiben Sie ihn."))
        return self.cleaned_data

    @property
    def way(self) -> Way:
        data = self.cleaned_data
        return Way(title=data["title"], rule=data["rule"], unit=Decimal(data["unit"]), cap=data["cap"])

    @property
    def tries(self) -> dict[int, Try]:
        data = self.cleaned_data
        return {
            key: Try(amount=data[f"amount_{key}"], is_fixed=data[f"fixed_{key}"], note=data[f"note_{key}"])
            for key in (entry.case.pk for entry in self.sheet.entries)
        }

    @property
    def amounts(self) -> dict[int, Decimal | None]:
        """What can be read of the amounts, also where something else is wrong: for the sums."""
        found = {entry.case.pk: f"amount_{entry.case.pk}" for entry in self.sheet.entries}
        return {key: self.cleaned_data[name] for key, name in found.items() if name in self.cleaned_data}

    @property
    def rows(self) -> list[tuple[Entry, BoundField, BoundField, BoundField]]:
        return [
            (entry, self[f"amount_{entry.case.pk}"], self[f"fixed_{entry.case.pk}"], self[f"note_{entry.case.pk}"])
            for entry in self.sheet.entries
        ]


class CompareForm(forms.Form):
    """Up to three scenarios."""

    s = forms.ModelMultipleChoiceField(
        label=_("Szenarien"),
        queryset=Scenario.objects.all(),
        to_field_name="key",
        error_messages={
            "required": _("Bitte wählen Sie zwei oder drei Szenarien."),
            "invalid_choice": _("Ein gewähltes Szenario gibt es nicht mehr."),
            "invalid_pk_value": _("Ein gewähltes Szenario gibt es nicht mehr."),
        },
    )

    def clean_s(self) -> list[Scenario]:
        chosen = list(self.cleaned_data["s"])
        if not 2 <= len(chosen) <= 3:
            raise forms.ValidationError(_t("Bitte wählen Sie zwei oder drei Szenarien."))
        if len({one.fiscal_year for one in chosen}) > 1:
            raise forms.ValidationError(_t("Bitte vergleichen Sie Szenarien desselben Haushaltsjahres."))
        return chosen


class WriteForm(forms.Form):
    """The reason that all proposals share."""

    reason = fields.text(
        _("Begründung"),
        help_text=_("Sie steht bei jedem Vorschlag, dahinter die Anmerkung zum Antrag."),
        missing=REASON_MISSING,
    )
    use_required_attribute = False
