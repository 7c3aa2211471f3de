"""Writing a Beschlussvorlage: from cases, from a scenario or on a free subject; saved incomplete, changed by one at a time.

Freezing and taking back live in `workflow.freezing`. Nothing here binds money or changes a case.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Prefetch, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.roles import Role
from funding.models import BudgetLine
from funding.money import format_money
from journal import values
from journal.actors import Actor
from journal.events import record
from journal.refusals import Faster, Refused
from workflow import bodies, competence, paper_words
from workflow.models import (
    Body,
    Case,
    CaseState,
    Consultation,
    CouncilPaper,
    FileSequence,
    PaperAnnex,
    PaperCase,
    Scenario,
    Session,
)
from workflow.models.case import BEFORE_DECISION
from workflow.paper_words import Row

WRITERS = (Role.COMMITTEE_OFFICE, Role.CASEWORKER, Role.COORDINATOR)
READERS = frozenset({*WRITERS, Role.DECIDER, Role.AUDITOR})
SEQUENCE = "VORLAGE"
"""The numbers' own sequence; programmes have shorter names for theirs."""
State, Part, Answer = CouncilPaper.State, Consultation.Part, CouncilPaper.Answer


def acting(actor: Actor) -> Actor:
    """In which of their roles the person writes papers."""
    return actor.acting_as(next((role for role in WRITERS if actor.has_role(role)), ""))


def tell(kind: str, paper: CouncilPaper, *, actor: Actor, at: datetime, reason: str = "", **facts: Any) -> None:
    record(
        kind,
        thread=f"paper:{paper.number}",
        subject=("workflow.councilpaper", paper.pk),
        actor=acting(actor),
        at=at,
        reason=reason,
        facts={"name": paper.number, **facts},
    )


# Reading


def with_cases() -> QuerySet[CouncilPaper]:
    """Papers with all that their page shows: as many queries for one case as for fifty."""
    cases = PaperCase.objects.select_related(
        "case__programme", "case__application__organisation", "case__application__municipality"
    ).prefetch_related("case__application__costs")
    return CouncilPaper.objects.select_related("line", "scenario").prefetch_related(
        Prefetch("cases", queryset=cases),
        Prefetch("consultations", queryset=Consultation.objects.select_related("body", "session")),
        Prefetch("annexes", queryset=PaperAnnex.objects.defer("pdf")),
    )


def rows_of(paper: CouncilPaper) -> list[Row]:
    return [Row(case=row.case, amount=row.amount) for row in paper.cases.all()]


def of_case(case: Case) -> list[PaperCase]:
    """The papers that speak of a case, the newest first: one query."""
    return list(case.papers.select_related("paper").order_by("-paper__created_at"))


def section_of(case: Case, actor: Actor) -> dict[str, Any] | None:
    """What the case page says about papers: nothing where there is none and none is due. At most one query."""
    has_papers = getattr(case, "has_papers", True)
    is_due = case.state == CaseState.IN_COMMITTEE
    if not has_papers and not is_due:
        return None
    return {
        "rows": of_case(case) if has_papers else [],
        "may_read": actor.has_role(*READERS),
        "may_write": actor.has_role(*WRITERS),
    }


def possible_cases(*, without: CouncilPaper | None = None) -> QuerySet[Case]:
    """Cases that wait for a body and stand in no open paper."""
    taken = PaperCase.objects.exclude(paper__state=State.DECIDED).values("case")
    found = Case.objects.filter(state=CaseState.IN_COMMITTEE).exclude(pk__in=taken)
    return found.select_related("application__organisation", "programme").order_by("received_at", "pk")


# Making


