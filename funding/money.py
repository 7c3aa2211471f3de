"""Money: `Decimal` euros in Python, whole cents in the database, one place that converts, formats and reads.

Cents, because SQLite stores decimals as floats and a CHECK on floats lets a cent slip through.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Field, IntegerField, Value
from django.db.models.expressions import Combinable, register_combinable_fields
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from typing_extensions import TypeVar

    # The mypy plugin puts in the types named in MoneyField, with or without None.
    _Set_contra = TypeVar("_Set_contra", contravariant=True, default=Any)
    _Get_co = TypeVar("_Get_co", covariant=True, default=Any)
    GenericField = Field
else:
    _Set_contra = _Get_co = None

    class GenericField(Field):
        """Django's fields are generic for mypy only; at run time the types in brackets say nothing."""

        def __class_getitem__(cls, _types: object) -> type[Field]:
            return Field


CENT = Decimal("0.01")
LIMIT = Decimal("999999999.99")
"""The largest amount that SEPA and our forms know."""
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
NO_AMOUNT = "–"

_STORED_TEXT = re.compile(r"-?\d{1,12}(\.\d{1,2})?", re.ASCII)
_TYPED_TEXT = re.compile(r"(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+)(?:,\d\d)?", re.ASCII)


def exact(amount: object) -> Decimal:
    """Return euros as a `Decimal` with two places, never rounding.

    Takes `Decimal`, `int` (euros) and the text of a dump ("1234.56"). Raises `TypeError` for floats and
    anything else, `ValueError` for NaN, fractions of a cent and more than `LIMIT`.
    """
    if isinstance(amount, str) and _STORED_TEXT.fullmatch(amount):
        amount = Decimal(amount)
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal):
        raise TypeError(f"Money is Decimal or whole euros, not {type(amount).__name__}.")
    return _two_places(Decimal(amount))


def _two_places(number: Decimal) -> Decimal:
    if not number.is_finite() or abs(number) > LIMIT:
        raise ValueError(_("Der Betrag ist zu hoch. Möglich sind höchstens 999.999.999,99 €."))
    amount = number.quantize(CENT)
    if amount != number:
        raise ValueError(_("Ein Betrag hat höchstens zwei Stellen nach dem Komma."))
    return amount or Decimal("0.00")  # no negative zero


class MoneyField(GenericField[_Set_contra, _Get_co]):
    """Euros as `Decimal` with two places; a BIGINT of cents in the database (SQLite and PostgreSQL).

    Deliberately no `IntegerField`: Django would then take sums of two amounts for plain integers, that is cents.
    Not for arithmetic with bare numbers: use `value()`.
    """

    _pyi_private_set_type: Decimal | int | Combinable
    _pyi_private_get_type: Decimal
    _pyi_lookup_exact_type: Decimal | int
    description = gettext_lazy("Geldbetrag")
    empty_strings_allowed = False

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "bigint"

    def to_python(self, value: Any) -> Decimal | None:
        if value is None:
            return None
        try:
            return exact(value)
        except (TypeError, ValueError, InvalidOperation) as error:
            raise ValidationError(str(error), code="invalid") from error

    def from_db_value(self, value: Any, *_context: Any) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-2)

    def get_prep_value(self, value: Any) -> int | None:
        return None if value is None else int(exact(value).scaleb(2))

    def value_to_string(self, obj: Any) -> str:
        amount = self.value_from_object(obj)
        return "" if amount is None else str(exact(amount))

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": MoneyFormField, **kwargs})


for _sign in (Combinable.ADD, Combinable.SUB):
    register_combinable_fields(MoneyField, _sign, MoneyField, MoneyField)
register_combinable_fields(MoneyField, Combinable.MUL, IntegerField, MoneyField)
register_combinable_fields(IntegerField, Combinable.MUL, MoneyField, MoneyField)


