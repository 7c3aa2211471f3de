"""Long jobs: steps of many cases, row by row, each through the one door as if made by hand.

An order is rows, written in one transaction; the clock's task works them off. The claim of a row, its step and its
result are one transaction: whoever dies in the middle leaves the row waiting, and no row is taken twice.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Count, Q, QuerySet
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.actors import actor_of
from accounts.models import User
from journal.actors import Actor
from journal.forms import StepForm
from journal.machine import Step, perform, refusals_of, require_impartial, step_of
from journal.refusals import Faster, Forbidden, Refusal, Refused
from workflow import rules
from workflow.models import BulkJob, BulkRow, Case, CaseState, Consultation

logger = logging.getLogger("foerdertopf.bulk")
BATCH = 50
ZERO = Decimal("0.00")
SHOWN_FOR = timedelta(days=1)
"""How long a job that has ended still stands on the desk of who ordered it."""
Result = BulkRow.Result


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What shall become of one case; `amount` where the step asks for one, `version` as the person saw the case."""

    case: Case
    step: str
    amount: Decimal | None = None
    version: int | None = None

    @property
    def seen(self) -> int:
        return self.case.version if self.version is None else self.version


def natural_step(case: Case, *, actor: Actor, today: date) -> Wish:
    """What the proposal amounts to: refuse where nothing is proposed, offer what is less than asked, else approve."""
    if not case.proposed_amount:
        return Wish(case=case, step="reject")
    if rules.offer_is_accepted(case, actor=actor, today=today):
        return Wish(case=case, step="offer", amount=case.proposed_amount)
    return Wish(case=case, step="approve")


# Ordering


def order(
    wishes: Sequence[Wish],
    *,
    key: UUID,
    title: str,
    data: dict[str, dict[str, Any]],
    actor: Actor,
    role: str,
    at: datetime,
    consultation: Consultation | None = None,
) -> BulkJob:
    """Writes the job with its rows. The same key again (a double click) is the same job.

    `data` is, by the name of the step, what its form would have asked. Raises Refused where nothing is wished.
    """
    assert actor.key is not None  # a person orders; the clock only works
    if not wishes:
        raise Refused(_("Bitte wählen Sie mindestens einen Vorgang."))
    try:
        with transaction.atomic():
            job = BulkJob.objects.create(
                key=key, title=title[:200], step=wishes[0].step, data=data, ordered_by=actor.key, ordered_role=role,
                ordered_at=at, consultation=consultation,
            )  # fmt: skip
            BulkRow.objects.bulk_create(_rows(job, wishes))
    except IntegrityError:
        return BulkJob.objects.get(key=key, ordered_by=actor.key)
    return job


def _rows(job: BulkJob, wishes: Sequence[Wish]) -> list[BulkRow]:
    return [
        BulkRow(
            job=job, case=wish.case, position=number, step=wish.step, amount=amount_of(wish) or wish.amount,
            expected_version=wish.seen,
        )
        for number, wish in enumerate(wishes, start=1)
    ]  # fmt: skip


# Working


def work(*, at: datetime, limit: int = BATCH) -> int:
    """Takes up to `limit` waiting rows, the oldest job first, and returns how many have a result now."""
    waiting = BulkRow.objects.filter(result=Result.WAITING, job__ended_at__isnull=True)
    keys = list(waiting.order_by("job__ordered_at", "job_id", "position").values_list("pk", flat=True)[:limit])
    done = sum(_try(key, at=at) for key in keys)
    end_finished(at=at)
    return done


def end_finished(*, at: datetime) -> int:
    """Jobs without a waiting row have ended."""
    waiting = BulkRow.objects.filter(result=Result.WAITING)
    return BulkJob.objects.filter(ended_at__isnull=True).exclude(pk__in=waiting.values("job")).update(ended_at=at)


def _try(key: int, *, at: datetime) -> bool:
    """A deadlock or a lost database leaves the row waiting: the next run takes it."""
    try:
        return take(key, at=at)
    except OperationalError:
        logger.warning("row %s of a job waits for the next run", key, exc_info=True)
        return False


def take(key: int, *, at: datetime) -> bool:
    """Claims one row and takes its step; False where somebody else has it already."""
    with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
        claimed = BulkRow.objects.filter(pk=key, result=Result.WAITING)
        if not claimed.update(result=Result.DONE, done_at=at):
            return False
        row = BulkRow.objects.select_related("job").get(pk=key)
        sentence = _sentence_against(row, at=at)
        if sentence:
            BulkRow.objects.filter(pk=key).update(result=Result.REFUSED, sentence=sentence[:400])
        return True


