"""What a step of a draft costs: opening it, and saving it while somebody types."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache, partial
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.completeness import Section
from applications.forms import plan, plan_drafts, texts
from applications.forms.questions import ALL_FORMS
from applications.merging import Values, packed
from applications.models import Application, CostLine, Question, QuestionSet
from bench.frame import Result, measure
from tests.factories import World

FIELDS = (Section.PROJECT, Section.GOALS, Section.PERIOD, Section.QUESTIONS, Section.DECLARATIONS)
AUTOSAVE = {"X-Autosave": "1"}


def _draft(world: World) -> Application:
    """A complete draft of a programme that asks questions of its own."""
    asked = QuestionSet.objects.create(programme=world.programme, number=1, published_at=world.at)
    Question.objects.create(question_set=asked, slug="raum", kind=Question.Kind.SHORT_TEXT, label="Welcher Raum?")
    draft = world.draft()
    Application.objects.filter(pk=draft.pk).update(question_set=asked)
    return draft


def _counted(ask: Callable[[], Any]) -> int:
    ask()
    with CaptureQueriesContext(connection) as queries:
        answer = ask()
    assert answer.status_code == 200, answer.status_code
    return len(queries)


@cache
def _measured() -> tuple[int, int]:
    """The most queries of any step, opened and saved by its script: plain fields, questions, and the plan changed."""
    with transaction.atomic():
        world = World(at=timezone.now())
        world.round.closes_at = world.at + timedelta(days=30)
        world.round.save()
        draft, client, person = _draft(world), Client(HTTP_HOST="localhost"), world.cast.user["applicant"]
        client.force_login(person)
        page = {"person": str(person.key), "tab": "0" * 16, "version": str(draft.version)}
        opened = [_counted(partial(client.get, _address(draft, step))) for step in Section]
        saved = [_counted(partial(_save, client, draft, step, page)) for step in FIELDS]
        saved += [_counted(_plan_changes(client, draft, page, lines=lines)) for lines in (1, 30)]
        transaction.set_rollback(True)
    return max(opened), max(saved)


def _address(draft: Application, step: Section) -> str:
    return reverse("applications:step", args=[draft.key, step])


def _save(client: Client, draft: Application, step: Section, page: dict[str, str]) -> Any:
    shown = texts.shown(ALL_FORMS[step](instance=draft))
    sent = {name: text for name, text in shown.items() if text} | page | {"base": packed(shown)}
    return client.post(_address(draft, step), sent, headers=AUTOSAVE)


def _plan_changes(client: Client, draft: Application, page: dict[str, str], *, lines: int) -> Callable[[], Any]:
    """A plan of so many lines, in which each line of both sides changes whenever it is saved."""
    draft.costs.all().delete()
    CostLine.objects.bulk_create(
        CostLine(application=draft, category="fees", description=f"Posten {number}", position=number)
        for number in range(lines)
    )
    blank = plan_drafts.PlanDraft(*plan.sent(plan.as_data("costs", []) | plan.as_data("sources", [])))
    known = plan_drafts.stored(Application.objects.get(pk=draft.pk))
    ten, eleven = _at_price(known, "10,00"), _at_price(known, "11,00")
    steps = iter(
        [page | blank.data_of(ten) | {"base": packed(known)}, page | blank.data_of(eleven) | {"base": packed(ten)}]
    )
    return lambda: client.post(_address(draft, Section.PLAN), next(steps), headers=AUTOSAVE)


def _at_price(lines: Values, price: str) -> Values:
    """A line's last text is its amount."""
    return {key: [*row[:-1], price] for key, row in lines.items()}


@measure("application.step.queries", unit="queries")
def application_step_queries() -> Result:
    return Result(_measured()[0], None)


@measure("application.autosave.queries", unit="queries")
def application_autosave_queries() -> Result:
    return Result(_measured()[1], None)
