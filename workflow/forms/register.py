"""The filters of the register of resolutions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from funding.models import Resolution
from workflow.models import CaseResolution, Consultation


class RegisterFilter(forms.Form):
    text = forms.CharField(label=_("Betreff, Wortlaut, Nummer oder Aktenzeichen"), required=False, max_length=100)
    gremium = forms.ChoiceField(label=_("Gremium"), required=False)
    jahr = forms.TypedChoiceField(label=_("Jahr"), required=False, coerce=int, empty_value=None)
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = Resolution.objects.order_by().annotate(year=ExtractYear("resolved_on")).values_list("year", flat=True)
        every = ("", _t("alle"))
        self.fields["gremium"].choices = [every, *Resolution.Body.choices]  # type: ignore[attr-defined]
        self.fields["jahr"].choices = [  # type: ignore[attr-defined]
            every, *((year, str(year)) for year in sorted(set(years), reverse=True))
        ]  # fmt: skip

    @property
    def is_used(self) -> bool:
        return any(self.data.get(name) for name in self.fields)

    def resolutions(self) -> QuerySet[Resolution]:
        found = Resolution.objects.order_by("-resolved_on", "-pk")
        data = self.cleaned_data
        if data["gremium"]:
            found = found.filter(body=data["gremium"])
        if data["jahr"]:
            found = found.filter(resolved_on__year=data["jahr"])
        return found.filter(_says(data["text"].strip())) if data["text"].strip() else found


def _says(text: str) -> Any:
    worded = Consultation.objects.filter(resolution=OuterRef("pk"))
    about = CaseResolution.objects.filter(resolution=OuterRef("pk"), case__reference__icontains=text)
    listed = worded.filter(cases__case__reference__icontains=text)
    worded = worded.filter(Q(wording__icontains=text) | Q(paper__number__icontains=text))
    return Q(subject__icontains=text) | Q(number__icontains=text) | Exists(worded) | Exists(about) | Exists(listed)
