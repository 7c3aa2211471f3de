"""The first person of a new installation: everybody else is invited on the pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import grants
from accounts.models import RoleGrant, User
from accounts.roles import Role
from journal.actors import system_actor


class Command(BaseCommand):
    help = "Gibt der ersten Person die Verwaltung des Systems. Gibt es schon jemanden, wird nichts geändert."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="Die E-Mail-Adresse der Person")
        parser.add_argument("--name", default="", help="Ihr Name")

    def handle(self, *args: Any, email: str, name: str, **options: Any) -> None:
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"„{email}“ ist keine E-Mail-Adresse.") from error
        with transaction.atomic():
            self._refuse_second()
            user = User.objects.filter(email__iexact=email).first() or User.objects.create_user(email, name=name)
            if not user.is_active:
                raise CommandError(f"Das Konto {user.email} ist geschlossen.")
            grants.give(user, Role.SYSADMIN, actor=system_actor(), at=timezone.now())
        self.stdout.write(f"{user.email} verwaltet jetzt das System.")
        self.stdout.write(
            f"Nächster Schritt: {urljoin(settings.SITE_URL, reverse('account_login'))} öffnen und anmelden."
        )
        self.stdout.write("Der Code kommt per E-Mail. Danach einen zweiten Faktor einrichten und Personen einladen.")

    def _refuse_second(self) -> None:
        held = RoleGrant.objects.filter(role=Role.SYSADMIN, ended_at__isnull=True, user__is_active=True)
        found = held.select_related("user").first()
        if found is not None:
            raise CommandError(
                f"{found.user.email} verwaltet das System schon. Weitere Personen werden dort eingeladen."
            )
