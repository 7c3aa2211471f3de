"""One award, several lines and years: from the proposal to the settlement, with the balance after each step."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from pytest_django import Settings

from accounts.roles import Role
from funding import integrity, ledger, payments, queries
from funding.models import BudgetLine, Clawback, Commitment, Disbursement, Kind, LedgerEntry
from journal.refusals import Refused
from tests.factories import World, euros, place
from tests.workflow.office import at_the_desk, today_is
from workflow import claims, competence, notices, overview, shares
from workflow.models import Award, Case, CaseState

pytestmark = pytest.mark.django_db
Status = BudgetLine.Status


class Lines:
    """The case's own line with 20,000 €, a second one of the year with 1,000 €, and next year's draft with 500 €."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.own = world.line
        self.second = self.add(2026, "3.5.1.02", "Sprachförderung", "1000", Status.OPEN)
        self.later = self.add(2027, "3.5.1.01", "Aufwendung für Koordinierungsstelle", "500", Status.PROVISIONAL)

    def add(self, year: int, product: str, title: str, amount: str, status: str) -> BudgetLine:
        line = BudgetLine.objects.create(fiscal_year=year, product=product, account="4318", title=title, status=status)
        officer = self.world.cast.actor["budget_officer"].acting_as(Role.BUDGET_OFFICER)
        ledger.appropriate(
            line, euros(amount), move=ledger.Movement(actor=officer, at=self.world.at, reason="Haushalt")
        )
        return BudgetLine.objects.get(pk=line.pk)

    def parts(self, own: str, second: str, later: str) -> dict[BudgetLine, Decimal]:
        named = {self.own: own, self.second: second, self.later: later}
        return {line: euros(amount) for line, amount in named.items()}

    def stand(self, name: str) -> list[str]:
        """A counter of the three lines, in whole euros."""
        order = [self.own.pk, self.second.pk, self.later.pk]
        found = BudgetLine.objects.in_bulk(order)
        return [f"{getattr(found[pk], name):.0f}" for pk in order]


@pytest.fixture
def world(settings: Settings) -> World:
    settings.DEMO = True  # nobody here has a second factor
    return World()


@pytest.fixture
def lines(world: World) -> Lines:
    return Lines(world)


def proposed(world: World, parts: dict[BudgetLine, Decimal], amount: str = "1600") -> Case:
    data = {"amount": euros(amount), "reason": "Gutes Projekt", "shares": parts}
    found: Case = world.do(world.reviewing(requested="1600"), "propose", "technical_reviewer", **data)
    return found


def approved(world: World, parts: dict[BudgetLine, Decimal]) -> Case:
    found: Case = world.do(proposed(world, parts), "approve", "decider", conditions=["Nachweis"])
    return found


def awarded(world: World, parts: dict[BudgetLine, Decimal]) -> Award:
    """Final and payable."""
    award = approved(world, parts).award
    data = {"channel": "letter", "sent_on": world.at.date(), "document_sha256": world.notice(award).sha256}
    award = world.do(award, "issue", "caseworker", **data)
    world.later(days=4)
    award = world.do(award, "notify", "caseworker")
    world.later(days=33)
    found: Award = world.do(award, "confirm_finality", "caseworker")
    return found


def it_adds_up() -> None:
    assert list(integrity.differences()) == []


# Through the machine, with the balance after each step


def test_a_proposal_is_put_aside_on_each_line_and_bound_or_pledged_there(world: World, lines: Lines) -> None:
    case = proposed(world, lines.parts("900", "500", "200"))
    assert lines.stand("reserved") == ["900", "500", "200"]
    case = world.do(case, "approve", "decider", conditions=[])
    assert lines.stand("committed") == ["900", "500", "0"]
    assert lines.stand("reserved") == ["0", "0", "200"]
    assert case.award.amount == euros("1600")
    it_adds_up()


def test_the_pledge_is_bound_when_its_year_is_approved(world: World, lines: Lines) -> None:
    approved(world, lines.parts("900", "500", "200"))
    ledger.open_year(lines.later, actor=world.cast.actor["budget_officer"], at=world.later(days=320))
    assert lines.stand("committed") == ["900", "500", "200"]
    assert lines.stand("reserved") == ["0", "0", "0"]
    it_adds_up()


