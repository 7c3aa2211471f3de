"""Walking demo cases through the door, as the people of the demo would have done it, at the time they would have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.utils.timezone import localdate

from accounts.roles import Role
from applications import actions as writing
from applications import completeness, uploads
from applications.models import Application, Attachment, CostLine, Organisation, SourceLine
from funding import payments
from funding.law.grants import CostCategory, FundingSourceKind
from funding.law.periods import BERLIN, next_working_day, notified_by_letter
from funding.models import BudgetLine, Commitment, Disbursement, Measure, Round
from journal import reminders
from journal.actors import Actor
from journal.machine import Machine, perform
from journal.models import Reminder
from workflow import awarding, inquiries, notices
from workflow.actions import file_application
from workflow.demo import debts
from workflow.demo.budget import Books
from workflow.demo.facts import Story
from workflow.models import Award, Case, ChecklistItem

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
"""A paper with nothing on it: what people would have uploaded."""
SHARE = Decimal("0.80")

DAYS = {
    "submitted": 0, "formal_check": 1, "technical_review": 4, "decision_ready": 8, "revision_offered": 10,
    "offer_accepted": 13, "approved": 15, "issued": 17, "notified": 21, "active": 56, "requested": 60, "verified": 62,
    "authorised": 63, "exported": 64, "executed": 65,
}  # fmt: skip
"""On which day after its arrival a case usually reaches a stage."""

NOTES: dict[str, str] = {
    ChecklistItem.Code.DUPLICATE: "Kein Doppelantrag, anderer Zeitraum.",
    ChecklistItem.Code.DEBTS: "Die Rückforderung läuft, der neue Antrag bleibt möglich.",
}
"""What the officer writes where the computer found something."""

UNSPENT = 150
"""Euros that a club did not ask for before the year was over."""

REPORT_DAYS = {"report_due": 1, "report_submitted": 12, "report_in_review": 18, "settled": 24, "closed": 26}
"""On which day after its project's end."""


@dataclass
class Stage:
    """The office, the association and the treasury of the demo, with the round that they work on."""

    people: dict[str, Actor]
    members: dict[str, Actor]
    clubs: dict[str, Organisation]
    measures: dict[str, Measure]
    round: Round
    books: Books


