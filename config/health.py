"""Is this place well? ``GET /healthz`` answers 200 or 503, for containers, monitors and people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import RedisError

from journal import heartbeat

HEARTBEAT = heartbeat.KEY
PATIENCE = timedelta(seconds=150)
"""Beat sends one each minute: two may be lost or late, not three."""
OK = "ok"


def remember_heartbeat(*, at: datetime) -> None:
    cache.set(HEARTBEAT, at, timeout=None)


def database_state() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return OK


def broker_state() -> str:
    """Broker and cache are the same Redis or Valkey: one answer tells of both."""
    try:
        cache.get(HEARTBEAT)
    except RedisError:
        return "unreachable"
    return OK


def beat_state(*, at: datetime) -> str:
    """Beat wrote to the broker, a worker took it and wrote to the cache, and not too long ago."""
    try:
        last: datetime | None = cache.get(HEARTBEAT)
    except RedisError:
        return "unknown"
    if last is None:
        return "never"
    return OK if at - last <= PATIENCE else "late"


def migrations_state() -> str:
    """``ok``, or how many migrations this code has that the database has not."""
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unknown"
    return f"{len(pending)} pending" if pending else OK


def report(*, at: datetime) -> dict[str, str]:
    """One word for each part; whatever is not ``ok`` makes the whole ill."""
    parts: dict[str, Callable[[], str]] = {
        "database": database_state,
        "broker": broker_state,
        "beat": lambda: beat_state(at=at),
        "migrations": migrations_state,
    }
    return {name: look() for name, look in parts.items()}


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    found = report(at=timezone.now())
    well = set(found.values()) == {OK}
    return JsonResponse({"status": OK if well else "ill"} | found, status=200 if well else 503)
