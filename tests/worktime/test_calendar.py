"""The calendar table: loading, edited days, and the alarm when it runs out."""

from datetime import date, datetime, timedelta

import chinese_calendar
import pytest

from community_portal.notices.models import Notice
from community_portal.worktime.actions import load_calendar
from community_portal.worktime.deadlines import ZONE, CalendarNotCovered
from community_portal.worktime.models import CalendarDay
from community_portal.worktime.querysets import first_gap, forget_calendar, work_calendar
from grid.actions.calendar import check_calendar
from tests.factories import NOW, Cast, make_staff

AUTUMN = datetime(2026, 9, 15, 8, 5, tzinfo=ZONE)
YEARS = range(2018, 2027)
pytestmark = pytest.mark.django_db


def everything() -> list[tuple[date, bool, str, str]]:
    """The whole table."""
    return list(CalendarDay.objects.values_list("date", "is_workday", "kind", "name"))


def test_every_day_of_the_covered_years_is_there_once() -> None:
    days = [day for day, *_ in everything()]
    assert days == [date(2018, 1, 1) + timedelta(days=n) for n in range(len(days))]
    assert days[-1] == date(2026, 12, 31)
    assert all(row[1] == chinese_calendar.is_workday(row[0]) for row in everything())


@pytest.mark.parametrize(
    ("day", "kind", "worked"),
    [
        (date(2026, 2, 14), "makeup", True),
        (date(2026, 2, 17), "holiday", False),
        (date(2026, 11, 23), "workday", True),
        (date(2026, 11, 28), "weekend", False),
    ],
)
def test_each_kind_of_day_is_told_apart(day: date, kind: str, worked: bool) -> None:
    row = CalendarDay.objects.get(date=day)
    assert (row.kind, row.is_workday) == (kind, worked)


def test_loading_twice_changes_nothing() -> None:
    before = everything()
    assert load_calendar(until_year=2026) == list(YEARS)
    assert everything() == before


def test_a_day_that_somebody_edited_stays() -> None:
    CalendarDay.objects.filter(date=date(2026, 12, 1)).update(is_workday=False, kind="holiday", name="本地放假")
    load_calendar(until_year=2026)
    assert CalendarDay.objects.get(date=date(2026, 12, 1)).name == "本地放假"
    assert not work_calendar().is_workday(date(2026, 12, 1))


def test_a_year_that_the_library_does_not_know_is_left_out() -> None:
    assert load_calendar(first_year=2026, until_year=2028) == [2026]
    assert load_calendar(first_year=2003, until_year=2003) == []
    assert not CalendarDay.objects.filter(date__year=2027).exists()


def test_the_calendar_is_read_once_and_anew_after_it_was_forgotten(django_assert_num_queries: object) -> None:
    work_calendar()
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert work_calendar().is_workday(date(2026, 11, 23))
    CalendarDay.objects.filter(date=date(2026, 11, 23)).delete()
    forget_calendar()
    with pytest.raises(CalendarNotCovered):
        work_calendar().is_workday(date(2026, 11, 23))


def test_a_hole_in_the_calendar_is_found() -> None:
    assert first_gap(date(2026, 11, 1), date(2026, 12, 31)) is None
    CalendarDay.objects.filter(date=date(2026, 11, 5)).delete()
    assert first_gap(date(2026, 11, 1), date(2026, 12, 31)) == date(2026, 11, 5)
    assert first_gap(date(2027, 1, 1), date(2027, 1, 1)) == date(2027, 1, 1)


class TestAlarm:
    def test_it_is_quiet_while_sixty_days_are_covered(self, cast: Cast) -> None:
        assert check_calendar(at=AUTUMN) == 0
        assert not Notice.objects.exists()

    def test_every_administrator_in_office_is_told_which_year_is_missing(self, cast: Cast) -> None:
        second = make_staff("admin2", "第二管理员", is_superuser=True)
        make_staff("gone", "离职管理员", is_superuser=True, is_active=False)
        assert check_calendar(at=NOW) == 2
        assert set(Notice.objects.values_list("staff", flat=True)) == {cast.admin.pk, second.pk}
        notice = Notice.objects.get(staff=cast.admin)
        assert notice.title == "工作日历只到 2026-12-31，请补充 2027 年"
        assert "chinesecalendar" in notice.body

    def test_it_rings_once_a_day(self, cast: Cast) -> None:
        for hours in (0, 1, 5):
            check_calendar(at=NOW + timedelta(hours=hours))
        assert Notice.objects.count() == 1
        check_calendar(at=NOW + timedelta(days=1))
        assert Notice.objects.count() == 2

    def test_it_begins_sixty_days_ahead(self, cast: Cast) -> None:
        last = datetime(2026, 12, 31, 8, 5, tzinfo=ZONE)
        assert check_calendar(at=last - timedelta(days=60)) == 0
        assert check_calendar(at=last - timedelta(days=59)) == 1

    def test_it_stops_when_somebody_enters_the_days(self, cast: Cast) -> None:
        CalendarDay.objects.bulk_create(
            CalendarDay(date=date(2027, 1, 1) + timedelta(days=n), is_workday=True, kind="workday") for n in range(60)
        )
        assert check_calendar(at=NOW) == 0

    def test_it_loads_first_what_the_library_newly_covers(self, cast: Cast) -> None:
        CalendarDay.objects.filter(date__year=2026).delete()
        assert check_calendar(at=AUTUMN) == 0
        assert work_calendar().is_workday(date(2026, 11, 23))
