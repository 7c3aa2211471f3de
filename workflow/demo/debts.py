"""What the decider of the demo says about debts of an applicant, so that its year goes on."""

from __future__ import annotations

from datetime import datetime

from journal.actors import Actor
from workflow import findings
from workflow.models import Case


def let_pass(case: Case, *, actor: Actor, at: datetime) -> None:
    findings.refresh(case, at=at)
    for found in findings.standing(case.findings.all()):
        if found.is_hard and findings.may_acknowledge(case, found, actor):
            findings.acknowledge(found, reason="Der Betrag wird in Raten gezahlt.", actor=actor, at=at)
