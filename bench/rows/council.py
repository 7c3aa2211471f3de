"""A Beschlussvorlage for fifty cases beside the same one for a single case: frozen, that is gathered, set as PDF,
written as DOCX and kept."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import count

from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from applications.models import Application
from bench.frame import Result, measure, median_ms
from scripts import fonts
from tests.factories import World
from workflow import bodies, freezing, papers, sessions
from workflow.models import Case, CaseState, CouncilPaper

MANY, TIMES = 50, 10
ANSWERS = {
    "follow_up_kind": "none", "income_kind": "none", "cover_kind": "available", "place": "Wittmund", "signed_by": "W. Muster",
}  # fmt: skip


def _cases(world: World, number: int, numbers: count[int]) -> list[Case]:
    """Cases that wait for a body; put there directly, since a bench may (tests walk through the door)."""
    common = {"round": world.round, "organisation": world.organisation, "municipality": world.municipality}
    moments = {"created_at": world.at, "updated_at": world.at, "filed_at": world.at, "is_editable": False}
    made = []
    for place in (next(numbers) for _ in range(number)):
        application = Application.objects.create(
            **common,
            **moments,
            title=f"Vorhaben {place}",
            summary="Ein Treff für alle.",
            reference=f"BM-2026-{place:04d}",
        )
        made.append(
            Case.objects.create(
                application=application,
                programme=world.programme,
                reference=application.reference,
                fiscal_year=2026,
                requested_amount=Decimal(300),
                state=CaseState.IN_COMMITTEE,
                state_since=world.at,
                received_at=world.at,
            )
        )
    return made


def _paper(world: World, cases: list[Case]) -> CouncilPaper:
    """Nothing is missing."""
    actor = world.cast.actor["committee_office"]
    paper = papers.from_cases([(case, Decimal(200)) for case in cases], actor=actor, at=world.at)
    body = bodies.all_bodies()[1]
    paper.consultations.filter(body=body).update(is_wanted=True, part="decides", session=body.sessions.get())
    CouncilPaper.objects.filter(pk=paper.pk).update(**ANSWERS)
    return CouncilPaper.objects.get(pk=paper.pk)


def _frozen(world: World, paper: CouncilPaper) -> int:
    """Freezes and takes it back again, in a transaction that leaves nothing; returns how many queries it took."""
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        freezing.freeze(
            paper, version=paper.version, actor=world.cast.actor["committee_office"], at=world.later(seconds=1)
        )
        transaction.set_rollback(True)
    return len(queries)


@measure("council.paper.ms", unit="ms")
def council_paper_ms() -> Result:
    """The value is the time for fifty cases, its baseline the time for one. Both take the same number of queries."""
    if not (settings.FONT_DIR / "FiraSans-Regular.ttf").exists():
        fonts.make(settings.BASE_DIR / "node_modules" / "@kern-ux" / "native" / "dist" / "fonts", settings.FONT_DIR)
    with transaction.atomic():
        world, numbers = World(), count(1)
        sitting = {"held_on": world.at.date() + timedelta(days=14), "is_public": False}
        sessions.plan(bodies.all_bodies()[1], sitting, actor=world.cast.actor["committee_office"], at=world.at)
        many, one = (_paper(world, _cases(world, number, numbers)) for number in (MANY, 1))
        assert _frozen(world, many) == _frozen(world, one)
        times = [median_ms(partial(_frozen, world, paper), times=TIMES) for paper in (many, one)]
        transaction.set_rollback(True)
    return Result(*times)
