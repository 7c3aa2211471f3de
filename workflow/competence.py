"""Which body is competent for an award."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Max, Sum

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


def deciding_body(amount: Decimal, *, on: date) -> str:
    """The body that the table names for an amount on a day; the administration where nothing was set."""
    newest = Threshold.objects.filter(valid_from__lte=on).aggregate(newest=Max("valid_from"))["newest"]
    for row in Threshold.objects.filter(valid_from=newest):
        if row.up_to is None or amount <= row.up_to:
            return row.decides
    return Body.ADMINISTRATION


def body_for(case: Case, amount: Decimal, *, on: date) -> str:
    return deciding_body(amount + already_awarded(case), on=on)


def favourable_resolution(case: Case) -> CaseResolution | None:
    """The resolution that allows an award of the case, if a body passed one."""
    adopted = case.resolutions.filter(outcome__in=[CaseResolution.Outcome.ADOPTED, CaseResolution.Outcome.AMENDED])
    return adopted.select_related("resolution").order_by("-resolution__resolved_on").first()
