"""Everything that the page of one case shows, gathered in few queries. Nothing here writes."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actors import names_of
from applications import plans
from applications import questions as asking
from applications.models import COST_LABELS, Attachment
from funding.law import periods
from funding.law.grants import Grant, Plan
from funding.models import Disbursement
from funding.models.catalogue import FINANCING_LABELS, Programme
from funding.money import format_money
from funding.programmes import percent
from journal import formats, values
from workflow.models import (
    Award,
    AwardState,
    Case,
    CaseNote,
    CaseResolution,
    CaseState,
    ChecklistItem,
    Document,
    Finding,
    InformationRequest,
)
from workflow.models.case import BEFORE_DECISION
from workflow.queries import award_of

Row = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class CostRow:
    label: str
    description: str
    amount: Decimal


@dataclass(kw_only=True)
class Dossier:
    """The file of a case as the office reads it. `names` tells people by key."""

    case: Case
    award: Award | None
    checklist: list[ChecklistItem]
    plan: Plan
    costs: list[CostRow]
    grant: Grant
    revision: tuple[int, datetime] | None
    attachments: list[Attachment]
    documents: list[Document]
    questions: list[InformationRequest]
    findings: list[Finding]
    resolutions: list[CaseResolution]
    disbursements: list[Disbursement]
    names: dict[UUID, str]
    answers: list[tuple[str, str]]
    file_questions: dict[str, str]
    notes: list[CaseNote] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)

    @property
    def papers(self) -> list[tuple[Attachment, str]]:
        """What was uploaded, and what it is: the question that it answers, or its kind."""
        return [(one, self.file_questions.get(one.question) or one.get_kind_display()) for one in self.attachments]

    def name(self, key: UUID | None) -> str:
        return self.names.get(key, "") if key else ""

    @property
    def open_points(self) -> int:
        return sum(item.result in {"open", "missing"} for item in self.checklist)

    @property
    def plan_caption(self) -> str:
        """„Finanzplan, Fassung 1 vom 19.11.2026. Anteilfinanzierung 80 %, höchstens 2.000,00 €."""
        version = (
            _("Finanzplan, Fassung %(number)s vom %(day)s.")
            % {"number": self.revision[0], "day": formats.plain_day(formats.local(self.revision[1]))}
            if self.revision
            else _("Finanzplan.")
        )
        return f"{version} {rule_of(self.case.programme)}"

    @property
    def explanation(self) -> str:
        return plans.explain(self.grant)

    @property
    def possible(self) -> Decimal:
        return min(self.grant.amount, self.case.requested_amount)


def rule_of(programme: Programme) -> str:
    """The programme's rule in half a sentence."""
    parts = [str(FINANCING_LABELS[programme.financing])]
    if programme.rule.rate is not None:
        parts[0] += f" {percent(programme.rate.numerator, programme.rate.denominator)}"
    if programme.maximum is not None:
        parts.append(_("höchstens %(amount)s") % {"amount": format_money(programme.maximum)})
    return f"{', '.join(parts)}."


def open_file(case: Case, *, people: AbstractSet[UUID | None] = frozenset()) -> Dossier:
    """Reads the whole file of a case: a fixed number of queries, however much lies in it. `people` are named, too."""
    application = case.application
    costs, sources = list(application.costs.all()), list(application.sources.all())
    plan = plans.plan_from(costs, sources)
    checklist = list(case.checklist.all())
    for item in checklist:
        item.case = case
    questions = list(case.requests.all()) if getattr(case, "has_requests", True) else []
    attachments = list(application.attachments.filter(removed_at__isnull=True))
    notes = list(case.notes.all()) if getattr(case, "has_notes", True) else []
    keys = {case.assigned_to, case.proposed_by, case.decided_by} | {note.author for note in notes}
    findings = list(case.findings.all()) if getattr(case, "has_findings", True) else []
    keys |= people | {item.checked_by for item in checklist} | {question.asked_by for question in questions}
    keys |= {one.acknowledged_by for one in findings}
    return Dossier(
        case=case,
        award=award_of(case),
        checklist=checklist,
        plan=plan,
        costs=[
            CostRow(label=str(COST_LABELS[line.category]), description=line.description, amount=line.amount)
            for line in costs
        ],
        grant=plans.grant_for(application, plan),
        revision=_revision(case),
        attachments=attachments,
        documents=list(case.documents.defer("content", "pdf")),
        questions=questions,
        findings=findings,
        resolutions=_resolutions(case) if getattr(case, "has_resolutions", case.proposed_by) else [],
        disbursements=_disbursements(case) if award_of(case) else [],
        names=names_of(keys),
        answers=asking.answered(application, requested=plan.requested),
        file_questions=asking.file_labels(application) if any(one.question for one in attachments) else {},
        notes=notes,
        labels=list(case.labels.values_list("name", flat=True)) if getattr(case, "has_labels", True) else [],
    )


