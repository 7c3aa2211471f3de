"""From the rows of a paper to its sheet: what is printed, in both versions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _

from funding import balances
from funding.models import BudgetLine
from workflow import notices
from workflow.council_paper import Annex, Answer, Budget, CouncilSheet, Cover, Private, Proposal, Step, Sum
from workflow.models import Consultation, CouncilPaper, PaperCase
from workflow.paper_words import PRIVATE, is_private

NAMES = "Angaben zu Privatpersonen"


def available_on(line: BudgetLine, day: date, *, today: date) -> Decimal | None:
    """„Noch zur Verfügung" at the end of a day, in euros; None on a day on which the line was not there yet."""
    if day >= today:
        return BudgetLine.objects.get(pk=line.pk).available
    return next((past.line.available for past in balances.standings(day) if past.line.pk == line.pk), None)


def line_name(line: BudgetLine) -> str:
    """The Produktkonto with its name and year."""
    return f"{line.product} / {line.account} {line.title} ({line.fiscal_year})"


def sheet_of(paper: CouncilPaper, *, available: Decimal | None, on: date, is_draft: bool = False) -> CouncilSheet:
    """The paper with everything, names included. Read it with `papers.with_cases`: then there are three more queries."""
    with translation.override("de"):
        rows = list(paper.cases.all())
        return CouncilSheet(
            letterhead=notices.letterhead(on=paper.dated_on or on, signatory=""),
            number=paper.number,
            is_draft=is_draft,
            is_public=paper.is_public,
            subject=paper.subject,
            facts=paper.facts,
            steps=steps_of(paper.consultations.all()),
            proposals=tuple(_proposal(row) for row in rows),
            cost=Sum(kind=Answer(paper.cost_kind), amount=paper.cost_amount, items=paper.cost_items),
            follow_up=Sum(kind=Answer(paper.follow_up_kind), amount=paper.follow_up_amount),
            income=Sum(kind=Answer(paper.income_kind), amount=paper.income_amount),
            budget=_budget(paper, available, on),
            resolution=paper.proposed_resolution,
            place=paper.place,
            dated_on=paper.dated_on,
            signed_by=paper.signed_by,
            annexes=tuple(annexes_of(paper)),
            private=tuple(_private(row) for row in rows if is_private(row.case)),
        )


def steps_of(found: Iterable[Consultation]) -> tuple[Step, ...]:
    return tuple(
        Step(
            body=step.body.name,
            decides=step.part == Consultation.Part.DECIDES,
            is_wanted=step.is_wanted,
            is_public=step.session.is_public if step.session else step.body.is_public,
            session_on=step.session.held_on if step.session else None,
            item=step.item,
            outcome=str(step.get_outcome_display()) if step.outcome else "",
            votes_yes=step.votes_yes,
            votes_no=step.votes_no,
            votes_abstained=step.votes_abstained,
        )
        for step in found
    )


def _proposal(row: PaperCase) -> Proposal:
    hidden = is_private(row.case)
    return Proposal(
        reference=row.case.reference,
        recipient=PRIVATE if hidden else row.case.application.organisation.name,
        title="" if hidden else row.case.application.title,
        requested=row.case.requested_amount,
        amount=row.amount,
        reason=row.reason,
    )


def _private(row: PaperCase) -> Private:
    organisation = row.case.application.organisation
    return Private(
        reference=row.case.reference,
        name=organisation.name,
        town=organisation.town,
        title=row.case.application.title,
        amount=row.amount,
    )


def annexes_of(paper: CouncilPaper) -> list[Annex]:
    """As they were put in, and the names at the end, where a natural person is among the cases."""
    found = [Annex(number=one.position, title=one.title, is_public=one.is_public) for one in paper.annexes.all()]
    if any(is_private(row.case) for row in paper.cases.all()):
        last = max((one.number for one in found), default=0)
        found.append(Annex(number=last + 1, title=NAMES, is_public=False))
    return found


def _budget(paper: CouncilPaper, available: Decimal | None, on: date) -> Budget:
    kind = Cover(paper.cover_kind)
    line = line_name(paper.line) if paper.line else ""
    if kind is Cover.AVAILABLE:
        return Budget(kind=kind, line=line, available=available, available_on=on if available is not None else None)
    return Budget(kind=kind, line=line, proposal=paper.cover_proposal if kind is Cover.MISSING else "")


def day_of_numbers(paper: CouncilPaper, *, today: date) -> date:
    """The paper's date; a day that has not come yet counts as today."""
    return min(paper.dated_on, today) if paper.dated_on else today


def not_there(paper: CouncilPaper, on: date) -> str:
    """Why there is no number, in a sentence."""
    return _("Am %(day)s gab es die Haushaltslinie noch nicht.") % {"day": f"{on:%d.%m.%Y}"}
