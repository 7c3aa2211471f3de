"""Asking the association for what is missing: the points, the sections that open, the deadline, and the letter itself."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.completeness import SECTION_LABELS, Section
from applications.rules import has_questions
from funding.law import periods
from journal import values
from workflow import inquiries
from workflow.forms import fields
from workflow.forms.case import CaseForm, future_day
from workflow.models import ChecklistItem


class InformationRequestForm(CaseForm):
    """What is missing, which sections may be changed, until when."""

    items = fields.text(
        _("Was fehlt?"),
        help_text=_("Schreiben Sie je Zeile einen Punkt. Der Verein liest genau diesen Text."),
        missing=_("Bitte schreiben Sie, was fehlt."),
    )
    sections = forms.MultipleChoiceField(
        label=_("Welche Abschnitte darf der Verein ändern?"),
        choices=[(section.value, label) for section, label in SECTION_LABELS.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Bitte wählen Sie mindestens einen Abschnitt.")},
    )
    due_on = fields.day(_("Antwort bis"))
    text = fields.text(
        _("Text der Nachricht"),
        missing="",
        required=False,
        rows=10,
        help_text=_("Sie können ihn ändern. Anrede, Frist, Link und Unterschrift kommen von selbst dazu."),
    )
    drafted = forms.CharField(required=False, widget=forms.HiddenInput)
    """The text as it was written of the items: while nobody changes it, it follows them."""

    def prepare(self) -> None:
        """Only steps that the application has."""
        if not has_questions(self.obj.application):
            sections: Any = self.fields["sections"]
            sections.choices = [pair for pair in sections.choices if pair[0] != Section.QUESTIONS]

    def suggestions(self, obj: Any, today: date) -> dict[str, Any]:
        days = values.number("deadline.information_request_days", on=today)
        missing = obj.checklist.filter(result=ChecklistItem.Result.MISSING)
        notes = [item.note for item in missing if item.note]
        items = "\n".join([*notes, *(inquiries.gaps(obj) if obj.is_paper else ())])
        draft = inquiries.draft_of(obj, items)
        due_on = periods.information_due_on(today, days=days)
        return {"due_on": due_on, "items": items, "text": draft, "drafted": _as_mark(draft)}

    def clean_due_on(self) -> date:
        return future_day(self.cleaned_data["due_on"], today=self.today)

    def clean_text(self) -> str:
        """The officer's own words; nothing where the text is what the house wrote."""
        written = "\n".join(self.cleaned_data["text"].splitlines()).strip()
        own = {self.data.get("drafted", ""), _as_mark(inquiries.draft_of(self.obj, self.cleaned_data.get("items", "")))}
        return "" if _as_mark(written) in own else written

    def write_draft(self) -> None:
        """Fills the text in where nobody wrote one, to be read and changed."""
        if not self.cleaned_data["text"]:
            draft = inquiries.draft_of(self.obj, self.cleaned_data["items"])
            self.data = {**self.data.dict(), "text": draft, "drafted": _as_mark(draft)}  # type: ignore[attr-defined]

    def data_for_step(self) -> dict[str, Any]:
        return {name: value for name, value in super().data_for_step().items() if name != "drafted"}


def _as_mark(text: str) -> str:
    """A text in one line: how a hidden field carries it, and how two are compared."""
    return " ".join(text.split())
