"""Who may give roles, to whom, and what is told of it."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts import demo, grants, people
from accounts.actors import actor_of, people_with
from accounts.models import RoleGrant, User
from accounts.roles import Role
from journal.actors import Actor
from journal.models import Event, Message
from journal.outbox import Letter, put
from journal.refusals import Forbidden, Refused
from tests.accounts.keys import log_in_with_factor
from tests.factories import START, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]
EVERYBODY = [*Role.values, "applicant"]


def actor(role: str) -> tuple[User, Actor]:
    user = person(f"{role.replace('_', '.')}@landkreis.example", *([role] if role != "applicant" else []))
    return user, actor_of(user)


@pytest.mark.parametrize("role", EVERYBODY)
def test_only_the_administration_gives_roles(role: str) -> None:
    _user, giver = actor(role)
    other = person("neu@landkreis.example")
    if role == Role.SYSADMIN:
        grants.give(other, Role.CASEWORKER, actor=giver, at=START)
        assert actor_of(other).roles == {"caseworker"}
    else:
        with pytest.raises(Forbidden):
            grants.give(other, Role.CASEWORKER, actor=giver, at=START)
        assert actor_of(other).roles == {"applicant"}


@pytest.mark.parametrize("role", EVERYBODY)
def test_only_the_administration_ends_roles_invites_and_closes(role: str) -> None:
    if role == Role.SYSADMIN:
        return
    _user, ender = actor(role)
    other = person("hauke@landkreis.example", "decider")
    with pytest.raises(Forbidden):
        grants.end(RoleGrant.objects.get(user=other), actor=ender, at=START)
    with pytest.raises(Forbidden):
        people.invite(email="x@y.example", name="x", roles=[Role.DPO], actor=ender, at=START)
    with pytest.raises(Forbidden):
        people.close(other, actor=ender, at=START)
    with pytest.raises(Forbidden):
        people.reopen(other, actor=ender, at=START)
    assert actor_of(other).roles == {"decider"}


@pytest.mark.parametrize("role", Role.values)
def test_nobody_gives_a_role_to_themselves(role: str) -> None:
    user, giver = actor("sysadmin")
    with pytest.raises(Refused, match="Niemand gibt sich selbst eine Rolle"):
        grants.give(user, Role(role), actor=giver, at=START)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=user, user_key=user.key, role=role, granted_at=START, granted_by=user.key)


def test_nobody_ends_their_own_role_or_closes_their_own_account() -> None:
    user, giver = actor("sysadmin")
    with pytest.raises(Refused, match="beendet eine andere Person"):
        grants.end(RoleGrant.objects.get(user=user), actor=giver, at=START)
    with pytest.raises(Refused, match="schließt eine andere Person"):
        people.close(user, actor=giver, at=START)


def test_a_role_is_held_once_and_ends_once() -> None:
    _user, giver = actor("sysadmin")
    other = person("hauke@landkreis.example")
    grant = grants.give(other, Role.DECIDER, actor=giver, at=START)
    with pytest.raises(Refused, match="hat die Person schon"):
        grants.give(other, Role.DECIDER, actor=giver, at=START)
    grants.end(grant, actor=giver, at=START + timedelta(days=1))
    with pytest.raises(Refused, match="schon beendet"):
        grants.end(grant, actor=giver, at=START + timedelta(days=2))
    grants.give(other, Role.DECIDER, actor=giver, at=START + timedelta(days=3))
    assert RoleGrant.objects.filter(user=other).count() == 2


def test_giving_and_ending_are_told() -> None:
    user, giver = actor("sysadmin")
    other = person("hauke@landkreis.example")
    grants.end(grants.give(other, Role.DECIDER, actor=giver, at=START), actor=giver, at=START)
    told = list(Event.objects.filter(thread=f"person:{other.key}").order_by("pk"))
    assert [(e.kind, e.facts["role"], e.actor_key, e.actor_role) for e in told] == [
        ("role_given", "decider", user.key, "sysadmin"),
        ("role_ended", "decider", user.key, "sysadmin"),
    ]


def test_no_role_implies_another() -> None:
    for role in Role:
        user = person(f"{role}@einzeln.example", role)
        assert actor_of(user).roles == {role}
        assert [u.pk for u in people_with(role)] == [user.pk]


def test_an_invited_person_gets_roles_and_a_letter_and_can_log_in(client: Client) -> None:
    log_in_with_factor(client, actor("sysadmin")[0])
    data = {"name": "Neu Person", "email": "Neu@Landkreis.example", "roles": ["caseworker", "verifier"]}
    response = client.post(reverse("accounts:invite"), data)
    user = User.objects.get(email="neu@landkreis.example")
    assert response["Location"] == reverse("accounts:person", args=[user.key])
    assert actor_of(user).roles == {"caseworker", "verifier"}
    letter = Message.objects.get(kind="invitation")
    assert (letter.recipient, letter.recipient_key) == (user.email, user.key)
    assert reverse("account_login") in letter.body
    assert "Sachbearbeitung" in letter.body


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "Bitte schreiben Sie den Namen."),
        ({"email": ""}, "Bitte schreiben Sie Ihre E-Mail-Adresse."),
        ({"email": "neu"}, "Bitte schreiben Sie die ganze Adresse"),
        ({"email": "SYSADMIN@landkreis.example"}, "Diese Person hat schon ein Konto."),
        ({"roles": []}, "Bitte wählen Sie mindestens eine Aufgabe."),
        ({"roles": ["king"]}, "Bitte wählen Sie nur Aufgaben aus der Liste."),
        ({"roles": ["applicant"]}, "Bitte wählen Sie nur Aufgaben aus der Liste."),
    ],
)
def test_an_invitation_says_what_is_wrong(client: Client, change: dict[str, object], sentence: str) -> None:
    log_in_with_factor(client, actor("sysadmin")[0])
    data = {"name": "Neu Person", "email": "neu@landkreis.example", "roles": ["caseworker"]} | change
    response = client.post(reverse("accounts:invite"), data)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Message.objects.exists()


def test_roles_are_given_and_ended_on_the_page_of_the_person(client: Client) -> None:
    log_in_with_factor(client, actor("sysadmin")[0])
    other = person("hauke@landkreis.example", name="Hauke Probe")
    page = reverse("accounts:person", args=[other.key])
    assert client.post(page, {"role": "decider"}).status_code == 302
    grant = RoleGrant.objects.get(user=other)
    assert "Entscheidung" in client.get(page).content.decode()
    for wrong in ("", "decider", "king"):
        assert client.post(page, {"role": wrong}).status_code == 422
    assert client.get(reverse("accounts:end_role", args=[other.key, grant.pk])).status_code == 405
    assert client.post(reverse("accounts:end_role", args=[other.key, grant.pk])).status_code == 302
    assert client.post(reverse("accounts:end_role", args=[other.key, grant.pk])).status_code == 422
    assert actor_of(other).roles == {"applicant"}


def test_ones_own_page_offers_no_roles(client: Client) -> None:
    user, _giver = actor("sysadmin")
    log_in_with_factor(client, user)
    page = reverse("accounts:person", args=[user.key])
    assert 'name="role"' not in client.get(page).content.decode()
    assert client.post(page, {"role": "decider"}).status_code == 422
    assert actor_of(user).roles == {"sysadmin"}


def test_a_closed_account_loses_its_roles_and_can_be_opened_again(client: Client) -> None:
    log_in_with_factor(client, actor("sysadmin")[0])
    other = person("hauke@landkreis.example", "decider", "auditor", at=START)
    assert client.post(reverse("accounts:close_person", args=[other.key])).status_code == 302
    other.refresh_from_db()
    assert (other.is_active, actor_of(other).roles) == (False, {"applicant"})
    assert client.post(reverse("accounts:close_person", args=[other.key])).status_code == 422
    assert client.post(reverse("accounts:reopen_person", args=[other.key])).status_code == 302
    other.refresh_from_db()
    assert (other.is_active, actor_of(other).roles) == (True, {"applicant"})


@pytest.mark.parametrize("role", EVERYBODY)
def test_pages_about_people_belong_to_the_administration(client: Client, role: str) -> None:
    user, _actor = actor(role)
    log_in_with_factor(client, user)
    other = person("neu@landkreis.example", "decider")
    grant = RoleGrant.objects.get(user=other)
    expected = 200 if role == Role.SYSADMIN else 403
    for name, args in (("people", []), ("invite", []), ("person", [other.key])):
        assert client.get(reverse(f"accounts:{name}", args=args)).status_code == expected
    if role != Role.SYSADMIN:
        for name, args in (("end_role", [other.key, grant.pk]), ("close_person", [other.key])):
            assert client.post(reverse(f"accounts:{name}", args=args)).status_code == 403
        assert client.post(reverse("accounts:person", args=[other.key]), {"role": "auditor"}).status_code == 403
        assert actor_of(other).roles == {"decider"}


def test_strangers_are_sent_to_log_in(client: Client) -> None:
    for name in ("people", "invite", "profile"):
        assert client.get(reverse(f"accounts:{name}"))["Location"].startswith(reverse("account_login"))


def test_the_list_finds_by_name_and_address_and_asks_the_same_for_one_and_for_thirty(
    client: Client,
) -> None:
    log_in_with_factor(client, actor("sysadmin")[0])
    person("eins@landkreis.example", "auditor", name="Eins Muster")

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("accounts:people")).status_code == 200
        return len(captured)

    few = count()
    for number in range(30):
        person(f"p{number}@landkreis.example", "auditor", "decider", name=f"Zwei {number}")
    assert count() == few
    page = client.get(reverse("accounts:people"), {"suche": "eins m"}).content.decode()
    assert "Eins Muster" in page
    assert "Zwei 1" not in page
    for wrong in ({"gruppe": "x"}, {"page": "999"}, {"page": "a"}, {"suche": "\x00"}, {"suche": "%' OR 1=1 --"}):
        assert client.get(reverse("accounts:people"), wrong).status_code == 200


def test_the_first_administrator_is_made_once() -> None:
    out = StringIO()
    call_command("first_admin", "Svea@Landkreis.example", stdout=out)
    user = User.objects.get(email="svea@landkreis.example")
    assert actor_of(user).roles == {"sysadmin"}
    assert reverse("account_login") in out.getvalue()
    with pytest.raises(CommandError, match="verwaltet das System schon"):
        call_command("first_admin", "zweite@landkreis.example")
    assert User.objects.count() == 1


@pytest.mark.parametrize("address", ["", "svea", "svea@", "a b@c.example"])
def test_the_first_administrator_needs_an_address(address: str) -> None:
    with pytest.raises(CommandError, match="keine E-Mail-Adresse"):
        call_command("first_admin", address)


def test_the_people_of_the_demo_are_made_once_and_hold_every_role() -> None:
    demo.create_people(at=timezone.now())
    before = (User.objects.count(), RoleGrant.objects.count(), Event.objects.count())
    users = demo.create_people(at=timezone.now())
    assert (User.objects.count(), RoleGrant.objects.count(), Event.objects.count()) == before
    assert {role for user in users.values() for role in actor_of(user).roles} == {*Role.values, "applicant"}
    assert all(user.name.endswith("(Demo)") and user.email.endswith("@demo.example") for user in users.values())


def test_one_logs_in_as_anybody_of_the_demo_and_as_nobody_else(client: Client, settings: Settings) -> None:
    settings.DEMO = True
    other = person("echt@landkreis.example", "sysadmin")
    page = client.get(reverse("accounts:demo_people")).content.decode()
    for somebody in demo.PEOPLE:
        assert somebody.email in page
        response = client.post(reverse("accounts:demo_people"), {"email": somebody.email})
        assert response.status_code == 302
        assert client.session["_auth_user_id"] == str(User.objects.get(email=somebody.email).pk)
    client.logout()
    for address in (other.email, "", "x"):
        assert client.post(reverse("accounts:demo_people"), {"email": address}).status_code == 404
    foreign = {"email": demo.PEOPLE[0].email, "next": "https://boese.example/"}
    assert client.post(reverse("accounts:demo_people"), foreign)["Location"] == reverse("home")


def test_the_mailbox_shows_codes_and_what_waits(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.DEMO = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    demo.create_people(at=timezone.now())
    Client().post(reverse("account_login"), {"login": "mina.muster@demo.example"})
    Client().post(reverse("account_login"), {"login": "hauke.probe@demo.example"})
    letter = Letter(to="x@y.example", to_key=None, language="de", subject="Wartet noch", body="Zeile <b>eins</b>")
    put(letter, key="k", kind="k", thread="", at=timezone.now())
    page = client.get(reverse("accounts:mailbox")).content.decode()
    assert len(re.findall(r"\d{4}-\d{4}", page)) == 2
    assert "Wartet noch" in page
    assert "&lt;b&gt;eins" in page
    one = client.get(reverse("accounts:mailbox"), {"an": "mina.muster@demo.example"}).content.decode()
    assert len(re.findall(r"\d{4}-\d{4}", one)) == 1
    assert "Wartet noch" not in one