def value(amount: Decimal | int) -> Value:
    """Return euros for use in a database expression: `F("committed") + value(x)`.

    A bare `Decimal` beside an `F()` would be taken for cents: a factor of 100, silently.
    """
    return Value(exact(amount), output_field=MoneyField())


def split(amount: Decimal, parts: int | Sequence[int | Decimal | Fraction]) -> list[Decimal]:
    """Divide euros into `parts` equal shares, or by weights, losing no cent.

    Every share is cut to the cent; the last one that weighs anything takes the remainder.
    Raises `ValueError` without a positive weight or with a negative one.
    """
    weights = [Fraction(weight) for weight in ([1] * parts if isinstance(parts, int) else parts)]
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError("Weights must be positive or zero, and not all zero.")
    cents = int(exact(amount).scaleb(2))
    shares = [int(cents * weight / total) for weight in weights]
    last = max(index for index, weight in enumerate(weights) if weight)
    shares[last] += cents - sum(shares)
    return [Decimal(share).scaleb(-2) for share in shares]


def format_number(amount: Decimal | int, *, minus: str = MINUS) -> str:
    """Return "1.234,56" for euros, the same in every language; fractions of a cent are rounded half up."""
    rounded = Decimal(amount).quantize(CENT, ROUND_HALF_UP)
    digits = f"{abs(rounded):,.2f}".translate(str.maketrans(",.", ".,"))
    return f"{minus}{digits}" if rounded < 0 else digits


def format_money(amount: Decimal | int | None) -> str:
    """Return "1.234,56 €" (no-break space, real minus sign), "–" without an amount."""
    return NO_AMOUNT if amount is None else f"{format_number(amount)}{NO_BREAK_SPACE}€"


def parse_money(text: str, *, signed: bool = False) -> Decimal:
    """Read what a person typed: `1234`, `1234,56`, `1.234,56`, each with or without €. Returns euros.

    With `signed` a leading minus is taken as well. Raises `ValueError` with a sentence for that person.
    """
    typed = text.strip().removesuffix("€").rstrip()
    if not typed:
        raise ValueError(_("Bitte geben Sie einen Betrag an, zum Beispiel 1.234,56."))
    negative = signed and typed[0] in f"-{MINUS}"
    digits = typed[1:] if negative else typed
    if typed[0] in f"-{MINUS}" and not signed:
        raise ValueError(_("Bitte schreiben Sie den Betrag ohne Minuszeichen."))
    if not _TYPED_TEXT.fullmatch(digits):
        raise ValueError(_("Bitte schreiben Sie den Betrag mit Komma, zum Beispiel 1.234,56."))
    amount = _two_places(Decimal(digits.replace(".", "").replace(",", ".")))
    if negative and not amount:
        raise ValueError(_("Bitte schreiben Sie die Null ohne Minuszeichen."))
    return -amount if negative else amount


class MoneyFormField(forms.Field):
    """A text field for euros. What was typed stays as it was when it cannot be read."""

    widget = forms.TextInput

    def __init__(
        self,
        *,
        signed: bool = False,
        min_value: Decimal | None = None,
        max_value: Decimal | None = None,
        **kwargs: Any,
    ) -> None:
        self.signed, self.min_value, self.max_value = signed, min_value, max_value
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        return format_number(value, minus="-") if isinstance(value, int | Decimal) else value

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or not str(value).strip():
            return None
        if isinstance(value, Decimal):
            return value
        try:
            return parse_money(str(value), signed=self.signed)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error

    def validate(self, value: Decimal | None) -> None:
        super().validate(value)
        if value is None:
            return
        if self.min_value is not None and value < self.min_value:
            least = format_money(self.min_value)
            raise ValidationError(_("Der Betrag muss mindestens %(least)s sein.") % {"least": least}, code="min_value")
        if self.max_value is not None and value > self.max_value:
            most = format_money(self.max_value)
            raise ValidationError(_("Der Betrag darf höchstens %(most)s sein.") % {"most": most}, code="max_value")