def test_parts_that_are_not_the_amount_are_refused_and_nothing_is_put_aside(world: World, lines: Lines) -> None:
    with pytest.raises(Refused, match="Die Anteile ergeben"):
        proposed(world, lines.parts("900", "500", "199.99"))
    assert lines.stand("reserved") == ["0", "0", "0"]


def test_too_little_on_one_line_puts_nothing_aside_on_any(world: World, lines: Lines) -> None:
    with pytest.raises(ledger.NotEnough):
        proposed(world, {lines.own: euros("1099.99"), lines.later: euros("500.01")})
    assert lines.stand("reserved") == ["0", "0", "0"]


def test_a_lower_offer_cuts_the_parts_in_proportion_to_the_cent(world: World, lines: Lines) -> None:
    case = proposed(world, lines.parts("900", "500", "200"))
    data = {"amount": euros("1000"), "reason": "Das Geld reicht nicht.", "due_on": world.at.date().replace(day=20)}
    case = world.do(case, "offer", "decider", **data)
    kept = [BudgetLine.objects.get(pk=line.pk).reserved for line in (lines.own, lines.second, lines.later)]
    assert sum(kept) == euros("1000")
    assert kept == [euros("562.50"), euros("312.50"), euros("125.00")]
    world.plan(case.application, requested="1000", cost="2000")
    case = world.do(case, "accept_offer", "applicant")
    world.do(case, "approve", "decider", conditions=[], reason="Das Geld reicht nicht.")
    bound = [found.promised for found in Commitment.objects.order_by("pk")]
    assert sorted(bound) == sorted(kept)
    it_adds_up()


def test_still_less_than_offered_cuts_the_parts_once_more(world: World, lines: Lines) -> None:
    case = proposed(world, lines.parts("900", "500", "200"))
    data = {"amount": euros("1000"), "reason": "Das Geld reicht nicht.", "due_on": world.at.date().replace(day=20)}
    case = world.do(case, "offer", "decider", **data)
    world.plan(case.application, requested="800", cost="2000")
    case = world.do(case, "accept_offer", "applicant")
    kept = [BudgetLine.objects.get(pk=line.pk).reserved for line in (lines.own, lines.second, lines.later)]
    assert kept == [euros("450"), euros("250"), euros("100")]
    world.do(case, "approve", "decider", conditions=[], reason="Das Geld reicht nicht.")
    assert sorted(found.promised for found in Commitment.objects.all()) == sorted(kept)
    it_adds_up()


@pytest.mark.parametrize(
    ("step", "role", "data"),
    [
        ("withdraw", "applicant", {}),
        ("reject", "decider", {"reason": "Passt nicht."}),
        ("put_on_waitlist", "decider", {"reason": "Später"}),
    ],
    ids=["withdraw", "reject", "waitlist"],
)
def test_what_ends_a_proposal_gives_back_every_part(
    world: World, lines: Lines, step: str, role: str, data: dict[str, Any]
) -> None:
    world.do(proposed(world, lines.parts("900", "500", "200")), step, role, **data)
    assert lines.stand("reserved") == ["0", "0", "0"]
    it_adds_up()


def test_a_decision_taken_back_reserves_the_parts_again_and_can_be_made_anew(world: World, lines: Lines) -> None:
    case = approved(world, lines.parts("900", "500", "200"))
    case = world.do(case, "take_back_decision", "decider", reason="Tippfehler")
    assert lines.stand("committed") == ["0", "0", "0"]
    assert lines.stand("reserved") == ["900", "500", "200"]
    case = world.do(case, "approve", "decider", conditions=[])
    assert lines.stand("committed") == ["900", "500", "0"]
    assert lines.stand("reserved") == ["0", "0", "200"]
    it_adds_up()


def test_a_new_proposal_without_parts_gives_the_other_lines_back(world: World, lines: Lines) -> None:
    case = world.do(proposed(world, lines.parts("900", "500", "200")), "put_on_waitlist", "decider", reason="Später")
    world.do(case, "propose", "technical_reviewer", amount=euros("1600"), reason="Jetzt reicht es.")
    assert lines.stand("reserved") == ["1600", "0", "0"]
    assert not Case.objects.get(pk=case.pk).shares.exists()


def test_renouncing_frees_every_part_also_the_pledged_one(world: World, lines: Lines) -> None:
    world.do(awarded(world, lines.parts("900", "500", "200")), "renounce", "applicant", reason="Kein Raum")
    assert lines.stand("committed") == ["0", "0", "0"]
    assert lines.stand("reserved") == ["0", "0", "0"]
    it_adds_up()


