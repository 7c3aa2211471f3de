"""Proving the money: counters equal the ledger, and every invariant of the budget holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Max, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from funding import balances
from funding.models import BudgetAlert, BudgetLine, Commitment, DayBalance, Kind, LedgerEntry, Reservation, SubBudget
from funding.models.disbursement import PENDING
from funding.money import format_money, value

ZERO = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Something that does not fit. `key` is stable from night to night."""

    key: str
    line: BudgetLine
    text: str


def differences() -> Iterator[Difference]:
    """Everything that does not fit, line by line; a handful of aggregates, whatever the number of entries."""
    with _one_moment():
        yield from _all()


@contextmanager
def _one_moment() -> Iterator[None]:
    """Every read inside sees the same books: what somebody books meanwhile is no difference.

    Inside a transaction of the caller it is the caller's isolation that counts.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _all() -> Iterator[Difference]:
    sums = balances.summed(LedgerEntry.objects.all())
    commitments = _sums(Commitment, "amount", "paid", "pledged")
    reservations = _sums(Reservation, "amount")
    parts: dict[int, list[SubBudget]] = defaultdict(list)
    for part in SubBudget.objects.select_related("programme", "measure", "municipality").order_by("pk"):
        parts[part.line_id].append(part)
    for line in BudgetLine.objects.order_by("pk"):
        booked = sums.get(line.pk, {})
        yield from _counters(line, balances.counters_of(booked))
        yield from _parts(line, commitments.get(line.pk, {}), reservations.get(line.pk, {}))
        yield from _sub_budgets(line, parts[line.pk], booked)
        yield from _within_budget(line, commitments.get(line.pk, {}))
    yield from _ends_meet()
    yield from _commitments()
    yield from _under_way()
    yield from _day_balances()


def _sums(model: type[Commitment | Reservation], *fields: str) -> dict[int, dict[str, Decimal]]:
    rows: Any = model._default_manager.order_by().values("line_id").annotate(**{f"sum_{f}": Sum(f) for f in fields})
    found: Any = rows
    return {row["line_id"]: {f: row[f"sum_{f}"] for f in fields} for row in found}


def _counters(line: BudgetLine, expected: dict[str, Decimal]) -> Iterator[Difference]:
    for name in balances.COUNTER_NAMES:
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


def label_of(counter: str, model: type[BudgetLine | SubBudget] = BudgetLine) -> str:
    """What a counter is called."""
    return str(getattr(model._meta.get_field(counter), "verbose_name", counter))


def _parts(line: BudgetLine, committed: dict[str, Decimal], reserved: dict[str, Decimal]) -> Iterator[Difference]:
    """The counters of the line equal the sums of its commitments and reservations."""
    pairs = (
        ("parts_committed", _("Festlegungen"), line.committed, committed.get("amount", ZERO)),
        ("parts_paid", _("Auszahlungen"), line.paid, committed.get("paid", ZERO)),
        (
            "parts_reserved",
            _("Vormerkungen"),
            line.reserved,
            reserved.get("amount", ZERO) + committed.get("pledged", ZERO),
        ),
    )
    for name, what, has, parts in pairs:
        if has != parts:
            yield _difference(
                line,
                name,
                _("%(what)s: die Linie sagt %(has)s, die Teile ergeben %(parts)s.")
                % {"what": what, "has": format_money(has), "parts": format_money(parts)},
            )


def _sub_budgets(line: BudgetLine, parts: list[SubBudget], booked: balances.Sums) -> Iterator[Difference]:
    """Each sub-budget equals its own entries, and together they are what the line has set aside for them."""
    for part in parts:
        for name, should in balances.part_counters_of(booked, part.pk).items():
            has = getattr(part, name)
            if has != should:
                text = _("%(part)s, %(what)s: der Zähler sagt %(has)s, das Buch sagt %(should)s.")
                texts = {"part": part, "what": label_of(name, SubBudget)}
                amounts = {"has": format_money(has), "should": format_money(should)}
                yield _difference(line, f"part:{part.pk}:{name}", text % (texts | amounts))
    free = sum((part.available_planning for part in parts), ZERO)
    if free != line.set_aside:
        text = _("Teilbudgets: die Linie sagt %(has)s, die Teile ergeben %(parts)s.")
        texts = {"has": format_money(line.set_aside), "parts": format_money(free)}
        yield _difference(line, "parts_set_aside", text % texts)


def _ends_meet() -> Iterator[Difference]:
    """What one line gives another gets: cover within a year, carry-over from year to year. Nothing is lost between."""
    years: dict[int, list[BudgetLine]] = defaultdict(list)
    for line in BudgetLine.objects.order_by("-fiscal_year", "pk"):
        years[line.fiscal_year].append(line)
    for year, lines in years.items():
        given, got = (sum((getattr(line, name) for line in lines), ZERO) for name in ("transfer_out", "transfer_in"))
        if given != got:
            text = _("Deckung %(year)s: gegeben sind %(given)s, angekommen sind %(got)s.")
            texts = {"year": year, "given": format_money(given), "got": format_money(got)}
            yield _difference(lines[0], "transfers", text % texts)
    lines = [line for found in years.values() for line in found]
    given, got = (sum((getattr(line, name) for line in lines), ZERO) for name in ("carry_out", "carry_in"))
    if given != got:
        text = _("Übertragung: aus den Vorjahren kamen %(given)s, angekommen sind %(got)s.")
        yield _difference(lines[0], "carry_over", text % {"given": format_money(given), "got": format_money(got)})


def _day_balances() -> Iterator[Difference]:
    """The last day balances equal the ledger of those days: nothing was recorded into a past day."""
    last = DayBalance.objects.aggregate(last=Max("day"))["last"]
    if last is None:
        return
    stored = balances.sums_as_of(last)
    booked = balances.summed(LedgerEntry.objects.filter(recorded_at__lt=balances.end_of(last)))
    for line in BudgetLine.objects.order_by("pk"):
        has, should = (balances.counters_of(found.get(line.pk, {})) for found in (stored, booked))
        if has != should:
            text = _("Der Tagesabschluss vom %(day)s passt nicht zum Buch.") % {"day": f"{last:%d.%m.%Y}"}
            yield _difference(line, "day_balance", text)


def _commitments() -> Iterator[Difference]:
    """Each commitment equals its own entries."""
    entries, repaid = Q(entries__kind=Kind.COMMITMENT), Q(entries__kind=Kind.REPAYMENT_SAME_YEAR)
    paid, returned = Q(entries__kind=Kind.DISBURSEMENT), Q(entries__kind=Kind.BANK_RETURN)
    pledged = _total("entries__amount", Q(entries__kind=Kind.RESERVATION))
    booked = Commitment.objects.annotate(
        booked=_total("entries__amount", entries) - _total("entries__amount", repaid),
        booked_paid=_total("entries__amount", paid) - _total("entries__amount", returned | repaid),
        booked_pledged=pledged,
    )
    wrong = booked.exclude(amount=F("booked"), paid=F("booked_paid"), pledged=F("booked_pledged"))
    for found in wrong.select_related("line").order_by("pk").iterator():
        has = _three(found.amount, found.paid, found.pledged)
        should = _three(found.booked, found.booked_paid, found.booked_pledged)
        text = _("%(thread)s: festgelegt, ausgezahlt und vorbelastet sind %(has)s, das Buch sagt %(should)s.")
        texts = {"thread": found.thread, "has": has, "should": should}
        yield _difference(found.line, f"commitment:{found.pk}", text % texts)


def _three(*amounts: Decimal) -> str:
    return " / ".join(format_money(amount) for amount in amounts)


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


def _within_budget(line: BudgetLine, committed: dict[str, Decimal]) -> Iterator[Difference]:
    missing = max(ZERO, -line.available)
    if line.shortfall != missing:
        text = _("Der Fehlbetrag ist mit %(has)s vermerkt, es fehlen %(missing)s.")
        texts = {"has": format_money(line.shortfall), "missing": format_money(missing)}
        yield _difference(line, "overspent", text % texts)
    if line.shortfall > ZERO:
        yield _difference(line, "shortfall", _("Es fehlen %(amount)s.") % {"amount": format_money(line.shortfall)})
    pledged = committed.get("pledged", ZERO)
    if pledged > ZERO and line.status == BudgetLine.Status.OPEN:
        text = _("Für %(amount)s, die frühere Bescheide hier vorbelasten, reicht das Geld nicht.")
        yield _difference(line, "pledged", text % {"amount": format_money(pledged)})


def _difference(line: BudgetLine, name: str, text: str) -> Difference:
    return Difference(key=f"line:{line.pk}:{name}", line=line, text=f"{line}: {text}")


def raise_alerts(*, at: datetime) -> int:
    """Puts what does not fit on the budget officer's page and takes away what fits again; returns how many stand.

    A finding that is not the same any more is a new one, so that a past day shows what it showed.
    """
    found = {difference.key: difference for difference in differences()}
    with transaction.atomic():
        standing = {alert.key: alert for alert in BudgetAlert.objects.filter(ended_at__isnull=True)}
        gone = [alert.pk for key, alert in standing.items() if key not in found or found[key].text != alert.text]
        BudgetAlert.objects.filter(pk__in=gone).update(ended_at=at)
        for key, new in found.items():
            if key not in standing or standing[key].pk in gone:
                BudgetAlert.objects.create(key=key, text=new.text, line=new.line, raised_at=at)
        return len(found)
