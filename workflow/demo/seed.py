"""Building the demo: catalogue, budget years, people, and every case walked through the door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.timezone import localdate

from accounts import demo
from accounts.models import User
from accounts.roles import Role
from applications.models import Membership, Organisation
from funding.law.grants import Financing
from funding.models import Goal, Measure, Municipality, Programme, Round
from journal.actors import APPLICANT, Actor
from journal.models import Message
from workflow import waiting
from workflow.demo import asking, committee, facts, homes, judging, on_paper, paths, resolutions, trying
from workflow.demo.budget import ACCOUNT, FIRST_YEAR, PRODUCT, Books
from workflow.demo.facts import moment
from workflow.demo.walk import Stage
from workflow.models import Threshold

Told = Callable[[str], None]


def seed(*, now: datetime, tell: Told) -> None:
    """Fills an empty database, all or nothing. The same day gives the same rows; nothing is drawn by chance."""
    with transaction.atomic():
        _seed(now=now, tell=tell)


def _seed(*, now: datetime, tell: Told) -> None:
    tell("Katalog und Personen")
    users = demo.create_people(at=now - timedelta(days=400))
    programme = _catalogue()
    clubs = _clubs(users, now)
    tell("Haushalt")
    books = Books(officer=_by_role(users)[Role.BUDGET_OFFICER].acting_as(Role.BUDGET_OFFICER), now=now)
    books.lay_out_years()
    for past in facts.PAST_YEARS:
        tell(f"Anträge {past.year}")
        _past_year(past, _stage(users, clubs, programme, books, past.year))
    for year in range(FIRST_YEAR, books.year - 1):
        books.close(year)  # the last year stays open: closing it is what the budget officer does next
    tell("Anträge des laufenden Jahres")
    _running_year(_stage(users, clubs, programme, books, books.year, open_until=now + timedelta(days=70)), now)
    books.cover()
    waiting.offer_waiting(at=now - timedelta(hours=2))
    books.close_days()
    coordinator = _by_role(users)[Role.COORDINATOR]
    asking.lay_out(programme, actor=coordinator, at=now - timedelta(hours=1))
    on_paper.lay_out(programme, _by_role(users), clubs, now=now)
    judging.lay_out(programme, _by_role(users), clubs, now=now)
    homes.furnish(clubs, _members(users), now=now)
    resolutions.tell(_by_role(users), programme, now=now)
    committee.lay_out(_by_role(users), now=now)
    trying.lay_out(_by_role(users), now=now)
    _mark_as_sent(before=now - timedelta(days=3))


def _actor(user: User, *roles: str) -> Actor:
    return Actor(key=user.key, name=str(user), roles=frozenset(roles or {APPLICANT}))


def _by_role(users: dict[str, User]) -> dict[str, Actor]:
    """The first person of each role, and the treasury's second."""
    found: dict[str, Actor] = {}
    for person in demo.PEOPLE:
        actor = _actor(users[person.email], *person.roles)
        for role in person.roles:
            found.setdefault("second_treasury" if role == Role.TREASURY and role in found else role, actor)
    return found


def _catalogue() -> Programme:
    for number, (name, association) in enumerate(facts.MUNICIPALITIES, start=1):
        Municipality.objects.create(name=name, ags=f"03462{number:03d}", association=association)
    for code, (title, measures) in facts.GOALS.items():
        goal = Goal.objects.create(code=code, title=title)
        for measure_code, measure_title in measures:
            Measure.objects.create(goal=goal, code=measure_code, title=measure_title)
    for up_to, body in ((2500, "administration"), (10000, "county_committee"), (None, "county_council")):
        Threshold.objects.create(
            valid_from=date(FIRST_YEAR, 1, 1), up_to=Decimal(up_to) if up_to else None, decides=body
        )
    return _programme()


