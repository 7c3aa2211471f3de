"""An unknown value stops the start, and the sentence begins with the name of its variable."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment

DEFAULT = Path("/srv/default")
LONG = "k3y-" * 16

REFUSED = [
    ("DEMO", "maybe", lambda: environment.flag("DEMO")),
    ("WORKERS", "many", lambda: environment.number("WORKERS", 2, low=1, high=9)),
    ("WORKERS", "10", lambda: environment.number("WORKERS", 2, low=1, high=9)),
    ("WORKERS", "-1", lambda: environment.number("WORKERS", 2, low=1, high=9)),
    ("SECRET_KEY", "", lambda: environment.secret("SECRET_KEY")),
    ("SECRET_KEY", "short", lambda: environment.secret("SECRET_KEY")),
    ("SECRET_KEY", "short", lambda: environment.secret("SECRET_KEY", without=LONG)),
    ("ALLOWED_HOSTS", "*", lambda: environment.hosts("ALLOWED_HOSTS", "localhost")),
    ("ALLOWED_HOSTS", ",", lambda: environment.hosts("ALLOWED_HOSTS", "localhost")),
    ("ALLOWED_HOSTS", "https://a.example", lambda: environment.hosts("ALLOWED_HOSTS", "localhost")),
    ("ALLOWED_HOSTS", "a.example:443", lambda: environment.hosts("ALLOWED_HOSTS", "localhost")),
    ("ALLOWED_HOSTS", "a.example b.example", lambda: environment.hosts("ALLOWED_HOSTS", "localhost")),
    ("SITE_URL", "foerderung.example", lambda: environment.site("SITE_URL", "")),
    ("SITE_URL", "ftp://foerderung.example", lambda: environment.site("SITE_URL", "")),
    ("SITE_URL", "https://foerderung.example/pfad", lambda: environment.site("SITE_URL", "")),
    ("SITE_URL", "https://foerderung.example:port", lambda: environment.site("SITE_URL", "")),
    ("DATABASE_URL", "mysql://db/x", lambda: environment.database("DATABASE_URL", DEFAULT)),
    ("DATABASE_URL", "foerdertopf", lambda: environment.database("DATABASE_URL", DEFAULT)),
    ("DATABASE_URL", "postgresql://db", lambda: environment.database("DATABASE_URL", DEFAULT)),
    ("DATABASE_URL", "postgresql://db:hafen/x", lambda: environment.database("DATABASE_URL", DEFAULT)),
    ("DATABASE_URL", "postgresql://db/x?ssl=on", lambda: environment.database("DATABASE_URL", DEFAULT)),
    ("DATABASE_URL", "sqlite://", lambda: environment.database("DATABASE_URL", DEFAULT)),
    ("DATABASE_URL", "sqlite:////x?mode=ro", lambda: environment.database("DATABASE_URL", DEFAULT)),
    ("REDIS_URL", "amqp://rabbit", lambda: environment.broker("REDIS_URL", "")),
    ("REDIS_URL", "redis://", lambda: environment.broker("REDIS_URL", "")),
    ("REDIS_URL", "redis://r:70000/0", lambda: environment.broker("REDIS_URL", "")),
    ("REDIS_URL", "redis://r:6379/null", lambda: environment.broker("REDIS_URL", "")),
    ("REDIS_URL", "unix://", lambda: environment.broker("REDIS_URL", "")),
    ("EMAIL_URL", "mail.example", lambda: environment.mail("EMAIL_URL", DEFAULT)),
    ("EMAIL_URL", "http://mail.example", lambda: environment.mail("EMAIL_URL", DEFAULT)),
    ("EMAIL_URL", "smtp://", lambda: environment.mail("EMAIL_URL", DEFAULT)),
    ("EMAIL_URL", "smtp://mail.example:x", lambda: environment.mail("EMAIL_URL", DEFAULT)),
    ("EMAIL_URL", "smtp://mail.example?tls=ssl", lambda: environment.mail("EMAIL_URL", DEFAULT)),
    ("EMAIL_URL", "smtp://mail.example?ssl=1", lambda: environment.mail("EMAIL_URL", DEFAULT)),
    ("CLAMD_URL", "unix://", lambda: environment.scanner("CLAMD_URL")),
    ("CLAMD_URL", "tcp://", lambda: environment.scanner("CLAMD_URL")),
    ("CLAMD_URL", "http://scan", lambda: environment.scanner("CLAMD_URL")),
    ("STORAGE_URL", "/srv/files", lambda: environment.storage("STORAGE_URL", DEFAULT)),
    ("STORAGE_URL", "file://srv/files", lambda: environment.storage("STORAGE_URL", DEFAULT)),
    ("STORAGE_URL", "file:///srv/files?mode=600", lambda: environment.storage("STORAGE_URL", DEFAULT)),
    ("STORAGE_URL", "gs://bucket", lambda: environment.storage("STORAGE_URL", DEFAULT)),
    ("STORAGE_URL", "s3://", lambda: environment.storage("STORAGE_URL", DEFAULT)),
    ("STORAGE_URL", "s3://bucket?region=x", lambda: environment.storage("STORAGE_URL", DEFAULT)),
]


@pytest.mark.parametrize(("variable", "value", "read"), REFUSED, ids=[f"{row[0]}={row[1]}" for row in REFUSED])
def test_a_malformed_value_is_refused_by_name(monkeypatch, variable, value, read) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ImproperlyConfigured, match=f"^{variable}: ."):
        read()


def test_an_address_of_postgresql_becomes_a_pooled_connection(monkeypatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ft:p%40ss@db:5433/topf?sslmode=require")
    found = environment.database("DATABASE_URL", DEFAULT)
    assert (found["HOST"], found["PORT"], found["NAME"], found["PASSWORD"]) == ("db", 5433, "topf", "p@ss")
    assert found["OPTIONS"]["sslmode"] == "require"
    assert found["OPTIONS"]["pool"]["max_size"] > 1
    assert found["CONN_MAX_AGE"] == 0


def test_without_an_address_sqlite_waits_for_its_lock_instead_of_failing(monkeypatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    found = environment.database("DATABASE_URL", DEFAULT)
    assert found["NAME"] == str(DEFAULT)
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


MAIL = [
    ("smtp://mail.example", 25, False, False),
    ("smtps://mail.example", 465, True, False),
    ("smtp://user:secret@mail.example:587", 587, False, True),
    ("smtp://user:secret@mail.example?tls=none", 25, False, False),
    ("smtp://mail.example?tls=starttls", 25, False, True),
]


@pytest.mark.parametrize(("value", "port", "ssl", "starttls"), MAIL)
def test_a_mail_server_with_a_password_is_spoken_to_in_secret(monkeypatch, value, port, ssl, starttls) -> None:
    monkeypatch.setenv("EMAIL_URL", value)
    found = environment.mail("EMAIL_URL", DEFAULT)
    assert (found["EMAIL_PORT"], found["EMAIL_USE_SSL"], found["EMAIL_USE_TLS"]) == (port, ssl, starttls)


def test_without_a_mail_server_letters_are_files(monkeypatch) -> None:
    monkeypatch.delenv("EMAIL_URL", raising=False)
    assert environment.mail("EMAIL_URL", DEFAULT)["EMAIL_FILE_PATH"] == str(DEFAULT)


def test_uploads_may_live_in_a_bucket(monkeypatch) -> None:
    monkeypatch.setenv("STORAGE_URL", "s3://uploads?endpoint=https://s3.example")
    found = environment.storage("STORAGE_URL", DEFAULT)
    assert found["BACKEND"] == "storages.backends.s3.S3Storage"
    assert found["OPTIONS"]["bucket_name"] == "uploads"
    assert found["OPTIONS"]["endpoint_url"] == "https://s3.example"
    assert found["OPTIONS"]["default_acl"] == "private"


def test_uploads_in_a_folder_have_no_address(monkeypatch) -> None:
    monkeypatch.delenv("STORAGE_URL", raising=False)
    assert environment.storage("STORAGE_URL", DEFAULT)["OPTIONS"] == {"location": "/srv/default", "base_url": None}


def test_forms_may_come_from_the_public_names_over_https_only() -> None:
    assert environment.origins(["localhost", "[::1]", "a.example", ".b.example"]) == [
        "https://a.example",
        "https://*.b.example",
    ]


def test_a_start_with_an_unknown_value_ends_with_its_name() -> None:
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "REDIS_URL": "memcached://here", "TESTING": "0"}
    env |= {"DEMO": "0", "SECRET_KEY": LONG}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=Path(__file__).parents[2], env=env, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "REDIS_URL: erlaubt sind" in done.stderr
