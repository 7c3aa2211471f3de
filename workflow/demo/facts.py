"""What the demo is made of: the county's public facts, and fictional associations with fictional projects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils.timezone import get_default_timezone, make_aware

MUNICIPALITIES: tuple[tuple[str, str], ...] = (
    ("Blomberg", "Samtgemeinde Holtriem"),
    ("Dunum", "Samtgemeinde Esens"),
    ("Esens", "Samtgemeinde Esens"),
    ("Eversmeer", "Samtgemeinde Holtriem"),
    ("Friedeburg", ""),
    ("Holtgast", "Samtgemeinde Esens"),
    ("Langeoog", ""),
    ("Moorweg", "Samtgemeinde Esens"),
    ("Nenndorf", "Samtgemeinde Holtriem"),
    ("Neuharlingersiel", "Samtgemeinde Esens"),
    ("Neuschoo", "Samtgemeinde Holtriem"),
    ("Ochtersum", "Samtgemeinde Holtriem"),
    ("Schweindorf", "Samtgemeinde Holtriem"),
    ("Spiekeroog", ""),
    ("Stedesdorf", "Samtgemeinde Esens"),
    ("Utarp", "Samtgemeinde Holtriem"),
    ("Werdum", "Samtgemeinde Esens"),
    ("Westerholt", "Samtgemeinde Holtriem"),
    ("Wittmund", ""),
)
"""In alphabetical order: the municipality codes 03462001 to 03462019 follow it."""

GOALS: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "Z 1": (
        "Beratung und Koordinierung",
        (
            ("M 1.1", "Zentrale Anlaufstelle"),
            ("M 1.2", "Einzelfallhilfe und mobile Beratung"),
            ("M 1.3", "Sprachkoordinierungsstelle"),
        ),
    ),
    "Z 2": (
        "Sprache im Alltag",
        (
            ("M 2.1", "Sprachkurse in den Gemeinden"),
            ("M 2.2", "Pilotprojekte wie das Sprach-Café"),
            ("M 2.3", "Ausbau des Dolmetscherpools"),
            ("M 2.4", "Angebote für Frauen: „Mama lernt Deutsch“"),
        ),
    ),
    "Z 3": (
        "Begegnung und Teilhabe",
        (
            ("M 3.1", "Informationsveranstaltungen"),
            ("M 3.2", "Begegnung in den Gemeinden"),
            ("M 3.3", "Sport und Freizeit"),
            ("M 3.4", "Zusammenarbeit mit Beratungsstellen"),
        ),
    ),
}


@dataclass(frozen=True)
class Club:
    """A fictional organisation. `member` is the local part of its person's address."""

    name: str
    kind: str
    municipality: str
    postcode: str
    iban: str
    member: str


CLUBS: dict[str, Club] = {
    "bridge": Club("Brückenbauer Harlingerland e. V. (Demo)", "association", "Esens", "26427", "DE43999999990001000001", "mina.muster"),
    "cafe": Club("Sprachcafé Südbrook-Deich e. V. (Demo)", "association", "Wittmund", "26409", "DE16999999990001000002", "mina.muster"),
    "neighbours": Club("Nachbarschaftshilfe Moorhusen e. V. (Demo)", "association", "Friedeburg", "26446", "DE86999999990001000003", "tomke.beispiel"),
    "culture": Club("Kulturverein Windrose Holtriem e. V. (Demo)", "association", "Westerholt", "26556", "DE59999999990001000004", "tomke.beispiel"),
    "women": Club("Frauencafé Sielblick (Demo)", "association", "Neuharlingersiel", "26427", "DE32999999990001000005", "tomke.beispiel"),
    "sport": Club("Sportfreunde Musterdeich 1999 e. V. (Demo)", "association", "Wittmund", "26409", "DE05999999990001000006", "rieke.sportlich"),
    "school": Club("Grundschule Musterwarf (Förderverein, Demo)", "association", "Blomberg", "26487", "DE75999999990001000007", "imke.schulhof"),
    "island": Club("Gemeinde Musterinsel (Demo)", "municipality", "Langeoog", "26465", "DE48999999990001000008", "imke.schulhof"),
    "person": Club("Fenja Einzeln (Demo)", "natural_person", "Friedeburg", "26446", "DE21999999990001000009", "fenja.einzeln"),
}  # fmt: skip


def moment(day: date, hour: int = 10) -> datetime:
    return make_aware(datetime.combine(day, time(hour)), get_default_timezone())


