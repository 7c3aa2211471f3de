"""Which news is told to whom, as a letter in the outbox. One row here and one template for each kind.

The words promise nothing before the notice (§ 38 VwVfG); subjects name what and the file number, no names and no titles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from accounts.actors import people_with
from accounts.models import User
from accounts.roles import Role
from applications.letters import in_one_line, letter_from
from funding.law.periods import Channel, retrieval_ends_on
from funding.models import Clawback, ClawbackState, Disbursement
from funding.sepa import mask_iban
from journal import outbox
from journal.models import Event
from journal.outbox import Letter
from workflow import duration, inquiries, paper_letters
from workflow.models import Award, Case, CaseState, WaitingOffer


def case_of(obj: Case | Award | Disbursement | Clawback) -> Case:
    """The case that any of the four machines belongs to."""
    if isinstance(obj, Case):
        return obj
    if isinstance(obj, Award):
        return obj.case
    return Case.objects.select_related("application__organisation", "programme").get(reference=obj.thread)


def members(case: Case) -> list[User]:
    """Everybody who may write for the organisation."""
    organisation = case.application.organisation
    return list(
        User.objects.filter(is_active=True, pk__in=organisation.memberships.filter(may_edit=True).values("user"))
    )


def caseworker(case: Case) -> list[User]:
    """The person who has the case, or everybody who could take it. Who gave the role back reads no more of it."""
    able = people_with(Role.CASEWORKER)
    return [person for person in able if person.key == case.assigned_to] or able


@dataclass(frozen=True, kw_only=True)
class Kind:
    name: str
    recipients: Callable[[Case], list[User]]
    is_for_office: bool = False


KINDS = (
    Kind(name="filed", recipients=members),
    Kind(name="check_completed", recipients=members),
    Kind(name="information_requested", recipients=members),
    Kind(name="information_answered", recipients=caseworker, is_for_office=True),
    Kind(name="waitlisted", recipients=members),
    Kind(name="early_start_consented", recipients=members),
    Kind(name="offered", recipients=members),
    Kind(name="offer_accepted", recipients=caseworker, is_for_office=True),
    Kind(name="lapsed", recipients=members),
    Kind(name="withdrawn", recipients=members),
    Kind(name="withdrawal_received", recipients=caseworker, is_for_office=True),
    Kind(name="rejection_sent", recipients=members),
    Kind(name="notice_issued", recipients=members),
    Kind(name="notified", recipients=members),
    Kind(name="became_final", recipients=members),
    Kind(name="disbursement_executed", recipients=members),
    Kind(name="disbursement_returned", recipients=members),
    Kind(name="disbursement_cancelled", recipients=members),
    Kind(name="report_requested", recipients=members),
    Kind(name="report_submitted", recipients=caseworker, is_for_office=True),
    Kind(name="report_received", recipients=members),
    Kind(name="report_information_requested", recipients=members),
    Kind(name="settled", recipients=members),
    Kind(name="closed", recipients=members),
    Kind(name="renounced", recipients=caseworker, is_for_office=True),
    Kind(name="renunciation_received", recipients=members),
    Kind(name="revoked", recipients=members),
    Kind(name="clawback_assessed", recipients=members),
    Kind(name="clawback_paid", recipients=members),
    Kind(name="opinion_answered", recipients=caseworker, is_for_office=True),
    Kind(name="message_sent", recipients=members),
    Kind(name="message_received", recipients=caseworker, is_for_office=True),
    Kind(name="waiting_list_offer", recipients=caseworker, is_for_office=True),
)


def link_to(case: Case, *, for_office: bool) -> str:
    path = (
        reverse("workflow:case", args=[case.reference])
        if for_office
        else reverse("workflow:my_case", args=[case.application.key])
    )
    return f"{settings.SITE_URL}{path}"


def compose(
    kind: Kind, obj: Any, *, event: Event | None = None, extra: dict[str, Any] | None = None
) -> Iterator[Letter]:
    """The letters of this news, each in its reader's language."""
    case = case_of(obj)
    facts = facts_of(case, obj) | {
        "event_kind": event.kind if event else "",
        "reason": event.reason.strip() if event else "",
        "link": link_to(case, for_office=kind.is_for_office),
        "for_office": kind.is_for_office,
        **(extra or {}),
    }
    for person in kind.recipients(case):
        with translation.override(person.language):
            yield letter_from(f"emails/{kind.name}.txt", person, facts | {"person": in_one_line(str(person))})


