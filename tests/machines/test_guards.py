"""Every guard of every step: the case in which it says no, with its sentence, and the one in which it is silent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from applications.models import Attachment
from funding.models import BudgetLine, Commitment, Hold, PaymentRun, Programme
from journal.actors import Actor
from journal.machine import step_of
from journal.models import Reminder
from tests.architecture.test_house import MACHINES
from tests.factories import World, euros, place
from workflow import findings
from workflow.models import Award, CaseResolution, ChecklistItem, CouncilPaper, Document, Finding, Threshold

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Situation:
    """What a guard is asked about: the object, by whom, on which day."""

    obj: Any
    actor: Actor
    today: date


def at(world: World, obj: Any, who: str = "caseworker", *, days: int = 0) -> Situation:
    return Situation(obj, world.cast.actor[who], (world.at + timedelta(days=days)).date())


Build = Callable[[World], Situation]


def threshold(world: World, up_to: str | None, body: str) -> None:
    Threshold.objects.create(valid_from=date(2020, 1, 1), up_to=euros(up_to) if up_to else None, decides=body)


def low_thresholds(world: World) -> None:
    threshold(world, "500", "administration")
    threshold(world, None, "county_committee")


def resolved(world: World, amount: str) -> Situation:
    """A case that a body resolved on, up to an amount."""
    low_thresholds(world)
    case = world.do(world.reviewing(), "refer_to_committee", "caseworker", reason="Wertgrenze")
    vote = {
        "body": "county_committee", "resolved_on": world.at.date(), "number": "KA 7", "outcome": "adopted",
        "votes_yes": 5, "votes_no": 1, "votes_abstained": 0,
    }  # fmt: skip
    return at(world, world.do(case, "record_resolution", "committee_office", amount=euros(amount), **vote), "decider")


def with_checklist(world: World, result: str) -> Situation:
    case = world.checking()
    world.tick_all(case)
    person = world.cast.actor["caseworker"].key
    ChecklistItem.objects.filter(case=case, code="documents").update(result=result, checked_by=person)
    return at(world, case)


def reopened(world: World, *, with_statutes: bool) -> Situation:
    case = world.questioned()
    if not with_statutes:
        Attachment.objects.filter(application=case.application).update(removed_at=world.at)
    return at(world, case, "applicant")


def reminded(world: World, *, is_sent: bool) -> Situation:
    case = world.questioned()
    if is_sent:
        Reminder.objects.filter(subject_key=str(case.pk)).update(done_at=world.at)
    return at(world, case)


def proposed(world: World, who: str = "decider", **fields: Any) -> Situation:
    return at(world, world.proposed(**fields), who)


def started(world: World, days: int, *, early_start: int | None = None) -> Situation:
    """A project that begins so many days from now; `early_start` is the same for what the office consented to."""
    case = world.proposed()
    case.application.starts_on = (world.at + timedelta(days=days)).date()
    case.application.save()
    if early_start is not None:
        valid_from = (world.at + timedelta(days=early_start)).date()
        case = world.do(case, "consent_to_early_start", "decider", valid_from=valid_from, reason="Saison")
    return at(world, case, "decider")


def formally_rejected(world: World) -> Situation:
    return at(world, world.do(world.checking(), "propose_formal_rejection", "caseworker", reason="zu spät"))


def in_paper(world: World, state: str) -> Situation:
    case = world.do(world.reviewing(), "refer_to_committee", "caseworker", reason="Wertgrenze")
    person = world.cast.user["caseworker"].key
    frozen = {"frozen_at": world.at, "frozen_by": person} if state != "draft" else {}
    paper = CouncilPaper.objects.create(
        number="V 1", subject="Projekte", state=state, created_by=person, created_at=world.at, **frozen
    )
    paper.cases.create(case=case, position=1, amount=euros("1600"))
    return at(world, case)


def offered(world: World, plan: str) -> Situation:
    case = world.offered("1200")
    world.plan(case.application, requested=plan, cost="1600")
    return at(world, case, "applicant")


def accepted_with(world: World, amount: str) -> Any:
    return world.do(offered(world, amount).obj, "accept_offer", "applicant")


def unbalanced_offer(world: World) -> Situation:
    situation = offered(world, "1200")
    situation.obj.application.sources.exclude(kind="county_grant").update(amount=euros("1"))
    return situation


def rejected(world: World, *, is_sent: bool = False, is_rendered: bool = False) -> Situation:
    case = world.rejected()
    if is_rendered:
        Document.objects.create(
            case=case, kind="rejection_notice", number=1, content={}, pdf=b"x", sha256="b" * 64,
            subject_version=case.version, rendered_at=world.at,
        )  # fmt: skip
    if is_sent:
        case = place(case, case.state, rejection_sent_on=world.at.date())
    return at(world, case)


def decided(world: World, who: str, *, is_issued: bool = False) -> Situation:
    case = world.issued().case if is_issued else world.approved()
    return at(world, case, who)


def drafted(world: World, *, is_rendered: bool) -> Situation:
    award = world.approved().award
    if is_rendered:
        world.notice(award)
    return at(world, award)


def stale_notice(world: World) -> Situation:
    situation = drafted(world, is_rendered=True)
    moved = place(situation.obj, "draft_notice", version=situation.obj.version + 1)
    return at(world, moved)


def sent(world: World, channel: str = "letter", *, days: int = 0) -> Situation:
    return at(world, world.issued(channel), "applicant" if channel == "portal" else "caseworker", days=days)


def notified(world: World, *, days: int) -> Situation:
    return at(world, world.notified(), days=days)


def active(world: World, who: str = "caseworker", **fields: Any) -> Situation:
    return at(world, place(world.active(), "active", **fields), who)


def payable_on(world: World, when: str) -> Situation:
    Programme.objects.update(payable_on=when)
    return at(world, Award.objects.get(pk=world.notified().pk))


def in_review(world: World, who: str) -> Situation:
    award = place(world.active(), "report_in_review", reviewed_by=world.cast.actor["caseworker"].key)
    return at(world, award, who)


def with_payment(world: World, *, is_paid: bool, who: str = "caseworker") -> Situation:
    award = world.active()
    world.paid(award=award) if is_paid else world.requested(award=award)
    settled = place(award, "settled", final_amount=award.amount)
    return at(world, settled, who)


def payment(world: World, who: str = "verifier", *, days: int = 0) -> Situation:
    return at(world, world.requested(), who, days=days)


def unpayable(world: World) -> Situation:
    found = world.requested()
    Commitment.objects.update(payable_from=None)
    return at(world, type(found).objects.get(pk=found.pk), "verifier")


def held(world: World) -> Situation:
    found = world.requested()
    Hold.objects.create(commitment=found.commitment, kind="lawsuit", since=world.at)
    return at(world, found, "verifier")


def too_much(world: World) -> Situation:
    found = world.requested()
    Commitment.objects.update(amount=euros("100"))
    return at(world, type(found).objects.get(pk=found.pk), "verifier")


def self_asked(world: World) -> Situation:
    found = world.requested()
    return at(world, place(found, "requested", requested_by=world.cast.actor["verifier"].key), "verifier")


def verified_by(world: World, person: str, who: str) -> Situation:
    found = world.do(world.requested(), "verify", "verifier")
    return at(world, place(found, "verified", verified_by=world.cast.actor[person].key), who)


def decided_by_authoriser(world: World) -> Situation:
    found = world.do(world.requested(), "verify", "verifier")
    Commitment.objects.update(decided_by=world.cast.actor["authoriser"].key)
    return at(world, type(found).objects.get(pk=found.pk), "authoriser")


def in_run(world: World, *, is_released: bool, who: str = "treasury") -> Situation:
    found = world.authorised()
    run = PaymentRun.objects.create(
        number="ZL-1", execution_on=world.at.date(), total=found.amount, count=1,
        assembled_by=world.cast.actor["treasury"].key, assembled_at=world.at,
        released_by=world.cast.actor["auditor"].key if is_released else None,
    )  # fmt: skip
    return at(world, place(found, "authorised", run=run), who)


def returned(world: World, who: str, *, status: str, is_paid: bool = True) -> Situation:
    """A payment of a year with this status; sent to the bank, or paid."""
    found = world.paid() if is_paid else world.authorised()
    BudgetLine.objects.update(status=status)
    return at(world, type(found).objects.get(pk=found.pk), who)


def claim(world: World, *, days: int = 0, **fields: Any) -> Situation:
    paid = world.paid()
    found = paid.commitment.clawbacks.create(
        amount=euros("350"), ground="settlement", heard_until=world.at.date(), opened_at=world.at, **fields
    )
    return at(world, found, "decider", days=days)


def owing(world: World, *, days: int, is_allowed: bool = False) -> Situation:
    """Another project of the same recipient whose report was due so many days ago."""
    today = world.at.date()
    fields = {"notified_on": today, "lawsuit_until": today, "report_due_on": today - timedelta(days=days)}
    place(world.issued(title="Chor am Deich"), "report_due", **fields)
    case = world.proposed()
    if is_allowed:
        one = Finding.objects.get(case=case, code="overdue_report")
        findings.acknowledge(one, reason="Der Nachweis kommt morgen.", actor=world.cast.actor["decider"], at=world.at)
    return at(world, case, "decider")


def indebted(world: World, state: str) -> Situation:
    award = world.issued(title="Chor am Deich")
    Commitment.objects.get(thread=award.thread).clawbacks.create(
        amount=euros("350"), ground="settlement", heard_until=world.at.date(), opened_at=world.at, state=state,
        due_on=world.at.date(), paid_on=world.at.date() if state == "paid" else None,
    )  # fmt: skip
    return proposed(world)


def overfunded(world: World) -> Situation:
    case = world.proposed()
    case.application.costs.update(amount=euros("1500"))
    findings.refresh(case, at=world.at)
    return at(world, case, "decider")


VECTORS: dict[str, list[tuple[Build, str | None]]] = {
    "nothing_stands_in_the_way": [
        (lambda w: owing(w, days=1), "seit 01.03.2026 überfällig"),
        (lambda w: owing(w, days=1, is_allowed=True), None),
        (lambda w: owing(w, days=0), None),
        (lambda w: indebted(w, "hearing"), "Rückforderung von 350,00"),
        (lambda w: indebted(w, "paid"), None),
        (overfunded, "höher als die Ausgaben"),
        (proposed, None),
    ],
    "checklist_is_complete": [
        (lambda w: at(w, w.checking()), "Punkte der Prüfung sind offen"),
        (lambda w: with_checklist(w, "missing"), "Ein Punkt der Prüfung ist offen"),
        (lambda w: with_checklist(w, "notice"), None),
    ],
    "application_is_complete": [
        (lambda w: reopened(w, with_statutes=False), "Satzung"),
        (lambda w: reopened(w, with_statutes=True), None),
    ],
    "came_on_paper": [
        (lambda w: at(w, w.questioned()), "kam über das Portal"),
        (lambda w: at(w, place(w.questioned(), "info_requested", is_paper=True)), None),
    ],
    "answer_is_overdue": [
        (lambda w: at(w, w.questioned(), days=14), "läuft noch"),
        (lambda w: at(w, w.questioned(), days=15), None),
    ],
    "reminder_was_sent": [
        (lambda w: reminded(w, is_sent=False), "noch nicht erinnert"),
        (lambda w: reminded(w, is_sent=True), None),
    ],
    "not_for_a_body": [
        (lambda w: (low_thresholds(w), at(w, w.reviewing()))[1], "Kreisausschuss"),
        (lambda w: (threshold(w, "1600", "administration"), at(w, w.reviewing()))[1], None),
        (lambda w: at(w, w.reviewing()), None),
    ],
    "proposal_is_positive": [
        (
            lambda w: at(w, w.do(w.checking(), "propose_formal_rejection", "caseworker", reason="zu spät"), "decider"),
            "Vorgeschlagen ist die Ablehnung",
        ),
        (proposed, None),
    ],
    "decider_is_second_person": [
        (lambda w: proposed(w, "technical_reviewer"), "Sie haben den Vorschlag geschrieben"),
        (proposed, None),
    ],
    "body_has_resolved": [
        (lambda w: (proposed(w), low_thresholds(w))[0], "Es fehlt der Beschluss"),
        (lambda w: (resolved(w, "1600"), CaseResolution.objects.update(amount=euros("1599.99")))[0], "höchstens"),
        (lambda w: resolved(w, "1600"), None),
        (proposed, None),
    ],
    "offer_is_accepted": [
        (lambda w: proposed(w, amount="1200"), "bieten Sie ihn dem Verein zuerst an"),
        (lambda w: at(w, w.offered("1200"), "decider"), "bieten Sie ihn dem Verein zuerst an"),
        (lambda w: at(w, w.accepted("1200"), "decider"), None),
        (lambda w: at(w, accepted_with(w, "900"), "decider"), None),
        (
            lambda w: at(w, place(w.accepted("1200"), "decision_ready", offered_amount=euros("1199")), "decider"),
            "zuerst an",
        ),
        (proposed, None),
    ],
    "plan_fits_offer": [
        (lambda w: offered(w, "1200.01"), "höchstens 1.200,00"),
        (lambda w: offered(w, "0"), "fehlt der Betrag"),
        (unbalanced_offer, "nicht gleich hoch"),
        (lambda w: offered(w, "1200"), None),
        # Still less is an answer too.
        (lambda w: offered(w, "100"), None),
    ],
    "project_has_not_begun": [
        (lambda w: started(w, 0), "schon begonnen"),
        (lambda w: started(w, 1), None),
        (lambda w: started(w, 0, early_start=0), None),
        (lambda w: started(w, 0, early_start=1), "Zugestimmt ist erst ab dem 03.03.2026"),
    ],
    "start_lies_ahead": [
        (lambda w: started(w, -1), "begann am 01.03.2026, vor dem Eingang"),
        (lambda w: started(w, 0), None),
    ],
    "check_was_completed": [(formally_rejected, "kam aus der formalen Prüfung"), (proposed, None)],
    "check_was_left_open": [(proposed, "ist abgeschlossen"), (formally_rejected, None)],
    "nothing_is_checked": [
        (lambda w: with_checklist(w, "fine"), "schon im Gang"),
        (lambda w: at(w, place(w.questioned(), "formal_check")), "schon im Gang"),
        (lambda w: at(w, w.checking()), None),
    ],
    "no_body_has_it": [
        (lambda w: resolved(w, "1600"), "hat schon darüber beschlossen"),
        (lambda w: in_paper(w, "frozen"), "Die Vorlage V 1 nennt den Vorgang"),
        (lambda w: in_paper(w, "decided"), "Die Vorlage V 1 nennt den Vorgang"),
        (lambda w: in_paper(w, "draft"), None),
        (proposed, None),
    ],
    "is_own_decision": [
        (lambda w: decided(w, "caseworker"), "Zurücknehmen kann nur"),
        (lambda w: decided(w, "decider"), None),
    ],
    "nothing_is_sent": [
        (lambda w: decided(w, "decider", is_issued=True), "schon versendet"),
        (lambda w: rejected(w, is_sent=True), "schon versendet"),
        (lambda w: decided(w, "decider"), None),
    ],
    "rejection_is_not_sent": [(lambda w: rejected(w, is_sent=True), "schon versendet"), (rejected, None)],
    "rejection_is_rendered": [(rejected, "zuerst den Bescheid"), (lambda w: rejected(w, is_rendered=True), None)],
    "notice_is_rendered": [
        (lambda w: drafted(w, is_rendered=False), "zuerst den Bescheid"),
        (stale_notice, "zuerst den Bescheid"),
        (lambda w: drafted(w, is_rendered=True), None),
    ],
    "is_for_retrieval": [(sent, "mit der Post"), (lambda w: sent(w, "portal"), None)],
    "is_not_for_retrieval": [(lambda w: sent(w, "portal"), "zum Abholen"), (sent, None)],
    "retrieval_is_open": [
        (lambda w: sent(w, "portal", days=11), "vorbei"),
        (lambda w: sent(w, "portal", days=10), None),
    ],
    "deemed_notified": [(lambda w: sent(w, days=3), "erst am 06.03.2026"), (lambda w: sent(w, days=4), None)],
    "lawsuit_period_is_over": [
        (lambda w: notified(w, days=31), "noch bis 07.04.2026"),
        (lambda w: notified(w, days=33), None),
    ],
    "is_not_final": [(active, "schon bestandskräftig"), (lambda w: active(w, final_on=None), None)],
    "programme_pays_on_notification": [
        (lambda w: payable_on(w, "finality"), "erst, wenn der Bescheid bestandskräftig"),
        (lambda w: payable_on(w, "notification"), None),
    ],
    "project_is_over": [
        (active, "läuft noch"),
        (lambda w: active(w, project_ends_on=date(2026, 3, 1)), None),
    ],
    "settler_is_second_person": [
        (lambda w: in_review(w, "caseworker"), "Sie haben den Nachweis geprüft"),
        (lambda w: in_review(w, "decider"), None),
    ],
    "nothing_is_under_way": [
        (lambda w: with_payment(w, is_paid=False), "noch unterwegs"),
        (lambda w: with_payment(w, is_paid=True), None),
    ],
    "nothing_is_open": [
        (lambda w: with_payment(w, is_paid=False), "noch nicht ausgezahlt"),
        (lambda w: with_payment(w, is_paid=True), None),
    ],
    "is_payable": [(unpayable, "noch nicht bestandskräftig"), (payment, None)],
    "has_no_hold": [(held, "Klage anhängig"), (payment, None)],
    "fits_commitment": [(too_much, "sind noch 100,00"), (payment, None)],
    "verifier_is_free": [(self_asked, "Sie haben diese Zahlung angefordert"), (payment, None)],
    "authoriser_is_free": [
        (lambda w: verified_by(w, "authoriser", "authoriser"), "Sie haben diese Zahlung geprüft"),
        (decided_by_authoriser, "über die Bewilligung entschieden"),
        (lambda w: verified_by(w, "verifier", "authoriser"), None),
        # The decider may verify.
        (lambda w: verified_by(w, "decider", "authoriser"), None),
    ],
    "payer_is_free": [
        (lambda w: in_run(w, is_released=True, who="authoriser"), "geprüft oder angeordnet"),
        (lambda w: in_run(w, is_released=True, who="verifier"), "geprüft oder angeordnet"),
        (lambda w: in_run(w, is_released=True), None),
    ],
    "run_is_released": [
        (lambda w: in_run(w, is_released=False), "zweiten Person"),
        (lambda w: in_run(w, is_released=True), None),
    ],
    "is_in_no_run": [(lambda w: in_run(w, is_released=False), "in einem Zahlungslauf"), (payment, None)],
    "year_takes_returns": [
        (lambda w: returned(w, "treasury", status="closed"), "bucht die Kämmerei"),
        (lambda w: returned(w, "treasury", status="open"), None),
        (lambda w: returned(w, "treasury", status="reopened"), None),
        # What was never booked as paid can be taken back at any time: nothing is booked.
        (lambda w: returned(w, "treasury", status="closed", is_paid=False), None),
    ],
    "year_is_closed": [
        (lambda w: returned(w, "budget_officer", status="open"), "bucht die Kreiskasse"),
        (lambda w: returned(w, "budget_officer", status="reopened"), "bucht die Kreiskasse"),
        (lambda w: returned(w, "budget_officer", status="closed"), None),
    ],
    "hearing_is_over": [(claim, "läuft noch"), (lambda w: claim(w, days=1), None)],
    "due_day_reached": [
        (lambda w: claim(w, due_on=date(2026, 12, 31)), "läuft noch"),
        (lambda w: claim(w, due_on=date(2026, 1, 1)), None),
    ],
}
GUARDS = {
    guard.__name__: guard
    for machine in MACHINES
    for method in machine.transitions().values()
    for guard in step_of(method).guards
}
ROWS = [(name, build, sentence) for name, rows in VECTORS.items() for build, sentence in rows]


def test_every_guard_has_a_vector_for_yes_and_for_no() -> None:
    assert set(GUARDS) == set(VECTORS)
    for name, rows in VECTORS.items():
        assert {sentence is None for _build, sentence in rows} == {True, False}, name


@pytest.mark.parametrize(("name", "build", "sentence"), ROWS, ids=[row[0] for row in ROWS])
def test_guard(name: str, build: Build, sentence: str | None) -> None:
    situation = build(World())
    answer = GUARDS[name](situation.obj, actor=situation.actor, today=situation.today)
    if sentence is None:
        assert answer is None
    else:
        assert answer is not None
        assert sentence in answer.replace("\N{NO-BREAK SPACE}", " ")
