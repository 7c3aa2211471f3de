"""The bodies of the county and who sits in them. The three that the law knows are always there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.apps.registry import Apps
from django.apps.registry import apps as installed
from django.db import models, transaction
from django.db.models import Q, QuerySet

from accounts.roles import Role
from funding.models import Resolution
from journal.actors import Actor
from journal.events import record
from workflow.administration import LONG, held
from workflow.models import Body, BodyMember

Kind = Resolution.Body
THE_THREE = (
    (Kind.SOCIAL_COMMITTEE, "Sozialausschuss", True),
    (Kind.COUNTY_COMMITTEE, "Kreisausschuss", False),
    (Kind.COUNTY_COUNCIL, "Kreistag", True),
)
"""Kind, name, whether it sits in public (§ 64, § 78 Abs. 2 NKomVG): in the order in which a paper passes them."""
ORDER = {str(kind): place for place, kind in enumerate((Kind.ADMINISTRATION, *(kind for kind, *_rest in THE_THREE)))}
"""Who stands above whom: what a lower one may decide, a higher one may too."""


def lay_out(*, using: str, apps: Apps = installed, **_signal: Any) -> None:
    """After migrations, and after a flush (which names no apps): puts in what is missing, changes nothing that is there."""
    try:
        model = apps.get_model("workflow", "Body")
    except LookupError:  # migrated back to before there were bodies
        return
    for kind, name, is_public in THE_THREE:
        model._default_manager.using(using).get_or_create(
            kind=kind.value, defaults={"name": name, "is_public": is_public}
        )


def in_order(bodies: Iterable[Body]) -> list[Body]:
    return sorted(bodies, key=lambda body: ORDER[body.kind])


def all_bodies() -> list[Body]:
    """In the order in which a paper passes them."""
    return in_order(Body.objects.all())


def sitting(on: date) -> Q:
    """Members who belong to their body on a day."""
    return Q(since__lte=on) & (Q(until__isnull=True) | Q(until__gte=on))


def members_of(body: Body, *, on: date) -> QuerySet[BodyMember]:
    return body.members.filter(sitting(on))


def change_body(body: Body, data: dict[str, Any], *, actor: Actor, at: datetime) -> None:
    """Writes what the form read: name, place, whether it sits in public."""
    _write(body, data, kind="body_changed", thread=f"body:{body.kind}", actor=actor, at=at)


def add_member(body: Body, data: dict[str, Any], *, actor: Actor, at: datetime) -> BodyMember:
    member = BodyMember(body=body)
    _write(member, data, kind="member_added", thread=f"body:{body.kind}", actor=actor, at=at)
    return member


def change_member(member: BodyMember, data: dict[str, Any], *, actor: Actor, at: datetime) -> None:
    """Also the end of a membership: nobody is deleted, old votes keep their names."""
    _write(member, data, kind="member_changed", thread=f"body:{member.body.kind}", actor=actor, at=at)


def _write(obj: models.Model, data: dict[str, Any], *, kind: str, thread: str, actor: Actor, at: datetime) -> None:
    """Saves and tells what changed; nothing changed is told by nobody."""
    with transaction.atomic():
        changes = apply(obj, data)
        if changes:
            record(
                kind,
                thread=thread,
                subject=(obj._meta.label_lower, obj.pk),
                actor=actor.acting_as(Role.COMMITTEE_OFFICE),
                at=at,
                facts={"name": str(obj)[:LONG], "changes": changes},
            )


def apply(obj: models.Model, data: dict[str, Any]) -> dict[str, list[str]]:
    """Writes values into a row and saves it; returns what changed, old and new, in words."""
    is_new = obj.pk is None
    before = {name: "" if is_new else held(obj, name)[:LONG] for name in data}
    for name, value in data.items():
        setattr(obj, name, value)
    changes = {name: [before[name], now] for name in data if (now := held(obj, name)[:LONG]) != before[name]}
    if changes or is_new:
        obj.save()
    return changes
