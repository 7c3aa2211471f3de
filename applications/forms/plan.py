"""The finance plan: lines of costs and lines of income, added and removed with and without a script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BaseFormSet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import QuantityField, money, speak_plainly
from applications.models import COST_LABELS, SOURCE_LABELS, Application, CostLine, SourceLine
from applications.plans import Bound
from applications.saving import COUNTY, Line, cost
from funding.law.grants import CostCategory, FundingSourceKind
from funding.money import format_money

MOST = 100
"""Lines on one side of a plan."""


EMPTY = {"unit_price": Decimal(0), "amount": Decimal(0), "quantity": Decimal(1)}
"""What an empty field means."""


class LineForm(forms.Form):
    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    use_required_attribute = False
    optional: frozenset[str] = frozenset()
    is_fixed = False
    saved: Line | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        speak_plainly(self)

    @property
    def is_blank(self) -> bool:
        """Nothing was written into this line."""
        texts = [name for name in ("description", "unit_price", "amount") if name in self.fields]
        return not self.is_fixed and not any(self.typed(name) for name in texts)

    def typed(self, name: str) -> str:
        return str(self.data.get(self.add_prefix(name)) or "").strip()

    def line(self) -> Line:
        """What could be read; a field that could not keeps its stored value."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "pk" and value is not None}
        values |= {name: nothing for name, nothing in EMPTY.items() if name in self.fields and not self.typed(name)}
        self.saved = Line(pk=self.cleaned_data.get("pk"), values=values)
        return self.saved


class CostForm(LineForm):
    category = forms.ChoiceField(label=_("Art"), choices=COST_LABELS.items(), initial=CostCategory.FEES.value)
    description = forms.CharField(label=_("Wofür"), max_length=160)
    quantity = QuantityField(label=_("Menge"), initial=Decimal(1))
    unit_price = money(_("Einzelpreis"))

    @property
    def line_total(self) -> str:
        values = (getattr(self, "cleaned_data", None) if self.is_bound else self.initial) or {}
        price, quantity = values.get("unit_price"), values.get("quantity")
        return "" if price is None or quantity is None else format_money(cost(quantity, price))


