"""Every address of allauth is one of ours or none: walked over its own list."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from allauth.urls import urlpatterns as theirs
from django.contrib import admin
from django.db import models
from django.template.loader import get_template
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from pytest_django import Settings

from accounts.log_in_urls import urlpatterns as ours
from funding.money import MoneyField
from journal.machine import Machine
from tests.accounts.keys import log_in_with_factor
from tests.factories import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]
DISABLED = {
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_reauthenticate",
}


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        elif pattern.name:
            yield pattern.name


def test_each_page_of_allauth_is_ours_or_does_not_exist() -> None:
    assert set(names(theirs)) - {pattern.name for pattern in ours} == DISABLED
    for name in DISABLED:
        with pytest.raises(NoReverseMatch):
            reverse(name)


@pytest.mark.parametrize("path", ["password/reset/", "password/change/", "login/", "signup/", "2fa/", "sessions/"])
def test_the_old_addresses_of_allauth_are_not_found(client: Client, path: str) -> None:
    assert client.get(f"/konto/{path}").status_code == 404


@pytest.mark.parametrize("name", sorted(str(pattern.name) for pattern in ours))
@pytest.mark.parametrize("who", ["stranger", "association", "staff"])
def test_every_page_of_log_in_stands_in_our_frame(client: Client, name: str, who: str) -> None:
    user = person("wiebke@landkreis.example", *(["sysadmin"] if who == "staff" else []))
    args = []
    if name in {"mfa_edit_webauthn", "mfa_remove_webauthn"}:
        args = [Authenticator.objects.create(user=user, type="webauthn", data={"name": "x", "credential": {}}).pk]
    if who != "stranger":
        log_in_with_factor(client, user)
    response = client.get(reverse(name, args=args), follow=True)
    if name == "mfa_download_recovery_codes" and who != "stranger":
        assert response["Content-Type"].startswith("text/plain")
        return
    page = response.content.decode()
    assert response.status_code == 200
    assert 'class="ft-page"' in page
    assert page.count("<h1") == 1
    assert not re.search(r"<script(?![^>]*(src=|type=\"application/json\"))", page)
    assert not re.search(r"\son\w+=|style=", page)
    for english in ("Sign In", "Sign Up", "Email", "Authenticator", "Security Key", "Recovery"):
        assert english not in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


def test_every_template_of_allauth_that_can_show_is_ours(settings: Settings) -> None:
    for name in (
        "account/login.html", "account/signup.html", "account/logout.html", "account/confirm_login_code.html",
        "account/confirm_email_verification_code.html", "account/account_inactive.html", "account/email_change.html",
        "account/signup_closed.html", "mfa/index.html", "mfa/authenticate.html", "mfa/reauthenticate.html",
        "mfa/totp/activate_form.html", "mfa/totp/deactivate_form.html", "mfa/recovery_codes/index.html",
        "mfa/recovery_codes/generate.html", "mfa/webauthn/add_form.html", "mfa/webauthn/edit_form.html",
        "mfa/webauthn/authenticator_list.html", "mfa/webauthn/authenticator_confirm_delete.html",
        "mfa/webauthn/reauthenticate.html", "429.html",
    ):  # fmt: skip
        assert str(settings.BASE_DIR) in str(get_template(name).origin.name)  # type: ignore[attr-defined]
        assert "site-packages" not in str(get_template(name).origin.name)  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/demo/anmelden/", "/demo/postfach/"])
def test_pages_of_the_demo_do_not_exist_elsewhere(client: Client, settings: Settings, path: str) -> None:
    assert settings.DEMO is False
    assert client.get(path).status_code == 404
    assert client.post(path, {"email": "wiebke.muster@demo.example"}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_the_log_in_page_speaks_of_the_demo_in_the_demo_alone(client: Client, settings: Settings) -> None:
    address = reverse("accounts:demo_people")
    assert address not in client.get(reverse("account_login")).content.decode()
    settings.DEMO = True
    assert address in client.get(reverse("account_login")).content.decode()


def writes_money_or_state(model: type[models.Model]) -> bool:
    return issubclass(model, Machine) or any(isinstance(field, MoneyField) for field in model._meta.get_fields())


def test_nothing_with_a_state_or_money_can_be_written_in_the_django_admin() -> None:
    """It is not mounted at all: the administration has pages of its own. And nothing of ours is registered."""
    admin.autodiscover()
    with pytest.raises(NoReverseMatch):
        reverse("admin:index")
    assert "admin" not in get_resolver().namespace_dict
    ours_in_admin = [model for model in admin.site._registry if model.__module__.split(".")[0] in OURS]
    assert ours_in_admin == []
    assert [model for model in admin.site._registry if writes_money_or_state(model)] == []


OURS = {"journal", "accounts", "funding", "applications", "workflow", "config"}
