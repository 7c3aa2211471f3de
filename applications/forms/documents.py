"""The form for more files, several at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from applications.models import Attachment, Question


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A list of files; empty where none was chosen. Each is looked at by itself when it is stored."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        chosen = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(upload, initial) for upload in chosen if upload]


FOR_QUESTION = "frage:"
"""Before the short name of the question that a file answers."""


class UploadForm(forms.Form):
    """`asked`: the programme's own questions that a file answers."""

    kind = forms.ChoiceField(
        label=_("Was ist das?"), choices=Attachment.Kind.choices, initial=Attachment.Kind.STATUTES, required=False
    )
    file = FilesField(label=_("Dateien"), required=False, allow_empty_file=True, max_length=None)
    use_required_attribute = False
    optional: frozenset[str] = frozenset()

    def __init__(self, *args: Any, asked: Iterable[Question] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        own = [(f"{FOR_QUESTION}{one.slug}", _t("Zu Frage: %(question)s") % {"question": one.label}) for one in asked]
        kind.choices = [*Attachment.Kind.choices, *own]

    @property
    def chosen(self) -> tuple[str, str]:
        """Kind of document, and the question that it answers, if it does."""
        given = str(self.cleaned_data["kind"])
        if given.startswith(FOR_QUESTION):
            return Attachment.Kind.OTHER, given.removeprefix(FOR_QUESTION)
        return given or Attachment.Kind.OTHER, ""
