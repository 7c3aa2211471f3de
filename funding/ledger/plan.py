"""What the budget gives and takes: appropriation, supplement, cover, excess, earmarked income, freeze, division."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from funding.ledger.book import ZERO, Movement, book, lock, lock_lines, refuse_past
from funding.models.budget import BudgetLine, SubBudget
from funding.models.catalogue import Measure, Municipality, Programme
from funding.models.ledger import Kind, LedgerEntry
from funding.money import format_money
from journal.refusals import Refused


def appropriate(line: BudgetLine, amount: Decimal, *, move: Movement) -> LedgerEntry:
    """The budget's own amount (Ansatz, § 112 NKomVG). Negative euros correct an earlier entry."""
    with transaction.atomic():
        return _change(_held(line, amount), Kind.APPROPRIATION, amount, move)


def supplement(line: BudgetLine, amount: Decimal, *, move: Movement, override: bool = False) -> LedgerEntry:
    """A change by supplementary budget (Nachtrag, § 115 NKomVG), signed euros.

    Below what is committed it is refused, unless `override`: then the line has a shortfall.
    """
    with transaction.atomic():
        return _change(_held(line, amount), Kind.SUPPLEMENT, amount, move, override=override)


def approve_excess(line: BudgetLine, amount: Decimal, *, move: Movement) -> LedgerEntry:
    """Spending over or outside the plan (§ 117 NKomVG), in euros; negative corrects, never below nothing."""
    return _add(line, Kind.EXCESS_APPROVAL, "excess", amount, move)


def earmark(line: BudgetLine, amount: Decimal, *, move: Movement) -> LedgerEntry:
    """Income that may only be spent here raises what may be spent, in euros; negative corrects, never below nothing."""
    return _add(line, Kind.EARMARKED_INCOME, "earmarked", amount, move)


def _add(line: BudgetLine, kind: Kind, counter: str, amount: Decimal, move: Movement) -> LedgerEntry:
    with transaction.atomic():
        held = _held(line, amount)
        if getattr(held, counter) + amount < ZERO:
            raise Refused(
                _("Gebucht sind nur %(booked)s. Mehr lässt sich nicht zurücknehmen.")
                % {"booked": format_money(getattr(held, counter))},
                field="amount",
            )
        return _change(held, kind, amount, move)


def freeze(line: BudgetLine, amount: Decimal, *, move: Movement, override: bool = False) -> LedgerEntry:
    """Haushaltssperre: so many euros must not be spent for now. Beyond what is available only with `override`."""
    with transaction.atomic():
        held = _held(line, amount)
        _refuse_negative(amount)
        if not override:
            _refuse_more_than(held.available, amount)
        entries = [(Kind.FREEZE, amount)]
        missing = max(ZERO, amount - max(held.available, ZERO))
        if missing:
            entries.append((Kind.SHORTFALL, missing))
        return book(held, entries, _on_day(held, move))


def unfreeze(line: BudgetLine, amount: Decimal, *, move: Movement) -> LedgerEntry:
    """Takes a freeze back, wholly or in part."""
    with transaction.atomic():
        held = _held(line, amount)
        _refuse_negative(amount)
        if amount > held.frozen:
            raise Refused(_("Gesperrt sind nur %(frozen)s.") % {"frozen": format_money(held.frozen)}, field="amount")
        return book(held, [(Kind.FREEZE, -amount)], _on_day(held, move))


def transfer(source: BudgetLine, target: BudgetLine, amount: Decimal, *, move: Movement) -> LedgerEntry:
    """Mutual cover within one year (Deckung, § 19 KomHKVO). What is put aside for proposals or parts stays."""
    if source.pk == target.pk:
        raise Refused(
            _("Bitte wählen Sie eine andere Linie: Eine Linie kann sich nicht selbst decken."), field="target"
        )
    with transaction.atomic():
        held = lock_lines([source, target])
        giving, getting = held[source.pk], held[target.pk]
        if giving.fiscal_year != getting.fiscal_year:
            raise Refused(
                _("Deckung gibt es nur innerhalb eines Jahres. In ein anderes Jahr kommt Geld als Übertragung."),
                field="target",
            )
        for line in (giving, getting):
            refuse_past(line)
        _refuse_nothing(amount)
        _refuse_negative(amount)
        _refuse_more_than(giving.undivided, amount)
        linked = _on_day(giving, move).linked()
        book(getting, [(Kind.TRANSFER_IN, amount)], linked)
        return book(giving, [(Kind.TRANSFER_OUT, amount)], linked)


