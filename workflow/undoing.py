"""Taking back what the office did and nobody outside was told yet: when it is possible, and what each step undoes."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from accounts.roles import Role
from journal.actors import Actor
from journal.formats import local, plain_day
from journal.refusals import Refused
from workflow import money
from workflow.models.council import CouncilPaper, PaperCase
from workflow.models.records import CaseResolution

if TYPE_CHECKING:
    from workflow.models import Case


def take_back_proposal(case: Case, *, reason: str, actor: Actor, at: datetime) -> None:
    """The proposal is gone and its money free again; the score of the review stays."""
    money.release(case, reason=reason, actor=actor, at=at)
    case.shares.all().delete()
    forget_proposal(case, at=at)


def forget_proposal(case: Case, *, at: datetime) -> None:
    case.state_since = at
    case.proposed_amount = case.proposed_by = case.proposed_at = None
    case.proposal_reason = ""
    case.offered_amount = case.offer_accepted_at = None


def close_checklist(case: Case, *, at: datetime) -> None:
    """Nobody has worked on it: the next beginning opens it anew."""
    case.checklist.all().delete()
    case.state_since, case.assigned_to = at, None


def consent(case: Case, *, valid_from: date, actor: Actor, at: datetime) -> None:
    """Consents to an early start (DOMAIN 1.7). Raises Refused for a day before the receipt, or after an earlier consent."""
    received = local(case.received_at)
    if valid_from < received:
        raise Refused(
            _("Zustimmen können Sie frühestens ab dem Eingang, dem %(day)s.") % {"day": plain_day(received)},
            field="valid_from",
        )
    if case.early_start_from is not None and valid_from >= case.early_start_from:
        raise Refused(
            _("Zugestimmt ist schon ab dem %(day)s. Möglich ist nur noch ein früherer Tag.")
            % {"day": plain_day(case.early_start_from)},
            field="valid_from",
        )
    case.early_start_from, case.early_start_on, case.early_start_by = valid_from, local(at), actor.key


# When it is possible


def proposer_or_caseworker(case: Any, actor: Actor) -> str | None:
    """Who wrote a proposal takes it back, and so may the officer."""
    if actor.has_role(Role.CASEWORKER):
        return Role.CASEWORKER
    is_author = actor.key is not None and actor.key == case.proposed_by
    return Role.TECHNICAL_REVIEWER if is_author and actor.has_role(Role.TECHNICAL_REVIEWER) else None


def check_was_completed(case: Any, *, actor: Actor, today: date) -> str | None:
    return None if case.complete_since else _("Der Vorschlag kam aus der formalen Prüfung. Er geht dorthin zurück.")


def check_was_left_open(case: Any, *, actor: Actor, today: date) -> str | None:
    return _("Die formale Prüfung ist abgeschlossen.") if case.complete_since else None


def nothing_is_checked(case: Any, *, actor: Actor, today: date) -> str | None:
    """Of a case from `queries.with_everything` the page knows it already; else one query."""
    is_in_work = getattr(case, "is_in_work", None)
    if is_in_work is None:
        own = type(case)._default_manager.filter(pk=case.pk)
        is_in_work = own.filter(Q(checklist__checked_by__isnull=False) | Q(requests__isnull=False)).exists()
    if not is_in_work:
        return None
    return _("Die Prüfung ist schon im Gang. Ihr Beginn lässt sich nicht mehr zurücknehmen.")


def no_body_has_it(case: Any, *, actor: Actor, today: date) -> str | None:
    """No body resolved on it, and no paper that went out names it. One query."""
    papers = PaperCase.objects.filter(case=OuterRef("pk")).exclude(paper__state=CouncilPaper.State.DRAFT)
    found = (
        type(case)
        ._default_manager.filter(pk=case.pk)
        .values_list(
            Exists(CaseResolution.objects.filter(case=OuterRef("pk"))), Subquery(papers.values("paper__number")[:1])
        )
    )
    is_resolved, paper = found.get()
    if is_resolved:
        return _("Ein Gremium hat schon darüber beschlossen.")
    return _("Die Vorlage %(number)s nennt den Vorgang und ist festgeschrieben.") % {"number": paper} if paper else None
