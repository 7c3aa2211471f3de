"""A personal late link: made with a reason, used once by whom it is for, and worth nothing when it is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications import lateness
from applications.models import Application, LateLink
from journal.models import Event, Message
from journal.refusals import Refused
from tests.factories import IBANS, START, World
from workflow.actions import file_application
from workflow.models import Case

NEW, ALL = "/nachfristen/neu/", "/nachfristen/"
CLOSED = START + timedelta(days=300)
LATER = CLOSED + timedelta(days=7)
AFTER = CLOSED + timedelta(days=1)


@pytest.fixture
def late_world(world: World) -> World:
    """A week after the end: everything that the tests do happens then, if they do not say otherwise."""
    world.round  # noqa: B018 - opened now
    return world


def link_for(world: World, name: str = "applicant", until: datetime = LATER) -> LateLink:
    return lateness.make(
        world.round, world.cast.user[name].email.upper(), valid_until=until, reason="Krankheit im Vorstand",
        actor=world.cast.actor["caseworker"].acting_as("caseworker"), at=AFTER,
    )  # fmt: skip


def draft_of(world: World) -> Application:
    return world.draft(starts_on=(LATER + timedelta(days=90)).date(), ends_on=(LATER + timedelta(days=200)).date())


def address(link: LateLink) -> str:
    return f"/nachfrist/{link.key}/"


def data_for(world: World, **fields: str) -> dict[str, str]:
    good = {
        "round": str(world.round.pk), "email": "verein@demo.example", "valid_until": "31.12.2026 00:00",
        "reason": "Die Post kam nicht an.",
    }  # fmt: skip
    return good | fields


# The office


@time_machine.travel(AFTER, tick=False)
@pytest.mark.parametrize("role", ["caseworker", "coordinator"])
def test_the_office_makes_one_with_a_letter(as_person: Callable[[str], Client], late_world: World, role: str):
    client = as_person(role)
    answer = client.post(NEW, data_for(late_world, email="Verein@Demo.example"))
    link = LateLink.objects.get()
    assert answer.url == ALL
    assert (link.email, link.made_by) == ("verein@demo.example", late_world.cast.user[role].key)
    letter = Message.objects.get(kind="late_link")
    assert letter.recipient == "verein@demo.example"
    assert address(link) in letter.body
    assert "Mi, 30.12.2026, 23:59:59 Uhr" in letter.body.replace("\xa0", " ")
    event = Event.objects.get(kind="late_link_made")
    assert (event.reason, event.actor_role) == ("Die Post kam nicht an.", role)
    assert "demo.example" not in str(event.facts)
    page = client.get(ALL).content.decode()
    assert "verein@demo.example" in page
    assert "Zurücknehmen" in page


BAD = [
    ("round", "", "Bitte wählen Sie eine Runde."), ("round", "999999", "Bitte wählen Sie eine Runde aus der Liste."),
    ("round", "x", "Bitte wählen Sie eine Runde aus der Liste."), ("email", "", "Bitte schreiben Sie die E-Mail-Adresse."),
    ("email", "verein", "Bitte schreiben Sie die ganze Adresse"), ("email", "a@b.example\nBcc: c@d.example", "Adresse"),
    ("email", "x" * 300 + "@demo.example", "Adresse"), ("valid_until", "", "Bitte schreiben Sie Tag und Uhrzeit"),
    ("valid_until", "morgen", "Bitte schreiben Sie Tag und Uhrzeit so"), ("valid_until", "31.02.2027 00:00", "Uhrzeit"),
    ("valid_until", "28.12.2026 09:59", "Dieser Zeitpunkt ist schon vorbei."),
    ("valid_until", "28.12.2026 10:00", "Dieser Zeitpunkt ist schon vorbei."),
    ("valid_until", "31.12.2062 00:00", "Eine Nachfrist gilt höchstens ein Jahr."),
    ("valid_until", "28.03.2027 02:30", "weil die Uhr umgestellt wird"), ("valid_until", "0" * 5000, "Uhrzeit"),
    ("reason", "", "Bitte begründen Sie"), ("reason", "   ", "Bitte begründen Sie"),
    ("reason", "x" * 5000, "Der Text ist zu lang."), ("reason", "a\x00b", "id_reason_error"),
]  # fmt: skip


@time_machine.travel(AFTER, tick=False)
@pytest.mark.parametrize(("name", "typed", "sentence"), BAD, ids=[f"{n}-{row[0]}" for n, row in enumerate(BAD)])
def test_bad_input_is_said_beside_the_field_and_nothing_is_made(
    as_person: Callable[[str], Client], late_world: World, name: str, typed: str, sentence: str
):
    answer = as_person("caseworker").post(NEW, data_for(late_world, **{name: typed}))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'id="id_{name}_error"' in page
    assert sentence in page
    assert not LateLink.objects.exists()
    assert not Message.objects.filter(kind="late_link").exists()


@time_machine.travel(AFTER, tick=False)
def test_a_second_one_for_the_same_person_needs_the_first_to_be_over(as_person, late_world):
    client = as_person("caseworker")
    assert client.post(NEW, data_for(late_world)).status_code == 302
    again = client.post(NEW, data_for(late_world, email="VEREIN@demo.example"))
    assert again.status_code == 422
    assert "schon eine Nachfrist" in again.content.decode()
    client.post(f"{ALL}{LateLink.objects.get().key}/zuruecknehmen/")
    assert client.post(NEW, data_for(late_world)).status_code == 302


def test_no_link_ends_before_the_round_does(late_world):
    with pytest.raises(Refused, match="ohnehin offen"):
        lateness.make(
            late_world.round, "a@demo.example", valid_until=CLOSED, reason="x",
            actor=late_world.cast.actor["caseworker"], at=START,
        )  # fmt: skip


@time_machine.travel(AFTER, tick=False)
def test_taken_back_before_the_letter_left_no_letter_goes(as_person, late_world):
    link, client = link_for(late_world), as_person("coordinator")
    assert client.get(f"{ALL}{link.key}/zuruecknehmen/").status_code == 405
    assert client.post(f"{ALL}{link.key}/zuruecknehmen/").url == ALL
    link.refresh_from_db()
    assert link.revoked_at == AFTER
    assert not Message.objects.filter(kind="late_link").exists()
    again = client.post(f"{ALL}{link.key}/zuruecknehmen/", follow=True)
    assert "gilt schon nicht mehr" in again.content.decode()
    assert Event.objects.filter(kind="late_link_revoked").count() == 1
    assert client.post(f"{ALL}{uuid4()}/zuruecknehmen/").status_code == 404


@time_machine.travel(AFTER, tick=False)
@pytest.mark.parametrize("name", ["decider", "sysadmin", "applicant", "auditor", "technical_reviewer"])
def test_nobody_else_gives_time(as_person, late_world, name):
    link, client = link_for(late_world), as_person(name)
    assert client.get(NEW).status_code == client.post(NEW, data_for(late_world)).status_code == 403
    assert client.post(f"{ALL}{link.key}/zuruecknehmen/").status_code == 403
    assert client.get(ALL).status_code == (200 if name == "auditor" else 403)


@time_machine.travel(AFTER, tick=False)
def test_thirty_links_are_no_more_queries_than_one(as_person, late_world):
    client = as_person("auditor")
    link_for(late_world)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(ALL).status_code == 200
        return len(queries)

    count()
    before = count()
    made = LateLink.objects.get()
    LateLink.objects.bulk_create(
        LateLink(round=made.round, email=f"{n}@demo.example", valid_until=LATER, reason="x", made_by=made.made_by, made_at=AFTER)
        for n in range(29)
    )  # fmt: skip
    assert count() == before


# Whom it is for


@time_machine.travel(AFTER, tick=False)
def test_it_begins_a_draft_and_files_it_late_with_the_reason(as_person, late_world):
    link, client = link_for(late_world), as_person("applicant")
    assert "09:59:59" in client.get(address(link)).content.decode()
    begun = client.post(address(link), {"organisation": late_world.organisation.key})
    application = Application.objects.get()
    assert begun.url == f"/antraege/{application.key}/schritt/vorhaben/"
    assert application.late_link == link
    again = client.post(address(link), {"organisation": late_world.organisation.key})
    assert again.url == begun.url
    assert Application.objects.count() == 1


@time_machine.travel(AFTER, tick=False)
def test_a_draft_that_is_there_already_gets_the_time(as_person, late_world):
    draft, client = draft_of(late_world), as_person("applicant")
    file = f"/antraege/{draft.key}/einreichen/"
    refused = client.post(file)
    assert refused.status_code == 422
    assert "So, 27.12.2026, 09:59:59 Uhr offen" in refused.content.decode().replace("\xa0", " ")
    link = link_for(late_world)
    assert client.post(address(link), {"organisation": late_world.organisation.key}).status_code == 302
    assert "Ihr Antrag wird als verspätet gekennzeichnet" in client.get(file).content.decode()
    assert client.post(file).url == f"/antraege/{draft.key}/"
    case = Case.objects.get()
    assert case.is_late
    event = Event.objects.get(kind="filed")
    assert event.reason.replace("\xa0", " ") == (
        "Persönliche Nachfrist bis So, 03.01.2027, 09:59:59 Uhr: Krankheit im Vorstand"
    )
    link.refresh_from_db()
    assert link.used_at == AFTER
    assert "Krankheit" not in client.get(f"/antraege/{draft.key}/").content.decode()
    assert not Message.objects.filter(kind="filed", body__contains="Krankheit").exists()
    over = client.get(address(link))
    assert over.status_code == 410
    assert "schon ein Antrag eingereicht" in over.content.decode()


@pytest.mark.parametrize(
    ("at", "accepted"),
    [(LATER - timedelta(seconds=1), True), (LATER, False), (LATER + timedelta(days=30), False)],
    ids=["last-second", "end", "later"],
)
def test_it_holds_until_the_last_second(late_world, at, accepted):
    draft = draft_of(late_world)
    lateness.begin(link_for(late_world), draft.organisation, actor=late_world.cast.actor["applicant"], at=AFTER)
    draft.refresh_from_db()
    if accepted:
        assert file_application(draft, actor=late_world.cast.actor["applicant"], at=at).is_late
        return
    with pytest.raises(Refused, match=r"war bis So, 03\.01\.2027"):
        file_application(draft, actor=late_world.cast.actor["applicant"], at=at)
    assert not Case.objects.exists()


def test_taken_back_in_between_nothing_can_be_filed(late_world):
    draft, link = draft_of(late_world), link_for(late_world)
    applicant = late_world.cast.actor["applicant"]
    lateness.begin(link, draft.organisation, actor=applicant, at=AFTER)
    draft.refresh_from_db()
    assert lateness.refuse_filing(draft, at=AFTER) is None
    lateness.revoke(link, actor=late_world.cast.actor["coordinator"].acting_as("coordinator"), at=AFTER)
    with pytest.raises(Refused, match="zurückgenommen"):
        file_application(draft, actor=applicant, at=AFTER)
    assert not Case.objects.exists()


def test_filed_in_time_it_is_not_used_up_and_nothing_is_late(late_world):
    draft = draft_of(late_world)
    link = lateness.make(
        late_world.round, late_world.cast.user["applicant"].email, valid_until=LATER, reason="Reise",
        actor=late_world.cast.actor["caseworker"].acting_as("caseworker"), at=START,
    )  # fmt: skip
    applicant = late_world.cast.actor["applicant"]
    lateness.begin(link, draft.organisation, actor=applicant, at=START)
    draft.refresh_from_db()
    assert not file_application(draft, actor=applicant, at=CLOSED - timedelta(seconds=1)).is_late
    link.refresh_from_db()
    assert link.used_at is None
    assert Event.objects.get(kind="filed").reason == ""


@time_machine.travel(AFTER, tick=False)
def test_one_link_is_for_one_application(as_person, late_world):
    link, client = link_for(late_world), as_person("applicant")
    other = late_world.new_organisation("Zweiter Verein (Demo)", IBANS[1])
    client.post(address(link), {"organisation": other.key})
    answer = client.post(address(link), {"organisation": late_world.organisation.key})
    assert answer.status_code == 422
    assert "schon ein Antrag für „Zweiter Verein (Demo)“ begonnen" in answer.content.decode()
    assert Application.objects.count() == 1


@time_machine.travel(AFTER, tick=False)
@pytest.mark.parametrize("typed", ["", "x", str(uuid4()), "\x00", "ü" * 10_000], ids=["0", "1", "2", "3", "4"])
def test_an_organisation_of_nobody_is_refused(as_person, late_world, typed):
    answer = as_person("applicant").post(address(link_for(late_world)), {"organisation": typed})
    assert answer.status_code in {400, 422}
    assert not Application.objects.exists()


@time_machine.travel(AFTER, tick=False)
def test_who_comes_with_the_wrong_account_or_key_is_told_so(client, as_person, late_world):
    link = link_for(late_world)
    assert client.get(address(link)).url.startswith("/konto/")
    for name in ("stranger", "reader", "caseworker"):
        answer = as_person(name).get(address(link))
        assert answer.status_code == 403, name
        assert "andere E-Mail-Adresse" in answer.content.decode()
    assert as_person("stranger").get(f"/nachfrist/{uuid4()}/").status_code == 404
    office = link_for(late_world, "caseworker")
    assert as_person("caseworker").get(address(office)).status_code == 403


def test_a_link_that_is_over_says_why(as_person, late_world):
    link = link_for(late_world)
    with time_machine.travel(LATER, tick=False):
        answer = as_person("applicant").get(address(link))
    assert answer.status_code == 410
    assert "So, 03.01.2027, 09:59:59 Uhr" in answer.content.decode().replace("\xa0", " ")
    with time_machine.travel(AFTER, tick=False):
        lateness.revoke(link, actor=late_world.cast.actor["coordinator"].acting_as("coordinator"), at=AFTER)
        answer = as_person("applicant").post(address(link), {"organisation": late_world.organisation.key})
    assert answer.status_code == 410
    assert "zurückgenommen" in answer.content.decode()


def test_before_the_round_opens_the_link_opens_nothing(late_world):
    link = link_for(late_world)
    early = late_world.round.opens_at - timedelta(seconds=1)
    with pytest.raises(Refused, match="öffnet am"):
        lateness.begin(link, late_world.organisation, actor=late_world.cast.actor["applicant"], at=early)


@time_machine.travel(AFTER, tick=False)
def test_somebody_without_an_organisation_makes_one_first(as_person, late_world):
    late_world.cast.add("newcomer")
    link = link_for(late_world, "newcomer")
    assert as_person("newcomer").get(address(link)).url == f"/verein/neu/?next={address(link)}"


@time_machine.travel(AFTER, tick=False)
def test_my_drafts_name_the_personal_end(as_person, late_world):
    draft, client = draft_of(late_world), as_person("applicant")
    assert "Runde ist vorbei" in client.get("/antraege/").content.decode()
    lateness.begin(link_for(late_world), draft.organisation, actor=late_world.cast.actor["applicant"], at=AFTER)
    page = client.get("/antraege/").content.decode()
    assert "03.01.2027" in page
    assert "Runde ist vorbei" not in page


@pytest.mark.parametrize(
    ("role", "leads"), [("caseworker", True), ("coordinator", True), ("technical_reviewer", False)]
)
def test_the_desk_leads_there(as_person, late_world, role, leads):
    assert (f'href="{ALL}"' in as_person(role).get("/heute/").content.decode()) is leads
