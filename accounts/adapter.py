"""How log-in behaves: allauth does the work, this says what is special here, in words of the house."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.signup import get_signup_url
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage

from accounts.models import User

WRONG_CODE = _("Dieser Code stimmt nicht. Bitte prüfen Sie die Zeichen.")
TOO_MANY = _("Das waren zu viele Versuche. Bitte warten Sie ein paar Minuten.")


class AccountAdapter(DefaultAccountAdapter):
    """Log-in by a code that is mailed. Nobody has a password, so no page asks for one."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("Dieses Konto ist geschlossen."),
        "duplicate_email": _("Diese E-Mail-Adresse gehört schon zu Ihrem Konto."),
        "email_taken": _("Diese E-Mail-Adresse gehört schon zu einem Konto."),
        "incorrect_code": WRONG_CODE,
        "invalid_login": _("Bitte schreiben Sie Ihre E-Mail-Adresse."),
        "max_email_addresses": _("Mehr als %d E-Mail-Adressen sind nicht möglich."),
        "rate_limited": TOO_MANY,
        "same_as_current": _("Das ist schon Ihre Adresse. Bitte schreiben Sie die neue."),
        "too_many_login_attempts": TOO_MANY,
    }

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """The name and the language of the page come along with the address."""
        user.name = form.cleaned_data["name"]
        user.language = (get_language() or "de")[:2]
        saved: User = super().save_user(request, user, form, commit=commit)
        return saved

    def send_account_already_exists_mail(self, email: str) -> None:
        """Somebody registers an address that has an account: its owner is told, the page does not tell."""
        urls = {"signup_url": get_signup_url(context.request)}
        self.send_mail("account/email/account_already_exists", email, urls)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        labels = {
            "mfa_reauthenticate": _("Mit dem Code aus der App"),
            "mfa_reauthenticate:webauthn": _("Mit einem Passkey"),
        }
        methods = super().get_reauthentication_methods(user)
        return [method | {"description": labels[method["id"]]} for method in methods if method["id"] in labels]


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "add_email_blocked": _("Entfernen Sie zuerst den zweiten Faktor. Danach können Sie die Adresse ändern."),
        "cannot_delete_authenticator": _("Der zweite Faktor lässt sich nicht entfernen."),
        "cannot_generate_recovery_codes": _("Richten Sie zuerst eine App oder einen Passkey ein."),
        "incorrect_code": WRONG_CODE,
        "unverified_email": _("Bestätigen Sie zuerst Ihre E-Mail-Adresse."),
    }

    def build_totp_svg(self, url: str) -> str:
        """On white: without a ground of its own the picture vanishes in the dark."""
        picture = BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(picture)
        return picture.getvalue().decode()

    def generate_authenticator_name(self, user: User, type: Any) -> str:  # noqa: A002 - allauth's name
        number = user.authenticator_set.filter(type=type).count() + 1  # type: ignore[attr-defined]
        return str(_("Passkey %(number)s") % {"number": number})
