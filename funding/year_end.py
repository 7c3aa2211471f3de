"""The end of a budget year: what is still open, what the officer can do about it, and what the closed year says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.actors import names_of
from funding import budgeting, ledger, queries
from funding.models import BudgetLine, Commitment, Disbursement, Kind, LedgerEntry, Reservation
from funding.models.disbursement import PENDING
from funding.money import MoneyField, format_money, value
from funding.queries import Year
from journal import formats
from journal.actors import Actor
from journal.models import Event
from journal.refusals import Faster, Refused

ZERO = Decimal("0.00")
Status = BudgetLine.Status
Change = tuple[str, Decimal, Decimal]
"""(what, before, after) in euros."""


def lines_of(year: int) -> list[BudgetLine]:
    return list(queries.lines().filter(fiscal_year=year))


def year_to_show(today: date) -> int | None:
    """The oldest year that is over and not closed; otherwise the newest up to today. None without any line."""
    begun = BudgetLine.objects.filter(fiscal_year__lte=today.year).order_by("fiscal_year")
    waiting = begun.filter(fiscal_year__lt=today.year).exclude(status=Status.CLOSED)
    found = waiting.first() or begun.last() or BudgetLine.objects.order_by("fiscal_year").first()
    return found.fiscal_year if found else None


# Open commitments


def open_commitments(year: int) -> QuerySet[Commitment]:
    """What the year has bound or pledged and not paid, each with the euros `under_way` to its recipient."""
    asked = Disbursement.objects.filter(commitment=OuterRef("pk"), state__in=PENDING).order_by().values("commitment")
    under_way = Subquery(asked.annotate(sum=Sum("amount")).values("sum"), output_field=MoneyField())
    is_open = Q(amount__gt=F("paid")) | Q(pledged__gt=ZERO)
    found = Commitment.objects.filter(is_open, line__fiscal_year=year).select_related("line", "part")
    return found.annotate(under_way=Coalesce(under_way, value(ZERO))).order_by(
        "line__product", "line__account", "thread", "pk"
    )


@dataclass(frozen=True, kw_only=True)
class Sums:
    """Over all open commitments of a year, in euros."""

    count: int
    open: Decimal
    pledged: Decimal
    under_way: Decimal

    @property
    def promised(self) -> Decimal:
        return self.open + self.pledged


def sums_of(found: QuerySet[Commitment]) -> Sums:
    totals = {name: queries.total(name) for name in ("amount", "paid", "pledged", "under_way")}
    row: dict[str, Any] = found.order_by().aggregate(
        count=Count("pk"), **{f"sum_{name}": total for name, total in totals.items()}
    )
    return Sums(
        count=row["count"],
        open=row["sum_amount"] - row["sum_paid"],
        pledged=row["sum_pledged"],
        under_way=row["sum_under_way"],
    )


@dataclass(frozen=True, kw_only=True)
class Action:
    """What the officer can do with an open commitment: the words on the button, and the verb behind it."""

    label: Any
    done: Any
    heading: Any
    act: Callable[[Commitment, str, Actor, datetime], object]


def _bind(found: Commitment, _reason: str, actor: Actor, at: datetime) -> None:
    budgeting.bind(found, actor=actor, at=at)


ACTIONS: dict[str, Action] = {
    "uebertragen": Action(
        label=gettext_lazy("%(amount)s nach %(next)s übertragen"),
        heading=gettext_lazy("Festlegungen nach %(next)s übertragen"),
        done=gettext_lazy("%(amount)s sind nach %(next)s übertragen."),
        act=lambda found, reason, actor, at: budgeting.carry(found, reason=reason, actor=actor, at=at),
    ),
    "freigeben": Action(
        label=gettext_lazy("%(amount)s freigeben"),
        heading=gettext_lazy("Festlegungen freigeben"),
        done=gettext_lazy("%(amount)s sind freigegeben."),
        act=lambda found, reason, actor, at: budgeting.release(found, reason=reason, actor=actor, at=at),
    ),
    "festlegen": Action(
        label=gettext_lazy("%(amount)s festlegen"),
        heading=gettext_lazy("Vorgemerktes festlegen"),
        done=gettext_lazy("%(amount)s sind festgelegt."),
        act=_bind,
    ),
}


def promised(chosen: Sequence[Commitment]) -> Decimal:
    """What the action moves: open or pledged euros."""
    return sum((found.open + found.pledged for found in chosen), ZERO)


def carry_out(
    action: str, chosen: Sequence[Commitment], *, reason: str, actor: Actor, at: datetime
) -> list[tuple[Commitment, str]]:
    """Each commitment by itself, wholly or not at all; returns those that could not be done, each with the sentence."""
    left = []
    for found in chosen:
        try:
            ACTIONS[action].act(found, reason, actor, at)
        except (Refused, Faster) as refusal:
            left.append((found, refusal.sentence))
    return left


# What changes


def effect_of(action: str, year: int, chosen: Sequence[Commitment]) -> list[tuple[int, list[Change]]]:
    """Both years before and after, each over all its lines."""
    bound = sum((found.open for found in chosen), ZERO)
    pledged = sum((found.pledged for found in chosen), ZERO)
    old, new = queries.years(year, year + 1)
    if action == "uebertragen":
        return [
            (year, _changes(old, planned=-bound, committed=-bound)),
            (year + 1, _changes(new, planned=bound, committed=bound)),
        ]
    if action == "freigeben":
        return [(year, _changes(old, committed=-bound, reserved=-pledged)), (year + 1, _changes(new))]
    return [(year, _changes(old, committed=pledged, reserved=-pledged)), (year + 1, _changes(new))]


def effect_of_rest(line: BudgetLine, amount: Decimal) -> list[tuple[int, list[Change]]]:
    """Both years before and after free money of a line is carried over."""
    old, new = queries.years(line.fiscal_year, line.fiscal_year + 1)
    return [(old.year, _changes(old, planned=-amount)), (new.year, _changes(new, planned=amount))]


def _changes(
    year: Year, *, planned: Decimal = ZERO, committed: Decimal = ZERO, reserved: Decimal = ZERO
) -> list[Change]:
    rows = [
        (_("Verfügbarer Rahmen"), year.planned, planned),
        (_("Festgelegt"), year.committed, committed),
        (_("Vorgemerkt"), year.reserved, reserved),
        (_("Noch zur Verfügung"), year.available, planned - committed),
    ]
    return [
        (name, before, before + moved) for name, before, moved in rows if before or moved or name != _("Vorgemerkt")
    ]


# What lapses, what is free, what is missing


@dataclass(frozen=True, kw_only=True)
class Lapsing:
    """Money put aside for proposals of one line: it lapses with the year."""

    line: BudgetLine
    count: int
    amount: Decimal

    @property
    def url(self) -> str:
        return f"{reverse('funding:bookings')}?linie={self.line.pk}&teil=reserved"


def lapsing(lines: Sequence[BudgetLine]) -> list[Lapsing]:
    rows: Any = Reservation.objects.filter(line__in=lines, amount__gt=ZERO).order_by().values("line_id")
    found = {row["line_id"]: row for row in rows.annotate(count=Count("pk"), sum=Sum("amount"))}
    return [
        Lapsing(line=line, count=found[line.pk]["count"], amount=found[line.pk]["sum"])
        for line in lines
        if line.pk in found
    ]


def free_rests(lines: Sequence[BudgetLine]) -> list[tuple[BudgetLine, Decimal]]:
    """Lines with money that may still go on into the next year."""
    rests = [(line, ledger.transferable(line)) for line in lines if is_changeable(line)]
    return [(line, amount) for line, amount in rests if amount]


def is_changeable(line: BudgetLine) -> bool:
    return line.status in {Status.PROVISIONAL, Status.OPEN}


@dataclass(frozen=True, kw_only=True)
class Hindrance:
    """Why the year cannot be closed yet, and where to do something about it."""

    sentence: str
    url: str
    link: str


def hindrances(year: int, lines: Sequence[BudgetLine], count: int, *, today: date) -> list[Hindrance]:
    """`count`: how many commitments are open. Nothing here means that the year can be closed."""
    found = []
    if today.year <= year:
        sentence = _("Das Jahr %(year)s läuft noch. Abschließen lässt es sich ab dem 1. Januar.") % {"year": year}
        found.append(Hindrance(sentence=sentence, url=reverse("funding:budget"), link=_("Zum Haushalt")))
    if count:
        number = formats.count_word(count)
        words = ngettext("Eine Festlegung ist noch offen.", "%(count)s Festlegungen sind noch offen.", count)
        sentence = words % {"count": number[:1].upper() + number[1:]}
        found.append(Hindrance(sentence=sentence, url="#festlegungen", link=_("Zu den offenen Festlegungen")))
    return found + [_missing_money(line) for line in lines if line.shortfall]


def _missing_money(line: BudgetLine) -> Hindrance:
    return Hindrance(
        sentence=_("In „%(line)s“ fehlen noch %(amount)s. Decken Sie den Fehlbetrag zuerst.")
        % {"line": line, "amount": format_money(line.shortfall)},
        url=reverse("funding:budget_line", args=[line.pk]),
        link=_("Im Haushalt decken"),
    )


# What a closed year says

KINDS: dict[str, Any] = {
    "budget_line_created": gettext_lazy("Angelegt"),
    "budget_opened": gettext_lazy("Genehmigt"),
    "budget_closed": gettext_lazy("Abgeschlossen"),
    "budget_reopened": gettext_lazy("Für einen Rückläufer wieder geöffnet"),
}


@dataclass(frozen=True)
class Told:
    """One thing that happened to the year, as the timeline draws it."""

    title: str
    when: str
    text: str
    state: str = "done"


def history(year: int) -> list[Told]:
    """When the year was laid out, approved, closed and opened again: by whom and why. Lines of one moment are one."""
    rows = Event.objects.filter(thread=f"HH-{year}", kind__in=KINDS).order_by("at", "pk")
    once = list(dict.fromkeys(rows.values_list("kind", "at", "actor_key", "reason")))
    names = names_of({actor for _kind, _at, actor, _reason in once})
    return [
        Told(
            str(KINDS[kind]),
            f"{formats.day(at)}, {formats.clock(at)}",
            " · ".join(part for part in (_who(actor, names), reason) if part),
        )
        for kind, at, actor, reason in once
    ]


def _who(actor: UUID | None, names: dict[UUID, str]) -> str:
    return names.get(actor, "") if actor else _("Fördertopf")


def both_years(year: int) -> list[tuple[str, Decimal, Decimal]]:
    """(what, this year, the next one): what the years may spend, bind, have paid, and have left."""
    old, new = queries.years(year, year + 1)
    return [
        (_("Verfügbarer Rahmen"), old.planned, new.planned),
        (_("Festgelegt"), old.committed, new.committed),
        (_("Davon ausgezahlt"), old.paid, new.paid),
        (_("Davon noch offen"), old.open, new.open),
        (_("Noch zur Verfügung"), old.available, new.available),
    ]


def carried(year: int) -> tuple[Decimal, list[tuple[int, Decimal]]]:
    """What left the year, and in which years it arrived: together the same, to the cent."""
    leaving = LedgerEntry.objects.filter(kind=Kind.CARRYOVER_OUT, line__fiscal_year=year)
    arriving = LedgerEntry.objects.filter(kind=Kind.CARRYOVER_IN, voucher__in=leaving.values("voucher")).order_by()
    rows: Any = arriving.values("line__fiscal_year").annotate(sum=Sum("amount")).order_by("line__fiscal_year")
    gone: Decimal = leaving.aggregate(sum=queries.total("amount"))["sum"]
    return gone, [(row["line__fiscal_year"], row["sum"]) for row in rows]
