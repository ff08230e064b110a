"""What a resident is promised, before and after the request is sent; from the real clocks, never from a phrase."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from community_portal.privacy.masking import mask_name
from community_portal.worktime.deadlines import CalendarNotCovered
from community_portal.worktime.ladder import due_of
from community_portal.worktime.querysets import work_calendar
from community_portal.worktime.words import moment
from grid.access import Scope, place_name
from grid.models import Division, Staff
from petitions.alike import Alike, likely_same
from petitions.catalogue import URGENT_LEVELS, catalogue
from petitions.models import Category, ClockRule, Petition, ResponseLevel
from petitions.places_meant import KEPT, kept, visible_places
from petitions.proposals import propose_category
from petitions.querysets import visible_to
from petitions.routing import Route, route
from residents.candidates import Candidate
from residents.models import Building


@dataclass(frozen=True)
class Promise:
    """The promise in words, the line under it, and whether people should first call for help."""

    headline: str
    detail: str
    urgent: bool = False


def promise_for(
    *, text: str, address: str, home: Division, building: Building | None, by_phone: bool, at: datetime
) -> Promise:
    """What these words would be promised if they were sent now."""
    category = propose_category("", text).category
    level = category.level if category else catalogue().default_level
    way = route(address=address, text=text, home=home, category=category, at=at, known=building)
    return Promise(_headline(_due(level, by_phone, at), by_phone, at), _detail(level, way, home), _urgent(level))


@dataclass(frozen=True)
class Preview:
    """Where a request would go: what it is about and how sure that is ("" when chosen), how fast, to whom, and why."""

    promise: str
    category: str
    sure: str
    level: str
    handler: str
    reason: str
    meant: list[Candidate]
    household: str
    alike: list[Alike]


def preview_for(
    *,
    text: str,
    address: str,
    home: Division,
    category: Category | None,
    level: ResponseLevel | None,
    by_phone: bool,
    at: datetime,
    scope: Scope,
) -> Preview:
    """What registering these words would do now; for staff, who see names, and places inside their scope."""
    proposal = propose_category("", text)
    sure = "" if category or not text.strip() else proposal.how_sure
    category = category or proposal.category
    level = level or (category.level if category else catalogue().default_level)
    way = route(address=address, text=text, home=home, category=category, at=at)
    due = _due(level, by_phone, at)
    words = _("%s 前首次联系") if by_phone else _("%s 前签收")
    return Preview(
        words % moment(due, at) if due else _("时限待定"),
        category.name if category else _("未定"),
        sure,
        level.name,
        way.handler.name if way.handler else _("待派单"),
        way.reason,
        visible_places(kept(way.candidates).get(KEPT, []), scope),
        str(way.household) if way.household and _reached(way, scope) else "",
        likely_same(visible_to(scope), text, at, grid=way.grid, building=way.building, household=way.household),
    )


def _reached(way: Route, scope: Scope) -> bool:
    """Whether a scope reaches the place that was found; beyond it, not even which rooms there are is told."""
    grid = way.building.grid_id if way.building else None
    ids = {"community": way.community, "street": way.street, "district": way.district}
    return bool(scope.roles_over(grid=grid, **{name: row.pk if row else None for name, row in ids.items()}))


def promise_of(petition: Petition, at: datetime) -> Promise:
    """What a registered petition was promised: its clocks as they started."""
    by_phone = bool(petition.caller_phone)
    kind = ClockRule.Kind.CONTACT if by_phone else ClockRule.Kind.SIGN_IN
    clock = petition.clocks.filter(kind=kind).order_by("-id").first()
    due = clock.due_at if clock else None
    words = _("按“%s”办理") % petition.level
    if petition.handler:
        words += _("，已派给%s") % _named(petition.handler, petition.jurisdiction)
    return Promise(_headline(due, by_phone, at), words, _urgent(petition.level))


def _due(level: ResponseLevel, by_phone: bool, at: datetime) -> datetime | None:
    kind = ClockRule.Kind.CONTACT if by_phone else ClockRule.Kind.SIGN_IN
    rule = catalogue().rules.get(level.pk, {}).get(kind)
    try:
        return due_of(rule, at, work_calendar()) if rule else None
    except CalendarNotCovered:
        return None


def _headline(due: datetime | None, by_phone: bool, at: datetime) -> str:
    if due is None:
        return _("我们会尽快联系您") if by_phone else _("我们会尽快办理")
    words = _("%s 前有人联系您") if by_phone else _("%s 前有人接手")
    return words % moment(due, at)


def _detail(level: ResponseLevel, way: Route, home: Division) -> str:
    words = _("按“%s”办理") % level
    if way.handler:
        return words + _("，%s接单") % _named(way.handler, way.jurisdiction)
    return words + _("，由%s派人") % place_name(way.community or way.street or home)


def _named(handler: Staff, jurisdiction: str) -> str:
    role = _("街道") if jurisdiction == Category.Jurisdiction.OUTER else _("网格员")
    return f"{role}{mask_name(handler.name)}"


def _urgent(level: ResponseLevel) -> bool:
    return level.code in URGENT_LEVELS
