"""What a decider sees before deciding: the proposal, what it does to the budget, and what was checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actors import names_of
from funding.models import BudgetLine, Reservation, Resolution
from funding.money import format_money
from journal import formats
from journal.actors import Actor
from journal.refusals import Refused
from workflow import competence, dossier, rules
from workflow.models import AwardState, Case, CaseState

ZERO = Decimal("0.00")
Body = Resolution.Body
REVOCABLE = Q(state=CaseState.APPROVED, award__state=AwardState.DRAFT_NOTICE) | Q(
    state=CaseState.REJECTED, rejection_sent_on__isnull=True
)
"""Decided, but nobody outside has heard of it: the decider may still take it back."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """A line of "Vor der Entscheidung geprüft" as the checklist component draws it."""

    state: str
    sentence: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Effect:
    """Before and after, in euros. `forecast` is what were left if everything proposed were approved."""

    line: BudgetLine
    amount: Decimal
    own_reservation: Decimal

    @property
    def before(self) -> Decimal:
        return self.line.available

    @property
    def after(self) -> Decimal:
        return self.line.available - self.amount

    @property
    def forecast(self) -> Decimal:
        return self.line.available_planning

    @property
    def spendable(self) -> Decimal:
        """What this decision may use: the rest that nobody else has proposed, and its own reservation."""
        return self.line.available_planning + self.own_reservation

    @property
    def is_enough(self) -> bool:
        return self.amount <= self.spendable

    @property
    def parts(self) -> list[tuple[str, Decimal, str]]:
        return [(_("vergeben"), self.line.committed, "filled"), (_("diese Entscheidung"), self.amount, "hatched")]


def effect_of(case: Case) -> Effect | None:
    """None where the year has no budget line yet: two queries."""
    try:
        line = case.budget_line()
    except Refused:
        return None
    own = Reservation.objects.filter(line=line, thread=case.reference).first()
    return Effect(line=line, amount=case.proposed_amount or ZERO, own_reservation=own.amount if own else ZERO)


def page(case: Case, *, actor: Actor, today: date) -> dict[str, Any]:
    """The context of the decision page, apart from its forms."""
    effect = effect_of(case)
    return {
        "case": case,
        "today": today,
        "effect": effect,
        "proposer": names_of({case.proposed_by}).get(case.proposed_by) if case.proposed_by else "",
        "checks": checks(case, effect, actor=actor, today=today),
        "facts": facts(case),
        "title": _("Über „%(title)s“ entscheiden") % {"title": case.application},
        "proposal": _proposal(case),
    }


def _proposal(case: Case) -> str:
    if not case.proposed_amount:
        return _("Vorschlag: ablehnen")
    return _("Vorschlag: %(amount)s bewilligen") % {"amount": format_money(case.proposed_amount)}


def facts(case: Case) -> list[tuple[str, str]]:
    application = case.application
    rows = [
        (_("Beantragt"), format_money(case.requested_amount)),
        (_("Finanzierungsart"), dossier.rule_of(case.programme).rstrip(".")),
    ]
    if case.offered_amount is not None:
        accepted = _("angenommen") if case.offer_accepted_at else _("noch nicht angenommen")
        rows.append((_("Angebot an den Verein"), f"{format_money(case.offered_amount)}, {accepted}"))
    if application.starts_on and application.ends_on:
        rows.append((_("Zeitraum"), formats.period(application.starts_on, application.ends_on)))
    return rows


def checks(case: Case, effect: Effect | None, *, actor: Actor, today: date) -> list[Check]:
    """Made by the machine, so deviations come first."""
    found = list(_checks(case, effect, actor, today))
    return sorted(found, key=lambda check: check.state == "fine")


def _checks(case: Case, effect: Effect | None, actor: Actor, today: date) -> Iterator[Check]:
    yield _of_rule(rules.decider_is_second_person, _("Sie haben den Vorschlag nicht geschrieben"), case, actor, today)
    yield _competence(case, actor, today)
    if not case.proposed_amount:
        return
    yield from _money(case, effect)
    yield _of_rule(rules.project_has_not_begun, _("Projekt hat noch nicht begonnen"), case, actor, today)
    if case.proposed_amount < case.requested_amount:
        yield _of_rule(
            rules.offer_is_accepted, _("Der Verein hat den niedrigeren Betrag angenommen"), case, actor, today
        )


def _of_rule(rule: Any, fine: str, case: Case, actor: Actor, today: date) -> Check:
    sentence = rule(case, actor=actor, today=today)
    return Check(state="missing", sentence=sentence) if sentence else Check(state="fine", sentence=fine)


def _competence(case: Case, actor: Actor, today: date) -> Check:
    """Who is competent for this amount, and whether the body has spoken."""
    amount = case.proposed_amount or ZERO
    already = competence.already_awarded(case)
    table = competence.thresholds_on(today)
    body = competence.body_among(table, amount + already)
    sentence = rules.body_has_resolved(case, actor=actor, today=today) if amount else None
    if sentence:
        return Check(state="missing", sentence=sentence)
    if body != Body.ADMINISTRATION and amount:
        return Check(state="fine", sentence=_("Beschluss liegt vor: %(body)s") % {"body": Body(body).label})
    limit = next((row.up_to for row in table if row.decides == Body.ADMINISTRATION), None)
    return Check(state="fine", sentence=_("Verwaltung ist zuständig"), detail=_limit(case, limit, already))


def _limit(case: Case, limit: Decimal | None, already: Decimal) -> str:
    before = (
        _("für diesen Zweck im Jahr %(year)s schon %(amount)s bewilligt")
        % {"year": case.fiscal_year, "amount": format_money(already)}
        if already
        else _("für diesen Zweck im Jahr %(year)s bisher nichts bewilligt") % {"year": case.fiscal_year}
    )
    if limit is None:
        return before
    return _("bis %(amount)s; %(before)s") % {"amount": format_money(limit), "before": before}


def _money(case: Case, effect: Effect | None) -> Iterator[Check]:
    if effect is None:
        yield Check(
            state="missing",
            sentence=_("Für %(year)s gibt es noch keine Haushaltslinie.") % {"year": case.fiscal_year},
        )
        return
    year = {"year": effect.line.fiscal_year}
    yield (
        Check(state="fine", sentence=_("Geld reicht aus"))
        if effect.is_enough
        else Check(
            state="missing",
            sentence=_("Das Geld reicht nicht."),
            detail=_("Es stehen noch %(amount)s zur Verfügung.") % {"amount": format_money(effect.spendable)},
        )
    )
    yield (
        Check(state="fine", sentence=_("Haushalt %(year)s ist genehmigt") % year)
        if effect.line.status == BudgetLine.Status.OPEN
        else Check(state="missing", sentence=_("Haushalt %(year)s ist noch nicht genehmigt (§ 116 NKomVG)") % year)
    )
