"""The bodies of the county: the three of the law are there, and their members come and go."""

from __future__ import annotations

import pytest
from django.apps import apps

from workflow import bodies
from workflow.models import Body

pytestmark = pytest.mark.django_db


def test_the_three_bodies_are_there_and_only_the_county_committee_sits_in_private() -> None:
    assert [(body.name, body.is_public) for body in bodies.all_bodies()] == [
        ("Sozialausschuss", True), ("Kreisausschuss", False), ("Kreistag", True),
    ]  # fmt: skip


def test_what_the_office_changed_stays_after_an_update() -> None:
    Body.objects.filter(kind="social_committee").update(name="Ausschuss für Soziales")
    bodies.lay_out(apps=apps, using="default")
    assert Body.objects.get(kind="social_committee").name == "Ausschuss für Soziales"
    assert Body.objects.count() == 3
