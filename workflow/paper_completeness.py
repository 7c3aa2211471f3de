"""What a paper still lacks before it is frozen, each with the place where it is put right; and what deserves a look.

The same list stands on the page and blocks freezing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from funding.money import format_money
from workflow import bodies
from workflow.models import Consultation, CouncilPaper, Session
from workflow.models.case import BEFORE_DECISION
from workflow.paper_content import NAMES, day_of_numbers, not_there
from workflow.paper_words import is_private
from workflow.papers import competent_body, rows_of

Answer, Cover, Part = CouncilPaper.Answer, CouncilPaper.Cover, Consultation.Part
STAFF_COST = re.compile(r"\b(Stelle|Personal\w*|Vollzeit\w*|Teilzeit\w*)\b", re.IGNORECASE)
"""Words that tell of a post: it costs again next year."""


@dataclass(frozen=True, kw_only=True)
class Missing:
    """A sentence and the id of the field on the page of the draft."""

    sentence: str
    field: str


def missing_in(paper: CouncilPaper, *, available: Decimal | None, today: date) -> list[Missing]:
    """`available` is what `paper_content.available_on` found for the paper's line and date."""
    return [
        *_steps(paper, today),
        *_words(paper),
        *_cases(paper),
        *_money(paper, available, today),
        *_signature(paper, today),
    ]


# The Beratungsfolge


def _steps(paper: CouncilPaper, today: date) -> Iterator[Missing]:
    wanted = [step for step in paper.consultations.all() if step.is_wanted]
    if not any(step.part == Part.DECIDES for step in wanted):
        yield Missing(sentence=_("Bitte legen Sie fest, welches Gremium beschließt."), field="folge")
    elif wanted[-1].part != Part.DECIDES or sum(step.part == Part.DECIDES for step in wanted) > 1:
        yield Missing(sentence=_("Nur das letzte Gremium der Beratungsfolge beschließt."), field="folge")
    else:
        yield from _competence(paper, wanted[-1], today)
    yield from _sessions(paper, wanted)


def _competence(paper: CouncilPaper, last: Consultation, today: date) -> Iterator[Missing]:
    needed = competent_body(rows_of(paper), on=paper.dated_on or today)
    if bodies.ORDER[last.body.kind] < bodies.ORDER[needed]:
        name = bodies.Kind(needed).label
        yield Missing(sentence=_("Nach den Wertgrenzen beschließt hier: %(body)s.") % {"body": name}, field="folge")


def _sessions(paper: CouncilPaper, wanted: list[Consultation]) -> Iterator[Missing]:
    before = paper.dated_on
    for step in wanted:
        if step.session is None:
            sentence = _("%(body)s: Bitte wählen Sie die Sitzung.") % {"body": step.body}
            yield Missing(sentence=sentence, field=f"folge-{step.pk}")
            continue
        if step.session.state == Session.State.CANCELLED:
            yield Missing(
                sentence=_("%(session)s ist abgesagt. Bitte wählen Sie eine andere.") % {"session": step.session},
                field=f"folge-{step.pk}",
            )
        if before and step.session.held_on < before:
            yield Missing(
                sentence=_("%(session)s liegt vor der Vorlage oder vor dem Gremium davor.") % {"session": step.session},
                field=f"folge-{step.pk}",
            )
        before = max(before, step.session.held_on) if before else step.session.held_on


# Words


def _words(paper: CouncilPaper) -> Iterator[Missing]:
    if not paper.facts.strip():
        yield Missing(sentence=_("Der Sachverhalt fehlt."), field="id_facts")
    if not paper.proposed_resolution.strip():
        yield Missing(sentence=_("Der Beschlussvorschlag fehlt."), field="id_proposed_resolution")
    fields = ("subject", "facts", "cost_items", "cover_proposal", "proposed_resolution")
    for row in paper.cases.all():
        if not is_private(row.case):
            continue
        name = row.case.application.organisation.name.casefold().strip()
        told = {f"id_{field}": getattr(paper, field) for field in fields} | {f"vorgang-{row.case_id}": row.reason}
        for field, text in told.items():
            if name and name in text.casefold():
                sentence = _("%(reference)s: Der Name einer Privatperson gehört nur in die nichtöffentliche Anlage.")
                yield Missing(sentence=sentence % {"reference": row.case.reference}, field=field)


