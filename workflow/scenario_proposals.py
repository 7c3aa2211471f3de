"""A frozen scenario becomes proposals: each row through the one door, as if made by hand; a refusal stops no other row.

What a body decides is not proposed here: it goes into a paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.roles import Role
from funding.models import Resolution
from funding.money import format_money
from journal.actors import Actor
from journal.events import record
from journal.machine import perform
from journal.models import Event
from journal.refusals import Forbidden, Refusal, Refused
from workflow import competence, papers
from workflow.models import Case, CaseResolution, CaseState, CouncilPaper, Scenario
from workflow.scenario_sheet import Entry, Sheet, sheet
from workflow.scenarios import thread_of

ZERO = Decimal("0.00")
KIND = "scenario_proposed"
S = CaseState


class Path(StrEnum):
    """What the scenario means for a case now."""

    PROPOSE = "propose"
    WAIT = "wait"
    BODY = "body"
    NOTHING = "nothing"
    SHUT = "shut"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A row and what becomes of it when the proposals are written. `version` is the case's, as it was read."""

    entry: Entry
    path: Path
    words: str

    @property
    def case(self) -> Case:
        return self.entry.case

    @property
    def is_taken(self) -> bool:
        return self.path in {Path.PROPOSE, Path.WAIT}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a row: done, refused or left."""

    reference: str
    result: str
    sentence: str


def plans_of(found: Sheet, *, on: date) -> list[Plan]:
    """What each row would become today, the best first: five queries more than the sheet."""
    cases = [entry.case for entry in found.entries]
    bodies = competence.bodies_for(cases, on=on)
    resolved = _resolved(cases)
    ranked = sorted(found.entries, key=lambda entry: entry.claim.rank)
    return [_plan(entry, bodies[entry.case.pk], entry.case.pk in resolved) for entry in ranked]


def _resolved(cases: list[Case]) -> set[int]:
    """On which a body has resolved favourably: their money may be proposed."""
    good = [CaseResolution.Outcome.ADOPTED, CaseResolution.Outcome.AMENDED]
    return set(CaseResolution.objects.filter(case__in=cases, outcome__in=good).values_list("case_id", flat=True))


def _plan(entry: Entry, body: str, is_resolved: bool) -> Plan:
    case, amount = entry.case, entry.row.amount
    if amount is None:
        return Plan(entry=entry, path=Path.NOTHING, words=_("ohne Betrag, bleibt wie er ist"))
    if case.state not in {S.TECHNICAL_REVIEW, S.WAITLISTED}:
        return _elsewhere(entry, amount)
    if not amount:
        return _without(entry)
    if body != Resolution.Body.ADMINISTRATION and not is_resolved:
        words = _("es entscheidet: %(body)s") % {"body": Resolution.Body(body).label}
        return Plan(entry=entry, path=Path.BODY, words=words)
    words = _("wird mit %(amount)s vorgeschlagen") % {"amount": format_money(amount)}
    return Plan(entry=entry, path=Path.PROPOSE, words=words)


def _without(entry: Entry) -> Plan:
    if entry.case.state == S.WAITLISTED:
        return Plan(entry=entry, path=Path.NOTHING, words=_("bleibt auf der Warteliste"))
    return Plan(entry=entry, path=Path.WAIT, words=_("kommt auf die Warteliste"))


def _elsewhere(entry: Entry, amount: Decimal) -> Plan:
    case = entry.case
    if case.state == S.IN_COMMITTEE:
        return Plan(entry=entry, path=Path.BODY, words=_("ist schon beim Gremium"))
    if case.state == S.DECISION_READY and case.proposed_amount == amount:
        return Plan(entry=entry, path=Path.NOTHING, words=_("ist schon so vorgeschlagen"))
    if case.state == S.DECISION_READY:
        words = _("liegt mit %(amount)s zur Entscheidung") % {"amount": format_money(case.proposed_amount)}
        return Plan(entry=entry, path=Path.SHUT, words=words)
    words = _("steht inzwischen auf „%(state)s“") % {"state": case.get_state_display()}
    return Plan(entry=entry, path=Path.SHUT, words=words)


def require_officer(actor: Actor) -> None:
    if not actor.has_role(Role.CASEWORKER):
        raise Forbidden(_("Vorschläge schreibt die Sachbearbeitung."))


def write(scenario: Scenario, *, reason: str, seen: Mapping[int, int], actor: Actor, at: datetime) -> list[Outcome]:
    """Writes the proposals of a frozen scenario. `seen` are the versions of the cases that the person read.

    Each row is a transaction of its own. Raises Forbidden for who may not propose, Refused for an open scenario or
    without a reason.
    """
    require_officer(actor)
    if scenario.frozen_at is None:
        raise Refused(_("Bitte schreiben Sie das Szenario zuerst fest."))
    if not reason.strip():
        raise Refused(_("Bitte schreiben Sie eine Begründung."), field="reason")
    outcomes = [
        _write(plan, reason=reason, seen=seen, actor=actor, at=at)
        for plan in plans_of(sheet(scenario), on=localdate(at))
    ]
    record(
        KIND,
        thread=thread_of(scenario),
        subject=("workflow.scenario", scenario.pk),
        actor=actor.acting_as(Role.CASEWORKER),
        at=at,
        reason=reason,
        facts={"title": scenario.title, "rows": [vars(outcome) for outcome in outcomes]},
    )
    return outcomes


def _write(plan: Plan, *, reason: str, seen: Mapping[int, int], actor: Actor, at: datetime) -> Outcome:
    if not plan.is_taken:
        result = "refused" if plan.path == Path.SHUT else "left"
        return Outcome(reference=plan.case.reference, result=result, sentence=plan.words)
    words = " ".join(filter(None, (reason.strip(), plan.entry.row.note)))
    data: dict[str, Any] = {"reason": words}
    name = "put_on_waitlist"
    if plan.path == Path.PROPOSE:
        name, data = "propose", data | {"amount": plan.entry.given, "score": plan.case.score, "skipping": words}
    try:
        perform(plan.case, name, actor=actor, at=at, data=data, expected_version=seen.get(plan.case.pk))
    except Refusal as refusal:
        return Outcome(reference=plan.case.reference, result="refused", sentence=refusal.sentence)
    return Outcome(reference=plan.case.reference, result="done", sentence=_done(plan))


def _done(plan: Plan) -> str:
    if plan.path == Path.WAIT:
        return _("steht auf der Warteliste")
    return _("vorgeschlagen: %(amount)s") % {"amount": format_money(plan.entry.given)}


def lay_before(scenario: Scenario, *, reason: str, actor: Actor, at: datetime) -> CouncilPaper:
    """Gives to the committee what a body decides, and drafts the paper for it: all or nothing.

    Raises Forbidden, Refused or Faster as the door and the papers do.
    """
    require_officer(actor)
    if scenario.frozen_at is None:
        raise Refused(_("Bitte schreiben Sie das Szenario zuerst fest."))
    rows = for_a_body(plans_of(sheet(scenario), on=localdate(at)))
    if not rows:
        raise Refused(_("Keiner dieser Anträge braucht einen Beschluss."))
    with transaction.atomic():
        for plan in rows:
            if plan.case.state != S.IN_COMMITTEE:
                perform(plan.case, "refer_to_committee", actor=actor, at=at, data={"reason": reason})
        amounts = [(plan.case, plan.entry.given) for plan in rows]
        return papers.from_cases(amounts, scenario=scenario, actor=actor, at=at)


def for_a_body(plans: list[Plan]) -> list[Plan]:
    """What a body decides and would give money to."""
    return [plan for plan in plans if plan.path == Path.BODY and plan.entry.given]


def told(scenario: Scenario) -> tuple[Event, dict[str, Outcome]] | None:
    """What came of the rows when the proposals were written last."""
    event = Event.objects.filter(thread=thread_of(scenario), kind=KIND).order_by("at", "pk").last()
    if event is None:
        return None
    rows = [Outcome(**row) for row in event.facts["rows"]]
    return event, {row.reference: row for row in rows}