def _revision(case: Any) -> tuple[int, datetime] | None:
    """Number and moment of the last revision, as the query of the case brought them."""
    return (case.revision_number, case.revision_at) if case.revision_number else None


def _resolutions(case: Case) -> list[CaseResolution]:
    return list(case.resolutions.select_related("resolution").order_by("-resolution__resolved_on"))


def _disbursements(case: Case) -> list[Disbursement]:
    return list(Disbursement.objects.filter(commitment__thread=case.reference).order_by("number"))


# Deadlines


def deadlines(case: Case, award: Award | None, *, today: date) -> list[Row]:
    """Name, date and source of every date that matters now. One query for the settings."""
    if case.state in BEFORE_DECISION:
        return _before_decision(case, today)
    if award is not None and case.state == CaseState.APPROVED:
        return _of_award(award)
    return [(_("Eingegangen"), formats.moment(case.received_at))]


def days_in_house(case: Case, today: date) -> str:
    days = (today - formats.local(case.received_at)).days
    return ngettext("%(count)s Tag", "%(count)s Tagen", days) % {"count": days} if days else _("heute")


def _before_decision(case: Case, today: date) -> list[Row]:
    received = formats.local(case.received_at)
    settings = values.texts("deadline.", on=today)
    notice = int(settings["decision_notice_days"])
    rows: list[Row] = [(_("Im Haus seit"), days_in_house(case, today))]
    if case.complete_since:
        rows.append((_("Vollständig seit"), formats.day(case.complete_since)))
    if case.answer_due_on:
        rows.append((_("Antwort des Vereins bis"), formats.day(case.answer_due_on)))
    alert = periods.period(received, days=notice).counted_to
    rows.append((_("Hinweis nach %(days)s Tagen") % {"days": notice}, formats.day(alert)))
    rows.append((_("Drei Monate (§ 75 VwGO)"), formats.day(periods.failure_to_act_on(received))))
    return rows


def _of_award(award: Award) -> list[Row]:
    named = (
        (_("Versendet"), award.issued_on),
        (_("Bekannt gegeben (§ 41 VwVfG)"), award.notified_on),
        (_("Klage möglich bis (§ 74 VwGO)"), award.lawsuit_until),
        (_("Bestandskräftig ab"), award.final_on),
        (_("Projektende"), award.project_ends_on),
        (_("Nachweis bis"), award.report_due_on),
    )
    return [(name, formats.day(day)) for name, day in named if day is not None]


def deadline_of(case: Any) -> date | None:
    """The one date that a list shows for a case: the next one on which something ends."""
    if case.answer_due_on is not None:
        due: date = case.answer_due_on
        return due
    if case.state in BEFORE_DECISION:
        return periods.failure_to_act_on(formats.local(case.received_at))
    award: Award | None = award_of(case)
    if award is None or case.state != CaseState.APPROVED:
        return None
    if award.state == AwardState.NOTIFIED:
        return award.lawsuit_until
    return award.report_due_on if award.state in {AwardState.ACTIVE, AwardState.REPORT_DUE} else None


# Facts


def facts(case: Case) -> list[Row]:
    application = case.application
    rows: list[Row] = []
    if application.starts_on and application.ends_on:
        rows.append((_("Zeitraum"), formats.period(application.starts_on, application.ends_on)))
    if case.early_start_from is not None and case.early_start_on is not None:
        days = {"start": formats.plain_day(case.early_start_from), "given": formats.plain_day(case.early_start_on)}
        rows.append((_("Vorzeitiger Beginn"), _("möglich ab %(start)s, zugestimmt am %(given)s") % days))
    rows += [
        (_("Ort"), ", ".join(filter(None, dict.fromkeys((application.place, str(application.municipality or "")))))),
        (_("Maßnahme im Konzept"), str(application.measure or "–")),
        (_("Wer kommen soll"), application.target_group),
        (_("Wie viele Menschen"), application.expected_people or "–"),
        (_("Ansprechperson"), ", ".join(filter(None, (application.contact_name, application.contact_phone)))),
        (_("Vertreten durch"), application.organisation.representative or "–"),
    ]
    return rows


def checklist_rows(dossier: Dossier) -> list[dict[str, Any]]:
    """The points as they were ticked off: what the computer found, who confirmed it and when."""
    return [
        {"item": item, "state": item.result, "sentence": str(item), "detail": _detail(item, dossier)}
        for item in dossier.checklist
    ]


def _checked_words(item: ChecklistItem) -> str:
    """A point that is open again keeps who took the finding back."""
    if item.result == ChecklistItem.Result.OPEN:
        return _("zurückgenommen von %(who)s, %(when)s")
    return _("geprüft von %(who)s, %(when)s")


def _detail(item: ChecklistItem, dossier: Dossier) -> str:
    checked = (
        _checked_words(item) % {"who": dossier.name(item.checked_by), "when": formats.moment(item.checked_at)}
        if item.checked_by and item.checked_at
        else ""
    )
    return " · ".join(part for part in (item.hint, item.note, checked) if part)
