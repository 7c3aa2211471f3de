"""What is asked where something came on paper: how and when it came, who consented, the scan."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from applications import plans, uploads
from applications.forms.organisation import OrganisationForm
from funding.models import Programme
from journal.formats import BERLIN
from journal.refusals import Refused
from workflow.forms import fields
from workflow.forms.case import ByLetterForm
from workflow.models import PaperIntake

CHOOSE = _("Bitte wählen")


class SearchForm(forms.Form):
    """Which organisation sent the paper."""

    text = forms.CharField(label=_("Name oder Postleitzahl"), required=False, max_length=80)
    use_required_attribute = False


class IntakeForm(forms.Form):
    """How and when the paper came, and that its writer agreed to our keeping it."""

    programme = forms.ModelChoiceField(
        Programme.objects.filter(is_published=True).order_by("title"),
        label=_("Für welches Programm?"),
        empty_label=CHOOSE,
        error_messages={
            "required": _("Bitte wählen Sie das Programm."),
            "invalid_choice": _("Bitte wählen Sie das Programm."),
        },
    )
    channel = forms.ChoiceField(
        label=_("Wie kam der Antrag?"),
        choices=PaperIntake.Channel.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Bitte wählen Sie, wie der Antrag kam.")},
    )
    received_on = fields.day(
        _("Eingegangen am"), help_text=_("Der Tag entscheidet über Runde und Frist. Zum Beispiel 31.12.2026")
    )
    received_time = forms.TimeField(
        label=_("Uhrzeit"),
        help_text=_("Zum Beispiel 09:30. Beim Briefkasten: die Leerung."),
        input_formats=("%H:%M", "%H.%M"),
        widget=forms.TimeInput(format="%H:%M", attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Bitte schreiben Sie die Uhrzeit, zum Beispiel 09:30."),
            "invalid": _("Bitte schreiben Sie die Uhrzeit so: 09:30."),
        },
    )
    consent_by = forms.CharField(
        label=_("Wer hat unterschrieben, dass wir die Angaben speichern dürfen?"),
        help_text=_("Vorname und Nachname, wie sie auf dem Papier stehen."),
        max_length=120,
        error_messages={
            "required": _("Ohne diese Unterschrift dürfen wir den Antrag nicht speichern. Bitte fragen Sie nach."),
            "max_length": _("Der Text ist zu lang. Möglich sind %(limit_value)s Zeichen."),
        },
    )
    scan = forms.FileField(
        label=_("Scan des Antrags"),
        help_text=_("PDF, alle Seiten"),
        widget=forms.FileInput,
        error_messages={
            "required": _("Bitte laden Sie den Scan hoch."),
            "empty": _("Die Datei ist leer. Bitte wählen Sie eine andere."),
        },
    )
    use_required_attribute = False

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean_scan(self) -> UploadedFile[Any]:
        """A PDF: the file is kept for years, and pictures of pages are not read by anybody's screen reader."""
        scan: UploadedFile[Any] = self.cleaned_data["scan"]
        try:
            kind = uploads.check(scan, at=self.now)
        except Refused as refused:
            raise ValidationError(refused.sentence) from refused
        if kind != "application/pdf":
            raise ValidationError(_t("Bitte laden Sie den Scan als PDF hoch."))
        return scan

    def clean(self) -> dict[str, Any]:
        """`received_at` is the aware moment; an hour that the clock skips counts as the one after it."""
        data = super().clean() or self.cleaned_data
        day, clock = data.get("received_on"), data.get("received_time")
        if isinstance(day, date) and isinstance(clock, time):
            data["received_at"] = datetime.combine(day, clock, tzinfo=BERLIN)
            if data["received_at"] > self.now:
                self.add_error(
                    "received_on", _t("Dieser Zeitpunkt liegt in der Zukunft. Bitte prüfen Sie Tag und Uhrzeit.")
                )
        return data


class PaperOrganisationForm(OrganisationForm):
    """Somebody who applies on paper: without an address no letter arrives."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("street", "postcode", "town"):
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = _("Ohne Anschrift kommt kein Brief an.")


class AnswerByLetterForm(ByLetterForm):
    """An answer to our question that came on paper."""

    field_order = ("answer", "scan")
    answer = fields.text(
        _("Was steht in der Antwort?"), missing=_("Bitte schreiben Sie kurz, was in der Antwort steht."), rows=4
    )


class AcceptanceByLetterForm(ByLetterForm):
    """The acceptance of an offer that came on paper, with the amount of the plan as it was read."""

    amount = forms.DecimalField(widget=forms.HiddenInput, decimal_places=2, max_digits=14)

    def suggestions(self, obj: Any, today: date) -> dict[str, Any]:
        return {"amount": plans.plan_of(obj.application).requested}


class PostedForm(forms.Form):
    """On which day a letter went to the post."""

    sent_on = fields.day(_("Zur Post gegeben am"))
    use_required_attribute = False
