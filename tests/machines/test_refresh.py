"""Reading a row of a machine anew brings its state along, and the state stays protected."""

from __future__ import annotations

import pytest

from tests.factories import World
from workflow.models import Case, CaseState

pytestmark = pytest.mark.django_db


def test_a_row_that_is_read_anew_has_the_new_state() -> None:
    world = World()
    seen = world.filed()
    world.do(Case.objects.get(pk=seen.pk), "start_check", "caseworker")
    seen.refresh_from_db()
    assert (seen.state, seen.version) == (CaseState.FORMAL_CHECK, 1)


def test_reading_other_fields_anew_leaves_the_state() -> None:
    world = World()
    seen = world.filed()
    world.do(Case.objects.get(pk=seen.pk), "start_check", "caseworker")
    seen.refresh_from_db(fields=["version"])
    assert (seen.state, seen.version) == (CaseState.SUBMITTED, 1)


def test_the_state_stays_protected() -> None:
    seen = World().filed()
    seen.refresh_from_db()
    with pytest.raises(AttributeError):
        seen.state = CaseState.APPROVED
