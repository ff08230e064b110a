"""What can be read out of text without headings: telephone numbers, names, times."""

import re
from datetime import datetime, timedelta

from community_portal.tables.times import parse_time
from community_portal.worktime.deadlines import ZONE
from petitions.pasted.headings import usual

PHONE = re.compile(
    r"(?<![0-9])(?:\+?86[- ]?)?(1[3-9][0-9](?:[- ]?[0-9]{4}){2}|0[0-9]{2,3}[- ]?[2-9][0-9]{6,7})(?![0-9])"
)
SHORT_PHONE = re.compile(r"(?<![0-9])[2-9][0-9]{6,7}(?![0-9])")
NAME = re.compile(
    r"(?:我是|我叫|本人|姓名是?|联系人是?)\s*([一-鿿]{2,3})(?=[,。;:!、\s(]|$)"
    r"|(?<![一-鿿])(?!某)([一-鿿]{1,2}(?:女士|先生|阿姨|大爷|大妈|师傅|老师|奶奶|爷爷|叔叔))"
)
DATE = (
    r"(?:(?P<year>20[0-9]{2})\s*[-/.年]\s*)?(?P<month>1[0-2]|0?[1-9])\s*[-/.月]\s*(?P<day>3[01]|[12][0-9]|0?[1-9])"
    r"(?:\s*[日号])?"
)
DAYS = {"今天": 0, "今日": 0, "昨天": -1, "昨日": -1, "昨晚": -1, "前天": -2}
CLOCK = (
    r"(?P<half>凌晨|清晨|早上|上午|中午|下午|傍晚|晚上|晚|早)?\s*(?P<hour>2[0-3]|[01]?[0-9])\s*"
    r"(?:[:时点]\s*(?:(?P<minute>[0-5]?[0-9])(?:\s*(?::\s*[0-5][0-9]|分))?|(?P<thirty>半))?)"
)
MOMENT = re.compile(rf"(?<![0-9])(?:{DATE}|(?P<said>{'|'.join(DAYS)}))[\sT,]*(?:{CLOCK})?(?![0-9])")
FULL = re.compile(
    r"20[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?(?:[T\s]*[0-9]{1,2}[:时点][0-9:分秒.]*)?(?:[+]\d\d:\d\d|Z)?"
)
AFTERNOON = frozenset(("下午", "傍晚", "晚上", "晚"))
NOON = 12
AHEAD = timedelta(minutes=5)
# A chat's line above a message: 张三 2026-11-23 09:12.
LINE_HEAD = re.compile(
    rf"(?P<name>[^\s:,。0-9][^\n:,。]{{0,18}}?)[ \t]+(?P<when>{FULL.pattern}|[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?)"
)


def phone_in(text: str) -> str:
    """The first telephone number as digits, "" without one; extension-like short numbers only when they stand alone."""
    plain = usual(text)
    if match := PHONE.search(plain):
        return re.sub(r"[ -]", "", match[1])
    return plain.strip() if SHORT_PHONE.fullmatch(plain.strip()) else ""


def name_in(text: str) -> str:
    """How somebody calls themselves or is called: 我是王芳, 李女士; "" when nobody says."""
    match = NAME.search(usual(text))
    return (match[1] or match[2]) if match else ""


def time_in(text: str, at: datetime) -> datetime | None:
    """The moment that a text names, as of `at`; None when it names none, or one in the future.

    A year that is not said is the latest that makes it past.
    """
    plain = usual(text).strip()
    found = _whole(plain) or _moment(plain, at)
    return found if found is not None and found <= at + AHEAD else None


def beyond_time(text: str) -> bool:
    """Whether a text says more than a time: 7月15日晚上，邻居看见."""
    left = usual(text)
    for pattern in (FULL, MOMENT):
        left = pattern.sub("", left, count=1)
    return bool(re.search(r"[^\W_]", re.sub("星期[一二三四五六日天]|周[一二三四五六日]|左右|北京时间", "", left)))


def _whole(text: str) -> datetime | None:
    match = FULL.search(text)
    for said in (text, match.group() if match else ""):
        try:
            return parse_time(said)
        except (ValueError, OverflowError):
            continue
    return None


def _moment(text: str, at: datetime) -> datetime | None:
    match = MOMENT.search(text)
    if match is None:
        return None
    here = at.astimezone(ZONE)
    try:
        return _dated(match, here) + _of_day(match)
    except ValueError:
        return None


def _dated(match: re.Match[str], here: datetime) -> datetime:
    start = here.replace(hour=0, minute=0, second=0, microsecond=0)
    if match["said"]:
        return start + timedelta(days=DAYS[match["said"]])
    found = start.replace(year=int(match["year"] or here.year), month=int(match["month"]), day=int(match["day"]))
    if not match["year"] and found > here + AHEAD:
        found = found.replace(year=here.year - 1)
    return found


def _of_day(match: re.Match[str]) -> timedelta:
    hour = int(match["hour"] or 0)
    if hour < NOON and (match["half"] in AFTERNOON or (match["said"] == "昨晚" and hour)):
        hour += NOON
    return timedelta(hours=hour, minutes=30 if match["thirty"] else int(match["minute"] or 0))
