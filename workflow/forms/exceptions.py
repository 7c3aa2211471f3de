"""The box for an award below the programme's least one (rule 11): there only where the amount is so low."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from funding.money import parse_money
from journal.forms import StepForm
from workflow import money


def exception_field() -> forms.BooleanField:
    return forms.BooleanField(label=_("Ausnahme: weniger als der Mindestbetrag des Programms"), required=False)


def typed_amount(form: StepForm) -> Decimal | None:
    """What stands in the field `amount`, if it can be read."""
    text = str(form.data.get(form.add_prefix("amount"), "")) if form.is_bound else ""
    try:
        return parse_money(text)
    except ValueError:
        return None


def ask_for_exception(form: StepForm) -> None:
    """The box is there only where the amount is so low that it needs one."""
    if not money.is_low(form.obj, typed_amount(form)):  # type: ignore[arg-type]
        del form.fields["exception"]


def check_exception(form: StepForm, data: dict[str, Any]) -> None:
    if "exception" in form.fields and not data.get("exception") and "amount" not in form.errors:
        form.add_error("exception", money.low_sentence(form.obj))  # type: ignore[arg-type]
