"""Pauses, against an independent slow calculator that counts minute by minute; the shipped calendar as the oracle."""

import csv
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community_portal.worktime.deadlines import (
    ZONE,
    CalendarNotCovered,
    WorkCalendar,
    add,
    put_off,
    work_between,
    workdays_left,
)

FILE = Path(__file__).resolve().parents[3] / "shared" / "data" / "holidays_cn_2018_2026.csv"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
OPENS = ((time(9), time(12)), (time(13), time(18)))


def read_days() -> dict[date, bool]:
    """Every day of 2018-2026, worked or not, make-up workdays included."""
    with FILE.open(encoding="utf-8", newline="") as stream:
        return {
            date.fromisoformat(row["date"]): row["is_workday"] in ("True", "true", "1")
            for row in csv.DictReader(stream)
        }


DAYS = read_days()
CALENDAR = WorkCalendar(DAYS, OPENS)
FIRST = datetime(2018, 2, 1, tzinfo=ZONE)
instants = st.integers(0, 3100 * 24 * 60).map(lambda minutes: FIRST + minutes * MINUTE)
spans = st.integers(0, 20 * 24 * 60).map(lambda minutes: minutes * MINUTE)


def is_working(at: datetime) -> bool:
    """Whether the minute that begins at an instant is worked: the slow calculator's only knowledge."""
    return DAYS[at.date()] and any(opens <= at.time() < closes for opens, closes in OPENS)


def slow_work(begin: datetime, end: datetime) -> int:
    """Worked minutes, one by one."""
    minutes = 0
    while begin < end:
        minutes += is_working(begin)
        begin += MINUTE
    return minutes


def slow_add_work(start: datetime, minutes: int) -> datetime:
    """The end of so many worked minutes, one by one."""
    while minutes:
        minutes -= is_working(start)
        start += MINUTE
    return start


def slow_add_days(start: datetime, days: int) -> datetime:
    """The end of work on the n-th working day after the day of the start."""
    day = start.date()
    while days:
        day += DAY
        days -= DAYS[day]
    return datetime.combine(day, time(18), ZONE)


def test_the_file_covers_what_is_asked() -> None:
    assert len(DAYS) == 3287
    assert (DAYS[date(2026, 10, 1)], DAYS[date(2026, 9, 20)]) == (False, True)


@given(instants, st.integers(0, 8 * 60 * 6))
@settings(max_examples=25, deadline=None)
def test_working_time_between_is_what_is_counted_minute_by_minute(begin: datetime, minutes: int) -> None:
    end = begin + minutes * MINUTE
    assert work_between(begin, end, CALENDAR) == slow_work(begin, end) * MINUTE


@given(instants, st.integers(1, 40), spans, spans)
@settings(max_examples=25, deadline=None)
def test_working_hours_left_are_counted_on(start: datetime, hours: int, before: timedelta, pause: timedelta) -> None:
    due = add(start, hours, "workhour", CALENDAR)
    paused = start + min(before, due - start)
    resumed = paused + pause
    left = slow_work(paused, due)
    expected = due if paused >= due else slow_add_work(resumed, left)
    assert put_off(due, "workhour", paused, resumed, CALENDAR) == expected


@given(instants, st.integers(1, 20), spans, spans)
@settings(max_examples=80, deadline=None)
def test_working_days_left_are_counted_on(start: datetime, days: int, before: timedelta, pause: timedelta) -> None:
    due = slow_add_days(start, days)
    paused = start + min(before, due - start)
    resumed = paused + pause
    left = sum(DAYS[paused.date() + n * DAY] for n in range(1, (due.date() - paused.date()).days + 1))
    expected = due if paused >= due else slow_add_days(resumed, max(1, left))
    assert put_off(due, "workday", paused, resumed, CALENDAR) == expected
    assert workdays_left(paused, due, CALENDAR) == left


@given(instants, st.integers(1, 30), st.sampled_from(["minute", "hour", "day"]), spans, spans)
@settings(max_examples=80, deadline=None)
def test_plain_time_is_as_much_later_as_the_pause_was_long(
    start: datetime, amount: int, unit: str, before: timedelta, pause: timedelta
) -> None:
    due = add(start, amount, unit, CALENDAR)
    paused = start + before
    expected = due if paused >= due else due + pause
    assert put_off(due, unit, paused, paused + pause, CALENDAR) == expected


@given(instants, st.integers(1, 20), st.sampled_from(["hour", "day", "workhour", "workday"]), spans)
@settings(max_examples=80, deadline=None)
def test_a_pause_never_brings_a_deadline_nearer(start: datetime, amount: int, unit: str, pause: timedelta) -> None:
    due = add(start, amount, unit, CALENDAR)
    assert put_off(due, unit, start, start + pause, CALENDAR) >= due


@pytest.mark.parametrize("unit", ["workhour", "workday"])
def test_a_year_that_is_not_covered_is_not_guessed(unit: str) -> None:
    paused, due = datetime(2026, 12, 30, 10, tzinfo=ZONE), datetime(2026, 12, 31, 18, tzinfo=ZONE)
    with pytest.raises(CalendarNotCovered, match="没有 2027 年的数据"):
        put_off(due, unit, paused, datetime(2027, 1, 5, 10, tzinfo=ZONE), CALENDAR)


def test_a_pause_that_ends_before_it_begins_is_a_mistake() -> None:
    at = datetime(2026, 11, 23, 10, tzinfo=ZONE)
    with pytest.raises(ValueError, match="after it begins"):
        put_off(at + DAY, "hour", at, at - DAY, CALENDAR)