def from_cases(
    cases_with_amounts: Iterable[tuple[Case, Decimal]],
    *,
    subject: str = "",
    scenario: Scenario | None = None,
    actor: Actor,
    at: datetime,
) -> CouncilPaper:
    """A draft that asks for these amounts, with words, Beratungsfolge and number. Without a subject one is suggested.

    Raises Refused where a case is decided already, stands in another open paper or gets more than it asked for.
    """
    rows = [Row(case=case, amount=amount) for case, amount in cases_with_amounts]
    refuse_rows(rows, paper=None)
    if actor.key is None:
        raise Refused(_("Eine Vorlage schreibt eine Person."))
    words = paper_words.suggested(rows)
    title = subject.strip() or words.subject
    if not title:
        raise Refused(_("Bitte schreiben Sie, worum es geht."), field="subject")
    with transaction.atomic():
        paper = CouncilPaper.objects.create(
            number=next_number(at=at),
            subject=title,
            facts=words.facts,
            proposed_resolution=words.resolution,
            scenario=scenario,
            created_by=actor.key,
            created_at=at,
            dated_on=localdate(at),
            **_cost(rows, words.cost_items),
            **_letterhead(localdate(at)),
            line=_line_of(rows),
        )
        _put_cases(paper, rows)
        _propose_sequence(paper, rows, on=localdate(at))
        tell("paper_created", paper, actor=actor, at=at, cases=len(rows))
    return paper


def _cost(rows: list[Row], items: str) -> dict[str, Any]:
    """What the cases cost is known; what follows from it, and what comes in, somebody has to say."""
    if not rows:
        return {}
    total = sum((row.amount for row in rows), Decimal("0.00"))
    return {"cost_kind": Answer.AMOUNT, "cost_amount": total, "cost_items": items}


def _letterhead(on: date) -> dict[str, str]:
    """Place and signature as on the office's letters."""
    found = values.texts("letterhead.", on=on)
    town = found.get("town", "")
    return {"place": town.lstrip("0123456789 ")[:80], "signed_by": found.get("signatory", "")[:160]}


def _line_of(rows: list[Row]) -> BudgetLine | None:
    """The line that pays all cases, if it is one."""
    wanted = {(row.case.fiscal_year, row.case.programme.product, row.case.programme.account) for row in rows}
    if len(wanted) != 1:
        return None
    year, product, account = wanted.pop()
    return BudgetLine.objects.filter(fiscal_year=year, product=product, account=account).first()


def next_number(*, at: datetime) -> str:
    """For example BV-2026-0003; no number is given twice. Must run in a transaction."""
    year = localdate(at).year
    sequence, _created = FileSequence.objects.select_for_update().get_or_create(prefix=SEQUENCE, year=year)
    sequence.last += 1
    sequence.save(update_fields=["last"])
    return f"BV-{year}-{sequence.last:04d}"


def refuse_rows(rows: list[Row], *, paper: CouncilPaper | None) -> None:
    """What has been decided since stays in a draft that names it already: freezing asks about it."""
    known = set(paper.cases.values_list("case_id", flat=True)) if paper else set()
    for row in rows:
        if row.case.state not in BEFORE_DECISION and row.case.pk not in known:
            raise Refused(
                _("Über %(reference)s ist schon entschieden.") % {"reference": row.case.reference}, field="cases"
            )
        if row.amount > row.case.requested_amount:
            raise Refused(
                _("%(reference)s: Beantragt sind höchstens %(amount)s.")
                % {"reference": row.case.reference, "amount": format_money(row.case.requested_amount)},
                field="cases",
            )
    taken = PaperCase.objects.exclude(paper__state=State.DECIDED).filter(case__in=[row.case.pk for row in rows])
    other = taken.exclude(paper=paper).select_related("paper", "case").first()
    if other is not None:
        raise Refused(
            _("%(reference)s steht schon in der Vorlage %(number)s.")
            % {"reference": other.case.reference, "number": other.paper.number},
            field="cases",
        )


def _put_cases(paper: CouncilPaper, rows: list[Row], reasons: dict[int, str] | None = None) -> None:
    said = reasons or {}
    PaperCase.objects.bulk_create(
        [
            PaperCase(paper=paper, case=row.case, position=place, amount=row.amount, reason=said.get(row.case.pk, ""))
            for place, row in enumerate(rows, start=1)
        ]
    )


# The Beratungsfolge


