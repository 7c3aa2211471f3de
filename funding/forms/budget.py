"""Forms of the budget officer. Each asks for the reason; none takes an amount that it cannot read to the cent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from funding.budgeting import NewLine
from funding.money import MoneyFormField
from journal.forms import StepForm

ZERO = Decimal("0.00")
FIRST_YEAR = 2000
_NO_REASON = _("Bitte schreiben Sie, warum Sie das buchen.")
NO_AMOUNT = _("Bitte geben Sie einen Betrag an, zum Beispiel 1.234,56.")


def reason_field() -> forms.CharField:
    return forms.CharField(
        label=_("Grund"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _NO_REASON},
    )  # fmt: skip


def day_field(label: Any, *, help_text: Any = "") -> forms.DateField:
    """A day as people write it, in every language; it may stay empty."""
    return forms.DateField(
        label=label,
        required=False,
        help_text=help_text or _("Zum Beispiel 09.11.2026"),
        input_formats=["%d.%m.%Y", "%Y-%m-%d"],
        error_messages={"invalid": _("Bitte schreiben Sie den Tag so: 09.11.2026.")},
    )


class AsOfForm(forms.Form):
    """Which day the budget page shows; without one, or for today, it shows now."""

    stand = day_field(_("Stand am"), help_text=_("Zum Beispiel 30.06.2026. Ohne Tag sehen Sie den Stand von jetzt."))
    use_required_attribute = False
    optional: tuple[str, ...] = ()

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_stand(self) -> date | None:
        day: date | None = self.cleaned_data["stand"]
        if day is not None and day > self.today:
            raise forms.ValidationError(_t("Dieser Tag liegt in der Zukunft. Bitte wählen Sie einen vergangenen Tag."))
        if day is not None and day.year < FIRST_YEAR:
            raise forms.ValidationError(_t("So weit reicht das Buch nicht zurück. Bitte wählen Sie einen Tag ab 2000."))
        return day

    def past_day(self) -> date | None:
        """The day before today that was asked for, if there is one."""
        day: date | None = self.cleaned_data.get("stand") if self.is_valid() else None
        return day if day != self.today else None


class LineForm(forms.Form):
    fiscal_year = forms.IntegerField(
        label=_("Haushaltsjahr"),
        min_value=FIRST_YEAR,
        max_value=2100,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": _("Bitte nennen Sie das Haushaltsjahr, zum Beispiel 2027."),
            "invalid": _("Bitte schreiben Sie das Jahr mit vier Ziffern, zum Beispiel 2027."),
        },
    )
    product = forms.CharField(
        label=_("Produkt"), max_length=20, help_text=_("Zum Beispiel 3.5.1.01"),
        error_messages={"required": _("Bitte nennen Sie das Produkt, zum Beispiel 3.5.1.01.")},
    )  # fmt: skip
    account = forms.CharField(
        label=_("Konto"), max_length=20, help_text=_("Zum Beispiel 4318"),
        error_messages={"required": _("Bitte nennen Sie das Konto, zum Beispiel 4318.")},
    )  # fmt: skip
    title = forms.CharField(
        label=_("Bezeichnung"), max_length=160,
        error_messages={"required": _("Bitte schreiben Sie, wofür die Linie ist.")},
    )  # fmt: skip
    amount = MoneyFormField(label=_("Ansatz"), min_value=ZERO, error_messages={"required": NO_AMOUNT})
    reason = reason_field()
    use_required_attribute = False

    def new_line(self) -> NewLine:
        names = ("fiscal_year", "product", "account", "title")
        return NewLine(**{name: self.cleaned_data[name] for name in names})


class LateReturnForm(StepForm):
    reopen = forms.TypedChoiceField(
        label=_("Wie soll der Rückläufer gebucht werden?"),
        choices=[
            ("nein", _("als Übertragung in das laufende Jahr; das alte Jahr bleibt abgeschlossen")),
            ("ja", _("das alte Jahr für diesen Rückläufer wieder öffnen")),
        ],
        coerce=lambda answer: answer == "ja",
        widget=forms.RadioSelect,
        error_messages={"required": _("Bitte wählen Sie, wie gebucht werden soll.")},
    )
    reason = reason_field()


class ApproveForm(forms.Form):
    reason = forms.CharField(
        label=_("Woraus ergibt sich die Genehmigung?"),
        help_text=_("Zum Beispiel: Haushaltssatzung vom Kreistag beschlossen am 14.12.2026, öffentlich ausgelegt."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Bitte schreiben Sie, woraus sich die Genehmigung ergibt.")},
    )
    use_required_attribute = False