def paid(world: World, award: Award, amount: str) -> None:
    """Asked for by the association in one sum, and executed in one run."""
    asked = claims.request(
        award.case, euros(amount), need="Kursleitung", actor=world.cast.actor["applicant"], at=world.at
    )
    ready = [world.do(world.do(found, "verify", "verifier"), "authorise", "authoriser") for found in asked]
    first, second = world.cast.actor["treasury"], world.cast.add("treasury_two", Role.TREASURY)
    run = payments.release_run(payments.assemble(ready, actor=first, at=world.at), actor=second, at=world.at)
    run = payments.export_run(run, actor=first, at=world.at)
    payments.execute_run(run, executed_on=world.at.date(), actor=first, at=world.at)


def settled(world: World, award: Award, final: str) -> None:
    reviewed = place(award, "report_in_review", reviewed_by=world.cast.actor["caseworker"].key)
    world.do(reviewed, "settle", "decider", final_amount=euros(final), reason="Nachweis geprüft")


def test_a_lower_settlement_keeps_what_is_paid_and_frees_the_rest(world: World, lines: Lines) -> None:
    award = awarded(world, lines.parts("900", "700", "0"))
    paid(world, award, "1000")
    assert lines.stand("paid") == ["900", "100", "0"]
    settled(world, award, "1200")
    assert lines.stand("committed") == ["900", "300", "0"]
    assert not Clawback.objects.exists()
    it_adds_up()


def test_what_is_paid_on_the_second_line_is_not_claimed_back_while_the_first_has_room(
    world: World, lines: Lines
) -> None:
    award = awarded(world, lines.parts("900", "700", "0"))
    second = Commitment.objects.get(line=lines.second)
    ledger.pay(
        second, euros("700"), reference="X-1", value_on=world.at.date(), actor=world.cast.actor["treasury"], at=world.at
    )
    settled(world, award, "800")
    assert lines.stand("committed") == ["100", "700", "0"]
    assert not Clawback.objects.exists()
    it_adds_up()


def test_small_sums_of_several_lines_are_claimed_together(world: World, lines: Lines) -> None:
    award = awarded(world, lines.parts("900", "700", "0"))
    paid(world, award, "1600")
    settled(world, award, "890")
    assert [(claim.commitment.line_id, claim.amount) for claim in Clawback.objects.order_by("pk")] == [
        (lines.own.pk, euros("10")),
        (lines.second.pk, euros("700")),
    ]


# What is asked for


def test_the_association_asks_for_one_amount_and_the_oldest_line_pays_first(world: World, lines: Lines) -> None:
    award = awarded(world, lines.parts("900", "500", "200"))
    client = at_the_desk(world, "applicant")
    page = reverse("workflow:request_payment", args=[award.case.application.key])
    with today_is(world.at):
        shown = client.get(page).content.decode()
        assert "Noch möglich sind 1.400,00" in shown
        assert "Weitere 200,00\xa0€ sind für 2027 vorgesehen." in shown
        answer = client.post(page, {"amount": "1.000,00", "need": "Honorare"})
    assert answer.status_code == 302
    found = [
        (payment.number, payment.amount, payment.commitment.line) for payment in Disbursement.objects.order_by("pk")
    ]
    assert found == [(1, euros("900"), lines.own), (2, euros("100"), lines.second)]


def test_more_than_all_lines_hold_asks_for_nothing(world: World, lines: Lines) -> None:
    award = awarded(world, lines.parts("900", "500", "200"))
    client = at_the_desk(world, "applicant")
    with today_is(world.at):
        page = reverse("workflow:request_payment", args=[award.case.application.key])
        answer = client.post(page, {"amount": "1.400,01", "need": "Honorare für März"})
    assert answer.status_code == 422
    body = answer.content.decode()
    assert "Es sind noch 1.400,00\xa0€ offen." in body
    assert "Honorare für März" in body
    assert not Disbursement.objects.exists()


# What is shown


def proposal(world: World, case: Case, **data: str) -> Any:
    client = at_the_desk(world, "technical_reviewer")
    sent = {"version": str(case.version), "amount": "1.600,00", "reason": "Gutes Projekt", **data}
    with today_is(world.at):
        return client.post(reverse("workflow:case_step", args=[case.pk, "propose"]), sent)


