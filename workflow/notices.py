"""From a decided case to its notice: gathers the content, has it typeset, keeps it with its fingerprint.

Rendered outside the door: the door later takes only the fingerprint and refuses if the award moved on meanwhile.
The notice is German, for that is the official language (§ 23 Abs. 1 VwVfG).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications.models import COST_LABELS, SOURCE_LABELS, Application, SourceLine
from funding.law.grants import Financing, FundingSourceKind
from funding.models import Commitment, Programme
from funding.queries import total
from funding.sepa import mask_iban
from journal import values
from journal.actors import Actor
from journal.refusals import Refused
from workflow import competence, rules
from workflow.documents import (
    Addressee,
    AwardNotice,
    Condition,
    Contact,
    Expense,
    Letterhead,
    Payment,
    RejectionNotice,
    Source,
    YearShare,
    payload,
    render_notice,
    render_rejection,
    sha256,
)
from workflow.models import Award, Case, Document

L = TypeVar("L", AwardNotice, RejectionNotice)


def letterhead(*, on: date, signatory: str) -> Letterhead:
    """The office's letterhead of that day; without a set name the person who makes the notice signs."""
    known = {field.name for field in fields(Letterhead)}
    found = {key: text for key, text in values.texts("letterhead.", on=on).items() if key in known}
    return Letterhead(**{**found, "signatory": found.get("signatory") or signatory})


def contact_of(programme: Programme) -> Contact:
    return Contact(name=programme.contact_name, phone=programme.contact_phone, email=programme.contact_email)


def addressee_of(application: Application) -> Addressee:
    organisation = application.organisation
    return Addressee(
        name=organisation.name,
        representative="" if organisation.is_natural_person else organisation.representative,
        street=organisation.street,
        town=f"{organisation.postcode} {organisation.town}".strip(),
    )


def _common(case: Case, *, number: int, actor: Actor, on: date) -> dict[str, Any]:
    return {
        "letterhead": letterhead(on=on, signatory=actor.name),
        "contact": contact_of(case.programme),
        "addressee": addressee_of(case.application),
        "reference": case.reference,
        "version": number,
        "notice_on": on,
        "programme": f"„{case.programme.title}“",
        "legal_basis": values.text("notice.legal_basis", on=on),
        "title": case.application.title,
        "applied_on": localdate(case.received_at),
        "requested": case.requested_amount,
        "resolution": _resolution(case),
    }


def _resolution(case: Case) -> str:
    found = competence.favourable_resolution(case)
    if found is None:
        return ""
    day = found.resolution.resolved_on.strftime("%d.%m.%Y")
    body = found.resolution.get_body_display()
    return f"{body}: Beschluss {found.resolution.number} vom {day}."


def award_notice(award: Award, *, number: int, actor: Actor, on: date) -> AwardNotice:
    """The content of the notice of award as of now. Raises Refused if the plan contradicts the decision."""
    case, application, programme = award.case, award.case.application, award.case.programme
    partial = award.amount < case.requested_amount
    assert application.starts_on is not None
    assert application.ends_on is not None
    try:
        return AwardNotice(
            **_common(case, number=number, actor=actor, on=on),
            purpose=application.summary,
            project_from=application.starts_on,
            project_to=application.ends_on,
            earliest_start=rules.earliest_start(case),
            amount=award.amount,
            reasons=(case.decision_reason,) if partial and case.decision_reason else (),
            financing=Financing(award.financing),
            rate=award.effective_rate if award.financing == Financing.SHARE else None,
            expenses=tuple(_expenses(application)),
            sources=tuple(_sources(application)),
            payment=Payment(programme.payment_mode),
            payable_when_final=programme.payable_on == Programme.PayableOn.FINALITY,
            account=mask_iban(application.organisation.iban) if application.organisation.iban else "",
            conditions=tuple(_conditions(award)),
            report_due_on=award.report_due_on,
            later_years=tuple(_later_years(award)),
            clawback_threshold=values.decimal("clawback.threshold", on=on).quantize(Decimal("0.01")),
        )
    except ValueError as error:
        raise Refused(
            _("Der Bescheid lässt sich nicht erstellen: Finanzplan und Bewilligung passen nicht zusammen.")
        ) from error


def _later_years(award: Award) -> list[YearShare]:
    """What stands under the budget proviso: the shares of years whose budget is not approved yet."""
    pledged = Commitment.objects.filter(thread=award.thread, pledged__gt=0).order_by().values("line__fiscal_year")
    years = pledged.annotate(sum=total("pledged")).order_by("line__fiscal_year")
    return [YearShare(year=row["line__fiscal_year"], amount=row["sum"]) for row in years]


def _expenses(application: Application) -> list[Expense]:
    return [
        Expense(label=_named(COST_LABELS[line.category], line.description), amount=line.amount, eligible=line.amount)
        for line in application.costs.all()
    ]


def _sources(application: Application) -> list[Source]:
    """All but the county's own grant, which the notice adds itself, and what was declined."""
    return [
        Source(label=_named(SOURCE_LABELS[line.kind], line.description), amount=line.amount)
        for line in application.sources.all()
        if line.kind != FundingSourceKind.COUNTY_GRANT and line.status != SourceLine.Status.DECLINED and line.amount
    ]


def _named(label: Any, description: str) -> str:
    return f"{label}: {description}" if description else str(label)


def _conditions(award: Award) -> list[Condition]:
    return [
        Condition(title=f"Nebenbestimmung {number}", text=_sentence(text))
        for number, text in enumerate(award.conditions, start=1)
    ]


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def rejection_notice(case: Case, *, number: int, actor: Actor, on: date) -> RejectionNotice:
    """The content of the rejection as of now. Raises Refused without reasons (§ 39 VwVfG)."""
    reasons = tuple(line.strip() for line in case.decision_reason.splitlines() if line.strip())
    if not reasons:
        raise Refused(_("Die Ablehnung braucht eine Begründung."))
    return RejectionNotice(**_common(case, number=number, actor=actor, on=on), reasons=reasons)


def render_award_notice(award: Award, *, actor: Actor, at: datetime) -> Document:
    """Typesets the notice of award and keeps it as the next document of the case."""

    def content(number: int) -> AwardNotice:
        return award_notice(award, number=number, actor=actor, on=localdate(at))

    return _make(award.case, Document.Kind.AWARD_NOTICE, content, render_notice, version=award.version, at=at)


def render_rejection_notice(case: Case, *, actor: Actor, at: datetime) -> Document:
    """The same for a rejection."""

    def content(number: int) -> RejectionNotice:
        return rejection_notice(case, number=number, actor=actor, on=localdate(at))

    return _make(case, Document.Kind.REJECTION_NOTICE, content, render_rejection, version=case.version, at=at)


def _make(
    case: Case, kind: str, content: Callable[[int], L], render: Callable[..., bytes], *, version: int, at: datetime
) -> Document:
    number = _last_number(case, kind) + 1
    with translation.override("de"):
        data = content(number)
        pdf = render(data, at=at)
    with transaction.atomic():
        if _last_number(case, kind) >= number:
            raise Refused(_("Gerade hat jemand anderes den Bescheid erstellt. Bitte laden Sie die Seite neu."))
        return Document.objects.create(
            case=case,
            kind=kind,
            number=number,
            content=payload(data),
            pdf=pdf,
            sha256=sha256(pdf),
            subject_version=version,
            rendered_at=at,
        )


def _last_number(case: Case, kind: str) -> int:
    last: int | None = Document.objects.filter(case=case, kind=kind).aggregate(last=Max("number"))["last"]
    return last or 0
