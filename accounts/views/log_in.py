"""The pages of log-in: allauth's views, which answer 422 where something is wrong, as every form of the house does."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse


class Strict:
    """Turns the page that comes again with errors into a 422; a redirect stays what it is."""

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        if response.status_code == 200:
            response.status_code = 422
        return response


class Login(Strict, account.LoginView):
    pass


class Signup(Strict, account.SignupView):
    pass


class ConfirmLoginCode(Strict, account.ConfirmLoginCodeView):
    pass


class ConfirmEmail(Strict, account.ConfirmEmailVerificationCodeView):
    pass


class Email(Strict, account.EmailView):
    pass


class Authenticate(Strict, mfa.AuthenticateView):
    pass


class Reauthenticate(Strict, mfa.ReauthenticateView):
    pass


class ActivateTOTP(Strict, totp.ActivateTOTPView):
    pass


class AddPasskey(Strict, webauthn.AddWebAuthnView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """allauth leaves the form with its errors out of the context and makes a fresh one."""
        return {**super().get_context_data(**kwargs), **kwargs}


class EditPasskey(Strict, webauthn.EditWebAuthnView):
    pass


def request_code(request: HttpRequest) -> HttpResponse:
    """allauth's second door to the same: the log-in page sends the code."""
    return HttpResponseRedirect(reverse("account_login"))
