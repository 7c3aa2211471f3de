"""The addresses of log-in. Only what we need of allauth is here: there are no passwords, so no pages about them."""

from __future__ import annotations

from allauth.account import views as account
from allauth.account.internal.decorators import login_not_required
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.contrib.auth.decorators import login_required
from django.urls import path

from accounts.views import log_in

urlpatterns = [
    path("anmelden/", log_in.Login.as_view(), name="account_login"),
    path("anmelden/anfordern/", log_in.request_code, name="account_request_login_code"),
    path("anmelden/code/", log_in.ConfirmLoginCode.as_view(), name="account_confirm_login_code"),
    path("anmelden/passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("anmelden/zweiter-faktor/", log_in.Authenticate.as_view(), name="mfa_authenticate"),
    path("abmelden/", account.logout, name="account_logout"),
    path("geschlossen/", account.account_inactive, name="account_inactive"),
    path("registrieren/", log_in.Signup.as_view(), name="account_signup"),
    path(
        "registrieren/code/",
        login_not_required(log_in.ConfirmEmail.as_view()),
        name="account_email_verification_sent",
    ),
    path("e-mail/", log_in.Email.as_view(), name="account_email"),
    path("zweiter-faktor/", mfa.index, name="mfa_index"),
    path("zweiter-faktor/bestaetigen/", login_required(log_in.Reauthenticate.as_view()), name="mfa_reauthenticate"),
    path("zweiter-faktor/app/", log_in.ActivateTOTP.as_view(), name="mfa_activate_totp"),
    path("zweiter-faktor/app/entfernen/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("zweiter-faktor/ersatzcodes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("zweiter-faktor/ersatzcodes/neu/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path(
        "zweiter-faktor/ersatzcodes/datei/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"
    ),
    path("zweiter-faktor/passkeys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("zweiter-faktor/passkeys/neu/", log_in.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("zweiter-faktor/passkeys/bestaetigen/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("zweiter-faktor/passkeys/<int:pk>/", log_in.EditPasskey.as_view(), name="mfa_edit_webauthn"),
    path("zweiter-faktor/passkeys/<int:pk>/entfernen/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
]
