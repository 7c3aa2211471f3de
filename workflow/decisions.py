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
from funding.models import BudgetLine, Resolution
from funding.money import format_money
from journal import formats
from journal.actors import Actor
from workflow import competence, conflicts, dossier, findings, money, rules
from workflow.models import AwardState, Case, CaseState
from workflow.shares import Effect, effects_of, parts_of

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


def page(case: Case, *, actor: Actor, today: date) -> dict[str, Any]:
    """The context of the decision page, apart from its forms."""
    effects = effects_of(case, today=today)
    return {
        "case": case,
        "today": today,
        "effect": effects[0] if len(effects) == 1 else None,
        "parts": parts_of(case, None, today=today) if len(effects) > 1 else [],
        "proposer": names_of({case.proposed_by}).get(case.proposed_by) if case.proposed_by else "",
        "checks": checks(case, effects, actor=actor, today=today),
        "facts": facts(case),
        "title": _("Über „%(title)s“ entscheiden") % {"title": case.application},
        "proposal": _proposal(case),
        "is_provisional": is_provisional(effects),
    }


def is_provisional(effects: list[Effect]) -> bool:
    """A part would have to come now from a year whose budget is not approved (§ 116 NKomVG): no award is possible yet."""
    return any(effect.line.status == BudgetLine.Status.PROVISIONAL and not effect.is_pledge for effect in effects)


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
        rows.append((_("Angebot an den Verein"), _offer(case)))
    if money.is_low(case, case.proposed_amount):
        least = {"least": format_money(case.programme.minimum)}
        rows.append((_("Ausnahme"), _("weniger als der Mindestbetrag von %(least)s") % least))
    earliest = rules.earliest_start(case)
    if earliest is not None:
        rows.append((_("Vorzeitiger Beginn"), _("zugestimmt ab dem %(day)s") % {"day": formats.plain_day(earliest)}))
    if application.starts_on and application.ends_on:
        rows.append((_("Zeitraum"), formats.period(application.starts_on, application.ends_on)))
    return rows


def _offer(case: Case) -> str:
    """The association may have accepted less than it was offered."""
    offered = format_money(case.offered_amount)
    if case.offer_accepted_at is None:
        return _("%(offered)s, noch nicht angenommen") % {"offered": offered}
    return _("angeboten %(offered)s, angenommen %(accepted)s") % {
        "offered": offered,
        "accepted": format_money(case.proposed_amount),
    }


def checks(case: Case, effects: list[Effect], *, actor: Actor, today: date) -> list[Check]:
    """Made by the machine, so deviations come first."""
    found = list(_checks(case, effects, actor, today))
    return sorted(found, key=lambda check: check.state == "fine")


def _checks(case: Case, effects: list[Effect], actor: Actor, today: date) -> Iterator[Check]:
    yield _of_rule(rules.decider_is_second_person, _("Sie haben den Vorschlag nicht geschrieben"), case, actor, today)
    yield _of_rule(conflicts.bias, _("Sie sind mit dem Antragsteller nicht verbunden"), case, actor, today)
    yield _competence(case, actor, today)
    if not case.proposed_amount:
        return
    yield from _noticed(case)
    yield from _money(case, effects)
    yield _of_rule(rules.project_has_not_begun, _not_begun(case), case, actor, today)
    if case.proposed_amount < case.requested_amount:
        yield _of_rule(
            rules.offer_is_accepted, _("Der Verein hat den niedrigeren Betrag angenommen"), case, actor, today
        )


def _noticed(case: Case) -> Iterator[Check]:
    """What the computer noticed: open it is a deviation, explained it stands with its explanation."""
    found = findings.standing(case.findings.all()) if getattr(case, "has_findings", True) else []
    names = names_of({one.acknowledged_by for one in found if one.acknowledged_by})
    for one in found:
        if one.acknowledged_at is not None:
            who = {"who": names.get(one.acknowledged_by, ""), "reason": one.reason}  # type: ignore[arg-type]
            yield Check(state="fine", sentence=one.sentence, detail=_("Geklärt von %(who)s: %(reason)s") % who)
        else:
            state = "missing" if one.is_hard else "notice"
            yield Check(state=state, sentence=one.sentence, detail=_("Noch nicht geklärt."))
    if not found:
        yield Check(state="fine", sentence=_("Keine Auffälligkeiten"))


def _not_begun(case: Case) -> str:
    earliest = rules.earliest_start(case)
    if earliest is None:
        return _("Projekt hat noch nicht begonnen")
    return _("Vorzeitigem Beginn ist zugestimmt ab dem %(day)s") % {"day": formats.plain_day(earliest)}


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


def _money(case: Case, effects: list[Effect]) -> Iterator[Check]:
    if not effects:
        yield Check(
            state="missing",
            sentence=_("Für %(year)s gibt es noch keine Haushaltslinie.") % {"year": case.fiscal_year},
        )
        return
    short = [effect for effect in effects if not effect.is_enough]
    yield from (_short(effect, of_several=len(effects) > 1) for effect in short)
    if not short:
        yield Check(state="fine", sentence=_("Geld reicht aus"))
    yield from _budgets(effects)


def _short(effect: Effect, *, of_several: bool) -> Check:
    rest = _("Es stehen noch %(amount)s zur Verfügung.") % {"amount": format_money(max(effect.spendable, ZERO))}
    return Check(
        state="missing",
        sentence=_("Das Geld reicht nicht."),
        detail=f"{effect.line}: {rest}" if of_several else rest,
    )


def _budgets(effects: list[Effect]) -> Iterator[Check]:
    """Each year once: approved, only pledged, or not possible yet."""
    for effect in {effect.line.fiscal_year: effect for effect in effects}.values():
        year = {"year": effect.line.fiscal_year}
        if effect.line.status == BudgetLine.Status.OPEN:
            yield Check(state="fine", sentence=_("Haushalt %(year)s ist genehmigt") % year)
        elif effect.is_pledge:
            yield Check(
                state="notice",
                sentence=_("Haushalt %(year)s ist noch nicht genehmigt") % year,
                detail=_("%(amount)s stehen unter Haushaltsvorbehalt.") % {"amount": format_money(effect.amount)},
            )
        else:
            yield Check(state="missing", sentence=_("Haushalt %(year)s ist noch nicht genehmigt (§ 116 NKomVG)") % year)
