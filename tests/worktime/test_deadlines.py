"""Deadline arithmetic against the published calendar and against a slow, stepping calculator of its own."""

import csv
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_portal.worktime.deadlines import (
    ZONE,
    CalendarNotCovered,
    Unit,
    WorkCalendar,
    add,
    leave_quiet,
    parse_periods,
)

PUBLISHED = Path(__file__).resolve().parents[3] / "shared" / "data" / "holidays_cn_2018_2026.csv"
FIRST, LAST = date(2018, 1, 1), date(2026, 12, 31)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
MINUTE = timedelta(minutes=1)
NIGHT = (time(21), time(8))


def published() -> dict[date, bool]:
    """Whether each day of 2018-2026 is worked: from the data folder beside the checkout, else from the library."""
    if not PUBLISHED.exists():
        return {day: chinese_calendar.is_workday(day) for day in DAYS}
    with PUBLISHED.open(encoding="utf-8") as file:
        return {date.fromisoformat(row["date"]): row["is_workday"] == "1" for row in csv.DictReader(file)}


WORKED = published()
CALENDAR = WorkCalendar(WORKED)
COVERED_MINUTES = 8 * 365 * 24 * 60
INSTANTS = st.integers(0, COVERED_MINUTES).map(lambda n: datetime(2018, 1, 1, tzinfo=ZONE) + n * MINUTE)
EDGES = st.lists(st.integers(0, 23 * 2), min_size=2, max_size=6, unique=True).filter(lambda each: len(each) % 2 == 0)