def _programme() -> Programme:
    return Programme.objects.create(
        slug="integrationsprojekte",
        prefix="INT",
        title="Integrationsprojekte",
        purpose=(
            "Der Landkreis fördert Projekte, die Menschen zusammenbringen: Sprachcafés, Kurse, Begegnung, Feste. "
            "Gefördert wird, was neu Zugezogenen und Nachbarn gleichermaßen hilft."
        ),
        applicants="Vereine und Verbände, Schulen, Gemeinden und engagierte Menschen im Landkreis",
        documents="Satzung Ihres Vereins. Angebote für größere Anschaffungen, wenn Sie welche haben.",
        contact_name="Wiebke Muster (Demo)",
        contact_phone="04462 00-000",
        contact_email="integration@landkreis.example",
        contact_hours="Montag bis Donnerstag, 9 bis 15 Uhr",
        financing=Financing.SHARE,
        rate_numerator=80,
        rate_denominator=100,
        maximum=Decimal(5000),
        minimum=Decimal(200),
        product=PRODUCT,
        account=ACCOUNT,
        is_published=True,
    )


def _clubs(users: dict[str, User], now: datetime) -> dict[str, Organisation]:
    clubs = {}
    for number, (key, club) in enumerate(facts.CLUBS.items(), start=1):
        town = club.municipality
        clubs[key] = Organisation.objects.create(
            kind=club.kind,
            name=club.name,
            representative=str(users[f"{club.member}@demo.example"]),
            street=f"Musterweg {number}",
            postcode=club.postcode,
            town=town,
            municipality=Municipality.objects.get(name=town),
            phone="04462 00-000",
            iban=club.iban,
            account_holder=club.name,
            created_at=now - timedelta(days=2000),
        )
        Membership.objects.create(organisation=clubs[key], user=users[f"{club.member}@demo.example"], is_admin=True)
    # Two people write for the same association.
    Membership.objects.create(organisation=clubs["cafe"], user=users["tomke.beispiel@demo.example"], may_file=False)
    return clubs


def _stage(
    users: dict[str, User], clubs: dict[str, Organisation], programme: Programme, books: Books, year: int,
    open_until: datetime | None = None,
) -> Stage:  # fmt: skip
    opens, closes = _whole_months(open_until) if open_until else (date(year, 1, 15), date(year, 10, 1))
    call = Round.objects.create(
        programme=programme,
        title=f"Runde {year}",
        fiscal_year=year,
        opens_at=moment(opens, 0),
        closes_at=moment(closes, 0),
    )
    members = _members(users)
    measures = {measure.code: measure for measure in Measure.objects.select_related("goal")}
    return Stage(_by_role(users), members, clubs, measures, call, books)


def _whole_months(open_until: datetime) -> tuple[date, date]:
    """From the first of a month on, until the end of one: as a county would call for applications."""
    opens = localdate(open_until - timedelta(days=500)).replace(day=1)
    return opens, (localdate(open_until).replace(day=1) + timedelta(days=32)).replace(day=1)


def _members(users: dict[str, User]) -> dict[str, Actor]:
    return {key: _actor(users[f"{club.member}@demo.example"]) for key, club in facts.CLUBS.items()}


def _past_year(past: facts.PastYear, stage: Stage) -> None:
    for number, story in enumerate(past.stories):
        filed_at = moment(past.first_day + timedelta(days=4 * number), 19)
        paths.tell(story, stage, filed_at=filed_at, until=moment(date(past.year + 1, 6, 30)))


def _running_year(stage: Stage, now: datetime) -> None:
    for story in facts.RUNNING_YEAR:
        filed_at = moment(localdate(now) - timedelta(days=story.days_ago), 18)
        paths.tell(story, stage, filed_at=filed_at, until=now)


def _mark_as_sent(*, before: datetime) -> None:
    """What was written long ago has long been sent: the outbox begins with the last days' letters."""
    old = Message.objects.filter(created_at__lt=before, status=Message.Status.QUEUED)
    old.update(status=Message.Status.SENT, sent_at=F("created_at"))
