"""Proving the money: counters equal the ledger, and every invariant of the budget holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from funding.models import BudgetAlert, BudgetLine, Commitment, Kind, LedgerEntry, Reservation
from funding.models.disbursement import PENDING
from funding.models.ledger import COUNTERS
from funding.money import format_money, value

ZERO = Decimal("0.00")
COUNTER_NAMES = tuple(dict.fromkeys(name for moved in COUNTERS.values() for name in moved))


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Something that does not fit. `key` is stable from night to night."""

    key: str
    line: BudgetLine
    text: str


def differences() -> Iterator[Difference]:
    """Everything that does not fit, line by line; a handful of aggregates, whatever the number of entries."""
    sums = _ledger_sums()
    commitments = _sums(Commitment, "amount", "paid")
    reservations = _sums(Reservation, "amount")
    for line in BudgetLine.objects.order_by("pk"):
        yield from _counters(line, sums.get(line.pk, {}))
        yield from _parts(line, commitments.get(line.pk, {}), reservations.get(line.pk, {}))
        yield from _within_budget(line)
    yield from _commitments()
    yield from _under_way()


def _ledger_sums() -> dict[int, dict[str, Decimal]]:
    """What each counter of each line must be, from the ledger alone."""
    found: dict[int, dict[str, Decimal]] = {}
    rows = LedgerEntry.objects.order_by().values_list("line_id", "kind").annotate(total=Sum("amount"))
    for line, kind, total in rows:
        counters = found.setdefault(line, dict.fromkeys(COUNTER_NAMES, ZERO))
        for name, sign in COUNTERS[Kind(kind)].items():
            counters[name] += total * sign
    return found


def _sums(model: type[Commitment | Reservation], *fields: str) -> dict[int, dict[str, Decimal]]:
    rows: Any = model._default_manager.order_by().values("line_id").annotate(**{f"sum_{f}": Sum(f) for f in fields})
    found: Any = rows
    return {row["line_id"]: {f: row[f"sum_{f}"] for f in fields} for row in found}


def _counters(line: BudgetLine, expected: dict[str, Decimal]) -> Iterator[Difference]:
    for name in COUNTER_NAMES:
        has, should = getattr(line, name), expected.get(name, ZERO)
        if has != should:
            yield _difference(
                line,
                name,
                _("%(what)s: der Zähler sagt %(has)s, das Buch sagt %(should)s.")
                % {
                    "what": label_of(name),
                    "has": format_money(has),
                    "should": format_money(should),
                },
            )


def label_of(counter: str) -> str:
    """What a counter of the line is called."""
    return str(getattr(BudgetLine._meta.get_field(counter), "verbose_name", counter))


def _parts(line: BudgetLine, committed: dict[str, Decimal], reserved: dict[str, Decimal]) -> Iterator[Difference]:
    """The counters of the line equal the sums of its commitments and reservations."""
    pairs = (
        ("parts_committed", _("Festlegungen"), line.committed, committed.get("amount", ZERO)),
        ("parts_paid", _("Auszahlungen"), line.paid, committed.get("paid", ZERO)),
        ("parts_reserved", _("Vormerkungen"), line.reserved, reserved.get("amount", ZERO)),
    )
    for name, what, has, parts in pairs:
        if has != parts:
            yield _difference(
                line,
                name,
                _("%(what)s: die Linie sagt %(has)s, die Teile ergeben %(parts)s.")
                % {"what": what, "has": format_money(has), "parts": format_money(parts)},
            )


def _commitments() -> Iterator[Difference]:
    """Each commitment equals its own entries."""
    entries, repaid = Q(entries__kind=Kind.COMMITMENT), Q(entries__kind=Kind.REPAYMENT_SAME_YEAR)
    paid, returned = Q(entries__kind=Kind.DISBURSEMENT), Q(entries__kind=Kind.BANK_RETURN)
    booked = Commitment.objects.annotate(
        booked=_total("entries__amount", entries) - _total("entries__amount", repaid),
        booked_paid=_total("entries__amount", paid) - _total("entries__amount", returned | repaid),
    )
    wrong = booked.exclude(amount=F("booked"), paid=F("booked_paid"))
    for found in wrong.select_related("line").order_by("pk").iterator():
        has = f"{format_money(found.amount)} / {format_money(found.paid)}"
        should = f"{format_money(found.booked)} / {format_money(found.booked_paid)}"
        text = _("%(thread)s: festgelegt und ausgezahlt sind %(has)s, das Buch sagt %(should)s.")
        texts = {"thread": found.thread, "has": has, "should": should}
        yield _difference(found.line, f"commitment:{found.pk}", text % texts)


def _under_way() -> Iterator[Difference]:
    """Nothing more is asked for than a commitment leaves open."""
    asked = Commitment.objects.annotate(asked=_total("disbursements__amount", Q(disbursements__state__in=PENDING)))
    wrong = asked.filter(asked__gt=F("amount") - F("paid"))
    for found in wrong.select_related("line").order_by("pk").iterator():
        text = _("%(thread)s: unterwegs sind %(asked)s, offen nur %(open)s.")
        texts = {"thread": found.thread, "asked": format_money(found.asked), "open": format_money(found.open)}
        yield _difference(found.line, f"under_way:{found.pk}", text % texts)


def _total(field: str, which: Q) -> Coalesce:
    return Coalesce(Sum(field, filter=which), value(ZERO))


def _within_budget(line: BudgetLine) -> Iterator[Difference]:
    if line.shortfall > ZERO:
        yield _difference(line, "shortfall", _("Es fehlen %(amount)s.") % {"amount": format_money(line.shortfall)})
    elif line.available < ZERO:
        yield _difference(
            line,
            "overspent",
            _("Festgelegt ist mehr als da ist: %(amount)s.") % {"amount": format_money(line.available)},
        )


def _difference(line: BudgetLine, name: str, text: str) -> Difference:
    return Difference(key=f"line:{line.pk}:{name}", line=line, text=f"{line}: {text}")


def raise_alerts(*, at: datetime) -> int:
    """Puts what does not fit on the budget officer's page and takes away what fits again; returns how many stand."""
    with transaction.atomic():
        found = {difference.key: difference for difference in differences()}
        BudgetAlert.objects.filter(ended_at__isnull=True).exclude(key__in=found).update(ended_at=at)
        for key, difference in found.items():
            alert, created = BudgetAlert.objects.get_or_create(
                key=key, defaults={"text": difference.text, "line": difference.line, "raised_at": at}
            )
            if not created:
                alert.text, alert.ended_at = difference.text, None
                alert.save(update_fields=["text", "ended_at"])
        return len(found)
