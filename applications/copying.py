"""A new draft out of an earlier application, and a draft that is thrown away."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from applications import actions, lateness, queries, questions
from applications.chronicle import tell
from applications.models import Application, CostLine, LateLink, Organisation, SourceLine
from applications.saving import COUNTY, hold_open
from funding.models import Programme, Round
from funding.programmes import call_of
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


def rounds_for(user: User, actor: Actor, *, at: datetime) -> list[tuple[Round, LateLink | None]]:
    """Where a copy may go: the rounds that a new draft may begin in, and those for which the person has a late link."""
    programmes = Programme.objects.filter(is_published=True).prefetch_related("rounds")
    found: dict[int, tuple[Round, LateLink | None]] = {}
    for programme in programmes:
        call = call_of(programme, at=at)
        late = [call.late] if call.late is not None else []
        found |= {one.pk: (one, None) for one in (*call.rounds, *late) if one.is_open(at=at)}
    for link in lateness.links_of(user, actor, at=at):
        found.setdefault(link.round_id, (link.round, link))
    return sorted(found.values(), key=lambda pair: (pair[0].is_late(at=at), pair[0].closes_at, pair[0].pk))


def copy(source: Application, call: Round, *, actor: Actor, at: datetime, link: LateLink | None = None) -> Application:
    """A draft for `call` with the texts, goals, plan and answers of an earlier application of the same organisation.

    Days, declarations and documents belong to their year and do not come along; promises of others are open again.
    With a late `link` for the round it may be begun after the end, once. Raises Refused where it may not be.
    """
    if link is None and not call.is_open(at=at):
        raise Refused(_("Dieses Programm nimmt gerade keine Anträge an."))
    with transaction.atomic():
        held = _unused(link, call, at) if link is not None else None
        Organisation.objects.select_for_update().get(pk=source.organisation_id)
        if queries.draft_in(call, source.organisation) is not None:
            raise Refused(_("Für diese Runde gibt es schon einen Entwurf. Schreiben Sie dort weiter."))
        made = actions.begin(call, source.organisation, actor=actor, at=at)
        for name in TEXTS:
            setattr(made, name, getattr(source, name))
        made.measure = source.measure if source.measure is not None and source.measure.is_active else None
        made.answers = _answers(source, made)
        made.copied_from, made.version, made.late_link = source, 1, held
        made.save()
        made.goals.set(source.goals.all())
        _copy_plan(source, made)
        return made


def _unused(link: LateLink, call: Round, at: datetime) -> LateLink:
    """The link, locked, for this round and not begun with yet."""
    held = lateness.held(link, at=at)
    if held.round_id != call.pk or lateness.begun_with(held) is not None:
        raise Refused(_("Mit dieser Nachfrist ist schon ein Antrag begonnen."))
    return held


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