def goes_on_paper(kind: Kind, case: Case) -> bool:
    """A case that came on paper, and nobody of the association who could be mailed to."""
    return case.is_paper and not kind.is_for_office and not kind.recipients(case)


def compose_on_paper(
    kind: Kind, obj: Any, *, event: Event | None = None, extra: dict[str, Any] | None = None
) -> Letter:
    """The same news in the words of a printed letter."""
    case = case_of(obj)
    reason = event.reason.strip() if event else ""
    facts = facts_of(case, obj) | {"event_kind": event.kind if event else "", "reason": reason, "for_office": False}
    with translation.override("de"):
        words = facts | paper_letters.facts(case) | (extra or {})
        return letter_from(f"emails/{kind.name}.txt", paper_letters.OnPaper(case), words)


def tell(
    kind: Kind, obj: Any, *, occasion: str, at: datetime, event: Event | None = None, **extra: Any
) -> list[Letter]:
    """The letters to be mailed. Where nobody has an address, a letter to be printed is kept instead."""
    case = case_of(obj)
    if not goes_on_paper(kind, case):
        return list(compose(kind, obj, event=event, extra=extra))
    if kind.name not in paper_letters.BY_POST_ANYWAY:
        letter = compose_on_paper(kind, obj, event=event, extra=extra)
        paper_letters.write(case, kind.name, letter, occasion=occasion, at=at)
    return []


def preview(name: str, case: Case, *, extra: dict[str, Any]) -> Letter | None:
    """The letter as its first reader would get it, if the news were told now. Nothing is queued."""
    kind = next(kind for kind in KINDS if kind.name == name)
    if goes_on_paper(kind, case):
        return compose_on_paper(kind, case, extra=extra)
    return next(iter(compose(kind, case, extra=extra)), None)


def facts_of(case: Case, obj: Any) -> dict[str, Any]:
    """What templates may say of a case. Account numbers come masked, names of others' making come in one line."""
    award = (
        obj if isinstance(obj, Award) else getattr(case, "award", None) if case.state == CaseState.APPROVED else None
    )
    return {
        "reference": case.reference,
        "title": in_one_line(case.application.title),
        "organisation": in_one_line(case.application.organisation.name),
        "programme": case.programme,
        "case": case,
        "award": award,
        "obj": obj,
        "iban": mask_iban(obj.payee_iban) if isinstance(obj, Disbursement) else "",
        "retrieve_until": _retrieve_until(award),
        "weeks": partial(duration.usual_weeks, case.programme, at=case.received_at),
        "question": partial(inquiries.open_request, case),
        "hearing": partial(_hearing, case),
        "last_message": partial(_last_message, case),
        "waiting_offer": partial(_waiting_offer, case),
    }


def _retrieve_until(award: Award | None) -> date | None:
    """The last day on which a notice in the portal can be collected (§ 41 Abs. 2a VwVfG)."""
    if award is None or award.issued_on is None or award.channel != Channel.PORTAL:
        return None
    return retrieval_ends_on(award.issued_on)


def _last_message(case: Case) -> str:
    """What we wrote last: on paper it stands in the letter itself."""
    found = case.messages.filter(from_office=True).order_by("-sent_at", "-pk").first()
    return found.text if found else ""


def _hearing(case: Case) -> Clawback | None:
    """The claim on which the association is being heard (§ 28 VwVfG)."""
    return Clawback.objects.filter(commitment__thread=case.reference, state=ClawbackState.HEARING).first()


def _waiting_offer(case: Case) -> WaitingOffer | None:
    """The money that is free for the case on the waiting list."""
    return WaitingOffer.objects.filter(case=case, ended_at__isnull=True).first()


def _register(kind: Kind) -> None:
    @outbox.composes(kind.name)
    def composer(obj: Any, event: Event) -> Iterable[Letter]:
        return tell(kind, obj, occasion=f"{kind.name}:{event.pk}", at=event.at, event=event)


for _kind in KINDS:
    _register(_kind)
