"""What the office asks and what comes back: the checklist, questions to the association, reopened sections."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications import actions, completeness, plans, uploads
from applications.completeness import Section
from applications.models import Application, Attachment
from funding.law.grants import FundingSourceKind
from funding.models import Clawback
from funding.models.clawback import OPEN as OPEN_CLAWBACKS
from funding.money import format_money
from journal import impartial
from journal.actors import Actor
from journal.events import record
from journal.refusals import Faster, Refused
from workflow import findings
from workflow.models.records import ChecklistItem, InformationRequest
from workflow.models.review import CheckPoint

if TYPE_CHECKING:
    from workflow.models import Case

Code = ChecklistItem.Code
ZERO = Decimal("0.00")
ON_PAPER, COMPLETE_ON_PAPER = "paper", "Angaben auf dem Papier vollständig"
"""A point of the checklist that only an application on paper has: the portal takes nothing that is incomplete."""


def open_checklist(case: Case, *, at: datetime) -> None:
    """The points of the formal check, each with what the computer found; those that the programme added; the findings."""
    with translation.override("de"):  # the file is kept in German, whoever opens it
        hints = _hints(case)
    rows = [ChecklistItem(case=case, code=code, hint=hints.get(code, "")) for code in Code]
    own = CheckPoint.objects.filter(programme=case.programme_id, retired_at__isnull=True)
    rows += [ChecklistItem(case=case, code=f"p{point.pk}", title=point.title, hint=point.hint) for point in own]
    if case.is_paper:
        found = " ".join(gaps(case))
        rows.append(ChecklistItem(case=case, code=ON_PAPER, title=COMPLETE_ON_PAPER, hint=shorten(found, 300)))
    for position, item in enumerate(rows):
        item.position = position
    ChecklistItem.objects.bulk_create(rows, ignore_conflicts=True)
    findings.refresh(case, at=at)


def gaps(case: Case) -> list[str]:
    """What the application leaves open, in German: the file is kept in it."""
    with translation.override("de"):
        missing = completeness.missing_in(case.application, today=localdate(case.received_at))
        return [one.sentence for one in missing]


def shorten(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _hints(case: Case) -> dict[str, str]:
    application = case.application
    plan = plans.plan_of(application)
    missing = completeness.missing_in(application, today=localdate(case.received_at))
    return {
        Code.IN_TIME: _("Der Antrag kam nach der Frist.") if case.is_late else "",
        Code.APPLICANT: str(application.organisation.get_kind_display()),
        Code.NOT_BEGUN: _("Beginn %(day)s") % {"day": application.starts_on.strftime("%d.%m.%Y")}
        if application.starts_on
        else "",
        Code.PLAN: _("Ausgaben %(costs)s, Einnahmen %(income)s")
        % {"costs": format_money(plan.expenditure), "income": format_money(plan.income)},
        Code.DECLARATIONS: _("%(count)s von %(all)s, abgegeben von %(name)s")
        % {
            "count": len(application.declarations),
            "all": len(completeness.DECLARATIONS),
            "name": application.declared_by,
        },
        Code.DOCUMENTS: "; ".join(item.sentence for item in missing if item.section == Section.DOCUMENTS)
        or ", ".join(str(f.get_kind_display()) for f in application.attachments.filter(removed_at__isnull=True)),
        Code.DUPLICATE: _similar(application),
        Code.DEBTS: _debts(application),
    }


def _similar(application: Application) -> str:
    """The same organisation already applied with the same title."""
    others = Application.objects.filter(
        organisation=application.organisation, title__iexact=application.title, filed_at__isnull=False
    ).exclude(pk=application.pk)
    found = others.first()
    return _("Ähnlicher Titel wie %(reference)s") % {"reference": found.reference} if found else ""


def _debts(application: Application) -> str:
    claims = Clawback.objects.filter(
        commitment__payee_key=application.organisation.key, state__in=OPEN_CLAWBACKS
    ).select_related("commitment")
    return "; ".join(_("Offene Rückforderung in %(reference)s") % {"reference": c.commitment.thread} for c in claims)


def tick(item: ChecklistItem, *, result: str, note: str, actor: Actor, at: datetime) -> None:
    """The officer's finding on one point. A notice or a missing paper needs a note."""
    if result in {ChecklistItem.Result.NOTICE, ChecklistItem.Result.MISSING} and not note.strip():
        raise Refused(_("Bitte schreiben Sie dazu, was auffällt."), field="note")
    impartial.require(item.case, actor=actor, today=localdate(at))
    ChecklistItem.objects.filter(pk=item.pk).update(result=result, note=note, checked_by=actor.key, checked_at=at)
    record(
        "point_checked",
        thread=item.case.reference,
        subject=("workflow.checklistitem", item.pk),
        actor=actor,
        at=at,
        facts={"code": item.code, "title": item.title, "result": result, "note": note},
    )


