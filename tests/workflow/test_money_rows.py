"""Round Python: the shares of an award and the hints of the waiting list, as the database itself keeps them."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from tests.factories import World, euros
from tests.funding.test_ledger import new_line
from workflow.models import CaseShare, WaitingOffer

BROKEN = {
    "share_once_a_line": (
        "INSERT INTO workflow_caseshare (case_id, line_id, amount) SELECT case_id, line_id, amount FROM workflow_caseshare"
    ),
    "share_positive": "UPDATE workflow_caseshare SET amount = 0",
    "waiting_offer_once": (
        "INSERT INTO workflow_waitingoffer (case_id, line_id, available, offered_at) "
        "SELECT case_id, line_id, available, offered_at FROM workflow_waitingoffer"
    ),
}


def test_every_constraint_of_these_rows_is_tried_here():
    assert {found.name for model in (CaseShare, WaitingOffer) for found in model._meta.constraints} == set(BROKEN)


@pytest.mark.django_db
@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses_what_goes_round_python(name):
    world = World()
    case, line = world.reviewing(), new_line(2027)
    CaseShare.objects.create(case=case, line=line, amount=euros("100"))
    WaitingOffer.objects.create(case=case, line=line, available=euros("100"), offered_at=world.at)
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BROKEN[name])
    is_told = connection.vendor == "postgresql" or name == "share_positive"
    assert name in str(refused.value) if is_told else "UNIQUE constraint failed" in str(refused.value)
