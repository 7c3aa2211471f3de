"""/healthz tells what is ill, in one word for each part, and is 200 only when nothing is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from config import health, tasks
from config.celery import SCHEDULE, app
from tests.services.processes import until


@pytest.fixture
def heartbeat(clean_cache) -> None:
    tasks.heartbeat()


def test_all_well_is_200_and_never_cached(client, db, heartbeat) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "broker": "ok", "beat": "ok", "migrations": "ok"}
    assert "no-store" in answer["Cache-Control"]


def test_a_place_that_never_had_a_heartbeat_is_503(client, db, clean_cache) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["beat"]) == (503, "never")


AGES = [(timedelta(seconds=0), "ok"), (timedelta(seconds=150), "ok"), (timedelta(seconds=151), "late")]


@pytest.mark.parametrize(("age", "word"), AGES)
def test_two_heartbeats_may_be_lost_but_not_three(clean_cache, age, word) -> None:
    now = timezone.now()
    health.remember_heartbeat(at=now - age)
    assert health.beat_state(at=now) == word


def test_an_unapplied_migration_is_503(client, db, heartbeat) -> None:
    last = MigrationRecorder(connection).migration_qs.filter(app="journal").latest("id")
    MigrationRecorder(connection).record_unapplied(last.app, last.name)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["migrations"]) == (503, "1 pending")


def test_a_broker_that_is_gone_is_503_and_says_no_address(client, db, settings) -> None:
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert (answer.json()["broker"], answer.json()["beat"]) == ("unreachable", "unknown")
    assert "127.0.0.1" not in answer.content.decode()


def test_nobody_can_write_to_it(client, db) -> None:
    assert client.post("/healthz").status_code == 405


def test_every_job_of_the_schedule_exists(db) -> None:
    app.loader.import_default_modules()
    assert {job["task"] for job in SCHEDULE.values()} <= set(app.tasks)


def test_a_heartbeat_goes_through_a_real_worker(celery_worker_process) -> None:
    app.send_task("config.tasks.heartbeat")
    assert until(lambda: cache.get(health.HEARTBEAT))
