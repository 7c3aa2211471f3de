"""Scoring a case, and the criteria it is scored by."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from workflow import criteria
from workflow.forms import fields
from workflow.models import Criterion, Review

TOO_LONG = {"max_length": _("Der Text ist zu lang. Möglich sind %(limit_value)s Zeichen.")}
FEW = 10
"""Up to so many points each stands as a circle of its own."""


class ReviewForm(forms.Form):
    """One field for each criterion, from nought to its most; a draft may leave some out."""

    note = fields.text(
        _("Begründung"), missing="", required=False, rows=5,
        help_text=_("Nur für das Amt. Sie steht in keiner Vorlage und in keinem Brief."),
    )  # fmt: skip
    use_required_attribute = False

    def __init__(self, data: Any = None, *, scale: list[Criterion], review: Review | None) -> None:
        given = {one.criterion_id: one.points for one in review.scores.all()} if review else {}
        initial = {f"points_{one.pk}": given.get(one.pk) for one in scale} | {"note": review.note if review else ""}
        super().__init__(data, initial=initial)
        self.scale = scale
        for one in scale:
            self.fields[f"points_{one.pk}"] = _points(one)
        self.order_fields([*(f"points_{one.pk}" for one in scale), "note"])

    def points(self) -> dict[Criterion, int | None]:
        return {one: self.cleaned_data.get(f"points_{one.pk}") for one in self.scale}


def _points(criterion: Criterion) -> forms.Field:
    facts = {"weight": criterion.weight, "most": criterion.most}
    weight = _t("Gewicht %(weight)s, 0 bis %(most)s Punkte") % facts
    texts: dict[str, Any] = {
        "label": criterion.title, "help_text": f"{criterion.hint} ({weight})" if criterion.hint else weight,
    }  # fmt: skip
    wrong = _t("Bitte geben Sie 0 bis %(most)s Punkte.") % facts
    if criterion.most > FEW:
        found = fields.count(missing="", most=criterion.most, required=False, **texts)
        found.error_messages |= {"max_value": wrong, "invalid": wrong, "min_value": wrong}
        return found
    return forms.TypedChoiceField(
        choices=[(number, str(number)) for number in range(criterion.most + 1)], coerce=int, empty_value=None,
        required=False, widget=forms.RadioSelect, error_messages={"invalid_choice": wrong}, **texts,
    )  # fmt: skip


class CriterionForm(forms.Form):
    """`mark` is what stood there when the page was opened."""

    title = forms.CharField(
        label=_("Kriterium"),
        max_length=160,
        help_text=_("Zum Beispiel: Menschen kommen miteinander ins Gespräch"),
        error_messages={"required": _("Bitte schreiben Sie, wonach bewertet wird."), **TOO_LONG},
    )
    hint = forms.CharField(
        label=_("Worauf es ankommt"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=TOO_LONG,
    )
    weight = fields.count(
        _("Gewicht"), missing=_("Bitte schreiben Sie ein Gewicht."), most=100,
        help_text=_("Ein Kriterium mit Gewicht 2 zählt doppelt so viel wie eines mit Gewicht 1."),
    )  # fmt: skip
    most = fields.count(_("Höchste Punktzahl"), missing=_("Bitte schreiben Sie die höchste Punktzahl."), most=100)
    mark = forms.CharField(required=False, widget=forms.HiddenInput)
    use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        for name in ("weight", "most"):
            if self.cleaned_data.get(name) == 0:
                self.add_error(name, _t("Bitte schreiben Sie eine Zahl von 1 an."))
        return self.cleaned_data

    def words(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("title", "hint", "weight", "most")}


def form_for(criterion: Criterion | None, data: Any = None) -> CriterionForm:
    known: dict[str, Any] = {"weight": 1, "most": 5}
    if criterion is not None:
        known = {name: getattr(criterion, name) for name in ("title", "hint", "weight", "most")}
        known["mark"] = criteria.mark_of(criterion)
    return CriterionForm(data, initial=known)
