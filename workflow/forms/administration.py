"""The forms of the administration. Each says in words what is wrong; the database's constraints are the second lock."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from funding.models import Goal, Measure, Municipality, Programme, Round
from journal.values import Declared, Type, Value, parse
from workflow.forms.fields import day, text
from workflow.models import Threshold

WHOLE = _("Bitte schreiben Sie eine ganze Zahl, zum Beispiel 14.")
MISSING = _("Bitte füllen Sie dieses Feld aus.")
SENTENCES = {
    "required": MISSING,
    "invalid_choice": _("Bitte wählen Sie eine der Möglichkeiten."),
    "max_length": _("Bitte kürzen Sie den Text auf höchstens %(limit_value)d Zeichen."),
    "min_value": _("Bitte schreiben Sie mindestens %(limit_value)s."),
    "max_value": _("Bitte schreiben Sie höchstens %(limit_value)s."),
}
CHOOSE = _("Bitte wählen")
LARGEST = 9999
"""SQLite takes numbers of any size, and larger ones than the column break elsewhere."""
MOMENT_FORMATS = ("%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M")


class EntryForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """The base of the catalogue's forms. `today` decides what may still be changed."""

    use_required_attribute = False

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        for field in self.fields.values():
            _speak_plainly(field)

    @property
    def changed_fields(self) -> list[str]:
        """The fields of the entry that were changed; a form with fields of its own says what they stand for."""
        return list(self.changed_data)

    def refuse(self, name: str, sentence: str) -> None:
        """Adds the sentence to a field that has no other error."""
        if name not in self.errors:
            self.add_error(name, sentence)


def _speak_plainly(field: forms.Field) -> None:
    field.error_messages |= SENTENCES
    if isinstance(field, forms.IntegerField):
        field.widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        field.validators.append(MaxValueValidator(LARGEST))
        field.error_messages["invalid"] = WHOLE
    elif isinstance(field, forms.EmailField):
        field.error_messages["invalid"] = _("Bitte schreiben Sie die ganze Adresse, zum Beispiel name@amt.example.")
    elif isinstance(field, forms.SlugField):
        field.error_messages["invalid"] = _("Bitte nur Buchstaben ohne Umlaute, Ziffern und Bindestriche.")
    elif isinstance(field, forms.ModelChoiceField):
        field.empty_label = CHOOSE
    elif isinstance(field, forms.ChoiceField):
        given: Any = field.choices
        field.choices = [(value, label if value else CHOOSE) for value, label in given]


