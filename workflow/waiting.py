"""The waiting list: who comes next when money is free. It tells the officer and awards nothing by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.roles import Role
from funding.models import BudgetLine, Programme
from journal import impartial, outbox
from journal.actors import Actor, system_actor
from journal.events import record
from journal.models import Event
from journal.refusals import Faster, Forbidden, Refused
from workflow import money, queries
from workflow.models import Case, CaseState, WaitingOffer
from workflow.turns import ORDER

ZERO, CENT = Decimal("0.00"), Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A case on the list. `rank` counts from 1; `free` is what it could get now, in euros, of its line or of the
    sub-budget that `part` names."""

    rank: int
    case: Case
    line: BudgetLine | None
    free: Decimal
    part: str
    offer: WaitingOffer | None
    passed: Sequence[Event] = ()
    """By whom the case was passed over, and why: the reason of each, the newest first."""

    @property
    def has_money(self) -> bool:
        """Enough for the smallest award of the programme, in a year whose budget is approved (§ 116 NKomVG)."""
        is_open = self.line is not None and self.line.status == BudgetLine.Status.OPEN
        return is_open and self.free >= max(self.case.programme.minimum, CENT)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """The list of one programme and year, the next one first."""

    programme: Programme
    fiscal_year: int
    line: BudgetLine | None
    places: list[Place]

    @property
    def next(self) -> Place | None:
        """The first rank for which money is free: what only another sub-budget holds passes nobody over."""
        return next((place for place in self.places if place.has_money), None)


def lists() -> list[Waiting]:
    """Every waiting list, the newest year first: five queries, however many wait."""
    cases = queries.in_lists().select_related("application__measure").filter(state=CaseState.WAITLISTED)
    waiting = list(cases.order_by("-fiscal_year", "programme__title", *ORDER))
    lines = _lines({case.fiscal_year for case in waiting})
    offers = {offer.case_id: offer for offer in WaitingOffer.objects.filter(ended_at__isnull=True)}
    passed = _passed({case.reference for case in waiting})
    heaps: dict[tuple[int, int], list[Case]] = defaultdict(list)
    for case in waiting:
        heaps[case.fiscal_year, case.programme_id].append(case)
    return [_list(heap, lines, offers, passed) for heap in heaps.values()]


Lines = dict[tuple[int, str, str], BudgetLine]
Passed = dict[str, list[Event]]


def _passed(references: set[str]) -> Passed:
    """Who was passed over since they wait, by file reference."""
    found: Passed = defaultdict(list)
    for event in Event.objects.filter(thread__in=references, kind="waiting_rank_passed").order_by("-at", "-pk"):
        found[event.thread].append(event)
    return found


def _lines(years: set[int]) -> Lines:
    found = BudgetLine.objects.filter(fiscal_year__in=years).prefetch_related("parts")
    return {(line.fiscal_year, line.product, line.account): line for line in found}


def _list(cases: list[Case], lines: Lines, offers: dict[int, WaitingOffer], passed: Passed) -> Waiting:
    year, programme = cases[0].fiscal_year, cases[0].programme
    line = lines.get((year, programme.product, programme.account))
    places = [
        replace(_place(rank, case, line, offers.get(case.pk)), passed=passed.get(case.reference, ()))
        for rank, case in enumerate(cases, start=1)
    ]
    return Waiting(programme=programme, fiscal_year=year, line=line, places=places)


def _place(rank: int, case: Case, line: BudgetLine | None, offer: WaitingOffer | None) -> Place:
    if line is None:
        return Place(rank=rank, case=case, line=None, free=ZERO, part="", offer=offer)
    belonging = money.belongs(case)
    is_part = money.part_for(line, belonging) is not None
    return Place(
        rank=rank,
        case=case,
        line=line,
        free=max(money.left_for(line, belonging), ZERO),
        part=str(belonging[line.divided_by]) if is_part else "",
        offer=offer,
    )


