"""The form for one more file."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.models import Attachment


class UploadForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Was ist das?"), choices=Attachment.Kind.choices, initial=Attachment.Kind.STATUTES, required=False
    )
    file = forms.FileField(label=_("Datei"), widget=forms.FileInput, required=False, allow_empty_file=True)
    use_required_attribute = False
    optional: frozenset[str] = frozenset()