def _cases(paper: CouncilPaper) -> Iterator[Missing]:
    for row in paper.cases.all():
        if row.case.state not in BEFORE_DECISION:
            words = {"reference": row.case.reference, "state": row.case.get_state_display()}
            sentence = (
                _("%(reference)s ist nicht mehr offen (%(state)s). Nehmen Sie den Vorgang aus der Vorlage.") % words
            )
            yield Missing(sentence=sentence, field=f"vorgang-{row.case_id}")


# Money


def _money(paper: CouncilPaper, available: Decimal | None, today: date) -> Iterator[Missing]:
    questions = (
        (paper.cost_kind, "id_cost_kind_0", _("Gesamtkosten: Bitte nennen Sie den Betrag oder „keine“.")),
        (paper.follow_up_kind, "id_follow_up_kind_0", _("Jährliche Folgekosten: Bitte nennen Sie den Betrag oder „keine“.")),
        (paper.income_kind, "id_income_kind_0", _("Objektbezogene Einnahmen: Bitte nennen Sie den Betrag oder „keine“.")),
    )  # fmt: skip
    for kind, field, sentence in questions:
        if kind == Answer.OPEN:
            yield Missing(sentence=sentence, field=field)
    if paper.cover_kind == Cover.OPEN:
        yield Missing(
            sentence=_("Haushaltsmittel: Bitte sagen Sie, ob sie zur Verfügung stehen."), field="id_cover_kind_0"
        )
    if paper.cover_kind == Cover.AVAILABLE and paper.line is None:
        yield Missing(sentence=_("Bitte wählen Sie das Produktkonto."), field="id_line")
    elif paper.cover_kind == Cover.AVAILABLE and available is None:
        on = day_of_numbers(paper, today=today)
        yield Missing(sentence=not_there(paper, on), field="id_line")
    if paper.cover_kind == Cover.MISSING and not paper.cover_proposal.strip():
        yield Missing(sentence=_("Bitte schlagen Sie vor, wie die Mittel gedeckt werden."), field="id_cover_proposal")


def _signature(paper: CouncilPaper, today: date) -> Iterator[Missing]:
    if not paper.place:
        yield Missing(sentence=_("Der Ort fehlt."), field="id_place")
    if paper.dated_on is None:
        yield Missing(sentence=_("Das Datum fehlt."), field="id_dated_on")
    elif paper.dated_on > today:
        yield Missing(
            sentence=_("Das Datum liegt in der Zukunft. Für diesen Tag gibt es noch keine Zahlen."), field="id_dated_on"
        )
    if not paper.signed_by:
        yield Missing(sentence=_("Es fehlt, wer die Vorlage zeichnet (gez.)."), field="id_signed_by")


# What deserves a look, and blocks nothing


def notices_on(paper: CouncilPaper, *, available: Decimal | None) -> list[str]:
    found = []
    rows = rows_of(paper)
    total = sum((row.amount for row in rows), Decimal("0.00"))
    if rows and paper.cost_kind == Answer.AMOUNT and paper.cost_amount != total:
        found.append(
            _("Die Gesamtkosten (%(cost)s) sind nicht die Summe der Vorschläge (%(total)s).")
            % {"cost": format_money(paper.cost_amount), "total": format_money(total)}
        )
    wanted = paper.cost_amount if paper.cost_kind == Answer.AMOUNT else total
    if paper.cover_kind == Cover.AVAILABLE and available is not None and wanted and wanted > available:
        found.append(
            _("Die Vorlage kostet mehr, als zur Verfügung steht: es fehlen %(amount)s.")
            % {"amount": format_money(wanted - available)}
        )
    if paper.follow_up_kind == Answer.NONE and STAFF_COST.search(paper.cost_items):
        found.append(
            _("Sie nennen eine Stelle oder Personal, aber keine Folgekosten. Personal kostet meist jedes Jahr.")
        )
    if any(is_private(row.case) for row in rows):
        found.append(
            _("Privatpersonen sind dabei. Ihre Namen stehen nur in der nichtöffentlichen Anlage „%(title)s“.")
            % {"title": NAMES}
        )
    return found
