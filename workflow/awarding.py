"""What an award sets in motion: the commitment, the notice's dates, the money that becomes payable or free again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications import account, membership, plans
from funding import ledger, payments
from funding.law import grants, periods
from funding.models import Clawback, Commitment, Hold, Resolution
from funding.models.clawback import OPEN as OPEN_CLAWBACKS
from journal import values
from journal.actors import Actor
from journal.refusals import Refused
from workflow import money
from workflow.models.records import CaseResolution, Document

if TYPE_CHECKING:
    from workflow.models import Award, Case

ZERO = Decimal("0.00")


def record_resolution(case: Case, *, amount: Decimal, vote: dict[str, Any]) -> CaseResolution:
    """Enters what a body resolved about the case; the resolution itself is in the register once."""
    resolution, _created = Resolution.objects.get_or_create(
        body=vote["body"],
        resolved_on=vote["resolved_on"],
        number=vote["number"],
        defaults={"subject": str(case.application)},
    )
    return CaseResolution.objects.create(
        case=case,
        resolution=resolution,
        outcome=vote["outcome"],
        amount=amount,
        votes_yes=vote["votes_yes"],
        votes_no=vote["votes_no"],
        votes_abstained=vote["votes_abstained"],
    )


def award(case: Case, *, conditions: list[str], actor: Actor, at: datetime) -> Award:
    """Turns the reservation into a commitment and opens the award with its notice in draft."""
    assert case.decided_amount is not None
    application, programme = case.application, case.programme
    application.organisation = membership.hold(application.organisation)
    ledger.share_out(
        money.shares_of(case, case.decided_amount),
        purpose=_purpose(case),
        decided_by=actor.key,
        move=ledger.Movement(actor=actor, at=at, reason="Bewilligung", thread=case.reference),
    )
    if account.pending(application.organisation):
        payments.hold(case.reference, Hold.Kind.IBAN, actor=actor, at=at)
    plan = plans.plan_of(application)
    rule = programme.rule
    rate = (
        grants.effective_rate(case.decided_amount, eligible=plan.eligible, rate=rule.rate, unit=rule.unit)
        if rule.rate
        else Fraction(case.decided_amount) / Fraction(plan.eligible)
    )
    assert application.ends_on is not None
    created: Award = _award_model(case).objects.create(
        case=case,
        amount=case.decided_amount,
        eligible_cost=plan.eligible,
        financing=programme.financing,
        effective_rate_numerator=rate.numerator,
        effective_rate_denominator=rate.denominator,
        conditions=conditions,
        decided_by=actor.key,
        decided_on=localdate(at),
        project_ends_on=application.ends_on,
        report_due_on=periods.report_due_on(application.ends_on, months=programme.report_months),
    )
    return created


def _award_model(case: Case) -> Any:
    """The model on the other end of Case.award: named through the relation, since Award stands above this module."""
    return type(case)._meta.get_field("award").related_model


def _purpose(case: Case) -> ledger.Purpose:
    application = case.application
    organisation = application.organisation
    return ledger.Purpose(
        payee_key=organisation.key,
        payee_name=organisation.account_holder or organisation.name,
        payee_iban=organisation.iban,
        is_natural_person=organisation.is_natural_person,
        title=application.title,
        programme=case.programme,
        measure=application.measure,
        municipality=application.municipality,
    )


def is_draft(case: Case) -> bool:
    """Whether no notice of award has left the house."""
    return not _award_model(case).objects.filter(case=case).exclude(state="draft_notice").exists()


def undo(case: Case, *, reason: str, actor: Actor, at: datetime) -> None:
    """Takes an award back that nobody outside has heard of: its commitment is freed, its draft goes."""
    for commitment in ledger.lock_award(case.reference):
        ledger.reduce(commitment, ZERO, actor=actor, at=at, reason=reason)
    _award_model(case).objects.filter(case=case, state="draft_notice").delete()


# The notice


def refuse_closed_channel(award: Award, refusal: str | None) -> None:
    """Whoever hands in a channel is asked here too, not only in the form."""
    if refusal:
        raise Refused(refusal, field="channel")


def freeze_notice(award: Award, *, document_sha256: str, sent_on: date) -> None:
    """The very bytes that were looked at leave the house: refuses if the notice moved on since."""
    current = award.case.documents.filter(
        kind=Document.Kind.AWARD_NOTICE,
        sha256=document_sha256,
        subject_version=award.version,
        rendered_at__gte=award.case.decided_at,
    )
    if not current.update(sent_on=sent_on):
        raise Refused(_("Der Bescheid hat sich geändert. Bitte sehen Sie die neue Fassung an."))


def freeze_rejection(case: Case, *, sent_on: date) -> None:
    """Notes on the newest rejection that it has left the house: from then on the association may read it."""
    newest = case.documents.filter(kind=Document.Kind.REJECTION_NOTICE, subject_version=case.version).last()
    if newest is not None:
        Document.objects.filter(pk=newest.pk).update(sent_on=sent_on)


def deemed_on(award: Award) -> date | None:
    """The day on which the notice is deemed notified (§ 41 Abs. 2 VwVfG); None for the portal before retrieval."""
    if award.issued_on is None or award.channel == periods.Channel.PORTAL:
        return None
    return periods.notified_by_letter(award.issued_on)


def set_retrieved(award: Award, *, at: datetime) -> None:
    set_notified(award, localdate(at) + timedelta(days=1))


def set_notified(award: Award, notified_on: date | None) -> None:
    assert notified_on is not None
    award.notified_on = notified_on
    award.lawsuit_until = periods.lawsuit_period(notified_on).ends_on


def calculated_finality(award: Award) -> date:
    assert award.notified_on is not None
    return periods.final_on(award.notified_on, waived_on=award.waived_on)


def activate(award: Award, *, final_on: date) -> None:
    """Final: from now on money may flow and the award may be named in public."""
    award.final_on = final_on
    payments.allow(award.thread, payable_from=final_on)
    payments.publish(award.thread)


def make_payable(award: Award) -> None:
    """Payable on notification: money may flow, the award is not yet published."""
    assert award.notified_on is not None
    payments.allow(award.thread, payable_from=award.notified_on)


def hold_for_lawsuit(award: Award, *, actor: Actor, at: datetime) -> None:
    payments.hold(award.thread, Hold.Kind.LAWSUIT, actor=actor, at=at)


def release_lawsuit(award: Award, *, at: datetime) -> None:
    payments.release(award.thread, Hold.Kind.LAWSUIT, at=at)


# Settlement and exits


def open_amount(award: Award) -> Decimal:
    return sum((found.open for found in Commitment.objects.filter(thread=award.thread)), ZERO)


def settle_money(award: Award, *, final_amount: Decimal, reason: str, actor: Actor, at: datetime) -> None:
    """Lowers the commitments to the final amount; what is paid beyond it, over all lines and years, is claimed back."""
    held = ledger.lock_award(award.thread)
    kept = _kept(held, final_amount)
    for commitment, target in zip(held, kept, strict=True):
        ledger.reduce(commitment, target, actor=actor, at=at, reason=reason)
    overpaid = [commitment.paid - target for commitment, target in zip(held, kept, strict=True)]
    if sum((max(ZERO, amount) for amount in overpaid), ZERO) > values.decimal("clawback.threshold", on=localdate(at)):
        for commitment, amount in zip(held, overpaid, strict=True):
            _claim_back(commitment, amount, ground="settlement", actor=actor, at=at)


def _kept(commitments: list[Commitment], final_amount: Decimal) -> list[Decimal]:
    """What each part keeps of the final amount: first what is paid there, then what may still be paid."""
    rest, kept = final_amount, []
    for commitment in commitments:
        kept.append(min(rest, commitment.paid))
        rest -= kept[-1]
    for place, commitment in enumerate(commitments):
        more = min(rest, commitment.promised - commitment.paid)
        kept[place] += more
        rest -= more
    return kept


def free_money(award: Award, *, reason: str, actor: Actor, at: datetime) -> None:
    """Renounced or revoked: what is not paid becomes free the same day; what is paid is claimed back."""
    settle_money(award, final_amount=ZERO, reason=reason, actor=actor, at=at)


def _claim_back(commitment: Commitment, amount: Decimal, *, ground: str, actor: Actor, at: datetime) -> None:
    today = localdate(at)
    claimed = Clawback.objects.filter(commitment=commitment, state__in=OPEN_CLAWBACKS).exists()
    if amount <= ZERO or claimed:
        return
    days = values.number("clawback.hearing_days", on=today)
    Clawback.objects.create(
        commitment=commitment,
        amount=amount,
        ground=ground,
        heard_until=periods.hearing_ends_on(today, days=days),
        opened_by=actor.key,
        opened_at=at,
    )