def reopen(item: ChecklistItem, *, actor: Actor, at: datetime) -> None:
    """Takes the finding on a point back; the point keeps who did so and when. Raises Faster if it is open already."""
    impartial.require(item.case, actor=actor, today=localdate(at))
    rows = ChecklistItem.objects.filter(pk=item.pk).exclude(result=ChecklistItem.Result.OPEN)
    with transaction.atomic():
        if not rows.update(result=ChecklistItem.Result.OPEN, note="", checked_by=actor.key, checked_at=at):
            raise Faster(_("Dieser Punkt ist schon wieder offen."))
        record(
            "point_reopened",
            thread=item.case.reference,
            subject=("workflow.checklistitem", item.pk),
            actor=actor,
            at=at,
            facts={"code": item.code, "title": item.title, "result": item.result, "note": item.note},
        )


def ask(
    case: Case, *, items: str, sections: list[str], due_on: date, actor: Actor, at: datetime, text: str = ""
) -> InformationRequest:
    """Opens the named sections for the association until it answers. `text` are the officer's own words for the letter."""
    actions.open_sections(case.application, sections)
    return InformationRequest.objects.create(
        case=case, items=items, text=text, sections=sections, due_on=due_on, asked_by=actor.key, asked_at=at
    )


def draft_of(case: Case, items: str) -> str:
    """The words that the letter makes of the items, to be changed; German, as who asks writes."""
    if not items.strip():
        return ""
    with translation.override("de"):
        first = _("zu Ihrem Antrag „%(title)s“ brauchen wir noch etwas von Ihnen:") % {"title": case.application.title}
    return f"{first}\n\n{items.strip()}"


def open_request(case: Case) -> InformationRequest | None:
    return case.requests.filter(answered_at__isnull=True, closed_at__isnull=True).first()


def answered(case: Case, *, answer: str, actor: Actor, at: datetime) -> None:
    """The answer is filed as a new revision, and the application is closed again.

    A paper may have left the amount open: then the answer tells it.
    """
    if not case.requested_amount:
        case.requested_amount = actions.requested_amount(case.application)
    case.requests.filter(answered_at__isnull=True, closed_at__isnull=True).update(answer=answer, answered_at=at)
    freeze(case, actor=actor, at=at)


def freeze(case: Case, *, actor: Actor, at: datetime) -> None:
    """Closes what was open, keeps it as a revision, and has the computer look at it again."""
    actions.lock(case.application)
    actions.freeze(case.application, actor=actor, at=at)
    findings.refresh(case, at=at)


def close(case: Case) -> None:
    """The case goes on without an answer: nothing may be changed any more."""
    actions.lock(case.application)
    for request in case.requests.filter(answered_at__isnull=True, closed_at__isnull=True):
        request.closed_at = case.state_since
        request.save(update_fields=["closed_at"])


def open_plan(case: Case, *, amount: Decimal) -> None:
    """For an offer: the plan may be changed, and already asks for the amount that is offered."""
    actions.open_sections(case.application, [Section.PLAN])
    case.application.sources.filter(kind=FundingSourceKind.COUNTY_GRANT).update(amount=amount)


def label_of_acceptance(case: Case) -> str:
    """Whoever gets by with less reads the amount on the button."""
    amount = plans.plan_of(case.application).requested
    if case.offered_amount is None or not ZERO < amount < case.offered_amount:
        return _("Angebot annehmen")
    return _("Angebot mit %(amount)s annehmen") % {"amount": format_money(amount)}


def accepted_amount(case: Case, *, seen: Decimal | None) -> Decimal:
    """What the plan asks for now. Raises Refused if somebody changed it since it was read."""
    amount = plans.plan_of(case.application).requested
    if seen is not None and seen != amount:
        raise Refused(
            _("Der Finanzplan wurde inzwischen geändert: Er nennt jetzt %(amount)s. Bitte lesen Sie ihn noch einmal.")
            % {"amount": format_money(amount)}
        )
    return amount


def file_scan(case: Case, *, scan: Any, actor: Actor, at: datetime) -> Attachment:
    """A paper that came by post, put into the file."""
    return uploads.store(case.application, scan, kind=Attachment.Kind.OTHER, actor=actor, at=at)