class SourceForm(LineForm):
    kind = forms.ChoiceField(
        label=_("Art"),
        choices=[(kind, label) for kind, label in SOURCE_LABELS.items() if kind != COUNTY],
        initial=FundingSourceKind.OWN_CASH.value,
    )
    description = forms.CharField(label=_("Woher"), max_length=160)
    status = forms.ChoiceField(label=_("Stand"), choices=SourceLine.Status.choices, initial=SourceLine.Status.GRANTED)
    amount = money(_("Betrag"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = self.data.get(self.add_prefix("kind")) if self.is_bound else self.initial.get("kind")
        if asked == COUNTY:
            self.is_fixed = True
            self.fields["kind"].choices = [(COUNTY, SOURCE_LABELS[COUNTY])]  # type: ignore[attr-defined]
            self.fields["status"].choices = [("applied", SourceLine.Status.APPLIED.label)]  # type: ignore[attr-defined]


class LineSet(BaseFormSet[Any]):
    """Says what a line is called in the list of findings."""

    line_label: Any = ""

    def lines(self, *, leave_out: str = "") -> list[Line]:
        return [form.line() for form in self.written if form.prefix != leave_out]

    @property
    def written(self) -> list[LineForm]:
        return [form for form in self.forms if not form.is_blank]


class CostSet(LineSet):
    line_label = _("Ausgabe")


class SourceSet(LineSet):
    line_label = _("Einnahme")


_CostLines = forms.formset_factory(CostForm, formset=CostSet, extra=0, max_num=MOST, absolute_max=MOST)
_SourceLines = forms.formset_factory(SourceForm, formset=SourceSet, extra=0, max_num=MOST, absolute_max=MOST)
ASKED = "beantragen Sie hiermit"
"""What stands in the county's line where nobody wrote anything."""
COST_FIELDS = ("pk", "category", "description", "quantity", "unit_price")
SOURCE_FIELDS = ("pk", "kind", "description", "status", "amount")


def stored(application: Application, *, blank: int) -> tuple[Any, Any]:
    """Unbound sets with the stored lines; an empty plan opens with some blank lines."""
    costs = [_values(line, COST_FIELDS) for line in application.costs.all()]
    sources = [_values(line, SOURCE_FIELDS) for line in county_last(application.sources.all())]
    first = [{"quantity": Decimal(1)}] * (0 if costs else blank)
    for line in sources[-1:]:
        line["description"] = line["description"] or ASKED
    own: list[dict[str, Any]] = [{}] * (0 if len(sources) > 1 else 1)
    return (
        _CostLines(initial=costs + first, prefix="costs"),
        _SourceLines(initial=sources[:-1] + own + sources[-1:], prefix="sources"),
    )


def _values(line: CostLine | SourceLine, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(line, name) for name in names}


def county_last(sources: Iterable[SourceLine]) -> list[SourceLine]:
    return sorted(sources, key=lambda line: line.kind == COUNTY)


def sent(data: Mapping[str, Any]) -> tuple[Any, Any]:
    return _CostLines(data, prefix="costs"), _SourceLines(data, prefix="sources")


def is_readable(*sets: Any) -> bool:
    """False if the hidden counters of a set were tampered with: then nothing is saved."""
    return all(
        lines.management_form.is_valid() and lines.management_form.cleaned_data["TOTAL_FORMS"] >= 0 for lines in sets
    )


def shown_again(costs: Any, sources: Any, *, leave_out: str = "", add: str = "") -> tuple[Any, Any]:
    """Bound sets with all that was typed, blank lines gone, one line less or one more. Nothing typed is lost."""
    data: dict[str, Any] = {}
    for lines, names in ((costs, COST_FIELDS), (sources, SOURCE_FIELDS)):
        rows = [_typed(form, names) for form in lines.written if form.prefix != leave_out]
        if add == lines.prefix and len(rows) < MOST:
            rows.insert(len(rows) - (lines.prefix == "sources"), _blank(lines.prefix))
        data |= as_data(lines.prefix, rows)
    return sent(data)


def _typed(form: LineForm, names: Iterable[str]) -> dict[str, str]:
    known = str(form.saved.pk or "") if form.saved else form.typed("pk")
    return {name: form.typed(name) for name in names} | {"pk": known}


def _blank(prefix: str) -> dict[str, str]:
    if prefix == "costs":
        return {"category": CostCategory.FEES.value, "quantity": "1"}
    return {"kind": FundingSourceKind.OWN_CASH.value, "status": SourceLine.Status.GRANTED.value}


def as_data(prefix: str, rows: list[dict[str, str]]) -> dict[str, str]:
    data = {f"{prefix}-TOTAL_FORMS": str(len(rows)), f"{prefix}-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        data |= {f"{prefix}-{number}-{name}": text for name, text in row.items()}
    return data


def focus_on_added(lines: Any) -> None:
    """The new line takes the focus."""
    number = len(lines.forms) - (2 if lines.prefix == "sources" else 1)
    first = next(iter(lines.forms[number].visible_fields()))
    first.field.widget.attrs["autofocus"] = True


def point_out(costs: Any, sources: Any, *, requested: Decimal, sentences: list[str], bound: Bound | None) -> None:
    """Puts what does not hold yet beside the lines: these findings are saved, they only stand against filing."""
    for form in costs.forms:
        if not form.is_blank and not form.typed("description"):
            form.add_error("description", _t("Es fehlt, wofür das Geld ist, zum Beispiel „Betreuung, 20 Abende“."))
    county = next((form for form in sources.forms if form.is_fixed), None)
    if county is not None and not county.errors:
        if not requested and costs.written:
            county.add_error("amount", _t("Es fehlt der Betrag, den Sie beantragen."))
        elif bound is not None and requested > bound.most:
            county.add_error("amount", bound.sentence)
    sources.non_form_errors().extend(sentences)
