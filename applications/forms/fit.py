"""The check before the application: a short form made from the rules of a programme. Whoever does not know yet leaves out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from applications.eligibility import Facts
from applications.forms.fields import DayField, money
from applications.models import EligibilityRule, Organisation
from funding.models import Measure, Municipality

Subject = EligibilityRule.Subject
DAY_HINT = _("Zum Beispiel 31.12.2026")


def _kind() -> forms.Field:
    return forms.ChoiceField(
        label=_("Wer stellt den Antrag?"), choices=Organisation.Kind.choices, widget=forms.RadioSelect, required=False
    )


def _chosen(label: Any, found: Any) -> Callable[[], forms.Field]:
    return lambda: forms.ModelChoiceField(found(), label=label, empty_label=_("Weiß ich noch nicht"), required=False)


def _day(label: Any) -> Callable[[], forms.Field]:
    return lambda: DayField(label=label, help_text=DAY_HINT, required=False)


def _amount() -> forms.Field:
    return money(_("Wie viel Geld möchten Sie beantragen?"))


_FIELDS: dict[str, Callable[[], forms.Field]] = {
    "kind": _kind,
    "municipality": _chosen(
        _("In welcher Gemeinde findet das Projekt statt?"), lambda: Municipality.objects.filter(is_active=True)
    ),
    "measure": _chosen(_("Zu welcher Maßnahme passt es?"), lambda: Measure.objects.filter(is_active=True)),
    "starts_on": _day(_("Wann soll es beginnen?")),
    "ends_on": _day(_("Wann soll es enden?")),
    "amount": _amount,
}
_ASKS: dict[str, tuple[str, ...]] = {
    Subject.ORGANISATION_KIND: ("kind",),
    Subject.MUNICIPALITY: ("municipality",),
    Subject.MEASURE: ("measure",),
    Subject.STARTS_AFTER_DAYS: ("starts_on",),
    Subject.LASTS_AT_MOST_DAYS: ("starts_on", "ends_on"),
    Subject.AMOUNT_AT_LEAST: ("amount",),
    Subject.AMOUNT_AT_MOST: ("amount",),
}


class FitForm(forms.Form):
    """Asks only what a rule looks at, each thing once."""

    use_required_attribute = False
    optional: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *args: Any, rules: list[EligibilityRule], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = [rule for rule in rules if rule.subject in {Subject.YES, Subject.NO}]
        asked = {name for rule in rules for name in _ASKS.get(rule.subject, ())}
        self.fields = {name: make() for name, make in _FIELDS.items() if name in asked}
        self.fields |= {_name(rule): _yes_no(rule) for rule in self.own}
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = _("Bitte wählen Sie eine der Möglichkeiten.")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        begin, end = data.get("starts_on"), data.get("ends_on")
        if begin and end and end < begin:
            self.add_error("ends_on", _t("Das Ende liegt vor dem Beginn. Bitte prüfen Sie beide Tage."))
        return data

    def facts(self) -> Facts:
        data = self.cleaned_data
        place, measure = data.get("municipality"), data.get("measure")
        return Facts(
            organisation_kind=data.get("kind") or None,
            municipality=place.name if place else None,
            measure=measure.code if measure else None,
            starts_on=data.get("starts_on"),
            ends_on=data.get("ends_on"),
            amount=data.get("amount"),
            answers={rule.pk: data[_name(rule)] == "yes" for rule in self.own if data.get(_name(rule))},
        )


def _name(rule: EligibilityRule) -> str:
    return f"frage-{rule.pk}"


def _yes_no(rule: EligibilityRule) -> forms.Field:
    choices = [("yes", _("Ja")), ("no", _("Nein"))]
    return forms.ChoiceField(label=rule.question, choices=choices, widget=forms.RadioSelect, required=False)
