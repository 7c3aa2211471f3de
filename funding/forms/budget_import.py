"""The upload of a budget file, and the file that waits inside the page until it is booked."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any
from uuid import UUID

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from funding.import_files import MAX_BYTES, BudgetFile
from journal.refusals import Refused

ONE_DAY = 24 * 60 * 60


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("Datei"),
        help_text=_("CSV oder XLSX, höchstens 1 MB und 2.000 Zeilen."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={
            "required": _("Bitte wählen Sie eine Datei aus."),
            "empty": _("Die Datei ist leer. Bitte wählen Sie eine andere."),
        },
    )
    use_required_attribute = False

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise ValidationError(_t("Die Datei ist größer als 1 MB. Bitte teilen Sie sie, zum Beispiel nach Jahren."))
        return file

    def uploaded(self) -> BudgetFile:
        file = self.cleaned_data["file"]
        return BudgetFile(name=file.name or "", data=file.read())


def wrapped(file: BudgetFile, seen: str, *, person: UUID | None) -> str:
    """The file with what was seen of it, signed for this person: any machine that runs the site can book it."""
    payload = {"name": file.name, "seen": seen, "data": b64encode(file.data).decode()}
    return signing.dumps(payload, salt=_salt(person), compress=True)


def unwrapped(text: str, *, person: UUID | None) -> tuple[BudgetFile, str]:
    """The file and what was seen of it. Raises Refused after a day, and where a letter or the person is another."""
    try:
        found = signing.loads(text, salt=_salt(person), max_age=ONE_DAY)
    except signing.BadSignature as error:
        raise Refused(
            _t("Die Vorschau gilt nicht mehr. Bitte laden Sie die Datei noch einmal hoch."), field="file"
        ) from error
    return BudgetFile(name=found["name"], data=b64decode(found["data"])), found["seen"]


def _salt(person: UUID | None) -> str:
    return f"funding.budget_import:{person}"
