"""A new draft out of an earlier application, and a draft that is thrown away."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from applications import actions, queries, questions
from applications.chronicle import tell
from applications.models import Application, CostLine, SourceLine
from applications.saving import COUNTY, hold_open
from funding.models import Round
from journal.actors import Actor
from journal.refusals import Forbidden, Refused

TEXTS = (
    "title",
    "summary",
    "place",
    "municipality",
    "contact_name",
    "contact_phone",
    "target_group",
    "expected_people",
)
OWN_KINDS = ("own_cash", "own_in_kind_volunteer", "own_in_kind_other", "participant_fees")
"""Sources that nobody else has to promise anew."""


def copy(source: Application, call: Round, *, actor: Actor, at: datetime) -> Application:
    """A draft for `call` with the texts, goals, plan and answers of an earlier application of the same organisation.

    Days, declarations and documents belong to their year and do not come along; promises of others are open again.
    """
    if not call.is_open(at=at):
        raise Refused(_("Dieses Programm nimmt gerade keine Anträge an."))
    with transaction.atomic():
        if queries.draft_in(call, source.organisation) is not None:
            raise Refused(_("Für diese Runde gibt es schon einen Entwurf. Schreiben Sie dort weiter."))
        made = actions.begin(call, source.organisation, actor=actor, at=at)
        for name in TEXTS:
            setattr(made, name, getattr(source, name))
        made.measure = source.measure if source.measure is not None and source.measure.is_active else None
        made.answers = _answers(source, made)
        made.copied_from, made.version = source, 1
        made.save()
        made.goals.set(source.goals.all())
        _copy_plan(source, made)
        return made


def _answers(source: Application, made: Application) -> dict[str, Any]:
    """Answers move along by the short name of their question."""
    asked = {entry.question.slug for entry in questions.entries(made.question_set)}
    return {slug: answer for slug, answer in source.answers.items() if slug in asked}


def _copy_plan(source: Application, made: Application) -> None:
    for cost in source.costs.all():
        fields = {name: getattr(cost, name) for name in ("position", "category", "description", "quantity")}
        CostLine.objects.create(application=made, unit_price=cost.unit_price, amount=cost.amount, **fields)
    for line in source.sources.all():
        if line.kind == COUNTY:
            made.sources.filter(kind=COUNTY).update(description=line.description, amount=line.amount)
            continue
        status = line.status if line.kind in OWN_KINDS else SourceLine.Status.APPLIED
        fields = {name: getattr(line, name) for name in ("position", "kind", "description", "amount")}
        SourceLine.objects.create(application=made, status=status, **fields)


def discard(application: Application, *, actor: Actor, at: datetime) -> None:
    """Throws a draft away with its files. What was handed in stays for good."""
    with transaction.atomic():
        held = hold_open(application)
        if held.filed_at is not None:
            raise Forbidden(_("Dieser Antrag ist eingereicht. Sie können ihn zurückziehen, aber nicht löschen."))
        files = [found.file for found in held.attachments.all() if found.kept_id is None]
        tell("draft_discarded", held.organisation, actor=actor, at=at, facts={"document": str(held)})
        held.attachments.all().delete()
        held.delete()
        transaction.on_commit(partial(_delete, files))


def _delete(files: list[Any]) -> None:
    for file in files:
        file.delete(save=False)
