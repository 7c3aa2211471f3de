"""A resolution is carried out: the steps of its cases, each as if made by hand, ordered with one confirmation.

First the committee office enters the resolution at each case, then the decider decides within it. A body that only
advises brings about nothing: its vote stands in the register.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.roles import Role
from funding.money import format_money
from journal.actors import Actor
from journal.machine import step_of
from workflow import bulk, rules
from workflow.bulk import Wish
from workflow.models import Case, CaseResolution, CaseState, Consultation, ConsultationCase
from workflow.models.case import BEFORE_DECISION
from workflow.votes import RESOLVED

ZERO = Decimal("0.00")
ENTER, DECIDE = "enter", "decide"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One case on a page that orders: its step in words, its amount, and the sentence that stands against it."""

    wish: Wish
    amount: Decimal
    label: str
    against: str = ""

    @property
    def case(self) -> Case:
        return self.wish.case


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What one person can bring about with one confirmation; `kind` is ENTER, DECIDE or the name of a step."""

    kind: str
    rows: list[Row]

    @property
    def possible(self) -> list[Row]:
        return [row for row in self.rows if not row.against]

    @property
    def total(self) -> Decimal:
        return sum((row.amount for row in self.possible), ZERO)

    @property
    def steps(self) -> set[str]:
        return {row.wish.step for row in self.possible}

    @property
    def button(self) -> str:
        """Says what happens, with the number and the amount."""
        count, told = len(self.possible), {"count": len(self.possible), "amount": format_money(self.total)}
        if self.kind not in {ENTER, DECIDE}:
            return ngettext("%(label)s: %(count)s Vorgang", "%(label)s: %(count)s Vorgänge", count) % {
                "label": label_of(self.kind), "count": count,
            }  # fmt: skip
        if self.kind == ENTER:
            return (
                ngettext(
                    "Beschluss zu %(count)s Antrag eintragen, %(amount)s",
                    "Beschluss zu %(count)s Anträgen eintragen, %(amount)s",
                    count,
                )
                % told
            )
        return (
            ngettext(
                "Über %(count)s Antrag entscheiden, %(amount)s", "Über %(count)s Anträge entscheiden, %(amount)s", count
            )
            % told
        )


LABELS = {
    "record_resolution": lambda: _("Beschluss eintragen"),
    "approve": lambda: _("bewilligen"),
    "offer": lambda: _("niedrigeren Betrag anbieten"),
    "reject": lambda: _("ablehnen"),
}


def label_of(step: str) -> str:
    found = LABELS.get(step)
    return found() if found else str(step_of(Case.transitions()[step]).label)


def row_for(wish: Wish, *, actor: Actor, today: date) -> Row:
    return Row(wish=wish, amount=bulk.amount_of(wish), label=label_of(wish.step), against=_against(wish, actor, today))


AT_A_GLANCE = frozenset({
    rules.proposal_is_positive, rules.decider_is_second_person, rules.offer_is_accepted, rules.project_has_not_begun,
})  # fmt: skip
"""Guards that ask the database nothing. The page of thirty cases asks these; the door asks all, case by case."""


def _against(wish: Wish, actor: Actor, today: date) -> str:
    found = dict(wish.case.steps()).get(wish.step)
    if found is None:
        return bulk.moved_on(wish.case)
    if found.permission(wish.case, actor) is None:
        return _("Diese Aufgabe gehört einer anderen Person.")
    asked = (guard(wish.case, actor=actor, today=today) for guard in found.guards if guard in AT_A_GLANCE)
    return next((str(sentence) for sentence in asked if sentence), "")


# A resolution and its cases


def outcome_rows(consultation: Consultation) -> list[tuple[Case, Decimal, Decimal | None]]:
    """Each case with what was proposed and what the body resolved."""
    resolved = {row.case_id: row.amount for row in consultation.cases.all()}
    listed = consultation.paper.cases.select_related("case__application__organisation")
    return [(row.case, row.amount, resolved.get(row.case_id)) for row in listed]


def is_binding(consultation: Consultation) -> bool:
    return consultation.part == Consultation.Part.DECIDES and consultation.outcome in RESOLVED


def plan(consultation: Consultation, *, actor: Actor, today: date) -> Plan | None:
    """What this person can order now, or None: nothing follows from advice, and nothing twice."""
    if not is_binding(consultation) or not actor.has_role(Role.COMMITTEE_OFFICE, Role.DECIDER):
        return None
    if consultation.jobs.filter(ended_at__isnull=True).exists():
        return None
    rows = _resolved(consultation)
    entering = _entering(rows, actor, today) if actor.has_role(Role.COMMITTEE_OFFICE) else None
    deciding = _deciding(rows, actor, today) if actor.has_role(Role.DECIDER) else None
    plans = [found for found in (entering, deciding) if found]
    return next((found for found in plans if found.possible), next(iter(plans), None))


def _resolved(consultation: Consultation) -> list[ConsultationCase]:
    """What the body resolved, each marked whether it is entered at its case: one query."""
    entered = CaseResolution.objects.filter(case=OuterRef("case"), resolution=consultation.resolution_id)
    related = consultation.cases.select_related(
        "case__application__organisation", "case__application__round__programme", "case__programme"
    )
    return list(related.annotate(is_entered=Exists(entered)).order_by("pk"))


def _entering(resolved: list[Any], actor: Actor, today: date) -> Plan | None:
    """Cases that the resolution is not entered at; those that do not lie before the body say so. Nothing is left where
    all that remain are closed."""
    wishes = [
        Wish(case=row.case, step="record_resolution", amount=row.amount) for row in resolved if not row.is_entered
    ]
    rows = [row_for(wish, actor=actor, today=today) for wish in wishes]
    return Plan(kind=ENTER, rows=rows) if any(row.case.state in BEFORE_DECISION for row in rows) else None


def _deciding(resolved: list[Any], actor: Actor, today: date) -> Plan | None:
    entered = [row.case for row in resolved if row.case.state == CaseState.DECISION_READY and row.is_entered]
    wishes = [bulk.natural_step(case, actor=actor, today=today) for case in entered]
    return Plan(kind=DECIDE, rows=[row_for(wish, actor=actor, today=today) for wish in wishes]) if wishes else None


def vote_as_data(consultation: Consultation) -> dict[str, Any]:
    """What `record_resolution` is told at each case."""
    assert consultation.resolution is not None
    return {
        "body": consultation.resolution.body,
        "resolved_on": consultation.resolution.resolved_on.isoformat(),
        "number": consultation.resolution.number,
        "outcome": consultation.outcome,
        "votes_yes": consultation.votes_yes,
        "votes_no": consultation.votes_no,
        "votes_abstained": consultation.votes_abstained,
    }


def jobs_of(consultation: Consultation) -> list[Any]:
    return list(bulk.with_numbers().filter(consultation=consultation))
