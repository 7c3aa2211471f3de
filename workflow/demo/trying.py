"""What the office of the demo tries and allows: two scenarios, side conditions to choose from, one early start."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.timezone import localdate

from accounts.roles import Role
from journal.actors import Actor
from journal.machine import perform
from workflow import administration, scenarios
from workflow.forms.conditions import SideConditionForm
from workflow.models import Case, CaseState, Scenario
from workflow.scenario_sheet import sheet

CONDITIONS = (
    ("Der Nachweis kommt innerhalb von sechs Monaten nach dem Ende des Projekts.", True),
    ("In Veröffentlichungen steht: „Gefördert vom Landkreis Wittmund“.", True),
    ("Änderungen im Finanzplan über 20 % sind vorher mitzuteilen.", True),
    ("Auf Fotos ist nur, wer eingewilligt hat.", False),
    ("Die Angebote stehen allen offen, ohne Mitgliedschaft.", False),
)
EARLY = "Lesepaten im Hort"


def lay_out(people: dict[str, Actor], *, now: datetime) -> None:
    _conditions(people[Role.COORDINATOR], at=now - timedelta(days=200))
    _early_start(people[Role.DECIDER], at=now - timedelta(days=5))
    _scenarios(people[Role.CASEWORKER], at=now - timedelta(days=1))


def _conditions(actor: Actor, *, at: datetime) -> None:
    day = localdate(at)
    for position, (text, is_standard) in enumerate(CONDITIONS, start=1):
        data = {"text": text, "position": position, "is_standard": is_standard, "valid_from": day.strftime("%d.%m.%Y")}
        form = SideConditionForm(data, today=day)
        if not form.is_valid():
            raise AssertionError(form.errors)
        administration.save_entry(form, "nebenbestimmungen", actor=actor, at=at)


def _early_start(actor: Actor, *, at: datetime) -> None:
    case = Case.objects.filter(application__title=EARLY, state=CaseState.TECHNICAL_REVIEW).first()
    if case is None:  # a demo with fewer stories
        return
    reason = "Das Schulhalbjahr beginnt, bevor entschieden werden kann."
    data = {"valid_from": localdate(at) + timedelta(days=14), "reason": reason}
    perform(case, "consent_to_early_start", actor=actor, at=at, data=data)


def _scenarios(actor: Actor, *, at: datetime) -> None:
    year = localdate(at).year
    chosen = list(scenarios.pickable(fiscal_year=year))
    if not chosen:
        return
    rules = (
        ("Winterrunde: nach Punkten", Scenario.Rule.BY_SCORE, "0.01", False),
        ("Winterrunde: alle anteilig, auf 10 € gerundet", Scenario.Rule.PRO_RATA, "10.00", True),
    )
    for number, (title, rule, unit, is_frozen) in enumerate(rules):
        moment = at + timedelta(hours=number)
        made = scenarios.begin(title=title, fiscal_year=year, cases=chosen, actor=actor, at=moment)
        way = scenarios.Way(title=title, rule=rule, unit=Decimal(unit))
        kept = scenarios.respread(made, way, {}, seen=0, actor=actor)
        if is_frozen and all(pot.rest >= 0 for pot in sheet(kept).pots):
            scenarios.freeze(kept, seen=kept.version, actor=actor, at=moment + timedelta(minutes=20))
