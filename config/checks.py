"""What must never run together: found by ``manage.py check``, and again when web, worker or beat start."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, register
from django.core.exceptions import ImproperlyConfigured

from config.environment import LOOPBACK


@register()
def demo_stays_at_home(**_: Any) -> list[Error]:
    """Demo mode lets anybody log in as anybody: only the machine's own names may be answered to."""
    public = [host for host in settings.ALLOWED_HOSTS if host not in LOOPBACK]
    if not settings.DEMO or not public:
        return []
    sentence = f"DEMO ist an, und ALLOWED_HOSTS nennt „{public[0]}“: Im Demobetrieb kann sich jeder als jeder anmelden."
    return [Error(sentence, hint="DEMO abschalten oder ALLOWED_HOSTS auf localhost beschränken.", id="config.E001")]


def refuse_public_demo() -> None:
    """Servers run no system checks: they call this instead.

    Raises:
        ImproperlyConfigured: with the same sentence as the check.
    """
    for error in demo_stays_at_home():
        raise ImproperlyConfigured(f"{error.msg} {error.hint}")
