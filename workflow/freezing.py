"""Festschreiben: a paper gets its numbers of the day and its files, and stays so. Taking it back leaves a trace.

The files are made outside any transaction; whoever changed the draft meanwhile wins, and freezing is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from journal.actors import Actor
from journal.refusals import Faster, Refused
from workflow import council_paper, papers
from workflow.council_docx import render_docx
from workflow.council_paper import CouncilSheet, for_everybody, payload, render_pdf, restore
from workflow.documents import sha256
from workflow.models import Consultation, CouncilPaper, PaperDocument
from workflow.paper_completeness import Missing, missing_in, notices_on
from workflow.paper_content import available_on, day_of_numbers, sheet_of, steps_of

State, Cover, Outcome = CouncilPaper.State, CouncilPaper.Cover, Consultation.Outcome
NOT_FINAL = (Outcome.DEFERRED, Outcome.REFERRED)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A draft as it stands now: the number of its date, what it lacks, what deserves a look."""

    available: Decimal | None
    missing: list[Missing]
    notices: list[str]


def standing_of(paper: CouncilPaper, *, at: datetime) -> Standing:
    """Read the paper with `papers.with_cases`."""
    today = localdate(at)
    available = available_of(paper, at=at)
    return Standing(
        available=available,
        missing=missing_in(paper, available=available, today=today),
        notices=notices_on(paper, available=available),
    )


def available_of(paper: CouncilPaper, *, at: datetime) -> Decimal | None:
    """What a frozen paper says for good; in a draft what the line has on its date."""
    if paper.state != State.DRAFT:
        return paper.available_amount
    if paper.cover_kind != Cover.AVAILABLE or paper.line is None:
        return None
    today = localdate(at)
    return available_on(paper.line, day_of_numbers(paper, today=today), today=today)


def preview(paper: CouncilPaper, *, at: datetime) -> CouncilSheet:
    """The draft as it would be printed now."""
    on = day_of_numbers(paper, today=localdate(at))
    return sheet_of(paper, available=available_of(paper, at=at), on=on, is_draft=True)


def freeze(paper: CouncilPaper, *, version: int, actor: Actor, at: datetime) -> CouncilPaper:
    """Stores the numbers as of the paper's date and its files. Raises Refused with the first thing that is missing."""
    found = _fresh(paper, version)
    standing = standing_of(found, at=at)
    if standing.missing:
        raise Refused(standing.missing[0].sentence, field=standing.missing[0].field)
    on = day_of_numbers(found, today=localdate(at))
    sheet = sheet_of(found, available=standing.available, on=on)
    files = files_of(sheet, at=at)
    with transaction.atomic():
        papers.refuse_rows(papers.rows_of(found), paper=found)
        numbers: dict[str, Any] = {
            "available_amount": standing.available,
            "available_on": on if standing.available is not None else None,
        }
        _move(found, State.DRAFT, State.FROZEN, version=version, frozen_by=actor.key, frozen_at=at, **numbers)
        for file in files:
            file.paper = found
        PaperDocument.objects.bulk_create(files)
        papers.tell("paper_frozen", found, actor=actor, at=at, **_told(sheet, files))
    return papers.with_cases().get(pk=found.pk)


def _fresh(paper: CouncilPaper, version: int) -> CouncilPaper:
    found = papers.with_cases().filter(pk=paper.pk, version=version, state=State.DRAFT).first()
    if found is None:
        raise Faster(_("Diese Vorlage hat gerade jemand anders geändert. Bitte sehen Sie noch einmal hin."))
    return found


def _move(paper: CouncilPaper, source: str, target: str, *, version: int, **fields: Any) -> None:
    held = CouncilPaper.objects.filter(pk=paper.pk, state=source, version=version)
    if not held.update(state=target, version=F("version") + 1, **fields):
        raise Faster(_("Diese Vorlage hat gerade jemand anders geändert. Bitte sehen Sie noch einmal hin."))


def files_of(sheet: CouncilSheet, *, at: datetime) -> list[PaperDocument]:
    """PDF and DOCX: one version for everybody, and one with the names where there are names. A paper that is not
    public has the second one alone."""
    versions = [(False, sheet)] if not sheet.is_public or sheet.private else []
    if sheet.is_public:
        versions.insert(0, (True, for_everybody(sheet)))
    makers = ((PaperDocument.Kind.PDF, render_pdf), (PaperDocument.Kind.DOCX, render_docx))
    made = []
    for is_public, version in versions:
        for kind, render in makers:
            content = render(version, at=at)
            made.append(
                PaperDocument(
                    kind=kind,
                    is_public=is_public,
                    content=content,
                    data=payload(version),
                    sha256=sha256(content),
                    rendered_at=at,
                )
            )
    return made


def _told(sheet: CouncilSheet, files: list[PaperDocument]) -> dict[str, Any]:
    available = sheet.budget.available
    return {
        "available": "" if available is None else str(available),
        "files": {f"{file.kind}-{'public' if file.is_public else 'private'}": file.sha256 for file in files},
    }


def may_take_back(paper: CouncilPaper) -> bool:
    """As long as no body has resolved on it; a deferral is no resolution."""
    return paper.state == State.FROZEN and not any(
        step.outcome and step.outcome not in NOT_FINAL for step in paper.consultations.all()
    )


def take_back(paper: CouncilPaper, *, version: int, reason: str, actor: Actor, at: datetime) -> None:
    """Back to the draft. The files go; their fingerprints and the reason stay in the journal."""
    if not reason.strip():
        raise Refused(_("Bitte schreiben Sie, warum Sie die Vorlage zurücknehmen."), field="reason")
    with transaction.atomic():
        held = CouncilPaper.objects.select_for_update().get(pk=paper.pk)
        if not may_take_back(held):
            raise Refused(_("Ein Gremium hat schon beschlossen. Die Vorlage bleibt, wie sie ist."))
        empty = dict.fromkeys(("available_amount", "available_on", "frozen_by", "frozen_at"))
        files = list(held.files.all())
        _move(held, State.FROZEN, State.DRAFT, version=version, **empty)
        told = _told(restore(files[0].data), files) if files else {}
        held.files.all().delete()
        papers.tell("paper_taken_back", held, actor=actor, at=at, reason=reason.strip(), **told)


def with_results(file: PaperDocument) -> bytes:
    """The frozen words and numbers with the votes that were recorded since: the same bytes for the same votes."""
    steps = list(Consultation.objects.filter(paper=file.paper_id).select_related("body", "session"))
    at = max([file.rendered_at, *(step.recorded_at for step in steps if step.recorded_at)])
    with translation.override("de"):
        sheet = council_paper.with_votes(restore(file.data), steps_of(steps))
    return render_pdf(sheet, at=at)