class MomentField(forms.DateTimeField):
    """A moment in German time; the hours that come never or twice, when the clock changes, are asked for anew."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            sentence = _t("Diese Uhrzeit gibt es an dem Tag nicht oder zweimal, weil die Uhr umgestellt wird.")
            raise ValidationError(sentence, code="invalid") from error


def moment(label: Any, *, help_text: Any) -> forms.DateTimeField:
    return MomentField(
        label=label,
        help_text=help_text,
        input_formats=MOMENT_FORMATS,
        widget=forms.DateTimeInput(format="%d.%m.%Y %H:%M", attrs={"autocomplete": "off"}),
        error_messages={"invalid": _("Bitte schreiben Sie Tag und Uhrzeit so: 31.12.2026 18:00.")},
    )


class ProgrammeForm(EntryForm):
    class Meta:
        model = Programme
        fields = [
            "title", "slug", "prefix", "purpose", "applicants", "documents",
            "contact_name", "contact_phone", "contact_email", "contact_hours",
            "financing", "rate_numerator", "rate_denominator", "fixed_amount", "minimum", "maximum", "rounding_unit",
            "payable_on", "payment_mode", "report_months", "product", "account", "is_published",
        ]  # fmt: skip
        help_texts = {
            "documents": _("Je Zeile eine Unterlage."),
            "financing": _("Gilt für neue Vorgänge. Laufende Bescheide ändern sich nicht."),
            "rate_numerator": _("80 von 100 sind 80 %, 1 von 3 ist ein Drittel."),
            "rounding_unit": _("Zum Beispiel 0,01 oder 10,00."),
            "product": _("Produkt und Konto bestimmen die Haushaltslinie, zum Beispiel 3.5.1.10."),
        }
        error_messages = {"slug": {"unique": _("Diesen Kurznamen hat schon ein anderes Programm.")}}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        top, bottom = data.get("rate_numerator"), data.get("rate_denominator")
        if bottom == 0:
            self.refuse("rate_denominator", _t("Der Nenner ist mindestens 1."))
        elif top is not None and bottom is not None and top > bottom:
            self.refuse(
                "rate_numerator",
                _t("Mehr als die ganzen Ausgaben fördert kein Programm. Bitte kleiner als der Nenner."),
            )
        if data.get("financing") == "fixed" and not data.get("fixed_amount"):
            self.refuse("fixed_amount", _t("Bitte schreiben Sie den Festbetrag."))
        self._clean_limits(data.get("minimum"), data.get("maximum"), data.get("rounding_unit"))
        return data

    def _clean_limits(self, minimum: Decimal | None, maximum: Decimal | None, unit: Decimal | None) -> None:
        if minimum is not None and maximum is not None and minimum > maximum:
            self.refuse("maximum", _t("Der Höchstbetrag liegt unter dem Mindestbetrag. Bitte prüfen Sie beide."))
        if unit is not None and unit <= 0:
            self.refuse("rounding_unit", _t("Abgerundet wird mindestens auf 0,01 €."))


class RoundForm(EntryForm):
    opens_at = moment(_("Öffnet"), help_text=_("Zum Beispiel 01.01.2027 00:00"))
    closes_at = moment(
        _("Schließt"), help_text=_("Ab dieser Minute ist ein Antrag zu spät. Für „bis 31.12.“: 01.01.2027 00:00")
    )

    class Meta:
        model = Round
        fields = ["programme", "title", "fiscal_year", "opens_at", "closes_at", "accepts_late"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if opens and closes and closes <= opens:
            self.refuse("closes_at", _t("Das Ende liegt vor dem Beginn. Bitte prüfen Sie beide Tage."))
        year = data.get("fiscal_year")
        if year is not None and not 2000 <= year <= 2100:
            self.refuse("fiscal_year", _t("Bitte schreiben Sie ein Jahr mit vier Ziffern, zum Beispiel 2027."))
        return data


class GoalForm(EntryForm):
    class Meta:
        model = Goal
        fields = ["code", "title"]
        error_messages = {"code": {"unique": _("Diese Nummer hat schon ein anderes Ziel.")}}


class MeasureForm(EntryForm):
    class Meta:
        model = Measure
        fields = ["goal", "code", "title", "is_active"]
        error_messages = {"code": {"unique": _("Diese Nummer hat schon eine andere Maßnahme.")}}


class MunicipalityForm(EntryForm):
    class Meta:
        model = Municipality
        fields = ["name", "ags", "association", "is_active"]
        help_texts = {"ags": _("Acht Ziffern, zum Beispiel 03462019.")}
        error_messages = {
            "name": {"unique": _("Diese Gemeinde gibt es schon.")},
            "ags": {"unique": _("Diesen Schlüssel hat schon eine andere Gemeinde.")},
        }

    def clean_ags(self) -> str:
        ags = str(self.cleaned_data["ags"])
        if len(ags) != 8 or not ags.isascii() or not ags.isdigit():
            raise forms.ValidationError(_t("Der Gemeindeschlüssel hat acht Ziffern, zum Beispiel 03462019."))
        return ags


class ThresholdForm(EntryForm):
    """A table that holds already is not changed any more: a new one is written for a later day."""

    valid_from = day(_("Gültig ab"), help_text=_("Alle Zeilen mit demselben Tag bilden zusammen eine Tabelle."))

    class Meta:
        model = Threshold
        fields = ["valid_from", "up_to", "decides"]
        help_texts = {"up_to": _("Leer heißt: alles, was darüber liegt.")}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        begins = data.get("valid_from")
        if self._holds_already(begins):
            self.refuse("valid_from", _t("Was schon gilt, bleibt. Bitte wählen Sie einen Tag, der noch kommt."))
        elif begins and "up_to" in data and self._is_twice(begins, data["up_to"]):
            self.refuse("up_to", _t("Für diesen Betrag gibt es an diesem Tag schon eine Zeile."))
        return data

    def _holds_already(self, begins: date | None) -> bool:
        before = self.initial.get("valid_from") if self.instance.pk else None
        if before is not None and before <= self.today:
            return True
        if begins is None or begins > self.today:
            return False
        return Threshold.objects.exclude(pk=self.instance.pk).exclude(valid_from=begins).exists()

    def _is_twice(self, begins: date, up_to: Decimal | None) -> bool:
        """SQLite's unique index knows no equal NULLs: here it is looked up."""
        others = Threshold.objects.exclude(pk=self.instance.pk).filter(valid_from=begins)
        return (others.filter(up_to__isnull=True) if up_to is None else others.filter(up_to=up_to)).exists()


def _value_field(setting: Declared) -> forms.Field:
    label, sentences = _("Neuer Wert"), {"required": MISSING}
    unit = f" ({setting.unit})" if str(setting.unit) else ""
    if setting.type is Type.YES_NO:
        choices = [("1", _("ja")), ("0", _("nein"))]
        return forms.ChoiceField(
            label=label, choices=choices, widget=forms.RadioSelect, error_messages=SENTENCES | sentences
        )
    if setting.type is Type.LONG_TEXT:
        return text(label, missing=MISSING, rows=16, limit=50_000)
    if setting.type is Type.TEXT:
        return forms.CharField(label=label, required=False, max_length=300, error_messages=SENTENCES | sentences)
    mode = "decimal" if setting.type is Type.DECIMAL else "numeric"
    widget = forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off"})
    return forms.CharField(label=f"{label}{unit}", max_length=20, widget=widget, error_messages=SENTENCES | sentences)


class ValueForm(forms.Form):
    """A new value of a setting, from a day on, with the reason."""

    use_required_attribute = False
    valid_from = day(_("Gültig ab"), help_text=_("Vorgänge von früher bleiben bei dem Wert, der damals galt."))
    reason = forms.CharField(
        label=_("Warum ändert sich der Wert?"),
        max_length=300,
        error_messages=SENTENCES | {"required": _("Bitte schreiben Sie, warum sich der Wert ändert.")},
    )

    def __init__(self, *args: Any, setting: Declared, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.setting = setting
        self.fields = {"value": _value_field(setting), **self.fields}

    def clean_value(self) -> str:
        content = str(self.cleaned_data["value"]).replace("\r\n", "\n").strip()
        try:
            parsed = parse(self.setting, content)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        _check_meaning(self.setting.key, content)
        return content if isinstance(parsed, str) else _stored(self.setting, parsed)


def _stored(setting: Declared, parsed: Value) -> str:
    if setting.type is Type.YES_NO:
        return "1" if parsed else "0"
    return f"{parsed:f}" if isinstance(parsed, Decimal) else str(parsed)


def _check_meaning(key: str, content: str) -> None:
    """What a type cannot know: an account number must be one."""
    if not key.endswith(".iban") or not content:
        return
    try:
        IBAN(content)
    except SchwiftyException as error:
        raise forms.ValidationError(_t("Die IBAN stimmt nicht. Meist sind zwei Ziffern vertauscht.")) from error
