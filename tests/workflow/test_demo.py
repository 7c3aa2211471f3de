"""The demo tells the county's public figures and shows a case in every state; nothing is drawn by chance."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.db.models import Sum
from django.utils.timezone import localtime

from accounts.models import User
from applications.models import AccountChange, Invitation, Organisation, OrganisationDocument
from funding import balances, integrity
from funding.models import (
    BudgetLine,
    Commitment,
    DayBalance,
    Disbursement,
    DisbursementState,
    Kind,
    LedgerEntry,
    Measure,
    Municipality,
    Round,
)
from journal.models import Event
from workflow import waiting
from workflow.demo import facts
from workflow.demo.seed import seed
from workflow.models import Award, AwardState, Case, CaseState, Scenario, SideCondition, WaitingOffer

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=ZoneInfo("Europe/Berlin"))
OWN = (2026, "3.5.1.01")
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@contextmanager
def seeded() -> Iterator[None]:
    """The demo for a while; afterwards the database is as empty as before."""
    with transaction.atomic():
        seed(now=NOW, tell=lambda _line: None)
        yield
        transaction.set_rollback(True)


Telling = list[tuple[object, ...]]


def fingerprint() -> Telling:
    """What a visitor would see of two runs; keys and hashes of PDFs may differ, the story not."""
    told = Event.objects.exclude(thread__startswith="person:").order_by("at", "pk")
    names = {f"ORG-{found.key}": found.name for found in Organisation.objects.all()}
    rows = told.values_list("at", "thread", "kind", "from_state", "to_state", "reason")
    events = [(at, names.get(thread, thread), *rest) for at, thread, *rest in rows]
    return [*events, *LedgerEntry.objects.order_by("pk").values_list("kind", "amount", "value_on", "thread")]


def test_the_demo_is_believable() -> None:
    """One telling, since it takes a while; each part says what it looks at."""
    with seeded():
        it_tells_the_public_figures_and_the_money_is_right()
        it_shows_a_case_in_every_state_of_the_running_year()
        its_catalogue_is_whole_and_its_names_are_marked()
        its_journal_alone_tells_the_state_of_every_case()
        its_budget_has_lived()
        its_past_days_can_be_looked_at()
        its_office_tries_and_allows()
        its_associations_have_moved_in()
        something_came_on_paper()
        its_rounds_open_and_close_on_whole_days()


def its_office_tries_and_allows() -> None:
    """One open scenario, one frozen with money in it; side conditions; one early start."""
    scenarios = Scenario.objects.order_by("frozen_at")
    assert [scenario.frozen_at is None for scenario in scenarios] in ([False, True], [True, False])
    assert all(scenario.rows.filter(amount__gt=0).exists() for scenario in scenarios)
    assert SideCondition.objects.count() == 5
    assert Case.objects.filter(early_start_from__isnull=False).count() == 1


def it_tells_the_public_figures_and_the_money_is_right() -> None:
    approved = {
        year: Commitment.objects.filter(line__fiscal_year=year).aggregate(total=Sum("amount"))["total"]
        for year in (2022, 2023)
    }
    assert approved == {2022: Decimal("15350.00"), 2023: Decimal("16300.00")}
    cases = Case.objects.filter(fiscal_year=2023, state=CaseState.APPROVED)
    assert cases.count() == 9
    assert cases.filter(is_partial=True).count() == 8
    first = LedgerEntry.objects.filter(line__fiscal_year=2019).order_by("pk")
    assert [(e.kind, e.amount) for e in first] == [
        (Kind.APPROPRIATION, Decimal("10000.00")),
        (Kind.SUPPLEMENT, Decimal("10000.00")),
    ]
    assert first[1].resolution is not None
    assert list(integrity.differences()) == []
    assert all(line.available >= 0 for line in BudgetLine.objects.all())


def it_shows_a_case_in_every_state_of_the_running_year() -> None:
    running = Case.objects.filter(fiscal_year=2026)
    assert set(running.values_list("state", flat=True)) == set(CaseState.values)
    assert set(Award.objects.filter(case__in=running).values_list("state", flat=True)) == set(AwardState.values)
    assert set(Disbursement.objects.values_list("state", flat=True)) == set(DisbursementState.values)


def its_catalogue_is_whole_and_its_names_are_marked() -> None:
    assert Municipality.objects.count() == 19
    assert Municipality.objects.get(name="Wittmund").ags == "03462019"
    assert Measure.objects.filter(title__contains="Mama lernt Deutsch").exists()
    marked = (*Organisation.objects.values_list("name", flat=True), *User.objects.values_list("name", flat=True))
    assert [name for name in marked if "Demo" not in name] == []


def its_journal_alone_tells_the_state_of_every_case() -> None:
    """The journal alone tells the state of every case."""
    for case in Case.objects.all():
        last = Event.objects.filter(subject_label="workflow.case", subject_key=str(case.pk)).order_by("at", "pk").last()
        assert last is not None
        assert last.to_state == case.state, case.reference


def something_came_on_paper() -> None:
    """With a letter that waits for the printer, a point of the programme's own, and something that stands out."""
    case = Case.objects.get(is_paper=True)
    assert case.checklist.filter(title="Kinderschutzkonzept liegt vor").exists()
    assert case.checklist.get(code="paper").hint
    assert list(case.findings.filter(gone_at__isnull=True).values_list("code", flat=True)) == ["same_account"]
    assert case.letters.filter(sent_on__isnull=True).count() == 1


