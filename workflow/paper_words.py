"""What a paper begins with: plain words about its cases, which the author then changes.

German, for that is the official language. A natural person is „eine Privatperson" with the file number, without the
name and without the project, whose title may tell who it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from applications.models import Application
from funding.money import format_money
from workflow.models import Case
from workflow.typeset import day

ZERO = Decimal("0.00")
PRIVATE = "Privatperson"
SUBJECT = 200
"""Characters that the subject has room for."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A case of the paper with the amount that is proposed, in euros."""

    case: Case
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Words:
    subject: str
    facts: str
    resolution: str
    cost_items: str


def is_private(case: Case) -> bool:
    return case.application.organisation.is_natural_person


def suggested(rows: list[Row]) -> Words:
    """Nothing for a paper without cases: its subject is free."""
    if not rows:
        return Words(subject="", facts="", resolution="", cost_items="")
    return _about_one(rows[0]) if len(rows) == 1 else _about_many(rows)


def _about_one(row: Row) -> Words:
    application = row.case.application
    project = f"„{application.title}“ ({application.organisation})"
    named = f"Förderung des Projekts {project}"
    if is_private(row.case):
        project = f"einer {PRIVATE} (Aktenzeichen {row.case.reference})"
        named = f"Förderung eines Projekts {project}"
    amount = format_money(row.amount)
    return Words(
        subject=_short(named),
        facts="\n\n".join(_facts_of(row)),
        resolution=f"Das Projekt {project} wird mit bis zu {amount} gefördert.",
        cost_items=f"Zuwendung für ein Projekt, Aktenzeichen {row.case.reference}",
    )


def _facts_of(row: Row) -> list[str]:
    case, application = row.case, row.case.application
    asked, programme = format_money(case.requested_amount), f"Förderprogramm „{case.programme}“"
    proposed = [] if row.amount == case.requested_amount else [f"Vorgeschlagen werden {format_money(row.amount)}."]
    if is_private(case):
        told = f"Eine {PRIVATE} beantragt {asked} (Aktenzeichen {case.reference}, {programme})."
        return [told, *proposed, "Name und Vorhaben nennt die nichtöffentliche Anlage."]
    told = f"{application.organisation} beantragt {asked} für das Projekt „{application.title}“ (Aktenzeichen {case.reference}, {programme})."
    return [part for part in (told, application.summary.strip(), _frame(application), *proposed) if part]


def _frame(application: Application) -> str:
    """When, where and what it costs."""
    cost = sum((line.amount for line in application.costs.all()), ZERO)
    parts = []
    if application.starts_on and application.ends_on:
        place = f" in {application.municipality}" if application.municipality else ""
        parts.append(f"Das Projekt läuft vom {day(application.starts_on)} bis {day(application.ends_on)}{place}.")
    if cost:
        parts.append(f"Die Ausgaben betragen zusammen {format_money(cost)}.")
    return " ".join(parts)


def _about_many(rows: list[Row]) -> Words:
    programmes = sorted({f"„{row.case.programme}“" for row in rows})
    requested = format_money(sum((row.case.requested_amount for row in rows), ZERO))
    proposed = format_money(sum((row.amount for row in rows), ZERO))
    years = sorted({str(row.case.fiscal_year) for row in rows})
    many = "Das Förderprogramm" if len(programmes) == 1 else "Die Förderprogramme"
    facts = [
        f"{len(rows)} Anträge liegen vor, zusammen {requested}. {many}: {', '.join(programmes)}.",
        f"Vorgeschlagen werden zusammen {proposed}. Die Tabelle nennt jeden Antrag mit dem vorgeschlagenen Betrag.",
    ]
    if any(is_private(row.case) for row in rows):
        facts.append(f"Eine {PRIVATE} ist mit dem Aktenzeichen genannt. Namen stehen in der nichtöffentlichen Anlage.")
    return Words(
        subject=_short(f"Förderung von {len(rows)} Projekten {', '.join(years)}"),
        facts="\n\n".join(facts),
        resolution=(
            f"Die {len(rows)} Projekte der Tabelle werden mit zusammen bis zu {proposed} gefördert, "
            "jedes höchstens mit dem vorgeschlagenen Betrag."
        ),
        cost_items=f"{len(rows)} Zuwendungen, siehe Tabelle",
    )


def _short(text: str) -> str:
    return text if len(text) <= SUBJECT else f"{text[: SUBJECT - 2]} …"
