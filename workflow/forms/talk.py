"""The form for a message: a text and up to five files."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from applications.forms.documents import FilesField
from applications.forms.fields import TOO_LONG
from journal.texts import harmless
from workflow import talk

LONGEST = 5000


def readable(text: str) -> str:
    """The text as it is stored: our line ends, composed letters, nothing that nobody sees."""
    lines = harmless(text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", ""))
    return unicodedata.normalize("NFC", lines).strip()


class WordsField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return readable(str(value or ""))


class MessageForm(forms.Form):
    text = WordsField(
        label=_("Ihre Nachricht"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Bitte schreiben Sie eine Nachricht."), "max_length": TOO_LONG},
    )
    attached = FilesField(
        label=_("Dateien"),
        required=False,
        allow_empty_file=True,
        max_length=None,
        help_text=_("Höchstens fünf Dateien: PDF, Bilder oder Dateien aus Word, Excel oder LibreOffice."),
    )
    use_required_attribute = False

    def clean_attached(self) -> list[Any]:
        files: list[Any] = self.cleaned_data["attached"]
        if len(files) > talk.MOST_FILES:
            raise ValidationError(
                _t("Bitte wählen Sie höchstens %(most)s Dateien. Weitere schicken Sie mit der nächsten Nachricht.")
                % {"most": talk.MOST_FILES}
            )
        return files
