"""Times as people and programs write them. Pure."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any

from community_portal.worktime.deadlines import ZONE

OLDEST_YEAR, LAST_YEAR = 1990, 2100
EXCEL_EPOCH = datetime(1899, 12, 30, tzinfo=ZONE)
EXCEL_DAYS = (32874, 80000)  # 1990 to 2119
SECONDS = (631_152_000, 4_102_444_800)
WRITTEN = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T\s]*(上午|下午|晚上)?(\d{1,2})[:时点](?:(\d{1,2})分?)?(?::?(\d{1,2})(?:\.\d+)?秒?)?)?"
)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?")
NOON = 12


def parse_time(value: Any) -> datetime:
    """An aware instant; without a zone it is Beijing time. Raises ValueError for what is no time since 1990."""
    found = _parse(value)
    if not OLDEST_YEAR <= found.year < LAST_YEAR:
        raise ValueError(value)
    return found if found.tzinfo else found.replace(tzinfo=ZONE)


def _parse(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(float(value))
    text = unicodedata.normalize("NFKC", str(value)).strip()
    for pattern, reader in ((WRITTEN, _written), (COMPACT, _compact)):
        if match := pattern.fullmatch(text):
            return reader(match)
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return _number(float(text))
    return datetime.fromisoformat(text)


def _written(match: re.Match[str]) -> datetime:
    year, month, day, half, hour, minute, second = match.groups()
    hours = int(hour or 0)
    if half in ("下午", "晚上") and hours < NOON:
        hours += NOON
    return datetime(int(year), int(month), int(day), hours, int(minute or 0), int(second or 0), tzinfo=ZONE)


def _compact(match: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    return datetime(year, month, day, hour, minute, second, tzinfo=ZONE)


def _number(value: float) -> datetime:
    """Excel's days since 1900, or seconds or milliseconds since 1970."""
    if EXCEL_DAYS[0] <= value <= EXCEL_DAYS[1]:
        return EXCEL_EPOCH + timedelta(seconds=round(value * 86400))
    for scale in (1, 1000):
        if SECONDS[0] <= value / scale <= SECONDS[1]:
            return datetime.fromtimestamp(value / scale, ZONE)
    raise ValueError(value)