def test_the_proposal_offers_each_line_with_what_is_free(world: World, lines: Lines) -> None:
    case = world.reviewing(requested="1600")
    client = at_the_desk(world, "technical_reviewer")
    with today_is(world.at):
        body = client.get(reverse("workflow:case_step", args=[case.pk, "propose"])).content.decode()
    assert "Aus mehreren Haushaltslinien oder Jahren bezahlen" in body
    assert "frei sind 20.000,00\xa0€." in body
    assert "frei sind 1.000,00\xa0€." in body
    assert "nur unter Haushaltsvorbehalt" in body
    assert '<details class="ft-fold">' in body


def test_without_a_second_line_nothing_is_folded_away(world: World) -> None:
    case = world.reviewing()
    client = at_the_desk(world, "technical_reviewer")
    with today_is(world.at):
        body = client.get(reverse("workflow:case_step", args=[case.pk, "propose"])).content.decode()
    assert "Aus mehreren Haushaltslinien" not in body


def test_a_filled_form_shares_the_amount_out(world: World, lines: Lines) -> None:
    case = world.reviewing(requested="1600")
    typed = {f"share_{lines.own.pk}": "900", f"share_{lines.second.pk}": "500,00", f"share_{lines.later.pk}": "200"}
    assert proposal(world, case, **typed).status_code == 302
    assert lines.stand("reserved") == ["900", "500", "200"]


@pytest.mark.parametrize(
    ("own", "second", "later", "sentence"),
    [
        ("900", "500", "199,99", "Es fehlen noch 0,01\xa0€."),
        ("900", "500", "200,01", "Das sind 0,01\xa0€ zu viel."),
        ("599,99", "1.000,01", "", "Frei sind hier noch 1.000,00\xa0€."),
        ("1100", "", "500,01", "Frei sind hier noch 500,00\xa0€."),
        ("1.600,5", "", "", "Bitte schreiben Sie den Betrag mit Komma"),
        ("-1", "", "", "Bitte schreiben Sie den Betrag ohne Minuszeichen."),
    ],
    ids=["a-cent-short", "a-cent-over", "second-line", "next-year", "one-place", "negative"],
)
def test_wrong_parts_are_said_beside_the_field_and_nothing_is_lost(
    world: World, lines: Lines, own: str, second: str, later: str, sentence: str
) -> None:
    case = world.reviewing(requested="1600")
    typed = {f"share_{lines.own.pk}": own, f"share_{lines.second.pk}": second, f"share_{lines.later.pk}": later}
    answer = proposal(world, case, **typed)
    body = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in body
    assert '<details class="ft-fold" open>' in body
    assert all(f'value="{text}"' in body for text in (own, second, later) if text)
    assert "Gutes Projekt" in body
    assert lines.stand("reserved") == ["0", "0", "0"]
    assert Case.objects.get(pk=case.pk).state == CaseState.TECHNICAL_REVIEW


def test_a_proposal_only_from_a_year_that_is_not_approved_is_refused(world: World, lines: Lines) -> None:
    answer = proposal(
        world, world.reviewing(requested="400", cost="500"), amount="400", **{f"share_{lines.later.pk}": "400"}
    )
    assert answer.status_code == 422
    assert "Mindestens ein Teil muss aus einem Haushalt kommen" in answer.content.decode()


def test_the_own_line_alone_needs_no_parts(world: World, lines: Lines) -> None:
    case = world.reviewing(requested="1600")
    assert proposal(world, case, **{f"share_{lines.own.pk}": "1600"}).status_code == 302
    assert not Case.objects.get(pk=case.pk).shares.exists()


def test_decision_and_case_show_the_parts_before_and_after(world: World, lines: Lines) -> None:
    case = proposed(world, lines.parts("900", "500", "200"))
    client = at_the_desk(world, "decider")
    with today_is(world.at):
        pages = [client.get(reverse(f"workflow:{name}", args=[case.reference])) for name in ("decide", "case")]
    for page in pages:
        body = page.content.decode()
        assert "Sprachförderung 2026" in body
        assert "19.100,00\xa0€" in body
        assert "nur vorgemerkt unter Haushaltsvorbehalt, bis der Haushalt 2027 genehmigt ist" in body
    assert "200,00\xa0€ stehen unter Haushaltsvorbehalt." in pages[0].content.decode()


