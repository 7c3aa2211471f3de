"""What the computer noticed about a case is kept as one row each, and people say why it may stand.

A soft finding is acknowledged with a reason and blocks nothing. A hard one stops the approval until its cause is gone;
a report that is overdue and an open claim the decider may let pass with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.roles import Role
from journal import impartial
from journal.actors import Actor
from journal.events import record
from journal.refusals import Faster, Forbidden, Refused
from workflow import noticing
from workflow.models.review import Finding
from workflow.noticing import Noticed

if TYPE_CHECKING:
    from workflow.models import Case

Code = Finding.Code
UNDECIDED = (
    "submitted", "formal_check", "info_requested", "technical_review", "waitlisted", "in_committee", "decision_ready",
    "revision_offered",
)  # fmt: skip
OVERRIDABLE = frozenset({Code.OVERDUE_REPORT, Code.OPEN_CLAIM})
"""Stop an approval, unless the decider lets it pass with a reason."""


def refresh(case: Case, *, at: datetime) -> None:
    """Computes anew: new things are noted, what is gone is marked so, what was acknowledged stays acknowledged."""
    noticed = {(one.code.value, one.fingerprint): one for one in noticing.compute(case, today=localdate(at))}
    with transaction.atomic():
        known = {(one.code, one.fingerprint): one for one in case.findings.select_for_update()}
        changed = [found for mark, found in known.items() if _follow(found, noticed.get(mark), at)]
        if changed:
            Finding.objects.bulk_update(changed, ["sentence", "is_hard", "found_at", "gone_at"])
        new = [_row(case, one, at) for mark, one in noticed.items() if mark not in known]
        if new:
            # Two people may look at once: what the other one noted a moment ago is not noted again.
            Finding.objects.bulk_create(new, ignore_conflicts=True)


def _row(case: Case, one: Noticed, at: datetime) -> Finding:
    return Finding(
        case=case, code=one.code, fingerprint=one.fingerprint, sentence=one.sentence[:300], is_hard=one.is_hard,
        found_at=at,
    )  # fmt: skip


def _follow(found: Finding, now: Noticed | None, at: datetime) -> bool:
    """Brings a row up to date; tells whether anything changed."""
    if now is None:
        if found.gone_at is not None:
            return False
        found.gone_at = at
        return True
    same = found.gone_at is None and (found.sentence, found.is_hard) == (now.sentence[:300], now.is_hard)
    if found.gone_at is not None:
        found.found_at, found.gone_at = at, None
    found.sentence, found.is_hard = now.sentence[:300], now.is_hard
    return not same


def standing(found: Iterable[Finding]) -> list[Finding]:
    return [one for one in found if one.gone_at is None]


def in_the_way(case: Case, *, today: date) -> str | None:
    """The first thing that stops an approval; debts are looked up anew, for they change without the case."""
    kept = {(one.code, one.fingerprint): one for one in case.findings.filter(is_hard=True)}
    for one in noticing.debts(noticing.Facts(case, today)):
        row = kept.get((one.code.value, one.fingerprint))
        if row is None or row.acknowledged_at is None:
            return one.sentence
    inside = (row for row in kept.values() if row.gone_at is None and row.code not in OVERRIDABLE)
    return next((row.sentence for row in inside), None)


# Acknowledging


def role_for(finding: Finding, actor: Actor) -> str | None:
    """In which role the person may acknowledge it; what stops an approval only the decider, and not everything."""
    if finding.is_hard:
        return Role.DECIDER if finding.code in OVERRIDABLE and actor.has_role(Role.DECIDER) else None
    return next((role for role in (Role.CASEWORKER, Role.DECIDER) if actor.has_role(role)), None)


def may_acknowledge(case: Case, finding: Finding, actor: Actor) -> bool:
    is_open = finding.acknowledged_at is None and finding.gone_at is None
    return is_open and case.state in UNDECIDED and role_for(finding, actor) is not None


def acknowledge(finding: Finding, *, reason: str, actor: Actor, at: datetime) -> None:
    """Notes that somebody looked at it, and why it may stand. Raises Forbidden, Refused or Faster."""
    role = role_for(finding, actor)
    if role is None:
        raise Forbidden(_("Darüber entscheidet eine andere Person."))
    impartial.require(finding.case, actor=actor, today=localdate(at))
    if not reason.strip():
        raise Refused(_("Bitte schreiben Sie eine Begründung."), field="reason")
    if finding.case.state not in UNDECIDED:
        raise Refused(_("Über den Antrag ist schon entschieden."))
    impartial.require(finding.case, actor=actor, today=localdate(at))
    with transaction.atomic():
        rows = Finding.objects.filter(pk=finding.pk, acknowledged_at__isnull=True, gone_at__isnull=True)
        if not rows.update(acknowledged_by=actor.key, acknowledged_at=at, reason=reason.strip()):
            raise Faster(_("Das hat inzwischen jemand anderes geklärt."), event=None)
        record(
            "finding_overridden" if finding.is_hard else "finding_acknowledged",
            thread=finding.case.reference,
            subject=("workflow.finding", finding.pk),
            actor=actor.acting_as(role),
            at=at,
            reason=reason.strip(),
            facts={"finding": finding.sentence, "code": finding.code},
        )
