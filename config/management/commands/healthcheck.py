"""``manage.py healthcheck``: asks /healthz as a container's health check does; exits 1 unless the answer is 200."""

from __future__ import annotations

import http.client
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """Comes under a name that this place answers to, whatever the address it listens on."""

    help = "Fragt /healthz auf diesem Rechner; Ende mit 1, wenn nicht alles gesund ist."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", options["port"], timeout=10)
        try:
            connection.request("GET", "/healthz", headers={"Host": settings.ALLOWED_HOSTS[0].lstrip(".")})
            answer = connection.getresponse()
            body = answer.read().decode()
        except OSError as error:
            raise CommandError(f"/healthz antwortet nicht: {error}") from error
        finally:
            connection.close()
        if answer.status != http.HTTPStatus.OK:
            raise CommandError(body)
        self.stdout.write(body)
