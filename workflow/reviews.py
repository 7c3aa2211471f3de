"""Review: several people judge a case by weighted criteria, each without seeing what the others wrote.

Scores are internal. They stand in no paper for a body, in no letter and in no event; whoever may still score reads the
others' only after handing in their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Prefetch
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.roles import Role
from journal import impartial
from journal.actors import Actor
from journal.events import record
from journal.refusals import Faster, Forbidden, Refused
from workflow import criteria
from workflow.models.review import Criterion, Review, ReviewScore

if TYPE_CHECKING:
    from workflow.models import Case

TYPE = "workflow.review"
SCORERS = (Role.TECHNICAL_REVIEWER, Role.CASEWORKER)
READERS = (*SCORERS, Role.COORDINATOR, Role.DECIDER, Role.AUDITOR)
OPEN = frozenset({"formal_check", "info_requested", "technical_review", "waitlisted", "in_committee"})
"""States in which a case is scored: after the proposal the score has done its work."""
HUNDRED = 100
TENTH = Decimal("0.1")


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Points for one criterion: `points` of `most`, which counts `weight` times."""

    points: int
    most: int
    weight: int


def weighted(marks: Iterable[Mark]) -> Fraction | None:
    """The weighted mean in percent, exact: sum of weight * points / most over the sum of weights. None without marks."""
    given = list(marks)
    if not given:
        return None
    reached = sum((Fraction(mark.weight * mark.points, mark.most) for mark in given), Fraction(0))
    return HUNDRED * reached / sum(mark.weight for mark in given)


def rounded(value: Fraction, step: Decimal = TENTH) -> Decimal:
    """Half up, to the step."""
    in_steps = value / Fraction(step)
    whole = (Decimal(in_steps.numerator) / Decimal(in_steps.denominator)).quantize(Decimal(1), ROUND_HALF_UP)
    return (whole * step).quantize(step)


def percent_of(review: Review) -> Fraction | None:
    return weighted(
        Mark(points=one.points, most=one.criterion.most, weight=one.criterion.weight) for one in review.scores.all()
    )


def handed_in(case_pk: int) -> list[Review]:
    """With their scores and criteria: two queries."""
    scores = ReviewScore.objects.select_related("criterion").order_by("criterion__position", "pk")
    found = Review.objects.filter(case=case_pk, handed_in_at__isnull=False).order_by("handed_in_at", "pk")
    return list(found.prefetch_related(Prefetch("scores", scores)))


def mean_of(reviews: Iterable[Review]) -> Fraction | None:
    """The mean of what each person found: everybody counts alike."""
    found = [percent for review in reviews if (percent := percent_of(review)) is not None]
    return sum(found, Fraction(0)) / len(found) if found else None


def score_of(case_pk: int) -> int | None:
    """Points of 100 for the proposal, whole; None while nobody has handed in."""
    mean = mean_of(handed_in(case_pk))
    return int(rounded(mean, Decimal(1))) if mean is not None else None


# Who


def refuse_scoring(case: Case, actor: Actor) -> str | None:
    """Why this person cannot score now, or None."""
    if not actor.has_role(*SCORERS):
        return _("Bewerten können die fachliche Prüfung und die Sachbearbeitung.")
    if case.state not in OPEN:
        return (
            _("Dieser Vorgang wird nicht mehr bewertet.")
            if case.state != "submitted"
            else _("Zuerst beginnt die Prüfung.")
        )
    return None


def reads_others(case: Case, own: Review | None, *, actor: Actor, today: date) -> bool:
    """Whether others' scores are shown: to who could still score only once their own is in, to who is bound never."""
    if not actor.has_role(*READERS) or impartial.bias(case, actor=actor, today=today):
        return False
    return refuse_scoring(case, actor) is not None or (own is not None and own.handed_in_at is not None)


def own_review(case_pk: int, actor: Actor) -> Review | None:
    assert actor.key is not None
    return Review.objects.filter(case=case_pk, reviewer=actor.key).prefetch_related("scores__criterion").first()


def suggested_score(case: Case, *, actor: Actor, today: date) -> int | None:
    """What the form of the proposal begins with: nothing for who may not see the others' scores yet."""
    if not reads_others(case, own_review(case.pk, actor), actor=actor, today=today):
        return None
    return score_of(case.pk)


# Writing


def save(
    case: Case, points: Mapping[Criterion, int | None], *, note: str, hand_in: bool, actor: Actor, at: datetime
) -> Review:
    """Keeps a draft, or hands it in for good. Raises Forbidden, Refused with the field, Faster for a second handing in."""
    acting = _scorer(case, actor, at)
    assert acting.key is not None
    given = {criterion: value for criterion, value in points.items() if value is not None}
    _refuse_points(points, given, hand_in)
    with transaction.atomic():
        held = type(case)._default_manager.select_for_update(of=("self",)).get(pk=case.pk)
        if held.state not in OPEN:
            raise Faster(_("Der Vorgang ist inzwischen weiter. Ihre Bewertung wurde nicht übernommen."))
        review, _created = Review.objects.get_or_create(case=held, reviewer=acting.key)
        if review.handed_in_at is not None:
            raise Faster(_("Ihre Bewertung ist schon abgegeben."))
        review.note, review.handed_in_at = note.strip(), at if hand_in else None
        review.save()
        review.scores.all().delete()
        ReviewScore.objects.bulk_create(
            ReviewScore(review=review, criterion=criterion, points=value) for criterion, value in given.items()
        )
        if hand_in:
            record("review_handed_in", thread=case.reference, subject=(TYPE, review.pk), actor=acting, at=at)
        return review


def _scorer(case: Case, actor: Actor, at: datetime) -> Actor:
    role = next((role for role in SCORERS if actor.has_role(role)), None)
    sentence = refuse_scoring(case, actor)
    if role is None:
        raise Forbidden(sentence)
    impartial.require(case, actor=actor, today=localdate(at))
    if sentence:
        raise Refused(sentence)
    return actor.acting_as(role)


def _refuse_points(points: Mapping[Criterion, int | None], given: Mapping[Criterion, int], hand_in: bool) -> None:
    for criterion, value in given.items():
        if not 0 <= value <= criterion.most:
            raise Refused(
                _("Bitte geben Sie 0 bis %(most)s Punkte.") % {"most": criterion.most}, field=f"points_{criterion.pk}"
            )
    if not hand_in:
        return
    missing = next((criterion for criterion in points if criterion not in given), None)
    if missing is not None:
        raise Refused(_("Bitte geben Sie für jedes Kriterium Punkte."), field=f"points_{missing.pk}")
    if not given:
        raise Refused(_("Dieses Programm hat noch keine Kriterien."))


def scale_of(case: Case) -> list[Criterion]:
    """By what the case is scored now."""
    return criteria.of(case.programme_id)