# Telling the officer


def offer_waiting(*, at: datetime) -> int:
    """Tells the officers for whom money is free now, the next rank of each list; ends what no longer holds.

    Returns how many offers began or ended. Doing it twice is once.
    """
    found = [place for waiting in lists() if (place := waiting.next)]
    gone = WaitingOffer.objects.filter(ended_at__isnull=True).exclude(case__in=[place.case.pk for place in found])
    return gone.update(ended_at=at) + sum(_offer(place, at=at) for place in found)


def _offer(place: Place, *, at: datetime) -> bool:
    """One open offer for a case, with what is free at present; its letter is written once."""
    assert place.line is not None
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",)).filter(pk=place.case.pk, state=CaseState.WAITLISTED).first()
        if case is None:
            return False
        values = {"line": place.line, "available": place.free, "offered_at": at}
        offer, is_new = WaitingOffer.objects.get_or_create(case=case, ended_at=None, defaults=values)
        if not is_new:
            WaitingOffer.objects.filter(pk=offer.pk).exclude(available=place.free).update(available=place.free)
            return False
        facts = {"available": str(place.free), "rank": place.rank}
        event = _tell("waiting_list_offered", case, system_actor(), at, facts=facts)
        outbox.queue("waiting_list_offer", obj=case, event=event, at=at)
        return True


def _tell(kind: str, case: Case, actor: Actor, at: datetime, *, facts: dict[str, Any], reason: str = "") -> Event:
    """The state stays as it is."""
    return record(
        kind,
        thread=case.reference,
        subject=(case.label_of_machine, case.pk),
        actor=actor,
        at=at,
        states=(case.state, case.state),
        reason=reason,
        facts=facts,
    )


def end_offer(case: Case, *, at: datetime) -> None:
    """The case left the list."""
    WaitingOffer.objects.filter(case=case, ended_at__isnull=True).update(ended_at=at)


# Another order


def place_of(case: Case) -> tuple[Waiting, Place] | None:
    """Where the case stands; None if it is on no list."""
    return next(((waiting, place) for waiting in lists() for place in waiting.places if place.case.pk == case.pk), None)


def move(case: Case, *, seen: int, rank: int, reason: str, actor: Actor, at: datetime) -> None:
    """Gives the case another rank (1 is the next); those in between move by one. Everybody's journal says why.

    `seen` is the rank that the person read. Raises Forbidden, Faster if the list moved on, Refused for a rank that is
    none.
    """
    if not actor.has_role(Role.CASEWORKER):
        raise Forbidden(_("Die Warteliste führt die Sachbearbeitung."))
    acting = actor.acting_as(Role.CASEWORKER)
    impartial.require(case, actor=actor, today=localdate(at))
    with transaction.atomic():
        held = _locked(case)
        before = [found.pk for found in held]
        if case.pk not in before or before.index(case.pk) + 1 != seen:
            raise Faster(_("Die Warteliste hat sich inzwischen geändert. Ihre Eingabe wurde nicht übernommen."))
        if not 1 <= rank <= len(before) or rank == seen:
            raise Refused(_("Bitte wählen Sie einen anderen Rang."), field="rank")
        after = [key for key in before if key != case.pk]
        after.insert(rank - 1, case.pk)
        for found in held:
            old, new = before.index(found.pk) + 1, after.index(found.pk) + 1
            Case.objects.filter(pk=found.pk).update(waiting_rank=new)
            if old != new:
                facts = {"rank_before": old, "rank": new}
                _tell("waiting_rank_changed", found, acting, at, facts=facts, reason=reason)


def _locked(case: Case) -> list[Case]:
    """All that wait for the same money, locked by key, in the order of their ranks."""
    same = Case.objects.filter(programme=case.programme_id, fiscal_year=case.fiscal_year, state=CaseState.WAITLISTED)
    list(same.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    return list(same.order_by(*ORDER))
