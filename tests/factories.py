"""The cast and the stage of the tests: one person for each role, a stranger, a programme with money, and cases.

`World` walks a case through the door like people do. `place` puts a row straight into a state; only tests may.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import RoleGrant, User
from accounts.roles import Role
from applications import account, completeness, uploads, vault
from applications import actions as writing
from applications.models import (
    AccountChange,
    Application,
    Attachment,
    CostLine,
    Membership,
    Organisation,
    OrganisationDocument,
    SourceLine,
)
from funding import ledger, payments
from funding.law.grants import CostCategory, Financing, FundingSourceKind
from funding.models import BudgetLine, Commitment, Disbursement, Goal, Measure, Municipality, Programme, Round
from journal.actors import APPLICANT, Actor, system_actor
from journal.machine import perform
from workflow.actions import file_application
from workflow.models import Award, Case, ChecklistItem, Document

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 3, 2, 10, 0, tzinfo=BERLIN)
"""A Monday. The stories of the tests begin here."""
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
IBANS = ("DE43999999990001000001", "DE16999999990001000002", "DE86999999990001000003", "DE59999999990001000004")


def euros(text: str) -> Decimal:
    return Decimal(text).quantize(Decimal("0.01"))


def person(email: str, *roles: str, name: str = "", at: datetime = START) -> User:
    user = User.objects.create_user(email, name=name or email.partition("@")[0].replace(".", " ").title())
    for role in roles:
        RoleGrant.objects.create(user=user, user_key=user.key, role=role, granted_at=at)
    return user


@dataclass
class Cast:
    """`user["decider"]` is a person, `actor["decider"]` the same as the rules see them."""

    user: dict[str, User] = field(default_factory=dict)
    actor: dict[str, Actor] = field(default_factory=dict)

    def add(self, name: str, *roles: str) -> Actor:
        user = person(f"{name.replace('_', '.')}@demo.example", *roles)
        self.user[name] = user
        self.actor[name] = Actor(key=user.key, name=str(user), roles=frozenset(roles or {APPLICANT}))
        return self.actor[name]


def full_cast() -> Cast:
    """One person for each staff role, the system, an applicant, a colleague who only reads, and a stranger."""
    cast = Cast()
    for role in Role.values:
        cast.add(role, role)
    for name in ("applicant", "reader", "stranger"):
        cast.add(name)
    cast.actor["system"] = system_actor()
    return cast


@dataclass
class World:
    """A programme with 20,000 € in an approved year, its people and one association."""

    budget: Decimal = field(default_factory=lambda: euros("20000"))
    at: datetime = START
    cast: Cast = field(default_factory=full_cast)
    count: int = 0

    def __post_init__(self) -> None:
        self.line, self.programme, self.organisation  # noqa: B018 - made now, so that later queries can be counted

    def later(self, **delta: float) -> datetime:
        self.at += timedelta(**delta)
        return self.at

    @cached_property
    def municipality(self) -> Municipality:
        return Municipality.objects.create(name="Friedeburg", ags="03462006")

    @cached_property
    def measure(self) -> Measure:
        goal = Goal.objects.create(code="Z 3", title="Begegnung")
        return Measure.objects.create(goal=goal, code="M 3.2", title="Begegnung in den Gemeinden")

    @cached_property
    def line(self) -> BudgetLine:
        line = BudgetLine.objects.create(
            fiscal_year=2026,
            product="3.5.1.01",
            account="4318",
            title="Aufwendung für Koordinierungsstelle",
            status=BudgetLine.Status.OPEN,
        )
        officer = self.cast.actor["budget_officer"].acting_as(Role.BUDGET_OFFICER)
        ledger.appropriate(line, self.budget, move=ledger.Movement(actor=officer, at=self.at, reason="Haushalt 2026"))
        line.refresh_from_db()
        return line

    @cached_property
    def programme(self) -> Programme:
        return Programme.objects.create(
            slug="integrationsprojekte",
            prefix="INT",
            title="Integrationsprojekte",
            purpose="Projekte für ein gutes Zusammenleben",
            applicants="Vereine, Gemeinden, Schulen und engagierte Menschen",
            documents="Satzung",
            contact_name="Wiebke Muster",
            contact_phone="04462 00-000",
            contact_email="integration@landkreis.example",
            financing=Financing.SHARE,
            rate_numerator=80,
            rate_denominator=100,
            maximum=euros("5000"),
            minimum=euros("100"),
            product="3.5.1.01",
            account="4318",
            is_published=True,
        )

    @cached_property
    def round(self) -> Round:
        return Round.objects.create(
            programme=self.programme,
            title="Runde 2026",
            fiscal_year=2026,
            opens_at=START - timedelta(days=60),
            closes_at=START + timedelta(days=300),
        )

    @cached_property
    def organisation(self) -> Organisation:
        return self.new_organisation("Brückenbauer Harlingerland e. V. (Demo)", IBANS[0])

    def new_organisation(self, name: str, iban: str, kind: str = Organisation.Kind.ASSOCIATION) -> Organisation:
        found = Organisation.objects.create(
            kind=kind,
            name=name,
            representative="Mina Muster",
            street="Deichweg 1",
            postcode="26446",
            town="Friedeburg",
            municipality=self.municipality,
            iban=iban,
            account_holder=name,
            created_at=self.at,
        )
        Membership.objects.create(organisation=found, user=self.cast.user["applicant"], is_admin=True)
        Membership.objects.create(organisation=found, user=self.cast.user["reader"], may_edit=False, may_file=False)
        return found

    # The association

    def draft(self, *, requested: str = "1600", cost: str = "2000", **fields: Any) -> Application:
        """A complete draft: cost = requested + own money."""
        self.count += 1
        organisation = fields.pop("organisation", self.organisation)
        application = writing.begin(self.round, organisation, actor=self.cast.actor["applicant"], at=self.at)
        values = {
            "title": f"Sprachcafé am Deich {self.count}",
            "summary": "Acht Nachmittage, an denen sich Nachbarinnen und Nachbarn treffen.",
            "place": "Friedeburg",
            "municipality": self.municipality,
            "contact_name": "Mina Muster",
            "measure": self.measure,
            "target_group": "Menschen, die neu hier wohnen",
            "expected_people": 40,
            "starts_on": (self.at + timedelta(days=90)).date(),
            "ends_on": (self.at + timedelta(days=200)).date(),
            "declarations": list(completeness.DECLARATIONS),
            "declared_by": "Mina Muster",
            "wants_portal": True,
        } | fields
        for name, value in values.items():
            setattr(application, name, value)
        application.save()
        application.goals.set([self.measure.goal])
        self.plan(application, requested=requested, cost=cost)
        self.attach(application, Attachment.Kind.STATUTES)
        return application

    def plan(self, application: Application, *, requested: str, cost: str) -> None:
        application.costs.all().delete()
        application.sources.all().delete()
        rows = {"application": application, "description": "Kursleitung"}
        CostLine.objects.create(**rows, category=CostCategory.FEES, unit_price=euros(cost), amount=euros(cost))
        own = euros(cost) - euros(requested)
        kinds = ((FundingSourceKind.OWN_CASH, own), (FundingSourceKind.COUNTY_GRANT, euros(requested)))
        for kind, amount in kinds:
            SourceLine.objects.create(application=application, kind=kind, description="Vereinskasse", amount=amount)

    def attach(self, application: Application, kind: str, name: str = "Satzung.pdf") -> Attachment:
        upload = SimpleUploadedFile(name, PDF, "application/pdf")
        return uploads.store(application, upload, kind=kind, actor=self.cast.actor["applicant"], at=self.at)

    def filed(self, **fields: Any) -> Case:
        application = self.draft(**fields)
        return file_application(application, actor=self.cast.actor["applicant"], at=self.at)

    def keep(self, kind: str = "statutes", valid_until: date | None = None) -> OrganisationDocument:
        """A document in the vault."""
        upload, actor = SimpleUploadedFile("Unterlage.pdf", PDF, "application/pdf"), self.cast.actor["applicant"]
        return vault.keep(self.organisation, upload, kind=kind, valid_until=valid_until, actor=actor, at=self.at)

    def new_account(self, iban: str) -> AccountChange:
        """A new account with its proof; it waits for the office."""
        return account.request_change(
            self.organisation, iban=iban, account_holder=self.organisation.name,
            proof=SimpleUploadedFile("Kontoauszug.pdf", PDF, "application/pdf"),
            actor=self.cast.actor["applicant"], at=self.at,
        )  # fmt: skip

    # The office

    def do(self, obj: Any, name: str, role: str, **data: Any) -> Any:
        return perform(obj, name, actor=self.cast.actor[role], at=self.at, data=data)

    def tick_all(self, case: Case) -> None:
        ChecklistItem.objects.filter(case=case).update(
            result=ChecklistItem.Result.FINE, checked_by=self.cast.actor["caseworker"].key, checked_at=self.at
        )

    def checking(self, **fields: Any) -> Case:
        return self.do(self.filed(**fields), "start_check", "caseworker")

    def questioned(self, **fields: Any) -> Case:
        due_on = (self.at + timedelta(days=14)).date()
        data = {"items": "Das Angebot für den Raum", "sections": ["unterlagen"], "due_on": due_on}
        return self.do(self.checking(**fields), "request_information", "caseworker", **data)

    def reviewing(self, **fields: Any) -> Case:
        case = self.checking(**fields)
        self.tick_all(case)
        return self.do(case, "complete_check", "caseworker")

    def proposed(self, amount: str | None = None, **fields: Any) -> Case:
        case = self.reviewing(**fields)
        wanted = euros(amount) if amount else case.requested_amount
        return self.do(case, "propose", "technical_reviewer", amount=wanted, reason="Gutes Projekt", score=80)

    def offered(self, amount: str = "1200", **fields: Any) -> Case:
        due_on = (self.at + timedelta(days=14)).date()
        data = {"amount": euros(amount), "reason": "Das Geld reicht nicht für alle.", "due_on": due_on}
        return self.do(self.proposed(**fields), "offer", "decider", **data)

    def accepted(self, amount: str = "1200", **fields: Any) -> Case:
        case = self.offered(amount, **fields)
        self.plan(case.application, requested=amount, cost=fields.get("cost", "2000"))
        return self.do(case, "accept_offer", "applicant")

    def approved(self, amount: str | None = None, **fields: Any) -> Case:
        case = self.accepted(amount, **fields) if amount else self.proposed(**fields)
        return self.do(case, "approve", "decider", conditions=["Nachweis innerhalb von sechs Monaten"])

    def rejected(self, **fields: Any) -> Case:
        return self.do(self.proposed(**fields), "reject", "decider", reason="Das Projekt passt nicht zum Ziel.")

    # The notice and the money

    def notice(self, award: Award) -> Document:
        """A stand-in for the rendered notice: rendering has its own tests."""
        return Document.objects.create(
            case=award.case,
            kind=Document.Kind.AWARD_NOTICE,
            number=award.case.documents.filter(kind=Document.Kind.AWARD_NOTICE).count() + 1,
            content={},
            pdf=PDF,
            sha256="a" * 64,
            subject_version=award.version,
            rendered_at=self.at,
        )

    def issued(self, channel: str = "letter", amount: str | None = None, **fields: Any) -> Award:
        award = self.approved(amount, **fields).award
        document = self.notice(award)
        data = {"channel": channel, "sent_on": self.at.date(), "document_sha256": document.sha256}
        return self.do(award, "issue", "caseworker", **data)

    def notified(self, **fields: Any) -> Award:
        award = self.issued(**fields)
        self.later(days=4)
        return self.do(award, "notify", "caseworker")

    def active(self, **fields: Any) -> Award:
        award = self.notified(**fields)
        self.later(days=33)
        return self.do(award, "confirm_finality", "caseworker")

    def requested(self, amount: str | None = None, award: Award | None = None) -> Disbursement:
        found = award or self.active()
        commitment = Commitment.objects.get(thread=found.thread)
        wanted = euros(amount) if amount else commitment.amount
        return payments.request(
            commitment, wanted, need="Kursleitung", award_on=found.issued_on or date.today(),
            actor=self.cast.actor["applicant"], at=self.at,
        )  # fmt: skip

    def authorised(self, amount: str | None = None, award: Award | None = None) -> Disbursement:
        verified = self.do(self.requested(amount, award), "verify", "verifier")
        return self.do(verified, "authorise", "authoriser")

    def paid(self, amount: str | None = None, award: Award | None = None) -> Disbursement:
        found = self.authorised(amount, award)
        second = self.cast.actor.get("treasury_two") or self.cast.add("treasury_two", Role.TREASURY)
        treasury = self.cast.actor["treasury"]
        run = payments.assemble([found], actor=treasury, at=self.at)
        run = payments.release_run(run, actor=second, at=self.at)
        run = payments.export_run(run, actor=treasury, at=self.at)
        payments.execute_run(run, executed_on=self.at.date(), actor=treasury, at=self.at)
        return Disbursement.objects.get(pk=found.pk)


def place(obj: Any, state: str, **fields: Any) -> Any:
    """Puts a row into a state past the door, with what its constraints ask for. Tests of the matrix only."""
    type(obj)._default_manager.filter(pk=obj.pk).update(state=state, **fields)
    return type(obj)._default_manager.get(pk=obj.pk)
