"""The verbs of scenarios: begin, try amounts, spread the rest by rule, copy, freeze one as the proposal.

A scenario binds no money and changes no case. Each verb runs in a transaction and takes the version that the person
saw; it raises Faster if somebody changed the scenario since, or froze it. Amounts are euros.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts.roles import Role
from funding.money import format_money
from journal.actors import Actor
from journal.events import record
from journal.refusals import Faster, Forbidden, Refused
from workflow.models import Case, CaseState, Scenario, ScenarioRow
from workflow.scenario_sheet import Sheet, sheet
from workflow.spreading import spread

ZERO = Decimal("0.00")
EDITORS = (Role.CASEWORKER, Role.COORDINATOR)
READERS = (*EDITORS, Role.DECIDER, Role.COMMITTEE_OFFICE, Role.AUDITOR)
MOST = 200
"""Cases in one scenario: more belong into several."""
PICKABLE = (CaseState.TECHNICAL_REVIEW, CaseState.WAITLISTED, CaseState.IN_COMMITTEE, CaseState.DECISION_READY)


@dataclass(frozen=True, kw_only=True)
class Try:
    """What somebody typed for one case."""

    amount: Decimal | None
    is_fixed: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Way:
    """The name of a scenario and how it spreads: by which rule, rounded down to what, at most how much for a case."""

    title: str
    rule: str
    unit: Decimal
    cap: Decimal | None = None


def may_edit(actor: Actor) -> bool:
    return actor.has_role(*EDITORS)


def pickable(*, fiscal_year: int, programme: str = "") -> QuerySet[Case]:
    """The cases of a year that may stand in a scenario, the best first."""
    found = Case.objects.filter(fiscal_year=fiscal_year, state__in=PICKABLE)
    if programme:
        found = found.filter(programme__slug=programme)
    found = found.select_related("application__organisation", "programme")
    return found.order_by(F("score").desc(nulls_last=True), "received_at", "pk")


def begin(*, title: str, fiscal_year: int, cases: Iterable[Case], actor: Actor, at: datetime) -> Scenario:
    """A new scenario in which nobody has got anything yet."""
    chosen = list(cases)
    acting = _acting(actor)
    _refuse_cases(chosen, fiscal_year)
    with transaction.atomic():
        made = Scenario.objects.create(title=title, fiscal_year=fiscal_year, created_by=_person(acting), created_at=at)
        _put_in(made, chosen)
        _tell("scenario_begun", made, acting, at, count=len(chosen))
    return made


def choose(scenario: Scenario, cases: Iterable[Case], *, seen: int, actor: Actor) -> None:
    """Other cases: who stays keeps amount and note."""
    _acting(actor)
    chosen = list(cases)
    _refuse_cases(chosen, scenario.fiscal_year)
    with transaction.atomic():
        _claim(scenario, seen)
        scenario.rows.exclude(case__in=chosen).delete()
        there = set(scenario.rows.values_list("case", flat=True))
        _put_in(scenario, [case for case in chosen if case.pk not in there], after=len(there))


def _refuse_cases(cases: list[Case], fiscal_year: int) -> None:
    if not cases:
        raise Refused(_("Bitte wählen Sie mindestens einen Antrag."), field="cases")
    if len(cases) > MOST:
        raise Refused(_("Ein Szenario hat höchstens %(most)s Anträge.") % {"most": MOST}, field="cases")
    if any(case.fiscal_year != fiscal_year for case in cases):
        raise Refused(_("Die Anträge müssen aus demselben Haushaltsjahr sein."), field="cases")


def _put_in(scenario: Scenario, cases: list[Case], *, after: int = 0) -> None:
    rows = enumerate(cases, start=after + 1)
    ScenarioRow.objects.bulk_create(
        [ScenarioRow(scenario=scenario, case=case, position=position) for position, case in rows]
    )


def save(scenario: Scenario, way: Way, tries: Mapping[int, Try], *, seen: int, actor: Actor) -> Scenario:
    """Keeps what was typed, by the key of the case. Raises Refused for an amount above what the case may get."""
    _acting(actor)
    with transaction.atomic():
        _claim(scenario, seen, title=way.title, rule=way.rule, unit=way.unit, cap=way.cap)
        found = Scenario.objects.get(pk=scenario.pk)
        _keep(sheet(found), tries)
    return found


def _keep(found: Sheet, tries: Mapping[int, Try]) -> None:
    changed = []
    for entry in found.entries:
        tried = tries.get(entry.case.pk)
        if tried is None:
            continue
        if sentence := entry.refuse(tried.amount):
            raise Refused(sentence, field=f"amount_{entry.case.pk}")
        if tried.is_fixed and tried.amount is None:
            raise Refused(_("Fest kann nur ein Betrag sein. Bitte schreiben Sie ihn."), field=f"amount_{entry.case.pk}")
        entry.row.amount, entry.row.is_fixed, entry.row.note = tried.amount, tried.is_fixed, tried.note
        changed.append(entry.row)
    ScenarioRow.objects.bulk_update(changed, ["amount", "is_fixed", "note"])


def respread(scenario: Scenario, way: Way, tries: Mapping[int, Try], *, seen: int, actor: Actor) -> Scenario:
    """Spreads what the fixed amounts leave of each line over the other cases that draw on it."""
    with transaction.atomic():
        kept = save(scenario, way, tries, seen=seen, actor=actor)
        found = sheet(kept)
        for pot in found.pots:
            shares = spread(
                (entry.claim for entry in pot.entries if not entry.row.is_fixed),
                available=pot.available - sum((entry.given for entry in pot.entries if entry.row.is_fixed), ZERO),
                rule=way.rule,
                unit=way.unit,
                cap=way.cap,
            )
            for entry in pot.entries:
                entry.row.amount = shares.get(entry.case.pk, entry.row.amount)
        ScenarioRow.objects.bulk_update([entry.row for entry in found.entries], ["amount"])
    return kept


def copy(scenario: Scenario, *, title: str, actor: Actor, at: datetime) -> Scenario:
    """The same cases and amounts in a scenario that is open."""
    acting = _acting(actor)
    with transaction.atomic():
        made = Scenario.objects.create(
            title=title, fiscal_year=scenario.fiscal_year, rule=scenario.rule, unit=scenario.unit, cap=scenario.cap,
            created_by=_person(acting), created_at=at,
        )  # fmt: skip
        names = ("case_id", "position", "amount", "is_fixed", "note")
        rows = scenario.rows.values(*names)
        ScenarioRow.objects.bulk_create([ScenarioRow(scenario=made, **row) for row in rows])
        _tell("scenario_begun", made, acting, at, count=len(rows))
    return made


def save_and_freeze(
    scenario: Scenario, way: Way, tries: Mapping[int, Try], *, seen: int, actor: Actor, at: datetime
) -> Scenario:
    """What is on the page becomes the proposal, or nothing of it is kept."""
    with transaction.atomic():
        kept = save(scenario, way, tries, seen=seen, actor=actor)
        return freeze(kept, seen=kept.version, actor=actor, at=at)


def freeze(scenario: Scenario, *, seen: int, actor: Actor, at: datetime) -> Scenario:
    """From now on it stays as it is. Raises Refused if nobody gets anything, or more than there is."""
    acting = _acting(actor)
    with transaction.atomic():
        _claim(scenario, seen, frozen_at=at, frozen_by=actor.key)
        frozen = Scenario.objects.get(pk=scenario.pk)
        found = sheet(frozen)
        _refuse_freezing(found)
        _tell("scenario_frozen", frozen, acting, at, count=len(found.entries), amount=str(found.given))
    return frozen


def _refuse_freezing(found: Sheet) -> None:
    if not any(entry.row.amount is not None for entry in found.entries):
        raise Refused(_("Noch hat kein Antrag einen Betrag. Bitte verteilen Sie zuerst."))
    for pot in found.pots:
        if pot.rest < 0:
            raise Refused(
                _("%(pot)s: Es fehlen %(amount)s. Bitte verteilen Sie weniger.")
                % {"pot": pot.label, "amount": format_money(-pot.rest)}
            )
    for entry in found.entries:
        if sentence := entry.refuse(entry.row.amount):
            raise Refused(f"{entry.case.reference}: {sentence}")


def remove(scenario: Scenario, *, seen: int, actor: Actor, at: datetime) -> None:
    """Only an open one: what was frozen stays to be read."""
    acting = _acting(actor)
    with transaction.atomic():
        _claim(scenario, seen)
        _tell("scenario_removed", scenario, acting, at)
        scenario.delete()


def require_editor(actor: Actor) -> None:
    _acting(actor)


def _person(actor: Actor) -> UUID:
    """The system makes no scenarios."""
    assert actor.key is not None
    return actor.key


def _acting(actor: Actor) -> Actor:
    role = next((role for role in EDITORS if actor.has_role(role)), None)
    if role is None:
        raise Forbidden(_("Szenarien schreiben Sachbearbeitung und Koordinierungsstelle."))
    return actor.acting_as(role)


def _claim(scenario: Scenario, seen: int, **changes: Any) -> None:
    """Takes the version that the person saw; whoever comes second, or after the freezing, is told."""
    own = Scenario.objects.filter(pk=scenario.pk)
    if own.filter(version=seen, frozen_at__isnull=True).update(version=F("version") + 1, **changes):
        return
    if own.filter(frozen_at__isnull=False).exists():
        raise Faster(_("Das Szenario ist inzwischen festgeschrieben. Ihre Eingabe wurde nicht übernommen."))
    raise Faster(_("Jemand hat das Szenario inzwischen geändert. Ihre Eingabe wurde nicht übernommen."))


def thread_of(scenario: Scenario) -> str:
    return f"scenario:{scenario.key}"


def _tell(kind: str, scenario: Scenario, actor: Actor, at: datetime, **facts: Any) -> None:
    record(
        kind,
        thread=thread_of(scenario),
        subject=("workflow.scenario", scenario.pk),
        actor=actor,
        at=at,
        facts={"title": scenario.title, **facts},
    )
