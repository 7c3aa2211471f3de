"""One story for both sides: what happened, what is now, what comes, each in its own words.

The association learns nothing of the decision before its notice has left the house (§ 41 VwVfG): kinds without
words for it are not shown, and amounts of an award only once `is_disclosed`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import names_of
from funding.law.periods import Channel
from funding.money import format_money
from journal import formats
from journal.models import Event
from workflow import duration, story
from workflow.models import AwardState, Case, CaseState
from workflow.queries import award_of


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line. States: done, now, next."""

    state: str
    title: str
    when: str = ""
    text: str = ""
    url: str = ""
    link: str = ""


MONEY = ("requested", "proposed", "offered", "decided", "amount", "final_amount", "available")
DAYS = ("due_on", "issued_on", "executed_on", "report_due_on", "early_start_from", "received_on")
IN_THE_CHECKLIST = ("point_checked", "point_reopened")
"""Who checked what stands at each point of the checklist; the log has it too."""


def is_disclosed(case: Case) -> bool:
    """Whether the association may know the decision: a letter was sent, or the notice was collected in the portal."""
    award = award_of(case)
    if case.state == CaseState.REJECTED:
        return case.rejection_sent_on is not None
    if award is None or award.issued_on is None:
        return False
    return award.channel != Channel.PORTAL or award.notified_on is not None


def events_of(case: Case) -> list[Event]:
    """What is told of a case, oldest first: one query."""
    told = Event.objects.filter(thread=case.reference).exclude(kind__in=IN_THE_CHECKLIST)
    return list(told.order_by("at", "pk"))


def entries(
    case: Case,
    *,
    for_office: bool,
    today: date,
    events: list[Event] | None = None,
    names: dict[UUID, str] | None = None,
) -> list[Entry]:
    """The whole story: one query for the journal, for the office one more for the names, unless they are known."""
    events = events_of(case) if events is None else events
    known = (names_of(people_in(events)) if names is None else names) if for_office else {}
    done = [_done(case, event, known, for_office=for_office) for event in events]
    return [*(entry for entry in done if entry), *_now(case, for_office=for_office, today=today), *_next(case, today)]


def people_in(events: list[Event]) -> set[UUID | None]:
    """Who did something, and to whom a case was given."""
    given = (event.facts.get("to") for event in events if event.kind == "handed_over")
    return {event.actor_key for event in events} | {UUID(key) for key in given if key}


def _done(case: Case, event: Event, names: dict[UUID, str], *, for_office: bool) -> Entry | None:
    words = story.WORDS[event.kind] if event.kind in story.WORDS else story.Words(office=event.kind)
    title = words.office if for_office else words.association
    if title is None or (not for_office and words.is_decision and not is_disclosed(case)):
        return None
    facts = _facts(case, event) | {"to": _given_to(event, names)}
    shown = str(title) % facts
    who = names.get(event.actor_key) if event.actor_key else None
    when = formats.moment(event.at)
    url, link = _link(case, event, for_office=for_office)
    return Entry(
        state="done",
        title=shown,
        when=f"{when} · {who}" if who else when,
        text=event.reason if for_office else str(words.text) % facts,
        url=url,
        link=link,
    )


def _given_to(event: Event, names: dict[UUID, str]) -> str:
    key = event.facts.get("to") if event.kind == "handed_over" else None
    return names.get(UUID(key), _("Name gelöscht")) if key else "–"


def _facts(case: Case, event: Event) -> dict[str, str]:
    """Amounts and days of an event, as they are written; what an event does not tell is a dash."""
    facts: dict[str, Any] = event.facts
    money = {name: _money(facts.get(name)) for name in MONEY}
    days = {name: _day(facts.get(name)) for name in DAYS}
    ranks = {
        name: str(facts.get(name, "–"))
        for name in ("rank", "rank_before", "reference", "subject", "finding", "asked_of")
    }
    return money | days | ranks | {"point": story.point(facts), "to": "–"}


def _money(text: str | None) -> str:
    return format_money(Decimal(text)) if text else "–"


def _day(text: str | None) -> str:
    return formats.day(date.fromisoformat(text)) if text else "–"


def _link(case: Case, event: Event, *, for_office: bool) -> tuple[str, str]:
    if for_office:
        return "", ""
    key = case.application.key
    if event.kind in {"filed", "filed_on_paper"}:
        return reverse("workflow:receipt", args=[key]), _("Eingangsbestätigung (PDF)")
    if event.kind in {"notice_issued", "notice_retrieved", "rejection_sent"}:
        return reverse("workflow:my_notice", args=[key]), _("Bescheid (PDF)")
    return "", ""


def _now(case: Case, *, for_office: bool, today: date) -> Iterator[Entry]:
    found = story.now_of(case, award_of(case), is_disclosed=is_disclosed(case) or for_office)
    title = found.office if for_office else found.association
    if title is None:
        return
    due = _deadline(case, today)
    since = _("seit %(day)s") % {"day": formats.day(since_of(case))}
    yield Entry(state="now", title=str(title), when=due or since, text="" if for_office else str(found.text))


def since_of(case: Case) -> date:
    """The day on which the present state began."""
    award = award_of(case)
    if award is None or case.state != CaseState.APPROVED:
        return case.rejection_sent_on or formats.local(case.state_since)
    days = {
        AwardState.ISSUED: award.issued_on,
        AwardState.NOTIFIED: award.notified_on,
        AwardState.REPORT_SUBMITTED: award.report_submitted_on,
        AwardState.SETTLED: award.settled_on,
        AwardState.CLOSED: award.closed_on,
    }
    later = award.final_on or award.notified_on or award.issued_on
    return days.get(award.state) or later or formats.local(case.state_since)


def _deadline(case: Case, today: date) -> str:
    award = award_of(case)
    due = case.answer_due_on
    if award is not None and award.state == AwardState.REPORT_DUE:
        due = award.report_due_on
    if due is None:
        return ""
    left = (due - today).days
    if left < 0:
        return _("bis %(day)s, überfällig") % {"day": formats.day(due)}
    return (
        _("bis %(day)s, noch %(left)s Tage") % {"day": formats.day(due), "left": left}
        if left > 1
        else (_("bis %(day)s") % {"day": formats.day(due)})
    )


def _next(case: Case, today: date) -> list[Entry]:
    """What usually comes then. Before the notice it ends with the notice: nothing beyond it is certain.

    How long a decision takes is one query, where one is still to come.
    """
    award = award_of(case) if is_disclosed(case) else None
    return [
        Entry(
            state="next", title=str(title), when=_usual(case, today) if (title, when) == story.DECISION else str(when)
        )
        for title, when in story.then(case, award)
    ]


def _usual(case: Case, today: date) -> str:
    return duration.after_receipt(case.programme, today=today)
