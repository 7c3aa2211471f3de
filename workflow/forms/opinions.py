"""Asking for an opinion, and giving one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from workflow.forms import fields
from workflow.models import Opinion

Verdict = Opinion.Verdict
WITH_REASONS = {Verdict.REMARKS, Verdict.OBJECTS}


class AskForm(forms.Form):
    asked_of = forms.CharField(
        label=_("Wer gefragt wird"),
        max_length=160,
        help_text=_("Die Stelle, zum Beispiel: Gemeinde Friedeburg"),
        error_messages={"required": _("Bitte schreiben Sie, wer gefragt wird.")},
    )
    email = forms.EmailField(
        label=_("E-Mail-Adresse"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("An diese Adresse geht der Link. Wer ihn hat, kann antworten."),
        error_messages={
            "required": _("Bitte schreiben Sie die E-Mail-Adresse."),
            "invalid": _("Bitte schreiben Sie die ganze Adresse, zum Beispiel name@gemeinde.example."),
        },
    )
    question = fields.text(
        _("Worum es geht"),
        missing=_("Bitte schreiben Sie, was Sie wissen möchten."),
        help_text=_(
            "Die Stelle liest den Titel und die Kurzbeschreibung des Projekts dazu. Nennen Sie keine Personen."
        ),
        rows=4,
        limit=2900,
    )
    with_amount = forms.BooleanField(label=_("Auch den beantragten Betrag nennen"), required=False)
    due_on = fields.day(_("Antwort bis"))
    use_required_attribute = False


class AnswerForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("Ihre Stellungnahme"),
        choices=Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Bitte wählen Sie eine Antwort.")},
    )
    answer = fields.text(
        _("Begründung"), missing="", required=False, limit=5000, rows=8,
        help_text=_("Nötig bei Anmerkungen und Bedenken. Nennen Sie keine einzelnen Personen."),
    )  # fmt: skip
    answered_by = forms.CharField(
        label=_("Ihr Name und Ihre Aufgabe"),
        max_length=160,
        help_text=_("Zum Beispiel: Hauke Probe, Sozialamt"),
        error_messages={"required": _("Bitte schreiben Sie Ihren Namen.")},
    )
    use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("verdict") in WITH_REASONS and not (data.get("answer") or "").strip():
            self.add_error("answer", _t("Bitte schreiben Sie Ihre Anmerkungen oder Bedenken."))
        return data
