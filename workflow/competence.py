"""Which body is competent for an award."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Subquery, Sum

from funding.models import Commitment, Resolution
from workflow.models.records import CaseResolution, Threshold

if TYPE_CHECKING:
    from workflow.models import Case

Body = Resolution.Body
ZERO = Decimal("0.00")


def already_awarded(case: Case) -> Decimal:
    """What the same recipient got for the same purpose in the same year: no splitting to stay below a threshold."""
    same = Commitment.objects.filter(
        payee_key=case.application.organisation.key, line__fiscal_year=case.fiscal_year, programme=case.programme
    ).exclude(thread=case.reference)
    if case.application.measure_id is not None:
        same = same.filter(measure_id=case.application.measure_id)
    return same.aggregate(total=Sum("amount"))["total"] or ZERO


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


def favourable_resolution(case: Case) -> CaseResolution | None:
    """The resolution that allows an award of the case, if a body passed one."""
    adopted = case.resolutions.filter(outcome__in=[CaseResolution.Outcome.ADOPTED, CaseResolution.Outcome.AMENDED])
    return adopted.select_related("resolution").order_by("-resolution__resolved_on").first()


def bodies_for(cases: list[Case], *, on: date) -> dict[int, str]:
    """`body_for` with the requested amount for many cases: three queries, however many there are."""
    table = thresholds_on(on)
    given = _given_to({case.application.organisation.key for case in cases})
    return {case.pk: body_among(table, case.requested_amount + _same_purpose(case, given)) for case in cases}


def _given_to(payees: set[UUID]) -> list[Commitment]:
    wanted = ("payee_key", "thread", "amount", "programme_id", "measure_id", "line__fiscal_year")
    return list(Commitment.objects.filter(payee_key__in=payees).select_related("line").only(*wanted))


def _same_purpose(case: Case, given: list[Commitment]) -> Decimal:
    measure = case.application.measure_id
    return sum(
        (
            found.amount
            for found in given
            if found.payee_key == case.application.organisation.key
            and found.line.fiscal_year == case.fiscal_year
            and found.programme_id == case.programme_id
            and found.thread != case.reference
            and (measure is None or found.measure_id == measure)
        ),
        ZERO,
    )
