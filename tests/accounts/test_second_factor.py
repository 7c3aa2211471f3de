"""The second factor: set up on the pages, demanded of staff, and nobody else's."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.middleware import ALLOWED_WITHOUT
from accounts.roles import Role
from tests.accounts.keys import app_code, code_in, give_app, log_in_with_factor
from tests.factories import person
from tests.services.mail import MailServer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]
ADDRESS = "wiebke.muster@landkreis.example"


def set_up_app(client: Client) -> None:
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r"<code>(\w+)</code>", page)
    assert secret
    response = client.post(reverse("mfa_activate_totp"), {"code": app_code(secret[1])})
    assert response["Location"] == reverse("mfa_view_recovery_codes")


@pytest.mark.parametrize("role", Role.values)
def test_staff_without_a_second_factor_are_led_to_its_set_up(client: Client, role: str) -> None:
    client.force_login(person(ADDRESS, role))
    for name in ("workflow:administration", "accounts:people", "workflow:today", "home"):
        assert client.get(reverse(name))["Location"] == reverse("mfa_index")
    assert client.post(reverse("accounts:invite"), {})["Location"] == reverse("mfa_index")


def test_what_staff_may_do_before_is_little() -> None:
    assert ALLOWED_WITHOUT == ("/konto/", "/static/", "/healthz", "/seite/", "/sprache/", "/darstellung/")


def test_staff_in_the_demo_need_none(client: Client, settings: Settings) -> None:
    settings.DEMO = True
    client.force_login(person(ADDRESS, "sysadmin"))
    assert client.get(reverse("workflow:administration")).status_code == 200


def test_associations_need_none(client: Client) -> None:
    client.force_login(person("mina@verein.example"))
    assert client.get(reverse("accounts:profile")).status_code == 200
    assert client.get(reverse("home"))["Location"] != reverse("mfa_index")


@pytest.mark.django_db(transaction=True)
def test_an_app_is_set_up_and_opens_the_door_at_once(client: Client, smtp_server: MailServer) -> None:
    user = person(ADDRESS, "sysadmin")
    client.post(reverse("account_login"), {"login": ADDRESS})
    client.post(reverse("account_confirm_login_code"), {"code": code_in(smtp_server.messages[0])})
    assert client.get(reverse("workflow:administration"))["Location"] == reverse("mfa_index")
    set_up_app(client)
    assert Authenticator.objects.filter(user=user, type="totp").exists()
    codes = client.get(reverse("mfa_view_recovery_codes"))
    assert len(re.findall(r"<code>", codes.content.decode())) == 10
    assert client.get(reverse("workflow:administration")).status_code == 200


def test_a_wrong_code_sets_up_nothing_and_the_picture_stays(client: Client) -> None:
    user = person(ADDRESS, "sysadmin")
    client.force_login(user)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    response = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert response.status_code == 422
    assert not Authenticator.objects.filter(user=user).exists()
    secret = re.search(r"<code>(\w+)</code>", page)
    assert secret
    assert secret[1] in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_owner_is_told_of_every_change(client: Client, smtp_server: MailServer) -> None:
    person(ADDRESS, "sysadmin")
    client.post(reverse("account_login"), {"login": ADDRESS})
    client.post(reverse("account_confirm_login_code"), {"code": code_in(smtp_server.messages[0])})
    set_up_app(client)
    client.post(reverse("mfa_generate_recovery_codes"))
    client.post(reverse("mfa_deactivate_totp"))
    subjects = [str(letter["Subject"]) for letter in smtp_server.to(ADDRESS)]
    assert "App als zweiter Faktor eingerichtet" in subjects
    assert "Neue Ersatzcodes erzeugt" in subjects
    assert "App als zweiter Faktor entfernt" in subjects
    assert "Koordinierungsstelle" in smtp_server.messages[-1].get_content()


def test_a_session_from_before_the_set_up_shows_the_factor_first(client: Client) -> None:
    user = person(ADDRESS, "sysadmin")
    client.force_login(user)
    secret = give_app(user)
    response = client.get(reverse("workflow:administration"))
    assert response["Location"].startswith(reverse("mfa_reauthenticate"))
    response = client.post(
        reverse("mfa_reauthenticate"), {"code": app_code(secret), "next": reverse("workflow:administration")}
    )
    assert response["Location"] == reverse("workflow:administration")
    assert client.get(reverse("workflow:administration")).status_code == 200


def test_who_removes_the_last_factor_sets_up_another(client: Client) -> None:
    log_in_with_factor(client, person(ADDRESS, "sysadmin"))
    assert client.get(reverse("workflow:administration")).status_code == 200
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert client.get(reverse("workflow:administration"))["Location"] == reverse("mfa_index")


def test_a_recovery_code_opens_once(client: Client, smtp_server: MailServer) -> None:
    user = person(ADDRESS, "sysadmin")
    give_app(user)
    code = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()[0]

    def log_in() -> int:
        browser = Client()
        browser.post(reverse("account_login"), {"login": ADDRESS})
        browser.post(reverse("account_confirm_login_code"), {"code": code_in(smtp_server.messages[-1])})
        return browser.post(reverse("mfa_authenticate"), {"code": code}).status_code

    assert [log_in(), log_in()] == [302, 422]


def test_nobody_reaches_the_passkeys_of_another(client: Client) -> None:
    other = person("hauke@landkreis.example", "decider")
    key = Authenticator.objects.create(user=other, type="webauthn", data={"name": "x", "credential": {}})
    log_in_with_factor(client, person(ADDRESS, "sysadmin"))
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert client.get(reverse(name, args=[key.pk])).status_code == 404
        assert client.post(reverse(name, args=[key.pk]), {"name": "y"}).status_code == 404


def test_codes_of_the_past_do_not_count(client: Client) -> None:
    user = person(ADDRESS, "sysadmin")
    secret = give_app(user)
    client.force_login(user)
    old = app_code(secret, at=time.time() - 300)
    assert client.post(reverse("mfa_reauthenticate"), {"code": old}).status_code == 422
