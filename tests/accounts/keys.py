"""What the tests of log-in share: the code in a letter, the code of an app, a session with a second factor."""

from __future__ import annotations

import re
import time

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows import login as flows
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from django.test import Client

from accounts.models import User

CODE = re.compile(r"^(\d{4}-\d{4})\s*$", re.MULTILINE)


def code_in(letter: object) -> str:
    """The log-in code that stands alone on a line."""
    found = CODE.search(letter.get_content())  # type: ignore[attr-defined]
    assert found, letter
    return found[1]


def app_code(secret: str, *, at: float | None = None) -> str:
    return auth.format_hotp_value(auth.hotp_value(secret, int(at or time.time()) // 30))


def wrong(code: str) -> str:
    """A code of the same form that is not this one."""
    return ("1" if code[0] != "1" else "2") + code[1:]


def give_app(user: User) -> str:
    """Sets up an app and recovery codes past the pages; the secret."""
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def log_in_with_factor(client: Client, user: User) -> None:
    """Logs in past the pages, as somebody who has shown their app."""
    give_app(user)
    client.force_login(user)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": time.time(), "reauthenticated": True}]
    session[flows._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