def _sentence_against(row: BulkRow, *, at: datetime) -> str:
    """Takes the step; answers with the sentence that says why it could not be taken, and then nothing was written."""
    try:
        with transaction.atomic():
            _walk(row, at=at)
    except Refusal as refusal:
        return refusal.sentence
    except OperationalError:
        raise
    except Exception:  # one broken row must not stop the others
        logger.exception("row %s of a job failed", row.pk)
        return _("Bei uns ist etwas schiefgegangen. Bitte öffnen Sie den Vorgang und versuchen Sie es dort.")
    return ""


def _walk(row: BulkRow, *, at: datetime) -> None:
    person = User.objects.filter(key=row.job.ordered_by, is_active=True).first()
    if person is None:
        raise Refused(_("Wer den Auftrag gegeben hat, arbeitet nicht mehr hier."))
    actor, name = actor_of(person), row.step or row.job.step
    case = Case.objects.select_related("application__organisation", "programme").get(pk=row.case_id)
    if name not in dict(case.steps()) or case.version != row.expected_version:
        raise Faster(moved_on(case))
    found, today = step_of(Case.transitions()[name]), localdate(at)
    _refuse_early(found, case, actor=actor, today=today)
    data = data_for(row, found, case, actor=actor, today=today)
    perform(case, name, actor=actor, at=at, data=data, expected_version=row.expected_version)


def _refuse_early(found: Step, case: Case, *, actor: Actor, today: date) -> None:
    """As a page does: what the rules say comes before what the form would ask. The door asks all of it again."""
    if found.permission(case, actor) is None:
        raise Forbidden(_("Diese Aufgabe gehört einer anderen Person."))
    require_impartial(found, case, actor=actor, today=today)
    for sentence in refusals_of(found, case, actor=actor, today=today):
        raise Refused(sentence)


def moved_on(case: Case) -> str:
    return _("Der Vorgang hat sich inzwischen geändert. Stand jetzt: %(state)s.") % {
        "state": CaseState(case.state).label
    }


def data_for(row: BulkRow, found: Step, case: Case, *, actor: Actor, today: date) -> dict[str, Any]:
    """What the step is called with: the answers of its own form, filled in as the page suggests and the job says.

    Raises Refused with the form's first sentence. A resolution comes from the vote, not from a form.
    """
    own = dict(row.job.data.get(row.step or row.job.step, {}))
    if found.kind == "resolution_recorded":
        return _resolved(own, row.amount or ZERO)
    if row.amount is not None:
        own["amount"] = row.amount
    factory = import_string(found.form) if found.form else StepForm
    form: StepForm = factory(
        _filled(factory(obj=case, actor=actor, today=today), own), obj=case, actor=actor, today=today
    )
    if not form.is_valid():
        raise Refused(next(str(sentence) for sentences in form.errors.values() for sentence in sentences))
    return form.data_for_step()


def _filled(blank: StepForm, own: dict[str, Any]) -> dict[str, Any]:
    suggested = {name: blank.get_initial_for_field(field, name) for name, field in blank.fields.items()}
    return {name: value for name, value in suggested.items() if value is not None} | own


def _resolved(vote: dict[str, Any], amount: Decimal) -> dict[str, Any]:
    """A case that got nothing is refused, whatever became of the paper as a whole."""
    outcome = vote["outcome"] if amount else "rejected"
    return vote | {"amount": amount, "outcome": outcome, "resolved_on": date.fromisoformat(vote["resolved_on"])}


# Reading


def with_numbers() -> QuerySet[Any]:
    """Jobs with how many rows there are, wait, went through and were refused."""
    return BulkJob.objects.annotate(
        total=Count("rows"),
        waiting=Count("rows", filter=Q(rows__result=Result.WAITING)),
        done=Count("rows", filter=Q(rows__result=Result.DONE)),
        refused=Count("rows", filter=Q(rows__result=Result.REFUSED)),
    )


def recent(actor: Actor, *, at: datetime) -> QuerySet[BulkJob]:
    """The jobs of this person that run, or ended since yesterday."""
    is_recent = Q(ended_at__isnull=True) | Q(ended_at__gte=at - SHOWN_FOR)
    return BulkJob.objects.filter(is_recent & Q(ordered_by=actor.key))


def recent_of(actor: Actor, *, at: datetime) -> list[Any]:
    """The newest of them with their numbers: one query."""
    return list(with_numbers().filter(pk__in=recent(actor, at=at).values("pk")).order_by("-ordered_at")[:5])


def amount_of(wish: Wish) -> Decimal:
    """Euros that would be granted, offered or entered."""
    if wish.step in {"approve", "offer"}:
        return wish.amount or wish.case.proposed_amount or ZERO
    return wish.amount or ZERO
