"""What the house answers when something may not be done. Each refusal carries a sentence for the person who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from journal.models import Event


class Refusal(Exception):
    """Base of all refusals; nothing was written when one leaves the door."""

    status = 422

    def __init__(self, sentence: object, *, field: str | None = None) -> None:
        super().__init__(str(sentence))
        self.sentence = str(sentence)
        self.field = field


class Refused(Refusal):
    """A rule says no (HTTP 422). `field` names the form field that the sentence belongs to, if there is one."""


class Forbidden(Refusal):
    """This person may not do it (HTTP 403)."""

    status = 403


class Faster(Refusal):
    """Somebody else moved the thing on in the meantime (HTTP 409). `event` is what they did, if it is known."""

    status = 409

    def __init__(self, sentence: object, *, event: Event | None = None) -> None:
        super().__init__(sentence)
        self.event = event
