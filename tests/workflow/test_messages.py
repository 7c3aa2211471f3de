"""Each kind of news is written for each of its readers, in both languages, and says nothing in the subject line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from accounts.models import RoleGrant, User
from accounts.roles import Role
from applications.models import Organisation
from funding.models import Clawback, Disbursement, Programme
from journal import outbox, reminders
from journal.machine import Machine, step_of
from journal.models import Event, Message
from journal.outbox import Letter
from tests.factories import World, euros
from workflow import messages
from workflow.models import Award, Case
from workflow.reminders import INFORMATION_REQUEST

KINDS = {kind.name: kind for kind in messages.KINDS}
MACHINES: tuple[type[Machine], ...] = (Case, Award, Disbursement, Clawback)
QUEUED_BY_STEPS = [
    (machine, step_of(method).kind, kind)
    for machine in MACHINES
    for method in machine.transitions().values()
    for kind in step_of(method).messages
]
TITLE = 'Tür & Tor\r\nBcc: thief@demo.example <b>"laut"</b> {{ iban }}'
LEFT_OVER = re.compile(r"\{\{(?! iban)|\{%|%\}|%\(|&(amp|quot|lt|gt|#)|\bNone\b|<span", re.IGNORECASE)


class Stage:
    """One case with everything that a letter may speak of, and people with difficult names."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.award: Award = world.active(amount="1200", title=TITLE)
        self.payment: Disbursement = world.paid("500", award=self.award)
        self.case: Case = self.award.case
        self._give_everything()
        User.objects.filter(pk=world.cast.user["applicant"].pk).update(name="Mina\nMuster & Töchter")
        Organisation.objects.update(name="Brücke & Söhne\r\nX-Header: 1")
        self.claim = Clawback.objects.create(
            commitment=self.payment.commitment, amount=euros("350"), ground="settlement", opened_at=world.at,
            heard_until=world.at.date(), due_on=world.at.date(), paid_on=world.at.date(),
        )  # fmt: skip

    def _give_everything(self) -> None:
        today = self.world.at.date()
        Case.objects.filter(pk=self.case.pk).update(
            answer_due_on=today,
            rejection_sent_on=today,
            is_late=True,
            early_start_from=today,
            early_start_on=today,
            early_start_by=self.world.cast.user["decider"].key,
        )
        Award.objects.filter(pk=self.award.pk).update(final_amount=euros("900"), report_submitted_on=today)
        self.case.requests.create(items="Satzung & Vollmacht\n<Seite 2>", due_on=today, asked_at=self.world.at)
        self.award = Award.objects.select_related("case__application__organisation").get(pk=self.award.pk)
        self.case = self.award.case

    def object_for(self, machine: type[Machine]) -> Any:
        return {Case: self.case, Award: self.award, Disbursement: self.payment, Clawback: self.claim}[machine]

    def letters(self) -> Iterator[tuple[str, Letter]]:
        """Every kind with every event that brings it; the reminder before, on and after its day."""
        rows = [*QUEUED_BY_STEPS, (Case, "filed", "filed")]
        rows += [(Case, kind, kind) for kind in ("message_sent", "message_received")]
        for machine, event_kind, kind in rows:
            event = Event(kind=event_kind, reason="Zu teuer & <zu> spät.")
            for letter in messages.compose(KINDS[kind], self.object_for(machine), event=event):
                yield f"{kind} after {event_kind}", letter
        for days in (3, 1, 0, -2):
            facts = {"days_left": days, "deadline_on": self.world.at.date() + timedelta(days=days)}
            for letter in messages.compose(INFORMATION_REQUEST, self.case, extra=facts):
                yield f"reminder {days} days before", letter

    def vary(self) -> Iterator[str]:
        """The ways in which notices travel and programmes pay."""
        for channel in ("letter", "portal", "mail"):
            for mode in Programme.PaymentMode.values:
                Award.objects.filter(pk=self.award.pk).update(channel=channel)
                Programme.objects.update(payment_mode=mode, contact_hours="Mo bis Fr, 9 bis 12 Uhr")
                self.award = Award.objects.select_related("case__application__organisation", "case__programme").get(
                    pk=self.award.pk
                )
                self.case = self.award.case
                yield f"{channel}, {mode}"


@pytest.fixture
def stage(db: None) -> Stage:
    return Stage(World())


# The registry


def test_every_kind_that_a_step_names_has_somebody_who_writes_it() -> None:
    assert {kind for _machine, _event, kind in QUEUED_BY_STEPS} <= outbox.kinds()


def test_every_kind_is_news_of_some_step_or_action() -> None:
    sources = [path.read_text() for path in (settings.BASE_DIR / "workflow").rglob("*.py")]
    queued = {kind for text in sources for kind in re.findall(r'outbox\.queue\(\s*"(\w+)"', text)}
    assert set(KINDS) == {kind for _machine, _event, kind in QUEUED_BY_STEPS} | queued


def test_every_kind_has_a_template_and_no_template_is_left_over() -> None:
    found = {path.stem for path in (settings.BASE_DIR / "templates/emails").glob("*.txt")}
    assert found == set(KINDS) | reminders.kinds() | {"base", "hearing"}


# The text


@pytest.mark.parametrize("language", ["de", "en"])
def test_each_letter_is_plain_text_in_the_readers_language_with_one_address_and_somebody_who_helps(
    stage: Stage, language: str
) -> None:
    User.objects.update(language=language)
    wrong = []
    for variant in stage.vary():
        for name, letter in stage.letters():
            wrong += [f"{name} ({variant}): {finding}" for finding in _findings(letter, stage, language)]
    assert wrong == []


