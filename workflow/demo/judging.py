"""How the demo's projects are judged: criteria, two reviews, two opinions, and somebody who keeps out of one club's cases."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.timezone import localdate

from accounts.models import User
from accounts.roles import Role
from applications.models import Organisation
from funding.models import Programme
from journal.actors import Actor
from workflow import criteria, involvements, opinions, reviews
from workflow.models import Case, Involvement

CRITERIA = (
    ("Menschen kommen miteinander ins Gespräch", "Neue und alte Nachbarn, nicht nur eine Gruppe.", 3, 5),
    ("Das Angebot fehlt im Ort bisher", "Gibt es dort schon etwas Ähnliches?", 2, 5),
    ("Es wirkt über das Projekt hinaus", "Was bleibt danach?", 2, 5),
    ("Kosten und Nutzen passen zusammen", "", 1, 5),
)
SCORED, ASKED = "Lesepaten im Hort", "Sport für alle"
ANSWER = "In der Samtgemeinde gibt es bisher kein offenes Sportangebot am Wochenende. Die Halle ist frei."


def lay_out(programme: Programme, people: dict[str, Actor], clubs: dict[str, Organisation], *, now: datetime) -> None:
    """Through the product's own verbs; without the two cases only the criteria and the register are written."""
    for title, hint, weight, most in CRITERIA:
        criteria.add(
            programme, title=title, hint=hint, weight=weight, most=most, actor=people[Role.COORDINATOR],
            at=now - timedelta(days=40),
        )  # fmt: skip
    involvements.enter(
        involvements.Person(user_key=User.objects.get(email="eske.exempel@demo.example").key), clubs["sport"],
        kind=Involvement.Kind.BOARD, since=localdate(now) - timedelta(days=700), note="Beisitzerin im Vorstand",
        actor=people[Role.COORDINATOR], at=now - timedelta(days=30),
    )  # fmt: skip
    for case in Case.objects.filter(application__title__in=(SCORED, ASKED), state="technical_review"):
        if case.application.title == SCORED:
            _score(case, people, now)
        else:
            _ask(case, people, now)


def _score(case: Case, people: dict[str, Actor], now: datetime) -> None:
    scale = reviews.scale_of(case)
    sheets = (
        (Role.TECHNICAL_REVIEWER, (5, 4, 3, 4), "Gut durchdacht, mit wenig Geld viel Begegnung.", True),
        (Role.CASEWORKER, (4, 4, None, 4), "", False),
    )
    for role, points, note, hand_in in sheets:
        given = dict(zip(scale, points, strict=True))
        reviews.save(case, given, note=note, hand_in=hand_in, actor=people[role], at=now - timedelta(days=2))


def _ask(case: Case, people: dict[str, Actor], now: datetime) -> None:
    asked_at = now - timedelta(days=9)
    first = opinions.ask(
        case, asked_of="Samtgemeinde Esens", email="sozialamt@samtgemeinde.example", with_amount=False,
        question="Gibt es so ein Angebot bei Ihnen schon, und passt die Halle?", due_on=localdate(now) + timedelta(days=5),
        actor=people[Role.CASEWORKER], at=asked_at,
    )  # fmt: skip
    opinions.answer(
        first, verdict="supports", text=ANSWER, name="Maike Vorlage (Demo), Sozialamt", at=now - timedelta(days=4)
    )
    opinions.ask(
        case, asked_of="Beratungsstelle Deichgrund (Demo)", email="beratung@deichgrund.example", with_amount=True,
        question="Erreicht das Angebot auch die Familien, die Sie beraten?", due_on=localdate(now) + timedelta(days=12),
        actor=people[Role.CASEWORKER], at=now - timedelta(days=2),
    )  # fmt: skip
