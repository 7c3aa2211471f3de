"""Who acts for an organisation: rights, invitations that only their reader can use, hand-over, the second signature."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from applications import chronicle, invitations, membership, signatures
from applications.models import Application, Attachment, Invitation, Membership, Organisation, SecondSignature
from journal import outbox
from journal.models import Event, Message
from journal.refusals import Forbidden, Refused
from tests.factories import START, World, person
from workflow import signing
from workflow.actions import file_application
from workflow.models import Case

pytestmark = pytest.mark.django_db
READ, EDIT, FILE, ADMIN = {}, {"may_edit": True}, {"may_file": True}, {"is_admin": True}
ALL = EDIT | FILE | ADMIN


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(clock: Any, db: None) -> World:
    return World()


def rights(**given: bool) -> dict[str, bool]:
    return dict.fromkeys(chronicle.RIGHTS, False) | given


def member_of(world: World, name: str) -> Membership:
    return Membership.objects.get(organisation=world.organisation, user=world.cast.user[name])


def join(world: World, name: str, **given: bool) -> Membership:
    if name not in world.cast.user:
        world.cast.add(name)
    user = world.cast.user[name]
    return Membership.objects.create(organisation=world.organisation, user=user, **rights(**given))


def url(world: World, rest: str = "") -> str:
    return f"/verein/{world.organisation.key}/mitglieder/{rest}"


def kinds(world: World) -> list[str]:
    return [event.kind for event in chronicle.events_of(world.organisation)][::-1]


# Rights


def test_the_page_says_who_since_when_and_what_they_may(as_person: Callable[[str], Client], world: World) -> None:
    page = as_person("reader").get(url(world)).content.decode()
    assert "lesen, schreiben, einreichen und Geld anfordern, Mitglieder verwalten" in page
    assert "seit 02.03.2026" in page
    assert "Jemanden einladen" not in page
    assert "Jemanden einladen" in as_person("applicant").get(url(world)).content.decode()


def test_an_administrator_changes_rights_and_the_journal_tells_it(
    as_person: Callable[[str], Client], world: World
) -> None:
    reader = member_of(world, "reader")
    answer = as_person("applicant").post(url(world, f"{reader.pk}/"), {"may_edit": "on", "may_file": "on"})
    reader.refresh_from_db()
    assert answer.status_code == 302
    assert (reader.may_edit, reader.may_file, reader.is_admin) == (True, True, False)
    page = as_person("reader").get(f"/verein/{world.organisation.key}/verlauf/").content.decode()
    assert "Rechte von Reader geändert: lesen, schreiben, einreichen und Geld anfordern" in page


def test_the_last_administrator_stays(as_person: Callable[[str], Client], world: World) -> None:
    own = member_of(world, "applicant")
    client = as_person("applicant")
    for answer in (
        client.post(url(world, f"{own.pk}/"), {"may_edit": "on"}),
        client.post(url(world, f"{own.pk}/beenden/")),
        client.post(url(world, "verlassen/")),
    ):
        assert answer.status_code == 422
        assert "Jemand muss die Mitglieder verwalten." in answer.content.decode()
    assert member_of(world, "applicant").is_admin
    assert kinds(world) == []


def test_everybody_else_may_leave_and_the_administrators_hear_of_it(
    as_person: Callable[[str], Client], world: World
) -> None:
    client = as_person("reader")
    assert client.post(url(world, "verlassen/")).url == "/verein/"
    assert client.get(url(world)).status_code == 404
    letter = Message.objects.get(kind="member_left")
    assert letter.recipient == world.cast.user["applicant"].email
    assert kinds(world) == ["member_left"]


def test_who_is_removed_hears_of_it_and_finds_nothing_any_more(
    as_person: Callable[[str], Client], world: World
) -> None:
    reader = member_of(world, "reader")
    assert as_person("applicant").post(url(world, f"{reader.pk}/beenden/")).status_code == 302
    assert Message.objects.get(kind="member_removed").recipient == world.cast.user["reader"].email
    assert as_person("reader").get(url(world)).status_code == 404


@pytest.mark.parametrize("rest", ["einladen/", "uebergabe/"])
def test_members_without_the_right_are_told_so(as_person: Callable[[str], Client], world: World, rest: str) -> None:
    answer = as_person("reader").get(url(world, rest))
    assert answer.status_code == 403
    assert "wer bei Ihnen die Mitglieder verwaltet" in answer.content.decode()


def test_where_nobody_manages_the_oldest_who_may_file_does(world: World) -> None:
    Membership.objects.update(is_admin=False)
    assert [found.user.name for found in membership.admins(world.organisation)] == ["Applicant"]
    second = join(world, "colleague", may_edit=True, may_file=True)
    User.objects.filter(pk=world.cast.user["applicant"].pk).update(is_active=False)
    assert [found.pk for found in membership.admins(world.organisation)] == [second.pk]


def test_a_closed_account_manages_nobody_any_more(world: World) -> None:
    """A log-in that left with a volunteer does not lock the association out."""
    second = join(world, "colleague", may_edit=True, may_file=True)
    User.objects.filter(pk=world.cast.user["applicant"].pk).update(is_active=False)
    assert membership.is_admin(second)


# Hand-over


@pytest.mark.parametrize("leave", [False, True], ids=["stays", "leaves"])
def test_the_administration_is_handed_over_with_a_log(
    as_person: Callable[[str], Client], world: World, leave: bool
) -> None:
    reader = member_of(world, "reader")
    data = {"to": str(reader.pk)} | ({"leave": "on"} if leave else {})
    answer = as_person("applicant").post(url(world, "uebergabe/"), data)
    assert answer.status_code == 302
    reader.refresh_from_db()
    assert (reader.may_edit, reader.may_file, reader.is_admin) == (True, True, True)
    assert Membership.objects.filter(user=world.cast.user["applicant"]).exists() is not leave
    assert kinds(world) == ["administration_handed_over", *(["member_left"] if leave else [])]
    page = as_person("reader").get(f"/verein/{world.organisation.key}/verlauf/").content.decode()
    assert "Verwaltung an Reader übergeben" in page
    assert "Applicant" in page


def test_it_goes_to_nobody_else_than_a_member(as_person: Callable[[str], Client], world: World) -> None:
    own = member_of(world, "applicant")
    for wrong in ("", "0", str(own.pk)):
        assert as_person("applicant").post(url(world, "uebergabe/"), {"to": wrong}).status_code == 422


# Invitations


def invited(world: World, email: str = "stranger@demo.example", **given: bool) -> Invitation:
    actor = world.cast.actor["applicant"]
    return invitations.invite(world.organisation, email, rights(**given), actor=actor, at=world.at)


def link(world: World) -> str:
    """The address in the letter as it arrives."""
    outbox.deliver(now=world.at)
    found = re.findall(r"http\S+(/einladung/\S+/)", str(mail.outbox[-1].body))
    return str(found[-1])


def test_an_invitation_by_letter_makes_a_member(as_person: Callable[[str], Client], world: World) -> None:
    data = {"email": "Stranger@demo.example", "may_edit": "on", "may_file": "on"}
    assert as_person("applicant").post(url(world, "einladen/"), data).status_code == 302
    address = link(world)
    client = as_person("stranger")
    page = client.get(address).content.decode()
    assert world.organisation.name in page
    assert "lesen, schreiben, einreichen und Geld anfordern" in page
    assert client.post(address).url == "/verein/"
    found = member_of(world, "stranger")
    assert (found.may_edit, found.may_file, found.is_admin) == (True, True, False)
    assert kinds(world) == ["member_invited", "member_joined"]
    assert Message.objects.get(kind="member_joined").recipient == world.cast.user["applicant"].email


def test_the_secret_lies_nowhere(world: World) -> None:
    found = invited(world)
    secret = invitations.secret_of(found)
    address = link(world)
    assert address == f"/einladung/{secret}/"
    stored = [found.secret_sha256, *Message.objects.values_list("body", flat=True), str(list(Event.objects.values()))]
    assert not [text for text in stored if secret in text]


def test_a_visitor_logs_in_first_and_comes_back(world: World, client: Client) -> None:
    invited(world)
    address = link(world)
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"?next={address}")


def test_only_the_address_that_was_invited_accepts(as_person: Callable[[str], Client], world: World) -> None:
    invited(world)
    address = link(world)
    for name, sentence in (("reader", "andere E-Mail-Adresse"), ("caseworker", "andere E-Mail-Adresse")):
        for answer in (as_person(name).get(address), as_person(name).post(address)):
            assert answer.status_code == 403
            assert sentence in answer.content.decode()
    assert Invitation.objects.get().accepted_at is None


def test_nobody_of_the_office_becomes_a_member(as_person: Callable[[str], Client], world: World) -> None:
    invited(world, "caseworker@demo.example")
    answer = as_person("caseworker").post(link(world))
    assert answer.status_code == 403
    assert "Zugang des Amtes" in answer.content.decode()


def test_an_invitation_that_is_over_says_so_kindly(
    as_person: Callable[[str], Client], world: World, clock: Any
) -> None:
    found = invited(world)
    address = link(world)
    clock.shift(timedelta(days=14))
    late = as_person("stranger").post(address)
    assert (late.status_code, "abgelaufen" in late.content.decode()) == (410, True)
    clock.shift(timedelta(days=-1))
    client = as_person("stranger")
    assert client.post(address).status_code == 302
    used = client.get(address)
    assert (used.status_code, "schon angenommen" in used.content.decode()) == (410, True)
    Invitation.objects.filter(pk=found.pk).update(accepted_at=None, revoked_at=START)
    revoked = client.get(address)
    assert (revoked.status_code, "zurückgezogen" in revoked.content.decode()) == (410, True)
    assert client.get("/einladung/erfunden/").status_code == 404


def test_sent_again_it_has_a_new_link_and_the_old_one_is_worth_nothing(
    as_person: Callable[[str], Client], world: World, clock: Any
) -> None:
    found = invited(world)
    old = link(world)
    again = f"/verein/{world.organisation.key}/einladungen/{found.pk}/erneut/"
    assert as_person("applicant").post(again).status_code == 422
    clock.shift(timedelta(days=15))
    world.at += timedelta(days=15)
    assert as_person("applicant").post(again)["Location"].endswith("/mitglieder/")
    new = link(world)
    assert new != old
    assert as_person("stranger").get(old).status_code == 404
    assert as_person("stranger").get(new).status_code == 200


def test_taken_back_it_is_over_and_its_letter_does_not_leave(as_person: Callable[[str], Client], world: World) -> None:
    found = invited(world)
    take_back = f"/verein/{world.organisation.key}/einladungen/{found.pk}/zurueckziehen/"
    assert as_person("applicant").post(take_back).status_code == 302
    assert not Message.objects.filter(kind="member_invited").exists()
    assert as_person("applicant").post(take_back).status_code == 422
    assert invited(world).pk != found.pk


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("reader@demo.example", "gehört schon dazu"),
        ("kein-klammeraffe", "Bitte schreiben Sie die ganze Adresse"),
        ("", "Bitte schreiben Sie Ihre E-Mail-Adresse"),
        ("x" * 250 + "@demo.example", ""),
        ("stranger@demo.example", "schon eingeladen"),
    ],
    ids=["member", "no address", "empty", "too long", "twice"],
)
def test_whom_one_cannot_invite(as_person: Callable[[str], Client], world: World, email: str, sentence: str) -> None:
    invited(world)
    answer = as_person("applicant").post(url(world, "einladen/"), {"email": email})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Invitation.objects.count() == 1


def test_open_invitations_are_limited(world: World) -> None:
    for number in range(20):
        invited(world, f"person{number}@demo.example")
    with pytest.raises(Refused, match="Mehr als 20"):
        invited(world, "person21@demo.example")


def test_only_an_administrator_invites(world: World) -> None:
    with pytest.raises(Forbidden):
        invitations.invite(
            world.organisation, "x@demo.example", rights(), actor=world.cast.actor["reader"], at=world.at
        )


# The second signature


@pytest.fixture
def two(world: World) -> World:
    """Two people may file, and the organisation wants both."""
    join(world, "second", may_edit=True, may_file=True)
    Organisation.objects.filter(pk=world.organisation.pk).update(needs_second_signature=True)
    world.organisation.refresh_from_db()
    return world


def signed(world: World, application: Application, name: str = "second") -> SecondSignature:
    saw = signatures.seen(Application.objects.get(pk=application.pk))
    return signing.sign(application, saw=saw, actor=world.cast.actor[name], at=world.at)


def filed(world: World, application: Application, name: str = "applicant") -> Case:
    return file_application(application, actor=world.cast.actor[name], at=world.at)


def test_it_needs_two_people_who_may_file(as_person: Callable[[str], Client], world: World) -> None:
    client, switch = as_person("applicant"), url(world, "zweite-unterschrift/")
    assert client.post(switch, {"on": "1"}).status_code == 422
    join(world, "second", may_file=True)
    assert client.post(switch, {"on": "1"}).status_code == 302
    assert Organisation.objects.get(pk=world.organisation.pk).needs_second_signature
    client.post(switch, {"on": "0"})
    assert kinds(world) == ["second_signature_on", "second_signature_off"]


def test_without_it_nothing_is_filed(two: World) -> None:
    application = two.draft()
    with pytest.raises(Refused, match="Es fehlt die zweite Unterschrift"):
        filed(two, application)
    signed(two, application)
    assert filed(two, application).reference == "INT-2026-0001"


def test_who_signed_does_not_file(two: World) -> None:
    application = two.draft()
    signed(two, application)
    with pytest.raises(Refused, match="Einreichen muss eine andere Person"):
        filed(two, application, "second")


def test_signed_by_both_either_files(two: World) -> None:
    application = two.draft()
    signed(two, application)
    signed(two, application, "applicant")
    assert filed(two, application, "second").pk


def saved(two: World, application: Application) -> None:
    Application.objects.filter(pk=application.pk).update(version=application.version + 1)


def uploaded(two: World, application: Application) -> None:
    two.later(minutes=1)
    two.attach(application, Attachment.Kind.OFFER)


def removed(two: World, application: Application) -> None:
    two.attach(application, Attachment.Kind.OFFER, "Zweites.pdf")
    signed(two, application)
    two.later(minutes=1)
    application.attachments.filter(kind=Attachment.Kind.OFFER).update(removed_at=two.at)


def lost_right(two: World, application: Application) -> None:
    Membership.objects.filter(user=two.cast.user["second"]).update(may_file=False)


@pytest.mark.parametrize("change", [saved, uploaded, removed, lost_right])
def test_whatever_changes_later_makes_it_void(two: World, change: Callable[[World, Application], None]) -> None:
    application = two.draft()
    signed(two, application)
    change(two, application)
    with pytest.raises(Refused, match="Es fehlt die zweite Unterschrift"):
        filed(two, application)


def test_nobody_signs_what_they_have_not_seen(two: World) -> None:
    application = two.draft()
    saw = signatures.seen(application)
    two.attach(application, Attachment.Kind.OFFER)
    with pytest.raises(Refused, match="inzwischen geändert"):
        signing.sign(application, saw=saw, actor=two.cast.actor["second"], at=two.at)
    assert not SecondSignature.objects.exists()


def test_nobody_signs_what_is_not_finished(two: World) -> None:
    application = two.draft(place="")
    for act in (
        lambda: signed(two, application),
        lambda: signing.ask(application, actor=two.cast.actor["applicant"], at=two.at),
    ):
        with pytest.raises(Refused, match="Es fehlt, wo das Projekt stattfindet"):
            act()


def test_signing_twice_is_signing_once(two: World) -> None:
    application = two.draft()
    assert signed(two, application).pk == signed(two, application).pk


def test_the_pages_lead_from_the_request_to_the_receipt(as_person: Callable[[str], Client], two: World) -> None:
    application = two.draft()
    page, sign = f"/antraege/{application.key}/einreichen/", f"/antraege/{application.key}/unterschrift/"
    asking, signing_ = as_person("applicant"), as_person("second")
    text = asking.get(page).content.decode()
    assert "Es fehlt die zweite Unterschrift aus Ihrer Organisation." in text
    assert "Unterschreiben kann: Second" in text
    assert asking.post(f"{sign}bitten/").status_code == 302
    assert asking.post(f"{sign}bitten/").status_code == 302
    letter = Message.objects.get(kind="signature_asked")
    assert letter.recipient == two.cast.user["second"].email
    assert sign in letter.body
    seen = re.search(r'name="seen" value="([^"]+)"', signing_.get(sign).content.decode())
    assert seen is not None
    assert signing_.post(sign, {"seen": "0-alt"}).status_code == 422
    assert signing_.post(sign, {"seen": seen.group(1)}).status_code == 302
    assert "Einreichen muss eine andere Person" in signing_.get(page).content.decode()
    assert asking.post(page).status_code == 302
    assert Case.objects.get().application == application


def test_who_may_not_file_does_not_sign(as_person: Callable[[str], Client], two: World) -> None:
    application = two.draft()
    assert as_person("reader").get(f"/antraege/{application.key}/unterschrift/").status_code == 403
    assert as_person("reader").post(f"/antraege/{application.key}/unterschrift/bitten/").status_code == 403
    assert as_person("stranger").get(f"/antraege/{application.key}/unterschrift/").status_code == 404


# Lists


def crowd(world: World, count: int) -> None:
    for number in range(count):
        user = person(f"mitglied{number}.{Membership.objects.count()}@demo.example")
        Membership.objects.create(organisation=world.organisation, user=user)
        chronicle.tell(
            "member_joined", world.organisation, actor=world.cast.actor["applicant"], at=world.at,
            facts={"person": str(user.key)},
        )  # fmt: skip


@pytest.mark.parametrize("page", ["mitglieder", "verlauf"])
def test_the_lists_ask_as_much_for_thirty_as_for_one(
    as_person: Callable[[str], Client], world: World, page: str
) -> None:
    client, address = as_person("applicant"), f"/verein/{world.organisation.key}/{page}/"
    counts = []
    for more in (1, 29):
        crowd(world, more)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(address).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_overview_asks_as_much_for_ten_organisations_as_for_one(
    as_person: Callable[[str], Client], world: World
) -> None:
    client, counts = as_person("applicant"), []
    for number in range(10):
        if number in {0, 9}:  # one organisation, and ten
            client.get("/verein/")  # notes the word for the menu
            with CaptureQueriesContext(connection) as asked:
                assert client.get("/verein/").status_code == 200
            counts.append(len(asked))
        world.new_organisation(f"Verein {number} (Demo)", "")
    assert counts[0] == counts[1]


@pytest.mark.parametrize("language", ["de", "en"])
def test_each_letter_is_whole_in_both_languages(world: World, language: str) -> None:
    join(world, "second", may_edit=True, may_file=True)
    User.objects.update(language=language)
    found = invited(world, is_admin=True)
    invitations.accept(found, world.cast.user["stranger"], actor=world.cast.actor["stranger"], at=world.at)
    actor = world.cast.actor["applicant"]
    membership.end(member_of(world, "reader"), actor=actor, at=world.at)
    membership.hand_over(world.organisation, member_of(world, "second"), leave=True, actor=actor, at=world.at)
    letters = list(Message.objects.all())
    told = {letter.kind for letter in letters}
    assert told == {"member_invited", "member_joined", "member_removed", "member_left", "administration_handed_over"}
    for letter in letters:
        assert letter.language == language
        assert letter.body.count("http") == 1
        assert "None" not in letter.body
        assert ("Guten Tag" in letter.body) is (language == "de")
