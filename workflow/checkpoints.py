"""The points that a programme adds to the formal check. A checklist that runs keeps the points it began with."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from applications.questions import thread_of
from funding.models import Programme
from journal.actors import Actor
from journal.events import record
from journal.refusals import Faster, Refused
from workflow.administration import acting
from workflow.models import CheckPoint

MOST = 30
"""Of one programme: a longer list is worked through by nobody."""


def of(programme: Programme) -> list[CheckPoint]:
    """The points in use, in their order."""
    return list(CheckPoint.objects.filter(programme=programme, retired_at__isnull=True))


def add(programme: Programme, *, title: str, hint: str, actor: Actor, at: datetime) -> CheckPoint:
    """Puts a point at the end. Raises Refused for one that is there already, or one too many."""
    with transaction.atomic():
        held = Programme.objects.select_for_update().get(pk=programme.pk)
        used = of(held)
        if len(used) >= MOST:
            raise Refused(_("Mehr als %(limit)s eigene Punkte sind nicht möglich.") % {"limit": MOST})
        _refuse_twice(used, title)
        last = CheckPoint.objects.filter(programme=held).order_by("-position").first()
        point = CheckPoint.objects.create(
            programme=held, title=title, hint=hint, position=last.position + 1 if last else 0
        )
        _tell("check_point_added", point, actor, at, {"title": ["", title], "hint": ["", hint]})
        return point


def change(point: CheckPoint, *, title: str, hint: str, seen: str, actor: Actor, at: datetime) -> None:
    """Changes the words for checks that begin from now on. Raises Faster if somebody changed them since they were read."""
    with transaction.atomic():
        held = _held(point)
        if mark_of(held) != seen:
            raise Faster(_("Jemand anders hat diesen Punkt gerade geändert."))
        _refuse_twice([one for one in of(held.programme) if one.pk != held.pk], title)
        changes = {name: [getattr(held, name), new] for name, new in (("title", title), ("hint", hint))}
        changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
        held.title, held.hint = title, hint
        held.save(update_fields=["title", "hint"])
        if changes:
            _tell("check_point_changed", held, actor, at, changes)


def move(point: CheckPoint, *, by: int, actor: Actor, at: datetime) -> bool:
    """One place up (-1) or down (+1); False at the end of the row."""
    with transaction.atomic():
        held = _held(point)
        row = of(held.programme)
        keys = [one.pk for one in row]
        if held.pk not in keys:
            raise Faster(_("Dieser Punkt wird nicht mehr verwendet."))
        here, there = keys.index(held.pk), keys.index(held.pk) + by
        if not 0 <= there < len(row):
            return False
        row[here], row[there] = row[there], row[here]
        for position, one in enumerate(row):
            one.position = position
        CheckPoint.objects.bulk_update(row, ["position"])
        _tell("check_point_moved", held, actor, at, {})
        return True


def retire(point: CheckPoint, *, actor: Actor, at: datetime) -> None:
    """New checks go without it; those that have it keep it."""
    with transaction.atomic():
        held = _held(point)
        if held.retired_at is not None:
            raise Faster(_("Dieser Punkt wird nicht mehr verwendet."))
        held.retired_at = at
        held.save(update_fields=["retired_at"])
        _tell("check_point_retired", held, actor, at, {})


def restore(point: CheckPoint, *, actor: Actor, at: datetime) -> None:
    """Used again, at the end of the row."""
    with transaction.atomic():
        held = _held(point)
        if held.retired_at is None:
            raise Faster(_("Dieser Punkt wird schon verwendet."))
        row = of(held.programme)
        _refuse_twice(row, held.title)
        held.retired_at, held.position = None, row[-1].position + 1 if row else 0
        held.save(update_fields=["retired_at", "position"])
        _tell("check_point_restored", held, actor, at, {})


def mark_of(point: CheckPoint) -> str:
    """What a person saw of a point, to notice that somebody was faster."""
    return sha256(f"{point.title}\n{point.hint}".encode()).hexdigest()


def _held(point: CheckPoint) -> CheckPoint:
    """The point as it is now; its programme's row is locked, so that only one person orders the points."""
    Programme.objects.select_for_update().get(pk=point.programme_id)
    return CheckPoint.objects.select_related("programme").get(pk=point.pk)


def _refuse_twice(used: list[CheckPoint], title: str) -> None:
    if any(one.title.casefold() == title.casefold() for one in used):
        raise Refused(_("Diesen Punkt gibt es schon."), field="title")


def _tell(kind: str, point: CheckPoint, actor: Actor, at: datetime, changes: dict[str, list[str]]) -> None:
    record(
        kind,
        thread=thread_of(point.programme),
        subject=("workflow.checkpoint", point.pk),
        actor=acting(actor),
        at=at,
        facts={"name": point.title, "changes": changes},
    )
