"""What came on paper in the demo: an application by post, with a point that only this programme checks."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localdate

from accounts.roles import Role
from applications import uploads
from applications.models import Application, CostLine, Organisation
from funding.law.grants import CostCategory, FundingSourceKind
from funding.models import Measure, Municipality, Programme
from journal.actors import Actor
from journal.machine import perform
from workflow import checkpoints, intake
from workflow.demo.facts import moment
from workflow.demo.walk import PDF
from workflow.models import Case

POINT = ("Kinderschutzkonzept liegt vor", "Nur bei Angeboten, zu denen Kinder allein kommen.")


def lay_out(programme: Programme, people: dict[str, Actor], clubs: dict[str, Organisation], *, now: datetime) -> Case:
    """The check has begun: the plan is missing on the paper, and the account belongs to another club as well."""
    day = localdate(now)
    checkpoints.add(
        programme, title=POINT[0], hint=POINT[1], actor=people[Role.COORDINATOR], at=moment(day - timedelta(days=9), 9)
    )
    officer, entered_at = people[Role.CASEWORKER], moment(day - timedelta(days=5), 9)
    application = intake.begin(
        programme,
        intake.enter_organisation(_organisation(clubs), actor=officer, at=entered_at),
        uploads.take(SimpleUploadedFile("Antrag-Naehstube.pdf", PDF), at=entered_at),
        received_at=moment(day - timedelta(days=6), 11),
        channel="post",
        consent_by="Grete Beispiel (Demo)",
        actor=officer,
        at=entered_at,
    )
    _write(application, day_of_start=entered_at + timedelta(days=120))
    case = intake.file(application, actor=officer, at=entered_at)
    return perform(case, "start_check", actor=officer, at=entered_at + timedelta(hours=1))


def _organisation(clubs: dict[str, Organisation]) -> Organisation:
    account = clubs["neighbours"]
    return Organisation(
        kind=Organisation.Kind.OTHER_BODY, name="Nähkreis Moorhusen (Demo)", representative="Grete Beispiel (Demo)",
        street="Musterweg 40", postcode="26446", town="Friedeburg",
        municipality=Municipality.objects.get(name="Friedeburg"), iban=account.iban, account_holder=account.name,
    )  # fmt: skip


def _write(application: Application, *, day_of_start: datetime) -> None:
    """What stands on the paper: the plan names one expense and the amount, and nothing of the group's own money."""
    values = {
        "title": "Nähstube für alle",
        "summary": "Einmal in der Woche nähen Frauen aus dem Dorf und aus der Unterkunft zusammen.",
        "place": "Friedeburg",
        "municipality": application.organisation.municipality,
        "contact_name": "Grete Beispiel (Demo)",
        "contact_phone": "04462 00-000",
        "measure": Measure.objects.get(code="M 3.2"),
        "target_group": "Frauen aus dem Dorf und aus der Unterkunft",
        "expected_people": 12,
        "starts_on": localdate(day_of_start),
        "ends_on": localdate(day_of_start + timedelta(days=150)),
    }
    Application.objects.filter(pk=application.pk).update(**values)
    amount = {"unit_price": 640, "amount": 640}
    CostLine.objects.create(
        application=application, category=CostCategory.MATERIAL, description="Stoff und Garn", **amount
    )
    application.sources.filter(kind=FundingSourceKind.COUNTY_GRANT).update(amount=500)
    application.refresh_from_db()
