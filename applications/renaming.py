"""An organisation has another name: floors above that keep it elsewhere register what they do then."""

from __future__ import annotations

from collections.abc import Callable

from applications.models import Organisation

watchers: list[Callable[[Organisation], None]] = []


def renamed(organisation: Organisation) -> None:
    """In the transaction of the change."""
    for watcher in watchers:
        watcher(organisation)