@dataclass(frozen=True)
class Story:
    """One project. Amounts are whole euros; `until` is the last stage it reaches (see `walk.STAGES`).

    `shares` names other lines that pay a part (see `budget.Books.lines`); the case's own line pays the rest.
    """

    club: str
    title: str
    measure: str
    requested: int
    granted: int
    until: str = "closed"
    days_ago: int = 0
    shares: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class PastYear:
    """A finished year: applications came from `first_day` on, one every few days."""

    year: int
    first_day: date
    stories: tuple[Story, ...]


def _year(year: int, *rows: tuple[str, str, str, int, int] | tuple[str, str, str, int, int, str]) -> PastYear:
    return PastYear(year, date(year, 2, 7), tuple(Story(*row) for row in rows))


PAST_YEARS: tuple[PastYear, ...] = (
    # Nine approvals, 15,350 € in all.
    _year(
        2022,
        ("bridge", "Brücken bauen, Sprache lernen", "M 2.1", 2400, 2000),
        ("cafe", "Sprachcafé am Deich", "M 2.2", 2400, 2100),
        ("neighbours", "Offene Werkstatt", "M 3.2", 1800, 1500),
        ("culture", "Theater ohne Worte", "M 3.2", 2500, 2200),
        ("women", "Mama lernt Deutsch", "M 2.4", 1900, 1650),
        ("sport", "Sport verbindet", "M 3.3", 1500, 1200),
        ("school", "Lesepaten", "M 2.1", 1400, 1100),
        ("island", "Ankommen auf der Insel", "M 3.1", 2400, 2000),
        ("person", "Garten der Kulturen", "M 3.2", 1800, 1600),
    ),
    # Nine applications, 16,300 € in all: one in full, eight in part.
    _year(
        2023,
        ("bridge", "Lotsen für den Alltag", "M 1.2", 2500, 2300),
        ("cafe", "Sprachcafé am Deich", "M 2.2", 2450, 2200),
        ("neighbours", "Reparieren und reden", "M 3.2", 2000, 1700),
        ("culture", "Musik verbindet", "M 3.2", 2500, 2250),
        ("women", "Mama lernt Deutsch", "M 2.4", 1850, 1850),
        ("sport", "Schwimmen lernen", "M 3.3", 1800, 1400),
        ("school", "Vorlesen in zwei Sprachen", "M 2.1", 1500, 1200),
        ("island", "Willkommen im Dorf", "M 3.1", 2200, 1900),
        ("person", "Fahrradwerkstatt", "M 3.3", 1800, 1500),
    ),
    _year(
        2024,
        ("bridge", "Erzählcafé", "M 2.2", 2500, 2400),
        ("cafe", "Sprachcafé am Deich", "M 2.2", 2450, 2400),
        ("neighbours", "Nachbarschaftsküche", "M 3.2", 2300, 2140),
        ("culture", "Chor der Stimmen", "M 3.2", 2500, 2400),
        ("women", "Mama lernt Deutsch", "M 2.4", 2400, 2200),
        ("sport", "Fußball am Freitag", "M 3.3", 2000, 1900),
        ("school", "Lesepaten", "M 2.1", 1700, 1500),
        ("island", "Inselgespräche", "M 3.1", 1900, 1700),
        ("person", "Nähstube", "M 3.2", 1800, 1600),
    ),
    _year(
        2025,
        ("bridge", "Lotsen für den Alltag", "M 1.2", 2500, 2400),
        ("cafe", "Sprachcafé am Deich", "M 2.2", 2450, 2400),
        ("neighbours", "Handarbeit und Tee", "M 3.2", 2100, 1955),
        ("culture", "Theater ohne Worte", "M 3.2", 2500, 2350),
        ("women", "Mama lernt Deutsch", "M 2.4", 2400, 2150),
        ("sport", "Sport verbindet", "M 3.3", 2000, 1850, "carried"),
        ("school", "Vorlesen in zwei Sprachen", "M 2.1", 1700, 1500),
        ("island", "Willkommen im Dorf", "M 3.1", 1900, 1700),
        ("person", "Fahrradwerkstatt", "M 3.3", 1800, 1600, "unspent"),
    ),
)

