"""What the public reads of a programme: whether it is open, until when, and how much it gives, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from operator import attrgetter

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from funding.law.grants import Financing
from funding.models import Programme, Round
from funding.money import format_money
from journal import formats

CENT = Decimal("0.01")
SENTENCES = {
    Financing.SHARE: gettext_noop("Wir geben bis zu %(share)s der Ausgaben dazu."),
    Financing.FULL: gettext_noop("Wir können die gesamten Ausgaben übernehmen."),
    Financing.GAP: gettext_noop("Wir geben dazu, was nach Ihren eigenen und anderen Einnahmen fehlt."),
    Financing.FIXED: gettext_noop("Wir geben einen festen Betrag von %(amount)s."),
}


@dataclass(frozen=True, kw_only=True)
class Call:
    """A programme with the round that counts today: the open one, else the next one, else none.

    `late` is the round that still takes applications after its end, if none is open; `rounds` are all that are not over.
    """

    programme: Programme
    round: Round | None
    is_open: bool
    late: Round | None = None
    rounds: tuple[Round, ...] = ()

    @property
    def last_day(self) -> date | None:
        """In time is before `closes_at`; midnight belongs to the day that ends."""
        return None if self.round is None else last_day(self.round.closes_at)

    @property
    def amount(self) -> str:
        return amount_sentence(self.programme)

    @property
    def shortest_amount(self) -> str:
        """For a card: the highest grant."""
        if self.programme.maximum is None:
            return amount_sentence(self.programme)
        return _("bis zu %(amount)s") % {"amount": format_money(self.programme.maximum)}


def last_day(end: datetime) -> date:
    """The day that `end` ends: midnight belongs to the day before."""
    return localdate(end - timedelta(microseconds=1))


def published(*, at: datetime) -> list[Call]:
    """All public programmes, open ones first, then by deadline: two queries."""
    found = Programme.objects.filter(is_published=True).prefetch_related("rounds")
    return sorted((call_of(programme, at=at) for programme in found), key=_by_deadline)


def call_of(programme: Programme, *, at: datetime) -> Call:
    """One query, or none if the rounds are prefetched."""
    rounds = list(programme.rounds.all())
    opened = sorted((found for found in rounds if found.is_in_time(at=at)), key=attrgetter("closes_at"))
    later = sorted((found for found in rounds if found.opens_at > at), key=attrgetter("opens_at"))
    alive = (*opened, *later)
    return Call(
        programme=programme,
        round=alive[0] if alive else None,
        is_open=bool(opened),
        late=None if opened else _late(rounds, at),
        rounds=alive,
    )


def _late(rounds: list[Round], at: datetime) -> Round | None:
    """The round that closed last, if it takes late applications; older ones are not offered any more."""
    closed = [found for found in rounds if found.closes_at <= at]
    last = max(closed, key=attrgetter("closes_at"), default=None)
    return last if last is not None and last.accepts_late else None


def round_to_begin(programme: Programme, *, at: datetime) -> Round | None:
    """The round of a new draft: the open one that closes first, else the last one, if it takes late applications."""
    if not programme.is_published:
        return None
    call = call_of(programme, at=at)
    return call.round if call.is_open else call.late


def closed_sentence(programme: Programme, *, at: datetime) -> str:
    """Why nothing can be begun: since when it is closed, and when it opens again."""
    call = call_of(programme, at=at)
    last = programme.rounds.filter(closes_at__lte=at).order_by("-closes_at").first()
    parts = [_("Dieses Programm nimmt gerade keine Anträge an.")]
    if last is not None:
        parts.append(_("Die letzte Runde war bis %(end)s offen.") % {"end": formats.last_second(last.closes_at)})
    if call.round is not None:
        begin = formats.to_the_second(call.round.opens_at)
        parts.append(_("Die nächste öffnet am %(begin)s.") % {"begin": begin})
    return " ".join(parts)


def _by_deadline(call: Call) -> tuple[bool, date, str]:
    return not call.is_open, call.last_day or date.max, call.programme.title


def amount_sentence(programme: Programme) -> str:
    """As "Wir geben bis zu 80 % der Ausgaben dazu, höchstens 2.000,00 €."."""
    parts = [
        _(SENTENCES[Financing(programme.financing)])
        % {
            "share": percent(programme.rate_numerator, programme.rate_denominator),
            "amount": format_money(programme.fixed_amount),
        }
    ]
    if programme.maximum is not None:
        parts.append(_("Höchstens sind es %(amount)s.") % {"amount": format_money(programme.maximum)})
    if programme.minimum:
        parts.append(_("Wir fördern ab %(amount)s.") % {"amount": format_money(programme.minimum)})
    return " ".join(parts)


def rounding_sentence(programme: Programme) -> str:
    """Only where more is rounded than cents."""
    if programme.rounding_unit <= CENT:
        return ""
    return _("Den Betrag runden wir auf volle %(unit)s ab.") % {"unit": format_money(programme.rounding_unit)}


def percent(numerator: int, denominator: int) -> str:
    """„80 %", or the fraction in figures where a percentage would not be exact."""
    if (100 * numerator) % denominator == 0:
        return f"{100 * numerator // denominator}\N{NO-BREAK SPACE}%"
    return f"{numerator}/{denominator}"
