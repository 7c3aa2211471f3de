"""The steps of an application, one form each. A form saves what it can read; filing alone demands completeness."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from applications.completeness import DECLARATIONS, Section
from applications.forms.fields import ChosenField, DayField, ManyField, people, speak_plainly
from applications.models import Application
from funding.models import Goal, Measure, Municipality
from journal.actors import Actor


class SectionForm(forms.ModelForm[Application]):
    """`heading` is the question over the fields; `readable()` is what goes into the row, whatever else is wrong."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    use_required_attribute = False
    optional: frozenset[str] = frozenset()
    heading: ClassVar[Any] = ""
    lead: ClassVar[Any] = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        instance: Application = kwargs["instance"]
        kwargs["initial"] = {**self.suggestions(instance), "version": instance.version}
        super().__init__(*args, **kwargs)
        speak_plainly(self)
        for name, field in self.fields.items():
            if isinstance(field, ChosenField):
                field.known = getattr(instance, name)

    def suggestions(self, application: Application) -> dict[str, Any]:
        return {}

    def _get_validation_exclusions(self) -> set[str]:
        """The fields of the form have checked everything; the model would ask the database for it once more."""
        return {field.name for field in self.instance._meta.get_fields()}

    def readable(self, actor: Actor) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self._meta.fields or () if name in self.cleaned_data}


class ProjectForm(SectionForm):
    heading = _("Was haben Sie vor?")
    municipality = ChosenField(
        Municipality.objects.filter(is_active=True), label=_("Gemeinde"), empty_label=_("Bitte wählen")
    )
    optional = frozenset({"contact_phone"})

    class Meta:
        model = Application
        fields = ("title", "summary", "place", "municipality", "contact_name", "contact_phone")
        labels = {"place": _("Wo findet das Projekt statt?")}
        help_texts = {
            "title": _("Kurz und so, dass man sich etwas vorstellen kann."),
            "summary": _("Was machen Sie, wie oft und mit wem? Bitte keine Namen von Teilnehmenden."),
            "place": _("Zum Beispiel: Gemeindehaus Moorhusen"),
            "contact_name": _("Wen dürfen wir zu diesem Antrag fragen?"),
        }
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 8}),
            "contact_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "contact_phone": forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
        }


class GoalsForm(SectionForm):
    heading = _("Was wollen Sie erreichen?")
    lead = _("Wir brauchen Zahlen, keine Namen.")
    measure = ChosenField(
        Measure.objects.filter(is_active=True),
        label=_("Zu welcher Maßnahme passt Ihr Projekt am besten?"),
        empty_label=_("Bitte wählen"),
    )
    goals = ManyField(
        Goal.objects.all(), label=_("Zu welchen Zielen trägt es bei?"), widget=forms.CheckboxSelectMultiple
    )
    expected_people = people(_("Wie viele Menschen wollen Sie erreichen?"))
    field_order = ("measure", "goals", "target_group", "expected_people")

    class Meta:
        model = Application
        fields = ("measure", "goals", "target_group", "expected_people")
        widgets = {"target_group": forms.Textarea(attrs={"rows": 4})}


class PeriodForm(SectionForm):
    heading = _("Wann läuft Ihr Projekt?")
    lead = _("Bitte beginnen Sie erst, wenn Sie den Bescheid haben. Auch Verträge und Bestellungen zählen als Beginn.")
    starts_on = DayField(label=_("Beginn"))
    ends_on = DayField(label=_("Ende"))

    class Meta:
        model = Application
        fields = ("starts_on", "ends_on")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        begin, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        if begin and end and end < begin:
            self.add_error("ends_on", _t("Das Ende liegt vor dem Beginn. Bitte prüfen Sie beide Tage."))
        return cleaned

    def readable(self, actor: Actor) -> dict[str, Any]:
        """A stored end that the new beginning has overtaken goes; an end before the stored beginning is not taken."""
        values = super().readable(actor)
        stored = {name: self.initial.get(name) for name in ("starts_on", "ends_on")} | values
        if stored["starts_on"] and stored["ends_on"] and stored["ends_on"] < stored["starts_on"]:
            values["ends_on"] = None
        return values


class DeclarationsForm(SectionForm):
    heading = _("Was erklären Sie?")
    lead = _(
        "Diese Erklärungen gehören zum Antrag. Einreichen können Sie erst, wenn unter „Wir erklären“ alles angekreuzt ist."
    )
    declarations = forms.MultipleChoiceField(
        label=_("Wir erklären:"), choices=list(DECLARATIONS.items()), widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Application
        fields = ("declarations", "wants_portal")

    def readable(self, actor: Actor) -> dict[str, Any]:
        values = super().readable(actor)
        if "declarations" not in values:
            return values
        return values | {"declared_by": actor.name if values["declarations"] else ""}


FORMS: dict[Section, type[SectionForm]] = {
    Section.PROJECT: ProjectForm,
    Section.GOALS: GoalsForm,
    Section.PERIOD: PeriodForm,
    Section.DECLARATIONS: DeclarationsForm,
}
