"""What the steps of an award ask for: its dispatch, a waiver, a lawsuit."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from journal.forms import StepForm
from workflow import rules
from workflow.forms import fields
from workflow.forms.case import REASON_MISSING, past_day, sent_day
from workflow.models import Document
from workflow.models.award import CHANNELS


class AwardForm(StepForm):
    """A step of an award: `obj` is the award."""

    obj: Any


class DispatchForm(AwardForm):
    """How and when the notice leaves the house."""

    channel = forms.ChoiceField(
        label=_("Wie geht der Bescheid hinaus?"),
        choices=CHANNELS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Bitte wählen Sie, wie der Bescheid hinausgeht.")},
    )
    sent_on = fields.day(_("Versendet am"), help_text=_("Von diesem Tag an rechnet die Bekanntgabe."))

    def suggestions(self, obj: Any, today: date) -> dict[str, Any]:
        return {"channel": CHANNELS[0][0], "sent_on": today}

    def clean_channel(self) -> str:
        channel: str = self.cleaned_data["channel"]
        refusal = rules.channel_is_open(self.obj, channel)
        if refusal:
            raise ValidationError(refusal)
        return channel

    def clean_sent_on(self) -> date:
        return sent_day(self.cleaned_data["sent_on"], decided_on=self.obj.decided_on, today=self.today)


class IssueForm(DispatchForm):
    """Carries the fingerprint of the PDF that the person looked at: the door sends no other one."""

    document_sha256 = forms.CharField(
        widget=forms.HiddenInput,
        error_messages={"required": _("Bitte erstellen Sie zuerst den Bescheid und sehen Sie ihn an.")},
    )

    def suggestions(self, obj: Any, today: date) -> dict[str, Any]:
        return {**super().suggestions(obj, today), "document_sha256": current_sha256(obj)}


def current_sha256(award: Any) -> str:
    """Fingerprint of the newest notice that speaks of this state of the award; empty without one."""
    current = award.case.documents.filter(kind=Document.Kind.AWARD_NOTICE, subject_version=award.version)
    return str(current.order_by("-number").values_list("sha256", flat=True).first() or "")


class SendAgainForm(DispatchForm):
    reason = fields.text(
        _("Warum geht der Bescheid noch einmal hinaus?"),
        help_text=_("Zum Beispiel: Der Brief kam zurück."),
        missing=REASON_MISSING,
        rows=3,
    )

    field_order = ("channel", "sent_on", "reason", "version")


class WaiverForm(AwardForm):
    waived_on = fields.day(
        _("Verzicht eingegangen am"), help_text=_("Der Tag, an dem der unterschriebene Verzicht bei uns war.")
    )

    def clean_waived_on(self) -> date:
        day = past_day(self.cleaned_data["waived_on"], today=self.today)
        if self.obj.issued_on is not None and day < self.obj.issued_on:
            raise ValidationError(_t("Der Tag liegt vor dem Versand des Bescheids. Bitte prüfen Sie ihn."))
        return day


class LawsuitForm(AwardForm):
    filed_on = fields.day(_("Klage erhoben am"))
    reason = fields.text(
        _("Gericht und Geschäftszeichen"),
        missing="",
        required=False,
        rows=3,
        help_text=_("So, wie es auf der Mitteilung des Gerichts steht."),
    )

    def clean_filed_on(self) -> date:
        return past_day(self.cleaned_data["filed_on"], today=self.today)


class LawsuitEndForm(AwardForm):
    """The lawsuit is over and the notice stands."""

    final_on = fields.day(_("Bestandskräftig ab"))
    reason = fields.text(_("Wie ist die Klage ausgegangen?"), missing=REASON_MISSING, rows=3)

    def clean_final_on(self) -> date:
        return past_day(self.cleaned_data["final_on"], today=self.today)
