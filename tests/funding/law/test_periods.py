"""Every date the law gives, one table a rule. The boundaries of each rule are in its table."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.law import periods
from funding.law.periods import BERLIN, Channel, DateKind, Dispatch

days = st.dates(min_value=date(2016, 1, 1), max_value=date(2060, 12, 31))


def day(text: str) -> date:
    return datetime.strptime(text, "%d.%m.%Y").date()


def test_lower_saxony_has_ten_holidays_with_reformation_day_since_2018() -> None:
    assert sorted(periods.public_holidays(2026)) == [
        day(text)
        for text in (
            *("01.01.2026", "03.04.2026", "06.04.2026", "01.05.2026", "14.05.2026"),
            *("25.05.2026", "03.10.2026", "31.10.2026", "25.12.2026", "26.12.2026"),
        )
    ]
    assert not periods.is_working_day(day("31.10.2018"))
    assert periods.is_working_day(day("31.10.2016"))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("31.01.2026", 1, "28.02.2026"),
        ("31.01.2028", 1, "29.02.2028"),
        ("29.02.2028", 12, "28.02.2029"),
        ("28.02.2026", 1, "28.03.2026"),
        ("31.08.2026", 6, "28.02.2027"),
        ("30.11.2026", 3, "28.02.2027"),
        ("15.12.2026", 1, "15.01.2027"),
        ("31.03.2026", -1, "28.02.2026"),
    ],
)
def test_a_month_ends_on_the_same_number_or_its_last_day(start: str, months: int, end: str) -> None:
    assert periods.add_months(day(start), months) == day(end)


@given(days, st.integers(0, 60))
def test_months_land_in_the_right_month_and_never_after_the_same_number(start: date, months: int) -> None:
    end = periods.add_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("given_day", "kind", "points_to_31_3", "end"),
    [
        ("28.02.2026", DateKind.PERIOD, False, "02.03.2026"),  # Saturday
        ("01.03.2026", DateKind.PERIOD, False, "02.03.2026"),  # Sunday
        ("31.10.2025", DateKind.PERIOD, False, "03.11.2025"),  # Friday and holiday, then the weekend
        ("03.04.2026", DateKind.PERIOD, False, "07.04.2026"),  # Good Friday to Tuesday
        ("25.12.2026", DateKind.PERIOD, False, "28.12.2026"),
        ("24.12.2026", DateKind.PERIOD, False, "24.12.2026"),  # no holiday
        ("31.10.2025", DateKind.PERIOD, True, "03.11.2025"),  # the hint is about given dates only
        ("31.10.2025", DateKind.DATE_AS_END, False, "03.11.2025"),
        ("31.10.2025", DateKind.DATE_AS_END, True, "31.10.2025"),
        ("31.10.2025", DateKind.APPOINTMENT, False, "31.10.2025"),
    ],
)
def test_weekends_and_holidays_move_periods_but_no_appointment(
    given_day: str, kind: DateKind, points_to_31_3: bool, end: str
) -> None:
    assert periods.end_of(day(given_day), kind=kind, notice_points_to_31_3=points_to_31_3) == day(end)


@given(days)
def test_a_period_ends_on_the_first_working_day_from_its_end(counted: date) -> None:
    end = periods.end_of(counted)
    assert periods.is_working_day(end)
    assert not any(periods.is_working_day(counted + timedelta(days=gap)) for gap in range((end - counted).days))


@pytest.mark.parametrize(
    ("posted", "notified"),
    [
        ("27.01.2026", "31.01.2026"),  # a Saturday, not moved
        ("01.01.2025", "05.01.2025"),
        ("31.12.2024", "03.01.2025"),
        ("27.10.2025", "31.10.2025"),  # a holiday, not moved
        ("25.02.2028", "29.02.2028"),
    ],
)
def test_a_letter_or_mail_is_deemed_notified_on_the_fourth_day_before_2025_the_third(
    posted: str, notified: str
) -> None:
    assert periods.notified_by_letter(day(posted)) == day(notified)
    assert periods.notified_by_mail(day(posted)) == day(notified)


@pytest.mark.parametrize(
    ("retrieved", "notified"),
    [
        ("01.06.2026", "02.06.2026"),
        ("05.06.2026", "06.06.2026"),
        ("11.06.2026", "12.06.2026"),  # tenth day
        ("12.06.2026", None),  # eleventh day
        (None, None),
    ],
)
def test_a_notice_in_the_portal_counts_from_the_day_after_retrieval_within_ten_days(
    retrieved: str | None, notified: str | None
) -> None:
    result = periods.notified_by_portal(
        available_on=day("01.06.2026"), retrieved_on=None if retrieved is None else day(retrieved)
    )
    assert result == (None if notified is None else day(notified))


def test_nobody_retrieves_a_notice_before_it_is_there() -> None:
    with pytest.raises(ValueError):
        periods.notified_by_portal(available_on=day("02.06.2026"), retrieved_on=day("01.06.2026"))


def test_the_last_day_of_retrieval_is_not_moved_by_a_sunday() -> None:
    assert periods.retrieval_ends_on(day("04.06.2026")) == day("14.06.2026")


@pytest.mark.parametrize(
    ("dispatch", "notified"),
    [
        (Dispatch(channel=Channel.LETTER, sent_on=day("27.01.2026")), "31.01.2026"),
        (Dispatch(channel=Channel.MAIL, sent_on=day("27.01.2026")), "31.01.2026"),
        (Dispatch(channel=Channel.LETTER, sent_on=day("27.01.2026"), received_on=day("28.01.2026")), "31.01.2026"),
        (Dispatch(channel=Channel.LETTER, sent_on=day("27.01.2026"), received_on=day("05.02.2026")), "05.02.2026"),
        (Dispatch(channel=Channel.LETTER, sent_on=day("27.01.2026"), is_failed=True), None),
        (Dispatch(channel=Channel.PORTAL, sent_on=day("01.06.2026"), retrieved_on=day("03.06.2026")), "04.06.2026"),
        (Dispatch(channel=Channel.PORTAL, sent_on=day("01.06.2026")), None),
    ],
)
def test_a_failed_dispatch_notifies_nobody_and_a_later_receipt_counts(dispatch: Dispatch, notified: str | None) -> None:
    assert periods.notified_on(dispatch) == (None if notified is None else day(notified))


@pytest.mark.parametrize(
    ("notified", "instruction_correct", "end"),
    [
        ("31.01.2026", True, "02.03.2026"),
        ("15.06.2026", True, "15.07.2026"),
        ("30.09.2025", True, "30.10.2025"),
        ("01.10.2025", True, "03.11.2025"),
        ("31.01.2026", False, "01.02.2027"),
        ("29.02.2028", False, "28.02.2029"),
    ],
)
def test_the_time_for_a_lawsuit(notified: str, instruction_correct: bool, end: str) -> None:
    assert periods.lawsuit_period(day(notified), instruction_correct=instruction_correct).ends_on == day(end)


def test_a_period_tells_how_it_was_computed() -> None:
    period = periods.lawsuit_period(day("31.01.2026"))
    assert (period.starts_on, period.counted_to, period.ends_on) == (
        day("31.01.2026"),
        day("28.02.2026"),
        day("02.03.2026"),
    )
    assert period.is_moved
    assert not periods.lawsuit_period(day("15.06.2026")).is_moved


@pytest.mark.parametrize(
    ("waived", "final"),
    [(None, "03.03.2026"), ("05.02.2026", "05.02.2026"), ("31.01.2026", "31.01.2026"), ("09.03.2026", "03.03.2026")],
)
def test_a_notice_is_final_the_day_after_the_time_for_a_lawsuit_or_by_waiver(waived: str | None, final: str) -> None:
    waived_on = None if waived is None else day(waived)
    assert periods.final_on(day("31.01.2026"), waived_on=waived_on) == day(final)


def test_a_waiver_before_notification_is_refused() -> None:
    with pytest.raises(ValueError):
        periods.final_on(day("31.01.2026"), waived_on=day("30.01.2026"))


@pytest.mark.parametrize(("project_end", "due"), [("31.08.2026", "01.03.2027"), ("31.07.2027", "31.01.2028")])
def test_the_report_is_due_six_months_after_the_project(project_end: str, due: str) -> None:
    assert periods.report_due_on(day(project_end)) == day(due)


def test_other_periods_of_the_association() -> None:
    assert periods.information_due_on(day("12.10.2026")) == day("26.10.2026")
    assert periods.information_due_on(day("17.10.2026")) == day("02.11.2026")  # 31 October is a Saturday too
    assert periods.hearing_ends_on(day("19.12.2025"), days=7) == day("29.12.2025")
    assert periods.prompt_use_ends_on(day("31.12.2026")) == day("01.03.2027")


def test_work_may_begin_by_consent_else_with_notification() -> None:
    notified, consent = day("31.01.2026"), day("10.01.2026")
    assert periods.earliest_start(notified_on=notified, consent_from=consent) == consent
    assert periods.earliest_start(notified_on=notified, consent_from=None) == notified
    assert periods.earliest_start(notified_on=None, consent_from=None) is None


def test_the_office_is_warned_before_a_failure_to_act_suit() -> None:
    received = day("30.11.2025")
    assert periods.failure_to_act_on(received) == day("28.02.2026")
    assert periods.decision_alerts(received) == (day("29.01.2026"), day("18.02.2026"))
    assert all(alert < periods.failure_to_act_on(received) for alert in periods.decision_alerts(received))


@pytest.mark.parametrize(
    ("known", "limit"), [("10.03.2025", "10.03.2026"), ("29.02.2024", "28.02.2025"), ("31.10.2024", "03.11.2025")]
)
def test_revocation_is_barred_a_year_after_the_facts_are_known(known: str, limit: str) -> None:
    assert periods.revocation_limit_on(day(known)) == day(limit)
    assert periods.may_revoke(day(limit), known_on=day(known))
    assert not periods.may_revoke(day(limit) + timedelta(days=1), known_on=day(known))


def test_a_claim_lapses_at_the_end_of_the_third_year_after_it_was_known() -> None:
    assert periods.limitation_on(arose_on=day("05.01.2024"), known_on=day("05.01.2024")) == day("31.12.2027")
    assert periods.limitation_on(arose_on=day("30.12.2023"), known_on=day("02.01.2024")) == day("31.12.2027")
    assert periods.limitation_of_final_claim_on(day("29.02.2028")) == day("28.02.2058")


@pytest.mark.parametrize(
    ("moment", "in_time"),
    [
        (datetime(2026, 10, 25, 23, 59, 59, tzinfo=BERLIN), True),  # the night the clocks go back
        (datetime(2026, 10, 26, 0, 0, 0, tzinfo=BERLIN), False),
        (datetime.fromisoformat("2026-10-25T22:59:59+00:00"), True),
        (datetime.fromisoformat("2026-10-25T23:00:00+00:00"), False),
    ],
)
def test_a_second_decides_in_the_time_of_berlin(moment: datetime, in_time: bool) -> None:
    assert periods.is_in_time(moment, last_day=day("25.10.2026")) is in_time


def test_summer_time_is_known_too() -> None:
    last_day = day("29.03.2026")
    assert periods.is_in_time(datetime.fromisoformat("2026-03-29T21:59:59+00:00"), last_day=last_day)
    assert not periods.is_in_time(datetime.fromisoformat("2026-03-29T22:00:00+00:00"), last_day=last_day)
    with pytest.raises(ValueError):
        periods.is_in_time(datetime(2026, 3, 29), last_day=last_day)


def test_working_days_are_counted_from_the_next_day() -> None:
    assert periods.add_working_days(day("22.12.2026"), 3) == day("28.12.2026")
    assert periods.add_working_days(day("24.12.2026"), 20) == day("25.01.2027")
    assert periods.add_working_days(day("27.12.2026"), 0) == day("27.12.2026")


@pytest.mark.parametrize(
    ("wanted", "executed"),
    [
        ("25.12.2026", "28.12.2026"),
        ("01.05.2027", "03.05.2027"),
        ("24.12.2026", "24.12.2026"),  # banks work
        ("31.12.2026", "31.12.2026"),
        ("01.01.2027", "04.01.2027"),
        ("26.03.2027", "30.03.2027"),  # Good Friday to Tuesday
        ("03.10.2025", "03.10.2025"),  # a German holiday, yet euros are settled
        ("31.10.2025", "31.10.2025"),
    ],
)
def test_payments_are_executed_on_target_days(wanted: str, executed: str) -> None:
    assert periods.next_execution_on(day(wanted)) == day(executed)
