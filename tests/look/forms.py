"""Forms of the gallery: every kind of field, empty, filled and wrong."""

from __future__ import annotations

from typing import Any

from django import forms

KINDS = [("fees", "Honorare"), ("rent", "Raummiete"), ("material", "Material"), ("honorary", "Ehrenamt")]


class EveryField(forms.Form):
    title = forms.CharField(label="Name des Projekts", help_text="Kurz und so, dass man sich etwas vorstellen kann.")
    mail = forms.EmailField(label="E-Mail-Adresse", widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    phone = forms.CharField(label="Telefon", required=False)
    about = forms.CharField(label="Worum geht es?", widget=forms.Textarea(attrs={"rows": 4}))
    kind = forms.ChoiceField(label="Art", choices=KINDS)
    begin = forms.DateField(label="Beginn", widget=forms.DateInput())
    amount = forms.CharField(label="Betrag in Euro", widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    group = forms.ChoiceField(label="Wer stellt den Antrag?", choices=KINDS, widget=forms.RadioSelect)
    several = forms.MultipleChoiceField(
        label="Was gehört dazu?", choices=KINDS, widget=forms.CheckboxSelectMultiple, required=False
    )
    agreed = forms.BooleanField(label="Wir haben mit dem Projekt noch nicht begonnen.")
    paper = forms.FileField(label="Satzung", help_text="PDF oder Bild, höchstens 10 MB.", required=False)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)
    use_required_attribute = False

    def clean(self) -> dict[str, Any] | None:
        if self.data.get("sum"):
            raise forms.ValidationError("Ausgaben und Einnahmen sind noch nicht gleich hoch.")
        return super().clean()


class Line(forms.Form):
    kind = forms.ChoiceField(label="Art", choices=KINDS)
    purpose = forms.CharField(
        label="Wofür",
        error_messages={"required": "Bitte schreiben Sie, wofür das Geld ist, zum Beispiel „Betreuung, 20 Abende“."},
    )
    quantity = forms.CharField(label="Menge", widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    price = forms.CharField(label="Einzelpreis", widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    use_required_attribute = False
    line_total = "1.000,00 €"


class Income(forms.Form):
    kind = forms.ChoiceField(label="Art", choices=KINDS)
    source = forms.CharField(label="Woher")
    state = forms.ChoiceField(label="Stand", choices=[("sure", "zugesagt"), ("asked", "beantragt")])
    amount = forms.CharField(label="Betrag", widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    use_required_attribute = False

    @property
    def is_fixed(self) -> bool:
        return bool(self.prefix and self.prefix.endswith("-1"))


class Decision(forms.Form):
    choice = forms.ChoiceField(
        label="Ihre Entscheidung",
        choices=[
            ("approve", "Bewilligen wie vorgeschlagen: 1.840,00 €"),
            ("less", "Einen niedrigeren Betrag anbieten"),
            ("no", "Ablehnen"),
        ],
        widget=forms.RadioSelect,
    )
    terms = forms.MultipleChoiceField(
        label="Nebenbestimmungen",
        choices=[
            ("proof", "Nachweis innerhalb von sechs Monaten nach Projektende"),
            ("logo", "Hinweis auf die Förderung"),
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    less = forms.CharField(
        label="Betrag in Euro", widget=forms.TextInput(attrs={"inputmode": "decimal"}), required=False
    )
    reason = forms.CharField(label="Begründung", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    use_required_attribute = False
    optional: frozenset[str] = frozenset()


Lines = forms.formset_factory(Line, extra=0)
Incomes = forms.formset_factory(Income, extra=0)


def wrong_lines() -> Any:
    rows = [
        ("fees", "Kursleitung, 20 Abende", "40", "25,00"),
        ("rent", "Küche im Gemeindehaus", "20", "30,00"),
        ("material", "", "20", "15,00"),
    ]
    data = {"cost-TOTAL_FORMS": "3", "cost-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        data |= {
            f"cost-{number}-{name}": text
            for name, text in zip(("kind", "purpose", "quantity", "price"), row, strict=True)
        }
    formset = Lines(data, prefix="cost")
    formset.line_label = "Ausgabe"
    return formset


def incomes() -> Any:
    rows = [
        {"kind": "fees", "source": "Vereinskasse", "amount": "150,00"},
        {"kind": "rent", "source": "beantragen Sie hiermit", "state": "asked", "amount": "2.000,00"},
    ]
    return Incomes(initial=rows, prefix="income")
