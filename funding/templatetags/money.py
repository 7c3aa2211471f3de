"""`{{ amount|money }}`: the one way a page writes an amount (a builtin, no load tag needed)."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _

from funding.money import NO_AMOUNT, format_money, format_number

register = template.Library()


@register.filter
def money(amount: Decimal | int | str | None) -> str:
    """Return "1.234,56 €"; without an amount a dash that is read aloud as "kein Betrag".

    A missing variable reaches a filter as "", which here means "no amount" as well.
    """
    if amount is None or amount == "":
        hidden = '<span aria-hidden="true">{}</span><span class="kern-sr-only">{}</span>'
        return format_html(hidden, NO_AMOUNT, _("kein Betrag"))
    if isinstance(amount, int | Decimal):
        return format_money(amount)
    raise TypeError(f"Money is Decimal, not {type(amount).__name__}.")


@register.filter
def amount(number: Decimal) -> str:
    """Return "1.234,56" for a column whose head or caption says that these are euros."""
    return format_number(number)
