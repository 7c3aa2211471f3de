"""What the end of a year asks for: which commitments, how much free money, and always why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from funding import ledger, year_end
from funding.models import BudgetLine, Commitment
from funding.money import MoneyFormField, format_money

_NO_REASON = _("Bitte schreiben Sie, warum Sie das buchen.")


def _reason(**more: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Grund"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _NO_REASON}, **more,
    )  # fmt: skip


_GONE = _("Mindestens eine Festlegung ist inzwischen erledigt. Bitte wählen Sie neu.")


class _OpenOnes(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """Keys that no database can hold are unknown ones."""

    def clean(self, value: Any) -> Any:
        if any(not (str(key).isdecimal() and len(str(key)) < 19) for key in value or ()):
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)


class CommitmentsForm(forms.Form):
    """The first click names commitments and shows the effect; only the second one asks for the reason."""

    tun = forms.ChoiceField(choices=[(name, name) for name in year_end.ACTIONS], widget=forms.HiddenInput)
    festlegung = _OpenOnes(
        label=_("Offene Festlegungen"),
        queryset=Commitment.objects.none(),
        widget=forms.MultipleHiddenInput,
        error_messages={
            "required": _("Bitte haken Sie mindestens eine Festlegung an."),
            "invalid_choice": _GONE,
        },
    )
    reason = _reason(required=False)
    use_required_attribute = False
    error_target = "festlegungen"

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["festlegung"]
        assert isinstance(field, _OpenOnes)
        field.queryset = year_end.open_commitments(year)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if "confirm" in self.data and "reason" not in self.errors and not found.get("reason"):
            self.add_error("reason", str(_NO_REASON))
        return found


class RestForm(forms.Form):
    amount = MoneyFormField(
        label=_("Betrag"), error_messages={"required": _("Bitte geben Sie einen Betrag an, zum Beispiel 1.234,56.")}
    )
    reason = _reason()
    use_required_attribute = False

    def __init__(self, *args: Any, line: BudgetLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = ledger.transferable(line)
        self.fields["amount"].help_text = _t("Übertragen lassen sich höchstens %(free)s.") % {
            "free": format_money(free)
        }


class CloseForm(forms.Form):
    reason = forms.CharField(
        label=_("Grund des Abschlusses"),
        help_text=_("Zum Beispiel: Alle Zahlungen geprüft, Jahresabschluss aufgestellt am 15.02.2027."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Bitte schreiben Sie, warum das Jahr jetzt abgeschlossen wird.")},
    )
    use_required_attribute = False
