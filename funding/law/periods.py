"""Dates that the law gives: when a letter counts as received, when a period ends, when money may move.

All days are calendar days in Europe/Berlin. Callers hand in every date; nothing here looks at a clock.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

import holidays

BERLIN = ZoneInfo("Europe/Berlin")
FOUR_DAYS_SINCE = date(2025, 1, 1)
"""Posted before: third day. From here on: fourth day (§41(2) VwVfG as amended by the PostModG)."""
RETRIEVAL_DAYS = 10
DECISION_ALERT_DAYS = (60, 80)


class DateKind(StrEnum):
    """What a date is in the sense of §31 VwVfG; that decides whether a weekend moves it."""

    PERIOD = "period"
    DATE_AS_END = "date_as_end"
    APPOINTMENT = "appointment"


class Channel(StrEnum):
    """How a notice was sent (§41 VwVfG)."""

    LETTER = "letter"
    MAIL = "mail"
    PORTAL = "portal"


@dataclass(frozen=True, kw_only=True)
class Period:
    """A period with the way it was computed, so that a page can explain it."""

    starts_on: date
    counted_to: date
    ends_on: date

    @property
    def is_moved(self) -> bool:
        """Whether a weekend or holiday moved the end."""
        return self.ends_on != self.counted_to


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """One attempt to notify somebody. For the portal `sent_on` is the day of the availability message.

    `received_on` is a proven later receipt. `is_failed`: it came back, or receipt is denied and cannot be proven.
    """

    channel: Channel
    sent_on: date
    retrieved_on: date | None = None
    received_on: date | None = None
    is_failed: bool = False


# Days


@cache
def public_holidays(year: int) -> frozenset[date]:
    """Public holidays of Lower Saxony (§2 NFeiertagsG), since 2018 with 31 October."""
    return frozenset(holidays.country_holidays("DE", subdiv="NI", years=year))


def is_working_day(day: date) -> bool:
    """Monday to Friday and no holiday: no day on which §31(3) VwVfG lets a period go on."""
    return day.weekday() < 5 and day not in public_holidays(day.year)


def next_working_day(day: date) -> date:
    """Return the day itself if it is a working day, else the next one (§31(3) VwVfG, §193 BGB)."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, count: int) -> date:
    """Return the `count`-th working day after `day` (the day itself does not count, §187(1) BGB)."""
    for _step in range(count):
        day = next_working_day(day + timedelta(days=1))
    return day