def its_budget_has_lived() -> None:
    """Years closed, money carried, released, frozen, covered, divided, pledged; somebody waits, and money is free."""
    status = dict(BudgetLine.objects.filter(product="3.5.1.01").values_list("fiscal_year", "status"))
    assert {year for year, found in status.items() if found == "closed"} == set(range(2019, 2025))
    assert (status[2025], status[2026], status[2027]) == ("open", "open", "provisional")
    assert set(Kind.values) - set(LedgerEntry.objects.values_list("kind", flat=True)) == {
        Kind.EXCESS_APPROVAL, Kind.REPAYMENT_SAME_YEAR, Kind.REPAYMENT_PRIOR_YEAR, Kind.SHORTFALL,
    }  # fmt: skip
    assert Commitment.objects.get(carried_from__isnull=False).line.fiscal_year == 2026
    assert Commitment.objects.get(pledged__gt=0).line.fiscal_year == 2027
    assert [place.rank for waiting_list in waiting.lists() for place in waiting_list.places] == [1, 2, 3]
    assert WaitingOffer.objects.get(ended_at__isnull=True).case.waiting_rank == 1


def its_past_days_can_be_looked_at() -> None:
    yesterday = NOW.date() - timedelta(days=1)
    assert DayBalance.objects.filter(day=yesterday).exists()
    frozen = {
        day: next(s.line.frozen for s in balances.standings(day) if (s.line.fiscal_year, s.line.product) == OWN)
        for day in (date(2026, 6, 1), yesterday)
    }
    assert frozen == {date(2026, 6, 1): Decimal("3000.00"), yesterday: Decimal("0.00")}


def its_associations_have_moved_in() -> None:
    """Papers that hold, lapse soon and have lapsed; a new account that waits for the office; somebody invited."""
    today = NOW.date()
    papers = OrganisationDocument.objects.filter(removed_at__isnull=True).exclude(kind="account")
    assert papers.filter(valid_until=None).count() >= 3
    assert papers.filter(valid_until__range=(today, today + timedelta(days=30))).count() == 1
    assert papers.filter(valid_until__lt=today).count() == 1
    assert papers.filter(valid_until__gt=today + timedelta(days=365)).exists()
    change = AccountChange.objects.get(state=AccountChange.State.PENDING)
    assert (change.checked_by, change.proof.kind) == (None, "account")
    assert not Disbursement.objects.filter(
        commitment__payee_key=change.organisation.key, state__in=["requested", "verified", "authorised"]
    ).exists()
    invitation = Invitation.objects.get(accepted_at=None, revoked_at=None)
    assert invitation.expires_at > NOW
    told = set(Event.objects.values_list("kind", flat=True))
    assert {"document_kept", "account_change_requested", "member_invited"} <= told


def its_rounds_open_and_close_on_whole_days() -> None:
    for found in Round.objects.all():
        for moment in (found.opens_at, found.closes_at):
            there = localtime(moment)
            assert (there.hour, there.minute, there.second, there.microsecond) == (0, 0, 0, 0), found
    assert [found.fiscal_year for found in Round.objects.all() if found.is_open(at=NOW)] == [2026]


def test_the_demo_is_the_same_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some stories, told twice."""
    monkeypatch.setattr(facts, "PAST_YEARS", facts.PAST_YEARS[:1])
    monkeypatch.setattr(facts, "RUNNING_YEAR", facts.RUNNING_YEAR[-6:])
    tellings: list[Telling] = []
    for _time in range(2):
        with seeded():
            tellings.append(fingerprint())
    assert tellings[0] == tellings[1]
    assert len(tellings[0]) > 100
