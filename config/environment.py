"""The few variables a place is set up with, read strictly: an unknown value stops the start and names its variable."""

from __future__ import annotations

import importlib.util
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

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

POSTGRESQL_QUERY = {"application_name", "connect_timeout", "host", "sslcert", "sslkey", "sslmode", "sslrootcert"}
PREPARE_AFTER = 5
"""So often a statement of the ledger is sent before the server keeps its plan. Django's own are never kept."""
SECRET_LENGTH = 50
HOST = re.compile(r"\.?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\]", re.IGNORECASE)
LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}


def refuse(variable: str, why: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{variable}: {why}")


def text(variable: str, default: str = "") -> str:
    return os.environ.get(variable, "").strip() or default


def flag(variable: str, *, default: bool = False) -> bool:
    value = text(variable).lower()
    if value in {"", "0", "1", "false", "true", "no", "yes"}:
        return default if not value else value in {"1", "true", "yes"}
    raise refuse(variable, f"„{value}“ ist weder ja (1) noch nein (0).")


def number(variable: str, default: int, *, low: int, high: int) -> int:
    value = text(variable, str(default))
    if value.isdecimal() and low <= int(value) <= high:
        return int(value)
    raise refuse(variable, f"„{value}“ ist keine ganze Zahl von {low} bis {high}.")


def secret(variable: str, *, without: str = "") -> str:
    """The key that signs sessions. ``without`` replaces it only where nobody outside can come: demo and tests."""
    value = text(variable, without)
    if len(value) >= SECRET_LENGTH:
        return value
    raise refuse(
        variable, f"{'zu kurz' if value else 'fehlt'}. Bitte {SECRET_LENGTH} oder mehr zufällige Zeichen setzen."
    )


def hosts(variable: str, default: str) -> list[str]:
    """Names that this place answers to, separated by commas; a leading dot means: and everything below it."""
    names = [name.strip() for name in text(variable, default).split(",") if name.strip()]
    wrong = [name for name in names if not HOST.fullmatch(name)]
    if not names or wrong:
        raise refuse(variable, f"„{wrong[0] if wrong else ''}“ ist kein Rechnername (ohne https:// und ohne Port).")
    return names


def origins(names: list[str]) -> list[str]:
    """The same names as addresses that a form may come from, behind a proxy that speaks https."""
    return [f"https://{'*' if name.startswith('.') else ''}{name}" for name in names if name not in LOOPBACK]


def site(variable: str, default: str) -> str:
    """The address that letters and mails link to, without a slash at the end."""
    value = text(variable, default).rstrip("/")
    parts = _split(variable, value, {"http", "https"})
    if not parts.hostname or parts.path or parts.query:
        raise refuse(variable, f"„{value}“ ist keine Adresse wie https://foerderung.example.org.")
    return value


def _split(variable: str, value: str, schemes: set[str]) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        raise refuse(variable, f"die Adresse ist nicht lesbar ({error}).") from error
    if parts.scheme not in schemes:
        raise refuse(variable, f"erlaubt sind {', '.join(sorted(schemes))}; gefunden: „{parts.scheme}“.")
    return parts


def _query(variable: str, parts: SplitResult, allowed: set[str]) -> dict[str, str]:
    found = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    unknown = sorted(set(found) - allowed)
    if unknown:
        raise refuse(variable, f"nach dem Fragezeichen ist „{unknown[0]}“ unbekannt.")
    return found


def database(variable: str, default: Path) -> dict[str, Any]:
    """SQLite beside the data by default; PostgreSQL by address, with a pool of connections."""
    value = text(variable, f"sqlite:///{default}")
    parts = _split(variable, value, {"postgres", "postgresql", "sqlite"})
    if not parts.path.strip("/"):
        raise refuse(variable, "der Name der Datenbank fehlt.")
    query = _query(variable, parts, set() if parts.scheme == "sqlite" else POSTGRESQL_QUERY)
    found: dict[str, Any] = dict(dj_database_url.parse(value))
    if parts.scheme == "sqlite":
        return found | {"OPTIONS": SQLITE_OPTIONS}
    pool = {"min_size": 1, "max_size": 8, "timeout": 20}
    return found | {"CONN_MAX_AGE": 0, "OPTIONS": query | {"pool": pool, "prepare_threshold": PREPARE_AFTER}}


def broker(variable: str, default: str) -> str:
    """Redis or Valkey, by network (``redis://host:6379/0``, ``rediss://``) or by socket (``unix:///run/valkey.sock``)."""
    value = text(variable, default)
    parts = _split(variable, value, {"redis", "rediss", "redis+socket", "unix"})
    if parts.scheme in {"redis", "rediss"}:
        if not parts.hostname:
            raise refuse(variable, "der Name des Rechners fehlt.")
        if not re.fullmatch(r"/?\d*", parts.path):
            raise refuse(variable, f"„{parts.path}“ ist keine Nummer einer Datenbank.")
    elif not parts.path:
        raise refuse(variable, "der Pfad des Sockets fehlt.")
    return value


def mail(variable: str, default: Path) -> dict[str, Any]:
    """SMTP by address (``smtp://user:password@host:587/?tls=starttls``); otherwise letters are files in a folder."""
    value = text(variable)
    if not value:
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": str(default)}
    parts = _split(variable, value, {"smtp", "smtps"})
    tls = _query(variable, parts, {"tls"}).get("tls", "starttls" if parts.username else "none")
    if tls not in {"none", "starttls"}:
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


def scanner(variable: str) -> str | tuple[str, int]:
    """A virus scanner that speaks clamd's protocol: ``unix:///run/clamav/clamd.ctl`` or ``tcp://host:3310``."""
    value = text(variable)
    if not value:
        return ""
    parts = _split(variable, value, {"unix", "tcp"})
    if parts.scheme == "unix":
        if not parts.path:
            raise refuse(variable, "der Pfad des Sockets fehlt.")
        return parts.path
    if not parts.hostname:
        raise refuse(variable, "der Name des Rechners fehlt.")
    return parts.hostname, parts.port or 3310


def storage(variable: str, default: Path) -> dict[str, Any]:
    """Uploads and documents: a private folder (``file:///srv/files``) or S3 (``s3://bucket?endpoint=https://…``)."""
    value = text(variable, default.as_uri())
    parts = _split(variable, value, {"file", "s3"})
    if parts.scheme == "s3":
        return _bucket(variable, parts)
    _query(variable, parts, set())
    if parts.netloc or not parts.path.strip("/"):
        raise refuse(variable, "ein Ordner wird als file:///ganzer/pfad angegeben, mit drei Schrägstrichen.")
    location = {"location": unquote(parts.path), "base_url": None}
    return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": location}


def _bucket(variable: str, parts: SplitResult) -> dict[str, Any]:
    query = _query(variable, parts, {"endpoint"})
    if not parts.hostname:
        raise refuse(variable, "der Name des Speichers (Bucket) fehlt.")
    if importlib.util.find_spec("storages") is None:
        raise refuse(variable, "für S3 fehlt das Paket django-storages.")
    options: dict[str, Any] = {"bucket_name": parts.hostname, "default_acl": "private", "file_overwrite": False}
    if "endpoint" in query:
        options["endpoint_url"] = query["endpoint"]
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
