"""Time in the words people use: what is left of a deadline, and when something was. Pure functions.

A list says hundreds of these words a second, and mostly the same: those that follow from a number are remembered.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils.translation import gettext as _

from community_portal.worktime.deadlines import ZONE

CALM, SOON, LATE = "calm", "soon", "late"
SOON_SHARE = 0.75
SOON_LEFT = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
REMEMBERED = 10_000
DAY_NAMES = {-1: "昨天", 0: "今天", 1: "明天"}


@dataclass(frozen=True)
class TimeLeft:
    """How a deadline stands: the words, the state (calm, soon or late), and the share used, 0 to 1."""

    words: str
    state: str
    fraction: float


def time_left(due_at: datetime | None, now: datetime, started_at: datetime | None = None) -> TimeLeft:
    """How much is left until `due_at`, in calendar time.

    Soon: under an hour, or under a quarter of the time since `started_at`. Without `due_at` the deadline is not known
    yet (the working calendar does not reach it), which is calm.
    """
    if due_at is None:
        return TimeLeft(_("时限待定"), CALM, 0.0)
    left = due_at - now
    if left <= timedelta(0):
        return TimeLeft(_late_words(-left // MINUTE), LATE, 1.0)
    used = _share_used(started_at, due_at, now)
    state = SOON if left < SOON_LEFT or used > SOON_SHARE else CALM
    return TimeLeft(_left_words(left // MINUTE), state, used)


def _share_used(started_at: datetime | None, due_at: datetime, now: datetime) -> float:
    if started_at is None or started_at >= due_at:
        return 0.0
    return min(1.0, max(0.0, (now - started_at) / (due_at - started_at)))


@lru_cache(REMEMBERED)
def _left_words(minutes: int) -> str:
    return _("剩 %(span)s") % {"span": _span(minutes)} if minutes else _("剩不到 1 分")


@lru_cache(REMEMBERED)
def _late_words(minutes: int) -> str:
    return _("过时限 %(span)s") % {"span": _span(minutes)} if minutes else _("刚过时限")


def span(length: timedelta) -> str:
    """A length in its two largest units, rounded down to whole minutes: 1 天 3 小时, 5 小时 10 分, 38 分."""
    return _span(max(0, length // MINUTE))


@lru_cache(REMEMBERED)
def _span(minutes: int) -> str:
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        parts = [_("%d 天") % days, _("%d 小时") % hours if hours else ""]
    elif hours:
        parts = [_("%d 小时") % hours, _("%d 分") % minutes if minutes else ""]
    else:
        parts = [_("%d 分") % minutes]
    return " ".join(part for part in parts if part)


def moment(when: datetime, now: datetime) -> str:
    """An instant as seen from `now`, in local time: 今天 10:20, 昨天 15:40, 11 月 21 日 09:32; other years with 年."""
    return _moment(when, now.astimezone(ZONE).date())


@lru_cache(REMEMBERED)
def _moment(when: datetime, today: date) -> str:
    local = when.astimezone(ZONE)
    return f"{day(local, today.year, (local.date() - today).days)} {local:%H:%M}"


def stamp(when: datetime) -> str:
    """An instant for a text that is kept, in local time: 11 月 21 日 09:32."""
    local = when.astimezone(ZONE)
    return f"{_date(local)} {local:%H:%M}"


def day(local: datetime, year: int, offset: int) -> str:
    """The day's word, or its date; `offset` counts days from today, `year` is the present one."""
    if offset in DAY_NAMES:
        return DAY_NAMES[offset]
    return _date(local) if local.year == year else f"{local.year} 年 {_date(local)}"


def _date(local: datetime) -> str:
    return f"{local.month} 月 {local.day} 日"


def greeting(now: datetime) -> str:
    """What one says at this hour: 早上好, 上午好, 中午好, 下午好, 晚上好."""
    hour = now.astimezone(ZONE).hour
    for end, words in ((5, _("晚上好")), (9, _("早上好")), (11, _("上午好")), (13, _("中午好")), (18, _("下午好"))):
        if hour < end:
            return words
    return _("晚上好")
