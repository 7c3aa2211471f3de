"""What the public reads of a programme: whether it is open, until when, and how much it gives, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Prefetch
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from funding.law.grants import Financing
from funding.models import Programme, Round
from funding.money import format_money

SENTENCES = {
    Financing.SHARE: gettext_noop("Wir geben bis zu %(share)s der Ausgaben dazu."),
    Financing.FULL: gettext_noop("Wir können die gesamten Ausgaben übernehmen."),
    Financing.GAP: gettext_noop("Wir geben dazu, was nach Ihren eigenen und anderen Einnahmen fehlt."),
    Financing.FIXED: gettext_noop("Wir geben einen festen Betrag von %(amount)s."),
}


@dataclass(frozen=True, kw_only=True)
class Call:
    """A programme with the round that counts today: the open one, else the next one, else none."""

    programme: Programme
    round: Round | None
    is_open: bool

    @property
    def last_day(self) -> date | None:
        """In time is before `closes_at`; midnight belongs to the day that ends."""
        return None if self.round is None else last_day(self.round)

    @property
    def amount(self) -> str:
        return amount_sentence(self.programme)

    @property
    def shortest_amount(self) -> str:
        """For a card: the highest grant."""
        if self.programme.maximum is None:
            return amount_sentence(self.programme)
        return _("bis zu %(amount)s") % {"amount": format_money(self.programme.maximum)}


def last_day(call: Round) -> date:
    return localdate(call.closes_at - timedelta(microseconds=1))


def published(*, at: datetime) -> list[Call]:
    """All public programmes, open ones first, then by deadline: two queries."""
    coming = Prefetch("rounds", Round.objects.filter(closes_at__gt=at).order_by("opens_at"), to_attr="coming")
    found = Programme.objects.filter(is_published=True).prefetch_related(coming)
    return sorted((call_of(programme, at=at) for programme in found), key=_by_deadline)


def call_of(programme: Programme, *, at: datetime) -> Call:
    rounds: list[Any] = getattr(programme, "coming", None) or list(
        programme.rounds.filter(closes_at__gt=at).order_by("opens_at")
    )
    nearest = rounds[0] if rounds else None
    return Call(programme=programme, round=nearest, is_open=nearest is not None and nearest.opens_at <= at)


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


def percent(numerator: int, denominator: int) -> str:
    """„80 %", or the fraction in figures where a percentage would not be exact."""
    if (100 * numerator) % denominator == 0:
        return f"{100 * numerator // denominator}\N{NO-BREAK SPACE}%"
    return f"{numerator}/{denominator}"
