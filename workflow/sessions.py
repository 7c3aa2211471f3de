"""Sittings of the bodies and their agendas: planned, moved, cancelled, held; which paper stands under which TOP."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.roles import Role
from journal.actors import Actor
from journal.events import record
from journal.refusals import Faster, Refused
from workflow import bodies
from workflow.administration import LONG
from workflow.models import Body, Consultation, CouncilPaper, Session

State = Session.State
ON_AGENDA = Q(is_wanted=True, paper__state__in=[CouncilPaper.State.FROZEN, CouncilPaper.State.DECIDED])
"""Drafts do not stand on an agenda."""
NUMBERS = re.compile(r"\d+|\D+")


def upcoming(today: date, *, with_cancelled: bool = False) -> QuerySet[Session]:
    """What is still to come, the next first, with the number of items: one query."""
    found = _counted().filter(held_on__gte=today).order_by("held_on", "starts_at", "pk")
    return found if with_cancelled else found.exclude(state=State.CANCELLED)


def all_sessions() -> QuerySet[Session]:
    return _counted().order_by("-held_on", "-pk")


def _counted() -> QuerySet[Session]:
    wanted = Q(items__is_wanted=True, items__paper__state__in=[CouncilPaper.State.FROZEN, CouncilPaper.State.DECIDED])
    return Session.objects.select_related("body").annotate(item_count=Count("items", filter=wanted))


def agenda(session: Session) -> list[Consultation]:
    """The items in the order of their TOP: 9 before 10, 4.2 after 4.1, those without one at the end. One query."""
    found = session.items.filter(ON_AGENDA).select_related("paper", "body", "session")
    return sorted(found, key=lambda item: (not item.item, in_order(item.item), item.paper.number))


def in_order(item: str) -> list[tuple[int, int, str]]:
    """A key by which numbers count as numbers."""
    parts = NUMBERS.findall(item)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in parts]


def waiting(body: Body | None = None) -> list[Consultation]:
    """Items of frozen papers that no sitting takes: without a session, or with one that was cancelled. One query."""
    found = Consultation.objects.filter(
        Q(session__isnull=True) | Q(session__state=State.CANCELLED),
        is_wanted=True, outcome="", paper__state=CouncilPaper.State.FROZEN,
    )  # fmt: skip
    if body is not None:
        found = found.filter(body=body)
    return list(found.select_related("paper", "body", "session").order_by("paper__frozen_at", "position"))


def plan(body: Body, data: dict[str, Any], *, actor: Actor, at: datetime) -> Session:
    """A new sitting. Raises Refused if the body sits on that day already."""
    session = Session(body=body)
    _keep(session, data, kind="session_planned", actor=actor, at=at)
    return session


def change(session: Session, data: dict[str, Any], *, actor: Actor, at: datetime) -> None:
    """Another day, hour or place. What was held or cancelled stays as it was."""
    _refuse_past(session)
    _keep(session, data, kind="session_changed", actor=actor, at=at)


def _keep(session: Session, data: dict[str, Any], *, kind: str, actor: Actor, at: datetime) -> None:
    try:
        with transaction.atomic():
            changes = bodies.apply(session, data)
            if changes:
                _tell(kind, session, actor=actor, at=at, changes=changes)
    except IntegrityError as error:
        raise Refused(_("An diesem Tag tagt das Gremium schon."), field="held_on") from error


def _refuse_past(session: Session) -> None:
    if session.state != State.PLANNED:
        raise Refused(_("Diese Sitzung ist %(state)s.") % {"state": session.get_state_display()})


def cancel(session: Session, *, reason: str, actor: Actor, at: datetime) -> None:
    """Its items wait for another sitting."""
    if session.items.exclude(outcome="").exists():
        raise Refused(_("In dieser Sitzung ist schon beschlossen worden."))
    _move(session, State.CANCELLED, kind="session_cancelled", reason=reason, actor=actor, at=at)


def hold(session: Session, *, actor: Actor, at: datetime) -> None:
    """It has taken place; doing it twice is doing it once."""
    if Session.objects.filter(pk=session.pk, state=State.HELD).exists():
        return
    _move(session, State.HELD, kind="session_held", reason="", actor=actor, at=at)


def _move(session: Session, target: str, *, kind: str, reason: str, actor: Actor, at: datetime) -> None:
    with transaction.atomic():
        if not Session.objects.filter(pk=session.pk, state=State.PLANNED).update(state=target):
            raise Faster(_("Diese Sitzung hat gerade jemand anders geändert."))
        _tell(kind, session, actor=actor, at=at, reason=reason)


def _tell(kind: str, session: Session, *, actor: Actor, at: datetime, reason: str = "", **facts: Any) -> None:
    record(
        kind,
        thread=f"body:{session.body.kind}",
        subject=("workflow.session", session.pk),
        actor=actor.acting_as(Role.COMMITTEE_OFFICE),
        at=at,
        reason=reason,
        facts={"name": str(session)[:LONG], **facts},
    )


def put_on_agenda(session: Session, items: dict[int, str], *, actor: Actor, at: datetime) -> None:
    """Writes the TOP of items by their number; what waited for a sitting comes onto this one. All or nothing.

    Raises Refused where two items get the same TOP, Faster where an item is no longer open for it.
    """
    _refuse_past(session)
    _refuse_twice(items)
    try:
        with transaction.atomic():
            _write_items(session, items)
            told = {str(pk): item for pk, item in items.items()}
            _tell("agenda_changed", session, actor=actor, at=at, items=told)
    except IntegrityError as error:
        raise Refused(
            _("Einen dieser TOPs hat in der Sitzung schon eine andere Vorlage, vielleicht ein Entwurf.")
        ) from error


def _write_items(session: Session, items: dict[int, str]) -> None:
    # Two items that change places would meet halfway: first all are without a TOP.
    Consultation.objects.filter(session=session, pk__in=items).update(item="")
    for pk, item in items.items():
        possible = Consultation.objects.filter(pk=pk, body=session.body_id, outcome="", is_wanted=True)
        if not possible.update(session=session, item=item):
            raise Faster(_("Ein Punkt der Tagesordnung hat sich gerade geändert. Bitte sehen Sie noch einmal hin."))


def _refuse_twice(items: dict[int, str]) -> None:
    given = [item for item in items.values() if item]
    twice = next((item for item in given if given.count(item) > 1), None)
    if twice is not None:
        raise Refused(_("TOP %(item)s steht zweimal da.") % {"item": twice})
