"""Log-in by a code from a letter, sent through a real mail server."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.keys import app_code, code_in, give_app, log_in_with_factor, wrong
from tests.factories import person
from tests.services.mail import MailServer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]
ADDRESS = "mina.muster@verein.example"


def ask_for_code(client: Client, address: str = ADDRESS, **more: str) -> None:
    response = client.post(reverse("account_login"), {"login": address, **more})
    assert response.status_code == 302, response.content.decode()
    assert response["Location"].startswith(reverse("account_confirm_login_code"))


def test_a_code_from_the_letter_logs_in(client: Client, smtp_server: MailServer) -> None:
    user = person(ADDRESS, name="Mina Muster")
    ask_for_code(client)
    (letter,) = smtp_server.to(ADDRESS)
    assert letter["Subject"] == "Ihr Code zum Anmelden"
    response = client.post(reverse("account_confirm_login_code"), {"code": code_in(letter)})
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)


def test_the_code_may_be_typed_without_its_dash_and_with_spaces(client: Client, smtp_server: MailServer) -> None:
    person(ADDRESS)
    ask_for_code(client)
    code = code_in(smtp_server.messages[0]).replace("-", " ")
    assert client.post(reverse("account_confirm_login_code"), {"code": f" {code} "}).status_code == 302
    assert "_auth_user_id" in client.session


def test_the_address_may_be_typed_in_capitals(client: Client, smtp_server: MailServer) -> None:
    person(ADDRESS)
    ask_for_code(client, ADDRESS.upper())
    assert len(smtp_server.to(ADDRESS)) == 1


def test_a_wrong_code_comes_again_with_a_sentence(client: Client, smtp_server: MailServer) -> None:
    person(ADDRESS)
    ask_for_code(client)
    response = client.post(reverse("account_confirm_login_code"), {"code": wrong(code_in(smtp_server.messages[0]))})
    assert response.status_code == 422
    assert "Dieser Code stimmt nicht." in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_after_three_wrong_codes_the_right_one_is_worth_nothing(client: Client, smtp_server: MailServer) -> None:
    person(ADDRESS)
    ask_for_code(client)
    code = code_in(smtp_server.messages[0])
    for _attempt in range(3):
        client.post(reverse("account_confirm_login_code"), {"code": wrong(code)})
    response = client.post(reverse("account_confirm_login_code"), {"code": code}, follow=True)
    assert "_auth_user_id" not in client.session
    assert "Das waren zu viele Versuche." in response.content.decode()


def test_a_new_code_can_be_asked_for_twice_and_the_old_one_is_dead(client: Client, smtp_server: MailServer) -> None:
    person(ADDRESS)
    ask_for_code(client)
    page = reverse("account_confirm_login_code")
    for _time in range(2):
        assert "Neuen Code schicken" in client.get(page).content.decode()
        assert client.post(page, {"action": "resend"}).status_code == 302
    assert "Neuen Code schicken" not in client.get(page).content.decode()
    first, _second, third = [code_in(letter) for letter in smtp_server.messages]
    assert client.post(page, {"code": first}).status_code == 422
    assert client.post(page, {"code": third}).status_code == 302


def test_codes_cannot_be_asked_for_without_end(client: Client, smtp_server: MailServer) -> None:
    person(ADDRESS)
    answers = [Client().post(reverse("account_login"), {"login": ADDRESS}).status_code for _ in range(5)]
    assert answers == [302, 302, 302, 422, 422]
    assert len(smtp_server.messages) == 3


def test_one_address_on_the_net_cannot_try_many_people(client: Client, smtp_server: MailServer) -> None:
    answers = {Client().post(reverse("account_login"), {"login": f"x{n}@a.example"}).status_code for n in range(40)}
    assert answers - {302}
    assert len(smtp_server.messages) <= 20


def test_too_many_requests_get_a_page_that_helps(client: Client) -> None:
    for _number in range(30):
        client.post(reverse("account_login"), {"login": "x"})
    response = client.post(reverse("account_login"), {"login": "x"})
    assert response.status_code == 429
    assert "Bitte warten Sie ein paar Minuten." in response.content.decode()


@pytest.mark.parametrize("typed", ["", "mina", "mina@", "a b@c.example", "mina@verein.example\nbcc: x@y.example"])
def test_what_is_no_address_is_said_in_a_sentence(client: Client, smtp_server: MailServer, typed: str) -> None:
    response = client.post(reverse("account_login"), {"login": typed})
    assert response.status_code == 422
    assert "Bitte schreiben Sie" in response.content.decode()
    assert not smtp_server.messages


def test_the_page_does_not_tell_whether_an_account_exists(client: Client, smtp_server: MailServer) -> None:
    person(ADDRESS)
    pages = []
    for address in (ADDRESS, "niemand@verein.example"):
        browser = Client()
        ask_for_code(browser, address)
        page = browser.get(reverse("account_confirm_login_code")).content.decode().replace(address, "…")
        pages.append(re.sub(r'value="[\w]{64}"', "", page))
    assert pages[0] == pages[1]
    (letter,) = smtp_server.to("niemand@verein.example")
    assert letter["Subject"] == "Zu dieser Adresse gibt es kein Konto"
    assert reverse("account_signup") in letter.get_content()


def test_a_closed_account_gets_no_code(client: Client, smtp_server: MailServer) -> None:
    user = person(ADDRESS)
    User.objects.filter(pk=user.pk).update(is_active=False)
    ask_for_code(client)
    assert not re.search(r"\d{4}-\d{4}", smtp_server.messages[0].get_content())


def test_a_closed_account_is_logged_out_with_the_next_click(client: Client) -> None:
    user = person(ADDRESS)
    client.force_login(user)
    assert client.get(reverse("accounts:profile")).status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(reverse("accounts:profile")).status_code == 302


def test_an_association_makes_an_account_with_address_and_name(client: Client, smtp_server: MailServer) -> None:
    response = client.post(reverse("account_signup"), {"email": ADDRESS, "name": "Mina Muster"})
    assert response["Location"] == reverse("account_email_verification_sent")
    (letter,) = smtp_server.to(ADDRESS)
    response = client.post(reverse("account_email_verification_sent"), {"code": code_in(letter)})
    assert response.status_code == 302
    user = User.objects.get(email=ADDRESS)
    assert (user.name, user.has_usable_password()) == ("Mina Muster", False)
    assert client.session["_auth_user_id"] == str(user.pk)


def test_an_account_is_not_logged_in_before_its_address_is_confirmed(client: Client, smtp_server: MailServer) -> None:
    client.post(reverse("account_signup"), {"email": ADDRESS, "name": "Mina Muster"})
    response = client.post(
        reverse("account_email_verification_sent"), {"code": wrong(code_in(smtp_server.messages[0]))}
    )
    assert response.status_code == 422
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(("email", "name"), [("", "Mina"), (ADDRESS, ""), (ADDRESS, " "), ("mina", "Mina"), ("", "")])
def test_an_account_needs_address_and_name(client: Client, email: str, name: str) -> None:
    response = client.post(reverse("account_signup"), {"email": email, "name": name})
    assert response.status_code == 422
    assert not User.objects.exists()


def test_an_account_made_twice_tells_its_owner_and_not_the_page(client: Client, smtp_server: MailServer) -> None:
    person(ADDRESS)
    response = client.post(reverse("account_signup"), {"email": ADDRESS, "name": "Wer anders"})
    assert response["Location"] == reverse("account_email_verification_sent")
    assert smtp_server.to(ADDRESS)[0]["Subject"] == "Sie haben schon ein Konto"
    assert User.objects.count() == 1


def test_no_letter_and_no_page_of_log_in_says_du(client: Client, smtp_server: MailServer) -> None:
    person(ADDRESS)
    ask_for_code(client)
    client.post(reverse("account_signup"), {"email": ADDRESS, "name": "x"})
    texts = [letter.get_content() for letter in smtp_server.messages]
    texts += [client.get(reverse(name), follow=True).content.decode() for name in ("account_login", "account_signup")]
    for text in texts:
        assert not re.search(r"\b([Dd]u|[Dd]ein\w*|[Dd]ich|[Dd]ir)\b", text), text


FOREIGN = [
    "https://boese.example/",
    "//boese.example/",
    "///boese.example",
    "https:boese.example",
    "/\\boese.example",
    "\\\\boese.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://testserver@boese.example/",
    "http://testserver.boese.example/",
    " https://boese.example/",
    "/%0d%0aLocation: https://boese.example/",
    "\t//boese.example",
]


@pytest.mark.parametrize("target", FOREIGN)
def test_no_address_of_somebody_else_is_followed_after_log_in(
    client: Client, smtp_server: MailServer, target: str
) -> None:
    person(ADDRESS)
    ask_for_code(client, next=target)
    code = code_in(smtp_server.messages[0])
    response = client.post(reverse("account_confirm_login_code"), {"code": code, "next": target})
    assert response.status_code == 302
    assert "boese" not in response["Location"] or response["Location"].startswith("/%0d")
    assert response["Location"].startswith("/")
    assert not response["Location"].startswith(("//", "/\\"))


@pytest.mark.parametrize("target", FOREIGN)
def test_no_address_of_somebody_else_is_followed_after_log_out(client: Client, target: str) -> None:
    client.force_login(person(ADDRESS))
    response = client.post(reverse("account_logout"), {"next": target})
    assert response["Location"].startswith("/")
    assert not response["Location"].startswith(("//", "/\\"))


def test_one_comes_back_to_the_page_one_wanted(client: Client, smtp_server: MailServer) -> None:
    person(ADDRESS)
    ask_for_code(client, next=reverse("accounts:profile"))
    data = {"code": code_in(smtp_server.messages[0]), "next": reverse("accounts:profile")}
    assert client.post(reverse("account_confirm_login_code"), data)["Location"] == reverse("accounts:profile")


def test_a_link_logs_nobody_out(client: Client) -> None:
    client.force_login(person(ADDRESS))
    response = client.get(reverse("account_logout"))
    assert response.status_code == 200
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def test_who_has_an_app_needs_its_code_too(client: Client, smtp_server: MailServer) -> None:
    secret = give_app(person(ADDRESS))
    ask_for_code(client)
    response = client.post(reverse("account_confirm_login_code"), {"code": code_in(smtp_server.messages[0])})
    assert response["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 422
    assert client.post(reverse("mfa_authenticate"), {"code": app_code(secret)}).status_code == 302
    assert "_auth_user_id" in client.session


def test_the_code_of_the_app_cannot_be_guessed_without_end(client: Client, smtp_server: MailServer) -> None:
    secret = give_app(person(ADDRESS))
    ask_for_code(client)
    client.post(reverse("account_confirm_login_code"), {"code": code_in(smtp_server.messages[0])})
    for number in range(10):
        client.post(reverse("mfa_authenticate"), {"code": f"{number:06}"})
    response = client.post(reverse("mfa_authenticate"), {"code": app_code(secret)})
    assert response.status_code == 422
    assert "zu viele Versuche" in response.content.decode()


def test_the_address_is_changed_by_a_code_sent_to_the_new_one(client: Client, smtp_server: MailServer) -> None:
    user = person(ADDRESS)
    client.force_login(user)
    response = client.post(reverse("account_email"), {"email": "neu@verein.example", "action_add": ""})
    assert response["Location"] == reverse("account_email_verification_sent")
    code = code_in(smtp_server.to("neu@verein.example")[0])
    client.post(reverse("account_email_verification_sent"), {"code": code})
    user.refresh_from_db()
    assert user.email == "neu@verein.example"


@pytest.mark.parametrize("typed", ["", "neu", ADDRESS])
def test_a_new_address_must_be_one(client: Client, typed: str) -> None:
    user = person(ADDRESS)
    client.force_login(user)
    response = client.post(reverse("account_email"), {"email": typed, "action_add": ""})
    user.refresh_from_db()
    assert (response.status_code, user.email) == (422, ADDRESS)


def test_one_keeps_ones_own_name_telephone_and_language(client: Client) -> None:
    user = person(ADDRESS, name="Mina")
    client.force_login(user)
    data = {"name": "Mina Muster", "phone": "04462 00-000", "language": "en"}
    assert client.post(reverse("accounts:profile"), data).status_code == 302
    user.refresh_from_db()
    assert (user.name, user.phone, user.language) == ("Mina Muster", "04462 00-000", "en")
    refused = client.post(reverse("accounts:profile"), {"name": "", "phone": "x", "language": "fr"})
    assert refused.status_code == 422
    assert 'value="x"' in refused.content.decode()


def test_the_profile_changes_neither_address_nor_rights(client: Client) -> None:
    user = person(ADDRESS, name="Mina")
    client.force_login(user)
    more = {"email": "chef@landkreis.example", "is_staff": "1", "is_active": "0", "key": "1"}
    client.post(reverse("accounts:profile"), {"name": "Mina", "phone": "", "language": "de", **more})
    user.refresh_from_db()
    assert (user.email, user.is_staff, user.is_active) == (ADDRESS, False, True)


def test_a_session_with_a_second_factor_opens_the_pages_of_staff(client: Client) -> None:
    log_in_with_factor(client, person("svea@landkreis.example", "sysadmin"))
    assert client.get(reverse("workflow:administration")).status_code == 200