def allocate(
    line: BudgetLine, target: Programme | Measure | Municipality, amount: Decimal, *, move: Movement
) -> SubBudget:
    """Gives a part of the line to one programme, measure or municipality (signed euros: a minus takes back).

    A line is divided in one way only, so that each award belongs to one part at most.
    """
    dimension = type(target)._meta.model_name or ""
    with transaction.atomic():
        held = _held(line, amount)
        _divide(held, dimension)
        wanted: dict[str, Any] = {dimension: target}
        part = SubBudget.objects.get_or_create(line=held, **wanted)[0]
        if amount > ZERO:
            _refuse_more_than(held.undivided, amount)
        elif -amount > part.available_planning:
            raise Refused(
                _("Davon sind noch %(free)s frei. Mehr lässt sich nicht zurücknehmen.")
                % {"free": format_money(part.available_planning)},
                field="amount",
            )
        book(held, [(Kind.ALLOCATION, amount)], _on_day(held, replace(move, part=part)))
        return SubBudget.objects.get(pk=part.pk)


def _divide(line: BudgetLine, dimension: str) -> None:
    if line.divided_by == dimension:
        return
    if line.divided_by and SubBudget.objects.filter(line=line, share__gt=0).exists():
        raise Refused(
            _("Diese Linie ist schon %(how)s aufgeteilt. Nehmen Sie diese Anteile zuerst zurück.")
            % {"how": line.get_divided_by_display()},
            field="target",
        )
    BudgetLine.objects.filter(pk=line.pk).update(divided_by=dimension)


def _held(line: BudgetLine, amount: Decimal) -> BudgetLine:
    held = lock(line)
    refuse_past(held)
    _refuse_nothing(amount)
    return held


def _refuse_nothing(amount: Decimal) -> None:
    if amount == ZERO:
        raise Refused(_("Bitte schreiben Sie einen Betrag, der nicht null ist."), field="amount")


def _refuse_negative(amount: Decimal) -> None:
    if amount < ZERO:
        raise Refused(_("Bitte schreiben Sie den Betrag ohne Minuszeichen."), field="amount")


def _refuse_more_than(free: Decimal, amount: Decimal) -> None:
    if amount > free:
        raise Refused(
            _("Frei sind hier noch %(free)s. Mehr geht nicht.") % {"free": format_money(max(free, ZERO))},
            field="amount",
        )


def _change(line: BudgetLine, kind: Kind, amount: Decimal, move: Movement, *, override: bool = False) -> LedgerEntry:
    """Raises or lowers what may be spent; never below what is committed, unless politics wants just that."""
    missing = min(-amount, -(line.available + amount)) if amount < ZERO else ZERO
    if missing > ZERO and not override:
        raise Refused(
            _("Davon sind schon %(committed)s festgelegt. Weniger geht nicht.")
            % {"committed": format_money(line.committed)},
            field="amount",
        )
    if amount < ZERO and line.authorised + amount < ZERO:
        raise Refused(
            _("Der Rahmen beträgt %(frame)s. Mehr als alles lässt sich nicht wegnehmen.")
            % {"frame": format_money(line.authorised)},
            field="amount",
        )
    entries = [(kind, amount)] if missing <= ZERO else [(kind, amount), (Kind.SHORTFALL, missing)]
    return book(line, entries, _on_day(line, move))


def _on_day(line: BudgetLine, move: Movement) -> Movement:
    """The movement with its day, which lies in the line's year. Without one: today, or the nearest day of that year."""
    first, last = date(line.fiscal_year, 1, 1), date(line.fiscal_year, 12, 31)
    if move.value_on is None:
        return replace(move, value_on=min(max(localdate(move.at), first), last))
    if not first <= move.value_on <= last:
        raise Refused(
            _("Der Tag muss im Haushaltsjahr %(year)s liegen.") % {"year": line.fiscal_year}, field="value_on"
        )
    return move
