"""The few variables a place is set up with, read strictly: an unknown value stops the start and names its variable."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000; "
        "PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;"
    ),
}
"""IMMEDIATE takes the write lock at BEGIN: two approvals queue instead of failing with "database is locked"."""


def refuse(variable: str, why: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{variable}: {why}")


def text(variable: str, default: str = "") -> str:
    return os.environ.get(variable, "").strip() or default


def flag(variable: str, *, default: bool = False) -> bool:
    value = text(variable).lower()
    if value in {"", "0", "1", "false", "true", "no", "yes"}:
        return default if not value else value in {"1", "true", "yes"}
    raise refuse(variable, f"„{value}“ ist weder ja (1) noch nein (0).")


def words(variable: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(variable, default).split(",") if word.strip()]


def _split(variable: str, value: str, schemes: set[str]) -> Any:
    parts = urlsplit(value)
    if parts.scheme not in schemes:
        raise refuse(variable, f"erlaubt sind {', '.join(sorted(schemes))}; gefunden: „{parts.scheme or value}“.")
    return parts


def database(variable: str, default: Path) -> dict[str, Any]:
    """SQLite beside the data by default; PostgreSQL by address, with a pool of connections."""
    value = text(variable, f"sqlite:///{default}")
    scheme = _split(variable, value, {"postgres", "postgresql", "sqlite"}).scheme
    try:
        found: dict[str, Any] = dict(dj_database_url.parse(value))
    except ValueError as error:
        raise refuse(variable, str(error)) from error
    if scheme == "sqlite":
        return found | {"OPTIONS": SQLITE_OPTIONS}
    return found | {"CONN_MAX_AGE": 0, "OPTIONS": {"pool": {"min_size": 1, "max_size": 8, "timeout": 20}}}


def broker(variable: str, default: str) -> str:
    value = text(variable, default)
    _split(variable, value, {"redis", "rediss", "redis+socket", "unix"})
    return value


def mail(variable: str, default: Path) -> dict[str, Any]:
    """SMTP by address (``smtp://user:password@host:587/?tls=starttls``); otherwise letters are files in a folder."""
    value = text(variable)
    if not value:
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": str(default)}
    parts = _split(variable, value, {"smtp", "smtps"})
    query = parse_qs(parts.query)
    tls = query.pop("tls", ["starttls" if parts.username else "none"])[0]
    if query or tls not in {"none", "starttls"}:
        raise refuse(variable, "nach dem Fragezeichen ist nur tls=starttls oder tls=none erlaubt.")
    if not parts.hostname:
        raise refuse(variable, "der Name des Mailservers fehlt.")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and tls == "starttls",
        "EMAIL_TIMEOUT": 20,
    }


def storage(variable: str, default: Path) -> dict[str, Any]:
    """Uploads and documents: a private folder (``file:///srv/files``) or S3 (``s3://bucket?endpoint=https://…``)."""
    value = text(variable, default.as_uri())
    parts = _split(variable, value, {"file", "s3"})
    if parts.scheme == "file":
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": unquote(parts.path), "base_url": None},
        }
    if not parts.hostname:
        raise refuse(variable, "der Name des Speichers (Bucket) fehlt.")
    options: dict[str, Any] = {"bucket_name": parts.hostname, "default_acl": "private", "file_overwrite": False}
    endpoint = parse_qs(parts.query).get("endpoint")
    if endpoint:
        options["endpoint_url"] = endpoint[0]
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