def local(text: str) -> datetime:
    """An instant in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def step_workminutes(start: datetime, minutes: int, periods: tuple[tuple[time, time], ...]) -> datetime:
    """The slow way: walk minute by minute, counting those that lie inside the working time of a worked day."""
    at = start
    while minutes:
        worked = WORKED[at.date()] and any(opens <= at.time() < closes for opens, closes in periods)
        minutes -= worked
        at += MINUTE
    return at


def step_workdays(start: datetime, amount: int, closing: time) -> datetime:
    """The slow way: list the worked days after the start and take the n-th."""
    after = [day for day in DAYS if day > start.date() and WORKED[day]]
    return datetime.combine(after[amount - 1], closing, ZONE)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "expected"),
    [
        ("2026-11-23T23:50", 15, Unit.MINUTE, "2026-11-24T00:05"),
        ("2026-11-27T20:00", 24, Unit.HOUR, "2026-11-28T20:00"),
        ("2026-02-14T09:30", 7, Unit.DAY, "2026-02-21T09:30"),
        ("2024-02-28T10:00", 2, Unit.DAY, "2024-03-01T10:00"),
        ("2026-11-23T10:00", 1, Unit.WORKDAY, "2026-11-24T18:00"),
        ("2026-11-27T23:00", 1, Unit.WORKDAY, "2026-11-30T18:00"),
        ("2026-11-28T10:00", 1, Unit.WORKDAY, "2026-11-30T18:00"),
        ("2026-11-23T10:00", 0, Unit.WORKDAY, "2026-11-23T10:00"),
        ("2026-11-23T10:00", 2, Unit.WORKHOUR, "2026-11-23T12:00"),
        ("2026-11-23T11:30", 2, Unit.WORKHOUR, "2026-11-23T14:30"),
        ("2026-11-27T17:30", 1, Unit.WORKHOUR, "2026-11-30T09:30"),
        ("2026-11-28T03:00", 8, Unit.WORKHOUR, "2026-11-30T18:00"),
        ("2026-11-23T12:20", 1, Unit.WORKHOUR, "2026-11-23T14:00"),
        ("2026-11-23T22:00", 0, Unit.WORKHOUR, "2026-11-23T22:00"),
    ],
)
def test_each_unit(start: str, amount: int, unit: Unit, expected: str) -> None:
    assert add(local(start), amount, unit, CALENDAR) == local(expected)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "expected"),
    [
        # Spring Festival 2026: 14 and 28 February are worked Saturdays, 15 to 23 February are off.
        ("2026-02-13T10:00", 1, Unit.WORKDAY, "2026-02-14T18:00"),
        ("2026-02-13T10:00", 2, Unit.WORKDAY, "2026-02-24T18:00"),
        ("2026-02-14T17:00", 2, Unit.WORKHOUR, "2026-02-24T10:00"),
        ("2026-02-27T17:00", 2, Unit.WORKHOUR, "2026-02-28T10:00"),
        # National Day 2026: 20 September and 10 October are worked, 1 to 7 October are off.
        ("2026-09-30T10:00", 3, Unit.WORKDAY, "2026-10-10T18:00"),
        ("2026-09-19T10:00", 1, Unit.WORKDAY, "2026-09-20T18:00"),
        # 2020: the holiday was prolonged to 2 February when it was nearly over.
        ("2020-01-23T10:00", 1, Unit.WORKDAY, "2020-02-03T18:00"),
    ],
)
def test_makeup_workdays_are_worked_and_bridged_days_are_not(
    start: str, amount: int, unit: Unit, expected: str
) -> None:
    assert add(local(start), amount, unit, CALENDAR) == local(expected)


def test_the_published_calendar_and_the_library_agree_on_every_day() -> None:
    assert {day: chinese_calendar.is_workday(day) for day in DAYS} == WORKED


@given(start=INSTANTS, hours=st.integers(1, 20))
def test_working_hours_equal_those_counted_minute_by_minute(start: datetime, hours: int) -> None:
    assert add(start, hours, Unit.WORKHOUR, CALENDAR) == step_workminutes(start, hours * 60, CALENDAR.periods)


@given(start=INSTANTS, hours=st.integers(1, 3), edges=EDGES)
def test_working_hours_hold_for_any_working_periods(start: datetime, hours: int, edges: list[int]) -> None:
    clocks = [time(*divmod(30 * each, 60)) for each in sorted(edges)]
    periods = tuple(zip(clocks[::2], clocks[1::2], strict=True))
    calendar = WorkCalendar(WORKED, periods)
    assert add(start, hours, Unit.WORKHOUR, calendar) == step_workminutes(start, hours * 60, periods)


@given(start=INSTANTS, amount=st.integers(1, 40))
def test_working_days_equal_those_counted_day_by_day(start: datetime, amount: int) -> None:
    assert add(start, amount, Unit.WORKDAY, CALENDAR) == step_workdays(start, amount, time(18))


@given(start=INSTANTS, amount=st.integers(0, 30), unit=st.sampled_from(list(Unit)))
def test_more_time_never_ends_earlier(start: datetime, amount: int, unit: Unit) -> None:
    sooner, later = add(start, amount, unit, CALENDAR), add(start, amount + 1, unit, CALENDAR)
    assert start <= sooner <= later


@given(start=INSTANTS, amount=st.integers(0, 30), unit=st.sampled_from(list(Unit)))
def test_the_zone_of_the_start_does_not_matter(start: datetime, amount: int, unit: Unit) -> None:
    assert add(start.astimezone(UTC), amount, unit, CALENDAR) == add(start, amount, unit, CALENDAR)


@pytest.mark.parametrize(
    ("start", "amount", "unit"),
    [
        ("2026-12-31T10:00", 1, Unit.WORKDAY),
        ("2026-12-31T17:00", 2, Unit.WORKHOUR),
        ("2027-01-01T10:00", 1, Unit.WORKHOUR),
        ("2026-11-23T10:00", 40, Unit.WORKDAY),
        ("2017-12-30T10:00", 1, Unit.WORKDAY),
    ],
)
def test_a_year_without_data_is_refused_not_guessed(start: str, amount: int, unit: Unit) -> None:
    with pytest.raises(CalendarNotCovered) as caught:
        add(local(start), amount, unit, CALENDAR)
    assert f"工作日历没有 {caught.value.day.year} 年的数据" in str(caught.value)
    assert caught.value.day not in WORKED


@pytest.mark.parametrize("unit", [Unit.MINUTE, Unit.HOUR, Unit.DAY])
def test_plain_time_needs_no_calendar(unit: Unit) -> None:
    assert add(local("2031-05-01T10:00"), 2, unit, WorkCalendar({})) > local("2031-05-01T10:00")


def test_a_naive_start_a_negative_amount_and_an_unknown_unit_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        add(datetime(2026, 11, 23), 1, Unit.HOUR, CALENDAR)  # noqa: DTZ001
    with pytest.raises(ValueError, match="non-negative"):
        add(local("2026-11-23T10:00"), -1, Unit.HOUR, CALENDAR)
    with pytest.raises(ValueError, match="fortnight"):
        add(local("2026-11-23T10:00"), 1, "fortnight", CALENDAR)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-23T20:59", "2026-11-23T20:59"),
        ("2026-11-23T21:00", "2026-11-24T08:00"),
        ("2026-11-23T23:59", "2026-11-24T08:00"),
        ("2026-11-24T00:00", "2026-11-24T08:00"),
        ("2026-11-24T07:59", "2026-11-24T08:00"),
        ("2026-11-24T08:00", "2026-11-24T08:00"),
        ("2026-12-31T22:00", "2027-01-01T08:00"),
    ],
)
def test_quiet_hours_end_in_the_morning(at: str, expected: str) -> None:
    assert leave_quiet(local(at), NIGHT) == local(expected)


def test_quiet_hours_may_lie_inside_a_day() -> None:
    noon = (time(12), time(14))
    assert leave_quiet(local("2026-11-23T12:30"), noon) == local("2026-11-23T14:00")
    assert leave_quiet(local("2026-11-23T14:30"), noon) == local("2026-11-23T14:30")


@given(at=INSTANTS)
def test_leaving_quiet_hours_twice_changes_nothing(at: datetime) -> None:
    once = leave_quiet(at, NIGHT)
    assert once >= at
    assert leave_quiet(once, NIGHT) == once


def test_periods_are_read_as_written() -> None:
    assert parse_periods("08:30-12:00, 14:00-17:30") == ((time(8, 30), time(12)), (time(14), time(17, 30)))


@pytest.mark.parametrize(
    "text", ["", "9-18", "12:00-09:00", "09:00-09:00", "09:00-12:00,11:00-18:00", "09:00-12:00,12:00-18:00", "上午"]
)
def test_periods_that_cannot_be_worked_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_periods(text)
