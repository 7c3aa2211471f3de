"""Small forms of the office: one point of the checklist, the filters of the log, the decision."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from journal.models import Event
from workflow.forms import fields
from workflow.models import ChecklistItem

RESULTS = [choice for choice in ChecklistItem.Result.choices if choice[0] != ChecklistItem.Result.OPEN]


class TickForm(forms.Form):
    """What the officer found on one point."""

    result = forms.ChoiceField(
        label=_("Ergebnis"),
        choices=RESULTS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Bitte wählen Sie ein Ergebnis.")},
    )
    note = forms.CharField(
        label=_("Anmerkung"),
        required=False,
        max_length=300,
        help_text=_("Nötig bei einem Hinweis oder wenn etwas fehlt."),
        error_messages={"max_length": _("Der Text ist zu lang. Möglich sind %(limit_value)s Zeichen.")},
    )
    use_required_attribute = False


def tick_form(item: ChecklistItem, data: Any = None) -> TickForm:
    """Each point has names of its own, so that all stand on one page."""
    result = "" if item.result == ChecklistItem.Result.OPEN else item.result
    return TickForm(data, prefix=f"punkt-{item.pk}", initial={"result": result, "note": item.note})


class FindingForm(forms.Form):
    """Why something that stands out may stand."""

    reason = forms.CharField(
        label=_("Begründung"),
        max_length=300,
        help_text=_("Sie steht beim Vorgang und bei der Entscheidung."),
        error_messages={
            "required": _("Bitte schreiben Sie eine Begründung."),
            "max_length": _("Der Text ist zu lang. Möglich sind %(limit_value)s Zeichen."),
        },
    )
    use_required_attribute = False


def finding_form(pk: int, data: Any = None) -> FindingForm:
    return FindingForm(data, prefix=f"auffaelligkeit-{pk}")


class ChoiceForm(forms.Form):
    """Which of the decisions that are open to this person."""

    choice = forms.ChoiceField(
        label=_("Ihre Entscheidung"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Bitte wählen Sie Ihre Entscheidung.")},
    )
    use_required_attribute = False

    def __init__(self, *args: Any, labels: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["choice"].choices = labels  # type: ignore[attr-defined]


class LogFilter(forms.Form):
    """The filters of the log."""

    aktenzeichen = forms.CharField(label=_("Aktenzeichen"), required=False, max_length=64)
    person = forms.ModelChoiceField(
        label=_("Person"), queryset=User.objects.only("key", "name", "email").order_by("name"), required=False,
        empty_label=_("alle"), to_field_name="key",
    )  # fmt: skip
    was = forms.ChoiceField(label=_("Was"), required=False)
    von = fields.day(_("Von"))
    bis = fields.day(_("Bis"))
    use_required_attribute = False

    def __init__(self, *args: Any, kinds: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["was"].choices = [("", _t("alles")), *kinds]  # type: ignore[attr-defined]
        self.fields["von"].required = self.fields["bis"].required = False

    def events(self) -> QuerySet[Event]:
        found = Event.objects.order_by("-at", "-pk")
        wanted = {
            "thread": self.cleaned_data["aktenzeichen"].strip(),
            "actor_key": getattr(self.cleaned_data["person"], "key", None),
            "kind": self.cleaned_data["was"],
            "at__date__gte": self.cleaned_data["von"],
            "at__date__lte": self.cleaned_data["bis"],
        }
        return found.filter(**{name: value for name, value in wanted.items() if value})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        begin, end = data.get("von"), data.get("bis")
        if isinstance(begin, date) and isinstance(end, date) and end < begin:
            self.add_error("bis", _t("Das Ende liegt vor dem Beginn. Bitte prüfen Sie beide Tage."))
        return data
