"""The numbers of the budget page, each as the sum of the bookings that move it."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from funding import queries
from funding.balances import COUNTER_NAMES
from funding.integrity import label_of
from funding.models import Kind, LedgerEntry, SubBudget
from funding.models.ledger import AVAILABLE, COUNTERS, SET_ASIDE


def _moved(weights: Mapping[str, int]) -> dict[Kind, int]:
    """How an entry of each kind moves a sum of counters."""
    found = {kind: sum(weights.get(name, 0) * sign for name, sign in by.items()) for kind, by in COUNTERS.items()}
    return {kind: sign for kind, sign in found.items() if sign}


_PLANNING = _moved(AVAILABLE | {"reserved": -1})

NUMBERS: dict[str, dict[Kind, int]] = {
    **{name: _moved({name: 1}) for name in COUNTER_NAMES},
    "available": _moved(AVAILABLE),
    "available_planning": _PLANNING,
    "open_commitments": _moved({"committed": 1, "paid": -1}),
    "set_aside": SET_ASIDE,
    "share": {Kind.ALLOCATION: 1},
    "undivided": _PLANNING | {Kind.ALLOCATION: -1},
}
"""Number → kinds of entries that move it, and in which direction."""

_WORDS = {
    "available": _("Noch zur Verfügung"),
    "available_planning": _("Übrig, wenn alles Vorgeschlagene bewilligt wird"),
    "open_commitments": _("festgelegt, noch offen"),
    "undivided": _("nicht aufgeteilt"),
}


def words(number: str) -> str:
    """What a number is called."""
    if number in _WORDS:
        return str(_WORDS[number])
    return label_of(number, SubBudget) if number == "share" else label_of(number)


def entries_of(found: QuerySet[LedgerEntry], number: str) -> QuerySet[LedgerEntry]:
    """Only the entries that move a number, each with its `effect` on it in euros: their sum is the number."""
    if number == "set_aside":
        found = found.filter(part__isnull=False)
    if number == "undivided":
        found = found.filter(Q(part__isnull=True) | Q(kind=Kind.ALLOCATION))
    return found.filter(kind__in=NUMBERS[number]).annotate(effect=queries.signed(NUMBERS[number]))


def with_effect(found: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
    """Entries of any kind; the effect is the amount that was booked."""
    return found if "effect" in found.query.annotations else found.annotate(effect=F("amount"))
