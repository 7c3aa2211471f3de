"""The criteria by which the projects of a programme are judged. What was judged by one keeps it as it was."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from applications.questions import thread_of
from funding.models import Programme
from journal.actors import Actor
from journal.events import record
from journal.refusals import Faster, Refused
from workflow.administration import acting
from workflow.models import Criterion, ReviewScore

MOST = 20
"""Of one programme: a longer sheet is scored by nobody with care."""
SCALE = ("weight", "most")


def of(programme: Programme | int) -> list[Criterion]:
    """The criteria in use, in their order."""
    return list(Criterion.objects.filter(programme=programme, retired_at__isnull=True))


def add(programme: Programme, *, actor: Actor, at: datetime, **words: Any) -> Criterion:
    """Puts a criterion (title, hint, weight, most) at the end. Raises Refused for one that is there, or one too many."""
    with transaction.atomic():
        held = Programme.objects.select_for_update().get(pk=programme.pk)
        used = of(held)
        if len(used) >= MOST:
            raise Refused(_("Mehr als %(limit)s Kriterien sind nicht möglich.") % {"limit": MOST})
        _refuse_twice(used, words["title"])
        last = Criterion.objects.filter(programme=held).order_by("-position").first()
        found = Criterion.objects.create(programme=held, position=last.position + 1 if last else 0, **words)
        _tell("criterion_added", found, actor, at, {name: ["", str(new)] for name, new in words.items()})
        return found


def change(criterion: Criterion, *, seen: str, actor: Actor, at: datetime, **words: Any) -> None:
    """Raises Faster if somebody changed it since it was read, Refused for another scale once it has been used."""
    with transaction.atomic():
        held = _held(criterion)
        if mark_of(held) != seen:
            raise Faster(_("Jemand anders hat dieses Kriterium gerade geändert."))
        _refuse_twice([one for one in of(held.programme) if one.pk != held.pk], words["title"])
        changes = {name: [getattr(held, name), new] for name, new in words.items() if getattr(held, name) != new}
        scale = next((name for name in SCALE if name in changes), None)
        if scale and is_used(held):
            raise Refused(
                _("Danach ist schon bewertet worden. Legen Sie für eine andere Wertung ein neues Kriterium an."),
                field=scale,
            )
        for name, new in words.items():
            setattr(held, name, new)
        held.save(update_fields=list(words))
        if changes:
            _tell("criterion_changed", held, actor, at, {name: [str(a), str(b)] for name, (a, b) in changes.items()})


def is_used(criterion: Criterion) -> bool:
    return ReviewScore.objects.filter(criterion=criterion).exists()


def move(criterion: Criterion, *, by: int, actor: Actor, at: datetime) -> bool:
    """One place up (-1) or down (+1); False at the end of the row."""
    with transaction.atomic():
        held = _held(criterion)
        row = of(held.programme)
        keys = [one.pk for one in row]
        if held.pk not in keys:
            raise Faster(_("Dieses Kriterium wird nicht mehr verwendet."))
        here, there = keys.index(held.pk), keys.index(held.pk) + by
        if not 0 <= there < len(row):
            return False
        row[here], row[there] = row[there], row[here]
        for position, one in enumerate(row):
            one.position = position
        Criterion.objects.bulk_update(row, ["position"])
        _tell("criterion_moved", held, actor, at, {})
        return True


def retire(criterion: Criterion, *, actor: Actor, at: datetime) -> None:
    """Nobody scores by it from now on; what was handed in keeps it."""
    with transaction.atomic():
        held = _held(criterion)
        if held.retired_at is not None:
            raise Faster(_("Dieses Kriterium wird nicht mehr verwendet."))
        held.retired_at = at
        held.save(update_fields=["retired_at"])
        _tell("criterion_retired", held, actor, at, {})


def mark_of(criterion: Criterion) -> str:
    """What a person saw of it, to notice that somebody was faster."""
    seen = (criterion.title, criterion.hint, str(criterion.weight), str(criterion.most))
    return sha256("\n".join(seen).encode()).hexdigest()


def _held(criterion: Criterion) -> Criterion:
    """As it is now; its programme's row is locked, so that only one person orders the criteria."""
    Programme.objects.select_for_update().get(pk=criterion.programme_id)
    return Criterion.objects.select_related("programme").get(pk=criterion.pk)


def _refuse_twice(used: list[Criterion], title: str) -> None:
    if any(one.title.casefold() == title.casefold() for one in used):
        raise Refused(_("Dieses Kriterium gibt es schon."), field="title")


def _tell(kind: str, criterion: Criterion, actor: Actor, at: datetime, changes: dict[str, list[str]]) -> None:
    record(
        kind,
        thread=thread_of(criterion.programme),
        subject=("workflow.criterion", criterion.pk),
        actor=acting(actor),
        at=at,
        facts={"name": criterion.title, "changes": changes},
    )
