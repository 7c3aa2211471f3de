"""The one door. Every change of a state goes through `perform`; nothing else calls a transition.

django-fsm gives source, target and protection. Who may, what must hold and what the button says stand in the `Step`
that each transition carries, because a guard must know the day and the person and must be able to say why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, ClassVar, Self, TypeVar

from django.db import OperationalError, connection, models, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django_fsm import FSMField

from journal import impartial, outbox
from journal.actors import Actor
from journal.events import record
from journal.models import Event
from journal.refusals import Faster, Forbidden, Refused
from journal.signals import performed

M = TypeVar("M", bound="Machine")
Permission = Callable[[Any, Actor], str | None]
"""Answers with the role in which the actor may do it, or None."""
Guard = Callable[..., str | None]
"""Called as guard(obj, actor=…, today=…); answers with the sentence that says why not, or None."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """What a person meets of a transition: the button, who may press it, what must hold, what it says afterwards.

    `kind` is the event's kind (past tense). `form` is the dotted name of a `journal.forms.StepForm`. `tone` is
    primary, secondary or tertiary. `internal` steps have no button: another action walks them through the door.
    A step that `judges` is closed to who is bound to the other side; one that only notes what others did is not.
    """

    label: object | Callable[[Any], str]
    kind: str
    permission: Permission
    guards: tuple[Guard, ...] = ()
    form: str | None = None
    messages: tuple[str, ...] = ()
    consequence: object = ""
    tone: str = "primary"
    internal: bool = False
    judges: bool = False

    def label_for(self, obj: Machine) -> str:
        return str(self.label(obj)) if callable(self.label) else str(self.label)


def step(**kwargs: Any) -> dict[str, Step]:
    """`@transition(…, custom=step(label=…, …))`."""
    return {"step": Step(**kwargs)}


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A step that this person may take from here, with the sentences that still stand against it."""

    name: str
    step: Step
    label: str
    refusals: tuple[str, ...]
    bias: str = ""
    """What stands against it, if it is the person."""

    @property
    def is_open(self) -> bool:
        return not self.refusals


class StateField(FSMField):
    """A protected state: assigning to it raises, only a transition moves it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["protected"] = True
        kwargs.setdefault("db_index", True)
        super().__init__(*args, **kwargs)


class Machine(models.Model):
    """Base of the four machines: a state, a version that counts changes, and the thread its events belong to."""

    label_of_machine: ClassVar[str]
    version = models.PositiveIntegerField(default=0)
    _is_refreshing = False

    class Meta:
        abstract = True

    state: Any

    @property
    def thread(self) -> str:
        raise NotImplementedError

    @classmethod
    def locked(cls, pk: Any) -> Self:
        """The row as it is now, locked until the transaction ends. Overridden where parents must be locked first."""
        return cls._default_manager.select_for_update(of=("self",)).get(pk=pk)

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """django-fsm's own mixin switches the protection off for the whole class meanwhile; this one does not."""
        kept = self.__dict__.pop("state", None)
        self._is_refreshing = True
        try:
            super().refresh_from_db(*args, **kwargs)
        finally:
            self._is_refreshing = False
            if "state" not in self.__dict__ and kept is not None:
                self.__dict__["state"] = kept

    def get_deferred_fields(self) -> set[str]:
        """A state that was taken out to be read anew is not deferred: otherwise Django would leave it out."""
        found = super().get_deferred_fields()
        return found - {"state"} if self._is_refreshing else found

    def steps(self) -> Iterator[tuple[str, Step]]:
        """The transitions that lead away from the present state, in the order of the class."""
        for name, method in type(self).transitions().items():
            if method._django_fsm.has_transition(self.state):
                yield name, step_of(method)

    @classmethod
    def transitions(cls) -> dict[str, Any]:
        return {name: getattr(cls, name) for name, value in vars(cls).items() if hasattr(value, "_django_fsm")}

    def offers(self, *, actor: Actor, today: date) -> list[Offer]:
        """The buttons of this person at this moment; a step that somebody else must take is not among them.

        A guard or a permission that several steps share is asked once.
        """

        @cache
        def may(permission: Permission) -> bool:
            return bool(permission(self, actor))

        @cache
        def refusal(guard: Guard) -> str | None:
            return guard(self, actor=actor, today=today)

        @cache
        def bias(judges: bool) -> str:
            return (impartial.bias(self, actor=actor, today=today) or "") if judges else ""

        def refusals(found: Step) -> tuple[str, ...]:
            if person := bias(found.judges):
                return (person,)
            return tuple(str(sentence) for guard in found.guards if (sentence := refusal(guard)))

        return [
            Offer(
                name=name,
                step=found,
                label=found.label_for(self),
                refusals=refusals(found),
                bias=bias(found.judges),
            )
            for name, found in self.steps()
            if not found.internal and may(found.permission)
        ]


