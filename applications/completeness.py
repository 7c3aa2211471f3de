"""What is missing before an application can be filed. The same list blocks filing and is the checklist on the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import eligibility, evidence, plans, questions, signatures
from applications.eligibility import Subject
from applications.models import Application, Organisation
from funding.law.grants import Plan


class Section(StrEnum):
    """The steps of the form, in order."""

    PROJECT = "vorhaben"
    GOALS = "ziele"
    PERIOD = "zeitraum"
    PLAN = "finanzplan"
    QUESTIONS = "fragen"
    DOCUMENTS = "unterlagen"
    DECLARATIONS = "erklaerungen"


SECTION_LABELS = {
    Section.PROJECT: gettext_lazy("Vorhaben"),
    Section.GOALS: gettext_lazy("Ziele"),
    Section.PERIOD: gettext_lazy("Zeitraum"),
    Section.PLAN: gettext_lazy("Finanzplan"),
    Section.QUESTIONS: gettext_lazy("Fragen zum Programm"),
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


def prepare(application: Application) -> None:
    """Reads at once what the list of what is missing looks at again and again."""
    prefetch_related_objects([application], "goals", "costs", "sources", "attachments")


def missing_in(application: Application, *, today: date) -> list[Missing]:
    """Everything that stands against filing, in the order of the form."""
    plan = plans.plan_of(application)
    return [
        *missing_organisation(application.organisation),
        *_project(application),
        *_goals(application),
        *_period(application, today),
        *_plan(application, plan),
        *_questions(application, plan),
        *_documents(application, plan),
        *_declarations(application),
        *_rules(application, plan, today),
        *_signature(application),
    ]


ORGANISATION = "verein"
SIGNATURE = "unterschrift"
"""Sections that are no step of the form."""


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


def _plan(application: Application, plan: Plan) -> Iterator[Missing]:
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


def _questions(application: Application, plan: Plan) -> Iterator[Missing]:
    if application.question_set_id is None:
        return
    for gap in questions.gaps(application, requested=plan.requested):
        section = Section.DOCUMENTS if gap.is_file else Section.QUESTIONS
        yield Missing(section=section, field=gap.field, sentence=gap.sentence)


def _documents(application: Application, plan: Plan) -> Iterator[Missing]:
    """What the programme wants to see for so much money; without rules of its own an association's statutes."""
    needed = evidence.needed(application, requested=plan.requested)
    if not needed:
        return
    there = {file.kind for file in application.attachments.all() if file.removed_at is None}
    for proof in needed:
        if proof.kind not in there:
            yield Missing(section=Section.DOCUMENTS, field="file", sentence=proof.sentence)


_PLACES: dict[str, tuple[str, str]] = {
    Subject.ORGANISATION_KIND: ("verein", "kind"),
    Subject.MUNICIPALITY: (Section.PROJECT, "municipality"),
    Subject.MEASURE: (Section.GOALS, "measure"),
    Subject.STARTS_AFTER_DAYS: (Section.PERIOD, "starts_on"),
    Subject.LASTS_AT_MOST_DAYS: (Section.PERIOD, "ends_on"),
    Subject.AMOUNT_AT_LEAST: (Section.PLAN, "requested"),
    Subject.AMOUNT_AT_MOST: (Section.PLAN, "requested"),
}
"""Where an answer stands that a rule of the check looks at; own questions of the check stand nowhere in the form."""


def _against(application: Application, amount: Decimal, today: date) -> Iterator[tuple[Missing, bool]]:
    """What the programme's rules say against a draft, and whether it stands against filing.

    What was filed has passed them; days that go by change nothing.
    """
    if application.filed_at is not None:
        return
    facts = eligibility.facts_of(application, amount=amount)
    found = eligibility.check(eligibility.rules_for(application), facts, today=today)
    for finding in eligibility.against(found):
        section, field = _PLACES[finding.rule.subject]
        yield Missing(section=section, field=field, sentence=finding.reason), finding.rule.blocks


def _rules(application: Application, plan: Plan, today: date) -> Iterator[Missing]:
    yield from (item for item, blocks in _against(application, plan.requested, today) if blocks)


def hints_in(application: Application, *, today: date) -> list[Missing]:
    """What may be a mistake, but does not stand against filing."""
    requested = plans.plan_of(application).requested
    return [item for item, blocks in _against(application, requested, today) if not blocks]


def said_while_writing(application: Application, section: Section, *, today: date) -> list[Missing]:
    """The check repeated on a step: what is said against an answer of this step, and against what no step asks."""
    requested = plans.plan_of(application).requested
    found = [item for item, _blocks in _against(application, requested, today)]
    return [item for item in found if item.section == section or item.section not in set(Section)]


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


def _signature(application: Application) -> Iterator[Missing]:
    """Somebody else has to sign, if the organisation wants it so."""
    if signatures.is_needed(application) and not signatures.valid(application):
        yield Missing(section=SIGNATURE, field="signature", sentence=signatures.missing_sentence())
