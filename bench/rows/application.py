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
from applications.forms import texts
from applications.forms.questions import ALL_FORMS
from applications.merging import packed
from applications.models import Application, Question, QuestionSet
from bench.frame import Result, measure
from tests.factories import World

STEPS = (Section.PROJECT, Section.GOALS, Section.PERIOD, Section.DECLARATIONS)


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
    """The most queries of any step of plain fields, opened and saved by its script."""
    with transaction.atomic():
        world = World(at=timezone.now())
        world.round.closes_at = world.at + timedelta(days=30)
        world.round.save()
        draft, client, person = _draft(world), Client(HTTP_HOST="localhost"), world.cast.user["applicant"]
        client.force_login(person)
        opened, saved = [], []
        for step in STEPS:
            address = reverse("applications:step", args=[draft.key, step])
            shown = texts.shown(ALL_FORMS[step](instance=draft))
            sent = {name: text for name, text in shown.items() if text} | {
                "base": packed(shown), "person": str(person.key), "tab": "0" * 16, "version": str(draft.version),
            }  # fmt: skip
            opened.append(_counted(partial(client.get, address)))
            saved.append(_counted(partial(client.post, address, sent, headers={"X-Autosave": "1"})))
        transaction.set_rollback(True)
    return max(opened), max(saved)


@measure("application.step.queries", unit="queries")
def application_step_queries() -> Result:
    return Result(_measured()[0], None)


@measure("application.autosave.queries", unit="queries")
def application_autosave_queries() -> Result:
    return Result(_measured()[1], None)