def step_of(method: Any) -> Step:
    """The Step that a transition carries."""
    found = next(iter(method._django_fsm.transitions.values())).custom["step"]
    assert isinstance(found, Step)
    return found


def require_impartial(found: Step, obj: Machine, *, actor: Actor, today: date) -> None:
    """Raises Forbidden where the step judges and the person is bound to the other side."""
    if found.judges:
        impartial.require(obj, actor=actor, today=today)


def refusals_of(found: Step, obj: Machine, *, actor: Actor, today: date) -> Iterator[str]:
    for guard in found.guards:
        sentence = guard(obj, actor=actor, today=today)
        if sentence:
            yield str(sentence)


def by(*roles: str) -> Permission:
    """Permission of whoever holds one of the roles; the first that fits is the one that the journal names."""

    def permission(_obj: Any, actor: Actor) -> str | None:
        return next((str(role) for role in roles if role in actor.roles), None)

    return permission


def perform(
    obj: M,
    name: str,
    *,
    actor: Actor,
    at: datetime,
    data: Mapping[str, Any] | None = None,
    expected_version: int | None = None,
) -> M:
    """Takes one step: lock, permission, impartiality, guards, transition, save, journal, letters — in one transaction.

    Returns the fresh object; throw the old one away. Raises Forbidden (403), Refused (422) or Faster (409), and then
    nothing was written. A deadlock is tried once more, unless the caller's own transaction is open.
    """
    retry = not connection.in_atomic_block
    try:
        return _walk(obj, name, actor, at, data or {}, expected_version)
    except OperationalError as error:
        if not retry or "deadlock" not in str(error).lower():
            raise
        return _walk(obj, name, actor, at, data or {}, expected_version)


def _walk(obj: M, name: str, actor: Actor, at: datetime, data: Mapping[str, Any], expected: int | None) -> M:
    with transaction.atomic():
        locked = type(obj).locked(obj.pk)
        method = type(locked).transitions()[name]
        found = step_of(method)
        role = found.permission(locked, actor)
        if role is None:
            raise Forbidden(_("Diese Aufgabe gehört einer anderen Person."))
        require_impartial(found, locked, actor=actor, today=localdate(at))
        _refuse_if_faster(locked, method, expected)
        for sentence in refusals_of(found, locked, actor=actor, today=localdate(at)):
            raise Refused(sentence)
        before = locked.state
        actor = actor.acting_as(role)
        getattr(locked, name)(actor=actor, at=at, **data)
        _save(locked, before)
        event = _tell(locked, found, actor, at, (before, locked.state), data)
        for kind in found.messages:
            outbox.queue(kind, obj=locked, event=event, at=at)
        performed.send(sender=type(locked), obj=locked, event=event, actor=actor, at=at)
        return locked


def _refuse_if_faster(locked: Machine, method: Any, expected: int | None) -> None:
    possible = method._django_fsm.has_transition(locked.state)
    if possible and expected in {None, locked.version}:
        return
    raise Faster(_("Jemand war schneller. Ihre Eingabe wurde nicht übernommen."), event=last_event(locked))


def last_event(obj: Machine) -> Event | None:
    """The newest line of the journal about this object."""
    own = Event.objects.filter(subject_label=obj.label_of_machine, subject_key=str(obj.pk))
    return own.order_by("-at", "-pk").first()


def _save(locked: Machine, before: str) -> None:
    """Saves only if nobody moved the row since it was read: the lock says so on PostgreSQL, this on every engine."""
    expected = locked.version
    rows: models.QuerySet[Any] = type(locked)._default_manager.filter(pk=locked.pk, version=expected)
    claimed = rows.filter(state=before)
    if not claimed.update(version=expected + 1):
        raise Faster(_("Jemand war schneller. Ihre Eingabe wurde nicht übernommen."), event=last_event(locked))
    locked.version = expected + 1
    locked.save()


def _tell(
    obj: Machine, found: Step, actor: Actor, at: datetime, states: tuple[str, str], data: Mapping[str, Any]
) -> Event:
    return record(
        found.kind,
        thread=obj.thread,
        subject=(obj.label_of_machine, obj.pk),
        actor=actor,
        at=at,
        states=states,
        reason=str(data.get("reason") or ""),
        facts=getattr(obj, "facts_told", {}),
    )
