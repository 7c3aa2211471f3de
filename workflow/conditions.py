"""Which side conditions a decider may choose from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q

from journal import values
from workflow.models import SideCondition

if TYPE_CHECKING:
    from funding.models import Programme


@dataclass(frozen=True, kw_only=True)
class Choice:
    text: str
    is_standard: bool


def choices_for(programme: Programme, *, on: date) -> list[Choice]:
    """The texts of the programme and of all programmes that hold on a day, each once. One query.

    As long as nobody wrote one for this programme or for all, the texts of the setting are offered.
    """
    known = SideCondition.objects.filter(Q(programme=programme.pk) | Q(programme__isnull=True))
    rows = list(known)
    if not rows:
        return [Choice(text=line, is_standard=True) for line in _of_the_setting(on)]
    holding = [row for row in rows if row.valid_from <= on and (row.valid_until is None or on <= row.valid_until)]
    found = {row.text: Choice(text=row.text, is_standard=row.is_standard) for row in holding}
    return list(found.values())


def _of_the_setting(on: date) -> list[str]:
    lines = (line.strip() for line in values.text("notice.conditions", on=on).splitlines())
    return [line for line in lines if line]
