"""The base of every form that belongs to a step of a machine."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from journal.actors import Actor
from journal.machine import Machine


class StepForm(forms.Form):
    """Asks for what a step needs. `cleaned_data` is what the transition is called with.

    The hidden version tells the door which state of affairs the person saw.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    use_required_attribute = False

    def __init__(self, *args: Any, obj: Machine, actor: Actor, today: date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})
        kwargs["initial"] = {"version": obj.version, **self.suggestions(obj, today), **kwargs["initial"]}
        super().__init__(*args, **kwargs)
        self.obj, self.actor, self.today = obj, actor, today
        self.prepare()

    def suggestions(self, obj: Any, today: date) -> dict[str, Any]:
        """First values of the fields, computed from the object."""
        return {}

    def prepare(self) -> None:
        """A hook for choices and texts that depend on the object."""

    def data_for_step(self) -> dict[str, Any]:
        return {key: value for key, value in self.cleaned_data.items() if key != "version"}


class ReasonForm(StepForm):
    """A step that needs nothing but a reason."""

    reason = forms.CharField(label=_("Begründung"), widget=forms.Textarea(attrs={"rows": 4}), max_length=4000)
