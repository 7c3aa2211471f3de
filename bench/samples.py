"""One full example of each document, with fictional people: for the bench, the tests and whoever changes a layout."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

from funding.law.grants import Financing
from workflow.council_paper import Annex, Answer, Budget, CouncilSheet, Cover, Proposal, Step, Sum
from workflow.documents import (
    Addressee,
    AwardNotice,
    Condition,
    Contact,
    Document,
    Expense,
    Instalment,
    Letterhead,
    Payment,
    Receipt,
    RejectionNotice,
    Source,
    YearShare,
)

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)

LETTERHEAD = Letterhead(
    county="Landkreis Wittmund",
    office="Koordinierungsstelle für Migration und Teilhabe",
    street="Am Markt 9",
    town="26409 Wittmund",
    phone="04462 00-0",
    email="integration@landkreis.example",
    website="www.landkreis.example",
    court="Verwaltungsgericht Oldenburg, Schloßplatz 10, 26122 Oldenburg",
    signatory="Wiebke Muster",
)
CONTACT = Contact(name="Wiebke Muster", phone="04462 00-000", email="wiebke.muster@landkreis.example")
ADDRESSEE = Addressee(
    name="Brückenbauer Harlingerland e. V. (Demo)",
    representative="Mina Muster",
    capacity="vertreten durch die Vorsitzende",
    street="Deichstraße 12",
    town="26427 Esens",
)
PROGRAMME = "„Integration vor Ort“"
LEGAL_BASIS = (
    "Richtlinie des Landkreises Wittmund zur Förderung von Projekten zur gesellschaftlichen und sozialen "
    "Integration von Neuzugewanderten vom 14.03.2024"
)

NOTICE = AwardNotice(
    letterhead=LETTERHEAD,
    contact=CONTACT,
    addressee=ADDRESSEE,
    reference="INT-2026-0016",
    notice_on=date(2026, 11, 20),
    programme=PROGRAMME,
    legal_basis=LEGAL_BASIS,
    title="Tür an Tür: Sprachcafé am Deich",
    applied_on=date(2026, 9, 14),
    purpose=(
        "Wöchentliches Sprachcafé für neu zugewanderte Frauen in Esens mit Kinderbetreuung, 24 Treffen.\n"
        "Dazu drei Stadtgänge mit Ehrenamtlichen, die Ämter, Ärzte und Vereine vorstellen."
    ),
    project_from=date(2027, 2, 1),
    project_to=date(2027, 8, 31),
    requested=Decimal("2000.00"),
    amount=Decimal("1500.00"),
    reasons=(
        "Die Mittel des Jahres reichen nicht für alle Anträge. Wir haben sie nach der Bewertung der Projekte verteilt.",
        "Die Anschaffung eines Beamers ist nach der Richtlinie nicht zuwendungsfähig.",
    ),
    resolution="Der Sozialausschuss hat der Förderung am 12.11.2026 zugestimmt.",
    financing=Financing.SHARE,
    rate=Fraction(3, 5),
    expenses=(
        Expense(label="Honorare für die Sprachbegleitung", amount=Decimal("1440.00"), eligible=Decimal("1440.00")),
        Expense(label="Kinderbetreuung", amount=Decimal("600.00"), eligible=Decimal("600.00")),
        Expense(label="Raummiete", amount=Decimal("240.00"), eligible=Decimal("240.00")),
        Expense(label="Lernmaterial", amount=Decimal("220.00"), eligible=Decimal("220.00")),
        Expense(label="Beamer", amount=Decimal("300.00"), eligible=Decimal("0.00")),
    ),
    sources=(
        Source(label="Eigenmittel des Vereins", amount=Decimal("800.00")),
        Source(label="Spende der Bürgerstiftung (zugesagt)", amount=Decimal("500.00")),
    ),
    payment=Payment.INSTALMENTS,
    instalments=(
        Instalment(amount=Decimal("1200.00"), when="nach Bestandskraft dieses Bescheids"),
        Instalment(amount=Decimal("300.00"), when="nach Prüfung des Verwendungsnachweises"),
    ),
    account="DE** **** 0002",
    conditions=(
        Condition(
            title="Kinderbetreuung",
            text="Die Betreuungspersonen legen Ihnen vor dem ersten Treffen ein erweitertes Führungszeugnis vor.",
        ),
    ),
    report_due_on=date(2028, 2, 29),
    clawback_threshold=Decimal("25.00"),
    later_years=(YearShare(year=2027, amount=Decimal("1500.00")),),
    de_minimis_on=date(2026, 11, 20),
    enclosures=("Vordruck Mittelabruf", "Vordruck Rechtsbehelfsverzicht"),
)

REJECTION = RejectionNotice(
    letterhead=LETTERHEAD,
    contact=CONTACT,
    addressee=ADDRESSEE,
    reference="INT-2026-0021",
    notice_on=date(2026, 11, 20),
    programme=PROGRAMME,
    legal_basis=LEGAL_BASIS,
    title="Sommerfest der Kulturen",
    applied_on=date(2026, 10, 5),
    requested=Decimal("1800.00"),
    reasons=(
        "Nach Nummer 4 der Richtlinie fördern wir nur Projekte, die bei der Bewilligung noch nicht begonnen haben.",
        "Das Projekt begann am 12.08.2026, ohne Zustimmung zum vorzeitigen Beginn. Der Antrag kam am 05.10.2026.",
        "Eine Ausnahme sieht die Richtlinie nicht vor. Wir wenden diese Regel auf alle Anträge gleich an.",
    ),
    advice=(
        "Für ein neues Projekt können Sie in der Runde 2027 einen Antrag stellen. Sie beginnt am 01.02.2027.",
        "Brauchen Sie einen frühen Beginn, stellen Sie mit dem Antrag auch einen Antrag auf vorzeitigen Beginn.",
    ),
)

RECEIPT = Receipt(
    letterhead=LETTERHEAD,
    contact=CONTACT,
    addressee=ADDRESSEE,
    reference="INT-2026-0016",
    received_at=datetime(2026, 11, 19, 17, 3, 42, tzinfo=UTC),
    programme=PROGRAMME,
    title="Tür an Tür: Sprachcafé am Deich",
    requested=Decimal("2000.00"),
    documents=(
        Document(name="Satzung.pdf", sha256="3f" * 32, size=212_400),
        Document(name="Registerauszug_2026.pdf", sha256="a1" * 32, size=98_100),
        Document(name="Angebot Sprachbegleitung.pdf", sha256="0c" * 32, size=3_412_000),
    ),
    revision_sha256="9e" * 32,
)

PAPER = CouncilSheet(
    letterhead=LETTERHEAD,
    number="BV-2026-0007",
    is_public=True,
    subject="Förderung des Projekts „Tür an Tür: Sprachcafé am Deich“ (Brückenbauer Harlingerland e. V. (Demo))",
    facts=(
        "Brückenbauer Harlingerland e. V. (Demo) beantragt 2.000,00 € für das Projekt „Tür an Tür: Sprachcafé am Deich“ "
        "(Aktenzeichen INT-2026-0016, Förderprogramm „Integration vor Ort“).\n\n"
        "Wöchentliches Sprachcafé für neu zugewanderte Frauen in Esens mit Kinderbetreuung, 24 Treffen.\n\n"
        "Das Projekt läuft vom 01.02.2027 bis 31.08.2027 in Esens. Die Ausgaben betragen zusammen 2.800,00 €."
    ),
    steps=(
        Step(
            body="Sozialausschuss",
            decides=False,
            is_wanted=True,
            is_public=True,
            session_on=date(2026, 12, 1),
            item="7",
        ),
        Step(
            body="Kreisausschuss",
            decides=True,
            is_wanted=True,
            is_public=False,
            session_on=date(2026, 12, 8),
            item="4.1",
        ),
        Step(body="Kreistag", decides=False, is_wanted=False, is_public=True),
    ),
    proposals=(
        Proposal(
            reference="INT-2026-0016",
            recipient="Brückenbauer Harlingerland e. V. (Demo)",
            title="Tür an Tür: Sprachcafé am Deich",
            requested=Decimal("2000.00"),
            amount=Decimal("1500.00"),
        ),
    ),
    cost=Sum(
        kind=Answer.AMOUNT, amount=Decimal("1500.00"), items="Zuwendung für ein Projekt, Aktenzeichen INT-2026-0016"
    ),
    follow_up=Sum(kind=Answer.NONE),
    income=Sum(kind=Answer.NONE),
    budget=Budget(
        kind=Cover.AVAILABLE,
        line="3.5.1.01 / 4318 Aufwendung für Koordinierungsstelle (2026)",
        available=Decimal("6120.00"),
        available_on=date(2026, 11, 20),
    ),
    resolution="Das Projekt „Tür an Tür: Sprachcafé am Deich“ wird mit bis zu 1.500,00 € gefördert.",
    place="Wittmund",
    dated_on=date(2026, 11, 20),
    signed_by="Wiebke Muster",
    annexes=(
        Annex(number=1, title="Finanzplan", is_public=True),
        Annex(number=2, title="Stellungnahme der Gemeinde", is_public=False),
    ),
)
