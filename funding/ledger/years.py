"""From one year to the next: lay out, approve, carry over, close, and the one door that a closed year keeps."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from funding.ledger.awards import redeem, release_of
from funding.ledger.book import ZERO, Movement, Status, book, lock_lines, refuse_closed, refuse_past
from funding.ledger.flow import book_return
from funding.models.budget import BudgetLine, Commitment, Reservation
from funding.models.ledger import Kind
from funding.money import format_money, value
from journal.actors import Actor
from journal.events import record
from journal.refusals import Refused


def lay_out(
    fiscal_year: int, *, product: str, account: str, title: str, actor: Actor, at: datetime, reason: str
) -> BudgetLine:
    """A line of the draft budget, provisional until it is approved. Raises Refused if the year has it already, or is
    closed."""
    if BudgetLine.objects.filter(fiscal_year=fiscal_year, status__in=[Status.CLOSED, Status.REOPENED]).exists():
        raise Refused(_("Das Haushaltsjahr %(year)s ist abgeschlossen.") % {"year": fiscal_year}, field="fiscal_year")
    try:
        with transaction.atomic():
            line = BudgetLine.objects.create(fiscal_year=fiscal_year, product=product, account=account, title=title)
    except IntegrityError as error:
        raise Refused(
            _("Für %(year)s gibt es diese Linie schon. Ändern Sie dort den Betrag mit einem Nachtrag.")
            % {"year": fiscal_year},
            field="account",
        ) from error
    _tell("budget_line_created", line, "", actor=actor, at=at, reason=reason)
    return line


def _tell(kind: str, line: BudgetLine, before: str, *, actor: Actor, at: datetime, reason: str) -> None:
    """`line` carries its new status."""
    record(
        kind,
        thread=f"HH-{line.fiscal_year}",
        subject=("funding.budgetline", line.pk),
        actor=actor,
        at=at,
        states=(before, line.status),
        reason=reason,
    )


def _set_status(line: BudgetLine, status: str, kind: str, *, actor: Actor, at: datetime, reason: str) -> None:
    """`status` has this one writer. The line must be locked."""
    before, line.status = line.status, status
    BudgetLine.objects.filter(pk=line.pk).update(status=status)
    _tell(kind, line, before, actor=actor, at=at, reason=reason)


def open_year(line: BudgetLine, *, actor: Actor, at: datetime, reason: str = "") -> None:
    """The budget is approved: new awards are possible, and what earlier awards pledged for this year is bound.

    A pledge for which the money is gone stays one; the nightly check shows it.
    """
    with transaction.atomic():
        waiting = Commitment.objects.filter(line=line, pledged__gt=ZERO)
        pledged = list(waiting.select_for_update().order_by("pk"))
        held = lock_lines([line])[line.pk]
        if held.status != Status.PROVISIONAL:
            raise Refused(_("Nur ein vorläufiger Haushalt kann genehmigt werden."))
        if waiting.exclude(pk__in=[commitment.pk for commitment in pledged]).exists():
            raise Refused(_("Gerade kam eine Bewilligung für dieses Jahr dazu. Bitte versuchen Sie es noch einmal."))
        _set_status(held, Status.OPEN, "budget_opened", actor=actor, at=at, reason=reason)
        _redeem_what_fits(pledged, actor=actor, at=at)


def bind_pledges(*, actor: Actor, at: datetime) -> int:
    """Binds pledges of approved years for which the money came later, the oldest first; returns how many were bound."""
    waiting = Commitment.objects.filter(pledged__gt=ZERO, line__status=Status.OPEN).order_by("pk")
    return _redeem_what_fits(list(waiting), actor=actor, at=at)


def _redeem_what_fits(pledged: list[Commitment], *, actor: Actor, at: datetime) -> int:
    bound = 0
    for commitment in pledged:
        try:
            redeem(commitment, actor=actor, at=at)
        except Refused:
            continue
        bound += 1
    return bound


def roll_year(year: int, *, actor: Actor, at: datetime) -> list[BudgetLine]:
    """1 January: every line of the year before goes on, provisional and empty (§ 116 NKomVG). Doing it twice is once.

    A line that somebody else lays out at the same moment is theirs: nobody is told off for that.
    """
    made = []
    for line in missing_lines(year):
        with suppress(Refused):
            made.append(
                lay_out(
                    year, product=line.product, account=line.account, title=line.title, actor=actor, at=at,
                    reason="Jahreswechsel",
                )
            )  # fmt: skip
    return made


def missing_lines(year: int) -> list[BudgetLine]:
    """The lines of the year before that `year` does not have yet."""
    known = set(BudgetLine.objects.filter(fiscal_year=year).values_list("product", "account"))
    before = BudgetLine.objects.filter(fiscal_year=year - 1).order_by("product", "account")
    return [line for line in before if (line.product, line.account) not in known]


# Carrying over


def next_line(line: BudgetLine, *, year: int | None = None) -> BudgetLine:
    """The same line a year later, or in `year`. Raises Refused where it does not exist yet."""
    wanted = year or line.fiscal_year + 1
    found = BudgetLine.objects.filter(fiscal_year=wanted, product=line.product, account=line.account).first()
    if found is None:
        raise Refused(_("Für %(year)s gibt es noch keine Haushaltslinie.") % {"year": wanted})
    return found


def transferable(line: BudgetLine) -> Decimal:
    """Free euros that may go on into the next year: what came from the year before is spent first and goes on no
    further (§ 20 KomHKVO: at most one year)."""
    return max(ZERO, min(line.undivided, line.authorised - line.carry_in))


def carry_rest(line: BudgetLine, amount: Decimal, *, move: Movement) -> BudgetLine:
    """Carries free money into the next year (Ermächtigungsübertragung, § 20 KomHKVO); returns the line it goes to."""
    with transaction.atomic():
        target = next_line(line)
        held = lock_lines([line, target])
        old, new = held[line.pk], held[target.pk]
        refuse_past(old)
        refuse_past(new)
        if amount <= ZERO:
            raise Refused(_("Bitte schreiben Sie einen Betrag über null."), field="amount")
        if amount > transferable(old):
            raise Refused(
                _("Übertragen lassen sich noch %(free)s. Mehr geht nicht.") % {"free": format_money(transferable(old))},
                field="amount",
            )
        linked = move.linked()
        book(old, [(Kind.CARRYOVER_OUT, amount)], replace(linked, value_on=_last_day(old)))
        book(new, [(Kind.CARRYOVER_IN, amount)], replace(linked, value_on=_first_day(new)))
        return new


def carry_commitment(commitment: Commitment, *, actor: Actor, at: datetime, reason: str) -> Commitment:
    """Carries what is open on a commitment into the next year, with its payments under way; returns the new one.

    Four entries in one transaction; allowed while the new year is provisional, since nothing new is awarded. Out of a
    year that was opened again it goes straight into the current one.
    """
    is_late = BudgetLine.objects.filter(pk=commitment.line_id, status=Status.REOPENED).exists()
    with transaction.atomic():
        held, old, new = _lock_both(commitment, year=localdate(at).year if is_late else None)
        refuse_closed(old)
        refuse_past(new)
        if held.pledged:
            raise Refused(_("Das ist erst vorgemerkt. Legen Sie es zuerst fest, oder geben Sie es frei."))
        if held.open <= ZERO:
            raise Refused(_("Hier ist nichts mehr offen. Übertragen wird nur, was noch nicht ausgezahlt ist."))
        move = Movement(actor=actor, at=at, reason=reason, thread=held.thread)
        carried = _carry(held, held.open, old, new, move)
        held.disbursements.unfinished().update(commitment=carried)
        return carried


def _lock_both(commitment: Commitment, *, year: int | None = None) -> tuple[Commitment, BudgetLine, BudgetLine]:
    """The commitment, its payments, its line and the line it goes to: in the one lock order of the house."""
    held = Commitment.objects.select_for_update(of=("self",)).select_related("line", "part").get(pk=commitment.pk)
    target = next_line(held.line, year=year)
    list(held.disbursements.unfinished().select_for_update().order_by("pk").values_list("pk"))
    lines = lock_lines([held.line, target])
    return held, lines[held.line_id], lines[target.pk]


def _carry(held: Commitment, amount: Decimal, old: BudgetLine, new: BudgetLine, move: Movement) -> Commitment:
    """The money leaves the old year together with its purpose: nothing becomes available anywhere in between."""
    linked = move.linked()
    leaving = [(Kind.COMMITMENT, -amount), (Kind.CARRYOVER_OUT, amount)]
    if held.part is not None:
        leaving.append((Kind.ALLOCATION, -amount))
    book(old, leaving, replace(linked, value_on=_last_day(old), commitment=held, part=held.part))
    Commitment.objects.filter(pk=held.pk).update(amount=F("amount") - value(amount))
    carried = _copy(held, new, amount)
    arriving = [(Kind.CARRYOVER_IN, amount), (Kind.COMMITMENT, amount)]
    book(new, arriving, replace(linked, value_on=_first_day(new), commitment=carried, part=None))
    return carried


def _copy(held: Commitment, line: BudgetLine, amount: Decimal) -> Commitment:
    """The same award in the new year, with the same right to be paid and the same holds."""
    holds = list(held.holds.filter(ended_at__isnull=True))
    carried = Commitment.objects.get(pk=held.pk)
    carried.pk, carried._state.adding = None, True
    carried.line, carried.part, carried.carried_from = line, None, held
    carried.amount, carried.paid = amount, ZERO
    carried.save()
    for hold in holds:
        carried.holds.create(kind=hold.kind, since=hold.since, held_by=hold.held_by)
    return carried


def _last_day(line: BudgetLine) -> date:
    return date(line.fiscal_year, 12, 31)


def _first_day(line: BudgetLine) -> date:
    return date(line.fiscal_year, 1, 1)


# Closing, and the one door that stays


def close_year(year: int, *, actor: Actor, at: datetime, reason: str) -> list[BudgetLine]:
    """Closes all lines of a year that is over. Money put aside for proposals lapses; nothing may be open any more."""
    with transaction.atomic():
        lines = lock_lines(BudgetLine.objects.filter(fiscal_year=year).exclude(status=Status.CLOSED)).values()
        if not lines:
            raise Refused(_("Das Haushaltsjahr %(year)s ist schon abgeschlossen.") % {"year": year})
        _refuse_unfinished(year, list(lines), today=localdate(at))
        for line in lines:
            move = Movement(actor=actor, at=at, reason="Jahresabschluss")
            for own in Reservation.objects.filter(line=line, amount__gt=ZERO).order_by("pk"):
                release_of(line, own, replace(move, thread=own.thread))
            _set_status(line, Status.CLOSED, "budget_closed", actor=actor, at=at, reason=reason)
        return list(lines)


def _refuse_unfinished(year: int, lines: list[BudgetLine], *, today: date) -> None:
    if today.year <= year:
        raise Refused(_("Das Jahr %(year)s läuft noch. Abschließen lässt es sich ab dem 1. Januar.") % {"year": year})
    open_ones = Commitment.objects.filter(line__in=lines).filter(Q(amount__gt=F("paid")) | Q(pledged__gt=ZERO)).count()
    if open_ones:
        raise Refused(
            _("Noch offen sind %(count)s Festlegungen. Zahlen Sie sie aus, geben Sie sie frei oder übertragen Sie sie.")
            % {"count": open_ones}
        )
    for line in lines:
        if line.shortfall:
            raise Refused(
                _("In „%(line)s“ fehlen noch %(amount)s. Decken Sie den Fehlbetrag zuerst.")
                % {"line": line, "amount": format_money(line.shortfall)}
            )


def return_and_reopen(
    commitment: Commitment, amount: Decimal, *, reference: str, reason: str, actor: Actor, at: datetime
) -> None:
    """A payment of a closed year came back: the year is opened again for this alone, with a reason."""
    with transaction.atomic():
        held = Commitment.objects.select_for_update(of=("self",)).select_related("part").get(pk=commitment.pk)
        line = lock_lines([held.line])[held.line_id]
        _refuse_not_closed(line)
        _set_status(line, Status.REOPENED, "budget_reopened", actor=actor, at=at, reason=reason)
        book_return(line, held, amount, _returned(held, reference, reason, actor, at))


def return_and_carry(
    commitment: Commitment, amount: Decimal, *, reference: str, reason: str, actor: Actor, at: datetime
) -> Commitment:
    """A payment of a closed year came back: the year stays closed, the money goes on into the current one."""
    with transaction.atomic():
        held, old, new = _lock_both(commitment, year=localdate(at).year)
        _refuse_not_closed(old)
        refuse_past(new)
        move = _returned(held, reference, reason, actor, at).linked()
        book_return(old, held, amount, move)
        return _carry(held, amount, old, new, replace(move, payment_reference="", value_on=None))


def _returned(held: Commitment, reference: str, reason: str, actor: Actor, at: datetime) -> Movement:
    return Movement(
        actor=actor, at=at, reason=reason, thread=held.thread, commitment=held, payment_reference=reference,
        part=held.part,
    )  # fmt: skip


def _refuse_not_closed(line: BudgetLine) -> None:
    if line.status != Status.CLOSED:
        raise Refused(_("Das Haushaltsjahr %(year)s ist nicht abgeschlossen.") % {"year": line.fiscal_year})