class Walk:
    """The straight way of one project, stage by stage; each method first walks to the stage before it."""

    def __init__(self, stage: Stage, story: Story, filed_at: datetime, until: datetime) -> None:
        self.stage, self.story, self.filed_at, self.until = stage, story, filed_at, until
        self.case: Case
        self.award: Award
        self.payment: Disbursement
        self.ends_on: date = self._ends_on()

    def _ends_on(self) -> date:
        """Stories that have come to their proof of use ended a while ago; others lie ahead."""
        if self.story.until in {"carried", "unspent"}:
            return date(self.filed_at.year + 1, 3, 15)
        if self.story.until == "report_overdue":
            return localdate(self.filed_at) + timedelta(days=80)
        if self.story.until in {*REPORT_DAYS, "report_info_requested", "clawed_back"}:
            latest = localdate(self.until) - timedelta(days=30)
            return min(latest, localdate(self.filed_at) + timedelta(days=240))
        return localdate(self.filed_at) + timedelta(days=max(200, self.story.days_ago + 120))

    def file(self) -> None:
        self.case = file_application(self.draft(), actor=self.member, at=self.filed_at)

    # Who and when

    @property
    def member(self) -> Actor:
        return self.stage.members[self.story.club]

    def at(self, stage: str) -> datetime:
        """In office hours of a working day; the later stage has the later hour."""
        day = localdate(self.filed_at) + timedelta(days=DAYS[stage])
        if self.story.until == "carried" and DAYS[stage] >= DAYS["requested"]:
            day = date(day.year + 1, 1, DAYS[stage] - DAYS["requested"] + 12)
        return self.office_hour(day, list(DAYS).index(stage))

    def after_end(self, stage: str) -> datetime:
        return self.office_hour(self.ends_on + timedelta(days=REPORT_DAYS[stage]), list(REPORT_DAYS).index(stage))

    def office_hour(self, day: date, number: int) -> datetime:
        moment = time(8 + number // 2, 30 * (number % 2))
        return min(datetime.combine(next_working_day(day), moment, BERLIN), self.until)

    def do(self, obj: Machine, name: str, who: str, at: datetime, **data: Any) -> Any:
        actor = self.member if who == "member" else self.stage.people[who]
        return perform(obj, name, actor=actor, at=at, data=data)

    # The association writes

    def draft(self) -> Application:
        story, club = self.story, self.stage.clubs[self.story.club]
        application = writing.begin(self.stage.round, club, actor=self.member, at=self.filed_at - timedelta(days=2))
        application.title = story.title
        application.summary = (
            f"„{story.title}“ bringt Menschen zusammen, die schon lange hier leben und die neu hier sind. "
            "An acht Nachmittagen wird gemeinsam gelernt, gekocht und erzählt."
        )
        application.place = application.municipality.name if application.municipality else "Wittmund"
        application.contact_name = self.member.name
        application.measure = self.stage.measures[story.measure]
        application.target_group = "Nachbarinnen und Nachbarn, etwa ein Drittel neu zugezogen"
        application.expected_people = 20 + len(story.title)
        application.starts_on = localdate(self.filed_at) + timedelta(days=75)
        application.ends_on = max(self.ends_on, application.starts_on)
        self.ends_on = application.ends_on
        application.declarations = list(completeness.DECLARATIONS)
        application.declared_by = self.member.name
        application.save()
        application.goals.set([application.measure.goal])
        self.plan(application, story.requested)
        for kind in (Attachment.Kind.STATUTES, Attachment.Kind.OFFER):
            upload = SimpleUploadedFile(f"{Attachment.Kind(kind).label}.pdf", PDF, "application/pdf")
            uploads.store(application, upload, kind=kind, actor=self.member, at=self.filed_at - timedelta(days=1))
        if story.until == "draft":
            application.declarations = []
            application.save()
        return application

    def plan(self, application: Application, grant: int) -> None:
        """Costs such that the grant is at most 80 %, own money for the rest."""
        application.costs.all().delete()
        application.sources.all().delete()
        total = (Decimal(grant) / SHARE).quantize(Decimal(1)) + 20
        parts = ((CostCategory.FEES, "Kursleitung", Decimal("0.6")), (CostCategory.RENT, "Raum", Decimal("0.25")))
        rest = total
        for position, (category, text, share) in enumerate(parts):
            amount = (total * share).quantize(Decimal(1))
            rest -= amount
            self._cost(application, position, category, text, amount)
        self._cost(application, len(parts), CostCategory.MATERIAL, "Material", rest)
        own = total - grant
        rows = (
            (FundingSourceKind.OWN_CASH, own, "granted"),
            (FundingSourceKind.COUNTY_GRANT, Decimal(grant), "applied"),
        )
        for position, (kind, amount, status) in enumerate(rows):
            SourceLine.objects.create(
                application=application, kind=kind, amount=amount, status=status, position=position,
                description="Vereinskasse" if kind == FundingSourceKind.OWN_CASH else "",
            )  # fmt: skip

    def _cost(self, application: Application, position: int, category: str, text: str, amount: Decimal) -> None:
        CostLine.objects.create(
            application=application, position=position, category=category, description=text, unit_price=amount, amount=amount
        )  # fmt: skip

    # The office works

    def check(self) -> None:
        self.file()
        self.case = self.do(self.case, "start_check", Role.CASEWORKER, self.at("formal_check"))

    def tick(self) -> None:
        officer = self.stage.people[Role.CASEWORKER].acting_as(Role.CASEWORKER)
        for item in self.case.checklist.all():
            at = self.at("formal_check") + timedelta(minutes=10)
            note = NOTES[item.code] if item.hint and item.code in NOTES else ""
            result = ChecklistItem.Result.NOTICE if note else ChecklistItem.Result.FINE
            inquiries.tick(item, result=result, note=note, actor=officer, at=min(at, self.until))

    def review(self) -> None:
        self.check()
        self.tick()
        self.case = self.do(self.case, "complete_check", Role.CASEWORKER, self.at("technical_review"))

    def propose(self) -> None:
        self.review()
        data: dict[str, Any] = {
            "amount": Decimal(self.story.granted or self.story.requested),
            "reason": "Das Projekt erreicht Menschen, die kein anderes Angebot nutzen. Der Finanzplan ist sparsam.",
            "score": 60 + len(self.story.title),
        }
        data["shares"] = self._shares(data["amount"])
        self.case = self.do(self.case, "propose", Role.TECHNICAL_REVIEWER, self.at("decision_ready"), **data)

    def _shares(self, amount: Decimal) -> dict[BudgetLine, Decimal] | None:
        """The other lines' parts, and the rest from the case's own line."""
        if not self.story.shares:
            return None
        lines = self.stage.books.lines()
        parts = {lines[name]: Decimal(euros) for name, euros in self.story.shares}
        rest = amount - sum(parts.values())
        return {lines["own"]: rest, **parts} if rest else parts

    def offer(self) -> None:
        self.propose()
        at = self.at("revision_offered")
        data = {
            "amount": Decimal(self.story.granted),
            "reason": "Die Mittel reichen nicht für alle Anträge in voller Höhe.",
            "due_on": localdate(at) + timedelta(days=14),
        }
        self.case = self.do(self.case, "offer", Role.DECIDER, at, **data)

    def decide(self) -> None:
        if self.story.granted < self.story.requested:
            self.offer()
            self.plan(self.case.application, self.story.granted)
            self.case = self.do(self.case, "accept_offer", "member", self.at("offer_accepted"))
        else:
            self.propose()
        conditions = ["Nachweis innerhalb von sechs Monaten nach Projektende"]
        at = self.at("approved")
        debts.let_pass(self.case, actor=self.stage.people[Role.DECIDER], at=at)
        self.case = self.do(self.case, "approve", Role.DECIDER, at, conditions=conditions)
        self.award = self.case.award

    def issue(self) -> None:
        self.decide()
        at = self.at("issued")
        officer = self.stage.people[Role.CASEWORKER]
        document = notices.render_award_notice(self.award, actor=officer, at=at)
        data = {"channel": "letter", "sent_on": localdate(at), "document_sha256": document.sha256}
        self.award = self.do(self.award, "issue", Role.CASEWORKER, at, **data)

    def notify(self) -> None:
        self.issue()
        assert self.award.issued_on is not None
        deemed = notified_by_letter(self.award.issued_on)
        self.award = self.do(
            self.award, "notify", Role.CASEWORKER, max(self.at("notified"), self.office_hour(deemed, 8))
        )

    def activate(self) -> None:
        self.notify()
        final = self.office_hour(awarding.calculated_finality(self.award), 9)
        self.award = self.do(self.award, "confirm_finality", Role.CASEWORKER, max(self.at("active"), final))

    # The treasury pays

    def request(self) -> None:
        self.activate()
        if self.story.until == "carried":
            self.stage.books.carry(self._commitment())
        commitment = self._commitment()
        amount = commitment.open - (UNSPENT if self.story.until == "unspent" else 0)
        assert self.award.issued_on is not None
        self.payment = payments.request(
            commitment, amount, need="Honorare und Raum für die ersten Wochen", award_on=self.award.issued_on,
            actor=self.member, at=self.at("requested"),
        )  # fmt: skip

    def _commitment(self) -> Commitment:
        """The one that still has money."""
        found = Commitment.objects.select_related("line").filter(thread=self.case.reference, amount__gt=F("paid"))
        return found.get()

    def verify(self) -> None:
        self.request()
        self.payment = self.do(self.payment, "verify", Role.VERIFIER, self.at("verified"))

    def authorise(self) -> None:
        self.verify()
        self.payment = self.do(self.payment, "authorise", Role.AUTHORISER, self.at("authorised"))

    def export(self) -> None:
        self.authorise()
        first, second = self.stage.people[Role.TREASURY], self.stage.people["second_treasury"]
        at = self.at("exported")
        run = payments.assemble([self.payment], actor=first, at=at)
        run = payments.release_run(run, actor=second, at=at + timedelta(minutes=30))
        run = payments.export_run(run, actor=first, at=at + timedelta(minutes=40))
        self.payment = Disbursement.objects.get(pk=self.payment.pk)

    def execute(self) -> None:
        self.export()
        assert self.payment.run is not None
        day = self.payment.run.execution_on
        at = max(self.at("executed"), datetime.combine(day, self.filed_at.timetz()))
        payments.execute_run(self.payment.run, executed_on=day, actor=self.stage.people[Role.TREASURY], at=at)
        if self.story.until == "unspent":
            self.stage.books.release(self._commitment())
        self.payment = Disbursement.objects.get(pk=self.payment.pk)

    # The association proves, the office settles

    def report_due(self) -> None:
        self.execute()
        self.award = Award.objects.get(pk=self.award.pk)
        self.award = self.do(self.award, "request_report", Role.CASEWORKER, self.after_end("report_due"))

    def report(self) -> None:
        self.report_due()
        self.award = self.do(self.award, "submit_report", "member", self.after_end("report_submitted"))

    def review_report(self) -> None:
        self.report()
        self.award = self.do(self.award, "start_report_review", Role.CASEWORKER, self.after_end("report_in_review"))

    def settle(self, *, less: int = 0) -> None:
        self.review_report()
        less = UNSPENT if self.story.until == "unspent" else less
        final = self.award.amount - less
        reason = "Die Ausgaben sind niedriger als geplant." if less else "Der Nachweis ist vollständig."
        data = {"final_amount": final, "reason": reason}
        self.award = self.do(self.award, "settle", Role.DECIDER, self.after_end("settled"), **data)

    def close(self) -> None:
        self.settle()
        self.award = self.do(self.award, "close", Role.CASEWORKER, self.after_end("closed"))

    # Side ways

    def ask_back(self, *, days_ago: int) -> None:
        self.check()
        at = self.until - timedelta(days=days_ago)
        data = {
            "items": "Bitte schicken Sie das Angebot für den Raum.",
            "sections": [completeness.Section.DOCUMENTS.value],
            "due_on": localdate(at) + timedelta(days=14),
        }
        self.case = self.do(self.case, "request_information", Role.CASEWORKER, at, **data)
        reminders.run(today=localdate(self.until), at=self.until)

    def lapse(self) -> None:
        self.ask_back(days_ago=30)
        Reminder.objects.filter(subject_key=str(self.case.pk), done_at__isnull=True).update(done_at=self.until)
        self.case = self.do(
            self.case, "lapse", Role.CASEWORKER, self.until - timedelta(days=6), reason="Keine Antwort."
        )