def test_money_that_went_meanwhile_is_named_by_its_line(world: World, lines: Lines) -> None:
    case = proposed(world, lines.parts("900", "500", "200"))
    BudgetLine.objects.filter(pk=lines.second.pk).update(frozen=euros("900"))
    client = at_the_desk(world, "decider")
    with today_is(world.at):
        body = client.get(reverse("workflow:decide", args=[case.reference])).content.decode()
    assert "Das Geld reicht nicht." in body
    assert "Sprachförderung 2026: Es stehen noch 100,00\xa0€ zur Verfügung." in body


def test_after_the_award_the_case_shows_what_each_line_gives(world: World, lines: Lines) -> None:
    case = approved(world, lines.parts("900", "500", "200"))
    client = at_the_desk(world, "decider")
    with today_is(world.at):
        body = client.get(reverse("workflow:case", args=[case.reference])).content.decode()
    assert "Haushaltslinien und Jahre, die bezahlen" in body
    assert "nur vorgemerkt unter Haushaltsvorbehalt" in body


def test_a_carried_part_says_from_where(world: World, lines: Lines) -> None:
    case = approved(world, lines.parts("900", "700", "0"))
    officer = world.cast.actor["budget_officer"].acting_as(Role.BUDGET_OFFICER)
    first = Commitment.objects.get(line=lines.own)
    ledger.carry_commitment(first, actor=officer, at=world.at, reason="Geht weiter")
    found = shares.parts_of(case, case.award, today=world.at.date())
    assert [(part.line.fiscal_year, part.amount, part.note) for part in found] == [
        (2026, euros("700"), ""),
        (2027, euros("900"), "übertragen aus 2026"),
    ]
    it_adds_up()


def test_the_notice_names_the_later_year_with_the_proviso(world: World, lines: Lines) -> None:
    case = approved(world, lines.parts("900", "500", "200"))
    award = Award.objects.select_related("case__application__organisation", "case__programme").get(case=case)
    content = notices.award_notice(award, number=1, actor=world.cast.actor["caseworker"], on=world.at.date())
    assert [(share.year, share.amount) for share in content.later_years] == [(2027, euros("200"))]


# Counted once


def test_an_award_from_several_lines_and_years_is_one_project(world: World, lines: Lines) -> None:
    case = approved(world, lines.parts("900", "500", "200"))
    Commitment.objects.update(is_public=True)
    ledger.open_year(lines.later, actor=world.cast.actor["budget_officer"], at=world.later(days=320))
    assert [queries.project_count(year) for year in (2026, 2027)] == [1, 0]
    rows = {year: queries.commitments_by("programme", year) for year in (2026, 2027)}
    assert [(row["committed"], row["projects"]) for row in rows[2026]] == [(euros("1400"), 1)]
    assert [(row["committed"], row["projects"]) for row in rows[2027]] == [(euros("200"), 0)]
    named = overview.funded(overview.public_commitments(2026))
    assert [(row.title, row.amount) for row in named] == [(case.application.title, euros("1400"))]


def test_a_carried_award_counts_where_it_was_awarded(world: World, lines: Lines) -> None:
    case = world.approved(requested="1600")
    officer = world.cast.actor["budget_officer"].acting_as(Role.BUDGET_OFFICER)
    ledger.carry_commitment(
        Commitment.objects.get(thread=case.reference), actor=officer, at=world.at, reason="Geht weiter"
    )
    assert [queries.project_count(year) for year in (2026, 2027)] == [1, 0]
    assert [(row["committed"], row["projects"]) for row in queries.commitments_by("measure", 2026)] == [(euros("0"), 1)]


def test_later_years_and_carried_money_count_towards_the_threshold_of_the_awards_own_year(
    world: World, lines: Lines
) -> None:
    approved(world, lines.parts("900", "500", "200"))
    other = world.reviewing()
    assert competence.already_awarded(other) == euros("1600")
    officer = world.cast.actor["budget_officer"].acting_as(Role.BUDGET_OFFICER)
    ledger.carry_commitment(Commitment.objects.get(line=lines.own), actor=officer, at=world.at, reason="Geht weiter")
    assert competence.already_awarded(other) == euros("1600")


def test_all_entries_of_one_decision_share_their_voucher(world: World, lines: Lines) -> None:
    approved(world, lines.parts("900", "500", "200"))
    bound = LedgerEntry.objects.filter(kind=Kind.COMMITMENT)
    assert bound.count() == 2
    assert len(set(bound.values_list("voucher", flat=True))) == 1
