"""The pages of log-in, people and administration in a real browser: read by axe and the Nu checker, passkeys included."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts import demo
from accounts.models import User
from funding.models import Goal
from journal.models import Message
from journal.outbox import Letter, put
from tests.accounts.keys import code_in, log_in_with_factor
from tests.e2e import inspect
from tests.services.mail import MailServer

pytestmark = pytest.mark.usefixtures("clean_cache")
ADMIN = "svea.system@demo.example"


@pytest.fixture
def in_demo(transactional_db: None, settings: Settings) -> dict[str, User]:
    settings.DEMO = True
    Goal.objects.create(code="Z1", title="Zusammenleben")
    letter = Letter(to="mina@verein.example", to_key=None, language="de", subject="Wartet", body="Zeile\n\nZeile")
    for number in range(2):
        message = put(letter, key=f"k{number}", kind="receipt", thread="", at=timezone.now())
        Message.objects.filter(pk=message.pk).update(status="failed", attempts=8, error="ConnectionRefusedError: nein")
    return demo.create_people(at=timezone.now() - timedelta(days=1))


def addresses(users: dict[str, User]) -> Iterator[str]:
    for name in (
        "accounts:profile", "accounts:people", "accounts:invite", "accounts:mailbox", "workflow:administration",
        "workflow:administration_settings", "workflow:administration_background", "mfa_index", "account_email",
        "account_logout", "mfa_list_webauthn", "mfa_add_webauthn", "mfa_view_recovery_codes", "mfa_deactivate_totp",
        "mfa_generate_recovery_codes", "mfa_reauthenticate", "account_inactive",
    ):  # fmt: skip
        yield reverse(name)
    yield reverse("accounts:person", args=[users["hauke.probe@demo.example"].key])
    yield reverse("accounts:person", args=[users[ADMIN].key])
    for key in ("deadline.offer_days", "page.impressum.de"):
        yield reverse("workflow:administration_setting", args=[key])
    for slug in ("programme", "antragsrunden", "ziele", "massnahmen", "gemeinden", "wertgrenzen"):
        yield reverse("workflow:administration_entries", args=[slug])
        yield reverse("workflow:administration_new", args=[slug])


def session_of(user: User, context: BrowserContext, server: LiveServer) -> None:
    client = Client()
    log_in_with_factor(client, user)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}])


def look(page: Page, address: str) -> list[str]:
    page.goto(address)
    return [f"{address}: {line}" for line in inspect.axe(page) + inspect.overflow(page)]


@pytest.mark.browser
@pytest.mark.parametrize(("width", "colours"), [(1280, "light"), (375, "dark")])
def test_axe_finds_nothing(
    in_demo: dict[str, User], live_server: LiveServer, browser: Browser, width: int, colours: Any
) -> None:
    context = browser.new_context(
        **inspect.CONTEXT, viewport={"width": width, "height": 900}, color_scheme=colours, reduced_motion="reduce"
    )
    page = context.new_page()
    found = []
    for name in ("account_login", "account_signup", "accounts:demo_people"):
        found += look(page, live_server.url + reverse(name))
    session_of(in_demo[ADMIN], context, live_server)
    for address in addresses(in_demo):
        found += look(page, live_server.url + address)
    page.goto(live_server.url + reverse("accounts:invite"))
    page.get_by_role("button", name="Einladung schicken").click()
    found += inspect.axe(page)
    assert found == []
    context.close()


@pytest.mark.java
def test_the_nu_checker_finds_nothing(in_demo: dict[str, User], tmp_path: Path) -> None:
    client = Client()
    pages = {name: client.get(reverse(name)) for name in ("account_login", "account_signup", "accounts:demo_people")}
    client.post(reverse("account_login"), {"login": ADMIN})
    pages["code"] = client.get(reverse("account_confirm_login_code"))
    pages["wrong code"] = client.post(reverse("account_confirm_login_code"), {"code": "1"})
    pages["signup 422"] = Client().post(reverse("account_signup"), {})
    user = in_demo[ADMIN]
    Authenticator.objects.filter(user=user).delete()
    client.force_login(user)
    pages["app"] = client.get(reverse("mfa_activate_totp"))
    client = Client()
    log_in_with_factor(client, user)
    key = Authenticator.objects.create(user=user, type="webauthn", data={"name": "Telefon", "credential": {}})
    for name, args in (("mfa_list_webauthn", []), ("mfa_edit_webauthn", [key.pk]), ("mfa_remove_webauthn", [key.pk])):
        pages[name] = client.get(reverse(name, args=args))
    key.delete()
    pages |= {address: client.get(address) for address in addresses(in_demo)}
    for slug in ("programme", "antragsrunden", "massnahmen", "wertgrenzen"):
        pages[f"{slug} 422"] = client.post(reverse("workflow:administration_new", args=[slug]), {"x": "y"})
    pages["setting 422"] = client.post(reverse("workflow:administration_setting", args=["page.impressum.de"]), {})
    assert {name: page.status_code for name, page in pages.items() if page.status_code not in {200, 422}} == {}
    found = inspect.vnu_all({name: page.content.decode() for name, page in pages.items()}, tmp_path)
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.browser
def test_a_passkey_is_set_up_and_logs_in_under_our_policy(
    in_demo: dict[str, User], live_server: LiveServer, browser: Browser, settings: Settings, smtp_server: MailServer
) -> None:
    """With the real policy for scripts, outside the demo, on a key that the browser plays."""
    settings.DEMO = False
    context = browser.new_context(locale="de-DE", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    page.goto(live_server.url + reverse("account_login"))
    page.get_by_label("E-Mail-Adresse").fill(ADMIN)
    page.get_by_role("button", name="Code schicken").click()
    page.get_by_label("Code aus der E-Mail").fill(code_in(smtp_server.to(ADMIN)[-1]))
    page.get_by_role("button", name="Anmelden").click()
    page.wait_for_url(f"**{reverse('mfa_index')}")
    page.get_by_role("link", name="Passkey einrichten").first.click()
    page.get_by_label("Name des Passkeys").fill("Mein Telefon")
    page.get_by_role("button", name="Passkey einrichten").click()
    page.get_by_role("heading", name="Ersatzcodes").wait_for()
    page.get_by_role("link", name="Ich habe die Codes aufgehoben").click()
    page.get_by_role("heading", name="Verwaltung", level=1).wait_for()
    page.get_by_role("button", name="Abmelden").first.click()
    page.goto(live_server.url + reverse("account_login"))
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    page.get_by_role("heading", name="Verwaltung", level=1).wait_for()
    assert complaints == []
    context.close()
