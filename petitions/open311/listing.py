"""Requests as anybody may see them: which ones a query asks for, and what of each is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from grid.access import place_name
from grid.models import Division
from petitions.homes import HomeUnclear, find_division
from petitions.models import ClockRule, Petition, PetitionClock, PetitionEvent
from petitions.open311.services import find_service, open_categories
from petitions.open311.wire import Refused, instant
from petitions.workflow import UNANSWERED

SPAN = timedelta(days=90)
"""The longest stretch of time that one query may ask for."""
MOST = 1000
PLACES = {
    Division.Level.COMMUNITY: "community",
    Division.Level.STREET: "street",
    Division.Level.DISTRICT: "district",
}
OPEN_WORD, CLOSED_WORD = "open", "closed"
YEARS = range(1990, 2200)
DEEPEST = 1000
"""The last page that is answered: further back, ask for another stretch of time."""


@dataclass(frozen=True)
class Asked:
    """A query for requests; `numbers` go before everything else."""

    division: Division | None
    numbers: Sequence[str]
    codes: Sequence[str]
    statuses: Sequence[str]
    start: datetime
    end: datetime
    page: int = 1
    size: int = MOST


def read_query(said: Mapping[str, str], at: datetime) -> Asked:
    """What a client asks for. Raises Refused: 404 for an unknown place or service, 400 for what cannot be read."""
    codes = _parts(said, "service_code")
    for code in codes:
        find_service(code)
    statuses = _parts(said, "status")
    if wrong := [each for each in statuses if each not in (OPEN_WORD, CLOSED_WORD)]:
        raise Refused(400, _("status 只能是 open、closed，这里是“%s”") % "、".join(wrong))
    start, end = _span(_time(said, "start_date"), _time(said, "end_date"), at)
    return Asked(
        division=jurisdiction(said.get("jurisdiction_id", "")),
        numbers=_parts(said, "service_request_id")[:MOST],
        codes=codes,
        statuses=statuses,
        start=start,
        end=end,
        page=_number(said, "page", 1, DEEPEST),
        size=_number(said, "page_size", MOST, MOST),
    )


def jurisdiction(code: str) -> Division | None:
    """The division with this code, None when none is named. Raises Refused (404)."""
    if not code.strip():
        return None
    try:
        return find_division(code)
    except HomeUnclear as error:
        raise Refused(404, _("没有代码为“%s”的辖区（jurisdiction_id）") % code) from error


def requests_asked(asked: Asked) -> list[dict[str, Any]]:
    """One page of requests, the newest first; three queries."""
    rows = _shown()
    if asked.division is not None:
        rows = rows.filter(**{PLACES[Division.Level(asked.division.level)]: asked.division})
    if asked.numbers:
        rows = rows.filter(number__in=asked.numbers)
    else:
        rows = rows.filter(received_at__gte=asked.start, received_at__lte=asked.end)
        if asked.codes:
            rows = rows.filter(category__code__in=asked.codes)
        if len(set(asked.statuses)) == 1:
            is_open = asked.statuses[0] == OPEN_WORD
            rows = rows.filter(state__in=UNANSWERED) if is_open else rows.exclude(state__in=UNANSWERED)
    first = (asked.page - 1) * asked.size
    return _as_shown(list(rows.order_by("-id")[first : first + asked.size]))


def request_of(number: str) -> list[dict[str, Any]]:
    """The request with this number, in a list as the specification has it. Raises Refused (404)."""
    found = _as_shown(list(_shown().filter(number=number)))
    if not found:
        raise Refused(404, _("没有编号为“%s”的请求（service_request_id）") % number)
    return found


def _shown() -> QuerySet[Petition]:
    """Petitions about an open service, without those that were made anonymously."""
    ids = [row.pk for row in open_categories().values()]
    rows = Petition.objects.filter(category__in=ids, anonymous=False)
    return rows.select_related("category", "level", "building", "community", "street", "district").only(
        "number", "state", "received_at", "resolved_at", "closed_at", "anonymous",
        *(f"category__{name}" for name in ("code", "name")), "level__name",
        *(f"building__{name}" for name in ("name", "lon", "lat")),
        *(f"{place}__{name}" for place in PLACES.values() for name in ("name", "short_name", "level")),
    )  # fmt: skip


def _as_shown(rows: Sequence[Petition]) -> list[dict[str, Any]]:
    ids = [row.pk for row in rows]
    moved = dict(PetitionEvent.objects.filter(petition__in=ids).values_list("petition").annotate(Max("at")))
    clocks = PetitionClock.objects.filter(petition__in=ids, kind=ClockRule.Kind.RESOLVE).order_by("id")
    due = dict(clocks.values_list("petition", "due_at"))
    return [_request(row, moved.get(row.pk), due.get(row.pk)) for row in rows]


def _request(row: Petition, moved_at: datetime | None, due_at: datetime | None) -> dict[str, Any]:
    assert row.category is not None
    is_open = row.state in UNANSWERED
    place = row.community or row.street or row.district
    building = row.building
    return {
        "service_request_id": row.number,
        "status": OPEN_WORD if is_open else CLOSED_WORD,
        "status_notes": row.get_state_display(),
        "service_name": row.category.name,
        "service_code": row.category.code,
        "description": None,
        "agency_responsible": place_name(place) if place else None,
        "service_notice": str(row.level),
        "requested_datetime": instant(row.received_at),
        "updated_datetime": instant(moved_at if is_open else row.closed_at or row.resolved_at or moved_at),
        "expected_datetime": instant(due_at),
        "address": _address(row),
        "address_id": str(building.pk) if building else None,
        "zipcode": None,
        "lat": building.lat if building else None,
        "long": building.lon if building else None,
        "media_url": None,
    }


def _address(row: Petition) -> str | None:
    """The building and what it lies in, never the door."""
    names = [place_name(place) for place in (row.district, row.street, row.community) if place]
    return "".join([*names, row.building.name if row.building else ""]) or None


def _parts(said: Mapping[str, str], name: str) -> list[str]:
    return [part.strip() for part in said.get(name, "").split(",") if part.strip()]


def _time(said: Mapping[str, str], name: str) -> datetime | None:
    text = said.get(name, "").strip()
    if not text:
        return None
    try:
        # A plus sign in an address arrives as a space unless it is escaped, and few clients escape it.
        found = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        if found.year not in YEARS:
            raise ValueError(text)
        return timezone.make_aware(found) if timezone.is_naive(found) else found
    except ValueError as error:
        raise Refused(400, _("%(name)s 应为 ISO 8601 时间，如 2026-07-15T08:43:42+08:00") % {"name": name}) from error


def _span(start: datetime | None, end: datetime | None, at: datetime) -> tuple[datetime, datetime]:
    """At most SPAN: back from the end, or on from the start when only that is said."""
    if start is not None:
        return start, min(end or start + SPAN, start + SPAN)
    end = end or at
    return end - SPAN, end


def _number(said: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = said.get(name, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise Refused(400, _("%(name)s 应为 1 到 %(most)d 的整数") % {"name": name, "most": most})
    return int(text)