def competent_body(rows: list[Row], *, on: date) -> str:
    """The highest body that one of the cases needs; the administration where the table says nothing."""
    found = competence.bodies_together([(row.case, row.amount) for row in rows], on=on).values()
    return max(found, key=lambda kind: bodies.ORDER[kind], default=bodies.Kind.ADMINISTRATION.value)


def _propose_sequence(paper: CouncilPaper, rows: list[Row], *, on: date) -> None:
    """A row for each body. The threshold table ticks who advises and who decides; on a free subject a person does."""
    decides = competent_body(rows, on=on) if rows else bodies.Kind.ADMINISTRATION
    wanted = {*competence.ADVISERS[decides], decides}
    after, made = on, []
    for place, body in enumerate(bodies.all_bodies(), start=1):
        session = _next_session(body, after=after) if body.kind in wanted else None
        after = session.held_on if session else after
        made.append(
            Consultation(
                paper=paper,
                body=body,
                position=place,
                is_wanted=body.kind in wanted,
                part=Part.DECIDES
                if body.kind == decides or (not rows and place == len(bodies.THE_THREE))
                else Part.ADVISES,
                session=session,
            )
        )
    Consultation.objects.bulk_create(made)


def _next_session(body: Body, *, after: date) -> Session | None:
    return body.sessions.filter(state=Session.State.PLANNED, held_on__gte=after).order_by("held_on").first()


# Changing


def save(
    paper: CouncilPaper,
    data: dict[str, Any],
    *,
    version: int,
    rows: list[Row],
    reasons: dict[int, str],
    steps: dict[int, dict[str, Any]],
    actor: Actor,
    at: datetime,
) -> None:
    """Writes the whole draft as the form read it. `steps` are rows of the Beratungsfolge by their number.

    Words that nobody changed since they were suggested follow the amounts. Raises Faster if somebody else saved or
    froze it meanwhile.
    """
    before = paper_words.suggested(rows_of(paper))
    refuse_rows(rows, paper=paper)
    written = {**data, **_followed(data, before, paper_words.suggested(rows))}
    try:
        with transaction.atomic():
            claim(paper, version=version, **written)
            paper.cases.all().delete()
            _put_cases(paper, rows, reasons)
            for pk, step in steps.items():
                paper.consultations.filter(pk=pk, outcome="").update(**step)
            tell("paper_changed", paper, actor=actor, at=at, cases=len(rows))
    except IntegrityError as error:  # the database knows one constraint that two people can meet: a TOP of a session
        raise Refused(_("Diesen TOP hat schon eine andere Vorlage.")) from error


def _followed(data: dict[str, Any], before: paper_words.Words, now: paper_words.Words) -> dict[str, Any]:
    """Suggested words that stand as they were suggested are suggested anew."""
    pairs = (
        ("subject", before.subject, now.subject), ("facts", before.facts, now.facts),
        ("proposed_resolution", before.resolution, now.resolution), ("cost_items", before.cost_items, now.cost_items),
    )  # fmt: skip
    return {name: new for name, old, new in pairs if new and plain(data.get(name, "")) == plain(old)}


def plain(text: str) -> str:
    """Without the line ends of browsers, to compare."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()


def claim(paper: CouncilPaper, *, version: int, **fields: Any) -> None:
    """Writes to the draft as it was read; raises Faster where it has moved on. Must run in a transaction."""
    draft = CouncilPaper.objects.filter(pk=paper.pk, version=version, state=State.DRAFT)
    if not draft.update(version=F("version") + 1, **fields):
        raise Faster(_("Diese Vorlage hat gerade jemand anders geändert. Bitte sehen Sie noch einmal hin."))


def discard(paper: CouncilPaper, *, version: int, actor: Actor, at: datetime) -> None:
    """Throws a draft away; its number is not given again. One that a body has seen stays."""
    with transaction.atomic():
        claim(paper, version=version)
        if paper.consultations.exclude(outcome="").exists():
            raise Refused(_("Ein Gremium hat diese Vorlage schon beraten. Sie bleibt in der Akte."))
        tell("paper_discarded", paper, actor=actor, at=at, subject=paper.subject)
        paper.delete()