def _findings(letter: Letter, stage: Stage, language: str) -> Iterator[str]:
    office = letter.to.startswith("caseworker")
    whole = f"{letter.subject}\n{letter.body}"
    paragraphs = letter.body.split("\n\n")
    if LEFT_OVER.search(whole):
        yield f"left over: {LEFT_OVER.search(whole)}"
    if whole.count("http") != 1:
        yield "not exactly one address"
    if ("/vorgaenge/" if office else "/antraege/") not in whole:
        yield "leads to the other side"
    if stage.payment.payee_iban in whole.replace(" ", ""):
        yield "an account number in full"
    if letter.language != language:
        yield "the wrong language"
    if any(not paragraph.strip() for paragraph in paragraphs) or not letter.body.endswith("\n"):
        yield "empty paragraphs"
    if not office and ("Wiebke Muster" not in paragraphs[-1] or "04462 00-000" not in paragraphs[-1]):
        yield "nobody helps"
    if "\nBcc:" in whole or "\nX-Header" in whole or ("Mina Muster & Töchter" not in paragraphs[0] and not office):
        yield "a name broke the line"


@pytest.mark.parametrize("language", ["de", "en"])
def test_subjects_say_what_and_the_file_number_and_name_nobody(stage: Stage, language: str) -> None:
    User.objects.update(language=language)
    subjects = {(name, letter.subject) for _variant in stage.vary() for name, letter in stage.letters()}
    names = ("Tür", "Tor", "Brücke", "Söhne", "Mina", "Muster", "Caseworker", "€")
    for name, subject in subjects:
        assert stage.case.reference in subject, name
        assert len(subject) <= 120, name
        assert subject.splitlines() == [subject], name
        assert not [word for word in names if word in subject], name


def test_what_the_office_wrote_arrives_as_it_was_written(stage: Stage) -> None:
    letters = dict(stage.letters())
    assert "Satzung & Vollmacht\n<Seite 2>" in letters["information_requested after information_requested"].body
    assert "Zu teuer & <zu> spät." in letters["revoked after revoked"].body


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("filed after filed", ["1.600,00\xa0€", "Die Antragsfrist war da schon vorbei."]),
        (
            "offered after offered",
            ["bis zu 1.200,00\xa0€ möglich", "Beantragt sind 1.600,00\xa0€", "Mittwoch, 08.04.2026"],
        ),
        ("notified after notified", ["bis zu 1.200,00\xa0€", "Freitag, 06.03.2026", "bis Dienstag, 07.04.2026"]),
        (
            "disbursement_executed after disbursement_executed",
            ["500,00\xa0€", "DE** **** 0001", "INT-2026-0001 Rate 1"],
        ),
        ("report_requested after report_requested", ["Donnerstag, 18.03.2027"]),
        ("settled after settled", ["Endbetrag ist 900,00\xa0€", "350,00\xa0€", "§ 28 VwVfG"]),
        ("clawback_assessed after clawback_assessed", ["350,00\xa0€", "Mittwoch, 08.04.2026"]),
        ("reminder 3 days before", ["bis Samstag, 11.04.2026", "Satzung & Vollmacht"]),
        ("reminder -2 days before", ["am Montag, 06.04.2026", "Sie können noch antworten"]),
    ],
)
def test_letters_carry_the_facts_that_people_need(stage: Stage, name: str, facts: list[str]) -> None:
    body = dict(stage.letters())[name].body
    assert [fact for fact in facts if fact not in body] == []


def test_a_notice_in_the_portal_says_until_when_it_can_be_collected(stage: Stage) -> None:
    Award.objects.update(channel="portal")
    award = Award.objects.get()
    (letter,) = messages.compose(KINDS["notice_issued"], award)
    assert "abholen" in letter.subject
    assert "bis Donnerstag, 12.03.2026, ab" in letter.body


# The readers


@pytest.mark.django_db
def test_news_goes_to_members_who_write_and_to_nobody_else() -> None:
    world = World()
    world.filed()
    assert [message.recipient for message in Message.objects.all()] == ["applicant@demo.example"]


@pytest.mark.django_db
def test_news_for_the_office_goes_to_the_one_who_has_the_case() -> None:
    world = World()
    world.cast.add("second_caseworker", Role.CASEWORKER)
    case = world.questioned()
    world.do(case, "answer", "applicant", answer="Hier ist es.")
    assert [m.recipient for m in Message.objects.filter(kind="information_answered")] == ["caseworker@demo.example"]


@pytest.mark.django_db
def test_who_gave_the_role_back_reads_no_more_of_the_case() -> None:
    world = World()
    world.cast.add("second_caseworker", Role.CASEWORKER)
    case = world.questioned()
    RoleGrant.objects.filter(user=world.cast.user["caseworker"]).update(ended_at=world.at)
    world.do(case, "answer", "applicant", answer="Hier ist es.")
    found = Message.objects.filter(kind="information_answered")
    assert [message.recipient for message in found] == ["second.caseworker@demo.example"]


@pytest.mark.django_db
def test_nobody_gets_mail_who_may_not_log_in_any_more() -> None:
    world = World()
    User.objects.filter(pk=world.cast.user["applicant"].pk).update(is_active=False)
    world.filed()
    assert Message.objects.count() == 0
