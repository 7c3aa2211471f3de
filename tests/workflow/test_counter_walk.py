"""From the first sentence to the reference, through the pages alone, as somebody without a script would go."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from applications.completeness import DECLARATIONS
from applications.models import Application
from funding.models import Goal, Measure
from tests.factories import IBANS, PDF, START, World
from workflow.models import Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_of_somebody_new() -> Client:
    with time_machine.travel(START, tick=False):
        world = World()
        world.round, world.measure, world.municipality  # noqa: B018 - made now
        client = Client()
        client.force_login(world.cast.user["stranger"])
        yield client


def test_an_application_is_written_and_handed_in_through_the_pages(client_of_somebody_new):
    client = client_of_somebody_new
    begun = client.get("/programme/integrationsprojekte/antrag/")
    organisation = {
        "kind": "association", "name": "Neuer Verein e. V. (Demo)", "representative": "Mina Muster",
        "street": "Am Deich 1", "postcode": "26446", "town": "Friedeburg", "iban": IBANS[3],
    }  # fmt: skip
    saved = client.post(begun.url, organisation)
    assert saved.url == "/programme/integrationsprojekte/antrag/"
    page = client.get(saved.url).content.decode()
    key = page.split('name="organisation" value="')[1].split('"')[0]
    step = client.post(saved.url, {"organisation": key}).url
    for data in _answers(client.get(step)):
        draft = Application.objects.get()
        answer = client.post(step, {"version": draft.version, **data})
        assert answer.status_code == 302, answer.content.decode()
        step = answer.url
    summary = client.get(step).content.decode()
    assert "Alles ist da. Jetzt einreichen?" in summary
    filed = client.post(step, follow=True).content.decode()
    case = Case.objects.get()
    assert f"Ihr Antrag ist eingegangen. Das Aktenzeichen ist {case.reference}." in filed
    assert "Eingegangen" in filed
    assert case.requested_amount == 800


def _answers(first) -> list[dict]:
    municipality = first.content.decode().split('id="id_municipality"')[1].split('<option value="')[2].split('"')[0]
    begin, end = ((START + timedelta(days=days)).strftime("%d.%m.%Y") for days in (60, 120))
    return [
        {
            "title": "Tür an Tür", "summary": "Acht Nachmittage.", "place": "Gemeindehaus",
            "municipality": municipality, "contact_name": "Mina Muster",
        },
        {"measure": Measure.objects.get().pk, "goals": [Goal.objects.get().pk], "target_group": "Nachbarn", "expected_people": "40"},
        {"starts_on": begin, "ends_on": end},
        {
            "costs-TOTAL_FORMS": 1, "costs-INITIAL_FORMS": 0, "costs-0-category": "fees",
            "costs-0-description": "Kursleitung", "costs-0-quantity": "40", "costs-0-unit_price": "25",
            "sources-TOTAL_FORMS": 2, "sources-INITIAL_FORMS": 0, "sources-0-kind": "own_cash",
            "sources-0-status": "granted", "sources-0-amount": "200,00", "sources-1-kind": "county_grant",
            "sources-1-status": "applied", "sources-1-amount": "800",
        },
        {"kind": "statutes", "file": SimpleUploadedFile("Satzung.pdf", PDF)},
        {"declarations": list(DECLARATIONS)},
    ]  # fmt: skip
