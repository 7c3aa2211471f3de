"""The check before anything is written: does this fit the programme? An administrator writes the rules and the reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from applications.models import Application, EligibilityRule
from funding.models import Programme

Subject = EligibilityRule.Subject


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known so far; None and missing keys are not known yet. `answers` are those to own questions, by rule."""

    organisation_kind: str | None = None
    municipality: str | None = None
    measure: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    amount: Decimal | None = None
    answers: dict[int, bool] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`holds` is None while the answer is not known."""

    rule: EligibilityRule
    holds: bool | None

    @property
    def reason(self) -> str:
        return self.rule.reason


def rules_of(programme: Programme) -> list[EligibilityRule]:
    return list(EligibilityRule.objects.filter(programme=programme).order_by("position", "pk"))


def rules_for(application: Application) -> list[EligibilityRule]:
    """The rules of its programme: no query where they were read together with the draft."""
    known = application.known_rules
    return rules_of(application.round.programme) if known is None else known


def facts_of(application: Application, *, amount: Decimal) -> Facts:
    """The same facts, while the form is being filled in."""
    return Facts(
        organisation_kind=application.organisation.kind,
        municipality=application.municipality.name if application.municipality else None,
        measure=application.measure.code if application.measure else None,
        starts_on=application.starts_on,
        ends_on=application.ends_on,
        amount=amount or None,
    )


def check(rules: Iterable[EligibilityRule], facts: Facts, *, today: date) -> list[Finding]:
    return [Finding(rule=rule, holds=holds(rule, facts, today=today)) for rule in rules]


def against(findings: Iterable[Finding]) -> list[Finding]:
    """Only what speaks against it."""
    return [finding for finding in findings if finding.holds is False]


def holds(rule: EligibilityRule, facts: Facts, *, today: date) -> bool | None:
    """Whether a rule's condition is met; None while the fact is not known."""
    one_of = {
        Subject.ORGANISATION_KIND: facts.organisation_kind,
        Subject.MUNICIPALITY: facts.municipality,
        Subject.MEASURE: facts.measure,
    }
    if rule.subject in one_of:
        known = one_of[Subject(rule.subject)]
        return None if known is None else known in rule.expected
    if rule.subject in {Subject.YES, Subject.NO}:
        said = facts.answers.get(rule.pk)
        return None if said is None else said is (rule.subject == Subject.YES)
    return _measured(rule, facts, today=today)


def _measured(rule: EligibilityRule, facts: Facts, *, today: date) -> bool | None:
    limit = limit_of(rule)
    if rule.subject == Subject.STARTS_AFTER_DAYS:
        return None if facts.starts_on is None else (facts.starts_on - today).days >= limit
    if rule.subject == Subject.LASTS_AT_MOST_DAYS:
        if facts.starts_on is None or facts.ends_on is None:
            return None
        return (facts.ends_on - facts.starts_on).days + 1 <= limit
    if facts.amount is None:
        return None
    return facts.amount >= limit if rule.subject == Subject.AMOUNT_AT_LEAST else facts.amount <= limit


def limit_of(rule: EligibilityRule) -> Decimal:
    """Days or euros, as the subject says."""
    return Decimal(str(rule.expected[0])) if rule.expected else Decimal(0)