RUNNING_YEAR: tuple[Story, ...] = (
    Story("bridge", "Lotsen für den Alltag", "M 1.2", 1800, 1500, "closed", 320),
    Story("school", "Lesepaten", "M 2.1", 900, 900, "clawed_back", 318),
    Story("women", "Mama lernt Deutsch", "M 2.1", 1500, 1350, "settled", 316),
    Story("sport", "Sport verbindet", "M 3.3", 1000, 1000, "report_in_review", 310),
    Story("island", "Inselgespräche", "M 3.1", 800, 800, "report_info_requested", 306),
    Story("culture", "Musik verbindet", "M 3.3", 1200, 1100, "report_submitted", 304),
    Story("cafe", "Sprachcafé am Deich", "M 2.2", 1600, 1600, "report_due", 300),
    Story("neighbours", "Reparieren und reden", "M 3.4", 400, 400, "report_overdue", 312),
    Story("neighbours", "Offene Werkstatt", "M 3.2", 700, 700, "renounced", 220),
    Story("person", "Fahrradwerkstatt", "M 3.3", 500, 500, "revoked", 215),
    Story("bridge", "Feste feiern", "M 3.2", 900, 900, "executed", 120),
    Story("women", "Nähen und Reden", "M 3.2", 600, 600, "returned", 118),
    Story("sport", "Schwimmen lernen", "M 3.3", 800, 700, "exported", 112),
    Story("culture", "Chor der Stimmen", "M 3.1", 650, 650, "authorised", 108),
    Story("school", "Vorlesen in zwei Sprachen", "M 2.1", 450, 450, "verified", 104),
    Story("neighbours", "Nachbarschaftsküche", "M 3.2", 600, 600, "requested", 100),
    Story("island", "Ankommen auf der Insel", "M 3.1", 500, 500, "cancelled_payment", 98),
    Story("cafe", "Erzählabende", "M 2.2", 400, 400, "active", 96),
    Story("person", "Garten der Kulturen", "M 3.2", 350, 350, "contested", 60),
    Story("cafe", "Deutsch am Abend", "M 2.1", 1400, 1400, "active", 80, shares=(("language", 1400),)),
    Story("bridge", "Spielenachmittag", "M 3.3", 400, 400, "notified", 48, shares=(("next", 150),)),
    Story("women", "Frauenfrühstück", "M 3.1", 300, 300, "issued", 30),
    Story("sport", "Laufgruppe", "M 3.3", 300, 300, "draft_notice", 28),
    Story("culture", "Plattdeutsch trifft Arabisch", "M 2.2", 900, 0, "rejected", 40),
    Story("school", "Ausflug ans Meer", "M 3.3", 700, 0, "rejection_sent", 70),
    Story("neighbours", "Willkommen im Dorf", "M 3.2", 1500, 1500, "decision_ready", 34, shares=(("language", 500),)),
    Story("women", "Mama lernt Deutsch II", "M 2.4", 1840, 1840, "decision_ready", 33),
    Story("culture", "Theater ohne Worte", "M 3.2", 2300, 1800, "revision_offered", 32),
    Story("island", "Haus der Begegnung", "M 3.1", 4200, 4200, "in_committee", 45),
    Story("person", "Erzählbank", "M 3.2", 600, 600, "waitlisted", 50),
    Story("bridge", "Gemeinsam kochen", "M 3.2", 700, 700, "waitlisted", 44),
    Story("school", "Hausaufgabentreff", "M 2.1", 500, 500, "waitlisted", 38),
    Story("school", "Lesepaten im Hort", "M 2.1", 800, 800, "technical_review", 22),
    Story("sport", "Sport für alle", "M 3.3", 950, 950, "technical_review", 62),
    Story("culture", "Trommeln und Tee", "M 3.2", 1100, 1100, "info_requested", 15),
    Story("bridge", "Übersetzen im Alltag", "M 2.3", 1250, 1250, "info_overdue", 27),
    Story("neighbours", "Tür an Tür", "M 3.2", 1500, 1500, "formal_check", 4),
    Story("cafe", "Schreibwerkstatt", "M 2.2", 450, 450, "submitted", 3),
    Story("women", "Singen am Nachmittag", "M 3.2", 500, 500, "submitted", 3),
    Story("sport", "Schwimmen für Anfänger", "M 3.3", 1500, 1500, "submitted", 2),
    Story("culture", "Theater ohne Worte II", "M 3.2", 2300, 2300, "submitted", 1),
    Story("person", "Gartenprojekt am Kanal", "M 3.2", 600, 600, "submitted", 1),
    Story("school", "Lerntreff", "M 2.1", 750, 750, "withdrawn", 41),
    Story("island", "Kino für alle", "M 3.1", 500, 500, "lapsed", 90),
    Story("cafe", "Kochen und Erzählen", "M 2.2", 2000, 2000, "draft", 1),
)
"""Cases of the running year, one in every state; `days_ago` is when the application came."""
