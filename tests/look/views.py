"""Pages of the gallery: each shows components in all their states, in the frame of the product."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines

from config import navigation, views
from tests.look import forms

FOLDER = Path(__file__).resolve().parent / "pages"
PAGES = tuple(sorted(path.stem for path in FOLDER.glob("*.html")))
NOW = datetime(2026, 11, 23, 13, 32, tzinfo=UTC)


class Person:
    def __init__(self, name: str, *roles: str) -> None:
        self.name, self.roles = name, frozenset(roles)


PEOPLE = {
    "office": Person("Wiebke Muster", "coordinator"),
    "many": Person("Hauke Probe", "coordinator", "decider", "treasury", "auditor"),
    "applicant": Person("Mina Muster"),
}


def start(request: HttpRequest) -> HttpResponse:
    """The desk at its own address, so that the menu knows where it is."""
    navigation.counts["today"] = lambda actor: 8
    return page(request, "desk")


def page(request: HttpRequest, name: str) -> HttpResponse:
    request.actor = PEOPLE.get(request.GET.get("as", ""))  # type: ignore[attr-defined]
    source = (FOLDER / f"{name}.html").read_text(encoding="utf-8")
    return HttpResponse(engines["django"].from_string(source).render(context(), request))


FAULTS: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "400": lambda request: views.bad_request(request, Exception()),
    "403": lambda request: views.forbidden(request, PermissionDenied("Diese Seite gehört zu einer anderen Aufgabe.")),
    "403-csrf": views.stale_form,
    "404": lambda request: views.not_found(request, Exception()),
    "409": lambda request: views.conflict(
        request, FASTER, {"Begründung": "Der Kurs hilft.\nUnd er ist günstig."}, "#x"
    ),
    "422": lambda request: render(request, "422.html", {"sentence": "Der Bescheid ist schon versendet."}, status=422),
    "500": views.broken,
}
FASTER = "Hauke Probe hat diesen Antrag heute um 10:14 Uhr bewilligt. Ihre Entscheidung wurde nicht übernommen."


def fault(request: HttpRequest, name: str) -> HttpResponse:
    request.actor = PEOPLE.get(request.GET.get("as", ""))  # type: ignore[attr-defined]
    return FAULTS[name](request)


def context() -> dict[str, Any]:
    wrong = forms.EveryField({"title": "", "begin": "gestern", "amount": "viel", "secret": "x", "sum": "1"})
    return {
        "empty_form": forms.EveryField(prefix="a"),
        "wrong_form": wrong,
        "filter_form": forms.EveryField(prefix="f"),
        "decision": forms.Decision({"d-choice": "approve", "d-terms": ["proof"]}, prefix="d"),
        "undecided": forms.Decision({}, prefix="u"),
        "costs": forms.wrong_lines(),
        "incomes": forms.incomes(),
        "now": NOW,
        "today": NOW.date(),
        "page": Paginator(range(500), 10).page(7),
        **LISTS,
    }


LISTS: dict[str, Any] = {
    "whole": Decimal("20000.00"),
    "parts": [("vergeben", Decimal("13580.00"), "filled"), ("diese Entscheidung", Decimal("1840.00"), "hatched")],
    "years": [
        {"label": str(year), "filled": paid, "hatched": still, "limit": 20000, "text": text}
        for year, paid, still, text in (
            (2022, 15350, 0, "15.350"),
            (2023, 16300, 0, "16.300"),
            (2024, 18240, 0, "18.240"),
            (2025, 17585, 320, "17.905"),
            (2026, 9150, 4430, "13.580"),
        )
    ],
    "deadlines": [
        ("Im Haus seit", "4 Tagen"),
        ("Hinweis nach 60 Tagen", "Mo, 18.01.2027"),
        ("Drei Monate (§ 75 VwGO)", "Fr, 19.02.2027"),
    ],
    "about": [
        ("Zeitraum", "01.02.2027 bis 31.07.2027"),
        ("Ort", "Friedeburg"),
        ("Unterlagen", "Drei Dateien ansehen", "#x"),
    ],
    "figures": [
        {"label": "Ansatz", "value": "20.000,00 €"},
        {"label": "Bewilligt", "value": "13.580,00 €", "note": "davon 9.150,00 € ausgezahlt", "url": "#x"},
        {
            "label": "Noch zur Verfügung",
            "value": "6.420,00 €",
            "note": "davon 4.140,00 € vorgeschlagen",
            "is_main": True,
        },
        {"label": "Beantragt", "value": "19.370,00 €", "note": "16 Anträge"},
    ],
    "checks": [
        {"state": "fine", "sentence": "Antrag rechtzeitig eingegangen", "detail": "Do, 19.11.2026, 18:03 Uhr"},
        {
            "state": "notice",
            "sentence": "Ähnlicher Titel wie INT-2025-0006 desselben Vereins",
            "detail": "Anderer Zeitraum.",
        },
        {"state": "missing", "sentence": "Die Satzung fehlt", "url": "#x"},
        {"state": "open", "sentence": "Finanzplan geht auf"},
    ],
    "story": [
        {
            "state": "done",
            "title": "Antrag eingegangen",
            "when": "Do, 19.11.2026, 18:03 Uhr",
            "url": "#x",
            "link": "Eingangsbestätigung (PDF, 84 KB)",
        },
        {"state": "done", "title": "Prüfung begonnen", "when": "Mo, 23.11.2026, 08:41 Uhr, Wiebke Muster"},
        {"state": "now", "title": "Formale Prüfung", "when": "bei Ihnen", "text": "Es fehlt noch ein Punkt."},
        {"state": "next", "title": "Fachliche Prüfung"},
        {"state": "next", "title": "Entscheidung durch die Verwaltung", "when": "bis 2.500,00 € nach Wertgrenze"},
    ],
    "form_steps": [
        {"title": "Vorhaben", "url": "#1", "state": "done"},
        {"title": "Ziele", "url": "#2", "state": "done"},
        {"title": "Zeitraum", "url": "#3", "state": "done"},
        {"title": "Finanzplan", "url": "#4", "state": "open", "note": "2 Angaben offen", "is_current": True},
        {"title": "Unterlagen", "url": "#5", "state": "empty"},
        {"title": "Erklärungen", "url": "#6", "state": "empty"},
        {"title": "Prüfen und einreichen", "url": "#7"},
    ],
    "files": [
        {"name": "Satzung 2019.pdf", "size": 217000, "state": "there", "url": "#x", "remove": "1"},
        {"name": "Angebot.pdf", "size": 1510000, "state": "running", "note": "wird gerade geprüft"},
        {"name": "Beschluss.docx", "size": 84000, "state": "held", "note": "Ein Mensch sieht nach.", "remove": "2"},
        {
            "name": "ein-sehr-langer-dateiname-ohne-jeden-umbruch-der-trotzdem-passen-muss.exe",
            "size": 12,
            "state": "refused",
            "remove": "3",
        },
    ],
    "views": [
        {"label": "Alle offenen", "url": "#x", "count": 66, "is_current": True},
        {"label": "Bei mir", "url": "#x", "count": 14},
        {"label": "Für den Kreisausschuss", "url": "#x", "count": 3},
        {"label": "Nachweise offen", "url": "#x", "count": 9},
    ],
}
