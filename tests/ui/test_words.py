"""What a deadline and an instant are called."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_portal.worktime.words import greeting, moment, span, time_left

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 10, 44, tzinfo=SHANGHAI)
LENGTHS = st.timedeltas(min_value=timedelta(days=-400), max_value=timedelta(days=400))


def left(**length: int) -> timedelta:
    return timedelta(**length)


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (left(minutes=38), "剩 38 分"),
        (left(hours=5, minutes=10), "剩 5 小时 10 分"),
        (left(hours=5), "剩 5 小时"),
        (left(days=1, hours=3, minutes=59), "剩 1 天 3 小时"),
        (left(days=2), "剩 2 天"),
        (left(seconds=59), "剩不到 1 分"),
        (left(seconds=0), "刚过时限"),
        (left(seconds=-59), "刚过时限"),
        (left(hours=-1, minutes=-12), "过时限 1 小时 12 分"),
        (left(days=-3, minutes=-5), "过时限 3 天"),
    ],
)
def test_words(due: timedelta, words: str) -> None:
    assert time_left(NOW + due, NOW).words == words


@pytest.mark.parametrize(
    ("ran", "remains", "state"),
    [
        (left(hours=20), left(hours=80), "calm"),
        (left(hours=75), left(hours=25), "calm"),
        (left(hours=76), left(hours=24), "soon"),
        (left(minutes=0), left(minutes=59), "soon"),
        (left(minutes=0), left(hours=1), "calm"),
        (left(hours=1), left(minutes=0), "late"),
    ],
)
def test_soon_is_the_last_quarter_or_the_last_hour(ran: timedelta, remains: timedelta, state: str) -> None:
    assert time_left(NOW + remains, NOW, NOW - ran).state == state


def test_an_unknown_deadline_is_calm_and_says_so() -> None:
    assert time_left(None, NOW, NOW).words == "时限待定"
    assert time_left(None, NOW, NOW).state == "calm"


@given(remains=LENGTHS, ran=LENGTHS)
def test_late_exactly_when_the_deadline_has_come(remains: timedelta, ran: timedelta) -> None:
    found = time_left(NOW + remains, NOW, NOW - ran)
    assert (found.state == "late") == (remains <= timedelta(0))
    assert 0 <= found.fraction <= 1
    assert found.words.startswith("剩") == (remains > timedelta(0))


@given(remains=LENGTHS, earlier=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=30)))
def test_the_bar_never_goes_back(remains: timedelta, earlier: timedelta) -> None:
    started = NOW - timedelta(days=30)
    before, after = (time_left(NOW + remains, at, started).fraction for at in (NOW - earlier, NOW))
    assert before <= after


@given(length=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)))
def test_a_span_never_says_more_than_there_is(length: timedelta) -> None:
    units = {"天": timedelta(days=1), "小时": timedelta(hours=1), "分": timedelta(minutes=1)}
    parts = span(length).split()
    said = sum((int(n) * units[unit] for n, unit in zip(parts[::2], parts[1::2], strict=True)), timedelta(0))
    smallest = timedelta(hours=1) if length >= timedelta(days=1) else timedelta(minutes=1)
    assert timedelta(0) <= length - said < smallest


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (datetime(2026, 11, 22, 10, 20, tzinfo=SHANGHAI), "今天 10:20"),
        (datetime(2026, 11, 22, 9, 0, tzinfo=SHANGHAI), "今天 09:00"),
        (datetime(2026, 11, 21, 15, 40, tzinfo=SHANGHAI), "昨天 15:40"),
        (datetime(2026, 11, 21, 16, 30, tzinfo=UTC), "今天 00:30"),
        (datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI), "明天 09:00"),
        (datetime(2026, 11, 20, 9, 32, tzinfo=SHANGHAI), "11 月 20 日 09:32"),
        (datetime(2025, 1, 2, 9, 32, tzinfo=SHANGHAI), "2025 年 1 月 2 日 09:32"),
    ],
)
def test_moment(when: datetime, words: str) -> None:
    assert moment(when, NOW) == words


@pytest.mark.parametrize(
    ("hour", "words"), [(4, "晚上好"), (7, "早上好"), (10, "上午好"), (12, "中午好"), (15, "下午好"), (19, "晚上好")]
)
def test_greeting(hour: int, words: str) -> None:
    assert greeting(NOW.replace(hour=hour)) == words
