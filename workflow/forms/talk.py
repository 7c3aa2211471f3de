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
from workflow import talk

LONGEST = 5000
DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
"""Characters that turn the direction of what follows: a name or an amount would read otherwise than it is."""


def readable(text: str) -> str:
    """The text without characters that nobody sees: control and direction characters; lines and tabs stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (char for char in lines if char in "\n\t" or _is_visible(char))
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def _is_visible(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cs", "Zl", "Zp"} and char not in DIRECTIONS


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
