"""Which body is competent for an award."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Subquery, Sum

from funding.models import Commitment, Resolution
from workflow.models.records import CaseResolution, Threshold

if TYPE_CHECKING:
    from workflow.models import Case

Body = Resolution.Body
ZERO = Decimal("0.00")


def already_awarded(case: Case) -> Decimal:
    """What the same recipient got for the same purpose in the same year: no splitting to stay below a threshold.

    An award counts whole in the year of its case, whichever lines and years pay it, also where it was carried over.
    """
    cases = type(case)._default_manager.filter(
        application__organisation=case.application.organisation_id,
        fiscal_year=case.fiscal_year,
        programme=case.programme,
    )
    same = Commitment.objects.filter(thread__in=cases.exclude(pk=case.pk).values("reference"))
    if case.application.measure_id is not None:
        same = same.filter(measure_id=case.application.measure_id)
    found = same.aggregate(bound=Sum("amount"), pledged=Sum("pledged"))
    return (found["bound"] or ZERO) + (found["pledged"] or ZERO)


def thresholds_on(day: date) -> list[Threshold]:
    """The table that holds on a day, lowest amount first; empty where nothing was set."""
    newest = Threshold.objects.filter(valid_from__lte=day).order_by("-valid_from").values("valid_from")[:1]
    return list(Threshold.objects.filter(valid_from=Subquery(newest)))


def body_among(rows: list[Threshold], amount: Decimal) -> str:
    """The body that the table names for an amount; the administration where it says nothing."""
    found = next((row.decides for row in rows if row.up_to is None or amount <= row.up_to), None)
    return found or Body.ADMINISTRATION


def deciding_body(amount: Decimal, *, on: date) -> str:
    return body_among(thresholds_on(on), amount)


def body_for(case: Case, amount: Decimal, *, on: date) -> str:
    return deciding_body(amount + already_awarded(case), on=on)


RANKS = (Body.SOCIAL_COMMITTEE, Body.COUNTY_COMMITTEE, Body.COUNTY_COUNCIL)
"""From the body that mostly advises to the one that may decide everything."""


def at_least(body: str) -> tuple[str, ...]:
    """The bodies whose resolution is enough where `body` is competent: a recommendation from below is not."""
    return tuple(RANKS[RANKS.index(Body(body)) :]) if body in RANKS else tuple(RANKS)


def favourable_resolution(case: Case, *, body: str = Body.ADMINISTRATION) -> CaseResolution | None:
    """The resolution that allows an award of the case, if the newest of a body of this rank or a higher one does.

    A body that refused later is not overruled by what it had adopted before.
    """
    spoken = case.resolutions.filter(resolution__body__in=at_least(body))
    newest = spoken.select_related("resolution").order_by("-resolution__resolved_on", "-pk").first()
    return newest if newest and newest.outcome != CaseResolution.Outcome.REJECTED else None


def bodies_for(cases: list[Case], *, on: date) -> dict[int, str]:
    """`body_for` with the requested amount for many cases: three queries, however many there are."""
    table = thresholds_on(on)
    given = _given_to(cases)
    return {case.pk: body_among(table, case.requested_amount + _same_purpose(case, given)) for case in cases}


def bodies_together(proposed: list[tuple[Case, Decimal]], *, on: date) -> dict[int, str]:
    """Who decides on each of several proposals in one paper: what the same paper gives the same recipient for the same
    purpose counts as well. Three queries, however many there are."""
    table = thresholds_on(on)
    given = _given_to([case for case, _amount in proposed])
    given += [_as_given(case, amount) for case, amount in proposed]
    return {case.pk: body_among(table, amount + _same_purpose(case, given)) for case, amount in proposed}


ADVISERS: dict[str, tuple[str, ...]] = {
    Body.ADMINISTRATION: (),
    Body.SOCIAL_COMMITTEE: (),
    Body.COUNTY_COMMITTEE: (Body.SOCIAL_COMMITTEE,),
    Body.COUNTY_COUNCIL: (Body.SOCIAL_COMMITTEE, Body.COUNTY_COMMITTEE),
}
"""Who advises before a body decides (§ 71, § 76 NKomVG)."""


@dataclass(frozen=True, kw_only=True)
class _Given:
    thread: str
    year: int
    organisation: int
    programme: int
    measure: int | None
    amount: Decimal


def _given_to(cases: list[Case]) -> list[_Given]:
    """What the organisations of these cases got, each award with the year of its case."""
    if not cases:
        return []
    awarded = type(cases[0])._default_manager.filter(
        application__organisation__in={case.application.organisation_id for case in cases}, decided_amount__gt=0
    )
    rows = awarded.values_list("reference", "fiscal_year", "application__organisation", "programme")
    by_thread = {reference: rest for reference, *rest in rows}
    return [
        _Given(
            thread=found.thread,
            year=by_thread[found.thread][0],
            organisation=by_thread[found.thread][1],
            programme=by_thread[found.thread][2],
            measure=found.measure_id,
            amount=found.promised,
        )
        for found in Commitment.objects.filter(thread__in=by_thread).only("thread", "measure_id", "amount", "pledged")
    ]


def _as_given(case: Case, amount: Decimal) -> _Given:
    return _Given(
        thread=case.reference,
        year=case.fiscal_year,
        organisation=case.application.organisation_id,
        programme=case.programme_id,
        measure=case.application.measure_id,
        amount=amount,
    )


def _same_purpose(case: Case, given: list[_Given]) -> Decimal:
    measure = case.application.measure_id
    return sum(
        (
            found.amount
            for found in given
            if found.organisation == case.application.organisation_id
            and found.year == case.fiscal_year
            and found.programme == case.programme_id
            and found.thread != case.reference
            and (measure is None or found.measure == measure)
        ),
        ZERO,
    )
