"""What is missing before an application can be filed. The same list blocks filing and is the checklist on the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import plans
from applications.models import Application, Attachment, Organisation


class Section(StrEnum):
    """The steps of the form, in order."""

    PROJECT = "vorhaben"
    GOALS = "ziele"
    PERIOD = "zeitraum"
    PLAN = "finanzplan"
    DOCUMENTS = "unterlagen"
    DECLARATIONS = "erklaerungen"


SECTION_LABELS = {
    Section.PROJECT: gettext_lazy("Vorhaben"),
    Section.GOALS: gettext_lazy("Ziele"),
    Section.PERIOD: gettext_lazy("Zeitraum"),
    Section.PLAN: gettext_lazy("Finanzplan"),
    Section.DOCUMENTS: gettext_lazy("Unterlagen"),
    Section.DECLARATIONS: gettext_lazy("Erklärungen"),
}

DECLARATIONS = {
    "not_begun": gettext_lazy("Das Projekt hat noch nicht begonnen. Wir beginnen erst, wenn wir den Bescheid haben."),
    "other_funding": gettext_lazy("Wir haben alle anderen Zuschüsse und Einnahmen im Finanzplan genannt."),
    "truth": gettext_lazy("Alle Angaben sind richtig und vollständig. Änderungen melden wir sofort."),
    "no_claim": gettext_lazy("Uns ist bekannt, dass es keinen Anspruch auf die Förderung gibt."),
    "privacy": gettext_lazy("Wir haben die Hinweise zum Datenschutz gelesen."),
}


@dataclass(frozen=True, kw_only=True)
class Missing:
    """One sentence on what is missing, the section where it belongs and the field to go to."""

    section: str
    field: str
    sentence: str


def missing_in(application: Application, *, today: date) -> list[Missing]:
    """Everything that stands against filing, in the order of the form."""
    return [
        *missing_organisation(application.organisation),
        *_project(application),
        *_goals(application),
        *_period(application, today),
        *_plan(application),
        *_documents(application),
        *_declarations(application),
    ]


ORGANISATION = "verein"


def missing_organisation(organisation: Organisation) -> Iterator[Missing]:
    required = {
        "representative": _("Bei Ihrer Organisation fehlt, wer sie vertritt."),
        "street": _("Bei Ihrer Organisation fehlt die Straße."),
        "postcode": _("Bei Ihrer Organisation fehlt die Postleitzahl."),
        "town": _("Bei Ihrer Organisation fehlt der Ort."),
        "iban": _("Bei Ihrer Organisation fehlt die IBAN."),
        "account_holder": _("Bei Ihrer Organisation fehlt, wem das Konto gehört."),
    }
    for field, sentence in required.items():
        if not getattr(organisation, field):
            yield Missing(section=ORGANISATION, field=field, sentence=sentence)


def _blank(application: Application, section: Section, required: dict[str, str]) -> Iterator[Missing]:
    for field, sentence in required.items():
        if getattr(application, field) in (None, ""):
            yield Missing(section=section, field=field, sentence=sentence)


def _project(application: Application) -> Iterator[Missing]:
    yield from _blank(
        application,
        Section.PROJECT,
        {
            "title": _("Es fehlt der Name des Projekts."),
            "summary": _("Es fehlt, worum es geht."),
            "place": _("Es fehlt, wo das Projekt stattfindet."),
            "municipality_id": _("Es fehlt die Gemeinde."),
            "contact_name": _("Es fehlt eine Ansprechperson."),
        },
    )


def _goals(application: Application) -> Iterator[Missing]:
    yield from _blank(
        application,
        Section.GOALS,
        {
            "measure_id": _("Es fehlt die Maßnahme, zu der Ihr Projekt passt."),
            "target_group": _("Es fehlt, wer kommen soll."),
            "expected_people": _("Es fehlt, wie viele Menschen Sie erreichen wollen."),
        },
    )
    if not application.goals.exists():
        yield Missing(section=Section.GOALS, field="goals", sentence=_("Es fehlt mindestens ein Ziel."))


def _period(application: Application, today: date) -> Iterator[Missing]:
    yield from _blank(
        application,
        Section.PERIOD,
        {"starts_on": _("Es fehlt der Beginn des Projekts."), "ends_on": _("Es fehlt das Ende des Projekts.")},
    )
    if application.starts_on is not None and application.starts_on <= today:
        yield Missing(
            section=Section.PERIOD,
            field="starts_on",
            sentence=_("Der Beginn liegt nicht in der Zukunft. Gefördert wird nur, was noch nicht begonnen hat."),
        )


def _plan(application: Application) -> Iterator[Missing]:
    plan = plans.plan_of(application)
    if not plan.costs:
        yield Missing(section=Section.PLAN, field="costs", sentence=_("Im Finanzplan fehlen die Ausgaben."))
        return
    if not plan.requested:
        yield Missing(section=Section.PLAN, field="requested", sentence=_("Es fehlt der Betrag, den Sie beantragen."))
    for number, line in enumerate(application.costs.all(), start=1):
        if not line.description:
            yield Missing(
                section=Section.PLAN,
                field=f"costs-{number - 1}-description",
                sentence=_("Ausgabe %(number)s: Es fehlt, wofür das Geld ist.") % {"number": number},
            )
    for sentence in plans.sentences(plan, application):
        yield Missing(section=Section.PLAN, field="costs", sentence=sentence)


def _documents(application: Application) -> Iterator[Missing]:
    if application.organisation.kind != Organisation.Kind.ASSOCIATION:
        return
    if not application.attachments.filter(kind=Attachment.Kind.STATUTES, removed_at__isnull=True).exists():
        yield Missing(section=Section.DOCUMENTS, field="file", sentence=_("Es fehlt die Satzung Ihres Vereins."))


def declared_in(application: Application) -> list[str]:
    """What was declared, in words, with the consent to collect the notice in the portal."""
    found = [str(text) for code, text in DECLARATIONS.items() if code in application.declarations]
    consent = Application._meta.get_field("wants_portal").verbose_name
    return [*found, str(consent)] if application.wants_portal else found


def _declarations(application: Application) -> Iterator[Missing]:
    for code, text in DECLARATIONS.items():
        if code not in application.declarations:
            yield Missing(
                section=Section.DECLARATIONS,
                field=f"declarations-{code}",
                sentence=_("Es fehlt eine Erklärung: „%(text)s“") % {"text": text},
            )
