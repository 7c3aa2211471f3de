"""The sign of life of the background jobs: beat writes it through a worker, everybody may look."""

from __future__ import annotations

from datetime import datetime

from django.core.cache import cache
from redis import RedisError

KEY = "heartbeat"


def last() -> datetime | None:
    """When beat last reached a worker; None if never, or if the broker does not answer."""
    try:
        found: datetime | None = cache.get(KEY)
    except RedisError:
        return None
    return found
