"""Who has just set up a second factor has shown it."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import User


@receiver(authenticator_added)
def note_second_factor(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Without this allauth would ask for the code again before it shows the recovery codes."""
    record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type, reauthenticated=True)
