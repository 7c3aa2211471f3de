"""What the lists of the treasury can be narrowed by. Nonsense in the address filters nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from funding import numbers
from funding.balances import end_of
from funding.models import (
    BudgetLine,
    Disbursement,
    DisbursementState,
    Kind,
    LedgerEntry,
    Measure,
    Municipality,
    Programme,
    SubBudget,
)


class DisbursementFilter(django_filters.FilterSet):
    suche = django_filters.CharFilter(label=_("Aktenzeichen oder Empfänger"), method="search")
    stand = django_filters.ChoiceFilter(
        label=_("Stand"), field_name="state", choices=DisbursementState.choices, empty_label=_("alle")
    )
    jahr = django_filters.NumberFilter(label=_("Haushaltsjahr"), field_name="commitment__line__fiscal_year")

    class Meta:
        model = Disbursement
        fields: tuple[str, ...] = ()

    def search(self, found: QuerySet[Disbursement], _name: str, text: str) -> QuerySet[Disbursement]:
        wanted = text.strip()
        return found.filter(Q(commitment__thread__icontains=wanted) | Q(payee_name__icontains=wanted))


FIRST, LAST = date(1900, 1, 1), date(9000, 1, 1)
"""Days that every database and every time zone can reckon with."""


def _bounded(day: date) -> date:
    return min(max(day, FIRST), LAST)


class EntryFilter(django_filters.FilterSet):
    """`teil` shows the entries that make up one number of a line; programme, measure and municipality come by link."""

    linie = django_filters.ModelChoiceFilter(
        label=_("Haushaltslinie"), field_name="line", queryset=BudgetLine.objects.all(), empty_label=_("alle")
    )
    art = django_filters.ChoiceFilter(label=_("Art"), field_name="kind", choices=Kind.choices, empty_label=_("alle"))
    akte = django_filters.CharFilter(label=_("Aktenzeichen"), field_name="thread", lookup_expr="iexact")
    von = django_filters.DateFilter(label=_("Gebucht ab"), method="since")
    bis = django_filters.DateFilter(label=_("Gebucht bis"), method="until")
    beleg = django_filters.UUIDFilter(label=_("Beleg"), field_name="voucher", widget=forms.HiddenInput)
    teilbudget = django_filters.ModelChoiceFilter(
        label=_("Teilbudget"),
        field_name="part",
        widget=forms.HiddenInput,
        queryset=SubBudget.objects.select_related("programme", "measure", "municipality"),
    )
    teil = django_filters.ChoiceFilter(
        label=_("Zahl"), method="part", choices=[(name, name) for name in numbers.NUMBERS], widget=forms.HiddenInput
    )
    jahr = django_filters.NumberFilter(
        label=_("Haushaltsjahr"), field_name="line__fiscal_year", widget=forms.HiddenInput
    )
    programme = django_filters.ModelChoiceFilter(
        label=_("Programm"), field_name="commitment__programme", queryset=Programme.objects.all(),
        widget=forms.HiddenInput,
    )  # fmt: skip
    measure = django_filters.ModelChoiceFilter(
        label=_("Maßnahme"), field_name="commitment__measure", queryset=Measure.objects.all(), widget=forms.HiddenInput
    )
    municipality = django_filters.ModelChoiceFilter(
        label=_("Gemeinde"), field_name="commitment__municipality", queryset=Municipality.objects.all(),
        widget=forms.HiddenInput,
    )  # fmt: skip

    class Meta:
        model = LedgerEntry
        fields: tuple[str, ...] = ()

    def part(self, found: QuerySet[LedgerEntry], _name: str, counter: str) -> QuerySet[LedgerEntry]:
        return numbers.entries_of(found, counter)

    def since(self, found: QuerySet[LedgerEntry], _name: str, day: date) -> QuerySet[LedgerEntry]:
        return found.filter(recorded_at__gte=end_of(_bounded(day) - timedelta(days=1)))

    def until(self, found: QuerySet[LedgerEntry], _name: str, day: date) -> QuerySet[LedgerEntry]:
        return found.filter(recorded_at__lt=end_of(_bounded(day)))

    @property
    def active(self) -> list[tuple[str, Any, str]]:
        """(label, value in words, address without it) of each filter that is set."""
        return [(str(self.form.fields[name].label), self._words(name), self._without(name)) for name in self._set()]

    def _set(self) -> list[str]:
        cleaned = getattr(self.form, "cleaned_data", {})
        return [name for name in self.form.fields if cleaned.get(name)]

    def _words(self, name: str) -> Any:
        found = self.form.cleaned_data[name]
        if name == "teil":
            return numbers.words(found)
        if name == "beleg":
            return str(found)[:8].upper()
        return Kind(found).label if name == "art" else found

    def _without(self, name: str) -> str:
        rest = self.data.copy()
        rest.pop(name, None)
        rest.pop("page", None)
        return f"?{rest.urlencode()}"
