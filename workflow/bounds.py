"""What the office tells the front door about a plan that it opened again."""

from __future__ import annotations

from applications import plans
from applications.models import Application
from applications.plans import Bound
from workflow import rules
from workflow.models import Case, CaseState


@plans.bounds
def offered(application: Application) -> Bound | None:
    """While an offer runs, the plan asks for no more than was offered: one query."""
    case = Case.objects.filter(application=application, state=CaseState.REVISION_OFFERED).only("offered_amount").first()
    if case is None or case.offered_amount is None:
        return None
    return Bound(most=case.offered_amount, sentence=rules.above_offer(case.offered_amount))
