"""A personal late link: for whom, in which round, until when and why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from funding.models import Round
from journal import formats
from workflow.forms import fields
from workflow.forms.administration import moment


class RoundField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    def label_from_instance(self, obj: Any) -> str:
        facts = {"programme": obj.programme, "round": obj, "end": formats.last_second(obj.closes_at)}
        return _t("%(programme)s, %(round)s (bis %(end)s)") % facts


class LateLinkForm(forms.Form):
    round = RoundField(
        Round.objects.none(),
        label=_("Antragsrunde"),
        empty_label=_("Bitte wählen"),
        error_messages={
            "required": _("Bitte wählen Sie eine Runde."),
            "invalid_choice": _("Bitte wählen Sie eine Runde aus der Liste."),
        },
    )
    email = forms.EmailField(
        label=_("E-Mail-Adresse"),
        help_text=_("Nur wer sich mit dieser Adresse anmeldet, kann die Nachfrist nutzen."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Bitte schreiben Sie die E-Mail-Adresse."),
            "invalid": _("Bitte schreiben Sie die ganze Adresse, zum Beispiel name@verein.example."),
            "max_length": _("Die Adresse ist zu lang."),
        },
    )
    valid_until = moment(
        _("Gültig bis"), help_text=_("Ab dieser Minute ist es zu spät. Für „bis 31.12.“: 01.01.2027 00:00")
    )
    reason = fields.text(
        _("Begründung"),
        help_text=_("Sie steht im Verlauf des Antrags."),
        missing=_("Bitte begründen Sie, warum es mehr Zeit gibt."),
        rows=4,
    )
    use_required_attribute = False

    def __init__(self, *args: Any, rounds: QuerySet[Round], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["round"].queryset = rounds  # type: ignore[attr-defined]
        self.fields["valid_until"].error_messages["required"] = _("Bitte schreiben Sie Tag und Uhrzeit.")
