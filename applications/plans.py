"""The finance plan of an application, as the law sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from applications.models import Application, CostLine, SourceLine
from funding.law.grants import (
    Cost,
    CostCategory,
    Finding,
    FundingSourceKind,
    Grant,
    Limit,
    Plan,
    Problem,
    Source,
    check_plan,
    possible_grant,
)
from funding.money import format_money
from funding.programmes import percent

ZERO = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class Bound:
    """The most, in euros, that an application may ask for, and the sentence that says so."""

    most: Decimal
    sentence: str


_BOUNDS: list[Callable[[Application], Bound | None]] = []


def bounds(find: Callable[[Application], Bound | None]) -> Callable[[Application], Bound | None]:
    """Registers who knows of a bound: the office that opened a filed plan again does, this floor does not."""
    _BOUNDS.append(find)
    return find


def bound_of(application: Application) -> Bound | None:
    """The lowest bound of a filed application; a draft has none."""
    if application.filed_at is None:
        return None
    found = [bound for find in _BOUNDS if (bound := find(application))]
    return min(found, key=lambda bound: bound.most, default=None)


def plan_of(application: Application) -> Plan:
    """The plan as it is stored: two queries, or none if `costs` and `sources` were prefetched."""
    return plan_from(list(application.costs.all()), list(application.sources.all()))


def plan_from(costs: list[CostLine], sources: list[SourceLine]) -> Plan:
    """A declined source does not pay anything, so it does not count."""
    return Plan(
        costs=[Cost(category=CostCategory(line.category), amount=line.amount) for line in costs],
        sources=[
            Source(kind=FundingSourceKind(line.kind), amount=line.amount)
            for line in sources
            if line.status != SourceLine.Status.DECLINED
        ],
    )


def grant_for(application: Application, plan: Plan) -> Grant:
    """The highest lawful grant for this plan under the programme's rule, without regard to what was asked."""
    return possible_grant(application.round.programme.rule, eligible=plan.eligible, cover=plan.cover)


def explain(grant: Grant) -> str:
    """One sentence on how the possible amount comes about: „80 % von 2.500,00 € sind 2.000,00 €"."""
    sentences = [_base(grant)]
    need, cap = grant.bound(Limit.NEED), grant.bound(Limit.CAP)
    if grant.limit is Limit.NEED and need is not None and grant.rate is not None:
        sentences.append(_("Nach Abzug der anderen Einnahmen fehlen %(need)s.") % {"need": format_money(need)})
    if grant.limit is Limit.CAP and cap is not None:
        sentences.append(_("Das Programm gibt aber höchstens %(cap)s.") % {"cap": format_money(cap)})
    if grant.cut:
        sentences.append(_("Abgerundet wird auf volle %(unit)s.") % {"unit": format_money(grant.unit)})
    return " ".join(sentences)


def _base(grant: Grant) -> str:
    rate, fixed = grant.bound(Limit.RATE), grant.bound(Limit.FIXED_SUM)
    if grant.rate is not None and rate is not None:
        share = percent(grant.rate.numerator, grant.rate.denominator)
        return _("%(share)s von %(eligible)s sind %(amount)s.") % {
            "share": share,
            "eligible": format_money(grant.eligible),
            "amount": format_money(rate),
        }
    if fixed is not None:
        return _("Das Programm gibt einen festen Betrag von %(amount)s.") % {"amount": format_money(fixed)}
    need = grant.bound(Limit.NEED) or ZERO
    return _("Von %(eligible)s fehlen nach Abzug der anderen Einnahmen %(need)s.") % {
        "eligible": format_money(grant.eligible),
        "need": format_money(need),
    }


def sentences(plan: Plan, application: Application) -> list[str]:
    """What is wrong with the plan, most basic first, in words for the association."""
    return [sentence(problem) for problem in check_plan(plan, rule=application.round.programme.rule)]


def sentence(problem: Problem) -> str:
    expected, amount = format_money(problem.expected), format_money(problem.amount)
    if problem.finding is Finding.NOT_BALANCED:
        return _unbalanced(problem)
    texts = {
        Finding.NEGATIVE: _("Kein Betrag darf unter null liegen."),
        Finding.VOLUNTEER_NOT_ON_BOTH_SIDES: _(
            "Ehrenamt muss auf beiden Seiten gleich hoch sein: Ausgaben %(expected)s, Einnahmen %(amount)s."
        ),
        Finding.VOLUNTEER_ABOVE_CAP: _("Ehrenamt zählt nur bis %(expected)s."),
        Finding.ABOVE_RATE: _(
            "Der beantragte Zuschuss ist höher als die Förderquote erlaubt. Möglich sind höchstens %(expected)s."
        ),
        Finding.ABOVE_CAP: _("Das Programm gibt höchstens %(expected)s."),
        Finding.BELOW_LEAST: _("Das Programm fördert erst ab %(expected)s."),
    }
    return texts[problem.finding] % {"expected": expected, "amount": amount}


def _unbalanced(problem: Problem) -> str:
    missing = problem.expected - problem.amount
    text = (
        _("Ausgaben und Einnahmen sind noch nicht gleich hoch. Es fehlen %(amount)s Einnahmen.")
        if missing > ZERO
        else _("Ausgaben und Einnahmen sind noch nicht gleich hoch. Es sind %(amount)s Einnahmen zu viel.")
    )
    return text % {"amount": format_money(abs(missing))}


def hints(application: Application, plan: Plan) -> list[str]:
    """What to look at beside the sums: work without pay on both sides, and money that is not certain yet."""
    found = [_missing_volunteers(plan)] if plan.volunteer_cost != _volunteers(plan) else []
    lines = [line for line in application.sources.all() if line.kind != FundingSourceKind.COUNTY_GRANT]
    applied = sum((line.amount for line in lines if line.status == SourceLine.Status.APPLIED), ZERO)
    declined = sum((line.amount for line in lines if line.status == SourceLine.Status.DECLINED), ZERO)
    if applied:
        found.append(_("Noch nicht zugesagt sind %(amount)s.") % {"amount": format_money(applied)})
    if declined:
        found.append(_("Abgelehnt sind %(amount)s. Sie zählen nicht mit.") % {"amount": format_money(declined)})
    return found


def _volunteers(plan: Plan) -> Decimal:
    return plan.sum_of(FundingSourceKind.OWN_IN_KIND_VOLUNTEER)


def _missing_volunteers(plan: Plan) -> str:
    gap = plan.volunteer_cost - _volunteers(plan)
    text = (
        _("Ehrenamt gehört auf beide Seiten: Bei den Einnahmen fehlen %(amount)s.")
        if gap > ZERO
        else _("Ehrenamt gehört auf beide Seiten: Bei den Ausgaben fehlen %(amount)s.")
    )
    return text % {"amount": format_money(abs(gap))}
