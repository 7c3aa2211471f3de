"""Who is bound to somebody must not judge them (§§ 20, 21 VwVfG, § 41 NKomVG).

The house asks here before every step that judges, and before what judges outside the machines. Who is bound to whom is
known to a floor above, which adds its question when the application starts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from journal.actors import Actor
from journal.refusals import Forbidden

Question = Callable[[Sequence[Any], Actor, date], str | None]
questions: list[Question] = []
"""Each takes (things, actor, today) and answers with the sentence that says why this person may judge none of the
things, or None. However many things there are, it needs the same number of queries."""


def asks(question: Question) -> Question:
    """Registers a question."""
    questions.append(question)
    return question


def bias(*things: Any, actor: Actor, today: date) -> str | None:
    """The sentence that stands against this person's judging one of these, or None. A nightly task is bound to nobody."""
    if actor.key is None or not things:
        return None
    return next((sentence for question in questions if (sentence := question(things, actor, today))), None)


def require(*things: Any, actor: Actor, today: date) -> None:
    """Raises Forbidden for who is bound to one of these."""
    sentence = bias(*things, actor=actor, today=today)
    if sentence:
        raise Forbidden(sentence)
