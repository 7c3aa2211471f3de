"""At each step of the natural way the wrong persons stand before it: they see no button, and the page refuses them."""

from __future__ import annotations

import pytest

from accounts.roles import Role
from tests.e2e.people import Person
from tests.e2e.stage import Stage
from tests.e2e.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OTHER_TASK = "Diese Seite gehört zu einer anderen Aufgabe."
NOTHING_HERE = "Diese Seite gibt es nicht"


def refused(play: Stage, path: str, *names: str) -> None:
    """They typed the address by hand."""
    for name in names:
        person = play(name)
        assert answer_of(person, path) == 403, (name, path)
        person.is_told(OTHER_TASK)


def knows_nothing(play: Stage, path: str, *names: str) -> None:
    for name in names:
        person = play(name)
        assert answer_of(person, path) == 404, (name, path)
        person.is_told(NOTHING_HERE)


def answer_of(person: Person, path: str) -> int:
    answer = person.page.goto(person.server + path)
    assert answer
    return answer.status


def path_of(person: Person, button: str) -> str:
    """Where a button of this person leads: the address that others will try."""
    return str(person.main.get_by_role("link", name=button, exact=True).first.get_attribute("href"))


def test_the_wrong_persons_are_refused_at_each_step(play: Stage) -> None:
    walk = Walk(play)
    mina = play("mina").open("/antraege/")
    walk.founds_organisation()
    mina.press("Antrag beginnen").is_told("Vorhaben")
    knows_nothing(play, mina.path, "stranger", "caseworker", "decider")
    refused(play, "/programme/integrationsprojekte/antrag/", "caseworker", "treasury")
    mina.follow("6. Erklärungen").is_told("Erklärungen")
    draft = mina.path.split("/")[2]
    knows_nothing(play, f"/antraege/{draft}/einreichen/", "stranger", "caseworker")
    the_case_belongs_to_the_office(play)


def the_case_belongs_to_the_office(play: Stage) -> None:
    """From here on with a case that the factories walked: its pages are what is tried."""
    world = play.world
    case = world.filed()
    page, mine = f"/vorgaenge/{case.reference}/", f"/antraege/{case.application.key}/"
    refused(play, page, "applicant", "stranger", "verifier", "treasury", "budget_officer", "sysadmin", "dpo")
    knows_nothing(play, mine, "stranger", "caseworker")
    for name in ("decider", "auditor", "technical_reviewer"):
        play(name).open(page).is_told(str(case.application)).sees_no_button("Prüfung beginnen")
        refused(play, f"/vorgaenge/{case.pk}/schritt/start_check/", name)
    play("reader").open(mine).sees("Eingegangen").sees_no_button("Antrag zurückziehen")
    refused(play, f"/vorgaenge/{case.pk}/schritt/withdraw/", "reader")
    the_proposer_does_not_decide(play)


def the_proposer_does_not_decide(play: Stage) -> None:
    """Four eyes look at persons: also one who holds both roles is stopped."""
    world = play.world
    both = world.cast.add("both", Role.CASEWORKER, Role.DECIDER)
    case = world.reviewing()
    world.cast.actor["technical_reviewer"], before = both, world.cast.actor["technical_reviewer"]
    case = world.do(case, "propose", "technical_reviewer", amount=case.requested_amount, reason="Gut", score=None)
    world.cast.actor["technical_reviewer"] = before
    decide = f"/vorgaenge/{case.reference}/entscheiden/"
    refused(play, decide, "caseworker", "technical_reviewer", "auditor", "applicant")
    person = play("both").open("/entscheidungen/").sees("Darüber entscheidet eine andere Person.")
    person.open(decide).sees("Sie haben den Vorschlag geschrieben. Entscheiden muss eine andere Person.")
    person.sees_no_button("1.600,00 € bewilligen")
    the_money_passes_three_persons(play)


def the_money_passes_three_persons(play: Stage) -> None:
    world = play.world
    award = world.active()
    play.clock.move_to(world.at)
    mine = f"/antraege/{award.case.application.key}/"
    play("reader").open(mine).sees_no_button("Geld anfordern")
    refused(play, f"{mine}auszahlung/", "reader")
    knows_nothing(play, f"{mine}auszahlung/", "stranger", "verifier")
    payment = world.requested(award=award)
    page = f"/auszahlungen/{payment.pk}/"
    refused(play, page, "applicant", "stranger", "caseworker", "decider", "sysadmin")
    for name in ("authoriser", "treasury", "auditor", "budget_officer"):
        play(name).open(page).sees_no_button("Sachlich und rechnerisch richtig")
        refused(play, f"{page}schritt/verify/", name)
    world.do(payment, "verify", "verifier")
    play("verifier").open(page).sees_no_button("1.600,00 € anordnen")
    refused(play, f"{page}schritt/authorise/", "verifier", "treasury", "auditor")
    payment.refresh_from_db()
    world.do(payment, "authorise", "authoriser")
    for name in ("verifier", "authoriser", "auditor"):
        play(name).open("/zahlungslaeufe/").sees_no_button("Zahlungslauf zusammenstellen")
    treasurer = play("treasury").open("/zahlungslaeufe/").press("Zahlungslauf zusammenstellen")
    treasurer.sees("Freigeben muss eine andere Person.").sees_no_button("1.600,00 € freigeben")
    refused(play, f"{treasurer.path}sepa.xml", "verifier", "auditor")
