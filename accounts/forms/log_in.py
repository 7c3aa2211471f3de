"""The forms of log-in: allauth's checks with our words. No field has a placeholder; the label stands above it."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.account.internal.flows.manage_email import sync_user_email_address
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _

EMAIL_ERRORS = {
    "required": _("Bitte schreiben Sie Ihre E-Mail-Adresse."),
    "invalid": _("Bitte schreiben Sie die ganze Adresse, zum Beispiel name@verein.example."),
}


def email_field(**options: Any) -> forms.EmailField:
    field = forms.EmailField(
        label=_("E-Mail-Adresse"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages=EMAIL_ERRORS,
        **options,
    )
    field.max_length = 254
    return field


def code_field(label: Any, hint: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={
            "required": _("Bitte schreiben Sie den Code."),
            "max_length": _("Der Code ist kürzer. Bitte prüfen Sie die Zeichen."),
        },
    )


def mail_code_field() -> forms.CharField:
    return code_field(_("Code aus der E-Mail"), _("Acht Ziffern. Den Strich können Sie weglassen."))


def app_code_field() -> forms.CharField:
    return code_field(_("Code aus der App"), _("Sechs Ziffern. Ein Ersatzcode geht auch."))


class LoginForm(account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = email_field()

    def clean_login(self) -> str:
        return str(self.cleaned_data["login"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        """Whoever was invited has no address that allauth knows; the code that comes back then proves it."""
        data: dict[str, Any] = super().clean()
        if self.user is not None:
            sync_user_email_address(self.user)
        return data


class SignupForm(account.SignupForm):
    name = forms.CharField(
        label=_("Ihr Name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Bitte schreiben Sie Ihren Namen.")},
    )
    field_order = ["email", "name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = email_field(help_text=_("Dorthin schicken wir den Code und alle Nachrichten."))


class ConfirmLoginCodeForm(account.ConfirmLoginCodeForm):
    code = mail_code_field()


class ConfirmEmailForm(account.ConfirmEmailVerificationCodeForm):
    code = mail_code_field()


class ChangeEmailForm(account.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = email_field()
        self.fields["email"].label = _("Neue E-Mail-Adresse")


class AuthenticateForm(mfa.AuthenticateForm):
    code = app_code_field()


class ReauthenticateForm(mfa.ReauthenticateForm):
    code = app_code_field()


class ActivateTOTPForm(totp.ActivateTOTPForm):
    code = code_field(_("Code aus der App"), _("Sechs Ziffern."))


class AddPasskeyForm(webauthn.AddWebAuthnForm):
    name = forms.CharField(label=_("Name des Passkeys"), max_length=80, required=False)
    passwordless = forms.BooleanField(
        label=_("Auch ohne E-Mail-Code anmelden"),
        help_text=_("Das Gerät fragt dann nach PIN, Fingerabdruck oder Gesicht."),
        required=False,
        initial=True,
    )


class EditPasskeyForm(webauthn.EditWebAuthnForm):
    name = forms.CharField(
        label=_("Name des Passkeys"),
        max_length=80,
        error_messages={"required": _("Bitte geben Sie dem Passkey einen Namen.")},
    )