def add_months(day: date, months: int) -> date:
    """Return the same day number `months` later, else the last day of that month (§188(2), (3) BGB)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def local_day(at: datetime) -> date:
    """Return the day in Europe/Berlin of an aware moment, since §31 VwVfG counts local days. Raises `ValueError` for a naive one."""
    if at.tzinfo is None:
        raise ValueError("A moment needs its time zone.")
    return at.astimezone(BERLIN).date()


def is_in_time(at: datetime, *, last_day: date) -> bool:
    """Whether something arrived by 24:00 of `last_day` (§188(1) BGB): 23:59:59 is in time, 00:00:00 is late."""
    return local_day(at) <= last_day


# Ends of periods


def end_of(day: date, *, kind: DateKind = DateKind.PERIOD, notice_points_to_31_3: bool = False) -> date:
    """Return the day on which a computed or given end really ends (§31(3), (5) VwVfG).

    A period moves to the next working day; so does a date given as its end, unless the letter pointed to
    §31(3) sentence 2. An appointment stays. Funding and project periods never come here (§31(4)).
    """
    if kind is DateKind.APPOINTMENT or (kind is DateKind.DATE_AS_END and notice_points_to_31_3):
        return day
    return next_working_day(day)


def period(starts_on: date, *, months: int = 0, days: int = 0) -> Period:
    """Return the period after an event on `starts_on`; that day does not count (§§187(1), 188 BGB, §31 VwVfG)."""
    counted_to = add_months(starts_on, months) + timedelta(days=days)
    return Period(starts_on=starts_on, counted_to=counted_to, ends_on=end_of(counted_to))


# Notification


def notified_by_letter(posted_on: date) -> date:
    """Return the day a letter inside Germany is deemed notified: the 4th after posting, before 2025 the 3rd.

    §41(2) VwVfG. A weekend does not move it (prevailing view outside tax law).
    """
    return posted_on + timedelta(days=4 if posted_on >= FOUR_DAYS_SINCE else 3)


def notified_by_mail(sent_on: date) -> date:
    """Return the day an electronic notice is deemed notified: as for a letter (§41(2) sentence 2 VwVfG)."""
    return notified_by_letter(sent_on)


def retrieval_ends_on(available_on: date) -> date:
    """Return the last day of retrieval: ten days after the availability message (§41(2a) VwVfG). Never moved:

    who opens later gets a new dispatch, which is the safe side for both.
    """
    return available_on + timedelta(days=RETRIEVAL_DAYS)


def notified_by_portal(*, available_on: date, retrieved_on: date | None) -> date | None:
    """Return the day after retrieval; None while or if it was not retrieved within ten days (§41(2a) VwVfG)."""
    if retrieved_on is None or retrieved_on > retrieval_ends_on(available_on):
        return None
    if retrieved_on < available_on:
        raise ValueError("Nothing can be retrieved before it is available.")
    return retrieved_on + timedelta(days=1)


def notified_on(dispatch: Dispatch) -> date | None:
    """Return the day of notification of one dispatch, None if it has not (or not provably) notified.

    A failed dispatch voids the fiction; a proven later receipt counts instead of it (§41(2) sentence 3 VwVfG).
    """
    if dispatch.is_failed:
        return None
    if dispatch.channel is Channel.PORTAL:
        return notified_by_portal(available_on=dispatch.sent_on, retrieved_on=dispatch.retrieved_on)
    fiction = notified_by_letter(dispatch.sent_on)
    return max(fiction, dispatch.received_on or fiction)


# Legal remedies and finality


def lawsuit_period(notified_on: date, *, instruction_correct: bool = True) -> Period:
    """Return the time for a lawsuit: one month (§74 VwGO), one year without a right instruction (§58(2) VwGO)."""
    return period(notified_on, months=1 if instruction_correct else 12)


def final_on(notified_on: date, *, instruction_correct: bool = True, waived_on: date | None = None) -> date:
    """Return the first day on which the notice cannot be contested: the day after the time for a lawsuit (§74 VwGO).

    A signed waiver makes it final on the day it arrives. The caller knows whether dispatch is proven and
    whether somebody sued. Raises `ValueError` for a waiver before notification.
    """
    calculated = lawsuit_period(notified_on, instruction_correct=instruction_correct).ends_on + timedelta(days=1)
    if waived_on is None:
        return calculated
    if waived_on < notified_on:
        raise ValueError("Nobody can waive a remedy against a notice not yet notified.")
    return min(waived_on, calculated)


# The association's periods


def information_due_on(sent_on: date, *, days: int = 14) -> date:
    """Return the last day to answer a request for missing papers (§31 VwVfG)."""
    return period(sent_on, days=days).ends_on


def hearing_ends_on(notified_on: date, *, days: int = 14) -> date:
    """Return the last day to be heard before a burdening act (§28 VwVfG)."""
    return period(notified_on, days=days).ends_on


def report_due_on(project_ends_on: date, *, months: int = 6) -> date:
    """Return the last day for the proof of use (ANBest-P 6.1; the notice may set other months)."""
    return period(project_ends_on, months=months).ends_on


def prompt_use_ends_on(paid_on: date, *, months: int = 2) -> date:
    """Return the last day on which an advance counts as used promptly (ANBest-P 1.4, §49a(4) VwVfG)."""
    return period(paid_on, months=months).ends_on


def earliest_start(*, notified_on: date | None, consent_from: date | None) -> date | None:
    """Return the first day on which the project may bind itself: by consent, else from notification (VV 1.3 to §44 LHO).

    None as long as there is neither.
    """
    return consent_from or notified_on


# The office's periods


def failure_to_act_on(received_on: date) -> date:
    """Return the end of the three months after which a failure-to-act suit is possible (§75 VwGO).

    Runs from the application, complete or not; not moved, since it is a warning to ourselves.
    """
    return add_months(received_on, 3)


def decision_alerts(received_on: date) -> tuple[date, ...]:
    """Return the days on which a waiting application is brought up, before §75 VwGO lets somebody sue."""
    return tuple(received_on + timedelta(days=days) for days in DECISION_ALERT_DAYS)


def revocation_limit_on(known_on: date) -> date:
    """Return the last day of the year from knowledge of the facts (§§48(4), 49(3) sentence 2 VwVfG)."""
    return period(known_on, months=12).ends_on


def may_revoke(today: date, *, known_on: date) -> bool:
    """Whether the year of §§48(4), 49(3) VwVfG still runs; afterwards revocation is barred for good."""
    return today <= revocation_limit_on(known_on)


def limitation_on(*, arose_on: date, known_on: date) -> date:
    """Return 31 December of the third year after the claim arose and was known (§§195, 199(1) BGB by analogy).

    Not moved when it is a weekend: the careful creditor acts before.
    """
    return date(max(arose_on, known_on).year + 3, 12, 31)


def limitation_of_final_claim_on(final_on: date) -> date:
    """Return the end of the thirty years that run once the recovery notice is final (§53(2) VwVfG)."""
    return add_months(final_on, 30 * 12)


# Payment days


@cache
def _target_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.financial_holidays("ECB", years=year))


def is_target_day(day: date) -> bool:
    """Whether banks settle euros (TARGET: closed on weekends, 1 Jan, Good Friday, Easter Monday, 1 May, 25-26 Dec)."""
    return day.weekday() < 5 and day not in _target_holidays(day.year)


def next_execution_on(day: date) -> date:
    """Return the day itself if banks settle euros on it, else the next such day (TARGET calendar)."""
    while not is_target_day(day):
        day += timedelta(days=1)
    return day
